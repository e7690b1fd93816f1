"""Which variables of a PxWebApi 2 answer stand across the top and which down the side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .cubes import Cube, Variable, arranged
from .pxweb2_selecting import Pick, Problem

__all__ = ["default", "pivoted", "placed"]


def default(cube: Cube) -> tuple[list[Pick], list[str], list[str]]:
    """What is shown when nothing is asked for: the picks, the heading and the stub."""
    chosen = _Default([], [], [])
    metric, time = cube.of_role("contents"), cube.of_role("time")
    others = [v for v in cube.variables if v is not metric and v is not time]
    firm = [v for v in others if not v.elimination]
    loose = [v for v in others if v.elimination]
    if metric is None or time is None:
        _without_roles(chosen, cube)
    elif not others:
        few = len(metric.codes) < 6
        (chosen.across if few else chosen.down)(metric)
        (chosen.down if few else chosen.across)(time, 13)
    elif len(others) == 1 and len(metric.codes) == 1:
        chosen.across(metric, 1)
        chosen.across(time)
        chosen.down(others[0])
    elif len(others) == 1:
        chosen.across(time, 1)
        chosen.both(metric, others[0])
    else:
        chosen.across(metric, 1)
        chosen.across(time, 1)
        for variable in firm[1:-1]:
            chosen.across(variable, 1)
        ends = (firm or loose)[0], (firm if len(firm) > 1 else loose)[-1]
        chosen.both(*ends)
        chosen.picks += [Pick(v.code, []) for v in loose if v not in ends]
    return chosen.picks, chosen.heading, chosen.stub


def _without_roles(chosen: _Default, cube: Cube) -> None:
    """For tables without contents or time: the first and the last that cannot be left out."""
    firm = [v for v in cube.variables if not v.elimination]
    loose = [v for v in cube.variables if v.elimination]
    if len(cube.variables) == 1:
        chosen.down(cube.variables[0])
        return
    for variable in firm[1:-1]:
        chosen.across(variable, 1)
    ends = (firm or loose)[0], (firm if len(firm) != 1 and firm else loose)[-1]
    chosen.both(*ends)
    chosen.picks += [Pick(v.code, []) for v in loose if v not in ends]


@dataclass
class _Default:
    picks: list[Pick]
    heading: list[str]
    stub: list[str]

    def down(self, variable: Variable, most: int = 1500) -> None:
        self._take(variable, most, self.stub)

    def across(self, variable: Variable, most: int = 13) -> None:
        self._take(variable, most, self.heading)

    def both(self, one: Variable, two: Variable) -> None:
        """The longer one down, the other across."""
        longer, shorter = (one, two) if len(one.codes) > len(two.codes) else (two, one)
        self.down(longer)
        self.across(shorter)

    def _take(self, variable: Variable, most: int, side: list[str]) -> None:
        codes = list(variable.codes)
        newest = variable.role == "time"
        self.picks.append(Pick(variable.code, codes[-most:] if newest else codes[:most]))
        side.append(variable.code)


def placed(
    cube: Cube, codes: Mapping[str, Sequence[str]], heading: Sequence[str], stub: Sequence[str]
) -> tuple[list[str], list[str]] | None:
    """The heading and the stub that a request names; None where it names none."""
    if not heading and not stub:
        return None
    kept = {c.lower(): c for c, chosen in codes.items() if chosen}
    time = cube.of_role("time")
    if time is not None:
        kept.setdefault("time", time.code)
    if any(c.lower() not in kept for c in (*heading, *stub)):
        raise Problem("Illegal placment")
    above, beside = ([kept[c.lower()] for c in side] for side in (heading, stub))
    left = [c for c, chosen in codes.items() if chosen and c not in (*above, *beside)]
    if set(above) & set(beside) or (left and above and beside):
        raise Problem("Illegal placment")
    return (above, beside or left) if above else (left, beside)


def pivoted(cube: Cube, heading: Sequence[str], stub: Sequence[str]) -> Cube:
    """The table with its variables in the order of the stub and the heading."""
    return replace(arranged(cube, [*stub, *heading]), heading=list(heading))
