"""The local PxWeb v1 server over time: how it counts calls, how its tables change."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from services.cubes import Cube, ages, areas, contents, generated, jsonstat2, years
from services.pxweb1 import PxWeb1
from services.pxweb1_tables import recorded_cubes, synthetic_cubes

BASE = "/PXWeb/api/v1/fi"
OLD = f"{BASE}/StatFin/synt/statfin_synt_pxt_90re.px"
NEW = f"{BASE}/StatFin/synt/90re.px"
AREA = "alue_23_20260101"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def small() -> Cube:
    what = contents({"synt-vaesto": {"fi": "Väestö", "sv": "Befolkning", "en": "Population"}})
    return generated("90re", [areas(), ages(2), years(2024, 2025), what])


@pytest.fixture
def server() -> Iterator[PxWeb1]:
    with PxWeb1([small()], calls=1000) as running:
        yield running


def get(server: PxWeb1, path: str) -> requests.Response:
    return requests.get(server.address + path, timeout=5)


def codes(server: PxWeb1, path: str = NEW) -> list[str]:
    found = requests.get(server.address + path, timeout=5)
    assert found.ok, found.text
    return [v["code"] for v in found.json()["variables"]]


def ask(server: PxWeb1, area: str = AREA, path: str = NEW) -> requests.Response:
    query = [{"code": area, "selection": {"filter": "all", "values": ["*"]}}]
    body: dict[str, Any] = {"query": query, "response": {"format": "json-stat2"}}
    return requests.post(server.address + path, json=body, timeout=5)


# --- the limiter --------------------------------------------------------------------------------


def test_every_call_counts_and_so_do_the_refused() -> None:
    clock = Clock()
    with PxWeb1([small()], calls=3, clock=clock) as server:
        assert get(server, f"{BASE}/?config").ok
        assert get(server, NEW).ok
        assert get(server, f"{BASE}/none").status_code == 400
        refused = get(server, NEW)
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == "60"
        assert refused.json()["error"].startswith("429 - Too many requests")
        clock.now = 59
        assert get(server, NEW).status_code == 429
        clock.now = 61  # the call at 59 still counts
        assert get(server, NEW).ok


def test_a_line_stays_open_between_calls(server: PxWeb1) -> None:
    line = http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=5)
    for _ in range(2):
        line.request("GET", BASE)
        answer = line.getresponse()
        assert answer.read()
        assert answer.status == 200
        assert not answer.will_close
    line.close()


# --- names --------------------------------------------------------------------------------------


def test_before_june_files_are_long_and_labels_are_codes() -> None:
    with PxWeb1(synthetic_cubes(), before_june=True) as server:
        assert codes(server, OLD) == ["Alue", "Ikä", "Sukupuoli", "Vuosi", "Tiedot"]
        found = ask(server, "Alue", OLD).json()
        assert found["extension"]["px"]["tableid"] == "statfin_synt_pxt_90re"
        assert found["extension"]["px"]["matrix"] == "001_90re_2025"
        assert list(found["dimension"]["Tiedot"]["category"]["index"]) == ["vaesto"]
        assert requests.get(server.address + NEW, timeout=5).status_code == 400


def test_june_2026() -> None:
    with PxWeb1(synthetic_cubes(), before_june=True) as server:
        before = ask(server, "Alue", OLD).json()
        server.june_2026()
        for call in (requests.get, requests.post):
            gone = call(server.address + OLD, timeout=5)
            assert (gone.status_code, gone.text) == (400, "Bad Request")
            assert gone.headers["Content-Type"] == "text/plain"
        assert ask(server, "Alue").status_code == 400
        after = ask(server).json()
        assert after["id"] == [AREA, "timeperiod_y", "contentscode"]
        assert after["value"] == before["value"]
        assert list(after["dimension"]["contentscode"]["category"]["index"]) == ["synt-vaesto"]
        assert after["extension"]["px"]["matrix"] == "90re"
        tables = requests.get(f"{server.address}{BASE}/StatFin/synt", timeout=5).json()
        assert {t["updated"] for t in tables} == {"2026-06-06T21:04:30"}
        assert after["updated"] == "2026-04-01T05:00:00Z"  # the figures are no newer


def test_june_2026_left_the_archive_alone_and_one_statistic_half() -> None:
    with PxWeb1(synthetic_cubes(), before_june=True) as server:
        server.june_2026()
        assert codes(server, f"{BASE}/StatFin/tyonv/90ti.px") == ["Alue", "Kuukausi", "Tiedot"]
        archive = f"{BASE}/StatFin_Passiivi/synt/statfinpas_synt_pxt_90pa_2015.px"
        assert codes(server, archive) == ["Alue", "Vuosi", "Tiedot"]


def test_june_2026_gives_recorded_tables_their_new_names() -> None:
    cubes = {c.id: c for c in recorded_cubes()}
    if not cubes:
        pytest.skip("the recorded answers are not at hand: ../shared/recorded/pxweb_v1")
    with PxWeb1(cubes.values()) as server:
        assert codes(server, f"{BASE}/StatFin/kbar/statfin_kbar_pxt_11vs.px")[0] == "Alue"
        server.june_2026()
        kbar = f"{BASE}/StatFin/kbar/11vs.px"
        assert codes(server, kbar) == [AREA, "timeperiod_m", "contentscode"]
        assert codes(server, f"{BASE}/StatFin/tyonv/12tw.px")[0] == "Alue"
        assert codes(server, f"{BASE}/StatFin/tyokay/115h.px")[0] == "tyopaikan_alue_1_20240101"
        assert server.cube("11vs").values == cubes["11vs"].values
        assert jsonstat2(server.cube("11re"))["id"][0] == AREA  # already by its new names
        assert list(server.cube("11re").units) == ["vaerak-vaesto"]


def test_january_rolls_the_area_and_nothing_else(server: PxWeb1) -> None:
    assert codes(server) == [AREA, "ikaryhma_10_20180101", "timeperiod_y", "contentscode"]
    server.january()
    assert ask(server).status_code == 400
    rolled = "alue_23_20270101"
    assert codes(server) == [rolled, "ikaryhma_10_20180101", "timeperiod_y", "contentscode"]
    found = ask(server, rolled).json()
    assert found["role"]["geo"] == [rolled]
    assert len(found["value"]) == 58
    area = requests.get(server.address + NEW, timeout=5).json()["variables"][0]
    assert area["map"] == "Alue 2027"


def test_a_change_may_wait_for_a_call(server: PxWeb1) -> None:
    """Metadata of the old year, then a query that the new year refuses."""
    server.after(1, server.january)
    assert codes(server)[0] == AREA
    assert ask(server).status_code == 400
    assert codes(server)[0] == "alue_23_20270101"


# --- limits, variables, units, figures ----------------------------------------------------------


def test_the_limit_may_drop(server: PxWeb1) -> None:
    assert ask(server).ok
    server.shrink(57)  # 29 areas, 2 years
    assert ask(server).status_code == 403
    config = requests.get(f"{server.address}{BASE}?config", timeout=5).json()
    assert (config["maxCells"], config["maxValues"]) == (57, 120_000)


def test_a_variable_may_go(server: PxWeb1) -> None:
    before = ask(server).json()
    server.drop_variable("90re", "ikaryhma_10_20180101")
    assert codes(server) == [AREA, "timeperiod_y", "contentscode"]
    assert ask(server).json()["value"] == before["value"]
    server.drop_variable("90re", "timeperiod_y")
    assert ask(server).json()["value"] == before["value"][::2]


def test_a_unit_may_change_under_the_same_code(server: PxWeb1) -> None:
    before = ask(server).json()
    server.change_unit("90re", "synt-vaesto", "1 000 henkilöä")
    after = ask(server).json()
    unit = after["dimension"]["contentscode"]["category"]["unit"]["synt-vaesto"]
    assert unit == {"base": "1 000 henkilöä", "decimals": 0}
    assert after["value"] == before["value"]


def test_figures_may_be_revised(server: PxWeb1) -> None:
    cube = server.cube("90re")
    shown = next(i for i, v in enumerate(cube.values) if v is not None)
    hidden = next(i for i, v in enumerate(cube.values) if v is None)
    server.publish("90re", {shown: None, hidden: 7}, "2026-11-24T06:00:00Z")
    revised = jsonstat2(server.cube("90re"))
    assert (revised["value"][shown], revised["status"][str(shown)]) == (None, "..")
    assert revised["value"][hidden] == 7
    assert str(hidden) not in revised["status"]
    assert revised["updated"] == "2026-11-24T06:00:00Z"
    (node,) = requests.get(f"{server.address}{BASE}/StatFin/synt", timeout=5).json()
    assert node["updated"] == "2026-11-24T08:00:00"  # winter time
    server.publish("90re", [1] * len(cube.values), "2026-11-25T06:00:00Z", status={0: "a"})
    assert set(ask(server).json()["value"]) == {1}
    assert server.cube("90re").status == {0: "a"}  # a note beside a figure


# --- the generator ------------------------------------------------------------------------------


def test_the_same_arguments_make_the_same_table() -> None:
    assert small() == small()
    other = generated("90re", list(small().variables), preliminary=False, seed=2)
    assert other.values != small().values


def test_every_default_table_that_is_made_up_says_so() -> None:
    assert all("synteettinen" in cube.title["fi"] for cube in synthetic_cubes())


def test_a_table_of_any_size_and_no_holes() -> None:
    cube = generated("90al", [areas(), years(1900, 2025)], missing=0, preliminary=False)
    assert len(cube.values) == 29 * 126
    assert None not in cube.values
    assert cube.status == {}
    with pytest.raises(ValueError, match="90al"):
        Cube("StatFin", "synt", "90al", {"fi": "x"}, cube.variables, [1.0])
