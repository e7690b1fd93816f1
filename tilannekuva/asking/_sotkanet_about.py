"""What a Sotkanet indicator says of itself: titles, years, levels of areas, sexes, update."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import unescape
from typing import Any, NamedTuple

from tilannekuva.calls import local_day
from tilannekuva.errors import SourceError
from tilannekuva.matching import Variable

__all__ = ["About", "fold", "level", "plain_text", "read_about", "variables_of"]

_LANGUAGES = ("fi", "sv", "en")
_BLOCK = re.compile(r"<\s*/?\s*(?:br|p|div|li|ul|ol|tr|td)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<\s*/?\s*[a-zA-Z][^<>]*>")
_FIRST, _LAST = 1900, 2100
"""Years beyond these are a fault of the answer."""
_TOTAL = "total"
_SEXES = {
    "total": frozenset({"Yhteensä", "Totalt", "Total"}),
    "male": frozenset({"Miehet", "Män", "Men"}),
    "female": frozenset({"Naiset", "Kvinnor", "Women"}),
}


class About(NamedTuple):
    """An indicator's own description."""

    titles: Mapping[str, str]
    """Language → title without markup; Finnish, or whatever there is, comes first."""
    updated: str | None
    """When its figures were last updated, as printed."""
    years: tuple[str, ...]
    """Every year from the first to the last that it has figures of."""
    levels: tuple[str, ...]
    """Categories of areas that it is published for, spelled by :func:`level`."""
    sexes: tuple[str, ...]
    """Of ``total``, ``male`` and ``female``, those it is published for."""
    unit: str
    """Kind of its figures as printed (``%``); empty where it says none."""

    @property
    def title(self) -> str:
        """The title that stands for the indicator."""
        return next(iter(self.titles.values()))


def plain_text(text: str) -> str:
    """A text of the service without its markup.

    >>> plain_text("BMI&#8805;30 kg/m<sup>2</sup>,  % <br />")
    'BMI≥30 kg/m2, %'
    """
    return " ".join(unescape(_TAG.sub("", _BLOCK.sub(" ", text))).split())


def fold(text: str) -> str:
    """A title as it is compared: capitals, blanks and markup do not matter."""
    return plain_text(text).casefold()


def level(category: str) -> str:
    """The one spelling of a category: lists say ``ELY-KESKUS``, descriptions ``Ely-keskus``.

    >>> level("ELY-KESKUS") == level("Ely-keskus") == level("ElyKeskus")
    True
    """
    return "".join(c for c in category.casefold() if c.isalnum())


def read_about(told: Any, where: str) -> About:
    """The description as the service answers it.

    Args:
        told: The JSON of ``/indicators/{id}``.
        where: Source and table, for errors.

    Raises:
        SourceError: It is something else, or lacks title, range or levels of areas.
    """
    if not isinstance(told, dict):
        raise SourceError(f"{where}: the description of the indicator is no object: {told!s:.80}")
    for key in ("title", "range", "classifications"):
        if not isinstance(told.get(key), dict):
            raise SourceError(
                f"{where}: the description of the indicator has no '{key}', only "
                f"{', '.join(map(str, told))}; the service has changed, or the answer is damaged"
            )
    titles = _texts(told["title"])
    if not titles:
        raise SourceError(f"{where}: the indicator has no title in {', '.join(_LANGUAGES)}")
    kinds = told["classifications"]
    levels = tuple(dict.fromkeys(map(level, _values(kinds, "region"))))
    if not levels:
        raise SourceError(
            f"{where}: the description of the indicator does not say which areas it is about"
        )
    # Half a thousand indicators classify by no sex at all: they have the total only.
    sexes = tuple(x for x in _SEXES if x in _values(kinds, "sex")) or (_TOTAL,)
    kind = told.get("primaryValueType")
    units = _texts(kind.get("title")) if isinstance(kind, dict) else {}
    return About(
        titles,
        _stamp(told.get("data-updated"), where),
        _years(told["range"], where),
        levels,
        sexes,
        next(iter(units.values()), ""),
    )


def _stamp(told: Any, where: str) -> str | None:
    if not told:
        return None
    try:
        local_day(str(told))
    except SourceError as error:
        raise SourceError(f"{where}: {error}") from error
    return str(told).strip()


def _texts(told: Any) -> dict[str, str]:
    found = {x: plain_text(str(told[x])) for x in _LANGUAGES if told.get(x)} if told else {}
    return {lang: text for lang, text in found.items() if text}


def _values(kinds: Mapping[str, Any], name: str) -> list[str]:
    kind = kinds.get(name)
    values = kind.get("values") if isinstance(kind, dict) else None
    return [str(v) for v in values] if isinstance(values, list) else []


def _years(span: Mapping[str, Any], where: str) -> tuple[str, ...]:
    try:
        first, last = int(span["start"]), int(span["end"])
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(f"{where}: the years of the indicator cannot be read: {span}") from error
    if not _FIRST <= first <= last <= _LAST:
        raise SourceError(f"{where}: {first}–{last} are no years that an indicator could have")
    return tuple(map(str, range(first, last + 1)))


def variables_of(
    titles: Mapping[str, str],
    *,
    accepted: Iterable[str] = (),
    regions: Iterable[str] = (),
    years: Iterable[str] = (),
    sexes: Iterable[str] = (_TOTAL,),
) -> tuple[Variable, ...]:
    """The variables of an answer, so that a query's names are found.

    Args:
        titles: Language → title; the first is the code.
        accepted: What else the catalogue calls the same indicator.
        regions: Codes of the areas that there are.
        years: Years that there are.
        sexes: Sexes that there are.
    """
    title = next(iter(titles.values()))
    shown = tuple(sexes)
    return (
        Variable(
            "title",
            (title,),
            frozenset({"Indikaattori", "Indikator", "Indicator"}),
            {title: frozenset({*titles.values(), *accepted})},
            "contents",
            title,
        ),
        Variable("region", tuple(regions), frozenset({"Alue", "Område", "Region"}), role="geo"),
        Variable("year", tuple(years), frozenset({"Vuosi", "År", "Year"}), role="time"),
        Variable(
            "gender",
            shown,
            frozenset({"Sukupuoli", "Kön", "Sex", "Gender"}),
            {x: _SEXES.get(x, frozenset()) for x in shown},
            total=_TOTAL if _TOTAL in shown else None,
        ),
    )
