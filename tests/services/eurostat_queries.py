"""What a request asks of a dataset: filters of the statistics API, keys of SDMX; or why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.core import Asked
from services.eurostat_cubes import Cube, Selection, level_of

__all__ = ["Refused", "filtered", "keyed"]

_OTHER_KEYS = {"format", "lang", "geolevel", "sincetimeperiod", "untiltimeperiod", "lasttimeperiod"}


class Refused(Exception):
    """An error of the publisher, which each interface words in its own way."""

    def __init__(self, status: int, number: int, text: str) -> None:
        super().__init__(text)
        self.status, self.number, self.text = status, number, text


def filtered(cube: Cube, asked: Asked, *, refuse: bool) -> Selection:
    """What a call of the statistics API asks for; names and codes in either case.

    Args:
        cube: The dataset.
        asked: The call.
        refuse: Refuse codes that the dataset does not have, instead of leaving them out. A period
            that it does not have is always left out.
    """
    given: dict[str, list[str]] = {}
    for name, value in asked.params:
        name = "time" if name.lower() == "time_period" else name.lower()
        if not value:
            raise Refused(400, 140, f"INVALID_QUERY: no value for {name}")
        given.setdefault(name, []).append(value)
    names = [d.code for d in cube.dimensions]
    for name in given:
        if name not in names and name not in _OTHER_KEYS:
            text = f'Dimension "{name.upper()}" is not defined'
            raise Refused(400, 150, f"INVALID_QUERY_DIMENSION: {text}")
    for one, other in (("geo", "geolevel"), ("time", "lasttimeperiod")):
        if one in given and other in given:
            text = f"'{one}' parameter and '{other}' parameter cannot be set at the same time."
            raise Refused(400, 140, text)
    chosen = []
    for d in cube.dimensions:
        wanted = given.get(d.code)
        codes = tuple(d.categories)
        if wanted is not None:
            if len(wanted) > 50:
                text = "Too many categories have been requested. Maximum is 50."
                raise Refused(416, 416, text)
            folded = {w.upper() for w in wanted}
            unknown = folded - {c.upper() for c in codes}
            if unknown and d.code != "time" and refuse:
                raise Refused(400, 150, _not_allowed({d.code: sorted(unknown)}))
            codes = tuple(c for c in codes if c.upper() in folded)
        if d.code == "geo" and "geolevel" in given:
            codes = tuple(c for c in codes if level_of(c) in given["geolevel"])
        chosen.append(codes)
    since, until = given.get("sincetimeperiod", [""])[0], given.get("untiltimeperiod", [""])[0]
    periods = _between(chosen[-1], since, until)
    if "lasttimeperiod" in given:
        count = given["lasttimeperiod"][0]
        if not count.isdecimal() or not int(count):
            raise Refused(400, 140, f"INVALID_QUERY: lastTimePeriod={count}")
        periods = periods[-int(count) :]
    return Selection(cube, (*chosen[:-1], periods))


def _between(periods: tuple[str, ...], start: str, end: str) -> tuple[str, ...]:
    """Periods from one to another; a year is all of its months."""
    return tuple(p for p in periods if p >= start and (not end or p[: len(end)] <= end))


def _not_allowed(bad: Mapping[str, Iterable[str]]) -> str:
    named = ", ".join(f"{d.upper()}={code}" for d, codes in bad.items() for code in codes)
    return (
        "INVALID_QUERY_DIMENSION_VALUE: Query is invalid as per its structure's definition."
        f" The following values for dimension are not allowed: {named}."
    )


def keyed(cube: Cube, key: str, asked: Asked) -> Selection:
    """What an SDMX key asks for: ``A.EUR_HAB+MIO_EUR..``, an empty place means every code."""
    *dimensions, time_dimension = cube.dimensions
    places = key.split(".") if key else [""] * len(dimensions)
    if len(places) != len(dimensions):
        raise Refused(400, 140, "INVALID_QUERY_NB_FILTERS: Incorrect number of filters")
    bad: dict[str, list[str]] = {}
    chosen = []
    for d, place in zip(dimensions, places, strict=True):
        wanted = place.split("+") if place else list(d.categories)
        unknown = [code for code in wanted if code not in d.categories]
        if unknown:
            bad[d.code] = unknown
        chosen.append(tuple(c for c in d.categories if c in wanted))
    if bad:
        raise Refused(400, 150, _not_allowed(bad))
    span = asked.one("startPeriod"), asked.one("endPeriod")
    periods = _between(tuple(time_dimension.categories), *span)
    last = asked.one("lastNObservations")
    return Selection(cube, (*chosen, periods), int(last) if last.isdecimal() else None)
