"""GBIF's downloads: an order in SQL, waiting until it is made, and a packed table."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Generator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from tilannekuva.asking._cells import Cells, cells_of
from tilannekuva.asking._gbif_counts import areas_of, pace_of
from tilannekuva.asking._gbif_table import figures_of, rows_of
from tilannekuva.asking._live import asked_on, asks_the_same, seal
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
from tilannekuva.errors import DataError, SourceError

__all__ = ["converse", "read"]

_ACCOUNT = ("GBIF_USER", "GBIF_PASSWORD")
_KEYS = ("sql", "time", "value", "region", "areas", "gadmGid")
_KEY = re.compile(r"[0-9A-Za-z-]{5,64}")
_WORKING = ("PREPARING", "RUNNING")
_LOST = ("FAILED", "KILLED", "SUSPENDED", "CANCELLED", "FILE_ERASED")
_WAITS = (5.0, 10.0, 20.0, 40.0, 60.0)
"""Seconds before each look; the last is repeated."""
_PATIENCE = 3 * 3600.0
"""Seconds of waiting in one run; the order is not lost by giving up."""
_OLD_FAILURE, _OLD_ANSWER = dt.timedelta(minutes=15), dt.timedelta(days=7)
"""What was ordered longer ago was so by an earlier run, and a new order may do better."""

_Asking = Generator[Call | Pace, Reply, Any]


def converse(ask: Ask, asked: Mapping[str, tuple[str, ...]]) -> Conversation:
    """Order the download and bring it, see :func:`tilannekuva.asking.gbif.request`."""
    layout = _layout(asked, ask.where)
    order = {"sendNotification": False, "format": "SQL_TSV_ZIP", "sql": asked["sql"][0]}
    same = asks_the_same(ask.query_hash, asked)
    if ask.check and not (same and ask.known):
        return Newer()
    yield pace_of(ask, None)
    url = f"{ask.source.base}/occurrence/download/request"
    valid = yield Call(
        f"{url}/validate",
        method="POST",
        json=order,
        account=_ACCOUNT,
        handles=frozenset({201, 400}),
    )
    if valid.status == 400:
        raise SourceError(f"{ask.where}: GBIF refuses the SQL: {_said(valid)}; mend the query")
    today = asked_on(valid, ask.where)
    if same and ask.known and local_day(ask.known) == today:
        return Unchanged(ask.known)
    if ask.check:
        return Newer()

    made = yield from _made(ask, order, url)
    key = made["key"]
    link = str(made.get("downloadLink") or "")
    # The link may be without encryption, or lead to a host that the catalogue does not name.
    own = link.startswith(f"{ask.source.base}/")
    packed = yield Call(link if own else f"{url}/{key}.zip")
    layout["running"] = today[:4]
    where = f"{ask.where} (download {key})"
    rows = rows_of(packed.body, layout, where)
    sealed = seal(asked, figures_of(rows))
    if sealed == ask.query_hash:
        return Unchanged(ask.known)
    doi = str(made.get("doi") or "").removeprefix("doi:").removeprefix("https://doi.org/")
    page = f"https://doi.org/{doi}" if doi else f"https://www.gbif.org/occurrence/download/{key}"
    created = made.get("created")
    query = {
        "sql": order["sql"],
        "key": key,
        "doi": doi,
        **{k: made[k] for k in ("license", "totalRecords", "numberDatasets") if k in made},
    }
    licence = str(made.get("license") or "")
    unfree = " Records may not be used commercially." if "nc" in _words(licence) else ""
    return Received(
        parts=(Part(packed.body, page, query, layout, ending="zip"),),
        title="GBIF: occurrences, a download in SQL",
        updated_at=str(created) if created else None,
        published_on=local_day(str(created)) if created else today,
        note=(
            f"GBIF.org ({today}) GBIF Occurrence Download {page}. Finished years only.{unfree} "
            "FinBIF's records are among them; never add the two."
        ),
        query_hash=sealed,
    )


def _words(text: str) -> list[str]:
    return re.split(r"[^a-z0-9]+", text.casefold())


def _layout(asked: Mapping[str, tuple[str, ...]], where: str) -> dict[str, Any]:
    strange = [k for k in asked if k not in _KEYS]
    if strange:
        raise DataError(
            f"{where}: the `ask` of a download has {', '.join(_KEYS)}, not '{strange[0]}'; filters "
            "stand in the SQL"
        )
    for key, least, most in (("sql", 1, 1), ("time", 1, 1), ("value", 1, 99), ("region", 0, 1)):
        if not least <= len(asked.get(key, ())) <= most:
            raise DataError(f"{where}: write one `{key}` into the `ask` of the download")
    layout: dict[str, Any] = {
        "service": "gbif",
        "format": "gbif-download",
        "time": asked["time"][0],
        "values": list(asked["value"]),
    }
    if "region" in asked:
        layout["region"] = asked["region"][0]
        if "areas" in asked:
            areas = areas_of(asked, where)
            layout["areas"] = {place[1]: code for code, place in areas.items() if place}
    return layout


def _made(ask: Ask, order: Mapping[str, Any], url: str) -> _Asking:
    """The description of a download that is ready: this order, or the one an earlier run left.

    The key that the service gave is kept under a hash of the order, so a run that was broken off
    waits for its order instead of making another. An old key that came to nothing is part of the
    hash of the next one.
    """
    token = hash_of(order)
    while True:
        reply = yield Call(
            url,
            method="POST",
            json=order,
            account=_ACCOUNT,
            handles=frozenset({201, 400, 420}),
            keep=token,
        )
        if reply.status == 400:
            raise SourceError(f"{ask.where}: GBIF refuses the order: {_said(reply)}")
        if reply.status == 420:
            raise SourceError(
                f"{ask.where}: too many downloads of this account are being made; run again when "
                "they are done"
            )
        key = reply.body.decode("utf-8", "replace").strip().strip('"')
        if not _KEY.fullmatch(key):
            raise SourceError(f"{ask.where}: GBIF gave no key of a download but '{key[:80]}'")
        made = yield from _waited(ask, key)
        if made is not None:
            return {**made, "key": key}
        token = hash_of([token, key])


def _waited(ask: Ask, key: str) -> _Asking:
    """The description of a download when it is ready; None if an earlier run's came to nothing."""
    where = f"{ask.where} (download {key})"
    waited, look = 0.0, 0
    while waited < _PATIENCE:
        wait = _WAITS[min(look, len(_WAITS) - 1)]
        reply = yield Call(
            f"{ask.source.base}/occurrence/download/{key}", expects="json", wait=wait
        )
        made = reply.json(where)
        state = made.get("status") if isinstance(made, dict) else None
        age = _age(made, reply) if look == 0 and state else None
        if state in _LOST:
            if age is not None and age > _OLD_FAILURE:
                return None
            raise SourceError(
                f"{where}: GBIF could not make it ({state}); run again in half an hour, or look at "
                f"https://www.gbif.org/occurrence/download/{key}"
            )
        if state == "SUCCEEDED":
            return None if age is not None and age > _OLD_ANSWER else made
        if state not in _WORKING:
            raise SourceError(f"{where}: its state is '{state}', which is not known; see its page")
        waited, look = waited + wait, look + 1
        yield pace_of(ask, reply)
    raise SourceError(
        f"{where}: GBIF has been making it for over {_PATIENCE / 3600:.0f} hours; run again later, "
        "the order stands"
    )


def _age(made: Mapping[str, Any], reply: Reply) -> dt.timedelta | None:
    """How long ago a download was ordered, both by the service's clock."""
    try:
        created = dt.datetime.fromisoformat(str(made["created"]))
        now = parsedate_to_datetime(reply.headers["date"])
    except (KeyError, ValueError):
        return None
    return now - (created if created.tzinfo else created.replace(tzinfo=dt.UTC))


def _said(reply: Reply) -> str:
    text = reply.body[:300].decode("utf-8", "replace").strip()
    found = re.search(r'"(?:message|error)"\s*:\s*"([^"]+)"', text)
    return found[1] if found else text or "without a reason"


def read(data: bytes, layout: Mapping[str, Any], where: str) -> Cells:
    """The figures of a stored download, see :func:`tilannekuva.asking.gbif.read`."""
    return cells_of(rows_of(data, layout, where))
