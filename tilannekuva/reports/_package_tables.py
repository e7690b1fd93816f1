"""The tables of the data package: columns, keys and what refers to what. Knows no format.

One description, from which the header of the CSV, the Frictionless schema and the CSVW metadata are
made, so that the three cannot disagree.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from tilannekuva import words
from tilannekuva.model import ABSENT, LANGUAGES, PRESENT

__all__ = ["DIRECTIONS", "GAPS", "KINDS", "NOTES", "TABLES", "Column", "Reference", "Table"]

Kind = Literal["text", "number", "integer", "yes_no", "list"]
"""``list`` is texts separated by a space."""

DIRECTIONS = ("up", "down", "neither")
KINDS = ("received", "carried", "derived")
"""Kinds of snapshots."""
GAPS = ("no_figures", "stale", "no_country", "not_computable", "regions_missing")
NOTES = ("boundary", "definition", "source", "method", "caveat")

_PART = r"[0-9]{4}(H[12]|Q[1-4]|M(0[1-9]|1[0-2]))?"
_SLUG = r"[a-z][a-z0-9_]*"
_DATE = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"


class Column(NamedTuple):
    """One column."""

    name: str
    kind: Kind = "text"
    required: bool = False
    codes: tuple[str, ...] = ()
    """The only texts that it holds; empty for any."""
    pattern: str = ""
    """What all of a text matches."""

    def title(self, lang: str) -> str:
        """What it is called; a name in one language says which."""
        base, language = _split(self.name)
        title = words.message(f"package.column.{base}", lang)
        if not language:
            return title
        return words.message("package.in_language", lang, name=title, language=language)

    def about(self, lang: str) -> str:
        """More about it; nothing where the title says all."""
        key = f"package.about_column.{self.name}"
        return words.message(key, lang) if words.has(key, lang) else ""


def _split(name: str) -> tuple[str, str]:
    """The column without its language, and the language.

    >>> _split("name_sv"), _split("unit_fi"), _split("first_period")
    (('name', 'sv'), ('unit_name', 'fi'), ('first_period', ''))
    """
    base, _, language = name.rpartition("_")
    if language not in LANGUAGES:
        return name, ""
    return ("unit_name" if base == "unit" else base), language


class Reference(NamedTuple):
    """Columns whose values stand in the columns of another table."""

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]


class Table(NamedTuple):
    """One table: a CSV file."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"{self.name}.csv"

    @property
    def head(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(c.name for c in self.columns)

    def title(self, lang: str) -> str:
        """What it is called."""
        return words.message(f"package.table.{self.name}", lang)

    def about(self, lang: str) -> str:
        """What is in it, in one or two sentences."""
        return words.message(f"package.about_table.{self.name}", lang)


def _key(name: str, pattern: str = "") -> Column:
    return Column(name, required=True, pattern=pattern)


def _in_languages(name: str, *, required: bool = True) -> tuple[Column, ...]:
    return tuple(Column(f"{name}_{lang}", required=required) for lang in LANGUAGES)


_INDICATOR = _key("indicator", _SLUG)
_PERIOD = _key("period", f"{_PART}(/{_PART})?")
_STATUS = Column("status", required=True, codes=(*PRESENT, *ABSENT))
_VALUE = Column("value", "number")
_OF_FIGURES = (
    Reference(("indicator",), "indicators", ("id",)),
    Reference(("region",), "regions", ("code",)),
    Reference(("indicator", "breakdown"), "groups", ("indicator", "breakdown")),
)
_OF_INDICATOR = (Reference(("indicator",), "indicators", ("id",)),)

_OBSERVATIONS = Table(
    "observations",
    (_INDICATOR, _key("region"), _key("breakdown"), _PERIOD, _VALUE, _STATUS, Column("snapshot")),
    ("indicator", "region", "breakdown", "period"),
    (*_OF_FIGURES, Reference(("snapshot",), "snapshots", ("id",))),
)
_METRICS = Table(
    "metrics",
    (
        _INDICATOR,
        _key("region"),
        _key("breakdown"),
        _PERIOD,
        _key("metric", _SLUG),
        _VALUE,
        _STATUS,
        Column("reason", pattern=_SLUG),
    ),
    ("indicator", "region", "breakdown", "period", "metric"),
    _OF_FIGURES,
)
_INDICATORS = Table(
    "indicators",
    (
        _key("id", _SLUG),
        *_in_languages("name"),
        *_in_languages("short"),
        _key("unit", _SLUG),
        *_in_languages("unit", required=False),
        Column("decimals", "integer", required=True),
        Column("direction", required=True, codes=DIRECTIONS),
        Column("axes", "list"),
        Column("reference", codes=("end", "start", "mean")),
        Column("formula"),
        Column("names_verified", "yes_no", required=True),
    ),
    ("id",),
)
_GROUPS = Table(
    "groups",
    (_INDICATOR, _key("breakdown"), *_in_languages("name")),
    ("indicator", "breakdown"),
    _OF_INDICATOR,
)
_REGIONS = Table(
    "regions",
    (
        _key("code"),
        _key("level"),
        Column("parent"),
        _key("current"),
        Column("division", "integer"),
        *_in_languages("name"),
    ),
    ("code",),
)
_SNAPSHOTS = Table(
    "snapshots",
    (
        _key("id"),
        Column("kind", required=True, codes=KINDS),
        _key("source", _SLUG),
        *_in_languages("publisher"),
        Column("table"),
        Column("title"),
        Column("vintage"),
        _key("published_on", _DATE),
        Column("licence"),
        Column("address"),
        Column("sha256", pattern="[0-9a-f]{64}"),
        Column("transcribed", "yes_no", required=True),
        Column("formula"),
        Column("parents", "list"),
        Column("note"),
    ),
    ("id",),
)
_GAPS = Table(
    "gaps",
    (
        _INDICATOR,
        Column("kind", required=True, codes=GAPS),
        _PERIOD._replace(required=False),
        Column("parents", "list"),
        Column("source"),
        Column("table"),
    ),
    ("indicator", "kind"),
    _OF_INDICATOR,
)
_NOTES = Table(
    "notes",
    (
        # An asterisk stands for every indicator or region, so neither refers to its table.
        _key("indicator"),
        Column("number", "integer", required=True),
        _key("region"),
        Column("kind", required=True, codes=NOTES),
        Column("first_period"),
        *_in_languages("text"),
        Column("source"),
    ),
    ("indicator", "number"),
)
_CODES = Table("codes", (_key("list"), _key("code"), *_in_languages("name")), ("list", "code"))

TABLES = {
    t.name: t
    for t in (
        _OBSERVATIONS,
        _METRICS,
        _INDICATORS,
        _GROUPS,
        _REGIONS,
        _SNAPSHOTS,
        _GAPS,
        _NOTES,
        _CODES,
    )
}
