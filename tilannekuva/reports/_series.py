"""Every figure of a finding, in one order, and the names of its codes: for reports of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tilannekuva import narrate, words
from tilannekuva.model import Finding, Picture, Series

__all__ = ["area_name", "digits", "every_series", "group_name", "own_code"]


def own_code(finding: Finding) -> str:
    """The region's code with the division of its newest figures."""
    return finding.segments[-1].region if finding.segments else finding.region


def every_series(finding: Finding) -> Iterator[tuple[str, str, Series]]:
    """Every series of a finding: (code of the area, breakdown, figures)."""
    country = (finding.country,) if finding.country is not None else ()
    # The peers are among the others.
    for series in (*finding.segments, *country, *finding.parts, *finding.others):
        yield series.region, finding.breakdown, series
    for series in finding.profile:
        yield series.area or own_code(finding), series.region, series
    for series in finding.country_profile:
        yield "SSS", series.region, series


def area_name(picture: Picture, code: str, lang: str) -> str:
    """The name of an area, with its division where that is not today's."""
    base, _, year = code.partition("@")
    name = picture.regions[base].names[lang]
    return words.message("page.division_year", lang, name=name, year=year) if year else name


def group_name(axes: Sequence[str], breakdown: str, lang: str) -> str:
    """Names of the groups of a breakdown on each axis but the summed ones.

    >>> group_name(["age", "sex"], "Y15-19.T", "en"), group_name([], "total", "en")
    ('15–19', 'total')
    """
    if breakdown == "total":
        return words.message("sheet.total", lang)
    pairs = [(a, c) for a, c in zip(axes, breakdown.split("."), strict=False) if c != "T"]
    return ", ".join(narrate.axis_name(a, c, lang) for a, c in pairs) or breakdown


def digits(value: float | None) -> str:
    """The shortest text that is the number; nothing where there is none.

    >>> digits(602.0), digits(0.1), digits(None)
    ('602', '0.1', '')
    """
    return "" if value is None else repr(float(value)).removesuffix(".0")
