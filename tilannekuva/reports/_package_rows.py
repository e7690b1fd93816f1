"""A picture → the rows of each table of the data package, sorted by their keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from tilannekuva import narrate, words
from tilannekuva.metric_fans import FAN
from tilannekuva.model import ABSENT, LANGUAGES, PRESENT, Finding, Observation, Picture, Snapshot
from tilannekuva.reports._package_tables import DIRECTIONS, GAPS, KINDS, NOTES
from tilannekuva.reports._series import area_name, every_series, group_name, own_code

__all__ = ["Row", "observations", "rows"]

Row = tuple[Any, ...]
"""Cells: text, number, yes or no, a tuple of texts, or None."""


def rows(picture: Picture, figures: Sequence[Observation]) -> dict[str, Sequence[Row]]:
    """The rows of every table, by the table's name; ``figures`` are its :func:`observations`."""
    found: dict[str, Sequence[Row]] = {
        "observations": figures,
        "metrics": sorted(_metrics(picture), key=lambda r: r[:5]),
        "indicators": sorted(_indicators(picture)),
        "snapshots": [_snapshot(picture, picture.snapshots[k]) for k in sorted(picture.snapshots)],
        "gaps": sorted(_gaps(picture), key=lambda r: r[:2]),
        "notes": sorted(_notes(picture), key=lambda r: r[:2]),
        "codes": sorted(_codes(picture)),
    }
    named = {row[:3] for row in (*figures, *found["metrics"])}
    found["groups"] = _groups(picture, {(name, group) for name, _, group in named})
    found["regions"] = _regions(picture, {*picture.regions, *(code for _, code, _ in named)})
    return found


def _in_languages(say: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(say(lang) for lang in LANGUAGES)


# --- figures ----------------------------------------------------------------------------------


def observations(picture: Picture) -> list[Observation]:
    """Every figure that a finding carries, each key once."""
    found: dict[tuple[str, ...], Observation] = {}
    for finding in picture.findings.values():
        for row in _figures(finding):
            found.setdefault(row[:4], row)
    return [found[key] for key in sorted(found)]


def _figures(finding: Finding) -> Iterator[Observation]:
    for region, breakdown, s in every_series(finding):
        for cells in zip(s.periods, s.values, s.statuses, s.origins, strict=True):
            yield Observation(finding.indicator, region, breakdown, *cells)


def _metrics(picture: Picture) -> Iterator[Row]:
    for finding in picture.findings.values():
        head = (finding.indicator, own_code(finding), finding.breakdown)
        for metric, found in finding.metrics.items():
            if metric in FAN and finding.fan:
                for year in finding.fan:
                    value = getattr(year, metric.removeprefix("fan_"))
                    yield (*head, year.period, metric, value, "forecast", None)
                continue
            there = found.value is not None
            status = found.status if there or found.status in ABSENT else "not_computable"
            yield (*head, found.period, metric, found.value, status, found.reason)


# --- what the codes mean ----------------------------------------------------------------------


def _indicators(picture: Picture) -> Iterator[Row]:
    for i in picture.indicators.values():
        unit = picture.units[i.unit].label
        yield (
            i.id,
            *_in_languages(i.names.__getitem__),
            *_in_languages(i.label.__getitem__),
            i.unit,
            *_in_languages(unit.__getitem__),
            i.decimals,
            i.direction,
            i.axes,
            i.reference,
            i.rule,
            i.names_verified,
        )


def _groups(picture: Picture, pairs: Iterable[tuple[str, str]]) -> list[Row]:
    axes = {i.id: i.axes for i in picture.indicators.values()}
    return [
        (name, group, *(group_name(axes[name], group, lang) for lang in LANGUAGES))
        for name, group in sorted(pairs)
    ]


def _regions(picture: Picture, codes: Iterable[str]) -> list[Row]:
    found = []
    for code in sorted(codes):
        base, _, year = code.partition("@")
        region = picture.regions[base]
        division = int(year) if year else None
        names = (area_name(picture, code, lang) for lang in LANGUAGES)
        found.append((code, region.level, region.parent, base, division, *names))
    return found


def _codes(picture: Picture) -> Iterator[Row]:
    """Names of the codes of the closed lists."""

    def named(table: str, codes: Iterable[str], say: Callable[[str, str], str]) -> Iterator[Row]:
        return ((table, c, *(say(c, lang) for lang in LANGUAGES)) for c in codes)

    def under(prefix: str) -> Callable[[str, str], str]:
        return lambda code, lang: words.message(f"{prefix}.{code}", lang)

    levels = {r.level for r in picture.regions.values()}
    yield from named("status", (*PRESENT, *ABSENT), narrate.status_label)
    yield from named("reason", _keys("reason"), under("reason"))
    yield from named("metric", _keys("sheet.metric"), under("sheet.metric"))
    yield from named("direction", DIRECTIONS, under("package.code"))
    yield from named("note", NOTES, under("package.code"))
    yield from named("gap", GAPS, under("sheet.kind"))
    yield from named("snapshot", KINDS, under("sheet.kind"))
    yield from named("level", levels, narrate.level_name)


def _keys(prefix: str) -> list[str]:
    """The messages under a prefix, by the rest of their keys."""
    keys = (k.removeprefix(f"{prefix}.") for k in words.messages("fi") if k.startswith(prefix))
    return [k for k in keys if "." not in k]


# --- where figures are from, and what is not known --------------------------------------------


def _snapshot(picture: Picture, s: Snapshot) -> Row:
    derived = s.kind == "derived"

    def publisher(lang: str) -> str:
        if derived or s.source not in picture.sources:
            return words.message("source.own", lang)
        return picture.sources[s.source].publisher[lang]

    return (
        s.id,
        s.kind,
        s.source,
        *_in_languages(publisher),
        s.table or None,
        # A title of a derived one is its formula, which has a column of its own.
        s.title.partition(" = ")[0] if derived else s.title,
        s.vintage or None,
        s.published_on,
        s.licence or None,
        s.address or None,
        # What is derived has no bytes that a hash could be of.
        None if derived else s.sha256,
        s.transcribed,
        str(s.query.get("formula", "")) or None,
        tuple(_parents(s)),
        s.note or None,
    )


def _parents(snapshot: Snapshot) -> Sequence[str]:
    found: Sequence[str] = snapshot.query.get("parents", ()) if snapshot.kind == "derived" else ()
    return found


def _gaps(picture: Picture) -> Iterator[Row]:
    for g in picture.gaps:
        yield (g.indicator, g.kind, g.period, g.parents, g.source, g.table)


def _notes(picture: Picture) -> Iterator[Row]:
    """Caveats of the indicators, and every place where a series must not be read across."""
    found: dict[str, list[Row]] = {}
    for i in picture.indicators.values():
        for c in i.caveats:
            texts = _in_languages(c.__getitem__)
            found.setdefault(i.id, []).append((c.region, "caveat", None, *texts, None))
    for name, b in picture.breaks:
        texts = _in_languages(b.note.__getitem__)
        row = (b.region, b.kind, b.first_period, *texts, b.source or None)
        found.setdefault(name, []).append(row)
    for name, some in found.items():
        yield from ((name, n, *row) for n, row in enumerate(some, 1))
