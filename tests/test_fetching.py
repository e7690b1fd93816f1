"""The store kept up to date from services that fail in every way: nothing is lost."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from services.core import Asked, Response, json_response
from services.cube_model import Cube
from services.cube_variables import areas, contents, months, years
from services.cubes import generated
from services.pxweb1 import PxWeb1

from tilannekuva import fetching, raw, table, tidying, vintages
from tilannekuva.fetching import Result
from tilannekuva.indicators import Catalogue
from tilannekuva.model import Indicator, Query
from tilannekuva.web import Meter, Web

NOW = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)


class Time:
    """A clock that only sleeping moves; the limiter of a service and of the client share it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def work() -> Cube:
    what = contents({"tyonv-tyottomat": "Työttömät", "tyonv-tyovoima": "Työvoima"})
    return generated("12r5", [areas(), what, months(2023, 2025)], folder="tyonv")


def people() -> Cube:
    what = contents({"vaerak-vaesto": "Väestö 31.12."})
    return generated("11ra", [areas(), what, years(1990, 2025)], folder="vaerak")


class Desk:
    """A service, a catalogue of three indicators, and a store."""

    def __init__(
        self, folder: Path, make: Callable[..., Indicator], shape: Callable[..., Catalogue]
    ):
        self.time = Time()
        self.service = PxWeb1([work(), people()], clock=self.time)
        self.store = folder / "raw"
        raw.write_lock(_made(self.store), ())
        found = [
            make("unemployed", query=(_query("tyonv/12r5", "tyottomat"),), unit="persons"),
            make("labour", query=(_query("tyonv/12r5", "tyovoima"),), unit="persons"),
            make("people", query=(_query("vaerak/11ra", "vaesto"),), unit="persons"),
        ]
        plain = shape(*found)
        at_home = plain.sources["statfin"].model_copy(
            update={
                "id": "local",
                "base": f"{self.service.address}/PXWeb/api/v1",
                "database": "StatFin",
            }
        )
        self.catalogue = plain.model_copy(update={"sources": {"local": at_home}})
        self.meter = Meter()

    def fetch(self, *, check: bool = False, only: set[str] | None = None) -> list[Result]:
        asks = fetching.plan(self.catalogue, raw.read_lock(self.store), only=only)
        web = Web("x", clock=self.time, sleep=self.time.sleep, watcher=self.meter)
        return fetching.fetch(asks, self.catalogue, self.store, web, check=check, now=lambda: NOW)

    def table(self) -> pd.DataFrame:
        rows = tidying.tidy(self.catalogue, self.store, raw.read_lock(self.store)).rows
        return rows.drop(columns="snapshot").reset_index(drop=True)

    def outcomes(self, **more: object) -> dict[str, str]:
        return {r.table: r.outcome for r in self.fetch(**more)}  # type: ignore[arg-type]


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _query(table: str, code: str) -> Query:
    return Query(
        source="local", table=table, select={"Tiedot": code}, region="Alue", scheme="statfin",
        levels=("koko_maa", "maakunta", "kunta"),
    )  # fmt: skip


@pytest.fixture
def desk(
    tmp_path: Path,
    make_indicator: Callable[..., Indicator],
    make_catalogue: Callable[..., Catalogue],
) -> Iterator[Desk]:
    found = Desk(tmp_path, make_indicator, make_catalogue)
    with found.service:
        yield found


@pytest.fixture
def undisturbed(
    tmp_path: Path,
    make_indicator: Callable[..., Indicator],
    make_catalogue: Callable[..., Catalogue],
) -> pd.DataFrame:
    """The table of a run that nothing disturbed."""
    calm = Desk(tmp_path / "calm", make_indicator, make_catalogue)
    with calm.service:
        calm.fetch()
        return calm.table()


def test_one_call_a_table_asks_for_what_all_its_indicators_want(desk: Desk) -> None:
    asks = fetching.plan(desk.catalogue, ())
    assert {a.table: a.indicators for a in asks} == {
        "tyonv/12r5": ("unemployed", "labour"), "vaerak/11ra": ("people",),
    }  # fmt: skip


def test_what_comes_is_kept_as_it_came_and_can_be_read(desk: Desk) -> None:
    assert desk.outcomes() == {"tyonv/12r5": "new", "vaerak/11ra": "new"}
    lock = raw.read_lock(desk.store)
    assert raw.verify(desk.store) == len(lock) == 2
    entry = lock[0]
    assert (entry.kind, entry.updated_at) == ("received", "2026-04-01T05:00:00Z")
    assert (entry.published_on, entry.received_at) == ("2026-04-01", "2026-11-24T08:00:00Z")
    assert entry.address.startswith(desk.service.address)
    assert entry.query["asked"]["response"] == {"format": "json-stat2"}
    rows = desk.table()
    cube = desk.service.cube("12r5")
    places = len([c for c in cube.variables[0].codes if c[:2] in ("SS", "MK", "KU")])
    assert len(rows[rows["indicator"] == "labour"]) == places * 36
    assert (rows.loc[rows["value"].isna(), "status"] != "final").all()


def test_a_second_run_fetches_one_figure_of_each_contents(desk: Desk) -> None:
    desk.fetch()
    lock = (desk.store / raw.LOCK).read_bytes()
    before = sum(desk.meter.cells.values())
    assert set(desk.outcomes().values()) == {"unchanged"}
    assert sum(desk.meter.cells.values()) - before == 3
    assert (desk.store / raw.LOCK).read_bytes() == lock


def test_a_revised_answer_keeps_the_old_one(desk: Desk) -> None:
    desk.fetch()
    values = [v if v is None else v * 1.01 for v in desk.service.cube("11ra").values]
    status = desk.service.cube("11ra").status
    desk.service.publish("11ra", values, "2026-05-02T05:00:00Z", status)
    assert desk.outcomes() == {"tyonv/12r5": "unchanged", "vaerak/11ra": "revised"}
    vintages = [s for s in raw.read_lock(desk.store) if s.table == "vaerak/11ra"]
    assert [s.published_on for s in vintages] == ["2026-04-01", "2026-05-02"]
    assert raw.verify(desk.store) == 3


def test_check_says_what_is_newer_and_writes_nothing(desk: Desk) -> None:
    desk.fetch()
    before = {p: p.read_bytes() for p in desk.store.rglob("*") if p.is_file()}
    desk.service.publish("11ra", {0: 5.0}, "2026-05-02T05:00:00Z")
    found = {r.table: (r.outcome, r.updated_at) for r in desk.fetch(check=True)}
    assert found == {
        "tyonv/12r5": ("unchanged", "2026-04-01T05:00:00Z"),
        "vaerak/11ra": ("newer", "2026-05-02T05:00:00Z"),
    }
    assert {p: p.read_bytes() for p in desk.store.rglob("*") if p.is_file()} == before


def test_only_asks_for_what_is_wanted(desk: Desk) -> None:
    assert desk.outcomes(only={"people"}) == {"vaerak/11ra": "new"}


def test_one_failing_table_stops_no_other(desk: Desk) -> None:
    desk.service.cubes = [c for c in desk.service.cubes if c.id != "12r5"]
    found = {r.table: r for r in desk.fetch()}
    assert found["vaerak/11ra"].outcome == "new"
    failed = found["tyonv/12r5"]
    assert failed.bad
    assert failed.indicators == ("unemployed", "labour")
    assert "does not know the table" in failed.message


@pytest.mark.parametrize(
    "fault", ["reset", "truncated", "truncated_gzip", "html", "hang_up", "down"]
)
def test_a_fault_of_the_line_is_survived(desk: Desk, fault: str, undisturbed: pd.DataFrame) -> None:
    for word in ("config", "GET", "POST"):
        desk.service.fail(word, fault, times=1)  # type: ignore[arg-type]
    desk.fetch()
    desk.fetch()
    raw.verify(desk.store)
    pd.testing.assert_frame_equal(desk.table(), undisturbed)


def test_a_service_that_is_down_for_an_hour(desk: Desk, undisturbed: pd.DataFrame) -> None:
    desk.service.fail("/", "down", times=10_000)
    assert set(desk.outcomes().values()) == {"failed"}
    assert raw.verify(desk.store) == 0
    desk.service.faults.clear()
    assert set(desk.outcomes().values()) == {"new"}
    pd.testing.assert_frame_equal(desk.table(), undisturbed)


def test_a_large_table_interrupted_goes_on_and_ends_the_same(
    desk: Desk, undisturbed: pd.DataFrame
) -> None:
    desk.service.shrink(600)
    desk.service.fail("POST /PXWeb/api/v1/fi/StatFin/vaerak", "down", times=9, after=2)
    assert desk.outcomes()["vaerak/11ra"] == "failed"
    assert list((desk.store / fetching.PARTIAL).rglob("*.part"))
    assert raw.verify(desk.store) > 0
    desk.service.faults.clear()
    assert desk.outcomes()["vaerak/11ra"] == "new"
    assert not (desk.store / fetching.PARTIAL).exists()
    pd.testing.assert_frame_equal(desk.table(), undisturbed)


def test_a_table_that_lost_a_code_is_refused_by_name(desk: Desk) -> None:
    desk.fetch()
    cube = desk.service.cube("12r5")
    kept = [c for c in cube.variables[1].codes if c != "tyonv-tyottomat"]
    from services.cubes import select

    desk.service.cubes = [
        select(c, {"contentscode": kept}) if c is cube else c for c in desk.service.cubes
    ]
    found = {r.table: r for r in desk.fetch()}
    assert found["tyonv/12r5"].bad
    assert "no code 'tyottomat'" in found["tyonv/12r5"].message
    assert found["tyonv/12r5"].indicators == ("unemployed", "labour")
    assert found["vaerak/11ra"].outcome == "unchanged"
    assert raw.verify(desk.store) == 2


def test_a_query_that_nobody_has_seen_to_work_fails_alone(
    desk: Desk, make_indicator: Callable[..., Indicator]
) -> None:
    guessed = _query("tyonv/12r5", "pitkaaikaistyottomat").model_copy(update={"verified": False})
    other = make_indicator("long_term", query=(guessed,), unit="persons")
    more = {**desk.catalogue.indicators, "long_term": other}
    desk.catalogue = desk.catalogue.model_copy(update={"indicators": more})
    found = {r.table: r for r in desk.fetch()}["tyonv/12r5"]
    assert found.outcome == "new"
    assert "left out" in found.message
    assert "indicator long_term" in found.message
    rows = desk.table()
    assert {"unemployed", "labour"} <= set(rows["indicator"])
    assert "long_term" not in set(rows["indicator"])


def test_people_without_an_area_are_not_asked_for(desk: Desk) -> None:
    cube = desk.service.cube("12r5")
    area = cube.variables[0]
    odd = ["KUJOU", "SKJOU", "SK902"]
    labels = {lang: [*texts, *odd] for lang, texts in area.labels.items()}
    wider = replace(area, codes=[*area.codes, *odd], labels=labels)
    rest = len(cube.values) // len(area.codes)
    grown = replace(
        cube,
        variables=[wider, *cube.variables[1:]],
        values=[*cube.values, *([5.0] * rest * len(odd))],
    )
    desk.service.cubes = [grown if c is cube else c for c in desk.service.cubes]
    assert desk.outcomes()["tyonv/12r5"] == "new"


def test_a_changed_unit_is_refused_by_name(desk: Desk) -> None:
    desk.fetch()
    desk.service.change_unit("12r5", "tyonv-tyovoima", "tuhatta henkeä")
    desk.service.publish("12r5", {0: 1.0}, "2026-05-02T05:00:00Z")
    found = {r.table: r for r in desk.fetch()}["tyonv/12r5"]
    assert found.outcome == "refused"
    assert "the unit of 'tyonv-tyovoima' was" in found.message
    assert "tuhatta henkeä" in found.message
    assert raw.verify(desk.store) == 2


def test_an_answer_without_a_figure_is_refused(desk: Desk) -> None:
    size = len(desk.service.cube("11ra").values)
    nothing = dict.fromkeys(range(size), "..")
    desk.service.publish("11ra", [None] * size, "2026-05-02T05:00:00Z", nothing)
    found = {r.table: r for r in desk.fetch()}["vaerak/11ra"]
    assert found.bad
    assert "no figure" in found.message


def test_two_runs_at_once_lose_nothing(desk: Desk, undisturbed: pd.DataFrame) -> None:
    threads = [threading.Thread(target=desk.fetch) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert raw.verify(desk.store) == 2
    pd.testing.assert_frame_equal(desk.table(), undisturbed)


def test_a_full_disk_leaves_the_store_as_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, undisturbed: pd.DataFrame
) -> None:
    write = raw.write_atomically

    def full(file: Path, data: bytes) -> None:
        if "vaerak" in str(file):
            raise OSError(errno.ENOSPC, "No space left on device", str(file))
        write(file, data)

    monkeypatch.setattr(raw, "write_atomically", full)
    found = {r.table: r for r in desk.fetch()}
    assert found["tyonv/12r5"].outcome == "new"
    assert found["vaerak/11ra"].outcome == "failed"
    assert "No space left on device" in found["vaerak/11ra"].message
    assert raw.verify(desk.store) == 1
    monkeypatch.undo()
    desk.fetch()
    pd.testing.assert_frame_equal(desk.table(), undisturbed)


def _workspace_of(desk: Desk, folder: Path) -> Path:
    """A folder to run the command in, with the desk's service and indicators."""
    home = folder / "home"
    (home / "own" / "catalogue").mkdir(parents=True)
    base = f"{desk.service.address}/PXWeb/api/v1"
    (home / "tilannekuva.toml").write_text('catalogue = "own"')
    (home / "own" / "sources.toml").write_text(
        textwrap.dedent(f"""
        [local]
        publisher = {{ fi = "synteettinen", sv = "syntetisk", en = "synthetic" }}
        protocol = "pxweb"
        base = "{base}"
        database = "StatFin"
        page = "https://example.org"
        licence = "CC BY 4.0"
        """)
    )
    (home / "own" / "catalogue" / "synthetic.toml").write_text(
        "".join(
            textwrap.dedent(f"""
            [{i.id}]
            names = {{ fi = "{i.id}", sv = "{i.id}", en = "{i.id}" }}
            unit = "persons"
            decimals = 1
            direction = "up"
            [[{i.id}.query]]
            source = "local"
            table = "{i.query[0].table}"
            select = {{ Tiedot = "{i.query[0].select["Tiedot"]}" }}
            region = "Alue"
            scheme = "statfin"
            levels = ["koko_maa", "maakunta", "kunta"]
            """)
            for i in desk.catalogue.indicators.values()
        )
    )
    return home


_JOB = """
import os, signal, sys
from pathlib import Path
from tilannekuva import cli, raw

count, last = 0, int(sys.argv[1])
replace = Path.replace

def killed(self, target):
    global count
    count += 1
    if count == last:
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(self, target)

Path.replace = killed
sys.exit(cli.main(["fetch", "--data", sys.argv[2]]))
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_run_killed_at_any_write_leaves_a_store_that_the_next_run_completes(
    desk: Desk, tmp_path: Path, undisturbed: pd.DataFrame
) -> None:
    home = _workspace_of(desk, tmp_path)
    script = home / "job.py"
    script.write_text(_JOB)
    wanted = ",".join(desk.catalogue.indicators)
    source = script.read_text().replace('"fetch", ', f'"fetch", "--only", "{wanted}", ')
    script.write_text(source)
    desk.service.shrink(700)
    desk.service.limit = None
    codes = []
    for last in (1, 2, 4, 7, 9, 99):
        job = subprocess.run(
            [sys.executable, str(script), str(last), str(desk.store)],
            cwd=home,
            env={**os.environ, "NO_PROXY": "*"},
            capture_output=True,
            text=True,
            check=False,
        )
        codes.append(job.returncode)
        raw.verify(desk.store)
    assert codes[0] == -signal.SIGKILL, job.stderr
    assert codes[-1] == 0, job.stderr
    assert not list(desk.store.rglob("*.tmp"))
    pd.testing.assert_frame_equal(desk.table(), undisturbed)


# --- figures that must not be wrong in silence -------------------------------------------------


def _with(desk: Desk, table: str, change: Callable[[list[float | None]], list[float | None]],
          updated: str) -> None:  # fmt: skip
    cube = desk.service.cube(table)
    desk.service.publish(table, change(list(cube.values)), updated, cube.status)


def _seen(desk: Desk, indicator: str, region: str, as_of: str | None = None) -> list[float]:
    lock = raw.read_lock(desk.store)
    tidied = tidying.tidy(desk.catalogue, desk.store, lock)
    rows = table.view(tidied.rows, vintages.current(lock, as_of), tidied.source_rank, as_of)
    mine = rows[(rows["indicator"] == indicator) & (rows["region"] == region)]
    return mine.sort_values("period")["value"].tolist()


def test_a_figure_that_goes_back_to_what_it_was_is_shown_again(desk: Desk) -> None:
    first = list(desk.service.cube("11ra").values)
    desk.fetch()
    shown = _seen(desk, "people", "MK18")
    _with(desk, "11ra", lambda v: [x if x is None else x + 1 for x in v], "2026-05-02T05:00:00Z")
    desk.fetch()
    assert _seen(desk, "people", "MK18") != pytest.approx(shown, nan_ok=True)
    _with(desk, "11ra", lambda _: first, "2026-06-02T05:00:00Z")
    assert desk.outcomes()["vaerak/11ra"] == "revised"
    assert _seen(desk, "people", "MK18") == pytest.approx(shown, nan_ok=True)
    assert set(desk.outcomes().values()) == {"unchanged"}


def test_a_withdrawn_figure_is_gone(desk: Desk) -> None:
    desk.fetch()
    cube = desk.service.cube("11ra")
    years_n = len(cube.variables[-1].codes)
    at = list(cube.variables[0].codes).index("MK18") * years_n
    desk.service.publish("11ra", {at: None}, "2026-05-02T05:00:00Z", {at: "..."})
    desk.fetch()
    assert _seen(desk, "people", "MK18")[0] != _seen(desk, "people", "MK18")[0]
    assert _seen(desk, "people", "MK18", "2026-04-15")[0] > 0


def _without_area(desk: Desk, name: str, code: str, updated: str) -> None:
    from services.cubes import select

    cube = desk.service.cube(name)
    kept = [c for c in cube.variables[0].codes if c != code]
    less = replace(select(cube, {cube.variables[0].code: kept}), updated=updated)
    desk.service.cubes = [less if c is cube else c for c in desk.service.cubes]


def test_a_region_that_left_a_table_is_refused_by_name(desk: Desk) -> None:
    desk.fetch()
    _without_area(desk, "11ra", "MK18", "2026-05-02T05:00:00Z")
    found = {r.table: r for r in desk.fetch()}["vaerak/11ra"]
    assert found.outcome == "refused"
    assert "MK18 had figures in the table and has none now" in found.message


def test_a_municipality_that_left_a_table_is_not_filled_in_from_before(desk: Desk) -> None:
    desk.fetch()
    assert _seen(desk, "people", "KU697")
    _without_area(desk, "11ra", "KU697", "2026-05-02T05:00:00Z")
    assert desk.outcomes()["vaerak/11ra"] == "revised"
    assert not _seen(desk, "people", "KU697")
    assert _seen(desk, "people", "KU697", "2026-04-15")


def test_figures_a_thousand_times_smaller_are_refused_whatever_their_code(desk: Desk) -> None:
    desk.fetch()
    _with(desk, "11ra", lambda v: [x if x is None else x / 1000 for x in v], "2026-05-02T05:00:00Z")
    found = {r.table: r for r in desk.fetch()}["vaerak/11ra"]
    assert found.outcome == "refused"
    assert "has the unit changed?" in found.message


def test_an_update_that_has_not_come_yet_is_refused(desk: Desk) -> None:
    _with(desk, "11ra", lambda v: v, "2062-01-01T05:00:00Z")
    found = {r.table: r for r in desk.fetch()}["vaerak/11ra"]
    assert found.outcome == "refused"
    assert "2062-01-01, which has not come yet" in found.message


def test_an_unverified_query_that_has_worked_must_go_on_working(
    desk: Desk, make_indicator: Callable[..., Indicator]
) -> None:
    unsure = _query("tyonv/12r5", "tyovoima").model_copy(update={"verified": False})
    more = {"labour": make_indicator("labour", query=(unsure,), unit="persons")}
    desk.catalogue = desk.catalogue.model_copy(
        update={"indicators": {**desk.catalogue.indicators, **more}}
    )
    assert desk.outcomes()["tyonv/12r5"] == "new"
    from services.cubes import select

    cube = desk.service.cube("12r5")
    less = replace(
        select(cube, {"contentscode": ["tyonv-tyottomat"]}), updated="2026-05-02T05:00:00Z"
    )
    desk.service.cubes = [less if c is cube else c for c in desk.service.cubes]
    found = {r.table: r for r in desk.fetch()}["tyonv/12r5"]
    assert found.outcome == "refused"
    assert "labour" in found.message


def test_a_mended_query_reads_the_new_answer_and_passes_over_the_old(desk: Desk) -> None:
    desk.fetch()
    cube = desk.service.cube("11ra")
    what = cube.variables[1]
    renamed = replace(what, codes=["vaerak-asukkaat"], labels={"fi": ["Asukkaat"]})
    new = replace(
        cube, variables=[cube.variables[0], renamed, *cube.variables[2:]],
        units={"vaerak-asukkaat": {"fi": "lukumäärä"}}, updated="2026-05-02T05:00:00Z",
    )  # fmt: skip
    desk.service.cubes = [new if c is cube else c for c in desk.service.cubes]
    assert {r.table: r.outcome for r in desk.fetch()}["vaerak/11ra"] == "refused"
    old = desk.catalogue.indicators["people"]
    mended = old.model_copy(update={"query": (_query("vaerak/11ra", "asukkaat"),)})
    desk.catalogue = desk.catalogue.model_copy(
        update={"indicators": {**desk.catalogue.indicators, "people": mended}}
    )
    found = {r.table: r for r in desk.fetch()}["vaerak/11ra"]
    assert found.outcome == "revised", found.message
    assert _seen(desk, "people", "MK18")


# --- one table's trouble is its own ---------------------------------------------------------------


class _Odd(PxWeb1):
    """Answers one question with JSON of a shape that nobody has seen."""

    odd = 0

    def answer(self, asked: Asked) -> Response:
        found = super().answer(asked)
        if self.odd and asked.method == "POST" and "11ra" in asked.path and found.status == 200:
            self.odd -= 1
            told = json.loads(found.body)
            told["extension"] = [1, 2]
            told["role"] = "x"
            told["dimension"] = [told["dimension"]]
            return json_response(told)
        return found


def test_an_answer_of_an_odd_shape_is_that_tables_failure_and_is_not_kept(desk: Desk) -> None:
    with _Odd([work(), people()], clock=desk.time) as service:
        at_home = desk.catalogue.sources["local"].model_copy(
            update={"base": f"{service.address}/PXWeb/api/v1"}
        )
        desk.catalogue = desk.catalogue.model_copy(update={"sources": {"local": at_home}})
        service.odd = 1
        found = desk.outcomes()
        assert found == {"tyonv/12r5": "new", "vaerak/11ra": "failed"}
        assert desk.outcomes()["vaerak/11ra"] == "new"


def test_a_part_with_other_cells_than_asked_is_not_kept(
    desk: Desk, undisturbed: pd.DataFrame
) -> None:
    desk.service.shrink(600)
    cube = desk.service.cube("11ra")
    desk.service.after(9, lambda: _without_area(desk, "11ra", "MK18", cube.updated))
    desk.fetch()
    desk.service.cubes = [cube if c.id == "11ra" else c for c in desk.service.cubes]
    desk.fetch()
    pd.testing.assert_frame_equal(desk.table(), undisturbed)


def test_a_damaged_raw_file_is_fetched_again(desk: Desk) -> None:
    desk.fetch()
    entry = next(s for s in raw.read_lock(desk.store) if s.table == "vaerak/11ra")
    (desk.store / entry.file).write_bytes(b"{}")
    desk.fetch()
    assert raw.verify(desk.store) == 2


def test_asking_for_one_indicator_asks_its_table_whole(desk: Desk) -> None:
    desk.fetch()
    assert desk.outcomes(only={"labour"}) == {"tyonv/12r5": "unchanged"}
    assert set(desk.outcomes().values()) == {"unchanged"}


def test_what_a_computed_indicator_stands_on_is_asked_for(
    desk: Desk, make_indicator: Callable[..., Indicator]
) -> None:
    rate = make_indicator("rate", formula="100 * unemployed / labour", unit="percent")
    more = {**desk.catalogue.indicators, "rate": rate}
    desk.catalogue = desk.catalogue.model_copy(update={"indicators": more})
    assert desk.outcomes(only={"rate"}) == {"tyonv/12r5": "new"}


def test_a_run_that_is_ended_does_not_wait_for_every_table(desk: Desk) -> None:
    asks = fetching.plan(desk.catalogue, ())
    web = Web("x", clock=desk.time, sleep=desk.time.sleep)

    def ended(_: Result) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetching.fetch(asks, desk.catalogue, desk.store, web, now=lambda: NOW, done=ended)
    assert len(raw.read_lock(desk.store)) == 1
    assert web.stopped
