"""Classifications of areas: which division is asked for, what is kept, and what differs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tilannekuva import region_codes, regions
from tilannekuva.asking import classifications
from tilannekuva.asking._divisions import homes, level_of
from tilannekuva.calls import Ask, Call, Conversation, Newer, Pace, Received, Reply, Unchanged
from tilannekuva.errors import SourceError
from tilannekuva.model import Source, Text

NAME = Text(fi="Tilastokeskus", sv="Statistikcentralen", en="Statistics Finland")
BASE = "https://stat.example/api/classifications/v2"
SOURCE = Source(
    id="statfin_classifications",
    publisher=NAME,
    protocol="classifications",
    base=BASE,
    page="https://stat.example",
    licence="CC BY 4.0",
    calls=30,
    seconds=60,
)
HEAD = {"date": "Mon, 11 Jan 2027 22:30:00 GMT"}
PREFIX = {"kunta": "KU", "maakunta": "MK", "seutukunta": "SK"}
NOT_THERE = Reply(404, b'{"message": "not found"}', HEAD)

Rows = list[dict[str, Any]]
Answer = Callable[[Call], Reply]


def items(level: str, language: str, division: str) -> Rows:
    """What the service says when it agrees with the register."""
    name = f"{level}_1_{division.replace('-', '')}"
    return [
        {
            "classification": {
                "localId": name,
                "classificationName": [{"lang": language, "name": f"{level} {division[:4]}"}],
            },
            "localId": f"{name}/{r.code.removeprefix(PREFIX[level])}",
            "level": 1.0,
            "code": r.code.removeprefix(PREFIX[level]),
            "parentCode": None,
            "classificationItemNames": [{"lang": language, "name": r.names[language]}],
        }
        for r in regions.regions(level)
    ]


def key(level: str, division: str) -> Rows:
    date = division.replace("-", "")
    found = homes(level, region_codes.today())
    return [
        {
            "sourceLocalId": f"kunta_1_{date}/{r.code[2:]}",
            "sourceItem": {"level": 1.0, "code": r.code[2:]},
            "targetLocalId": f"{level}_1_{date}/{found[r.code][2:]}",
            "targetItem": {"level": 1.0, "code": found[r.code][2:]},
        }
        for r in regions.regions("kunta")
    ]


def reply(rows: Any) -> Reply:
    return Reply(200, json.dumps(rows, ensure_ascii=False).encode(), HEAD)


def service(
    *out: str, change: Callable[[str, Rows], Any] = lambda _, r: r, keyed: bool = True
) -> Answer:
    """A service that has these divisions."""

    def answer(call: Call) -> Reply:
        date = call.url.partition("_1_")[2][:8]
        division = f"{date[:4]}-{date[4:6]}-{date[6:]}"
        if division not in out:
            return NOT_THERE
        told = dict(call.params)
        if "correspondenceTables" in call.url:
            if not keyed:
                return NOT_THERE
            level = call.url.partition("%23")[2].partition("_")[0]
            return reply(change("key", key(level, division)))
        level = call.url.removeprefix(f"{BASE}/classifications/").partition("_")[0]
        if told.get("content") != "data":
            return reply([f"{call.url}/{n}" for n in range(3)])
        return reply(change(told["lang"], items(level, told["lang"], division)))

    return answer


def talk(conversation: Conversation, answer: Answer) -> tuple[Any, list[Call]]:
    calls: list[Call] = []
    try:
        step = next(conversation)
        while True:
            if isinstance(step, Pace):
                step = conversation.send(None)  # type: ignore[arg-type]
                continue
            calls.append(step)
            found = answer(step)
            assert found.status == 200 or found.status in step.handles
            step = conversation.send(found)
    except StopIteration as stop:
        return stop.value, calls


def ask(table: str = "kunta_1", **more: Any) -> Ask:
    return Ask(SOURCE, table, (), **more)


def all_differences(received: Received) -> list[str]:
    return [
        said
        for part in received.parts
        for said in classifications.differences(part.data, part.layout, "f.json")
    ]


# --- which division -----------------------------------------------------------------------------


def test_the_first_time_the_division_of_the_register_is_asked_for() -> None:
    outcome, calls = talk(classifications.request(ask()), service("2026-01-01"))
    assert isinstance(outcome, Received)
    assert (outcome.updated_at, outcome.published_on) == ("2026-01-01", "2027-01-12")
    assert outcome.title == "kunta 2026"
    where = f"{BASE}/classifications/kunta_1_20260101/classificationItems"
    asked = [(c.url, dict(c.params)) for c in calls]
    assert asked[0] == (where, {"content": "data", "meta": "max", "lang": "fi"})
    assert asked[1] == (where, {"content": "data", "meta": "max", "lang": "sv"})
    assert asked[2][0] == (
        f"{BASE}/correspondenceTables/kunta_1_20260101%23maakunta_1_20260101/maps"
    )
    assert [p.layout["kind"] for p in outcome.parts] == ["items", "items", "key"]
    assert all(p.layout["service"] == "classifications" for p in outcome.parts)
    assert all(p.table is None for p in outcome.parts)
    assert len({p.id for p in outcome.parts}) == 3
    assert outcome.parts[0].address == f"{where}?content=data&meta=max&lang=fi"
    json.dumps([dict(p.layout) for p in outcome.parts])


def test_the_pace_of_the_source_is_told_first() -> None:
    assert next(classifications.request(ask())) == Pace(BASE, 30, 60)


def test_the_maakunnat_have_no_key_of_their_own() -> None:
    # It would be the same bytes as those of the municipalities, under another table.
    outcome, calls = talk(classifications.request(ask("maakunta_1")), service("2026-01-01"))
    assert [p.layout["kind"] for p in outcome.parts] == ["items", "items"]
    assert not any("correspondence" in c.url for c in calls)


def test_other_levels_come_with_their_municipalities() -> None:
    outcome, calls = talk(classifications.request(ask("seutukunta_1")), service("2026-01-01"))
    assert calls[-1].url.endswith("kunta_1_20260101%23seutukunta_1_20260101/maps")
    assert all_differences(outcome) == []


@pytest.mark.parametrize("answer", [service("2026-01-01"), lambda _: reply([])])
def test_a_division_that_is_not_out_yet_changes_nothing(answer: Answer) -> None:
    outcome, calls = talk(classifications.request(ask(known="2026-01-01")), answer)
    assert outcome == Unchanged("2026-01-01")
    assert [c.url.partition("_1_")[2][:8] for c in calls] == ["20270101"]


def test_the_next_division_is_received_when_it_is_out() -> None:
    answer = service("2026-01-01", "2027-01-01")
    outcome, _ = talk(classifications.request(ask(known="2026-01-01")), answer)
    assert (outcome.updated_at, outcome.published_on) == ("2027-01-01", "2027-01-12")
    assert {p.layout["division"] for p in outcome.parts} == {"2027-01-01"}


def test_a_check_asks_for_no_items() -> None:
    for out, known, expected in (
        (("2026-01-01",), "2026-01-01", Unchanged("2026-01-01")),
        (("2026-01-01", "2027-01-01"), "2026-01-01", Newer("2027-01-01")),
        (("2026-01-01",), None, Newer("2026-01-01")),
    ):
        outcome, calls = talk(classifications.request(ask(known=known, check=True)), service(*out))
        assert outcome == expected
        assert [c.params for c in calls] == [()]


def test_a_key_that_was_not_out_is_asked_for_again() -> None:
    without, _ = talk(classifications.request(ask()), service("2026-01-01", keyed=False))
    assert [p.layout["kind"] for p in without.parts] == ["items", "items"]
    again = ask(known="2026-01-01", query_hash=without.query_hash)
    whole, calls = talk(classifications.request(again), service("2026-01-01"))
    assert [c.url.partition("_1_")[2][:4] for c in calls] == ["2027", "2026", "2026", "2026"]
    assert [p.layout["kind"] for p in whole.parts] == ["items", "items", "key"]
    last = ask(known="2026-01-01", query_hash=whole.query_hash)
    assert talk(classifications.request(last), service("2026-01-01"))[0] == Unchanged("2026-01-01")


# --- what is refused ----------------------------------------------------------------------------


def test_the_register_s_division_must_be_there() -> None:
    with pytest.raises(SourceError, match=r"kunta_1: .*division of 2026-01-01.*mend `tables`"):
        talk(classifications.request(ask()), service())


def test_a_classification_of_no_level_of_the_register_is_refused() -> None:
    with pytest.raises(SourceError, match="no level 'toimiala' with numbered areas"):
        talk(classifications.request(ask("toimiala_1")), service("2026-01-01"))
    with pytest.raises(SourceError, match="no level 'koko_maa' with numbered areas"):
        level_of("koko_maa", "x")


def test_a_store_with_another_stamp_is_refused() -> None:
    with pytest.raises(SourceError, match="'soon', which is no date such as 2026-01-01"):
        talk(classifications.request(ask(known="soon")), service("2026-01-01"))


def broken(what: str, made: Callable[[Rows], Any]) -> Answer:
    return service("2026-01-01", change=lambda kind, rows: made(rows) if kind == what else rows)


@pytest.mark.parametrize(
    ("what", "made", "message"),
    [
        ("fi", lambda _: {"message": "busy"}, "no list of items, but says: busy"),
        ("fi", lambda _: ["https://x/kunta_1_20260101/005"], "no list of items"),
        ("fi", lambda r: [{**r[0], "code": "5"}, *r[1:]], r"'5' is no number .*3 digits, leading"),
        ("fi", lambda r: [{**r[0], "code": 5}, *r[1:]], "5 is no number of a kunta"),
        ("fi", lambda r: [*r, r[0]], "the item KU005 stands twice"),
        ("fi", lambda r: [{"code": x["code"]} for x in r], "no item has a name in the language"),
        ("sv", lambda _: {}, r"\(sv\): the answer is no list of items"),
        ("key", lambda r: [*r, {**r[0], "targetItem": {"code": "01"}}], "KU005 is in MK14 and in"),
        ("key", lambda r: [{**r[0], "sourceItem": {"code": "5"}}], "'5' is no number of a kunta"),
        ("key", lambda r: [{"sourceLocalId": "kunta_1_20260101/005"}], "None is no number of a"),
    ],
)
def test_an_answer_that_is_none_is_refused(
    what: str, made: Callable[[Rows], Any], message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        talk(classifications.request(ask()), broken(what, made))


def test_a_language_that_is_missing_is_refused() -> None:
    def answer(call: Call) -> Reply:
        missing = dict(call.params).get("lang") == "sv"
        return NOT_THERE if missing else service("2026-01-01")(call)

    with pytest.raises(SourceError, match="has the other language, but not this one"):
        talk(classifications.request(ask()), answer)


def test_there_are_no_figures() -> None:
    with pytest.raises(SourceError, match=r"f\.json: .*not figures"):
        classifications.read(b"[]", {}, "f.json", lambda _: b"")


# --- what differs -------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["kunta_1", "maakunta_1", "seutukunta_1"])
def test_a_classification_like_the_register_differs_in_nothing(table: str) -> None:
    outcome, _ = talk(classifications.request(ask(table)), service("2026-01-01"))
    assert all_differences(outcome) == []


def test_ends_of_a_key_may_be_addresses() -> None:
    def bare(rows: Rows) -> Rows:
        return [{k: v for k, v in r.items() if k.endswith("LocalId")} for r in rows]

    outcome, _ = talk(classifications.request(ask()), broken("key", bare))
    assert all_differences(outcome) == []


def test_every_difference_is_said_in_plain_words() -> None:
    def change(kind: str, rows: Rows) -> Rows:
        if kind == "key":
            return [
                {**r, "targetLocalId": "x/18", "targetItem": {"code": "18"}}
                if r["sourceItem"]["code"] == "785"
                else r
                for r in rows
                if r["sourceItem"]["code"] != "205"
            ]
        new = {"code": "999", "classificationItemNames": [{"lang": kind, "name": "Uusi"}]}
        renamed = {"lang": kind, "name": "Kajaanin  kaupunki"}
        return [
            {**r, "classificationItemNames": [renamed]}
            if r["code"] == "205"
            else {**r, "classificationItemNames": []}
            if r["code"] == "091" and kind == "sv"
            else r
            for r in [*rows, new]
            if r["code"] != "588" and r["code"] != "578"
        ]

    answer = service("2027-01-01", change=change)
    outcome, _ = talk(classifications.request(ask(known="2026-01-01")), answer)
    assert all_differences(outcome) == [
        "KU205 Kajaani: name (fi) is 'Kajaanin kaupunki' in the classification, 'Kajaani' in the "
        "register",
        "KU578 Paltamo: in the register, not in the classification of 2027-01-01",
        "KU999 Uusi: in the classification of 2027-01-01, not in the register",
        "KU091 Helsinki: name (sv) is missing in the classification, 'Helsingfors' in the register",
        "KU205 Kajaani: name (sv) is 'Kajaanin kaupunki' in the classification, 'Kajana' in the "
        "register",
        "KU578 Paltamo: in the register, not in the classification of 2027-01-01",
        "KU999 Uusi: in the classification of 2027-01-01, not in the register",
        "KU205 Kajaani: region is missing in the classification, MK18 in the register",
        "KU785 Vaala: region is MK18 in the classification, MK17 in the register",
    ]


def test_an_earlier_division_is_compared_with_the_register_of_its_year() -> None:
    layout = {"kind": "key", "level": "maakunta", "division": "2015-01-01"}
    was = homes("maakunta", 2015)
    rows = [
        {"sourceItem": {"code": code[2:]}, "targetItem": {"code": area[2:]}}
        for code, area in was.items()
        if region_codes.holder(code, 2015) == code
    ]
    data = json.dumps(rows).encode()
    assert was["KU785"] == "MK18"
    assert classifications.differences(data, layout, "f") == ()
    later = classifications.differences(data, {**layout, "division": "2026-01-01"}, "f")
    assert "KU785 Vaala: region is MK18 in the classification, MK17 in the register" in later
    assert "KU911: region is MK12 in the classification, not in the register" in later


def test_bytes_that_are_no_classification_are_refused() -> None:
    layout = {"kind": "items", "level": "kunta", "division": "2026-01-01", "language": "fi"}
    with pytest.raises(SourceError, match=r"f\.json: the service answered something that is not"):
        classifications.differences(b"<html>", layout, "f.json")
