"""How fast a service may be asked: one sliding window a host, shared by every thread."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Limiter"]


class Limiter:
    """At most so many calls in any window of so many seconds, as the service sees it.

    Services count every call, refused ones too, when it arrives: some time between its start and
    its answer. So a call counts from its start until a whole window after its answer, and no delay
    on the line can bring too many together.

    >>> time_of_day = [0.0]
    >>> def sleep(seconds: float) -> None:
    ...     time_of_day[0] += seconds
    >>> limiter = Limiter(2, 10.0, clock=lambda: time_of_day[0], sleep=sleep)
    >>> for _ in range(3):
    ...     with limiter.turn() as waited:
    ...         print(waited)
    0.0
    0.0
    10.0
    """

    def __init__(
        self,
        calls: int,
        seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._calls, self._seconds = calls, seconds
        self._clock, self._sleep = clock, sleep
        self._ended: dict[int, float] = {}
        """Number of a call → when its answer came; infinity while it is on its way."""
        self._next = 0
        self._not_before = -math.inf
        self._guard = threading.Lock()

    @property
    def pace(self) -> tuple[int, float]:
        """Calls and seconds in force."""
        return self._calls, self._seconds

    def set_pace(self, calls: int, seconds: float) -> None:
        """Keep to another limit from now on; calls already made count in it."""
        with self._guard:
            self._calls, self._seconds = max(1, calls), seconds

    def hold(self, seconds: float) -> None:
        """Make no call for so long: the service said when to come back."""
        with self._guard:
            self._not_before = max(self._not_before, self._clock() + seconds)

    @contextmanager
    def turn(self) -> Iterator[float]:
        """Wait for one's turn and make the call inside; gives how many seconds were waited."""
        waited = 0.0
        while True:
            with self._guard:
                now = self._clock()
                pause = max(self._pause(now), self._not_before - now)
                if pause <= 0:
                    number, self._next = self._next, self._next + 1
                    self._ended[number] = math.inf
                    break
            # Outside the guard: others may learn a new pace in the meantime.
            self._sleep(pause)
            waited += pause
        try:
            yield waited
        finally:
            with self._guard:
                self._ended[number] = self._clock()

    def _pause(self, now: float) -> float:
        self._ended = {n: t for n, t in self._ended.items() if t > now - self._seconds}
        if len(self._ended) < self._calls:
            return 0.0
        # So many must leave the window first; one that is on its way takes a window from now.
        leaving = sorted(self._ended.values())[len(self._ended) - self._calls]
        return min(leaving, now) + self._seconds - now
