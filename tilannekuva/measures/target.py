"""How far to go: the pace a dated target requires against the pace so far.

References:
    Eurostat (2021) Sustainable development in the European Union, annex on assessing trends
    (ratio of the actual to the required compound growth rate).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from tilannekuva.errors import DataError

__all__ = ["Pace", "pace"]


@dataclass(frozen=True, slots=True)
class Pace:
    """Actual and required pace; None where a figure has no meaning (see `pace`).

    Attributes:
        linear_actual: Mean yearly change from base to last, in the unit of the values.
        linear_required: Yearly change needed from last to target.
        linear_ratio: linear_actual / linear_required; 1 = just enough.
        cagr_actual: Mean yearly growth from base to last, as a share.
        cagr_required_from_last: Yearly growth needed from last to target.
        cagr_required_from_base: Yearly growth that was needed from base to target.
        on_path_linear: Where a straight path from base to target is at `last_period`.
        on_path_cagr: Where a path of constant growth is at `last_period`.
        reach_year: When the straight line through base and last meets the target.
    """

    linear_actual: float | None
    linear_required: float | None
    linear_ratio: float | None
    cagr_actual: float | None
    cagr_required_from_last: float | None
    cagr_required_from_base: float | None
    on_path_linear: float | None
    on_path_cagr: float | None
    reach_year: float | None


def pace(
    base_value: float | None,
    base_period: float,
    last_value: float | None,
    last_period: float,
    target_value: float | None,
    target_period: float,
    *,
    direction: Literal["up", "down"] | None = None,
) -> Pace:
    """Compare the two-point pace so far with the pace a target requires.

    Question:
        Are we on the way to the target fast enough, and when would we be there?
    Formula:
        linear_actual = (last − base)/(t − t_0); linear_required = (target − last)/(T − t);
          linear_ratio = actual/required
        CAGR between a and b over y years = (b/a)^(1/y) − 1: actual from base to last, required from
          last and from base to target
        on_path = where the straight line, or the path of constant growth, from base to target is at
          t
        reach_year = t + (target − last)/linear_actual
    Reference:
        Eurostat (2021), Sustainable development in the European Union, annex on assessing trends.
    Misleads:
        Two points make the actual pace: choose the base year for a reason and say it. A target set
        for the country is not one for the region. The year of arrival assumes that the last units
        are as easy as the first.

    Args:
        base_value: Value at the start, in the unit of the target.
        base_period: Its year.
        last_value: Latest value.
        last_period: Its year, later than `base_period`.
        target_value: Value to be reached.
        target_period: Year to reach it.
        direction: ``"up"`` for "at least", ``"down"`` for "at most"; when left out, the way from
            base to target.

    Returns:
        None for everything that needs a missing value; for every growth rate whose two values are
        not both positive (a target of zero has only a linear pace); for the required figures when
        the target year is not after the last one; for the ratio when the target is met already,
        as there is then no pace to require; for the paths after the target year; for `reach_year`
        when the values stand still or move away. A `reach_year` before `last_period` says when
        the target was passed.

    Raises:
        DataError: A figure is not a number, a year is missing, or the last or the target year is
            not after the base year.

    Example:
        >>> p = pace(2.0, 2014, 2.6, 2023, 4.0, 2030)
        >>> round(p.linear_required, 3), round(p.linear_ratio, 3), round(p.reach_year)
        (0.2, 0.333, 2044)
    """
    base, last, target = (
        _value(value, what)
        for value, what in (
            (base_value, "base_value"),
            (last_value, "last_value"),
            (target_value, "target_value"),
        )
    )
    base_at, last_at, target_at = _years(base_period, last_period, target_period)
    if direction not in (None, "up", "down"):
        msg = f"direction is {direction!r}; give 'up', 'down' or nothing."
        raise DataError(msg)
    wanted = {"up": 1.0, "down": -1.0, None: _sign(target - base) or _sign(target - last)}[
        direction
    ]
    actual = (last - base) / (last_at - base_at)
    left = target_at - last_at
    required = (target - last) / left if left > 0 else math.nan
    met = (last - target) * wanted >= 0
    share = (last_at - base_at) / (target_at - base_at)
    growth_needed = _growth(base, target, target_at - base_at)
    on_path = left >= 0
    return Pace(
        linear_actual=_known(actual),
        linear_required=_known(required),
        linear_ratio=None if met else _known(actual / required),
        cagr_actual=_growth(base, last, last_at - base_at),
        cagr_required_from_last=_growth(last, target, left),
        cagr_required_from_base=growth_needed,
        on_path_linear=_known(base + (target - base) * share) if on_path else None,
        on_path_cagr=base * (target / base) ** share
        if on_path and growth_needed is not None
        else None,
        reach_year=_reach_year(last, last_at, target, actual, wanted),
    )


def _value(value: float | None, what: str) -> float:
    try:
        number = math.nan if value is None else float(value)
    except (TypeError, ValueError) as error:
        msg = f"'{what}' is {value!r}, which is not a number; use None or NaN for missing."
        raise DataError(msg) from error
    if math.isinf(number):
        msg = f"'{what}' is infinite; use None or NaN for missing."
        raise DataError(msg)
    return number


def _years(base: float, last: float, target: float) -> tuple[float, float, float]:
    try:
        base_at, last_at, target_at = float(base), float(last), float(target)
    except (TypeError, ValueError) as error:
        msg = f"The periods are {base!r}, {last!r} and {target!r}; give them as years."
        raise DataError(msg) from error
    # Written so that a missing year is refused too.
    if not (base_at < last_at < math.inf and base_at < target_at < math.inf):
        msg = (
            f"Base {base_at:g}, last {last_at:g}, target {target_at:g}: the base year must come "
            "before both others."
        )
        raise DataError(msg)
    return base_at, last_at, target_at


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _sign(value: float) -> float:
    return float((value > 0) - (value < 0))


def _growth(start: float, end: float, years: float) -> float | None:
    if not (years > 0 and start > 0 and end > 0):
        return None
    return float((end / start) ** (1 / years) - 1)


def _reach_year(
    last: float, last_at: float, target: float, actual: float, wanted: float
) -> float | None:
    if target == last:
        return last_at
    # Towards the target in the wanted direction: ahead of us, or passed on the way.
    if actual * wanted > 0:
        return _known(last_at + (target - last) / actual)
    return None
