"""Synthetic findings: figures that nobody published, made so that the right drawing is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from tilannekuva import indicators, regions
from tilannekuva.model import (
    Break,
    Finding,
    Indicator,
    KeyFigures,
    Measured,
    Picture,
    Section,
    Series,
    Text,
)

OWN = "MK18"
AREAS = tuple(r.code for r in regions.regions("maakunta"))
PARTS = tuple(regions.children(OWN, "kunta"))


def _text(said: str) -> Text:
    return Text(fi=said, sv=said, en=said)


def _series(
    region: str, figures: Mapping[str, float | None], statuses: Mapping[str, str] | None = None
) -> Series:
    given = statuses or {}
    return Series(
        region=region,
        periods=tuple(figures),
        values=tuple(figures.values()),
        statuses=tuple(
            given.get(p, "final" if v is not None else "not_available") for p, v in figures.items()
        ),
    )


def _years(first: int, last: int, start: float = 10.0, step: float = 0.5) -> dict[str, float]:
    return {str(y): start + step * (y - first) for y in range(first, last + 1)}


def _measured(value: float | None, period: str, reason: str | None = None) -> Measured:
    return Measured(value=value, period=period, status="final", reason=reason)


def _finding(
    *segments: Series, metrics: Mapping[str, Measured] | None = None, **more: Any
) -> Finding:
    newest = [
        (p, v, s)
        for p, v, s in zip(
            segments[-1].periods, segments[-1].values, segments[-1].statuses, strict=True
        )
        if v is not None and s != "forecast"
    ]
    period, value, status = newest[-1] if newest else (segments[-1].periods[-1], None, "forecast")
    first, last = segments[-1].periods[0], segments[-1].periods[-1]
    rows = {
        "latest": Measured(value=value, period=period, status=status),
        "age_months": _measured(24, period),
        "index": _measured(100.0, f"{first}/{period}"),
        "gap": _measured(None, period, "no_country"),
        "rank": _measured(None, period, "no_direction"),
    }
    if value is None:
        rows["forecast"] = Measured(value=segments[-1].values[-1], period=last, status="forecast")
    return Finding(
        indicator="synthetic",
        region=OWN,
        segments=segments,
        metrics={**rows, **(metrics or {})},
        snapshots=(),
        **more,
    )


def _compared(first: int = 2000, last: int = 2020, **more: Any) -> Finding:
    """With a country, eighteen other regions and four peers."""
    others = tuple(
        _series(code, _years(first, last, 8 + 0.7 * n, 0.3 + 0.02 * n))
        for n, code in enumerate(c for c in AREAS if c != OWN)
    )
    peers = tuple(s for c in regions.peers(OWN) for s in others if s.region == c)
    given = {"country": _series("SSS", _years(first, last, 14)), "others": others, "peers": peers}
    return _finding(_series(OWN, _years(first, last)), **{**given, **more})


def _picture(
    *findings: Finding,
    unit: str = "percent",
    breaks: Sequence[tuple[str, Break]] = (),
    **indicator: Any,
) -> Picture:
    whole = indicators.load()
    given = {
        "subject": "synthetic",
        "names": _text("synthetic quantity"),
        "unit": unit,
        "decimals": 1,
        "direction": "up",
        "where": _text("nowhere"),
        **indicator,
    }
    found = {f.indicator: f for f in findings}
    codes = {OWN, *AREAS, *PARTS}
    return Picture(
        region=regions.region(OWN), as_of="2023-11-24", level_count=len(AREAS),
        indicators={name: Indicator(id=name, **given) for name in found},
        units=whole.units, findings=found, cuts=(), gaps=(), sources={}, snapshots={},
        key_figures=KeyFigures(**dict.fromkeys(KeyFigures.model_fields, ())),
        regions={c: regions.region(c) for c in codes}, breaks=tuple(breaks),
    )  # fmt: skip


def _section(*names: str) -> Section:
    return Section(id="synthetic_theme", names=_text("synthetic theme"), indicators=names)


@pytest.fixture(scope="session")
def synthetic() -> SimpleNamespace:
    """Builders of synthetic series, findings, pictures and sections."""
    return SimpleNamespace(
        own=OWN, areas=AREAS, municipalities=PARTS, series=_series, years=_years,
        finding=_finding, compared=_compared, picture=_picture, section=_section,
        measured=_measured, text=_text,
    )  # fmt: skip


@pytest.fixture(scope="session")
def every_chart(kainuu: Picture) -> Callable[[str], list[Any]]:
    """Every chart that the real picture of Kainuu can carry, in one language."""
    from tilannekuva import charts

    def drawn(lang: str) -> list[Any]:
        found = [
            charts.draw(k, f, kainuu, lang)  # type: ignore[arg-type]
            for f in kainuu.findings.values()
            for k in charts.choose(f, kainuu)
        ]
        sections = [s for c in kainuu.cuts for s in c.sections]
        found += [
            charts.draw(k, s, kainuu, lang)  # type: ignore[arg-type]
            for s in sections
            for k in charts.choose_section(s, kainuu)
        ]
        return found

    return drawn
