"""The limiter: never more calls in a window than the service bears, whoever asks."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilannekuva.pacing import Limiter


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self._guard = threading.Lock()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._guard:
            self.now += max(seconds, 1e-9)


def wait(limiter: Limiter) -> float:
    """One call, and how long it had to wait."""
    with limiter.turn() as waited:
        return waited


@given(
    calls=st.integers(1, 8),
    seconds=st.floats(0.5, 60),
    pauses=st.lists(st.floats(0, 20), min_size=1, max_size=60),
)
def test_no_window_holds_more_calls_than_allowed(
    calls: int, seconds: float, pauses: list[float]
) -> None:
    clock = Clock()
    limiter = Limiter(calls, seconds, clock=clock, sleep=clock.sleep)
    made = []
    for pause in pauses:
        clock.now += pause
        with limiter.turn():
            made.append(clock.now)
    for n in range(calls, len(made)):
        assert made[n] - made[n - calls] >= seconds - 1e-6


def test_a_burst_within_the_limit_waits_for_nothing() -> None:
    clock = Clock()
    limiter = Limiter(5, 60.0, clock=clock, sleep=clock.sleep)
    assert [wait(limiter) for _ in range(5)] == [0.0] * 5
    assert wait(limiter) == pytest.approx(60.0)


def test_told_to_wait_nobody_calls_until_then() -> None:
    clock = Clock()
    limiter = Limiter(100, 1.0, clock=clock, sleep=clock.sleep)
    limiter.hold(30.0)
    assert wait(limiter) == pytest.approx(30.0)


def test_a_new_pace_counts_the_calls_already_made() -> None:
    clock = Clock()
    limiter = Limiter(10, 10.0, clock=clock, sleep=clock.sleep)
    for _ in range(4):
        wait(limiter)
    limiter.set_pace(2, 60.0)
    assert wait(limiter) == pytest.approx(60.0)


@given(
    calls=st.integers(1, 5),
    delays=st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3)), min_size=2, max_size=40),
)
def test_however_long_a_call_is_on_its_way_the_service_sees_no_more(
    calls: int, delays: list[tuple[float, float]]
) -> None:
    clock = Clock()
    limiter = Limiter(calls, 1.0, clock=clock, sleep=clock.sleep)
    arrived = []
    for there, back in delays:
        with limiter.turn():
            clock.now += there
            arrived.append(clock.now)
            clock.now += back
    for n in range(calls, len(arrived)):
        assert arrived[n] - arrived[n - calls] >= 1.0 - 1e-6


def test_threads_share_one_window() -> None:
    clock = Clock()
    limiter = Limiter(4, 10.0, clock=clock, sleep=clock.sleep)
    made: list[float] = []

    def work() -> None:
        for _ in range(10):
            with limiter.turn():
                made.append(clock.now)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    made.sort()
    assert len(made) == 40
    # Forty calls at four in ten seconds: the last cannot come before the tenth window.
    assert made[-1] >= 90.0 - 1e-6
