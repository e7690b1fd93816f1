"""The packaged catalogue against services for all of it: whole, polite, and readable afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from services.whole import Whole

from tilannekuva import fetching, raw, tidying
from tilannekuva.fetching import Result
from tilannekuva.indicators import Catalogue
from tilannekuva.web import Meter, Web

pytestmark = pytest.mark.slow


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Run(NamedTuple):
    catalogue: Catalogue
    store: Path
    first: list[Result]
    second: list[Result]
    refused: int
    meter: Meter


@pytest.fixture(scope="module")
def run(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    time = Time()
    store = tmp_path_factory.mktemp("whole")
    raw.write_lock(store, ())
    with Whole(fetching.plan(catalogue, ()), time) as services:
        at_home = {
            name: catalogue.sources[name].model_copy(update={"base": base})
            for name, base in services.addresses.items()
        }
        local = catalogue.model_copy(update={"sources": {**catalogue.sources, **at_home}})
        meter = Meter()
        web = Web(
            "tilannekuva/test (+x)",
            watcher=meter,
            environ=services.secrets,
            clock=time,
            sleep=time.sleep,
        )
        first = fetching.fetch(fetching.plan(local, ()), local, store, web)
        second = fetching.fetch(fetching.plan(local, raw.read_lock(store)), local, store, web)
        yield Run(local, store, first, second, services.refused, meter)


def test_every_table_of_the_catalogue_is_fetched(run: Run) -> None:
    assert [f"{r.source} {r.table}: {r.message}" for r in run.first if r.outcome != "new"] == []
    assert len(run.first) >= 60


def test_no_service_had_to_refuse_a_call(run: Run) -> None:
    assert run.refused == 0
    assert sum(run.meter.calls.values()) > len(run.first)


def test_a_second_run_finds_nothing_new(run: Run) -> None:
    outcomes = Counter(r.outcome for r in run.second)
    assert set(outcomes) == {"unchanged"}, [r for r in run.second if r.outcome != "unchanged"]


def test_every_indicator_that_was_asked_for_has_figures_of_the_region(run: Run) -> None:
    lock = raw.read_lock(run.store)
    assert raw.verify(run.store) == len(lock)
    rows = tidying.tidy(run.catalogue, run.store, lock).rows
    asked = {i for a in fetching.plan(run.catalogue, ()) for i in a.indicators}
    there = set(rows.loc[rows["value"].notna(), "indicator"].unique())
    assert asked - there == set()
    assert rows.loc[rows["value"].isna(), "status"].isin(["final"]).sum() == 0


def test_no_secret_is_in_the_store(run: Run) -> None:
    text = (run.store / raw.LOCK).read_text(encoding="utf-8")
    assert "Bearer" not in text
    assert "password" not in text.lower()
