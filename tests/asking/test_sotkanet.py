"""Sotkanet: what is asked in which order, what is refused, and what the cells are."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tilannekuva import regions
from tilannekuva.asking import sotkanet
from tilannekuva.asking._cells import Cells
from tilannekuva.calls import (
    Ask,
    Call,
    Conversation,
    Newer,
    Pace,
    Received,
    Reply,
    Unchanged,
)
from tilannekuva.errors import DataError, SourceError, TilannekuvaError
from tilannekuva.matching import translate
from tilannekuva.model import Query, Source, Text

BASE = "https://sotkanet.example/rest/1.1"
NAME = Text(fi="THL", sv="THL", en="THL")
SOURCE = Source(
    id="sotkanet", publisher=NAME, protocol="sotkanet", base=BASE, page="https://x", licence="CC BY"
)
TITLE = "Työttömät, % työvoimasta"

DETAIL: dict[str, Any] = {
    "id": 181,
    "title": {"fi": TITLE, "sv": "Arbetslösa, % av arbetskraften", "en": "Unemployed people, %"},
    "data-updated": "2026-05-04",
    "range": {"start": 2019, "end": 2021},
    "classifications": {
        "sex": {"title": {}, "values": ["male", "female", "total"]},
        "region": {"values": ["Kunta", "Maakunta", "Hyvinvointialue", "Maa", "Erva", "Nuts1"]},
    },
    "primaryValueType": {"code": "percent", "title": {"fi": "%", "en": "%"}},
}
AREAS = [
    (504, "18", "MAAKUNTA", "Kainuu"),
    (503, "17", "MAAKUNTA", "Pohjois-Pohjanmaa"),
    (94, "205", "KUNTA", "Kajaani"),
    (248, "765", "KUNTA", "Sotkamo"),
    (208, "620", "KUNTA", "Puolanka"),
    (46, "091", "KUNTA", "Helsinki"),
    (310, "911", "KUNTA", "Valtimo"),
    (962, "20", "HYVINVOINTIALUE", "Kainuun hyvinvointialue"),
    (958, "16", "HYVINVOINTIALUE", "Etelä-Pohjanmaan hyvinvointialue"),
    (587, "181", "SEUTUKUNTA", "Kehys-Kainuun seutukunta"),
    (934, "14", "ELY-KESKUS", "Kainuun ELY-keskus"),
    (617, "19", "SAIRAANHOITOPIIRI", "Kainuun sairaanhoitopiiri"),
    (901, "1", "ERVA", "Helsingin erityisvastuualue"),
    (658, "358", "MAA", "Koko maa"),
    (727, "1", "NUTS1", "Manner-Suomi"),
    (728, "2", "NUTS1", "Ahvenanmaa"),
    (1022, "246", "EUROOPPA", "Suomi"),
]


def regions_of(areas: Sequence[tuple[int, str, str, str]] = AREAS) -> bytes:
    return json.dumps(
        [
            {"id": i, "code": c, "category": k, "title": {"fi": n}, "memberOf": []}
            for i, c, k, n in areas
        ]
    ).encode()


def row(region: int, year: int, value: float, gender: str = "total") -> dict[str, Any]:
    return {"indicator": 181, "region": region, "year": year, "gender": gender, "value": value}


ROWS = [
    *(row(504, y, 10.0 + y % 10) for y in (2019, 2020, 2021)),
    *(row(94, y, 11.5) for y in (2019, 2020, 2021)),
    row(248, 2019, 9.0), row(248, 2021, 8.0),  # Sotkamo's 2020 is too small to be shown
    row(310, 2019, 14.0),  # Valtimo merged into Nurmes in 2020
    row(658, 2019, 6.6), row(658, 2020, 6.7), row(658, 2021, 6.8),
    row(901, 2019, 5.0),
]  # fmt: skip


def query(**more: Any) -> Query:
    return Query(source="sotkanet", table="181", select={"title": TITLE}, **more)


def ask(*queries: Query, **more: Any) -> Ask:
    found = queries or (query(),)
    return Ask(SOURCE, "181", tuple((f"rate_{n}", q) for n, q in enumerate(found)), **more)


def talk(
    conversation: Conversation, answer: Callable[[Call], Any]
) -> tuple[Received | Unchanged | Newer, list[Call]]:
    """Drive a conversation by hand."""
    calls: list[Call] = []
    step = next(conversation)
    while True:
        try:
            if isinstance(step, Pace):
                step = conversation.send(None)  # type: ignore[arg-type]
                continue
            calls.append(step)
            told = answer(step)
            if not isinstance(told, Reply):
                body = told if isinstance(told, bytes) else json.dumps(told).encode()
                told = Reply(200, body, {"date": "Tue, 24 Nov 2026 08:00:00 GMT"})
            assert told.status == 200 or told.status in step.handles
            step = conversation.send(told)
        except StopIteration as stop:
            return stop.value, calls


def service(detail: Any = DETAIL, rows: Any = ROWS, areas: Any = None) -> Callable[[Call], Any]:
    def answer(call: Call) -> Any:
        if "/indicators/" in call.url:
            return detail
        if call.url.endswith("/regions"):
            return regions_of() if areas is None else areas
        return rows

    return answer


def received(asked: Ask | None = None, **told: Any) -> Received:
    outcome, _ = talk(sotkanet.request(asked or ask()), service(**told))
    assert isinstance(outcome, Received)
    return outcome


def cells(got: Received) -> Cells:
    figures, beside = got.parts
    layout = json.loads(json.dumps(figures.layout))
    return sotkanet.read(figures.data, layout, "f.json", {beside.id: beside.data}.__getitem__)


def values(got: Cells) -> dict[tuple[str, str], tuple[float | None, str]]:
    return {
        (r.region, r.year): (None if pd.isna(r.value) else r.value, r.flag)
        for r in got.frame.itertuples()
    }


# --- asking --------------------------------------------------------------------------------------


def test_what_is_asked_and_in_which_order() -> None:
    conversation = sotkanet.request(ask())
    assert next(conversation) == Pace(BASE, 2, 1.0)
    outcome, calls = talk(sotkanet.request(ask()), service())
    assert isinstance(outcome, Received)
    about, areas, figures = calls
    assert about.url == f"{BASE}/indicators/181"
    assert (areas.url, areas.once) == (f"{BASE}/regions", True)
    assert figures.url == f"{BASE}/json"
    # The service refuses lists with commas: every year is a key of its own.
    assert figures.params == (
        ("indicator", "181"),
        ("years", "2019"),
        ("years", "2020"),
        ("years", "2021"),
        ("genders", "total"),
    )
    assert {c.expects for c in calls} == {"json"}
    assert figures.cells > 0


def test_what_comes_of_it() -> None:
    got = received()
    figures, beside = got.parts
    assert (got.title, got.updated_at, got.published_on) == (TITLE, "2026-05-04", "2026-05-04")
    assert figures.table is None
    assert beside.table == "regions"
    assert figures.layout["service"] == beside.layout["service"] == "sotkanet"
    assert figures.layout["regions"] == beside.id
    assert figures.data == json.dumps(ROWS).encode()
    assert figures.address == (
        f"{BASE}/json?indicator=181&years=2019&years=2020&years=2021&genders=total"
    )
    assert json.loads(json.dumps(figures.query))["genders"] == ["total"]


def test_nothing_new_costs_one_call() -> None:
    first = received()
    known = {"known": first.updated_at, "query_hash": first.query_hash}
    outcome, calls = talk(sotkanet.request(ask(**known)), service())
    assert outcome == Unchanged("2026-05-04")
    assert len(calls) == 1


def test_check_asks_for_no_figures() -> None:
    outcome, calls = talk(sotkanet.request(ask(check=True)), service())
    assert outcome == Newer("2026-05-04")
    assert len(calls) == 1
    outcome, _ = talk(sotkanet.request(ask(check=True, known="2026-01-01")), service())
    assert outcome == Newer("2026-05-04")


def test_another_question_is_asked_though_nothing_was_updated() -> None:
    first = received()
    known = {"known": first.updated_at, "query_hash": first.query_hash}
    by_sex = query(axes={"sex": "gender"})
    more = [r | {"gender": g} for r in ROWS for g in ("male", "female", "total")]
    assert received(ask(by_sex, **known), rows=more).query_hash != first.query_hash


def test_sexes_are_asked_for_only_if_somebody_wants_them() -> None:
    def asked(*queries: Query) -> list[str]:
        more = [r | {"gender": g} for r in ROWS for g in ("male", "female", "total")]
        wanted: list[str] = []

        def answer(call: Call) -> Any:
            wanted.extend(v for k, v in call.params if k == "genders")
            return [r for r in more if r["gender"] in wanted] if call.params else service()(call)

        talk(sotkanet.request(ask(*queries)), answer)
        return wanted

    assert asked(query()) == ["total"]
    assert asked(query(), query(axes={"sex": "Sukupuoli"})) == ["total", "male", "female"]
    named = query().model_copy(update={"select": {"title": TITLE, "gender": "female"}})
    assert asked(named) == ["female"]


def test_an_indicator_without_a_total() -> None:
    only = {**DETAIL, "classifications": {**DETAIL["classifications"], "sex": {"values": ["male"]}}}
    rows = [r | {"gender": "male"} for r in ROWS]
    assert received(detail=only, rows=rows).parts[0].query["genders"] == ["male"]
    both = json.loads(json.dumps(DETAIL))
    both["classifications"]["sex"]["values"] = ["male", "female"]
    with pytest.raises(DataError, match=r"male, female and no total"):
        received(detail=both)
    wants = query().model_copy(update={"select": {"title": TITLE, "gender": "total"}})
    with pytest.raises(DataError, match="no code 'total'"):
        received(ask(wants), detail=both)


def test_no_classification_by_sex_means_the_total() -> None:
    plain = {**DETAIL, "classifications": {"region": {"values": ["Maakunta"]}}}
    assert received(detail=plain).parts[0].query["genders"] == ["total"]


def test_an_indicator_that_does_not_say_when_it_was_updated() -> None:
    silent = {k: v for k, v in DETAIL.items() if k != "data-updated"}
    got = received(detail=silent)
    assert (got.updated_at, got.published_on) == (None, "2026-11-24")
    outcome, _ = talk(sotkanet.request(ask(query_hash=got.query_hash)), service(silent))
    assert isinstance(outcome, Received)


# --- is it still the same indicator? -------------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [
        {"fi": "Työttömät,  % <br/>TYÖVOIMASTA"},
        {"fi": "Muu", "sv": "Arbetslösa, % av arbetskraften", "en": TITLE},
        {"fi": "Ty&ouml;tt&ouml;m&auml;t, % ty&ouml;voimasta"},
    ],
)
def test_a_title_is_the_same_whatever_its_markup_or_language(told: dict[str, str]) -> None:
    assert received(detail={**DETAIL, "title": told})


def test_another_title_is_refused_before_anything_else_is_asked() -> None:
    other = {**DETAIL, "title": {"fi": "Työlliset, % väestöstä"}}
    calls: list[Call] = []
    with pytest.raises(SourceError, match=r"indicator 181 is now called 'Työlliset, % väestöstä'"):
        talk(sotkanet.request(ask(check=True)), lambda c: calls.append(c) or other)
    assert len(calls) == 1
    with pytest.raises(SourceError, match=f"expects '{TITLE}' for rate_0"):
        received(detail=other)


def test_a_catalogue_may_accept_several_titles_and_all_of_them_are_found_in_the_cells() -> None:
    either = query().model_copy(update={"select": {"title": ("Vanha nimi", TITLE.upper())}})
    got = received(ask(either))
    found = translate(either, cells(got).variables, "f.json")
    assert set(found.select["title"]) == {TITLE}
    assert found.select["gender"] == ("total",)
    assert (found.region, found.time) == ("region", "year")


# --- faults --------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 404])
def test_an_indicator_that_is_not_there(status: int) -> None:
    with pytest.raises(SourceError, match=r"sotkanet 181: .* does not know .*indicators/181"):
        received(detail=Reply(status, b""))


def test_a_caller_without_a_name_is_turned_away() -> None:
    with pytest.raises(SourceError, match="User-Agent"):
        received(detail=Reply(403, b"<html>"))


def test_a_question_that_is_refused() -> None:
    with pytest.raises(SourceError, match=r"refuses years 2019–2021 and total.*years=2019"):
        received(rows=Reply(400, b""))


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ([], "no object"),
        ({}, "no 'title'"),
        ({**DETAIL, "title": {}}, "no title in fi, sv, en"),
        ({**DETAIL, "range": None}, "no 'range'"),
        ({**DETAIL, "range": {"start": "x", "end": 2020}}, "years of the indicator cannot be read"),
        ({**DETAIL, "range": {"start": 2021, "end": 2020}}, "2021–2020"),
        ({**DETAIL, "classifications": {}}, "which areas"),
        ({**DETAIL, "data-updated": "eilen"}, "sotkanet 181: 'eilen'"),
        (b"<html>Huoltokatko</html>", "not JSON"),
    ],
)
def test_a_description_that_is_not_one(detail: Any, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        received(detail=detail)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "no figure of total"),
        ([r | {"value": None} for r in ROWS], "no figure of total"),
        ({"error": "indicator not found"}, "indicator not found"),
        ([r | {"indicator": 182} for r in ROWS], "indicator 182, which was not asked for"),
        ([*ROWS, row(504, 1999, 1.0)], "year 1999, which was not asked for"),
        ([*ROWS, row(504, 2020, 1.0, "male")], "gender male, which was not asked for"),
        ([*ROWS, ROWS[0]], "two rows are about"),
        ([{"region": 504}], "no code for 'indicator'"),
        ([row(99999, 2020, 1.0)], "no area of the figures is one of ours"),
        (json.dumps(ROWS).encode()[:-30], "not JSON"),
    ],
)
def test_figures_that_are_none(rows: Any, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        received(rows=rows)


@pytest.mark.parametrize(
    "areas", [b"{}", b"[]", b"<html>", b'[{"id":1}]', b'[{"id":1,"code":"1","category":"ERVA"}]']
)
def test_a_list_of_areas_that_is_none(areas: bytes) -> None:
    with pytest.raises(SourceError, match="list of areas"):
        received(areas=areas)


# --- reading -------------------------------------------------------------------------------------


def test_areas_are_in_our_codes() -> None:
    rows = [row(i, 2019, 1.0) for i, *_ in AREAS]
    frame = cells(received(rows=rows)).frame
    found = dict(zip((i for i, *_ in AREAS), frame["region"], strict=False))
    assert {i: found[i] for i, _, k, _ in AREAS if k not in ("ERVA", "EUROOPPA")} == {
        504: "MK18", 503: "MK17", 94: "KU205", 248: "KU765", 208: "KU620", 46: "KU091",
        310: "KU911", 962: "HVA20", 958: "HVA16", 587: "SK181", 934: "ELY14", 617: "SHP19",
        658: "SSS", 727: "MA1", 728: "FI2",
    }  # fmt: skip


@pytest.mark.parametrize("scheme", ["statfin", "auto", "name", "nuts"])
def test_areas_that_we_do_not_have_are_passed_over(scheme: Any) -> None:
    rows = [row(901, 2019, 1.0), row(1022, 2019, 2.0), row(77777, 2019, 4.0), row(504, 2019, 3.0)]
    frame = cells(received(rows=rows)).frame
    strangers = [c for c in frame["region"] if c != "MK18"]
    assert len(set(strangers)) == 3
    assert regions.recode(strangers, scheme=scheme, division="current") == [None] * 3


def test_wellbeing_counties_of_the_old_numbers_are_known_by_their_names() -> None:
    old = [*AREAS, (882, "16", "HYVINVOINTIALUE", "Kainuun hyvinvointialue")]
    rows = [row(882, 2019, 1.0), row(958, 2019, 2.0), row(962, 2020, 3.0)]
    frame = cells(received(rows=rows, areas=regions_of(old))).frame
    assert list(frame["region"])[:3] == ["HVA20", "HVA16", "HVA20"]


def test_two_areas_that_are_one_of_ours_in_the_same_year() -> None:
    double = [*AREAS, (1504, "18", "MAAKUNTA", "Kainuu")]
    got = received(rows=[row(504, 2019, 1.0), row(1504, 2019, 2.0)], areas=regions_of(double))
    with pytest.raises(SourceError, match=r"504, 1504 of the service are both MK18.* 2019"):
        cells(got)


def test_what_is_left_out_is_suppressed() -> None:
    got = values(cells(received()))
    assert got["KU765", "2019"] == (9.0, "final")
    assert got["KU765", "2020"] == (None, "suppressed")
    assert got["MK18", "2021"] == (11.0, "final")


def test_what_is_not_there_at_all_is_not_suppressed() -> None:
    got = values(cells(received()))
    # A merged municipality is gone, one without any row is not covered, and levels that the
    # indicator is not published for are nobody's secret.
    assert ("KU911", "2019") in got
    assert ("KU911", "2020") not in got
    assert not any(place == "KU620" for place, _ in got)
    assert [k for k, (_, flag) in got.items() if flag == "suppressed"] == [("KU765", "2020")]


def test_only_years_and_sexes_that_came_and_levels_that_are_listed() -> None:
    rows = [
        row(504, 2019, 1.0), row(503, 2019, 2.0), row(504, 2020, 3.0),
        row(94, 2019, 1.0), row(248, 2021, 1.0),
        row(587, 2019, 1.0), row(934, 2020, 2.0),  # sub-regions and ELY are not in the list
    ]  # fmt: skip
    got = values(cells(received(rows=rows)))
    assert {k for k, (_, flag) in got.items() if flag == "suppressed"} == {
        ("MK17", "2020"),  # nobody has 2021, so it was not published
        ("KU205", "2021"),
        ("KU765", "2019"),
    }


def test_of_two_sexes_the_one_that_is_hidden() -> None:
    both = query(axes={"sex": "gender"})
    some = [*ROWS[:6], row(248, 2020, 7.0)]
    rows = [r | {"gender": g} for r in some for g in ("total", "male", "female")]
    rows = [r for r in rows if (r["region"], r["year"], r["gender"]) != (94, 2020, "male")]
    frame = cells(received(ask(both), rows=rows)).frame
    hidden = frame[frame["flag"] == "suppressed"][["region", "year", "gender"]]
    assert ["KU205", "2020", "male"] in hidden.to_numpy().tolist()
    assert ["KU205", "2020", "female"] not in hidden.to_numpy().tolist()
    assert len(hidden) == 1 + 2 * 3  # and Sotkamo has a figure of one of three years


def test_figures_reckoned_back_to_before_an_area_was_founded() -> None:
    # Wellbeing counties began in 2023, but their figures go further back.
    rows = [row(962, 2019, 1.0), row(962, 2021, 2.0), row(958, 2020, 3.0), row(958, 2021, 4.0)]
    got = values(cells(received(rows=rows)))
    hidden = {k for k, (_, flag) in got.items() if flag == "suppressed"}
    assert hidden == {("HVA20", "2020")}


def test_columns_variables_and_unit() -> None:
    got = cells(received())
    assert list(got.frame.columns) == ["title", "region", "year", "gender", "flag", "value"]
    assert all(isinstance(got.frame[c].dtype, pd.CategoricalDtype) for c in got.frame.columns[:-1])
    assert got.frame["value"].dtype == "float64"
    assert set(got.frame["title"]) == {TITLE}
    roles = {v.code: v.role for v in got.variables}
    assert roles == {"title": "contents", "region": "geo", "year": "time", "gender": None}
    assert "Unemployed people, %" in got.variables[0].labels[TITLE]
    assert got.units == {"*": "%"}


def test_a_damaged_lock_entry() -> None:
    with pytest.raises(SourceError, match="lacks 'titles'"):
        sotkanet.read(b"[]", {"service": "sotkanet"}, "f.json", lambda _: b"")


def test_every_refusal_names_the_table() -> None:
    for told in ({"detail": {}}, {"rows": []}, {"rows": Reply(404, b"")}):
        with pytest.raises(TilannekuvaError, match=r"^sotkanet 181"):
            received(**told)


# --- as recorded ---------------------------------------------------------------------------------


@pytest.fixture
def recorded(shared: Path) -> Path:
    folder = shared / "recorded" / "sotkanet"
    if not folder.is_dir():
        pytest.skip("the recorded answers are not at hand")
    return folder


def test_a_recorded_answer(recorded: Path) -> None:
    rows = json.loads((recorded / "oskari_SotkaIndicatorData.json").read_bytes())
    about = next(
        i
        for i in json.loads((recorded / "oskari_SotkaIndicators.json").read_bytes())
        if i["id"] == 127
    )
    years = sorted({int(r["year"]) for r in rows})
    detail = {**about, "range": {"start": years[0], "end": years[-1]}, "data-updated": "2016-03-01"}
    areas = (recorded / "oskari_SotkaRegions.json").read_bytes()
    wanted = Query(source="sotkanet", table="127", select={"title": "Väestö 31.12."})
    outcome, _ = talk(
        sotkanet.request(Ask(SOURCE, "127", (("pop_total", wanted),))),
        service(detail, rows, areas),
    )
    assert isinstance(outcome, Received)
    frame = cells(outcome).frame
    shown = frame[frame["flag"] == "final"]
    assert len(shown) == len(rows)
    of_ours = {r["id"]: r["code"] for r in json.loads(areas) if r["category"] == "MAAKUNTA"}
    given = {of_ours[int(r["region"])]: float(r["primary value"]) for r in rows
             if int(r["region"]) in of_ours}  # fmt: skip
    read = dict(zip(shown["region"], shown["value"], strict=True))
    assert {f"MK{code}": value for code, value in given.items()} == {
        code: value for code, value in read.items() if code.startswith("MK")
    }
    assert regions.recode(list(frame["region"]), scheme="statfin", division="current")


def test_every_recorded_area_of_ours_has_our_name(recorded: Path) -> None:
    from tilannekuva.asking._sotkanet_areas import read_areas

    data = (recorded / "oskari_SotkaRegions.json").read_bytes()
    found = read_areas(data, "regions")
    told = {str(r["id"]): r for r in json.loads(data)}
    for identity, area in found.items():
        if area.level in ("maakunta", "kunta") and area.known:
            ours = regions.region(area.code).names.fi
            assert told[identity]["title"]["fi"].split()[0].startswith(ours[:3]), ours
    unknown = [told[i]["title"]["fi"] for i, a in found.items()
               if a.level in ("maakunta", "kunta") and not a.known]  # fmt: skip
    assert len(unknown) < 5
