"""Syke: emissions by municipality, one CSV a municipality (``kunta_205.csv``).

Separated with ``;``, decimal comma. A row is a year and a leaf of the sectors (``taso_3`` to
``taso_5``, abbreviated), inside or outside the Hinku rules and emissions trading; beside each other
stand the emissions (``kt``), the same credited for wind power (``kt_tuuli``) and energy (``GWh``).
The municipality stands in the name of the file only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, overload

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tilannekuva.errors import SourceError
from tilannekuva.sources import _delimited
from tilannekuva.sources._cube import Column, CubeInfo, Readable, Texts, load, settle
from tilannekuva.sources._cube_time import read_periods
from tilannekuva.sources._plain import plain
from tilannekuva.sources._rows import Rows, check_unique, spread
from tilannekuva.sources._slices import NotANumber, codes, numbers_of

__all__ = ["QUANTITY", "parse", "read_syke"]

QUANTITY = "suure"
"""Name of the dimension of what stands side by side in the file."""
_UNITS = {"kt": "kt CO2e", "kt_tuuli": "kt CO2e", "GWh": "GWh"}
_TIME, _AREA = "vuosi", "kunta"
_DIMENSIONS = (
    _AREA, _TIME, "taso_1", "taso_2", "taso_3", "taso_4", "taso_5", "hinku_laskenta",
    "päästökauppa",
)  # fmt: skip
_NEEDED = (_TIME, "kt")
_GAPS = ("", "NA", "NULL")
_FILE = re.compile(r"kunta_([0-9]{1,3})(?![0-9])")


@overload
def read_syke(source: Readable, *, info: Literal[False] = False) -> pd.DataFrame: ...
@overload
def read_syke(source: Readable, *, info: Literal[True]) -> tuple[pd.DataFrame, CubeInfo]: ...
def read_syke(
    source: Readable, *, info: bool = False
) -> pd.DataFrame | tuple[pd.DataFrame, CubeInfo]:
    r"""Read Syke's emissions of a municipality.

    Args:
        source: A path, the bytes, or an open binary file.
        info: Give also what stands beside the figures.

    Returns:
        Three rows a row of the file: one categorical column of codes a variable (``kunta``, three
        digits, if the file's name says it; ``vuosi``, ``taso_3`` …), ``suure`` (``kt``,
        ``kt_tuuli`` or ``GWh``), ``value`` (float64, kilotonnes of CO2 equivalent or
        gigawatt-hours) and ``status`` (category). ``NA`` among the codes is a code.

    Raises:
        SourceError: A column vanished or is new, a figure is no number with a decimal comma, or
            figures stand twice.

    >>> text = "vuosi;taso_3;kt;kt_tuuli;GWh\n2023;Kul;1,25;1,2;NA\n".encode()
    >>> read_syke(text)[["taso_3", "suure", "value", "status"]]
      taso_3     suure  value         status
    0    Kul        kt   1.25          final
    1    Kul  kt_tuuli   1.20          final
    2    Kul       GWh    NaN  not_available
    """
    rows = parse(*load(source))
    return (rows.frame(), rows.info) if info else rows.frame()


def parse(data: bytes, where: str, *, municipality: str | None = None) -> Rows:
    """The figures of an answer, as :func:`read_syke` describes them.

    Args:
        data: The bytes as received.
        where: Name of the file, for errors.
        municipality: Number of the municipality, where the name of the file does not say it.

    Returns:
        Rows in the order of the answer.

    Raises:
        SourceError: As :func:`read_syke`.
    """
    data = plain(data, where)
    heads, _ = _delimited.heads(data, ";", where)
    _check_heads(heads, where)
    quantities = [head for head in heads if head in _UNITS]
    try:
        table = dict(
            zip(
                heads,
                _delimited.columns(data, len(heads), [heads.index(q) for q in quantities], ";"),
                strict=True,
            )
        )
    except pa.ArrowInvalid as error:
        raise SourceError(
            f"{where}: a row is not of the head's width ({error}); the file is cut off or damaged, "
            "fetch it again"
        ) from error
    found = _FILE.search(where)
    number = municipality or (found[1] if found else None)
    columns = _columns(table, number)
    check_unique(columns, where)
    values = np.column_stack([_figures(table[q], q, where) for q in quantities]).reshape(-1)
    long = spread(columns, QUANTITY, quantities)
    info = CubeInfo(
        where=where,
        dimensions=tuple(long),
        languages=("und",),
        texts={"und": Texts(source="Syke", units={q: _UNITS[q] for q in quantities})},
        time=_TIME,
        periods=read_periods(columns[_TIME][1]),
        roles={
            "time": (_TIME,),
            "metric": (QUANTITY,),
            **({"geo": (_AREA,)} if _AREA in long else {}),
        },
    )
    return Rows(long, values, settle(values, {}, "tables", where), info)


def _check_heads(heads: Sequence[str], where: str) -> None:
    known = (*_DIMENSIONS, *_UNITS)
    missing = [head for head in _NEEDED if head not in heads]
    unknown = [head for head in heads if head not in known]
    if missing or unknown or len(set(heads)) != len(heads):
        what = (
            f"has no column '{missing[0]}'" if missing
            else f"has an unknown column '{unknown[0]}'" if unknown
            else "has a column twice"
        )  # fmt: skip
        raise SourceError(
            f"{where}: the head {what}: {'; '.join(heads)[:200]}. Syke changed its file or this is "
            "another one; mend the reader's columns"
        )


def _columns(table: dict[str, pa.ChunkedArray], number: str | None) -> dict[str, Column]:
    found: dict[str, Column] = {h: codes(table[h]) for h in table if h in _DIMENSIONS}
    if number is None or _AREA in found:
        return found
    rows = len(found[_TIME][0])
    return {_AREA: (np.zeros(rows, np.int8), [number.zfill(3)]), **found}


def _figures(texts: pa.ChunkedArray, quantity: str, where: str) -> npt.NDArray[np.float64]:
    """Numbers with a decimal comma; one with a point is another notation and no number here."""
    try:
        if pc.any(pc.match_substring(texts, ".")).as_py():
            row = pc.index(pc.match_substring(texts, "."), True).as_py()
            raise NotANumber(row, texts[row].as_py())
        return numbers_of(pc.replace_substring(texts, ",", "."), _GAPS)[0]
    except NotANumber as error:
        raise SourceError(
            f"{where}: line {error.row + 2}: '{texts[error.row].as_py()}' for '{quantity}' is no "
            "number with a decimal comma; ask the publisher, or mend the reader"
        ) from error
