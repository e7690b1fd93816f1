"""PxWeb v1: what is asked, how it is split and put together, how renaming passes unnoticed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from services.cube_model import Cube
from services.cube_variables import ages, areas, contents, months, sexes, years
from services.cubes import generated, select
from services.pxweb1 import PxWeb1

from tilannekuva.asking import pxweb1
from tilannekuva.asking._parts import join
from tilannekuva.calls import Ask, Newer, Received, Unchanged
from tilannekuva.errors import DataError, SourceError
from tilannekuva.matching import translate
from tilannekuva.model import Query, Source, Text
from tilannekuva.sources import jsonstat
from tilannekuva.web import Meter, Web

WHAT = contents({"tyonv-tyottomat": "Työttömät", "tyonv-tyovoima": "Työvoima"})


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def work() -> Cube:
    return generated("12r5", [areas(), WHAT, months(2024, 2025)], folder="tyonv")


def people() -> Cube:
    variables = [
        areas(),
        sexes(),
        ages(),
        contents({"vaerak-vaesto": "Väestö 31.12."}),
        years(2015, 2025),
    ]
    return generated("11re", variables, folder="vaerak")


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def service(time: Time) -> Iterator[PxWeb1]:
    with PxWeb1([work(), people()], clock=time) as found:
        yield found


@pytest.fixture
def meter() -> Meter:
    return Meter()


@pytest.fixture
def web(time: Time, meter: Meter) -> Web:
    return Web("tilannekuva/test (+x)", clock=time, sleep=time.sleep, watcher=meter)


def source(service: PxWeb1) -> Source:
    return Source(
        id="statfin",
        publisher=Text(fi="x", sv="x", en="x"),
        protocol="pxweb",
        base=f"{service.address}/PXWeb/api/v1",
        page="x",
        licence="CC BY 4.0",
        database="StatFin",
    )


def ask(service: PxWeb1, *queries: Query, table: str = "tyonv/12r5", **more: object) -> Ask:
    found = queries or (query(),)
    return Ask(source(service), table, tuple((f"i{n}", q) for n, q in enumerate(found)), **more)  # type: ignore[arg-type]


def query(**more: object) -> Query:
    given = {
        "source": "statfin",
        "table": "tyonv/12r5",
        "select": {"Tiedot": "tyottomat"},
        "region": "Alue",
        "scheme": "statfin",
        "levels": ("koko_maa", "maakunta"),
    }
    return Query(**{**given, **more})  # type: ignore[arg-type]


def received(web: Web, asked: Ask, keep: Path | None = None) -> Received:
    found = web.converse(pxweb1.request(asked), keep)
    assert isinstance(found, Received)
    return found


def frame(found: Received):  # type: ignore[no-untyped-def]
    import pandas as pd

    cells = [pxweb1.read(p.data, p.layout, "x", lambda _: b"") for p in found.parts]
    return pd.concat([c.frame.astype({n: "str" for n in c.frame if n != "value"}) for c in cells])


def test_variables_are_found_by_what_the_table_says_of_them(service: PxWeb1, web: Web) -> None:
    found = received(web, ask(service))
    rows = frame(found)
    area = service.cube("12r5").variables[0].code
    assert area == "alue_23_20260101"
    assert {"SSS", "MK18"} <= set(rows[area])
    assert not any(c.startswith(("KU", "HVA")) for c in rows[area])
    assert set(rows["contentscode"]) == {"tyonv-tyottomat"}
    assert found.updated_at == "2026-04-01T05:00:00Z"
    assert found.published_on == "2026-04-01"


def test_every_figure_and_symbol_comes_through(service: PxWeb1, web: Web) -> None:
    everything = query(select={"Tiedot": ("tyottomat", "tyovoima")}, levels=())
    found = received(web, ask(service, everything))
    cube = service.cube("12r5")
    rows = frame(found)
    codes = [v.codes for v in cube.variables]
    assert len(rows) == len(cube.values) == len(codes[0]) * len(codes[1]) * len(codes[2])
    by_key = {
        (a, t, p.replace("*", "")): (v, s)
        for a, t, p, v, s in zip(
            rows["alue_23_20260101"], rows["contentscode"], rows["timeperiod_m"],
            rows["value"], rows["flag"], strict=True,
        )
    }  # fmt: skip
    n = 0
    for a in codes[0]:
        for t in codes[1]:
            for p in codes[2]:
                value, status = by_key[a, t, p]
                if cube.values[n] is None:
                    symbol = cube.status[n]
                    assert (value == 0.0) if symbol == "-" else value != value
                    assert status != "final" or symbol == "-" or p == codes[2][-1]
                else:
                    assert value == cube.values[n]
                n += 1
    assert set(rows.loc[rows["timeperiod_m"] == codes[2][-1], "flag"]) <= {
        "preliminary", "not_available", "not_applicable", "confidential", "not_asked",
    }  # fmt: skip


def test_the_same_update_is_not_fetched_again(service: PxWeb1, web: Web, meter: Meter) -> None:
    first = received(web, ask(service))
    before = sum(meter.cells.values())
    known = {"known": first.updated_at, "query_hash": first.query_hash}
    assert web.converse(pxweb1.request(ask(service, **known))) == Unchanged(first.updated_at)
    assert sum(meter.cells.values()) - before == 1  # one figure tells the time of update


def test_another_question_is_asked_however_old_the_figures(service: PxWeb1, web: Web) -> None:
    first = received(web, ask(service))
    known = {"known": first.updated_at, "query_hash": first.query_hash}
    wider = query(levels=("koko_maa", "maakunta", "kunta"))
    assert isinstance(web.converse(pxweb1.request(ask(service, wider, **known))), Received)


def test_checking_fetches_no_figures(service: PxWeb1, web: Web, meter: Meter) -> None:
    found = web.converse(pxweb1.request(ask(service, known="2025-01-01T05:00:00Z", check=True)))
    assert found == Newer("2026-04-01T05:00:00Z")
    assert sum(meter.cells.values()) == 1


def test_a_large_question_is_split_and_put_together_in_order(service: PxWeb1, web: Web) -> None:
    service.shrink(2_000)
    wanted = query(table="vaerak/11re", select={"Tiedot": "vaesto"}, axes={"age": "Ikä"}, levels=())
    found = received(web, ask(service, wanted, table="vaerak/11re"))
    sizes = [len(jsonstat.parse(p.data, "x").values) for p in found.parts]
    assert len(sizes) > 5
    assert max(sizes) <= 2_000
    cube = service.cube("11re")
    # A variable that nobody names and that may be left out is not in the answer.
    chosen = {v.code: tuple(v.codes) for v in cube.variables if "sukupuoli" not in v.code}
    whole = join([jsonstat.parse(p.data, "x") for p in found.parts], chosen, "x")
    in_order = [v for p in found.parts for v in json.loads(p.data)["value"]]
    assert [None if v != v else v for v in whole.values] == [
        0.0 if v is None and s == "-" else v for v, s in zip(in_order, _symbols(found), strict=True)
    ]


def _symbols(found: Received) -> list[str]:
    out = []
    for part in found.parts:
        told = json.loads(part.data)
        out += [told.get("status", {}).get(str(n), "") for n in range(len(told["value"]))]
    return out


def test_a_limit_that_shrinks_between_two_calls_is_followed(service: PxWeb1, web: Web) -> None:
    service.after(4, lambda: service.shrink(1_000))
    service.shrink(4_000)
    wanted = query(table="vaerak/11re", select={"Tiedot": "vaesto"}, axes={"age": "Ikä"}, levels=())
    found = received(web, ask(service, wanted, table="vaerak/11re"))
    assert 403 in service.answered
    assert min(len(json.loads(p.data)["value"]) for p in found.parts) <= 1_000


def test_an_interrupted_fetch_goes_on_where_it_stopped(
    service: PxWeb1, web: Web, tmp_path: Path
) -> None:
    service.shrink(2_000)
    wanted = query(table="vaerak/11re", select={"Tiedot": "vaesto"}, axes={"age": "Ikä"}, levels=())
    asked = ask(service, wanted, table="vaerak/11re")
    service.fail("POST", "down", times=99, after=5)
    with pytest.raises(SourceError, match="no whole answer"):
        web.converse(pxweb1.request(asked), tmp_path)
    got = len(list(tmp_path.iterdir()))
    assert got >= 3
    service.faults.clear()
    before = len([a for a in service.log if a.method == "POST"])
    time = Time()
    again = Web("x", clock=time, sleep=time.sleep)
    found = received(again, asked, tmp_path)
    posts = len([a for a in service.log if a.method == "POST"]) - before
    assert posts == len(found.parts) - got + 1  # and the one figure that tells the time of update


def test_the_limit_of_calls_is_never_reached(time: Time) -> None:
    with PxWeb1([people()], max_cells=400, calls=10, seconds=60, clock=time) as service:
        web = Web("x", clock=time, sleep=time.sleep)
        wanted = query(
            table="vaerak/11re", select={"Tiedot": "vaesto"}, axes={"age": "Ikä"}, levels=()
        )
        found = received(web, ask(service, wanted, table="vaerak/11re"))
        assert len(found.parts) > 20
        assert service.limit is not None
        assert service.limit.refused == 0
        assert 429 not in service.answered


@pytest.mark.parametrize(
    "table", ["statfin_tyonv_pxt_12r5.px", "StatFin/tyonv/12r5.px", "tyonv/12r5"]
)
def test_old_names_of_a_table_are_understood(service: PxWeb1, web: Web, table: str) -> None:
    assert received(web, ask(service, table=table)).parts[0].address.endswith("/tyonv/12r5.px")


def test_the_break_of_june_2026_passes_unnoticed(time: Time) -> None:
    with PxWeb1([work()], before_june=True, clock=time) as service:
        # Before June the table had a long id, which no longer answers: the catalogue has the short.
        assert service.cube("12r5").variables[0].code == "Alue"
        service.june_2026()
        web = Web("x", clock=time, sleep=time.sleep)
        assert received(web, ask(service)).updated_at


def test_the_roll_of_january_between_two_calls_passes_unnoticed(service: PxWeb1, web: Web) -> None:
    service.after(2, service.january)  # after the limits and the description
    rows = frame(received(web, ask(service)))
    assert "alue_23_20270101" in rows
    assert 400 in service.answered


def test_a_division_newer_than_the_register_counts_as_todays(service: PxWeb1, web: Web) -> None:
    service.january()
    part = received(web, ask(service)).parts[0]
    cells = pxweb1.read(part.data, part.layout, "x", lambda _: b"")
    assert translate(query(), cells.variables, "x").division == "current"


def test_an_old_division_is_taken_from_the_code_of_the_areas(web: Web, time: Time) -> None:
    old = generated("12r5", [areas("alue_23_20190101"), WHAT, months(2024, 2025)], folder="tyonv")
    with PxWeb1([old], clock=time) as service:
        part = received(web, ask(service)).parts[0]
        cells = pxweb1.read(part.data, part.layout, "x", lambda _: b"")
        assert translate(query(), cells.variables, "x").division == 2019


def test_a_table_that_is_gone_is_named(service: PxWeb1, web: Web) -> None:
    with pytest.raises(
        SourceError, match="statfin tyonv/9zzz: the service does not know the table"
    ):
        web.converse(pxweb1.request(ask(service, table="tyonv/9zzz")))


def test_a_code_that_is_gone_is_named_with_what_is_near(service: PxWeb1, web: Web) -> None:
    with pytest.raises(DataError, match="no code 'tyottomatt'; did you mean 'tyonv-tyottomat'"):
        web.converse(pxweb1.request(ask(service, query(select={"Tiedot": "tyottomatt"}))))


def test_a_variable_that_is_gone_is_named_with_the_indicator(service: PxWeb1, web: Web) -> None:
    wanted = query(table="vaerak/11re", select={"Tiedot": "vaesto"}, axes={"age": "Ikä"})
    service.drop_variable("11re", "ikaryhma_10_20180101")
    with pytest.raises(DataError, match=r"indicator i0\): the table has no variable 'Ikä'"):
        web.converse(pxweb1.request(ask(service, wanted, table="vaerak/11re")))


def test_a_label_chooses_as_well_as_a_code(service: PxWeb1, web: Web) -> None:
    rows = frame(received(web, ask(service, query(select={"Tiedot": "Työvoima"}))))
    assert set(rows["contentscode"]) == {"tyonv-tyovoima"}


def test_an_update_in_the_middle_of_a_fetch_is_noticed(service: PxWeb1, web: Web) -> None:
    service.shrink(2_000)
    size = len(service.cube("11re").values)
    service.after(6, lambda: service.publish("11re", [1.0] * size, "2026-05-01T05:00:00Z"))
    wanted = query(table="vaerak/11re", select={"Tiedot": "vaesto"}, axes={"age": "Ikä"}, levels=())
    with pytest.raises(SourceError, match="updated the table while it was being fetched"):
        web.converse(pxweb1.request(ask(service, wanted, table="vaerak/11re")))


def test_maintenance_with_status_200_is_no_answer(service: PxWeb1, web: Web) -> None:
    service.fail("POST", "html", times=2)
    assert received(web, ask(service)).parts


def test_stock_errors_without_the_web_servers_pages(time: Time) -> None:
    with PxWeb1([work()], iis=False, max_cells=300, clock=time) as service:
        web = Web("x", clock=time, sleep=time.sleep)
        assert len(received(web, ask(service, query(levels=()))).parts) > 1


def test_a_part_with_one_sex_is_not_taken_for_both(service: PxWeb1, web: Web) -> None:
    service.shrink(500)
    both = query(table="vaerak/11re", select={"Tiedot": "vaesto", "Ikä": "SSS"})
    by_sex = query(
        table="vaerak/11re", select={"Tiedot": "vaesto", "Ikä": ("SSS", "000")},
        axes={"sex": "Sukupuoli"}, levels=("koko_maa", "maakunta", "kunta"),
    )  # fmt: skip
    service.shrink(20)
    found = received(web, ask(service, both, by_sex, table="vaerak/11re"))
    for part in found.parts:
        cells = pxweb1.read(part.data, part.layout, "x", lambda _: b"")
        meant = translate(both, cells.variables, "x").select["sukupuoli_9_20180101"]
        assert meant == ("SSS",)
    sexes_of_parts = {
        tuple(jsonstat.parse(p.data, "x").codes["sukupuoli_9_20180101"]) for p in found.parts
    }
    assert ("1",) in sexes_of_parts


def test_the_only_class_that_is_left_is_not_taken_for_the_total(web: Web, time: Time) -> None:
    what = contents({"vaerak-vaesto": "Väestö"})
    sex = replace(sexes(), elimination=None)
    whole = generated("11re", [areas(), sex, what, years(2015, 2025)], folder="vaerak")
    wanted = query(table="vaerak/11re", select={"Tiedot": "vaesto"})
    with PxWeb1([whole], clock=time) as service:
        first = received(web, ask(service, wanted, table="vaerak/11re"))
        totals = first.parts[0].layout["totals"]
        assert totals["sukupuoli_9_20180101"] == "SSS"
        service.cubes = [select(whole, {"sukupuoli_9_20180101": ["2"]})]
        with pytest.raises(DataError, match="'SSS', the total of 'sukupuoli_9_20180101', is gone"):
            web.converse(pxweb1.request(ask(service, wanted, table="vaerak/11re", totals=totals)))


def test_a_preliminary_mark_needs_no_role_of_time(service: PxWeb1, web: Web) -> None:
    part = received(web, ask(service)).parts[0]
    told = json.loads(part.data)
    told["role"] = {}
    last = list(told["dimension"]["timeperiod_m"]["category"]["index"])[-1]
    cells = pxweb1.read(json.dumps(told).encode(), part.layout, "x", lambda _: b"")
    flags = cells.frame.loc[cells.frame["timeperiod_m"] == last.rstrip("*"), "flag"]
    assert "preliminary" in set(flags)


def test_notes_of_the_publisher_come_along(service: PxWeb1, web: Web) -> None:
    assert "synteettisiä" in received(web, ask(service)).remarks


def test_the_roll_of_january_alone_is_no_new_question(service: PxWeb1, web: Web) -> None:
    first = received(web, ask(service))
    service.january()
    known = {"known": first.updated_at, "query_hash": first.query_hash}
    assert web.converse(pxweb1.request(ask(service, **known))) == Unchanged(first.updated_at)
