"""A statistical table as the local services hold it: variables, values, symbols, texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from math import prod
from typing import Any, Literal

import numpy as np

__all__ = [
    "JOINED", "Cube", "Role", "Texts", "Variable", "arranged", "local_time", "said", "select",
    "shown",
]  # fmt: skip

Role = Literal["time", "geo", "contents"]
Texts = Mapping[str, str]
"""A text by language: fi, sv, en."""

JOINED = {"fi": ("muuttujina", "ja"), "sv": ("efter", "och"), "en": ("by", "and")}
"""How a title lists its variables in each language."""


def said(texts: Mapping[str, Any], lang: str, default: Any = "") -> Any:
    """What is given in a language, else in Finnish, else in whatever there is."""
    for tried in (lang, "fi", *texts):
        if tried in texts:
            return texts[tried]
    return default


@dataclass(frozen=True)
class Variable:
    """One dimension of a table."""

    code: str
    texts: Texts
    codes: Sequence[str]
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By language, in the order of ``codes``; without any the codes stand in."""
    role: Role | None = None
    elimination: str | bool | None = None
    """The code of the total; True where the values may be summed instead."""
    map_name: str | None = None
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    value_notes: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    """By code, then by language."""
    scale: str | None = None
    """``nominal``, ``ordinal`` or ``None`` as json-stat's link tells it."""

    def text(self, lang: str) -> str:
        return str(said(self.texts, lang, self.code))

    def label_list(self, lang: str) -> list[str]:
        """The texts of the values, in the order of the codes."""
        return list(said(self.labels, lang, self.codes))

    def label(self, code: str, lang: str) -> str:
        return self.label_list(lang)[list(self.codes).index(code)]

    def only(self, positions: Sequence[int]) -> Variable:
        """The variable with some of its values, in the order given."""
        codes = [self.codes[p] for p in positions]
        return replace(
            self,
            codes=codes,
            labels={lang: [texts[p] for p in positions] for lang, texts in self.labels.items()},
            value_notes={c: n for c, n in self.value_notes.items() if c in set(codes)},
        )


@dataclass(frozen=True)
class Cube:
    """One table; every change makes a new one."""

    database: str
    folder: str
    """Below the database; nested folders are parted by a slash."""
    id: str
    """The short id, such as 11re."""
    title: Texts
    """What the table lists call it, without its id. Its languages are those of the table."""
    variables: Sequence[Variable]
    values: Sequence[float | None]
    """Row by row, the last variable fastest."""
    status: Mapping[int, str] = field(default_factory=dict)
    """Symbols by place; a cell with a value may have one too (a note on the datum)."""
    long_id: str = ""
    """The name of the file before June 2026, such as statfin_vaerak_pxt_11re.px."""
    long_names: bool = False
    """Whether the file still goes by its long id."""
    contents: Texts = field(default_factory=dict)
    """What the figures are, such as "Population 31 Dec": the beginning of the answers' titles."""
    subject: Texts = field(default_factory=dict)
    """What the folder is called."""
    units: Mapping[str, Texts] = field(default_factory=dict)
    """By the code of the contents, then by language."""
    decimals: int = 0
    precision: Mapping[str, int] = field(default_factory=dict)
    """Decimals by the code of the contents, where they differ from ``decimals``."""
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    source: Texts = field(default_factory=dict)
    contact: Texts = field(default_factory=dict)
    updated: str = "2026-04-01T05:00:00Z"
    """When the figures changed, in UTC."""
    stamped: str | None = None
    """What the node list says, in local time; without it the local time of ``updated``."""
    matrix: str | None = None
    heading: Sequence[str] | None = None
    """The codes across the top, which end the order of the variables; else the last variable."""
    june_codes: Mapping[str, str] = field(default_factory=dict)
    """New codes of variables and contents by their old ones, for the change of June 2026."""

    def __post_init__(self) -> None:
        if len(self.values) != prod(self.sizes):
            raise ValueError(f"{self.id}: {len(self.values)} values for {self.sizes}")

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.title)

    @property
    def file(self) -> str:
        """The name that requests use now."""
        return self.long_id if self.long_names and self.long_id else f"{self.id}.px"

    @property
    def table_id(self) -> str:
        return self.file.removesuffix(".px")

    @property
    def sizes(self) -> list[int]:
        return [len(v.codes) for v in self.variables]

    @property
    def local(self) -> str:
        """The stamp of the node list: local time, no zone."""
        return self.stamped or local_time(self.updated).strftime("%Y-%m-%dT%H:%M:%S")

    @property
    def across(self) -> list[str]:
        """The codes of the variables across the top."""
        codes = [v.code for v in self.variables]
        if self.heading is None:
            return codes[-1:] if len(codes) > 1 else []
        return [c for c in codes if c in set(self.heading)]

    def variable(self, code: str) -> Variable:
        return next(v for v in self.variables if v.code == code)

    def of_role(self, role: Role) -> Variable | None:
        return next((v for v in self.variables if v.role == role), None)

    def text(self, lang: str) -> str:
        """What node lists call the table; only the four-letter ids are part of the text."""
        start = f"{self.id} -- " if len(self.id) == 4 else ""
        return f"{start}{said(self.title, lang)}"

    def said_contents(self, lang: str) -> str:
        return str(said(self.contents, lang) or re.sub(r",[^,]*\d$", "", said(self.title, lang)))

    def label(self, lang: str) -> str:
        """The title of an answer: the contents and the variables that are left."""
        names = [v.text(lang) for v in self.variables]
        by, last = JOINED.get(lang, JOINED["en"])
        listed = f" {last} ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
        return f"{self.said_contents(lang)} {by} {listed}".rstrip()

    def digits(self, code: str | None) -> int:
        """Decimals of the figures of a contents code."""
        return self.precision.get(code or "", self.decimals)

    def symbol(self, place: int) -> str:
        """What stands in a cell without a value."""
        return self.status.get(place, "..")

    def cells(self) -> list[str | None]:
        """The figures as text with their own decimals; None where there is a symbol."""
        found = self.of_role("contents")
        if found is None:
            digits = [self.decimals]
            step = 1
        else:
            digits = [self.digits(c) for c in found.codes]
            step = prod(self.sizes[list(self.variables).index(found) + 1 :])
        return [
            None if v is None else shown(v, digits[i // step % len(digits)])
            for i, v in enumerate(self.values)
        ]


def shown(value: float, digits: int) -> str:
    """A figure as text: a point for decimals, no grouping, no negative nought."""
    text = f"{value:.{digits}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text


def local_time(updated: str) -> datetime:
    """A UTC stamp on a Finnish clock, where summer time runs by the rule of the Union."""
    utc = datetime.fromisoformat(updated.replace("Z", "+00:00")).astimezone(UTC)
    begins, ends = (_last_sunday(utc.year, month) for month in (3, 10))
    return utc.astimezone(timezone(timedelta(hours=3 if begins <= utc < ends else 2)))


def _last_sunday(year: int, month: int) -> datetime:
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def select(cube: Cube, codes: Mapping[str, Sequence[str]], collapse: Iterable[str] = ()) -> Cube:
    """A part of a table, its values in the order given; variables not named stay whole.

    A collapsed variable goes away: its total is taken, or the sum where there is no total.
    """
    gone = set(collapse)
    summed = [v for v in cube.variables if v.code in gone and v.elimination is True]
    flat = np.zeros(1, dtype=np.int64)
    kept: list[Variable] = []
    for variable in cube.variables:
        place = {c: i for i, c in enumerate(variable.codes)}
        if variable in summed:
            positions = list(range(len(place)))
        elif variable.code in gone:
            if not isinstance(variable.elimination, str):
                raise ValueError(f"{variable.code} cannot be eliminated")
            positions = [place[variable.elimination]]
        else:
            positions = [place[c] for c in codes.get(variable.code, variable.codes)]
        flat = (flat[:, None] * len(place) + np.array(positions, dtype=np.int64)).ravel()
        if variable in summed or variable.code not in gone:
            kept.append(variable.only(positions))
    places = flat.tolist()
    part = replace(
        cube,
        variables=kept,
        values=[cube.values[p] for p in places],
        status={i: cube.status[p] for i, p in enumerate(places) if p in cube.status}
        if cube.status
        else {},
        heading=None if cube.heading is None else [c for c in cube.heading if c not in gone],
    )
    for variable in summed:
        part = _summed(part, variable.code)
    return part


def arranged(cube: Cube, order: Sequence[str]) -> Cube:
    """The same table with its variables in another order, the last of them across."""
    at = {v.code: i for i, v in enumerate(cube.variables)}
    axes = [at[c] for c in order]
    places = np.arange(len(cube.values)).reshape(cube.sizes).transpose(axes).ravel().tolist()
    return replace(
        cube,
        variables=[cube.variables[a] for a in axes],
        values=[cube.values[p] for p in places],
        status={i: cube.status[p] for i, p in enumerate(places) if p in cube.status},
        heading=None,
    )


def _summed(cube: Cube, code: str) -> Cube:
    at = [v.code for v in cube.variables].index(code)
    sizes = cube.sizes
    after = prod(sizes[at + 1 :])
    values: list[float | None] = []
    status: dict[int, str] = {}
    for before in range(prod(sizes[:at])):
        for last in range(after):
            cells = [(before * sizes[at] + k) * after + last for k in range(sizes[at])]
            # A nil is a nought, so it adds up; any other symbol hides the sum.
            hidden = [cube.symbol(c) for c in cells if cube.values[c] is None]
            if any(s != "-" for s in hidden):
                status[len(values)] = next(s for s in hidden if s != "-")
                values.append(None)
            else:
                values.append(sum(cube.values[c] or 0 for c in cells))
    kept = [v for v in cube.variables if v.code != code]
    return replace(cube, variables=kept, values=values, status=status)
