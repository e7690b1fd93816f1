"""The local Sotkanet does what the publisher is known to do, asked with a plain HTTP library."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import requests
from services.sotkanet import Indicator, Sotkanet, find, packaged, synthetic

NAMED = {"User-Agent": "tilannekuva/test (+https://example.org)"}
KAINUU, COUNTY, KAJAANI = 504, 962, 94


@pytest.fixture
def sotkanet() -> Iterator[Sotkanet]:
    with Sotkanet(
        [synthetic(4), synthetic(5, "SYNTEETTINEN toinen", range(2019, 2022))]
    ) as service:
        yield service


def ask(service: Sotkanet, path: str, *params: tuple[str, object]) -> requests.Response:
    return requests.get(service.base + path, params=list(params), headers=NAMED, timeout=5)


def rows(service: Sotkanet, *params: tuple[str, object]) -> list[dict[str, Any]]:
    answer = ask(service, "/json", *params)
    assert answer.status_code == 200
    return answer.json()


FIRST = (("indicator", 4), ("years", 2020), ("genders", "total"))


# --- regions ------------------------------------------------------------------------------------


def test_regions_have_their_own_ids_and_codes_collide_across_categories(sotkanet: Sotkanet) -> None:
    regions = ask(sotkanet, "/regions").json()
    assert set(regions[0]) == {"id", "code", "category", "title", "memberOf"}
    by_id = {r["id"]: r for r in regions}
    assert len(by_id) == len(regions)
    assert all(r["id"] != int(r["code"]) for r in regions)
    kainuu, county, kajaani = by_id[KAINUU], by_id[COUNTY], by_id[KAJAANI]
    assert (kainuu["category"], kainuu["code"]) == ("MAAKUNTA", "18")
    assert (county["category"], county["code"]) == ("HYVINVOINTIALUE", "20")
    assert (kajaani["category"], kajaani["code"]) == ("KUNTA", "205")
    assert {658, 727, KAINUU, COUNTY, 588} <= set(kajaani["memberOf"])
    assert by_id[46]["code"] == "091"
    assert by_id[658]["category"] == "MAA"
    assert (by_id[727]["category"], by_id[727]["title"]["fi"]) == ("NUTS1", "Manner-Suomi")
    # Code 18 is Kainuu, and another wellbeing county; code 578 is Paltamo, and Norway.
    assert find("HYVINVOINTIALUE", "18").title["fi"].startswith("Keski-Pohjanmaa")
    assert find("KUNTA", "578").title["fi"] == "Paltamo"
    assert find("POHJOISMAAT", "578").title["fi"] == "Norja"


def test_merged_municipalities_stay_among_the_regions_without_figures(sotkanet: Sotkanet) -> None:
    counts = Counter(r.category for r in packaged())
    assert counts["KUNTA"] == 308 + 13
    assert (counts["MAAKUNTA"], counts["HYVINVOINTIALUE"], counts["MAA"]) == (19, 23, 1)
    gone = find("KUNTA", "940")
    assert gone.member_of == ()
    assert gone.id not in {r["region"] for r in rows(sotkanet, *FIRST)}


def test_known_ids_are_those_of_the_publisher(shared: Path) -> None:
    folder = shared / "recorded" / "sotkanet"
    recorded = json.loads((folder / "SotkaRegions_2016.json").read_text(encoding="utf-8"))
    ids = {(r["category"], r["code"]): r["id"] for r in recorded}
    for category in ("MAAKUNTA", "ELY-KESKUS", "SAIRAANHOITOPIIRI", "POHJOISMAAT", "NUTS1", "MAA"):
        for region in (r for r in packaged() if r.category == category):
            assert ids[category, region.code] == region.id
    with (folder / "sotkanet_hyvinvointialueet.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            code = row["uusi_code"].zfill(2)
            assert find("HYVINVOINTIALUE", code).id == int(row["uusi_id"])


# --- indicators ---------------------------------------------------------------------------------


def test_the_list_is_short_and_the_detail_is_long(sotkanet: Sotkanet) -> None:
    listed = ask(sotkanet, "/indicators").json()
    brief = {"id", "title", "organization", "classifications", "range", "data-updated"}
    assert [set(i) for i in listed] == [brief, brief]
    detail = ask(sotkanet, "/indicators/4").json()
    assert brief < set(detail)
    assert detail["range"] == {"start": 2015, "end": 2024}
    assert detail["data-updated"] == "2025-05-28"
    assert detail["classifications"]["sex"]["values"] == ["total"]
    assert detail["classifications"]["region"]["values"][:2] == ["Kunta", "Maakunta"]
    assert set(detail["primaryValueType"]) == {"code", "title"}
    assert detail["decimals"] == 1


def test_texts_hold_html_and_languages_may_be_missing(sotkanet: Sotkanet) -> None:
    detail = ask(sotkanet, "/indicators/4").json()
    assert "<p>" in detail["description"]["fi"]
    assert "&amp;" in detail["description"]["fi"]
    assert detail["description"]["en"] == ""
    assert "sv" not in detail["title"]


def test_older_lists_tell_no_dates(sotkanet: Sotkanet) -> None:
    sotkanet.dated_list = False
    listed = ask(sotkanet, "/indicators").json()
    assert set(listed[0]) == {"id", "title", "organization", "classifications"}


def test_the_recorded_list_has_the_same_shape(sotkanet: Sotkanet, shared: Path) -> None:
    path = shared / "recorded" / "sotkanet" / "oskari_SotkaIndicators.json"
    recorded = json.loads(path.read_text(encoding="utf-8"))[0]
    sotkanet.dated_list = False
    ours = ask(sotkanet, "/indicators").json()[0]
    assert set(ours) == set(recorded)
    assert set(ours["classifications"]) == set(recorded["classifications"])
    assert set(ours["organization"]) == set(recorded["organization"])


def test_an_unknown_indicator_is_not_found(sotkanet: Sotkanet) -> None:
    assert ask(sotkanet, "/indicators/99999").status_code == 404
    assert ask(sotkanet, "/indicators/x").status_code == 404


# --- data ---------------------------------------------------------------------------------------


def test_rows_have_numbers_and_the_publishers_names(sotkanet: Sotkanet) -> None:
    found = rows(sotkanet, *FIRST)
    row = next(r for r in found if r["region"] == KAINUU)
    assert list(row) == ["indicator", "region", "year", "gender", "value", "absValue"]
    assert (row["indicator"], row["year"], row["gender"]) == (4, 2020, "total")
    assert isinstance(row["value"], float)
    assert isinstance(row["absValue"], int)
    # Made-up figures add up, so that a reader's sums can be checked.
    inside = {r.id for r in packaged() if r.category == "KUNTA" and KAINUU in r.member_of}
    shown = [r for r in found if r["region"] in inside]
    assert sum(r["absValue"] for r in shown) < row["absValue"]


def test_rows_of_suppressed_municipalities_are_absent(sotkanet: Sotkanet) -> None:
    shown = {r["region"] for r in rows(sotkanet, *FIRST)}
    assert KAJAANI in shown
    for code in ("697", "620"):
        assert find("KUNTA", code).id not in shown


def test_region_parameters_are_ignored(sotkanet: Sotkanet) -> None:
    every = rows(sotkanet, *FIRST)
    assert 400 < len(every) < 480
    for more in (("regions", KAINUU), ("region", KAINUU), ("regionCategory", "MAAKUNTA")):
        assert rows(sotkanet, *FIRST, more) == every


def test_years_and_genders_repeat(sotkanet: Sotkanet) -> None:
    both = ("male", "female")
    sotkanet.serve(synthetic(6, genders=both))
    params = [("years", y) for y in (2019, 2020)] + [("genders", g) for g in both]
    found = rows(sotkanet, ("indicator", 6), *params)
    assert {(r["year"], r["gender"]) for r in found} == {
        (year, gender) for year in (2019, 2020) for gender in both
    }
    # An indicator without a total has no rows for it.
    assert rows(sotkanet, ("indicator", 6), ("years", 2020), ("genders", "total")) == []


@pytest.mark.parametrize(
    "params",
    [
        [("indicator", 4)],
        [("indicator", 4), ("years", 2020)],
        [("indicator", 4), ("genders", "total")],
        [("years", 2020), ("genders", "total")],
        [("indicator", 4), ("years", "2019,2020"), ("genders", "total")],
        [("indicator", 4), ("years", 2020), ("genders", "male,female")],
        [("indicator", "4,5"), ("years", 2020), ("genders", "total")],
        [("indicator", 4), ("indicator", 5), ("years", 2020), ("genders", "total")],
        [("indicator", 4), ("years", 2020), ("genders", "other")],
    ],
)
def test_years_genders_and_one_indicator_are_required(
    sotkanet: Sotkanet, params: list[tuple[str, object]]
) -> None:
    assert ask(sotkanet, "/json", *params).status_code == 400
    assert ask(sotkanet, "/csv", *params).status_code == 400


@pytest.mark.parametrize("path", ["/indicators", "/regions", "/json", "/csv"])
def test_the_default_name_of_the_library_is_turned_away(sotkanet: Sotkanet, path: str) -> None:
    refused = requests.get(sotkanet.base + path, params=list(FIRST), timeout=5)
    assert refused.status_code == 403
    assert ask(sotkanet, path, *FIRST).status_code == 200


def test_the_number_behind_a_rate_may_be_missing(sotkanet: Sotkanet) -> None:
    sotkanet.serve(synthetic(7, absolute=False))
    found = rows(sotkanet, ("indicator", 7), ("years", 2020), ("genders", "total"))
    assert all("absValue" not in r for r in found)


def test_csv_has_the_same_rows(sotkanet: Sotkanet) -> None:
    sotkanet.serve(
        Indicator(
            id=8,
            title={"fi": "SYNTEETTINEN kolmas"},
            range=(2020, 2020),
            data_updated="2025-01-01",
            values={(KAINUU, 2020, "total"): (3.4, 9), (KAJAANI, 2020, "total"): (2.0, None)},
        )
    )
    params = (("indicator", 8), ("years", 2020), ("genders", "total"))
    answer = ask(sotkanet, "/csv", *params)
    lines = answer.content.decode().split("\r\n")
    assert lines[0] == "indicator;region;year;gender;primary value;absolute value"
    assert set(lines[1:-1]) == {"8;504;2020;total;3.4;9", "8;94;2020;total;2.0;"}
    frame = pd.read_csv(io.BytesIO(answer.content), sep=";").set_index("region")
    for row in rows(sotkanet, *params):
        assert frame.loc[row["region"], "primary value"] == row["value"]
    assert pd.isna(frame.loc[KAJAANI, "absolute value"])
    sotkanet.byte_order_mark = True
    assert ask(sotkanet, "/csv", *params).content.startswith(b"\xef\xbb\xbfindicator;")


# --- the publisher at work ----------------------------------------------------------------------


def test_publishing_adds_revises_and_withdraws(sotkanet: Sotkanet) -> None:
    key = (KAINUU, 2025, "total")
    sotkanet.publish(
        4,
        {key: (12.5, 800), (KAINUU, 2020, "total"): (1.0, 1), (KAJAANI, 2020, "total"): None},
        "2026-05-27",
    )
    detail = ask(sotkanet, "/indicators/4").json()
    assert detail["data-updated"] == "2026-05-27"
    assert detail["range"] == {"start": 2015, "end": 2025}
    fresh = rows(sotkanet, ("indicator", 4), ("years", 2025), ("genders", "total"))
    assert [(r["region"], r["value"]) for r in fresh] == [(KAINUU, 12.5)]
    old = {r["region"]: r["value"] for r in rows(sotkanet, *FIRST)}
    assert old[KAINUU] == 1.0
    assert KAJAANI not in old


def test_retitling_changes_no_figures(sotkanet: Sotkanet) -> None:
    before = rows(sotkanet, *FIRST)
    sotkanet.retitle(4, {"fi": "SYNTEETTINEN uusi nimi", "sv": "SYNTETISKT nytt namn"})
    assert ask(sotkanet, "/indicators/4").json()["title"]["fi"] == "SYNTEETTINEN uusi nimi"
    assert rows(sotkanet, *FIRST) == before


def test_the_clock_is_the_callers() -> None:
    with Sotkanet([synthetic(4)], clock=lambda: 12.0) as service:
        ask(service, "/regions")
        assert [a.at for a in service.log] == [12.0]
