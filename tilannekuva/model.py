"""The nouns, as frozen and strict types. No input or output happens here.

``Source`` (lähde), ``Indicator`` (mittari), ``Region`` (alue), ``Snapshot`` (aineistoversio),
``Finding`` (nosto), ``Assessment`` (arvio), ``Picture`` (tilannekuva). The sixth noun, Observations
(havainnot), is a pandas DataFrame and lives in :mod:`tilannekuva.table`; a Report (raportti) is
bytes.
"""

from __future__ import annotations

import datetime as dt
from html import escape
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

__all__ = [
    "ABSENT",
    "LANGUAGES",
    "PRESENT",
    "Aggregate",
    "Assessment",
    "Break",
    "Caveat",
    "Change",
    "Cut",
    "Direction",
    "Finding",
    "Gap",
    "Indicator",
    "KeyFigures",
    "Language",
    "Measured",
    "Picture",
    "Query",
    "Region",
    "Section",
    "Series",
    "Snapshot",
    "Source",
    "Target",
    "Text",
    "Unit",
]

Language = Literal["fi", "sv", "en"]
LANGUAGES: tuple[Language, ...] = ("fi", "sv", "en")

Direction = Literal["up", "down", "neither"]
"""Which way is better. ``neither`` has no better end, so it gets no rank."""

PRESENT = ("final", "revised", "preliminary", "estimated", "forecast", "unreliable")
"""Statuses of a value that is there."""

ABSENT = (
    "not_available",
    "not_applicable",
    "confidential",
    "suppressed",
    "not_asked",
    "below_precision",
    "not_published_yet",
    "not_computable",
)
"""Reasons of a value that is not there. A missing value always has one; it is never zero."""


def _in_the_calendar(text: str) -> str:
    """A date that the pattern lets through can still be one that no calendar has."""
    try:
        dt.date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError as error:
        raise ValueError(f"'{text}' is not a date of the calendar ({error})") from error
    return text


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
PartialDate = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"),
    AfterValidator(_in_the_calendar),
]
"""``2023``, ``2023-11`` or ``2023-11-21``: no more precise than what is known."""


class Frozen(BaseModel):
    """A value: it cannot change, and a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Frozen):
    """The same thing said in Finnish, Swedish and English.

    >>> Text(fi="väkiluku", sv="folkmängd", en="population")["sv"]
    'folkmängd'
    """

    fi: str
    sv: str
    en: str

    def __getitem__(self, lang: str) -> str:
        return {"fi": self.fi, "sv": self.sv, "en": self.en}[lang]


class Caveat(Text):
    """What a reader of a figure must know, in one sentence."""

    region: str = "*"
    """The region it is about; ``*`` for every one."""


Protocol = Literal[
    "pxweb",
    "pxweb2",
    "sotkanet",
    "eurostat",
    "laji",
    "gbif",
    "syke",
    "classifications",
    "boundaries",
    "vipunen",
    "ckan",
    "tables",
]
"""How a service is talked to; ``tables`` are files that people hand over."""


class Source(Frozen):
    """A publisher's endpoint: where figures come from and on what terms. Data, not code."""

    id: Slug
    publisher: Text
    protocol: Protocol
    base: str
    page: str
    licence: str
    licence_address: str | None = None
    calls: int | None = None
    """How many calls are polite ..."""
    seconds: int | None = None
    """... in this many seconds; a service that states its own limit is kept to that."""
    database: str = ""
    """PxWeb: the database that tables are in unless they name another (``DB:folder/id``)."""
    language: str = ""
    """Language of the texts asked for (``sv``); empty for the service's own."""
    tables: tuple[str, ...] = ()
    """Tables asked for although no indicator is read from them: classifications, boundaries."""


class Query(Frozen):
    """Which cells of a publisher's table an indicator is, in the publisher's own codes."""

    source: Slug
    table: str
    select: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    region: str = "region"
    """Name of the variable that holds the areas; ``=MK18`` fixes one area for every row."""
    time: str = "time"
    axes: dict[str, str] = Field(default_factory=dict)
    """Our axis → the publisher's variable."""
    scheme: Literal["statfin", "nuts", "name", "auto"] = "auto"
    division: Literal["current", "as-published"] | int = "current"
    """The division of regions that the *source states* (a year: the division of that year)."""
    levels: tuple[str, ...] = ()
    """Keep these levels of regions only; empty keeps all that the register knows."""
    periods: tuple[str, ...] = ()
    """Keep periods from the first to the second of these; empty keeps all."""
    scale: float = 1.0
    reference: Literal["end", "start", "mean"] | None = None
    """Overrides the indicator's, where this publisher dates the stock in another way."""
    status: str | None = None
    """A status that holds for every value of this query, for example ``estimated``."""
    snapshots: Literal["all", "carried", "received"] = "all"
    """Read from these snapshots only. A query for ``carried`` ones is never asked of the service:
    the table is not there, or its codes and division are those of another time."""
    ask: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    """What the service must be told beside the codes: filters, resource, what to count."""
    verified: bool = True
    """False until the live table was seen to have these codes."""


class Aggregate(Frozen):
    """How a region's value follows from its municipalities' values; only counts add up."""

    method: Literal["sum", "weighted_mean"]
    weight: Slug | None = None
    levels: tuple[str, ...] = ("maakunta",)
    country: bool = False
    """True where the sum over all municipalities was shown to be the official national figure."""


class Target(Frozen):
    """A dated aim. ``scope`` wider than the region makes it indicative for the region."""

    period: str
    value: float
    kind: Literal["level", "change"] = "level"
    base_period: str | None = None
    bound: Literal["at_least", "at_most", "between"] = "at_least"
    value_high: float | None = None
    scope: Literal["eu", "national", "regional", "municipal"] = "national"
    source: str
    verified: bool = False
    per: Text | None = None
    """What the value is a share of, when the sentence needs it ("bruttokansantuotteesta")."""


class Break(Frozen):
    """A place where a series must not be read across."""

    first_period: str
    """First period on the new side."""
    region: str = "*"
    kind: Literal["definition", "boundary", "source", "method"]
    note: Text
    source: str = ""


class Indicator(Frozen):
    """One quantity with a meaning, and where its figures come from."""

    id: Slug
    subject: str
    """Name of the catalogue file it stands in."""
    names: Text
    short: Text | None = None
    """For chart labels and cards; at most about 30 characters."""
    amount: Text | None = None
    """For counts: what there were so many of ("työtöntä työnhakijaa")."""
    phrase: Text | None = None
    """The name inside a sentence: "Kainuun … oli", "… i Kajanaland var", "Kainuu's … was"."""
    names_verified: bool = True
    unit: str
    decimals: int = Field(ge=0, le=4)
    direction: Direction
    axes: tuple[str, ...] = ()
    reference: Literal["end", "start", "mean"] | None = None
    min_change: float = 0.0
    """Smallest change over a span that is worth a word, in the indicator's unit; counts, whose size
    depends on the region, have one rule for all (see ``metric_trends``)."""
    trend: bool = True
    """False where a change only tells of the measuring, as with areas of land."""
    balance: bool = False
    """True for a difference of flows, which may fall below zero: it has no percentages."""
    regions: tuple[str, ...] = ()
    """The only regions it is about; empty for every one."""
    lag_months: int | None = None
    """Usual time from the end of the period to publication."""
    query: tuple[Query, ...] = ()
    """In order of preference: the first that has a figure gives it."""
    formula: str | None = None
    aggregate: Aggregate | None = None
    targets: tuple[Target, ...] = ()
    breaks: tuple[Break, ...] = ()
    caveats: tuple[Caveat, ...] = ()
    where: Text | None = None
    """Where a figure would come from, when there is none in the store."""
    aliases: tuple[str, ...] = ()

    @property
    def label(self) -> Text:
        """The short name where there is one, else the name."""
        return self.short or self.names

    @model_validator(mode="after")
    def _has_a_way_to_figures(self) -> Self:
        if not self.query and self.formula is None and self.where is None:
            raise ValueError(
                "it needs a [[query]], a formula, or `where` saying who would have the figure"
            )
        return self


class Unit(Frozen):
    """A unit of measure, as it stands on an axis and inside a sentence."""

    id: Slug
    label: Text
    """On an axis, in a table head."""
    after: Text
    """After a number in a sentence ("prosenttia"); empty where the indicator has an amount."""
    difference: Text
    """After a difference ("prosenttiyksikköä")."""
    relative: bool = False
    """True where a difference is better said in per cent of the reference (euros, counts)."""
    extensive: bool = False
    """True where the whole is the sum of its areas: compared as a share, never as a gap."""


class Region(Frozen):
    """A code of the dated register of areas."""

    code: str
    level: str
    parent: str | None
    names: Text
    valid_from: int | None = None
    valid_to: int | None = None
    successor: str | None = None


class Snapshot(Frozen):
    """One entry of the lock: which bytes, from whom, when, on what terms. Written by machine."""

    id: str
    """First 16 hexadecimal digits of ``sha256``; ``f-…`` for formula rows."""
    kind: Literal["received", "carried", "derived"]
    sha256: str
    file: str
    bytes: int
    source: Slug
    table: str
    title: str
    vintage: str
    """In words, as precise as is known."""
    published_on: PartialDate
    received_at: str | None = None
    updated_at: str | None = None
    address: str
    query: dict[str, Any] = Field(default_factory=dict)
    licence: str
    layout: dict[str, Any] = Field(default_factory=dict)
    figures: bool = True
    """False for what only helps to read others: lists of regions, classifications, boundaries."""
    transcribed: bool = False
    carried_from: str | None = None
    original_sha256: tuple[str, ...] = ()
    note: str = ""


class Series(Frozen):
    """The figures of one area in time order, with nothing filled in."""

    region: str
    periods: tuple[str, ...]
    values: tuple[float | None, ...]
    statuses: tuple[str, ...]


class Measured(Frozen):
    """One metric of a finding: its value, or why there is none."""

    value: float | None
    period: str
    status: str
    reason: str | None = None
    """Closed vocabulary, see ``words`` key ``reason.*``."""


class Finding(Frozen):
    """The metric rows of one indicator in one region, with the figures they rest on.

    Sentence, chart, alternative text and table are all made from this and nothing else.
    """

    indicator: Slug
    region: str
    breakdown: str = "total"
    frequency: Literal["year", "half", "quarter", "month", "span"] = "year"
    segments: tuple[Series, ...]
    """The region's own figures, cut wherever a boundary or a definition changes."""
    country: Series | None = None
    peers: tuple[Series, ...] = ()
    others: tuple[Series, ...] = ()
    """Every area of the same level but the region itself, peers included."""
    parts: tuple[Series, ...] = ()
    """The region's municipalities."""
    profile: tuple[Series, ...] = ()
    """By breakdown (``region`` holds its code): the first and the latest period of the region."""
    country_profile: tuple[Series, ...] = ()
    """The same for the whole country."""
    metrics: dict[str, Measured]
    snapshots: tuple[str, ...]

    @property
    def latest(self) -> Measured:
        """The newest figure that is not a forecast."""
        return self.metrics["latest"]


class Section(Frozen):
    """An ordered list of indicators under a heading."""

    id: Slug
    names: Text
    question: Text | None = None
    """What the section is for, in one sentence."""
    indicators: tuple[Slug, ...]
    lead: tuple[Slug, ...] = ()
    """Which of them carry the argument, in order: these are drawn."""
    questions: tuple[Text, ...] = ()
    """Open questions for the discussion."""


class Cut(Frozen):
    """One way to order the same findings: themes of a year, chapters of a government term."""

    id: str
    names: Text
    kind: Literal["themes", "chapters"]
    sections: tuple[Section, ...]


class KeyFigures(Frozen):
    """Which findings stand on top, and the pattern of the summary."""

    figures: tuple[Slug, ...]
    strengths: tuple[Slug, ...]
    weaknesses: tuple[Slug, ...]
    bottlenecks: tuple[Slug, ...]
    shocks: tuple[Slug, ...]
    outlook: tuple[Slug, ...]


class Gap(Frozen):
    """Something the picture does not know, why, and what it would take."""

    indicator: Slug
    kind: Literal["no_figures", "stale", "no_country", "not_computable", "regions_missing"]
    period: str | None = None
    """Last period there is, for stale ones."""
    parents: tuple[str, ...] = ()
    """Indicators whose missing figures are the cause."""
    source: str | None = None
    table: str | None = None


class Change(Frozen):
    """What differs from the view a year earlier: a new figure, or a revised one."""

    indicator: Slug
    kind: Literal["new", "revised", "first"]
    period: str
    value: float
    before_period: str | None = None
    before_value: float | None = None


class Assessment(Frozen):
    """An expert's judgement with reasons; never a number computed by us."""

    subject: str
    now: Literal["++", "+", "0", "-", "--"]
    reasons: str
    role: str


class Picture(Frozen):
    """One region on one day: findings in order, gaps, assessments and sources.

    Knows no language and no drawing; serialises to JSON and back without loss.
    """

    format: Literal["tilannekuva-picture/1"] = "tilannekuva-picture/1"
    region: Region
    as_of: str
    level_count: int
    """How many areas of the region's level there are (19 maakunta)."""
    indicators: dict[str, Indicator]
    units: dict[str, Unit]
    findings: dict[str, Finding]
    cuts: tuple[Cut, ...]
    key_figures: KeyFigures
    gaps: tuple[Gap, ...]
    changes: tuple[Change, ...] = ()
    compared_with: str | None = None
    """The as-of date that ``changes`` are counted from."""
    assessments: tuple[Assessment, ...] = ()
    sources: dict[str, Source]
    snapshots: dict[str, Snapshot]
    regions: dict[str, Region]
    """Every area that a finding names."""
    breaks: tuple[tuple[str, Break], ...] = ()
    """(indicator or ``*``, break) that touch this region."""

    @property
    def edition(self) -> str:
        """Name of the edition: the as-of date."""
        return self.as_of

    def to_json(self) -> str:
        """The picture as JSON text; the same picture always gives the same text."""
        return self.model_dump_json() + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Picture:
        """Read back what :meth:`to_json` wrote."""
        return cls.model_validate_json(text)

    def __repr__(self) -> str:
        return (
            f"<Picture of {self.region.names.fi}, {self.as_of}: {len(self.findings)} findings, "
            f"{len(self.gaps)} gaps>"
        )

    def _repr_html_(self) -> str:
        """The key figures in Finnish, for a notebook."""
        shown = [
            i
            for i in self.key_figures.figures
            if i in self.findings and self.findings[i].latest.value is not None
        ]
        rows = "".join(f"<tr>{self._cells(i)}</tr>" for i in shown)
        head = "".join(f"<th>{h}</th>" for h in ("Avainluku", "Arvo", "Yksikkö", "Jakso"))
        return (
            f"<p><strong>{escape(self.region.names.fi)}</strong>, tilanne {self.as_of}: "
            f"{len(self.findings)} mittaria, joista on lukuja; {len(self.gaps)} puutetta</p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )

    def _cells(self, name: str) -> str:
        indicator, latest = self.indicators[name], self.findings[name].latest
        value = f"{latest.value:,.{indicator.decimals}f}"
        value = value.replace(",", "\N{NO-BREAK SPACE}").replace(".", ",").replace("-", "−")
        cells = (indicator.label.fi, value, self.units[indicator.unit].label.fi, latest.period)
        return "".join(f"<td>{escape(c)}</td>" for c in cells)
