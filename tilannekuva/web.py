"""Carries conversations: polite, patient, and able to do without a connection.

It knows no publisher and no format. It carries the calls of a conversation to the service, at the
pace that the service bears, and brings back whole answers or says in one line why there is none.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from tilannekuva import raw
from tilannekuva.calls import (
    Call,
    Conversation,
    Newer,
    Pace,
    Received,
    Reply,
    Unchanged,
    hash_of,
)
from tilannekuva.errors import SourceError
from tilannekuva.line import Line, NoAnswer
from tilannekuva.pacing import Limiter

__all__ = ["Meter", "Web", "Watcher"]

_TRIES = 3
"""So often a call is made that gets no whole answer."""
_IN_A_ROW = 2
"""After so many calls given up one after the other a host counts as down."""
_BACKOFF = (2.0, 4.0)
_REFUSALS = 5
"""So often "too many calls" is waited out before the table is given up."""
_LONGEST = 900.0
"""A service that wants to be left alone for longer is asked again by the next run."""
_FIRST_PACE = (10, 10.0)
"""Until a service states its limit."""
_TOO_MANY, _BROKEN = 429, 500
_MOVED = (301, 302, 303, 307, 308)
_MOVES = 3
_MADE = (200, 201)
"""Answers worth keeping: figures, and the number of an order that must not be made twice."""


class Watcher(Protocol):
    """Is told what goes on."""

    def called(self, host: str, cells: int) -> None:
        """A call was answered."""

    def waited(self, host: str, seconds: float) -> None:
        """Time was spent waiting for one's turn."""


@dataclass
class Meter:
    """Counts calls, figures and waiting, by host; safe to share between threads."""

    calls: dict[str, int] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    changed: Callable[[], None] = lambda: None
    _guard: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def called(self, host: str, cells: int) -> None:
        """A call was answered."""
        with self._guard:
            self.calls[host] = self.calls.get(host, 0) + 1
            self.cells[host] = self.cells.get(host, 0) + cells
        self.changed()

    def waited(self, host: str, seconds: float) -> None:
        """Time was spent waiting."""
        with self._guard:
            self.seconds[host] = self.seconds.get(host, 0.0) + seconds
        self.changed()


class Web:
    """Carries conversations. One for a run, shared by its threads.

    Args:
        agent: The User-Agent, with a way to reach whoever asks.
        offline: Refuse every call.
        watcher: Is told of calls and waiting.
        environ: Where secrets are looked up; they are never written anywhere.
        clock, sleep: For tests.
    """

    def __init__(
        self,
        agent: str,
        *,
        offline: bool = False,
        watcher: Watcher | None = None,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        _check_sendable(agent, "the contact in tilannekuva.toml")
        self._line, self._offline = Line(agent), offline
        self.watcher = watcher or Meter()
        self._environ, self._clock = environ, clock
        self._stopped = threading.Event()
        self._sleep = sleep or self._wait
        self._limiters: dict[str, Limiter] = {}
        self._failed: dict[str, int] = {}
        self._left_alone: dict[str, str] = {}
        self._secrets: set[str] = set()
        self._once: dict[str, Reply] = {}
        self._guard = threading.Lock()

    def stop(self) -> None:
        """Make no further call; whoever waits for its turn gives up at once."""
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        """Whether the run is to end."""
        return self._stopped.is_set()

    def _wait(self, seconds: float) -> None:
        self._stopped.wait(seconds)

    def converse(
        self, conversation: Conversation, keep: Path | None = None
    ) -> Received | Unchanged | Newer:
        """Carry a conversation to its end.

        Args:
            conversation: What to ask, as a room of :mod:`tilannekuva.asking` gives it.
            keep: Folder for parts of a large answer, so that an interrupted run goes on where it
                stopped; whoever has stored the whole removes it.

        Returns:
            What came of it.

        Raises:
            SourceError: The service gives no whole answer, refuses, or is not to be asked.
        """
        reply: Reply | None = None
        kept: Path | None = None
        try:
            while True:
                try:
                    # Nothing is sent to begin with, and nothing comes back of a pace.
                    step = conversation.send(reply)  # type: ignore[arg-type]
                except StopIteration:
                    raise
                except Exception:
                    if kept is not None:
                        # Nobody can use this part: the next run must not be given it again.
                        kept.unlink(missing_ok=True)
                    raise
                reply = kept = None
                if isinstance(step, Pace):
                    self._limiter(_host(step.url)).set_pace(step.calls, step.seconds)
                else:
                    kept = _part(step, keep)
                    reply = self._reply(step, kept)
        except StopIteration as stop:
            outcome: Received | Unchanged | Newer = stop.value
            return outcome
        except SourceError as error:
            # A service may say back what it was told: no message of ours has a secret in it.
            hidden = self._hidden(str(error))
            if hidden != str(error):
                raise SourceError(hidden) from None
            raise
        finally:
            conversation.close()

    def _reply(self, call: Call, kept: Path | None) -> Reply:
        question = _question(call)
        if call.once and question in self._once:
            return self._once[question]
        if kept is not None and kept.is_file():
            return Reply(200, kept.read_bytes(), url=call.url)
        reply = self._ask(call)
        if call.once and reply.status == 200:
            self._once[question] = reply
        if kept is not None and reply.status in _MADE:
            raw.write_atomically(kept, reply.body)
        return reply

    def _ask(self, call: Call) -> Reply:
        """One answer of a status that somebody deals with."""
        headers, account = self._headers(call), self._account(call)
        if call.wait:
            self._pause(_host(call.url), call.wait)
        refusals = failures = moved = 0
        while True:
            host = _host(call.url)
            self._check_host(host)
            try:
                with self._limiter(host).turn() as waited:
                    self._check_host(host)
                    if waited:
                        self.watcher.waited(host, waited)
                    reply = self._line.send(call, headers, account)
            except NoAnswer as error:
                failures += 1
                self.watcher.called(host, 0)
                if failures >= _TRIES:
                    raise self._give_up(host, call, str(error)) from error
                self._pause(host, _BACKOFF[failures - 1])
                continue
            if reply.status == _TOO_MANY and _TOO_MANY not in call.handles:
                refusals += 1
                self.watcher.called(host, 0)
                self._refused_for_now(host, call, reply, refusals)
                continue
            if reply.status in _MOVED and "location" in reply.headers:
                moved += 1
                self.watcher.called(host, 0)
                call = _followed(call, reply, moved)
                continue
            if reply.status < _BROKEN:
                with self._guard:
                    self._failed[host] = 0
            if reply.status == 200 or reply.status in call.handles:
                self.watcher.called(host, call.cells if reply.status == 200 else 0)
                return reply
            self.watcher.called(host, 0)
            if reply.status < _BROKEN:
                raise SourceError(f"{call.describe()}: {_refused(reply, call)}")
            failures += 1
            if failures >= _TRIES:
                raise self._give_up(host, call, f"HTTP {reply.status}")
            if (told := _retry_after(reply)) is not None:
                self._limiter(host).hold(min(told, _LONGEST))
            self._pause(host, _BACKOFF[failures - 1])

    def _check_host(self, host: str) -> None:
        """Whether a host may be asked at all.

        Raises:
            SourceError: Why not.
        """
        if self._offline:
            raise SourceError(f"{host}: offline, so nothing was asked")
        if self.stopped:
            raise SourceError(f"{host}: the run was ended before the answer came; run it again")
        with self._guard:
            if host in self._left_alone:
                raise SourceError(self._left_alone[host])
            if self._failed.get(host, 0) >= _IN_A_ROW:
                raise SourceError(
                    f"{host}: not asked again in this run, it gave no whole answer {_IN_A_ROW} "
                    "times in a row; run again later"
                )

    def _refused_for_now(self, host: str, call: Call, reply: Reply, refusals: int) -> None:
        """Keep to what a service says that was asked too much."""
        pause = self._told_to_wait(host, reply)
        if refusals <= _REFUSALS and pause <= _LONGEST:
            self._limiter(host).hold(pause)
            return
        with self._guard:
            self._left_alone[host] = (
                f"{host}: not asked again in this run, it said that it was asked too much (HTTP "
                f"429, wait {pause:.0f} s); run again later"
            )
        raise SourceError(
            f"{call.describe()}: the service says that it was asked too much (HTTP 429, wait "
            f"{pause:.0f} s); run again later"
        )

    def _headers(self, call: Call) -> dict[str, str]:
        if call.secret is None:
            return dict(call.headers)
        return {**call.headers, "Authorization": f"Bearer {self._secret(call.secret)}"}

    def _account(self, call: Call) -> tuple[str, str] | None:
        if call.account is None:
            return None
        user, password = call.account
        return self._secret(user), self._secret(password)

    def _secret(self, name: str) -> str:
        value = self._environ.get(name, "").strip()
        if not value:
            raise SourceError(
                f"the environment variable {name} is not set, and the service answers only those "
                "whom it knows (docs/sources.md says how to get one)"
            )
        _check_sendable(value, f"the environment variable {name}")
        self._secrets.add(value)
        return value

    def _hidden(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def _limiter(self, host: str) -> Limiter:
        with self._guard:
            if host not in self._limiters:
                self._limiters[host] = Limiter(*_FIRST_PACE, clock=self._clock, sleep=self._sleep)
            return self._limiters[host]

    def _told_to_wait(self, host: str, reply: Reply) -> float:
        return _retry_after(reply) or self._limiter(host).pace[1]

    def _pause(self, host: str, seconds: float) -> None:
        self._sleep(seconds)
        self.watcher.waited(host, seconds)

    def _give_up(self, host: str, call: Call, why: str) -> SourceError:
        with self._guard:
            # What else was to be asked there would fare no better and take long to find it out.
            self._failed[host] = self._failed.get(host, 0) + 1
        return SourceError(
            f"{host}: no whole answer in {_TRIES} tries ({why}); run again later "
            f"({call.describe()})"
        )


def _question(call: Call) -> str:
    return hash_of([call.method, call.url, call.params, call.json, call.keep])


def _part(call: Call, keep: Path | None) -> Path | None:
    """Where the answer of a call is kept until the whole is there; None where it is not."""
    return keep / f"{_question(call)}.part" if keep and call.keep is not None else None


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _retry_after(reply: Reply) -> float | None:
    """Seconds that the service wants to be left alone; it may say a time of day instead."""
    told = reply.headers.get("retry-after", "").strip()
    if told.isdigit():
        return float(told)
    try:
        until = parsedate_to_datetime(told)
        now = parsedate_to_datetime(reply.headers["date"])
    except (ValueError, KeyError):
        return None
    return max(0.0, (until - now).total_seconds())


def _followed(call: Call, reply: Reply, moved: int) -> Call:
    """The same question at the address that the service says it has moved to.

    Raises:
        SourceError: It moves on and on, to a less safe line, or elsewhere with a secret.
    """
    url = urljoin(call.url, reply.headers["location"])
    told = f"{call.describe()}: the service has moved to {url}"
    secret = call.secret or call.account
    if moved > _MOVES:
        raise SourceError(f"{told}, and on and on; run again later")
    if urlsplit(call.url).scheme == "https" and urlsplit(url).scheme != "https":
        raise SourceError(f"{told}, an address without encryption; it was not asked")
    if secret and _host(url) != _host(call.url):
        raise SourceError(f"{told}; if that is right, put it under [addresses]")
    return replace(call, url=url, params=())


def _check_sendable(text: str, what: str) -> None:
    """A head of a call has letters of Latin-1 only."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError as error:
        letter = text[error.start]
        raise SourceError(f"{what} has the letter '{letter}', which cannot be sent") from None


def _refused(reply: Reply, call: Call) -> str:
    said = reply.body[:200].decode("utf-8", "replace").strip()
    said = "" if said.startswith("<") else f": {said}"
    if reply.status in (401, 403) and (call.secret or call.account):
        name = call.secret or " and ".join(call.account or ())
        return f"HTTP {reply.status}{said}; check the environment variable {name}"
    return f"HTTP {reply.status}{said}"
