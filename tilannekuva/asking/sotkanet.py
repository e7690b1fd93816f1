"""Sotkanet REST 1.1 of THL. A table is the number of an indicator (``181``).

A conversation reads the indicator's description, makes sure that it still is what the catalogue
means (the numbers are all that the queries have in common with it), and asks for the list of areas
and the figures of all its years only if they are newer than those in the store. The service takes
one indicator a call and gives every area, whatever it is asked.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import pandas as pd

from tilannekuva.asking._cells import Beside, Cells
from tilannekuva.asking._sotkanet_about import About, fold, read_about, variables_of
from tilannekuva.asking._sotkanet_areas import hidden_cells, read_areas, stranger
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
from tilannekuva.errors import DataError, SourceError
from tilannekuva.matching import find_codes, find_variable
from tilannekuva.model import Query
from tilannekuva.sources import sotkanet

__all__ = ["read", "request"]

_AREAS = 500
"""About so many rows come for one year and sex."""


def request(ask: Ask) -> Conversation:
    """Ask Sotkanet for one indicator.

    Args:
        ask: Source, number of the indicator, and its queries.

    Yields:
        Calls, at most two a second: the service states no limit and is a small one.

    Returns:
        The figures and, beside them, the list of areas; or that nothing is new.

    Raises:
        SourceError: There is no such indicator, it means something else now, or the answer is not
            what was asked for.
        DataError: A query wants a sex that the indicator does not have.
    """
    yield Pace(ask.source.base, 2, 1.0)
    about = yield from _describe(ask)
    accepted = _check_title(ask, about)
    sexes = _sexes(ask, about)
    question = hash_of([ask.table, about.years, sexes])
    same = about.updated is not None and (about.updated, question) == (ask.known, ask.query_hash)
    if same or ask.check:
        return Unchanged(about.updated) if same else Newer(about.updated)
    base = ask.source.base
    areas = yield Call(f"{base}/regions", expects="json", once=True)
    known = read_areas(areas.body, f"{ask.source.id}: the list of areas ({base}/regions)")
    params = (
        ("indicator", ask.table),
        *(("years", y) for y in about.years),
        *(("genders", s) for s in sexes),
    )
    call = Call(
        f"{base}/json",
        params,
        expects="json",
        handles=frozenset({400, 404}),
        cells=_AREAS * len(about.years) * len(sexes),
    )
    reply = yield call
    if reply.status != 200:
        raise SourceError(
            f"{ask.where}: the service refuses years {about.years[0]}–{about.years[-1]} and "
            f"{', '.join(sexes)}, which the indicator says that it has (HTTP {reply.status}, "
            f"{call.describe()})"
        )
    rows = sotkanet.parse(reply.body, f"{ask.where} ({call.url})").frame()
    _check_rows(ask, rows, about, sexes)
    if not any(i in known and known[i].known for i in rows["region"].cat.categories):
        raise SourceError(f"{ask.where}: no area of the figures is one of ours ({base}/regions)")
    beside = Part(
        areas.body,
        f"{base}/regions",
        {"path": "regions"},
        {"service": "sotkanet", "format": "sotkanet-regions"},
        table="regions",
    )
    layout = {
        "service": "sotkanet",
        "format": "sotkanet-json",
        "titles": dict(about.titles),
        "accepted": accepted,
        "levels": list(about.levels),
        "unit": about.unit,
        "regions": beside.id,
    }
    asked = {"indicator": ask.table, "years": list(about.years), "genders": list(sexes)}
    figures = Part(reply.body, call.describe().removeprefix("GET "), asked, layout)
    day = local_day(about.updated) if about.updated else day_of(reply, ask.where)
    return Received((figures, beside), about.title, about.updated, day, query_hash=question)


def _describe(ask: Ask) -> Generator[Call | Pace, Reply, About]:
    address = f"{ask.source.base}/indicators/{ask.table}"
    reply = yield Call(address, expects="json", handles=frozenset({400, 403, 404}))
    if reply.status == 403:
        raise SourceError(
            f"{ask.where}: the service does not answer this caller ({address}, HTTP 403); it turns "
            "away those that do not say in the User-Agent who they are"
        )
    if reply.status != 200 or not reply.body.strip():
        raise SourceError(
            f"{ask.where}: the service does not know the indicator ({address}, HTTP "
            f"{reply.status}); look it up at {ask.source.page} and mend `table`"
        )
    about = read_about(reply.json(ask.where), ask.where)
    return about


def _check_title(ask: Ask, about: About) -> list[str]:
    """Make sure that the number still is the indicator that each query means.

    Returns:
        Every title that the catalogue has for it.

    Raises:
        SourceError: It is called something else now.
    """
    called = {fold(title) for title in about.titles.values()}
    accepted: dict[str, None] = {}
    for indicator, query in ask.queries:
        titles = _named(query, "title", about, ask.where)
        if titles and not called & set(map(fold, titles)):
            expected = "' or '".join(titles)
            raise SourceError(
                f"{ask.where}: indicator {ask.table} is now called '{about.title}'; the catalogue "
                f"expects '{expected}' for {indicator}. If it is the same quantity, add the new "
                "title to `select`; if not, find the indicator's new number"
            )
        accepted.update(dict.fromkeys(titles))
    return list(accepted)


def _named(query: Query, name: str, about: About, where: str) -> tuple[str, ...]:
    """What a query selects of one of our variables, by whatever name it calls it."""
    variables = variables_of(about.titles, sexes=about.sexes)
    found: tuple[str, ...] = ()
    for asked, codes in query.select.items():
        if find_variable(asked, variables, where).code == name:
            found += (codes,) if isinstance(codes, str) else codes
    return found


def _sexes(ask: Ask, about: About) -> tuple[str, ...]:
    """Which sexes to ask for: the total, and the others only if somebody wants them.

    Raises:
        DataError: A query wants one that the indicator does not have.
    """
    variables = variables_of(about.titles, sexes=about.sexes)
    gender = variables[-1]
    wanted: set[str] = set()
    for indicator, query in ask.queries:
        where = f"{ask.where} (indicator {indicator})"
        axes = [find_variable(n, variables, where) for n in query.axes.values()]
        if chosen := _named(query, gender.code, about, where):
            wanted.update(find_codes(chosen, gender, where))
        elif gender in axes:
            wanted.update(gender.codes)
        elif (total := gender.total_code()) is not None:
            wanted.add(total)
        else:
            raise DataError(
                f"{where}: Sotkanet {ask.table} has {', '.join(gender.codes)} and no total; choose "
                f"with `select = {{ gender = … }}`"
            )
    return tuple(s for s in about.sexes if s in wanted) or about.sexes[:1]


def _check_rows(ask: Ask, rows: pd.DataFrame, about: About, sexes: tuple[str, ...]) -> None:
    """The answer is about what was asked, and has a figure of each sex."""
    allowed = {"indicator": (ask.table,), "year": about.years, "gender": sexes}
    for name, codes in allowed.items():
        strange = [c for c in rows[name].cat.categories if c not in codes]
        if strange:
            raise SourceError(
                f"{ask.where}: the answer has {name} {strange[0]}, which was not asked for"
            )
    shown = set(rows["gender"][rows["value"].notna()])
    for sex in sexes:
        if sex not in shown:
            raise SourceError(
                f"{ask.where}: the answer has no figure of {sex} for '{about.title}', years "
                f"{about.years[0]}–{about.years[-1]}"
            )


def read(data: bytes, layout: Mapping[str, Any], where: str, beside: Beside) -> Cells:
    """The cells of an answer, areas in our codes and what is kept secret as cells of its own.

    Args:
        data: The bytes of the figures.
        layout: Their layout; it names the list of areas.
        where: Name of the file, for errors.
        beside: Gives the list of areas.

    Returns:
        ``title``, ``region``, ``year`` and ``gender``. Areas that our register does not have are
        there under a code that the tidying passes over.

    Raises:
        SourceError: One of the two is not what it should be, or a figure stands twice.
    """
    try:
        titles, regions = dict(layout["titles"]), str(layout["regions"])
        levels, accepted = frozenset(layout["levels"]), tuple(layout.get("accepted", ()))
    except KeyError as error:
        raise SourceError(f"{where}: the lock entry lacks {error} in `layout`") from error
    areas = read_areas(beside(regions), f"{where}: the list of areas beside it ({regions})")
    rows = sotkanet.parse(data, where).frame()
    ids = [str(c) for c in rows["region"].cat.categories]
    areas |= {i: stranger(i) for i in ids if i not in areas}
    code = rows["region"].astype("str").map({i: areas[i].code for i in ids})
    _check_once(rows.assign(code=code), where)
    hidden = pd.DataFrame(hidden_cells(rows, areas, levels), columns=["region", "year", "gender"])
    title = next(iter(titles.values()))
    whole = [
        pd.DataFrame({"region": code, "year": rows["year"].astype("str"),
                      "gender": rows["gender"].astype("str"), "flag": rows["status"].astype("str"),
                      "value": rows["value"]}),
        hidden.assign(flag="suppressed", value=float("nan")),
    ]  # fmt: skip
    joined = pd.concat([w for w in whole if len(w)] or whole[:1], ignore_index=True)
    names = ("region", "year", "gender", "flag")
    frame = pd.DataFrame(
        {
            "title": pd.Categorical([title] * len(joined)),
            **{n: pd.Categorical(joined[n]) for n in names},
            "value": joined["value"].astype("float64"),
        }
    )
    codes = {n: tuple(map(str, frame[n].cat.categories)) for n in names}
    variables = variables_of(
        titles,
        accepted=accepted,
        regions=codes["region"],
        years=codes["year"],
        sexes=codes["gender"],
    )
    unit = str(layout.get("unit", ""))
    return Cells(frame, variables, {"*": unit} if unit else {})


def _check_once(rows: pd.DataFrame, where: str) -> None:
    """Two of the service's areas may be one of ours, but not in the same year."""
    twice = rows.duplicated(["code", "year", "gender"], keep=False)
    if twice.any():
        found = rows[twice].iloc[0]
        same = rows[(rows["code"] == found["code"]) & twice]["region"].unique()
        raise SourceError(
            f"{where}: the areas {', '.join(map(str, same))} of the service are both "
            f"{found['code']}, and have figures of {found['year']} each; ask THL which holds"
        )
