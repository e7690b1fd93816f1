"""What a conversation with a service is made of: calls, answers, what came of it. Pure.

A room of :mod:`tilannekuva.asking` says *what* to ask next as a generator of :class:`Call` and is
told the :class:`Reply`; :mod:`tilannekuva.web` is the only room that opens a connection. A protocol
is thus a function that can be tried without any network::

    conversation = asking.sotkanet.request(ask)
    call = next(conversation)              # what to ask first
    call = conversation.send(reply)        # what to ask next
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tilannekuva.errors import SourceError
from tilannekuva.model import Query, Source

__all__ = [
    "Ask",
    "Call",
    "Conversation",
    "Newer",
    "Pace",
    "Part",
    "Received",
    "Reply",
    "Unchanged",
    "day_of",
    "hash_of",
    "local_day",
]


@dataclass(frozen=True)
class Call:
    """One question to a service."""

    url: str
    params: tuple[tuple[str, str], ...] = ()
    """In order; a key may stand several times."""
    method: Literal["GET", "POST"] = "GET"
    json: Any = None
    """The body of a POST."""
    headers: Mapping[str, str] = field(default_factory=dict)
    secret: str | None = None
    """Name of the environment variable whose value is sent as a bearer token."""
    account: tuple[str, str] | None = None
    """Names of the environment variables with a user and a password."""
    expects: Literal["json", "bytes"] = "bytes"
    """With ``json`` an answer 200 that is a page for people counts as no answer."""
    handles: frozenset[int] = frozenset()
    """Statuses beside 200 that whoever asks deals with; any other one is an error."""
    once: bool = False
    """The answer holds for the whole run: limits, lists of regions."""
    keep: str | None = None
    """A part of a large answer: kept under this token until the whole is there, so that an
    interrupted fetch goes on where it stopped. The token is the publisher's time of update."""
    cells: int = 0
    """How many figures are asked for, for whoever watches."""
    wait: float = 0.0
    """Seconds to wait first: an answer that is being made."""

    def describe(self) -> str:
        """The call for a message: never with a secret in it."""
        query = "&".join(f"{k}={v}" for k, v in self.params)
        return f"{self.method} {self.url}{'?' + query if query else ''}"


@dataclass(frozen=True)
class Reply:
    """What a service answered."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    url: str = ""
    """Where it came from in the end."""

    def json(self, where: str) -> Any:
        """The body as JSON.

        Raises:
            SourceError: It is something else.
        """
        try:
            return json.loads(self.body)
        except (ValueError, UnicodeDecodeError) as error:
            start = self.body[:80].decode("utf-8", "replace").strip()
            raise SourceError(
                f"{where}: the service answered something that is not JSON: '{start}'"
            ) from error


@dataclass(frozen=True)
class Pace:
    """The service says how many calls it bears."""

    url: str
    """An address of the service; its host is what the pace is for."""
    calls: int
    seconds: float


@dataclass(frozen=True)
class Ask:
    """What is wanted of one table, and what is there already."""

    source: Source
    table: str
    queries: tuple[tuple[str, Query], ...]
    """(indicator, query), every one of this table that may be asked."""
    known: str | None = None
    """``updated_at`` of the newest answer in the store."""
    query_hash: str | None = None
    """Hash of what that answer was asked with; another question is asked whatever its age."""
    check: bool = False
    """Only find out whether there is something newer."""
    served: frozenset[str] = frozenset()
    """Indicators that the last answer had figures of: they must not be lost."""
    totals: Mapping[str, str] = field(default_factory=dict)
    """Variable → the code that stood for all others together in the last answer."""

    @property
    def where(self) -> str:
        """Source and table, for messages."""
        return f"{self.source.id} {self.table}"

    @property
    def indicators(self) -> tuple[str, ...]:
        """Ids of the indicators that depend on the table."""
        return tuple(dict.fromkeys(name for name, _ in self.queries))


@dataclass(frozen=True)
class Part:
    """The exact bytes of one answer that is kept, and how to read them."""

    data: bytes
    address: str
    """Address that a person can open or ask again; never with a secret in it."""
    query: Mapping[str, Any]
    """The question as the service was asked."""
    layout: Mapping[str, Any]
    """``format`` and whatever else reading needs."""
    ending: str = "json"
    """Ending of the stored file."""
    table: str | None = None
    """Table of an answer that stands beside the figures (a list of regions); None for figures."""

    @property
    def id(self) -> str:
        """Id of the snapshot that these bytes become: the first 16 digits of their sha256."""
        return hashlib.sha256(self.data).hexdigest()[:16]


@dataclass(frozen=True)
class Received:
    """A whole answer: the parts of one table, of one time of update."""

    parts: tuple[Part, ...]
    title: str
    updated_at: str | None
    """The publisher's own time of update, as printed."""
    published_on: str
    """Its day, ISO; of a live database the day that it was asked, by its own clock."""
    note: str = ""
    remarks: str = ""
    """The publisher's own notes on the table."""
    query_hash: str = ""
    """:func:`hash_of` the question, so that next time the same one is known."""


@dataclass(frozen=True)
class Unchanged:
    """The publisher has nothing newer than what is in the store."""

    updated_at: str | None = None


@dataclass(frozen=True)
class Newer:
    """The publisher has something newer (only asked with ``check``)."""

    updated_at: str | None = None


Conversation = Generator[Call | Pace, Reply, Received | Unchanged | Newer]

_HELSINKI = ZoneInfo("Europe/Helsinki")


def local_day(stamp: str) -> str:
    """The day of a publisher's time of update, as it was in Helsinki.

    Args:
        stamp: ISO date or date and time with or without a zone (``2026-04-01T05:00:00Z``,
            ``2026-09-17T11:00:00+0200``); without one it is local already.

    Returns:
        ISO date.

    Raises:
        SourceError: It cannot be read.

    >>> local_day("2026-03-31T22:30:00Z"), local_day("2026-09-17T11:00:00+0200")
    ('2026-04-01', '2026-09-17')
    """
    try:
        found = dt.datetime.fromisoformat(stamp.strip())
    except ValueError as error:
        raise SourceError(f"'{stamp}' is not a time of update that can be read") from error
    return (found if found.tzinfo is None else found.astimezone(_HELSINKI)).date().isoformat()


def day_of(reply: Reply, where: str) -> str:
    """The day that an answer is of when its publisher states none inside it.

    ``Last-Modified`` where there is one, else the service's own clock (``Date``).

    >>> day_of(Reply(200, b"", {"last-modified": "Mon, 08 Jun 2026 21:30:00 GMT"}), "x")
    '2026-06-09'
    """
    for name in ("last-modified", "date"):
        if stamp := reply.headers.get(name):
            try:
                return parsedate_to_datetime(stamp).astimezone(_HELSINKI).date().isoformat()
            except ValueError:
                continue
    raise SourceError(f"{where}: the answer has no date, neither inside nor in its head")


def hash_of(question: Any) -> str:
    """A short hash of a question, the same for the same question on any day.

    >>> hash_of({"a": 1, "b": ["x"]}) == hash_of({"b": ["x"], "a": 1})
    True
    """
    text = json.dumps(question, sort_keys=True, ensure_ascii=False, default=list)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
