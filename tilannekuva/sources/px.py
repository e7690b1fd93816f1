"""PX files (PC-Axis), as statistical offices have written them since DOS."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Literal, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from tilannekuva.errors import SourceError
from tilannekuva.sources._cube import (
    MAX_CELLS,
    Cube,
    CubeInfo,
    Readable,
    deliver,
    load,
    mark_slice,
    settle,
)
from tilannekuva.sources._px_data import NIL, read_figures, read_keyed
from tilannekuva.sources._px_head import Head, find_data, read_head
from tilannekuva.sources._px_info import Variable, read_info, read_variables

__all__ = ["parse", "read_px"]


@overload
def read_px(
    source: Readable, *, info: Literal[False] = False, marks: Mapping[str, str] | None = None
) -> pd.DataFrame: ...
@overload
def read_px(
    source: Readable, *, info: Literal[True], marks: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, CubeInfo]: ...
def read_px(
    source: Readable, *, info: bool = False, marks: Mapping[str, str] | None = None
) -> pd.DataFrame | tuple[pd.DataFrame, CubeInfo]:
    """Read a PX file.

    Args:
        source: Path, bytes or open binary file.
        info: Also return what stands beside the figures.
        marks: Mark → status, for marks that this file uses in a way of its own.

    Returns:
        One row a cell, in the file's order (row-major over stub and heading): a categorical column
        of codes a variable, named by its code where the file gives one, else by its text;
        ``value`` (float64, NaN where there is none); ``status`` (category, see
        :data:`tilannekuva.statuses.STATUSES`). A value is final unless marked; the values of a
        period with an asterisk are preliminary; ``-`` is a true zero. With ``info`` a pair of the
        frame and a :class:`CubeInfo`.

    Raises:
        SourceError: The file cannot be read, is cut off, or contradicts itself.

    >>> data = b'STUB="Alue";VALUES("Alue")="Kainuu","Lappi";CODES("Alue")="MK18","MK19";'
    >>> read_px(data + b'DATA=5.5 "...";')
       Alue  value        status
    0  MK18    5.5         final
    1  MK19    NaN  confidential
    >>> frame, about = read_px(data + b"DATA=1 2;", info=True)
    >>> about.labels["Alue"]["MK18"]
    'Kainuu'
    """
    data, where = load(source)
    return deliver(parse(data, where, marks), info)


def parse(data: bytes, where: str, marks: Mapping[str, str] | None = None) -> Cube:
    """The cube of a PX file.

    Args:
        data: The file's bytes.
        where: Name of the file, for errors.
        marks: Mark → status, for marks that this file uses in a way of its own.

    Raises:
        SourceError: The file is cut off or contradicts itself.
    """
    begin, start = find_data(data, where)
    head, letters = read_head(data[:begin], where)
    variables, stubs = read_variables(head)
    _check_names(variables, where)
    sizes = [len(v.codes) for v in variables]
    if prod(sizes) > MAX_CELLS:
        raise SourceError(
            f"{where}: the head promises {prod(sizes)} cells; take the table in parts"
        )
    if keys := _keys(head, variables[:stubs]):
        figures = read_keyed(data, start, keys, sizes, letters, where)
    else:
        figures = read_figures(data, start, sizes, letters, where)
    status = _status(figures.values, figures.marks, head, marks, where)
    for n, variable in enumerate(variables):
        mark_slice(status, sizes, n, variable.starred)
    info = read_info(head, variables, figures.marks)
    return Cube({v.name: v.codes for v in variables}, figures.values, status, info)


def _check_names(variables: tuple[Variable, ...], where: str) -> None:
    names = [v.name for v in variables]
    twice = next((n for n in names if names.count(n) > 1), None)
    if twice is not None:
        raise SourceError(f"{where}: two variables are called '{twice}'; rename one in the file")


def _keys(head: Head, stub: tuple[Variable, ...]) -> list[dict[str, int]]:
    """For each variable of the stub the keys of its rows; empty where the rows have none."""
    own = head.languages[0]
    kinds = [head.first("KEYS", own, v.texts[own]).upper() for v in stub]
    if not any(kinds):
        return []
    found = []
    for variable, kind in zip(stub, kinds, strict=True):
        own_texts = head.texts("VALUES", own, variable.texts[own]) or variable.codes
        listed = head.texts("CODES", own, variable.texts[own]) or own_texts
        keys = {k: n for n, k in enumerate(listed if kind == "CODES" else own_texts)}
        if len(keys) != len(variable.codes):
            raise SourceError(
                f"{head.where}: a key of '{variable.name}' names two values; its rows could not be "
                "told apart, ask the publisher"
            )
        found.append(keys)
    return found


def _status(
    values: npt.NDArray[np.float64],
    found: Mapping[str, npt.NDArray[np.intp]],
    head: Head,
    given: Mapping[str, str] | None,
    where: str,
) -> npt.NDArray[np.int8]:
    """The status of every cell; a true zero among ``values`` becomes one."""
    meanings = _renamed(head) | dict(given or {})
    for mark, rows in found.items():
        if meanings.get(mark, mark) == NIL:
            values[rows] = 0.0
    return settle(values, found, "pxweb", where, meanings)


def _renamed(head: Head) -> dict[str, str]:
    """The texts that the file shows for marks, in case they stand among the figures themselves."""
    named = {f"DATASYMBOL{n}": "." * n for n in range(1, 7)} | {"DATASYMBOLNIL": NIL}
    return {
        text: named[s.keyword] for s in head.statements if s.keyword in named for text in s.texts
    }
