"""The limits of PxWebApi 2 servers: calls in a window, and the length of an address."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from urllib.parse import urlsplit

from .core import Limit, Response, _Handler

__all__ = ["LONGEST_QUERY", "TOO_LONG", "Window", "WithAddress", "raw_query"]

LONGEST_QUERY = 2048
"""What the web server in front lets through after the question mark: addresses of some 2 100."""
TOO_LONG = (
    "<!DOCTYPE html><html><head><title>404 - File or directory not found.</title></head>"
    "<body><h2>404 - File or directory not found.</h2></body></html>"
)
_here = threading.local()
"""The address at hand as it was sent; every connection has its own thread."""


class WithAddress(_Handler):
    """Remembers the address as it came, since its length is counted before it is decoded."""

    def _serve(self) -> None:
        _here.query = urlsplit(self.path).query
        super()._serve()


def raw_query() -> str:
    """The query of the request at hand, still encoded."""
    return str(_here.query)


class Window(Limit):
    """A fixed window that opens with its first call, as the limiter of these servers has it."""

    def __init__(self, calls: int, seconds: float, exempt: Callable[[], bool]) -> None:
        super().__init__(calls, seconds)
        self.exempt = exempt
        self.opened, self.used = float("-inf"), 0

    def allows(self, now: float) -> bool:
        if self.exempt():
            return True
        if now >= self.opened + self.seconds:
            self.opened, self.used = now, 0
        self.used += 1
        self.refused += self.used > self.calls
        return self.used <= self.calls

    def left(self, now: float) -> float:
        """Seconds until the window closes."""
        return self.opened + self.seconds - now

    def refusal(self, now: float) -> Response:
        """The answer to a call over the limit: plain text, and how long to wait."""
        text = f"API calls quota exceeded! maximum admitted {self.calls} per {self.seconds}s."
        wait = str(max(1, ceil(self.left(now))))
        return Response(429, text.encode(), {"Content-Type": "text/plain", "Retry-After": wait})

    def headers(self, style: str, now: float, date: datetime) -> dict[str, str]:
        """What is left of the window, in one of the two spellings in use or not at all."""
        left = str(self.calls - self.used)
        if style == "x-ratelimit":
            return {
                "x-ratelimit-limit": str(self.calls),
                "x-ratelimit-policy": f"{self.calls};w={self.seconds}s",
                "x-ratelimit-remaining": left,
                "x-ratelimit-resource": "SB_API_1MIN",
            }
        if not style:
            return {}
        closes = date + timedelta(seconds=self.left(now))
        return {
            "X-Rate-Limit-Limit": f"{self.seconds}s",  # the window, not the count
            "X-Rate-Limit-Remaining": left,
            "X-Rate-Limit-Reset": closes.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
