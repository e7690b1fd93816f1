"""What a cell, a column and a sheet are.

A row is a tuple of cells: text, :class:`Number`, :class:`Link`, or None for an empty cell. Empty
cells stand only in the two long tables; elsewhere a missing figure is a mark that the notes
explain.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal, NamedTuple

from tilannekuva.model import Measured

__all__ = [
    "CONFIDENTIAL",
    "NONE",
    "NOT_APPLICABLE",
    "NOT_AVAILABLE",
    "Cell",
    "Column",
    "Form",
    "Link",
    "Number",
    "Row",
    "Sheet",
    "form",
    "mark",
    "table_name",
]

NONE = "–"
"""Nothing to say in a column of text; in statistics, none at all."""
NOT_APPLICABLE, NOT_AVAILABLE, CONFIDENTIAL = ".", "..", "..."
"""Marks of the national statistics; the notes explain them."""
_NEVER = frozenset({"no_direction", "extensive", "by_breakdown", "no_target"})
"""Reasons that lie in the indicator itself: no figure could mend them."""

Form = Literal["plain", "signed", "year"]


class Number(NamedTuple):
    """A number as a number, unrounded; the decimals are only how it looks."""

    value: float
    decimals: int = 0
    form: Form = "plain"


class Link(NamedTuple):
    """Readable text that leads to a web address, or to a sheet (``#`` and its name)."""

    text: str
    target: str


Cell = str | Number | Link | None
Row = tuple[Cell, ...]


class Column(NamedTuple):
    """Heading of a column, and how wide it may become (in characters)."""

    head: str
    widest: int
    numeric: bool


class Sheet(NamedTuple):
    """One sheet with its one table."""

    name: str
    title: str
    source: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    back: Link | None = None
    filters: bool = True
    """Whether the headings have filter buttons."""
    long: bool = False
    """Thousands of rows: cells are not wrapped, and may be empty."""


def table_name(sheet: str) -> str:
    """The name of a sheet's table.

    >>> table_name("Mitä emme tiedä")
    't_mita_emme_tieda'
    """
    plain = unicodedata.normalize("NFKD", sheet.casefold())
    return "t_" + re.sub(r"[^a-z0-9]+", "_", plain.encode("ascii", "ignore").decode()).strip("_")


def mark(found: Measured | None) -> str:
    """The national mark of a missing figure, in a table of one row an indicator.

    >>> mark(None), mark(Measured(value=None, period="2020", status="final", reason="break"))
    ('.', '..')
    """
    if found is None or found.reason in _NEVER or found.status == "not_applicable":
        return NOT_APPLICABLE
    return CONFIDENTIAL if found.status == "confidential" else NOT_AVAILABLE


def form(metric: str) -> Form:
    """How a metric is written: differences with their sign, years without groups.

    >>> form("change_10y"), form("gap_index"), form("reach_year")
    ('signed', 'plain', 'year')
    """
    if metric == "reach_year":
        return "year"
    signed = metric.startswith(
        (
            "change_",
            "country_change",
            "gap_change",
            "pace_",
            "trend_slope",
            "trend_low",
            "trend_high",
        )
    )
    return "signed" if signed or metric in ("gap", "gap_pct", "target_distance") else "plain"
