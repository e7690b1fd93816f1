"""Delimited text as columns: codes encoded once, figures as texts for the reader to judge."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection

import pyarrow as pa
import pyarrow.csv as pacsv

from tilannekuva.errors import SourceError

__all__ = ["columns", "heads"]


def heads(data: bytes, separators: str, where: str) -> tuple[list[str], str]:
    r"""The heads of the columns, and which of the separators stands between them.

    Raises:
        SourceError: The first line is not one of a table.

    >>> heads(b'"area";x\n1;2\n', ",;", "f.csv")
    (['area', 'x'], ';')
    """
    line = data.split(b"\n", 1)[0].decode().rstrip("\r")
    separator = max(separators, key=line.count)
    try:
        return next(csv.reader([line], delimiter=separator, strict=True)), separator
    except (csv.Error, StopIteration) as error:
        raise SourceError(
            f"{where}: the first line is no head of a table: '{line[:80]}'; fetch the file again"
        ) from error


def columns(
    data: bytes, width: int, figures: Collection[int], separator: str, *, head: bool = True
) -> list[pa.ChunkedArray]:
    r"""Every column of a table, nothing read as missing and nothing as a number.

    Args:
        data: The table as UTF-8.
        width: How many columns it has.
        figures: Places of the columns with figures; they come as texts, all others encoded.
        separator: What stands between cells.
        head: Whether the first line is the head; it is left out.

    Returns:
        One column a place.

    Raises:
        pyarrow.ArrowInvalid: A row has another number of cells.

    >>> [c.to_pylist() for c in columns(b"area;x\nNA;1,5\n", 2, [1], ";")]
    [['NA'], ['1,5']]
    """
    text = pa.dictionary(pa.int32(), pa.string())
    if head and not data.partition(b"\n")[2].strip():
        return [pa.chunked_array([], pa.string())] * width
    kinds = {str(n): pa.string() if n in figures else text for n in range(width)}
    table = pacsv.read_csv(
        io.BytesIO(data),
        read_options=pacsv.ReadOptions(column_names=list(kinds), skip_rows=int(head)),
        parse_options=pacsv.ParseOptions(delimiter=separator),
        convert_options=pacsv.ConvertOptions(
            column_types=kinds, null_values=[], strings_can_be_null=False
        ),
    )
    return [table[name] for name in kinds]
