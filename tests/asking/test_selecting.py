"""What is asked of a table: the codes that the queries want, in the table's own words and order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tilannekuva.asking._selecting import choose
from tilannekuva.calls import Ask
from tilannekuva.errors import DataError
from tilannekuva.matching import Variable
from tilannekuva.model import Query, Source, Text

NAME = Text(fi="x", sv="x", en="x")
SOURCE = Source(
    id="statfin", publisher=NAME, protocol="pxweb", base="x", page="x", licence="CC BY 4.0"
)
AREA = Variable(
    "alue_23_20260101",
    ("SSS", "MA1", "MK01", "MA2", "MK18", "KU205", "KU091", "SK182", "HVA20", "EVK5"),
    frozenset({"Alue"}),
    {"MK18": frozenset({"MK18 Kainuu"}), "KU205": frozenset({"Kajaani"})},
    role="geo",
)
SEX = Variable("sukupuoli_9_20180101", ("SSS", "1", "2"), frozenset({"Sukupuoli"}), optional=True)
WHAT = Variable(
    "contentscode",
    ("tyonv-tyottomat", "tyonv-tyovoima"),
    frozenset({"Tiedot"}),
    {"tyonv-tyottomat": frozenset({"Työttömät"})},
    role="contents",
)
MONTH = Variable(
    "timeperiod_m",
    ("2024M11", "2024M12", "2025M01", "2025M02"),
    frozenset({"Kuukausi"}),
    role="time",
)
TABLE = (AREA, SEX, WHAT, MONTH)


def query(**more: Any) -> Query:
    given = {
        "source": "statfin",
        "table": "t/1",
        "select": {"Tiedot": "tyottomat"},
        "region": "Alue",
    }
    return Query(**{**given, **more})


def chosen(*queries: Query, table: tuple[Variable, ...] = TABLE) -> dict[str, tuple[str, ...]]:
    return choose(Ask(SOURCE, "t/1", tuple((f"i{n}", q) for n, q in enumerate(queries))), table)


def of(code: str, *queries: Query, table: tuple[Variable, ...] = TABLE) -> tuple[str, ...]:
    return chosen(*queries, table=table)[code]


def test_every_code_is_explicit_and_in_the_order_of_the_table() -> None:
    found = chosen(query(select={"Tiedot": ("tyovoima", "Työttömät")}, levels=("maakunta",)))
    assert found == {
        "alue_23_20260101": ("MK01", "MA2", "MK18"),
        "contentscode": ("tyonv-tyottomat", "tyonv-tyovoima"),
        "timeperiod_m": MONTH.codes,
    }
    assert list(found) == [v.code for v in TABLE if v is not SEX]


@pytest.mark.parametrize(
    ("levels", "codes"),
    [
        (("koko_maa",), ("SSS",)),
        (("manner_suomi",), ("MA1",)),
        (("koko_maa", "kunta"), ("SSS", "KU205", "KU091")),
        (("seutukunta", "hyvinvointialue", "elinvoimakeskus"), ("SK182", "HVA20", "EVK5")),
        ((), AREA.codes),
    ],
)
def test_levels_are_told_by_the_beginning_of_codes(
    levels: tuple[str, ...], codes: tuple[str, ...]
) -> None:
    assert of("alue_23_20260101", query(levels=levels)) == codes


def test_a_level_that_the_table_does_not_have_is_named() -> None:
    with pytest.raises(
        DataError, match=r"i0\): 'alue_23_20260101' has no area of the levels avi; it"
    ):
        chosen(query(levels=("avi",)))


def test_codes_that_tell_no_level_are_all_asked_for() -> None:
    postal = Variable("postinumeroalue_4_20220101", ("87100", "87150"), role="geo")
    wanted = query(region="region", levels=("postinumeroalue",))
    assert of(postal.code, wanted, table=(postal, WHAT, MONTH)) == ("87100", "87150")


def test_areas_may_be_chosen_by_code_instead_of_by_level() -> None:
    foreign = Variable(
        "Region", ("00", "01", "0114"), labels={"00": frozenset({"Riket"})}, role="geo"
    )
    wanted = query(
        region="Region",
        select={"Tiedot": "tyottomat", "region": ("Riket", "0114")},
        levels=("kunta",),
    )
    assert of("Region", wanted, table=(foreign, WHAT, MONTH)) == ("00", "0114")
    # A level that none of the codes has is no fault then.
    ours = query(select={"Tiedot": "tyottomat", "Alue": "MK18 Kainuu"}, levels=("avi",))
    assert of("alue_23_20260101", ours) == ("MK18",)


def test_a_fixed_area_leaves_the_areas_to_their_total() -> None:
    assert of("alue_23_20260101", query(region="=MK18")) == ("SSS",)
    named = query(region="=MK18", select={"Tiedot": "tyottomat", "Alue": "MK18"})
    assert of("alue_23_20260101", named) == ("MK18",)


def test_several_queries_are_one_question() -> None:
    found = chosen(
        query(levels=("maakunta",)),
        query(select={"Tiedot": "tyovoima"}, levels=("koko_maa",), axes={"sex": "Sukupuoli"}),
    )
    assert found["alue_23_20260101"] == ("SSS", "MK01", "MA2", "MK18")
    assert found["contentscode"] == WHAT.codes
    # The first does not name the sexes, so it means their total; the second takes all.
    assert found["sukupuoli_9_20180101"] == ("SSS", "1", "2")


def test_who_does_not_name_a_variable_means_its_total() -> None:
    women = query(select={"Tiedot": "tyottomat", "Sukupuoli": "2"})
    assert of("sukupuoli_9_20180101", women) == ("2",)
    assert of("sukupuoli_9_20180101", women, query()) == ("SSS", "2")
    must = replace(SEX, optional=False)
    assert of(must.code, query(), table=(AREA, must, WHAT, MONTH)) == ("SSS",)


def test_a_variable_without_a_total_must_be_chosen_from() -> None:
    no_total = Variable("sukupuoli_9_20180101", ("1", "2"), frozenset({"Sukupuoli"}))
    with pytest.raises(
        DataError, match=r"t/1 \(indicator i0\): choose from 'sukupuoli_9_20180101'"
    ):
        chosen(query(), table=(AREA, no_total, WHAT, MONTH))
    # Where it may be left out, one query alone leaves it out; but not beside one that wants it.
    optional = replace(no_total, optional=True)
    table = (AREA, optional, WHAT, MONTH)
    assert optional.code not in chosen(query(), table=table)
    with pytest.raises(DataError, match=r"indicator i1\): choose from 'sukupuoli_9_20180101'"):
        chosen(query(axes={"sex": "Sukupuoli"}), query(), table=table)


@pytest.mark.parametrize(
    ("codes", "span", "reference", "inside"),
    [
        (MONTH.codes, ("2024", "2024"), "end", ("2024M11", "2024M12")),
        (MONTH.codes, ("2024M12", "2025M01"), "mean", ("2024M12", "2025M01")),
        (("2023", "2024", "2025*"), ("2024", "2025"), "end", ("2024", "2025*")),
        (("2024K1", "2024K2", "2025K1"), ("2024Q2", "2024Q4"), "end", ("2024K2",)),
        (("20241", "20242"), ("2024Q2", "2024Q2"), "end", ("20241", "20242")),
        # A stock of 1 January 2025 is that of the end of 2024.
        (("2024", "2025", "2026"), ("2024", "2024"), "start", ("2024", "2025")),
        (("2024", "2025", "2026"), ("2024", "2024"), None, ("2024", "2025")),
    ],
)
def test_periods(
    codes: tuple[str, ...], span: tuple[str, ...], reference: Any, inside: tuple[str, ...]
) -> None:
    time = Variable("timeperiod_y", codes, role="time")
    wanted = query(periods=span, reference=reference)
    assert of(time.code, wanted, table=(AREA, WHAT, time)) == inside


def test_periods_may_be_told_by_their_texts() -> None:
    texts = {"1": frozenset({"2024M11"}), "2": frozenset({"2024M12*"})}
    time = Variable("aika", ("1", "2"), labels=texts, role="time")
    wanted = query(periods=("2024M12", "2024M12"), reference="end")
    assert of("aika", wanted, table=(AREA, WHAT, time)) == ("2",)


def test_a_table_without_the_wanted_periods_is_named() -> None:
    with pytest.raises(DataError, match="no period within 2030–2031"):
        chosen(query(periods=("2030", "2031")))


def test_what_is_gone_is_named_with_the_indicator() -> None:
    with pytest.raises(
        DataError, match=r"statfin t/1 \(indicator i1\): the table has no variable 'Ikä'"
    ):
        chosen(query(), query(axes={"age": "Ikä"}))
    with pytest.raises(DataError, match=r"indicator i0\).*no code 'tyottomatt'; did you mean"):
        chosen(query(select={"Tiedot": "tyottomatt"}))


def test_a_table_that_no_indicator_is_read_from_is_asked_for_as_a_whole() -> None:
    assert chosen() == {v.code: v.codes for v in TABLE}
