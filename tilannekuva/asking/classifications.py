"""Statistics Finland's classifications of areas: codes, names, and which municipality is where.

A table is a classification without its date (``kunta_1``). The store knows the newest division it
has; the next 1 January is tried, which is out or it is not. The answers are no figures: they are
compared with the register of the package (:func:`differences`), which a person then renews.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any
from urllib.parse import urlencode

from tilannekuva.asking import _divisions as divisions
from tilannekuva.asking._cells import Beside, Cells
from tilannekuva.calls import (
    Ask,
    Call,
    Conversation,
    Newer,
    Pace,
    Part,
    Received,
    Reply,
    day_of,
    hash_of,
)
from tilannekuva.errors import SourceError
from tilannekuva.model import Text

__all__ = ["differences", "read", "request"]

_LANGUAGES = ("fi", "sv")
_HEADERS = {"Accept": "application/json"}
_NOT_THERE = frozenset({404})


def request(ask: Ask) -> Conversation:
    """Ask for a classification of areas.

    Args:
        ask: Source and table; ``known`` is the date of the newest division in the store.

    Yields:
        Calls, and the pace of the source.

    Returns:
        The items in Finnish and in Swedish and, where there is one, the key from municipalities to
        areas, each a part of its own; or that the next division is not out yet.

    Raises:
        SourceError: Nothing is in the store and the register's newest division is not there, or an
            answer is no list of items.
    """
    level = divisions.level_of(ask.table.partition("_")[0], ask.where)
    target = _key_to(level)
    return (
        yield from divisions.newest(
            ask,
            _question(ask.table, target),
            lambda division: _ask_for(ask, division, level, target),
        )
    )


def read(data: bytes, layout: Mapping[str, Any], where: str, beside: Beside) -> Cells:  # noqa: ARG001
    """There are no figures in a classification.

    Raises:
        SourceError: Always.
    """
    raise SourceError(
        f"{where}: a classification of areas, not figures; no indicator can be read from it"
    )


def differences(data: bytes, layout: Mapping[str, Any], where: str) -> tuple[str, ...]:
    """What a part of a classification says otherwise than the register of the package.

    Args:
        data: The bytes of a part.
        layout: Its layout.
        where: Name of the file, for errors.

    Returns:
        Plain sentences in the order of codes; none where the two agree. A part compares what it
        has: codes and names in one language, or which area each municipality is in.

    Raises:
        SourceError: The bytes are no classification, or a code has lost its leading zeros.
    """
    level, division = str(layout["level"]), str(layout["division"])
    rows = _rows(Reply(200, data).json(where), where)
    if layout["kind"] == "key":
        return _moved(_homes(rows, level, where), level, divisions.year_of(division, where))
    language = str(layout["language"])
    return _renamed(_items(rows, level, language, where), level, language, division, where)


def _key_to(level: str) -> str | None:
    """The level that municipalities are keyed to; the key to maakunnat comes with the kunnat."""
    return {"kunta": "maakunta", "maakunta": None}.get(level, level)


def _question(table: str, target: str | None) -> str:
    return hash_of({"classification": table, "languages": _LANGUAGES, "key": target})


def _dated(table: str, division: str) -> str:
    return f"{table}_{division.replace('-', '')}"


def _ask_for(ask: Ask, division: str, level: str, target: str | None) -> divisions.Steps:
    """The classification of one division; None where it is not out."""
    name = _dated(ask.table, division)
    address = f"{ask.source.base}/classifications/{name}/classificationItems"
    if ask.check:
        # Without content=data the service lists addresses of the items and not the items.
        reply = yield Call(address, headers=_HEADERS, expects="json", handles=_NOT_THERE)
        return Newer(division) if reply.status == 200 and reply.json(ask.where) else None
    parts: list[Part] = []
    title, day = name, ""
    for language in _LANGUAGES:
        params = (("content", "data"), ("meta", "max"), ("lang", language))
        reply = yield Call(address, params, headers=_HEADERS, expects="json", handles=_NOT_THERE)
        if not parts and (reply.status == 404 or reply.json(ask.where) == []):
            return None
        where = f"{ask.where} {division} ({language})"
        if reply.status == 404:
            raise SourceError(f"{where}: the service has the other language, but not this one")
        items = _rows(reply.json(where), where)
        _items(items, level, language, where)
        layout = {"kind": "items", "language": language, **_of(level, division)}
        parts.append(_part(reply, address, params, layout))
        title, day = (title, day) if len(parts) > 1 else (_title(items, name), day_of(reply, where))
    if target is not None and (key := (yield from _key(ask, division, target))) is not None:
        parts.append(key)
    else:
        target = None
    # A key that is not out yet is another question, so that the next run asks for it again.
    question = _question(ask.table, target)
    return Received(tuple(parts), title, division, day, query_hash=question)


def _key(ask: Ask, division: str, target: str) -> Generator[Call | Pace, Reply, Part | None]:
    names = [_dated("kunta_1", division)]
    names.append(_dated(ask.table if target != "maakunta" else "maakunta_1", division))
    address = f"{ask.source.base}/correspondenceTables/{'%23'.join(names)}/maps"
    params = (("content", "data"), ("meta", "min"), ("lang", "fi"))
    reply = yield Call(address, params, headers=_HEADERS, expects="json", handles=_NOT_THERE)
    where = f"{ask.where} {division} (key)"
    if reply.status == 404 or reply.json(where) == []:
        return None
    _homes(_rows(reply.json(where), where), target, where)
    return _part(reply, address, params, {"kind": "key", **_of(target, division)})


def _of(level: str, division: str) -> dict[str, str]:
    return {"service": "classifications", "level": level, "division": division}


def _part(
    reply: Reply, address: str, params: tuple[tuple[str, str], ...], layout: Mapping[str, str]
) -> Part:
    return Part(
        data=reply.body,
        address=f"{address}?{urlencode(params)}",
        query={"address": address, **dict(params)},
        layout=layout,
    )


# --- what an answer says ------------------------------------------------------------------------


def _rows(told: Any, where: str) -> list[Mapping[str, Any]]:
    if isinstance(told, list) and told and all(isinstance(row, dict) for row in told):
        return told
    said = told.get("message") or told.get("error") if isinstance(told, dict) else None
    more = f", but says: {said}" if said else ""
    raise SourceError(
        f"{where}: the answer is no list of items{more}; try again later, or ask the publisher"
    )


def _title(items: list[Mapping[str, Any]], name: str) -> str:
    of = items[0].get("classification")
    return _name(of.get("classificationName"), "fi") or name if isinstance(of, dict) else name


def _name(names: Any, language: str) -> str:
    """A name in a language; one that does not say its language is of the one asked for."""
    for entry in names if isinstance(names, list) else ():
        if isinstance(entry, dict) and entry.get("lang", language) == language:
            return " ".join(str(entry.get("name") or "").split())
    return ""


def _items(rows: list[Mapping[str, Any]], level: str, language: str, where: str) -> dict[str, str]:
    """Our code → name."""
    found: dict[str, str] = {}
    for row in rows:
        code = divisions.number(row.get("code"), level, where)
        if code in found:
            raise SourceError(f"{where}: the item {code} stands twice; ask the publisher")
        found[code] = _name(row.get("classificationItemNames"), language)
    if not any(found.values()):
        raise SourceError(f"{where}: no item has a name in the language that was asked for")
    return found


def _homes(rows: list[Mapping[str, Any]], level: str, where: str) -> dict[str, str]:
    """Our code of a municipality → that of its area."""
    found: dict[str, str] = {}
    for row in rows:
        source = divisions.number(_end(row, "source"), "kunta", where)
        target = divisions.number(_end(row, "target"), level, where)
        if found.setdefault(source, target) != target:
            raise SourceError(
                f"{where}: {source} is in {found[source]} and in {target}; ask the publisher"
            )
    return found


def _end(row: Mapping[str, Any], side: str) -> Any:
    """The code at one end of a key: the item's own, or the end of its address."""
    item, address = row.get(f"{side}Item"), row.get(f"{side}LocalId")
    if isinstance(item, dict) and "code" in item:
        return item["code"]
    return address.rpartition("/")[2] if isinstance(address, str) else address


# --- what differs -------------------------------------------------------------------------------


def _renamed(
    items: Mapping[str, str], level: str, language: str, division: str, where: str
) -> tuple[str, ...]:
    known = divisions.areas(level, divisions.year_of(division, where))
    said = []
    for code in sorted({*items, *known}):
        if code not in known:
            name = f" {items[code]}" if items[code] else ""
            said.append(f"{code}{name}: in the classification of {division}, not in the register")
            continue
        names: Text = known[code].names
        if code not in items:
            said.append(
                f"{code} {names.fi}: in the register, not in the classification of {division}"
            )
        elif items[code] != names[language]:
            there = f"'{items[code]}'" if items[code] else "missing"
            said.append(
                f"{code} {names.fi}: name ({language}) is {there} in the classification, "
                f"'{names[language]}' in the register"
            )
    return tuple(said)


def _moved(found: Mapping[str, str], level: str, year: int) -> tuple[str, ...]:
    known = divisions.areas("kunta", year)
    homes = divisions.homes(level, year)
    what = "region" if level == "maakunta" else level
    said = []
    for code in sorted({*found, *known}):
        if code not in known:
            said.append(
                f"{code}: {what} is {found[code]} in the classification, not in the register"
            )
            continue
        there = found.get(code, "missing")
        here = homes.get(code, "missing")
        if there != here:
            said.append(
                f"{code} {known[code].names.fi}: {what} is {there} in the classification, "
                f"{here} in the register"
            )
    return tuple(said)
