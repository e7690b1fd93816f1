"""Figures of one's own: a CSV or Excel file and a short declaration of what it is."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from tilannekuva import indicators, periods
from tilannekuva.errors import CatalogueError, SourceError
from tilannekuva.model import Frozen, PartialDate, Slug, Snapshot, Source
from tilannekuva.sources import tables

__all__ = ["Declaration", "declare"]

_KINDS = {".csv": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx"}
_OTHERS = {
    "": "its name has no ending that says what it is; name it .csv or .xlsx",
    ".toml": "this is a declaration; give the file that it describes, a .csv or an .xlsx",
    ".xls": "an old Excel file; open it in Excel and save it as .xlsx",
}


class Declaration(Frozen):
    """What a person says of a file. Source, date and method are not optional."""

    source: Slug
    """Id of a source in ``sources.toml``, packaged or one's own, whose protocol is ``tables``."""
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


def declare(
    file: Path, declaration: Path | None = None, sources: Mapping[str, Source] | None = None
) -> tuple[Snapshot, bytes]:
    """The lock entry of a file and its bytes, checked to have the declared layout.

    Args:
        file: CSV or Excel.
        declaration: TOML, keys as in :class:`Declaration`; by default it is beside the file and has
            its name with the ending ``.toml``.
        sources: The sources of the catalogue in use. The packaged ones are always known; a source
            that neither knows is described later.

    Returns:
        An entry of kind ``received`` and the exact bytes.

    Raises:
        CatalogueError: There is no such file; the declaration is missing, lacks or does not know a
            key, names a source that has a service of its own, or is dated later than the files.
        SourceError: The file cannot be read with the declared layout.
    """
    kind = _kind(file)
    words = declaration or file.with_suffix(".toml")
    told = _read(words)
    _check_source(told.source, sources or {}, words)
    try:
        data = file.read_bytes()
        stamp, said = (dt.datetime.fromtimestamp(f.stat().st_mtime, dt.UTC) for f in (file, words))
    except OSError as error:
        raise SourceError(f"{file}: cannot be read ({error.strerror})") from error
    _check_date(told.published_on, max(stamp, said).date(), words)
    layout = {"format": kind, **told.layout}
    if tables.parse(data, layout, str(file)).empty:
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


def _kind(file: Path) -> str:
    """The format that the ending names, of a file that is there.

    Raises:
        CatalogueError: What is there instead.
    """
    ending = file.suffix.lower()
    if file.is_dir():
        raise CatalogueError(f"{file}: this is a folder; give one file in it, a .csv or an .xlsx")
    if not file.exists():
        beside = f" with its declaration {file.with_suffix('.toml').name} beside it"
        raise CatalogueError(
            f"{file}: there is no such file; give a .csv or an .xlsx"
            f"{beside if ending in _KINDS else ''}"
        )
    if ending not in _KINDS:
        other = f"not a table: give a .csv or an .xlsx file, not '{file.suffix}'"
        raise CatalogueError(f"{file}: {_OTHERS.get(ending, other)}")
    return _KINDS[ending]


@functools.cache
def _services() -> dict[str, str]:
    """The packaged sources that are asked themselves: id → publisher."""
    text = (indicators.packaged() / "sources.toml").read_text(encoding="utf-8")
    return {
        name: entry["publisher"]["fi"]
        for name, entry in tomllib.loads(text).items()
        if entry["protocol"] != "tables"
    }


def _check_source(name: str, sources: Mapping[str, Source], words: Path) -> None:
    """What a person hands over must not pass for a publisher's own answer."""
    if name in _services():
        raise CatalogueError(
            f"{words}: source: '{name}' is {_services()[name]}, whose figures come from its own "
            "service. Describe whoever made this file in `sources.toml` of your own catalogue, "
            'with protocol = "tables" (docs/own-figures.md), and name that; say in `method` '
            "where the figures were taken from"
        )
    if name in sources and sources[name].protocol != "tables":
        raise CatalogueError(
            f"{words}: source: '{name}' has protocol = \"{sources[name].protocol}\" in "
            'sources.toml; a source of own files has protocol = "tables"'
        )


def _check_date(published_on: str, changed: dt.date, words: Path) -> None:
    """A date ahead of its time would date the whole picture, and the clock is never asked."""
    # The day after: the files' day is counted in UTC, the writer's may be the next.
    if periods.first_day(published_on) > changed + dt.timedelta(days=1):
        raise CatalogueError(
            f"{words}: published_on: {published_on} is later than {changed}, when the table and "
            "its declaration were last changed; write the day on which the figures were published"
        )


def _read(file: Path) -> Declaration:
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8-sig"))
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
