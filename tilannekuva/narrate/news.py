"""What has been published since the view a year before: tables and publications, by name."""

from __future__ import annotations

from tilannekuva import words
from tilannekuva.model import Change, Picture
from tilannekuva.narrate.notes import received
from tilannekuva.narrate.phrases import Clause, Number, Sentence, clause

__all__ = ["news"]

_MOST = 3
"""So many are named; the others are counted."""


def news(picture: Picture, lang: str) -> Sentence:
    """The publications that brought new or revised figures.

    What was only calculated from others is no news of its own.
    """
    if picture.compared_with is None:
        return Sentence(words.message("summary.no_comparison", lang), "changed", "")
    date = words.date(picture.compared_with, lang)
    when = Clause(date, (), (date,))
    tables = _tables(picture, picture.compared_with)
    if not tables:
        text = clause("summary.no_changes", lang, date=when)
        return Sentence(text.text, "changed", "", (), text.periods)
    named = [_item(picture, changes, source, lang) for (source, _), changes in tables.items()]
    items, links = named[:_MOST], [c[0].indicator for c in tables.values()]
    if len(named) > _MOST:
        n = len(named) - _MOST
        number = Number("changes_others", float(n), str(n), "")
        one = Clause(words.message("summary.new_other", lang))
        items.append(one if n == 1 else clause("summary.new_others", lang, n=number))
    listed = Clause(
        words.join([i.text for i in items], lang),
        tuple(x for i in items for x in i.numbers),
        tuple(x for i in items for x in i.periods),
    )
    claim = clause("summary.new", lang, date=when, items=listed)
    whole = clause("summary.changed", lang, claim=claim)
    link, *also = links[:_MOST]
    return Sentence(whole.text, "changed", link, whole.numbers, whole.periods, tuple(also))


def _tables(picture: Picture, since: str) -> dict[tuple[str, str], list[Change]]:
    """Tables of publishers, each with its changes, the broadest indicator first."""
    found: dict[tuple[str, str], list[Change]] = {}
    for change in picture.changes:
        # A formula's figure is news only through what it is made of.
        if picture.indicators[change.indicator].rule is not None:
            continue
        used, _ = received(picture.findings[change.indicator].snapshots, picture)
        fresh = [s for s in used if s.published_on > since] or used[-1:]
        for s in fresh:
            found.setdefault((s.source, s.table), []).append(change)
    return {
        key: sorted(changes, key=lambda c: -len(picture.indicators[c.indicator].axes))
        for key, changes in found.items()
    }


def _item(picture: Picture, changes: list[Change], source: str, lang: str) -> Clause:
    change = changes[0]
    name = picture.indicators[change.indicator].names[lang]
    # Names begin with a capital in the catalogue, unless it is part of the word.
    name = name if name[1:2].isupper() or not name[:1].isalpha() else name[0].lower() + name[1:]
    period = words.period(change.period, lang)
    return clause(
        "summary.new_item",
        lang,
        name=name,
        period=Clause(period, (), (period,)),
        publisher=picture.sources[source].publisher[lang],
    )
