"""Tables as the template sets them: any columns of texts and numbers, with notes below.

A number cell says how far its decimal point is from that of its column, so that points stand under
each other; a dash carries the number of the reason that is told below the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tilannekuva.reports._cells import Cell
from tilannekuva.reports._tables import Table

__all__ = ["Column", "Notes", "numbers", "printed", "table", "text"]

Width = str
"""``1fr``, ``30mm``, or ``snug``: as wide as the longest cell and the longest word of the head."""


_NUMERIC = frozenset("0123456789+\N{MINUS SIGN}€<")
"""What a number begins with."""
_DIGIT = re.compile("[1-9]")


class Column(NamedTuple):
    """Heading of a column, whether it holds numbers, and how wide it is."""

    head: str
    numeric: bool = False
    width: Width = "snug"


class Notes:
    """What the marks and the dashes of one table mean, in the order of their first use."""

    def __init__(self) -> None:
        self.reasons: dict[str, int] = {}
        self.marks: dict[str, str] = {}

    def reason(self, cell: Cell) -> str:
        """The number of why a cell is empty; nothing where nobody says why."""
        if not cell.reason:
            return ""
        return str(self.reasons.setdefault(cell.reason, len(self.reasons) + 1))

    def mark(self, cell: Cell) -> str:
        """The mark of a cell."""
        if cell.mark:
            self.marks[cell.mark] = cell.status
        return cell.mark

    def lines(self) -> list[str]:
        """``p = provisional``, and the numbered reasons."""
        marks = [f"{m}\N{NO-BREAK SPACE}= {name}" for m, name in sorted(self.marks.items())]
        return [*marks, *(f"{n}\N{NO-BREAK SPACE}= {r}" for r, n in self.reasons.items())]


def text(words: str, *, href: str = "", lang: str = "", muted: bool = False) -> dict[str, Any]:
    """A piece of a text cell."""
    return {"t": words, "href": href, "lang": lang, "muted": muted}


def numbers(cells: Iterable[Cell], notes: Notes, *, percent: bool = True) -> list[dict[str, Any]]:
    """One column of numbers, aligned on the decimal point.

    Args:
        cells: The cells from top to bottom.
        notes: Gathers what must be said below the table.
        percent: Print the sign after a percentage; other units stand beside the name of the row.
    """
    column = list(cells)
    most = max((c.decimals for c in column if c.text), default=0)
    tails = [f"\N{NO-BREAK SPACE}{c.unit}" if percent and c.text and c.unit == "%" else ""
             for c in column]  # fmt: skip
    marks = [notes.mark(c) if c.text else "" for c in column]
    room = {"percent": any(tails), "mark": any(marks)}
    return [
        {
            "n": c.text, "tail": tail, "mark": mark, "room": room,
            "digits": most - c.decimals if c.text else 0,
            "point": bool(c.text) and c.decimals == 0 and most > 0,
            "why": "" if c.text else notes.reason(c),
            # A figure of few events is grey, and its interval stands under it.
            "few": f"({c.few})" if c.few else "",
        }
        for c, tail, mark in zip(column, tails, marks, strict=True)
    ]  # fmt: skip


def printed(found: Table) -> Mapping[str, Any]:
    """A table of the page, whatever its columns hold; reasons stand in their cells."""
    notes = Notes()
    columns, cells = [Column(found.head[0], width="1fr")], [[[text(r.name)] for r in found.rows]]
    for n, head in enumerate(found.head[1:]):
        column = [r.cells[n] for r in found.rows]
        numeric = all(c.text[:1] in _NUMERIC for c in column if c.text)
        columns.append(Column(head, numeric))
        cells.append([_in_words(c, notes) for c in column])
    lines = [*notes.lines()]
    return table(found.caption, columns, cells, ["; ".join(lines) + "."] if lines else [])


def _in_words(cell: Cell, notes: Notes) -> list[dict[str, Any]]:
    if not cell.text:
        return [text(cell.reason or "–", muted=True)]
    unit = f"\N{NO-BREAK SPACE}{cell.unit}" if cell.unit else ""
    mark = notes.mark(cell)
    return [text(cell.text + unit), *([text(mark, muted=True)] if mark else [])]


def table(
    caption: str, columns: Sequence[Column], cells: Sequence[Sequence[Any]],
    notes: Sequence[str] = (),
) -> Mapping[str, Any]:  # fmt: skip
    """A table of columns: ``cells`` holds a list for each column, all of one length.

    A cell is a number cell of :func:`numbers`, a piece of :func:`text` or a list of pieces; a piece
    that is nothing but words is given as these.
    """
    rows = [[_plain(c) for c in row] for row in zip(*cells, strict=True)]
    return {
        "caption": caption, "notes": list(notes), "rows": rows,
        "columns": [
            {"head": c.head, "numeric": c.numeric, "width": c.width,
             "widest": _widest(row[n] for row in rows) if c.width == "snug" else []}
            for n, c in enumerate(columns)
        ],
    }  # fmt: skip


def _plain(cell: Any) -> Any:
    if not isinstance(cell, list):
        if "n" in cell:
            return cell
        cell = [cell]
    if len(cell) == 1 and cell[0] == text(cell[0]["t"]):
        return cell[0]["t"]
    return cell


def _widest(column: Iterable[Any]) -> list[Any]:
    """The cells among which the widest is: of those that differ in digits only, the first.

    All digits are of one width.
    """
    return list({_shape(c): c for c in reversed(list(column))}.values())


def _shape(cell: Any) -> str:
    if isinstance(cell, Mapping):
        return repr({**cell, "n": _DIGIT.sub("0", cell["n"])})
    return _DIGIT.sub("0", repr(cell))
