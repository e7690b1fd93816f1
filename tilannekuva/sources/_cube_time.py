"""Time as publishers write it: which period a code is, and which periods are still preliminary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tilannekuva import periods
from tilannekuva.errors import DataError

__all__ = ["read_periods", "starred", "strip_star"]

_NATIONAL = re.compile(r"^([0-9]{4})-?([KS])([1-4])$")
"""Quarters of Norway, Denmark and Sweden, halves of Eurostat."""


def read_periods(codes: Sequence[str], texts: Sequence[str] = ()) -> dict[str, str]:
    """Code of time → our notation of the period, for those that can be read as one.

    >>> read_periods(["2023", "2020K4", "2020-S1", "1"], ["", "", "", "2022M12"])
    {'2023': '2023', '2020K4': '2020Q4', '2020-S1': '2020H1', '1': '2022M12'}
    """
    found = {}
    for n, code in enumerate(codes):
        for text in (code, *texts[n : n + 1]):
            text = _NATIONAL.sub(lambda m: m[1] + {"K": "Q", "S": "H"}[m[2]] + m[3], text.strip())
            try:
                found[code] = periods.canonical(text)
            except DataError:
                continue
            break
    return found


def starred(codes: Sequence[str], texts: Iterable[Sequence[str]]) -> set[int]:
    """Which periods are marked preliminary by an asterisk behind the code or one of its texts.

    >>> starred(["2024", "2025"], [["2024", "2025*"]])
    {1}
    """
    return {
        n for column in (codes, *texts) for n, t in enumerate(column) if t.rstrip().endswith("*")
    }


def strip_star(texts: Sequence[str]) -> tuple[str, ...]:
    """The texts without an asterisk at their end, unless two would become the same.

    >>> strip_star(["2024", "2025*"]), strip_star(["2024", "2024*"])
    (('2024', '2025'), ('2024', '2024*'))
    """
    bare = tuple(t.rstrip().rstrip("*").rstrip() if t.rstrip().endswith("*") else t for t in texts)
    return bare if len(set(bare)) == len(set(texts)) else tuple(texts)
