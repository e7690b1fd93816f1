"""Which variable of a publisher's table, and which of its codes, a query means.

Publishers rename: Statistics Finland's ``Alue`` became ``alue_23_20260101`` in June 2026 and
changes its date every January; ``vaesto`` became ``vaerak-vaesto``. So a query names what it wants
and this room finds it in what the table says of itself: by code, by code without its date, by role,
by label. The same room serves both sides, the question to the service and the reading of the
answer.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tilannekuva import region_codes
from tilannekuva.errors import DataError
from tilannekuva.model import Query

__all__ = ["Role", "Variable", "find_codes", "find_variable", "guess_role", "stem", "translate"]

Role = Literal["time", "geo", "contents"]

_SYNONYMS: dict[str, Role] = {
    "time": "time", "period": "time", "vuosi": "time", "aika": "time", "year": "time",
    "region": "geo", "alue": "geo", "geo": "geo", "area": "geo", "maakunta": "geo",
    "tiedot": "contents", "contents": "contents", "contentscode": "contents",
    "indicator": "contents", "uppgifter": "contents", "information": "contents",
}  # fmt: skip
_TOTALS = {
    "sss", "t", "tot", "total", "_t", "yhteensä", "totalt", "sammanlagt", "all", "kaikki",
    "i alt", "kopā", "pavisam",
}  # fmt: skip
"""Codes and texts by which publishers mean all together."""
_DATED = re.compile(r"(?:_[0-9]{1,3})?_[0-9]{8}$")
_GEO = re.compile(r"^(alue|kunta|maakunta|seutukunta|postinumeroalue|hyvinvointialue)(_|$)")


@dataclass(frozen=True)
class Variable:
    """One variable as a table describes it."""

    code: str
    codes: tuple[str, ...]
    names: frozenset[str] = frozenset()
    """Its name in the languages that are known."""
    labels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Code → its texts in the languages that are known."""
    role: Role | None = None
    total: str | None = None
    """The code that stands for all the others together, when the table says which."""
    optional: bool = False
    """May be left out of a question: the answer is then the total."""

    def total_code(self) -> str | None:
        """The code that stands for all the others: the one stated, the only one, or the usual one.

        >>> Variable("Sukupuoli", ("1", "2", "SSS")).total_code()
        'SSS'
        """
        if self.total is not None:
            return self.total
        if len(self.codes) == 1:
            return self.codes[0]
        for code in self.codes:
            words = {_plain(x) for x in self.labels.get(code, ())}
            if code.casefold() != "t" or not words:
                # A letter that has a text of its own is a class, as the industry T is.
                words.add(code.casefold())
            if words & _TOTALS:
                return code
        return None


def stem(code: str) -> str:
    """A variable's code without the number and the date of its classification.

    >>> stem("alue_23_20260101"), stem("timeperiod_y"), stem("Alue")
    ('alue', 'timeperiod', 'alue')
    """
    return _DATED.sub("", re.sub(r"_[ymqhw]$", "", code)).casefold()


def guess_role(code: str, names: Iterable[str] = ()) -> Role | None:
    """The role of a variable whose table does not say, from its code and name.

    >>> guess_role("alue_23_20260101"), guess_role("contentscode"), guess_role("x", ["Tiedot"])
    ('geo', 'contents', 'contents')
    """
    if _GEO.match(code.casefold()):
        return "geo"
    if code.casefold().startswith("timeperiod"):
        return "time"
    for name in (stem(code), *(n.casefold() for n in names)):
        if name in _SYNONYMS:
            return _SYNONYMS[name]
    return None


def find_variable(name: str, variables: Sequence[Variable], where: str) -> Variable:
    """The variable that a name means.

    In this order: its very code, its code without the date, its name in any language, the role that
    the name stands for.

    Raises:
        DataError: There is none, or several; with what there is.

    >>> area = Variable("alue_23_20260101", ("MK18",), frozenset({"Alue"}), role="geo")
    >>> find_variable("Alue", [area], "x").code, find_variable("region", [area], "x").code
    ('alue_23_20260101', 'alue_23_20260101')
    """
    low = name.casefold()
    role = _SYNONYMS.get(low)
    rounds = (
        [v for v in variables if v.code == name],
        [v for v in variables if v.code.casefold() == low or stem(v.code) == stem(name)],
        [v for v in variables if low in {n.casefold() for n in v.names}],
        [v for v in variables if role is not None and v.role == role],
    )
    for found in rounds:
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(v.code for v in found)
            raise DataError(f"{where}: '{name}' could be each of {names}; write the code itself")
    there = ", ".join(f"{v.code} ({'/'.join(sorted(v.names)) or '–'})" for v in variables)
    raise DataError(f"{where}: the table has no variable '{name}'; it has {there}")


def find_codes(wanted: Iterable[str], variable: Variable, where: str) -> tuple[str, ...]:
    """The table's own codes of what is wanted, in the wanted order.

    A wanted text is a code, among contents a code that has got or lost the prefix of its statistic
    (``vaerak-vaesto``), or a label in any language.

    Raises:
        DataError: Nothing fits, or several do; with what is near.

    >>> what = Variable("contentscode", ("vaerak-vaesto",), labels={"vaerak-vaesto": frozenset()})
    >>> find_codes(["vaesto"], what, "x")
    ('vaerak-vaesto',)
    """
    return tuple(_find_code(text, variable, where) for text in wanted)


def _find_code(text: str, variable: Variable, where: str) -> str:
    if text in variable.codes:
        return text
    low = _plain(text)
    codes, labels = variable.codes, variable.labels
    # Elsewhere a hyphen is a range: the industries B-E are not the industry E.
    renamed = "contents" in (variable.role, guess_role(variable.code, variable.names))
    bare = _without_prefix(text)
    rounds = (
        [c for c in codes if c.casefold() == low],
        [c for c in codes if renamed and (_without_prefix(c) == low or c.casefold() == bare)],
        [c for c in codes if low in {_plain(x) for x in labels.get(c, ())}],
    )
    for found in rounds:
        if len(found) == 1:
            return found[0]
        if found:
            raise DataError(
                f"{where}: '{text}' could be each of {', '.join(found[:6])} of '{variable.code}'; "
                "write the code itself"
            )
    texts = {x: c for c in variable.codes for x in (c, *variable.labels.get(c, ()))}
    near = difflib.get_close_matches(text, texts, 3, 0.5)
    hint = (
        "did you mean " + " or ".join(f"'{texts[n]}' ({n})" for n in near) + "?"
        if near
        else f"it has {', '.join(variable.codes[:8])}"
    )
    raise DataError(f"{where}: variable '{variable.code}' has no code '{text}'; {hint}")


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip("*").strip().casefold()


def _without_prefix(code: str) -> str:
    """``vaerak-vaesto`` → ``vaesto``: only letters stand before the hyphen of a statistic."""
    head, mark, rest = code.partition("-")
    return (rest if mark and head.isalpha() and rest else code).casefold()


def translate(query: Query, variables: Sequence[Variable], where: str) -> Query:
    """A query in the very codes of one table, so that nothing after it needs to know of renaming.

    Codes that this table does not have are left as they are: of an answer in parts each has some.
    A variable that the query does not name means its total. Where the code of the areas carries the
    date of its classification, that is the division that the source states.

    Raises:
        DataError: A variable that the query names is not there, or one that it does not name has
            several codes and no total.
    """
    select: dict[str, str | tuple[str, ...]] = {}
    for name, codes in query.select.items():
        variable = find_variable(name, variables, where)
        asked = (codes,) if isinstance(codes, str) else codes
        select[variable.code] = tuple(_code_or_text(c, variable, where) for c in asked)
    region, division = query.region, query.division
    if not region.startswith("="):
        region = find_variable(region, variables, where).code
        if division == "current" and (dated := re.search(r"_([0-9]{4})[0-9]{4}$", region)):
            # A division newer than the register is today's until the register learns of it.
            year = int(dated[1])
            division = "current" if year >= region_codes.today() else year
    axes = {a: find_variable(n, variables, where).code for a, n in query.axes.items()}
    time = find_variable(query.time, variables, where).code
    for variable in variables:
        if variable.code in (*select, *axes.values(), region, time):
            continue
        total = variable.total_code()
        if total is None:
            raise DataError(
                f"{where}: the query does not say which '{variable.code}' it means; it has "
                f"{', '.join(variable.codes[:8])}"
            )
        select[variable.code] = (total,)
    found = {"select": select, "region": region, "axes": axes, "time": time, "division": division}
    return query.model_copy(update=found)


def _code_or_text(text: str, variable: Variable, where: str) -> str:
    try:
        return _find_code(text, variable, where)
    except DataError:
        return text
