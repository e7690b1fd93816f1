"""The local PxWebApi 2 server against the facts of the wire: search, metadata, formats."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from jsonstat_validator import validate_jsonstat
from services.pxweb2 import PxWeb2
from services.pxweb2_examples import (
    ALL,
    Clock,
    codes,
    get,
    part,
    pick,
    posted,
    swedish,
    title,
    values,
)


@pytest.fixture
def scb() -> Iterator[PxWeb2]:
    with swedish(Clock()) as server:
        yield server


# --- the rest of the tree -------------------------------------------------------------------------


def same_keys(ours: Any, recorded: Any) -> None:
    assert set(ours) == set(recorded)
    for key, value in recorded.items():
        assert isinstance(ours[key], type(value)), key


def test_answers_have_the_fields_of_recorded_ones(shared: Path, scb: PxWeb2) -> None:
    recorded = shared / "recorded" / "pxweb_v2"
    page = json.loads((recorded / "scb_tables.json").read_text())
    ours = get(scb, "/tables", pageSize=1).json()
    same_keys(ours, page)
    same_keys(ours["page"], page["page"])
    same_keys(ours["tables"][0], page["tables"][0])
    assert [x["rel"] for x in ours["tables"][0]["links"]] == [
        x["rel"] for x in page["tables"][0]["links"]
    ]
    same_keys(get(scb, "/config").json(), json.loads((recorded / "scb_config.json").read_text()))
    lists = json.loads((recorded / "scb_codelist_agg_Alder10arJ.json").read_text())
    same_keys(get(scb, "/codelists/agg_RegionLän").json(), lists)
    metadata = json.loads((recorded / "pxwebapi_MetadataById_tab003_js2.json").read_text())
    ours = get(scb, "/tables/TAB638/metadata").json()
    assert set(ours) == set(metadata)
    missing = set(metadata["dimension"]["TIME"]["extension"])
    assert missing == set(ours["dimension"]["timeperiod_y"]["extension"])


def test_config(scb: PxWeb2) -> None:
    config = get(scb, "/config").json()
    assert (config["maxDataCells"], config["defaultLanguage"]) == (150_000, "sv")
    assert config["dataFormats"] == ["json-stat2", "csv", "px", "json-px"]


def test_tables_come_in_pages(scb: PxWeb2) -> None:
    first = get(scb, "/tables", pageSize=1).json()
    assert first["page"] | {"links": []} == {
        "pageNumber": 1, "pageSize": 1, "totalElements": 2, "totalPages": 2, "links": [],
    }  # fmt: skip
    assert [x["rel"] for x in first["page"]["links"]] == ["next", "last"]
    second = requests.get(first["page"]["links"][0]["href"], timeout=5).json()
    assert [t["id"] for t in second["tables"]] == ["TAB1"]
    assert [x["rel"] for x in second["page"]["links"]] == ["previous", "last"]
    assert title(get(scb, "/tables", pageNumber=9), 404) == "Non-existent page"


def test_tables_can_be_searched(scb: PxWeb2) -> None:
    def found(**asked: str) -> list[str]:
        return [t["id"] for t in get(scb, "/tables", **asked).json()["tables"]]

    assert found(query="FOLKMÄNGDEN region") == ["TAB638"]
    assert found(query="lön") == found(query="lön OR nothing") == ["TAB1"]
    assert found(query="lön vallentuna") == []  # every word, here
    assert found(query="folkm*") == ["TAB638", "TAB1"]
    assert found(query="title:folkm*") == ["TAB638"]
    assert found(includeDiscontinued="true") == ["TAB638", "TAB1", "TAB2"]
    assert found(pastDays="7", includeDiscontinued="true") == ["TAB1"]
    assert get(scb, "/tables", query="nothing").json()["page"]["totalPages"] == 1
    assert get(scb, "/tables", pastDays="many").status_code == 400


def test_one_table_by_an_id_of_any_case(scb: PxWeb2) -> None:
    table = get(scb, "/tables/tab638", lang="en").json()
    assert table["label"] == "Population by region and year"
    assert (table["firstPeriod"], table["lastPeriod"]) == ("2020", "2023")
    assert (table["timeUnit"], table["language"]) == ("Annual", "en")
    assert [p["id"] for p in table["paths"][0]] == ["BE", "BE0101"]
    assert get(scb, "/tables/TAB1").json()["timeUnit"] == "Monthly"
    assert title(get(scb, "/tables/TAB0"), 404) == "Non-existent table"


def test_metadata_are_a_dataset_without_figures(scb: PxWeb2) -> None:
    found = get(scb, "/tables/TAB638/metadata").json()
    assert validate_jsonstat(found)
    assert (found["id"], found["size"]) == (list(ALL), [5, 2, 2, 4])
    assert (found["value"], "status" in found) == ([], False)
    region = found["dimension"]["Region"]["extension"]
    assert region["elimination"]
    assert "eliminationValueCode" not in region  # scb does not tell the total
    assert [(c["id"], c["type"]) for c in region["codelists"]] == [
        ("agg_RegionLän", "Aggregation"), ("vs_RegionLän07", "Valueset"),
    ]  # fmt: skip
    assert found["role"] == {"time": ["timeperiod_y"], "metric": ["contentscode"]}  # nor geo
    assert found["extension"]["noteMandatory"] == {"1": True}
    assert found["dimension"]["timeperiod_y"]["extension"]["show"] == "code"
    with_list = get(scb, "/tables/TAB638/metadata", **{"codelist[region]": "agg_RegionLän"})
    assert codes(with_list.json(), "Region") == ["A", "C"]


def test_code_lists(scb: PxWeb2) -> None:
    found = get(scb, "/codeLists/agg_RegionLän").json()
    assert found["values"][0] == {
        "code": "A", "label": "Norra delen", "valueMap": ["0114", "0115", "0199"],
    }  # fmt: skip
    assert get(scb, "/codelists/vs_RegionLän07").json()["values"][0]["label"] == "Stockholms län"
    assert title(get(scb, "/codelists/agg_regionlän"), 404) == "Non-existent codelist"
    everything = [pick(v, "*") for v in ALL if v != "Region"]
    for output in ("single", "aggregated", "nonsense"):  # which has no effect
        listed = pick("Region", "*", codelist="agg_RegionLän", outputValues=output)
        found = posted(scb, {"selection": [listed, *everything]}).json()
        assert codes(found, "Region") == ["A", "C"]
        assert found["value"][:2] == [2 * 16 + 3 * 16, 2 * 16 + 3 * 16 + 2]
        assert found["dimension"]["Region"]["extension"]["elimination"] is False
    listed = {"codelist[Region]": "vs_RegionLän07", "outputValues[Region]": "single"}
    answer = get(scb, "/tables/TAB638/data", **values(), **listed)
    assert codes(answer.json(), "Region") == ["01", "03"]
    for name in ("vs_Other", "agg_regionlän", "RegionLän"):
        answer = get(scb, "/tables/TAB638/data", **values(), **{"codelist[Region]": name})
        assert title(answer) == "Non-existent codelist"


def test_unknown_paths_and_languages(scb: PxWeb2) -> None:
    assert get(scb, "/navigation").status_code == 404
    assert requests.post(f"{scb.api}/tables", timeout=5).status_code == 405
    for path in ("/config", "/tables", "/tables/TAB638/metadata", "/tables/TAB638/data"):
        assert title(get(scb, path, lang="fi")) == "Unsupported language"


# --- formats --------------------------------------------------------------------------------------


def rows(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def test_json_stat(scb: PxWeb2) -> None:
    found = part(scb)
    assert validate_jsonstat(found)
    assert found["value"] == list(range(80))
    assert found["extension"]["noteMandatory"] == {"1": True}


def test_csv_has_codes_unless_told(scb: PxWeb2) -> None:
    asked = values(timeperiod_y="top(1)") | {"outputFormat": "csv"}
    answer = get(scb, "/tables/TAB638/data", **asked)
    assert answer.headers["Content-Type"] == "text/csv; charset=iso-8859-1"
    assert rows(answer.text)[:2] == [
        ["Region", "Kon", "N1 2023", "N2 2023"], ["00", "1", "3", "7"],
    ]  # fmt: skip
    told = "SeparatorSemicolon,usetexts,IncludeTitle"
    answer = get(scb, "/tables/TAB638/data", **asked, outputFormatParams=told)
    assert "Folkmängd" in answer.content.decode("latin-1")
    assert rows(answer.text, ";")[1][:3] == ["region", "kön", "Folkmängd 2023"]
    assert rows(answer.text, ";")[2][:2] == ["Riket", "män"]
    both = get(scb, "/tables/TAB638/data", **asked, outputFormatParams="UseCodesAndTexts").text
    assert rows(both)[1][0] == "00 - Riket"
    long = get(scb, "/tables/TAB638/data", **asked, stub="Region,Kon,time,contentscode").text
    assert rows(long)[1:3] == [["00", "1", "2023", "N1", "3"], ["00", "1", "2023", "N2", "7"]]


def test_px_and_json_px(scb: PxWeb2) -> None:
    answer = get(scb, "/tables/TAB638/data", **values(Kon="1"), outputFormat="px")
    assert answer.headers["Content-Type"].startswith("application/octet-stream")
    assert answer.content.startswith(b'CHARSET="ANSI";')
    assert b'CODES("region")="00","01","0114","0115","03";' in answer.content
    answer = get(scb, "/tables/TAB638/data", **values(), outputFormat="json-px").json()
    assert answer["data"][0] == {"key": ["00", "1", "2020"], "values": ["0", "4"]}


@pytest.mark.parametrize(
    "asked",
    [
        {"outputFormat": "json-stat"}, {"outputFormat": "parquet"}, {"outputFormat": "json_stat2"},
        {"outputFormatParams": "UseCodes"}, {"outputFormatParams": "Nothing"},
        {"outputFormat": "px", "outputFormatParams": "UseTexts"},
        {"outputFormat": "json-px", "outputFormatParams": "SeparatorTab"},
    ],
)  # fmt: skip
def test_refused_formats(scb: PxWeb2, asked: dict[str, str]) -> None:
    answer = get(scb, "/tables/TAB638/data", **values(), **asked)
    assert title(answer) == "Unsupported output format"
