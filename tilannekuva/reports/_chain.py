"""Where a figure comes from, as the page shows it: the same lines as the command says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby
from typing import NamedTuple

from tilannekuva import tracing, words
from tilannekuva.model import Language, Picture
from tilannekuva.narrate import chained
from tilannekuva.reports._annex import link, title_language
from tilannekuva.tracing import Line, Trace

__all__ = ["Item", "Part", "chain", "chains"]

_WORDS = re.compile(r"[^\W\d_]{2}")
_SEVERAL = "snapshots"


class Item(NamedTuple):
    """One line: its text, or of a snapshot the table that links and what is said after it."""

    text: str
    key: str = ""
    table: str = ""
    href: str = ""
    foreign: tuple[tuple[str, str], ...] = ()
    """(language, text) of what is in the publisher's words or the store's."""
    under: tuple[Item, ...] = ()


class Part(NamedTuple):
    """A kind of lines under its name."""

    label: str
    items: tuple[Item, ...]


def chains(picture: Picture, lang: Language) -> Mapping[str, tuple[Part, ...]]:
    """The chain of every latest figure, by indicator."""
    follow = tracing.chains_of(picture)
    traced = (tracing.from_picture(picture, i, lang, chains=follow) for i in picture.findings)
    return {t.indicator: chain(t, picture, lang) for t in traced if t is not None}


def chain(found: Trace, picture: Picture, lang: Language) -> tuple[Part, ...]:
    """One chain: first sentence and main metric only, for the others stand beside it."""
    shown = [x for x in found.told if x.kind != "metric" or x.metric == chained.MAIN]
    parts = []
    for kind, some in groupby(shown, key=lambda line: line.kind):
        lines = list(some)[: 1 if kind == "sentence" else None]
        several = kind == "snapshot" and len(lines) > 1
        label = words.message(f"trace.label.{_SEVERAL if several else kind}", lang)
        parts.append(Part(label, tuple(_item(x, lang) for x in lines)))
    typed = Item("", tracing.command(picture, found, lang))
    return (*parts, Part(words.message("trace.label.command", lang), (typed,)))


def _item(line: Line, lang: Language) -> Item:
    under = tuple(_under(x, lang) for x in line.under)
    if line.origin is None:
        return Item(line.text, line.key, under=under)
    snapshot = line.origin.snapshot
    said = chained.about(line.origin, lang)
    # Notes on a vintage are written in English; bare years are nobody's language.
    mine = "en" if _WORDS.search(said.vintage) else lang
    foreign = ((title_language(snapshot), said.title), (mine, said.vintage))
    rest = "; ".join((said.published, said.got, said.check, said.licence))
    runs = groupby((x for x in foreign if x[1]), key=lambda x: x[0])
    joined = tuple((own, "; ".join(text for _, text in some)) for own, some in runs)
    return Item(rest, "", said.table, link(snapshot.address), joined, under)


def _under(line: Line, lang: Language) -> Item:
    """A line under another: of a part that was computed itself, how is said with its name."""
    item = _item(line, lang)
    if line.kind != "rule":
        return item
    return item._replace(text=f"{words.message('trace.label.rule', lang)}: {item.text}")
