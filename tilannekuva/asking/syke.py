"""Syke: emissions of municipalities, one CSV file a municipality, published once a year.

A query's ``ask`` may hold ``municipalities`` (``KU205`` or ``205``); without it today's 308 are
asked for. A file's rows are leaves of the sectors; what is read of it are sums of them, one row a
year for each of the third level's sectors and for all together, whatever the Hinku rules and
emissions trading:

``kunta``
    Our code of the municipality.
``vuosi``
    The year.
``taso_3``
    The sector as abbreviated by Syke (``Maa``), which a query may also write out (``Maatalous``);
    ``T`` is all sectors.
``suure``
    ``kt`` and ``kt_tuuli`` (kilotonnes of CO2 equivalent, without and with the credit for wind
    power) and ``GWh``.

A catalogue query therefore selects both: ``select = { suure = "kt", taso_3 = "T" }``. A leaf
without a figure makes its sums not computable.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import numpy as np

from tilannekuva import region_codes
from tilannekuva.asking._cells import Beside, Cells, make_cells
from tilannekuva.calls import (
    Ask,
    Call,
    Conversation,
    Newer,
    Pace,
    Part,
    Received,
    Unchanged,
    day_of,
    hash_of,
)
from tilannekuva.errors import DataError, SourceError
from tilannekuva.sources.syke import QUANTITY, parse

__all__ = ["TOTAL", "read", "request"]

TOTAL = "T"
"""Stands for all sectors together."""
_SECTOR = "taso_3"
_SECTORS = {
    "Kul": "Kulutussähkö", "Säh": "Sähkölämmitys", "Kau": "Kaukolämpö", "Ölj": "Öljylämmitys",
    "Muu": "Muu lämmitys", "Teo": "Teollisuus", "Työ": "Työkoneet", "Tie": "Tieliikenne",
    "Rai": "Raideliikenne", "Ves": "Vesiliikenne", "Maa": "Maatalous",
    "Jät": "Jätteiden käsittely", "F-k": "F-kaasut", "Tuu": "Päästöhyvitykset",
    TOTAL: "Yhteensä",
}  # fmt: skip


def request(ask: Ask) -> Conversation:
    """Ask for the file of every municipality, if the first one was published anew.

    Args:
        ask: The queries, and what is known of the stored answer.

    Returns:
        A conversation that ends with one part a municipality; with ``Unchanged`` if the first
        file is still that of ``ask.known``, by its ``Last-Modified`` or ``ETag``.

    Raises:
        DataError: A municipality that is asked for is not one of today.
        SourceError: The files are elsewhere now, or one is no such file or has no figure.
    """
    codes, named = _municipalities(ask)
    question = hash_of(codes)
    same = ask.query_hash == question and ask.known is not None
    yield Pace(ask.source.base, ask.source.calls or 10, float(ask.source.seconds or 10))
    first = yield Call(
        _address(ask, codes[0]),
        headers=_condition(str(ask.known)) if same else {},
        handles=frozenset({304, 404} if same else {404}),
        expects="json",  # A page for people is no file either.
    )
    if first.status == 304:
        return Unchanged(ask.known)
    if first.status == 404:
        raise SourceError(
            f"{ask.where}: there is no file at {_address(ask, codes[0])}; Syke moved its results, "
            "mend the source's `base`"
        )
    stamp = first.headers.get("last-modified") or first.headers.get("etag")
    if same and stamp == ask.known:
        return Unchanged(ask.known)
    if ask.check:
        return Newer(stamp)

    parts: dict[bytes, Part] = {}
    lost = []
    for code in codes:
        address = _address(ask, code)
        reply = first
        if code != codes[0]:
            reply = yield Call(address, handles=frozenset({404}), expects="json", keep=stamp)
        if reply.status == 404:
            lost.append(code)
            continue
        where = f"{ask.where} ({address})"
        layout = {"service": "syke", "format": "syke", "municipality": code[2:]}
        if not read(reply.body, layout, where, _nothing).frame["value"].notna().any():
            raise SourceError(f"{where}: the file has no figure")
        if reply.body in parts:
            other = parts[reply.body].layout["municipality"]
            raise SourceError(f"{where}: the same file came for KU{other}; run again later")
        parts[reply.body] = Part(reply.body, address, {"kunta": code}, layout, ending="csv")
    if lost and named:
        raise SourceError(f"{ask.where}: there is no file of {', '.join(lost)}; ask for others")
    return Received(
        parts=tuple(parts.values()),
        title="Kuntien kasvihuonekaasupäästöt (ALas)",
        updated_at=stamp,
        published_on=day_of(first, ask.where),
        note=f"No file of {', '.join(lost)}." if lost else "",
        query_hash=question,
    )


def _nothing(name: str) -> bytes:
    raise SourceError(f"a file of emissions has nothing beside it, not {name}")


def _municipalities(ask: Ask) -> tuple[list[str], bool]:
    """Our codes in order, and whether the catalogue names them."""
    today = [r.code for r in region_codes.regions("kunta")]
    named: dict[str, None] = {}
    for indicator, query in ask.queries:
        where = f"{ask.where} (indicator {indicator})"
        strange = [k for k in query.ask if k != "municipalities"]
        if strange:
            raise DataError(f"{where}: `ask` may hold `municipalities`, not '{strange[0]}'")
        listed = query.ask.get("municipalities")
        if listed is None:
            return today, False
        for text in (listed,) if isinstance(listed, str) else listed:
            code = f"KU{text.removeprefix('KU').zfill(3)}"
            if code not in today:
                raise DataError(f"{where}: '{text}' is not the code of a municipality of today")
            named[code] = None
    return (sorted(named), True) if named else (today, False)


def _address(ask: Ask, code: str) -> str:
    """The number in the name of the file has no zeros before it."""
    return f"{ask.source.base}/Tulokset_taso_5/kunta_{int(code[2:])}.csv"


def _condition(known: str) -> dict[str, str]:
    """The head of a call that is answered only if the file changed."""
    try:
        parsedate_to_datetime(known)
    except ValueError:
        return {"If-None-Match": known}
    return {"If-Modified-Since": known}


def read(data: bytes, layout: Mapping[str, Any], where: str, beside: Beside) -> Cells:
    """The sums of one municipality's file.

    Args:
        data: The bytes as received.
        layout: ``municipality``, three digits.
        where: Name of the file, for errors.
        beside: Not needed.

    Returns:
        ``kunta``, ``vuosi``, ``taso_3`` (``T`` is the sum) and ``suure``, as described above.

    Raises:
        SourceError: The bytes are no such file.
    """
    del beside
    rows = parse(data, where, municipality=str(layout["municipality"]))
    if _SECTOR not in rows.columns:
        raise SourceError(f"{where}: the file has no column '{_SECTOR}'; mend the reader")
    (year, years), (sector, sectors), (what, quantities) = (
        rows.columns[name] for name in ("vuosi", _SECTOR, QUANTITY)
    )
    if TOTAL in sectors:
        raise SourceError(f"{where}: Syke calls a sector '{TOTAL}', as the sum is called here")
    shape = (len(years), len(sectors), len(quantities))
    at = np.ravel_multi_index([np.asarray(p, dtype=np.intp) for p in (year, sector, what)], shape)
    gone = np.isnan(rows.values)

    def summed(weights: np.ndarray) -> np.ndarray:
        """Year × sector × quantity, the sum over the sectors as one more of them."""
        cube = np.bincount(at, weights, minlength=int(np.prod(shape))).reshape(shape)
        return np.concatenate([cube, cube.sum(axis=1, keepdims=True)], axis=1)

    leaves, gaps = summed(np.ones(len(at))), summed(gone.astype(float))
    # A row that is not there is a leaf without a figure too: the year before had it.
    order = np.argsort(years)
    fewer = np.diff(leaves[order], axis=0) < 0
    gaps[order[1:]] += fewer
    values = np.where(gaps > 0, np.nan, summed(np.where(gone, 0.0, rows.values)))
    spots = np.nonzero(leaves)
    names = (years, [*sectors, TOTAL], quantities)
    columns = [[n[k] for k in s.tolist()] for n, s in zip(names, spots, strict=True)]
    found = values[spots]
    cells = make_cells(
        {
            "kunta": [f"KU{layout['municipality']}"] * len(found),
            **dict(zip(("vuosi", _SECTOR, QUANTITY), columns, strict=True)),
        },
        found.tolist(),
        flags=["not_computable" if gap else "" for gap in np.isnan(found)],
        roles={"kunta": "geo", "vuosi": "time", QUANTITY: "contents"},
        units=rows.info.units,
    )
    variables = (
        dataclasses.replace(
            v, labels={c: frozenset({_SECTORS[c]}) for c in v.codes if c in _SECTORS}
        )
        if v.code == _SECTOR
        else v
        for v in cells.variables
    )
    return dataclasses.replace(cells, variables=tuple(variables))
