"""The only room that opens a connection: one call over the line, whole or not at all."""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
import urllib3

from tilannekuva.calls import Call, Reply
from tilannekuva.errors import SourceError

__all__ = ["Line", "NoAnswer"]

_TIMEOUT = (10.0, 120.0)
"""Seconds to connect, and between two pieces of an answer."""
_DEADLINE = 900.0
"""Seconds for a whole answer."""
MOST = 1 << 28
"""Bytes of an answer, packed or not: more than any table has, less than a machine's memory."""
_PIECE = 1 << 18


class NoAnswer(Exception):
    """Nothing whole came back; it may the next time."""


@dataclass
class Line:
    """Sends calls; one for a run, shared by its threads."""

    agent: str
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._own = threading.local()

    def send(
        self, call: Call, headers: Mapping[str, str], account: tuple[str, str] | None
    ) -> Reply:
        """One try. Redirects are not followed: whoever asks decides about them.

        A connection that once failed may be half closed: the next try opens its own.

        Raises:
            NoAnswer: The connection failed, the body is not whole, or it is a page for people.
            SourceError: The answer is larger than any table.
        """
        try:
            return self._send(call, headers, account)
        except NoAnswer:
            self._own.session = None
            raise

    def _send(
        self, call: Call, headers: Mapping[str, str], account: tuple[str, str] | None
    ) -> Reply:
        try:
            with self._session().request(
                call.method,
                call.url,
                params=list(call.params) or None,
                json=call.json,
                headers=dict(headers),
                auth=account,
                timeout=_TIMEOUT,
                stream=True,
                allow_redirects=False,
            ) as answer:
                body = self._body(answer.raw, call)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise NoAnswer(_in_words(error)) from error
        told = {k.lower(): v for k, v in answer.headers.items()}
        body = _unpack(body, told.get("content-encoding", ""), call)
        if answer.status_code == 200 and call.expects == "json" and _is_page(body):
            raise NoAnswer("a page for people came instead of figures, as in maintenance")
        return Reply(answer.status_code, body, told, answer.url)

    def _body(self, raw: Any, call: Call) -> bytes:
        """The bytes as sent: the library would not notice a packed answer that is cut off."""
        begun, pieces, size = self.clock(), [], 0
        while piece := raw.read(_PIECE, decode_content=False):
            pieces.append(piece)
            size += len(piece)
            if size > MOST:
                raise _too_large(call)
            if self.clock() - begun > _DEADLINE:
                raise NoAnswer(f"the answer was not whole after {_DEADLINE:.0f} s")
        return b"".join(pieces)

    def _session(self) -> requests.Session:
        """One a thread: sessions are not made for sharing."""
        session: requests.Session | None = getattr(self._own, "session", None)
        if session is None:
            session = self._own.session = requests.Session()
            session.headers["User-Agent"] = self.agent
            session.headers["Accept-Encoding"] = "gzip"
        return session


def _unpack(body: bytes, encoding: str, call: Call) -> bytes:
    if encoding.strip().lower() not in ("gzip", "x-gzip"):
        return body
    reader = zlib.decompressobj(31)
    try:
        whole = reader.decompress(body, MOST + 1)
    except zlib.error as error:
        raise NoAnswer("the packed answer is damaged") from error
    if len(whole) > MOST:
        raise _too_large(call)
    if not reader.eof:
        raise NoAnswer("the packed answer is cut off")
    return whole


def _too_large(call: Call) -> SourceError:
    return SourceError(
        f"{call.describe()}: the answer is larger than {MOST >> 20} MB, more than any table; it "
        "was not taken in"
    )


def _is_page(body: bytes) -> bool:
    return body.lstrip()[:1] == b"<"


def _in_words(error: Exception) -> str:
    """What happened on the line, without the library's inner talk."""
    broken = (urllib3.exceptions.ProtocolError, requests.exceptions.ChunkedEncodingError)
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return "the service did not answer in time"
    if isinstance(error, requests.ConnectionError) and "NameResolution" in repr(error):
        return "the address of the service could not be found; is there a connection?"
    if isinstance(error, broken):
        return "the connection broke off in the middle of the answer"
    return "the connection failed"
