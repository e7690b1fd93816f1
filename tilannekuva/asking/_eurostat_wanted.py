"""What the queries want of a table of Eurostat's: Finnish areas, and codes that are in use."""

from __future__ import annotations

from collections.abc import Sequence

from tilannekuva.calls import Ask
from tilannekuva.errors import DataError
from tilannekuva.matching import Variable, find_codes, find_variable
from tilannekuva.model import Query

__all__ = ["choose"]

_FINLAND = "FI"


def choose(ask: Ask, variables: Sequence[Variable]) -> dict[str, tuple[str, ...]]:
    """The codes to ask for, every dimension but time, in the order of the table's keys.

    Args:
        ask: The queries.
        variables: What the table has in use.

    Raises:
        DataError: A dimension or code is gone, a dimension with several codes is not chosen from,
            or the table has no Finnish area.
    """
    wanted: dict[str, dict[str, None]] = {v.code: {} for v in variables if v.role != "time"}
    for indicator, query in ask.queries:
        where = f"{ask.where} (indicator {indicator})"
        named = _of_query(query, variables, where)
        open_ = [
            v for v in variables if v.role != "time" and v.code not in named and len(v.codes) > 1
        ]
        if open_:
            each = "; ".join(f"{v.code} ({', '.join(v.codes[:8])})" for v in open_)
            raise DataError(f"{where}: choose with `select` from {each}")
        for variable in variables:
            if variable.role != "time":
                codes = named.get(variable.code, variable.codes)
                wanted[variable.code].update(dict.fromkeys(codes))
    order = {v.code: v.codes for v in variables}
    return {name: tuple(c for c in order[name] if c in codes) for name, codes in wanted.items()}


def _of_query(
    query: Query, variables: Sequence[Variable], where: str
) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    find_variable(query.time, variables, where)
    for name in query.axes.values():
        variable = find_variable(name, variables, where)
        found[variable.code] = variable.codes
    if not query.region.startswith("="):
        area = find_variable(query.region, variables, where)
        found[area.code] = tuple(c for c in area.codes if c.startswith(_FINLAND))
        if not found[area.code]:
            raise DataError(
                f"{where}: '{area.code}' has no Finnish area; it has {', '.join(area.codes[:8])}"
            )
    for name, asked in query.select.items():
        variable = find_variable(name, variables, where)
        if variable.role != "time":
            codes = (asked,) if isinstance(asked, str) else asked
            found[variable.code] = find_codes(codes, variable, where)
    return found
