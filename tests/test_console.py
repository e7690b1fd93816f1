"""What a run shows of itself, on a terminal and in a log."""

from __future__ import annotations

import io
import re
import threading

import pytest

from tilannekuva.console import FetchProgress, log, progress, summary
from tilannekuva.fetching import Result

Capture = pytest.CaptureFixture[str]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_log_line_has_the_time_when_nobody_watches(capsys: Capture) -> None:
    log("measure")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ tilannekuva: measure\n",
                        capsys.readouterr().err)  # fmt: skip


def test_tables_that_are_read_are_one_line_in_a_log(capsys: Capture) -> None:
    with progress() as tick:
        for step in ("tidy a", "tidy b", "measure", "publish Kainuu", "publish Lappi"):
            tick(step)
    said = [line.split("tilannekuva: ")[1] for line in capsys.readouterr().err.splitlines()]
    assert said == ["tidy", "measure", "publish Kainuu", "publish Lappi"]


def test_a_fetch_is_one_dated_line_a_table_in_a_log(capsys: Capture) -> None:
    with FetchProgress() as shown:
        shown.planned(2)
        shown.called("stat.fi", 1200)
        shown.waited("stat.fi", 2.4)
        shown.done(Result("statfin", "11ra", "new", updated_at="2026-05-02"))
        shown.done(Result("statfin", "12r5", "failed"))
    lines = capsys.readouterr().err.splitlines()
    assert [x.split("tilannekuva: ")[1] for x in lines] == [
        "statfin 11ra: new (2026-05-02)", "statfin 12r5: failed",
    ]  # fmt: skip
    assert shown.counts == "1 200 cells in 1 calls, 2 s waited"


def test_a_bar_has_tables_of_tables_figures_calls_and_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setenv("TERM", "xterm")
    with FetchProgress() as shown:
        shown.planned(4)
        shown.called("stat.fi", 30)
        shown.done(Result("statfin", "11ra", "new"))
        (task,) = shown._bar.tasks
        assert (task.completed, task.total) == (1, 4)
    assert "1/4 tables, 30 cells in 1 calls, 0 s waited" in terminal.getvalue()


def test_several_threads_may_tell_it(capsys: Capture) -> None:
    with FetchProgress() as shown:
        told = [
            threading.Thread(target=lambda: [shown.called("h", 2) for _ in range(500)])
            for _ in range(4)
        ]
        for t in told:
            t.start()
        for t in told:
            t.join()
    assert (shown.calls, shown.cells) == (2000, 4000)


def test_the_summary_counts_every_outcome_once() -> None:
    found = tuple(Result("s", str(n), o) for n, o in enumerate(("new", "failed", "new")))
    assert summary(found) == "2 new, 1 failed"
