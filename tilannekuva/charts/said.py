"""What the charts say: names of areas, numbers, units and the short words of ``[chart]``."""

from __future__ import annotations

from collections.abc import Iterable

from tilannekuva import words
from tilannekuva.model import Finding, Indicator, Picture, Unit

__all__ = [
    "country",
    "figures_of",
    "indicator",
    "name",
    "say",
    "short",
    "span",
    "statuses",
    "unit",
    "unit_label",
    "value",
]


def say(key: str, lang: str, **values: object) -> str:
    """A message of the ``[chart]`` table."""
    return words.message(f"chart.{key}", lang, **values)


def statuses(key: str, found: Iterable[str], lang: str) -> list[str]:
    """A note for each status that is not final: what a hollow mark means."""
    return [say(key, lang, what=words.message(f"status.{s}", lang)) for s in found]


def figures_of(finding: Finding, period: str, lang: str) -> str:
    """Of when the municipalities' figures are; of years taken together, that they are means."""
    if not finding.pooled:
        return say("figures_of", lang, period=short(period, lang))
    hidden = any(p.value is None for p in finding.pooled)
    return say(
        "pooled_of",
        lang,
        years=short(period, lang),
        hidden=say("pooled_hidden", lang) if hidden else "",
    )


def name(picture: Picture, code: str, lang: str) -> str:
    """Name of an area; a dated code (``MK18@2015``) has the name of the area."""
    base = code.split("@")[0]
    region = picture.region if base == picture.region.code else picture.regions.get(base)
    return region.names[lang] if region else code


def country(lang: str) -> str:
    """The whole country, as a label."""
    return say("country", lang)


def indicator(finding: Finding, picture: Picture) -> Indicator:
    """The indicator of a finding."""
    return picture.indicators[finding.indicator]


def unit(finding: Finding, picture: Picture) -> Unit:
    """The unit of a finding."""
    return picture.units[indicator(finding, picture).unit]


def unit_label(finding: Finding, picture: Picture, lang: str) -> str:
    """What stands over a value axis."""
    return unit(finding, picture).label[lang]


def value(number: float, finding: Finding, picture: Picture, lang: str) -> str:
    """A figure of the finding with its unit, short."""
    i = indicator(finding, picture)
    return words.quantity(number, i.decimals, picture.units[i.unit], lang)


def short(period: str, lang: str) -> str:
    """A period as short as it can be said beside a mark: ``2023``, ``2017–2019``, ``12/2023``.

    >>> short("2023M02", "fi"), short("2017/2019", "fi"), short("2023Q3", "fi")
    ('2/2023', '2017–2019', '2023 Q3')
    """
    if "/" in period:
        return "–".join(short(p, lang) for p in period.split("/"))
    year, rest = period[:4], period[4:]
    if rest.startswith("M"):
        return f"{int(rest[1:])}/{year}"
    return f"{year} {rest}" if rest else year


def span(first: int, last: int) -> str:
    """Years from one to another, both included.

    >>> span(2004, 2009), span(2012, 2012)
    ('2004–2009', '2012')
    """
    return f"{first}–{last}" if last > first else str(first)
