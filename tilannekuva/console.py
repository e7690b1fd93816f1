"""What a run shows of itself: a line that moves on a terminal, dated plain lines in a log."""

from __future__ import annotations

import datetime as dt
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tilannekuva.fetching import Result

__all__ = ["FetchProgress", "log", "progress", "summary"]


def log(what: str) -> None:
    """One line on stderr, with the time when nobody watches it being written."""
    stamp = "" if sys.stderr.isatty() else f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ} "
    print(f"{stamp}tilannekuva: {what}", file=sys.stderr, flush=True)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Gives a function that is told each step of a build."""
    if sys.stderr.isatty():
        from rich.console import Console

        with Console(stderr=True).status("…") as status:
            yield lambda what: status.update(what)
        return
    seen: set[str] = set()

    def line(what: str) -> None:
        verb = what.split()[0]
        # Two hundred tables read are one line in a log; a region published is one each.
        if verb != "tidy" or verb not in seen:
            log(what if verb != "tidy" else verb)
        seen.add(verb)

    yield line


class FetchProgress:
    """Shows a run over the services: tables done, figures, calls, waiting.

    A context; ``called`` and ``waited`` are what :class:`tilannekuva.web.Watcher` asks for,
    ``done`` takes what became of each table. Safe to share between threads.
    """

    def __init__(self) -> None:
        self.calls = 0
        self.cells = 0
        self.seconds = 0.0
        self._tables = self._planned = 0
        self._guard = threading.Lock()
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> FetchProgress:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.fields[counts]}"),
                TimeElapsedColumn(),
                console=Console(stderr=True),
            )
            self._bar.start()
            self._task = self._bar.add_task("fetch", total=None, counts="")
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def planned(self, tables: int) -> None:
        """So many tables will be asked for."""
        self._planned = tables
        if self._bar is not None:
            self._bar.update(self._task, total=tables)

    def called(self, host: str, cells: int) -> None:
        """A call was answered."""
        with self._guard:
            self.calls += 1
            self.cells += cells
            self._show(host)

    def waited(self, host: str, seconds: float) -> None:
        """Time was spent waiting for one's turn."""
        with self._guard:
            self.seconds += seconds
            self._show(host)

    def done(self, result: Result) -> None:
        """A table is finished, well or not."""
        with self._guard:
            self._tables += 1
            text = f"{result.source} {result.table}: {result.outcome}"
            if self._bar is None:
                log(text + (f" ({result.updated_at})" if result.updated_at else ""))
            else:
                self._show(text)

    @property
    def counts(self) -> str:
        """Figures, calls and waiting in words."""
        cells = f"{self.cells:,}".replace(",", " ")
        return f"{cells} cells in {self.calls} calls, {self.seconds:.0f} s waited"

    def _show(self, what: str) -> None:
        if self._bar is not None:
            text = f"{self._tables}/{self._planned} tables, {self.counts}"
            self._bar.update(self._task, completed=self._tables, description=what, counts=text)


def summary(results: tuple[Result, ...]) -> str:
    """How many tables came out how, in one line.

    >>> summary(())
    'nothing to ask for'
    """
    kinds = ("new", "revised", "newer", "unchanged", "refused", "failed")
    counted = [(k, sum(r.outcome == k for r in results)) for k in kinds]
    return ", ".join(f"{n} {k}" for k, n in counted if n) or "nothing to ask for"
