"""The nouns, as frozen and strict types. No input or output happens here.

``Source`` (lähde), ``Indicator`` (mittari), ``Region`` (alue), ``Snapshot`` (aineistoversio),
``Finding`` (nosto), ``Assessment`` (arvio), ``Picture`` (tilannekuva). The sixth noun, Observations
(havainnot), is a pandas DataFrame and lives in :mod:`tilannekuva.table`; a Report (raportti) is
bytes.
"""

from __future__ import annotations

import datetime as dt
from html import escape
from typing import Annotated, Any, Literal, NamedTuple, Self

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
    "FEW_EVENTS",
    "HIDDEN_EVENTS",
    "LANGUAGES",
    "PRESENT",
    "Aggregate",
    "Analysis",
    "Assessment",
    "Break",
    "Caveat",
    "Change",
    "Counts",
    "Commentary",
    "Cut",
    "Direction",
    "FanYear",
    "Finding",
    "Gap",
    "Indicator",
    "Judgement",
    "KeyFigures",
    "Language",
    "Measured",
    "Observation",
    "Picture",
    "Pooled",
    "Query",
    "Region",
    "Revised",
    "Revision",
    "RuleChange",
    "Section",
    "Seen",
    "Series",
    "Shock",
    "Snapshot",
    "Source",
    "Target",
    "Text",
    "Tiles",
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
    """Our axis → the publisher's variable; ``=CE`` is one code for every row of the query."""
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


class Counts(Frozen):
    """The counts that a rate or a share is made of: what the interval for chance rests on."""

    count: Slug | None = None
    """The events, an indicator. A share may leave it out: it is the share of the population."""
    population: Slug
    """What the events happened among, an indicator."""
    per: float = 100.0
    """So many of the population the figure is expressed for."""
    kind: Literal["rate", "share"] = "rate"
    """A rate counts events (Poisson); a share counts those of a group that have something."""
    lag: int = 0
    """Years from the population's period to that of the figure."""
    mean: bool = False
    """True where the population is the mean of its period and the one before."""

    @model_validator(mode="after")
    def _is_of_something(self) -> Self:
        if self.count is None and self.kind == "rate":
            raise ValueError("a rate needs the `count` of its events; without it nothing is known")
        return self


Method = Literal[
    "gap_parts",
    "change_parts",
    "location_quotient",
    "share_change",
    "shift_share",
    "variety",
    "resistance",
    "recovery",
    "required_cut",
    "protected_share",
    "extent_account",
    "multispecies",
    "richness",
    "red_list",
]
"""What an analysis may do; each is one function of ``analyses``."""


class Analysis(Frozen):
    """A computation that no formula can say: the name of its method and what it stands on."""

    method: Method
    of: dict[Slug, str]
    """Its inputs, each a formula over indicators; for factors the names are codes of the axis."""
    base: str | None = None
    """First year of a change; the first there is by default."""
    last: str | None = None
    """Last year that is looked at; a deadline for ``required_cut``."""
    level: float | None = None
    """A target, a coverage: what the method is to reach."""
    least: float | None = None
    """A group of fewer than this is suppressed: a quotient of a dozen jobs is noise."""
    nation: Literal["published", "sum"] = "published"
    """``sum`` only where all regions together were shown to be the official national figure."""
    groups: dict[str, str] = Field(default_factory=dict)
    """Industry → the wider group that it belongs to."""

    def __str__(self) -> str:
        options = self.model_dump(exclude={"method", "of"}, exclude_defaults=True)
        inputs = [f"{k} = {v}" for k, v in self.of.items()]
        return f"{self.method}({'; '.join([*inputs, *(f'{k}: {v}' for k, v in options.items())])})"


class Shock(Frozen):
    """A crisis as it is dated on the whole country: never searched region by region."""

    id: Slug
    peak: str
    trough: str
    recovered: str
    """Last year of the upswing that recovery is measured over."""
    source: str


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
    count_noise: bool = False
    """True for a plain count of events: it has the interval of a count."""
    counts: Counts | None = None
    """Of a rate or a share of events: the counts behind it, which give its interval."""
    few_shown: bool = False
    """True where a count below five concerns no person and may stand on the page."""
    official_projection: bool = False
    """True where an official projection covers it: none of our own is made."""
    regions: tuple[str, ...] = ()
    """The only regions it is about; empty for every one."""
    lag_months: int | None = None
    """Usual time from the end of the period to publication."""
    query: tuple[Query, ...] = ()
    """In order of preference: the first that has a figure gives it."""
    formula: str | None = None
    analysis: Analysis | None = None
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

    @property
    def rule(self) -> str | None:
        """How it is computed from others, as the catalogue has it; None where it is not."""
        return self.formula if self.analysis is None else str(self.analysis)

    @model_validator(mode="after")
    def _has_a_way_to_figures(self) -> Self:
        if self.analysis is not None and (self.query or self.formula or self.aggregate):
            raise ValueError("an [analysis] is the only way to its figures: take the others away")
        if not self.query and self.rule is None and self.where is None:
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


class Seen(Frozen):
    """One answer of a service that a snapshot was part of."""

    answer: str
    """The same for all parts of an answer."""
    published_on: PartialDate
    received_at: str
    updated_at: str | None = None
    question: str = ""
    """Hash of what was asked."""


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
    seen: tuple[Seen, ...] = ()
    """The answers that these bytes were part of, oldest first; the same figures may come again."""
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


class Observation(NamedTuple):
    """One row of the one table (havainto), under the names of its columns."""

    indicator: str
    region: str
    breakdown: str
    period: str
    value: float | None
    status: str
    snapshot: str


class Series(Frozen):
    """The figures of one area in time order, with nothing filled in."""

    region: str
    """Code of the area; in a profile the code of the breakdown."""
    periods: tuple[str, ...]
    values: tuple[float | None, ...]
    statuses: tuple[str, ...]
    snapshots: tuple[str, ...] = ()
    """Where each figure is from; a single id where all are from the same."""
    area: str = ""
    """In a profile: the code of the area that the figures were given for."""

    @property
    def origins(self) -> tuple[str, ...]:
        """The snapshot of each figure; empty texts where the picture does not say."""
        if len(self.snapshots) > 1:
            return self.snapshots
        return (self.snapshots or ("",)) * len(self.periods)


class Measured(Frozen):
    """One metric of a finding: its value, or why there is none."""

    value: float | None
    period: str
    status: str
    reason: str | None = None
    """Closed vocabulary, see ``words`` key ``reason.*``."""


FEW_EVENTS = 20
"""A figure of fewer events than this is mostly chance: it stands in grey, with its interval."""
HIDDEN_EVENTS = 5
"""Fewer events than this among the people of one municipality are not shown."""


class FanYear(Frozen):
    """One year of a series that is carried on from its own past: no plan and no forecast."""

    period: str
    low80: float
    """Four outcomes of five lie between this and ``high80``, going by the errors of the past."""
    low50: float
    """Every second outcome lies between this and ``high50``."""
    mid: float
    high50: float
    high80: float


class Pooled(Frozen):
    """Several years of one municipality together, where a single year is mostly chance."""

    region: str
    periods: tuple[str, ...]
    events: float | None
    """None where there are fewer than five: then no figure is shown at all."""
    population: float | None = None
    """The years' populations together; None for a plain count, which is then a yearly mean."""
    value: float | None = None
    low: float | None = None
    """Limits of the 95 per cent interval."""
    high: float | None = None


class Revised(Frozen):
    """How far some first figures have moved since, as far as the store can tell."""

    n: int
    """Figures looked at."""
    periods: tuple[str, ...]
    """Periods that they are of, in time order."""
    publications: int
    """Publications that they were told in, first or last."""
    median: float
    """Middle size of the change, without its sign."""
    large: float
    """Nine of ten changes are no larger than this."""
    mean: float
    """Mean of the changes with their signs: above zero where first figures are too low."""
    upward: float
    """Per cent of the figures that were raised."""


class Revision(Frozen):
    """How much the publisher of a figure usually changes the first one it gives."""

    source: Slug
    table: str
    relative: bool
    """Changes are per cent of the first figure; else they are in the indicator's unit."""
    level: Revised
    """Over all areas of the region's level."""
    own: Revised | None = None
    """The region's own figures, where they are enough to tell by themselves."""

    @property
    def told(self) -> Revised:
        """What the region is told by: its own figures where they suffice."""
        return self.own or self.level


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
    pooled: tuple[Pooled, ...] = ()
    """Municipalities with the years taken together, where the events of a year are few."""
    fan: tuple[FanYear, ...] = ()
    """The series carried on; empty where that would say nothing (``metrics["fan_mid"]``)."""
    metrics: dict[str, Measured]
    """Of metrics with several periods (``fan_…``) the farthest one."""
    snapshots: tuple[str, ...]
    revision: Revision | None = None
    """Of a figure that may still change or lately did: how far such figures have moved before."""

    @property
    def origins(self) -> tuple[str, ...]:
        """Snapshots of every figure in it: what it rests on, and those of the areas beside it."""
        beside = (*self.others, *self.parts, *self.profile, *self.country_profile)
        return tuple(dict.fromkeys([*self.snapshots, *(o for s in beside for o in s.snapshots)]))

    @property
    def latest(self) -> Measured:
        """The newest figure that is not a forecast."""
        return self.metrics["latest"]


class Tiles(Frozen):
    """One row of a dashboard: proxies of one kind, side by side and never added up."""

    id: Slug
    names: Text
    question: Text
    indicators: tuple[Slug, ...]


class Section(Frozen):
    """An ordered list of indicators under a heading."""

    id: Slug
    names: Text
    question: Text | None = None
    """What the section is for, in one sentence."""
    indicators: tuple[Slug, ...]
    lead: tuple[Slug, ...] = ()
    """Which of them carry the argument, in order: these are drawn."""
    tiles: tuple[Tiles, ...] = ()
    """A dashboard: proxies by kind for what no single figure measures."""
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


class RuleChange(Frozen):
    """What differs from an earlier edition besides its figures."""

    kind: Literal["gone", "rule", "theme"]
    """A figure that is no more told, a description that changed, a section that changed."""
    subject: str
    """Id of an indicator, or ``cut/section``."""
    keys: tuple[str, ...] = ()
    """What of the description changed; in a section the indicators with ``+`` and ``-``."""
    period: str | None = None
    value: float | None = None
    """The last figure of what is gone."""


Judgement = Literal["++", "+", "0", "-", "--"]
"""Much better, better, as before, worse, much worse: a direction, never a level."""


class Assessment(Frozen):
    """An expert's judgement with reasons; never a number computed by us, never compared."""

    subject: str
    """Id of a section (theme or chapter) or of an indicator."""
    now: Judgement
    """Now against a year ago."""
    in_6_months: Judgement | None = None
    in_12_months: Judgement | None = None
    reasons: str = Field(min_length=1)
    role: str = Field(min_length=1)
    """Whose view it is: a role, not a name."""
    edition: PartialDate = "0001"
    """The edition it was given for."""


class Commentary(Frozen):
    """The group's own text on a theme or chapter, in Markdown with figures bound to the picture."""

    section: Slug
    language: Language
    text: str
    file: str
    """Where it stands, for messages."""
    edition: PartialDate = "0001"


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
    compared_to: Literal["year_before", "edition"] = "year_before"
    """The same rules with the figures of a year before, or a picture that was published then."""
    rule_changes: tuple[RuleChange, ...] = ()
    """What else differs from that edition; empty when only figures were compared."""
    trends_tested: int = 0
    """Trends of the findings that were tested, and controlled together."""
    trends_lowered: tuple[str, ...] = ()
    """Findings whose trend has a weaker word because so many were tested."""
    assessments: tuple[Assessment, ...] = ()
    """Those of the newest edition that has any."""
    past_assessments: tuple[Assessment, ...] = ()
    """Those of earlier editions: how they turned out can be looked up."""
    commentary: tuple[Commentary, ...] = ()
    sources: dict[str, Source]
    snapshots: dict[str, Snapshot]
    observations: tuple[Observation, ...] = ()
    """The rows of the one table that are the latest figures, and those they are computed from."""
    regions: dict[str, Region]
    """Every area that a finding names."""
    shocks: dict[str, Shock] = Field(default_factory=dict)
    """The crises that findings speak of."""
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
