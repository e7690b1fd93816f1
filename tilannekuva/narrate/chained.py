"""The words of a chain: from a sentence to the row of the one table, its parts and its publishers.

A :class:`Line` has a text and, where that helps, the key or the snapshot that it is about, so that
a terminal can write it out and a page can link it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from tilannekuva import regions, words
from tilannekuva.chains import Step
from tilannekuva.errors import DataError
from tilannekuva.model import Finding, Language, Measured, Observation, Picture, Snapshot
from tilannekuva.narrate import notes, rules

__all__ = ["MAIN", "About", "Line", "Origin", "Teller", "about", "origin"]

MAIN = "latest"
"""The metric that is said first."""


@dataclass(frozen=True)
class Origin:
    """A snapshot, and for a computed one those that it was computed from."""

    snapshot: Snapshot
    publisher: str
    """In the language of the trace; empty for a computed one."""
    parents: tuple[Origin, ...] = ()

    def leaves(self) -> Iterator[Origin]:
        """The publishers' own snapshots under it."""
        if self.snapshot.kind != "derived":
            yield self
        for parent in self.parents:
            yield from parent.leaves()


@dataclass(frozen=True)
class Line:
    """One line of a chain, and the lines that belong under it."""

    kind: str
    """``sentence``, ``metric``, ``observation``, ``part``, ``rule`` or ``snapshot``."""
    text: str
    key: str = ""
    """The key of an observation and its snapshot, as the one table has them."""
    metric: str = ""
    origin: Origin | None = None
    under: tuple[Line, ...] = ()


def origin(name: str, snapshots: Mapping[str, Snapshot], publishers: Mapping[str, str]) -> Origin:
    """The snapshot of an id with everything that it was computed from.

    Args:
        name: Id of a snapshot.
        snapshots: By id, derived ones among them.
        publishers: Source id → name.

    Raises:
        DataError: A snapshot is not known: the figure could not be traced.
    """
    if name not in snapshots:
        raise DataError(f"the snapshot '{name}' is not known; a figure of it cannot be traced")
    snapshot = snapshots[name]
    parents = snapshot.query.get("parents", ()) if snapshot.kind == "derived" else ()
    return Origin(
        snapshot,
        publishers.get(snapshot.source, ""),
        tuple(origin(p, snapshots, publishers) for p in parents),
    )


class Teller:
    """The words of a chain in one language."""

    def __init__(self, picture: Picture, snapshots: Mapping[str, Snapshot], lang: Language) -> None:
        self.picture, self.known, self.lang = picture, snapshots, lang
        self.publishers = {s.id: s.publisher[lang] for s in picture.sources.values()}

    def origin(self, name: str) -> Origin:
        """The snapshot of an id, with those under it."""
        return origin(name, self.known, self.publishers)

    def say(self, key: str, **values: object) -> str:
        """A message of the ``[trace]`` table."""
        return words.message(f"trace.{key}", self.lang, **values)

    def metric(self, finding: Finding, name: str, measured: Measured) -> Line:
        """A metric row; why there is no value stands in the place of its status."""
        status = notes.status_label(measured.status, self.lang)
        if measured.value is None and measured.reason is not None:
            status = notes.reason_label(measured.reason, self.lang)
        unit = self.picture.units[self.picture.indicators[finding.indicator].unit]
        key = "metric_latest" if name == MAIN else "metric"
        period = words.period(measured.period, self.lang) if name == MAIN else measured.period
        text = self.say(
            key, name=name, value=self.value(measured.value), period=period,
            status=status, unit=unit.label[self.lang],
        )  # fmt: skip
        return Line("metric", text, metric=name)

    def value(self, value: float | None, decimals: int = 12) -> str:
        """A number with the digits that are there, binary noise left out."""
        if value is None:
            return "–"
        text = repr(round(float(f"{value:.12g}"), decimals))
        digits = len(text.partition(".")[2]) if "e" not in text else 6
        return words.number(float(text), 0 if text.endswith(".0") else digits, self.lang)

    def figure(self, row: Observation) -> str:
        """A figure with up to four decimals more than it is printed with: enough to compute on."""
        indicator = self.picture.indicators.get(row.indicator)
        return self.value(row.value, indicator.decimals + 4 if indicator else 12)

    def chain(self, step: Step) -> Iterator[Line]:
        """The observation, and how it was computed."""
        yield self.rows(step, "observation")
        yield from self.rule(step)

    def rule(self, step: Step) -> Iterator[Line]:
        """How figures were computed, with their parts under it; nothing where they were not."""
        if step.rule == "published":
            return
        indicator = self.picture.indicators[step.rows[0].indicator]
        text = rules.rule_text(step.rule, indicator, self.picture, self.lang)
        yield Line("rule", text, under=tuple(map(self.part, step.parts)))

    def part(self, step: Step) -> Line:
        """A part of a formula or a sum, with what it was computed from under it."""
        line = self.rows(step, "part")
        return Line(line.kind, line.text, line.key, under=tuple(self.rule(step)))

    def rows(self, step: Step, kind: str) -> Line:
        """Figures that stand side by side: one, or those of several areas or groups.

        The figure itself has no name: it is asked for by its name.
        """
        first, last = step.rows[0], step.rows[-1]
        areas = first.region != last.region
        items = (
            self.say(
                "item",
                name=self.region(row.region) if areas else self.group(row),
                value=self.figure(row),
            )
            for row in step.rows
        )
        many = "areas" if areas else "groups"
        text = self.say(
            "observation" if len(step.rows) == 1 else many,
            region=self.region(first.region),
            period=words.period(first.period, self.lang),
            status=notes.status_label(first.status, self.lang),
            value=self.figure(first),
            list=" · ".join(items),
        )
        if kind == "part":
            text = self.say("named", name=self.name(step), text=text)
        return Line(kind, text, _key(step))

    def name(self, step: Step) -> str:
        """The name of an indicator, with the group where a single one is meant."""
        first = step.rows[0]
        known = self.picture.indicators.get(first.indicator)
        name = known.label[self.lang] if known else first.indicator
        one = len(step.rows) == 1 and first.breakdown != "total"
        return f"{name} ({self.group(first)})" if one else name

    def region(self, code: str) -> str:
        """The name of an area, with its division where that is not today's."""
        bare, _, year = code.partition("@")
        if bare == "SSS":
            return words.message("country", self.lang)
        name = regions.region(bare).names[self.lang]
        return self.say("division", name=name, year=year) if year else name

    def group(self, row: Observation) -> str:
        """The name of a breakdown."""
        known = self.picture.indicators.get(row.indicator)
        if row.breakdown == "total":
            return self.say("total")
        return rules.groups_text(known, [row.breakdown], self.lang) if known else row.breakdown

    def snapshots(self, names: Iterable[str]) -> Iterator[Line]:
        """The publishers' tables that figures stand on, each once."""
        for leaf in self._leaves(names):
            text = "; ".join(filter(None, about(leaf, self.lang)))
            yield Line("snapshot", text, origin=leaf)

    def _leaves(self, names: Iterable[str]) -> list[Origin]:
        found = {
            leaf.snapshot.id: leaf
            for name in dict.fromkeys(names)
            for leaf in self.origin(name).leaves()
        }
        return sorted(
            found.values(),
            key=lambda o: (o.snapshot.source, o.snapshot.table, o.snapshot.published_on),
        )

    def series(self, finding: Finding) -> Iterator[Line]:
        """Where the region's whole series is from, where it is not all from the same tables."""
        tables = {name: self._tables(name) for s in finding.segments for name in set(s.origins)}
        runs: list[tuple[str, list[str]]] = []
        for segment in finding.segments:
            for period, name in zip(segment.periods, segment.origins, strict=True):
                if not runs or runs[-1][0] != tables[name]:
                    runs.append((tables[name], []))
                runs[-1][1].append(period)
        if len(runs) < 2:
            return
        for text, times in runs:
            one = len(times) == 1
            when = words.period(times[0], self.lang) if one else words.period_range(
                times[0], times[-1], self.lang)  # fmt: skip
            yield Line("series", self.say("run", time=when, tables=text))

    def _tables(self, name: str) -> str:
        """The tables under a snapshot, each with its day."""
        if name not in self.known:  # an old picture does not say
            return "–"
        told = (about(leaf, self.lang) for leaf in self._leaves([name]))
        return "; ".join(f"{a.table}, {a.published}" for a in told)


class About(NamedTuple):
    """What is known of a publisher's snapshot, in the order that it is told in."""

    table: str
    title: str
    vintage: str
    published: str
    got: str
    """How it came: fetched or carried over, and whether its figures were picked from a text."""
    check: str
    licence: str


def about(found: Origin, lang: Language) -> About:
    """A publisher's snapshot in words."""
    s = found.snapshot
    kind = "transcribed" if s.kind == "carried" and s.transcribed else s.kind
    got = words.date(s.received_at, lang) if s.received_at else ""
    return About(
        f"{found.publisher}, {s.table}",
        s.title,
        s.vintage,
        words.message("trace.published", lang, date=words.date(s.published_on, lang)),
        words.message(f"trace.{kind}", lang, date=got),
        words.message("trace.check", lang, id=s.sha256[:16]),
        notes.licence_text(s.licence, lang),
    )


def _key(step: Step) -> str:
    """``indicator · region · breakdown · period · snapshot``; of several, the first and last."""
    first, last = step.rows[0], step.rows[-1]
    ends = [a if a == b else f"{a} … {b}" for a, b in zip(first[1:3], last[1:3], strict=True)]
    snapshots = ", ".join(dict.fromkeys(row.snapshot for row in step.rows))
    return " · ".join([first.indicator, *ends, first.period, snapshots])
