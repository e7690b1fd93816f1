"""From a sentence back to the publisher: which metric, which figure, which bytes, whose address.

The chain of one figure, followed through formulas and sums to the tables that it stands on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tilannekuva import indicators, narrate, periods, words
from tilannekuva.errors import CatalogueError, DataError
from tilannekuva.indicators import Catalogue
from tilannekuva.model import Language, Measured, Picture, Snapshot
from tilannekuva.observing import Observed

__all__ = ["Origin", "Trace", "origin", "trace"]


@dataclass(frozen=True)
class Origin:
    """A snapshot, and for a computed one those that it was computed from."""

    snapshot: Snapshot
    publisher: str
    """In the language of the trace; empty for a computed one."""
    parents: tuple[Origin, ...] = ()


@dataclass(frozen=True)
class Trace:
    """Where one figure comes from."""

    indicator: str
    region: str
    """The code that the figure was given for (``MK18`` or ``MK18@2015``)."""
    period: str
    value: float | None
    status: str
    sentences: tuple[str, ...]
    """What the picture says with it."""
    metrics: tuple[tuple[str, Measured], ...]
    """Metric rows that stand on it, by name."""
    origin: Origin

    def lines(self, lang: Language) -> Iterator[str]:
        """The chain as indented lines of text."""
        say = words.message
        for sentence in self.sentences:
            yield say("trace.sentence", lang, text=sentence)
        for name, measured in self.metrics:
            shown = "–" if measured.value is None else _plain(measured.value, lang)
            yield say("trace.metric", lang, name=name, value=shown, period=measured.period)
        value = "–" if self.value is None else _plain(self.value, lang)
        yield say(
            "trace.observation", lang, indicator=self.indicator, region=self.region,
            period=self.period, value=value, status=narrate.status_label(self.status, lang),
        )  # fmt: skip
        yield from _chain(self.origin, lang, 1)


def _plain(value: float, lang: Language) -> str:
    """With every digit that is there, binary noise left out: a trace rounds nothing."""
    value = float(f"{value:.12g}")
    text = repr(value)
    digits = len(text.partition(".")[2]) if "e" not in text else 6
    return words.number(value, 0 if text.endswith(".0") else digits, lang)


def _chain(found: Origin, lang: Language, depth: int) -> Iterator[str]:
    indent, s = "  " * depth, found.snapshot
    if s.kind == "derived":
        yield indent + words.message("trace.derived", lang, formula=s.title, id=s.id)
        for parent in found.parents:
            yield from _chain(parent, lang, depth + 1)
        return
    kind = words.message(f"trace.{s.kind}", lang)
    yield indent + words.message(
        "trace.snapshot", lang, publisher=found.publisher, table=s.table, title=s.title, kind=kind,
        vintage=s.vintage, published=s.published_on, id=s.id, file=s.file, address=s.address,
        licence=s.licence,
    )  # fmt: skip


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


def trace(
    picture: Picture,
    seen: Observed,
    catalogue: Catalogue,
    indicator: str,
    period: str | None = None,
    *,
    lang: Language = "fi",
) -> Trace:
    """Follow one figure of a picture back to its publishers.

    Args:
        picture: The picture of a region.
        seen: The view that it was composed from.
        catalogue: For names of indicators and publishers.
        indicator: Id or alias.
        period: As in the table, or in another spelling that can be read; the latest by default.
        lang: Language of the sentences and names.

    Returns:
        The chain from the sentence to the publisher's address.

    Raises:
        CatalogueError: There is no such indicator, or it has no figures in this region.
        DataError: There is no figure of that period: the periods that there are.
    """
    name = indicators.find(catalogue, indicator)
    finding = picture.findings.get(name)
    if finding is None:
        raise CatalogueError(
            f"{name}: {picture.region.names.fi} has no figures of it; the page's list of what is "
            "not known says who would have them"
        )
    asked = periods.canonical(period) if period else finding.latest.period
    rows = seen.rows
    mine = [c for c in rows["region"].cat.categories if c.split("@")[0] == picture.region.code]
    part = rows[(rows["indicator"] == name) & rows["region"].isin(mine)]
    total = part[part["breakdown"] == "total"]
    part = total if len(total) else part
    row = part[part["period"] == asked]
    if not len(row):
        there = part.loc[part["value"].notna(), "period"].astype("str").unique()
        known = sorted(there, key=lambda p: periods.parse(p).end) or ["–"]
        raise DataError(
            f"{name}: {picture.region.names.fi} has no figure of {asked}; it has {known[0]}–"
            f"{known[-1]}"
        )
    # Of two divisions the one that the picture's newest stretch stands on.
    newest = finding.segments[-1].region if finding.segments else picture.region.code
    at = row[row["region"] == newest] if (row["region"] == newest).any() else row
    first = at.iloc[0]
    publishers = {s.id: s.publisher[lang] for s in catalogue.sources.values()}
    about = {m: r for m, r in finding.metrics.items() if asked in r.period.split("/")}
    said = [
        s.text
        for s in narrate.sentences(finding, picture, lang)
        if {n.metric for n in s.numbers} & {*about, f"figure:{asked}"}
    ]
    value = first["value"]
    return Trace(
        name,
        str(first["region"]),
        asked,
        None if value != value else float(value),
        str(first["status"]),
        tuple(said),
        tuple(about.items()),
        origin(str(first["snapshot"]), seen.snapshots, publishers),
    )
