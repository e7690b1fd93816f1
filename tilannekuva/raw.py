"""The snapshot store: bytes written once, named by hash, with a machine-written lock.

A store is a folder with ``lock.json`` and the files that the lock names. Nothing in it is ever
edited: a changed answer is a new file and a new entry beside the old one.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from tilannekuva import periods, settings
from tilannekuva.errors import CatalogueError, SourceError
from tilannekuva.model import Snapshot

__all__ = [
    "LOCK",
    "add",
    "edition_date",
    "keep",
    "packaged_store",
    "read_bytes",
    "read_lock",
    "store_path",
    "verify",
    "write_atomically",
]

LOCK = "lock.json"
WRITING = ".writing"
"""Held by whoever writes; on its own it means nothing."""
_PATIENCE = 60
"""Seconds."""


def packaged_store() -> Path:
    """The read-only store that ships with the package (in a checkout: ``data/raw``)."""
    inside = Path(str(resources.files("tilannekuva"))) / "data" / "snapshot"
    if (inside / LOCK).is_file():
        return inside
    return Path(str(resources.files("tilannekuva"))).parent / "data" / "raw"


def store_path(data: Path | str | None = None) -> Path:
    """Where the figures are looked for.

    Order: the argument, ``TILANNEKUVA_DATA``, ``data`` in the nearest ``tilannekuva.toml`` upwards,
    ``./data/raw`` with a lock, the packaged store.

    Raises:
        CatalogueError: A place was named, but no lock is there.
    """
    named = data or os.environ.get("TILANNEKUVA_DATA") or settings.read().path("data")
    if named:
        place = Path(named)
        if not (place / LOCK).is_file():
            raise CatalogueError(
                f"no store at '{place}': the folder has no {LOCK}. Name a folder made by "
                "`tilannekuva fetch`, or leave the setting out to use the packaged figures"
            )
        return place
    here = Path("data") / "raw"
    return here if (here / LOCK).is_file() else packaged_store()


def read_lock(store: Path) -> tuple[Snapshot, ...]:
    """The entries of a store's lock, ordered by source, table and publication.

    Raises:
        SourceError: The lock is missing, is not JSON, or has an entry that does not fit.
    """
    file = store / LOCK
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))["snapshots"]
        found = [Snapshot.model_validate(e) for e in entries]
    except FileNotFoundError as error:
        raise SourceError(f"{file}: there is no lock; fetch again or name another store") from error
    except OSError as error:
        raise SourceError(f"{file}: the lock cannot be read ({error.strerror})") from error
    except (json.JSONDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise SourceError(
            f"{file}: the lock cannot be read ({error}). It is written by machine: take it back "
            "from version control, do not edit it"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"])
        raise SourceError(
            f"{file}: entry does not fit at '{where}': {first['msg']}. The lock is written by "
            "machine: take it back from version control, do not edit it"
        ) from error
    _check_ids(file, found)
    return tuple(sorted(found, key=_order))


def _check_ids(file: Path, entries: Iterable[Snapshot]) -> None:
    """One id, one entry: a figure whose snapshot is two entries cannot be traced."""
    seen: dict[str, Snapshot] = {}
    for entry in entries:
        other = seen.setdefault(entry.id, entry)
        if other is not entry:
            raise SourceError(
                f"{file}: the same bytes ({entry.id}) stand for two entries, {other.source} "
                f"{other.table} and {entry.source} {entry.table}; keep one of them"
            )


def _order(s: Snapshot) -> tuple[str, str, str, str, str]:
    return (
        s.source,
        s.table,
        periods.latest_day(s.published_on).isoformat(),
        s.received_at or "",
        s.sha256,
    )


def read_bytes(store: Path, snapshot: Snapshot) -> bytes:
    """The bytes of a snapshot, checked against its hash.

    Raises:
        SourceError: The file is missing or its bytes are not those that were stored.
    """
    file = store / snapshot.file
    try:
        data = file.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{file}: the raw file of {snapshot.source} {snapshot.table} cannot be read "
            f"({error.strerror}); take it back from version control or fetch again"
        ) from error
    found = hashlib.sha256(data).hexdigest()
    if found != snapshot.sha256:
        raise SourceError(
            f"{file}: the bytes were changed after they were stored (the lock says sha256 "
            f"{snapshot.sha256[:16]}…, the file has {found[:16]}…); take the file back from "
            "version control or fetch again. Nothing was published"
        )
    return data


def verify(store: Path, snapshots: Iterable[Snapshot] | None = None) -> int:
    """Check every file of the store against the lock.

    Returns:
        How many files were checked.

    Raises:
        SourceError: The first file that is missing or changed.
    """
    entries = tuple(read_lock(store) if snapshots is None else snapshots)
    for entry in entries:
        read_bytes(store, entry)
    return len(entries)


def edition_date(snapshots: Sequence[Snapshot]) -> str:
    """The default as-of date: the newest publication date in the lock, never the clock.

    A date known only to the month or year counts as its first day, so that it never makes an
    edition younger than a publication whose day is known.
    """
    figures = [s for s in snapshots if s.figures]
    if not figures:
        raise SourceError("the store is empty: it has no snapshot to date a picture by")
    return max(periods.first_day(s.published_on) for s in figures).isoformat()


@contextmanager
def _writing(store: Path) -> Iterator[None]:
    """One writer at a time, also across processes; a killed one leaves nothing locked.

    Raises:
        SourceError: Another run writes for longer than one should wait.
    """
    from filelock import FileLock, Timeout

    store.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(store / WRITING, timeout=_PATIENCE):
            _sweep(store)
            yield
    except Timeout as error:
        raise SourceError(
            f"{store}: another run has been writing to the store for over {_PATIENCE} s; wait "
            "until it has ended and run again"
        ) from error


def _sweep(store: Path) -> None:
    """Remove what a killed writer left: temporary files beside the lock and the raw files."""
    for left in (*store.glob(".*.tmp"), *store.glob("[!.]*/**/.*.tmp")):
        left.unlink(missing_ok=True)


def keep(
    store: Path, entries: Sequence[tuple[Snapshot, bytes]]
) -> tuple[tuple[Snapshot, ...], bool]:
    """Put a service's answer into a store. Bytes that are there already stay as they came.

    They are noted as part of this answer too, unless it is the one that came last; how they are
    read follows the new answer.

    Args:
        store: Folder of the store; made when it is not there.
        entries: Lock entries and bytes of one answer, each with it in ``seen``.

    Returns:
        The lock before, and whether the answer is another one than the last of its table.

    Raises:
        SourceError: As :func:`add`, or another run holds the store.
    """
    with _writing(store):
        before = read_lock(store) if (store / LOCK).is_file() else ()
        known = {(s.id, s.source, s.table): s for s in before}
        last: dict[tuple[str, str], str] = {}
        for s in sorted(before, key=lambda s: s.seen[-1].received_at if s.seen else ""):
            if s.seen:
                last[s.source, s.table] = s.seen[-1].answer
        merged, another = [], False
        for entry, data in entries:
            old = known.get((entry.id, entry.source, entry.table))
            repeated = last.get((entry.source, entry.table)) == entry.seen[-1].answer
            another = another or not repeated
            if old is None:
                merged.append((entry, data))
                continue
            follows = {
                "updated_at": entry.updated_at,
                "query": entry.query,
                "layout": entry.layout,
                "seen": old.seen if repeated and old.seen else (*old.seen, *entry.seen),
            }
            merged.append((old.model_copy(update=follows), data))
        _add(store, merged)
    return before, another


def add(store: Path, entries: Iterable[tuple[Snapshot, bytes]]) -> tuple[Snapshot, ...]:
    """Put bytes and their entries into a store; what is already there costs nothing.

    Files are written first and the lock last, each atomically, so that a killed run leaves a store
    that verifies. A file that was damaged since is written anew from the same bytes. Bytes that
    came before keep the time they came at.

    Returns:
        The lock after the addition.

    Raises:
        SourceError: An entry does not describe its bytes, or the bytes stand for another entry.
    """
    with _writing(store):
        _add(store, entries)
    return read_lock(store)


def _add(store: Path, entries: Iterable[tuple[Snapshot, bytes]]) -> None:
    before = {s.file: s for s in read_lock(store)} if (store / LOCK).is_file() else {}
    known = dict(before)
    for snapshot, data in entries:
        if hashlib.sha256(data).hexdigest() != snapshot.sha256 or len(data) != snapshot.bytes:
            raise SourceError(f"{snapshot.file}: the entry does not describe these bytes")
        old = known.get(snapshot.file)
        if old is not None:
            snapshot = snapshot.model_copy(update={"received_at": old.received_at})
        known[snapshot.file] = snapshot
        _check_ids(store / LOCK, known.values())
        if not _holds(store / snapshot.file, snapshot.sha256):
            write_atomically(store / snapshot.file, data)
    if known != before or not (store / LOCK).is_file():
        write_lock(store, known.values())


def _holds(file: Path, sha256: str) -> bool:
    """Whether a file is there and has these bytes."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest() == sha256
    except FileNotFoundError:
        return False


def write_lock(store: Path, snapshots: Iterable[Snapshot]) -> None:
    """Write the lock of a store, sorted, so that the same entries give the same bytes."""
    rows = [s.model_dump(mode="json", exclude_defaults=True) for s in sorted(snapshots, key=_order)]
    text = json.dumps({"snapshots": rows}, ensure_ascii=False, indent=1) + "\n"
    write_atomically(store / LOCK, text.encode())


def write_atomically(file: Path, data: bytes) -> None:
    """Write a file whole or not at all: a temporary file beside it, then a rename."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            if file.name == LOCK:
                # After a power cut the lock is the old one or the new one, never an empty one.
                out.flush()
                os.fsync(out.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(file)  # a full disk does not say where
        raise
