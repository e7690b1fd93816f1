"""Bring the store up to date from the publishers' services: what to ask, keep and refuse.

An answer is kept only if it is whole, can be read, and has what its indicators need; then its
bytes, as received, and its lock entry go into the store together. One failing table never stops
another.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from tilannekuva import asking, raw, tidying
from tilannekuva.calls import Ask, Newer, Part, Received, Unchanged
from tilannekuva.errors import SourceError, TilannekuvaError
from tilannekuva.indicators import Catalogue
from tilannekuva.model import Query, Snapshot
from tilannekuva.web import Web

__all__ = ["PARTIAL", "Outcome", "Result", "fetch", "plan"]

PARTIAL = ".partial"
"""Folder inside a store for parts of unfinished answers."""

Outcome = Literal["new", "revised", "unchanged", "newer", "refused", "failed"]
"""``newer`` only when checking; ``refused``: an answer came that does not fit; ``failed``: none."""


@dataclass(frozen=True)
class Result:
    """What became of one table."""

    source: str
    table: str
    outcome: Outcome
    indicators: tuple[str, ...] = ()
    """Those that depend on it."""
    updated_at: str | None = None
    message: str = ""
    """Why it was refused or failed, or what a person should know."""

    @property
    def bad(self) -> bool:
        """Whether the table is not as it should be."""
        return self.outcome in ("refused", "failed")


def plan(
    catalogue: Catalogue, lock: Sequence[Snapshot], *, only: Iterable[str] | None = None
) -> list[Ask]:
    """Which tables to ask for, in the order of sources and tables.

    Args:
        catalogue: Queries and sources.
        lock: What is there already.
        only: Ids of indicators or sources; None for all.

    Returns:
        One entry a table. Files that people hand over and carried tables are not asked for.
    """
    wanted = None if only is None else set(only)
    asked: dict[tuple[str, str], list[tuple[str, Query]]] = {}
    for indicator in catalogue.indicators.values():
        for query in indicator.query:
            chosen = wanted is None or {indicator.id, query.source} & wanted
            if chosen and can_be_asked(query, catalogue):
                asked.setdefault((query.source, query.table), []).append((indicator.id, query))
    for source in catalogue.sources.values():
        if wanted is None or source.id in wanted:
            for name in source.tables:
                asked.setdefault((source.id, name), [])
    found = []
    for (source_id, name), queries in sorted(asked.items()):
        newest = _newest(lock, source_id, name)
        found.append(
            Ask(
                source=catalogue.sources[source_id],
                table=name,
                queries=tuple(queries),
                known=newest.updated_at if newest else None,
                query_hash=newest.query.get("hash") if newest else None,
            )
        )
    return found


def can_be_asked(query: Query, catalogue: Catalogue) -> bool:
    """Whether a service has the table: not so for carried ones and for files of one's own."""
    return query.snapshots != "carried" and catalogue.sources[query.source].protocol != "tables"


def _newest(lock: Sequence[Snapshot], source: str, name: str) -> Snapshot | None:
    found = [s for s in lock if (s.source, s.table, s.kind) == (source, name, "received")]
    return max(found, key=lambda s: (s.published_on, s.received_at or ""), default=None)


def fetch(
    asks: Sequence[Ask],
    catalogue: Catalogue,
    store: Path,
    web: Web,
    *,
    check: bool = False,
    done: Callable[[Result], None] = lambda _: None,
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> list[Result]:
    """Ask for tables and keep what is new.

    Services are asked side by side, the tables of one service one after the other.

    Args:
        asks: As :func:`plan` gives them.
        catalogue: Used to try out what came.
        store: Folder of the raw files; it exists.
        web: Carries the calls.
        check: Only find out what is newer; nothing is written.
        done: Called with every result as it comes, from several threads.
        now: The clock; ``received_at`` is a fact of the answer.

    Returns:
        One result a table, in the order of ``asks``.
    """
    by_host: dict[str, list[int]] = {}
    for n, ask in enumerate(asks):
        by_host.setdefault(urlsplit(ask.source.base).netloc, []).append(n)
    found: dict[int, Result] = {}

    def one_host(numbers: Sequence[int]) -> None:
        for n in numbers:
            found[n] = _one(asks[n], catalogue, store, web, check, now)
            done(found[n])

    for protocol in {ask.source.protocol for ask in asks}:
        # Here and not in a worker: a library that starts threads of its own when it is imported
        # was once seen to abort the process at its end when a worker had imported it.
        asking.room(protocol)
    with ThreadPoolExecutor(max_workers=max(1, len(by_host))) as pool:
        for task in [pool.submit(one_host, numbers) for numbers in by_host.values()]:
            task.result()
    if not check and not any(r.bad for r in found.values()):
        # What is left are parts of answers that were overtaken by a newer one.
        shutil.rmtree(store / PARTIAL, ignore_errors=True)
    return [found[n] for n in range(len(asks))]


def _one(
    ask: Ask,
    catalogue: Catalogue,
    store: Path,
    web: Web,
    check: bool,
    now: Callable[[], dt.datetime],
) -> Result:
    def result(outcome: Outcome, updated_at: str | None = None, message: str = "") -> Result:
        return Result(ask.source.id, ask.table, outcome, ask.indicators, updated_at, message)

    ask = Ask(**{**vars(ask), "check": check})
    kept = store / PARTIAL / f"{ask.source.id}_{_file_name(ask.table)}"
    try:
        outcome = web.converse(asking.request(ask), None if check else kept)
    except TilannekuvaError as error:
        return result("failed", message=str(error))
    except OSError as error:
        return result("failed", message=_no_room(error))
    if isinstance(outcome, Unchanged):
        shutil.rmtree(kept, ignore_errors=True)
        return result("unchanged", outcome.updated_at)
    if isinstance(outcome, Newer):
        return result("newer", outcome.updated_at)
    stamp = now().astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    entries = [(_entry(ask, outcome, part, stamp), part.data) for part in outcome.parts]
    try:
        _try_out(ask, catalogue, store, entries)
    except TilannekuvaError as error:
        shutil.rmtree(kept, ignore_errors=True)
        return result("refused", outcome.updated_at, str(error))
    try:
        before, added = raw.keep(store, entries)
    except TilannekuvaError as error:
        return result("failed", outcome.updated_at, str(error))
    except OSError as error:
        return result("failed", outcome.updated_at, _no_room(error))
    shutil.rmtree(kept, ignore_errors=True)
    if not added:
        return result("unchanged", outcome.updated_at, outcome.note)
    had = _newest(before, ask.source.id, ask.table) is not None
    said = "; ".join(filter(None, [outcome.note, *asking.differences(ask, outcome.parts)]))
    return result("revised" if had else "new", outcome.updated_at, said)


def _file_name(table: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in table)


def _no_room(error: OSError) -> str:
    where = error.filename or "the store"
    return f"{where}: cannot be written ({error.strerror or error}); the store is as it was"


def _entry(ask: Ask, received: Received, part: Part, stamp: str) -> Snapshot:
    table = part.table or ask.table
    place = f"{ask.source.id}/{_file_name(table)}/{part.id}.{part.ending}"
    return Snapshot(
        id=part.id,
        kind="received",
        sha256=hashlib.sha256(part.data).hexdigest(),
        file=place,
        bytes=len(part.data),
        source=ask.source.id,
        table=table,
        title=received.title,
        vintage=received.published_on,
        published_on=received.published_on,
        received_at=stamp,
        updated_at=received.updated_at,
        address=part.address,
        query={"hash": received.query_hash, "asked": dict(part.query)},
        licence=ask.source.licence,
        layout=dict(part.layout),
        figures=part.table is None and bool(ask.queries),
        note=received.note,
    )


def _try_out(
    ask: Ask,
    catalogue: Catalogue,
    store: Path,
    entries: Sequence[tuple[Snapshot, bytes]],
) -> None:
    """Read the answer as the tidying will, by itself, before anything is kept.

    Raises:
        TilannekuvaError: It cannot be read, lacks what an indicator needs, has no figure, or came
            in another unit than before.
    """
    if not ask.queries:
        return  # a classification or boundaries: read where they are compared with the register
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        raw.add(place, entries)
        figures = [s for s, _ in entries if s.table == ask.table]
        rows = tidying.tidy(catalogue, place, [s for s, _ in entries], only=ask.indicators).rows
        if not rows["value"].notna().any():
            raise SourceError(f"{ask.where}: no figure that an indicator could use")
        sure = {name for name, query in ask.queries if query.verified}
        lost = sure - set(rows["indicator"].unique())
        if lost:
            raise SourceError(f"{ask.where}: no row for {', '.join(sorted(lost))}")
        units = _units(place, figures)
    old = [
        s
        for s in raw.read_lock(store)
        if (s.source, s.table, s.kind) == (ask.source.id, ask.table, "received")
    ]
    if old:
        newest = max(s.received_at or "" for s in old)
        before = _units(store, [s for s in old if s.received_at == newest])
        for code, unit in units.items():
            if before.get(code, unit) != unit:
                raise SourceError(
                    f"{ask.where}: the unit of '{code}' was '{before[code]}' and is now '{unit}'; "
                    "look at the publisher's notes, then mend the indicators' unit or scale"
                )


def _units(store: Path, snapshots: Sequence[Snapshot]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for s in snapshots:
        found |= tidying.read_cells(store, s).units
    return found
