"""The local PxWebApi 2 server against the facts of the wire: what a request selects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import prod

import pytest
import requests
from services.cubes import Variable, contents, generated, years
from services.pxweb2 import Codelist, PxWeb2
from services.pxweb2_examples import (
    ALL,
    MISSING,
    PEOPLE,
    REGION,
    SEX,
    WHAT,
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


# --- selections -----------------------------------------------------------------------------------

EXPRESSIONS = [
    ("timeperiod_y", "2021", ["2021"]),
    ("timeperiod_y", "2022,2020", ["2020", "2022"]),  # the table's own order
    ("timeperiod_y", "top(2)", ["2022", "2023"]),
    ("timeperiod_y", "[TOP(2,1)]", ["2021", "2022"]),
    ("timeperiod_y", "BOTTOM(1)", ["2020"]),
    ("timeperiod_y", "[bottom(2,1)]", ["2021", "2022"]),
    ("timeperiod_y", "from(2022)", ["2022", "2023"]),
    ("timeperiod_y", "[To(2021)]", ["2020", "2021"]),
    ("timeperiod_y", "[range(2022,2021)]", ["2021", "2022"]),
    ("timeperiod_y", "2020,top(1)", ["2020", "2023"]),
    ("timeperiod_y", "2023,top(2)", ["2022", "2023"]),  # overlap is no repetition
    ("timeperiod_y", "from(2022),to(2022)", ["2020", "2021", "2022", "2023"]),  # a union
    ("Region", "01*", ["01", "0114", "0115"]),
    ("Region", "*4", ["0114"]),
    ("Region", "*11*", ["0114", "0115"]),
    ("Region", "??", ["00", "01", "03"]),
    ("Region", "011?", ["0114", "0115"]),
    ("Region", "top(2)", ["00", "01"]),  # where it begins: no time
    ("Region", "bottom(2)", ["0115", "03"]),
    ("contentscode", "n2", ["N2"]),
]


@pytest.mark.parametrize(("variable", "asked", "expected"), EXPRESSIONS)
def test_expressions(scb: PxWeb2, variable: str, asked: str, expected: list[str]) -> None:
    found = part(scb, **{variable: asked})
    assert codes(found, variable) == expected
    at = {c: i for i, c in enumerate(PEOPLE.variable(variable).codes)}
    step = {"Region": 16, "contentscode": 4, "timeperiod_y": 1}[variable]
    first = [found["value"][i * (step if len(expected) > 1 else 0)] for i in range(len(expected))]
    assert first == [at[c] * step for c in expected]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"Nothing": "1"}, "Non-existent variable"),
        ({"Region": "9999"}, "Non-existent value"),
        ({"timeperiod_y": "from(1900)"}, "Non-existent value"),
        ({"timeperiod_y": ""}, MISSING),
        ({"timeperiod_y": "19*"}, MISSING),  # nothing is left of it
        ({"timeperiod_y": "range(2020,2021)"}, "Illegal selection expression"),  # no brackets
        ({"timeperiod_y": "top(2,1)"}, "Illegal selection expression"),
        ({"timeperiod_y": "top(0)"}, "Illegal selection expression"),
        ({"Region": "0*4"}, "Illegal selection expression"),
        ({"Region": "*0*1*"}, "Illegal selection expression"),
    ],
)
def test_refused_selections(scb: PxWeb2, asked: dict[str, str], expected: str) -> None:
    answer = get(scb, "/tables/TAB638/data", **values(**asked))
    assert title(answer) == expected
    assert answer.json() == {"type": "Parameter error", "title": expected, "status": 400}


def test_names_of_any_case_and_the_alias_of_time(scb: PxWeb2) -> None:
    asked = {"VALUECODES[REGION]": "03", "valuecodes[ContentsCode]": "n1", "valuecodes[time]": "*"}
    found = get(scb, "/tables/tab638/data", OUTPUTFORMAT="JSON-STAT2", **asked).json()
    assert found["id"] == ["Region", "contentscode", "timeperiod_y"]
    assert get(scb, "/tables/TAB638/data", valueCodes="03").status_code == 400


def test_a_variable_that_is_left_out_goes_away(scb: PxWeb2) -> None:
    found = part(scb, Region="", timeperiod_y="2020", contentscode="N1")
    assert (found["id"], found["value"]) == (["Kon", "contentscode", "timeperiod_y"], [0, 8])
    found = part(scb, Kon="", timeperiod_y="2020", contentscode="N1")
    assert found["value"] == [8, 40, 72, 104, 136]  # men and women together
    assert found["dimension"]["Region"]["extension"]["eliminationValueCode"] == "00"
    assert part(scb, Region="01")["dimension"]["Region"]["extension"]["elimination"] is False
    assert "Region" not in part(scb, Region="7*")["id"]  # no match, no error, no region


def test_a_code_named_twice_breaks_the_server(scb: PxWeb2) -> None:
    answer = get(scb, "/tables/TAB638/data", **values(Region="01,01"))
    assert (answer.status_code, answer.content) == (500, b"")


def test_in_a_body_brackets_have_no_meaning(scb: PxWeb2) -> None:
    rest = [pick(v, "*") for v in ("Region", "Kon", "contentscode")]
    found = posted(scb, {"selection": [*rest, pick("timeperiod_y", "range(2020,2021)")]}).json()
    assert codes(found, "timeperiod_y") == ["2020", "2021"]
    bracketed = {"selection": [*rest, pick("timeperiod_y", "[range(2020,2021)]")]}
    assert title(posted(scb, bracketed)) == "Non-existent value"
    text = requests.post(f"{scb.api}/tables/TAB638/data", data="{}", timeout=5)
    assert text.status_code == 415
    assert posted(scb, {"selection": [{"valueCodes": ["1"]}]}).status_code == 400


def test_nothing_asked_is_the_default_selection(scb: PxWeb2) -> None:
    told = get(scb, "/tables/TAB638/defaultselection").json()
    by_code = {p["variableCode"]: p["valueCodes"] for p in told["selection"]}
    assert by_code == {
        "contentscode": ["N1"], "timeperiod_y": ["2023"], "Region": list(REGION.codes),
        "Kon": ["1", "2"],
    }  # fmt: skip
    assert told["placement"] == {
        "heading": ["contentscode", "timeperiod_y", "Kon"], "stub": ["Region"],
    }  # fmt: skip
    found = get(scb, "/tables/TAB638/data").json()
    assert found == posted(scb, {"selection": []}).json() == posted(scb, None).json()
    assert found["id"] == ["Region", "contentscode", "timeperiod_y", "Kon"]  # not the table's own
    assert found["value"][:2] == [3, 11]
    months_first = get(scb, "/tables/TAB1/data").json()
    assert (months_first["id"], months_first["size"]) == (["timeperiod_m", "contentscode"], [12, 2])


def firm(code: str, count: int) -> Variable:
    return Variable(code, {}, [f"{code}{i}" for i in range(count)])


ONE, TIME = contents({"N1": "Luku"}), years(2001, 2020)
LAST = list(TIME.codes[-13:])


@pytest.mark.parametrize(
    ("variables", "sizes", "heading"),
    [
        ([firm("A", 20), ONE, TIME], {"A": 20, "timeperiod_y": 13}, [ONE.code, TIME.code]),
        ([firm("A", 3), WHAT, TIME], {"A": 3, "timeperiod_y": 1}, [TIME.code, WHAT.code]),
        ([firm("A", 3), SEX, ONE, TIME], {"A": 3, "Kon": 2}, [ONE.code, TIME.code, "Kon"]),
        ([firm("A", 3), firm("B", 4), firm("C", 5), SEX, ONE, TIME],
         {"A": 3, "B": 1, "C": 5, "Kon": 0}, [ONE.code, TIME.code, "B", "A"]),
        ([firm("A", 3), firm("B", 4), firm("C", 5), SEX], {"A": 3, "B": 1, "Kon": 0}, ["B", "A"]),
        ([SEX, REGION, ONE], {"Kon": 0, "Region": 5, ONE.code: 1}, [ONE.code]),
        ([TIME], {"timeperiod_y": 20}, []),
    ],
)  # fmt: skip
def test_every_kind_of_default_selection(
    variables: list[Variable], sizes: dict[str, int], heading: list[str]
) -> None:
    with PxWeb2([generated("T", variables)]) as server:
        told = get(server, "/tables/T/defaultselection").json()
        found = {p["variableCode"]: p["valueCodes"] for p in told["selection"]}
        assert set(found) == {v.code for v in variables}
        assert {v: len(found[v]) for v in sizes} == sizes
        assert told["placement"]["heading"] == heading
        if sizes.get("timeperiod_y") == 13:
            assert found["timeperiod_y"] == LAST
        data = get(server, "/tables/T/data").json()
        assert data["id"][-len(heading) :] == heading or not heading
        assert len(data["value"]) == prod(max(len(c), 1) for c in found.values())


def test_a_symbol_hides_a_sum_and_a_nil_does_not() -> None:
    cube = replace(PEOPLE, values=[1.0, None, None, *PEOPLE.values[3:]])
    cube = replace(cube, status={1: "-", 2: "..."})
    groups = Codelist("agg_all", "Region", {"0": ["00", "01"], "1": ["00"]})
    with PxWeb2([cube], codelists=[groups]) as server:
        asked = values(Kon="1", contentscode="N1") | {"codelist[Region]": "agg_all"}
        found = get(server, "/tables/TAB638/data", **asked).json()
        assert found["value"] == [1 + 16, 17, None, 3 + 19, 1, None, None, 3]
        assert found["status"] == {"2": "...", "5": "-", "6": "..."}


def test_placement_orders_the_answer(scb: PxWeb2) -> None:
    found = get(
        scb, "/tables/TAB638/data", **values(timeperiod_y="2020", Kon="1"), heading="Region,time"
    ).json()
    assert found["id"] == ["Kon", "contentscode", "Region", "timeperiod_y"]
    assert found["value"][:3] == [0, 16, 32]
    assert found["extension"]["px"]["stub"] == ["Kon", "contentscode"]
    everything = [pick(v, "*") for v in ALL]
    placed = posted(scb, {"selection": everything, "placement": {"heading": [], "stub": ["Kon"]}})
    assert placed.json()["id"][0] == "Kon"
    for heading, stub in (("Nothing", ""), ("Kon", "Kon"), ("Kon", "Region")):
        answer = get(scb, "/tables/TAB638/data", **values(), heading=heading, stub=stub)
        assert title(answer) == "Illegal placment"


def test_too_many_cells_is_400_with_a_detail(scb: PxWeb2) -> None:
    scb.shrink(79)
    answer = get(scb, "/tables/TAB638/data", **values())
    assert title(answer) == answer.json()["detail"] == "Too many cells selected"
    assert get(scb, "/config").json()["maxDataCells"] == 79
    assert get(scb, "/tables/TAB638/data", **values(Kon="1")).status_code == 200


def test_a_long_address_is_404_before_anything_else(scb: PxWeb2) -> None:
    start = f"{scb.api}/tables/TAB638/data?outputFormat=csv&junk="
    room = 2048 - len(start.partition("?")[2])
    assert requests.get(start + "," * room, timeout=5).status_code == 200
    longer = requests.get(start + "," * (room + 1), timeout=5)
    assert (longer.status_code, longer.headers["Content-Type"][:9]) == (404, "text/html")
    many = {"selection": [pick("Region", *(f"{i:04d}" for i in range(900)))]}
    assert title(posted(scb, many)) == MISSING  # a body has room


def test_an_unknown_table_is_400_for_data(scb: PxWeb2) -> None:
    answer = get(scb, "/tables/TAB0/data")
    assert (title(answer), answer.json()["status"]) == ("Non-existent table", 404)
