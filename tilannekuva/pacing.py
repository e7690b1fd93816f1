"""How fast a service may be asked: one sliding window a host, shared by every thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

__all__ = ["Limiter"]


class Limiter:
    """At most so many calls in any window of so many seconds.

    Services count every call, refused ones too, so every call takes its turn here.

    >>> time_of_day = [0.0]
    >>> def sleep(seconds: float) -> None:
    ...     time_of_day[0] += seconds
    >>> limiter = Limiter(2, 10.0, clock=lambda: time_of_day[0], sleep=sleep)
    >>> [limiter.wait() for _ in range(3)]
    [0.0, 0.0, 10.0]
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
        self._made: deque[float] = deque()
        self._not_before = 0.0
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

    def wait(self) -> float:
        """Wait for one's turn and take it.

        Returns:
            How many seconds were waited.
        """
        waited = 0.0
        while True:
            with self._guard:
                now = self._clock()
                pause = max(self._pause(now), self._not_before - now)
                if pause <= 0:
                    self._made.append(now)
                    return waited
            # Outside the guard: others may learn a new pace in the meantime.
            self._sleep(pause)
            waited += pause

    def _pause(self, now: float) -> float:
        while self._made and self._made[0] <= now - self._seconds:
            self._made.popleft()
        if len(self._made) < self._calls:
            return 0.0
        return self._made[len(self._made) - self._calls] + self._seconds - now
