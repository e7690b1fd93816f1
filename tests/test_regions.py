"""The register of regions: names, codes, dated divisions, what is said about a region."""

from __future__ import annotations

import csv
import json
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilannekuva import region_codes, regions
from tilannekuva.errors import CatalogueError, DataError

SHARED = Path(__file__).parents[2] / "shared" / "data"
FOLDER = region_codes.FOLDER
ALL = [r.code for level in regions.LEVELS for r in regions.regions(level, past=True)]
TODAY = [r.code for level in regions.LEVELS for r in regions.regions(level)]
MAAKUNNAT = [r.code for r in regions.regions("maakunta")]
KAINUU = ("KU105", "KU205", "KU290", "KU578", "KU620", "KU697", "KU765", "KU777")


def shared(path: str) -> Path:
    """A public file beside the project; a test that asks for one is skipped without it."""
    file = SHARED / path
    if not file.is_file():
        pytest.skip(f"public file not at hand: ../shared/data/{path}")
    return file


def column(path: str, name: str, *, encoding: str = "utf-8-sig", delimiter: str = ",") -> list[str]:
    """The different labels in one column of a public file."""
    with shared(path).open(encoding=encoding, newline="") as handle:
        return sorted({row[name] for row in csv.DictReader(handle, delimiter=delimiter)})


# --- the register


@pytest.mark.parametrize(
    ("level", "count"),
    [("maakunta", 19), ("kunta", 308), ("seutukunta", 69), ("hyvinvointialue", 23), ("nuts2", 5)],
)
def test_the_register_has_every_region_of_today(level: str, count: int) -> None:
    found = regions.regions(level)
    assert len(found) == count
    assert [r.code for r in found] == sorted(r.code for r in found)


def test_an_unknown_level_names_the_levels_there_are() -> None:
    with pytest.raises(CatalogueError, match="maakunta"):
        regions.regions("lääni")


def test_kainuu_is_its_eight_municipalities_in_two_seutukunnat() -> None:
    assert regions.children("MK18", "kunta") == KAINUU
    assert regions.children("MK18", "seutukunta") == ("SK181", "SK182")
    assert regions.children("SK181", "kunta") == ("KU105", "KU290", "KU620", "KU777")
    assert regions.children("SSS", "maakunta") == tuple(MAAKUNNAT)
    assert regions.children("MA1", "maakunta") == tuple(c for c in MAAKUNNAT if c != "MK21")
    assert regions.children("MK01", "hyvinvointialue") == (
        *("HVA01", "HVA02", "HVA03", "HVA04", "HVA90"),
    )


def test_every_municipality_of_today_is_in_exactly_one_region_of_each_current_level() -> None:
    for level in ("maakunta", "seutukunta", "hyvinvointialue", "nuts2", "elinvoimakeskus"):
        homes = [set(regions.children(r.code, "kunta")) for r in regions.regions(level)]
        assert sum(map(len, homes)) == 308
        assert set().union(*homes) == {r.code for r in regions.regions("kunta")}


def test_every_parent_and_successor_is_in_the_register() -> None:
    for code in ALL:
        found = regions.region(code)
        for other in (found.parent, found.successor):
            assert other is None or regions.region(other).code == other


def test_every_municipality_of_2013_maps_to_one_of_today() -> None:
    then = {
        r["municipality"] for r in region_codes.table("memberships") if r["first_year"] == "2013"
    }
    assert len(then) == 320
    now = {r.code for r in regions.regions("kunta")}
    assert {region_codes.holder(m, 2026) for m in then} == now


def test_a_municipality_that_merged_has_its_last_year_and_its_successor() -> None:
    assert regions.region("KU588").valid_to == 2024  # Pertunmaa
    assert regions.region("KU588").successor == "KU507"  # Mäntyharju
    assert regions.region("KU940").valid_to == 2006  # Vuolijoki
    assert regions.region("KU940").successor == "KU205"


def test_parents_are_those_of_the_division_of_2026() -> None:
    assert regions.region("KU785").parent == "MK17"
    assert regions.region("KU142").parent == "MK07"
    assert regions.region("SK182").parent == "MK18"
    assert regions.region("MK18").parent == "SSS"


# --- dated codes


@pytest.mark.parametrize(
    ("code", "year", "expected"),
    [
        ("MK18", 2010, "MK18@2015"),
        ("MK18", 2015, "MK18@2015"),
        ("MK18", 2016, "MK18"),
        ("MK18", 2026, "MK18"),
        ("MK18", 2030, "MK18"),
        ("MK17", 2012, "MK17@2015"),
        ("MK10", 2015, "MK10@2020"),
        ("MK10", 2021, "MK10"),
        ("MK01", 2005, "MK01@2010"),
        ("MK01", 2011, "MK01"),
        ("MK20", 2005, "MK20"),
        ("SK182", 2015, "SK182@2015"),
        ("SK181", 2015, "SK181"),
        ("SK044", 2014, "SK044@2014"),  # with Lavia, which is now a part of Pori
        ("SK043", 2014, "SK043@2014"),  # Pori without Lavia
        ("KU541", 2017, "KU541@2019"),  # Nurmes without Valtimo
        ("KU911", 2017, "KU911"),
        ("KU205", 2006, "KU205@2006"),  # Kajaani without Vuolijoki
        ("KU205", 2007, "KU205"),
        ("HVA20", 2015, "HVA20"),
        ("ELY14", 2015, "ELY14@2015"),
        ("SSS", 1990, "SSS"),
        ("MA1", 2000, "MA1"),
        ("FI1D", 2010, "FI1D"),
    ],
)
def test_a_code_is_dated_by_its_members(code: str, year: int, expected: str) -> None:
    assert regions.dated(code, year) == expected


def test_nine_regions_changed_in_2021_and_two_in_2016() -> None:
    changed_2021 = {c for c in MAAKUNNAT if regions.dated(c, 2020) != c}
    assert changed_2021 == {f"MK{n:02}" for n in (6, 7, 8, 10, 11, 12, 13, 14, 15)}
    assert {c for c in MAAKUNNAT if regions.dated(c, 2015) != c} - changed_2021 == {"MK17", "MK18"}


@given(st.sampled_from(ALL), st.integers(1990, 2030))
def test_a_dated_code_keeps_its_base_and_its_members(code: str, year: int) -> None:
    found = regions.dated(code, year)
    assert regions.base(found) == code
    end = regions.division(found)
    assert (end is None) == (found == code)
    if end is not None:
        assert end >= year
        assert regions.dated(code, end) == found
        assert regions.dated(code, end + 1) != found
        assert region_codes.area(code, end) == region_codes.area(code, year)
    assert regions.region(found).level == regions.region(code).level


@given(st.sampled_from(MAAKUNNAT), st.integers(2000, 2026))
def test_the_members_of_any_year_are_municipalities_of_today(code: str, year: int) -> None:
    assert regions.members(code, year) <= {r.code for r in regions.regions("kunta")}


def test_members_of_a_dated_code_are_those_of_its_division() -> None:
    assert regions.members("MK18@2015") == {*KAINUU, "KU785"}
    assert regions.members("MK18", 2015) == {*KAINUU, "KU785"}
    assert regions.members("MK18", 2016) == set(KAINUU)
    assert regions.members("SK182", 2000) == {"KU205", "KU578", "KU697", "KU765", "KU785"}


def test_a_dated_region_ends_in_its_year_and_leads_to_todays() -> None:
    found = regions.region("MK18@2015")
    assert (found.code, found.valid_to, found.successor) == ("MK18@2015", 2015, "MK18")
    assert found.names.fi == "Kainuu"


def test_divisions_and_membership_serve_a_sum_over_municipalities() -> None:
    assert region_codes.divisions("maakunta") == (2026, 2020, 2015, 2010)
    home, successor, size = region_codes.membership("maakunta")
    assert sum(size.values()) == 308
    assert home["KU541@2019"] == home["KU911"] == "MK12"
    assert successor["KU541@2019"] == successor["KU911"] == "KU541"
    assert set(region_codes.membership("koko_maa")[0].values()) == {"SSS"}


# --- finding


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kainuu", "MK18"),
        ("kainuun", "MK18"),
        ("Kainuussa", "MK18"),
        ("Kainuun maakunta", "MK18"),
        ("Kajanaland", "MK18"),
        ("i Kajanaland", "MK18"),
        ("18", "MK18"),
        ("mk18", "MK18"),
        ("FI1D8", "MK18"),
        ("FI1D4", "MK18@2015"),
        ("MK18@2015", "MK18@2015"),
        ("MK18@2010", "MK18@2015"),
        ("KU205", "KU205"),
        ("205", "KU205"),
        ("kajaani", "KU205"),
        ("Kajaanin seutukunta", "SK182"),
        ("Kajaani sub-regional unit", "SK182"),
        ("puolangalla", "KU620"),
        ("HVA20", "HVA20"),
        ("Kainuun hyvinvointialue", "HVA20"),
        ("Kainuu wellbeing services county", "HVA20"),
        ("pohjois savo", "MK11"),
        ("Norra Savolax", "MK11"),
        ("paijat-hame", "MK07"),
        ("Paijat Hame", "MK07"),
        ("uudellamaalla", "MK01"),
        ("North Ostrobothnia", "MK17"),
        ("Åland", "MK21"),
        ("aland", "MK21"),
        ("koko maa", "SSS"),
        ("WHOLE COUNTRY", "SSS"),
        ("hela landet", "SSS"),
        ("Suomi", "SSS"),
        ("FI", "SSS"),
        ("Itä-Uusimaa", "MK20"),
        ("VarsinSuomi", "MK02"),
        ("Maarianhamina - Mariehamn", "KU478"),
        ("Helsingin kaupunki", "KU091"),
        ("Kimitoön", "KU322"),
    ],
)
def test_a_region_is_found_as_people_write_it(text: str, code: str) -> None:
    assert regions.find(text).code == code
    assert regions.find(f"  {text.upper()} ").code == code


def test_a_level_picks_between_regions_of_one_name() -> None:
    assert regions.find("Kajaani", level="seutukunta").code == "SK182"
    assert regions.find("Ahvenanmaa", level="hyvinvointialue").code == "HVA91"
    assert regions.find("Norra Savolax", level="seutukunta").code == "SK111"


def test_twenty_is_refused_with_what_it_could_mean() -> None:
    with pytest.raises(CatalogueError, match="tarkoititko") as refusal:
        regions.find("20")
    for code in ("MK20", "KU020", "HVA20"):
        assert code in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("text", ["1", "03", "22", "999", "4711"])
def test_a_number_that_is_no_one_region_is_refused(text: str) -> None:
    with pytest.raises(CatalogueError, match="does not name one region"):
        regions.find(text)


@pytest.mark.parametrize(
    ("text", "nearest"), [("Kainu", "MK18"), ("Kajani", "KU205"), ("Lohja (seutukunta)", "KU444")]
)
def test_an_unknown_name_is_answered_with_the_nearest(text: str, nearest: str) -> None:
    with pytest.raises(CatalogueError, match=nearest):
        regions.find(text)


@pytest.mark.parametrize("text", ["", "MK03", "xyzzy", "FIZZZ", "KU999", "MK18@vaala"])
def test_nonsense_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(CatalogueError) as refusal:
        regions.find(text)
    assert "\n" not in str(refusal.value)


@given(st.sampled_from(ALL))
def test_every_slug_is_plain_unique_and_found_again(code: str) -> None:
    slug = regions.slug(code)
    assert slug.isascii()
    assert slug == slug.lower()
    assert " " not in slug
    assert regions.find(slug).code == code


def test_slugs_of_the_regions_that_reports_are_made_of() -> None:
    assert [regions.slug(c) for c in ("MK18", "MK07", "MK21", "SSS")] == [
        *("kainuu", "paijat-hame", "ahvenanmaa", "koko-maa"),
    ]
    assert regions.slug("MK18@2015") == "kainuu"
    assert len({regions.slug(c) for c in ALL}) == len(ALL)


@given(st.sampled_from(TODAY))
def test_every_name_of_today_is_found_at_its_level(code: str) -> None:
    found = regions.region(code)
    for name in (found.names.fi, found.names.sv, found.names.en):
        assert regions.find(name, level=found.level).code == code


@given(st.sampled_from([r["code"] for r in region_codes.table("forms")]))
def test_every_case_form_is_found_at_its_level(code: str) -> None:
    level = regions.region(code).level
    for form in regions.forms(code).values():
        assert form == "" or regions.find(form, level=level).code == code


# --- recoding


def test_statistics_finlands_codes_are_taken_in_the_division_that_the_source_states() -> None:
    codes = ["SSS", "MA1", "MK18", "SK182", "KU205", "ELY14"]
    current = regions.recode(codes, scheme="statfin", division="current")
    assert current == codes
    old = regions.recode(codes, scheme="statfin", division=2015)
    assert old == ["SSS", "MA1", "MK18@2015", "SK182@2015", "KU205", "ELY14@2015"]


def test_as_published_takes_each_rows_own_year() -> None:
    found = regions.recode(
        ["MK18", "MK18", "MK20", "MK01", "MK01"],
        scheme="statfin",
        division="as-published",
        periods=[2015, 2016, 2008, 2010, 2011],
    )
    assert found == ["MK18@2015", "MK18", "MK20", "MK01@2010", "MK01"]


@pytest.mark.parametrize("periods", [None, [2015]])
def test_as_published_without_every_year_is_refused(periods: list[int] | None) -> None:
    with pytest.raises(DataError, match="periods"):
        regions.recode(["MK18", "MK19"], scheme="statfin", division="as-published", periods=periods)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("FI", "SSS"),
        ("FI1D8", "MK18"),
        ("FI1D4", "MK18@2015"),
        ("FI134", "MK18@2015"),
        ("FI1D6", "MK17@2015"),
        ("FI1A2", "MK17@2015"),
        ("FI1D9", "MK17"),
        ("FI197", "MK06@2020"),
        ("FI19B", "MK06"),
        ("FI193", "MK13@2020"),
        ("FI198", "MK13"),
        ("FI1D1", "MK10@2020"),
        ("FI1DA", "MK10"),
        ("FI1D5", "MK16"),
        ("FI1B1", "MK01"),
        ("FI181", "MK01@2010"),
        ("FI182", "MK20"),
        ("FI200", "MK21"),
        ("FI1D", "FI1D"),
        ("FI13", "FI13"),
        ("FIZZZ", None),
        ("FI193:Keski-Suomi (NUTS 2021)", "MK13@2020"),
        ("SE332", "SE332"),
        ("EU27_2020", "EU27_2020"),
    ],
)
def test_a_nuts_code_carries_its_own_division(code: str, expected: str | None) -> None:
    assert regions.recode([code], scheme="nuts", division="current") == [expected]
    assert regions.recode([code], scheme="nuts", division=2024) == [expected]


def test_slovak_and_macedonian_nuts_codes_are_not_taken_for_ours() -> None:
    for code in ("SK021", "MK001"):
        with pytest.raises(DataError, match=code):
            regions.recode([code], scheme="nuts", division="current")


def test_every_finnish_nuts_3_code_of_2024_is_one_of_todays_regions() -> None:
    newest = [r["nuts"] for r in region_codes.table("nuts") if r["version_last"] == "2024"]
    codes = [c for c in newest if len(c) == 5 and c != "FIZZZ"]
    assert set(regions.recode(codes, scheme="nuts", division="current")) == set(MAAKUNNAT)
    assert len(codes) == 19


def test_labels_are_read_by_name_or_by_the_code_they_start_with() -> None:
    labels = ["KOKO MAA", "MK18 Kainuu", "MK10 South Savo", "Kainuu", "Tampere (seutukunta)"]
    found = regions.recode(labels, scheme="name", division="current")
    assert found == ["SSS", "MK18", "MK10", "MK18", "SK064"]
    assert regions.recode(["Extra-Regio NUTS 3"], scheme="name", division="current") == [None]


def test_levels_decide_what_a_shared_name_is() -> None:
    names = ["Kajaani", "Kehys-Kainuu"]
    assert regions.recode(names, scheme="name", division="current")[0] == "KU205"
    found = regions.recode(names, scheme="name", division=2015, levels=("seutukunta",))
    assert found == ["SK182@2015", "SK181"]


def test_auto_takes_codes_and_names_together() -> None:
    found = regions.recode(["KU205", "FI1D4", "Kainuu"], scheme="auto", division="current")
    assert found == ["KU205", "MK18@2015", "MK18"]


def test_ma2_is_the_same_figure_as_mk21() -> None:
    assert regions.recode(["MA2"], scheme="statfin", division="current") == ["MK21"]
    assert regions.recode(["MA2", "MK21"], scheme="statfin", division="current") == [None, "MK21"]


def test_unseen_codes_are_all_listed_with_what_is_near() -> None:
    with pytest.raises(DataError) as refusal:
        regions.recode(["Kainuu", "Kainu", "Atlantis"], scheme="name", division="current")
    message = str(refusal.value)
    assert "2 unseen region codes" in message
    assert "'Kainu' (nearest: Kainuu (MK18))" in message
    assert "'Atlantis'" in message
    assert "aliases.csv" in message


def test_a_code_of_another_scheme_is_unseen() -> None:
    with pytest.raises(DataError):
        regions.recode(["FI1D8"], scheme="statfin", division="current")
    with pytest.raises(DataError):
        regions.recode(["Kainuu"], scheme="nuts", division="current")
    with pytest.raises(DataError, match="tarkoititko"):
        regions.recode(["20"], scheme="statfin", division="current")


def test_many_rows_cost_no_more_than_their_different_codes() -> None:
    codes = ["MK18", "KU205", "SSS", "MK17"] * 50_000
    years = [2010 + n % 10 for n in range(200_000)]
    start = time.perf_counter()
    found = regions.recode(codes, scheme="statfin", division="as-published", periods=years)
    assert time.perf_counter() - start < 5
    assert len(found) == 200_000


# --- what is said


@pytest.mark.parametrize(
    ("code", "forms"),
    [
        ("SSS", ("koko maan", "koko maassa", "koko maasta", "koko maahan")),
        ("MK01", ("Uudenmaan", "Uudellamaalla", "Uudeltamaalta", "Uudellemaalle")),
        ("MK05", ("Kanta-Hämeen", "Kanta-Hämeessä", "Kanta-Hämeestä", "Kanta-Hämeeseen")),
        ("MK18", ("Kainuun", "Kainuussa", "Kainuusta", "Kainuuseen")),
        ("MK19", ("Lapin", "Lapissa", "Lapista", "Lappiin")),
        ("KU105", ("Hyrynsalmen", "Hyrynsalmella", "Hyrynsalmelta", "Hyrynsalmelle")),
        ("KU205", ("Kajaanin", "Kajaanissa", "Kajaanista", "Kajaaniin")),
        ("KU290", ("Kuhmon", "Kuhmossa", "Kuhmosta", "Kuhmoon")),
        ("KU578", ("Paltamon", "Paltamossa", "Paltamosta", "Paltamoon")),
        ("KU620", ("Puolangan", "Puolangalla", "Puolangalta", "Puolangalle")),
        ("KU697", ("Ristijärven", "Ristijärvellä", "Ristijärveltä", "Ristijärvelle")),
        ("KU765", ("Sotkamon", "Sotkamossa", "Sotkamosta", "Sotkamoon")),
        ("KU777", ("Suomussalmen", "Suomussalmella", "Suomussalmelta", "Suomussalmelle")),
        ("SK181", tuple(f"Kehys-Kainuun seutukun{x}" for x in ("nan", "nassa", "nasta", "taan"))),
    ],
)
def test_finnish_case_forms(code: str, forms: tuple[str, ...]) -> None:
    found = regions.forms(code)
    cases = ("fi_genitive", "fi_inessive", "fi_elative", "fi_illative")
    assert tuple(found[c] for c in cases) == forms


def test_swedish_and_english_forms() -> None:
    assert regions.forms("MK18")["sv_in"] == "i Kajanaland"
    assert regions.forms("MK18")["sv_genitive"] == "Kajanalands"
    assert regions.forms("MK18")["en_genitive"] == "Kainuu's"
    assert regions.forms("SSS")["sv_in"] == "i hela landet"
    assert regions.forms("SSS")["sv_genitive"] == "hela landets"
    assert regions.forms("SSS")["en_genitive"] == "the whole country's"
    assert regions.forms("MK21")["sv_in"] == "på Åland"
    assert regions.forms("KU148")["sami_name"] == "Anár"


def test_the_vowels_of_every_finnish_ending_agree_within_the_word() -> None:
    for row in region_codes.table("forms"):
        ending = {row[c][-1] for c in ("fi_inessive", "fi_elative")}
        assert len(ending) == 1, row
        assert row["fi_genitive"].endswith("n"), row
        assert row["fi_illative"][-1] in "ne", row


def test_every_maakunta_and_kainuu_municipality_has_its_own_forms() -> None:
    own = {r["code"] for r in region_codes.table("forms")}
    assert own >= {"SSS", "MA1", "KU785", *MAAKUNNAT, *KAINUU}


def test_a_region_without_known_forms_gets_ones_that_are_always_grammatical() -> None:
    found = regions.forms("KU035")  # Brändö
    assert found["fi_inessive"] == "alueella Brändö"
    assert set(found) == set(regions.forms("MK18"))
    assert regions.forms("MK18@2015") == regions.forms("MK18")


def test_vaala_left_kainuu_in_three_languages() -> None:
    ((year, note),) = regions.break_notes("MK18")
    assert year == 2016
    assert note.fi == "Vaala siirtyi Pohjois-Pohjanmaan maakuntaan 1.1.2016"
    assert note.sv == "Vaala överfördes till landskapet Norra Österbotten 1.1.2016"
    assert note.en == "Vaala moved to the region of North Ostrobothnia on 1 January 2016"


def test_a_break_is_told_from_both_sides_and_at_every_level() -> None:
    assert regions.break_notes("MK17")[0][1].fi == "Vaala siirtyi Kainuun maakunnasta 1.1.2016"
    assert [n.fi for _, n in regions.break_notes("SK182")] == [
        "Vaala siirtyi Oulunkaaren seutukuntaan 1.1.2016"
    ]
    assert regions.break_notes("MK01")[0][1].fi.endswith(
        "ja Sipoo siirtyivät Itä-Uudenmaan maakunnasta 1.1.2011"
    )
    assert [year for year, _ in regions.break_notes("KU205")] == [2007]
    assert len(regions.break_notes("MK10")) == 2
    assert regions.break_notes("MK19") == []


@given(st.sampled_from(MAAKUNNAT))
def test_break_notes_start_where_the_dated_code_changes(code: str) -> None:
    codes = {year: regions.dated(code, year) for year in range(2000, 2027)}
    starts = {b for a, b in pairwise(codes) if codes[a] != codes[b]}
    assert {year for year, _ in regions.break_notes(code)} == starts


def test_changes_agree_with_the_memberships() -> None:
    for row in region_codes.table("changes"):
        year, moved = int(row["first_year"]), row["municipality"]
        assert moved in region_codes.area(row["from"], year - 1)
        assert moved in region_codes.area(row["to"], year)


def test_every_region_has_peers_with_reasons() -> None:
    assert regions.peers("MK18") == ("MK12", "MK10", "MK19", "MK17")
    for code in MAAKUNNAT:
        found = regions.peers(code)
        assert 3 <= len(found) <= 4
        assert code not in found
        assert set(found) <= set(MAAKUNNAT)
        assert all(
            reason.fi and reason.sv and reason.en for _, reason in regions.peer_reasons(code)
        )


# --- maps


def _corners(code: str) -> set[tuple[int, int]]:
    return {p for ring in regions.shapes("maakunta")[code] for p in ring}


def test_a_peer_that_is_called_a_neighbour_shares_a_border() -> None:
    for row in region_codes.table("peers"):
        if row["reason_en"].lower().startswith("neighbour") and "sea" not in row["reason_en"]:
            shared_points = _corners(row["region"]) & _corners(row["peer"])
            assert len(shared_points) >= 2, row


def _area(ring: list[tuple[int, int]]) -> float:
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring)) / 2


@pytest.mark.parametrize(("level", "square_kilometres"), [("maakunta", 332e3), ("kunta", 332e3)])
def test_outlines_are_closed_rings_of_about_the_right_area(
    level: str, square_kilometres: float
) -> None:
    found = regions.shapes(level)
    assert sorted(found) == [r.code for r in regions.regions(level)]
    for code, rings in found.items():
        assert rings, code
        assert _area(rings[0]) == max(_area(r) for r in rings) > 0, code
        for ring in rings:
            assert len(ring) >= 4
            assert ring[0] == ring[-1]
    total = sum(_area(r) for rings in found.values() for r in rings) / 1e6
    assert total == pytest.approx(square_kilometres, rel=0.03)


def test_inland_borders_are_drawn_once_from_each_side() -> None:
    edges: dict[frozenset[tuple[int, int]], int] = {}
    for rings in regions.shapes("maakunta").values():
        for ring in rings:
            for a, b in pairwise(ring):
                key = frozenset((a, b))
                edges[key] = edges.get(key, 0) + 1
    assert set(edges.values()) == {1, 2}
    # A region without coast or state border shares every edge: Pirkanmaa and Kanta-Häme.
    for code in ("MK06", "MK05"):
        ring = regions.shapes("maakunta")[code][0]
        assert all(edges[frozenset(e)] == 2 for e in pairwise(ring))


def _turn(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> int:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def test_no_small_island_crosses_itself() -> None:
    for rings in regions.shapes("maakunta").values():
        for ring in (r for r in rings if len(r) < 60):
            edges = list(pairwise(ring))
            for i, (a, b) in enumerate(edges):
                for c, d in edges[i + 2 :]:
                    crosses = _turn(a, b, c) * _turn(a, b, d) < 0 > _turn(c, d, a) * _turn(c, d, b)
                    assert not crosses, (a, b, c, d)


def test_the_outlines_are_small() -> None:
    sizes = [f.stat().st_size for f in FOLDER.glob("shapes_*.json")]
    assert sum(sizes) < 250_000
    for file in FOLDER.glob("shapes_*.json"):
        assert json.loads(file.read_text(encoding="utf-8"))["crs"] == "EPSG:3067"


def test_tile_maps_have_one_tile_for_each_area() -> None:
    assert sorted(regions.tiles("maakunta")) == MAAKUNNAT
    assert tuple(sorted(regions.tiles("kainuu"))) == KAINUU
    for name in ("maakunta", "kainuu"):
        found = regions.tiles(name)
        assert len(set(found.values())) == len(found)


@pytest.mark.parametrize("ask", [regions.shapes, regions.tiles])
def test_a_map_that_there_is_none_of_is_refused(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(CatalogueError, match="there are"):
        ask("kylä")


# --- publishers' files


@pytest.mark.parametrize(
    ("path", "name", "encoding", "delimiter", "levels"),
    [
        ("population/statfin_migration_kunta_1990-2017.csv", "Alue", "utf-8-sig", ",", ()),
        (
            *("population/statfin_migration_kunta_1990-2017.csv", "seutukunta", "utf-8-sig", ","),
            ("seutukunta",),
        ),
        ("employment/statfin_kuntien_avainluvut_2006-2016.csv", "Alue", "utf-8-sig", ",", ()),
        ("population/paavo_by_municipality_2018.csv", "Area", "utf-8-sig", ",", ()),
        (
            *("wellbeing/statfin_recorded_crimes_kunta_maakunta_1987-2020.csv", "Alue_nimi"),
            *("utf-8-sig", ",", ()),
        ),
        ("economy/statfin_altp_households_by_region_raw.csv", "Area", "latin-1", ",", ()),
        ("economy/alta_regional_input_output_2014/io2014.csv", "REG", "utf-8-sig", ";", ()),
        (
            "wellbeing/sotkanet_hyvinvointialueet.csv",
            "nimi",
            "utf-8-sig",
            ",",
            ("hyvinvointialue",),
        ),
        (
            "wellbeing/sotkanet_54_indicators__seutukunta__1990-2012__v20130908.csv",
            *("Alue", "utf-8-sig", ",", ()),
        ),
        (
            "economy/nama_10r_3gdp__FI__2000-2014__v20160512_NUTS2013.csv",
            *("GEO_LABEL", "utf-8-sig", ",", ()),
        ),
        (
            "employment/statfin_tyti_labour_force_survey_by_region_raw.csv",
            *("Region 2011", "latin-1", ",", ()),
        ),
        ("rd/statfin_tkke_13tn_rd_by_maakunta_2023-2024.csv", "Alue_nimi", "utf-8-sig", ",", ()),
    ],
)
def test_every_label_of_a_public_file_is_read(
    path: str, name: str, encoding: str, delimiter: str, levels: tuple[str, ...]
) -> None:
    labels = column(path, name, encoding=encoding, delimiter=delimiter)
    found = regions.recode(labels, scheme="name", division="current", levels=levels)
    kept = [f for f in found if f is not None]
    assert len(set(kept)) == len(kept)
    if levels:
        assert {regions.region(c).level for c in kept} == set(levels)


def test_names_and_codes_of_a_public_file_say_the_same() -> None:
    file = shared("wellbeing/statfin_recorded_crimes_kunta_maakunta_1987-2020.csv")
    with file.open(encoding="utf-8-sig", newline="") as handle:
        pairs = sorted({(r["Alue"], r["Alue_nimi"]) for r in csv.DictReader(handle)})
    codes, names = zip(*pairs, strict=True)
    by_code = regions.recode(codes, scheme="statfin", division="current")
    assert regions.recode(names, scheme="name", division="current") == by_code
