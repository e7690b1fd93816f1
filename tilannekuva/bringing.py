"""Bring figures into the store: from the publishers' services, or a file of one's own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, overload
from urllib.parse import urlsplit

from tilannekuva import indicators, raw, settings
from tilannekuva.errors import CatalogueError, SourceError, TilannekuvaError
from tilannekuva.formats import items
from tilannekuva.model import Snapshot

if TYPE_CHECKING:
    from tilannekuva.calls import Ask
    from tilannekuva.fetching import Result
    from tilannekuva.indicators import Catalogue
    from tilannekuva.web import Watcher

__all__ = ["Fetched", "fetch"]


class Fetched(NamedTuple):
    """What a run over the services left behind."""

    store: Path
    results: tuple[Result, ...]
    """One a table, the failed ones among them."""
    not_asked: tuple[Ask, ...] = ()
    """What would have been asked if it were not offline."""

    @property
    def failed(self) -> tuple[Result, ...]:
        """Tables that are not as they should be."""
        return tuple(r for r in self.results if r.bad)


@overload
def fetch(
    file: Path | str,
    declaration: Path | str | None = None,
    *,
    data: Path | str | None = None,
    tick: Callable[[str], None] = lambda _: None,
) -> Snapshot: ...
@overload
def fetch(
    file: None = None,
    declaration: None = None,
    *,
    data: Path | str | None = None,
    only: Iterable[str] | None = None,
    check: bool = False,
    offline: bool = False,
    watcher: Watcher | None = None,
    planned: Callable[[int], None] = lambda _: None,
    done: Callable[[Result], None] = lambda _: None,
    tick: Callable[[str], None] = lambda _: None,
) -> Fetched: ...
def fetch(
    file: Path | str | None = None,
    declaration: Path | str | None = None,
    *,
    data: Path | str | None = None,
    only: Iterable[str] | None = None,
    check: bool = False,
    offline: bool = False,
    watcher: Watcher | None = None,
    planned: Callable[[int], None] = lambda _: None,
    done: Callable[[Result], None] = lambda _: None,
    tick: Callable[[str], None] = lambda _: None,
) -> Snapshot | Fetched:
    """Bring the store up to date: from the publishers' services, or with a file of one's own.

    Args:
        file: CSV or Excel of one's own; without one the services are asked.
        declaration: TOML that says what the file is (see ``docs/own-figures.md``); by default the
            file's name with the ending ``.toml``.
        data: Folder of the store. Without one ``./data/raw`` is made, seeded from the packaged
            figures; nothing is ever written into the package.
        only: Ids of indicators or sources to ask for; None for every one that a service has.
        check: Only find out what is newer at the publishers; nothing is written.
        offline: Open no connection.
        watcher: Is told of calls and waiting (``web.Meter`` counts them).
        planned: Called with how many tables will be asked for.
        done: Called with what became of each table, as it comes.
        tick: Called with a line when a store is made, and when no contact is set.

    Returns:
        For a file its lock entry; bringing the same bytes in again changes nothing. For services
        what became of each table: one that failed is among them and stops no other.

    Raises:
        CatalogueError: The declaration lacks something, or an id in ``only`` is unknown.
        SourceError: The file does not have the declared layout, or the store cannot be written.
    """
    try:
        if file is not None:
            return _fetch_file(Path(file), declaration, data, tick)
        return _fetch_live(data, only, check, offline, watcher, planned, done, tick)
    except OSError as error:
        where = error.filename or "the store"
        raise SourceError(
            f"{where}: cannot be written ({error.strerror or error}); the store is as it was"
        ) from error


def _fetch_file(
    file: Path,
    declaration: Path | str | None,
    data: Path | str | None,
    tick: Callable[[str], None],
) -> Snapshot:
    from tilannekuva import own

    told = Path(declaration) if declaration else None
    sources = indicators.load(settings.read().path("catalogue")).sources
    snapshot, content = own.declare(file, told, sources)
    _try_out(file, snapshot, content)
    raw.add(_workspace(data, tick), [(snapshot, content)])
    return snapshot


def _fetch_live(
    data: Path | str | None,
    only: Iterable[str] | None,
    check: bool,
    offline: bool,
    watcher: Watcher | None,
    planned: Callable[[int], None],
    done: Callable[[Result], None],
    tick: Callable[[str], None],
) -> Fetched:
    from importlib.metadata import version

    from tilannekuva import fetching
    from tilannekuva.web import Web

    configured = settings.read()
    catalogue = _with_addresses(indicators.load(settings.read().path("catalogue")), configured)
    offline = offline or configured.offline
    wanted = _known_ids(only, catalogue)  # a wrong id must not leave a new store behind
    store = raw.store_path(data) if check or offline else _workspace(data, tick)
    asks = fetching.plan(catalogue, raw.read_lock(store), only=wanted)
    if offline:
        return Fetched(store, (), tuple(asks))
    planned(len(asks))
    if not configured.contact:
        tick(
            'no contact is set, so publishers cannot reach you: write contact = "…" in '
            f"{settings.FILE}"
        )
    contact = configured.contact or "https://github.com/tilannekuva/tilannekuva"
    agent = f"tilannekuva/{version('tilannekuva')} (+{contact})"
    web = Web(agent, watcher=watcher)
    found = fetching.fetch(asks, catalogue, store, web, check=check, done=done)
    return Fetched(store, tuple(found), ())


def _with_addresses(catalogue: Catalogue, configured: settings.Settings) -> Catalogue:
    """The catalogue with the addresses that the configuration names instead of the publishers'."""
    for name in configured.addresses:
        if name not in catalogue.sources:
            known = ", ".join(sorted(catalogue.sources))
            raise CatalogueError(
                f"{configured.folder / settings.FILE}: addresses.{name}: no such source; known: "
                f"{known}"
            )
    for name, base in configured.addresses.items():
        parts = urlsplit(base)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise CatalogueError(
                f"{configured.folder / settings.FILE}: addresses.{name}: write an address such as "
                "https://example.org/api, without a name or password in it"
            )
    changed = {
        name: catalogue.sources[name].model_copy(update={"base": base.rstrip("/")})
        for name, base in configured.addresses.items()
    }
    return catalogue.model_copy(update={"sources": {**catalogue.sources, **changed}})


def _known_ids(only: Iterable[str] | None, catalogue: Catalogue) -> set[str] | None:
    """Ids of indicators (by any name they go by) and sources."""
    if only is None:
        return None
    names = items(only)
    return {n if n in catalogue.sources else indicators.find(catalogue, n) for n in names}


def _try_out(file: Path, snapshot: Snapshot, content: bytes) -> None:
    """Tidy the file by itself before it is stored: a faulty one must never block the store.

    Raises:
        SourceError: What is wrong with it, by the name that its owner knows.
    """
    from tilannekuva import periods, sheets, tidying
    from tilannekuva.sources import tables

    catalogue = indicators.load(settings.read().path("catalogue"))
    queries = [
        (i.id, q)
        for i in catalogue.indicators.values()
        for q in i.query
        if (q.source, q.table) == (snapshot.source, snapshot.table)
    ]
    where = str(file)
    try:
        frame = tables.parse(content, snapshot.layout, where)
        cells = sheets.cells(frame, snapshot.layout, where)
        for period in cells["time"].cat.categories:
            periods.canonical(str(period))
        for _, query in queries:
            sheets.check(cells, query, where)
        if queries:
            with tempfile.TemporaryDirectory() as folder:
                raw.add(Path(folder), [(snapshot, content)])
                tidying.tidy(catalogue, Path(folder), [snapshot], only={i for i, _ in queries})
    except TilannekuvaError as error:
        text = str(error).replace(snapshot.file, where)
        text = text if text.startswith(f"{where}: ") else f"{where}: {text}"
        raise SourceError(f"{text}. Nothing was stored") from error


def _workspace(data: Path | str | None, tick: Callable[[str], None]) -> Path:
    """A store that may be written to; where there is none it is made, and that is said."""
    named = data or os.environ.get("TILANNEKUVA_DATA") or settings.read().path("data")
    store = Path(named) if named else Path("data") / "raw"
    if not (store / raw.LOCK).is_file():
        if any(f.is_file() for f in store.glob("[!.]*/*/*")):
            raise SourceError(
                f"{store}: there are raw files but no {raw.LOCK} that says what they are; take it "
                "back from version control, or move the files away to begin anew"
            )
        source = raw.packaged_store()
        raw.add(store, [(s, raw.read_bytes(source, s)) for s in raw.read_lock(source)])
        tick(f"{store}: made from the packaged figures")
    return store
