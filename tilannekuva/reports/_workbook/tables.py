"""Tables of one row an indicator: key figures, themes, chapters, the rest, what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tilannekuva import narrate, words
from tilannekuva.model import Finding
from tilannekuva.reports._workbook.book import Book
from tilannekuva.reports._workbook.cells import NONE, NOT_APPLICABLE, Number, Row, Sheet
from tilannekuva.storyboard import CARDS, fresh

__all__ = ["key_figures", "sections", "unknown"]

_CHANCE = ("interval_low", "interval_high")
_KEY = ("indicator", "value", *_CHANCE, "unit", "period", "gap", "gap_unit", "share_of_country",
        "rank", "trend", "marks", "notes", "indicator_id")  # fmt: skip
_METRICS = ("change_1y", "change_5y", "change_10y", "change_pct_10y", "gap", "gap_pct",
            "share_of_country")  # fmt: skip
_SECTION = ("indicator", "value", *_CHANCE, "unit", "period", "status", *_METRICS, "rank", "trend",
            "notes", "indicator_id")  # fmt: skip
_UNKNOWN = ("indicator", "missing", "last", "meaning", "indicator_id")


def key_figures(book: Book) -> Iterator[Sheet]:
    """The figures that the page has on top."""
    findings = book.picture.findings
    named = (findings[i] for i in book.picture.key_figures.figures if i in findings)
    chosen = [f for f in named if fresh(f)][:CARDS]
    yield _table(
        book,
        book.name("key_figures"),
        book.say("title.key_figures"),
        _KEY,
        chosen,
        [_key_row(book, f) for f in chosen],
    )


def sections(book: Book) -> Iterator[Sheet]:
    """A table for each section of each cut, and one for the indicators that no section names."""
    left = dict.fromkeys(book.picture.findings)
    count: Counter[str] = Counter()
    for cut in book.picture.cuts:
        for section in cut.sections:
            count[cut.kind] += 1
            name = book.say(f"name.{cut.kind}", n=count[cut.kind])
            title = book.say("title.section", sheet=name, name=section.names[book.lang])
            yield _section(book, name, title, section.indicators)
            for indicator in section.indicators:
                left.pop(indicator, None)
    yield _section(book, book.name("rest"), book.say("title.rest"), list(left))


def unknown(book: Book) -> Sheet:
    """What the picture does not know, why, and who would."""
    rows = [
        (
            book.title(g.indicator),
            book.say(f"kind.{g.kind}"),
            words.period(g.period, book.lang) if g.period else NONE,
            narrate.gap_text(g, book.picture, book.lang),
            g.indicator,
        )
        for g in book.picture.gaps
    ]
    return book.sheet(book.name("unknown"), book.say("title.unknown"), _UNKNOWN, rows)


def _section(book: Book, name: str, title: str, indicators: Sequence[str]) -> Sheet:
    known = dict.fromkeys(i for i in indicators if i in book.picture.findings)
    findings = [book.picture.findings[i] for i in known]
    return _table(book, name, title, _SECTION, findings, [_row(book, f) for f in findings])


def _table(
    book: Book,
    name: str,
    title: str,
    columns: Sequence[str],
    findings: Sequence[Finding],
    rows: Sequence[Row],
) -> Sheet:
    ids = {s for f in findings for s in f.snapshots}
    return book.sheet(name, title, columns, rows, ids=ids, filters=False)


def _start(book: Book, finding: Finding) -> Row:
    return (
        book.title(finding.indicator),
        book.number(finding, "latest"),
        *[book.number(finding, k) for k in _CHANCE],
        book.unit_label(finding),
        words.period(finding.latest.period, book.lang),
    )


def _row(book: Book, finding: Finding) -> Row:
    return (
        *_start(book, finding),
        narrate.status_label(finding.latest.status, book.lang),
        *[_metric(book, finding, metric) for metric in _METRICS],
        book.rank(finding),
        book.trend(finding),
        book.note_marks(finding.indicator),
        finding.indicator,
    )


def _metric(book: Book, finding: Finding, metric: str) -> Number | str:
    """A metric of a row; per cent of a per cent would be taken for percentage points."""
    if metric == "gap_pct" and not book.unit(finding).relative:
        return NOT_APPLICABLE
    return book.number(finding, metric)


def _key_row(book: Book, finding: Finding) -> Row:
    gap = book.number(finding, "gap")
    status = narrate.status_label(finding.latest.status, book.lang)
    marks = narrate.card(finding, book.picture, book.lang).marks
    return (
        *_start(book, finding),
        gap,
        book.difference(book.unit(finding)) if isinstance(gap, Number) else gap,
        book.number(finding, "share_of_country"),
        book.rank(finding),
        book.trend(finding),
        "; ".join(dict.fromkeys((status, *marks))),
        book.note_marks(finding.indicator),
        finding.indicator,
    )
