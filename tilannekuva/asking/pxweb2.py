"""PxWebApi 2: Statistics Sweden, Statistics Norway, Latvia; hosts are data.

A table is its id (``TAB638``, ``07459``). A conversation asks for the limits once a run, reads the
table's description, which has the publisher's time of update, and asks for figures only if that is
another than in the store. Every code is named: a question without codes is answered with a choice
of the publisher's own, not with the whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Mapping
from dataclasses import replace
from math import prod
from typing import Any, NamedTuple
from urllib.parse import quote

from tilannekuva.asking._cells import Beside, Cells, cells_of
from tilannekuva.asking._described import Described, check_edition, notes_of, read_description
from tilannekuva.asking._parts import Selection, join, split
from tilannekuva.asking._selecting import choose, totals, usable
from tilannekuva.calls import (
    Ask,
    Call,
    Conversation,
    Newer,
    Pace,
    Part,
    Received,
    Reply,
    Unchanged,
    hash_of,
    local_day,
)
from tilannekuva.errors import SourceError
from tilannekuva.sources import jsonstat
from tilannekuva.sources._cube import Cube

__all__ = ["read", "request"]

_FORMAT = "json-stat2"
_SHARE = 7 / 8
"""Of the calls that a service bears, so many are made: others sit behind the same address."""
_REFUSALS = 6
"""So often a service may refuse a smaller and smaller question before it is given up."""
_CELLS = 10_000
"""What the smallest of these services bear, for one that does not say."""
_PACE = (30, 60)
"""Calls and seconds where neither the service nor its source says: the slowest of them bears it."""
_POLICY = re.compile(r"([0-9]+)\s*;\s*w=([0-9]+)")
_TOO_LARGE = re.compile(r"too many|exceed", re.IGNORECASE)
_MARKS = {
    ".": "not_applicable",
    "..": "not_available",
    "...": "not_available",
    "....": "not_available",
    ".....": "not_available",
    "......": "not_available",
    "…": "not_available",
    ":": "confidential",
}
"""Sweden, Norway and Latvia mean other things by their marks than Statistics Finland does: one dot
is a category that does not exist, more are a figure that is not there or is too uncertain."""


class _Service(NamedTuple):
    language: str
    cells: int


class _Part(NamedTuple):
    asked: Selection
    reply: Reply
    cube: Cube


class _Refused(NamedTuple):
    """A question whose codes the service does not know."""

    selection: Selection
    said: str


def request(ask: Ask) -> Conversation:
    """Ask a PxWebApi 2 service for what the queries of one table want.

    Args:
        ask: Source, id of the table and its queries.

    Yields:
        Calls, and the pace that the service states.

    Returns:
        Parts in json-stat2 that together hold every cell asked for, or that nothing is new.

    Raises:
        SourceError: The service refuses, or its answer is not what was asked for.
        DataError: The table has lost a variable or code that a query needs.
    """
    service = yield from _config(ask)
    refused: _Refused | None = None
    while True:
        table = yield from _describe(ask, service)
        fitting, note = usable(ask, table.variables)
        selection = choose(fitting, table.variables)
        question = hash_of([service.language, {n: sorted(c) for n, c in selection.items()}])
        same = (table.updated, question) == (ask.known, ask.query_hash)
        if same or ask.check:
            return Unchanged(table.updated) if same else Newer(table.updated)
        if refused is not None and refused.selection == selection:
            raise _unfit(ask, refused, table)
        told = yield from _fetch(ask, service, selection, table)
        if isinstance(told, list):
            break
        if refused is not None:
            raise _unfit(ask, refused, table)
        # The table may have changed since it was described, as tables do in January: once more.
        refused = told
    whole = join([part.cube for part in told], selection, ask.where)
    if not (whole.values == whole.values).any():
        raise SourceError(f"{ask.where}: the answer has no figure at all")
    layout = {
        "service": "pxweb2",
        "format": _FORMAT,
        "totals": totals(table.variables, selection),
    }
    call = _question(ask, service, selection)
    parts = tuple(
        Part(
            data=part.reply.body,
            address=call.describe().removeprefix("POST "),
            query=_body(part.asked),
            layout=layout,
        )
        for part in told
    )
    return Received(
        parts,
        table.title,
        table.updated,
        local_day(table.updated),
        note,
        notes_of(told[0].cube),
        question,
    )


def read(data: bytes, layout: Mapping[str, Any], where: str, beside: Beside) -> Cells:  # noqa: ARG001
    """The cells of an answer.

    Args:
        data: The bytes of a part.
        layout: Its layout; ``totals`` has the codes that stand for all others together, by
            variable.
        where: Name of the file, for errors.
        beside: Not needed: the answer describes itself.

    Raises:
        SourceError: It is not JSON-stat, or contradicts itself.
    """
    return cells_of(jsonstat.parse(data, where, _MARKS), totals=layout.get("totals"))


def _config(ask: Ask) -> Generator[Call | Pace, Reply, _Service]:
    """The limits, and the language: the source's, else the service's own."""
    reply = yield Call(
        f"{ask.source.base}/config", expects="json", handles=frozenset({400, 403, 404}), once=True
    )
    told = reply.json(ask.where) if reply.status == 200 else {}
    told = told if isinstance(told, dict) else {}
    known = [str(x["id"]) for x in told.get("languages") or () if isinstance(x, dict) and "id" in x]
    language = ask.source.language or str(told.get("defaultLanguage") or "")
    if known and language and language not in known:
        raise SourceError(
            f"{ask.where}: the service has no texts in '{language}', it has {', '.join(known)}; "
            "mend `language` of the source"
        )
    # Statistics Norway writes a nought here, which means "said elsewhere" and not "no limit".
    stated = (told.get("maxCallsPerTimeWindow"), told.get("timeWindow"))
    polite = (ask.source.calls, ask.source.seconds)
    calls, seconds = next((p for p in (stated, polite) if all(p)), _PACE)
    yield _pace(ask, calls, seconds)
    return _Service(language, int(told.get("maxDataCells") or _CELLS))


def _pace(ask: Ask, calls: Any, seconds: Any) -> Pace:
    return Pace(ask.source.base, max(1, int(int(calls) * _SHARE)), float(seconds))


def _describe(ask: Ask, service: _Service) -> Generator[Call | Pace, Reply, Described]:
    address = f"{_address(ask)}/metadata"
    reply = yield Call(address, _language(service), expects="json", handles=frozenset({400, 404}))
    if reply.status != 200:
        raise SourceError(
            f"{ask.where}: the service does not know the table ({address}, HTTP {reply.status}: "
            f"{_said(reply)}); it was renamed or taken away: look it up at {ask.source.page} and "
            "mend `table`"
        )
    for name in ("x-ratelimit-policy", "ratelimit-policy"):
        if found := _POLICY.search(reply.headers.get(name, "")):
            yield _pace(ask, found[1], found[2])
            break
    return read_description(reply.body, ask.where)


def _fetch(
    ask: Ask, service: _Service, selection: Selection, table: Described
) -> Generator[Call | Pace, Reply, list[_Part] | _Refused]:
    """Every part of the answer; a part that is refused for its size is cut smaller."""
    cells, refusals = service.cells, 0
    waiting = split(selection, cells)
    done: list[_Part] = []
    seen: dict[frozenset[str], str] = {}
    while waiting:
        piece, *waiting = waiting
        size = prod(map(len, piece.values()))
        reply = yield replace(_question(ask, service, piece), keep=table.updated, cells=size)
        if reply.status == 200:
            # At once, since a part that does not fit must not be kept for the next run.
            cube = _squeezed(jsonstat.parse(reply.body, ask.where, _MARKS), piece)
            check_edition(cube, piece, table, seen, ask.where)
            join([cube], piece, ask.where)
            done.append(_Part(piece, reply, cube))
            continue
        said = _said(reply)
        # The specification says 403 for too many cells, the services say 400 and name the reason.
        if reply.status == 400 and not _TOO_LARGE.search(said):
            return _Refused(selection, said)
        refusals += 1
        if refusals > _REFUSALS or size == 1:
            raise SourceError(
                f"{ask.where}: the service refused {size} figures (HTTP {reply.status}: {said}); "
                "what came before is kept, the next run goes on from there"
            )
        cells = max(1, min(cells, size) // 2)
        waiting = [p for w in (piece, *waiting) for p in split(w, cells)]
    return done


def _squeezed(cube: Cube, asked: Selection) -> Cube:
    """A cube without variables of one code that nobody asked for, as contents left out become."""
    return replace(cube, codes={n: c for n, c in cube.codes.items() if n in asked or len(c) > 1})


def _address(ask: Ask) -> str:
    return f"{ask.source.base}/tables/{quote(ask.table, safe='')}"


def _language(service: _Service) -> tuple[tuple[str, str], ...]:
    return (("lang", service.language),) if service.language else ()


def _question(ask: Ask, service: _Service, selection: Selection) -> Call:
    return Call(
        f"{_address(ask)}/data",
        (*_language(service), ("outputFormat", _FORMAT)),
        method="POST",
        json=_body(selection),
        expects="json",
        handles=frozenset({400, 403}),
    )


def _body(selection: Selection) -> dict[str, Any]:
    return {"selection": [{"variableCode": n, "valueCodes": list(c)} for n, c in selection.items()]}


def _said(reply: Reply) -> str:
    """What the service says about a refusal, in one line."""
    text = reply.body[:2000].decode("utf-8", "replace").strip()
    try:
        told = json.loads(text)
        said = dict.fromkeys(str(told[k]) for k in ("title", "detail") if told.get(k))
    except (ValueError, TypeError, AttributeError):
        return "no reason given" if text.startswith("<") or not text else text[:120]
    return ", ".join(said) or "no reason given"


def _unfit(ask: Ask, refused: _Refused, table: Described) -> SourceError:
    """Refused twice: which of the codes first asked for are not in the newest description."""
    there = {v.code: set(v.codes) for v in table.variables}
    lost = [n for n in refused.selection if n not in there]
    lost += [
        f"{n}={c}" for n, codes in refused.selection.items() for c in codes
        if n in there and c not in there[n]
    ]  # fmt: skip
    asked = ", ".join(f"{n} ({len(c)} codes)" for n, c in refused.selection.items())
    what = (
        f"the table has lost {', '.join(lost[:8])}"
        if lost
        else f"all are in the description that it has just given: {asked}"
    )
    return SourceError(
        f"{ask.where}: the service refuses the codes asked for ({refused.said}); {what}; try again "
        "later, or ask the publisher"
    )
