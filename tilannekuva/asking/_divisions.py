"""The division of areas of a 1 January: which one to ask for next, and what the register has of it.

Statistics Finland publishes classifications and boundaries under the date or the year of the
division that they show. There is nothing to compare: the next one is out or it is not.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Generator, Iterable

from tilannekuva import region_codes
from tilannekuva.calls import Ask, Call, Conversation, Newer, Pace, Received, Reply, Unchanged
from tilannekuva.errors import CatalogueError, SourceError
from tilannekuva.model import Region

__all__ = ["Steps", "areas", "homes", "level_of", "newest", "number", "some", "year_of"]

Steps = Generator[Call | Pace, Reply, Received | Newer | None]
"""Calls for one division; None where it is not out."""

_OTHER_NAMES = {"sairaanhoitop": "sairaanhoitopiiri", "evk": "elinvoimakeskus"}
"""Levels that the publisher calls differently than the register."""


def year_of(division: str, where: str) -> int:
    """The year of a division.

    Raises:
        SourceError: It is no date.

    >>> year_of("2026-01-01", "x")
    2026
    """
    try:
        return dt.date.fromisoformat(division).year
    except ValueError as error:
        raise SourceError(
            f"{where}: the store has the division '{division}', which is no date such as "
            f"{region_codes.today()}-01-01; take the lock back from version control"
        ) from error


def newest(ask: Ask, question: str, ask_for: Callable[[str], Steps]) -> Conversation:
    """Ask for the next division, or the first time for the newest that the register has.

    Args:
        ask: Knows what is in the store.
        question: Hash of what is asked now; another one than before is asked of the known division
            too, if the next one is not out.
        ask_for: Asks for the division of a date; gives None where it is not out.

    Yields:
        The pace of the source, and the calls of ``ask_for``.

    Returns:
        What ``ask_for`` gave, or that nothing is new.

    Raises:
        SourceError: A division that must be there is not.
    """
    if ask.source.calls and ask.source.seconds:
        yield Pace(ask.source.base, ask.source.calls, ask.source.seconds)
    for division in (tried := _candidates(ask, question)):
        found = yield from ask_for(division)
        if found is not None:
            return found
    if ask.known in (None, tried[-1]):
        raise SourceError(
            f"{ask.where}: the service does not have the division of {tried[-1]} "
            f"({ask.source.base}); it was renamed or taken away: look it up at {ask.source.page} "
            "and mend `tables` of the source"
        )
    return Unchanged(ask.known)


def _candidates(ask: Ask, question: str) -> tuple[str, ...]:
    """The divisions to ask for, newest first, as dates."""
    if ask.known is None:
        return (f"{region_codes.today()}-01-01",)
    following = f"{year_of(ask.known, ask.where) + 1}-01-01"
    same = ask.query_hash is None or ask.query_hash == question
    return (following,) if same else (following, ask.known)


def level_of(name: str, where: str) -> str:
    """The register's name of a level, from the publisher's.

    Raises:
        SourceError: The register has no such level, or its codes are no numbers.

    >>> level_of("kunta", "x"), level_of("evk", "x")
    ('kunta', 'elinvoimakeskus')
    """
    level = _OTHER_NAMES.get(name, name)
    try:
        _form(level)
    except (CatalogueError, LookupError) as error:
        raise SourceError(
            f"{where}: the register of regions has no level '{level}' with numbered areas; it has "
            f"{', '.join(region_codes.LEVELS)}. Mend `tables` of the source"
        ) from error
    return level


def _form(level: str) -> tuple[str, int]:
    """How the codes of a level are written: ``("KU", 3)``."""
    code = region_codes.regions(level, past=True)[-1].code
    found = re.fullmatch(r"([A-Z]+)([0-9]+)", code)
    if found is None:
        raise LookupError(level)
    return found[1], len(found[2])


def number(bare: object, level: str, where: str) -> str:
    """Our code of an area, from the publisher's bare number.

    Raises:
        SourceError: It is not a number of that level's width: leading zeros are part of it.

    >>> number("020", "kunta", "x"), number("18", "maakunta", "x")
    ('KU020', 'MK18')
    >>> number("20", "kunta", "x")
    Traceback (most recent call last):
    tilannekuva.errors.SourceError: x: '20' is no number of a kunta, which has 3 digits, ...
    """
    prefix, width = _form(level)
    if isinstance(bare, str) and re.fullmatch(rf"[0-9]{{{width}}}", bare):
        return prefix + bare
    raise SourceError(
        f"{where}: {bare!r} is no number of a {level}, which has {width} digits, leading zeros "
        "among them; the answer was damaged on its way or is of another level"
    )


def areas(level: str, year: int) -> dict[str, Region]:
    """What the register has of a level on 1 January of a year; of a later year, what it has today.

    >>> len(areas("kunta", 2026)), "KU588" in areas("kunta", 2024)
    (308, True)
    """
    last = min(year, region_codes.today())
    return {
        r.code: r
        for r in region_codes.regions(level, past=True)
        if (r.valid_to is None or r.valid_to >= last)
        and (r.valid_from is None or r.valid_from <= last)
    }


def homes(level: str, year: int) -> dict[str, str]:
    """Municipality → the area of a level that it is in, by the register.

    >>> homes("maakunta", 2026)["KU785"], homes("maakunta", 2015)["KU785"]
    ('MK17', 'MK18')
    """
    last = min(year, region_codes.today())
    return {
        municipality: code
        for code in areas(level, year)
        for municipality in region_codes.area(code, last)
    }


def some(names: Iterable[str], most: int = 6) -> str:
    """The first of some names, and how many there are more.

    >>> some(["a", "b", "c"], 2)
    'a, b (and 1 more)'
    """
    listed = list(names)
    more = len(listed) - most
    return ", ".join(listed[:most]) + (f" (and {more} more)" if more > 0 else "")
