"""What every local service shares: a server on the loopback address, a log, faults, a limiter.

A service answers one request at a time of day that it reads from its own ``clock``, so that tests
of limits need not wait. Faults are laid over any service from outside::

    with Sotkanet() as service:
        service.fail("/json", "reset", times=2)
        requests.get(service.address + "/indicators")
"""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, unquote, urlsplit

__all__ = ["FAULTS", "Asked", "Fault", "Limit", "Response", "Service", "html", "json_response"]

FaultKind = Literal[
    "reset", "truncated", "truncated_gzip", "html", "down", "too_many", "slow", "hang_up"
]
FAULTS: tuple[FaultKind, ...] = (
    "reset", "truncated", "truncated_gzip", "html", "down", "too_many", "slow", "hang_up",
)  # fmt: skip

_MAINTENANCE = (
    b"<!DOCTYPE html><html><head><title>Huoltokatko</title></head>"
    b"<body><h1>Palvelu on huollossa</h1></body></html>"
)


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    """Decoded, without the query."""
    params: tuple[tuple[str, str], ...]
    """In order, repeated keys kept."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    at: float
    """The service's own clock, in seconds."""

    def all(self, name: str) -> list[str]:
        return [v for k, v in self.params if k == name]

    def one(self, name: str, default: str = "") -> str:
        return next(iter(self.all(name)), default)

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Response:
    """What a service answers."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def json_response(value: Any, status: int = 200, **headers: str) -> Response:
    """A JSON answer; underscores in the names of headers become hyphens."""
    named = {k.replace("_", "-"): v for k, v in headers.items()}
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(status, body, {"Content-Type": "application/json; charset=utf-8"} | named)


def html(text: str, status: int = 200) -> Response:
    """A page meant for people."""
    return Response(status, text.encode(), {"Content-Type": "text/html; charset=utf-8"})


@dataclass
class Fault:
    """Something that goes wrong with the next requests whose path and query hold a text."""

    match: str
    kind: FaultKind
    times: int
    """How many requests; the others pass."""
    after: int = 0
    """How many matching requests pass before."""
    retry_after: int | None = None


class Limit:
    """A sliding window that counts every request, refused ones too."""

    def __init__(self, calls: int, seconds: float) -> None:
        self.calls, self.seconds = calls, seconds
        self._seen: deque[float] = deque()
        self.refused = 0

    def allows(self, now: float) -> bool:
        while self._seen and self._seen[0] <= now - self.seconds:
            self._seen.popleft()
        self._seen.append(now)
        if len(self._seen) <= self.calls:
            return True
        self.refused += 1
        return False


class Service:
    """A server on 127.0.0.1; a subclass says what it answers."""

    limit: Limit | None = None

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.log: list[Asked] = []
        self.answered: list[int] = []
        """The status of every answer, in the order of ``log``; 0 where the line was cut."""
        self.faults: list[Fault] = []
        self._guard = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.service = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    def answer(self, asked: Asked) -> Response:
        """What the service says; called under a lock, so state needs none of its own."""
        raise NotImplementedError

    def too_many(self, asked: Asked) -> Response:
        """The answer to a call over the limit."""
        wait = str(int(self.limit.seconds)) if self.limit else "1"
        text = "429 - Too many requests in too short timeframe. Please try again later."
        return json_response({"error": text}, 429, Retry_After=wait)

    def fail(
        self,
        match: str,
        kind: FaultKind,
        *,
        times: int = 1,
        after: int = 0,
        retry_after: int | None = None,
    ) -> None:
        """Make the next ``times`` requests whose path and query hold ``match`` go wrong."""
        self.faults.append(Fault(match, kind, times, after, retry_after))

    @property
    def address(self) -> str:
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def respond(self, asked: Asked) -> tuple[Response, Fault | None]:
        with self._guard:
            self.log.append(asked)
            fault = self._fault(asked)
            if self.limit is not None and not self.limit.allows(asked.at):
                response = self.too_many(asked)
            elif fault is not None and fault.kind == "down":
                response = Response(503, b"Service Unavailable", {"Content-Type": "text/plain"})
            elif fault is not None and fault.kind == "html":
                response = Response(200, _MAINTENANCE, {"Content-Type": "text/html"})
            elif fault is not None and fault.kind == "too_many":
                more = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
                response = Response(429, b"", more)
            else:
                response = self.answer(asked)
            self.answered.append(response.status)
            return response, fault

    def _fault(self, asked: Asked) -> Fault | None:
        query = "&".join(f"{k}={v}" for k, v in asked.params)
        text = f"{asked.method} {asked.path}?{query}"
        for fault in self.faults:
            if fault.match not in text or not fault.times:
                continue
            if fault.after:
                fault.after -= 1
                continue
            fault.times -= 1
            return fault
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    service: Service

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_HEAD = do_OPTIONS = do_PUT = do_DELETE = do_GET

    def _serve(self) -> None:
        service = self.server.service
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        asked = Asked(
            method=self.command,
            path=unquote(parts.path),
            params=tuple(parse_qsl(parts.query, keep_blank_values=True)),
            headers={k.lower(): v for k, v in self.headers.items()},
            body=self.rfile.read(length) if length else b"",
            at=service.clock(),
        )
        response, fault = service.respond(asked)
        self._send(asked, response, fault.kind if fault else None)

    def _send(self, asked: Asked, response: Response, fault: str | None) -> None:
        body, headers = response.body, dict(response.headers)
        if fault == "hang_up":
            self._cut()
            return
        if fault == "slow":
            time.sleep(1.5)
        zipped = "gzip" in asked.headers.get("accept-encoding", "")
        long = len(body) > 1024 and "Content-Encoding" not in headers
        if fault == "truncated_gzip" or (zipped and long):
            body = gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        promised = len(body)
        if fault == "truncated_gzip":
            body = body[: max(12, len(body) // 2)]
            promised = len(body)  # the length agrees: only the gzip stream tells
        elif fault in ("reset", "truncated"):
            body = body[: len(body) // 2]
        self.send_response(response.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(promised))
        self.end_headers()
        if asked.method != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()
        if fault == "reset":
            self._cut()
        elif fault in ("truncated", "truncated_gzip"):
            self.close_connection = True

    def _cut(self) -> None:
        """End the connection with a reset, as a router that gives up does."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        self.close_connection = True

    def log_message(self, *args: Any) -> None:
        """The log is kept, not printed."""
