"""The local GBIF does what the publisher is known to do; a published client takes it for real."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from services.core import Limit
from services.gbif import Gbif
from services.recordings import recorded, shape

COL = "7ddf754f-d193-4cc9-b351-99906754a03b"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def gbif() -> Iterator[Gbif]:
    with Gbif() as service:
        yield service


def search(service: Gbif, what: str = "search", **params: object) -> requests.Response:
    return requests.get(f"{service.address}/v1/occurrence/{what}", params=params, timeout=5)


def order(service: Gbif, auth: tuple[str, str] | None = None, **request: object) -> str:
    address = service.address + "/v1/occurrence/download/request"
    answer = requests.post(address, json=request, auth=auth or service.account, timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"]) == (201, "application/json")
    return answer.text


def look(service: Gbif, key: str) -> dict[str, Any]:
    return requests.get(f"{service.address}/v1/occurrence/download/{key}", timeout=5).json()


CUBE = """SELECT "year", GBIF_EEARGCode(1000, decimalLatitude, decimalLongitude,
    COALESCE(coordinateUncertaintyInMeters, 1000)) AS eeaCellCode, speciesKey,
    COUNT(*) AS occurrences FROM occurrence
    WHERE countryCode = 'FI' AND "year" >= 2020 AND speciesKey IS NOT NULL
    GROUP BY "year", eeaCellCode, speciesKey"""


def test_gbif_searches_in_pages_of_at_most_300(gbif: Gbif) -> None:
    page = search(gbif, country="FI", limit=1000).json()
    assert (page["limit"], len(page["results"]), page["endOfRecords"]) == (300, 300, False)
    assert search(gbif).json()["limit"] == 20
    keys, offset = [], 0
    while True:
        page = search(gbif, country="AX", limit=300, offset=offset).json()
        keys += [r["key"] for r in page["results"]]
        if page["endOfRecords"]:
            break
        offset += 300
    assert len(set(keys)) == len(keys) == page["count"]
    with Gbif(times=100) as many:
        assert search(many, limit=0).json()["count"] > 100_000
        assert search(many, offset=99_700, limit=300).status_code == 200
        assert search(many, offset=99_701, limit=300).status_code == 400
    assert search(gbif, limit="all").status_code == 400


def test_gbif_chooses_by_parameters(gbif: Gbif) -> None:
    def count(**params: object) -> int:
        return search(gbif, "count", **params).json()

    whole = count()
    assert search(gbif, limit=0).json()["count"] == whole
    # Åland is a country of its own.
    assert count(country="FI") + count(country="AX") + count(country="SE") == whole
    assert count(country=["FI", "AX"]) == count(country="FI") + count(country="AX")
    assert count(gadmGid="FIN") == count(country="FI") > count(gadmGid="FIN.3_1") > 0
    assert count(year="2000,2009") + count(year="2010,*") == whole
    assert search(gbif, "count", year="x").status_code == 400
    assert count(taxonKey=212) == sum(count(speciesKey=9_000_000 + n) for n in (1, 2, 3, 4))
    # Keys are other ones in the other checklist, and no numbers.
    assert count(taxonKey="9AA01") == 0
    assert count(taxonKey="9AA01", checklistKey=COL) == count(taxonKey=9000001) > 0
    assert count(hasCoordinate="true") == whole
    assert count(license="CC_BY_NC_4_0") < whole
    assert count(colour="red") == whole  # passed over


def test_gbif_counts_facets(gbif: Gbif) -> None:
    answer = search(gbif, country="FI", facet=["year", "speciesKey"], facetLimit=30, limit=0).json()
    assert answer["results"] == []
    years, species = answer["facets"]
    assert (years["field"], species["field"]) == ("YEAR", "SPECIES_KEY")
    assert len(years["counts"]) == 26
    assert sum(c["count"] for c in years["counts"]) == answer["count"]
    counts = [c["count"] for c in years["counts"]]
    assert counts == sorted(counts, reverse=True)
    assert len(search(gbif, facet="year", limit=0).json()["facets"][0]["counts"]) == 10
    named = search(gbif, **{"facet": "year", "year.facetLimit": 3}, limit=0).json()
    assert len(named["facets"][0]["counts"]) == 3
    assert search(gbif, facet="colour").status_code == 400
    by_year = search(gbif, "counts/year", year="2001,2003").json()
    assert set(by_year) == {"2001", "2002", "2003"}
    assert set(search(gbif, "counts/countries").json()) == {"FINLAND", "ALAND_ISLANDS", "SWEDEN"}
    assert search(gbif, "counts/colours").status_code == 404


def test_gbif_limits_calls_and_says_how_many_there_were() -> None:
    clock = Clock()
    with Gbif(clock, limit=Limit(2, 60), excess=503) as service:
        answers = [search(service, "count") for _ in range(3)]
        assert [a.status_code for a in answers] == [200, 200, 503]
        marks = [(a.headers["x-varnish-rli"], a.headers["x-varnish-rlg"]) for a in answers]
        assert marks == [("1", "2"), ("2", "2"), ("3", "2")]
        service.excess = 429
        assert search(service, "count").status_code == 429
        clock.now = 61
        assert search(service, "count").status_code == 200


def test_gbif_makes_a_cube_while_it_is_looked_at(gbif: Gbif) -> None:
    key = order(gbif, format="SQL_TSV_ZIP", sql=CUBE)
    looks = [look(gbif, key) for _ in range(3)]
    assert [m["status"] for m in looks] == ["PREPARING", "RUNNING", "SUCCEEDED"]
    assert (looks[0]["totalRecords"], looks[0]["size"]) == (0, 0)
    meta = looks[-1]
    assert meta["doi"].startswith("10.15468/dl.")
    file = requests.get(meta["downloadLink"], timeout=5).content
    assert len(file) == meta["size"]
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        [name] = archive.namelist()
        lines = archive.read(name).decode().splitlines()
    rows = list(csv.DictReader(lines, delimiter="\t"))
    assert lines[0] == "year\teeacellcode\tspecieskey\toccurrences"
    assert len(rows) == meta["totalRecords"]
    assert (
        sum(int(r["occurrences"]) for r in rows)
        == search(gbif, "count", country="FI", year="2020,*").json()
    )


def test_gbif_downloads_records_by_predicate(gbif: Gbif) -> None:
    predicate = {
        "type": "and",
        "predicates": [
            {"type": "equals", "key": "COUNTRY", "value": "FI"},
            {"type": "greaterThanOrEquals", "key": "YEAR", "value": "2024"},
            {"type": "not", "predicate": {"type": "in", "key": "TAXON_KEY", "values": ["212"]}},
            {"type": "isNotNull", "parameter": "YEAR"},
        ],
    }
    key = order(gbif, creator="synthetic", format="SIMPLE_CSV", predicate=predicate)
    [*_, meta] = [look(gbif, key) for _ in range(3)]
    assert meta["status"] == "SUCCEEDED"
    count = search(gbif, "count", country="FI", year="2024,*", taxonKey=[216, 359]).json()
    assert meta["totalRecords"] == count
    file = requests.get(meta["downloadLink"], timeout=5).content
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        text = archive.read(archive.namelist()[0]).decode()
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    columns = search(gbif, "download/describe/simpleCsv").json()["fields"]
    assert list(rows[0]) == [c["name"] for c in columns]
    assert {r["license"] for r in rows} <= {"CC0_1_0", "CC_BY_4_0", "CC_BY_NC_4_0"}


@pytest.mark.parametrize("ending", ["FAILED", "KILLED", "SUSPENDED"])
def test_gbif_downloads_may_end_badly(gbif: Gbif, ending: Any) -> None:
    gbif.end_next(ending)
    key = order(gbif, format="SQL_TSV_ZIP", sql=CUBE)
    assert [look(gbif, key)["status"] for _ in range(4)][2:] == [ending, ending]
    assert requests.get(look(gbif, key)["downloadLink"], timeout=5).status_code == 404
    if ending == "SUSPENDED":
        gbif.resume(key)
        assert [look(gbif, key)["status"] for _ in range(2)] == ["RUNNING", "SUCCEEDED"]


def test_gbif_refuses_downloads_and_says_why(gbif: Gbif) -> None:
    address = gbif.address + "/v1/occurrence/download/request"

    def refused(
        auth: tuple[str, str] | None, path: str = "", **request: object
    ) -> requests.Response:
        return requests.post(address + path, json=request, auth=auth, timeout=5)

    good = {"format": "SQL_TSV_ZIP", "sql": CUBE}
    assert refused(None, **good).status_code == 401
    assert refused(("synthetic", "wrong"), **good).status_code == 401
    assert refused(gbif.account, **good, creator="another").status_code == 403
    for wrong in (
        {"format": "PDF"},
        {"format": "SQL_TSV_ZIP"},
        {"format": "SQL_TSV_ZIP", "sql": "DELETE FROM occurrence"},
        {"format": "SQL_TSV_ZIP", "sql": CUBE.replace('"year"', "year")},
        {"format": "SQL_TSV_ZIP", "sql": CUBE.replace("speciesKey,", "colour,", 1)},
        {"format": "SQL_TSV_ZIP", "sql": CUBE.replace("speciesKey", "basisOfRecord", 1)},
        {"format": "SIMPLE_CSV", "predicate": {"type": "equals", "key": "COLOUR", "value": "1"}},
    ):
        answer = refused(gbif.account, **wrong)
        assert answer.status_code == 400
        assert answer.json()["reason"]
        # Anyone may have a query looked at beforehand.
        assert refused(None, "/validate", **wrong).status_code == 400
    assert refused(None, "/validate", **good).json()["sql"] == CUBE
    assert not gbif.downloads
    keys = [order(gbif, **good) for _ in range(3)]
    crowded = refused(gbif.account, **good)
    assert (crowded.status_code, "simultaneous" in crowded.text) == (420, True)
    deleted = requests.delete(f"{address}/{keys[0]}", auth=gbif.account, timeout=5)
    assert (deleted.status_code, look(gbif, keys[0])["status"]) == (204, "CANCELLED")
    assert refused(gbif.account, **good).status_code == 201


def test_gbif_has_the_records_that_were_published_since(gbif: Gbif) -> None:
    gbif.publish(2026, "Gulo gulo", 7)
    assert search(gbif, "count", country="FI", year=2026).json() == 7
    gbif.fail("search", "html")
    assert search(gbif).headers["Content-Type"] == "text/html"


def test_gbif_answers_have_the_shape_of_recorded_ones(gbif: Gbif, shared: Path) -> None:
    folder = shared / "recorded" / "gbif"
    [described] = recorded(folder, "pygbif_test_download_describe.yaml").values()
    assert search(gbif, "download/describe/simpleCsv").json() == described
    for name, what in (
        ("pygbif_test_count.yaml", "count"),
        ("pygbif_test_count_basisofrecord.yaml", "counts/basisOfRecord"),
        ("pygbif_test_count_countries.yaml", "counts/countries"),
        ("pygbif_test_count_publishingcountries.yaml", "counts/publishingCountries"),
    ):
        [theirs] = recorded(folder, name).values()
        answer = search(gbif, what)
        assert answer.headers["Content-Type"] == "application/json"
        ours = answer.json()
        assert isinstance(ours, type(theirs))
        if isinstance(theirs, dict):
            assert {type(v) for v in ours.values()} == {type(v) for v in theirs.values()} == {int}
            assert {re.fullmatch("[A-Z_]+", k) is not None for k in ours} == {True}
    # The same empty parameter as R's client sends.
    empty = {"occurrenceStatus": "PRESENT", "limit": 0, "offset": 0, "facetLimit": ""}
    for theirs in recorded(folder, "rgbif_occ_count.yml").values():
        assert shape(search(gbif, **empty).json()) == shape(theirs)
    for theirs in recorded(folder, "rgbif_occ_count_nucleotideSequence_facet.yml").values():
        assert shape(search(gbif, **empty, facet="basisOfRecord").json()) == shape(theirs)
    [record] = recorded(folder, "pygbif_test_get.yaml").values()
    ours = search(gbif, country="FI", limit=1).json()["results"][0]
    for key in set(ours) & set(record) - {"issues"}:
        assert shape(ours[key]) == shape(record[key]), key
    assert set(ours) - set(record) <= {"country", "countryCode", "gbifID", "class"}


@pytest.fixture
def occurrences(gbif: Gbif, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A published client that thinks it talks to GBIF."""
    pytest.importorskip("pygbif", reason="pygbif comes with the test extra")
    from pygbif import occurrences

    sent = requests.Session.request

    def redirected(session: requests.Session, method: str, url: str, **more: Any) -> Any:
        local = re.sub(r"^https?://api\.gbif\.org", gbif.address, url)
        assert local.startswith(gbif.address + "/v1/"), url
        return sent(session, method, local, **more)

    monkeypatch.setattr(requests.Session, "request", redirected)
    return occurrences


def test_a_published_client_counts_and_searches(gbif: Gbif, occurrences: Any) -> None:
    whole = sum(g.size for g in gbif.groups)
    assert occurrences.count() == whole
    assert occurrences.count(country="FI", year=2020) > 0
    assert occurrences.count(taxonKey="9AA01") > 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert occurrences.count(taxonKey=9000001) == occurrences.count(taxonKey="9AA01")
    assert occurrences.count_year("2000,2001").keys() == {"2000", "2001"}
    assert sum(occurrences.count_basisofrecord().values()) == whole
    found = occurrences.search(
        country="FI", facet=["year", "basisOfRecord"], facetMincount=1, limit=5
    )
    assert len(found["results"]) == 5
    assert [f["field"] for f in found["facets"]] == ["YEAR", "BASIS_OF_RECORD"]
    assert occurrences.search(country="FI", limit=1000)["limit"] == 300
    by_year = occurrences.search(facet="year", year_facetLimit=2, limit=0)
    assert len(by_year["facets"][0]["counts"]) == 2
    assert len(occurrences.download_describe("simpleCsv")["fields"]) == 50


def test_a_published_client_downloads(gbif: Gbif, occurrences: Any, tmp_path: Path) -> None:
    user, password = gbif.account
    who = {"user": user, "pwd": password, "email": "nobody@example.org"}
    key, _ = occurrences.download(["country = FI", "year >= 2024"], **who)
    statuses = [occurrences.download_meta(key)["status"] for _ in range(3)]
    assert statuses == ["PREPARING", "RUNNING", "SUCCEEDED"]
    got = occurrences.download_get(key, str(tmp_path))
    with zipfile.ZipFile(got["path"]) as archive:
        lines = archive.read(f"{key}.csv").decode().splitlines()
    assert len(lines) - 1 == search(gbif, "count", country="FI", year="2024,*").json()
    assert occurrences.download_list(user, password)["results"][0]["key"] == key
    cube = occurrences.download_sql(CUBE, **who)
    assert occurrences.download_cancel(cube, user, password)
    assert occurrences.download_meta(cube)["status"] == "CANCELLED"
    from pygbif.occurrences.download import GbifDownloadError

    with pytest.raises(GbifDownloadError, match="401"):
        occurrences.download("country = FI", **who | {"pwd": "wrong"})
