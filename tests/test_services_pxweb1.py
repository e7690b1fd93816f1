"""The local PxWeb v1 server keeps to the wire: lists, metadata, queries, limits, changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from services.cubes import (
    Cube,
    Variable,
    ages,
    areas,
    contents,
    generated,
    jsonstat2,
    select,
    sexes,
    years,
)
from services.pxweb1 import PxWeb1
from services.pxweb1_tables import synthetic_cubes

BASE = "/PXWeb/api/v1"
TABLE = f"{BASE}/fi/StatFin/synt/90re.px"
AREA, AGE, SEX = "alue_23_20260101", "ikaryhma_10_20180101", "sukupuoli_9_20180101"
TIME, WHAT = "timeperiod_y", "contentscode"


def small() -> Cube:
    """29 areas, 7 ages, 3 sexes, 4 years, one figure: 2 436 cells."""
    labels = {"synt-vaesto": {"fi": "Väestö", "sv": "Befolkning", "en": "Population"}}
    return generated("90re", [areas(), ages(5), sexes(), years(2022, 2025), contents(labels)])


@pytest.fixture
def server() -> Iterator[PxWeb1]:
    with PxWeb1([small(), *synthetic_cubes()[2:]], calls=1000) as running:
        yield running


def get(server: PxWeb1, path: str, **more: Any) -> requests.Response:
    return requests.get(server.address + path, timeout=5, **more)


def ask(
    server: PxWeb1, *selections: tuple[str, str | None, list[Any]],
    path: str = TABLE, shape: str | None = "json-stat2",
) -> requests.Response:  # fmt: skip
    """POST a query of (variable, filter, values)."""
    query = [
        {"code": c, "selection": {"values": v} if f is None else {"filter": f, "values": v}}
        for c, f, v in selections
    ]
    body: dict[str, Any] = {"query": query}
    if shape is not None:
        body["response"] = {"format": shape}
    return requests.post(server.address + path, json=body, timeout=5)


# --- lists and metadata -------------------------------------------------------------------------


def test_databases_have_a_dbid_and_finnish_has_the_most(server: PxWeb1) -> None:
    found = get(server, f"{BASE}/fi").json()
    assert {"dbid": "StatFin", "text": "StatFin"} in found
    assert {d["dbid"] for d in found} == {"StatFin", "StatFin_Passiivi", "Kuntien_avainluvut"}
    assert [d["dbid"] for d in get(server, f"{BASE}/en/").json()] == ["StatFin"]


def test_the_base_may_be_written_either_way(server: PxWeb1) -> None:
    assert get(server, "/PxWeb/api/v1/fi").json() == get(server, f"{BASE}/fi").json()


def test_folders_and_tables_are_told_apart(server: PxWeb1) -> None:
    folders = get(server, f"{BASE}/fi/StatFin").json()
    assert [f["id"] for f in folders] == ["synt", "tyonv", "tyti"]
    assert all(f["type"] == "l" and "updated" not in f for f in folders)
    assert folders[0]["text"] == "synt (synteettinen)"
    (table,) = get(server, f"{BASE}/en/StatFin/synt").json()
    assert table == {
        "id": "90re.px",
        "type": "t",
        "text": "90re -- Taulukko 90re (synthetic)",
        "updated": "2026-04-01T08:00:00",  # local summer time, no zone; 05:00 in UTC
    }


def test_folders_may_nest() -> None:
    cube = generated("90ne", [areas(), years(2025, 2025)], folder="synt/2026")
    with PxWeb1([cube]) as server:
        assert [n["id"] for n in get(server, f"{BASE}/fi/StatFin/synt").json()] == ["2026"]
        assert get(server, f"{BASE}/fi/StatFin/synt/2026").json()[0]["id"] == "90ne.px"
        assert get(server, f"{BASE}/fi/StatFin/synt/2026/90ne.px").ok


def test_metadata_says_nothing_that_is_false(server: PxWeb1) -> None:
    found = get(server, TABLE).json()
    assert set(found) == {"title", "variables"}
    assert found["title"].startswith("Taulukko 90re (synteettinen) muuttujina Alue, Ikä, ")
    area, age, _, time, what = found["variables"]
    assert set(area) == {"code", "text", "values", "valueTexts", "map"}
    assert area["map"] == "Alue 2026"
    assert age["elimination"] is True
    assert time["time"] is True
    assert time["valueTexts"][-1] == "2025*"
    assert time["values"][-1] == "2025"
    assert set(what) == {"code", "text", "values", "valueTexts"}


def test_language_comes_from_the_path(server: PxWeb1) -> None:
    swedish = get(server, TABLE.replace("/fi/", "/sv/")).json()
    assert [v["text"] for v in swedish["variables"]] == [
        "Område", "Ålder", "Kön", "År", "Uppgifter",
    ]  # fmt: skip
    assert swedish["variables"][0]["code"] == AREA


def test_a_long_variable_is_described_without_its_values() -> None:
    with PxWeb1([small()], max_values=10) as server:
        area, age, *_ = get(server, TABLE).json()["variables"]
        assert area["values"] is None
        assert area["valueTexts"] is None
        assert len(age["values"]) == 7


def test_the_folder_may_be_left_out(server: PxWeb1) -> None:
    short = f"{BASE}/fi/StatFin/90re.px"
    assert get(server, short).json() == get(server, TABLE).json()
    assert ask(server, (TIME, "top", ["1"]), path=short).ok
    assert get(server, f"{BASE}/fi/StatFin/tyti/90re.px").status_code == 400


@pytest.mark.parametrize(
    "path",
    ["fi/Muu", "fi/StatFin/muu", "fi/StatFin/synt/zzzz.px", "fi/StatFin/zzzz.px", "xx", "fi/config",
     "fi/StatFin/statfin_synt_pxt_90re.px", "en/StatFin_Passiivi", "fi/StatFin/StatFin__synt"],
)  # fmt: skip
def test_what_is_not_there_is_a_bad_request(server: PxWeb1, path: str) -> None:
    found = get(server, f"{BASE}/{path}")
    assert (found.status_code, found.text) == (400, "Bad Request")
    assert found.headers["Content-Type"] == "text/plain"


def test_the_limits_are_told_at_the_language_alone(server: PxWeb1) -> None:
    assert get(server, f"{BASE}/fi/?config").json() == {
        "maxValues": 120000, "maxCells": 120000, "maxCalls": 1000, "timeWindow": 60, "CORS": True,
    }  # fmt: skip
    assert isinstance(get(server, f"{BASE}/fi/StatFin?config").json(), list)


def test_pretty_print_is_the_same_with_blanks(server: PxWeb1) -> None:
    pretty = get(server, f"{BASE}/fi", params={"prettyprint": "true"})
    assert pretty.text.startswith("[\n  {")
    assert pretty.json() == get(server, f"{BASE}/fi").json()


def test_search_below_a_node(server: PxWeb1) -> None:
    (found,) = get(server, f"{BASE}/fi/StatFin", params={"query": "taulukko SUKUPUOLI"}).json()
    assert set(found) == {"id", "path", "title", "score", "published"}
    assert (found["id"], found["path"]) == ("90re.px", "/synt")
    by_code = get(server, f"{BASE}/fi/StatFin?query=TYOTTOMATLOPUSSA&filter=codes").json()
    assert [f["id"] for f in by_code] == ["90ti.px"]
    assert get(server, f"{BASE}/fi/StatFin?query=kajaani&filter=title").json() == []
    assert [f["path"] for f in get(server, f"{BASE}/fi/StatFin/tyti?query=kajaani").json()] == [""]


def test_search_where_it_is_off() -> None:
    with PxWeb1([small()], searchable=False, iis=False) as server:
        found = get(server, f"{BASE}/fi/StatFin?query=x")
        assert (found.status_code, found.json()) == (400, {"error": "Search not activated"})


def test_browsers_may_call(server: PxWeb1) -> None:
    assert get(server, f"{BASE}/fi").headers["Access-Control-Allow-Origin"] == "*"
    before = requests.options(server.address + TABLE, timeout=5)
    assert before.headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert before.headers["Access-Control-Allow-Headers"] == "Content-Type"


# --- queries ------------------------------------------------------------------------------------


def test_items_come_in_the_order_of_the_table(server: PxWeb1) -> None:
    found = ask(server, (AREA, "Item", ["KU205", "MK18", "SSS"]), (TIME, "item", ["2024"])).json()
    assert list(found["dimension"][AREA]["category"]["index"]) == ["SSS", "MK18", "KU205"]
    assert found["id"] == [AREA, TIME, WHAT]  # age and sex can be eliminated, so they are gone
    totals = {AGE: ["SSS"], SEX: ["SSS"], AREA: ["SSS", "MK18", "KU205"], TIME: ["2024"]}
    assert found["value"] == jsonstat2(select(small(), totals))["value"]


def test_a_filter_is_an_item_filter_unless_it_says_so(server: PxWeb1) -> None:
    plain = ask(server, (AREA, None, ["MK18"]), (TIME, None, ["2025"]))
    assert plain.json()["size"] == [1, 1, 1]


def test_all_of_what_cannot_be_eliminated(server: PxWeb1) -> None:
    assert ask(server).json()["size"] == [29, 4, 1]


def test_stars_before_and_after(server: PxWeb1) -> None:
    found = ask(server, (AREA, "ALL", ["KU*", "*18"]), (SEX, "all", ["*"])).json()
    area = list(found["dimension"][AREA]["category"]["index"])
    assert area[0] == "MK18"
    assert all(c.startswith("KU") for c in area[1:])
    assert len(area) == 9
    assert list(found["dimension"][SEX]["category"]["index"]) == ["SSS", "1", "2"]


def test_top_is_the_newest_for_time_and_the_first_for_others(server: PxWeb1) -> None:
    found = ask(server, (TIME, "top", ["2"]), (AREA, "top", ["3"]), (AGE, "top", ["99"])).json()
    assert list(found["dimension"][TIME]["category"]["index"]) == ["2024", "2025"]
    assert next(iter(found["dimension"][AREA]["category"]["index"])) == "SSS"
    assert found["size"] == [3, 7, 2, 1]
    falling = ask(server, ("timeperiod_q", "top", ["2"]), path=f"{BASE}/fi/StatFin/90ty.px").json()
    newest = list(falling["dimension"]["timeperiod_q"]["category"]["index"])
    assert newest == ["2026Q2", "2026Q1"]


@pytest.mark.parametrize(
    "selection",
    [
        (AREA, "item", ["MK18", "MK18"]),
        (AREA, "item", ["MK18", "MK99"]),
        (AREA, "item", []),
        (AREA, "all", ["MK18"]),
        (AREA, "all", ["*99"]),
        (AREA, "agg:Alue", ["MK18"]),
        (AREA, "vs:Alue", ["MK18"]),
        (TIME, "top", ["0"]),
        (TIME, "top", ["-1"]),
        (TIME, "top", ["1", "2"]),
        (TIME, "top", ["yksi"]),
        (TIME, "top", [1]),
        ("Alue", "item", ["MK18"]),
    ],
)
def test_a_query_that_does_not_fit_is_refused(
    server: PxWeb1, selection: tuple[str, str, list[Any]]
) -> None:
    found = ask(server, selection)
    assert (found.status_code, found.text) == (400, "Bad Request")


def test_a_body_that_is_no_query_is_refused(server: PxWeb1) -> None:
    for body in (b"", b"{", b"[]", b'{"query": 1}', b'{"query": [{"code": "contentscode"}]}'):
        assert requests.post(server.address + TABLE, data=body, timeout=5).status_code == 400
    assert ask(server, (TIME, "top", ["1"]), (TIME, "top", ["1"])).status_code == 400
    assert ask(server, shape="docx").status_code == 400


def test_the_product_of_what_is_chosen_is_limited() -> None:
    totals = [(TIME, "top", ["1"]), (AREA, "all", ["*"])]
    with PxWeb1([small()], max_cells=29) as server:
        assert ask(server, *totals).json()["size"] == [29, 1, 1]
        refused = ask(server, *totals[1:])
        assert refused.status_code == 403
        assert refused.headers["Content-Type"].startswith("text/html")
        assert "403 - Forbidden: Access is denied." in refused.text
    with PxWeb1([small()], max_cells=29, iis=False) as server:
        refused = ask(server)
        assert (refused.status_code, refused.json()) == (403, {"error": "Too many values selected"})
        refused = ask(server, (TIME, "all", ["2025"]))
        assert (refused.status_code, refused.json()) == (400, {"error": "Parameter error"})


def test_the_long_table_needs_splitting() -> None:
    with PxWeb1() as server:
        path = f"{BASE}/fi/StatFin/90su.px"
        every = [(code, "all", ["*"]) for code in (AREA, AGE, SEX, TIME)]
        assert ask(server, *every, path=path).status_code == 403
        assert ask(server, *every[:3], (TIME, "top", ["1"]), path=path).status_code == 200


def test_variables_without_labels_or_totals() -> None:
    """Codes stand in for labels, and a dimension without a total is summed."""
    plain = Variable("laji", {"fi": "Laji"}, ["a", "b"], elimination=True)
    cube = generated("90pl", [plain, years(2024, 2025)], missing=0)
    with PxWeb1([cube]) as server:
        path = f"{BASE}/fi/StatFin/90pl.px"
        assert get(server, path).json()["variables"][0]["valueTexts"] == ["a", "b"]
        found = ask(server, path=path).json()
        assert found["id"] == [TIME]
        first, second = cube.values[:2], cube.values[2:]
        assert found["value"] == [(a or 0) + (b or 0) for a, b in zip(first, second, strict=True)]
        assert found["dimension"]["ContentsCode"]["category"]["index"] == {"EliminatedValue": 0}
