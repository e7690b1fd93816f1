"""The local PxWebApi 2 server: limits, installations, changes, and a published client on it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pxweb
import pytest
import requests
from jsonstat_validator import validate_jsonstat
from pxweb import PxApi
from services.cubes import Cube, Variable, ages, areas, contents, generated, sexes, years
from services.pxweb2 import Codelist, PxWeb2
from services.pxweb2_examples import Clock, get

WHAT = contents({"N1": {"fi": "Väestö"}, "N2": {"fi": "Muutos"}})
NAMED = [areas(), ages(9), sexes(), WHAT]
PEOPLE = generated("TAB1", [*NAMED, years(2016, 2025)], precision={"N2": 1})
PLAIN = generated("TAB2", [Variable("Area", {}, ["1", "2"], role="geo"), years(2020, 2022)])
PAIRS = Codelist(
    "agg_pairs", "ikaryhma_10_20180101", {f"{i}": [f"00{i}", f"00{i + 1}"] for i in (0, 2, 4)}
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


# --- limits ---------------------------------------------------------------------------------------


def test_429_is_plain_and_config_is_free(clock: Clock) -> None:
    with PxWeb2([PLAIN], calls=2, seconds=10, clock=clock) as server:
        assert [get(server, "/config").status_code for _ in range(4)] == [200] * 4
        assert get(server, "/tables").status_code == get(server, "/tables").status_code == 200
        clock.now += 3.5
        refused = get(server, "/tables")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
        assert refused.headers["Content-Type"] == "text/plain"
        assert refused.text == "API calls quota exceeded! maximum admitted 2 per 10s."
        clock.now += 6.5  # the window closes; what was refused does not lengthen it
        assert get(server, "/tables").status_code == 200
        assert server.limit is not None
        assert server.limit.refused == 1


def test_rate_headers_of_the_installations(clock: Clock) -> None:
    with PxWeb2([PLAIN], flavour="scb", clock=clock) as scb:
        head = get(scb, "/tables").headers
        assert (head["X-Rate-Limit-Limit"], head["X-Rate-Limit-Remaining"]) == ("1s", "2")
        assert head["X-Rate-Limit-Reset"].endswith("Z")
        assert get(scb, "/config").json()["maxCallsPerTimeWindow"] == 3
    with PxWeb2([PLAIN], flavour="ssb", clock=clock) as ssb:
        head = get(ssb, "/tables").headers
        assert (head["x-ratelimit-policy"], head["x-ratelimit-remaining"]) == ("40;w=60s", "39")
        config = get(ssb, "/config").json()
        assert (config["maxCallsPerTimeWindow"], config["maxDataCells"]) == (0, 800_000)
        assert get(ssb, "/tables").json()["tables"][0]["discontinued"] is None
        refused = [get(ssb, "/tables").status_code for _ in range(39)].count(429)
        assert refused == 1  # the limit holds although /config says nought
    with PxWeb2([PLAIN], clock=clock) as stock:
        assert "X-Rate-Limit-Limit" not in get(stock, "/tables").headers
        assert (stock.flavour.max_cells, stock.flavour.calls) == (10_000, 30)


# --- installations and changes --------------------------------------------------------------------


def test_latvia(clock: Clock) -> None:
    with PxWeb2([PEOPLE], flavour="latvia", clock=clock) as server:
        px = get(server, "/tables/TAB1/data")
        assert px.content.startswith(b'CHARSET="ANSI";')  # where no format is named
        text = get(server, "/tables/TAB1/data", outputFormat="csv", outputFormatParams="UseTexts")
        assert text.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert text.content.startswith(b"\xef\xbb\xbf")
        assert "Väestö" in text.content.decode("utf-8-sig")
        assert "json_stat2" in get(server, "/config").json()["dataFormats"]
        assert get(server, "/tables/TAB1/data", outputFormat="json_stat2").status_code == 400
        server.add(generated("TAB1", [*NAMED, years(2016, 2026)]))
        assert get(server, "/tables/TAB1").json()["lastPeriod"] == "2025"  # the list lags
        assert get(server, "/tables/TAB1/metadata").json()["size"][-1] == 11
        server.index()
        assert get(server, "/tables/TAB1").json()["lastPeriod"] == "2026"


def test_the_total_is_told_by_a_plain_server() -> None:
    with PxWeb2([PEOPLE]) as server:
        found = get(server, "/tables/TAB1/metadata").json()
        assert found["dimension"]["sukupuoli_9_20180101"]["extension"]["eliminationValueCode"]
        assert get(server, "/tables", query="väestö nothing").json()["page"]["totalElements"] == 1


def test_contents_that_are_no_variable_stand_in_id_all_the_same() -> None:
    with PxWeb2([PLAIN]) as server:
        metadata = get(server, "/tables/TAB2/metadata").json()
        asked = {"valueCodes[Area]": "*", "valueCodes[timeperiod_y]": "*"}
        data = get(server, "/tables/TAB2/data", **asked).json()
        for found in (metadata, data):
            assert validate_jsonstat(found)
            assert (found["id"][0], found["size"]) == ("ContentsCode", [1, 2, 3])
            assert found["role"]["metric"] == ["ContentsCode"]
        assert data["value"] == list(PLAIN.values)
        refused = get(server, "/tables/TAB2/data", **asked, **{"valueCodes[ContentsCode]": "*"})
        assert refused.json()["title"] == "Non-existent variable"


def test_publishing_and_dropping() -> None:
    with PxWeb2([PLAIN, PEOPLE]) as server:
        server.publish("TAB2", [1, 2, 3, 4, 5, None], "2026-11-24T06:00:00Z")
        found = get(server, "/tables/TAB2/data").json()
        assert sorted(v or 0 for v in found["value"]) == [0, 1, 2, 3, 4, 5]
        assert found["status"] == {"5": ".."}
        assert found["updated"] == get(server, "/tables/TAB2").json()["updated"]
        server.drop_variable("TAB1", "sukupuoli_9_20180101")
        names = get(server, "/tables/TAB1/metadata").json()["id"]
        assert "sukupuoli_9_20180101" not in names
        asked = dict.fromkeys([f"valueCodes[{n}]" for n in [*names, "sukupuoli_9_20180101"]], "*")
        refused = get(server, "/tables/TAB1/data", **asked)
        assert refused.json()["title"] == "Non-existent variable"


def test_faults_go_wrong_on_this_server_too() -> None:
    with PxWeb2([PLAIN]) as server:
        server.fail("/data", "html")
        assert get(server, "/tables/TAB2/data").headers["Content-Type"] == "text/html"
        assert get(server, "/tables/TAB2/data").status_code == 200


# --- a client that others wrote -------------------------------------------------------------------


def frame(rows: list[dict[str, Any]]) -> pd.Series:
    found = pd.DataFrame(rows)
    return found.set_index(list(found.columns[:-1]))["value"].astype(float)


def expected(cube: Cube) -> pd.Series:
    index = pd.MultiIndex.from_product(
        [v.codes for v in cube.variables], names=[v.text("en") for v in cube.variables]
    )
    return pd.Series(np.array(cube.values, float), index, name="value")


def test_pxwebpy_knows_the_real_address() -> None:
    assert pxweb.get_known_apis()["scb"].endswith("/api/v2")


def test_pxwebpy_reads_a_whole_table() -> None:
    with PxWeb2([PEOPLE], calls=0) as server:
        api = PxApi(server.api, max_workers=1)
        assert (api.number_of_tables, api.language) == (1, "en")
        assert [t["id"] for t in api.all_tables()] == ["TAB1"]
        found = frame(api.get_table_data_all("TAB1", show="code"))
        pd.testing.assert_series_equal(found, expected(PEOPLE))
        assert sum(a.method == "POST" for a in server.log) == 2  # 20 460 cells


@pytest.mark.parametrize("workers", [1, 4])
def test_pxwebpy_splits_by_its_own_logic(workers: int) -> None:
    with PxWeb2([PEOPLE], max_cells=3_000, calls=0) as server:
        api = PxApi(server.api, max_workers=workers)
        found = frame(api.get_table_data_all("TAB1", show="code"))
        pd.testing.assert_series_equal(found.sort_index(), expected(PEOPLE).sort_index())
        assert sum(a.method == "POST" for a in server.log) > 6
        assert set(server.answered) == {200}


def test_pxwebpy_reads_parts_code_lists_and_the_default() -> None:
    codes = {"alue_23_20260101": ["MK18"], "contentscode": ["N1"], "timeperiod_y": ["TOP(2)"]}
    age = "ikaryhma_10_20180101"
    with PxWeb2([PEOPLE], codelists=[PAIRS], calls=0) as server:
        api = PxApi(server.api)
        assert api.get_code_list("agg_pairs")["values"][0]["valueMap"] == ["000", "001"]
        asked = codes | {age: ["*"], "sukupuoli_9_20180101": ["SSS"]}
        found = frame(api.get_table_data("TAB1", asked, {age: "agg_pairs"}, show="code"))
        whole = expected(PEOPLE)
        cells = [("MK18", f"00{i}", "SSS", "N1", y) for i in (2, 3) for y in ("2024", "2025")]
        one, two = whole[cells[0]], whole[cells[2]]
        assert found["MK18", "2", "SSS", "N1", "2024"] == one + two
        assert len(found) == 6
        rest = frame(api.get_table_data("TAB1", codes, show="code"))  # totals of the others
        assert rest.tolist()[0] == whole["MK18", "SSS", "SSS", "N1", "2024"]
        assert len(api.get_table_data("TAB1")) == 29 * 3  # areas by sexes
        with pytest.raises(requests.HTTPError, match="Non-existent value"):
            api.get_table_data("TAB1", codes | {age: ["999"]})
        assert api.search(query="synthetic")["tables"][0]["id"] == "TAB1"


def test_pxwebpy_waits_as_long_as_it_is_told(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    told = SimpleNamespace(monotonic=clock, sleep=clock.sleep)
    monkeypatch.setattr("pxweb._internal.client.time", told)
    with PxWeb2([PEOPLE], max_cells=3_000, calls=3, seconds=10, clock=clock) as server:
        # The calls of somebody else behind the same address fill the window.
        assert [get(server, "/tables").status_code for _ in range(3)] == [200] * 3
        clock.now += 4
        api = PxApi(server.api, max_workers=1)
        found = frame(api.get_table_data_all("TAB1", show="code"))
        pd.testing.assert_series_equal(found.sort_index(), expected(PEOPLE).sort_index())
        assert clock.slept[0] == 6.0  # Retry-After
        assert 429 in server.answered
        assert server.answered[-1] == 200
