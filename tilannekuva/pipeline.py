"""The verbs in order: fetch, tidy, measure, compose, publish. Resumable, atomic, with progress.

A region's folder is replaced as a whole or not at all. What made it is written beside it, so that a
second run with nothing new knows it without reading a figure.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, overload
from urllib.parse import urlsplit

from tilannekuva import indicators, periods, raw, region_codes, regions, settings
from tilannekuva.errors import (
    CatalogueError,
    DataError,
    ReportError,
    SourceError,
    TilannekuvaError,
)
from tilannekuva.model import LANGUAGES, Language, Picture, Region, Snapshot

if TYPE_CHECKING:
    import pandas as pd

    from tilannekuva.calls import Ask
    from tilannekuva.fetching import Result
    from tilannekuva.indicators import Catalogue
    from tilannekuva.web import Watcher

__all__ = [
    "DEFAULT_FORMATS",
    "FORMATS",
    "RECORD",
    "Built",
    "Fetched",
    "build",
    "check_formats",
    "check_languages",
    "compose_to",
    "fetch",
    "index_pages",
    "measure_to",
    "publish",
    "read_picture",
    "tidy",
]

FORMATS = ("html", "xlsx", "png", "json")
"""What can be asked for. ``json`` is always written; charts come as SVG and CSV with ``html``."""
DEFAULT_FORMATS = ("html", "xlsx")

RECORD = "build.json"
"""What made a region's folder, written beside it."""
_PATIENCE = 300
"""Seconds to wait for another run that makes the same region's report."""

Name = TypeVar("Name", bound=str)


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


class Built(NamedTuple):
    """What a build left behind for one region."""

    region: str
    folder: Path
    files: tuple[Path, ...]
    fresh: bool
    """False when nothing had changed since the files were made."""


def check_languages(asked: Iterable[str]) -> tuple[Language, ...]:
    """The languages asked for, in the house order.

    Raises:
        CatalogueError: An unknown language, with the known ones.

    >>> check_languages(["en", "fi"])
    ('fi', 'en')
    """
    return _known(asked, LANGUAGES, "language")


def check_formats(asked: Iterable[str]) -> tuple[str, ...]:
    """The formats asked for, in the house order; ``all`` means every one.

    Raises:
        CatalogueError: An unknown format, with the nearest one.
    """
    asked = _items(asked)
    return FORMATS if asked == ["all"] else _known(asked, FORMATS, "format")


def _items(asked: str | Iterable[str]) -> list[str]:
    """A lone text is one item (or several with commas), never its letters."""
    return asked.split(",") if isinstance(asked, str) else list(asked)


def _known(asked: Iterable[str], known: Sequence[Name], what: str) -> tuple[Name, ...]:
    import difflib

    wanted = [a.strip() for a in _items(asked) if a.strip()]
    for name in wanted:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.3)
            hint = f"did you mean '{near[0]}'? " if near else ""
            raise CatalogueError(f"unknown {what} '{name}'; {hint}known: {', '.join(known)}")
    if not wanted:
        raise CatalogueError(f"no {what} was asked for; known: {', '.join(known)}")
    return tuple(k for k in known if k in wanted)


def tidy(data: Path | str | None = None, *, out: Path | str | None = None) -> pd.DataFrame:
    """Tidy the whole store, every vintage of it.

    Args:
        data: Folder of the store.
        out: Parquet file to write as well.

    Returns:
        The one table with the snapshot as the fifth part of the key.
    """
    from tilannekuva import table, tidying

    store = raw.store_path(data)
    found = tidying.tidy(indicators.load(_own_catalogue()), store, raw.read_lock(store)).rows
    if out is not None:
        with _writing(Path(out)):
            table.write_parquet(found, Path(out))
    return found


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
        done: Called with what became of each table, as it comes.
        tick: Called with a line when a store is made.

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
        return _fetch_live(data, only, check, offline, watcher, done, tick)
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
    sources = indicators.load(_own_catalogue()).sources
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
    done: Callable[[Result], None],
    tick: Callable[[str], None],
) -> Fetched:
    import tilannekuva
    from tilannekuva import fetching
    from tilannekuva.web import Web

    configured = settings.read()
    catalogue = _with_addresses(indicators.load(_own_catalogue()), configured)
    offline = offline or configured.offline
    wanted = _known_ids(only, catalogue)  # a wrong id must not leave a new store behind
    store = raw.store_path(data) if check or offline else _workspace(data, tick)
    asks = fetching.plan(catalogue, raw.read_lock(store), only=wanted)
    if offline:
        return Fetched(store, (), tuple(asks))
    contact = configured.contact or "https://github.com/tilannekuva/tilannekuva"
    agent = f"tilannekuva/{tilannekuva.__version__} (+{contact})"
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
    names = _items(only)
    return {n if n in catalogue.sources else indicators.find(catalogue, n) for n in names}


def _try_out(file: Path, snapshot: Snapshot, content: bytes) -> None:
    """Tidy the file by itself before it is stored: a faulty one must never block the store.

    Raises:
        SourceError: What is wrong with it, by the name that its owner knows.
    """
    from tilannekuva import periods, sheets, tidying
    from tilannekuva.sources import tables

    catalogue = indicators.load(_own_catalogue())
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


def _own_catalogue() -> Path | None:
    return settings.read().path("catalogue")


def build(
    names: Sequence[str] = ("kainuu",),
    *,
    lang: Iterable[str] = ("fi",),
    formats: Iterable[str] = DEFAULT_FORMATS,
    out: Path | str | None = None,
    as_of: str | None = None,
    data: Path | str | None = None,
    tick: Callable[[str], None] = lambda _: None,
) -> list[Built]:
    """Tidy, measure, compose and publish the pictures of some regions.

    Args:
        names: Region names or codes, or ``all``.
        lang: Languages.
        formats: Formats of :data:`FORMATS`.
        out: Folder of the reports.
        as_of: ISO date; the newest publication in the lock by default.
        data: Folder of the store.
        tick: Called with a word about each step.

    Returns:
        One entry a region. Everything asked for is checked before anything is made.
    """
    languages, wanted = check_languages(lang), check_formats(formats)
    areas: list[Region]
    names = _items(names)
    if names == ["all"]:
        areas = list(regions.regions("maakunta"))
    else:
        areas = list({r.code: r for r in map(_area_of_today, names)}.values())
    day = _iso_date(as_of)
    configured = settings.read()
    folder = Path(out) if out else configured.path("out") or Path("reports")
    store = raw.store_path(data)
    lock = raw.read_lock(store)
    edition = day or raw.edition_date(lock)
    key = _inputs(store, configured, edition)
    waiting = [
        a for a in areas if not _up_to_date(_place(folder, edition, a), key, languages, wanted)
    ]
    done = {a.code: _existing(_place(folder, edition, a), a) for a in areas if a not in waiting}
    if waiting:
        pictures = _compose(waiting, store, lock, configured, edition, tick)
        for picture in pictures:
            tick(f"publish {picture.region.names.fi}")
            files = _publish(picture, languages, wanted, folder, key)
            place = _place(folder, edition, picture.region)
            done[picture.region.code] = Built(picture.region.code, place, files, True)
        if len(areas) > 1 and "html" in wanted:
            _index(folder, edition, areas, languages)
    # A look back does not become the latest edition; a plain run puts the pointer right.
    pointer = folder / "latest"
    if not pointer.is_file() or (day is None and pointer.read_text().strip() != edition):
        _point(folder, edition)
    return [done[a.code] for a in areas]


def _area_of_today(name: str) -> Region:
    """The region of a name or code; a picture is never of an earlier division.

    Raises:
        CatalogueError: No such region, or a code with a year: today's figures are not what it asks.
    """
    bare, dated, year = name.partition("@")
    found = regions.area_of_pictures(bare if dated else name)
    if dated:
        raise CatalogueError(
            f"'{name}' is {found.names.fi} in the division of {year}; pictures are made of today's "
            f"regions: write {found.code}. Figures of earlier divisions are in the one table"
        )
    return found


def index_pages(built: Sequence[Built], lang: Iterable[str] = ("fi",)) -> tuple[Path, ...]:
    """The pages that lead to every region of a run; one region alone has none.

    Args:
        built: What :func:`build` returned.
        lang: Languages.
    """
    if len(built) < 2:
        return ()
    pages = (built[0].folder.parent / f"index.{x}.html" for x in check_languages(lang))
    return tuple(p for p in pages if p.is_file())


def _iso_date(text: str | None) -> str | None:
    return None if text is None else periods.iso_date(text)


def _compose(
    areas: Sequence[Region],
    store: Path,
    lock: Sequence[Snapshot],
    configured: settings.Settings,
    edition: str,
    tick: Callable[[str], None],
) -> list[Picture]:
    from tilannekuva import observing, pictures, tidying

    catalogue: Catalogue = indicators.load(configured.path("catalogue"))
    tidied = tidying.tidy(catalogue, store, lock, tick=lambda t: tick(f"tidy {t}"))
    tick("measure")
    seen = observing.observe(tidied, catalogue, lock, edition)
    before = pictures.year_before(tidied, catalogue, lock, edition, areas)
    tick("compose")
    made = [
        _with_experts(p, configured) for p in pictures.compose_all(areas, seen, catalogue, before)
    ]
    for picture in made:
        _check_claims(
            picture,
            lambda day, area: pictures.compose_all(
                [area], observing.observe(tidied, catalogue, lock, day), catalogue
            )[0],
        )
    return made


def _experts_folder(configured: settings.Settings) -> Path:
    return configured.path("assessments") or configured.folder / "assessments"


def _with_experts(picture: Picture, configured: settings.Settings) -> Picture:
    """The picture with what the group has written about its region."""
    from tilannekuva import assessments

    sections = [s.id for c in picture.cuts for s in c.sections]
    found = assessments.read(
        _experts_folder(configured),
        regions.slug(picture.region.code),
        picture.edition,
        [*sections, *picture.indicators],
    )
    return picture.model_copy(
        update={
            "assessments": found.assessments,
            "past_assessments": found.past,
            "commentary": found.commentary,
        }
    )


def _check_claims(picture: Picture, earlier: Callable[[str, Region], Picture]) -> None:
    """A sentence of the group's that the figures contradict stops the report.

    Raises:
        ReportError: The sentence, the figure now and what it was when the text was written.
    """
    from tilannekuva.narrate import bound

    for text in picture.commentary:
        bound.fill(text, picture)  # a mark that cannot be read is found before anything is drawn
        if refuted := bound.refuted(text, picture):
            old = None
            if text.edition < picture.edition:
                old = earlier(text.edition, picture.region)
            said = "; ".join(bound.messages(refuted, old))
            raise ReportError(f"{said}. Nothing was published")


def publish(
    picture: Picture,
    formats: Iterable[str] = DEFAULT_FORMATS,
    lang: Iterable[str] = ("fi",),
    out: Path | str = "reports",
) -> list[Path]:
    """Write a picture's reports.

    Args:
        picture: What to publish.
        formats: Formats of :data:`FORMATS`.
        lang: Languages.
        out: Folder of the reports.

    Returns:
        The files, in ``out/<edition>/<region>/``: pages and workbooks, the picture, charts. The
        folder is replaced whole; on any failure the old one stays.

    Raises:
        ReportError: A report could not be made or written.
    """
    made = _publish(picture, check_languages(lang), check_formats(formats), Path(out), None)
    _point(Path(out), picture.edition)
    return list(made)


def read_picture(file: Path) -> Picture:
    """A picture from its JSON file.

    Raises:
        CatalogueError: There is no such file, or it is not a picture.
    """
    from pydantic import ValidationError

    try:
        return Picture.from_json(file.read_bytes())
    except OSError as error:
        raise CatalogueError(f"{file}: cannot be read ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise CatalogueError(f"{file}: not a picture ({where}: {first['msg']})") from error


def measure_to(
    file: Path, *, level: str = "maakunta", as_of: str | None = None, data: Path | str | None = None
) -> int:
    """Measure the store's view and write the metrics as Parquet or CSV.

    Returns:
        How many rows.

    Raises:
        DataError: No area of that level has a figure; nothing is written.
    """
    from tilannekuva import measuring, observing, table

    store = raw.store_path(data)
    day = _iso_date(as_of) or raw.edition_date(raw.read_lock(store))
    catalogue = indicators.load(_own_catalogue())
    rows = observing.observations(as_of=day, data=store, catalogue=catalogue)
    if not len(rows):
        raise DataError(f"no figure was published by {day}; take a later day (--as-of)")
    region_codes.regions(level)  # an unknown level is said before anything else
    levels = _levels(rows)
    if level not in levels:  # an empty file would look like a result
        raise DataError(
            f"0 rows: the level '{level}' has nothing to measure, and nothing was written; levels "
            f"that have figures: {', '.join(levels)}"
        )
    found = measuring.measure(rows, level=level, as_of=day, catalogue=catalogue)
    with _writing(file):
        if file.suffix == ".csv":
            raw.write_atomically(file, found.to_csv(index=False, lineterminator="\n").encode())
        else:
            table.write_parquet(found, file)
    return len(found)


def _levels(rows: pd.DataFrame) -> list[str]:
    """Levels of areas that have a figure; the country is what they are set beside, never one."""
    codes = rows.loc[rows["value"].notna(), "region"].unique()
    known = {region_codes.level(str(code)) for code in codes} - {"koko_maa"}
    return [x for x in region_codes.LEVELS if x in known and region_codes.regions(x)]


def compose_to(
    file: Path, region: str, *, as_of: str | None = None, data: Path | str | None = None
) -> Picture:
    """Compose one picture and write it as JSON.

    Returns:
        The picture.
    """
    from tilannekuva import pictures

    picture = pictures.compose(_area_of_today(region).code, as_of=as_of, data=data)
    with _writing(file):
        raw.write_atomically(file, picture.to_json().encode())
    return picture


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    """A file that cannot be written is an error that names it, and what was there stays."""
    try:
        yield
    except OSError as error:
        raise _unwritable(file, error) from error


def _place(out: Path, edition: str, region: Region) -> Path:
    return out / edition / regions.slug(region.code)


def _publish(
    picture: Picture,
    languages: Sequence[Language],
    formats: Sequence[str],
    out: Path,
    key: str | None,
) -> tuple[Path, ...]:
    place = _place(out, picture.edition, picture.region)
    with _alone(out, place):
        return _publish_alone(picture, languages, formats, place, key)


def _publish_alone(
    picture: Picture,
    languages: Sequence[Language],
    formats: Sequence[str],
    place: Path,
    key: str | None,
) -> tuple[Path, ...]:
    try:
        staging = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    except OSError as error:
        raise _unwritable(place, error) from error
    try:
        languages, formats = _with_what_is_there(place, picture, languages, formats)
        for name, content in _render(picture, languages, formats):
            file = staging / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        written = sorted(p for p in staging.rglob("*") if p.is_file())
        record = _record(staging, written, key, languages, formats)
        (staging / RECORD).write_bytes(record)
        names = [p.relative_to(staging) for p in written]
        _replace(staging, place)
    except OSError as error:
        raise _unwritable(place, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return tuple(place / n for n in sorted(names, key=_reading_order))


def _reading_order(name: Path) -> tuple[int, int, int, str]:
    """Page, workbook and other reports, language by language, then the picture, then charts."""
    if len(name.parts) > 1:
        return 2, 0, 0, name.as_posix()
    if name.suffix == ".json":
        return 1, 0, 0, name.name
    lang, kinds = name.stem.rpartition(".")[2], (".html", ".xlsx", name.suffix)
    place = LANGUAGES.index(lang) if lang in LANGUAGES else len(LANGUAGES)
    return 0, place, kinds.index(name.suffix), name.name


@contextmanager
def _alone(out: Path, place: Path) -> Iterator[None]:
    """One run at a time makes a region's report, so that what lies beside it is nobody's.

    A lock and not the number of a process: that tells nothing about a run in another container, and
    on Windows to ask whether a process lives may end it. The lock file stays and means nothing on
    its own: whoever removed one that another run waits for would let two in.

    Raises:
        ReportError: Another run has it for too long, or the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    locks = out / raw.WRITING
    try:
        for folder in (place.parent, locks):
            folder.mkdir(parents=True, exist_ok=True)
        held = FileLock(locks / place.name, timeout=_PATIENCE)
        held.acquire()
    except Timeout as error:
        raise ReportError(
            f"{place}: another run has been making this report for over {_PATIENCE} s; wait until "
            "it has ended and run again"
        ) from error
    except OSError as error:
        raise _unwritable(place, error) from error
    try:
        # Left by runs that were killed, in whatever edition: mkdtemp's eight characters.
        for left in out.glob(f"????-??-??/.{place.name}.????????"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        held.release()


def _unwritable(place: Path, error: OSError) -> ReportError:
    return ReportError(
        f"{place}: the report cannot be written ({error.strerror or error}); the old one stays as "
        "it was. Free space or name another folder with --out"
    )


def _replace(staging: Path, place: Path) -> None:
    """Put the new folder in the old one's place; the old one comes back if that fails."""
    staging.chmod(0o755)
    old = place.with_name(f".{place.name}.old")
    if old.exists() and not place.exists():
        old.rename(place)  # a run that was killed between the two renames left it aside
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    try:
        staging.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _with_what_is_there(
    place: Path, picture: Picture, languages: Sequence[Language], formats: Sequence[str]
) -> tuple[tuple[Language, ...], tuple[str, ...]]:
    """Languages and formats asked for, and those that the folder has of this very picture.

    A language added later thus joins the switch of every page instead of replacing the others.
    """
    known = _read_record(place)
    try:
        same = (place / "picture.json").read_text(encoding="utf-8") == picture.to_json()
    except OSError:
        same = False
    if not known or not same:
        return tuple(languages), tuple(formats)
    return (
        tuple(x for x in LANGUAGES if x in {*languages, *known["languages"]}),
        tuple(x for x in FORMATS if x in {*formats, *known["formats"]}),
    )


def _render(
    picture: Picture, languages: Sequence[Language], formats: Sequence[str]
) -> Iterable[tuple[str, bytes]]:
    """Every file of a picture: name within the folder, bytes."""
    yield "picture.json", picture.to_json().encode()
    name = regions.slug(picture.region.code)
    reports = [f for f in formats if f in ("html", "xlsx")]
    for lang in languages:
        charts: Mapping[tuple[str, str], Any] = {}
        if "html" in formats or "png" in formats:
            from tilannekuva import storyboard

            charts = storyboard.draw_all(picture, lang)
            for chart in charts.values():
                stem = f"charts/{lang}/{chart.indicator}.{chart.kind}"
                yield f"{stem}.svg", chart.svg(titled=True)
                yield f"{stem}.csv", chart.csv()
                if "png" in formats:
                    yield f"{stem}.png", chart.png()
        downloads = [f"{name}.{lang}.{f}" for f in reports if f != "html"] + ["picture.json"]
        for report in reports:
            room = import_module(f"tilannekuva.reports.{report}")
            extra = {"charts": charts, "languages": languages, "downloads": downloads}
            content = room.render(picture, lang, **(extra if report == "html" else {}))
            yield f"{name}.{lang}.{report}", content


def _record(
    staging: Path,
    files: Sequence[Path],
    key: str | None,
    languages: Sequence[str],
    formats: Sequence[str],
) -> bytes:
    hashes = {
        p.relative_to(staging).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
    }
    record = {
        "inputs": key,
        "languages": list(languages),
        "formats": list(formats),
        "files": hashes,
    }
    return (json.dumps(record, indent=1, sort_keys=True) + "\n").encode()


def _read_record(place: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((place / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(found, dict) and {"inputs", "languages", "formats", "files"} <= set(found)
    return found if whole else None


def _up_to_date(place: Path, key: str, languages: Sequence[str], formats: Sequence[str]) -> bool:
    known = _read_record(place)
    if not known or known["inputs"] != key:
        return False
    if not set(languages) <= set(known["languages"]) or not set(formats) <= set(known["formats"]):
        return False
    try:
        return all(
            hashlib.sha256((place / name).read_bytes()).hexdigest() == digest
            for name, digest in known["files"].items()
        )
    except OSError:
        return False


def _existing(place: Path, region: Region) -> Built:
    known = _read_record(place) or {"files": {}}
    files = tuple(place / n for n in sorted(map(Path, known["files"]), key=_reading_order))
    return Built(region.code, place, files, False)


def _inputs(store: Path, configured: settings.Settings, edition: str) -> str:
    """A hash of everything that a picture follows from: figures, descriptions, code, edition."""
    digest = hashlib.sha256(edition.encode())
    package = Path(indicators.__file__).parent
    files = [store / raw.LOCK, *sorted(f for f in package.rglob("*") if _counts(f))]
    own = configured.path("catalogue")
    if own is not None:
        files += sorted(own.rglob("*.toml"))
    experts = _experts_folder(configured)
    files += sorted(f for f in experts.rglob("*") if f.suffix in (".toml", ".md"))
    for file in files:
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    # The raw files are checked against the lock here: an edited one must not pass for "no news".
    raw.verify(store)
    return digest.hexdigest()


def _counts(file: Path) -> bool:
    return file.is_file() and file.suffix != ".pyc" and "snapshot" not in file.parts


def _point(out: Path, edition: str) -> None:
    """``latest`` names the edition that was written last."""
    try:
        raw.write_atomically(out / "latest", f"{edition}\n".encode())
    except OSError as error:
        raise _unwritable(out / "latest", error) from error


def _index(out: Path, edition: str, areas: Sequence[Region], languages: Sequence[Language]) -> None:
    """The page that leads to every region of the run."""
    from tilannekuva.reports import html

    pictures = []
    for a in areas:
        text = (_place(out, edition, a) / "picture.json").read_bytes()
        pictures.append(Picture.from_json(text))
    for lang in languages:
        page = html.render_index(pictures, lang, languages=languages)
        try:
            raw.write_atomically(out / edition / f"index.{lang}.html", page)
        except OSError as error:
            raise _unwritable(out / edition, error) from error
