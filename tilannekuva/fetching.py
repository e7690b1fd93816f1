"""Bring the store up to date from the publishers' services: what to ask, keep and refuse.

An answer is kept only if it is whole, can be read, and has what its indicators need; then its
bytes, as received, and its lock entry go into the store together. One failing table never stops
another.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from tilannekuva import asking, formulas, raw, vintages
from tilannekuva.calls import Ask, Newer, Part, Received, Unchanged, hash_of
from tilannekuva.errors import DataError, SourceError, TilannekuvaError
from tilannekuva.indicators import Catalogue
from tilannekuva.model import Query, Seen, Snapshot
from tilannekuva.trial import try_out
from tilannekuva.web import Web

if TYPE_CHECKING:
    pass

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
    wanted = None if only is None else _with_parents(catalogue, set(only))
    asked: dict[tuple[str, str], list[tuple[str, Query]]] = {}
    chosen: set[tuple[str, str]] = set()
    for indicator in catalogue.indicators.values():
        for query in indicator.query:
            if not can_be_asked(query, catalogue):
                continue
            # Part of a table's indicators would be another question, and a smaller answer would
            # replace the larger one: a table is asked for all of them or not at all.
            asked.setdefault((query.source, query.table), []).append((indicator.id, query))
            if wanted is None or {indicator.id, query.source} & wanted:
                chosen.add((query.source, query.table))
    for source in catalogue.sources.values():
        if wanted is None or source.id in wanted:
            for name in source.tables:
                asked.setdefault((source.id, name), [])
                chosen.add((source.id, name))
    return [
        _ask(catalogue, lock, source_id, name, asked[source_id, name])
        for source_id, name in sorted(chosen)
    ]


def _with_parents(catalogue: Catalogue, names: set[str]) -> set[str]:
    """The names, and for indicators that are computed those that they are computed from."""
    found: set[str] = set()
    queue = sorted(names)
    while queue:
        name = queue.pop()
        if name in found:
            continue
        found.add(name)
        if name in catalogue.indicators:
            queue += sorted(formulas.parents_of(catalogue.indicators[name]))
    return found


def _ask(
    catalogue: Catalogue,
    lock: Sequence[Snapshot],
    source: str,
    name: str,
    queries: Sequence[tuple[str, Query]],
) -> Ask:
    last = vintages.newest(lock, source, name)
    part = last.parts[0] if last else None
    return Ask(
        source=catalogue.sources[source],
        table=name,
        queries=tuple(queries),
        known=last.seen.updated_at if last else None,
        query_hash=last.seen.question or None if last else None,
        served=frozenset(part.query.get("indicators", ())) if part else frozenset(),
        totals=dict(part.layout.get("totals", {})) if part else {},
    )


def can_be_asked(query: Query, catalogue: Catalogue) -> bool:
    """Whether a service has the table: not so for carried ones and for files of one's own."""
    return query.snapshots != "carried" and catalogue.sources[query.source].protocol != "tables"


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
            if web.stopped:
                return
            found[n] = _one(asks[n], catalogue, store, web, check, now)
            done(found[n])

    for protocol in {ask.source.protocol for ask in asks}:
        # Here and not in a worker: a library that starts threads of its own when it is imported
        # was once seen to abort the process at its end when a worker had imported it.
        asking.room(protocol)
    pool = ThreadPoolExecutor(max_workers=max(1, len(by_host)))
    try:
        for task in [pool.submit(one_host, numbers) for numbers in by_host.values()]:
            task.result()
    except BaseException:
        web.stop()  # whoever ends the run does not wait for every table that is still to come
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    with contextlib.suppress(OSError):
        (store / PARTIAL).rmdir()  # only when nothing of an unfinished answer is left in it
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
        said = message.removeprefix(f"{ask.where}: ")
        return Result(ask.source.id, ask.table, outcome, ask.indicators, updated_at, said)

    kept = store / PARTIAL / f"{ask.source.id}_{_file_name(ask.table)}"
    stamp: str | None = None
    try:
        asked = replace(ask, check=check)
        if ask.known is not None and not _intact(store, ask):
            asked = replace(asked, known=None, query_hash=None)  # a damaged file is fetched again
        outcome = web.converse(asking.request(asked), None if check else kept)
        stamp = outcome.updated_at
        if isinstance(outcome, Newer):
            return result("newer", stamp)
        if isinstance(outcome, Unchanged):
            shutil.rmtree(kept, ignore_errors=True)
            return result("unchanged", stamp)
        return _kept(ask, catalogue, store, outcome, now(), kept, result)
    except DataError as error:
        shutil.rmtree(kept, ignore_errors=True)
        return result("refused", stamp, str(error))
    except TilannekuvaError as error:
        return result("failed", stamp, str(error))
    except OSError as error:
        return result("failed", stamp, _no_room(error))
    except Exception as error:  # noqa: BLE001  # an answer of a shape that nobody has seen
        # One table's surprise must not end the others, nor meet the next run again.
        shutil.rmtree(kept, ignore_errors=True)
        what = f"{type(error).__name__}: {error}"
        return result("failed", stamp, f"the answer has a shape that is not understood ({what})")


def _kept(
    ask: Ask,
    catalogue: Catalogue,
    store: Path,
    received: Received,
    now: dt.datetime,
    kept: Path,
    result: Callable[..., Result],
) -> Result:
    """Try an answer out and put it into the store."""
    day = now.astimezone(dt.UTC).date() + dt.timedelta(days=1)
    if received.published_on > day.isoformat():
        raise DataError(
            f"the service says that the table was updated on {received.published_on}, which has "
            "not come yet; its figures would count as the newest for ever"
        )
    stamp = now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    entries = [(_entry(ask, received, part, stamp), part.data) for part in received.parts]
    try:
        served, first = try_out(ask, catalogue, store, entries)
    except SourceError as error:
        raise DataError(str(error)) from error
    entries = [
        (e.model_copy(update={"query": {**e.query, "indicators": served}}), d) for e, d in entries
    ]
    before, another = raw.keep(store, entries)
    shutil.rmtree(kept, ignore_errors=True)
    if not another:
        return result("unchanged", received.updated_at, received.note)
    had = vintages.newest(before, ask.source.id, ask.table) is not None
    said = [received.note, *asking.differences(ask, received.parts), "" if had else first]
    return result("revised" if had else "new", received.updated_at, "; ".join(filter(None, said)))


def _intact(store: Path, ask: Ask) -> bool:
    """Whether the files of the last answer are there as they were stored."""
    last = vintages.newest(raw.read_lock(store), ask.source.id, ask.table)
    try:
        raw.verify(store, last.parts if last else ())
    except SourceError:
        return False
    return True


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
        seen=(
            Seen(
                answer=hash_of([sorted(p.id for p in received.parts), received.updated_at]),
                published_on=received.published_on,
                received_at=stamp,
                updated_at=received.updated_at,
                question=received.query_hash,
            ),
        ),
        address=part.address,
        query={"asked": dict(part.query)},
        licence=ask.source.licence,
        layout=dict(part.layout),
        figures=part.table is None and bool(ask.queries),
        note="; ".join(filter(None, [received.note, received.remarks])),
    )
