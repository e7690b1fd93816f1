"""Renaming passes unnoticed, doubt does not: variables, codes, queries in a table's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tilannekuva import region_codes
from tilannekuva.errors import DataError
from tilannekuva.matching import (
    Variable,
    find_codes,
    find_variable,
    guess_role,
    stem,
    translate,
)
from tilannekuva.model import Query


def labels(**texts: str) -> dict[str, frozenset[str]]:
    return {code: frozenset(text.split("/")) for code, text in texts.items()}


BEFORE = (
    Variable("Alue", ("SSS", "MK18"), frozenset({"Alue"}), role="geo"),
    Variable("Sukupuoli", ("SSS", "1", "2"), frozenset({"Sukupuoli"})),
    Variable("Tiedot", ("vaesto", "muutos"), frozenset({"Tiedot"}), role="contents"),
    Variable("Vuosi", ("2024", "2025"), frozenset({"Vuosi"}), role="time"),
)
AFTER = (
    Variable("alue_23_20260101", ("SSS", "MK18"), frozenset({"Alue", "Område"}), role="geo"),
    Variable("sukupuoli_9_20180101", ("SSS", "1", "2"), frozenset({"Sukupuoli"})),
    Variable(
        "contentscode", ("vaerak-vaesto", "vaerak-muutos"), frozenset({"Tiedot"}), role="contents"
    ),
    Variable("timeperiod_y", ("2024", "2025"), frozenset({"Vuosi"}), role="time"),
)
TODAY = region_codes.today()


def query(**more: Any) -> Query:
    given: dict[str, Any] = {
        "source": "statfin",
        "table": "vaerak/11re",
        "select": {"Tiedot": "vaesto"},
        "region": "Alue",
        "time": "Vuosi",
        "axes": {"sex": "Sukupuoli"},
    }
    return Query(**{**given, **more})


# --- variables ------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", [BEFORE, AFTER])
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Alue", 0), ("alue", 0), ("alue_23_20250101", 0), ("region", 0), ("geo", 0),
        ("Sukupuoli", 1), ("sukupuoli", 1), ("sukupuoli_9_20270101", 1),
        ("Tiedot", 2), ("contents", 2), ("contentscode", 2), ("ContentsCode", 2),
        ("Vuosi", 3), ("time", 3), ("year", 3),
    ],
)  # fmt: skip
def test_names_of_before_and_after_june_2026_mean_the_same(
    table: tuple[Variable, ...], name: str, place: int
) -> None:
    assert find_variable(name, table, "x") is table[place]


def test_the_roll_of_january_passes_unnoticed() -> None:
    for year in range(2020, 2030):
        rolled = Variable(f"alue_23_{year}0101", ("SSS",), role="geo")
        assert find_variable("alue_23_20260101", [rolled], "x") is rolled


def test_the_name_in_any_language_will_do() -> None:
    assert find_variable("område", AFTER, "x").code == "alue_23_20260101"


def test_the_very_code_comes_before_any_likeness() -> None:
    two = (Variable("alue_23_20250101", ("a",)), Variable("alue_23_20260101", ("b",)))
    assert find_variable("alue_23_20260101", two, "x").codes == ("b",)
    named = (Variable("x", ("a",), frozenset({"Kunta"})), Variable("Kunta", ("b",)))
    assert find_variable("Kunta", named, "x").codes == ("b",)


@pytest.mark.parametrize(
    ("two", "name"),
    [
        ((Variable("alue_1_20260101", ()), Variable("alue_23_20260101", ())), "Alue"),
        ((Variable("a", (), frozenset({"Ikä"})), Variable("b", (), frozenset({"ikä"}))), "Ikä"),
        ((Variable("home", (), role="geo"), Variable("work", (), role="geo")), "region"),
    ],
)
def test_doubt_about_a_variable_is_named(two: tuple[Variable, ...], name: str) -> None:
    first, second = (v.code for v in two)
    with pytest.raises(
        DataError, match=f"src t: '{name}' could be each of {first}, {second}; write"
    ):
        find_variable(name, two, "src t")


def test_a_variable_that_is_gone_is_named_with_what_there_is() -> None:
    with pytest.raises(
        DataError, match=r"src t: the table has no variable 'Ikä'; it has Alue \(Alue\),"
    ):
        find_variable("Ikä", BEFORE, "src t")


@pytest.mark.parametrize(
    ("code", "bare"),
    [
        ("alue_23_20260101", "alue"), ("alue_20260101", "alue"), ("timeperiod_q", "timeperiod"),
        ("Alue", "alue"), ("ikaryhma_10_20180101", "ikaryhma"), ("kunta_1", "kunta_1"),
    ],
)  # fmt: skip
def test_stems(code: str, bare: str) -> None:
    assert stem(code) == bare


@pytest.mark.parametrize(
    ("code", "name", "role"),
    [
        ("kunta_1_20150101", "", "geo"), ("postinumeroalue_4_20220101", "", "geo"),
        ("Region", "region", "geo"), ("AREA", "", "geo"), ("alueryhma", "", None),
        ("timeperiod_m", "", "time"), ("TIME", "", "time"), ("TIME_PERIOD", "", None),
        ("ContentsCode", "tabellinnehåll", "contents"), ("x", "Uppgifter", "contents"),
        ("Kon", "kön", None),
    ],
)  # fmt: skip
def test_roles_that_a_table_does_not_tell(code: str, name: str, role: str | None) -> None:
    assert guess_role(code, [name]) == role


# --- codes ----------------------------------------------------------------------------------------


def test_the_prefix_of_a_statistic_may_come_and_go() -> None:
    assert find_codes(["vaesto", "muutos"], AFTER[2], "x") == ("vaerak-vaesto", "vaerak-muutos")
    assert find_codes(["vaerak-vaesto"], BEFORE[2], "x") == ("vaesto",)
    assert find_codes(["VAESTO"], AFTER[2], "x") == ("vaerak-vaesto",)


def test_elsewhere_than_in_contents_a_hyphen_is_no_prefix() -> None:
    industry = Variable("toimiala", ("A-B", "C"), labels=labels(C="Teollisuus"))
    with pytest.raises(DataError, match="variable 'toimiala' has no code 'B'"):
        find_codes(["B"], industry, "x")
    age = Variable("ika", ("alle-15", "15-24"))
    with pytest.raises(DataError, match="has no code '15'"):
        find_codes(["15"], age, "x")


def test_a_label_will_do_with_or_without_its_asterisk() -> None:
    what = Variable(
        "contentscode", ("a", "b"), labels=labels(a="Väestö  31.12.*/Folkmängd", b="Muut")
    )
    assert find_codes(["väestö 31.12.", "MUUT"], what, "x") == ("a", "b")
    assert find_codes(["folkmängd"], what, "x") == ("a",)


def test_codes_come_in_the_wanted_order_and_before_labels() -> None:
    mixed = Variable("v", ("1", "2"), labels={"1": frozenset({"2"}), "2": frozenset({"1"})})
    assert find_codes(["2", "1"], mixed, "x") == ("2", "1")


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        (Variable("contentscode", ("tyti-x", "tyonv-x"), role="contents"), "x"),
        (Variable("v", ("1", "2"), labels=labels(**{"1": "Muut", "2": "Muut"})), "Muut"),
        (Variable("v", ("aB", "Ab")), "ab"),
    ],
)
def test_doubt_about_a_code_is_named(variable: Variable, text: str) -> None:
    first, second = variable.codes
    with pytest.raises(DataError, match=f"src t: '{text}' could be each of {first}, {second} of"):
        find_codes([text], variable, "src t")


def test_a_code_that_is_gone_is_named_with_what_is_near() -> None:
    near = Variable("v", ("vaesto", "muutos"), labels=labels(vaesto="Väestö"))
    with pytest.raises(DataError, match="variable 'v' has no code 'vaestö'; did you mean 'vaesto'"):
        find_codes(["vaestö"], near, "x")
    with pytest.raises(DataError, match="has no code 'qqqq'; it has vaesto, muutos"):
        find_codes(["qqqq"], near, "x")


# --- totals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variable", "total"),
    [
        (Variable("v", ("1", "2"), total="2"), "2"),
        (Variable("v", ("1",)), "1"),
        (Variable("v", ("1", "2", "SSS")), "SSS"),
        (Variable("v", ("1", "T")), "T"),
        (Variable("v", ("1", "0"), labels=labels(**{"0": "I alt"})), "0"),
        (Variable("v", ("1", "9"), labels=labels(**{"9": "Yhteensä*"})), "9"),
        (Variable("v", ("S", "T"), labels=labels(T="Total")), "T"),
        # In an industry classification T is the households.
        (Variable("v", ("S", "T"), labels=labels(S="Muu", T="Kotitaloudet")), None),
        (Variable("v", ("S", "T", "x"), labels=labels(T="Kotitaloudet", x="Yhteensä")), "x"),
        (Variable("v", ("1", "2")), None),
        (Variable("v", ()), None),
    ],
)
def test_totals(variable: Variable, total: str | None) -> None:
    assert variable.total_code() == total


# --- queries --------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", [BEFORE, AFTER])
def test_a_query_is_said_in_the_words_of_the_table(table: tuple[Variable, ...]) -> None:
    area, sex, what, time = table
    its = translate(query(axes={}), table, "x")
    assert (its.region, its.time) == (area.code, time.code)
    assert its.select == {what.code: (what.codes[0],), sex.code: ("SSS",)}
    assert translate(query(), table, "x").axes == {"sex": sex.code}
    assert translate(its, table, "x") == its


def test_what_is_not_named_must_have_a_total() -> None:
    table = (*AFTER, Variable("ammatti", ("1", "2")))
    with pytest.raises(
        DataError, match="x: the query does not say which 'ammatti' it means; it has 1, 2"
    ):
        translate(query(), table, "x")


def test_codes_that_this_part_does_not_have_are_left_as_they_are() -> None:
    its = translate(query(select={"Tiedot": ("vaesto", "kuolleet")}), AFTER, "x")
    assert its.select["contentscode"] == ("vaerak-vaesto", "kuolleet")


def test_areas_may_be_named_and_chosen_from() -> None:
    its = translate(query(select={"Tiedot": "vaesto", "Alue": "MK18"}), AFTER, "x")
    assert its.select["alue_23_20260101"] == ("MK18",)
    assert its.region == "alue_23_20260101"


def test_a_fixed_area_is_no_variable() -> None:
    its = translate(query(region="=MK18"), AFTER, "x")
    assert (its.region, its.select["alue_23_20260101"]) == ("=MK18", ("SSS",))


def dated() -> Iterator[tuple[str, Any, Any]]:
    yield f"alue_23_{TODAY}0101", "current", "current"
    yield f"alue_23_{TODAY + 1}0101", "current", "current"  # newer than the register
    yield f"alue_23_{TODAY - 1}0101", "current", TODAY - 1
    yield "alue_23_20190101", "current", 2019
    yield "alue_23_20190101", 2021, 2021  # what the query says comes first
    yield "alue_23_20190101", "as-published", "as-published"
    yield "Alue", "current", "current"


@pytest.mark.parametrize(("code", "said", "division"), list(dated()))
def test_the_division_is_that_of_the_code_of_the_areas(code: str, said: Any, division: Any) -> None:
    area = Variable(code, ("SSS", "MK18"), frozenset({"Alue"}), role="geo")
    assert translate(query(division=said), (area, *AFTER[1:]), "x").division == division
