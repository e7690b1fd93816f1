"""What the queries of one resource of records mean, in the names of its own fields."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tilannekuva.asking._long import COLUMN, Heads
from tilannekuva.calls import Ask
from tilannekuva.errors import DataError
from tilannekuva.matching import Role
from tilannekuva.model import Query

__all__ = ["Wanted", "check_choice", "check_options", "find_name", "texts", "wanted"]

_OPTIONS = ("value", "time", "region", "filter", "sum")
_CONTENTS = (COLUMN, "tiedot", "contents")
"""Names by which a query chooses between columns of figures."""
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_SELECTOR = re.compile(r"([^\s;,()'\"=!<>~]+)\s*(?:==|!=|=[a-z]+=|[<>]=?)")


@dataclass(frozen=True)
class Wanted:
    """The fields and rows that the queries of a resource need together."""

    keys: tuple[str, ...]
    values: tuple[str, ...]
    times: tuple[str, ...]
    regions: tuple[str, ...]
    filter: str
    """RSQL; empty for every row."""
    total: bool
    """Whether counts are added up over the rows that have the same keys."""

    @property
    def heads(self) -> Heads:
        """The columns of the answer."""
        return heads(self.layout)

    @property
    def layout(self) -> dict[str, Any]:
        """As JSON, for whoever reads the answer later."""
        return {
            "keys": list(self.keys),
            "values": list(self.values),
            "times": list(self.times),
            "regions": list(self.regions),
            "sum": self.total,
        }


def heads(layout: Mapping[str, Any]) -> Heads:
    """The columns of an answer, from its layout."""
    roles: dict[str, Role] = dict.fromkeys(layout["regions"], "geo")
    roles |= dict.fromkeys(layout["times"], "time")
    return Heads(tuple(layout["keys"]), tuple(layout["values"]), roles)


def wanted(ask: Ask, fields: Sequence[str], numbers: Sequence[str]) -> Wanted:
    """The queries of a resource in its own fields.

    Args:
        ask: The queries.
        fields: Names of the resource's fields.
        numbers: Those of them that are numbers, for messages.

    Returns:
        What they need together.

    Raises:
        DataError: A field is not there, or two queries cannot be read from one answer.
    """
    found = [_of_query(ask, name, query, fields, numbers) for name, query in ask.queries]
    if not found:
        raise DataError(
            f"{ask.where}: no indicator asks for this resource; take it out of `tables`"
        )
    first = found[0]
    for (name, _), other in zip(ask.queries, found, strict=True):
        where = f"{ask.where} (indicators {ask.queries[0][0]} and {name})"
        if other.filter != first.filter:
            raise DataError(
                f"{where}: queries of one resource are read from one answer, so `filter` must be "
                f"the same ('{first.filter}' and '{other.filter}'); tell them apart with `select`"
            )
        if other.total != first.total or (other.total and set(other.keys) != set(first.keys)):
            raise DataError(
                f"{where}: with `sum` every query of a resource names the same fields, since rows "
                f"are added up over all others ({', '.join(first.keys)} and "
                f"{', '.join(other.keys)})"
            )
    values = tuple(dict.fromkeys(v for w in found for v in w.values))
    check_choice(ask, values)
    return Wanted(
        tuple(dict.fromkeys(k for w in found for k in w.keys)),
        values,
        tuple(dict.fromkeys(t for w in found for t in w.times)),
        tuple(dict.fromkeys(r for w in found for r in w.regions)),
        first.filter,
        first.total,
    )


def _of_query(
    ask: Ask, indicator: str, query: Query, fields: Sequence[str], numbers: Sequence[str]
) -> Wanted:
    where = f"{ask.where} (indicator {indicator})"
    check_options(query, _OPTIONS, where)
    told = texts(query.ask.get("value", ()))
    if not told:
        raise DataError(
            f"{where}: say which field the figures are in with ask.value; numbers are "
            f"{', '.join(numbers) or 'none'}"
        )
    total = query.ask.get("sum", "false")
    if total not in ("true", "false"):
        raise DataError(f'{where}: ask.sum is "true" or "false", not {total!r}')
    rules = texts(query.ask.get("filter", ()))
    for rule in rules:
        _check_filter(rule, fields, where)
    time = find_name(str(query.ask.get("time", query.time)), fields, where)
    fixed = query.region.startswith("=")
    area = () if fixed else (find_name(str(query.ask.get("region", query.region)), fields, where),)
    named = [n for n in query.select if n.casefold() not in _CONTENTS]
    others = [find_name(n, fields, where) for n in (*named, *query.axes.values())]
    return Wanted(
        tuple(dict.fromkeys([*area, time, *others])),
        tuple(find_name(v, fields, where) for v in told),
        (time,),
        area,
        ";".join(rules),
        total == "true",
    )


def check_options(query: Query, known: Sequence[str], where: str) -> None:
    """Refuse what nobody would look at.

    Raises:
        DataError: A key of ``ask`` is not known.
    """
    for key in query.ask:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(known)}"
            raise DataError(f"{where}: `ask` has an unknown key '{key}'; {hint}")


def check_choice(ask: Ask, values: Sequence[str]) -> None:
    """Where several columns of figures are read from one answer, each query says which it means.

    Raises:
        DataError: One does not.
    """
    for name, query in ask.queries if len(values) > 1 else ():
        if not any(n.casefold() in _CONTENTS for n in query.select):
            raise DataError(
                f"{ask.where} (indicator {name}): {len(values)} columns of figures are asked for; "
                f'say which is meant with `select`, for example {COLUMN} = "{values[0]}"'
            )


def texts(told: str | Iterable[str]) -> tuple[str, ...]:
    """One text or several, as several.

    >>> texts("a"), texts(("a", "b"))
    (('a',), ('a', 'b'))
    """
    return (told,) if isinstance(told, str) else tuple(told)


def find_name(name: str, names: Sequence[str], where: str, what: str = "field") -> str:
    """A name as the publisher writes it.

    Raises:
        DataError: There is none; with those that are near.

    >>> find_name("Lukumaara", ["lukumaara", "sektori"], "x")
    'lukumaara'
    """
    if name in names:
        return name
    alike = [n for n in names if n.casefold() == name.casefold()]
    if len(alike) == 1:
        return alike[0]
    low = {n.casefold(): n for n in names}
    near = difflib.get_close_matches(name.casefold(), low, 3, 0.5)
    hint = (
        f"near are {', '.join(low[n] for n in near)}" if near else f"it has {', '.join(names[:12])}"
    )
    raise DataError(f"{where}: there is no {what} '{name}'; {hint}. Mend the catalogue's query")


def _check_filter(rule: str, fields: Sequence[str], where: str) -> None:
    """Every field that a filter compares is there; the service would only say 400."""
    bare = _QUOTED.sub("''", rule)
    for found in _SELECTOR.finditer(bare):
        # Some names end in signs that mean something in a filter ("…2015->").
        if not bare.startswith(tuple(fields), found.start(1)):
            find_name(found[1], fields, f"{where}, filter {rule}")
