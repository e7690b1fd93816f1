"""PxWebApi 2, driven by hand: what is asked in which order, and what is made of a refusal."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from math import prod

import pytest
from asking.swedish import (
    BASE,
    CONFIG,
    REGION,
    SCB,
    UPDATED,
    Service,
    Table,
    ask,
    cells,
    problem,
    query,
    received,
    said,
)  # fmt: skip

from tilannekuva.calls import Call, Newer, Pace, Received, Reply, Unchanged
from tilannekuva.errors import DataError, SourceError
from tilannekuva.matching import translate

# --- what is asked --------------------------------------------------------------------------------


def test_config_description_then_figures_in_the_services_own_language() -> None:
    service = Service()
    found = received(service)
    assert [(c.method, c.url.removeprefix(BASE)) for c in service.calls] == [
        ("GET", "/config"), ("GET", "/tables/TAB638/metadata"), ("POST", "/tables/TAB638/data")
    ]  # fmt: skip
    assert service.calls[0].once
    assert service.calls[2].params == (("lang", "sv"), ("outputFormat", "json-stat2"))
    assert service.calls[2].keep == UPDATED
    assert service.calls[2].cells == 12
    # Every code by its name; what may be left out and is not named is left out.
    assert service.asked == [
        {"Region": list(REGION), "ContentsCode": ["BE0101N1"], "Tid": ["2023", "2024", "2025"]}
    ]
    assert (found.title, found.updated_at, found.published_on) == (
        "Folkmängd",
        UPDATED,
        "2026-02-22",
    )
    part = found.parts[0]
    assert part.address == f"{BASE}/tables/TAB638/data?lang=sv&outputFormat=json-stat2"
    assert json.loads(json.dumps(part.layout)) == dict(part.layout)
    assert part.query == service.calls[2].json


def test_a_source_may_choose_the_language() -> None:
    service = Service()
    received(service, source=SCB.model_copy(update={"language": "en"}))
    assert ("lang", "en") in service.calls[1].params
    with pytest.raises(SourceError, match="no texts in 'fi', it has sv, en; mend `language`"):
        Service().talk(ask(source=SCB.model_copy(update={"language": "fi"})))


def test_the_pace_is_what_the_service_states() -> None:
    service = Service()
    received(service)
    assert service.paces == [Pace(BASE, 26, 10.0)]


def test_a_nought_in_the_config_is_no_leave_to_hurry() -> None:
    # Statistics Norway: the limit stands in the head of every other answer.
    untold = {**CONFIG, "maxCallsPerTimeWindow": 0, "timeWindow": 0}
    service = Service(config=untold, headers={"x-ratelimit-policy": "40;w=60s"})
    received(service)
    assert service.paces == [Pace(BASE, 26, 60.0), Pace(BASE, 35, 60.0)]
    service = Service(config=untold)
    received(service, source=SCB.model_copy(update={"calls": 8, "seconds": 10}))
    assert service.paces == [Pace(BASE, 7, 10.0)]


@pytest.mark.parametrize("config", [said({}, 404), said([]), said({"maxDataCells": 0})])
def test_without_a_config_the_smallest_limits_hold(config: Reply) -> None:
    service = Service(config=config)
    assert received(service).parts
    assert service.paces == [Pace(BASE, 26, 60.0)]
    assert all(k != "lang" for c in service.calls for k, _ in c.params)


def test_the_same_edition_costs_one_call() -> None:
    first = received(Service())
    service = Service()
    known = {"known": first.updated_at, "query_hash": first.query_hash}
    assert service.talk(ask(**known)) == Unchanged(UPDATED)
    assert [c.url for c in service.calls if not c.once] == [f"{BASE}/tables/TAB638/metadata"]
    # Another question is asked whatever the age of the figures, and so is another edition.
    assert isinstance(service.talk(ask(query(axes={"sex": "Kon"}), **known)), Received)
    service.table.updated = "2026-03-01T07:00:00Z"
    assert isinstance(service.talk(ask(**known)), Received)


def test_checking_asks_for_no_figure() -> None:
    service = Service()
    assert service.talk(ask(known="2025-02-22T07:00:00Z", check=True)) == Newer(UPDATED)
    assert service.asked == []


# --- variables and codes --------------------------------------------------------------------------


def test_areas_of_another_country_are_chosen_by_their_codes() -> None:
    service = Service()
    wanted = query(
        region="Region",
        select={"ContentsCode": "Folkmängd", "Region": ("00", "Uppsala län")},
        levels=("maakunta",),
    )
    found = received(service, wanted)
    assert service.asked[0]["Region"] == ["00", "03"]
    its = translate(wanted, cells(found).variables, "x")
    assert its.select["Region"] == ("00", "03")
    assert (its.region, its.time) == ("Region", "Tid")


def test_one_area_may_stand_for_ours() -> None:
    service = Service()
    received(service, query(region="=MK18", select={"ContentsCode": "BE0101N1", "Region": "03"}))
    assert service.asked[0]["Region"] == ["03"]


def test_an_axis_takes_every_code() -> None:
    service = Service()
    received(service, query(axes={"sex": "kon"}))
    assert service.asked[0]["Kon"] == ["1", "2"]


def test_a_total_that_the_description_names_is_known_when_the_answer_is_read() -> None:
    table = Table()
    table.variables["Alder"] = {"tot1": "totalt ålder", "0": "0 år", "1": "1 år"}
    table.optional = {**table.optional, "Alder": "tot1"}
    service = Service(table)
    by_age, all_together = query(axes={"age": "Alder"}), query()
    found = received(service, by_age, all_together)
    assert service.asked[0]["Alder"] == ["tot1", "0", "1"]
    its = translate(all_together, cells(found).variables, "x")
    assert its.select["Alder"] == ("tot1",)


def test_a_variable_without_a_total_cannot_be_both_chosen_from_and_left_out() -> None:
    with pytest.raises(DataError, match=r"indicator i1\): choose from 'Kon' with `select`"):
        Service().talk(ask(query(axes={"sex": "Kon"}), query()))


def test_periods_of_the_north_are_understood() -> None:
    table = Table()
    table.variables["Tid"] = {
        f"{y}K{q}": f"{y}K{q}" for y in (2023, 2024, 2025) for q in range(1, 5)
    }
    service = Service(table)
    found = received(service, query(periods=("2024Q1", "2024Q4"), reference="end"))
    assert service.asked[0]["Tid"] == ["2024K1", "2024K2", "2024K3", "2024K4"]
    assert list(cells(found).frame["Tid"].cat.categories)[:2] == ["2024Q1", "2024Q2"]


def test_a_period_is_asked_with_its_asterisk_and_read_without() -> None:
    table = Table()
    table.variables["Tid"] = {"2024": "2024", "2025*": "2025*"}
    service = Service(table)
    frame = cells(received(service)).frame
    assert service.asked[0]["Tid"] == ["2024", "2025*"]
    assert set(frame.loc[frame["Tid"] == "2025", "flag"]) == {"preliminary"}


def test_what_is_gone_is_named() -> None:
    with pytest.raises(DataError, match="no code 'BE0101N9'; did you mean"):
        Service().talk(ask(query(select={"ContentsCode": "BE0101N9"})))
    with pytest.raises(
        DataError, match=r"scb TAB638 \(indicator i0\): the table has no variable 'x'"
    ):
        Service().talk(ask(query(axes={"sex": "x"})))


# --- what is refused ------------------------------------------------------------------------------


def test_a_large_question_is_split() -> None:
    service = Service(config={**CONFIG, "maxDataCells": 5})
    found = received(service)
    sizes = [prod(map(len, a.values())) for a in service.asked]
    assert sizes == [3, 3, 3, 3]
    values = [v for n in range(len(found.parts)) for v in cells(found, n).frame["value"]]
    whole = cells(received(Service())).frame["value"].tolist()
    assert values == whole


@pytest.mark.parametrize(
    "refusal",
    [
        problem("Too many cells selected"),
        problem("Forbidden", 403),
        said({"title": "Bad", "detail": "The query exceeds the number of allowed cells."}, 400),
    ],
)
def test_too_many_cells_are_halved(refusal: Reply) -> None:
    service = Service(said=[refusal])
    found = received(service, query(axes={"sex": "Kon"}))
    assert [prod(map(len, a.values())) for a in service.asked] == [24, 12, 12]
    assert len(found.parts) == 2


def test_a_service_that_refuses_ever_smaller_questions_is_given_up() -> None:
    service = Service(said=[problem("Too many cells selected")] * 99)
    with pytest.raises(
        SourceError, match=r"refused 1 figures .*Too many cells.*is kept, the next run"
    ):
        service.talk(ask(query()))
    table = Table()
    table.variables["Region"] = {f"{n:04d}": f"{n}" for n in range(1000)}
    service = Service(table, said=[problem("Too many cells selected")] * 99)
    with pytest.raises(SourceError, match="refused 45 figures"):
        service.talk(ask(query()))
    assert len(service.asked) == 7


def rolled(service: Service) -> Callable[[Call], None]:
    """The areas change between the description and the figures."""

    def change(_: Call) -> None:
        table = service.table
        areas = {"0115" if c == "0114" else c: t for c, t in table.variables["Region"].items()}
        service.table = replace(table, variables={**table.variables, "Region": areas})

    return change


def test_a_roll_between_two_calls_passes_unnoticed() -> None:
    service = Service()
    service.said.append(rolled(service))
    found = received(service)
    assert "0115" in cells(found).frame["Region"].cat.categories
    assert [c.url.rpartition("/")[2] for c in service.calls] == [
        "config", "metadata", "data", "metadata", "data"
    ]  # fmt: skip


def test_a_code_lost_in_a_roll_is_named() -> None:
    service = Service()
    service.said.append(rolled(service))
    named = query(select={"ContentsCode": "BE0101N1", "Region": "0114"})
    with pytest.raises(DataError, match="'Region' has no code '0114'; did you mean '0115'"):
        service.talk(ask(named))


def test_codes_refused_twice_are_named_with_the_reason() -> None:
    service = Service(said=[problem("Non-existent value")] * 9)
    with pytest.raises(
        SourceError, match=r"Non-existent value.*all are in the description.*Region \(4"
    ):
        service.talk(ask())
    assert len(service.asked) == 1  # the second description is the same, so it is not asked again
    service = Service()
    service.said += [rolled(service), problem("Non-existent value"), problem("Non-existent value")]
    with pytest.raises(SourceError, match="the table has lost Region=0114; try again later"):
        service.talk(ask())
    assert len(service.asked) == 2


@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b"API calls", b"[1]", b"{}"])
def test_a_refusal_need_not_give_a_reason(body: bytes) -> None:
    service = Service(said=[Reply(400, body)])
    with pytest.raises(
        SourceError, match=r"refuses the codes asked for \((no reason given|API calls|\[1\])\)"
    ):
        service.talk(ask())


def test_a_table_that_is_gone_is_named() -> None:
    service = Service(gone=True)
    with pytest.raises(
        SourceError, match=r"scb TAB638: .*know the table .*404: Non-existent table\)"
    ):
        service.talk(ask())
