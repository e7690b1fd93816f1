"""How the installations of PxWebApi 2 differ from each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

__all__ = ["FLAVOURS", "Flavour", "FlavourName", "config"]

FlavourName = Literal["stock", "scb", "ssb", "latvia"]

_CC0 = "https://creativecommons.org/share-your-work/public-domain/cc0/"
_SERVED = ("json-stat2", "csv", "px", "json-px")
"""The formats that this server writes; the real ones have xlsx and html too."""


@dataclass(frozen=True)
class Flavour:
    """One installation: its limits, languages and habits."""

    languages: Mapping[str, str] = field(default_factory=lambda: {"en": "English", "sv": "Svenska"})
    default_language: str = "en"
    max_cells: int = 10_000
    calls: int = 30
    seconds: int = 10
    tells_limit: bool = True
    """Whether /config has the limit; a nought there does not mean that there is none."""
    headers: Literal["x-rate-limit", "x-ratelimit", ""] = ""
    api_version: str = "2.3.2"
    app_version: str = "2.5.0+build.30"
    license: str = _CC0
    sources: Mapping[str, str] = field(default_factory=dict)
    default_format: str = "json-stat2"
    formats: tuple[str, ...] = _SERVED
    false_formats: tuple[str, ...] = ()
    """Formats that /config promises and that are refused all the same."""
    charset: str = "iso-8859-1"
    bom: bool = False
    tells_total: bool = True
    """Whether metadata have the code of the total of a variable that may be left out."""
    tells_geo: bool = True
    null_discontinued: bool = False
    every_word: bool = False
    """Whether a search finds the tables with all of its words; else with any of them."""
    index_lags: bool = False
    """Whether the table list keeps its old periods and stamps until it is indexed anew."""


FLAVOURS: dict[FlavourName, Flavour] = {
    "stock": Flavour(sources={"en": "Source: Statistics Sweden", "sv": "Källa: SCB"}),
    "scb": Flavour(
        default_language="sv",
        max_cells=150_000,
        calls=3,
        seconds=1,
        headers="x-rate-limit",
        api_version="2.2.0",
        app_version="1.0.0",
        sources={"en": "Source: Statistics Sweden", "sv": "Källa: SCB"},
        tells_total=False,
        tells_geo=False,
        every_word=True,
    ),
    "ssb": Flavour(
        languages={"no": "Norsk", "en": "English"},
        default_language="no",
        max_cells=800_000,
        calls=40,
        seconds=60,
        tells_limit=False,
        headers="x-ratelimit",
        license="https://www.ssb.no/en/diverse/lisens",
        sources={"en": "Source: Statistics Norway", "no": "Kilde: Statistisk sentralbyrå"},
        tells_total=False,
        null_discontinued=True,
        every_word=True,
    ),
    "latvia": Flavour(
        languages={"lv": "Latviešu", "en": "English"},
        default_language="lv",
        headers="x-rate-limit",
        api_version="2.0.0",
        default_format="px",
        false_formats=("json_stat2", "csv3", "html5_table", "px"),
        charset="utf-8",
        bom=True,
        index_lags=True,
    ),
}


def adapted(
    flavour: Flavour,
    *,
    max_cells: int | None,
    calls: int | None,
    seconds: int | None,
    languages: Mapping[str, str] | None,
) -> Flavour:
    """The flavour with some of its limits changed; the first language given is the default."""
    given: dict[str, Any] = {"max_cells": max_cells, "calls": calls, "seconds": seconds}
    if languages:
        given |= {"languages": languages, "default_language": next(iter(languages))}
    return replace(flavour, **{k: v for k, v in given.items() if v is not None})


def config(flavour: Flavour) -> dict[str, Any]:
    """What /config says."""
    told = flavour.tells_limit
    return {
        "apiVersion": flavour.api_version,
        "appVersion": flavour.app_version,
        "languages": [{"id": c, "label": text} for c, text in flavour.languages.items()],
        "defaultLanguage": flavour.default_language,
        "maxDataCells": flavour.max_cells,
        "maxCallsPerTimeWindow": flavour.calls if told else 0,
        "timeWindow": flavour.seconds if told else 0,
        "license": flavour.license,
        "sourceReferences": [{"language": c, "text": t} for c, t in flavour.sources.items()],
        "defaultDataFormat": flavour.default_format,
        "dataFormats": [*flavour.formats, *flavour.false_formats],
        "features": [{"id": "CORS", "params": [{"key": "enabled", "value": "True"}]}],
    }
