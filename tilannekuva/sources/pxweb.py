"""PxWeb: its own JSON and its CSV answers.

The JSON has a row a key, its figures as texts side by side. CSV comes in three forms: ``csv`` with
the heading's values side by side, ``csv2`` (a row a figure, texts) and ``csv3`` (the same with
codes). JSON-stat, which says more, is read by ``jsonstat``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from tilannekuva.errors import SourceError
from tilannekuva.sources import _pxweb_csv, _pxweb_json
from tilannekuva.sources._cube import Column, CubeInfo, Note, Readable, Texts, load, settle
from tilannekuva.sources._cube_time import read_periods
from tilannekuva.sources._plain import plain
from tilannekuva.sources._pxweb_json import Figures
from tilannekuva.sources._rows import Rows, check_unique, mark_preliminary, spread

__all__ = ["CONTENTS", "HEADING", "parse", "read_pxweb_json"]

CONTENTS = "ContentsCode"
"""Name of the dimension of contents, which PxWeb's JSON does not name."""
HEADING = "HEADING"
"""Name of the dimension of what stands side by side in ``csv``."""
_BROKEN_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d)\.(\d\d)\.(\d\d)(Z?)")
_YEAR = re.compile(r"1[5-9][0-9]{2}|2[01][0-9]{2}")


@overload
def read_pxweb_json(
    source: Readable, *, info: Literal[False] = False, marks: Mapping[str, str] | None = None
) -> pd.DataFrame: ...
@overload
def read_pxweb_json(
    source: Readable, *, info: Literal[True], marks: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, CubeInfo]: ...
def read_pxweb_json(
    source: Readable, *, info: bool = False, marks: Mapping[str, str] | None = None
) -> pd.DataFrame | tuple[pd.DataFrame, CubeInfo]:
    """Read a PxWeb answer in ``json``, ``csv``, ``csv2`` or ``csv3``.

    Args:
        source: A path, the bytes, or an open binary file.
        info: Give also what stands beside the figures.
        marks: Mark → status, for marks that this table uses in a way of its own.

    Returns:
        A row a figure, in the order of the answer: one categorical column of codes a variable
        (``csv`` and ``csv2`` have texts instead of codes), ``value`` (float64) and ``status``
        (category). What stands side by side becomes the last dimension: ``ContentsCode`` in JSON,
        ``HEADING`` in ``csv``; a single column of figures of a CSV answer is no dimension, its head
        is ``info.extra["VALUE"]``. ``-`` is the value 0; the asterisk of a preliminary period moves
        from its code to the status.

    Raises:
        SourceError: It is another format (the message says which and who reads it), is cut off, or
            holds a figure that is neither a number nor a known mark.

    >>> answer = (
    ...     b'{"columns":[{"code":"Alue","text":"Alue","type":"d"},'
    ...     b'{"code":"vaesto","text":"V","type":"c"}],"comments":[],'
    ...     b'"data":[{"key":["MK18"],"values":["71255"]},{"key":["MK19"],"values":["..."]}]}'
    ... )
    >>> read_pxweb_json(answer)
       Alue ContentsCode    value        status
    0  MK18       vaesto  71255.0         final
    1  MK19       vaesto      NaN  confidential
    """
    data, where = load(source)
    rows = parse(data, where, marks)
    return (rows.frame(), rows.info) if info else rows.frame()


def parse(data: bytes, where: str, marks: Mapping[str, str] | None = None) -> Rows:
    """The figures of an answer, as :func:`read_pxweb_json` describes them.

    Args:
        data: The bytes as received.
        where: Name of the file, for errors.
        marks: Mark → status, for marks that this table uses in a way of its own.

    Returns:
        Rows in the order of the answer.

    Raises:
        SourceError: As :func:`read_pxweb_json`.
    """
    data = plain(data, where)
    start = data[:200].lstrip()
    if start[:1] in (b"{", b"["):
        return _from_json(data, where, marks or {})
    if start.startswith((b"CHARSET", b"AXIS-VERSION", b"CODEPAGE")):
        raise SourceError(f"{where}: this is a PX file; read it with read_px")
    return _from_csv(data, where, marks or {})


def _from_json(data: bytes, where: str, marks: Mapping[str, str]) -> Rows:
    answer = _pxweb_json.read(data, where, {*_pxweb_json.MARKS, *marks})
    described = answer.head["columns"]
    codes = [str(column["code"]) for column in described]
    width = len(answer.keys)
    _check_names([*codes[:width], CONTENTS], where)
    keys = dict(zip(codes[:width], answer.keys, strict=True))
    check_unique(keys, where)
    time = next((c for c, d in zip(codes, described, strict=True) if d["type"] == "t"), None)
    about = _metadata(answer.head)
    texts = Texts(
        title=about.get("label", ""),
        source=about.get("source", ""),
        names={c: str(d.get("text", c)) for c, d in zip(keys, described, strict=False)},
        labels={CONTENTS: {str(d["code"]): str(d.get("text", "")) for d in described[width:]}},
        notes=_notes(answer.head, width),
    )
    info = CubeInfo(
        where=where,
        dimensions=(*keys, CONTENTS),
        languages=("und",),
        texts={"und": texts},
        time=time,
        roles={"metric": (CONTENTS,), **({"time": (time,)} if time else {})},
        updated=about.get("updated"),
        extra={k: v for k, v in about.items() if k not in ("label", "source", "updated")},
    )
    columns = spread(keys, CONTENTS, codes[width:])
    return _rows(columns, answer.figures, [time] if time else [], marks, info)


def _from_csv(data: bytes, where: str, marks: Mapping[str, str]) -> Rows:
    answer = _pxweb_csv.read(data, where, {*_pxweb_json.MARKS, *marks})
    _check_names([*answer.names, HEADING], where)
    columns = dict(zip(answer.names, answer.texts, strict=True))
    check_unique(columns, where)
    _check_whole(columns, len(answer.figures[0].values), where)
    single = len(answer.heads) == 1
    if not single:
        columns = spread(columns, HEADING, answer.heads)
    dated = [name for name, (_, codes) in columns.items() if _are_periods(codes)]
    time = dated[0] if len(dated) == 1 else None
    info = CubeInfo(
        where=where,
        dimensions=tuple(columns),
        languages=("und",),
        texts={"und": Texts(title=answer.title)},
        time=time,
        roles={"time": (time,)} if time else {},
        extra={"VALUE": answer.heads[0]} if single else {},
    )
    # A heading holds the period among other words.
    marked = [name for name in columns if name in dated or name == HEADING]
    return _rows(columns, answer.figures, marked, marks, info)


def _rows(
    columns: dict[str, Column],
    figures: Sequence[Figures],
    dated: Sequence[str],
    meanings: Mapping[str, str],
    info: CubeInfo,
) -> Rows:
    """Figures in rows, preliminary ones marked."""
    values, marks = _one_below_the_other(figures)
    if len(values) != len(next(iter(columns.values()), ([0],))[0]):
        raise SourceError(
            f"{info.where}: several rows and no variable to tell them apart; ask again"
        )
    status = settle(values, marks, "pxweb", info.where, meanings)
    for name in dated:
        known = len(columns[name][1])
        columns[name], status = mark_preliminary(columns[name], status)
        if len(columns[name][1]) < known:
            check_unique(columns, info.where)
    periods = read_periods(columns[info.time][1]) if info.time else {}
    return Rows(columns, values, status, replace(info, periods=periods, marks=marks))


def _one_below_the_other(
    figures: Sequence[Figures],
) -> tuple[npt.NDArray[np.float64], dict[str, npt.NDArray[np.intp]]]:
    """Columns of figures as one, row by row, and the rows of each mark."""
    width = len(figures)
    values = np.column_stack([f.values for f in figures]).reshape(-1)
    found: dict[str, list[npt.NDArray[np.intp]]] = {}
    for place, column in enumerate(figures):
        for mark, rows in column.marks.items():
            found.setdefault(mark, []).append(rows * width + place)
    return values, {mark: np.sort(np.concatenate(rows)) for mark, rows in found.items()}


def _check_whole(columns: Mapping[str, Column], rows: int, where: str) -> None:
    """PxWeb writes every combination; one that is not there was cut off."""
    wanted = prod(len(codes) for _, codes in columns.values())
    if rows and rows != wanted:
        raise SourceError(
            f"{where}: {rows} rows where all combinations of {', '.join(columns)} are {wanted}; "
            "the answer is cut off, ask again"
        )


def _check_names(names: Sequence[str], where: str) -> None:
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise SourceError(
            f"{where}: two columns are called '{twice[0]}'; ask for json-stat2 instead"
        )


def _are_periods(codes: Sequence[str]) -> bool:
    bare = [code.removesuffix("*").strip() for code in codes]
    return (
        bool(bare)
        and all(_YEAR.match(c) for c in bare)
        and len(read_periods(bare)) == len(set(bare))
    )


def _metadata(head: Mapping[str, Any]) -> dict[str, str]:
    """What the answer says of the table; the latest update of several."""
    found: dict[str, str] = {}
    for part in _objects(head.get("metadata")):
        texts = {str(k): str(v) for k, v in part.items() if v not in (None, "")}
        if "updated" in texts:
            # Finnish servers write the hours with the dots of Finnish clocks.
            texts["updated"] = _BROKEN_TIME.sub(r"\1:\2:\3\4", texts["updated"])
            texts["updated"] = max(texts["updated"], found.get("updated", ""))
        found |= texts
    return found


def _notes(head: Mapping[str, Any], width: int) -> tuple[Note, ...]:
    """Comments on columns, then those on codes."""
    columns = [(str(d["code"]), n < width, d.get("comment")) for n, d in enumerate(head["columns"])]
    about = [
        Note(str(text), {code: "*"} if keyed else {CONTENTS: code})
        for code, keyed, text in columns
        if text
    ]
    about += [
        Note(str(c["comment"]), {str(c.get("variable")): str(c.get("value"))})
        for c in _objects(head.get("comments"))
        if c.get("comment")
    ]
    return tuple(about)


def _objects(parts: Any) -> list[dict[str, Any]]:
    return [p for p in parts if isinstance(p, dict)] if isinstance(parts, list) else []
