"""CKAN: which files of a package are fetched, what is refused, and what their cells are."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tilannekuva.asking import ckan
from tilannekuva.asking._cells import Cells
from tilannekuva.calls import Ask, Call, Conversation, Newer, Pace, Received, Reply, Unchanged
from tilannekuva.errors import DataError, SourceError
from tilannekuva.matching import translate
from tilannekuva.model import Query, Source, Text

NAME = Text(fi="Avoindata.fi", sv="Avoindata.fi", en="Avoindata.fi")
BASE = "https://avoindata.example/data/api/3/action"
FILES = "https://files.example/kela"
SOURCE = Source(
    id="avoindata",
    publisher=NAME,
    protocol="ckan",
    base=BASE,
    page="https://avoindata.example",
    licence="CC BY 4.0",
    calls=30,
    seconds=60,
)
PACKAGE = "asumistuet"
STAMP = "2026-03-31T22:30:00.123456"
FILE = b"kunta,vuosi,sukupuoli,saajat,euroa\nKajaani,2024,T,1250,10.5\nSotkamo,2024,T,..,9\n"


def resource(called: str, /, **more: Any) -> dict[str, Any]:
    return {
        "id": f"id-{called}",
        "name": called,
        "name_translated": {"fi": called, "sv": f"{called} (sv)"},
        "url": f"{FILES}/{called}",
        "format": "CSV",
        "last_modified": STAMP,
        **more,
    }


def package(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": PACKAGE,
        "title": "Housing allowances",
        "title_translated": {"fi": "Asumistuet"},
        "license_title": "Creative Commons Nimeä 4.0",
        "metadata_modified": "2026-05-02T10:00:00.000001",
        "resources": list(resources),
        **more,
    }


def shown(told: dict[str, Any], success: Any = True) -> Reply:
    return Reply(200, json.dumps({"success": success, "result": told}).encode(), {})


class Service:
    """One package and its files; remembers what it was asked."""

    def __init__(self, told: Reply | dict[str, Any] | None = None, **files: bytes) -> None:
        found = package(resource("data_2024.csv")) if told is None else told
        self.told = shown(found) if isinstance(found, dict) else found
        self.files = {k.replace("__", "."): v for k, v in files.items()}
        self.calls: list[Call] = []

    def __call__(self, call: Call) -> Reply:
        self.calls.append(call)
        if call.url.startswith(BASE):
            return self.told
        return Reply(200, self.files.get(call.url.rpartition("/")[2], FILE), {})


def talk(conversation: Conversation, answer: Callable[[Call], Reply]) -> tuple[Any, list[Pace]]:
    paces: list[Pace] = []
    try:
        step = next(conversation)
        while True:
            if isinstance(step, Pace):
                paces.append(step)
                step = conversation.send(None)  # type: ignore[arg-type]
                continue
            found = answer(step)
            assert found.status == 200 or found.status in step.handles
            step = conversation.send(found)
    except StopIteration as stop:
        return stop.value, paces


ASKED: dict[str, Any] = {
    "time": "vuosi",
    "value": "saajat",
    "variables": ("kunta", "sukupuoli"),
}


def query(select: dict[str, Any] | None = None, **asked: Any) -> Query:
    told = {k: v for k, v in {**ASKED, **asked}.items() if v is not None}
    return Query(source="avoindata", table=PACKAGE, select=select or {}, ask=told)


def ask(*queries: Query, **more: Any) -> Ask:
    found = queries or (query(),)
    return Ask(SOURCE, PACKAGE, tuple((f"i{n}", q) for n, q in enumerate(found)), **more)


def received(*queries: Query, service: Service | None = None) -> Received:
    outcome, _ = talk(ckan.request(ask(*queries)), service or Service())
    assert isinstance(outcome, Received)
    return outcome


def read(data: bytes, **layout: Any) -> Cells:
    told = {"service": "ckan", "format": "csv", "time": "vuosi", "value": "saajat", **layout}
    return ckan.read(data, told, "f.csv", lambda _: b"")


def rows_of(found: Cells) -> list[tuple[Any, ...]]:
    plain = found.frame.astype(object)
    return [tuple(r) for r in plain.where(plain.notna(), None).itertuples(index=False)]


# --- what is asked ------------------------------------------------------------------------------


def test_the_package_then_its_file() -> None:
    service = Service()
    outcome, paces = talk(ckan.request(ask()), service)
    assert [(c.url, c.params, c.expects) for c in service.calls] == [
        (f"{BASE}/package_show", (("id", PACKAGE),), "json"),
        (f"{FILES}/data_2024.csv", (), "bytes"),
    ]
    assert paces == [Pace(BASE, 30, 60), Pace(f"{FILES}/data_2024.csv", 30, 60)]
    # The stamp is UTC: it is the next day in Helsinki.
    assert (outcome.updated_at, outcome.published_on) == (STAMP, "2026-04-01")
    assert (outcome.title, outcome.note) == ("Asumistuet", "licence: Creative Commons Nimeä 4.0")
    (part,) = outcome.parts
    assert (part.data, part.address, part.ending) == (FILE, f"{FILES}/data_2024.csv", "csv")
    assert json.loads(json.dumps(dict(part.layout))) == {
        "service": "ckan",
        "format": "csv",
        "time": "vuosi",
        "value": "saajat",
        "variables": ["kunta", "sukupuoli"],
    }
    found = ckan.read(part.data, part.layout, "f.csv", lambda _: b"")
    assert rows_of(found) == [
        ("Kajaani", "T", "2024", "saajat", "", 1250.0),
        ("Sotkamo", "T", "2024", "saajat", "..", None),
    ]
    ours = translate(query({"sukupuoli": "T"}), found.variables, "f.csv")
    assert (ours.region, ours.time) == ("kunta", "vuosi")


def test_files_by_year_are_several_parts() -> None:
    told = package(
        resource("data_2023.csv", last_modified="2025-03-01T08:00:00"),
        resource("data_2024.csv"),
        resource("Kuvaus", url=f"{FILES}/package.json", format="JSON"),
    )
    service = Service(told, data_2023__csv=FILE.replace(b"2024", b"2023"))
    outcome = received(query(resource="DATA_*"), service=service)
    assert [p.query["resource"] for p in outcome.parts] == ["data_2023.csv", "data_2024.csv"]
    assert outcome.updated_at == STAMP
    both = received(query(resource=("data_2024*", "data_2023.csv")), service=service)
    assert [p.id for p in both.parts] == [p.id for p in outcome.parts]


@pytest.mark.parametrize("name", ["Saajat [2024]", "saajat [2024]", "Mottagare*", "s_2024.csv"])
def test_a_resource_is_named_in_any_language_or_by_its_file(name: str) -> None:
    names = {"fi": "Saajat [2024]", "sv": "Mottagare 2024"}
    one = resource("x", name=None, name_translated=names, url=f"{FILES}/s_2024.csv?x=1", format="")
    other = resource("y.csv")
    service = Service(package(one, other))
    assert [p.query["id"] for p in received(query(resource=name), service=service).parts] == [
        "id-x"
    ]


def test_a_package_that_does_not_say_when_its_files_changed_is_of_its_own_time() -> None:
    told = package(resource("a.csv", last_modified=None))
    outcome = received(service=Service(told))
    assert (outcome.updated_at, outcome.published_on) == (
        "2026-05-02T10:00:00.000001",
        "2026-05-02",
    )
    told = package(resource("a.csv", last_modified=None, metadata_modified="2026-05-01T10:00:00Z"))
    assert received(service=Service(told)).published_on == "2026-05-01"
    told = package(resource("a.csv", last_modified="2026-05-01T01:00:00-05:00"))
    assert received(service=Service(told)).published_on == "2026-05-01"
    told = package(resource("a.csv", last_modified=None), metadata_modified=None)
    with pytest.raises(SourceError, match="does not say when the package was updated"):
        received(service=Service(told))


def test_the_same_stamp_and_question_fetch_no_file() -> None:
    question = received().query_hash
    for queries, known, check, expected in (
        ((), STAMP, False, Unchanged(STAMP)),
        ((), STAMP, True, Unchanged(STAMP)),
        ((), "2026-01-01T00:00:00", True, Newer(STAMP)),
        ((query(decimal=","),), STAMP, True, Newer(STAMP)),
    ):
        service = Service()
        again = ask(*queries, known=known, query_hash=question, check=check)
        assert talk(ckan.request(again), service)[0] == expected
        assert len(service.calls) == 1
    other = ask(query(variables=None), known=STAMP, query_hash=question)
    assert isinstance(talk(ckan.request(other), Service())[0], Received)


def test_two_columns_of_figures_of_one_file() -> None:
    first, second = query({"column": "saajat"}), query({"tiedot": "euroa"}, value="euroa")
    outcome = received(first, second)
    (part,) = outcome.parts
    assert part.layout["value"] == ["saajat", "euroa"]
    found = ckan.read(part.data, part.layout, "f", lambda _: b"")
    assert [r[-3:] for r in rows_of(found)] == [
        ("saajat", "", 1250.0), ("euroa", "", 10.5), ("saajat", "..", None), ("euroa", "", 9.0),
    ]  # fmt: skip
    assert translate(second, found.variables, "f").select["column"] == ("euroa",)
    with pytest.raises(DataError, match=r"i1\): 2 columns of figures are asked for"):
        received(first, query(value="euroa"))


# --- what is refused ----------------------------------------------------------------------------


NOT_FOUND = {"success": False, "error": {"__type": "Not Found Error", "message": "Not found"}}


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (Reply(404, json.dumps(NOT_FOUND).encode(), {}), "the package 'asumistuet' .*: Not found;"),
        (Reply(200, json.dumps(NOT_FOUND).encode(), {}), ": Not found; look its name up"),
        (Reply(200, b'{"success": true}', {}), "it does not say why"),
        (Reply(200, b'["x"]', {}), "it does not say why"),
        (Reply(200, b'{"success": false, "error": "busy"}', {}), ": busy; look"),
        (shown(package(), success="true"), "it does not say why"),
        (shown(package()), "the package has no file"),
        (shown(package(resource("a.csv", url=""))), "the package has no file"),
        (shown(package(resources="x")), "the package has no file"),
    ],
)
def test_a_package_that_is_not_given_is_refused(told: Reply, message: str) -> None:
    with pytest.raises(SourceError, match=f"avoindata {PACKAGE}: .*{message}"):
        received(service=Service(told))


@pytest.mark.parametrize(
    ("queries", "message"),
    [
        ((query(),), r"has 2 CSV files; say which are meant with ask.resource: data_2023"),
        ((query(resource="data_2032.csv"),), r"no resource 'data_2032.csv'; near are data_20"),
        ((query(resource="zzz"),), "no resource 'zzz'; near are data_2023.csv, data_2024.csv, Kuv"),
        ((query(resource="Kuvaus"),), "'Kuvaus' is no CSV file"),
        (
            (query(resource="d*", seperator=";"),),
            "unknown key 'seperator'; did you mean 'separator'",
        ),
        ((query(resource="d*", header="top"),), "ask.header is the number of a row, not 'top'"),
        (
            (query(resource="d*"), query(resource="data_2024*", decimal=",")),
            r"i0 and i1\): the same file is read with ask.decimal = None and ','",
        ),
    ],
)
def test_a_query_that_fits_no_file_is_refused(queries: tuple[Query, ...], message: str) -> None:
    told = package(
        resource("data_2023.csv"),
        resource("data_2024.csv"),
        resource("Kuvaus", url=f"{FILES}/k.pdf", format="PDF"),
    )
    with pytest.raises(DataError, match=message):
        received(*queries, service=Service(told))


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (b"<!DOCTYPE html><html>busy</html>", "data_2024.csv: a web page, not figures"),
        (b"", "the answer is empty"),
        (b"a;b\n1;2\n", "It is separated by ';'"),
        (b"kunta,vuosi,sukupuoli,saaja\nKajaani,2024,T,1\n", "'saajat'.*did you mean 'saaja'"),
        (b"kunta,vuosi,sukupuoli,saajat\nKajaani,2024,T,..\n", "has no figure at all"),
        (b"kunta,vuosi,sukupuoli,saajat\n", "has no row"),
    ],
)
def test_a_file_that_is_not_what_was_declared_is_refused(file: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        received(service=Service(data_2024__csv=file))


# --- cells --------------------------------------------------------------------------------------


def test_decimal_commas_blanks_signs_and_marks() -> None:
    text = (
        "alue;vuosi;saajat\n"
        "Kainuu;2020;1 250,5\nKainuu;2021;\N{MINUS SIGN}3\nKainuu;2022;-\nKainuu;2023;...\n"
        "Kainuu;2024;\nKainuu;2025;NA\n"
    )
    found = read(text.encode(), separator=";", decimal=",")
    assert [(r[1], *r[-2:]) for r in rows_of(found)] == [
        ("2020", "", 1250.5),
        ("2021", "", -3.0),
        ("2022", "", 0.0),
        ("2023", "...", None),
        ("2024", "", None),
        ("2025", "not_available", None),
    ]
    assert {v.code: v.role for v in found.variables} == {
        "alue": "geo",
        "vuosi": "time",
        "column": "contents",
    }


@pytest.mark.parametrize(
    ("cell", "decimal"),
    [("1.5", ","), ("1,5", "."), ("1.250,5", ","), ("1'250", "."), ("1e999", ".")],
)
def test_a_number_in_another_notation_is_never_guessed(cell: str, decimal: str) -> None:
    text = f"alue;vuosi;saajat\nKainuu;2020;1\nLappi;2020;{cell}\n"
    with pytest.raises(SourceError, match=rf"f\.csv: row 3: '{cell}' under 'saajat' is no number"):
        read(text.encode(), separator=";", decimal=decimal)


def test_notes_below_the_table_are_no_rows() -> None:
    text = b"alue,vuosi,saajat\nKainuu,2020,1\n,,\nSource: Kela,,\n"
    found = read(text)
    assert rows_of(found) == [("Kainuu", "2020", "saajat", "", 1.0)]
    # Nor is what stood in them a code that somebody would try to read.
    assert [v.codes for v in found.variables] == [("Kainuu",), ("2020",), ("saajat",)]


def test_a_figure_of_an_empty_area_is_not_lost() -> None:
    assert rows_of(read(b"alue,vuosi,saajat\n,2020,1\n")) == [("", "2020", "saajat", "", 1.0)]


def test_marks_in_a_column_of_their_own() -> None:
    text = b"alue,vuosi,saajat,merkki\nKainuu,2020,1,*\nKainuu,2021,,...\nKainuu,2022,2,\n"
    assert [r[-2:] for r in rows_of(read(text, flag="merkki"))] == [
        ("*", 1.0), ("...", None), ("", 2.0),
    ]  # fmt: skip


def test_periods_in_the_heads() -> None:
    text = b"alue,2020,2021\nKainuu,1,\nLappi,3,4\n"
    found = read(text, time="columns", variables=["alue"])
    assert [(r[0], r[1], r[-1]) for r in rows_of(found)] == [
        ("Kainuu", "2020", 1.0), ("Lappi", "2020", 3.0), ("Kainuu", "2021", None),
        ("Lappi", "2021", 4.0),
    ]  # fmt: skip
    with pytest.raises(SourceError, match="a variable is called 'value'"):
        read(b"value,2020\nKainuu,1\n", time="columns", variables=["value"])


def test_a_head_further_down_an_old_code_page_and_an_area_by_another_name() -> None:
    text = "Kela\npaikka;vuosi;saajat\nPyhäjärvi;2020;1\n".encode("iso-8859-15")
    found = read(text, separator=";", header=2, region="paikka")
    assert rows_of(found)[0][0] == "Pyhäjärvi"
    assert found.variables[0].role == "geo"
    with pytest.raises(SourceError, match="no column 'kunta' for the areas; it has paikka"):
        read(text, separator=";", header=2, region="kunta")
    with pytest.raises(SourceError, match="a web page, not figures"):
        read(b" <html></html>", encoding="utf-8")
    declared = read(text, separator=";", header=2, encoding="iso-8859-15")
    assert rows_of(declared) == rows_of(found)


def test_figures_that_stand_twice_are_refused() -> None:
    with pytest.raises(SourceError, match=r"two rows are about alue=Kainuu, vuosi=2020"):
        read(b"alue,vuosi,saajat,x\nKainuu,2020,1,a\nKainuu,2020,2,b\n", variables=["alue"])


def test_a_variable_called_like_one_of_our_columns_is_refused() -> None:
    with pytest.raises(SourceError, match="a variable is called 'flag'"):
        read(b"alue,flag,vuosi,saajat\nKainuu,x,2020,1\n")
