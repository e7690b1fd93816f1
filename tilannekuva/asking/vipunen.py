"""Vipunen, the statistics of the education administration: resources of single records.

A table is the name of a resource. A resource says which fields it has and how many rows a filter
leaves; the rows come in pages. Most state in every row when the resource was last loaded; one that
does not is dated by the day that it was asked, and is asked anew every time.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Generator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import pandas as pd

from tilannekuva.asking._cells import Beside, Cells
from tilannekuva.asking._long import long_cells, words
from tilannekuva.asking._records import Wanted, heads, wanted
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
    day_of,
    hash_of,
    local_day,
)
from tilannekuva.errors import SourceError

__all__ = ["PAGE", "read", "request"]

PAGE = 5_000
"""Rows asked for at once, as the publisher's own example does."""
_HEADERS = {"Caller-Id": "tilannekuva.situationpicture", "Accept": "application/json"}
_STAMP = re.compile(r".*p[aä]ivitetty_?pvm", re.IGNORECASE)

_Steps = Generator[Call | Pace, Reply, Any]
_Row = Mapping[str, Any]


class _Fields(NamedTuple):
    """What a resource says of itself."""

    names: list[str]
    numbers: list[str]
    stamp: str | None
    """The field that says when the resource was loaded."""
    day: str
    """The day of the answer."""


def request(ask: Ask) -> Conversation:
    """Ask Vipunen for the rows of one resource.

    Args:
        ask: Source, resource and queries. ``ask`` of a query has ``value`` (the field of figures),
            ``time`` and ``region`` where the query's own names are not those of fields, ``filter``
            (RSQL) and ``sum = "true"`` where the rows are counts to be added up.

    Yields:
        Calls, and the pace of the source.

    Returns:
        Every row that the filter leaves; the first page is the answer, the others stand beside it.

    Raises:
        SourceError: There is no such resource, rows are missing or come twice, or the resource was
            loaded anew meanwhile.
        DataError: A query names a field that is not there.
    """
    if ask.source.calls and ask.source.seconds:
        yield Pace(ask.source.base, ask.source.calls, ask.source.seconds)
    fields: _Fields = yield from _describe(ask)
    want = wanted(ask, fields.names, fields.numbers)
    question = hash_of({"resource": ask.table, "filter": want.filter, **want.layout})
    count: int = yield from _count(ask, want)
    stamp: str | None = yield from _stamp(ask, want, fields)
    same = stamp is not None and stamp == ask.known and question == ask.query_hash
    if same or ask.check:
        return Unchanged(stamp) if same else Newer(stamp)
    pages: list[tuple[int, Reply]] = yield from _pages(ask, want, count, stamp or fields.day)
    rows = [row for _, reply in pages for row in _rows(reply.body, ask.where)]
    _check(rows, fields, stamp, ask.where)
    cells = _cells(rows, want.layout, ask.where)
    if not cells.frame["value"].notna().any():
        raise SourceError(f"{ask.where}: no row has a figure in {', '.join(want.values)}")
    return Received(
        _parts(ask, want, pages),
        ask.table,
        stamp,
        local_day(stamp) if stamp else fields.day,
        query_hash=question,
    )


def read(data: bytes, layout: Mapping[str, Any], where: str, beside: Beside) -> Cells:
    """The cells of an answer: the figure of each row, or sums of counts.

    Args:
        data: The bytes of the first page.
        layout: Fields of keys and figures, whether to add up, and the other pages.
        where: Name of the file, for errors.
        beside: Gives the other pages.

    Raises:
        SourceError: A page is no list of rows, a field is missing, or a figure stands twice.
    """
    if "keys" not in layout:
        raise SourceError(f"{where}: a later page of an answer; it is read with the first one")
    pages = (data, *(beside(name) for name in layout["pages"]))
    return _cells([r for page in pages for r in _rows(page, where)], layout, where)


# --- what is asked ------------------------------------------------------------------------------


def _address(ask: Ask) -> str:
    return f"{ask.source.base}/resources/{quote(ask.table)}"


def _describe(ask: Ask) -> _Steps:
    reply = yield Call(_address(ask), headers=_HEADERS, expects="json", handles=frozenset({404}))
    told = reply.json(ask.where) if reply.status == 200 else []
    if not isinstance(told, list):
        raise _refusal(told, ask.where)
    fields = {
        str(f["name"]): str(f.get("type")) for f in told if isinstance(f, dict) and "name" in f
    }
    if not fields:
        raise (yield from _unknown(ask))
    return _Fields(
        list(fields),
        [n for n, kind in fields.items() if kind == "number"],
        next((n for n in fields if _STAMP.fullmatch(n)), None),
        day_of(reply, ask.where),
    )


def _unknown(ask: Ask) -> _Steps:
    reply = yield Call(f"{ask.source.base}/resources", headers=_HEADERS, expects="json", once=True)
    told = reply.json(ask.where)
    names = [str(n) for n in told] if isinstance(told, list) else []
    near = difflib.get_close_matches(ask.table, names, 3, 0.5)
    hint = f"near are {', '.join(near)}" if near else f"it has {', '.join(names[:12])}"
    return SourceError(
        f"{ask.where}: the service has no resource '{ask.table}' ({ask.source.base}/resources); "
        f"{hint}. Mend the query's `table`"
    )


def _filtered(want: Wanted) -> tuple[tuple[str, str], ...]:
    return (("filter", want.filter),) if want.filter else ()


def _count(ask: Ask, want: Wanted) -> _Steps:
    """How many rows the filter leaves."""
    reply = yield Call(
        f"{_address(ask)}/data/count",
        _filtered(want),
        headers=_HEADERS,
        expects="json",
        handles=frozenset({400}),
    )
    if reply.status == 400:
        said = reply.body[:200].decode("utf-8", "replace").strip()
        raise SourceError(
            f"{ask.where}: the service refuses the filter {want.filter or '(none)'}: {said}; mend "
            "ask.filter"
        )
    told = reply.json(ask.where)
    if not isinstance(told, int) or isinstance(told, bool):
        raise _refusal(told, ask.where)
    if told == 0:
        raise SourceError(
            f"{ask.where}: no row with the filter {want.filter or '(none)'}; mend ask.filter, or "
            "the resource is empty today"
        )
    return told


def _page(want: Wanted, limit: int, offset: int) -> tuple[tuple[str, str], ...]:
    return (("limit", str(limit)), ("offset", str(offset)), *_filtered(want))


def _stamp(ask: Ask, want: Wanted, fields: _Fields) -> _Steps:
    """When the resource was loaded, from one row; None where it does not say."""
    if fields.stamp is None:
        return None
    reply = yield Call(f"{_address(ask)}/data", _page(want, 1, 0), headers=_HEADERS, expects="json")
    rows = _rows(reply.body, ask.where)
    told = rows[0].get(fields.stamp) if rows else None
    return str(told) if told else None


def _pages(ask: Ask, want: Wanted, count: int, token: str) -> _Steps:
    """Pages until all rows are there; a service that gives fewer at once is asked more often."""
    pages: list[tuple[int, Reply]] = []
    got = 0
    while got < count:
        reply = yield Call(
            f"{_address(ask)}/data",
            _page(want, PAGE, got),
            headers=_HEADERS,
            expects="json",
            keep=token,
            cells=min(PAGE, count - got) * len(want.values),
        )
        rows = _rows(reply.body, ask.where)
        if any(reply.body == before.body for _, before in pages):
            raise SourceError(
                f"{ask.where}: the service gave the same {len(rows)} rows twice (offset {got}); it "
                "does not turn pages, ask the publisher"
            )
        pages.append((got, reply))
        got += len(rows)
        if not rows:
            break
    if got != count:
        raise SourceError(
            f"{ask.where}: the service counts {count} rows and gave {got}; the resource changed "
            "meanwhile or rows are lost, run it again"
        )
    return pages


def _parts(ask: Ask, want: Wanted, pages: Sequence[tuple[int, Reply]]) -> tuple[Part, ...]:
    first, *rest = (
        Part(
            data=reply.body,
            address=f"{_address(ask)}/data?{urlencode(_page(want, PAGE, offset))}",
            query=dict(_page(want, PAGE, offset)),
            layout={"service": "vipunen"},
            table=f"{ask.table}/rows" if offset else None,
        )
        for offset, reply in pages
    )
    layout = {"service": "vipunen", **want.layout, "pages": [p.id for p in rest]}
    whole = Part(first.data, first.address, first.query, layout)
    return (whole, *rest)


# --- what an answer says ------------------------------------------------------------------------


def _rows(body: bytes, where: str) -> list[_Row]:
    told = Reply(200, body).json(where)
    if isinstance(told, list) and all(isinstance(row, dict) for row in told):
        return told
    raise _refusal(told, where)


def _refusal(told: Any, where: str) -> SourceError:
    said = told.get("message") or told.get("error") if isinstance(told, dict) else None
    more = f" and says: {said}" if said else f": {str(told)[:80]}"
    return SourceError(f"{where}: the service answers something else than asked{more}")


def _check(rows: Sequence[_Row], fields: _Fields, stamp: str | None, where: str) -> None:
    if stamp is None or fields.stamp is None:
        return
    stamps = {str(row.get(fields.stamp)) for row in rows}
    if stamps != {stamp}:
        raise SourceError(
            f"{where}: the rows are of several times of update ({', '.join(sorted(stamps)[:3])}); "
            "the resource was loaded anew while it was being fetched, run it again"
        )


def _cells(rows: Sequence[_Row], layout: Mapping[str, Any], where: str) -> Cells:
    names = [*layout["keys"], *layout["values"]]
    for name in names:
        if not any(name in row for row in rows):
            raise SourceError(f"{where}: no row has the field '{name}', which the resource states")
    frame = pd.DataFrame({n: words(row.get(n) for row in rows) for n in names}, dtype="str")
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    try:
        return long_cells(frame, heads(layout), where, total=bool(layout["sum"]))
    except SourceError as error:
        if "two rows are about" not in str(error):
            raise
        raise SourceError(
            f"{error}. Records that differ in other fields: name these in `select` or `axes`, or, "
            'where they are counts, add them up with ask.sum = "true"'
        ) from error
