"""The tables of the data package as CSV, and beside each what its columns mean (W3C CSVW)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tilannekuva.model import LANGUAGES, Picture
from tilannekuva.reports._annex import link
from tilannekuva.reports._ooxml import plain
from tilannekuva.reports._package_rows import Row
from tilannekuva.reports._package_tables import TABLES, Column, Table
from tilannekuva.reports._series import digits

__all__ = ["METADATA", "json_bytes", "metadata", "table_bytes"]

METADATA = "-metadata.json"
"""What the standard puts behind the name of a file."""
_HALVES = re.compile("[\ud800-\udfff]")
_TYPES = {"text": "string", "list": "string", "integer": "integer", "number": "double",
          "yes_no": "boolean"}  # fmt: skip
_DIALECT = {
    "delimiter": ",",
    "doubleQuote": True,
    "encoding": "utf-8",
    "header": True,
    "headerRowCount": 1,
    "lineTerminators": ["\n"],
    "quoteChar": '"',
    "skipBlankRows": False,
    "skipInitialSpace": False,
    "trim": False,
}


def table_bytes(table: Table, rows: Iterable[Row]) -> bytes:
    """A table as CSV: UTF-8, comma, decimal point, every digit, one header line.

    Texts stand as they are, as in every CSV of a picture: a program that reads the file gets what
    was published, whatever it begins with.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table.head)
    writer.writerows(map(_texts, rows))
    return plain(file.getvalue()).encode()


def _texts(row: Row) -> list[str]:
    return [cell if isinstance(cell, str) else _text(cell) for cell in row]


def _text(cell: Any) -> str:
    """A cell that is no text as one.

    >>> _text(True), _text(2.0), _text(("a", "b")), _text(None)
    ('true', '2', 'a b', '')
    """
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return " ".join(cell) if isinstance(cell, tuple) else digits(cell)


def json_bytes(content: Mapping[str, Any], *, indent: int | None = 1) -> bytes:
    """An object as JSON in UTF-8; halves of letters, which UTF-8 cannot say, are left out."""
    separators = (",", ":") if indent is None else None
    text = json.dumps(
        content, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators
    )
    return (_HALVES.sub("", text) + "\n").encode()


# --- CSVW -------------------------------------------------------------------------------------


def metadata(picture: Picture, table: Table, licences: Sequence[Mapping[str, str]]) -> bytes:
    """The CSVW metadata of a table.

    A foreign key may only name a table of the same group, so those that it leads to stand behind
    the table itself.

    Args:
        picture: Whose table it is.
        table: Which one.
        licences: As :func:`tilannekuva.reports._package_descriptor.licences` has them.
    """
    found = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "fi"}],
        "dc:created": {"@value": picture.as_of, "@type": "xsd:date"},
        "dc:language": list(LANGUAGES),
        "dc:license": [{"@id": x["path"]} for x in licences if link(x["path"])],
        "dc:rights": [x["title"] for x in licences],
        "dialect": _DIALECT,
        "tables": [_table(t) for t in _group(table)],
    }
    return json_bytes(found)


def _group(table: Table) -> list[Table]:
    """A table, and all that its references lead to."""
    found = [table]
    for t in found:
        found += [n for r in t.references if (n := TABLES[r.table]) not in found]
    return list(dict.fromkeys(found))


def _table(table: Table) -> dict[str, Any]:
    keys = [
        {
            "columnReference": list(r.columns),
            "reference": {"resource": TABLES[r.table].file, "columnReference": list(r.to)},
        }
        for r in table.references
    ]
    return {
        "url": table.file,
        "dc:title": [_said(table.title(lang), lang) for lang in LANGUAGES],
        "dc:description": [_said(table.about(lang), lang) for lang in LANGUAGES],
        "tableSchema": {
            "columns": [_column(c) for c in table.columns],
            "primaryKey": list(table.key),
            **({"foreignKeys": keys} if keys else {}),
        },
    }


def _column(column: Column) -> dict[str, Any]:
    about = [_said(text, lang) for lang in LANGUAGES if (text := column.about(lang))]
    return {
        "name": column.name,
        # The header is in no language: it must be among the titles to be recognised.
        "titles": {"und": column.name, **{lang: column.title(lang) for lang in LANGUAGES}},
        **({"dc:description": about} if about else {}),
        "datatype": _datatype(column),
        "null": "",
        "required": column.required,
        **({"separator": " "} if column.kind == "list" else {}),
    }


def _datatype(column: Column) -> str | dict[str, str]:
    base = _TYPES[column.kind]
    if column.kind == "yes_no":
        return {"base": base, "format": "true|false"}
    pattern = "|".join(column.codes) or column.pattern
    return {"base": base, "format": f"^({pattern})$"} if pattern else base


def _said(text: str, lang: str) -> dict[str, str]:
    return {"@value": text, "@language": lang}
