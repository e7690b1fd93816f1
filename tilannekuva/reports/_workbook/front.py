"""Cover, contents and notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tilannekuva import narrate, regions, words
from tilannekuva.model import ABSENT, PRESENT
from tilannekuva.reports._annex import method_values
from tilannekuva.reports._workbook.book import FEW, Book, Note
from tilannekuva.reports._workbook.cells import (
    CONFIDENTIAL,
    NONE,
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    Link,
    Number,
    Row,
    Sheet,
    table_name,
)

__all__ = ["contents", "cover", "notes"]

_METHODS = ("latest", "chance", "change", "country", "rank", "trend", "many", "fan", "target",
            "boundary", "rounding")  # fmt: skip


def cover(book: Book) -> Sheet:
    """What this is, of which region and day, from whom, on what terms, and how to cite it."""
    p, lang, say = book.picture, book.lang, book.say
    title = words.message("page.title", lang, region=book.place)
    used = book.received(p.snapshots)
    publishers = "; ".join(book.publishers(used)) or NONE
    newest = book.newest(used)
    moved = " ".join(f"{note[lang]}." for _, note in regions.break_notes(p.region.code))
    texts = {
        "region": f"{p.region.names[lang]} ({p.region.code})",
        "edition": p.edition,
        "as_of": say("cover.as_of_text" if newest else "cover.as_of_same",
                     date=words.date(p.as_of, lang), newest=newest),
        "what": say("cover.what_text"),
        "status": words.message("page.notice", lang),
        "publishers": publishers,
        "scope": say("cover.scope_text", known=len(p.findings), unknown=len(p.gaps),
                     sheet=book.name("unknown")),
        "cite": say("cover.cite_text", title=title, edition=p.edition, publishers=publishers,
                    sheet=book.name("sources")),
        "licence": _licences(book, used),
        "boundary": moved and say("cover.boundary_text", sheet=book.name("notes"), moved=moved),
        "reading": say("cover.reading_text"),
    }  # fmt: skip
    rows = [(say(f"cover.{key}"), text) for key, text in texts.items() if text]
    return book.sheet(book.name("cover"), title, ("item", "content"), rows, filters=False)


def _licences(book: Book, used: Sequence[str]) -> str:
    count = Counter(book.picture.snapshots[i].licence for i in used)
    ordered = sorted(count.items(), key=lambda x: (-x[1], x[0]))
    return "; ".join(
        book.say("cover.licence_item", licence=narrate.licence_text(name, book.lang), n=n)
        for name, n in ordered
    )


def contents(book: Book, listed: Sequence[Sheet]) -> Sheet:
    """The other sheets, with links."""
    rows = [
        (Link(s.name, f"#{s.name}"), s.title, Number(len(s.rows)), table_name(s.name))
        for s in listed
    ]
    columns = ("sheet", "what", "rows", "table")
    return book.sheet(
        book.name("contents"), book.say("title.contents"), columns, rows, back=False, filters=False
    )


def notes(book: Book, *, digits: bool = False) -> Sheet:
    """Marks, statuses and terms in words; boundaries, breaks and caveats by number.

    Args:
        book: The workbook.
        digits: Whether the table of all figures has the column of all digits.
    """
    say, lang = book.say, book.lang
    where = {
        "sheet": book.name("measures"),
        "column": say("head.remark"),
        "measures": book.name("measures"),
        "all": book.name("all"),
    }
    marks = {
        "not_applicable": NOT_APPLICABLE,
        "not_available": NOT_AVAILABLE,
        "confidential": CONFIDENTIAL,
        "zero": NONE,
        "empty": say("mark.empty_mark"),
        "note": say("mark.note_mark"),
    }
    rows: list[Row] = [
        (shown, say("kind.mark"), NONE, say(f"mark.{key}", **where)) for key, shown in marks.items()
    ]
    if digits:
        rows.append((say("head.digits"), say("kind.column"), where["all"], say("mark.digits")))
    rows += [
        (narrate.status_label(s, lang), say("kind.status"), say("head.status"), say(f"status.{s}"))
        for s in (*PRESENT, *ABSENT)
    ]
    rows += [
        (
            words.message(f"page.method_name.{m}", lang),
            say("kind.method"),
            NONE,
            words.message(
                f"page.method_text.{m}", lang, marks="", **method_values(book.picture, lang)
            ),
        )
        for m in _METHODS
    ]
    rows += [
        (f"[{n}]", say(f"kind.{note.kind}"), _concerned(book, note), note.text)
        for n, note in enumerate(book.notes, 1)
    ]
    columns = ("mark", "kind", "concerns", "meaning")
    return book.sheet(book.name("notes"), say("title.notes"), columns, rows)


def _concerned(book: Book, note: Note) -> str:
    if len(note.indicators) <= FEW:
        return "; ".join(map(book.title, note.indicators))
    column = book.say("head.notes")
    return book.say("many_indicators", n=len(note.indicators), column=column)
