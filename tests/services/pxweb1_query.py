"""Which cells a POST to PxWeb API v1 asks for."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from .cube_model import Cube, Variable, select

__all__ = ["Refused", "TooManyCells", "chosen"]


class Refused(ValueError):
    """The query does not fit the table."""


class TooManyCells(Refused):
    """The query fits, but asks for more cells than the limit."""


def chosen(cube: Cube, asked: Any, max_cells: int) -> Cube:
    """The part of a table that the body of a POST asks for."""
    query = asked.get("query") if isinstance(asked, dict) else None
    if not isinstance(query, list) or not all(isinstance(q, dict) for q in query):
        raise Refused("there is no list of selections")
    wanted = [q.get("code") for q in query]
    known = {v.code for v in cube.variables}
    if len(set(wanted)) != len(wanted) or not known.issuperset(wanted):
        raise Refused(f"unknown or repeated variables: {wanted}")
    codes: dict[str, list[str]] = {}
    for variable in cube.variables:
        for one in query:
            if one["code"] == variable.code:
                codes[variable.code] = _values(variable, one.get("selection"))
    gone = []
    for variable in cube.variables:
        found = codes.get(variable.code)
        if not found and variable.elimination:
            # Left out, or named with no values: collapsed to the total, and no dimension.
            codes.pop(variable.code, None)
            gone.append(variable.code)
        elif found is not None and not found:
            raise Refused(f"{variable.code} must have values")
    sizes = [len(codes.get(v.code, v.codes)) for v in cube.variables if v.code not in gone]
    if prod(sizes) > max_cells:
        raise TooManyCells(f"{prod(sizes)} cells of at most {max_cells}")
    return select(cube, codes, gone)


def _values(variable: Variable, selection: Any) -> list[str]:
    """The codes that one selection means, in the order of the table."""
    if not isinstance(selection, Mapping) or not isinstance(selection.get("values"), list):
        raise Refused("a selection needs a list of values")
    values = selection["values"]
    kind = str(selection.get("filter") or "item").lower()
    if not all(isinstance(v, str) for v in values):
        raise Refused("values are texts")
    if kind == "all":
        return _wildcards(variable, values)
    if kind == "top":
        return _top(variable, values)
    if kind.startswith(("agg:", "agg_single:", "agg_all:", "vs:")):
        raise Refused("no groupings and no value sets here")
    # A filter that the server does not know is taken for `item`.
    found = [c for c in variable.codes if c in set(values)]
    if len(found) != len(values):
        raise Refused(f"{variable.code}: unknown or repeated values")
    return found


def _wildcards(variable: Variable, patterns: list[str]) -> list[str]:
    found: set[str] = set()
    for pattern in patterns:
        if pattern.startswith("*"):
            found |= {c for c in variable.codes if c.endswith(pattern[1:])}
        elif pattern.endswith("*"):
            found |= {c for c in variable.codes if c.startswith(pattern[:-1])}
        else:
            raise Refused("the filter `all` needs a star in front or at the end")
    return [c for c in variable.codes if c in found]


def _top(variable: Variable, values: list[str]) -> list[str]:
    if len(values) != 1 or not values[0].strip().isdecimal() or int(values[0]) < 1:
        raise Refused("the filter `top` needs one positive whole number")
    count = int(values[0])
    labels = variable.label_list("fi")
    # The newest periods are at the end when the first two texts rise.
    if variable.role == "time" and len(labels) > 1 and labels[0] < labels[1]:
        return list(variable.codes)[-count:]
    return list(variable.codes)[:count]
