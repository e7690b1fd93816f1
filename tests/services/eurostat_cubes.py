"""Small datasets for the local Eurostat: dimensions with codes, values, flags, a date of update."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod

from tilannekuva import region_codes

__all__ = [
    "Cube",
    "Dimension",
    "Selection",
    "every_flag",
    "finnish_regions",
    "level_of",
    "synthetic",
]

Key = tuple[str, ...]
"""One code of every dimension, in their order."""

FREQUENCIES = {"A": "Annual", "Q": "Quarterly", "M": "Monthly"}


@dataclass(frozen=True)
class Dimension:
    """A dimension and its codes, in the publisher's order."""

    code: str
    label: str
    categories: Mapping[str, str]
    """Code → label."""


@dataclass(frozen=True)
class Cube:
    """One dataset. A key without a value is a missing cell; a flag may stand on either."""

    code: str
    """In lower case, as the table of contents has it."""
    label: str
    dimensions: tuple[Dimension, ...]
    """Time comes last."""
    values: Mapping[Key, float]
    flags: Mapping[Key, str] = field(default_factory=dict)
    """One or more letters; what follows a ``|`` is the status of confidentiality: ``p|C``."""
    updated: str = "2026-09-17T11:00:00+0200"
    structure_updated: str = "2026-01-07T11:00:00+0100"
    decimals: int = 1

    def __post_init__(self) -> None:
        if self.dimensions[-1].code != "time":
            raise ValueError(f"{self.code}: the last dimension is time")
        for key in (*self.values, *self.flags):
            if len(key) != len(self.dimensions) or any(
                code not in d.categories for d, code in zip(self.dimensions, key, strict=True)
            ):
                raise ValueError(f"{self.code}: {key} is no cell of this dataset")

    @property
    def periods(self) -> tuple[str, ...]:
        return tuple(self.dimensions[-1].categories)

    def grown(
        self, values: Mapping[Key, float | None], flags: Mapping[Key, str], updated: str
    ) -> Cube:
        """The dataset after an update; None takes a value away, new periods join the others."""
        cells = dict(self.values) | dict(values)
        time = self.dimensions[-1]
        periods = sorted({*time.categories, *(k[-1] for k in (*values, *flags))})
        return replace(
            self,
            dimensions=(*self.dimensions[:-1], replace(time, categories={p: p for p in periods})),
            values={k: v for k, v in cells.items() if v is not None},
            # A revised cell loses the flag it had, unless the update gives it one.
            flags={k: f for k, f in self.flags.items() if k not in values} | dict(flags),
            updated=updated,
        )


@dataclass(frozen=True)
class Selection:
    """A part of a dataset: codes of every dimension, in the dataset's order."""

    cube: Cube
    chosen: tuple[tuple[str, ...], ...]
    last: int | None = None
    """So many observations of every series, the last ones."""

    @property
    def size(self) -> int:
        return prod(len(codes) for codes in self.chosen)

    def cells(self) -> Iterator[Key]:
        """Row-major: the last dimension moves fastest."""
        return product(*self.chosen)

    def holds(self, key: Key) -> bool:
        """Whether there is anything to say about a cell."""
        return key in self.cube.values or key in self.cube.flags

    def series(self) -> Iterator[tuple[Key, dict[str, Key]]]:
        """Every series that holds anything, with its cells by period."""
        for head in product(*self.chosen[:-1]):
            cells = {p: (*head, p) for p in self.chosen[-1] if self.holds((*head, p))}
            if self.last is not None:
                cells = dict(list(cells.items())[-self.last :])
            if cells:
                yield head, cells


def level_of(geo: str) -> str:
    """The level that ``geoLevel`` calls a code by.

    >>> [level_of(g) for g in ("EU27_2020", "FI", "FI1", "FI1D", "FI1D8", "FI001C")]
    ['aggregate', 'country', 'nuts1', 'nuts2', 'nuts3', 'city']
    """
    if re.match(r"EU|EA|EFTA", geo):
        return "aggregate"
    if re.fullmatch(r"[A-Z]{2}\d{3}[A-Z]\d?", geo):
        return "city"
    return {2: "country", 3: "nuts1", 4: "nuts2", 5: "nuts3"}.get(len(geo), "aggregate")


def finnish_regions(version: str = "2024") -> dict[str, str]:
    """The Finnish NUTS codes of a version of the division, with names from the register."""
    rows = (r for r in region_codes.table("nuts") if r["region"] != "skip")
    return {
        r["nuts"]: region_codes.region(r["region"]).names.en
        for r in rows
        if r["version_first"] <= version <= r["version_last"]
    }


def synthetic(
    code: str = "synth_10r_3gdp",
    label: str = "SYNTHETIC gross domestic product by region",
    *,
    units: Mapping[str, str] | None = None,
    geos: Mapping[str, str] | None = None,
    periods: Sequence[str] = ("2019", "2020", "2021", "2022", "2023", "2024"),
    gaps: Mapping[tuple[str, str], str] | None = None,
    empty_periods: Iterable[str] = (),
    provisional: Collection[str] | None = None,
    decimals: int = 1,
    updated: str = "2026-09-17T11:00:00+0200",
) -> Cube:
    """A dataset with made-up figures: frequency, unit, region, time.

    Args:
        code: The dataset's code, which also seeds the figures.
        label: Its title; it should say that the figures are made up.
        units: Code → label.
        geos: Code → label; without it the Union, two countries and all Finnish regions.
        periods: As ``2024``, ``2024-Q1`` or ``2024-01``.
        gaps: (region, period) → the flag of a missing cell, empty for none.
        empty_periods: Periods that are listed and have no value.
        provisional: Periods whose values carry ``p``; without it the last one that has values.
        decimals: Of the values.
        updated: When the data were last updated.
    """
    units = units or {"EUR_HAB": "Euro per inhabitant", "MIO_EUR": "Million euro"}
    union = {"EU27_2020": "European Union - 27 countries (from 2020)", "SE": "Sweden"}
    geos = geos or union | finnish_regions()
    gaps = {("SE", periods[0]): "", ("FI200", periods[1]): "c"} if gaps is None else gaps
    freq = "M" if periods[0][4:5] == "-" and "Q" not in periods[0] else "A"
    freq = "Q" if "Q" in periods[0] else freq
    last = [periods[-1]] if provisional is None else provisional
    chance = random.Random(code)
    values: dict[Key, float] = {}
    flags: dict[Key, str] = {}
    for unit, geo in product(units, geos):
        level = chance.uniform(100, 50_000)
        for period in periods:
            level *= chance.uniform(0.95, 1.08)
            key = (freq, unit, geo, period)
            if (geo, period) in gaps:
                if gaps[geo, period]:
                    flags[key] = gaps[geo, period]
                continue
            values[key] = round(level, decimals)
            if period in last:
                flags[key] = "p"
    listed = sorted({*periods, *empty_periods})
    return Cube(
        code=code,
        label=label,
        dimensions=(
            Dimension("freq", "Time frequency", {freq: FREQUENCIES[freq]}),
            Dimension("unit", "Unit of measure", units),
            Dimension("geo", "Geopolitical entity (reporting)", geos),
            Dimension("time", "Time", {p: p for p in listed}),
        ),
        values=values,
        flags=flags,
        updated=updated,
        decimals=decimals,
    )


def every_flag() -> Cube:
    """Every kind of cell that a reader can meet, and two listed periods without any value."""
    key = ("A", "RT", "FI1D8")
    geos = {"FI1D8": "Kainuu", "FI": "Finland"}
    return Cube(
        code="synth_flags",
        label="SYNTHETIC rates, with flags",
        dimensions=(
            Dimension("freq", "Time frequency", {"A": "Annual"}),
            Dimension("unit", "Unit of measure", {"RT": "Rate", "PC": "Percentage"}),
            Dimension("geo", "Geopolitical entity (reporting)", geos),
            Dimension("time", "Time", {str(y): str(y) for y in range(2018, 2026)}),
        ),
        values={
            (*key, "2018"): 123.4,
            (*key, "2019"): 5.0,
            (*key, "2020"): 0.0,
            (*key, "2023"): 7.25,
            ("A", "RT", "FI", "2018"): 1.0,
        },
        flags={
            (*key, "2019"): "bep",
            (*key, "2020"): "n",
            (*key, "2021"): "c",
            (*key, "2022"): "|C",
            (*key, "2023"): "p|C",
        },
        decimals=2,
    )
