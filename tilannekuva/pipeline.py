"""The verbs in order: fetch, tidy, measure, compose, publish. Resumable, atomic, with progress."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tilannekuva import experts, indicators, periods, raw, region_codes, regions, settings
from tilannekuva.bringing import Fetched, fetch
from tilannekuva.errors import CatalogueError, DataError
from tilannekuva.formats import DEFAULT_FORMATS, FORMATS, check_formats, check_languages, items
from tilannekuva.model import Picture, Region, Snapshot
from tilannekuva.publishing import (
    RECORD,
    Built,
    earlier,
    existing,
    index,
    place_of,
    point,
    unwritable,
    up_to_date,
    write,
)

if TYPE_CHECKING:
    import pandas as pd

    from tilannekuva.indicators import Catalogue

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
    found = tidying.tidy(
        indicators.load(settings.read().path("catalogue")), store, raw.read_lock(store)
    ).rows
    if out is not None:
        with _writing(Path(out)):
            table.write_parquet(found, Path(out))
    return found


def build(
    names: Sequence[str] = ("kainuu",),
    *,
    lang: Iterable[str] = ("fi",),
    formats: Iterable[str] = DEFAULT_FORMATS,
    out: Path | str | None = None,
    as_of: str | None = None,
    since: str | None = None,
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
        since: ISO date of the edition in ``out`` that changes are told from; by default the newest
            one of an earlier year, else the store's own figures of a year before.
        data: Folder of the store.
        tick: Called with a word about each step.

    Returns:
        One entry a region. Everything asked for is checked before anything is made.
    """
    languages, wanted = check_languages(lang), check_formats(formats)
    areas: list[Region]
    names = items(names)
    if names == ["all"]:
        areas = list(regions.regions("maakunta"))
    else:
        areas = list({r.code: r for r in map(regions.area_of_pictures, names)}.values())
    day = _iso_date(as_of)
    configured = settings.read()
    folder = Path(out) if out else configured.path("out") or Path("reports")
    store = raw.store_path(data)
    lock = raw.read_lock(store)
    edition = day or raw.edition_date(lock)
    told_from = _iso_date(since or configured.since)
    before = {a.code: earlier(folder, edition, a, told_from) for a in areas}
    inputs = _inputs(store, configured, edition)
    keys = {code: _with_file(inputs, file, told_from) for code, file in before.items()}
    waiting = [
        a
        for a in areas
        if not up_to_date(place_of(folder, edition, a), keys[a.code], languages, wanted)
    ]
    done = {a.code: existing(place_of(folder, edition, a), a) for a in areas if a not in waiting}
    if waiting:
        olds = _read_earlier(before, told_from is not None, tick)
        pictures = _compose(waiting, store, lock, configured, edition, olds, tick)
        for picture in pictures:
            tick(f"publish {picture.region.names.fi}")
            files = write(picture, languages, wanted, folder, keys[picture.region.code])
            place = place_of(folder, edition, picture.region)
            done[picture.region.code] = Built(picture.region.code, place, files, True)
        if len(areas) > 1 and "html" in wanted:
            index(folder, edition, areas, languages)
    # A look back does not become the latest edition; a plain run puts the pointer right.
    pointer = folder / "latest"
    if not pointer.is_file() or (day is None and pointer.read_text().strip() != edition):
        point(folder, edition)
    return [done[a.code] for a in areas]


def _read_earlier(
    files: Mapping[str, Path | None], named: bool, tick: Callable[[str], None]
) -> dict[str, Picture]:
    """The earlier pictures by region; one that nobody named and cannot be read is passed over."""
    found = {}
    for code, file in files.items():
        try:
            if file is not None:
                found[code] = read_picture(file)
        except CatalogueError as error:
            if named:
                raise
            tick(f"changes are told from a year before: {error}")
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
    olds: Mapping[str, Picture],
    tick: Callable[[str], None],
) -> list[Picture]:
    from tilannekuva import editions, observing, pictures, tidying

    catalogue: Catalogue = indicators.load(configured.path("catalogue"))
    tidied = tidying.tidy(catalogue, store, lock, tick=lambda t: tick(f"tidy {t}"))
    tick("measure")
    seen = observing.observe(tidied, catalogue, lock, edition)
    alone = [a for a in areas if a.code not in olds]
    before = pictures.year_before(tidied, catalogue, lock, edition, alone) if alone else None
    tick("compose")
    made = []
    for picture in pictures.compose_all(areas, seen, catalogue, before):
        old = olds.get(picture.region.code)
        told = editions.since(picture, old) if old else picture
        made.append(experts.added(told, configured))
    for picture in made:
        experts.check_claims(
            picture,
            lambda day, area: pictures.compose_all(
                [area], observing.observe(tidied, catalogue, lock, day), catalogue
            )[0],
        )
    return made


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
    made = write(picture, check_languages(lang), check_formats(formats), Path(out), None)
    point(Path(out), picture.edition)
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
    catalogue = indicators.load(settings.read().path("catalogue"))
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

    picture = pictures.compose(region, as_of=as_of, data=data)
    with _writing(file):
        raw.write_atomically(file, picture.to_json().encode())
    return picture


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    """A file that cannot be written is an error that names it, and what was there stays."""
    try:
        yield
    except OSError as error:
        raise unwritable(file, error) from error


def _inputs(store: Path, configured: settings.Settings, edition: str) -> str:
    """A hash of everything that a picture follows from: figures, descriptions, code, edition."""
    digest = hashlib.sha256(edition.encode())
    package, own = Path(indicators.__file__).parent, configured.path("catalogue")
    for root in filter(None, (package, own, experts.folder(configured))):
        # By its place: a file moved to the folder of another region or edition is another one.
        for file in sorted(
            f for f in root.rglob("*.toml" if root == own else "*") if _counts(f, root)
        ):
            digest.update(file.relative_to(root).as_posix().encode())
            digest.update(file.read_bytes())
    digest.update((store / raw.LOCK).read_bytes())
    # The raw files are checked against the lock here: an edited one must not pass for "no news".
    raw.verify(store)
    return digest.hexdigest()


def _with_file(key: str, file: Path | None, named: str | None) -> str:
    """The hash, with that of the earlier picture where there is one, and whether it was named."""
    if file is None:
        return key
    return hashlib.sha256(f"{key} {named}".encode() + file.read_bytes()).hexdigest()


def _counts(file: Path, root: Path) -> bool:
    inside = file.relative_to(root).parts
    return file.is_file() and file.suffix != ".pyc" and "snapshot" not in inside
