"""Two tiny drawings of the key-figure cards: a line of one series, a strip of all regions.

They are drawn here and not by :mod:`tilannekuva.charts`: a card has no room for axes and words, and
both say in the words beside them what they show.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from markupsafe import Markup

__all__ = ["Mark", "Tick", "line", "strip"]

REGION = "#0B4F8A"
COUNTRY = "#374151"
CONTEXT = "#6B7280"

_LINE = (132.0, 34.0)
_STRIP = (232.0, 26.0)
_PAD = 5.0


class Mark(NamedTuple):
    """One figure of a series: place on the axis of years, value, whether it is settled."""

    x: float
    y: float
    sure: bool


class Tick(NamedTuple):
    """One area on the value axis: ``region``, ``country`` or ``other``."""

    value: float
    role: str


def _scaled(value: float, low: float, high: float, start: float, end: float) -> float:
    part = 0.5 if high == low else (value - low) / (high - low)
    return start + part * (end - start)


def _open(size: tuple[float, float], label: str, name: str) -> str:
    width, height = size
    return (
        f'<svg class="{name}" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" aria-label="{escape(label)}">'
    )


def line(pieces: Sequence[Sequence[Mark]], label: str) -> Markup:
    """The series in pieces: no line is drawn over a gap or a break. The newest figure is a dot,
    hollow when it may still change.

    Args:
        pieces: Figures in time order, in runs that a line may join.
        label: What it shows, in words.

    Returns:
        An ``<svg>`` element; an empty text when there are fewer than two figures.

    >>> str(line([[Mark(2020, 1.0, True)]], "x"))
    ''
    """
    marks = [m for piece in pieces for m in piece]
    if len(marks) < 2:
        return Markup("")
    width, height = _LINE
    first, last = marks[0].x, marks[-1].x
    low, high = min(m.y for m in marks), max(m.y for m in marks)

    def at(m: Mark) -> tuple[float, float]:
        return (
            round(_scaled(m.x, first, last, _PAD, width - _PAD), 1),
            round(_scaled(m.y, low, high, height - _PAD, _PAD), 1),
        )

    parts = [_open(_LINE, label, "spark")]
    for piece in pieces:
        path = " ".join(f"{x:g},{y:g}" for x, y in map(at, piece))
        if len(piece) > 1:
            parts.append(
                f'<polyline points="{path}" fill="none" stroke="{REGION}" stroke-width="1.6" '
                'stroke-linejoin="round"/>'
            )
        else:
            x, y = at(piece[0])
            parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="1.3" fill="{REGION}"/>')
    x, y = at(marks[-1])
    fill = REGION if marks[-1].sure else "#fff"
    parts.append(
        f'<circle cx="{x:g}" cy="{y:g}" r="3.2" fill="{fill}" stroke="{REGION}" '
        'stroke-width="1.6"/></svg>'
    )
    # The label is escaped and everything else is a number.
    return Markup("".join(parts))


def strip(ticks: Sequence[Tick], label: str) -> Markup:
    """All areas on one axis: thin uprights, the country a long dashed one, ours a dot.

    Args:
        ticks: The areas; at least ours and one more.
        label: What it shows, in words.

    Returns:
        An ``<svg>`` element; an empty text when there is nothing to compare with.
    """
    others = [t for t in ticks if t.role == "other"]
    own = [t for t in ticks if t.role == "region"]
    if not others or not own:
        return Markup("")
    width, height = _STRIP
    low, high = min(t.value for t in ticks), max(t.value for t in ticks)
    middle = height / 2

    def at(value: float) -> float:
        return round(_scaled(value, low, high, 7.0, width - 7.0), 1)

    parts = [
        _open(_STRIP, label, "strip"),
        f'<path d="M2 {middle:g}H{width - 2:g}" stroke="#D1D5DB"/>',
    ]
    for x in sorted({at(t.value) for t in others}):
        parts.append(f'<path d="M{x:g} {middle - 5:g}v10" stroke="{CONTEXT}"/>')
    for t in ticks:
        if t.role == "country":
            parts.append(
                f'<path d="M{at(t.value):g} 1v{height - 2:g}" stroke="{COUNTRY}" '
                'stroke-width="2" stroke-dasharray="4 2.5"/>'
            )
    x = at(own[0].value)
    parts.append(
        f'<circle cx="{x:g}" cy="{middle:g}" r="6" fill="{REGION}" stroke="#fff" '
        'stroke-width="1.5"/></svg>'
    )
    return Markup("".join(parts))


def sign(role: str) -> Markup:
    """The sign of a role for a legend, without a name: the words stand beside it."""
    shapes = {
        "region": f'<circle cx="8" cy="8" r="5" fill="{REGION}"/>',
        "open": f'<circle cx="8" cy="8" r="3.4" fill="#fff" stroke="{REGION}" stroke-width="1.6"/>',
        "country": (
            f'<path d="M8 0v16" stroke="{COUNTRY}" stroke-width="2" stroke-dasharray="4 2.5"/>'
        ),
        "other": f'<path d="M8 3v10" stroke="{CONTEXT}"/>',
    }
    return Markup(
        f'<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{shapes[role]}</svg>'
    )
