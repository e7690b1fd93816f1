"""Write a picture's reports into its folder, which is replaced as a whole or not at all.

What people have edited or put there goes along into the new folder.

What made a folder is written beside the reports, so that a second run with nothing new knows it
without reading a figure.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tilannekuva import raw, regions, rendering
from tilannekuva.errors import CatalogueError, ReportError
from tilannekuva.formats import FORMATS
from tilannekuva.model import LANGUAGES, Language, Picture, Region
from tilannekuva.rendering import BRIEFS, CHARTS

__all__ = [
    "RECORD",
    "Built",
    "earlier",
    "existing",
    "index",
    "place_of",
    "point",
    "reports",
    "unwritable",
    "up_to_date",
    "write",
]

RECORD = "build.json"
"""What made a region's folder, written beside it."""
_EDITABLE = (".docx", ".pptx", ".xlsx")
"""Kinds of reports that people go on editing."""
_PATIENCE = 300
"""Seconds to wait for another run that makes the same region's report."""


class Built(NamedTuple):
    """What a build left behind for one region."""

    region: str
    folder: Path
    files: tuple[Path, ...]
    fresh: bool
    """False when nothing had changed since the files were made."""


def reports(files: Iterable[Path]) -> tuple[Path, ...]:
    """Those of the files that a person opens: no charts, no picture as data."""
    return tuple(f for f in files if f.suffix != ".json" and f.parent.parent.name != CHARTS)


def place_of(out: Path, edition: str, region: Region) -> Path:
    """Folder of a region's reports of one edition."""
    return out / edition / regions.slug(region.code)


def earlier(out: Path, edition: str, area: Region, since: str | None = None) -> Path | None:
    """The picture of an earlier edition that changes are told from.

    Args:
        out: Folder of the reports.
        edition: The edition that is being made.
        area: The region.
        since: The edition wanted; by default the newest one of an earlier year, for the picture is
            made once a year and a job that runs every night must not make last night "last time".

    Returns:
        Its ``picture.json``; None where no earlier year has one.

    Raises:
        CatalogueError: The edition that was named is not there, or is not earlier.
    """
    slug = regions.slug(area.code)
    there = sorted(f.parents[1].name for f in out.glob(f"????-??-??/{slug}/picture.json"))
    if since is None:
        before = [e for e in there if e[:4] < edition[:4]]
        return out / before[-1] / slug / "picture.json" if before else None
    if since not in there or since >= edition:
        known = ", ".join(e for e in there if e < edition) or "none"
        raise CatalogueError(
            f"{out}: there is no picture of {area.names.fi} from {since} before {edition}; there "
            f"is {known}"
        )
    return out / since / slug / "picture.json"


def write(
    picture: Picture,
    languages: Sequence[Language],
    formats: Sequence[str],
    out: Path,
    key: str | None,
) -> tuple[Path, ...]:
    """Make a picture's reports and put them in the place of the older ones.

    Args:
        picture: What to publish.
        languages: Languages, in the house order.
        formats: Formats, in the house order.
        out: Folder of the reports.
        key: What the picture follows from (a hash), for the next run to know it by.

    Returns:
        The files in the order in which a person reads them.

    Raises:
        ReportError: A report could not be made or written; the old folder is as it was.
    """
    place = place_of(out, picture.edition, picture.region)
    with _alone(out, place):
        return _write_alone(picture, languages, formats, place, key)


def _write_alone(
    picture: Picture,
    languages: Sequence[Language],
    formats: Sequence[str],
    place: Path,
    key: str | None,
) -> tuple[Path, ...]:
    try:
        staging = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    except OSError as error:
        raise unwritable(place, error) from error
    try:
        languages, formats = _with_what_is_there(place, picture, languages, formats)
        for name, content in rendering.files(picture, languages, formats):
            file = staging / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        written = sorted(p for p in staging.rglob("*") if p.is_file())
        record = _record(staging, written, key, languages, formats)
        (staging / RECORD).write_bytes(record)
        names = [p.relative_to(staging) for p in written]
        _keep(place, staging)
        _replace(staging, place)
    except OSError as error:
        raise unwritable(place, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return tuple(place / n for n in sorted(names, key=_reading_order))


def _reading_order(name: Path) -> tuple[int, int, int, str]:
    """Reports language by language, briefs, the data package and the picture, then charts."""
    lang, ending = name.stem.rpartition(".")[2], name.suffix[1:]
    place = LANGUAGES.index(lang) if lang in LANGUAGES else len(LANGUAGES)
    kind = FORMATS.index(ending) if ending in FORMATS else len(FORMATS)
    if len(name.parts) > 1:
        return 1 if name.parts[0] == BRIEFS else 3, place, 0, name.as_posix()
    return (0 if lang in LANGUAGES else 2), place, kind, name.name


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
        raise unwritable(place, error) from error
    try:
        # Left by runs that were killed, in whatever edition: mkdtemp's eight characters.
        for left in out.glob(f"????-??-??/.{place.name}.????????"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        held.release()


def unwritable(place: Path, error: OSError) -> ReportError:
    """What to say when the disk refuses."""
    return ReportError(
        f"{place}: the report cannot be written ({error.strerror or error}); the old one stays as "
        "it was. Free space or name another folder with --out"
    )


def _keep(place: Path, staging: Path) -> None:
    """Take along what people have put into the folder or edited there.

    A file that the record does not name is somebody's; an office document whose bytes are not the
    record's has been edited, and stands beside the new one under a name of its own.
    """
    known = read_record(place)
    if known is None:
        return
    for file in sorted(p for p in place.rglob("*") if p.is_file()):
        name = file.relative_to(place)
        ours = known["files"].get(name.as_posix())
        if name.as_posix() == RECORD:
            continue
        if ours is not None:
            edited = file.suffix in _EDITABLE
            if not edited or hashlib.sha256(file.read_bytes()).hexdigest() == ours:
                continue
        kept, n = staging / name, 1
        while ours is not None or kept.exists():
            mark = "edited" if n == 1 else f"edited-{n}"
            kept, n, ours = staging / name.with_suffix(f".{mark}{name.suffix}"), n + 1, None
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, kept)


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
    known = read_record(place)
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


def read_record(place: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((place / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(found, dict) and {"inputs", "languages", "formats", "files"} <= set(found)
    return found if whole else None


def up_to_date(place: Path, key: str, languages: Sequence[str], formats: Sequence[str]) -> bool:
    """Whether the folder has all that is asked for, made of the same, and as it was written."""
    known = read_record(place)
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


def existing(place: Path, region: Region) -> Built:
    """What an earlier run left in the folder."""
    known = read_record(place) or {"files": {}}
    files = tuple(place / n for n in sorted(map(Path, known["files"]), key=_reading_order))
    return Built(region.code, place, files, False)


def point(out: Path, edition: str) -> None:
    """``latest`` names the edition that was written last."""
    try:
        raw.write_atomically(out / "latest", f"{edition}\n".encode())
    except OSError as error:
        raise unwritable(out / "latest", error) from error


def index(out: Path, edition: str, areas: Sequence[Region], languages: Sequence[Language]) -> None:
    """The page that leads to every region of the run."""
    from tilannekuva.reports import html

    pictures = []
    for a in areas:
        text = (place_of(out, edition, a) / "picture.json").read_bytes()
        pictures.append(Picture.from_json(text))
    for lang in languages:
        page = html.render_index(pictures, lang, languages=languages)
        try:
            raw.write_atomically(out / edition / f"index.{lang}.html", page)
        except OSError as error:
            raise unwritable(out / edition, error) from error
