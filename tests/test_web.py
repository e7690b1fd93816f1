"""The only room that opens a connection, against a local service with every fault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from services.core import Asked, Limit, Response, Service, json_response

from tilannekuva import line
from tilannekuva.calls import Call, Conversation, Pace, Received, Reply, Unchanged
from tilannekuva.errors import SourceError
from tilannekuva.web import Meter, Web

BIG = {"figures": list(range(2000))}


class Echo(Service):
    """Answers what a test wants at each path."""

    def answer(self, asked: Asked) -> Response:
        if asked.path == "/big":
            return json_response(BIG)
        if asked.path == "/who":
            return json_response(dict(asked.headers))
        if asked.path == "/gone":
            return Response(404, b"not here")
        if asked.path == "/refused":
            return Response(403, b"<html>403</html>")
        body = asked.body.decode()
        return json_response({"path": asked.path, "params": asked.params, "body": body})


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def echo(time: Time) -> Iterator[Echo]:
    with Echo(time) as service:
        yield service


@pytest.fixture
def web(time: Time) -> Web:
    return Web("tilannekuva/test (+x)", clock=time, sleep=time.sleep, environ={"TOKEN": "s3cret"})


def ask(web: Web, call: Call, keep: Path | None = None) -> Reply:
    """Carry one call and give back its reply."""
    got: list[Reply] = []

    def conversation() -> Conversation:
        got.append((yield call))
        return Unchanged()

    web.converse(conversation(), keep)
    return got[0]


def test_the_user_agent_says_who_asks(web: Web, echo: Echo) -> None:
    seen = ask(web, Call(echo.address + "/who")).json("x")
    assert seen["user-agent"] == "tilannekuva/test (+x)"


def test_parameters_keep_their_order_and_repetitions(web: Web, echo: Echo) -> None:
    reply = ask(web, Call(echo.address + "/x", (("years", "2023"), ("years", "2024"))))
    assert reply.json("x")["params"] == [["years", "2023"], ["years", "2024"]]


@pytest.mark.parametrize("fault", ["reset", "truncated", "truncated_gzip", "hang_up", "down"])
def test_a_broken_answer_is_asked_for_again(web: Web, echo: Echo, fault: Any, time: Time) -> None:
    echo.fail("/big", fault, times=2)
    assert ask(web, Call(echo.address + "/big")).json("x") == BIG
    assert len(echo.log) == 3
    assert time.slept == [2.0, 4.0]


def test_a_page_for_people_is_no_answer(web: Web, echo: Echo) -> None:
    echo.fail("/big", "html")
    assert ask(web, Call(echo.address + "/big", expects="json")).json("x") == BIG


@pytest.mark.parametrize("fault", ["reset", "truncated", "truncated_gzip", "hang_up", "html"])
def test_no_whole_answer_in_three_tries_is_said(web: Web, echo: Echo, fault: Any) -> None:
    echo.fail("/big", fault, times=9)
    with pytest.raises(SourceError, match="no whole answer in 3 tries"):
        ask(web, Call(echo.address + "/big", expects="json"))
    assert len(echo.log) == 3


def test_a_service_that_is_down_is_not_asked_for_every_table(web: Web, echo: Echo) -> None:
    echo.fail("/", "down", times=99)
    for _ in range(2):
        with pytest.raises(SourceError, match="no whole answer"):
            ask(web, Call(echo.address + "/big"))
    with pytest.raises(SourceError, match="not asked again in this run"):
        ask(web, Call(echo.address + "/other"))
    assert len(echo.log) == 6


def test_one_good_answer_between_failures_keeps_a_service_up(web: Web, echo: Echo) -> None:
    echo.fail("/big", "down", times=99)
    for _ in range(3):
        with pytest.raises(SourceError, match="no whole answer"):
            ask(web, Call(echo.address + "/big"))
        assert ask(web, Call(echo.address + "/ok")).status == 200


def test_nobody_listens(web: Web) -> None:
    with pytest.raises(SourceError, match="the connection failed"):
        ask(web, Call("http://127.0.0.1:9/x"))


def test_retry_after_is_kept(web: Web, echo: Echo, time: Time) -> None:
    echo.fail("/big", "too_many", times=2, retry_after=60)
    assert ask(web, Call(echo.address + "/big")).status == 200
    assert time.now >= 120


def test_without_retry_after_the_window_is_waited_for(web: Web, echo: Echo, time: Time) -> None:
    echo.fail("/big", "too_many")
    ask(web, Call(echo.address + "/big"))
    assert time.now == pytest.approx(10.0)


def test_a_service_that_wants_an_hour_is_left_alone(web: Web, echo: Echo, time: Time) -> None:
    echo.fail("/big", "too_many", retry_after=3600)
    with pytest.raises(SourceError, match="asked too much"):
        ask(web, Call(echo.address + "/big"))
    assert time.now < 10


def test_the_pace_of_the_service_is_kept_and_refused_calls_count(
    web: Web, echo: Echo, time: Time
) -> None:
    echo.limit = Limit(4, 60.0)

    def conversation() -> Conversation:
        yield Pace(echo.address, 4, 60.0)
        for n in range(10):
            yield Call(f"{echo.address}/{'gone' if n % 2 else 'x'}", handles=frozenset({404}))
        return Unchanged()

    web.converse(conversation())
    assert echo.limit.refused == 0
    assert time.now == pytest.approx(120.0)


def test_calls_figures_and_waiting_are_counted(echo: Echo, time: Time) -> None:
    meter = Meter()
    web = Web("x", watcher=meter, clock=time, sleep=time.sleep)
    ask(web, Call(echo.address + "/x", cells=7, wait=3.0))
    host = echo.address.removeprefix("http://")
    assert (meter.calls[host], meter.cells[host], meter.seconds[host]) == (1, 7, 3.0)


def test_a_status_nobody_deals_with_is_an_error_with_what_the_service_said(
    web: Web, echo: Echo
) -> None:
    with pytest.raises(SourceError, match="/gone: HTTP 404: not here"):
        ask(web, Call(echo.address + "/gone"))
    with pytest.raises(SourceError, match=r"/refused: HTTP 403$"):
        ask(web, Call(echo.address + "/refused"))
    assert ask(web, Call(echo.address + "/gone", handles=frozenset({404}))).status == 404


def test_a_secret_is_sent_and_never_shown(web: Web, echo: Echo) -> None:
    call = Call(echo.address + "/who", secret="TOKEN")
    assert ask(web, call).json("x")["authorization"] == "Bearer s3cret"
    bad = Call(echo.address + "/refused", secret="TOKEN")
    with pytest.raises(SourceError, match="check the environment variable TOKEN") as caught:
        ask(web, bad)
    assert "s3cret" not in str(caught.value) + repr(call) + call.describe()


def test_a_secret_that_is_not_set_is_named(web: Web, echo: Echo) -> None:
    with pytest.raises(SourceError, match="NOT_SET is not set"):
        ask(web, Call(echo.address + "/who", secret="NOT_SET"))
    assert not echo.log


def test_an_account_is_sent(time: Time, echo: Echo) -> None:
    web = Web("x", clock=time, sleep=time.sleep, environ={"U": "me", "P": "pw"})
    seen = ask(web, Call(echo.address + "/who", account=("U", "P"))).json("x")
    assert seen["authorization"].startswith("Basic ")


def test_offline_opens_no_connection(echo: Echo, time: Time) -> None:
    web = Web("x", offline=True, clock=time, sleep=time.sleep)
    with pytest.raises(SourceError, match="offline"):
        ask(web, Call(echo.address + "/x"))
    assert not echo.log


def test_what_holds_for_the_run_is_asked_once(web: Web, echo: Echo) -> None:
    for _ in range(3):
        ask(web, Call(echo.address + "/x", once=True))
    assert len(echo.log) == 1


def test_parts_are_kept_until_the_whole_is_there(web: Web, echo: Echo, tmp_path: Path) -> None:
    first = Call(echo.address + "/big", keep="2026-04-01")
    ask(web, first, tmp_path)
    assert ask(web, first, tmp_path).json("x") == BIG
    assert len(echo.log) == 1
    # Another time of update is another answer.
    ask(web, Call(echo.address + "/big", keep="2026-05-01"), tmp_path)
    assert len(echo.log) == 2


def test_a_conversation_ends_with_what_it_returns(web: Web) -> None:
    def conversation() -> Conversation:
        return Received((), "t", None, "2026-01-01")
        yield  # makes it a generator

    assert web.converse(conversation()) == Received((), "t", None, "2026-01-01")


class Mover(Service):
    """Sends every question on to another address."""

    def __init__(self, to: str, clock: Time) -> None:
        super().__init__(clock)
        self.to = to

    def answer(self, asked: Asked) -> Response:
        return Response(301, b"", {"Location": self.to})


def test_a_moved_service_is_followed_with_the_same_question(
    web: Web, echo: Echo, time: Time
) -> None:
    with Mover(echo.address + "/new", time) as old:
        call = Call(old.address + "/old", method="POST", json={"a": 1})
        seen = ask(web, call).json("x")
        assert (seen["path"], seen["body"]) == ("/new", '{"a": 1}')
        assert echo.log[-1].method == "POST"


def test_a_service_that_moves_in_a_circle_is_left(web: Web, time: Time) -> None:
    with Mover("/again", time) as old:
        with pytest.raises(SourceError, match="on and on"):
            ask(web, Call(old.address + "/old"))
        assert len(old.log) == 4


def test_a_secret_goes_to_no_other_host(web: Web, echo: Echo, time: Time) -> None:
    with Mover(echo.address + "/new", time) as old:
        with pytest.raises(SourceError, match=r"put it under \[addresses\]"):
            ask(web, Call(old.address + "/old", secret="TOKEN"))
        assert not echo.log


class Parrot(Service):
    """Repeats what it was told when it refuses."""

    def answer(self, asked: Asked) -> Response:
        return Response(403, b"bad token " + asked.headers["authorization"].encode())


def test_a_secret_that_the_service_repeats_is_not_shown(web: Web, time: Time) -> None:
    with Parrot(time) as service:
        with pytest.raises(SourceError, match="bad token Bearer") as caught:
            ask(web, Call(service.address + "/x", secret="TOKEN"))
        assert "s3cret" not in str(caught.value)
        assert "s3cret" not in str(caught.value.__cause__)


def test_a_contact_that_cannot_be_sent_is_named() -> None:
    with pytest.raises(SourceError, match=r"the contact in tilannekuva\.toml has the letter '€'"):
        Web("tilannekuva (+10 €)")


def test_an_answer_without_end_is_not_taken_in(
    web: Web, echo: Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "MOST", 1000)
    with pytest.raises(SourceError, match="larger than"):
        ask(web, Call(echo.address + "/big"))


def test_a_service_that_wants_an_hour_is_not_asked_for_other_tables(web: Web, echo: Echo) -> None:
    echo.fail("/big", "too_many", retry_after=3600)
    with pytest.raises(SourceError, match="asked too much"):
        ask(web, Call(echo.address + "/big"))
    with pytest.raises(SourceError, match="not asked again in this run"):
        ask(web, Call(echo.address + "/other"))
    assert len(echo.log) == 1


def test_refused_calls_are_counted(echo: Echo, time: Time) -> None:
    meter = Meter()
    echo.fail("/big", "too_many", times=2, retry_after=1)
    ask(Web("x", watcher=meter, clock=time, sleep=time.sleep), Call(echo.address + "/big"))
    assert sum(meter.calls.values()) == 3


def test_a_stopped_run_makes_no_further_call(web: Web, echo: Echo) -> None:
    web.stop()
    with pytest.raises(SourceError, match="the run was ended"):
        ask(web, Call(echo.address + "/x"))
    assert not echo.log
