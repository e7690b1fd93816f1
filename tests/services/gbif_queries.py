"""Enough of the queries of GBIF's downloads to count synthetic records by year, place and species.

Predicates choose records. The SQL knows one table, columns, ``COUNT(*)``, ``MIN(…)`` of the
uncertainty and the code of the European grid; conditions joined with AND. Whatever else GBIF
understands is refused here with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from services.gbif_records import FIELDS, KINGDOM_KEY, Group

__all__ = ["BadQuery", "holds", "table"]

COLUMNS: Mapping[str, Callable[[Group], object]] = {
    "year": lambda g: g.year,
    "month": lambda g: g.month,
    "countrycode": lambda g: g.country,
    "specieskey": lambda g: g.species.key,
    "taxonkey": lambda g: g.species.key,
    "species": lambda g: g.species.name,
    "class": lambda g: g.species.kind,
    "classkey": lambda g: g.species.kind_key,
    "kingdomkey": lambda g: KINGDOM_KEY,
    "basisofrecord": lambda g: g.basis,
    "datasetkey": lambda g: g.dataset,
    "license": lambda g: g.licence,
    "occurrencestatus": lambda g: "PRESENT",
    "hascoordinate": lambda g: "TRUE",
    "hasgeospatialissues": lambda g: "FALSE",
    "level1gid": lambda g: g.gids[1] if len(g.gids) > 1 else None,
    "level2gid": lambda g: g.gids[2] if len(g.gids) > 1 else None,
    "iucnredlistcategory": lambda g: g.species.iucn,
}
_RESERVED = ("year", "month", "day")
_QUERY = re.compile(
    r"\s*SELECT\s+(?P<columns>.+?)\s+FROM\s+occurrence"
    r"(?:\s+WHERE\s+(?P<where>.+?))?(?:\s+GROUP\s+BY\s+(?P<by>.+?))?"
    r"(?:\s+ORDER\s+BY\s+.+?)?\s*;?\s*",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(
    r'"?(?P<column>\w+)"?\s*(?:(?P<some>IS\s+NOT\s+NULL)|IN\s*\((?P<among>[^)]*)\)|'
    r"(?P<sign>=|<>|<=|>=|<|>)\s*(?P<value>'[^']*'|\S+))",
    re.IGNORECASE,
)
_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


class BadQuery(ValueError):
    """Why a query is refused."""


def table(sql: str, groups: Iterable[Group], times: int) -> list[list[str]]:
    """The header, in lower case, and the rows of a query."""
    columns, conditions = _parsed(sql)
    sums: dict[tuple[str, ...], int] = {}
    for group in groups:
        if all(holds(group) for holds in conditions):
            key = tuple(of(group) for _, of in columns if of is not None)
            sums[key] = sums.get(key, 0) + group.size * times
    rows = [[name for name, _ in columns]]
    counted = any(of is None for _, of in columns)
    for key, count in sorted(sums.items()):
        values = iter(key)
        row = [str(count) if of is None else next(values) for _, of in columns]
        # Without a count nothing is grouped: a row for every record.
        rows += [row] * (1 if counted else count)
    return rows


Column = tuple[str, Callable[[Group], str] | None]


def _parsed(sql: str) -> tuple[list[Column], list[Callable[[Group], bool]]]:
    query = _QUERY.fullmatch(sql)
    if query is None:
        raise BadQuery("Expected a SELECT from the table occurrence")
    outside = re.sub(r"'[^']*'|\"[^\"]*\"", "''", sql)
    for word in _RESERVED:
        if re.search(rf"(?<!\w){word}(?!\w)", outside, re.IGNORECASE):
            raise BadQuery(f'Encountered "{word}": reserved words have to be in double quotes')
    columns, expressions = [], []
    for text in _split(query["columns"]):
        expression, _, alias = re.sub(r"\s+AS\s+", "\0", text, flags=re.IGNORECASE).partition("\0")
        name = (alias or expression).strip().strip('"').lower()
        columns.append((name, _value(expression.strip())))
        expressions.append((name, _plain(expression)))
    if any(of is None for _, of in columns):
        by = {_plain(text) for text in _split(query["by"] or "")}
        for (name, of), (_, expression) in zip(columns, expressions, strict=True):
            if of is not None and not by & {name, expression} and not expression.startswith("min("):
                raise BadQuery(f"Expression '{name}' is not being grouped")
    where = query["where"] or ""
    # A range becomes two conditions, so that AND only ever joins.
    ranged = r'("?\w+"?)\s+BETWEEN\s+(\S+)\s+AND\s+(\S+)'
    where = re.sub(ranged, r"\1 >= \2 AND \1 <= \3", where, flags=re.IGNORECASE)
    parts = re.split(r"\s+AND\s+", where, flags=re.IGNORECASE) if where else []
    return columns, [_condition(part.strip()) for part in parts]


def _plain(text: str) -> str:
    return re.sub(r"[\s\"]", "", text).lower()


def _split(text: str) -> list[str]:
    """Parts between the commas that are in no brackets."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return [p.strip() for p in parts if p.strip()]


def _value(expression: str) -> Callable[[Group], str] | None:
    """What gives the value of a column; None stands for the count."""
    plain = _plain(expression)
    if plain == "count(*)":
        return None
    if plain.startswith("gbif_eeargcode("):
        return lambda g: g.cell
    if plain.startswith("min("):
        return lambda g: "100.0"
    of = _column(plain)
    return lambda g: "" if of(g) is None else str(of(g))


def _column(name: str) -> Callable[[Group], object]:
    found = COLUMNS.get(name.lower())
    if found is None:
        raise BadQuery(f"Column '{name}' not found in any table")
    return found


def _condition(text: str) -> Callable[[Group], bool]:
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise BadQuery(f"Condition not understood here: {text}")
    of = _column(found["column"])
    if found["some"]:
        return lambda g: of(g) is not None
    if found["among"] is not None:
        wanted = {v.strip().strip("'") for v in found["among"].split(",")}
        return lambda g: str(of(g)) in wanted
    sign, value = found["sign"], found["value"].strip("'")
    if sign in ("=", "<>"):
        return lambda g: (str(of(g)).upper() == value.upper()) == (sign == "=")
    try:
        bound = float(value)
    except ValueError:
        raise BadQuery(f"Not a number: {value}") from None
    return lambda g: _SIGNS[sign](float(str(of(g))), bound)


def holds(group: Group, predicate: Mapping[str, Any]) -> bool:
    """Whether the records of a group are among those that a predicate chooses."""
    kind = str(predicate["type"])
    if kind in ("and", "or"):
        each = [holds(group, p) for p in predicate["predicates"]]
        return all(each) if kind == "and" else any(each)
    if kind == "not":
        return not holds(group, predicate["predicate"])
    name = predicate.get("key") or predicate.get("parameter") or ""
    field = next((f for f in FIELDS if f.lower() == name.replace("_", "").lower()), None)
    if field is None:
        raise BadQuery(f"Predicate not understood here: {kind} {name}")
    values = FIELDS[field](group, str(predicate.get("checklistKey", "")))
    if kind in ("isNotNull", "isNull"):
        return bool(values) == (kind == "isNotNull")
    if kind in ("equals", "in"):
        wanted = predicate["values"] if kind == "in" else [predicate["value"]]
        return not {str(w).upper() for w in wanted}.isdisjoint(v.upper() for v in values)
    sign = {"lessThan": "<", "greaterThan": ">"}.get(kind.removesuffix("OrEquals"))
    if sign is None:
        raise BadQuery(f"Unknown type of predicate: {kind}")
    holds_here = _SIGNS[sign + "=" * kind.endswith("OrEquals")]
    return any(holds_here(float(v), float(predicate["value"])) for v in values)
