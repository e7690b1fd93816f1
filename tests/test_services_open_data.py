"""The local Vipunen and catalogue of open data do what the publishers are known to do."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from services import rsql
from services.open_data import Ckan, Vipunen

WHO = {"Caller-Id": "example.tilannekuva"}


@pytest.fixture
def vipunen() -> Iterator[Vipunen]:
    with Vipunen() as service:
        yield service


@pytest.fixture
def ckan() -> Iterator[Ckan]:
    with Ckan() as service:
        yield service


def resource(service: Vipunen, path: str = "", **params: object) -> requests.Response:
    address = service.address + "/api/resources" + path
    return requests.get(address, params=params, headers=WHO, timeout=5)


def action(service: Ckan, name: str, **params: object) -> requests.Response:
    address = f"{service.address}{service.base}/api/3/action/{name}"
    return requests.get(address, params=params, timeout=5)


# --- Vipunen ------------------------------------------------------------------------------------


def test_vipunen_lists_names_and_fields(vipunen: Vipunen) -> None:
    names = resource(vipunen).json()
    assert names == ["avoin_yliopisto", "suorittanut55"]
    fields = {n: [f["name"] for f in resource(vipunen, f"/{n}").json()] for n in names}
    # The year has another name in every resource.
    assert fields["avoin_yliopisto"][0] == "tilastovuosi"
    assert fields["suorittanut55"][0] == "vuosi"
    for missing in ("/colours", "/colours/data", "/colours/data/count"):
        assert resource(vipunen, missing).status_code == 404


def test_vipunen_asks_who_is_calling(vipunen: Vipunen) -> None:
    address = vipunen.address + "/api/resources"
    answer = requests.get(address, timeout=5)
    assert (answer.status_code, "Caller-Id" in answer.json()["message"]) == (400, True)
    assert requests.get(address, headers={"Caller-Id": ""}, timeout=5).status_code == 400
    vipunen.needs_caller = False
    assert requests.get(address, timeout=5).status_code == 200


def test_vipunen_has_pages_by_offset(vipunen: Vipunen) -> None:
    count = resource(vipunen, "/avoin_yliopisto/data/count").json()
    assert count == len(resource(vipunen, "/avoin_yliopisto/data").json()) == 342
    found: list[dict[str, Any]] = []
    while page := resource(vipunen, "/avoin_yliopisto/data", limit=100, offset=len(found)).json():
        found += page
    assert found == resource(vipunen, "/avoin_yliopisto/data").json()
    assert resource(vipunen, "/avoin_yliopisto/data", limit="all").status_code == 400
    assert resource(vipunen, "/avoin_yliopisto/data", offset=-1).status_code == 400


def test_vipunen_filters_rows(vipunen: Vipunen) -> None:
    def count(text: str, name: str = "avoin_yliopisto") -> int:
        rows = resource(vipunen, f"/{name}/data", filter=text).json()
        assert resource(vipunen, f"/{name}/data/count", filter=text).json() == len(rows)
        return len(rows)

    assert count("tilastovuosi=='2023'") == count("tilastovuosi==2023") == 18
    assert count("tilastovuosi=='2023';sukupuoli==nainen") == 9
    assert count("tilastovuosi=='2023' and sukupuoli=='nainen'") == 9
    assert count("tilastovuosi=='2023',tilastovuosi=='2024'") == 36
    assert count("tilastovuosi==2023;sukupuoli==mies,tilastovuosi==2024") == 9 + 18
    assert count("(tilastovuosi==2023,tilastovuosi==2024);sukupuoli==mies") == 18
    assert count("tilastovuosi=in=(2023,2024);yliopisto=='Oulun*'") == 12
    assert count("tilastovuosi>=2024") == count("tilastovuosi=ge=2024") == 36
    assert count("maakunta==Kainuu", "suorittanut55") == 14
    assert count("koodit_maakunta==18", "suorittanut55") == 14
    for wrong in ("vuosi==2023", "tilastovuosi=2023", "tilastovuosi=='a'", "(vuosi==1", "a==1;;"):
        answer = resource(vipunen, "/avoin_yliopisto/data", filter=wrong)
        assert (answer.status_code, set(answer.json())) == (400, {"status", "error", "message"})


def test_filters_follow_the_rules_of_rsql() -> None:
    fields = {"year-2011": "number", "name": "string"}
    row = {"year-2011": 5, "name": "it's [a] b"}
    for text, true in (
        ("year-2011==5", True),
        ("year-2011!=5", False),
        ("year-2011<5", False),
        ("year-2011<=5", True),
        ("year-2011=lt=6;year-2011=gt=4", True),
        ("year-2011=out=(1,2)", True),
        (r"name=='it\'s [a] b'", True),
        ('name=="it\'s *"', True),
        ("name!='it*'", False),
        ("name>a or name==x", True),
    ):
        assert rsql.parse(text, fields)(row) is true, text
    for text in ("name", "name==", "name=in=a", "name=in=(a", "name~a", "name=foo=a", "name==a b"):
        with pytest.raises(rsql.BadFilter):
            rsql.parse(text, fields)
    assert rsql.parse("year-2011>1", fields)({"year-2011": None, "name": ""}) is False


def test_vipunen_gives_what_was_published_since(vipunen: Vipunen) -> None:
    vipunen.publish("uusi", [{"vuosi": 2026, "arvo": None}])
    assert resource(vipunen).json()[-1] == "uusi"
    assert resource(vipunen, "/uusi/data").json() == [{"vuosi": 2026, "arvo": None}]
    vipunen.fail("data", "too_many", retry_after=3)
    assert resource(vipunen, "/uusi/data").headers["Retry-After"] == "3"


def test_vipunen_has_the_shape_of_recorded_answers(vipunen: Vipunen, shared: Path) -> None:
    folder = shared / "recorded" / "vipunen"
    fields = json.loads((folder / "julkaisut.json").read_text(encoding="utf-8"))
    ours = resource(vipunen, "/avoin_yliopisto").json()
    assert {tuple(f) for f in ours} == {tuple(f) for f in fields} == {("name", "type")}
    assert {f["type"] for f in ours} == {f["type"] for f in fields} == {"number", "string"}
    count = json.loads((folder / "avoin_yliopisto_data_count.json").read_text(encoding="utf-8"))
    assert resource(vipunen, "/avoin_yliopisto/data/count").json() == count


# --- the catalogue ------------------------------------------------------------------------------


def test_a_search_finds_the_packages_of_an_organization(ckan: Ckan) -> None:
    answer = action(ckan, "package_search", fq="organization:kela").json()
    assert list(answer) == ["help", "success", "result"]
    assert answer["help"].endswith("/data/api/3/action/help_show?name=package_search")
    assert answer["success"] is True
    result = answer["result"]
    assert (result["count"], len(result["results"])) == (2, 2)
    first = action(ckan, "package_search", fq="organization:kela", rows=1, start=1).json()["result"]
    assert (first["count"], [p["name"] for p in first["results"]]) == (2, ["kelan-kuntoutus"])
    named = action(ckan, "package_search", q="talous").json()["result"]
    assert [p["name"] for p in named["results"]] == ["valtion-talous"]
    both = action(ckan, "package_search", fq='organization:"kela" AND res_format:CSV').json()
    assert both["result"]["count"] == 1
    assert action(ckan, "package_search", q="*:*").json()["result"]["count"] == 3
    address = f"{ckan.address}/data/api/3/action/package_search"
    posted = requests.post(address, json={"fq": "name:valtion-talous", "rows": 5}, timeout=5).json()
    assert posted["result"]["count"] == 1


def test_a_package_shows_its_resources_and_their_files(ckan: Ckan) -> None:
    by_name = action(ckan, "package_show", id="kelan-etuudet-kunnittain").json()["result"]
    assert action(ckan, "package_show", id=by_name["id"]).json()["result"] == by_name
    assert [r["name"] for r in by_name["resources"]] == [
        "etuudet_2024.csv", "etuudet_2025.csv", "package.json",
    ]  # fmt: skip
    table, other, described = by_name["resources"]
    shown = action(ckan, "resource_show", id=other["id"]).json()["result"]
    assert shown == other
    file = requests.get(table["url"], timeout=5)
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert len(file.content) == table["size"]
    rows = list(csv.DictReader(file.content.decode("utf-8").splitlines()))
    assert {r["vuosi"] for r in rows} == {"2024"}
    assert {r["kunta_nimi"] for r in rows} >= {"Kajaani", "Hyrynsalmi"}
    assert {r["etuus"] for r in rows} == {"Perustoimeentulotuki", "Asumistuki, yleinen"}
    assert requests.get(described["url"], timeout=5).json()["resources"]
    again = {"If-None-Match": file.headers["ETag"]}
    assert requests.get(table["url"], headers=again, timeout=5).status_code == 304
    assert requests.get(table["url"] + "x", timeout=5).status_code == 404


def test_errors_have_their_own_shape(ckan: Ckan) -> None:
    for answer, status, kind in (
        (action(ckan, "package_show", id="colours"), 404, "Not Found Error"),
        (action(ckan, "package_show"), 409, "Validation Error"),
        (action(ckan, "package_search", rows="many"), 409, "Validation Error"),
        (action(ckan, "package_search", fq="colour:red"), 409, "Validation Error"),
    ):
        assert answer.status_code == status
        assert list(answer.json()) == ["help", "success", "error"]
        assert (answer.json()["success"], answer.json()["error"]["__type"]) == (False, kind)
    unknown = action(ckan, "package_paint")
    assert (unknown.status_code, "not known" in unknown.json()) == (400, True)


def test_publishing_a_file_changes_the_times(ckan: Ckan) -> None:
    def package() -> dict[str, Any]:
        return action(ckan, "package_show", id="kelan-etuudet-kunnittain").json()["result"]

    before = package()
    old = {r["name"]: r for r in before["resources"]}
    ckan.publish("kelan-etuudet-kunnittain", "etuudet_2025.csv", b"vuosi,kunta_nro\n2025,205\n")
    ckan.publish("kelan-etuudet-kunnittain", "etuudet_2026.csv", b"vuosi,kunta_nro\n2026,205\n")
    after = package()
    new = {r["name"]: r for r in after["resources"]}
    assert after["metadata_modified"] > before["metadata_modified"]
    assert new["etuudet_2025.csv"]["last_modified"] > old["etuudet_2025.csv"]["last_modified"]
    assert new["etuudet_2025.csv"]["id"] == old["etuudet_2025.csv"]["id"]
    assert new["etuudet_2024.csv"] == old["etuudet_2024.csv"]
    assert (after["num_resources"], new["etuudet_2026.csv"]["format"]) == (4, "CSV")
    assert "2026,205" in requests.get(new["etuudet_2026.csv"]["url"], timeout=5).text
    ckan.fail("download", "reset")
    with pytest.raises(requests.exceptions.RequestException):
        requests.get(new["etuudet_2026.csv"]["url"], timeout=5)


def test_another_catalogue_has_another_base() -> None:
    with Ckan(base="") as service:
        assert action(service, "package_search").json()["result"]["count"] == 3
        assert (
            requests.get(
                f"{service.address}/data/api/3/action/package_search", timeout=5
            ).status_code
            == 404
        )
