"""Eurostat's dissemination service. A table is the code of a dataset (``nama_10r_3gdp``).

A conversation first asks for one area and period, which has the time of update in it. Only if that
is news does it ask which codes are in use, and then for the figures of every Finnish area, fifty
codes of a dimension at most, over all time. What the statistics interface refuses as too large, or
has queued and would never deliver, is asked of the SDMX interface as TSV.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from tilannekuva.asking._cells import Beside, Cells
from tilannekuva.asking._eurostat_cells import JSON, TSV, cells_from
from tilannekuva.asking._eurostat_queue import fetch_tsv
from tilannekuva.asking._eurostat_said import (
    NOTHING_FOUND,
    Said,
    entry_of,
    is_zip,
    read_said,
    variables_in_use,
)
from tilannekuva.asking._eurostat_wanted import choose
from tilannekuva.asking._parts import Selection, split
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
from tilannekuva.matching import Variable
from tilannekuva.sources import jsonstat

__all__ = ["read", "request"]

_MOST_CODES = 50
"""Codes of one dimension that the service takes at once."""
_MOST_CELLS = 1_000_000
"""It would take five million; smaller answers are queued less often."""
_REFUSALS = 6
"""So often a smaller question may be refused as well."""


class _Known(NamedTuple):
    """What is known of a table before its figures are."""

    title: str
    updated: str
    """As printed; only a day where the table of contents had to say."""
    words: Mapping[str, Any]
    """Its dimensions in the order of their keys, with labels; empty where they were not told."""


def request(ask: Ask) -> Conversation:
    """Ask Eurostat for what the queries of one dataset want.

    Args:
        ask: Source, dataset and its queries. What follows a ``/`` in the table's name tells carried
            tables apart and is no part of the code.

    Yields:
        Calls, one after the other: requests side by side are what sends them to the queue.

    Returns:
        Parts in JSON-stat or TSV, of one time of update; or that nothing is new.

    Raises:
        SourceError: The service refuses, does not get done, or has no figures.
        DataError: The dataset has lost a dimension or code that a query needs.
    """
    table = ask.table.partition("/")[0]
    yield Pace(ask.source.base, ask.source.calls or 1, float(ask.source.seconds or 1))
    known = yield from _look(ask, table)
    question = hash_of(
        [[i, q.select, q.region, sorted(q.axes.values()), q.time] for i, q in ask.queries]
    )
    same = question == ask.query_hash and _is_same(known.updated, ask.known)
    if same or ask.check:
        return Unchanged(ask.known) if same else Newer(known.updated)
    variables = yield from _describe(ask, table, known)
    selection = choose(ask, variables)
    periods = next((len(v.codes) for v in variables if v.role == "time"), 0)
    parts, stamps = yield from _fetch(ask, table, selection, known.updated, max(1, periods))
    if not parts:
        asked = "; ".join(f"{n}={', '.join(c[:6])}" for n, c in selection.items())
        raise SourceError(f"{ask.where}: no figures for {asked} ({_address(ask, table)})")
    if any(p.layout["format"] == TSV for p in parts):
        # That format does not say of when it is, and a queue takes minutes.
        stamps.add((yield from _look(ask, table)).updated)
    # An answer says the minute, the table of contents only the day.
    updated = max({known.updated, *stamps}, key=len)
    if not all(_is_same(s, updated) for s in (known.updated, *stamps)):
        raise SourceError(
            f"{ask.where}: Eurostat updated the dataset while it was being fetched; run it again"
        )
    return Received(parts, known.title, updated, local_day(updated), query_hash=question)


def _address(ask: Ask, table: str) -> str:
    return f"{ask.source.base}/statistics/1.0/data/{table}"


def _is_same(stamp: str, other: str | None) -> bool:
    """Whether a time of update, or the day that the table of contents has, is that of the other."""
    if other is None or stamp == other:
        return stamp == other
    return len(stamp) == len("2026-09-17") and other.startswith(stamp)


def _json_call(ask: Ask, table: str, params: Sequence[tuple[str, str]], **more: Any) -> Call:
    return Call(
        _address(ask, table),
        (("format", "JSON"), ("lang", "EN"), *params),
        expects="json",
        handles=frozenset({400, 404, 413, 416}),
        **more,
    )


# --- is there anything new, and what is there? ---------------------------------------------------


def _look(ask: Ask, table: str) -> Generator[Call | Pace, Reply, _Known]:
    """Title and time of update, from one area and period or, failing that, the contents list."""
    reply = yield _json_call(ask, table, (("geo", "FI"), ("lastTimePeriod", "1")), cells=1)
    said = read_said(reply, ask.where)
    if said is None:
        told = reply.json(ask.where)
        if isinstance(told, dict) and told.get("updated") and isinstance(told.get("id"), list):
            described = told.get("dimension")
            described = described if isinstance(described, dict) else {}
            words = {str(n): described.get(str(n)) or {} for n in told["id"]}
            return _Known(str(told.get("label") or table), str(told["updated"]), words)
    toc = f"{ask.source.base}/catalogue/toc/txt"
    reply = yield Call(toc, (("lang", "en"),), once=True)
    entry = entry_of(reply.body, table, f"{ask.source.id}: the table of contents ({toc})")
    if entry is None:
        more = f" ({said.text})" if said else ""
        raise SourceError(
            f"{ask.where}: Eurostat has no dataset '{table}'{more}; look it up at "
            f"{ask.source.page} and mend `table`"
        )
    if entry.updated is None:
        raise SourceError(
            f"{ask.where}: Eurostat does not say when '{entry.title}' was updated, so its figures "
            "could not be dated"
        )
    return _Known(entry.title, entry.updated, {})


def _describe(
    ask: Ask, table: str, known: _Known
) -> Generator[Call | Pace, Reply, tuple[Variable, ...]]:
    address = f"{ask.source.base}/sdmx/2.1/contentconstraint/ESTAT/{table.upper()}"
    reply = yield Call(address, handles=frozenset({400, 404}))
    said = read_said(reply, ask.where)
    if said is not None or reply.status != 200:
        why = said.text if said else f"HTTP {reply.status}"
        raise SourceError(f"{ask.where}: which codes are in use is not told: {why} ({address})")
    found = variables_in_use(reply.body, known.words, ask.where)
    # The figures' own order of dimensions is that of the keys.
    place = {name: n for n, name in enumerate(known.words)}
    return tuple(sorted(found, key=lambda v: place.get(v.code, 0)))


# --- figures -------------------------------------------------------------------------------------


def _fetch(
    ask: Ask, table: str, selection: Selection, stamp: str, periods: int
) -> Generator[Call | Pace, Reply, tuple[tuple[Part, ...], set[str]]]:
    """Every part that has figures, and the times of update that they state."""
    most, refused, bearable = _MOST_CODES, 0, max(1, _MOST_CELLS // periods)
    waiting = split(selection, bearable, most)
    parts: list[Part] = []
    stamps: set[str] = set()
    while waiting:
        piece, *rest = waiting
        cells = prod(map(len, piece.values())) * periods
        params = [(name, code) for name, codes in piece.items() for code in codes]
        many = len(waiting) > 1 or bool(parts)
        call = _json_call(ask, table, params, cells=cells, keep=stamp if many else None)
        reply, kind = (yield call), JSON
        said = read_said(reply, ask.where)
        if reply.status == 416:
            refused += 1
            largest = max(map(len, piece.values()))
            if refused > _REFUSALS or largest == 1:
                raise _refusal(ask, call, said, reply)
            most = largest // 2
            waiting = [p for w in waiting for p in split(w, bearable, most)]
            continue
        if reply.status == 413 or (said is not None and said.warning):
            call, reply = yield from fetch_tsv(ask, table, piece, cells)
            said, kind = read_said(reply, ask.where), TSV
        waiting = rest
        if said is not None or reply.status != 200:
            if said is not None and said.number == NOTHING_FOUND:
                continue  # of this part; whether there is anything at all shows in the end
            raise _refusal(ask, call, said, reply)
        found = _part(ask, call, reply, piece, kind, stamps)
        parts += [found] if found else []
    return tuple(parts), stamps


def _refusal(ask: Ask, call: Call, said: Said | None, reply: Reply) -> SourceError:
    why = said.text if said else f"HTTP {reply.status}"
    return SourceError(f"{ask.where}: Eurostat answers: {why} ({call.describe()})")


def _part(
    ask: Ask, call: Call, reply: Reply, piece: Selection, kind: str, stamps: set[str]
) -> Part | None:
    """A part that holds what was asked for; None if there is neither figure nor mark in it."""
    if kind == JSON:
        cube = jsonstat.parse(reply.body, ask.where)
        if cube.info.updated:
            stamps.add(cube.info.updated)
    layout = {"service": "eurostat", "format": kind}
    frame = cells_from(reply.body, kind, ask.where).frame
    codes = [c for c in frame.columns if c not in ("flag", "value", "time")]
    if set(codes) != set(piece):
        raise SourceError(
            f"{ask.where}: the answer has the dimensions {', '.join(codes)}, asked were "
            f"{', '.join(piece)} ({call.describe()})"
        )
    for name in codes:
        strange = [c for c in frame[name].unique() if c not in piece[name]]
        if strange:
            raise SourceError(
                f"{ask.where}: the answer has {name}={strange[0]}, which was not asked for"
            )
    if not len(frame) or frame["value"].isna().all():
        return None
    return Part(
        reply.body,
        call.describe().removeprefix("GET "),
        {"dataset": ask.table.partition("/")[0]} | {n: list(codes) for n, codes in piece.items()},
        layout,
        ending="json" if kind == JSON else "tsv.gz" if is_zip(reply.body) else "tsv",
    )


def read(data: bytes, layout: Mapping[str, Any], where: str, beside: Beside) -> Cells:  # noqa: ARG001
    """The cells of an answer; the same columns whichever interface gave it.

    Args:
        data: The bytes of a part, packed or not.
        layout: Its layout.
        where: Name of the file, for errors.
        beside: Not needed: the answer describes itself.

    Returns:
        The dimensions, ``time`` among them, with the rows that are marked as breaks.

    Raises:
        SourceError: It cannot be read.
    """
    return cells_from(data, str(layout.get("format")), where)
