r"""Eurostat: bulk TSV, old and new, and SDMX-CSV.

A TSV answer has a row a series and a column a period; its first field names the dimensions
(``freq,unit,geo\TIME_PERIOD``). SDMX-CSV has a row a figure, in versions 1.0 and 2.0, with codes
alone, as ``code:label``, or with labels in columns of their own.
"""

from __future__ import annotations

import re
from typing import Literal, overload

import numpy as np
import pandas as pd

from tilannekuva.errors import DataError, SourceError
from tilannekuva.sources import _eurostat_csv, _eurostat_tsv
from tilannekuva.sources._cube import CubeInfo, Readable, Texts, load, settle
from tilannekuva.sources._cube_time import read_periods
from tilannekuva.sources._eurostat_csv import Words
from tilannekuva.sources._eurostat_tsv import Figures
from tilannekuva.sources._plain import plain
from tilannekuva.sources._rows import Rows, check_unique
from tilannekuva.statuses import read_flag

__all__ = ["parse", "read_eurostat_tsv"]


@overload
def read_eurostat_tsv(source: Readable, *, info: Literal[False] = False) -> pd.DataFrame: ...
@overload
def read_eurostat_tsv(
    source: Readable, *, info: Literal[True]
) -> tuple[pd.DataFrame, CubeInfo]: ...
def read_eurostat_tsv(
    source: Readable, *, info: bool = False
) -> pd.DataFrame | tuple[pd.DataFrame, CubeInfo]:
    r"""Read Eurostat's TSV, of any age, or SDMX-CSV; which of them it is shows in its first line.

    Args:
        source: A path, the bytes, or an open binary file; packed with gzip or not.
        info: Give also what stands beside the figures.

    Returns:
        A row a cell of the file, nothing filled in and nothing dropped: one categorical column of
        codes a dimension (named as in the file, time last), ``value`` (float64), ``status``
        (category), and ``flag`` (category: Eurostat's letters as printed, empty for none), because
        ``b`` (break) and ``d`` (definition differs) say more than a status. With ``info`` also a
        :class:`CubeInfo`; its ``periods`` has our notation of the codes of time.

    Raises:
        SourceError: It is none of these, is cut off, or holds a cell or a flag of no known meaning.

    >>> text = b"unit,geo\\time\t2022 \t2021 \nNR,FI1D8\t71255 p\t71664 b\n"
    >>> read_eurostat_tsv(text)
      unit    geo  time    value       status flag
    0   NR  FI1D8  2022  71255.0  preliminary    p
    1   NR  FI1D8  2021  71664.0        final    b
    """
    rows = parse(*load(source))
    return (rows.frame(), rows.info) if info else rows.frame()


def parse(data: bytes, where: str) -> Rows:
    """The figures of an answer, as :func:`read_eurostat_tsv` describes them.

    Args:
        data: The bytes as received.
        where: Name of the file, for errors.

    Returns:
        Rows in the order of the file.

    Raises:
        SourceError: As :func:`read_eurostat_tsv`.
    """
    data = plain(data, where)
    head = data[: 1 << 20].split(b"\n", 1)[0].decode(errors="replace").rstrip("\r")
    words = Words({}, {}, {})
    if _eurostat_tsv.looks_like_tsv(head):
        _check_end(data, where)
        figures = _eurostat_tsv.read(data, where)
    elif _eurostat_csv.looks_like_sdmx(head):
        _check_end(data, where)
        figures, words = _eurostat_csv.read(data, where)
        check_unique(figures.columns, where)
    else:
        raise SourceError(
            f"{where}: neither Eurostat's TSV nor SDMX-CSV, its first line is '{head[:80]}'; "
            + _hint(head)
        )
    marks = _marks(figures, where)
    status = settle(figures.values, marks, "eurostat", where)
    info = _info(figures, words, marks, where)
    return Rows(figures.columns, figures.values, status, info, {"flag": figures.flags})


def _check_end(data: bytes, where: str) -> None:
    """Eurostat ends every line; a figure cut in the middle would still look like one."""
    if not data.endswith(b"\n"):
        raise SourceError(
            f"{where}: the last line does not end, so it may be cut off; fetch it again"
        )


def _hint(head: str) -> str:
    if '"warning"' in head and "ASYNCHRONOUS" in head:
        return "the service has queued the answer; ask the SDMX interface and wait for it"
    if head.lstrip().startswith("{"):
        return "this is JSON: read_jsonstat reads figures, an error says itself what is wrong"
    return "ask for format=TSV or format=SDMX-CSV"


def _marks(figures: Figures, where: str) -> dict[str, np.ndarray]:
    """Flag → rows; a letter that nobody knows is named with the first cell that has it."""
    places, texts = figures.flags
    found = {text: np.flatnonzero(places == n) for n, text in enumerate(texts) if text}
    for text, rows in found.items():
        if _is_known(text):
            continue
        at = ", ".join(f"{n}={c[p[rows[0]]]}" for n, (p, c) in figures.columns.items())
        raise SourceError(
            f"{where}: {at}: unknown mark '{text}'; ask Eurostat what it says and add it to "
            "statuses.py"
        )
    return found


def _is_known(mark: str) -> bool:
    """Whether each letter of a mark is a flag of Eurostat's."""
    try:
        letters = re.sub(r"[|@]C$", "", mark)
        spelled = letters.isalpha() or (not letters and mark != letters)
        return spelled and all(read_flag(letter, "eurostat", True) for letter in letters)
    except DataError:
        return False


def _info(figures: Figures, words: Words, marks: dict[str, np.ndarray], where: str) -> CubeInfo:
    time = figures.time
    roles = {"time": (time,), "geo": tuple(d for d in figures.columns if d == "geo")}
    title = words.about.get("STRUCTURE_NAME", "")
    return CubeInfo(
        where=where,
        dimensions=tuple(figures.columns),
        languages=("und",),
        texts={
            "und": Texts(title=title, source="Eurostat", names=words.names, labels=words.labels)
        },
        time=time,
        periods=read_periods(figures.columns[time][1]),
        roles={role: names for role, names in roles.items() if names},
        updated=words.about.get("LAST UPDATE"),
        marks=marks,
        extra=words.about,
    )
