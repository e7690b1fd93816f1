"""From a sentence back to the publisher: which metric, which figure, which bytes, whose address.

The chain of one figure, followed through formulas and sums to the tables that it stands on. A
picture keeps the chains of its latest figures, a store those of every figure: the page of a region
and the command say them with the same words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tilannekuva import indicators, narrate, periods, regions, words
from tilannekuva.chains import Chains, Kept, Rows, Step
from tilannekuva.errors import CatalogueError, DataError
from tilannekuva.indicators import Catalogue
from tilannekuva.model import Finding, Language, Measured, Picture, Snapshot
from tilannekuva.narrate.chained import Line, Origin, Teller, origin
from tilannekuva.observing import Observed

__all__ = ["Line", "Origin", "Trace", "chains_of", "command", "from_picture", "origin", "trace"]


@dataclass(frozen=True)
class Trace:
    """Where one figure comes from."""

    indicator: str
    region: str
    """The code that the figure was given for (``MK18`` or ``MK18@2015``)."""
    period: str
    value: float | None
    """None for what is known by group only."""
    status: str
    sentences: tuple[str, ...]
    """What the picture says with it."""
    metrics: tuple[tuple[str, Measured], ...]
    """Metric rows that stand on it, by name."""
    step: Step
    """The observation, with everything that it was computed from."""
    origin: Origin
    told: tuple[Line, ...]
    """All of it in the words of a language."""

    def lines(self, lang: Language) -> Iterator[str]:
        """The chain as indented lines of text; files and addresses are written out."""
        for line in self.told:
            yield from _typed(line, lang, 0)


def _typed(line: Line, lang: Language, depth: int) -> Iterator[str]:
    text = line.text
    if line.origin is not None:
        snapshot = line.origin.snapshot
        file = words.message("trace.file", lang, file=snapshot.file)
        text = "; ".join([text, file, snapshot.address])
    label = f"trace.label.{line.kind}"
    head = f"{words.message(label, lang)}: " if words.has(label, lang) else ""
    yield "  " * depth + head + text + (f" [{line.key}]" if line.key else "")
    for under in line.under:
        yield from _typed(under, lang, depth + 1)


def command(picture: Picture, found: Trace, lang: Language) -> str:
    """The command that says the same in a terminal, of the same edition."""
    place = regions.slug(picture.region.code)
    more = "" if lang == "fi" else f" --lang {lang}"
    period = found.period
    return f"tilannekuva trace {place} {found.indicator} {period} --as-of {picture.as_of}{more}"


def chains_of(picture: Picture) -> Chains:
    """What follows the figures that a picture keeps."""
    kept = Kept(picture.observations)
    return Chains(picture.indicators, picture.snapshots, picture.shocks, kept)


def from_picture(
    picture: Picture, indicator: str, lang: Language, *, chains: Chains | None = None
) -> Trace | None:
    """The chain of a latest figure, from the picture alone.

    Args:
        picture: The picture of a region.
        indicator: Id of an indicator that has figures.
        lang: Language of the sentences and names.
        chains: Those of :func:`chains_of`, where many figures are followed.

    Returns:
        None for a picture that does not keep what its figures are computed from.
    """
    finding = picture.findings[indicator]
    step = (chains or chains_of(picture)).of(finding)
    return _trace(picture, finding, step, picture.snapshots, lang) if step else None


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
        catalogue: For aliases of indicators.
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
    chains = Chains(picture.indicators, seen.snapshots, picture.shocks, Rows(seen.rows))
    step = chains.of(finding, asked)
    if step is None:
        rows = seen.rows[(seen.rows["indicator"] == name) & seen.rows["value"].notna()]
        mine = rows["region"].astype("str").str.split("@").str[0] == picture.region.code
        there = rows.loc[mine, "period"].astype("str").unique()
        known = sorted(there, key=lambda p: periods.parse(p).end) or ["–"]
        raise DataError(
            f"{name}: {picture.region.names.fi} has no figure of {asked}; it has {known[0]}–"
            f"{known[-1]}"
        )
    return _trace(picture, finding, step, seen.snapshots, lang)


def _trace(
    picture: Picture,
    finding: Finding,
    step: Step,
    snapshots: Mapping[str, Snapshot],
    lang: Language,
) -> Trace:
    first = step.rows[0]
    about = {m: r for m, r in finding.metrics.items() if first.period in _ends(r.period)}
    said = tuple(
        s.text
        for s in narrate.sentences(finding, picture, lang)
        if {n.metric for n in s.numbers} & {*about, f"figure:{first.period}"}
    )
    teller = Teller(picture, snapshots, lang)
    told = (
        *(Line("sentence", text) for text in said),
        *(teller.metric(finding, name, measured) for name, measured in about.items()),
        *teller.chain(step),
        *teller.snapshots(row.snapshot for row in step.rows),
        *teller.series(finding),
    )
    return Trace(
        finding.indicator,
        first.region,
        first.period,
        first.value if len(step.rows) == 1 else None,
        first.status,
        said,
        tuple(about.items()),
        step,
        teller.origin(first.snapshot),
        told,
    )


def _ends(period: str) -> set[str]:
    """The period of a metric row, and the two that it is between, which may be spans."""
    parts = period.split("/")
    half = len(parts) // 2
    return {period, *parts, "/".join(parts[:half]), "/".join(parts[half:])}
