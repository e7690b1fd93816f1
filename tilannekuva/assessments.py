"""The experts' half: judgements with reasons and commentary, read from the group's own files.

``assessments/<region>/<edition>.toml`` has the judgements; a Markdown file with a head in
``assessments/<region>/<edition>/`` is one judgement with long reasons; one without, named
``<section>.<language>.md``, is commentary. Nothing here is computed from figures.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError

from tilannekuva import regions
from tilannekuva.errors import CatalogueError
from tilannekuva.model import LANGUAGES, Assessment, Commentary, Judgement

__all__ = ["Experts", "judgement", "later", "plain_reasons", "read", "same_role"]

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


def plain_reasons(text: str) -> str:
    """Reasons as they may be printed: plain text, in which no figure is filled in.

    Raises:
        ValueError: There is a mark of a bound figure, which only commentary may have.
    """
    if "{{" in text:
        raise ValueError(
            "'{{' stands in the reasons, and reasons are plain text; write the figure itself, or "
            "put the sentence into commentary, where it is filled in"
        )
    return text


def same_role(role: str) -> str:
    """What two spellings of one role share: capitals and blanks make no other role.

    >>> same_role(" Johtaja,  kunta") == same_role("johtaja, kunta")
    True
    """
    return " ".join(role.split()).casefold()


def read(
    folder: Path, region: str, edition: str, sections: Iterable[str], indicators: Iterable[str]
) -> Experts:
    """Read what the group has written about a region up to an edition.

    Args:
        folder: The folder of assessments; it need not exist.
        region: Slug of the region (``kainuu``).
        edition: ISO date of the picture.
        sections: Ids of the themes and chapters, which may be judged and written about.
        indicators: Ids of the indicators, which may be judged.

    Raises:
        CatalogueError: File, entry or line, what is wrong and what to do.
    """
    _check_regions(folder)
    told = tuple(sections)
    known = {*told, *indicators}
    judged: dict[str, list[tuple[Assessment, str]]] = {}
    written: dict[tuple[str, str], Commentary] = {}
    for name, item in _editions(folder / region):
        if name > edition:
            continue
        if item.is_file():
            judged.setdefault(name, []).extend(_judgements(item, name, known))
            continue
        for file in _texts(item):
            found = _markdown(file, folder, name, told, known)
            if isinstance(found, Commentary):
                written[found.section, found.language] = found
            else:
                judged.setdefault(name, []).append(found)
    for some in judged.values():
        _check_once(some)
    newest = max(judged, default="")
    past = tuple(a for name in sorted(judged) if name != newest for a, _ in judged[name])
    return Experts(tuple(a for a, _ in judged.get(newest, ())), past, tuple(written.values()))


def later(folder: Path, region: str, edition: str) -> tuple[str, ...]:
    """Editions after one that there are judgements or commentary of, which its picture has not."""
    return tuple(sorted({name for name, _ in _editions(folder / region) if name > edition}))


# ---------------------------------------------------------------- files


def _seen(place: Path) -> list[Path]:
    """What people have put there; what programs put beside it is nobody's."""
    if not place.is_dir():
        return []
    return [f for f in sorted(place.iterdir()) if not f.name.startswith((".", "~"))
            and not f.name.endswith("~")]  # fmt: skip


def _check_regions(folder: Path) -> None:
    """Everything in the folder of assessments is a region's folder, so that none is passed over."""
    slugs = sorted(regions.slug(r.code) for r in regions.regions("maakunta"))
    for item in _seen(folder):
        if item.name in slugs and item.is_dir():
            continue
        if item.is_file() and item.suffix not in (".toml", ".md"):
            continue  # forms, notes and the like, which nobody takes for judgements
        if item.is_file() and item.stem.casefold() == "readme":
            continue
        if item.is_file():
            raise CatalogueError(
                f"{item}: whose judgements are these? Put the file into a folder of the region, "
                f"such as {folder / 'kainuu'}"
            )
        raise CatalogueError(
            f"{item}: no region has this folder; call it {_slug_meant(item.name, slugs)}"
        )


def _slug_meant(name: str, slugs: Sequence[str]) -> str:
    try:
        return regions.slug(regions.area_of_pictures(name).code)
    except CatalogueError:
        near = difflib.get_close_matches(name.casefold(), slugs, 1)
        return near[0] if near else f"one of {', '.join(slugs)}"


def _editions(place: Path) -> list[tuple[str, Path]]:
    """Files and folders of a region by edition.

    Raises:
        CatalogueError: Something else is there.
    """
    found = []
    for item in _seen(place):
        name = item.stem if item.suffix == ".toml" else item.name
        if not _is_day(name) or (item.is_file() and item.suffix != ".toml"):
            raise CatalogueError(
                f"{item}: expected <edition>.toml or a folder <edition>/, with the edition as a "
                "date such as 2025-10-23"
            )
        found.append((name, item))
    return found


def _is_day(name: str) -> bool:
    try:
        return bool(_EDITION.match(name)) and bool(dt.date.fromisoformat(name))
    except ValueError:  # the 30th of February
        return False


def _texts(place: Path) -> list[Path]:
    found = _seen(place)
    for file in found:
        if file.suffix != ".md" or not file.is_file():
            raise CatalogueError(
                f"{file}: only Markdown files (.md) are read here; give it that ending, or put it "
                "elsewhere"
            )
    return found


def _judgements(file: Path, edition: str, known: set[str]) -> list[tuple[Assessment, str]]:
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
    places = [f"{file}, line {line}" for line in lines]
    return [
        (_assessment(entry, edition, known, where), where)
        for entry, where in zip(entries, places, strict=True)
    ]


def _markdown(
    file: Path, folder: Path, edition: str, sections: Sequence[str], known: set[str]
) -> tuple[Assessment, str] | Commentary:
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
        where = f"{file}, line {before}"
        return _assessment({**head, **reasons}, edition, known, where), where
    if _OTHER_HEAD.match(text):
        raise CatalogueError(
            f"{file}, line 1: the head of a judgement stands between two lines of +++, with keys "
            'such as subject = "growth"'
        )
    section, _, language = file.stem.rpartition(".")
    if section in sections and language not in LANGUAGES:
        raise CatalogueError(
            f"{file}: '{language}' is none of the languages {', '.join(LANGUAGES)}; name the file "
            f"{section}.fi.md, for example"
        )
    if language not in LANGUAGES or not section:
        raise CatalogueError(
            f"{file}: name commentary <section>.<language>.md, for example growth.fi.md; a "
            "judgement begins with a head between two lines of +++"
        )
    if section not in sections:
        near = difflib.get_close_matches(section, sections, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"they are {', '.join(sections)}"
        raise CatalogueError(
            f"{file}: commentary is of a theme or chapter, and '{section}' is none; {hint}"
        )
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
    for key in ("subject", "reasons", "role"):
        if key in values and not isinstance(values[key], str):
            raise CatalogueError(f'{where}: {key} is no text; write it in quotes, {key} = "…"')
    for key in ("subject", "now", "reasons", "role"):
        if not str(values.get(key, "")).strip():
            why = "; a judgement without reasons is not shown" if key == "reasons" else ""
            raise CatalogueError(f"{where}: '{key}' is missing{why}")
    _check_subject(values["subject"], known, where)
    try:
        plain_reasons(values["reasons"])
    except ValueError as error:
        raise CatalogueError(f"{where}: {error}") from error
    values["role"] = " ".join(values["role"].split())
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


def _check_once(found: Iterable[tuple[Assessment, str]]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for a, where in found:
        key = a.subject, same_role(a.role)
        if key in seen:
            raise CatalogueError(
                f"{where}: '{a.subject}' is judged by the role '{a.role}' in {seen[key]} too; "
                "keep one"
            )
        seen[key] = where


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
