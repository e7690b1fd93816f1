"""The experts' half: judgements with reasons and commentary, read from the group's own files.

``assessments/<region>/<edition>.toml`` has the judgements; a Markdown file with a head in
``assessments/<region>/<edition>/`` is one judgement with long reasons; one without, named
``<section>.<language>.md``, is commentary. Nothing here is computed from figures.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError

from tilannekuva.errors import CatalogueError
from tilannekuva.model import LANGUAGES, Assessment, Commentary, Judgement

__all__ = ["Experts", "judgement", "read"]

JUDGEMENTS: tuple[str, ...] = get_args(Judgement)
_EDITION = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
_HEAD = re.compile(r"\A\s*?\+\+\+[ \t]*\n(.*?)\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_OTHER_HEAD = re.compile(r"\A\s*(?:\+\+\+|---)[ \t]*\n\s*[a-z_0-9]+[ \t]*[=:]")
_ENTRY = re.compile(r"^\s*\[\[\s*assessment\s*\]\]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_KEYS = ("subject", "now", "in_6_months", "in_12_months", "reasons", "role")


class Experts(NamedTuple):
    """What the group has written for a region."""

    assessments: tuple[Assessment, ...] = ()
    """Of the newest edition not after the one asked for."""
    past: tuple[Assessment, ...] = ()
    """Of the editions before that."""
    commentary: tuple[Commentary, ...] = ()
    """Of the newest edition that has any in each section and language."""


def judgement(text: str) -> str:
    """A judgement as a person types it, with a true minus or a dash too.

    Raises:
        ValueError: It is none of the five.

    >>> judgement(chr(0x2212) * 2), judgement(" + ")
    ('--', '+')
    """
    plain = re.sub(r"[\u2212\u2013\u2014]", "-", text.strip())
    if plain not in JUDGEMENTS:
        raise ValueError(f"'{text}' is no judgement; write one of {' '.join(JUDGEMENTS)}")
    return plain


def read(folder: Path, region: str, edition: str, subjects: Iterable[str]) -> Experts:
    """Read what the group has written about a region up to an edition.

    Args:
        folder: The folder of assessments; it need not exist.
        region: Slug of the region (``kainuu``).
        edition: ISO date of the picture.
        subjects: Ids of the sections and indicators that may be judged or written about.

    Raises:
        CatalogueError: File, entry or line, what is wrong and what to do.
    """
    place = folder / region
    if not place.is_dir():
        return Experts()
    known = set(subjects)
    judged: dict[str, list[Assessment]] = {}
    written: dict[tuple[str, str], Commentary] = {}
    for item in sorted(place.iterdir()):
        name = item.stem if item.suffix == ".toml" else item.name
        if item.name.startswith(".") or item.name.endswith("~"):
            continue
        if not _EDITION.match(name) or (item.is_file() and item.suffix != ".toml"):
            raise CatalogueError(
                f"{item}: expected <edition>.toml or a folder <edition>/, with the edition as a "
                f"date such as {edition}"
            )
        if name > edition:
            continue
        if item.is_file():
            judged.setdefault(name, []).extend(_judgements(item, name, known))
            continue
        for file in sorted(item.glob("*.md")):
            found = _markdown(file, folder, name, known)
            if isinstance(found, Assessment):
                judged.setdefault(name, []).append(found)
            else:
                written[found.section, found.language] = found
    for name, some in judged.items():
        _check_once(place / name, some)
    newest = max(judged, default="")
    past = tuple(a for name in sorted(judged) if name != newest for a in judged[name])
    return Experts(tuple(judged.get(newest, ())), past, tuple(written.values()))


def _judgements(file: Path, edition: str, known: set[str]) -> list[Assessment]:
    text = _text(file)
    found = _toml(text, file)
    entries = found.pop("assessment", None)
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise CatalogueError(f"{file}: write each judgement under [[assessment]]")
    if found:  # a judgement under a misspelt name must not be lost
        raise CatalogueError(
            f"{file}: unknown '{next(iter(found))}'; write each judgement under [[assessment]], "
            "with its keys below that line"
        )
    lines = [n for n, t in enumerate(text.splitlines(), 1) if _ENTRY.match(t)]
    if len(lines) != len(entries):  # written in another way that TOML knows
        lines = [1] * len(entries)
    return [
        _assessment(entry, edition, known, f"{file}, line {line}")
        for entry, line in zip(entries, lines, strict=True)
    ]


def _markdown(file: Path, folder: Path, edition: str, known: set[str]) -> Assessment | Commentary:
    text = _text(file)
    if found := _HEAD.match(text):
        before = text.count("\n", 0, found.start(1))  # so that the line of an error is the file's
        head = _toml("\n" * before + found[1], file)
        body = text[found.end() :].strip()
        if body and "reasons" in head:
            raise CatalogueError(
                f"{file}, line {before}: reasons stand in the head and below it; keep one of them"
            )
        reasons = {"reasons": body} if body else {}
        return _assessment({**head, **reasons}, edition, known, f"{file}, line {before}")
    if _OTHER_HEAD.match(text):
        raise CatalogueError(
            f"{file}, line 1: the head of a judgement stands between two lines of +++, with keys "
            'such as subject = "growth"'
        )
    section, _, language = file.stem.rpartition(".")
    if language not in LANGUAGES or not section:
        raise CatalogueError(
            f"{file}: name commentary <section>.<language>.md, for example growth.fi.md; a "
            "judgement begins with a head between two lines of +++"
        )
    _check_subject(section, known, str(file))
    if not text.strip():
        raise CatalogueError(f"{file}: there is no text; write some or remove the file")
    # The picture must be the same wherever the folder lies, and say nothing of the computer.
    place = (Path(folder.name) / file.relative_to(folder)).as_posix()
    return Commentary(section=section, language=language, text=text, file=place, edition=edition)


def _assessment(entry: Mapping[str, Any], edition: str, known: set[str], where: str) -> Assessment:
    values = dict(entry)
    for key in values:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(_KEYS)}"
            raise CatalogueError(f"{where}: unknown key '{key}'; {hint}")
    for key in ("now", "in_6_months", "in_12_months"):
        if key in values:
            try:
                values[key] = judgement(str(values[key]))
            except ValueError as error:
                raise CatalogueError(f"{where}: {key}: {error}") from error
    for key in ("subject", "now", "reasons", "role"):
        if not str(values.get(key, "")).strip():
            why = "; a judgement without reasons is not shown" if key == "reasons" else ""
            raise CatalogueError(f"{where}: '{key}' is missing{why}")
    _check_subject(str(values["subject"]), known, where)
    try:
        return Assessment(**values, edition=edition)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise CatalogueError(f"{where}: {key}: {first['msg']}") from error


def _check_subject(subject: str, known: set[str], where: str) -> None:
    if subject in known:
        return
    near = difflib.get_close_matches(subject, sorted(known), 1)
    hint = f"did you mean '{near[0]}'?" if near else "`tilannekuva catalogue` lists the indicators"
    raise CatalogueError(f"{where}: '{subject}' is no theme, chapter or indicator; {hint}")


def _check_once(where: Path, found: Iterable[Assessment]) -> None:
    seen: set[tuple[str, str]] = set()
    for a in found:
        if (a.subject, a.role) in seen:
            raise CatalogueError(
                f"{where}: '{a.subject}' is judged twice by the role '{a.role}'; keep one"
            )
        seen.add((a.subject, a.role))


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise CatalogueError(f"{file}: cannot be read ({error})") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CatalogueError(
            f"{file}, line {line}: not text in UTF-8 ({error.reason}); save the file as UTF-8"
        ) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if bad := _CONTROL.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        raise CatalogueError(
            f"{file}, line {line}: a control character (U+{ord(bad[0]):04X}) that no report can "
            "print; write a line break or a blank in its place"
        )
    return text


def _toml(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{file}: not valid TOML ({error}); mend the line it names") from error
