"""An edited Word document read back: which of its numbers the picture does not have.

Our own sentences and table rows are known by everything but their numbers, so a digit that was
changed in one of them is seen even where the new number happens to be a figure of something else.
In a sentence that people have written or reworded a number can be right or the figure of something
else: what it is a figure of is said beside it, for a person to read.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tilannekuva.charts import Chart
from tilannekuva.model import Language, Picture
from tilannekuva.reports import _docx_brief, _docx_styles, _page
from tilannekuva.reports._docx_book import Book
from tilannekuva.reports._docx_numbers import Known, Meaning, Written, numbers, of_picture
from tilannekuva.reports._docx_story import running, story
from tilannekuva.reports._docx_tables import cards_table
from tilannekuva.reports._docx_text import CELL, blocks
from tilannekuva.reports._findings import told
from tilannekuva.storyboard import Storyboard, draw_all, storyboard

__all__ = ["Checked", "Stray", "ToRead", "check", "lines"]


class Stray(NamedTuple):
    """A number of a text that the picture does not have there."""

    number: str
    """As it is written."""
    text: str
    """The sentence or the table row that it stands in."""
    expected: str = ""
    """What the picture's own document has in its place, where the sentence is ours."""
    paragraph: int = 0
    """Which paragraph or table row of the document, from 1."""


class ToRead(NamedTuple):
    """A number of a sentence that is not ours: the picture has it, but of this or of another?"""

    number: str
    text: str
    """The sentence or the table row that it stands in."""
    meanings: tuple[str, ...]
    """What figures of the picture it is, the likeliest first; empty for a count or a rule."""
    named: bool = False
    """Whether the sentence can be about the first of them: name, area and time are not others."""
    own: str = ""
    """What the picture has of what the sentence names, where that is another number."""
    ours: str = ""
    """The picture's own sentence that is most like this one, where it has another number."""
    paragraph: int = 0


class Checked(NamedTuple):
    """What was found in an edited document, in the order of its text."""

    strays: tuple[Stray, ...]
    to_read: tuple[ToRead, ...]


def check(picture: Picture, data: bytes, lang: Language) -> Checked:
    """Hold the numbers of an edited document against the picture's."""
    own = list(_said(picture, lang))
    known = of_picture(picture, lang)
    patterns: _Patterns = {}
    rows = _Rows()
    for text in own:
        known.read(text)
        rows.add(text)
        for sentence in _sentences(text):
            patterns.setdefault(_masked(sentence), {})[_bare(sentence)] = sentence
    strays: list[Stray] = []
    to_read: list[ToRead] = []
    labels = {i: picture.indicators[i].label[lang] for i in picture.findings}
    for n, block in enumerate(blocks(data), 1):
        for sentence in _sentences(block.text):
            text = _plain(sentence)
            mask = _masked(sentence)
            if mask in patterns and _WORD.search(mask):
                wrong = _changed(sentence, patterns[mask])
                strays.extend(Stray(number.text, text, had, n) for number, had in wrong)
                continue
            if (changed := rows.changed(sentence)) is not None:
                strays.extend(Stray(number, text, had, n) for number, had in changed)
                continue
            for number in numbers(sentence):
                if not known.has(number):
                    strays.append(Stray(number.text, text, "", n))
                elif not known.time(number):
                    to_read.append(_to_read(number, sentence, known, labels, patterns, n))
    return Checked(tuple(strays), tuple(to_read))


_Patterns = dict[str, dict[tuple[str, ...], str]]
"""Our sentences by what they say without their numbers, and then by their numbers."""
_WORD = re.compile(r"[^\W\d_]{3}")


def _changed(sentence: str, ours: Mapping[tuple[str, ...], str]) -> Iterator[tuple[Written, str]]:
    """Numbers of one of our sentences that are not those it has, and what it has."""
    bare = _bare(sentence)
    if bare in ours:
        return

    def agrees(own: tuple[str, ...]) -> tuple[int, int]:
        # Most of the same numbers, in whatever order; then most of them in their places.
        same = (Counter(own) & Counter(bare)).total()
        return same, sum(a == b for a, b in zip(own, bare, strict=True))

    near = max(sorted(ours), key=agrees)
    for number, had, has in zip(numbers(sentence), numbers(ours[near]), bare, strict=True):
        if had.bare != has:
            yield number, had.text


class _Rows:
    """Our table rows by their first cell, so that a cell of one is known whatever was put there."""

    def __init__(self) -> None:
        self.ours: dict[tuple[str, int], list[list[str]]] = {}

    def add(self, text: str) -> None:
        """One of our paragraphs or table rows."""
        if CELL in text:
            cells = self._cells(text)
            self.ours.setdefault((cells[0], len(cells)), []).append(cells)

    def changed(self, text: str) -> list[tuple[str, str]] | None:
        """Cells with a number that are not ours, and what stands in ours; None in another's row."""
        cells = self._cells(text) if CELL in text else [""]
        same = self.ours.get((cells[0], len(cells)), []) if _WORD.search(cells[0]) else []

        def alike(own: list[str]) -> int:
            return sum(a == b for a, b in zip(own, cells, strict=True))

        near = max(same, key=alike, default=None)
        if near is None or 2 * alike(near) < len(cells):
            return None
        return [
            (has, had)
            for had, has in zip(near, cells, strict=True)
            if had != has and any(numbers(has))
        ]

    @staticmethod
    def _cells(text: str) -> list[str]:
        return [" ".join(c.split()) for c in text.split(CELL)[:-1]]


def _to_read(
    number: Written, sentence: str, known: Known, labels: Mapping[str, str], patterns: _Patterns,
    paragraph: int,
) -> ToRead:  # fmt: skip
    spoken = _long_words(sentence)

    def likely(meaning: Meaning) -> tuple[bool, float, float]:
        # The one that can be meant; among those of one indicator, of the area and time spoken of.
        return (
            _spoken_of(meaning, sentence, spoken, known),
            _named(meaning.label, spoken),
            _named(meaning.text, spoken) + meaning.own,
        )

    found = sorted(known.meanings(number), key=likely, reverse=True)
    named = bool(found) and likely(found[0])[0]
    own = ""
    timed = any(known.time(n) for n in numbers(sentence))
    # Without a time, an old figure can be meant or not; a rank or a change is what it is.
    if not named or (not timed and found[0] in known.figures(found[0].indicator)):
        own = _meant(sentence, spoken, known, labels, found)
    return ToRead(
        number.text, _plain(sentence), tuple(m.text for m in found[:_TOLD]), named, own,
        "" if named or own else _like(sentence, number, patterns), paragraph,
    )  # fmt: skip


def _meant(
    sentence: str, spoken: Sequence[str], known: Known, labels: Mapping[str, str],
    found: Sequence[Meaning],
) -> str:  # fmt: skip
    """The newest figure of what a sentence names, where that is another number."""
    told = max(labels, key=lambda i: _named(labels[i], spoken), default="")
    if not told or _named(labels[told], spoken) < 1:
        return ""
    figures = known.figures(told)
    fit = [m for m in figures if m.own and _spoken_of(m, sentence, spoken, known)]
    return f"{fit[-1].text}: {figures[fit[-1]]}" if fit and fit[-1] not in found else ""


def _spoken_of(meaning: Meaning, sentence: str, spoken: Sequence[str], known: Known) -> bool:
    """Whether a sentence can be about a figure: its name, its area and its time are not others."""
    own_area = meaning.own or _named(meaning.of, spoken) == 1
    if not own_area or _named(meaning.label, spoken) < _MOSTLY:
        return False
    said = {n.bare for n in numbers(sentence) if n.readings and known.time(n)}
    years = set(re.findall(r"\b\d{4}\b", meaning.period))
    months = [w for w in _long_words(meaning.period) if w not in years]
    return not said or (
        bool(said & years) and all(any(_akin(m, s) for s in spoken) for m in months)
    )


_TOLD = 3
_MOSTLY = 0.5
_ALIKE = 0.8


def _long_words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{4,}|\b\d{4}\b", text.casefold())


def _named(name: str, spoken: Iterable[str]) -> float:
    """How many of the long words of a name are spoken, in whatever case, of one."""
    asked = _long_words(name)
    return sum(1 for a in asked if any(_akin(a, s) for s in spoken)) / max(len(asked), 1)


def _akin(one: str, other: str) -> bool:
    """Whether two words differ in their endings only, as far as can be told without a grammar.

    >>> _akin("työttömyysaste", "työttömyysasteen"), _akin("työttömyysaste", "työllisyysaste")
    (True, False)
    """
    short = min(len(one), len(other))
    return one[: max(4, -(-short * 3 // 4))] == other[: max(4, -(-short * 3 // 4))]


def _like(sentence: str, number: Written, patterns: _Patterns) -> str:
    """Our sentence that a reworded one was made from, where it does not have the number."""
    mask = _masked(sentence)
    near = difflib.get_close_matches(mask, patterns, 1, _ALIKE) if len(mask) > _SHORT else []
    ours = patterns[near[0]] if near else {}
    if any(number.bare in bare for bare in ours):
        return ""
    return _plain(next(iter(ours.values()), ""))


_SHORT = 30


def _plain(sentence: str) -> str:
    return " ".join(sentence.replace(CELL, " | ").split())


def lines(checked: Checked) -> Iterator[str]:
    """What was found as lines of text, for whoever edited the document."""
    if checked.to_read:
        yield "Please read once more: numbers in sentences that are not the picture's own"
    for n in checked.to_read:
        yield f"  {n.number}: {n.text}"
        if n.own:
            yield f"    the picture has for this: {n.own}"
        has = "; ".join(n.meanings) or "a count or a rule, no figure"
        yield f"    {'it is' if n.named else 'the picture has this number as'}: {has}"
        if n.ours:
            yield f"    a sentence of the picture like it: {n.ours}"
    if checked.strays:
        yield "Not in the picture:"
    for stray in checked.strays:
        yield f"  {stray.number}: {stray.text}"
        if stray.expected:
            yield f"    the picture has: {stray.expected}"


def _masked(sentence: str) -> str:
    """The sentence with every number taken out."""
    out, last = [], 0
    for n in numbers(sentence):
        out.append(sentence[last : n.start])
        last = n.end
    return " ".join("#".join([*out, sentence[last:]]).split())


def _bare(sentence: str) -> tuple[str, ...]:
    return tuple(n.bare for n in numbers(sentence))


_END = re.compile(r"(?<=[\w)%”\"][.!?])\s+(?=[^\W\d_a-zåäö])")


def _sentences(text: str) -> list[str]:
    """A paragraph in sentences; a table row is one."""
    return [text] if CELL in text else _END.split(text)


# ---------------------------------------------------------------- what the picture's own text is


@dataclasses.dataclass(frozen=True)
class _Unpainted(Chart):
    """A chart that is only read, never looked at."""

    def svg(self, *_: object, **__: object) -> bytes:
        """Nothing."""
        return b""


def _said(picture: Picture, lang: Language) -> Iterator[str]:
    """Every paragraph and table row of the picture's own document, and what its charts tell."""
    drawn = draw_all(picture, lang)
    charts = {
        key: _Unpainted(**{f.name: getattr(chart, f.name) for f in dataclasses.fields(chart)})
        for key, chart in drawn.items()
    }
    title = picture.region.names[lang]
    book = Book(
        _docx_styles.new(lang, title=title, subject="", running=title), picture, lang, charts, {}
    )
    plan = storyboard(picture)
    story(book, plan)
    for scene in plan.scenes:
        _docx_brief.write(book, _docx_brief.plan(scene, plan, picture))
        book.writer.text(_docx_brief.running(scene, picture, lang))
    book.writer.text(running(picture, lang))
    _beside(book, plan)
    file = _docx_styles.finish(book.document, book.writer.xml, lang, picture.as_of)
    yield from (block.text for block in blocks(file))
    for chart in drawn.values():
        yield chart.alt
        yield chart.title


def _beside(book: Book, plan: Storyboard) -> None:
    """What briefs and the page say of every finding, wherever a group may have copied it to."""
    known = [i for i, f in book.picture.findings.items() if f.latest.value is not None]
    for i in known:
        said = told(i, book.picture, book.lang)
        for text in (said.headline, *said.sentences):
            book.writer.text(text)
    cards = _page.cards(plan._replace(cards=tuple(known)), book.picture, book.lang)
    if cards:
        book.writer.raw(cards_table(book, cards))
