"""The kernel of Eurostat's SDMX-CSV: a row a figure, its codes in columns named by dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tilannekuva.errors import SourceError
from tilannekuva.sources import _delimited
from tilannekuva.sources._cube import Column
from tilannekuva.sources._eurostat_tsv import Figures
from tilannekuva.sources._slices import NotANumber, codes, numbers_of

__all__ = ["Words", "looks_like_sdmx", "read"]

_VALUE, _TIME, _SECRECY = "OBS_VALUE", "TIME_PERIOD", "CONF_STATUS"
_FLAGS = ("OBS_FLAG", "OBS_STATUS")
# Columns about the whole file.
_ABOUT = ("DATAFLOW", "LAST UPDATE", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION")
_GAPS = ("", ":", "NaN")
_FREE = ("", "F")


class Words(NamedTuple):
    """What the file says of itself and of its codes."""

    names: dict[str, str]
    """Dimension → its name, where there are names."""
    labels: dict[str, dict[str, str]]
    """Dimension → code → text, where there are texts."""
    about: dict[str, str]
    """Column about the whole file → what it holds, several answers joined with commas."""


class _Head(NamedTuple):
    code: str
    name: str
    place: int
    texts: int | None
    """Place of the column with the texts of the codes."""


def looks_like_sdmx(head: str) -> bool:
    """Whether a first line is that of an SDMX-CSV file.

    >>> looks_like_sdmx("DATAFLOW,LAST UPDATE,freq,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG")
    True
    """
    return _VALUE in head and _TIME in head


def read(data: bytes, where: str) -> tuple[Figures, Words]:
    r"""Every row of an SDMX-CSV file.

    Args:
        data: The file as UTF-8.
        where: Its name, for errors.

    Returns:
        A row a figure in the order of the file, time the last dimension; and the words beside them.

    Raises:
        SourceError: A row is not of the head's width, a figure is no number, a code has two texts.

    >>> figures, words = read(b"geo,TIME_PERIOD,OBS_VALUE\nFI:Finland,2023,5.5\n", "f.csv")
    >>> figures.columns["geo"][1], figures.values.tolist(), words.labels
    (['FI'], [5.5], {'geo': {'FI': 'Finland'}})
    """
    fields, separator = _delimited.heads(data, ",;\t", where)
    heads = {h.code: h for h in _heads(fields, where)}
    table = _columns(data, fields, separator, where)
    about = {c: ",".join(codes(table[h.place])[1]) for c, h in heads.items() if c in _ABOUT}
    words = Words({}, {}, about)
    columns: dict[str, Column] = {}
    apart = (_TIME, _VALUE, _SECRECY, *_FLAGS, *_ABOUT)
    for head in [h for h in heads.values() if h.code not in apart] + [heads[_TIME]]:
        columns[head.code], texts = _dimension(table, head, where)
        if head.name:
            words.names[head.code] = head.name
        if texts:
            words.labels[head.code] = texts
    values = _values(table[heads[_VALUE].place], where)
    flags = next((codes(table[heads[f].place]) for f in _FLAGS if f in heads), _none(len(values)))
    secrecy = codes(table[heads[_SECRECY].place]) if _SECRECY in heads else None
    return Figures(columns, _TIME, values, _marks(flags, secrecy)), words


def _heads(fields: Sequence[str], where: str) -> list[_Head]:
    """Which column is what: codes alone, ``code:name``, or codes and their texts in turn."""
    places = [n for n, f in enumerate(fields) if f not in _ABOUT]
    heads = [_Head(f, "", n, None) for n, f in enumerate(fields) if f in _ABOUT]
    if "STRUCTURE_NAME" in fields and len(places) % 2 == 0:
        heads += [_Head(fields[p], fields[q], p, q)
                  for p, q in zip(places[::2], places[1::2], strict=True)]  # fmt: skip
    else:
        parts = [(fields[p].partition(":"), p) for p in places]
        heads += [_Head(code, name, p, None) for (code, _, name), p in parts]
    found = [h.code for h in heads]
    for wanted in (_TIME, _VALUE):
        if found.count(wanted) != 1:
            raise SourceError(
                f"{where}: the head has {found.count(wanted)} columns '{wanted}' instead of one: "
                f"{', '.join(fields)}. Ask for SDMX-CSV with codes"
            )
    if len(set(found)) != len(found):
        twice = next(c for c in found if found.count(c) > 1)
        raise SourceError(f"{where}: two columns are called '{twice}'; fetch the file again")
    return heads


def _columns(
    data: bytes, fields: Sequence[str], separator: str, where: str
) -> list[pa.ChunkedArray]:
    figures = [n for n, field in enumerate(fields) if field.partition(":")[0] == _VALUE]
    try:
        return _delimited.columns(data, len(fields), figures, separator)
    except pa.ArrowInvalid as error:
        raise SourceError(
            f"{where}: a row is not of the head's width ({error}); the file is cut off or damaged, "
            "fetch it again"
        ) from error


def _dimension(
    table: Sequence[pa.ChunkedArray], head: _Head, where: str
) -> tuple[Column, dict[str, str]]:
    """Codes of a dimension and their texts."""
    places, printed = codes(table[head.place])
    if head.texts is not None:
        beside, texts = codes(table[head.texts])
        pairs = np.unique(np.column_stack((places, beside)), axis=0).tolist()
        return (places, printed), _labels(
            [(printed[c], texts[t]) for c, t in pairs], head.code, where
        )
    if not printed or not all(":" in text for text in printed):
        return (places, printed), {}
    split = [text.partition(":")[::2] for text in printed]
    return (places, [code for code, _ in split]), _labels(split, head.code, where)


def _labels(pairs: Sequence[tuple[str, str]], dimension: str, where: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, text in pairs:
        if found.setdefault(code, text) != text:
            raise SourceError(
                f"{where}: the code '{code}' of '{dimension}' is called '{found[code]}' and "
                f"'{text}'; ask the publisher which holds"
            )
    return {code: text for code, text in found.items() if text}


def _values(texts: pa.ChunkedArray, where: str) -> npt.NDArray[np.float64]:
    try:
        return numbers_of(texts, _GAPS)[0]
    except NotANumber as error:
        raise SourceError(
            f"{where}: line {error.row + 2} has '{error.text}' for {_VALUE}, which is no number; "
            "ask for SDMX-CSV with codes, or fetch the file again"
        ) from error


def _none(rows: int) -> Column:
    return np.zeros(rows, dtype=np.int8), [""]


def _marks(flags: Column, secrecy: Column | None) -> Column:
    """Flags without their texts, and ``c`` among them where the row is marked confidential."""
    places, printed = flags
    texts = [text.partition(":")[0].replace(" ", "") for text in printed]
    if secrecy is not None:
        free = [text.partition(":")[0] in _FREE for text in secrecy[1]]
        places = places.astype(np.int32) * 2 + ~np.array(free, dtype=bool)[secrecy[0]]
        texts = [t + c for t in texts for c in ("", "" if "c" in t else "c")]
    known = ["", *dict.fromkeys(t for n, t in enumerate(texts) if t and (places == n).any())]
    moved = np.array(
        [known.index(t) if t in known else 0 for t in texts], np.min_scalar_type(-len(known))
    )
    return moved[places], known
