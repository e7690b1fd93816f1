"""The local FinBIF and the local files of emissions do what the publishers are known to do."""

from __future__ import annotations

import csv
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from services.core import Limit
from services.laji import Laji
from services.laji_units import TAXA, made_units, places
from services.recordings import recorded, shape
from services.syke import SECTORS, Syke

Ask = Callable[..., requests.Response]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


# --- FinBIF -------------------------------------------------------------------------------------


@pytest.fixture
def laji() -> Iterator[Laji]:
    with Laji() as service:
        yield service


@pytest.fixture
def ask(laji: Laji) -> Ask:
    who = {"Authorization": f"Bearer {laji.token}", "API-version": "1", "Accept-Language": "fi"}

    def asking(path: str, **params: object) -> requests.Response:
        return requests.get(laji.address + path, params=params, headers=who, timeout=5)

    return asking


UNIT = "/warehouse/query/unit/"
YEARLY = "gathering.conversions.year"


def test_finbif_lets_nobody_in_without_a_known_token(laji: Laji) -> None:
    for headers, status in (
        ({}, 401),
        ({"Authorization": "Basic eDp5"}, 401),
        ({"Authorization": "Bearer another"}, 403),
        ({"Authorization": f"Bearer {laji.token}"}, 200),
        ({"Authorization": f"Bearer {laji.token}", "API-version": "99"}, 400),
    ):
        answer = requests.get(laji.address + UNIT + "count", headers=headers, timeout=5)
        assert answer.status_code == status
        if status != 200:
            assert set(answer.json()) == {"message", "error", "statusCode"}
            assert answer.json()["statusCode"] == status
    old = f"{laji.address}/v0{UNIT}count?access_token={laji.token}"
    assert requests.get(old, timeout=5).status_code == 401
    laji.old_style = True
    assert requests.get(old, timeout=5).json() == {"total": len(laji.units)}


def test_finbif_counts_within_filters(laji: Laji, ask: Ask) -> None:
    def count(**params: object) -> int:
        return ask(UNIT + "count", **params).json()["total"]

    in_kainuu = [u for u in made_units() if places().province[u.municipality] == "ML.1243"]
    assert count(provinceId="ML.1243") == len(in_kainuu) > 300
    assert count(countryId="ML.206") == len(laji.units)
    kajaani = places().municipality["KU205"]
    in_kajaani = [u for u in in_kainuu if u.municipality == "KU205"]
    assert count(finnishMunicipalityId=kajaani) == len(in_kajaani)
    both = count(finnishMunicipalityId=f"{kajaani},ML.660")
    assert both == len(in_kajaani) + count(finnishMunicipalityId="ML.660")
    # The biogeographical province of the same name has other borders.
    assert count(biogeographicalProvinceId="ML.264") != len(in_kainuu)

    assert count(provinceId="ML.1243", time="2020") == sum(u.date[:4] == "2020" for u in in_kainuu)
    assert count(time="2000/2026") == len(laji.units)
    assert count(time="2020-01-01/2020-12-31") == count(time="2020")
    assert count(time="2020-03") == sum(u.date.startswith("2020-03") for u in laji.units)
    assert ask(UNIT + "count", time="last year").status_code == 400

    endangered = count(redListStatusId="MX.iucnEN,MX.iucnCR")
    assert endangered == sum(u.taxon.red in ("MX.iucnEN", "MX.iucnCR") for u in laji.units)
    appendix = count(administrativeStatusId="MX.finlex160_1997_appendix4_2021")
    assert 0 < appendix < len(laji.units)
    birds = count(informalTaxonGroupId="MVL.1")
    assert birds == count(taxonId="MX.37580") > 0
    assert count(taxonId="MX.37580", includeSubTaxa="false") == 0
    owl = count(taxonId="MX.28965")
    assert owl == count(taxonId="http://tun.fi/MX.28965") < birds
    # A filter that is spelt wrong is refused, not passed over.
    assert ask(UNIT + "count", provinceID="ML.1243").status_code == 400


def test_finbif_aggregates_by_fields_repeated_or_joined(laji: Laji, ask: Ask) -> None:
    status = "unit.linkings.taxon.latestRedListStatusFinland.status"
    first = ask(UNIT + "aggregate", aggregateBy=[YEARLY, status], provinceId="ML.1243").json()
    second = ask(UNIT + "aggregate", aggregateBy=f"{YEARLY},{status}", provinceId="ML.1243").json()
    assert first == second
    row = first["results"][0]
    assert set(row) == {"aggregateBy", "count"}
    assert set(row["aggregateBy"]) == {YEARLY, status}
    assert row["aggregateBy"][status].startswith("http://tun.fi/MX.iucn")
    counts = [r["count"] for r in first["results"]]
    assert counts == sorted(counts, reverse=True)

    by_year = ask(UNIT + "aggregate", aggregateBy=YEARLY, orderBy=f"{YEARLY} ASC").json()
    assert [r["aggregateBy"][YEARLY] for r in by_year["results"]] == [
        str(y) for y in range(2000, 2026)
    ]
    assert sum(r["count"] for r in by_year["results"]) == len(laji.units)
    assert ask(UNIT + "aggregate").status_code == 400
    assert ask(UNIT + "aggregate", aggregateBy="unit.colour").status_code == 400
    assert ask(UNIT + "aggregate", aggregateBy=YEARLY, orderBy="colour").status_code == 400


def test_finbif_says_more_of_a_group_when_asked(ask: Ask) -> None:
    def row(**params: object) -> dict[str, Any]:
        return ask(UNIT + "aggregate", aggregateBy="unit.recordBasis", **params).json()["results"][
            0
        ]

    long = row(onlyCount="false")
    assert {"individualCountSum", "oldestRecord", "securedCount"} <= set(long)
    assert "taxonCount" not in long
    short = row(onlyCount="true", taxonCounts="true")
    assert set(short) == {"aggregateBy", "count", "taxonCount", "speciesCount"}
    assert short["speciesCount"] == len(TAXA)
    assert {"pairCountSum", "pairCountMax"} <= set(row(pairCounts="true"))


def test_finbif_lists_selected_fields_in_pages(laji: Laji, ask: Ask) -> None:
    selected = "unit.unitId,document.loadDate"
    first = ask(UNIT + "list", selected=selected, pageSize=1000).json()
    assert (first["currentPage"], first["nextPage"], first["pageSize"]) == (1, 2, 1000)
    assert first["total"] == len(laji.units)
    assert first["lastPage"] == -(-len(laji.units) // 1000)
    last = ask(UNIT + "list", selected=selected, pageSize=1000, page=first["lastPage"]).json()
    assert "nextPage" not in last
    assert len(last["results"]) == len(laji.units) - 1000 * (first["lastPage"] - 1)
    latest = ask(UNIT + "list", selected=selected, orderBy="document.loadDate DESC", pageSize=1)
    assert latest.json()["results"][0]["document"] == {
        "loadDate": max(u.loaded for u in laji.units)
    }
    one = ask(UNIT + "list", selected="unit.unitId", orderBy="RANDOM:1", pageSize=5).json()
    assert one == ask(UNIT + "list", selected="unit.unitId", orderBy="RANDOM:1", pageSize=5).json()
    for wrong in ({"pageSize": 10_001}, {"page": 0}, {"page": "x"}, {"selected": "unit.colour"}):
        assert ask(UNIT + "list", **wrong).status_code == 400
    assert len(ask(UNIT + "list", pageSize=10_000).json()["results"]) == 10_000


def test_finbif_areas_have_pages_and_languages(laji: Laji, ask: Ask) -> None:
    provinces = ask("/areas", areaType="ML.province", lang="multi", pageSize=1000).json()
    numbers = {a["id"]: a["provinceCodeNumeric"] for a in provinces["results"]}
    assert (numbers["ML.1227"], numbers["ML.1243"], numbers["ML.1245"]) == ("01", "18", "21")
    found, page = [], 1
    while True:
        some = ask("/areas", areaType="ML.municipality", pageSize=100, page=page).json()
        found += some["results"]
        if "nextPage" not in some:
            break
        page = some["nextPage"]
    assert (page, len(found), some["total"], some["lastPage"]) == (4, 308, 308, 4)
    # Without lang=multi a name is a text, in the language of the header.
    assert {"areaType": "ML.municipality", "name": "Helsinki", "id": "ML.660"} in found
    assert len({a["id"] for a in found}) == 308
    assert ask("/areas", areaType="ML.country").json()["results"][0]["name"] == "Suomi"


def test_finbif_has_the_observations_that_were_published_since(laji: Laji, ask: Ask) -> None:
    asked = {"provinceId": "ML.1243", "redListStatusId": "MX.iucnCR", "time": "2026"}
    assert ask(UNIT + "count", **asked).json() == {"total": 0}
    laji.publish("KU205", "MX.900012", "2026-05-14", count=3)
    assert ask(UNIT + "count", **asked).json() == {"total": 3}


def test_finbif_refuses_the_eleventh_call_under_way(laji: Laji, ask: Ask) -> None:
    statuses: list[int] = []

    def call() -> None:
        statuses.append(ask(UNIT + "count").status_code)

    with laji.held():
        waiting = [threading.Thread(target=call) for _ in range(10)]
        for thread in waiting:
            thread.start()
        until = time.monotonic() + 5
        while laji.pending[laji.token] < 10 and time.monotonic() < until:
            time.sleep(0.005)
        refused = ask(UNIT + "count")
        assert (refused.status_code, refused.json()["statusCode"]) == (429, 429)
    for thread in waiting:
        thread.join()
    assert statuses == [200] * 10
    assert ask(UNIT + "count").status_code == 200


def test_finbif_has_a_limit_of_calls(laji: Laji, ask: Ask) -> None:
    clock = Clock()
    laji.clock, laji.limit = clock, Limit(2, 1.0)
    assert [ask(UNIT + "count").status_code for _ in range(3)] == [200, 200, 429]
    clock.now = 1.5
    assert ask(UNIT + "count").status_code == 200
    laji.fail("aggregate", "down")
    clock.now = 5
    assert ask(UNIT + "aggregate", aggregateBy=YEARLY).status_code == 503


def test_finbif_answers_have_the_shape_of_recorded_ones(ask: Ask, shared: Path) -> None:
    folder = shared / "recorded" / "laji_fi"
    for kind in ("province", "biogeographicalProvince"):
        theirs = json.loads((folder / f"areas_{kind}.json").read_text(encoding="utf-8"))["response"]
        ours = ask("/areas", areaType=f"ML.{kind}", lang="multi", pageSize=1000).json()
        assert list(ours) == ["total", "results", "currentPage", "pageSize", "lastPage", "@context"]
        assert {k: shape(v) for k, v in ours.items() if k != "results"} == {
            k: shape(v) for k, v in theirs.items() if k != "results"
        }
        for one, other in zip(ours["results"], theirs["results"], strict=True):
            assert set(one) == set(other)
            assert (one["id"], one["provinceCodeNumeric"], one["name"]["fi"]) == (
                other["id"], other["provinceCodeNumeric"], other["name"]["fi"],
            )  # fmt: skip
    short, long = (
        answer
        for address, answer in recorded(folder, "finbif_occurrence_aggregate.yml").items()
        if "/aggregate" in address
    )
    asked = {"aggregateBy": "unit.recordBasis", "page": 1}
    assert shape(ask(UNIT + "aggregate", **asked, pageSize=1).json()) == shape(short)
    ours = ask(UNIT + "aggregate", **asked, pageSize=5, taxonCounts="true").json()
    assert shape(ours) == shape(long)
    [listed] = recorded(folder, "finbif_last_mod1.yml").values()
    selected = {"selected": "unit.unitId,document.loadDate", "pageSize": 1}
    assert shape(ask(UNIT + "list", **selected).json()) == shape(listed)
    [(address, error)] = recorded(folder, "finbif_occurrence_api_error.yml").items()
    ours = ask("/xxxx/unit/list", selected="unit.unitId,unit.author", page=1)
    assert ours.status_code == 404
    assert shape(ours.json()) == shape(error)
    assert error["message"] == "Cannot GET " + address.removeprefix("https://api.laji.fi")
    wanted = "/xxxx/unit/list?selected=unit.unitId%2Cunit.author&page=1"
    assert ours.json() == error | {"message": f"Cannot GET {wanted}"}


# --- emissions ----------------------------------------------------------------------------------

KAJAANI = "/Tulokset_taso_5/kunta_205.csv"


@pytest.fixture
def syke() -> Iterator[Syke]:
    with Syke() as service:
        yield service


def file(service: Syke, path: str, **headers: str) -> requests.Response:
    named = {k.replace("_", "-"): v for k, v in headers.items()}
    return requests.get(service.address + path, headers=named, timeout=5)


def table(answer: requests.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(answer.content.decode("utf-8").splitlines(), delimiter=";"))


def test_emissions_are_in_a_file_for_every_municipality(syke: Syke) -> None:
    rows = table(file(syke, KAJAANI))
    assert list(rows[0]) == [
        "vuosi", "taso_3", "taso_4", "taso_5", "kt", "kt_tuuli", "GWh",
        "hinku_laskenta", "päästökauppa",
    ]  # fmt: skip
    assert {r["taso_3"] for r in rows} == {short for short, *_ in SECTORS.values()}
    assert sorted({int(r["vuosi"]) for r in rows}) == [1990, *range(2005, 2025)]
    assert all(re.fullmatch(r"-?\d+(,\d+)?|NA", r["kt"]) for r in rows)
    assert {"NULL", "NA"} <= {r[c] for r in rows for c in ("kt", "kt_tuuli", "GWh")}
    assert {r["päästökauppa"] for r in rows} == {"TRUE", "FALSE"}
    # Numbers are not padded: Akaa is 20, Alajärvi is 5.
    assert file(syke, "/Tulokset_taso_5/kunta_5.csv").status_code == 200
    for missing in ("kunta_005.csv", "kunta_1.csv", "kunta_940.csv", "kunta_205.xlsx"):
        assert file(syke, "/Tulokset_taso_5/" + missing).status_code == 404
    syke.names = "long"
    assert {r["taso_3"] for r in table(file(syke, KAJAANI))} == set(SECTORS)


def test_the_file_of_populations_has_its_year_in_the_name(syke: Syke) -> None:
    rows = table(file(syke, "/asukasluvut_2025.csv"))
    assert len(rows) == 308
    kajaani = next(r for r in rows if r["kuntanro"] == "205")
    assert (kajaani["kunta_fi"], kajaani["maakunta_fi"]) == ("Kajaani", "Kainuu")
    assert rows[0]["kuntanro"] == "5"
    syke.publish_year(2026)
    assert file(syke, "/asukasluvut_2025.csv").status_code == 404
    assert file(syke, syke.populations).status_code == 200
    assert max(r["vuosi"] for r in table(file(syke, KAJAANI))) == "2025"


def test_an_unchanged_file_is_not_sent_again(syke: Syke) -> None:
    first = file(syke, KAJAANI)
    tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert modified == "Mon, 08 Jun 2026 09:00:00 GMT"
    for again in ({"If_None_Match": tag}, {"If_Modified_Since": modified}):
        answer = file(syke, KAJAANI, **again)
        assert (answer.status_code, answer.content) == (304, b"")
    assert file(syke, KAJAANI, If_None_Match='"another"').status_code == 200
    assert file(syke, KAJAANI, If_None_Match='"x"', If_Modified_Since=modified).status_code == 200
    assert file(syke, KAJAANI, If_Modified_Since="yesterday").status_code == 200
    syke.publish(205, 0.5)
    changed = file(syke, KAJAANI, If_None_Match=tag, If_Modified_Since=modified)
    assert changed.status_code == 200
    assert changed.headers["Last-Modified"] > modified
    halves = [
        (float(a["kt"].replace(",", ".")), float(b["kt"].replace(",", ".")))
        for a, b in zip(table(first), table(changed), strict=True)
        if a["kt"] != "NA"
    ]
    assert all(new == pytest.approx(old / 2, rel=1e-4) for old, new in halves)
    assert file(syke, "/Tulokset_taso_5/kunta_5.csv").headers["Last-Modified"] == modified
    head = requests.head(syke.address + KAJAANI, timeout=5)
    assert (head.headers["ETag"], head.content) == (changed.headers["ETag"], b"")


def test_the_folder_says_when_files_changed(syke: Syke) -> None:
    page = file(syke, "/Tulokset_taso_5/").text
    assert page.count("kunta_") == 2 * 308
    assert "2026-06-08 09:00" in page
    syke.fail("kunta_205", "truncated")
    with pytest.raises(requests.exceptions.RequestException):
        file(syke, KAJAANI, Accept_Encoding="identity")
