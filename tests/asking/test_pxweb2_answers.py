"""PxWebApi 2, driven by hand: what is made of an answer and of a description."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

import pytest
from asking.swedish import (
    CONFIG,
    Service,
    Table,
    answered,
    ask,
    cells,
    query,
    received,
    said,
)  # fmt: skip

from tilannekuva.asking._described import read_description
from tilannekuva.calls import Call, Reply
from tilannekuva.errors import SourceError, TilannekuvaError
from tilannekuva.matching import translate

RECORDED = Path(__file__).parents[3] / "shared" / "recorded" / "pxweb_v2"
recorded = pytest.mark.skipif(not RECORDED.is_dir(), reason="recorded answers are not here")
BOTH = ("BE0101N1", "BE0101N2")

# --- what is made of an answer --------------------------------------------------------------------


def test_marks_mean_what_their_publishers_say() -> None:
    marks = {0: ".", 1: "..", 2: ":", 3: "-", 4: "..."}
    wanted = query(axes={"sex": "Kon"}, select={"ContentsCode": BOTH})
    frame = cells(received(Service(Table(marks=marks)), wanted)).frame
    assert list(frame["flag"][:6]) == [
        "not_applicable", "not_available", "confidential", "final", "not_available", "preliminary"
    ]  # fmt: skip
    assert frame["value"][3] == 0.0
    assert frame["value"][:3].isna().all()


def test_an_update_in_the_middle_is_noticed() -> None:
    service = Service(config={**CONFIG, "maxDataCells": 5})

    def publish(_: Call) -> None:
        service.table = replace(service.table, updated="2026-03-22T07:00:00Z")

    service.said = [lambda call: answered(service, call), publish]
    with pytest.raises(SourceError, match="updated the table while it was being fetched"):
        service.talk(ask())


def test_contents_may_be_older_than_the_table() -> None:
    # The description bears the time of the latest contents, an answer that of those in it.
    older = Table(updated="2026-05-01T06:00:00Z", dated={"BE0101N1": "2026-02-01T06:00:00Z"})
    found = received(Service(older))
    assert found.updated_at == "2026-05-01T06:00:00Z"
    both = query(select={"ContentsCode": BOTH})
    assert len(received(Service(older, {**CONFIG, "maxDataCells": 3}), both).parts) == 8


@pytest.mark.parametrize(
    ("dated", "chosen"),
    [
        (dict.fromkeys(BOTH, "2026-01-01T06:00:00Z"), BOTH),  # an old answer, kept somewhere
        ({"BE0101N1": "2026-06-01T06:00:00Z"}, BOTH[:1]),
    ],
)
def test_an_answer_of_another_edition_is_refused(
    dated: dict[str, str], chosen: tuple[str, ...]
) -> None:
    other = Service(Table(dated=dated))
    service = Service(said=[lambda call: answered(other, call)])
    with pytest.raises(SourceError, match="while it was being fetched"):
        service.talk(ask(query(select={"ContentsCode": chosen})))


def changed(change: Callable[[dict[str, Any]], None]) -> Callable[[Call], Reply]:
    def reply(call: Call) -> Reply:
        told = json.loads(answered(Service(), call).body)
        change(told)
        return said(told)

    return reply


def without_areas(told: dict[str, Any]) -> None:
    told.update(id=told["id"][1:], size=told["size"][1:], value=[1.0] * 3)


def with_one_area(told: dict[str, Any]) -> None:
    told["dimension"]["Region"]["category"]["index"] = {"00": 0}
    told.update(size=[1, *told["size"][1:]], value=[1.0] * 3)


def with_areas(*codes: str) -> Callable[[dict[str, Any]], None]:
    return lambda told: told["dimension"]["Region"]["category"].update(index=list(codes))


def only_an_error(told: dict[str, Any]) -> None:
    told.clear()
    told["error"] = "maintenance"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(value=[None] * 12), "has no figure at all"),
        (lambda d: d.pop("value"), "no 'value'"),
        (lambda d: d.pop("updated"), "does not say when it was updated"),
        (lambda d: d.update(updated="yesterday"), "not a time of update"),
        (lambda d: d.update(value=d["value"][:-1]), "expected 12 cells"),
        (only_an_error, "no figures but an error: maintenance"),
        (without_areas, "an answer has the variables ContentsCode, Tid, asked were"),
        (with_one_area, "lacks cells that were asked for, the first is Region=01"),
        (with_areas("00", "01", "0114", "99"), "has Region=99, which was not asked for"),
        (with_areas("00", "01", "0114", "01"), "'01' stands twice in 'Region'"),
    ],
)
def test_an_answer_that_is_not_what_was_asked_for_is_refused(change: Any, message: str) -> None:
    service = Service(said=[changed(change)])
    with pytest.raises(TilannekuvaError, match=message):
        service.talk(ask())


def test_the_order_of_an_answer_is_its_own() -> None:
    def turned(told: dict[str, Any]) -> None:
        rows, columns = told["size"][0], prod(told["size"][1:])
        told["value"] = [
            told["value"][r * columns + c] for c in range(columns) for r in range(rows)
        ]
        for key in ("id", "size"):
            told[key] = [*told[key][1:], told[key][0]]
        told["status"] = {}

    whole = cells(received(Service())).frame
    frame = cells(received(Service(said=[changed(turned)]))).frame
    key = ["Region", "ContentsCode", "Tid"]
    assert list(frame.columns)[:3] == ["ContentsCode", "Tid", "Region"]
    by_key, expected = (
        f.astype(dict.fromkeys(key, "str")).set_index(key)["value"].sort_index()
        for f in (frame, whole)
    )
    assert by_key.equals(expected)


def test_contents_left_out_may_stand_in_the_answer_all_the_same() -> None:
    table = Table()
    table.variables["ContentsCode"] = {"EliminatedValue": "Folkmängd"}
    service = Service(table)

    def leaves_it_out(call: Call) -> Reply:
        chosen = {s["variableCode"]: s["valueCodes"] for s in call.json["selection"]}
        assert "ContentsCode" not in chosen
        return said(table.dataset({**chosen, "ContentsCode": ["EliminatedValue"]}, True))

    service.said = [leaves_it_out]
    found = received(service, query(select={}))
    its = translate(query(select={}), cells(found).variables, "x")
    assert its.select["ContentsCode"] == ("EliminatedValue",)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.pop("updated"), "does not say when it was updated"),
        (lambda d: d.pop("dimension"), "not JSON-stat"),
        (lambda d: d["size"].pop(), "4 dimensions in 'id', but 3 in 'size'"),
        (lambda d: d["dimension"].pop("Tid"), "'Tid' is named but not described"),
    ],
)
def test_a_description_that_contradicts_itself_is_refused(change: Any, message: str) -> None:
    told = Table().dataset(Table().variables, False)
    change(told)
    with pytest.raises(SourceError, match=message):
        read_description(json.dumps(told).encode(), "x")


# --- recorded descriptions ------------------------------------------------------------------------


@recorded
@pytest.mark.parametrize(
    "name", ["pxwebapi_MetadataById_tab001_js2", "pxwebapi_MetadataById_tab003_js2"]
)
def test_recorded_descriptions(name: str) -> None:
    table = read_description((RECORDED / f"{name}.json").read_bytes(), name)
    roles = {v.role: v.code for v in table.variables if v.role}
    assert (roles["time"], roles["contents"]) == ("TIME", "ContentsCode")
    assert table.updated.startswith("2023-05-25T1")
    age = next((v for v in table.variables if v.code == "AGE"), None)
    if age is not None:
        assert (age.optional, age.total) == (True, "TOTAL")
        assert roles["geo"] == "REGION"


@recorded
def test_recorded_description_of_the_specification() -> None:
    name = "spec_table-metadata-example-jsonstat-nocomments.json"
    told = json.loads((RECORDED / name).read_text(encoding="utf-8"))
    # The sizes of the example are those of another one.
    told["size"] = [len(told["dimension"][n]["category"]["index"]) for n in told["id"]]
    table = read_description(json.dumps(told).encode(), name)
    optional = {v.code: (v.optional, v.total) for v in table.variables}
    assert optional["Region"] == (True, "00")
    assert optional["Civilstand"] == (True, None)
    assert optional["Tid"] == (False, None)


@recorded
def test_recorded_configs_are_understood() -> None:
    for name, pace in (("scb_config", (2, 1.0)), ("pxwebapi_GetApiConfiguration", (26, 10.0))):
        service = Service(config=json.loads((RECORDED / f"{name}.json").read_text()))
        received(service)
        assert (service.paces[0].calls, service.paces[0].seconds) == pace
