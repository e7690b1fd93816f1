"""The layout of a table in a file: which keys it has and what they may say."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from tilannekuva.errors import SourceError

__all__ = ["check", "used"]


def check(layout: Mapping[str, Any], formats: Sequence[str], where: str) -> None:
    """Refuse a layout that says nothing, or something else than it seems to.

    Raises:
        SourceError: Names the key and says what to write.
    """
    for key, told in layout.items():
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(_KEYS)}"
            raise SourceError(f"{where}: the layout has an unknown key '{key}'; {hint}")
        fits, what = _KEYS[key]
        if not fits(told):
            raise SourceError(f"{where}: `{key} = {told!r}` in the layout: write {what}")
    kind = layout.get("format", "long-csv")
    if kind not in formats:
        raise SourceError(f"{where}: unknown format '{kind}'; known: {', '.join(formats)}")
    several = layout.get("time") == "columns" or not isinstance(layout.get("value", ""), str)
    if several and ("flag" in layout or kind == "long-csv"):
        raise SourceError(
            f"{where}: with several columns of values the format is csv or xlsx and the marks "
            "stand in the cells, not in a column of their own (`flag`)"
        )


def used(layout: Mapping[str, Any]) -> list[str]:
    """The columns that a layout names, or is without a word taken to name.

    >>> used({"variables": ["Alue"], "value": ["Miehet", "Naiset"]})
    ['Alue', 'time', 'Miehet', 'Naiset']
    """
    told = list(layout.get("variables", []))
    if layout.get("time") != "columns":
        value = layout.get("value", "value")
        told += [layout.get("time", "time"), *([value] if isinstance(value, str) else value)]
        told += [layout["flag"]] if "flag" in layout else []
    return told


def _is_text(told: Any) -> bool:
    return isinstance(told, str) and bool(told)


def _are_texts(told: Any) -> bool:
    return isinstance(told, list | tuple) and bool(told) and all(map(_is_text, told))


_TEXT = (_is_text, "a text in quotation marks")
_KEYS = {
    "format": _TEXT,
    "time": _TEXT,
    "value": (
        lambda told: _is_text(told) or _are_texts(told),
        "the head of the column, or a list of heads",
    ),
    "flag": _TEXT,
    "sheet": _TEXT,
    "header": (
        lambda told: type(told) is int and told > 0,
        "the number of the row with the column heads, from 1",
    ),
    "decimal": (lambda told: told in (".", ","), '"." or ","'),
    "separator": (lambda told: _is_text(told) and len(told) == 1, 'one character, such as ";"'),
    "encoding": _TEXT,
    "variables": (_are_texts, 'a list of column heads, such as ["Alue"]'),
}
