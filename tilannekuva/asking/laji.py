"""FinBIF (api.laji.fi): records of species counted by year and area.

A query's ``ask`` holds the service's own parameters as they are (several values are joined by
commas), and these keys of ours:

``value``
    The field counted: ``count``, ``speciesCount``, ``individualCountSum`` … Queries of one table
    may name different ones; each then says which with ``select = { quantity = "…" }``.
``by``
    ``province`` (maakunta) or ``municipality``: one question an area, for species are no sum.
``country``
    ``"true"``: the whole country too.
``areas``
    Only these areas, in our codes.
``resource``
    What is counted, ``unit/aggregate`` where nothing is said.

Without ``aggregateBy`` the years are counted; whatever else it names becomes a column. The cells
are ``region``, ``year`` and ``quantity``. The running year is left out, for a count that is not
finished is not a figure: which one it is, is told by the service's clock, and unless the query has
a ``time`` of its own it is not asked for either. Years without a record have no row, as nobody
said that somebody looked.

A figure of an earlier year changes whenever an old notebook is typed in, so the service is asked
whatever its newest record is, and what came is new if a figure of a finished year differs.
Biogeographical provinces have borders of their own and never stand for a maakunta.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from tilannekuva.asking import _laji_answers as answers
from tilannekuva.asking._cells import Beside, Cells
from tilannekuva.asking._laji_question import FIELD_OF, FINLAND, Question, find_areas, question_of
from tilannekuva.asking._live import FIRST_YEAR, asked_on, asks_the_same, seal, together
from tilannekuva.calls import Ask, Call, Conversation, Newer, Pace, Part, Received, Reply, Unchanged
from tilannekuva.errors import SourceError

__all__ = ["read", "request"]

_TOKEN = "FINBIF_TOKEN"
_HEADERS = {"API-version": "1", "Accept-Language": "fi"}
_PAGE = 1000
_LOADED = "document.firstLoadDate"

_Params = dict[str, str]
_Asking = Generator[Call | Pace, Reply, Any]


def request(ask: Ask) -> Conversation:
    """Ask for the counts of every area.

    Args:
        ask: The queries of one table, and what is known of the stored answer.

    Returns:
        A conversation that ends with one part a page of an area that has records; with
        ``Unchanged`` if no figure of a finished year differs. ``updated_at`` is the newest day that
        a counted record came to FinBIF, where the answer says it. To ``check`` only that day is
        asked for.

    Raises:
        DataError: The queries contradict each other, or the service lacks an area of ours.
        SourceError: An answer is an error, is not whole, or no area has a figure.
    """
    question = question_of(ask)
    same = asks_the_same(ask.query_hash, question.identity)
    if ask.check and not (same and ask.known):
        return Newer()
    yield Pace(ask.source.base, ask.source.calls or 1, float(ask.source.seconds or 1))
    places, today = yield from _places(ask, question)
    filters = dict(question.filters)
    if not {"time", "yearMonth"} & set(filters):
        filters["time"] = f"{FIRST_YEAR}/{int(today[:4]) - 1}"
    if ask.check:
        newest = yield from _newest(ask, filters, places)
        known = str(ask.known)
        return Newer(newest) if newest and newest > known[:10] else Unchanged(ask.known)

    parts: list[Part] = []
    figures: list[Any] = []
    tally = answers.Tally()
    first = next(iter(places))
    for code, place in places.items():
        pages = yield from _area(ask, question, filters, code, place, today)
        rows: list[answers.Row] = []
        for part, page in pages:
            own = answers.rows_of(page, part.layout, f"{ask.where} ({part.address})")
            rows += own
            # A page without a figure says nothing that bytes of its own would be needed for.
            parts += [part] if own else []
            tally.add(page, counts=code == first or place[0] == places[first][0])
        answers.check_once(rows, f"{ask.where}, {code}")
        figures += [list(row) for row in rows]
    if not any(row[-1] is not None for row in figures):
        raise SourceError(
            f"{ask.where}: the service has no figure of a finished year for this question "
            f"({_address(ask, question, filters)}); look at the filters in the query's `ask`"
        )
    sealed = seal(question.identity, sorted(figures, key=str))
    if sealed == ask.query_hash:
        return Unchanged(ask.known)
    return Received(
        parts=together(parts),
        title=f"FinBIF: {', '.join(question.quantities)} by {', '.join(question.fields)}",
        updated_at=tally.updated_at,
        published_on=today,
        note=tally.note,
        query_hash=sealed,
    )


def _call(ask: Ask, path: str, params: Mapping[str, str], **more: Any) -> Call:
    return Call(
        f"{ask.source.base}/{path}",
        tuple(params.items()),
        headers=_HEADERS,
        secret=_TOKEN,
        expects="json",
        **more,
    )


def _address(ask: Ask, question: Question, params: Mapping[str, str]) -> str:
    return f"{ask.source.base}/warehouse/query/{question.resource}?{urlencode(params)}"


def _places(ask: Ask, question: Question) -> _Asking:
    """Code of ours → the service's parameter for it; and the day, by the service's clock."""
    found: dict[str, tuple[str, str]] = {"SSS": ("countryId", FINLAND)} if question.country else {}
    today = ""
    for by in question.by or ("province",):
        kind, parameter = FIELD_OF[by]
        params = {"areaType": kind, "lang": "multi", "page": "1", "pageSize": str(_PAGE)}
        where = f"{ask.where}: the areas of {kind}"
        listed: list[Any] = []
        last = 1
        while int(params["page"]) <= last:
            reply = yield _call(ask, "areas", params, once=True)
            page = answers.page_of(reply.body, where)
            last = answers.number(page, "lastPage", where, 1)
            listed += page["results"]
            params = {**params, "page": str(int(params["page"]) + 1)}
            today = today or asked_on(reply, where)
        if question.by:
            areas = find_areas(listed, by, question.areas, where)
            found |= {code: (parameter, area) for code, area in areas.items()}
    return found, today


def _newest(ask: Ask, filters: _Params, places: Mapping[str, tuple[str, str]]) -> _Asking:
    """The newest day that a record of the question came to the service; None if there is none."""
    by: dict[str, list[str]] = {}
    for parameter, area in places.values():
        by.setdefault(parameter, []).append(area)
    # Two kinds of areas would be their common part, so the whole country stands for them.
    where_in = by if len(by) == 1 else {"countryId": [FINLAND]}
    params = {
        **filters,
        **{k: ",".join(v) for k, v in where_in.items()},
        "selected": _LOADED,
        "orderBy": f"{_LOADED} DESC",
        "page": "1",
        "pageSize": "1",
    }
    reply = yield _call(ask, "warehouse/query/unit/list", params)
    page = answers.page_of(reply.body, ask.where)
    if not page["results"]:
        return None
    try:
        day = str(page["results"][0]["document"]["firstLoadDate"])
        return dt.date.fromisoformat(day[:10]).isoformat()
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(
            f"{ask.where}: the service does not say when its newest record came ({_LOADED}); "
            "fetch instead of checking"
        ) from error


def _area(
    ask: Ask, question: Question, filters: _Params, code: str, place: tuple[str, str], today: str
) -> _Asking:
    """Every page of one area, each as a part and as it was understood."""
    found: list[tuple[Part, dict[str, Any]]] = []
    number, last, rows = 1, 1, 0
    while number <= last:
        params = {
            "aggregateBy": ",".join(question.fields),
            **({"orderBy": ",".join(question.fields)} if "orderBy" not in filters else {}),
            **filters,
            place[0]: place[1],
            "page": str(number),
            "pageSize": str(_PAGE),
        }
        address = _address(ask, question, params)
        where = f"{ask.where} ({address})"
        # Hundreds of areas at one call a second: the same day an interrupted run goes on.
        path = f"warehouse/query/{question.resource}"
        reply = yield _call(ask, path, params, keep=today)
        page = answers.page_of(reply.body, where)
        if answers.number(page, "currentPage", where) != number:
            raise SourceError(f"{where}: page {page['currentPage']} came instead of {number}")
        last = answers.number(page, "lastPage", where)
        rows += len(page["results"])
        layout = {
            "service": "laji",
            "format": "laji",
            "regions": [code],
            "fields": list(question.fields),
            "quantities": list(question.quantities),
            "running": today[:4],
        }
        found.append((Part(reply.body, address, {**params, "region": code}, layout), page))
        number += 1
    total = answers.number(page, "total", where)
    if rows != total:
        raise SourceError(
            f"{where}: {rows} rows came of {total}; the database changed while it was read, run "
            "again"
        )
    return found


def read(data: bytes, layout: Mapping[str, Any], where: str, beside: Beside) -> Cells:
    """The counts on one stored page.

    Args:
        data: The bytes as received.
        layout: As :func:`request` made it: areas, fields counted by, fields counted, running year.
        where: Name of the file, for errors.
        beside: Not needed.

    Returns:
        ``region`` (our codes), ``year``, other fields under their own names, ``quantity``; values
        are numbers of whatever the quantity counts.

    Raises:
        SourceError: The bytes are no such answer.
    """
    del beside
    rows: Sequence[answers.Row] = answers.rows_of(answers.page_of(data, where), layout, where)
    return answers.cells_of_rows(rows, layout)
