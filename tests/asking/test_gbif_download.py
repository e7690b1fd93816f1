"""GBIF's downloads: orders, states, packed tables, all of our own in the service's shapes."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from asking.carrying import Talk, ask_of, no_beside, reply, rows, source

from tilannekuva.asking import gbif
from tilannekuva.calls import Call, Newer, Received, Reply, Unchanged
from tilannekuva.errors import DataError, SourceError
from tilannekuva.matching import translate
from tilannekuva.model import Query

GBIF = source("gbif", "https://api.gbif.org/v1")
SQL = 'SELECT "year", level2gid, specieskey, COUNT(*) AS occurrences FROM occurrence'
ORDER = {
    "sql": SQL,
    "time": "year",
    "value": "occurrences",
    "region": "level2Gid",
    "areas": ("MK18", "MK12"),
    "gadmGid": ("FIN.3.1_1", "FIN.1.2_1"),
}
TABLE = (
    "year\tlevel2gid\tspecieskey\toccurrences\n"
    "2024\tFIN.3.1_1\t59R5F\t12\n"
    "2024\tFIN.1.2_1\t0123\t7\n"
    "2025\tFIN.3.1_1\t0123\t\n"
    "\tFIN.3.1_1\t0123\t4\n"
    "2025\tFIN.9.9_1\t0123\t5\n"
    "2025\t\t0123\t5\n"
    "2026\tFIN.3.1_1\t0123\t1\n"
)
KEY = "0000379-240229165702484"


def packed(text: str = TABLE, name: str = f"{KEY}.csv") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, text)
    return out.getvalue()


def described(state: str, created: str = "2026-11-24T07:59:00.000+00:00", **more: Any) -> Reply:
    return reply({"status": state, "created": created, "license": "CC_BY_4_0", **more})


class Service:
    """A queue of states for each key; a new order gets a new key."""

    def __init__(self, *states: list[Reply], data: bytes | None = None) -> None:
        self.states = list(states)
        self.keys: list[str] = []
        self.data = packed() if data is None else data

    def __call__(self, call: Call) -> Reply:
        path = call.url.removeprefix("https://api.gbif.org/v1/occurrence/download/")
        if path == "request/validate":
            assert call.method == "POST"
            return reply(call.json)
        if path == "request":
            assert call.account == ("GBIF_USER", "GBIF_PASSWORD")
            assert call.keep
            self.keys.append(f"{KEY[:-1]}{len(self.keys) + 4}")
            return reply(self.keys[-1].encode(), 201)
        if path.startswith("request/"):
            assert path == f"request/{self.keys[-1]}.zip"
            return reply(self.data)
        assert call.wait > 0
        return self.states[self.keys.index(path)].pop(0)


DONE = {"doi": "10.15468/dl.abc123", "totalRecords": 99}


def test_an_order_is_checked_made_waited_for_and_brought() -> None:
    service = Service(
        [described("PREPARING"), described("RUNNING"), described("SUCCEEDED", **DONE)]
    )
    talk = Talk(service)
    outcome = talk(gbif.request(ask_of(GBIF, ORDER)))
    assert isinstance(outcome, Received)
    assert [c.url.rpartition("/")[2] for c in talk.calls] == [
        "validate", "request", KEY, KEY, KEY, f"{KEY}.zip",
    ]  # fmt: skip
    assert [c.wait for c in talk.calls[2:5]] == [5.0, 10.0, 20.0]
    assert talk.calls[1].json == {"sendNotification": False, "format": "SQL_TSV_ZIP", "sql": SQL}
    (part,) = outcome.parts
    assert (part.address, part.ending) == ("https://doi.org/10.15468/dl.abc123", "zip")
    assert (part.query["doi"], part.query["key"]) == ("10.15468/dl.abc123", KEY)
    assert "https://doi.org/10.15468/dl.abc123" in outcome.note
    assert "commercially" not in outcome.note
    assert outcome.updated_at == "2026-11-24T07:59:00.000+00:00"
    assert outcome.published_on == "2026-11-24"


def test_cells_of_a_download() -> None:
    """Keys stay text; undated records, the running year and other areas are left out."""
    service = Service([described("SUCCEEDED", **DONE)])
    outcome = Talk(service)(gbif.request(ask_of(GBIF, ORDER)))
    assert isinstance(outcome, Received)
    (part,) = outcome.parts
    json.dumps([part.layout, part.query])
    cells = gbif.read(part.data, part.layout, "f.zip", no_beside)
    assert list(cells.frame.columns) == [
        "year", "level2Gid", "specieskey", "quantity", "value", "flag",
    ]  # fmt: skip
    assert rows(cells.frame) == [
        ("2024", "MK18", "59R5F", "occurrences", 12.0, "final"),
        ("2024", "MK12", "0123", "occurrences", 7.0, "final"),
        ("2025", "MK18", "0123", "occurrences", None, "not_available"),
    ]
    query = Query(source="gbif", table="t", select={"speciesKey": "0123"})
    ours = translate(query, cells.variables, "x")
    assert (ours.region, ours.time) == ("level2Gid", "year")
    assert ours.select == {"specieskey": ("0123",), "quantity": ("occurrences",)}


def test_several_values_and_no_region() -> None:
    asks = {"sql": SQL, "time": "year", "value": ("occurrences", "species")}
    text = "year\toccurrences\tspecies\n2024\t12\t3\n"
    service = Service([described("SUCCEEDED")], data=packed(text))
    outcome = Talk(service)(gbif.request(ask_of(GBIF, asks)))
    assert isinstance(outcome, Received)
    (part,) = outcome.parts
    assert part.address == f"https://www.gbif.org/occurrence/download/{KEY}"
    frame = gbif.read(part.data, part.layout, "f.zip", no_beside).frame
    assert rows(frame) == [
        ("2024", "occurrences", 12.0, "final"),
        ("2024", "species", 3.0, "final"),
    ]


def test_an_interrupted_run_waits_for_its_order() -> None:
    service = Service([described("PREPARING"), described("SUCCEEDED", **DONE)])
    looks = iter([False, True])

    def broken_off(call: Call) -> Reply:
        if call.wait and next(looks):
            raise KeyboardInterrupt
        return service(call)

    first = Talk(broken_off)
    with pytest.raises(KeyboardInterrupt):
        first(gbif.request(ask_of(GBIF, ORDER)))
    second = Talk(service, kept=first.kept)
    assert isinstance(second(gbif.request(ask_of(GBIF, ORDER))), Received)
    assert len(service.keys) == 1


@pytest.mark.parametrize("state", ["FAILED", "KILLED", "SUSPENDED"])
def test_a_download_that_comes_to_nothing(state: str) -> None:
    service = Service([described("RUNNING"), described(state)])
    with pytest.raises(SourceError, match=rf"download {KEY}\): GBIF could not make it \({state}\)"):
        Talk(service)(gbif.request(ask_of(GBIF, ORDER)))
    at_once = Service([described(state)])
    with pytest.raises(SourceError, match=state):
        Talk(at_once)(gbif.request(ask_of(GBIF, ORDER)))
    assert len(at_once.keys) == 1


def test_what_an_earlier_run_ordered_in_vain_is_ordered_anew() -> None:
    """And what the one after it ordered in vain too; nothing is ordered twice in one run."""
    yesterday = "2026-11-23T08:00:00Z"
    service = Service([described("FAILED")])
    first = Talk(service)
    with pytest.raises(SourceError):
        first(gbif.request(ask_of(GBIF, ORDER)))
    service.states = [[described("FAILED", yesterday)], [described("KILLED")]]
    second = Talk(service, kept=first.kept)
    with pytest.raises(SourceError, match="KILLED"):
        second(gbif.request(ask_of(GBIF, ORDER)))
    assert len(service.keys) == 2
    service.states = [
        [described("FAILED", yesterday)],
        [described("KILLED", yesterday)],
        [described("SUCCEEDED", **DONE)],
    ]
    third = Talk(service, kept=second.kept)
    assert isinstance(third(gbif.request(ask_of(GBIF, ORDER))), Received)
    assert len(service.keys) == 3


def test_an_answer_that_an_earlier_run_left_for_long_is_ordered_anew() -> None:
    service = Service([described("SUCCEEDED", "2026-11-01T08:00:00Z")], [described("SUCCEEDED")])
    assert isinstance(Talk(service)(gbif.request(ask_of(GBIF, ORDER))), Received)
    assert len(service.keys) == 2


def test_an_unknown_state_and_endless_making() -> None:
    with pytest.raises(SourceError, match="its state is 'DREAMING'"):
        Talk(Service([described("DREAMING")]))(gbif.request(ask_of(GBIF, ORDER)))
    with pytest.raises(SourceError, match="its state is 'None'"):
        Talk(Service([reply([])]))(gbif.request(ask_of(GBIF, ORDER)))
    endless = Service([described("RUNNING") for _ in range(1000)])
    talk = Talk(endless)
    with pytest.raises(SourceError, match="over 3 hours; run again later, the order stands"):
        talk(gbif.request(ask_of(GBIF, ORDER)))
    assert sum(c.wait for c in talk.calls) == pytest.approx(3 * 3600, abs=60)
    assert len(endless.keys) == 1


@pytest.mark.parametrize(
    ("path", "answer", "said"),
    [
        ("validate", reply({"message": "Column dog not found"}, 400), "refuses the SQL: Column"),
        ("validate", reply(b"nonsense", 400), "refuses the SQL: nonsense; mend the query"),
        ("request", reply(b"", 400), "refuses the order: without a reason"),
        ("request", reply(b"Enhance Your Calm", 420), "too many downloads of this account"),
        ("request", reply(b"<html>", 201), "gave no key of a download but '<html>'"),
        (f"{KEY}.zip", reply(b"PK cut"), "no whole packed file"),
        (f"{KEY}.zip", reply(packed()[:-30]), "no whole packed file"),
    ],
)
def test_a_refusal_is_told_in_words(path: str, answer: Reply, said: str) -> None:
    service = Service([described("SUCCEEDED", **DONE)])

    def one_wrong(call: Call) -> Reply:
        usual = service(call)
        return answer if call.url.endswith(f"/{path}") else usual

    with pytest.raises(SourceError, match=said):
        Talk(one_wrong)(gbif.request(ask_of(GBIF, ORDER)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TABLE.replace("occurrences", "n"), "no 'occurrences', it has year, level2gid, specieskey"),
        (TABLE.replace("\t12", "\tx"), "line 2: 'x' for 'occurrences' is no number"),
        (TABLE.replace("2024\tFIN.1.2_1\t0123", "2024\tFIN.3.1_1\t59R5F"), "two rows are about"),
        (TABLE.replace("\t12", ""), "a row is not of the head's width"),
        (TABLE.replace("2024\t", "eilen\t"), "'eilen' in 'year' is no period of time"),
        (TABLE[: TABLE.index("\n") + 1], "no figure of a finished year"),
        ("<html>busy</html>", "a web page, not figures"),
        ("", "the answer is empty"),
    ],
)
def test_a_faulty_table_is_named(text: str, said: str) -> None:
    service = Service([described("SUCCEEDED", **DONE)], data=packed(text))
    with pytest.raises(SourceError, match=said):
        Talk(service)(gbif.request(ask_of(GBIF, ORDER)))


def test_a_download_with_two_tables() -> None:
    out = io.BytesIO(packed())
    with zipfile.ZipFile(out, "a") as file:
        file.writestr("other.csv", "x")
    service = Service([described("SUCCEEDED", **DONE)], data=out.getvalue())
    with pytest.raises(SourceError, match="should hold one table, it holds"):
        Talk(service)(gbif.request(ask_of(GBIF, ORDER)))


def test_records_that_may_not_be_sold_are_told() -> None:
    url = "http://creativecommons.org/licenses/by-nc/4.0/legalcode"
    service = Service([described("SUCCEEDED", **{**DONE, "license": url})])
    outcome = Talk(service)(gbif.request(ask_of(GBIF, ORDER)))
    assert isinstance(outcome, Received)
    assert "may not be used commercially" in outcome.note


def test_a_download_is_ordered_once_a_day_and_is_new_if_a_figure_differs() -> None:
    first = Talk(Service([described("SUCCEEDED", **DONE)]))(gbif.request(ask_of(GBIF, ORDER)))
    assert isinstance(first, Received)

    def again(known: str, text: str = TABLE, **more: Any) -> tuple[Any, Service]:
        service = Service([described("SUCCEEDED", **DONE)], data=packed(text, "other.csv"))
        ask = ask_of(GBIF, ORDER, known=known, query_hash=first.query_hash, **more)
        return Talk(service)(gbif.request(ask)), service

    today, yesterday = "2026-11-24T07:59:00.000+00:00", "2026-11-23T07:59:00.000+00:00"
    outcome, service = again(today)
    assert (outcome, service.keys) == (Unchanged(today), [])
    turned = "\n".join([*TABLE.splitlines()[:1], *reversed(TABLE.splitlines()[1:])]) + "\n"
    outcome, service = again(yesterday, turned)
    assert (outcome, len(service.keys)) == (Unchanged(yesterday), 1)
    assert isinstance(again(yesterday, TABLE.replace("\t12", "\t13"))[0], Received)
    outcome, service = again(yesterday, check=True)
    assert (outcome, service.keys) == (Newer(), [])
    assert again(today, check=True)[0] == Unchanged(today)


@pytest.mark.parametrize(
    ("asks", "said"),
    [
        ({"sql": SQL, "time": "year"}, "write one `value`"),
        ({"sql": SQL, "value": "n"}, "write one `time`"),
        ({**ORDER, "region": ("a", "b")}, "write one `region`"),
        ({**ORDER, "country": "FI"}, "not 'country'; filters stand in the SQL"),
        ({**ORDER, "gadmGid": "FIN"}, "to 2 `areas` belong as many"),
    ],
)
def test_an_order_that_cannot_be_made(asks: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        next(gbif.request(ask_of(GBIF, asks)))
