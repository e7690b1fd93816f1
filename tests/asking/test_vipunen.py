"""Vipunen: what is asked in which order, what is refused, and what becomes of records."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tilannekuva.asking import vipunen
from tilannekuva.asking._cells import Cells
from tilannekuva.calls import Ask, Call, Conversation, Newer, Pace, Received, Reply, Unchanged
from tilannekuva.errors import DataError, SourceError
from tilannekuva.matching import translate
from tilannekuva.model import Query, Source, Text

NAME = Text(fi="Vipunen", sv="Vipunen", en="Vipunen")
BASE = "https://vipunen.example/api"
SOURCE = Source(
    id="vipunen",
    publisher=NAME,
    protocol="vipunen",
    base=BASE,
    page="https://vipunen.example",
    licence="CC BY 4.0",
    calls=30,
    seconds=60,
)
TABLE = "ammatillinen_opiskelijat"
HEAD = {"date": "Tue, 24 Nov 2026 22:30:00 GMT"}
STAMP = "2026-11-20 04:00:00"
FIELDS = [
    {"name": "tilastovuosi", "type": "number"},
    {"name": "maakunta", "type": "string"},
    {"name": "sukupuoli", "type": "string"},
    {"name": "koulutusala2015->", "type": "string"},
    {"name": "uudetOpiskelijatLkm", "type": "number"},
    {"name": "opiskelijatLkm", "type": "number"},
    {"name": "tietojoukkoPaivitettyPvm", "type": "date", "format": "yyyy-MM-dd HH:mm:ss"},
]
BARE = FIELDS[:-1]

Row = dict[str, Any]


def row(year: int, area: str, sex: str, new: Any, every: Any = 9, field: str = "Tekniikka") -> Row:
    return {
        "tilastovuosi": year,
        "maakunta": area,
        "sukupuoli": sex,
        "koulutusala2015->": field,
        "uudetOpiskelijatLkm": new,
        "opiskelijatLkm": every,
        "tietojoukkoPaivitettyPvm": STAMP,
    }


ROWS = [
    row(2023, "Kainuu", "mies", 10, 30),
    row(2023, "Kainuu", "nainen", 5, 20),
    row(2023, "Lappi", "mies", 7, 40),
    row(2024, "Kainuu", "mies", None, 31),
    row(2024, "Kainuu", "nainen", 6, 21),
]


class Service:
    """A resource of rows; remembers what it was asked."""

    def __init__(
        self,
        rows: list[Row] = ROWS,
        fields: Any = FIELDS,
        *,
        at_once: int = 10_000,
        count: Any = None,
        page: Callable[[int, list[Row]], Any] = lambda _, rows: rows,
    ) -> None:
        self.rows, self.fields, self.at_once = rows, fields, at_once
        self.count = len(rows) if count is None else count
        self.page = page
        self.calls: list[Call] = []

    def __call__(self, call: Call) -> Reply:
        self.calls.append(call)
        told = dict(call.params)
        path = call.url.removeprefix(BASE)
        if path == "/resources":
            return reply([TABLE, "julkaisut", "avoin_amk"])
        if path == f"/resources/{TABLE}":
            return reply(self.fields)
        if path == f"/resources/{TABLE}/data/count":
            return reply(self.count)
        if path == f"/resources/{TABLE}/data":
            start, limit = int(told["offset"]), min(int(told["limit"]), self.at_once)
            return reply(self.page(start, self.rows[start : start + limit]))
        return Reply(404, b'{"status": 404, "message": "not found"}', HEAD)


def reply(told: Any) -> Reply:
    return Reply(200, json.dumps(told, ensure_ascii=False).encode(), HEAD)


def talk(conversation: Conversation, answer: Callable[[Call], Reply]) -> Any:
    try:
        step = next(conversation)
        while True:
            if isinstance(step, Pace):
                step = conversation.send(None)  # type: ignore[arg-type]
                continue
            found = answer(step)
            assert found.status == 200 or found.status in step.handles, step.describe()
            step = conversation.send(found)
    except StopIteration as stop:
        return stop.value


BY_SEX = {"sukupuoli": ("mies", "nainen")}
ASKED: dict[str, Any] = {
    "time": "tilastovuosi",
    "region": "maakunta",
    "value": "uudetOpiskelijatLkm",
}


def query(select: dict[str, Any] | None = None, **asked: Any) -> Query:
    return Query(
        source="vipunen",
        table=TABLE,
        select=BY_SEX if select is None else select,
        scheme="name",
        ask={k: v for k, v in {**ASKED, **asked}.items() if v is not None},
    )


def ask(*queries: Query, table: str = TABLE, **more: Any) -> Ask:
    found = queries or (query(),)
    return Ask(SOURCE, table, tuple((f"i{n}", q) for n, q in enumerate(found)), **more)


def received(*queries: Query, service: Service | None = None, **more: Any) -> Received:
    outcome = talk(vipunen.request(ask(*queries, **more)), service or Service())
    assert isinstance(outcome, Received)
    return outcome


def cells(outcome: Received) -> Cells:
    bytes_of = {p.id: p.data for p in outcome.parts}
    first = outcome.parts[0]
    return vipunen.read(first.data, first.layout, "f.json", bytes_of.__getitem__)


def rows_of(found: Cells) -> list[tuple[Any, ...]]:
    plain = found.frame.astype(object)
    return [tuple(r) for r in plain.where(plain.notna(), None).itertuples(index=False)]


# --- what is asked ------------------------------------------------------------------------------


def test_fields_then_count_then_stamp_then_pages() -> None:
    service = Service()
    outcome = received(query(filter="tilastovuosi=ge=2023"), service=service)
    rule = ("filter", "tilastovuosi=ge=2023")
    where = f"{BASE}/resources/{TABLE}"
    assert [(c.url, c.params) for c in service.calls] == [
        (where, ()),
        (f"{where}/data/count", (rule,)),
        (f"{where}/data", (("limit", "1"), ("offset", "0"), rule)),
        (f"{where}/data", (("limit", "5000"), ("offset", "0"), rule)),
    ]
    assert all(c.headers["Caller-Id"] == "tilannekuva.situationpicture" for c in service.calls)
    assert all(c.expects == "json" for c in service.calls)
    assert [c.keep for c in service.calls] == [None, None, None, STAMP]
    assert service.calls[-1].cells == 5
    assert (outcome.updated_at, outcome.published_on) == (STAMP, "2026-11-20")
    (part,) = outcome.parts
    assert part.address == f"{where}/data?limit=5000&offset=0&filter=tilastovuosi%3Dge%3D2023"
    assert part.layout["service"] == "vipunen"
    json.dumps(dict(part.layout))


def test_the_pace_of_the_source_is_told_first() -> None:
    assert next(vipunen.request(ask())) == Pace(BASE, 30, 60)


def test_rows_stay_single_records_in_the_fields_own_names() -> None:
    found = cells(received())
    assert list(found.frame.columns) == [
        "maakunta", "tilastovuosi", "sukupuoli", "column", "flag", "value",
    ]  # fmt: skip
    key = "uudetOpiskelijatLkm"
    assert rows_of(found) == [
        ("Kainuu", "2023", "mies", key, "", 10.0),
        ("Kainuu", "2023", "nainen", key, "", 5.0),
        ("Lappi", "2023", "mies", key, "", 7.0),
        ("Kainuu", "2024", "mies", key, "", None),
        ("Kainuu", "2024", "nainen", key, "", 6.0),
    ]
    ours = translate(query(), found.variables, "f")
    assert (ours.region, ours.time) == ("maakunta", "tilastovuosi")
    assert ours.select == {**BY_SEX, "column": (key,)}


def test_names_of_the_query_itself_may_be_fields() -> None:
    own = Query(
        source="vipunen",
        table=TABLE,
        region="Maakunta",
        time="TILASTOVUOSI",
        axes={"sex": "sukupuoli"},
        ask={"value": "uudetopiskelijatlkm"},
    )
    found = cells(received(own))
    assert list(found.frame.columns)[:3] == ["maakunta", "tilastovuosi", "sukupuoli"]
    ours = translate(own, found.variables, "f")
    assert (ours.region, ours.time, ours.axes) == ("maakunta", "tilastovuosi", {"sex": "sukupuoli"})


def test_counts_add_up_over_what_is_not_named() -> None:
    whole = query({}, sum="true")
    key = "uudetOpiskelijatLkm"
    assert rows_of(cells(received(whole))) == [
        ("Kainuu", "2023", key, "", 15.0),
        ("Lappi", "2023", key, "", 7.0),
        # A sum that lacks one of its parts is none.
        ("Kainuu", "2024", key, "not_available", None),
    ]


def test_one_area_may_be_fixed() -> None:
    own = query({}, sum="true", region=None).model_copy(update={"region": "=SSS"})
    assert [r[:1] + r[-1:] for r in rows_of(cells(received(own)))] == [
        ("2023", 22.0),
        ("2024", None),
    ]


def test_two_fields_of_figures_are_told_apart() -> None:
    every = {**BY_SEX, "column": "opiskelijatLkm"}
    new = {**BY_SEX, "tiedot": "uudetOpiskelijatLkm"}
    first, second = query(new), query(every, value="opiskelijatLkm")
    found = cells(received(first, second))
    assert len(found.frame) == 2 * len(ROWS)
    assert translate(first, found.variables, "f").select["column"] == ("uudetOpiskelijatLkm",)
    with pytest.raises(DataError, match=r"i1\): 2 columns of figures .*column = \"uudetOpi"):
        received(first, query(BY_SEX, value="opiskelijatLkm"))


def test_large_resources_come_in_pages_that_are_read_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vipunen, "PAGE", 2)
    service = Service()
    outcome = received(query({}, sum="true"), service=service)
    assert [dict(c.params).get("offset") for c in service.calls[3:]] == ["0", "2", "4"]
    assert [c.cells for c in service.calls[3:]] == [2, 2, 1]
    first, *rest = outcome.parts
    assert first.table is None
    assert {p.table for p in rest} == {f"{TABLE}/rows"}
    assert first.layout["pages"] == [p.id for p in rest]
    # The last group has rows on two pages.
    assert rows_of(cells(outcome)) == rows_of(cells(received(query({}, sum="true"))))
    with pytest.raises(SourceError, match="a later page of an answer"):
        vipunen.read(rest[0].data, rest[0].layout, "f", lambda _: b"")


def test_a_service_that_gives_fewer_rows_at_once_is_asked_more_often() -> None:
    service = Service(at_once=2)
    assert len(cells(received(service=service)).frame) == 5
    assert [dict(c.params)["offset"] for c in service.calls[3:]] == ["0", "2", "4"]


# --- what is new --------------------------------------------------------------------------------


def test_the_same_stamp_and_question_fetch_nothing() -> None:
    question = received().query_hash
    service = Service()
    again = ask(known=STAMP, query_hash=question)
    assert talk(vipunen.request(again), service) == Unchanged(STAMP)
    assert len(service.calls) == 3
    other = ask(query({}, sum="true"), known=STAMP, query_hash=question)
    assert isinstance(talk(vipunen.request(other), Service()), Received)
    older = ask(known="2026-01-01", query_hash=question)
    assert isinstance(talk(vipunen.request(older), Service()), Received)


def test_a_check_fetches_no_rows() -> None:
    question = received().query_hash
    for known, expected in ((STAMP, Unchanged(STAMP)), ("2026-01-01", Newer(STAMP))):
        service = Service()
        asked = ask(known=known, query_hash=question, check=True)
        assert talk(vipunen.request(asked), service) == expected
        assert not any(dict(c.params).get("limit") == "5000" for c in service.calls)


def test_a_resource_without_a_stamp_is_of_the_day_it_was_asked() -> None:
    service = Service(fields=BARE)
    outcome = received(service=service)
    assert (outcome.updated_at, outcome.published_on) == (None, "2026-11-25")
    assert [c.keep for c in service.calls] == [None, None, "2026-11-25"]
    checked = ask(check=True)
    assert talk(vipunen.request(checked), Service(fields=BARE)) == Newer(None)


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (query(value="uudetOpiskelijaLkm"), "no field 'uudetOpiskelijaLkm'; near are uudetOpiskel"),
        (query(time="tilastovuodet"), "no field 'tilastovuodet'; near are tilastovuosi"),
        (query(time=None), "no field 'time'; "),
        (query(region="maakunnat"), "no field 'maakunnat'; near are maakunta"),
        (query({"sukupuoliX": "mies"}), "no field 'sukupuoliX'; near are sukupuoli"),
        (query(value=None), "ask.value; numbers are tilastovuosi, uudetOpiskelijatLkm"),
        (query(values="x"), "unknown key 'values'; did you mean 'value'"),
        (query(sum="yes"), 'ask.sum is "true" or "false", not \'yes\''),
        (
            query(filter="tilastovuos=='2023'"),
            "filter tilastovuos=='2023': .* near are tilastovuos",
        ),
        (
            query(filter="tilastovuosi==2023 and (sektori=='AMK' or maakunta!=x)"),
            "no field 'sektori'",
        ),
    ],
)
def test_a_field_that_is_not_there_is_named_with_what_is_near(asked: Query, message: str) -> None:
    with pytest.raises(DataError, match=rf"vipunen {TABLE} \(indicator i0\).*{message}"):
        received(asked)


@pytest.mark.parametrize(
    "rule",
    [
        "tilastovuosi=='2023';maakunta=in=('Kainuu','x==y')",
        "koulutusala2015->=='Tekniikka'",
        'maakunta=="a;b==c",tilastovuosi>2020',
        ("tilastovuosi=='2023'", "maakunta!='Tieto puuttuu'"),
    ],
)
def test_filters_of_fields_that_are_there_pass(rule: str | tuple[str, ...]) -> None:
    service = Service()
    received(query(filter=rule), service=service)
    text = rule if isinstance(rule, str) else ";".join(rule)
    assert dict(service.calls[-1].params)["filter"] == text


def test_queries_of_one_resource_are_read_from_one_answer() -> None:
    with pytest.raises(DataError, match=r"i0 and i1\): .*`filter` must be the same"):
        received(query(filter="tilastovuosi==2023"), query(filter="tilastovuosi==2024"))
    with pytest.raises(DataError, match="with `sum` every query of a resource names the same"):
        received(query({}, sum="true"), query(sum="true"))
    with pytest.raises(DataError, match="with `sum` every query of a resource names the same"):
        received(query(sum="true"), query())


def test_an_unknown_resource_is_named_with_what_is_near() -> None:
    with pytest.raises(SourceError, match=f"no resource 'ammatilliset'.*near are {TABLE}"):
        received(table="ammatilliset")
    service = Service(fields=[])
    with pytest.raises(SourceError, match="no resource"):
        received(service=service)
    assert service.calls[-1].once


def test_figures_that_stand_twice_are_refused() -> None:
    with pytest.raises(SourceError, match=r"two rows are about maakunta=Kainuu, .*sum = \"true\""):
        received(query({}))


@pytest.mark.parametrize("odd", [1.5, -1])
def test_only_counts_add_up(odd: float) -> None:
    rows = [*ROWS, row(2024, "Lappi", "mies", odd)]
    with pytest.raises(SourceError, match="is no count, and only counts add up"):
        received(query({}, sum="true"), service=Service(rows))
    assert rows_of(cells(received(service=Service(rows))))[-1][-1] == odd


def test_a_mark_in_the_place_of_a_figure_is_kept() -> None:
    rows = [*ROWS, row(2024, "Lappi", "mies", "..")]
    assert rows_of(cells(received(service=Service(rows))))[-1][-2:] == ("..", None)
    added = rows_of(cells(received(query({}, sum="true"), service=Service(rows))))
    assert added[-1] == ("Lappi", "2024", "uudetOpiskelijatLkm", "not_available", None)


@pytest.mark.parametrize(
    ("service", "message"),
    [
        (Service(count=7), "counts 7 rows and gave 5"),
        (Service(count=4), "counts 4 rows and gave 5"),
        (Service(count=0), r"no row with the filter \(none\)"),
        (Service(count="5"), "something else than asked: 5"),
        (Service(count=True), "something else than asked: True"),
        (Service(count={"message": "down"}), "and says: down"),
        (Service(fields={"error": "busy"}), "and says: busy"),
        (Service(page=lambda n, r: {"message": "timeout"}), "and says: timeout"),
        (Service(page=lambda n, r: [1, 2]), r"something else than asked: \[1, 2\]"),
        (Service(at_once=2, page=lambda n, r: ROWS[:2]), r"same 2 rows twice \(offset 2\)"),
        (Service([{**r, "uudetOpiskelijatLkm": None} for r in ROWS]), "no row has a figure in"),
        (Service([{"tietojoukkoPaivitettyPvm": STAMP}] * 2), "no row has the field 'maakunta'"),
        (
            Service(
                [*ROWS, {**ROWS[2], "tilastovuosi": 2025, "tietojoukkoPaivitettyPvm": "later"}]
            ),
            "several times of update .*loaded anew while it was being fetched",
        ),
    ],
)
def test_an_answer_that_is_not_whole_is_refused(service: Service, message: str) -> None:
    with pytest.raises(SourceError, match=f"vipunen {TABLE}.*{message}"):
        received(service=service)


def test_a_filter_that_the_service_refuses_is_said() -> None:
    def answer(call: Call) -> Reply:
        if call.url.endswith("count"):
            return Reply(400, b'{"message": "Invalid date"}', HEAD)
        return Service()(call)

    with pytest.raises(SourceError, match=r"refuses the filter tilastovuosi==x: .*Invalid date"):
        talk(vipunen.request(ask(query(filter="tilastovuosi==x"))), answer)


def test_a_resource_that_no_indicator_asks_for_is_refused() -> None:
    with pytest.raises(DataError, match="no indicator asks for this resource"):
        talk(vipunen.request(Ask(SOURCE, TABLE, ())), Service())


# --- as recorded --------------------------------------------------------------------------------


def test_the_recorded_fields_of_publications(shared: Path) -> None:
    fields = json.loads((shared / "recorded/vipunen/julkaisut.json").read_text(encoding="utf-8"))
    count = json.loads((shared / "recorded/vipunen/avoin_yliopisto_data_count.json").read_text())
    assert count == 342
    asked = {"time": "tilastovuosi", "region": "organisaatio", "value": "Lukumaara", "sum": "true"}
    own = Query(
        source="vipunen",
        table=TABLE,
        select={"julkaisufoorumitaso2015->": "3"},
        ask={**asked, "filter": "julkaisufoorumitaso2015->=='3';yhteisjulkaisuYrityksenKanssa==x"},
    )
    rows = [
        {f["name"]: 1 if f["type"] == "number" else "3" for f in fields} | {"organisaatio": "KAMK"}
        for _ in range(count)
    ]
    service = Service(rows, fields, count=count)
    assert rows_of(cells(received(own, service=service))) == [
        ("KAMK", "1", "3", "lukumaara", "", 342.0)
    ]
