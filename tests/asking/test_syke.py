"""Syke's emissions: small files of our own; no real one is at hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from asking.carrying import DATE, Talk, ask_of, no_beside, reply, rows, source

from tilannekuva.asking import syke
from tilannekuva.calls import Call, Newer, Received, Reply, Unchanged
from tilannekuva.errors import DataError, SourceError
from tilannekuva.matching import translate
from tilannekuva.model import Query

SYKE = source("syke", "https://paastot.hiilineutraalisuomi.fi")
KAINUU = {"municipalities": ("KU620", "205", "KU105")}
STAMP = "Mon, 08 Jun 2026 21:30:00 GMT"
HEAD = "vuosi;taso_3;taso_4;taso_5;kt;kt_tuuli;GWh;hinku_laskenta;päästökauppa\n"
LAYOUT = {"service": "syke", "format": "syke", "municipality": "205"}


def a_file(kt: str = "1,25", rest: str = "") -> bytes:
    leaves = (
        f"2023;Tie;HeL;Hen;{kt};{kt};10,5;TRUE;FALSE\n"
        "2023;Tie;HeL;LiA;0,5;0,5;2;TRUE;FALSE\n"
        "2023;Tie;HeL;LiA;0,25;0,25;1;FALSE;TRUE\n"
        "2023;Maa;Kot;Elä;4;4;NA;TRUE;FALSE\n"
        "2024;Maa;Kot;Elä;3;3;NA;TRUE;FALSE\n"
    )
    return (HEAD + leaves + rest).encode()


def service(
    missing: tuple[int, ...] = (), heads: dict[str, str] | None = None
) -> Callable[[Call], Reply]:
    def answer(call: Call) -> Reply:
        start = "https://paastot.hiilineutraalisuomi.fi/Tulokset_taso_5/kunta_"
        assert call.url.startswith(start)
        number = int(call.url.removeprefix(start).removesuffix(".csv"))
        assert call.url == f"{start}{number}.csv"
        if number in missing:
            return reply(b"", 404)
        told = {"last_modified": STAMP} if heads is None else heads
        return reply(a_file(f"{number},5"), **told)

    return answer


# --- the conversation ---------------------------------------------------------------------------


def test_one_file_a_municipality_of_today() -> None:
    talk = Talk(service())
    outcome = talk(syke.request(ask_of(SYKE, {})))
    assert isinstance(outcome, Received)
    assert len(talk.calls) == len(outcome.parts) == 308
    assert talk.calls[0].url.endswith("/Tulokset_taso_5/kunta_5.csv")
    assert (talk.paces[0].calls, talk.paces[0].seconds) == (10, 10.0)
    # 21.30 at Greenwich is the next day in Helsinki.
    assert (outcome.updated_at, outcome.published_on) == (STAMP, "2026-06-09")
    assert outcome.note == ""
    part = outcome.parts[0]
    assert part.layout == {"service": "syke", "format": "syke", "municipality": "005"}
    assert (part.query, part.ending) == ({"kunta": "KU005"}, "csv")
    assert part.address == talk.calls[0].url
    json.dumps(part.layout)


def test_named_municipalities_and_what_an_interrupted_run_keeps() -> None:
    talk = Talk(service())
    outcome = talk(syke.request(ask_of(SYKE, KAINUU)))
    assert isinstance(outcome, Received)
    assert [p.query["kunta"] for p in outcome.parts] == ["KU105", "KU205", "KU620"]
    assert [c.keep for c in talk.calls] == [None, STAMP, STAMP]
    again = Talk(service(), kept=talk.kept)
    assert isinstance(again(syke.request(ask_of(SYKE, KAINUU))), Received)
    assert len(again.calls) == 1


def known(stamp: str, **more: Any) -> Any:
    first = Talk(service())(syke.request(ask_of(SYKE, KAINUU)))
    assert isinstance(first, Received)
    return ask_of(SYKE, KAINUU, known=stamp, query_hash=first.query_hash, **more)


def test_the_first_file_says_whether_anything_is_new() -> None:
    def not_modified(call: Call) -> Reply:
        assert call.headers == {"If-Modified-Since": STAMP}
        return reply(b"", 304)

    assert Talk(not_modified)(syke.request(known(STAMP))) == Unchanged(STAMP)
    # A server that does not heed the condition.
    talk = Talk(service())
    assert talk(syke.request(known(STAMP))) == Unchanged(STAMP)
    assert len(talk.calls) == 1
    older = "Sun, 08 Jun 2025 21:30:00 GMT"
    assert isinstance(Talk(service())(syke.request(known(older))), Received)
    assert Talk(service())(syke.request(known(older, check=True))) == Newer(STAMP)
    assert Talk(service())(syke.request(known(STAMP, check=True))) == Unchanged(STAMP)
    # Another question is asked whatever its age.
    other = ask_of(SYKE, KAINUU, known=STAMP, query_hash="x")
    talk = Talk(service())
    assert isinstance(talk(syke.request(other)), Received)
    assert talk.calls[0].headers == {}


def test_a_tag_serves_where_there_is_no_time() -> None:
    tag = 'W/"5f-abc"'

    def not_modified(call: Call) -> Reply:
        assert call.headers == {"If-None-Match": tag}
        return reply(b"", 304)

    outcome = Talk(service(heads={"etag": tag}))(syke.request(ask_of(SYKE, KAINUU)))
    assert isinstance(outcome, Received)
    assert (outcome.updated_at, outcome.published_on) == (tag, "2026-11-24")
    assert Talk(not_modified)(syke.request(known(tag))) == Unchanged(tag)


def test_without_time_and_tag_every_run_asks_and_keeps_nothing() -> None:
    talk = Talk(service(heads={}))
    outcome = talk(syke.request(ask_of(SYKE, KAINUU)))
    assert isinstance(outcome, Received)
    assert outcome.updated_at is None
    assert talk.kept == {}
    assert DATE.startswith("Tue, 24 Nov 2026")


def test_a_municipality_without_a_file_is_told() -> None:
    outcome = Talk(service(missing=(35,)))(syke.request(ask_of(SYKE, {})))
    assert isinstance(outcome, Received)
    assert (len(outcome.parts), outcome.note) == (307, "No file of KU035.")
    with pytest.raises(SourceError, match="there is no file of KU205; ask for others"):
        Talk(service(missing=(205,)))(syke.request(ask_of(SYKE, KAINUU)))
    with pytest.raises(SourceError, match=r"no file at .*kunta_5\.csv; Syke moved its results"):
        Talk(service(missing=(5,)))(syke.request(ask_of(SYKE, {})))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!doctype html><p>Tulossa", "a page for people"),
        (a_file().replace(b";kt;", b";t;"), r"kunta_205\.csv\): the head has no column 'kt'"),
        (a_file().replace(b"taso_3", b"taso_1"), "has no column 'taso_3'"),
        (a_file("1.25"), "no number with a decimal comma"),
        (a_file()[:-12], "not of the head's width"),
        (a_file()[:-20], "the answer is damaged or cut off"),
        (HEAD.encode(), "the file has no figure"),
        (HEAD.encode() + b"2023;Tie;HeL;Hen;NA;NULL;;TRUE;FALSE\n", "the file has no figure"),
        (a_file("105,5"), "the same file came for KU105"),
        (a_file().replace(b";Tie;", b";T;"), "calls a sector 'T'"),
    ],
)
def test_a_faulty_file_is_named(body: bytes, said: str) -> None:
    def one_wrong(call: Call) -> Reply:
        usual = service()(call)
        return reply(body, last_modified=STAMP) if "kunta_205" in call.url else usual

    with pytest.raises(SourceError, match=said):
        Talk(one_wrong)(syke.request(ask_of(SYKE, KAINUU)))


@pytest.mark.parametrize(
    ("asks", "said"),
    [
        ({"municipalities": ("KU205", "KU940")}, "'KU940' is not the code of a municipality"),
        ({"municipalities": "Kajaani"}, "'Kajaani' is not the code of a municipality"),
        ({"kunnat": "205"}, "not 'kunnat'"),
    ],
)
def test_a_question_that_cannot_be_asked(asks: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        next(syke.request(ask_of(SYKE, asks)))


def test_one_query_for_all_municipalities_asks_for_all() -> None:
    talk = Talk(service())
    outcome = talk(syke.request(ask_of(SYKE, KAINUU, {})))
    assert isinstance(outcome, Received)
    assert len(outcome.parts) == 308


# --- the cells ----------------------------------------------------------------------------------


def test_leaves_become_sums() -> None:
    """Whatever the rules and the trading; one leaf without a figure and there is no sum."""
    cells = syke.read(a_file(), LAYOUT, "f.csv", no_beside)
    assert list(cells.frame.columns) == ["kunta", "vuosi", "taso_3", "suure", "flag", "value"]
    assert rows(cells.frame) == [
        ("KU205", "2023", "Tie", "kt", "", 2.0),
        ("KU205", "2023", "Tie", "kt_tuuli", "", 2.0),
        ("KU205", "2023", "Tie", "GWh", "", 13.5),
        ("KU205", "2023", "Maa", "kt", "", 4.0),
        ("KU205", "2023", "Maa", "kt_tuuli", "", 4.0),
        ("KU205", "2023", "Maa", "GWh", "not_computable", None),
        ("KU205", "2023", "T", "kt", "", 6.0),
        ("KU205", "2023", "T", "kt_tuuli", "", 6.0),
        ("KU205", "2023", "T", "GWh", "not_computable", None),
        ("KU205", "2024", "Maa", "kt", "", 3.0),
        ("KU205", "2024", "Maa", "kt_tuuli", "", 3.0),
        ("KU205", "2024", "Maa", "GWh", "not_computable", None),
        # Traffic is not in the file for 2024: the rest of it is not the whole.
        ("KU205", "2024", "T", "kt", "not_computable", None),
        ("KU205", "2024", "T", "kt_tuuli", "not_computable", None),
        ("KU205", "2024", "T", "GWh", "not_computable", None),
    ]
    assert cells.units == {"kt": "kt CO2e", "kt_tuuli": "kt CO2e", "GWh": "GWh"}


def test_a_query_chooses_a_sector_by_its_name_or_means_all() -> None:
    variables = syke.read(a_file(), LAYOUT, "f.csv", no_beside).variables

    def chosen(**select: str) -> Any:
        query = Query(source="s", table="t", select=select)
        ours = translate(query, variables, "x")
        assert (ours.region, ours.time) == ("kunta", "vuosi")
        return ours.select

    assert chosen(suure="kt", taso_3="T") == {"suure": ("kt",), "taso_3": ("T",)}
    assert chosen(suure="kt") == {"suure": ("kt",), "taso_3": ("T",)}
    assert chosen(suure="kt", taso_3="Maatalous")["taso_3"] == ("Maa",)
    assert chosen(suure="kt", taso_3="Maa")["taso_3"] == ("Maa",)
    with pytest.raises(DataError, match="does not say which 'suure' it means"):
        chosen(taso_3="T")


def test_a_credit_lowers_the_sum() -> None:
    data = a_file(rest="2023;Tuu;Tuu;Tuu;0;-3,5;0;TRUE;FALSE\n")
    frame = syke.read(data, LAYOUT, "f.csv", no_beside).frame
    total = frame[(frame["vuosi"] == "2023") & (frame["taso_3"] == "T")]
    assert total["value"].tolist()[:2] == [6.0, 2.5]


def test_a_leaf_that_is_not_in_the_file_makes_the_sum_impossible() -> None:
    head = "vuosi;taso_3;taso_4;kt;kt_tuuli;GWh\n"
    rows = ["2022;Tie;a;1,0;1,0;1,0", "2022;Tie;b;2,0;2,0;1,0", "2023;Tie;a;1,0;1,0;1,0",
            "2023;Tie;b;2,0;2,0;1,0", "2024;Tie;a;1,0;1,0;1,0"]  # fmt: skip
    cut = (head + "\n".join(rows) + "\n").encode()
    cells = syke.read(cut, {"municipality": "205"}, "x", lambda _: b"")
    frame = cells.frame[(cells.frame["suure"] == "kt") & (cells.frame["taso_3"] == "T")]
    found = {
        y: (v, f) for y, v, f in zip(frame["vuosi"], frame["value"], frame["flag"], strict=True)
    }
    assert found["2023"] == (3.0, "")
    assert found["2024"][1] == "not_computable"
    assert found["2024"][0] != found["2024"][0]
