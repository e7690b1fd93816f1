"""What a request of PxWebApi 2 asks for: literal codes, expressions, code lists."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from .cubes import Cube, Variable
from .pxweb2_codelists import Codelist, applied

__all__ = ["Pick", "Problem", "Repeated", "checked", "expressed", "resolved"]


class Problem(Exception):
    """A request that is refused, with the title that the real servers give."""

    def __init__(self, title: str, status: int = 400, **more: Any) -> None:
        super().__init__(title)
        self.title, self.status, self.more = title, status, more


class Repeated(Exception):
    """A code named twice, which the real servers answer with an empty 500."""


@dataclass
class Pick:
    """What is asked of one variable."""

    variable: str
    values: list[str]
    codelist: str = ""


def resolved(
    cube: Cube, picks: Sequence[Pick], codelists: Sequence[Codelist]
) -> tuple[Cube, dict[str, list[str]]]:
    """The table with the code lists laid on, and the codes of each variable.

    A variable without codes goes away. The order of the checks is that of the real server.
    """
    chosen: dict[str, list[str]] = {}
    for pick in picks:
        cube, code = expressed(cube, pick.variable, pick.codelist, codelists)
        if code in chosen:
            raise Repeated(code)
        chosen[code] = pick.values
    missing = "Missing selection for mandantory variable"
    if any(not v.elimination and v.code not in chosen for v in cube.variables):
        raise Problem(missing)
    codes: dict[str, list[str]] = {}
    for variable in cube.variables:
        codes[variable.code] = _expanded(variable, chosen.get(variable.code, []))
        if not codes[variable.code] and not variable.elimination:
            raise Problem(missing)
    return cube, codes


def expressed(cube: Cube, code: str, name: str, codelists: Sequence[Codelist]) -> tuple[Cube, str]:
    """The table with a code list on a variable, and the variable's own code.

    The case of a variable does not matter, that of a code list does.
    """
    variable = _found(cube, code)
    if not name:
        return cube, variable.code
    for codelist in codelists:
        if codelist.id == name and codelist.suits(variable):
            return applied(cube, variable, codelist), variable.code
    raise Problem("Non-existent codelist")


def checked(codes: Mapping[str, Sequence[str]], max_cells: int) -> None:
    """Refuse a selection that is too large, and one that names a value twice."""
    if prod(len(c) for c in codes.values() if c) > max_cells:
        title = "Too many cells selected"
        raise Problem(title, detail=title)
    if any(len(set(c)) < len(c) for c in codes.values()):
        raise Repeated


def _found(cube: Cube, code: str) -> Variable:
    """A variable by its code, whatever the case; ``time`` finds the time variable."""
    time = cube.of_role("time")
    wanted = time.code if time and code.lower() == "time" else code
    for variable in cube.variables:
        if variable.code.lower() == wanted.lower():
            return variable
    raise Problem("Non-existent variable")


def _expanded(variable: Variable, asked: Sequence[str]) -> list[str]:
    """Codes and expressions as codes; a list is the union, and only literals can repeat."""
    by_lower = {c.lower(): c for c in reversed(variable.codes)}
    literal = [by_lower[text.lower()] for text in asked if text.lower() in by_lower]
    more: list[str] = []
    for text in asked:
        if text.lower() not in by_lower:
            more += _expression(variable, text)
    return literal + [c for c in dict.fromkeys(more) if c not in set(literal)]


def _expression(variable: Variable, text: str) -> list[str]:
    codes = list(variable.codes)
    if "*" in text:
        return _starred(codes, text)
    if "?" in text:
        shape = re.compile(re.escape(text).replace(r"\?", "."), re.IGNORECASE)
        return [c for c in codes if shape.fullmatch(c)]
    named = re.match(r"(top|bottom|range|from|to)\(", text, re.IGNORECASE)
    if not named:
        raise Problem("Non-existent value")
    name = named[1].lower()
    if name in ("top", "bottom"):
        counted = re.fullmatch(r"\w+\(([1-9]\d*)(?:,(\d+))?\)", text)
        if not counted:
            raise Problem("Illegal selection expression")
        count, offset = int(counted[1]), int(counted[2] or 0)
        # The top of time is its newest end; the top of anything else is where it begins.
        if (name == "top") != (variable.role == "time"):
            return codes[offset : offset + count]
        return codes[::-1][offset : offset + count][::-1]
    ends = re.fullmatch(r"\w+\(([^,]+),([^,)]+)\)" if name == "range" else r"\w+\(([^,]+)\)", text)
    if not ends:
        raise Problem("Illegal selection expression")
    lower = [c.lower() for c in codes]
    if any(end.lower() not in lower for end in ends.groups()):
        raise Problem("Non-existent value")
    places = sorted(lower.index(end.lower()) for end in ends.groups())
    first = 0 if name == "to" else places[0]
    last = len(codes) - 1 if name == "from" else places[-1]
    return codes[first : last + 1]


def _starred(codes: Sequence[str], text: str) -> list[str]:
    """A star stands at one end or at both."""
    stars = text.count("*")
    begins, ends = text.startswith("*"), text.endswith("*")
    allowed = begins or ends if stars == 1 else begins and ends
    if stars > 2 or not allowed:
        raise Problem("Illegal selection expression")
    part = text.strip("*").lower()
    if text == "*":
        return list(codes)
    if begins and ends:
        return [c for c in codes if part in c.lower()]
    return [c for c in codes if (c.lower().endswith if begins else c.lower().startswith)(part)]
