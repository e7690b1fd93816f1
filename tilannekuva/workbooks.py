"""The workbook read back: the sheet of all figures as the one table it was written from.

The sheet says everything in words and codes that a person reads; nothing is hidden in the file.
What was changed so that it is not the table any more is refused, and nothing is guessed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import Any

import pandas as pd

from tilannekuva import periods, table, words
from tilannekuva.errors import SourceError, TilannekuvaError
from tilannekuva.model import ABSENT
from tilannekuva.sources import headed
from tilannekuva.sources.headed import File, Table, is_blank
from tilannekuva.statuses import STATUSES

__all__ = ["read_workbook"]

_HEADS = {
    "indicator": "indicator_id",
    "region": "region_code",
    "breakdown": "group_code",
    "period": "period_code",
    "value": "value",
    "status": "status",
    "snapshot": "snapshot",
    "digits": "digits",
}
"""Column of the one table → its heading on the sheet."""
_CODES = {
    "indicator": re.compile(r"[a-z][a-z0-9_]*"),
    "region": re.compile(r"[A-Z][A-Z0-9]*(@[0-9]{4})?"),
    "breakdown": re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*"),
    "snapshot": re.compile(r"(f-)?[0-9a-f]{16}"),
}
_YEAR = range(1000, 10_000)
_KEPT = 1e-14
"""How far a number may be from the one with all digits: programs keep fifteen of them."""


def read_workbook(file: File) -> pd.DataFrame:
    """Read a workbook back into the one table.

    Args:
        file: A workbook that was written here, in any language: a path, bytes or an open file. Its
            sheets may be in another order, there may be rows and columns more, and it may have been
            saved by another program.

    Returns:
        ``indicator · region · breakdown · period · value · status · snapshot`` as ``table.make``
        makes them: the figures of the picture that the workbook was written from, every digit of
        them. Figures that are computed from others have the decimals that the picture has.

    Raises:
        SourceError: It is no workbook of ours, or not whole: file, sheet, row and column, and what
            to do.
    """
    data, where = headed.content(file)
    heads = {key: f"sheet.head.{head}" for key, head in _HEADS.items()}
    found = headed.read(data, "sheet.name.all", heads, where, optional=("digits",))
    if _is_empty(found):
        return table.make({c: [] for c in table.COLUMNS})
    labels = {words.message(f"status.{s}", found.lang): s for s in STATUSES}
    reader = _Reader(found, labels)
    rows = [reader.row(n) for n in found.rows]
    return table.make(pd.DataFrame(rows, columns=list(table.COLUMNS)))


def _is_empty(found: Table) -> bool:
    """Whether it is the table of a picture without figures: one row that says so."""
    if len(found.rows) != 1:
        return False
    (cells,) = found.rows.values()
    return bool(cells["indicator"] == words.message("sheet.empty", found.lang))


class _Reader:
    """Rows of the sheet → rows of the one table; each text is looked at once."""

    def __init__(self, found: Table, labels: dict[str, str]) -> None:
        self.found, self.labels = found, labels
        self.seen: dict[tuple[str, ...], int] = {}
        self.known: dict[tuple[str, type, Any], str] = {}
        self.readers: dict[str, Callable[[Any], str]] = {
            **{key: _code(pattern) for key, pattern in _CODES.items()},
            "period": _period,
            "status": self._status,
        }

    def row(self, number: int) -> tuple[Any, ...]:
        """One row.

        Raises:
            SourceError: It is not whole, or its key stands in an earlier row too.
        """
        cells = self.found.rows[number]
        key = tuple(self._text(number, name, cells[name]) for name in table.KEY)
        status = self._text(number, "status", cells["status"])
        snapshot = self._text(number, "snapshot", cells["snapshot"])
        value = self._value(number, cells, status)
        first = self.seen.setdefault(key, number)
        if first != number:
            raise SourceError(
                f"{self.found.at(number, 'indicator')}: the same figure ({', '.join(key)}) stands "
                f"in row {first} too; delete one of the rows"
            )
        return (*key, float("nan") if value is None else value, status, snapshot)

    def _text(self, number: int, name: str, cell: Any) -> str:
        kept = (name, type(cell), cell)
        if kept not in self.known:
            if is_blank(cell):
                raise SourceError(
                    f"{self.found.at(number, name)}: the cell is empty, so the row is not whole; "
                    "write what was there, or delete the whole row"
                )
            try:
                self.known[kept] = self.readers[name](cell)
            except ValueError as error:
                raise SourceError(f"{self.found.at(number, name)}: {error}") from error
        return self.known[kept]

    def _status(self, cell: Any) -> str:
        text = str(cell).strip()
        if text not in self.labels:
            near = difflib.get_close_matches(text, list(self.labels), 1)
            known = ", ".join(self.labels)
            hint = f"did you mean '{near[0]}'?" if near else f"write one of {known}"
            raise ValueError(f"'{text}' is no status; {hint}")
        return self.labels[text]

    def _value(self, number: int, cells: dict[str, Any], status: str) -> float | None:
        """The number, which is there exactly when the status says that there is one."""
        place, said = self.found.at(number, "value"), cells["status"]
        try:
            value = _number(cells["value"])
        except ValueError as error:
            raise SourceError(f"{place}: {error}") from error
        if value is None and status not in ABSENT:
            raise SourceError(
                f"{place}: the cell is empty though the status is '{said}'; write the number, or "
                "the status that says why there is none"
            )
        if value is not None and status in ABSENT:
            raise SourceError(
                f"{place}: {value:g} stands beside the status '{said}' of a missing figure; empty "
                "the cell, or mend the status"
            )
        digits = cells.get("digits")
        if is_blank(digits):
            return value
        try:
            return _whole(value, digits)
        except ValueError as error:
            raise SourceError(f"{self.found.at(number, 'digits')}: {error}") from error


def _code(pattern: re.Pattern[str]) -> Callable[[Any], str]:
    def read(cell: Any) -> str:
        if not isinstance(cell, str):
            raise ValueError(
                f"{cell!r} is not a text; write the code as text, a number loses zeros in front"
            )
        if not pattern.fullmatch(cell.strip()):
            raise ValueError(f"'{cell}' is no code of this column; write what was there")
        return cell.strip()

    return read


def _period(cell: Any) -> str:
    """A period as the table has it; a year may have become a number.

    >>> _period("2023M10"), _period(2023)
    ('2023M10', '2023')
    """
    if isinstance(cell, int) and not isinstance(cell, bool) and cell in _YEAR:
        return str(cell)
    text = cell.strip() if isinstance(cell, str) else str(cell)
    try:
        canonical = periods.canonical(text)
    except TilannekuvaError as error:
        raise ValueError(f"'{text}' is no period ({error})") from error
    if not isinstance(cell, str) or canonical != text:
        raise ValueError(f"'{text}' is no period as it was written; write '{canonical}' as text")
    return text


def _number(cell: Any) -> float | None:
    """A number, or None for an empty cell.

    >>> _number(521), _number(None)
    (521.0, None)
    """
    if is_blank(cell):
        return None
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise ValueError(f"'{cell}' is not a number; write the number as a number")
    return float(cell)


def _whole(value: float | None, digits: Any) -> float:
    """The number with all its digits.

    >>> _whole(0.3, "0.30000000000000004")
    0.30000000000000004
    """
    try:
        found = float(digits)
    except (TypeError, ValueError):
        found = float("nan")
    if value is None or not abs(found - value) <= _KEPT * abs(value):
        raise ValueError(
            f"'{digits}' is not the number of the row; delete it if the number was changed on "
            "purpose"
        )
    return found
