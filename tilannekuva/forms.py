"""The experts' forms read back: filled rows → judgements → the edition's file of judgements.

What is wrong in a form is said by file, sheet, row and column, and then nothing is written; a row
without a judgement and reasons was left empty, and is not given.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from tilannekuva import assessments, raw, regions, words
from tilannekuva.errors import CatalogueError, SourceError
from tilannekuva.model import Assessment, Cut, Indicator
from tilannekuva.sources import headed
from tilannekuva.sources.headed import File, Table, is_blank

__all__ = ["Filled", "Known", "read", "save", "subjects", "to_toml"]

_JUDGED = ("now", "in_6_months", "in_12_months")
_GIVEN = (*_JUDGED, "reasons")
"""Columns that say that a row was filled in; a role alone may have been copied down."""
_HEADS = {key: f"form.head.{key}" for key in ("subject", *_GIVEN, "role")}
_CODE = re.compile(r"\(([A-Z]+[0-9]+)\)\s*$")
_ESCAPED = {
    "\b": r"\b",
    "\t": r"\t",
    "\n": r"\n",
    "\f": r"\f",
    "\r": r"\r",
    '"': r"\"",
    "\\": r"\\",
}
_UNSEEN = re.compile('[\x00-\x1f\x7f-\x9f\u2028\u2029"\\\\]')
"""What a text in TOML cannot hold as it is, and what would look like the end of a line."""


class Known(Protocol):
    """A picture or a catalogue: it knows what may be judged."""

    @property
    def cuts(self) -> Sequence[Cut]:
        """Themes and chapters."""

    @property
    def indicators(self) -> Mapping[str, Indicator]:
        """Indicators by id."""


class Filled(NamedTuple):
    """What some forms of one region and edition say together."""

    region: str
    """Code of the region."""
    edition: str
    assessments: tuple[Assessment, ...]
    """In the order of the subjects, of one subject by role: the order of the files is no matter."""


def subjects(known: Known) -> tuple[str, ...]:
    """Ids of all that may be judged: themes, chapters, indicators."""
    sections = (s.id for cut in known.cuts for s in cut.sections)
    return tuple(dict.fromkeys([*sections, *known.indicators]))


def read(
    files: Sequence[File],
    known: Known,
    *,
    region: str | None = None,
    edition: str | None = None,
) -> Filled:
    """Read filled forms, one or several.

    Args:
        files: Forms in any of the three languages: paths, bytes or open files.
        known: What may be judged: a picture, or a catalogue.
        region: Code of the region that the forms must be of; that of the first form by default.
        edition: The same of the edition.

    Raises:
        SourceError: A file is no form of ours, or lost its sheet or a heading.
        CatalogueError: A form of another region or edition, a judgement without reasons or role, an
            unknown subject or judgement, a subject judged twice by a role: file, sheet, row, column
            and what to do.
    """
    if not files:
        raise CatalogueError("no form was named; name the filled forms")
    place = {s: n for n, s in enumerate(subjects(known))}
    seen: dict[tuple[str, str], str] = {}
    found: list[Assessment] = []
    for file in files:
        data, where = headed.content(file)
        form = headed.read(data, "form.sheet", _HEADS, where)
        region = _same(form, "region", _region(form), region)
        edition = _same(form, "edition", _edition(form), edition)
        for number, given in _filled(form, set(place), edition):
            key = given.subject, assessments.same_role(given.role)
            at = form.at(number, "subject")
            if key in seen:
                raise CatalogueError(
                    f"{at}: '{given.subject}' is judged by the role '{given.role}' in {seen[key]} "
                    "too; keep one of the rows"
                )
            seen[key] = at
            found.append(given)
    found.sort(key=lambda a: (place[a.subject], a.role))
    return Filled(region or "", edition or "", tuple(found))


def to_toml(found: Iterable[Assessment]) -> str:
    r"""Judgements as the text of a file of judgements; the same ones always give the same text.

    >>> print(to_toml([Assessment(subject="growth", now="+", reasons='"Uusi" kaivos', role="a")]))
    [[assessment]]
    subject = "growth"
    now = "+"
    reasons = "\"Uusi\" kaivos"
    role = "a"
    <BLANKLINE>
    """
    keys = ("subject", *_GIVEN, "role")
    return "\n".join(
        "".join(
            ["[[assessment]]\n"]
            + [f"{k} = {_quoted(getattr(a, k))}\n" for k in keys if getattr(a, k) is not None]
        )
        for a in found
    )


def save(filled: Filled, folder: Path, known: Known) -> Path:
    """Write what forms say as the file of judgements of their region and edition.

    Args:
        filled: What :func:`read` gave.
        folder: The folder of assessments; it need not exist.
        known: What may be judged.

    Returns:
        ``<folder>/<region>/<edition>.toml``, written whole or not at all.

    Raises:
        CatalogueError: Nothing was filled in, there is another file already, or a judgement is in
            a Markdown file of the edition too. Nothing is written then.
        SourceError: The folder cannot be written to.
    """
    if not filled.assessments:
        raise CatalogueError("no row of the forms is filled in; nothing was written")
    slug = regions.slug(filled.region)
    file, text = folder / slug / f"{filled.edition}.toml", to_toml(filled.assessments)
    if file.exists():
        if file.is_file() and file.read_bytes() == text.encode():
            return file
        raise CatalogueError(
            f"{file}: there are other judgements of this edition already, and nothing was written; "
            "move the file away and read all forms of the edition together, or add the new "
            "judgements to it by hand"
        )
    sections = [s.id for cut in known.cuts for s in cut.sections]
    there = assessments.read(folder, slug, filled.edition, sections, known.indicators).assessments
    own = [a for a in there if a.edition == filled.edition]
    written = {(a.subject, assessments.same_role(a.role)) for a in own}
    for a in filled.assessments:
        if (a.subject, assessments.same_role(a.role)) in written:
            raise CatalogueError(
                f"{file.with_suffix('')}: '{a.subject}' is judged by the role '{a.role}' in a "
                "Markdown file too, and nothing was written; keep one of the two"
            )
    try:
        raw.write_atomically(file, text.encode())
    except OSError as error:
        raise SourceError(
            f"{file}: cannot be written ({error.strerror or error}); nothing was written"
        ) from error
    return file


# --- whose form it is -------------------------------------------------------------------------


def _same(form: Table, key: str, found: str, wanted: str | None) -> str:
    """What the form says, which must be what is wanted."""
    if wanted is not None and found != wanted:
        raise CatalogueError(
            f"{_label(form, key)[0]}: the form is of {found}, not of {wanted}; read forms of one "
            "region and edition together"
        )
    return found


def _label(form: Table, key: str) -> tuple[str, Any]:
    """The place and content of what stands beside a label above the table."""
    label = words.message(f"form.{key}", form.lang)
    for row, cells in form.above.items():
        for column, cell in enumerate(cells, 1):
            if isinstance(cell, str) and cell.strip() == label:
                for beside, value in enumerate(cells[column:], column + 1):
                    if not is_blank(value):
                        at = f"{headed.letters(beside)}{row}"
                        return f"{form.where}, row {row}, '{label}' ({at})", value
                raise CatalogueError(
                    f"{form.where}, row {row}, '{label}': the cell beside it is empty; write what "
                    "was there, or fill in a new form"
                )
    raise CatalogueError(
        f"{form.where}: no '{label}' above the table, so it cannot be told whose form it is; fill "
        "in a new form"
    )


def _region(form: Table) -> str:
    at, cell = _label(form, "region")
    code = _CODE.search(cell) if isinstance(cell, str) else None
    if code is None:
        raise CatalogueError(f"{at}: '{cell}' has no code of a region, such as Kainuu (MK18)")
    try:
        return regions.area_of_pictures(code[1]).code
    except CatalogueError as error:
        raise CatalogueError(f"{at}: {error}") from error


def _edition(form: Table) -> str:
    at, cell = _label(form, "edition")
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat()[:10]
    text = str(cell).strip()
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date().isoformat()
    except ValueError:
        raise CatalogueError(
            f"{at}: '{text}' is no edition; write the date that was there, such as 2025-10-23"
        ) from None


# --- its rows ---------------------------------------------------------------------------------


def _filled(form: Table, known: set[str], edition: str) -> Iterator[tuple[int, Assessment]]:
    """The judgements of a form by row."""
    for number, cells in form.rows.items():
        if not all(is_blank(cells[key]) for key in _GIVEN):
            yield number, _assessment(form, number, known, edition)


def _assessment(form: Table, number: int, known: set[str], edition: str) -> Assessment:
    cells = form.rows[number]

    def fail(key: str, what: str) -> CatalogueError:
        return CatalogueError(f"{form.at(number, key)}: {what}")

    values: dict[str, Any] = {}
    for key in ("subject", *_JUDGED, "reasons", "role"):
        try:
            values[key] = _judgement(cells[key]) if key in _JUDGED else _text(cells[key])
            if key == "reasons":
                assessments.plain_reasons(values[key])
        except ValueError as error:
            raise fail(key, str(error)) from error
        if not values[key] and key in _MISSING:
            raise fail(key, _MISSING[key])
        if key == "subject" and values[key] not in known:
            near = difflib.get_close_matches(values[key], sorted(known), 1)
            hint = f"did you mean '{near[0]}'?" if near else "write the id that was there"
            raise fail(key, f"'{values[key]}' is no theme, chapter or indicator; {hint}")
    values["role"] = " ".join(values["role"].split())
    return Assessment(**values, edition=edition)


_MISSING = {
    "subject": "the id is missing; write the one that was there",
    "now": "the judgement of now is missing; choose one, or empty the row",
    "reasons": "the reasons are missing; a judgement without reasons is not shown",
    "role": "the role is missing; write whose view it is, a role and not a name",
}


def _judgement(cell: Any) -> str | None:
    """A judgement as it was chosen or typed; a program may have made a number of the 0.

    >>> _judgement(" + "), _judgement(chr(0x2212)), _judgement(0), _judgement(None)
    ('+', '-', '0', None)
    """
    if is_blank(cell):
        return None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return assessments.judgement("0" if cell == 0 else str(cell))
    return assessments.judgement(str(cell))


def _text(cell: Any) -> str:
    if is_blank(cell):
        return ""
    if not isinstance(cell, str):
        raise ValueError(f"'{cell}' is not a text; write it as text")
    return cell.replace("\r\n", "\n").replace("\r", "\n").strip()


def _quoted(text: str) -> str:
    r"""A text as TOML holds it, on one line.

    >>> print(_quoted('"\\\n'))
    "\"\\\n"
    """
    escaped = _UNSEEN.sub(lambda m: _ESCAPED.get(m[0], f"\\u{ord(m[0]):04x}"), text)
    return f'"{escaped}"'
