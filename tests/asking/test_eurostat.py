"""Eurostat: what is asked in which order, every way of not getting figures, and the cells."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tilannekuva import regions
from tilannekuva.asking import eurostat
from tilannekuva.asking._cells import Cells
from tilannekuva.asking._eurostat_said import entry_of, variables_in_use
from tilannekuva.calls import (
    Ask,
    Call,
    Conversation,
    Newer,
    Pace,
    Part,
    Received,
    Reply,
    Unchanged,
)
from tilannekuva.errors import DataError, SourceError
from tilannekuva.matching import translate
from tilannekuva.model import Query, Source, Text

BASE = "https://eurostat.example/api/dissemination"
NAME = Text(fi="Eurostat", sv="Eurostat", en="Eurostat")
SOURCE = Source(
    id="eurostat", publisher=NAME, protocol="eurostat", base=BASE, page="https://x", licence="CC BY"
)
STAMP = "2026-09-17T11:00:00+0200"
TITLE = "GDP by NUTS 3 region"
CODES = {
    "freq": ["A"],
    "unit": ["MIO_EUR", "EUR_HAB"],
    "geo": ["EU27_2020", "DE", "FI", "FI1", "FI1D8", "FI1D9", "SE"],
    "time": ["2021", "2022", "2023"],
}
FIGURES = {
    ("A", "MIO_EUR", "FI", "2021"): (250664.0, ""),
    ("A", "MIO_EUR", "FI", "2022"): (269602.0, "b"),
    ("A", "MIO_EUR", "FI", "2023"): (277000.0, "p"),
    ("A", "MIO_EUR", "FI1D8", "2021"): (2366.5, ""),
    ("A", "MIO_EUR", "FI1D8", "2022"): (2600.1, "be"),
    ("A", "MIO_EUR", "FI1D8", "2023"): (None, "c"),
    ("A", "EUR_HAB", "FI1D8", "2022"): (36700.0, ""),
    ("A", "MIO_EUR", "SE", "2022"): (1.0, ""),
}
Figures = Mapping[tuple[str, ...], tuple[float | None, str]]


# --- a small service by hand ---------------------------------------------------------------------


def as_json(
    asked: Mapping[str, Sequence[str]],
    figures: Figures = FIGURES,
    codes: Mapping[str, Sequence[str]] = CODES,
    updated: str = STAMP,
) -> bytes:
    """Sparse objects, as Eurostat answers."""
    chosen = {d: [c for c in codes[d] if c in asked.get(d, codes[d])] for d in codes}
    if "lastTimePeriod" in asked:
        chosen["time"] = chosen["time"][-1:]
    value, status = {}, {}
    for n, key in enumerate(product(*chosen.values())):
        number, mark = figures.get(key, (None, ""))
        if number is not None:
            value[str(n)] = number
        if mark:
            status[str(n)] = mark
    document = {
        "version": "2.0", "class": "dataset", "label": TITLE, "source": "ESTAT",
        "updated": updated, "value": value, "status": status, "id": list(chosen),
        "size": [len(c) for c in chosen.values()],
        "dimension": {
            d: {"label": d.title(), "category": {
                "index": {c: n for n, c in enumerate(cs)},
                "label": {c: f"{c} in words" for c in cs}}}
            for d, cs in chosen.items()
        },
        "extension": {"lang": "EN", "agencyId": "ESTAT", "id": "NAMA"},
    }  # fmt: skip
    return json.dumps(document).encode()


def as_tsv(key: str, figures: Figures = FIGURES, time: str = "TIME_PERIOD") -> bytes:
    """Lines as Eurostat ends them, with a blank behind every cell; series without figures lack."""
    names = [d for d in CODES if d != "time"]
    lines = [",".join(names) + "\\" + time + "\t" + "".join(f"{t} \t" for t in CODES["time"])[:-1]]
    for series in product(*(part.split("+") for part in key.split("."))):
        cells = [figures.get((*series, t)) for t in CODES["time"]]
        if any(cells):
            shown = [(":" if n is None else f"{n}") + f" {m}" for n, m in
                     (c or (None, "") for c in cells)]  # fmt: skip
            lines.append(",".join(series) + "\t" + "\t".join(shown))
    return ("\r\n".join(lines) + "\r\n").encode()


def constraint(codes: Mapping[str, Sequence[str]] = CODES) -> bytes:
    keys = "".join(
        f'<c:KeyValue id="{"TIME_PERIOD" if d == "time" else d}">'
        + "".join(f"<c:Value>{c}</c:Value>" for c in cs)
        + "</c:KeyValue>"
        for d, cs in codes.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><m:Structure xmlns:m="urn:m" xmlns:s="urn:s" '
        'xmlns:c="urn:c"><m:Structures><s:Constraints><s:ContentConstraint id="NAMA">'
        f'<s:CubeRegion include="true">{keys}</s:CubeRegion></s:ContentConstraint>'
        "</s:Constraints></m:Structures></m:Structure>"
    ).encode()


TOC = (
    '"title"\t"code"\t"type"\t"last update of data"\t"last table structure change"\t"data start"\n'
    '"Economy"\t"nama"\t"folder"\t" "\t" "\t" "\n'
    f'"        {TITLE}"\t"nama_10r_3gdp"\t"dataset"\t"17.09.2026"\t"02.02.2026"\t"2000"\n'
    '"        Not dated"\t"odd_one"\t"dataset"\t" "\t" "\t" "\n'
).encode()


def soap(body: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" ?><env:Envelope '
        'xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Header/><env:Body>'
        f"{body}</env:Body></env:Envelope>"
    ).encode()


QUEUED = soap(
    '<ns0:syncResponse xmlns:ns0="http://estat.ec.europa.eu/disschain/soap/extraction">'
    "<processingTime>92</processingTime><queued><id>e3d3-9a1b</id><status>SUBMITTED</status>"
    "</queued></ns0:syncResponse>"
)
FAULT = (
    b'<?xml version="1.0" encoding="UTF-8"?><S:Fault '
    b'xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><faultcode>150</faultcode>'
    b"<faultstring>INVALID_QUERY: UNIT=X</faultstring></S:Fault>"
)
WARNING = {"warning": {"status": 413, "label": "ASYNCHRONOUS_RESPONSE. Your request is queued"}}


def state(name: str) -> bytes:
    return soap(
        '<ns0:asyncResponse xmlns:ns0="http://estat.ec.europa.eu/disschain/soap/asynchronous" '
        'xmlns:ns1="http://estat.ec.europa.eu/disschain/asynchronous">\n<ns1:status>\n'
        f"<ns1:key>e3d3-9a1b</ns1:key>\n<ns1:status>{name}</ns1:status>\n</ns1:status>\n"
        "</ns0:asyncResponse>"
    )


def error(number: int, label: str, *, bare: bool = False) -> bytes:
    one = {"status": 400, "id": number, "label": label}
    return json.dumps({"error": one if bare else [one]}).encode()


def asked_of(call: Call) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, code in call.params:
        found.setdefault(name, []).append(code)
    return found


class Service:
    """Answers calls; each kind can be replaced by an answer, several, or a function."""

    def __init__(self, **instead: Any) -> None:
        self.instead = instead
        self.calls: list[Call] = []

    def kinds(self) -> list[str]:
        return [self.kind(c) for c in self.calls]

    @staticmethod
    def kind(call: Call) -> str:
        if "/statistics/" in call.url:
            return "look" if ("lastTimePeriod", "1") in call.params else "data"
        for kind in ("contentconstraint", "toc", "status", "async/data"):
            if kind in call.url:
                return kind.rpartition("/")[2] if kind != "async/data" else "fetched"
        return "tsv"

    def __call__(self, call: Call) -> Any:
        self.calls.append(call)
        kind = self.kind(call)
        told = self.instead.get(kind)
        if isinstance(told, list):
            told = told.pop(0) if len(told) > 1 else told[0]
        if callable(told):
            told = told(call)
        return self.usual(kind, call) if told is None else told

    def usual(self, kind: str, call: Call) -> bytes:
        if kind in ("look", "data"):
            return as_json(asked_of(call))
        if kind in ("tsv", "fetched"):
            of = next(c for c in reversed(self.calls) if self.kind(c) == "tsv")
            return gzip.compress(as_tsv(of.url.rpartition("/")[2]))
        return {"contentconstraint": constraint(), "toc": TOC, "status": state("AVAILABLE")}[kind]


def talk(
    conversation: Conversation, service: Callable[[Call], Any]
) -> Received | Unchanged | Newer:
    step = next(conversation)
    while True:
        try:
            if isinstance(step, Pace):
                step = conversation.send(None)  # type: ignore[arg-type]
                continue
            told = service(step)
            if not isinstance(told, Reply):
                body = told if isinstance(told, bytes) else json.dumps(told).encode()
                told = Reply(200, body, {"date": "Tue, 24 Nov 2026 08:00:00 GMT"})
            assert told.status == 200 or told.status in step.handles, (told.status, step)
            if told.status == 200 and step.expects == "json":
                assert not told.body.lstrip().startswith(b"<")  # the driver would not pass it on
            step = conversation.send(told)
        except StopIteration as stop:
            return stop.value


def query(unit: str = "MIO_EUR", **more: Any) -> Query:
    settings: dict[str, Any] = {"region": "geo", "scheme": "nuts", "select": {"unit": unit}, **more}
    return Query(source="eurostat", table="nama_10r_3gdp", **settings)


def ask(*queries: Query, table: str = "nama_10r_3gdp", **more: Any) -> Ask:
    found = queries or (query(),)
    return Ask(SOURCE, table, tuple((f"gdp_{n}", q) for n, q in enumerate(found)), **more)


def received(service: Service | None = None, asked: Ask | None = None) -> Received:
    outcome = talk(eurostat.request(asked or ask()), service or Service())
    assert isinstance(outcome, Received)
    return outcome


def cells(part: Part) -> Cells:
    def beside(name: str) -> bytes:
        raise AssertionError(name)

    return eurostat.read(part.data, json.loads(json.dumps(part.layout)), "f", beside)


def values(parts: Iterable[Part]) -> dict[tuple[str, ...], tuple[float | None, str]]:
    found: dict[tuple[str, ...], tuple[float | None, str]] = {}
    for part in parts:
        for r in cells(part).frame.itertuples():
            found[r.unit, r.geo, r.time] = (None if pd.isna(r.value) else r.value, r.flag)
    return found


GDP = {
    ("MIO_EUR", "FI", "2021"): (250664.0, "final"),
    ("MIO_EUR", "FI", "2022"): (269602.0, "final"),
    ("MIO_EUR", "FI", "2023"): (277000.0, "preliminary"),
    ("MIO_EUR", "FI1D8", "2021"): (2366.5, "final"),
    ("MIO_EUR", "FI1D8", "2022"): (2600.1, "estimated"),
    ("MIO_EUR", "FI1D8", "2023"): (None, "confidential"),
}


# --- asking --------------------------------------------------------------------------------------


def test_what_is_asked_and_in_which_order() -> None:
    assert next(eurostat.request(ask())) == Pace(BASE, 1, 1.0)
    service = Service()
    got = received(service)
    assert service.kinds() == ["look", "contentconstraint", "data"]
    look, described, data = service.calls
    assert look.url == data.url == f"{BASE}/statistics/1.0/data/nama_10r_3gdp"
    assert ("geo", "FI") in look.params
    assert described.url == f"{BASE}/sdmx/2.1/contentconstraint/ESTAT/NAMA_10R_3GDP"
    # Finnish areas in use only, and all of time.
    assert asked_of(data) == {
        "format": ["JSON"], "lang": ["EN"], "freq": ["A"], "unit": ["MIO_EUR"],
        "geo": ["FI", "FI1", "FI1D8", "FI1D9"],
    }  # fmt: skip
    assert data.cells == 4 * 3
    assert data.keep is None
    assert (got.title, got.updated_at, got.published_on) == (TITLE, STAMP, "2026-09-17")
    assert values(got.parts) == GDP


def test_what_a_part_says_of_itself() -> None:
    (part,) = received().parts
    assert part.layout == {"service": "eurostat", "format": "json-stat2"}
    assert (part.ending, part.table) == ("json", None)
    assert part.address.startswith(f"{BASE}/statistics/1.0/data/nama_10r_3gdp?format=JSON&lang=EN&")
    assert part.query == {
        "dataset": "nama_10r_3gdp", "freq": ["A"], "unit": ["MIO_EUR"],
        "geo": ["FI", "FI1", "FI1D8", "FI1D9"],
    }  # fmt: skip


def test_a_pace_of_the_source_is_kept_to() -> None:
    source = SOURCE.model_copy(update={"calls": 5, "seconds": 10})
    asked = Ask(source, "nama_10r_3gdp", (("gdp", query()),))
    assert next(eurostat.request(asked)) == Pace(BASE, 5, 10.0)


def test_a_suffix_is_no_part_of_the_code() -> None:
    service = Service()
    received(service, ask(table="nama_10r_3gdp/NUTS2013"))
    assert all(c.url.upper().endswith("/NAMA_10R_3GDP") for c in service.calls)


def test_nothing_new_costs_one_call() -> None:
    first = received()
    service = Service()
    known = ask(known=first.updated_at, query_hash=first.query_hash)
    assert talk(eurostat.request(known), service) == Unchanged(STAMP)
    assert service.kinds() == ["look"]


def test_check_fetches_no_figures() -> None:
    service = Service()
    assert talk(eurostat.request(ask(check=True)), service) == Newer(STAMP)
    assert service.kinds() == ["look"]
    first = received()
    known = ask(check=True, known=first.updated_at, query_hash=first.query_hash)
    assert talk(eurostat.request(known), service) == Unchanged(STAMP)


def test_another_question_or_another_time_of_update_is_asked() -> None:
    first = received()
    other = ask(query("EUR_HAB"), known=first.updated_at, query_hash=first.query_hash)
    assert received(asked=other).query_hash != first.query_hash
    older = ask(known="2026-03-01T11:00:00+0100", query_hash=first.query_hash)
    assert received(asked=older).query_hash == first.query_hash


def test_codes_of_several_queries_are_asked_for_together() -> None:
    service = Service()
    got = received(service, ask(query(), query("EUR_HAB"), query("EUR_HAB in words")))
    assert asked_of(service.calls[-1])["unit"] == ["MIO_EUR", "EUR_HAB"]
    assert values(got.parts)["EUR_HAB", "FI1D8", "2022"] == (36700.0, "final")


def test_an_axis_is_asked_for_whole_and_a_fixed_region_by_its_code() -> None:
    service = Service()
    received(service, ask(query(select={}, axes={"unit": "unit"})))
    assert asked_of(service.calls[-1])["unit"] == ["MIO_EUR", "EUR_HAB"]
    fixed = query(select={"unit": "MIO_EUR", "geo": "FI"}, region="=SSS")
    received(service, ask(fixed))
    assert asked_of(service.calls[-1])["geo"] == ["FI"]


def test_no_more_than_fifty_codes_at_once() -> None:
    many = [f"FI{n:03}" for n in range(120)]
    codes = {**CODES, "geo": ["DE", *many]}
    figures = {("A", "MIO_EUR", c, "2022"): (float(n), "") for n, c in enumerate(many)}
    service = Service(
        look=lambda c: as_json(asked_of(c), figures, codes),
        data=lambda c: as_json(asked_of(c), figures, codes),
        contentconstraint=constraint(codes),
    )
    got = received(service)
    data = [c for c in service.calls if service.kind(c) == "data"]
    assert [len(asked_of(c)["geo"]) for c in data] == [50, 50, 20]
    assert {c.keep for c in data} == {STAMP}
    assert len(got.parts) == 3
    found = values(got.parts)
    assert {g: found["MIO_EUR", g, "2022"][0] for g in many} == {
        g: float(n) for n, g in enumerate(many)
    }


# --- codes in use --------------------------------------------------------------------------------


def test_a_dimension_that_nobody_chose_from() -> None:
    with pytest.raises(DataError, match=r"gdp_0\): choose with `select` from unit \(MIO_EUR, EUR_"):
        received(asked=ask(query(select={})))


def test_a_code_or_dimension_that_is_gone() -> None:
    with pytest.raises(DataError, match="no code 'MIO_EURO'; did you mean 'MIO_EUR'"):
        received(asked=ask(query("MIO_EURO")))
    with pytest.raises(DataError, match="no variable 'sex'"):
        received(asked=ask(query(select={"unit": "MIO_EUR", "sex": "T"})))


def test_a_dataset_without_finnish_areas() -> None:
    codes = {**CODES, "geo": ["DE", "SE"]}
    with pytest.raises(DataError, match="no Finnish area; it has DE, SE"):
        received(Service(contentconstraint=constraint(codes)))


def test_codes_of_an_excluded_part_are_not_in_use_and_a_span_of_time_is_no_code() -> None:
    told = (
        b'<m xmlns:c="c"><c:CubeRegion include="false"><c:KeyValue id="unit"><c:Value>NO</c:Value>'
        b'</c:KeyValue></c:CubeRegion><c:CubeRegion><c:KeyValue id="unit"><c:Value>NR</c:Value>'
        b'</c:KeyValue><c:TimeKeyValue id="TIME_PERIOD"><c:TimeRange/></c:TimeKeyValue>'
        b"</c:CubeRegion></m>"
    )
    unit, time = variables_in_use(gzip.compress(told), {}, "x")
    assert (unit.code, unit.codes, time.code, time.codes) == ("unit", ("NR",), "time", ())


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (b"<m/>", "names no dimension"),
        (constraint()[:-40], "cut off"),
        (constraint({**CODES, "unit": []}), "no code of 'unit'"),
        (b'<!DOCTYPE m [<!ENTITY a "b">]><m>&a;</m>', "entities"),
        ("<m/>".encode("utf-16"), "no XML"),
        (b"<html><body>busy</body></html>", "a web page"),
        (Reply(404, FAULT.replace(b"150", b"100")), "INVALID_QUERY"),
        (Reply(400, b""), "HTTP 400"),
    ],
)
def test_a_description_that_is_none(told: Any, said: str) -> None:
    with pytest.raises(SourceError, match=f"^eurostat nama_10r_3gdp.*{said}"):
        received(Service(contentconstraint=told))


def test_a_message_that_unpacks_to_no_end() -> None:
    bomb = gzip.compress(b"<m>" + b" " * (65 << 20))
    with pytest.raises(SourceError, match="over 64 MB"):
        received(Service(contentconstraint=bomb))


# --- when was it updated? ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "look",
    [
        WARNING,
        Reply(413, error(130, "EXTRACTION_TOO_BIG: over 5000000 rows")),
        Reply(416, error(416, "Too many categories. Maximum is 50")),
        Reply(400, error(150, "geo=FI is not allowed", bare=True)),
    ],
)
def test_where_the_first_question_fails_the_table_of_contents_is_asked(look: Any) -> None:
    service = Service(look=look)
    got = received(service)
    assert service.kinds() == ["look", "toc", "contentconstraint", "data"]
    assert service.calls[1].once
    assert (got.title, got.updated_at) == (TITLE, STAMP)  # the figures themselves say the minute
    again = ask(known=got.updated_at, query_hash=got.query_hash)
    assert talk(eurostat.request(again), Service(look=look)) == Unchanged(STAMP)


def test_a_dataset_that_is_not_there() -> None:
    look = Reply(404, error(100, "ERR_NOT_FOUND_2: NAMA_X is not available for dissemination."))
    with pytest.raises(SourceError, match=r"no dataset 'nama_x' \(ERR_NOT_FOUND_2.*mend `table`"):
        received(Service(look=look), ask(table="nama_x"))


def test_a_dataset_without_a_time_of_update() -> None:
    with pytest.raises(SourceError, match="does not say when 'Not dated' was updated"):
        received(Service(look=WARNING), ask(table="odd_one"))


def test_a_table_of_contents_that_is_none() -> None:
    with pytest.raises(SourceError, match="not Eurostat's table of contents"):
        received(Service(look=WARNING, toc=b"<html>busy</html>"))
    assert entry_of(TOC, "NAMA", "x") == ("Economy", None)


# --- every way of not getting figures ------------------------------------------------------------


@pytest.mark.parametrize("bare", [False, True])
def test_an_error_in_eurostats_own_words(bare: bool) -> None:
    told = error(150, "INVALID_QUERY: FREQ=X is not allowed", bare=bare)
    for reply in (Reply(400, told), Reply(200, told)):
        with pytest.raises(SourceError, match=r"FREQ=X is not allowed \(GET https://eurostat"):
            received(Service(data=reply))


def test_an_answer_that_is_neither_json_nor_figures() -> None:
    with pytest.raises(SourceError, match="HTTP 404"):
        received(Service(data=Reply(404, b"")))
    with pytest.raises(SourceError, match="not JSON-stat"):
        received(Service(data={"a": 1}))


def test_an_empty_answer_is_no_answer() -> None:
    with pytest.raises(SourceError, match=r"no figures for freq=A; unit=MIO_EUR; geo=FI, FI1, "):
        received(Service(data=lambda c: as_json(asked_of(c), {})))
    nothing = Reply(400, error(100, "No results found"))
    with pytest.raises(SourceError, match="no figures for"):
        received(Service(data=nothing))


def test_a_part_without_figures_does_not_spoil_the_others() -> None:
    many = [f"FI{n:03}" for n in range(60)]
    codes = {**CODES, "geo": many}
    figures = {("A", "MIO_EUR", many[0], "2022"): (1.0, "")}

    def data(call: Call) -> Any:
        geo = asked_of(call)["geo"]
        return (
            as_json(asked_of(call), figures, codes)
            if many[0] in geo
            else Reply(404, error(100, "No results found"))
        )

    got = received(Service(data=data, contentconstraint=constraint(codes)))
    assert len(got.parts) == 1


def test_416_asks_for_half() -> None:
    def data(call: Call) -> Any:
        return Reply(416, error(416, "Maximum is 50")) if len(asked_of(call)["geo"]) > 2 else None

    service = Service(data=data)
    got = received(service)
    sizes = [len(asked_of(c)["geo"]) for c in service.calls if service.kind(c) == "data"]
    assert sizes == [4, 2, 2]
    assert values(got.parts) == GDP
    with pytest.raises(SourceError, match="Maximum is 50"):
        received(Service(data=Reply(416, error(416, "Maximum is 50"))))


def test_codes_that_were_not_asked_for() -> None:
    with pytest.raises(SourceError, match="geo=DE, which was not asked for"):
        received(Service(data=lambda c: as_json({"unit": ["MIO_EUR"], "geo": ["DE", "FI"]},
                 {("A", "MIO_EUR", "DE", "2022"): (1.0, "")})))  # fmt: skip
    fewer = {d: c for d, c in CODES.items() if d != "unit"}
    with pytest.raises(SourceError, match=r"dimensions freq, geo, asked were freq, unit, geo"):
        received(Service(data=lambda c: as_json({}, {("A", "FI", "2022"): (1.0, "")}, fewer)))


def test_an_update_while_the_figures_come() -> None:
    later = as_json({"unit": ["MIO_EUR"], "geo": ["FI"]}, updated="2026-09-18T11:00:00+0200")
    with pytest.raises(SourceError, match="updated the dataset while it was being fetched"):
        received(Service(data=later))


# --- the queue -----------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [WARNING, Reply(413, error(130, "EXTRACTION_TOO_BIG"))])
def test_what_is_too_large_or_queued_is_asked_of_the_other_interface(data: Any) -> None:
    service = Service(data=data)
    got = received(service)
    # The format does not say of when it is: that is looked at again afterwards.
    assert service.kinds() == ["look", "contentconstraint", "data", "tsv", "look"]
    tsv = service.calls[3]
    assert tsv.url == f"{BASE}/sdmx/2.1/data/nama_10r_3gdp/A.MIO_EUR.FI+FI1+FI1D8+FI1D9"
    assert tsv.params == (("format", "TSV"), ("compressed", "true"))
    assert tsv.keep is None
    (part,) = got.parts
    assert (part.layout["format"], part.ending) == ("tsv", "tsv.gz")
    assert part.query["dataset"] == "nama_10r_3gdp"
    assert (got.updated_at, values(got.parts)) == (STAMP, GDP)


def test_the_key_is_in_the_order_of_the_dataset_not_of_its_description() -> None:
    turned = {d: CODES[d] for d in ("geo", "unit", "freq", "time")}
    service = Service(data=WARNING, contentconstraint=constraint(turned))
    received(service)
    assert service.calls[3].url.endswith("/A.MIO_EUR.FI+FI1+FI1D8+FI1D9")


def test_waiting_in_the_queue() -> None:
    states = [state("SUBMITTED"), state("PROCESSING"), state("PROCESSING"), state("AVAILABLE")]
    service = Service(data=WARNING, tsv=QUEUED, status=states)
    got = received(service)
    status = [c for c in service.calls if service.kind(c) == "status"]
    assert {c.url for c in status} == {f"{BASE}/1.0/async/status/e3d3-9a1b"}
    assert [c.wait for c in status] == [2, 4, 8, 16]
    fetched = next(c for c in service.calls if service.kind(c) == "fetched")
    assert fetched.url == f"{BASE}/1.0/async/data/e3d3-9a1b"
    assert got.parts[0].address.startswith(f"{BASE}/sdmx/2.1/data/")
    assert values(got.parts) == GDP


def test_a_queue_that_never_gets_done() -> None:
    service = Service(data=WARNING, tsv=QUEUED, status=state("PROCESSING"))
    with pytest.raises(SourceError, match=r"for 5 minutes \(state PROCESSING\); run again later"):
        received(service)
    waits = [c.wait for c in service.calls if service.kind(c) == "status"]
    assert sum(waits) == 300
    assert max(waits) == 60


@pytest.mark.parametrize("gone", [state("EXPIRED"), state("UNKNOWN_REQUEST"), Reply(404, b"")])
def test_a_queue_that_forgets_is_asked_once_again(gone: Any) -> None:
    service = Service(data=WARNING, tsv=QUEUED, status=[gone, state("AVAILABLE")])
    assert values(received(service).parts) == GDP
    assert service.kinds().count("tsv") == 2
    service = Service(data=WARNING, tsv=QUEUED, status=gone)
    with pytest.raises(SourceError, match="no longer knew of it, twice"):
        received(service)
    assert service.kinds().count("tsv") == 2


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ({"tsv": Reply(400, FAULT)}, "INVALID_QUERY: UNIT=X"),
        ({"tsv": FAULT}, "INVALID_QUERY: UNIT=X"),
        ({"tsv": gzip.compress(FAULT)}, "INVALID_QUERY: UNIT=X"),
        ({"tsv": Reply(413, error(510, "Response size exceeds service limit"))}, "exceeds service"),
        ({"tsv": b"<html>busy</html>"}, "a web page"),
        ({"tsv": b"<a/>"}, "neither figures nor a queue"),
        ({"tsv": b""}, "empty"),
        ({"tsv": as_tsv("A.MIO_EUR.FI+FI1D8")[:-9]}, "cut off"),
        ({"tsv": gzip.compress(as_tsv("A.MIO_EUR.FI"))[:-9]}, "cut off"),
        ({"tsv": b"\x1f\x8b" + b"\x00" * 40}, "damaged"),
        ({"tsv": as_tsv("A.MIO_EUR.FI1")}, "no figures for"),
        ({"tsv": as_tsv("A.MIO_EUR.SE")}, "geo=SE, which was not asked for"),
        ({"tsv": QUEUED, "status": state("BROKEN")}, "'BROKEN', which is unknown"),
        ({"tsv": QUEUED, "status": soap("<a/>")}, "does not say how far"),
        ({"tsv": QUEUED, "status": FAULT}, "queue says: INVALID_QUERY"),
        ({"tsv": QUEUED, "status": b"{}"}, "no XML"),
        ({"tsv": QUEUED, "fetched": Reply(404, b"")}, "HTTP 404"),
        ({"tsv": QUEUED, "fetched": FAULT}, "INVALID_QUERY"),
    ],
)
def test_faults_of_the_other_interface(instead: dict[str, Any], said: str) -> None:
    with pytest.raises(SourceError, match=f"^eurostat nama_10r_3gdp.*{said}"):
        received(Service(data=WARNING, **instead))


def test_nothing_found_by_the_other_interface() -> None:
    nothing = Reply(404, FAULT.replace(b"150", b"100"))
    with pytest.raises(SourceError, match="no figures for"):
        received(Service(data=WARNING, tsv=nothing))


def test_an_update_while_it_was_queued() -> None:
    later = as_json({"geo": ["FI"]}, updated="2026-09-17T23:00:00+0200")
    service = Service(data=WARNING, look=[as_json({"geo": ["FI"]}), later])
    with pytest.raises(SourceError, match="updated the dataset while it was being fetched"):
        received(service)


def test_a_whole_run_in_which_every_answer_is_queued() -> None:
    service = Service(look=WARNING, data=WARNING, tsv=QUEUED)
    got = received(service)
    assert (got.updated_at, got.published_on) == ("2026-09-17", "2026-09-17")
    assert values(got.parts) == GDP
    # What only a day is known of is looked at again when the minute is.
    known = ask(known=got.updated_at, query_hash=got.query_hash)
    assert isinstance(talk(eurostat.request(known), Service()), Received)
    assert talk(eurostat.request(known), Service(look=WARNING)) == Unchanged("2026-09-17")


# --- reading -------------------------------------------------------------------------------------


def parts_of_both() -> tuple[Cells, Cells]:
    (one,), (other,) = received().parts, received(Service(data=WARNING)).parts
    return cells(one), cells(other)


def test_both_formats_give_the_same_cells() -> None:
    one, other = parts_of_both()
    assert list(one.frame) == ["freq", "unit", "geo", "time", "value", "flag"]
    assert list(other.frame) == list(one.frame)
    for name in one.frame:
        assert (
            one.frame[name].astype("object").tolist()
            == pytest.approx(other.frame[name].astype("object").tolist(), nan_ok=True)
            if name == "value"
            else list(one.frame[name]) == list(other.frame[name])
        )
    assert {v.code: v.role for v in one.variables} == {v.code: v.role for v in other.variables}


def test_breaks_are_rows() -> None:
    for found in parts_of_both():
        assert found.broken is not None
        rows = found.frame.iloc[found.broken]
        assert list(zip(rows["geo"], rows["time"], strict=True)) == [
            ("FI", "2022"), ("FI1D8", "2022"),
        ]  # fmt: skip


def test_series_that_are_not_there_are_no_rows() -> None:
    for found in parts_of_both():
        assert set(found.frame["geo"]) == {"FI", "FI1D8"}


def test_a_query_is_understood() -> None:
    for found in parts_of_both():
        its = translate(query(), found.variables, "f")
        assert (its.region, its.time) == ("geo", "time")
        assert its.select == {"unit": ("MIO_EUR",), "freq": ("A",)}
        assert regions.recode(list(found.frame["geo"])[-1:], scheme="nuts", division=2020) == [
            "MK18"
        ]


def test_times_are_in_our_notation_and_todays_secrets_are_known() -> None:
    data = (
        b"freq,geo\\TIME_PERIOD\t2022-Q1 \t2022-Q2 \t2022-Q3 \n"
        b"Q,FI1D8\t7.5 b\t: @C\t8.0 p@C\nQ,FI\t1 \t: \t0n\n"
    )
    found = eurostat.read(data, {"format": "tsv"}, "f", lambda _: b"")
    assert list(found.frame["time"]) == ["2022Q1", "2022Q2", "2022Q3"] * 2
    assert list(found.frame["flag"]) == [
        "final", "confidential", "unreliable", "final", "not_available", "final",
    ]  # fmt: skip


def test_an_unknown_format_or_a_damaged_file() -> None:
    with pytest.raises(SourceError, match="f: the lock entry has the format 'px'"):
        eurostat.read(b"x", {"format": "px"}, "f", lambda _: b"")
    with pytest.raises(SourceError, match=r"^f: "):
        eurostat.read(as_json({})[:-50], {"format": "json-stat2"}, "f", lambda _: b"")


# --- as recorded ---------------------------------------------------------------------------------


@pytest.fixture
def recorded(shared: Path) -> Path:
    folder = shared / "recorded"
    if not (folder / "eurostat_tsv").is_dir():
        pytest.skip("the recorded answers are not at hand")
    return folder


def test_a_recorded_json_answer(recorded: Path) -> None:
    data = (recorded / "eurostat_jsonstat" / "jsonstat2_prc_hicp_minr_FR_TRIMMED.json").read_bytes()
    found = eurostat.read(data, {"format": "json-stat2"}, "f", lambda _: b"")
    assert list(found.frame["value"]) == [74.13, 74.42]
    assert list(found.frame["time"]) == ["1996M01", "1996M02"]


def test_recorded_tables_of_today_and_of_old(recorded: Path) -> None:
    folder = recorded / "eurostat_tsv"
    data = (folder / "edat_lfse_22_tabular.tsv.gz").read_bytes()
    found = eurostat.read(data, {"format": "tsv"}, "f", lambda _: b"")
    assert list(found.frame)[-3:] == ["time", "value", "flag"]
    assert next(v for v in found.variables if v.role == "geo").code == "geo"
    assert found.broken is not None
    assert prod((len(found.broken), found.frame["value"].notna().sum())) > 0
    old = (folder / "nama_r_e3gdp_2014_bulk_old_format.tsv").read_bytes()
    frame = eurostat.read(old, {"format": "tsv"}, "f", lambda _: b"").frame
    kainuu = frame[(frame["geo"] == "FI1D4") & (frame["unit"] == "MIO_EUR")]
    assert kainuu["value"].notna().any()
