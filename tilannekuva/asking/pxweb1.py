"""PxWeb API v1: Statistics Finland and most offices of the Nordic countries; hosts are data.

A table is ``folder/id`` (``tyonv/12r5``) in the source's own database or
``Database:folder/id``. The long ids of before June 2026 (``statfin_tyonv_pxt_12r5.px``) are
understood. Every conversation asks for the limits, reads the table's description, resolves the
queries in it, asks one figure for the publisher's time of update, and then only for what is not in
the store yet.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from math import prod
from typing import Any, NamedTuple
from urllib.parse import quote

from tilannekuva.asking._cells import Beside, Cells, cells_of
from tilannekuva.asking._described import Described, check_edition, notes_of
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
from tilannekuva.matching import Variable, guess_role, stem
from tilannekuva.sources import jsonstat
from tilannekuva.sources._cube import Cube
from tilannekuva.table_names import short_table

__all__ = ["read", "request"]

_SHARE = 7 / 8
"""Of the calls that a service bears, so many are made: others sit behind the same address."""
_REFUSALS = 6
"""So often a service may refuse a smaller and smaller question before it is given up."""


class _Limits(NamedTuple):
    cells: int
    values: int


class _Table(NamedTuple):
    """What a table says of itself."""

    title: str
    variables: tuple[Variable, ...]


class _Answer(NamedTuple):
    asked: Selection
    reply: Reply
    cube: Cube


def request(ask: Ask) -> Conversation:
    """Ask a PxWeb service for what the queries of one table want.

    Args:
        ask: Source, table and its queries.

    Yields:
        Calls, and the pace that the service states.

    Returns:
        Parts in json-stat2 that together hold every cell asked for, or that nothing is new.

    Raises:
        SourceError: The service refuses, or its answer is not what was asked for.
        DataError: The table has lost a variable or code that a query needs.
    """
    address = _address(ask)
    limits = yield from _limits(ask)
    for again in (True, False):
        table = yield from _describe(ask, address)
        fitting, note = usable(ask, table.variables)
        selection = choose(fitting, table.variables)
        stamp = yield from _stamp(ask, address, selection, table)
        if stamp is not None:
            break
        # The table changed between its description and the first figure, as it does in January.
        if not again:
            raise SourceError(
                f"{ask.where}: the service refuses codes that its own description has just given "
                f"({', '.join(selection)}); try again later, or ask the publisher"
            )
    assert stamp is not None
    question = hash_of({stem(n): sorted(c) for n, c in selection.items()})
    same = stamp == ask.known and question == ask.query_hash
    if same or ask.check:
        return Unchanged(stamp) if same else Newer(stamp)
    described = Described(table.title, stamp, table.variables)
    found = yield from _fetch(ask, address, selection, limits, described)
    whole = join([f.cube for f in found], selection, ask.where)
    if not (whole.values == whole.values).any():
        raise SourceError(f"{ask.where}: the answer has no figure at all")
    layout = {
        "service": "pxweb1",
        "format": "json-stat2",
        "totals": totals(table.variables, selection),
        "time": next((v.code for v in table.variables if v.role == "time"), None),
    }
    parts = tuple(
        Part(data=f.reply.body, address=address, query=_body(f.asked), layout=layout) for f in found
    )
    return Received(
        parts, table.title, stamp, local_day(stamp), note, notes_of(found[0].cube), question
    )


def read(data: bytes, layout: Mapping[str, Any], where: str, beside: Beside) -> Cells:  # noqa: ARG001
    """The cells of an answer.

    Args:
        data: The bytes of a part.
        layout: Its layout; ``totals`` has the codes that stand for all others together, by
            variable, ``time`` the variable of time as the table's description told it.
        where: Name of the file, for errors.
        beside: Not needed: the answer describes itself.

    Raises:
        SourceError: It is not JSON-stat, or contradicts itself.
    """
    cube = jsonstat.parse(data, where, time=layout.get("time"))
    return cells_of(cube, totals=layout.get("totals"))


def _language(ask: Ask) -> str:
    """The source's language; Åland has no Finnish."""
    return ask.source.language or "fi"


def _address(ask: Ask) -> str:
    database, _, table = ask.table.rpartition(":")
    path = f"{database or ask.source.database}/{short_table(table)}.px"
    return f"{ask.source.base}/{_language(ask)}/" + "/".join(quote(p) for p in path.split("/"))


def _limits(ask: Ask) -> Generator[Call | Pace, Reply, _Limits]:
    reply = yield Call(
        f"{ask.source.base}/{_language(ask)}/",
        (("config", ""),),
        expects="json",
        handles=frozenset({400, 403, 404}),
        once=True,
    )
    told = reply.json(ask.where) if reply.status == 200 else {}
    told = told if isinstance(told, dict) else {}
    cells = int(told.get("maxCells") or told.get("maxValues") or 10_000)
    values = int(told.get("maxValues") or cells)
    calls = told.get("maxCalls") or ask.source.calls or 10
    seconds = told.get("timeWindow") or ask.source.seconds or 10
    yield Pace(ask.source.base, max(1, int(calls * _SHARE)), float(seconds))
    return _Limits(cells, values)


def _describe(ask: Ask, address: str) -> Generator[Call | Pace, Reply, _Table]:
    reply = yield Call(address, expects="json", handles=frozenset({400, 404}))
    if reply.status != 200:
        raise SourceError(
            f"{ask.where}: the service does not know the table ({address}, HTTP {reply.status}); "
            "it was renamed or taken away: look it up in the service's list and mend `table`"
        )
    told = reply.json(ask.where)
    try:
        variables = tuple(_variable(v) for v in told["variables"])
        return _Table(str(told["title"]), variables)
    except SourceError as error:
        raise SourceError(f"{ask.where}: {error}") from error
    except (KeyError, TypeError) as error:
        raise SourceError(f"{ask.where}: the description of the table lacks {error}") from error


def _variable(told: Mapping[str, Any]) -> Variable:
    code, text = str(told["code"]), str(told.get("text", ""))
    if told["values"] is None:
        # A variable with more values than the service's maxValues is described without them.
        raise SourceError(f"the variable '{code}' has more values than the service lists")
    codes = tuple(map(str, told["values"]))
    texts = tuple(map(str, told.get("valueTexts", codes)))
    labels = {c: frozenset({t}) for c, t in zip(codes, texts, strict=False)}
    role = guess_role(code, [text])
    if told.get("time"):
        role = "time"
    elif told.get("map") and role is None:
        role = "geo"
    return Variable(
        code, codes, frozenset({text}), labels, role, optional=bool(told.get("elimination"))
    )


def _body(selection: Selection) -> dict[str, Any]:
    return {
        "query": [
            {"code": name, "selection": {"filter": "item", "values": list(codes)}}
            for name, codes in selection.items()
        ],
        "response": {"format": "json-stat2"},
    }


def _stamp(
    ask: Ask, address: str, selection: Selection, table: _Table
) -> Generator[Call | Pace, Reply, str | None]:
    """The publisher's time of update, from one figure; None where the service refuses the codes.

    Contents may be updated at different times: one figure of each of them is asked, and the answer
    bears the latest.
    """
    roles = {v.code: v.role for v in table.variables}
    one = {n: codes if roles[n] == "contents" else codes[:1] for n, codes in selection.items()}
    reply = yield Call(
        address,
        method="POST",
        json=_body(one),
        expects="json",
        handles=frozenset({400}),
        cells=prod(map(len, one.values())),
    )
    if reply.status == 400:
        return None
    stamp = jsonstat.parse(reply.body, ask.where).info.updated
    if not stamp:
        raise SourceError(
            f"{ask.where}: the answer does not say when '{table.title}' was updated, so its "
            "figures could not be dated"
        )
    return stamp


def _fetch(
    ask: Ask, address: str, selection: Selection, limits: _Limits, table: Described
) -> Generator[Call | Pace, Reply, list[_Answer]]:
    """Every part of the answer; a part that is refused is cut smaller.

    Each is looked at when it comes, so that one that does not fit is not kept for the next run.
    """
    cells, refused = limits.cells, 0
    waiting = split(selection, cells, limits.values)
    done: list[_Answer] = []
    seen: dict[frozenset[str], str] = {}
    while waiting:
        piece, *waiting = waiting
        size = prod(map(len, piece.values()))
        reply = yield Call(
            address,
            method="POST",
            json=_body(piece),
            expects="json",
            handles=frozenset({400, 403}),
            keep=table.updated,
            cells=size,
        )
        if reply.status == 200:
            cube = jsonstat.parse(reply.body, ask.where)
            check_edition(cube, piece, table, seen, ask.where)
            join([cube], piece, ask.where)
            done.append(_Answer(piece, reply, cube))
            continue
        refused += 1
        if reply.status == 400 or refused > _REFUSALS or size == 1:
            raise SourceError(
                f"{ask.where}: the service refused {size} figures (HTTP {reply.status}); what came "
                "before is kept, the next run goes on from there"
            )
        cells = max(1, min(cells, size) // 2)
        waiting = [p for w in (piece, *waiting) for p in split(w, cells, min(limits.values, cells))]
    return done
