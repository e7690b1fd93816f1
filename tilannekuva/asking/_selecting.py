"""What to ask of a table: the codes that its queries want, in the table's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tilannekuva import periods
from tilannekuva.calls import Ask
from tilannekuva.errors import DataError
from tilannekuva.matching import Variable, find_codes, find_variable, stem
from tilannekuva.model import Query
from tilannekuva.sources._cube_time import read_periods, strip_star

__all__ = ["choose", "totals", "usable"]

_LEVELS = {
    "koko_maa": ("SSS",),
    "manner_suomi": ("MA1",),
    "maakunta": ("MK", "MA2"),
    "seutukunta": ("SK",),
    "kunta": ("KU",),
    "hyvinvointialue": ("HVA",),
    "ely": ("ELY",),
    "elinvoimakeskus": ("EVK",),
    "avi": ("AVI",),
    "tyollisyysalue": ("TA",),
}
"""How Statistics Finland's codes of each level begin."""


_AREA = re.compile(r"^(SSS|[A-Z]+[0-9]+)$")
"""``KUJOU`` and ``SKJOU`` are no areas: they stand for people of whom no area is known."""
_NOWHERE = ("SK902",)
"""Abroad, in Statistics Finland's statistics of the employment service."""


def usable(ask: Ask, variables: Sequence[Variable]) -> tuple[Ask, str]:
    """The queries that a table can answer; those never seen in a live answer may fail alone.

    A query that was seen to work and no longer does refuses the whole table: something has changed
    that a person must look at.

    Args:
        ask: The queries.
        variables: What the table has.

    Returns:
        The ask with the queries that fit, and what was left out in words.

    Raises:
        DataError: A verified query does not fit, or none does.
    """
    kept, left = [], []
    for indicator, query in ask.queries:
        try:
            _of_query(query, variables, f"{ask.where} (indicator {indicator})")
        except DataError as error:
            if query.verified or indicator in ask.served:
                raise
            left.append(error)
        else:
            kept.append((indicator, query))
    if left and not kept:
        raise left[0]
    note = "; ".join(f"left out, {e}" for e in left)
    return replace(ask, queries=tuple(kept)), note


def choose(ask: Ask, variables: Sequence[Variable]) -> dict[str, tuple[str, ...]]:
    """The codes to ask for, in the order of the table.

    A variable that no query names is left out where the table allows it, and is asked for its
    total where there is one.

    Args:
        ask: The queries.
        variables: What the table has.

    Returns:
        Variable → codes, every code explicit, so that parts can be put together again. Without
        queries it is the whole table.

    Raises:
        DataError: A variable or code is gone, or a variable must be chosen from and is not.
    """
    if not ask.queries:
        return {v.code: v.codes for v in variables}
    wanted: dict[str, dict[str, None]] = {}
    unnamed: dict[str, dict[str, None]] = {}
    for indicator, query in ask.queries:
        where = f"{ask.where} (indicator {indicator})"
        named = _of_query(query, variables, where)
        for variable in variables:
            if variable.code in named:
                wanted.setdefault(variable.code, {}).update(dict.fromkeys(named[variable.code]))
            else:
                unnamed.setdefault(variable.code, {})[where] = None
    found = {}
    for variable in variables:
        code = variable.code
        if code in wanted:
            # Some queries choose from it and some do not: these mean the total.
            more = [_total(variable, next(iter(unnamed[code])))] if code in unnamed else []
            chosen = wanted[code] | dict.fromkeys(more)
            found[code] = tuple(c for c in variable.codes if c in chosen)
        elif not variable.optional:
            found[code] = (_total(variable, next(iter(unnamed[code]))),)
    _check_totals(ask, [v for v in variables if v.code in unnamed], found)
    return found


def _check_totals(
    ask: Ask, variables: Sequence[Variable], found: Mapping[str, Sequence[str]]
) -> None:
    """What stood for all together the last time must not have given way to a class that is left."""
    before = {stem(name): total for name, total in ask.totals.items()}
    for variable in variables:
        total = before.get(stem(variable.code))
        chosen = found.get(variable.code, ())
        if total is None or total in variable.codes or len(chosen) != 1:
            continue
        if variable.labels.get(chosen[0], frozenset()) & variable.labels.get(total, frozenset()):
            continue
        raise DataError(
            f"{ask.where}: '{total}', the total of '{variable.code}', is gone; what is left is "
            f"'{chosen[0]}', which is not known to be the total"
        )


def totals(variables: Sequence[Variable], selection: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The codes that stand for all others together, of a question that is answered in parts.

    A part need not have them: with one sex in it, it must not be taken for both.

    >>> totals([Variable("sex", ("SSS", "1", "2"))], {"sex": ["SSS", "1"]})
    {'sex': 'SSS'}
    """
    found = {v.code: v.total_code() for v in variables}
    return {n: t for n, t in found.items() if t is not None and t in selection.get(n, ())}


def _of_query(
    query: Query, variables: Sequence[Variable], where: str
) -> dict[str, tuple[str, ...]]:
    time = find_variable(query.time, variables, where)
    found = {time.code: _in_span(query, time, where)}
    for name in query.axes.values():
        variable = find_variable(name, variables, where)
        found[variable.code] = variable.codes
    if not query.region.startswith("="):
        area = find_variable(query.region, variables, where)
        # Areas chosen by their codes are not asked for by level: other countries have none.
        if area.code not in {find_variable(n, variables, where).code for n in query.select}:
            found[area.code] = _areas(area, query.levels, where)
    for name, asked in query.select.items():
        variable = find_variable(name, variables, where)
        codes = (asked,) if isinstance(asked, str) else asked
        found[variable.code] = find_codes(codes, variable, where)
    return found


def _in_span(query: Query, time: Variable, where: str) -> tuple[str, ...]:
    if not query.periods:
        return time.codes
    low = periods.parse(query.periods[0]).start
    high = periods.parse(query.periods[-1]).end
    if query.reference in (None, "start"):
        # The stock of 1 January counts as the end of the year before, and an indicator may say so.
        high += 12
    codes = strip_star(time.codes)
    texts = strip_star([min(time.labels.get(c, ()), default="") for c in time.codes])
    known = read_periods(codes, texts)
    inside = []
    for code, bare in zip(time.codes, codes, strict=True):
        if bare not in known:
            return time.codes  # a notation of its own: the reading sorts it out
        period = periods.parse(known[bare])
        if low <= period.start and period.end <= high:
            inside.append(code)
    if not inside:
        raise DataError(f"{where}: the table has no period within {'–'.join(query.periods)}")
    return tuple(inside)


def _areas(area: Variable, levels: Iterable[str], where: str) -> tuple[str, ...]:
    """The codes of the wanted levels; all of them where codes do not tell their level."""
    known = tuple(p for prefixes in _LEVELS.values() for p in prefixes)
    if not any(c.startswith(known) for c in area.codes):
        return area.codes
    prefixes = tuple(p for level in levels for p in _LEVELS.get(level, ())) or known
    areas = (c for c in area.codes if _AREA.match(c) and c not in _NOWHERE)
    found = tuple(c for c in areas if c.startswith(prefixes))
    if not found:
        raise DataError(
            f"{where}: '{area.code}' has no area of the levels {', '.join(levels)}; it has "
            f"{', '.join(area.codes[:6])}"
        )
    return found


def _total(variable: Variable, where: str) -> str:
    total = variable.total_code()
    if total is None:
        raise DataError(
            f"{where}: choose from '{variable.code}' with `select`; it has "
            f"{', '.join(variable.codes[:8])} and no total that could be told"
        )
    return total
