"""Figures of a cube as the series of a picture: stretches of an area, the country, breakdowns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tilannekuva.cubes import Cube
from tilannekuva.measuring import Measurement
from tilannekuva.model import Series
from tilannekuva.statuses import STATUSES

__all__ = ["of_area", "of_country", "profiles", "segments", "shared"]


def shared(origins: Sequence[str]) -> tuple[str, ...]:
    """The snapshot of each figure, or the one that all are from.

    >>> shared(["a", "a"]), shared(["a", "b", "a"])
    (('a',), ('a', 'b', 'a'))
    """
    return tuple(dict.fromkeys(origins)) if len(set(origins)) == 1 else tuple(origins)


def _series(cube: Cube, n: int, columns: np.ndarray, code: str, ids: Sequence[str]) -> Series:
    return Series(
        region=code,
        periods=tuple(cube.periods[c] for c in columns),
        values=tuple(
            None if np.isnan(cube.value[n, c]) else float(cube.value[n, c]) for c in columns
        ),
        statuses=tuple(STATUSES[cube.status[n, c]] for c in columns),
        snapshots=shared([ids[cube.snapshot[n, c]] for c in columns]),
    )


def segments(cube: Cube, n: int, ids: Sequence[str]) -> tuple[Series, ...]:
    """The unbroken stretches of one area, in time order.

    Args:
        cube: Areas × periods.
        n: Row of the area.
        ids: Snapshots by the numbers that the cube has of them.
    """
    there = np.flatnonzero(cube.status[n] >= 0)
    cut = np.flatnonzero(np.diff(cube.segment[n, there])) + 1
    return tuple(
        _series(cube, n, part, str(cube.codes[n, part[-1]]), ids)
        for part in np.split(there, cut)
        if len(part)
    )


def of_area(cube: Cube, code: str, at: int, ids: Sequence[str]) -> Series | None:
    """Another area's figures, for comparison: the stretch that holds a column, else the newest."""
    n = cube.areas.index(code)
    there = cube.status[n] >= 0
    if not there.any():
        return None
    wanted = cube.segment[n, at] if there[at] else cube.segment[n, np.flatnonzero(there)[-1]]
    columns = np.flatnonzero(there & (cube.segment[n] == wanted))
    return _series(cube, n, columns, str(cube.codes[n, columns[-1]]), ids)


def of_country(cube: Cube, ids: Sequence[str]) -> Series | None:
    """The figures of the whole country, where the cube has them."""
    line = cube.country
    if line is None:
        return None
    there = np.flatnonzero(line.status >= 0)
    return Series(
        region="SSS",
        periods=tuple(cube.periods[c] for c in there),
        values=tuple(None if np.isnan(line.value[c]) else float(line.value[c]) for c in there),
        statuses=tuple(STATUSES[line.status[c]] for c in there),
        snapshots=shared([ids[line.snapshot[c]] for c in there]),
    )


def profiles(
    parts: Sequence[Measurement],
    latest: str,
    ids: Sequence[str],
    *,
    country: bool,
    place: str,
    each: bool = False,
) -> tuple[Series, ...]:
    """By breakdown: the first and the latest period of the region or the country.

    The latest is one for all breakdowns, unless ``each`` has its own.
    """
    out = []
    for m in parts:
        cube = m.cube
        if each:
            latest = next(r.period for r in m.rows[place] if r.metric == "latest")
        if latest not in cube.periods:
            continue
        last = cube.periods.index(latest)
        if country:
            if cube.country is None or np.isnan(cube.country.value[last]):
                continue
            value, status = cube.country.value, cube.country.status
            origin, code = cube.country.snapshot, "SSS"
            stretch = cube.country.segment == cube.country.segment[last]
        else:
            n = cube.areas.index(place)
            value, status = cube.value[n], cube.status[n]
            origin, code = cube.snapshot[n], str(cube.codes[n, last])
            stretch = cube.segment[n] == cube.segment[n, last]
        there = np.flatnonzero(~np.isnan(value) & stretch & (np.arange(len(value)) <= last))
        if not len(there) or there[-1] != last:
            continue
        shown = sorted({int(there[0]), last})
        out.append(
            Series(
                region=cube.breakdown,
                periods=tuple(cube.periods[c] for c in shown),
                values=tuple(float(value[c]) for c in shown),
                statuses=tuple(STATUSES[status[c]] for c in shown),
                snapshots=shared([ids[origin[c]] for c in shown]),
                area=code,
            )
        )
    return tuple(out)
