"""Figures of one's own: a CSV or Excel file and a short declaration of what it is."""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from tilannekuva.errors import CatalogueError, SourceError
from tilannekuva.model import Frozen, PartialDate, Slug, Snapshot
from tilannekuva.sources import tables

__all__ = ["Declaration", "declare"]

_KINDS = {".csv": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx"}


class Declaration(Frozen):
    """What a person says of a file. Source, date and method are not optional."""

    source: Slug
    """Id of a source in ``sources.toml``, packaged or one's own."""
    table: str
    title: str
    published_on: PartialDate
    method: str
    """How the figures came about, in a sentence."""
    licence: str
    address: str = ""
    vintage: str = ""
    layout: dict[str, Any] = Field(default_factory=dict)
    """See ``sources.tables.parse``."""


def declare(file: Path, declaration: Path) -> tuple[Snapshot, bytes]:
    """The lock entry of a file and its bytes, checked to have the declared layout.

    Args:
        file: CSV or Excel.
        declaration: TOML, keys as in :class:`Declaration`.

    Returns:
        An entry of kind ``received`` and the exact bytes.

    Raises:
        CatalogueError: The declaration is missing, or lacks or does not know a key.
        SourceError: The file cannot be read with the declared layout.
    """
    told = _read(declaration)
    if file.suffix.lower() not in _KINDS:
        raise CatalogueError(f"{file}: give a .csv or an .xlsx file, not '{file.suffix}'")
    try:
        data = file.read_bytes()
        stamp = dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC)
    except OSError as error:
        raise SourceError(f"{file}: cannot be read ({error.strerror})") from error
    layout = {"format": _KINDS[file.suffix.lower()], **told.layout}
    frame = tables.parse(data, layout, str(file))
    if frame.empty:
        raise SourceError(f"{file}: the table has a head but no rows")
    sha = hashlib.sha256(data).hexdigest()
    name = f"{told.source}/{told.table.replace('/', '_')}/{sha[:16]}{file.suffix.lower()}"
    entry = Snapshot(
        id=sha[:16],
        kind="received",
        sha256=sha,
        file=name,
        bytes=len(data),
        source=told.source,
        table=told.table,
        title=told.title,
        vintage=told.vintage or told.published_on,
        published_on=told.published_on,
        received_at=stamp.strftime("%Y-%m-%dT%H:%M:%SZ"),
        address=told.address,
        licence=told.licence,
        layout=layout,
        note=told.method,
    )
    return entry, data


def _read(file: Path) -> Declaration:
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CatalogueError(
            f"{file}: there is no declaration; write one with source, table, title, published_on, "
            "method, licence and layout (docs/own-figures.md has an example)"
        ) from error
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{file}: cannot be read as TOML ({error})") from error
    try:
        return Declaration.model_validate(values)
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(str(p) for p in problem["loc"])
        known = ", ".join(Declaration.model_fields)
        what = {"missing": "is missing; add it", "extra_forbidden": f"unknown key; known: {known}"}
        raise CatalogueError(
            f"{file}: {key}: {what.get(problem['type'], problem['msg'])}"
        ) from error
