"""The local statistics API of Eurostat does what the publisher is known to do, and its contents.

Published readers of JSON-stat that know nothing of this project read the same answers.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import requests
from jsonstat_validator import validate_jsonstat
from pyjstat import pyjstat
from services.eurostat import Eurostat, every_flag, synthetic

CODE = "synth_10r_3gdp"


@pytest.fixture
def eurostat() -> Iterator[Eurostat]:
    with Eurostat([synthetic(), every_flag()]) as service:
        yield service


def ask(service: Eurostat, path: str, *params: tuple[str, object]) -> requests.Response:
    return requests.get(service.base + path, params=list(params), timeout=5)


def statistics(service: Eurostat, *params: tuple[str, object], code: str = CODE) -> Any:
    answer = ask(service, f"/statistics/1.0/data/{code}", ("format", "JSON"), *params)
    assert answer.status_code == 200
    return answer.json()


def refused(service: Eurostat, *params: tuple[str, object], code: str = CODE) -> tuple[int, Any]:
    answer = ask(service, f"/statistics/1.0/data/{code}", *params)
    return answer.status_code, answer.json()["error"]


def codes(answer: Any, name: str) -> list[str]:
    return list(answer["dimension"][name]["category"]["index"])


def cells(service: Eurostat, code: str = CODE) -> dict[tuple[str, ...], float]:
    return dict(service.cubes[code].values)


# --- statistics API -----------------------------------------------------------------------------


def test_values_and_status_are_sparse_and_valid(eurostat: Eurostat) -> None:
    answer = statistics(eurostat, code="synth_flags")
    assert validate_jsonstat(answer)
    assert answer["id"] == ["freq", "unit", "geo", "time"]
    assert answer["size"] == [1, 2, 2, 8]
    assert answer["value"] == {"0": 123.4, "1": 5.0, "2": 0.0, "5": 7.25, "8": 1.0}
    assert answer["status"] == {"1": "bep", "2": "n", "3": "c", "4": "|C", "5": "p|C"}
    labels = answer["extension"]["status"]["label"]
    assert labels["c"] == "confidential"
    assert labels["|C"] == "|confidential"


def test_without_flags_there_is_no_status(eurostat: Eurostat) -> None:
    answer = statistics(eurostat, ("geo", "FI"), code="synth_flags")
    assert "status" not in answer
    assert "status" not in answer["extension"]


def test_positions_that_hold_nothing_are_told(eurostat: Eurostat) -> None:
    answer = statistics(eurostat, code="synth_flags")
    assert answer["extension"]["positions-with-no-data"] == {
        "freq": [],
        "unit": [1],  # a code without any cell
        "geo": [],
        "time": [6, 7],  # listed years without a value
    }


def test_the_last_period_of_the_answer_may_have_no_value(eurostat: Eurostat) -> None:
    answer = statistics(eurostat, ("lastTimePeriod", 1), code="synth_flags")
    assert codes(answer, "time") == ["2025"]
    assert answer["value"] == {}


def test_dates_of_update_have_a_zone_without_a_colon(eurostat: Eurostat) -> None:
    answer = statistics(eurostat, ("geo", "FI1D8"))
    assert answer["updated"] == "2026-09-17T11:00:00+0200"
    notes = {n["type"]: n for n in answer["extension"]["annotation"]}
    assert notes["UPDATE_DATA"]["date"] == answer["updated"]
    assert notes["OBS_COUNT"]["title"].isdecimal()
    assert notes["OBS_PERIOD_OVERALL_LATEST"]["title"] == "2024"


def test_filters_repeat_and_keep_the_order_of_the_dataset(eurostat: Eurostat) -> None:
    params = [("geo", "FI1D9"), ("geo", "FI1D8"), ("unit", "EUR_HAB"), ("time", 2020)]
    answer = statistics(eurostat, *params)
    assert codes(answer, "geo") == ["FI1D8", "FI1D9"]
    key = ("A", "EUR_HAB", "FI1D9", "2020")
    assert answer["value"]["1"] == cells(eurostat)[key]
    lower = statistics(eurostat, ("GEO", "fi1d8"), ("TIME_PERIOD", 2020))
    assert codes(lower, "geo") == ["FI1D8"]
    assert codes(lower, "time") == ["2020"]


def test_levels_of_regions(eurostat: Eurostat) -> None:
    for level, wanted in {
        "aggregate": ["EU27_2020"],
        "country": ["SE", "FI"],
        "nuts1": ["FI1", "FI2"],
        "nuts2": ["FI19", "FI1B", "FI1C", "FI1D", "FI20"],
    }.items():
        assert codes(statistics(eurostat, ("geoLevel", level)), "geo") == wanted
    regions = codes(statistics(eurostat, ("geoLevel", "nuts3")), "geo")
    assert len(regions) == 19
    assert "FI1D8" in regions


def test_periods_from_to_and_last(eurostat: Eurostat) -> None:
    for params, wanted in (
        ([("sinceTimePeriod", 2022)], ["2022", "2023", "2024"]),
        ([("untilTimePeriod", 2020)], ["2019", "2020"]),
        ([("sinceTimePeriod", 2020), ("untilTimePeriod", 2021)], ["2020", "2021"]),
        ([("lastTimePeriod", 2)], ["2023", "2024"]),
    ):
        assert codes(statistics(eurostat, *params), "time") == wanted
    months = [f"{y}-{m:02}" for y in (2023, 2024) for m in range(1, 13)]
    eurostat.serve(synthetic("synth_m", periods=months))
    found = statistics(
        eurostat, ("sinceTimePeriod", 2024), ("untilTimePeriod", 2024), code="synth_m"
    )
    assert codes(found, "time") == months[12:]
    assert codes(found, "freq") == ["M"]


def test_a_period_beyond_the_dataset_is_an_empty_dimension(eurostat: Eurostat) -> None:
    for params in ([("sinceTimePeriod", 2030)], [("time", 2030)]):
        answer = statistics(eurostat, *params)
        assert answer["size"][-1] == 0
        assert answer["value"] == {}
        assert validate_jsonstat(answer)


def test_more_than_fifty_codes_are_refused(eurostat: Eurostat) -> None:
    many = {f"FI{n:03}": f"SYNTHETIC {n}" for n in range(60)}
    eurostat.serve(synthetic("synth_many", geos=many))
    asked = [("geo", g) for g in list(many)[:51]]
    assert len(codes(statistics(eurostat, *asked[:50], code="synth_many"), "geo")) == 50
    status, errors = refused(eurostat, *asked, code="synth_many")
    assert status == errors[0]["status"] == 416
    assert "Maximum is 50" in errors[0]["label"]
    assert len(codes(statistics(eurostat, code="synth_many"), "geo")) == 60  # without a filter


@pytest.mark.parametrize(
    ("params", "status", "number"),
    [
        ([("colour", "red")], 400, 150),
        ([("geo", "XX")], 400, 150),
        ([("geo", "FI,SE")], 400, 150),
        ([("geo", "FI"), ("geoLevel", "nuts3")], 400, 140),
        ([("time", 2020), ("lastTimePeriod", 1)], 400, 140),
        ([("lastTimePeriod", "all")], 400, 140),
        ([("geo", "")], 400, 140),
    ],
)
def test_faulty_requests_say_why(
    eurostat: Eurostat, params: list[tuple[str, object]], status: int, number: int
) -> None:
    got, errors = refused(eurostat, *params)
    assert (got, errors[0]["status"], errors[0]["id"]) == (status, status, number)
    eurostat.error_shape = "object"
    got, error = refused(eurostat, *params)
    assert (got, error["status"], error["id"]) == (status, status, number)


def test_an_unknown_dataset_is_not_found(eurostat: Eurostat) -> None:
    status, errors = refused(eurostat, code="nope")
    assert (status, errors[0]["id"]) == (404, 100)
    assert "NOPE is not available for dissemination" in errors[0]["label"]


def test_a_wrong_code_may_pass_in_silence(eurostat: Eurostat) -> None:
    eurostat.wrong_codes = "dropped"
    nothing = statistics(eurostat, ("geo", "XX"))
    assert nothing["value"] == {}
    assert nothing["size"] == [1, 2, 0, 6]
    assert nothing["extension"]["positions-with-no-data"]["unit"] == [0, 1]
    rest = statistics(eurostat, ("geo", "XX"), ("geo", "FI1D8"))
    assert codes(rest, "geo") == ["FI1D8"]
    assert rest["value"]


def test_no_results_may_be_an_error(eurostat: Eurostat) -> None:
    eurostat.no_results = "error"
    status, errors = refused(eurostat, ("time", 2025), code="synth_flags")
    assert (status, errors[0]["id"]) == (400, 100)


def test_too_much_is_refused_with_the_number_of_rows(eurostat: Eurostat) -> None:
    eurostat.max_rows = 100
    status, errors = refused(eurostat)
    assert status == errors[0]["status"] == errors[0]["id"] == 413
    assert re.search(r"EXTRACTION_TOO_BIG: .* 348 rows, max authorised is 100", errors[0]["label"])
    assert statistics(eurostat, ("geo", "FI1D8"))["value"]


def test_the_statistics_api_queues_with_200_and_a_warning(eurostat: Eurostat) -> None:
    eurostat.warn_next = 2
    for _ in range(2):
        answer = statistics(eurostat, ("geo", "FI1D8"))
        assert set(answer) == {"warning"}
        assert answer["warning"]["status"] == 413
        assert answer["warning"]["label"].startswith("ASYNCHRONOUS_RESPONSE.")
    assert statistics(eurostat, ("geo", "FI1D8"))["value"]
    eurostat.queue_above = 100
    assert "warning" in statistics(eurostat)  # and again, however often one asks
    assert "warning" in statistics(eurostat)
    assert "value" in statistics(eurostat, ("geo", "FI1D8"))


def test_a_page_for_people_may_come_with_200(eurostat: Eurostat) -> None:
    eurostat.fail("/statistics/", "html")
    answer = ask(eurostat, f"/statistics/1.0/data/{CODE}")
    assert answer.status_code == 200
    assert answer.content.startswith(b"<!DOCTYPE html>")
    assert statistics(eurostat)["value"]


# --- contents and updates -----------------------------------------------------------------------


def contents(service: Eurostat) -> list[list[str]]:
    text = ask(service, "/catalogue/toc/txt", ("lang", "en")).content.decode()
    return list(csv.reader(io.StringIO(text), delimiter="\t"))


def test_the_table_of_contents(eurostat: Eurostat) -> None:
    text = ask(eurostat, "/catalogue/toc/txt", ("lang", "en")).text
    assert text.startswith('"title"\t"code"\t"type"\t"last update of data"\t')
    rows = contents(eurostat)
    folder, dataset = rows[1], rows[3]
    assert folder[1:3] == ["data", "folder"]
    assert dataset[0].startswith(8 * " " + "SYNTHETIC")
    assert dataset[1:7] == [CODE, "dataset", "17.09.2026", "07.01.2026", "2019", "2024"]
    # The last column is a number without quotes, which folders do not have.
    assert re.search(r'"2024"\t\d+\n', text)


def test_an_update_shows_everywhere(eurostat: Eurostat) -> None:
    key = ("A", "EUR_HAB", "FI1D8")
    eurostat.publish(
        CODE,
        {(*key, "2025"): 45000.0, (*key, "2024"): 43210.0, (*key, "2019"): None},
        {(*key, "2025"): "p"},
        updated="2026-12-01T11:00:00+0100",
    )
    assert contents(eurostat)[3][3] == "01.12.2026"
    answer = statistics(eurostat, ("geo", "FI1D8"), ("unit", "EUR_HAB"))
    assert answer["updated"] == "2026-12-01T11:00:00+0100"
    assert codes(answer, "time")[-1] == "2025"
    assert answer["value"]["6"] == 45000.0
    assert answer["value"]["5"] == 43210.0
    assert "0" not in answer["value"]
    assert answer["status"] == {"6": "p"}  # the revised year is no longer provisional


def test_a_cube_takes_no_cells_of_others() -> None:
    with pytest.raises(ValueError, match="no cell of this dataset"):
        synthetic().grown({("A", "EUR_HAB", "XX", "2024"): 1.0}, {}, "2026-12-01T11:00:00+0100")


# --- published readers ----------------------------------------------------------------------------


def test_a_published_reader_of_json_stat_gives_the_same_cells(eurostat: Eurostat) -> None:
    for code in (CODE, "synth_flags"):
        answer = ask(eurostat, f"/statistics/1.0/data/{code}", ("format", "JSON"))
        assert validate_jsonstat(answer.json())
        frame = pyjstat.Dataset.read(answer.text).write("dataframe", naming="id")
        found = {tuple(r[:-1]): r[-1] for r in frame.dropna().itertuples(index=False)}
        assert found == cells(eurostat, code)


def test_moments_are_moments(eurostat: Eurostat) -> None:
    stamp = statistics(eurostat)["updated"]
    assert datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S%z").utcoffset() is not None
