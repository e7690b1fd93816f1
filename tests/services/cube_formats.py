"""PX-JSON and the three kinds of csv."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from .cube_model import Cube, Variable, arranged, said

__all__ = ["csv", "csv2", "csv3", "latin", "pxjson"]

_EURO_PLACES = "¤¦¨´¸¼½¾"
"""What Windows-1252 has where iso-8859-15 has other letters."""


def _windows(error: UnicodeError) -> tuple[bytes, int]:
    """The Windows letters that real files slip in, such as ’ and –."""
    assert isinstance(error, UnicodeEncodeError)
    letters = error.object[error.start : error.end]
    found = (b"?" if x in _EURO_PLACES else x.encode("cp1252", "replace") for x in letters)
    return b"".join(found), error.end


codecs.register_error("windows-letters", _windows)


def latin(text: str, codepage: str = "iso-8859-15") -> bytes:
    """Text in a file's code page, which is not always kept to."""
    return text.encode(codepage, "windows-letters")


def _keys(variables: Iterable[Variable]) -> product[tuple[str, ...]]:
    return product(*(v.codes for v in variables))


def pxjson(cube: Cube, lang: str = "fi") -> dict[str, Any]:
    """The format that the API calls json: all figures are text, so are the symbols."""
    metric = cube.of_role("contents")
    rest = [v for v in cube.variables if v is not metric]
    columns = []
    for v in rest:
        columns.append({"code": v.code, "text": v.text(lang)} | _comment(v.notes, lang))
        columns[-1]["type"] = "t" if v.role == "time" else "d"
    if metric is None:
        text = cube.said_contents(lang)
        columns.append({"code": text, "text": text, "type": "c"})
    else:
        for code, label in zip(metric.codes, metric.label_list(lang), strict=True):
            note = _comment(metric.value_notes.get(code, {}), lang)
            columns.append({"code": code, "text": label} | note | {"type": "c"})
    at = list(cube.variables).index(metric) if metric else len(rest)
    after = prod(cube.sizes[at + 1 :])
    wide = len(metric.codes) if metric else 1
    texts = _texts(cube)
    data = []
    for row, key in enumerate(_keys(rest)):
        first = row // after * after * wide + row % after
        values = [texts[first + k * after] for k in range(wide)]
        data.append({"key": list(key), "values": values})
    # On a Finnish server the time is written with Finnish full stops.
    updated = cube.updated.replace(":", ".") if lang == "fi" else cube.updated
    metadata = {"updated": updated, "label": cube.label(lang), "source": said(cube.source, lang)}
    comments = [
        {"variable": v.code, "value": code, "comment": " ".join(said(notes, lang, []))}
        for v in rest
        for code, notes in v.value_notes.items()
    ]
    return {"columns": columns, "comments": comments, "data": data, "metadata": [metadata]}


def _comment(notes: Mapping[str, Sequence[str]], lang: str) -> dict[str, str]:
    return {"comment": " ".join(said(notes, lang, []))} if notes else {}


def _texts(cube: Cube) -> list[str]:
    return [cube.symbol(i) if c is None else c for i, c in enumerate(cube.cells())]


def _quoted(texts: Iterable[str]) -> list[str]:
    return ['"' + t.replace('"', '""') + '"' for t in texts]


def _lines(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "".join(",".join(row) + "\r\n" for row in (head, *rows))


def csv(cube: Cube, lang: str = "fi") -> str:
    """A row for each value of the stub, a column for each of the heading; symbols unquoted."""
    across = [v for v in cube.variables if v.code in cube.across]
    down = [v for v in cube.variables if v.code not in cube.across]
    columns = [" ".join(texts) for texts in product(*(v.label_list(lang) for v in across))]
    if not across:
        columns = [cube.said_contents(lang)]
    texts = _texts(cube)
    wide = len(columns)
    rows = (
        [*_quoted(key), *texts[i * wide : (i + 1) * wide]]
        for i, key in enumerate(product(*(v.label_list(lang) for v in down)))
    )
    return _lines(_quoted([*(v.text(lang) for v in down), *columns]), rows)


def _long(cube: Cube) -> Cube:
    """The order of the long kinds of csv: other variables, time, contents."""
    last = {"time": 1, "contents": 2}
    found = sorted(cube.variables, key=lambda v: last.get(v.role or "", 0))
    return arranged(cube, [v.code for v in found])


def csv2(cube: Cube, lang: str = "fi") -> str:
    """A row for each cell, with texts; the last column is named by the contents."""
    cube = _long(cube)
    names = [v.text(lang) for v in cube.variables]
    keys = product(*(v.label_list(lang) for v in cube.variables))
    rows = ([*_quoted(key), text] for key, text in zip(keys, _texts(cube), strict=True))
    return _lines(_quoted([*names, cube.said_contents(lang)]), rows)


def csv3(cube: Cube, lang: str = "fi") -> str:
    """A row for each cell, with codes; the last column is named by the table."""
    cube = _long(cube)
    names = [v.code for v in cube.variables]
    keys = _keys(cube.variables)
    rows = ([*_quoted(key), text] for key, text in zip(keys, _texts(cube), strict=True))
    return _lines(_quoted([*names, cube.table_id]), rows)
