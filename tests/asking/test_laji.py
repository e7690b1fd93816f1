"""FinBIF: the page of provinces is a recorded one where it is at hand, counts are our own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asking.carrying import Talk, ask_of, no_beside, reply, rows, source

from tilannekuva import region_codes
from tilannekuva.asking import _laji_answers as answers
from tilannekuva.asking import laji
from tilannekuva.asking._laji_question import find_areas
from tilannekuva.calls import Call, Newer, Received, Reply, Unchanged
from tilannekuva.errors import DataError, SourceError
from tilannekuva.matching import translate
from tilannekuva.model import Query

FINBIF = source("laji", "https://api.laji.fi", calls=1, seconds=1)
THREATENED = {
    "redListStatusId": ("MX.iucnCR", "MX.iucnEN", "MX.iucnVU"),
    "taxonCounts": "true",
    "value": "speciesCount",
    "by": "province",
    "country": "true",
}
YEAR = "gathering.conversions.year"


def a_count(year: Any, count: int, species: int, **more: Any) -> dict[str, Any]:
    return {
        "aggregateBy": {YEAR: year},
        "count": count,
        "speciesCount": species,
        "firstLoadDateMax": "2026-10-01",
        "securedCount": 0,
        **more,
    }


def a_page(*results: Any, number: int = 1, last: int = 1, total: int | None = None) -> dict:
    return {
        "currentPage": number,
        **({"nextPage": number + 1} if number < last else {}),
        "lastPage": last,
        "pageSize": 1000,
        "total": len(results) if total is None else total,
        "results": list(results),
    }


def provinces() -> dict[str, Any]:
    listed = [
        {
            "id": f"ML.{1227 + n}",
            "areaType": "ML.province",
            "name": {"fi": r.names.fi, "sv": r.names.sv},
            "provinceCodeNumeric": r.code[2:],
        }
        for n, r in enumerate(region_codes.regions("maakunta"))
    ]
    return {"currentPage": 1, "lastPage": 1, "pageSize": 1000, "total": 19, "results": listed}


def service(counts: Callable[[dict[str, str]], Any]) -> Callable[[Call], Reply]:
    def answer(call: Call) -> Reply:
        assert call.secret == "FINBIF_TOKEN"
        assert call.headers["API-version"] == "1"
        assert call.expects == "json"
        asked = dict(call.params)
        if call.url == "https://api.laji.fi/areas":
            assert call.once
            assert asked["areaType"] == "ML.province"
            return reply(provinces())
        return reply(counts(asked))

    return answer


def kainuu_and_country(asked: dict[str, str]) -> Any:
    if asked.get("provinceId") == "ML.1243":
        return a_page(
            a_count("2024", 10, 3, securedCount=2), a_count("2025", 8, 2), a_count("2026", 1, 1)
        )
    if asked.get("countryId") == "ML.206":
        return a_page(a_count("2025", 900, 40, firstLoadDateMax="2026-11-20"), a_count("", 7, 1))
    return a_page()


def test_one_question_an_area_and_one_of_the_country() -> None:
    talk = Talk(service(kainuu_and_country))
    outcome = talk(laji.request(ask_of(FINBIF, THREATENED, table="threatened-species")))
    assert isinstance(outcome, Received)
    assert [(p.url, p.calls, p.seconds) for p in talk.paces] == [("https://api.laji.fi", 1, 1.0)]
    counts = [dict(c.params) for c in talk.calls[1:]]
    assert len(counts) == 20
    assert {c.get("provinceId", c.get("countryId")) for c in counts} == {
        "ML.206", *(f"ML.{n}" for n in range(1227, 1246)),
    }  # fmt: skip
    assert talk.calls[1].url == "https://api.laji.fi/warehouse/query/unit/aggregate"
    asked = {k: v for k, v in counts[1].items() if k != "provinceId"}
    assert asked == {
        "redListStatusId": "MX.iucnCR,MX.iucnEN,MX.iucnVU",
        "taxonCounts": "true",
        "aggregateBy": YEAR,
        "orderBy": YEAR,
        "time": "1500/2025",
        "page": "1",
        "pageSize": "1000",
    }
    assert [p.layout["regions"] for p in outcome.parts] == [["SSS"], ["MK18"]]
    assert outcome.updated_at == "2026-11-20"
    assert outcome.published_on == "2026-11-24"
    assert "7 records without a year" in outcome.note
    assert "sensitive" not in outcome.note
    assert all("provinceId=ML.1243" in p.address for p in outcome.parts[1:])


def test_cells_have_our_codes_and_leave_the_running_year_out() -> None:
    outcome = Talk(service(kainuu_and_country))(laji.request(ask_of(FINBIF, THREATENED)))
    assert isinstance(outcome, Received)
    part = outcome.parts[1]
    json.dumps(part.layout), json.dumps(part.query)
    cells = laji.read(part.data, part.layout, "f.json", no_beside)
    assert list(cells.frame.columns) == ["region", "year", "quantity", "flag", "value"]
    assert rows(cells.frame) == [
        ("MK18", "2024", "speciesCount", "", 3.0),
        ("MK18", "2025", "speciesCount", "", 2.0),
    ]
    query = Query(source="laji", table="t", select={"quantity": "speciesCount"})
    ours = translate(query, cells.variables, "x")
    assert (ours.region, ours.time) == ("region", "year")


def test_secured_records_are_told_once_however_many_levels_are_asked_for() -> None:
    def counts(asked: dict[str, str]) -> Any:
        return a_page(a_count("2024", 10, 3, securedCount=2))

    outcome = Talk(service(counts))(laji.request(ask_of(FINBIF, THREATENED)))
    assert isinstance(outcome, Received)
    assert "2 of the counted records are of sensitive species" in outcome.note


def test_the_same_bytes_of_two_areas_are_one_part_of_both() -> None:
    def counts(asked: dict[str, str]) -> Any:
        if asked.get("provinceId") in ("ML.1243", "ML.1244"):
            return a_page(a_count("2024", 1, 1))
        return a_page()

    outcome = Talk(service(counts))(laji.request(ask_of(FINBIF, THREATENED)))
    assert isinstance(outcome, Received)
    assert [p.layout["regions"] for p in outcome.parts] == [["MK18", "MK19"]]
    part = outcome.parts[0]
    assert part.query["also"][0]["provinceId"] == "ML.1244"
    frame = laji.read(part.data, part.layout, "f.json", no_beside).frame
    assert frame["region"].tolist() == ["MK18", "MK19"]


def test_what_only_looks_new_is_unchanged() -> None:
    """A time of making, the order of rows and the running year do not make an answer new."""
    first = Talk(service(kainuu_and_country))(laji.request(ask_of(FINBIF, THREATENED)))
    assert isinstance(first, Received)

    def later(asked: dict[str, str]) -> Any:
        page = kainuu_and_country(asked)
        shown = [r for r in page["results"] if r["aggregateBy"][YEAR] != "2026"]
        return a_page(*reversed(shown), a_count("2026", 99, 9)) | {"cacheTimestamp": 1772622771}

    known = {"known": first.updated_at, "query_hash": first.query_hash}
    again = Talk(service(later))(laji.request(ask_of(FINBIF, THREATENED, **known)))
    assert again == Unchanged(first.updated_at)

    def revised(asked: dict[str, str]) -> Any:
        page = kainuu_and_country(asked)
        for row in page["results"]:
            row["speciesCount"] += 1
        return page

    assert isinstance(
        Talk(service(revised))(laji.request(ask_of(FINBIF, THREATENED, **known))), Received
    )
    other = {**THREATENED, "value": "count"}
    assert isinstance(
        Talk(service(kainuu_and_country))(laji.request(ask_of(FINBIF, other, **known))), Received
    )


def test_an_area_with_records_of_the_running_year_only_has_no_part() -> None:
    """Also where the service does not heed the years asked for."""

    def counts(asked: dict[str, str]) -> Any:
        return a_page(a_count("2024" if "countryId" in asked else "2026", 1, 1))

    outcome = Talk(service(counts))(laji.request(ask_of(FINBIF, THREATENED)))
    assert isinstance(outcome, Received)
    assert [p.layout["regions"] for p in outcome.parts] == [["SSS"]]


def test_pages_are_read_to_the_last() -> None:
    def counts(asked: dict[str, str]) -> Any:
        if "countryId" not in asked:
            return a_page()
        year = {"1": "2023", "2": "2024", "3": "2025"}[asked["page"]]
        return a_page(a_count(year, 5, 2), number=int(asked["page"]), last=3, total=3)

    talk = Talk(service(counts))
    outcome = talk(laji.request(ask_of(FINBIF, {"value": "count", "country": "true"})))
    assert isinstance(outcome, Received)
    assert [dict(c.params)["page"] for c in talk.calls[1:]] == ["1", "2", "3"]
    assert len(outcome.parts) == 3
    # An interrupted run goes on where it stopped, on the same day.
    assert {c.keep for c in talk.calls[1:]} == {"2026-11-24"}


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ({"message": "Bad id", "error": "Bad Request", "statusCode": 400}, "says 'Bad id'"),
        ({"total": 1}, "no list of results"),
        ([], "no list of results"),
        (a_page(a_count("2024", 1, 1), total=2), "1 rows came of 2"),
        (a_page(a_count("2024", 1, 1), a_count("2024", 2, 2)), "two rows are about 2024"),
        (a_page(a_count("2024", 1, 1)) | {"currentPage": 2}, "page 2 came instead of 1"),
        ({"results": []}, "does not say 'currentPage'"),
        (a_page({"count": 3}), "not counted by gathering.conversions.year"),
        (a_page({"aggregateBy": {YEAR: "2024"}, "count": 3}), "no 'speciesCount'.*taxonCounts"),
        (a_page(a_count("2024", 1, "x")), "'x' for 'speciesCount' is no number"),  # type: ignore[arg-type]
        (a_page(a_count("joskus", 1, 1)), "'joskus' is no year"),
        (a_page(a_count("2026", 1, 1)), "no figure of a finished year"),
        (a_page(), "no figure of a finished year"),
    ],
)
def test_a_faulty_page_is_named(page: Any, said: str) -> None:
    ask = ask_of(FINBIF, {"value": "speciesCount", "country": "true"})
    with pytest.raises(SourceError, match=said):
        Talk(service(lambda asked: page))(laji.request(ask))


def test_no_figure_is_a_figure_without_a_value() -> None:
    page = a_page(a_count("2024", 1, None), a_count("2023", 1, 4))  # type: ignore[arg-type]
    ask = ask_of(FINBIF, {"value": "speciesCount", "country": "true"})
    outcome = Talk(service(lambda asked: page))(laji.request(ask))
    assert isinstance(outcome, Received)
    frame = laji.read(outcome.parts[0].data, outcome.parts[0].layout, "f", no_beside).frame
    assert rows(frame)[0] == ("SSS", "2024", "speciesCount", "", None)


def test_other_fields_become_columns_and_ids_lose_their_address() -> None:
    taxon = "unit.linkings.taxon.id"
    page = a_page({"aggregateBy": {YEAR: "2024", taxon: "http://tun.fi/MX.1"}, "count": 3})
    asks = {"value": "count", "country": "true", "aggregateBy": (taxon, YEAR)}
    outcome = Talk(service(lambda asked: page))(laji.request(ask_of(FINBIF, asks)))
    assert isinstance(outcome, Received)
    assert outcome.updated_at is None
    frame = laji.read(outcome.parts[0].data, outcome.parts[0].layout, "f", no_beside).frame
    assert rows(frame) == [("SSS", "MX.1", "2024", "count", "", 3.0)]


def test_without_days_of_loading_the_time_of_making_is_the_time_of_update() -> None:
    page = a_page({"aggregateBy": {YEAR: "2024"}, "count": 3}) | {"cacheTimestamp": 1772622771}
    ask = ask_of(FINBIF, {"value": "count", "country": "true"})
    outcome = Talk(service(lambda asked: page))(laji.request(ask))
    assert isinstance(outcome, Received)
    assert outcome.updated_at == "2026-03-04T11:12:51Z"


def test_queries_of_one_table_may_differ_in_what_they_read_of_it() -> None:
    asks = ({"value": "count", "country": "true"}, {"value": "speciesCount", "by": "province"})
    talk = Talk(service(kainuu_and_country))
    outcome = talk(laji.request(ask_of(FINBIF, *asks)))
    assert isinstance(outcome, Received)
    assert len(talk.calls) == 21
    assert outcome.parts[0].layout["quantities"] == ["count", "speciesCount"]
    with pytest.raises(DataError, match=r"asks taxonId='MX\.1', another of the same table nothing"):
        next(laji.request(ask_of(FINBIF, asks[0], {**asks[0], "taxonId": "MX.1"})))


@pytest.mark.parametrize(
    ("asks", "said"),
    [
        ({}, "no query says what to ask"),
        ({"by": "province"}, "which field is the figure"),
        ({"value": "count"}, "say which areas"),
        ({"value": "count", "by": "biogeographicalProvince"}, "other borders than maakunnat"),
        (
            {"value": "count", "by": "province", "biogeographicalProvinceId": "ML.264"},
            "other borders than maakunnat",
        ),
        ({"value": "count", "by": "elyCentre"}, "`by` is one of province, municipality"),
        ({"value": "count", "country": "true", "access_token": "x"}, "may not hold 'access_token'"),
        ({"value": "count", "country": "true", "provinceId": "ML.1243"}, "not hold 'provinceId'"),
        ({"value": "count", "country": "true", "aggregateBy": "unit.sex"}, "must have"),
        ({"value": "count", "by": "province", "areas": "KU205"}, "'KU205' in `areas`"),
    ],
)
def test_a_question_that_cannot_be_asked(asks: dict[str, str], said: str) -> None:
    with pytest.raises(DataError, match=said):
        next(laji.request(ask_of(FINBIF, asks)))


def test_a_check_asks_for_the_newest_record_only() -> None:
    fetched = Talk(service(kainuu_and_country))(laji.request(ask_of(FINBIF, THREATENED)))
    assert isinstance(fetched, Received)
    known = {"known": fetched.updated_at, "query_hash": fetched.query_hash, "check": True}

    def newest(day: str) -> Callable[[dict[str, str]], Any]:
        def answer(asked: dict[str, str]) -> Any:
            assert asked["orderBy"] == "document.firstLoadDate DESC"
            assert asked["pageSize"] == "1"
            assert asked["countryId"] == "ML.206"
            return a_page({"document": {"firstLoadDate": day}}, total=5, last=5)

        return answer

    def check(day: str) -> Any:
        talk = Talk(service(newest(day)))
        outcome = talk(laji.request(ask_of(FINBIF, THREATENED, **known)))
        assert [c.url.rpartition("/")[2] for c in talk.calls] == ["areas", "list"]
        return outcome

    assert check("2026-11-20") == Unchanged("2026-11-20")
    assert check("2026-11-23") == Newer("2026-11-23")
    silent = Talk(service(lambda asked: a_page({"document": {}})))
    with pytest.raises(SourceError, match="does not say when its newest record came"):
        silent(laji.request(ask_of(FINBIF, THREATENED, **known)))
    # Nothing stored, or another question: nothing needs to be asked.
    talk = Talk(service(kainuu_and_country))
    assert talk(laji.request(ask_of(FINBIF, THREATENED, check=True))) == Newer()
    assert talk.calls == []


def test_municipalities_are_found_by_name_and_past_ones_passed_over() -> None:
    listed = [
        {"id": f"http://tun.fi/ML.{n}", "areaType": "ML.municipality", "name": {"fi": r.names.fi}}
        for n, r in enumerate(region_codes.regions("kunta"))
    ]
    listed.append({"id": "ML.9999", "name": {"fi": "Vuolijoki"}})
    listed.append({"id": "ML.9998", "name": {"fi": "Tuntematon"}})
    found = find_areas(listed, "municipality", [], "x")
    assert len(found) == 308
    codes = [r.code for r in region_codes.regions("kunta")]
    assert found["KU205"] == f"ML.{codes.index('KU205')}"
    assert find_areas(listed, "municipality", ["KU205"], "x") == {"KU205": found["KU205"]}
    with pytest.raises(DataError, match=r"1 of 308 regions are not listed: Alajärvi \(KU005\)"):
        find_areas(listed[1:], "municipality", [], "x")
    with pytest.raises(DataError, match=r"KU005 could be each of"):
        find_areas([*listed, {**listed[0], "id": "ML.7"}], "municipality", [], "x")
    with pytest.raises(SourceError, match=r"lists ML\.biogeographicalProvince instead"):
        find_areas([{**listed[0], "areaType": "ML.biogeographicalProvince"}], "province", [], "x")


def test_the_recorded_provinces(shared: Path) -> None:
    file = shared / "recorded/laji_fi/areas_province.json"
    if not file.is_file():
        pytest.skip("the recorded areas are not at hand")
    listed = json.loads(file.read_text())["response"]["results"]
    found = find_areas(listed, "province", [], "x")
    assert list(found) == [r.code for r in region_codes.regions("maakunta")]
    assert (found["MK01"], found["MK18"], found["MK21"]) == ("ML.1227", "ML.1243", "ML.1245")
    biogeographical = file.with_name("areas_biogeographicalProvince.json")
    listed = json.loads(biogeographical.read_text())["response"]["results"]
    with pytest.raises(SourceError, match=r"lists ML\.biogeographicalProvince instead"):
        find_areas(listed, "province", [], "x")


def test_a_recorded_page_of_counts(shared: Path) -> None:
    file = shared / "recorded/laji_fi/finbif_occurrence_aggregate.yml"
    if not file.is_file():
        pytest.skip("the recorded counts are not at hand")
    found = re.search(r"string: '(\{[^\n]*\"speciesCount\"[^\n]*\})'", file.read_text())
    assert found is not None
    page = answers.page_of(found[1].encode(), "x")
    assert answers.number(page, "lastPage", "x") == 1
    field = "unit.recordBasis"
    tally = answers.Tally()
    tally.add(page, counts=True)
    assert tally.updated_at == "2025-09-28"
    assert f"{12655 + 184 + 3217} of the counted records" in tally.note
    layout = {"fields": [field], "quantities": ["count"], "regions": ["SSS"], "running": "2026"}
    with pytest.raises(SourceError, match="not counted by"):
        answers.rows_of(page, {**layout, "fields": [YEAR]}, "x")


def test_a_stored_file_that_is_something_else() -> None:
    layout = {"regions": ["SSS"], "fields": [YEAR], "quantities": ["count"], "running": "2026"}
    with pytest.raises(SourceError, match=r"f\.json: the answer is not JSON but 'hei'"):
        laji.read(b"hei", layout, "f.json", no_beside)
