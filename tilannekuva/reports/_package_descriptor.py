"""What is in the data package, on what terms and where it is from (Frictionless Data Package)."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tilannekuva import narrate, regions, words
from tilannekuva.model import LANGUAGES, Picture, Snapshot
from tilannekuva.narrate.notes import received
from tilannekuva.reports._annex import link
from tilannekuva.reports._package_csv import json_bytes
from tilannekuva.reports._package_tables import TABLES, Column, Table

__all__ = ["CUBES", "PARQUET", "README", "by_licence", "descriptor", "licences", "title"]

README, PARQUET = "README.md", "observations.parquet"
CUBES = "cubes"
"""Folder of the JSON-stat datasets."""
_OPEN = {
    "CC BY 4.0": ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC0 1.0": ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
}
"""Licences that a publisher states outright: their Open Definition id and address."""
_TYPES = {"text": "string", "list": "string", "integer": "integer", "number": "number",
          "yes_no": "boolean"}  # fmt: skip


def title(picture: Picture, lang: str) -> str:
    """What the package is called."""
    place, date = narrate.place(picture.region.code, lang), words.date(picture.as_of, lang)
    return words.message("package.title", lang, region=place, date=date)


def by_licence(picture: Picture) -> dict[str, list[Snapshot]]:
    """The publishers' snapshots by their licence as the lock has it."""
    found: dict[str, list[Snapshot]] = {}
    for s in received(picture.snapshots, picture)[0]:
        found.setdefault(s.licence, []).append(s)
    return {key: found[key] for key in sorted(found) if key}


def licences(picture: Picture) -> list[dict[str, str]]:
    """The licences as the standard has them.

    What is only assumed, or told in words, has no id: that would promise more than is known.
    """
    found = []
    for licence in by_licence(picture):
        name, path = _OPEN.get(licence, ("", README))
        text = narrate.licence_text(licence, "fi")
        found.append({**({"name": name} if name else {}), "path": path, "title": text})
    return found


def descriptor(picture: Picture, files: Mapping[str, bytes]) -> bytes:
    """``datapackage.json``, for the other files of the package.

    Valid for version 2 of the standard and, by ``profile``, for readers of version 1. Texts are in
    Finnish, and in Swedish and English under ``title@sv`` and ``title@en``.
    """
    resources = [_resource(name, files[name], picture) for name in sorted(files) if _is_data(name)]
    hashes = " ".join(r["hash"] for r in resources)
    found = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "profile": "data-package",
        "name": f"tilannekuva-{regions.slug(picture.region.code)}",
        # The same data have the same id, and other data another one.
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, hashes)),
        "languages": list(LANGUAGES),
        **_said("title", lambda lang: title(picture, lang)),
        **_said("description", _about),
        "version": picture.edition,
        "created": f"{picture.as_of}T00:00:00Z",
        "keywords": [
            picture.region.names.fi,
            words.message("package.keyword_statistics", "fi"),
            words.message("package.keyword_development", "fi"),
        ],
        **_some("licenses", licences(picture)),
        "sources": _sources(picture),
        "resources": resources,
    }
    return json_bytes(found)


def _about(lang: str) -> str:
    notice = words.message("page.notice", lang)
    return f"{words.message('package.about', lang)}\n\n{notice}"


def _said(key: str, say: Callable[[str], str]) -> dict[str, str]:
    """A text in the language of the package, then its translations."""
    texts = {key if lang == "fi" else f"{key}@{lang}": say(lang) for lang in LANGUAGES}
    return {name: text for name, text in texts.items() if text}


def _some(key: str, items: Sequence[Any] | Mapping[str, Any]) -> dict[str, Any]:
    """A property, unless it is empty: the standard wants none then."""
    return {key: items} if items else {}


def _sources(picture: Picture) -> list[dict[str, Any]]:
    """The publishers' tables, each version by itself."""
    found = []
    for s in received(picture.snapshots, picture)[0]:
        source = picture.sources.get(s.source)
        publisher = source.publisher["fi"] if source is not None else s.source
        path = link(s.address)
        found.append(
            {
                "title": f"{publisher}: {s.title}" if s.title else publisher,
                **({"path": path} if path else {}),
                **({"version": s.vintage} if s.vintage else {}),
                "vintage": s.vintage,
                "table": s.table,
                "published_on": s.published_on,
                "licence": s.licence,
                "snapshot": s.id,
            }
        )
    return found


# --- resources --------------------------------------------------------------------------------


def _is_data(name: str) -> bool:
    """Whether a file is data, not words about it."""
    return name.removesuffix(".csv") in TABLES or name == PARQUET or name.startswith(f"{CUBES}/")


def _resource(file: str, content: bytes, picture: Picture) -> dict[str, Any]:
    stem, _, ending = file.rpartition(".")
    bulk = {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
    if ending == "csv":
        table = TABLES[stem]
        return {
            "name": stem,
            "type": "table",
            "profile": "tabular-data-resource",
            "path": file,
            **_said("title", table.title),
            **_said("description", table.about),
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            **bulk,
            "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"',
                        "doubleQuote": True, "header": True},
            "schema": _schema(table),
        }  # fmt: skip
    if ending == "parquet":
        table = TABLES[stem]
        return {
            "name": f"{stem}-parquet",
            "type": "table",
            "profile": "data-resource",
            "path": file,
            **_said("title", lambda lang: words.message("package.parquet", lang)),
            **_said("description", table.about),
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            # Frictionless counts no bytes of a Parquet file: a size would be an error to it.
            "hash": bulk["hash"],
            "schema": _schema(table),
        }
    indicator = picture.indicators[stem.removeprefix(f"{CUBES}/")]
    return {
        "name": f"cube-{indicator.id}",
        "profile": "data-resource",
        "path": file,
        **_said("title", lambda lang: words.capital(indicator.names[lang])),
        "format": "json",
        "mediatype": "application/json",
        "encoding": "utf-8",
        **bulk,
    }


def _schema(table: Table) -> dict[str, Any]:
    keys = [
        {
            "fields": list(r.columns),
            "reference": {"resource": r.table, "fields": list(r.to)},
        }
        for r in table.references
    ]
    return {
        "fields": [_field(c) for c in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
        **_some("foreignKeys", keys),
    }


def _field(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": _TYPES[column.kind],
        **_said("title", column.title),
        **_said("description", column.about),
        **_some("constraints", dict(_constraints(column))),
    }


def _constraints(column: Column) -> Iterable[tuple[str, Any]]:
    if column.required:
        yield "required", True
    if column.codes:
        yield "enum", list(column.codes)
    if column.pattern:
        yield "pattern", column.pattern
