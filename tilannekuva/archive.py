"""Looking back: where a figure comes from, what differs between editions, an old edition again."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tilannekuva import editions, indicators, periods, pipeline, raw, regions, settings, tracing
from tilannekuva.editions import EditionDiff
from tilannekuva.errors import CatalogueError, TilannekuvaError
from tilannekuva.model import Language, Picture
from tilannekuva.tracing import Trace

if TYPE_CHECKING:
    from tilannekuva.reports.docx import Checked

__all__ = ["Rebuilt", "check_document", "diff", "rebuild", "trace"]


class Rebuilt(NamedTuple):
    """An old edition made again, beside the one that was published."""

    region: str
    folder: Path
    same: bool
    """Every file is byte for byte the one that was published."""
    different: tuple[str, ...]
    """Files that differ or are missing on one side."""


def trace(
    region: str,
    indicator: str,
    period: str | None = None,
    *,
    lang: Language = "fi",
    as_of: str | None = None,
    data: Path | str | None = None,
) -> Trace:
    """Follow one figure from the sentence back to the publisher's address.

    Args:
        region: Name or code of a region.
        indicator: Id or alias.
        period: The latest by default.
        lang: Language of sentences and names.
        as_of: ISO date; the newest publication by default.
        data: Folder of the store.

    Raises:
        CatalogueError: The region or the indicator is not known or has no figures.
        DataError: There is no figure of that period.
    """
    from tilannekuva import observing, pictures, tidying

    area = regions.area_of_pictures(region)
    catalogue = indicators.load(settings.read().path("catalogue"))
    store = raw.store_path(data)
    lock = raw.read_lock(store)
    day = periods.iso_date(as_of) if as_of else None
    seen = observing.observe(tidying.tidy(catalogue, store, lock), catalogue, lock, day)
    (picture,) = pictures.compose_all([area], seen, catalogue)
    return tracing.trace(picture, seen, catalogue, indicator, period, lang=lang)


def diff(old: Path | str, new: Path | str) -> tuple[EditionDiff, Picture, Picture]:
    """Compare two pictures from their files.

    Args:
        old: A ``picture.json``, or the folder that has it.
        new: The same of the later edition.

    Returns:
        What differs, and the two pictures.
    """
    before, after = (pipeline.read_picture(_picture_file(p)) for p in (old, new))
    return editions.diff(before, after), before, after


def check_document(
    file: Path | str, picture: Path | str | None = None, lang: Language | None = None
) -> Checked:
    """Hold the numbers of an edited Word document against its picture.

    Args:
        file: The ``.docx``, the whole report or a brief.
        picture: A ``picture.json``, or the folder that has it; by default the document's own folder
            or the one above it, where briefs have it.
        lang: Language of the document; by default what its name ends with, or what it says.

    Returns:
        The numbers that the picture does not have, and those of new sentences that a person should
        read once more; in the order of the text.

    Raises:
        CatalogueError: There is no such file, or no picture beside it.
        ReportError: It is not a Word document.
    """
    from tilannekuva.reports import docx

    path = Path(file)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CatalogueError(f"{path}: cannot be read ({error.strerror})") from error
    try:
        spoken = lang or docx.language(data)
        if spoken is None:
            raise CatalogueError("which language it is in cannot be seen; name it with --lang")
    except TilannekuvaError as error:
        raise type(error)(f"{path}: {error}") from error
    above = path.absolute().parents[:2]
    places = [_picture_file(picture)] if picture else [p / "picture.json" for p in above]
    place = next((p for p in places if p.is_file()), None)
    if place is None:
        raise CatalogueError(
            f"{path}: there is no picture.json beside it; name the one that it was made from with "
            "--picture"
        )
    return docx.check_numbers(pipeline.read_picture(place), data, spoken)


def _picture_file(place: Path | str) -> Path:
    path = Path(place)
    return path / "picture.json" if path.is_dir() else path


def rebuild(
    edition: str,
    names: Sequence[str] = ("kainuu",),
    *,
    out: Path | str | None = None,
    data: Path | str | None = None,
) -> list[Rebuilt]:
    """Make an old edition again from lock and raw files, and hold it against what was published.

    The languages and formats are those that the published folder has. What was published stays as
    it is.

    Args:
        edition: ISO date.
        names: Regions.
        out: Folder of the reports.
        data: Folder of the store.

    Raises:
        CatalogueError: There is no such edition of the region.
    """
    day = periods.iso_date(edition)
    folder = Path(out) if out else settings.read().path("out") or Path("reports")
    found = []
    for name in names:
        area = regions.area_of_pictures(name)
        place = folder / day / regions.slug(area.code)
        record = _record(place, day)
        since = _told_from(place)
        with tempfile.TemporaryDirectory() as scratch:
            if since is not None:  # what had changed was told from this one
                slug = regions.slug(area.code)
                shutil.copytree(folder / since / slug, Path(scratch) / since / slug)
            pipeline.build(
                [area.code],
                lang=record["languages"],
                formats=record["formats"],
                out=Path(scratch),
                as_of=day,
                since=since,
                data=data,
            )
            again = _hashes(Path(scratch) / day / regions.slug(area.code))
        published = {n: h for n, h in _hashes(place).items() if n != pipeline.RECORD}
        again.pop(pipeline.RECORD, None)
        names_ = sorted({*again, *published})
        different = tuple(n for n in names_ if again.get(n) != published.get(n))
        found.append(Rebuilt(area.code, place, not different, different))
    return found


def _told_from(place: Path) -> str | None:
    """The earlier edition that a published picture was compared with, where it still is."""
    picture = pipeline.read_picture(place / "picture.json")
    if picture.compared_to != "edition" or picture.compared_with is None:
        return None
    there = place.parents[1] / picture.compared_with / place.name / "picture.json"
    return picture.compared_with if there.is_file() else None


def _record(place: Path, edition: str) -> dict[str, list[str]]:
    try:
        found = json.loads((place / pipeline.RECORD).read_text(encoding="utf-8"))
        return {k: list(found[k]) for k in ("languages", "formats")}
    except (OSError, ValueError, KeyError) as error:
        folders = place.parent.parent.glob(f"[0-9]*/{place.name}")
        known = sorted(p.parent.name for p in folders)
        has = f"; there are {', '.join(known)}" if known else ""
        raise CatalogueError(
            f"{place}: there is no edition of {edition} to hold it against{has}"
        ) from error


def _hashes(place: Path) -> dict[str, str]:
    return {
        f.relative_to(place).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest()
        for f in sorted(place.rglob("*"))
        if f.is_file()
    }
