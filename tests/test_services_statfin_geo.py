"""The local classifications and boundaries do what those of Statistics Finland are known to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import requests
from services.statfin_geo import Boundaries, Classifications

from tilannekuva import region_codes

API = "/api/classifications/v2"
WHOLE = {"content": "data", "meta": "max", "lang": "fi", "format": "json"}
OWS = "{http://www.opengis.net/ows/1.1}"
WFS = "{http://www.opengis.net/wfs/2.0}"


@pytest.fixture
def classes() -> Iterator[Classifications]:
    with Classifications() as service:
        yield service


@pytest.fixture
def borders() -> Iterator[Boundaries]:
    with Boundaries() as service:
        yield service


def get(service: Classifications, path: str, **params: str) -> requests.Response:
    return requests.get(service.address + API + path, params=params, timeout=5)


def items(service: Classifications, name: str, **params: str) -> list[dict[str, Any]]:
    answer = get(service, f"/classifications/{name}/classificationItems", **params or WHOLE)
    assert answer.status_code == 200
    return answer.json()


def features(service: Boundaries, layer: str, **params: object) -> requests.Response:
    asked = {
        "service": "WFS",
        "version": "2.0.0",
        "request": "GetFeature",
        "typeNames": f"tilastointialueet:{layer}",
        "outputFormat": "application/json",
    }
    return requests.get(service.address + service.path, params=asked | params, timeout=5)


# --- classifications ----------------------------------------------------------------------------


def test_items_have_codes_and_names(classes: Classifications) -> None:
    found = items(classes, "kunta_1_20260101")
    assert len(found) == 308
    kajaani = next(i for i in found if i["code"] == "205")
    assert kajaani == {
        "classification": kajaani["classification"],
        "localId": "kunta_1_20260101/205",
        "level": 1,
        "code": "205",
        "order": kajaani["order"],
        "modifiedDate": "2026-01-01T00:00:00Z",
        "parentItemLocalId": None,
        "parentCode": None,
        "classificationItemNames": [{"langName": "suomi", "lang": "fi", "name": "Kajaani"}],
        "explanatoryNotes": [],
        "classificationIndexEntry": [{"text": []}],
    }
    assert kajaani["classification"]["localId"] == "kunta_1_20260101"
    assert found[0]["code"] == "005"  # zeros are kept
    [name] = next(
        i["classificationItemNames"]
        for i in items(classes, "kunta_1_20260101", content="data", meta="max", lang="sv")
        if i["code"] == "205"
    )
    assert name == {"langName": "ruotsi", "lang": "sv", "name": "Kajana"}
    every = items(classes, "maakunta_1_20260101", content="data", meta="min")
    assert "classification" not in every[0]
    assert [n["lang"] for n in every[0]["classificationItemNames"]] == ["fi", "sv", "en"]
    assert len(every) == 19
    assert {i["code"] for i in every} >= {"01", "18", "21"}


def test_without_content_there_are_only_links(classes: Classifications) -> None:
    links = items(classes, "kunta_1_20260101", meta="max", lang="fi")
    assert len(links) == 308
    assert all(isinstance(link, str) for link in links)
    assert links[0].endswith("/classifications/kunta_1_20260101/classificationItems/005")
    table = "/correspondenceTables/kunta_1_20260101%23maakunta_1_20260101/maps"
    pairs = get(classes, table).json()
    assert len(pairs) == 308
    assert any(p.endswith("%23maakunta_1_20260101/maps/205/18") for p in pairs)


def test_tables_map_municipalities_in_the_division_of_the_year(classes: Classifications) -> None:
    def holders(level: str, year: int) -> dict[str, str]:
        table = f"/correspondenceTables/kunta_1_{year}0101%23{level}_1_{year}0101/maps"
        answer = get(classes, table, **WHOLE)
        assert answer.status_code == 200
        rows = answer.json()
        assert all(r["sourceLocalId"] == r["sourceItem"]["localId"] for r in rows)
        assert all(r["targetLocalId"].split("/")[1] == r["targetItem"]["code"] for r in rows)
        return {r["sourceItem"]["code"]: r["targetItem"]["code"] for r in rows}

    today = holders("maakunta", 2026)
    assert sorted(k for k, v in today.items() if v == "18") == [
        c.removeprefix("KU") for c in region_codes.children("MK18", "kunta")
    ]
    then = holders("maakunta", 2015)
    assert (then["785"], today["785"]) == ("18", "17")  # Vaala left Kainuu in 2016
    assert (len(then), len(holders("seutukunta", 2020))) == (317, 310)
    assert holders("hyvinvointialue", 2026)["205"] == "20"
    assert len(set(holders("evk", 2026).values())) == 10
    classes.maps_fail = True
    table = "/correspondenceTables/kunta_1_20260101%23maakunta_1_20260101/maps"
    assert get(classes, table, **WHOLE).status_code == 500
    assert get(classes, table).status_code == 200


def test_a_year_that_is_not_out_is_not_found(classes: Classifications) -> None:
    paths = (
        "/classifications/kunta_1_20270101/classificationItems",
        "/correspondenceTables/kunta_1_20270101%23maakunta_1_20270101/maps",
    )
    listed = get(classes, "/classifications").json()
    assert not any("2027" in link for link in listed)
    assert listed[-1].startswith(classes.address + API)
    assert {get(classes, p, **WHOLE).status_code for p in paths} == {404}
    classes.publish(2027)
    assert {get(classes, p, **WHOLE).status_code for p in paths} == {200}
    assert any("kunta_1_20270101" in link for link in get(classes, "/classifications").json())
    tables = get(classes, "/correspondenceTables").json()
    assert any(t.endswith("kunta_1_20270101%23maakunta_1_20270101") for t in tables)
    for wrong in (
        "/classifications/kunta_1_20120101/classificationItems",
        "/classifications/hyvinvointialue_1_20210101/classificationItems",
        "/classifications/evk_1_20250101/classificationItems",
        "/classifications/kylä_1_20260101/classificationItems",
        "/correspondenceTables/maakunta_1_20260101%23kunta_1_20260101/maps",
        "/correspondenceTables/kunta_1_20260101%23maakunta_1_20250101/maps",
        "/colours",
    ):
        assert get(classes, wrong, **WHOLE).status_code == 404, wrong
    assert requests.get(classes.address + "/api", timeout=5).status_code == 404


# --- boundaries ---------------------------------------------------------------------------------


def test_layers_of_municipalities_and_regions(borders: Boundaries) -> None:
    kunta = features(borders, "kunta1000k_2026").json()
    assert kunta["totalFeatures"] == kunta["numberMatched"] == kunta["numberReturned"] == 308
    first = kunta["features"][0]
    assert first["properties"] == {
        "id": 1, "kunta": "005", "vuosi": 2026,
        "nimi": "Alajärvi", "namn": "Alajärvi", "name": "Alajärvi",
    }  # fmt: skip
    assert first["geometry"]["type"] == "Polygon"
    maakunta = features(borders, "maakunta4500k_2026").json()
    assert maakunta["numberMatched"] == 19
    kainuu = next(f for f in maakunta["features"] if f["properties"]["maakunta"] == "18")
    assert (kainuu["properties"]["namn"], kainuu["properties"]["name"]) == ("Kajanaland", "Kainuu")
    # A square for every municipality of the division.
    assert len(kainuu["geometry"]["coordinates"]) == 8
    old = features(borders, "maakunta1000k_2015").json()
    kainuu = next(f for f in old["features"] if f["properties"]["maakunta"] == "18")
    assert len(kainuu["geometry"]["coordinates"]) == 9
    assert features(borders, "kunta1000k_2013").json()["numberMatched"] == 320
    undated = features(borders, "kunta1000k").json()
    assert undated["features"][0]["properties"]["vuosi"] == 2026


def test_coordinates_are_metres_unless_degrees_are_asked_for(borders: Boundaries) -> None:
    metres = features(borders, "kunta1000k_2026", count=1).json()
    assert metres["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::3067"
    west, south, east, north = metres["bbox"]
    assert east - west == north - south == 20_000
    assert south > 6_000_000
    for name in ("EPSG:4326", "urn:ogc:def:crs:EPSG::4326"):
        degrees = features(borders, "kunta1000k_2026", count=1, srsName=name).json()
        assert degrees["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::4326"
        ring = degrees["features"][0]["geometry"]["coordinates"][0]
        assert all(15 < lon < 33 and 59 < lat < 71 for lon, lat in ring)  # longitude comes first
        assert ring[0] == ring[-1]
    wrong = features(borders, "kunta1000k_2026", srsName="EPSG:2393")
    assert (wrong.status_code, "srsName" in wrong.text) == (400, True)


def test_degrees_agree_with_the_published_ones(shared: Path) -> None:
    from services.statfin_areas import degrees

    path = shared / "data" / "geometry" / "kainuu_8_kuntaa_2025.geojson"
    found = json.loads(path.read_text(encoding="utf-8"))["features"]
    theirs = next(f for f in found if f["properties"]["kunta"] == "105")["geometry"]
    path = Path(region_codes.__file__).parent / "data" / "regions" / "shapes_municipalities.json"
    ours = json.loads(path.read_text(encoding="utf-8"))["areas"]["KU105"]
    known = {tuple(p) for p in theirs["coordinates"][0]}
    turned = {tuple(round(x, 4) for x in degrees(*p)) for ring in ours for p in ring}
    near = {p for p in known if any(abs(p[0] - q[0]) + abs(p[1] - q[1]) < 3e-4 for q in turned)}
    assert len(near) >= len(known) / 2


def test_features_come_in_pages(borders: Boundaries) -> None:
    codes, start = [], 0
    while True:
        page = features(borders, "kunta1000k_2026", startIndex=start, count=100).json()
        assert page["numberMatched"] == 308
        codes += [f["properties"]["kunta"] for f in page["features"]]
        start += page["numberReturned"]
        if start >= page["numberMatched"]:
            break
    assert len(set(codes)) == len(codes) == 308
    past = features(borders, "kunta1000k_2026", startIndex=400, count=100).json()
    assert (past["numberReturned"], past["features"]) == (0, [])
    assert features(borders, "kunta1000k_2026", count="many").status_code == 400
    hits = features(borders, "kunta1000k_2026", resultType="hits")
    root = ElementTree.fromstring(hits.content)
    assert (root.attrib["numberMatched"], root.attrib["numberReturned"]) == ("308", "0")


def test_a_layer_of_another_year_is_an_exception(borders: Boundaries) -> None:
    answer = features(borders, "kunta1000k_2027")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/xml")
    root = ElementTree.fromstring(answer.content)
    assert root.tag == f"{OWS}ExceptionReport"
    [exception] = root
    assert exception.attrib == {"exceptionCode": "InvalidParameterValue", "locator": "typeName"}
    assert "kunta1000k_2027 unknown" in exception[0].text
    borders.publish(2027)
    assert features(borders, "kunta1000k_2027").json()["numberMatched"] == 308
    for wrong in ("hyvinvointialue1000k_2021", "kunta1000k_2012", "colours"):
        assert features(borders, wrong).status_code == 400
    missing = requests.get(borders.address + borders.path, timeout=5)
    assert (missing.status_code, "MissingParameterValue" in missing.text) == (400, True)
    assert requests.get(borders.address + "/geoserver", timeout=5).status_code == 404


def test_capabilities_list_the_layers(borders: Boundaries) -> None:
    asked = {"SERVICE": "WFS", "REQUEST": "GetCapabilities"}  # in capitals as well
    answer = requests.get(borders.address + borders.path, params=asked, timeout=5)
    names = [e.text for e in ElementTree.fromstring(answer.content).iter(f"{WFS}Name")]
    assert "tilastointialueet:kunta1000k_2026" in names
    assert "tilastointialueet:maakunta4500k_2013" in names
    assert "tilastointialueet:kunta1000k_2027" not in names
    systems = {e.text for e in ElementTree.fromstring(answer.content).iter(f"{WFS}DefaultCRS")}
    assert systems == {"urn:ogc:def:crs:EPSG::3067"}


def test_zeros_may_be_lost_and_answers_may_be_no_json(borders: Boundaries) -> None:
    borders.zeros_lost = True
    assert features(borders, "kunta1000k_2026").json()["features"][0]["properties"]["kunta"] == "5"
    xml = features(borders, "kunta1000k_2026", outputFormat="", count=2)
    assert xml.headers["Content-Type"] == "application/xml"
    borders.fail("kunta1000k", "html")
    assert "Huoltokatko" in features(borders, "kunta1000k_2026").text


def test_collections_have_the_shape_of_published_ones(borders: Boundaries, shared: Path) -> None:
    path = shared / "data" / "geometry" / "statfin_kunta1000k_2025_with_province.geojson"
    theirs = json.loads(path.read_text(encoding="utf-8"))
    ours = features(borders, "kunta1000k_2025", srsName="EPSG:4326").json()
    assert set(ours) == set(theirs)
    for key in set(ours) - {"features", "timeStamp", "bbox"}:
        assert ours[key] == theirs[key], key
    # The collector of that file added these two to every feature.
    added = {"neighbors", "province"}
    for one, other in zip(ours["features"], theirs["features"], strict=True):
        assert set(one) == set(other)
        assert set(one["properties"]) == set(other["properties"]) - added
        for key in ("kunta", "vuosi", "nimi"):
            assert one["properties"][key] == other["properties"][key]
        assert type(one["properties"]["id"]) is type(other["properties"]["id"])
