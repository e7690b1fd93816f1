"""The back of the page: what changed, what we do not know, sources, formulas, method."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tilannekuva import narrate, words
from tilannekuva.model import Gap, Picture, RuleChange, Snapshot

__all__ = ["accessibility", "boundaries", "changes", "formulas", "gaps", "link", "method",
           "method_values", "name_of", "sayer", "section_id", "sources", "sums"]  # fmt: skip

Say = Callable[..., str]
_MARKED = ("preliminary", "estimated", "forecast", "unreliable", "revised")


def sayer(lang: str) -> Say:
    """``say(key, **values)``: a message of the ``[page]`` table."""

    def say(key: str, **values: object) -> str:
        return words.message(f"page.{key}", lang, **values)

    return say


def name_of(picture: Picture, indicator: str, lang: str) -> str:
    """Name of an indicator as a title."""
    return words.capital(picture.indicators[indicator].names[lang])


def section_id(name: str) -> str:
    """Anchor of a chapter; indicator ids have no hyphen, so the two never meet."""
    return f"chapter-{name}"


def link(address: str) -> str:
    """An address that is safe to put behind a link: the web only, nothing that runs.

    >>> link("https://stat.fi"), link("javascript:alert(1)")
    ('https://stat.fi', '')
    """
    return address if urlsplit(address).scheme in ("http", "https") else ""


# ---------------------------------------------------------------- what changed


class ChangeLine(NamedTuple):
    """One figure that is new or revised: the name (which links), and the rest of the sentence."""

    id: str
    name: str
    href: str
    rest: str


def _rule_line(change: RuleChange, picture: Picture, lang: str) -> ChangeLine:
    name, _, rest = narrate.rule_change_text(change, picture, lang).partition(": ")
    here = change.subject in picture.findings
    section = change.subject.rpartition("/")[2]
    href = f"#{change.subject}" if here else f"#{section_id(section)}"
    href = href if here or change.kind == "theme" else ""
    return ChangeLine(change.subject, name, href, f": {rest}")


def changes(picture: Picture, lang: str) -> dict[str, Any]:
    """What differs from the view a year earlier, by kind."""
    say = sayer(lang)
    if picture.compared_with is None:
        return {"intro": say("changes_none"), "groups": []}
    groups = []
    for kind in ("new", "revised", "first"):
        found = [c for c in picture.changes if c.kind == kind]
        lines = []
        for c in found:
            text = narrate.change_text(c, picture, lang)
            name = picture.indicators[c.indicator].names[lang]
            at = text.find(name)
            rest = text[at + len(name) :] if at == 0 else ": " + text
            lines.append(ChangeLine(c.indicator, words.capital(name), f"#{c.indicator}", rest))
        if lines:
            lines.sort(key=lambda x: (x.name, x.rest))
            groups.append({"name": say(f"changes_{kind}", n=len(lines)), "lines": lines})
    others = [_rule_line(r, picture, lang) for r in picture.rule_changes]
    if others:
        groups.append({"name": say("changes_rules", n=len(others)), "lines": others})
    date = words.date(picture.compared_with, lang)
    key = "changes_edition" if picture.compared_to == "edition" else "changes_intro"
    key = key if groups else "changes_same"
    return {"intro": say(key, date=date), "groups": groups}


# ---------------------------------------------------------------- what we do not know


def gaps(picture: Picture, lang: str) -> list[dict[str, Any]]:
    """The gaps by kind, each with what it would take."""
    say = sayer(lang)
    found = []
    for kind in ("no_figures", "not_computable", "stale", "regions_missing", "no_country"):
        mine = sorted(
            (g for g in picture.gaps if g.kind == kind),
            key=lambda g: name_of(picture, g.indicator, lang),
        )
        if not mine:
            continue
        name = say(f"unknown_{kind}", n=len(mine))
        intro = say(f"unknown_{kind}_intro")
        group: dict[str, Any] = {"name": name, "intro": intro, "list": [], "table": []}
        if kind == "no_country":
            group["list"] = [_item(g, picture, lang) for g in mine]
        else:
            group["caption"] = say("unknown_caption", name=name)
            group["head"] = [say("column.indicator"), *_gap_head(kind, say)]
            group["table"] = [
                {**_item(g, picture, lang), "cells": _gap_cells(g, picture, lang)} for g in mine
            ]
        found.append(group)
    return found


def _item(gap: Gap, picture: Picture, lang: str) -> dict[str, str]:
    known = gap.indicator in picture.findings
    return {
        "id": gap.indicator, "kind": gap.kind.replace("_", "-"),
        "name": name_of(picture, gap.indicator, lang),
        "href": f"#{gap.indicator}" if known else "",
    }  # fmt: skip


def _gap_head(kind: str, say: Say) -> list[str]:
    middle = {"not_computable": ["column.missing"], "stale": ["column.last"],
              "regions_missing": ["column.period", "column.known"]}.get(kind, [])  # fmt: skip
    where = [] if kind == "regions_missing" else ["column.where"]
    return [say(k) for k in (*middle, *where)]


def _gap_cells(gap: Gap, picture: Picture, lang: str) -> list[str]:
    if gap.kind == "regions_missing":
        metrics = picture.findings[gap.indicator].metrics
        known = metrics.get("regions_n")
        n = int(known.value) if known and known.value is not None else 0
        return [words.period(gap.period, lang) if gap.period else "",
                f"{n} / {picture.level_count}"]  # fmt: skip
    cells = [where(gap, picture, lang)]
    if gap.kind == "not_computable":
        missing = [name_of(picture, p, lang) for p in gap.parents]
        return [", ".join(missing) or "–", *cells]
    if gap.kind == "stale":
        return [words.period(gap.period, lang) if gap.period else "", *cells]
    return cells


def where(gap: Gap, picture: Picture, lang: str) -> str:
    """Where a figure would come from."""
    indicator = picture.indicators[gap.indicator]
    if indicator.where is not None:
        return words.capital(indicator.where[lang])
    if gap.source in picture.sources and gap.table:
        publisher = picture.sources[gap.source].publisher[lang]
        return words.message("page.where_from", lang, publisher=publisher, table=gap.table)
    return "–"


# ---------------------------------------------------------------- sources


class SourceRow(NamedTuple):
    """One published table and what it is used for."""

    table: str
    href: str
    title: str
    lang: str
    """Language of the title: the publisher's own."""
    vintage: str
    licence: str
    note: str
    own_note: str
    used: list[dict[str, str]]


def sources(picture: Picture, lang: str) -> list[dict[str, Any]]:
    """The publishers' tables that the picture rests on, by publisher."""
    say = sayer(lang)
    used = _users(picture)
    found: dict[str, list[SourceRow]] = {}
    order = sorted(
        (s for s in picture.snapshots.values() if s.kind != "derived"),
        key=lambda s: (s.source, s.table, s.published_on, s.id),
    )
    for s in order:
        users = [{"id": i, "name": words.capital(picture.indicators[i].label[lang])}
                 for i in used.get(s.id, ())]  # fmt: skip
        found.setdefault(s.source, []).append(
            SourceRow(
                s.table, link(s.address), s.title, title_language(s),
                words.date(s.published_on, lang),
                narrate.licence_text(s.licence, lang), say("transcribed") if s.transcribed else "",
                s.note, users,
            )
        )  # fmt: skip
    return [
        {
            "publisher": picture.sources[source].publisher[lang], "rows": rows,
            "caption": say("sources_caption", publisher=picture.sources[source].publisher[lang]),
        }
        for source, rows in found.items()
    ]  # fmt: skip


_ENGLISH = frozenset(
    ("and", "by", "calculation", "figures", "from", "in", "of", "on", "per", "persons", "rate",
     "share", "the")
)  # fmt: skip
_ENGLISH_SOURCES = ("eurostat", "eea", "gbif")


def title_language(snapshot: Snapshot) -> str:
    """The language that a publisher's title is written in: Finnish, or English.

    Judged by small words and by the publisher, because no answer says it.
    """
    small = set(snapshot.title.casefold().replace(",", " ").replace(":", " ").split())
    if snapshot.source in _ENGLISH_SOURCES or small & _ENGLISH:
        return "en"
    return "fi"


def _users(picture: Picture) -> dict[str, list[str]]:
    """Snapshot → indicators whose figures rest on it, directly or through a calculation."""
    found: dict[str, list[str]] = {}
    for name, finding in picture.findings.items():
        queue, seen = list(finding.origins), set[str]()
        while queue:
            s = queue.pop()
            if s in seen or s not in picture.snapshots:
                continue
            seen.add(s)
            found.setdefault(s, []).append(name)
            queue += _parents(picture.snapshots[s])
    return found


def _parents(snapshot: Snapshot) -> Sequence[str]:
    parents: Sequence[str] = snapshot.query.get("parents", ())
    return parents


def formulas(picture: Picture, lang: str) -> list[dict[str, str]]:
    """Indicators that are computed from others, with the formula as the catalogue has it."""
    return [
        {"id": i, "name": name_of(picture, i, lang), "text": formula}
        for i in picture.findings
        if (formula := picture.indicators[i].rule)
    ]


def sums(picture: Picture, lang: str) -> str:
    """Indicators in which a figure of the region is computed from its municipalities."""
    names = [
        name_of(picture, i, lang)
        for i, f in picture.findings.items()
        if picture.indicators[i].aggregate is not None
        and not picture.indicators[i].rule
        and any(
            picture.snapshots[s].kind == "derived" for s in f.snapshots if s in picture.snapshots
        )
    ]
    return words.message("page.sums_intro", lang, names="; ".join(names)) if names else ""


# ---------------------------------------------------------------- method


def method(picture: Picture, lang: str) -> list[tuple[str, str]]:
    """The measures in words, in the order of the five questions."""
    say = sayer(lang)
    marks = ", ".join(
        f"{mark}{words.NBSP}={words.NBSP}{narrate.status_label(s, lang)}"
        for s in _MARKED
        if (mark := narrate.status_mark(s, lang))
    )
    keys = ("latest", "chance", "change", "country", "rank", "trend", "many", "fan", "target",
            "status", "missing", "boundary", "rounding")  # fmt: skip
    values = method_values(picture, lang)
    return [(say(f"method_name.{k}"), say(f"method_text.{k}", marks=marks, **values)) for k in keys]


def method_values(picture: Picture, lang: str) -> dict[str, object]:
    """What the words about the method say of this picture."""
    lowered = [picture.indicators[i].label[lang] for i in picture.trends_lowered]
    return {
        "n": picture.level_count,
        "tested": picture.trends_tested,
        "lowered": len(lowered),
        "names": f" ({'; '.join(lowered)})" if lowered else "",
    }


def boundaries(picture: Picture, lang: str) -> list[str]:
    """Every place where a series must not be read across."""
    return list(dict.fromkeys(_breaks(picture, lang)))


def _breaks(picture: Picture, lang: str) -> Iterator[str]:
    whole = [b for i, b in picture.breaks if i == "*"]
    for b in whole:
        yield narrate.break_text(b, lang)
    boundary = {(b.first_period, b.note.fi): b for _, b in picture.breaks if b.kind == "boundary"}
    for b in boundary.values():
        yield narrate.break_text(b, lang)
    for i, b in picture.breaks:
        if i != "*" and b.kind != "boundary":
            yield f"{name_of(picture, i, lang)}: {narrate.break_text(b, lang)}"


def accessibility(lang: str) -> list[str]:
    """What has been done, how it was checked, and what is known to be lacking."""
    return [words.message(f"page.accessibility_text.{k}", lang)
            for k in ("one", "two", "three", "four")]  # fmt: skip
