"""PxWebApi 2 against a service that behaves like Sweden's, Norway's and Latvia's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from services.cube_model import Cube, Variable
from services.cubes import ages, contents, generated, quarters, sexes, years
from services.pxweb2 import PxWeb2

from tilannekuva.asking import pxweb2
from tilannekuva.calls import Ask, Newer, Received, Unchanged
from tilannekuva.errors import DataError, SourceError
from tilannekuva.matching import translate
from tilannekuva.model import Query, Source, Text
from tilannekuva.sources import jsonstat
from tilannekuva.web import Meter, Web

REGION = Variable(
    "Region",
    {"sv": "region", "en": "region"},
    ["00", "01", "0114", "0115", "03", "0305"],
    {"sv": ["Riket", "Stockholms län", "Upplands Väsby", "Vallentuna", "Uppsala län", "Håbo"]},
    role="geo",
    elimination="00",
)
SEX = Variable("Kon", {"sv": "kön"}, ["1", "2"], {"sv": ["män", "kvinnor"]}, elimination=True)
WHAT = contents(
    {"BE0101N1": {"fi": "x", "sv": "Folkmängd"}, "BE0101N2": {"fi": "y", "sv": "Ökning"}}
)


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def people() -> Cube:
    return generated("TAB638", [REGION, ages(30, "Alder"), SEX, WHAT, years(2015, 2025)])


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def service(time: Time) -> Iterator[PxWeb2]:
    with PxWeb2([people()], flavour="scb", clock=time) as found:
        yield found


@pytest.fixture
def meter() -> Meter:
    return Meter()


@pytest.fixture
def web(time: Time, meter: Meter) -> Web:
    return Web("tilannekuva/test (+x)", clock=time, sleep=time.sleep, watcher=meter)


def query(**more: Any) -> Query:
    given = {"source": "scb", "table": "TAB638", "select": {"ContentsCode": "BE0101N1"}}
    return Query(**{**given, **more})


EVERY = query(
    select={"contentscode": ("BE0101N1", "BE0101N2")}, axes={"age": "Alder", "sex": "Kon"}
)
BY_AGE = query(select={"contentscode": "BE0101N1"}, axes={"age": "Alder"})
PLAIN = query(select={"contentscode": "Folkmängd"})


def ask(service: PxWeb2, *queries: Query, table: str = "TAB638", **more: Any) -> Ask:
    name = Text(fi="x", sv="x", en="x")
    source = Source(
        id="scb", publisher=name, protocol="pxweb2", base=service.api, page="x", licence="CC0"
    )
    return Ask(
        source, table, tuple((f"i{n}", q) for n, q in enumerate(queries or (PLAIN,))), **more
    )


def received(web: Web, asked: Ask, keep: Path | None = None) -> Received:
    found = web.converse(pxweb2.request(asked), keep)
    assert isinstance(found, Received)
    return found


def frame(found: Received) -> pd.DataFrame:
    cells = [pxweb2.read(p.data, p.layout, "x", lambda _: b"") for p in found.parts]
    return pd.concat([c.frame.astype({n: "str" for n in c.frame if n != "value"}) for c in cells])


@pytest.mark.parametrize("limit", [None, 500])
def test_every_figure_comes_through_in_order(service: PxWeb2, web: Web, limit: int | None) -> None:
    if limit:
        service.shrink(limit)
    found = received(web, ask(service, EVERY))
    sizes = [len(jsonstat.parse(p.data, "x").values) for p in found.parts]
    cube = service.cubes["TAB638"]
    assert sum(sizes) == len(cube.values)
    assert max(sizes) <= (limit or 150_000)
    assert (len(sizes) > 1) == bool(limit)
    rows = frame(found)
    assert rows["Kon"].unique().tolist() == ["1", "2"]
    for value, status, n in zip(rows["value"], rows["flag"], range(len(rows)), strict=True):
        if cube.values[n] is None:
            symbol = cube.status[n]
            assert value == 0.0 if symbol == "-" else value != value
            assert status == "not_applicable" or symbol != "."
        else:
            assert value == cube.values[n]
    assert set(rows["timeperiod_y"]) == {str(y) for y in range(2015, 2026)}
    last = rows[(rows["timeperiod_y"] == "2025") & rows["value"].notna()]
    assert set(last["flag"]) == {"preliminary"}


def test_what_nobody_names_is_left_out(service: PxWeb2, web: Web) -> None:
    rows = frame(received(web, ask(service)))
    assert list(rows.columns) == ["Region", "contentscode", "timeperiod_y", "value", "flag"]
    assert set(rows["Region"]) == set(REGION.codes)


def test_a_part_with_one_sex_is_not_taken_for_both(time: Time) -> None:
    cube = generated("TAB638", [REGION, sexes("Kon"), WHAT, years(2015, 2025)])
    with PxWeb2([cube], flavour="scb", max_cells=11, clock=time) as service:
        by_sex = PLAIN.model_copy(update={"axes": {"sex": "Kon"}})
        found = received(Web("x", clock=time, sleep=time.sleep), ask(service, by_sex, PLAIN))
        for part in found.parts:
            cells = pxweb2.read(part.data, part.layout, "x", lambda _: b"")
            assert len(cells.frame["Kon"].cat.categories) == 1
            assert translate(PLAIN, cells.variables, "x").select["Kon"] == ("SSS",)


def test_areas_chosen_by_code(service: PxWeb2, web: Web) -> None:
    wanted = PLAIN.model_copy(
        update={
            "region": "Region",
            "select": {"contentscode": "BE0101N1", "region": ("01", "Håbo")},
        }
    )
    found = received(web, ask(service, wanted))
    assert set(frame(found)["Region"]) == {"01", "0305"}
    part = found.parts[0]
    cells = pxweb2.read(part.data, part.layout, "x", lambda _: b"")
    assert translate(wanted, cells.variables, "x").select["Region"] == ("01", "0305")


def test_the_same_edition_costs_one_call(service: PxWeb2, web: Web, meter: Meter) -> None:
    first = received(web, ask(service))
    figures, before = sum(meter.cells.values()), len(service.log)
    known = {"known": first.updated_at, "query_hash": first.query_hash}
    assert web.converse(pxweb2.request(ask(service, **known))) == Unchanged(first.updated_at)
    assert len(service.log) - before == 1
    assert sum(meter.cells.values()) == figures
    assert isinstance(web.converse(pxweb2.request(ask(service, BY_AGE, **known))), Received)
    service.publish("TAB638", {0: 5.0}, "2026-05-01T05:00:00Z")
    found = received(web, ask(service, **known))
    assert (found.updated_at, found.published_on) == ("2026-05-01T05:00:00Z", "2026-05-01")


def test_checking_fetches_no_figures(service: PxWeb2, web: Web, meter: Meter) -> None:
    found = web.converse(pxweb2.request(ask(service, known="2025-01-01T05:00:00Z", check=True)))
    assert found == Newer("2026-04-01T05:00:00Z")
    assert not any(meter.cells.values())


@pytest.mark.parametrize("flavour", ["stock", "scb", "ssb", "latvia"])
def test_the_limits_of_every_service_are_kept(time: Time, flavour: Any) -> None:
    with PxWeb2([people()], flavour=flavour, max_cells=100, clock=time) as service:
        web = Web("x", clock=time, sleep=time.sleep)
        found = received(web, ask(service, BY_AGE))
        assert len(found.parts) > 20
        assert service.limit is not None
        assert service.limit.refused == 0
        assert set(service.answered) == {200}
        lang = service.flavour.default_language
        assert {a.one("lang") for a in service.log if "/tables/" in a.path} == {lang}


def test_a_limit_of_calls_that_is_not_known_beforehand(time: Time) -> None:
    # Nobody says that only five a minute are borne: the refusals tell when to come back.
    with PxWeb2([people()], flavour="ssb", calls=5, max_cells=200, clock=time) as service:
        service.flavour = replace(service.flavour, headers="")
        found = received(Web("x", clock=time, sleep=time.sleep), ask(service, BY_AGE))
        assert len(found.parts) > 5
        assert 429 in service.answered


def test_a_limit_that_shrinks_between_two_calls_is_followed(service: PxWeb2, web: Web) -> None:
    service.shrink(1_000)
    after(service, 4, lambda: service.shrink(300))
    found = received(web, ask(service, BY_AGE))
    assert 400 in service.answered
    sizes = [len(jsonstat.parse(p.data, "x").values) for p in found.parts]
    assert max(sizes) > 300 >= min(sizes)


def after(service: PxWeb2, calls: int, change: Any) -> None:
    """Let something happen to the service before it answers a later call."""
    answer, left = service.answer, [calls]

    def counted(asked: Any) -> Any:
        left[0] -= 1
        if left[0] == -1:
            change()
        return answer(asked)

    service.answer = counted  # type: ignore[method-assign]


def test_an_interrupted_fetch_goes_on_where_it_stopped(
    service: PxWeb2, web: Web, time: Time, tmp_path: Path
) -> None:
    service.shrink(300)
    service.fail("POST", "down", times=99, after=4)
    with pytest.raises(SourceError, match="no whole answer"):
        web.converse(pxweb2.request(ask(service, BY_AGE)), tmp_path)
    got = len(list(tmp_path.iterdir()))
    assert got == 4
    service.faults.clear()
    before = len([a for a in service.log if a.method == "POST"])
    found = received(Web("x", clock=time, sleep=time.sleep), ask(service, BY_AGE), tmp_path)
    posts = len([a for a in service.log if a.method == "POST"]) - before
    assert posts == len(found.parts) - got
    assert len(frame(found)) == 6 * 32 * 11


def test_what_was_kept_of_an_older_edition_is_not_mixed_in(
    service: PxWeb2, web: Web, time: Time, tmp_path: Path
) -> None:
    service.shrink(300)
    service.fail("POST", "down", times=99, after=4)
    with pytest.raises(SourceError, match="no whole answer"):
        web.converse(pxweb2.request(ask(service, BY_AGE)), tmp_path)
    service.faults.clear()
    size = len(service.cubes["TAB638"].values)
    service.publish("TAB638", [1.0] * size, "2026-05-01T05:00:00Z")
    found = received(Web("x", clock=time, sleep=time.sleep), ask(service, BY_AGE), tmp_path)
    assert set(frame(found)["value"]) == {2.0}  # women and men together


def test_an_update_in_the_middle_is_noticed(service: PxWeb2, web: Web) -> None:
    service.shrink(300)
    size = len(service.cubes["TAB638"].values)
    after(service, 5, lambda: service.publish("TAB638", [1.0] * size, "2026-05-01T05:00:00Z"))
    with pytest.raises(SourceError, match="updated the table while it was being fetched"):
        web.converse(pxweb2.request(ask(service, BY_AGE)))
    assert received(web, ask(service, BY_AGE)).updated_at == "2026-05-01T05:00:00Z"


def test_a_part_that_does_not_fit_is_not_kept(
    service: PxWeb2, web: Web, time: Time, tmp_path: Path
) -> None:
    service.shrink(300)
    as_it_was = service.cubes["TAB638"]
    # An answer of the edition before comes out of somebody's cache.
    after(service, 5, lambda: service.publish("TAB638", {}, "2026-03-01T05:00:00Z"))
    with pytest.raises(SourceError, match="while it was being fetched"):
        web.converse(pxweb2.request(ask(service, BY_AGE)), tmp_path)
    assert len(list(tmp_path.iterdir())) == 3
    service.add(as_it_was)
    again = Web("x", clock=time, sleep=time.sleep)
    assert len(frame(received(again, ask(service, BY_AGE), tmp_path))) == 6 * 32 * 11


def test_areas_that_change_between_two_calls(service: PxWeb2, web: Web) -> None:
    table = service.cubes["TAB638"]
    codes = ["0199" if c == "0115" else c for c in REGION.codes]
    areas = replace(REGION, codes=codes)
    rolled = replace(table, variables=[areas, *table.variables[1:]])
    after(service, 2, lambda: service.add(rolled))  # after the limits and the description
    rows = frame(received(web, ask(service)))
    assert "0199" in set(rows["Region"])
    assert service.answered == [200, 200, 400, 200, 200]


def test_a_variable_that_goes_between_two_calls_is_named(service: PxWeb2, web: Web) -> None:
    after(service, 2, lambda: service.drop_variable("TAB638", "Alder"))
    with pytest.raises(
        DataError, match=r"TAB638 \(indicator i0\): the table has no variable 'Alder'"
    ):
        web.converse(pxweb2.request(ask(service, BY_AGE)))


def test_a_table_that_is_gone_is_named(service: PxWeb2, web: Web) -> None:
    with pytest.raises(
        SourceError, match=r"scb TAB9: the service does not know the table .*Non-existent"
    ):
        web.converse(pxweb2.request(ask(service, table="TAB9")))


def test_maintenance_with_status_200_is_no_answer(service: PxWeb2, web: Web) -> None:
    service.fail("/data", "html", times=2)
    assert received(web, ask(service)).parts


def test_quarters_of_norway_and_totals_told_by_their_text(time: Time) -> None:
    quarter = quarters(2023, 2025)
    codes = [c.replace("Q", "K") for c in quarter.codes]
    sex = replace(
        sexes("Kjonn"),
        codes=["0", "1", "2"],
        labels={"no": ["I alt", "Menn", "Kvinner"]},
        elimination=None,
    )
    time_of_it = replace(quarter, code="Tid", codes=codes, labels={"no": codes})
    with PxWeb2(
        [generated("07459", [REGION, sex, WHAT, time_of_it])], flavour="ssb", clock=time
    ) as ssb:
        wanted = query(
            table="07459",
            select={"contentscode": "BE0101N1"},
            periods=("2024Q2", "2024Q3"),
            reference="end",
        )
        found = received(Web("x", clock=time, sleep=time.sleep), ask(ssb, wanted, table="07459"))
        rows = frame(found)
        assert set(rows["Tid"]) == {"2024Q2", "2024Q3"}
        assert set(rows["Kjonn"]) == {"0"}


def test_a_table_without_contents(time: Time) -> None:
    plain = generated("TAB2", [REGION, years(2020, 2022)], preliminary=False)
    with PxWeb2([plain], flavour="latvia", clock=time) as service:
        web = Web("x", clock=time, sleep=time.sleep)
        found = received(web, ask(service, query(table="TAB2", select={}), table="TAB2"))
        assert len(frame(found)) == 18
