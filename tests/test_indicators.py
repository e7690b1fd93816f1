"""The catalogue: what people wrote is checked, and every mistake gets file, key and a hint."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import tilannekuva as tk
from tilannekuva import indicators, region_codes, tidying
from tilannekuva.errors import CatalogueError
from tilannekuva.indicators import Catalogue
from tilannekuva.model import LANGUAGES, Indicator, Query, Snapshot, Text

# The indicators that a situation picture needs, as the public sources were gone through for them.
SLUGS = """
pop_total pop_change_pct births natural_increase net_intermunicipal_mig net_immigration
mig_by_age share_u15 share_1564 share_65plus dep_ratio_demo dep_ratio_econ mean_age
foreign_lang_share sex_ratio_2029 tfr pop_proj multilocal_pop gdp_pc gdp_pc_index gva_volume
gva_by_industry productivity gfcf hh_disp_income_pc median_income at_risk_poverty gini
firms_started firms_closed firm_stock_per1000 establishments turnover staff growth_firms
exports tourism_nights leading_sectors_turnover municipal_margin municipal_debt_pc
municipal_tax_rate bankruptcies dwelling_price dwellings_started wind_power employment_rate
unemp_rate_reg unemployed_jobseekers lt_unemployed youth_unemp broad_unemp vacancies
jobseekers_per_vacancy jobs job_selfsuff occ_structure public_share entrepreneurs_share
labour_exit_ratio immigrant_emp shortage_occupations rd_exp rd_gdp rd_pc rd_business_share
rd_staff rd_fte patents innovation_activity ris bf_funding eu_rd_funding s3_lq
high_tech_share ecosystem_agreements edu_level_index tertiary_2534 no_qualification
out_of_education_1724 vocational_applicants hei_start_places graduates_stay adult_learning
school_results morbidity_index disability_index life_expectancy avoidable_mortality
suicide_mortality alcohol_mortality mental_load good_qol loneliness youth_anxiety
social_assistance_2564 social_assistance_1824 youth_psych_hosp housing_allowance
divorce_rate hyte_coef doctor_access turnout_municipal turnout_county turnout_parl
associations_density trust_inst trust_people perceived_safety crime_rate violent_crime
emergency_response rescue_volunteers shelter_places household_prep_72h defence_will
power_outage broadband_100 mobile_5g service_access road_condition air_pax self_suff_energy
industry_diversity border_dependence shock_resistance shock_recovery third_sector_visits
library_loans sports_grants ghg_total ghg_pc ghg_hinku ghg_effort_sharing ghg_transport
ghg_agri ghg_heating ghg_machinery ghg_waste peat_use forest_sink renewable_share
electricity_cons wind_generation ev_share clim_hazards energy_class_bldg protected_area_pct
protected_forest_pct metso_ha helmi_ha new_protection_ha restored_peatland_ha
drained_mire_pct deadwood old_forest_pct loggings_vs_sustainable cont_cover
threatened_species_n farmland_birds forest_birds hnv_farmland org_farming trad_biotopes_ha
water_status_lakes water_status_rivers nutrient_load migratory_barriers recreation_visits
contaminated_mines built_land_take wind_area_conflict nature_valuation
""".split()  # noqa: SIM905  (a list a name a line says no more)

GOOD = """
[own_share]
names = { fi = "Oma osuus", sv = "Egen andel", en = "Own share" }
unit = "percent"
decimals = 1
direction = "up"
[[own_share.query]]
source = "statfin"
table = "t"
"""


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Catalogue]:
    """Load the catalogue with a person's own files merged over it."""

    def load(text: str = GOOD, file: str = "catalogue/own.toml", **more: str) -> Catalogue:
        for name, content in {
            file: text,
            **{k.replace("__", "/"): v for k, v in more.items()},
        }.items():
            place = tmp_path / (name if name.endswith(".toml") else f"{name}.toml")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content, encoding="utf-8")
        return indicators.load(tmp_path)

    return load


# --- mistakes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "decimals",
            "desimals",
            r"own\.toml: own_share\.desimals: unknown key; did you mean 'decimals'",
        ),
        ("decimals", "qqq", r"own_share\.qqq: unknown key; known keys: aggregate, aliases"),
        (', en = "Own share"', "", r"own_share\.names\.en: is missing; add it"),
        ("names = ", "names_verified = true #", r"own_share\.names: is missing; add it"),
        ("decimals = 1\n", "", r"own_share\.decimals: is missing; add it"),
        ("sv = ", "se = ", r"own_share\.names\.se: unknown key; known keys: en, fi, sv"),
        (
            '"percent"',
            '"procent"',
            r"own_share\.unit: unknown unit 'procent'; did you mean 'percent'",
        ),
        ('"percent"', '"parsec"', r"own_share\.unit: unknown unit 'parsec'"),
        (
            '"up"',
            '"better"',
            r"own_share\.direction: 'better' is not one of 'up', 'down' or 'neither'",
        ),
        ("= 1", "= 9", r"own_share\.decimals"),
        ("= 1", '= "one"', r"own_share\.decimals"),
        (
            '"statfin"',
            '"statfinn"',
            r"query\.source: unknown source 'statfinn'; did you mean 'statfin'",
        ),
        ("table = ", "tabel = ", r"own_share\.query\.0\.tabel: unknown key; did you mean 'table'"),
        ('table = "t"', "", r"own_share\.query\.0\.table: is missing"),
        (
            'table = "t"',
            'table = "t"\nselct = {}',
            r"query\.0\.selct: unknown key; did you mean 'select'",
        ),
        ('table = "t"', 'table = "t"\naxes = { age = "ikä" }', r"query\.axes: an axis that `axes`"),
        (
            "[[own_share.query]]",
            "[own_share.quer]",
            r"own_share\.quer: unknown key; did you mean 'query'",
        ),
        ("[own_share]", "[OwnShare]", r"OwnShare\.id"),
    ],
)
def test_a_mistake_gets_file_key_and_hint(
    written: Callable[..., Catalogue], old: str, new: str, what: str
) -> None:
    assert old in GOOD
    with pytest.raises(CatalogueError, match=what) as caught:
        written(GOOD.replace(old, new))
    assert "own.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ('axes = ["shoe_size"]', r"own_share\.axes: there is no code list axes/shoe_size\.csv"),
        ('formula = "births +"', r"own_share\.formula: 'births \+' is not an expression"),
        ('formula = "births.mean"', r"own_share\.formula: 'births\.mean' does not belong"),
        ('formula = "max(births)"', r"own_share\.formula: unknown function 'max'"),
        ('formula = "1 + 1"', r"own_share\.formula: '1 \+ 1' names no indicator"),
        ('formula = "birhts / 2"', r"own_share: unknown indicator 'birhts'; did you mean 'births'"),
        ('formula = "own_share / 2"', r"own_share: stands on itself"),
        ('aggregate = { method = "mean" }', r"aggregate\.method: 'mean' is not one of"),
        (
            'aggregate = { method = "weighted_mean", weight = "pop_totla" }',
            r"indicator 'pop_totla'; did",
        ),
        ('short = { fi = "x", sv = "x", eng = "x" }', r"own_share\.short\.en"),
        ('aliases = ["bkt_asukas"]', r"alias 'bkt_asukas' is already taken"),
        ('aliases = ["gdp_pc"]', r"alias 'gdp_pc' is already taken"),
        (
            'targets = [{ period = "2030?", value = 1, source = "x" }]',
            r"own_share\.targets\.period: '2030\?' is not a period",
        ),
        (
            'targets = [{ period = "2030", value = 1, source = "x", scope = "world" }]',
            r"own_share\.targets\.0\.scope: 'world' is not one of",
        ),
        (
            'breaks = [{ first_period = "x", kind = "method", '
            'note = { fi = "", sv = "", en = "" } }]',
            r"own_share\.breaks\.first_period: 'x' is not a period",
        ),
    ],
)
def test_a_mistake_in_what_may_be_added(
    written: Callable[..., Catalogue], more: str, what: str
) -> None:
    with pytest.raises(CatalogueError, match=what) as caught:
        written(GOOD.replace('direction = "up"', f'direction = "up"\n{more}'))
    assert "own.toml" in str(caught.value)


def test_without_any_way_to_figures_somebody_has_to_be_named(
    written: Callable[..., Catalogue],
) -> None:
    with pytest.raises(CatalogueError, match="who would have the figure"):
        written(GOOD[: GOOD.index("[[")])


def test_a_file_that_is_not_toml_is_named(written: Callable[..., Catalogue]) -> None:
    with pytest.raises(CatalogueError, match=r"own\.toml: not valid TOML .*line 2"):
        written("\n[own_share\n")


def test_a_plain_value_is_not_an_indicator(written: Callable[..., Catalogue]) -> None:
    with pytest.raises(CatalogueError, match=r"'version' is a plain value; write it as a table"):
        written("version = 1\n" + GOOD)


@pytest.mark.parametrize("names", [("a", "b"), ("a", "b", "c")])
def test_formulas_in_a_circle_are_named_in_order(
    written: Callable[..., Catalogue], names: tuple[str, ...]
) -> None:
    text = "".join(
        GOOD[: GOOD.index("[[")].replace("own_share", n) + f'formula = "2 * {m}"\n'
        for n, m in zip(names, names[1:] + names[:1], strict=True)
    )
    with pytest.raises(CatalogueError, match=r"stand on each other: . → ") as caught:
        written(text)
    assert "own.toml" in str(caught.value)


def test_the_same_id_in_two_files_of_a_folder_is_refused(written: Callable[..., Catalogue]) -> None:
    with pytest.raises(CatalogueError, match=r"own_share: also\.toml has this id already"):
        written(catalogue__also=GOOD)


@pytest.mark.parametrize(
    ("file", "text", "what"),
    [
        (
            "cuts/mine.toml",
            'kind = "themes"\nnames = { fi = "", sv = "", en = "" }\n[[sections]]\nid = "s"\n'
            'names = { fi = "", sv = "", en = "" }\nindicators = ["birhts"]\n',
            r"cuts/mine\.toml: s: unknown indicator 'birhts'; did you mean 'births'",
        ),
        (
            "cuts/mine.toml",
            'kind = "themes"\nnames = { fi = "", sv = "", en = "" }\n[[sections]]\nid = "s"\n'
            'names = { fi = "", sv = "", en = "" }\nindicators = ["births"]\nlead = ["deaths"]\n',
            r"cuts/mine\.toml: s: 'deaths' leads a section that does not list it",
        ),
        (
            "cuts/mine.toml",
            'kind = "themes"\nnames = { fi = "", sv = "", en = "" }\nsections = [{ idd = "s" }]\n',
            r"mine\.toml: sections\.0",
        ),
        ("units.toml", "[furlong]\nlabel = { fi = '', sv = '' }\n", r"units\.toml: furlong"),
        ("sources.toml", "[mine]\npublisher = { fi = '' }\n", r"sources\.toml: mine"),
        (
            "key_figures.toml",
            'figures = ["gdp_pcc"]\nstrengths = []\nweaknesses = []\nbottlenecks = []\n'
            "shocks = []\n"
            "outlook = []\n",
            r"key_figures\.toml: figures: unknown indicator 'gdp_pcc'; did you mean 'gdp_pc'",
        ),
    ],
)
def test_mistakes_in_the_other_files(
    written: Callable[..., Catalogue], file: str, text: str, what: str
) -> None:
    with pytest.raises(CatalogueError, match=what):
        written(text, file)


# --- what a person adds -------------------------------------------------------------------------


def test_a_persons_own_folder_is_merged_over_the_packaged_one(
    written: Callable[..., Catalogue], catalogue: Catalogue
) -> None:
    found = written(
        GOOD + GOOD.replace("own_share", "births").replace("Own share", "Births, ours"),
        sources='[mine]\npublisher = { fi = "Me", sv = "Vi", en = "We" }\nprotocol = "tables"\n'
        'base = ""\npage = ""\nlicence = "CC0"\n',
    )
    assert found["own_share"].names.sv == "Egen andel"
    assert found["births"].names.en == "Births, ours"
    assert found.sources["mine"].licence == "CC0"
    assert set(found.indicators) == {*catalogue.indicators, "own_share"}
    assert catalogue["births"].names.en != "Births, ours"


def test_files_may_lie_in_the_folder_itself(written: Callable[..., Catalogue]) -> None:
    assert "own_share" in written(GOOD, "own.toml").indicators


def test_twelve_lines_are_enough(written: Callable[..., Catalogue]) -> None:
    assert len(GOOD.strip().splitlines()) <= 12
    assert written()["own_share"].query[0].table == "t"


# --- finding ------------------------------------------------------------------------------------


def test_an_alias_is_as_good_as_the_id(catalogue: Catalogue) -> None:
    for alias, name in catalogue.aliases.items():
        assert indicators.find(catalogue, alias) == name
    assert catalogue["bkt_asukas"].id == "gdp_pc"


def test_an_unknown_name_names_the_nearest_in_one_line(catalogue: Catalogue) -> None:
    with pytest.raises(
        CatalogueError, match=r"^unknown indicator 'gdp_pd'; did you mean 'gdp_pc'\?$"
    ):
        indicators.find(catalogue, "gdp_pd")
    with pytest.raises(CatalogueError, match="`tilannekuva catalogue` lists them"):
        indicators.find(catalogue, "qqqqq")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("tyottomyysaste", "unemp_rate_reg"),
        ("TYÖTTÖMYYSASTE", "unemp_rate_reg"),
        ("arbetslöshetstal", "unemp_rate_lfs"),
        ("demographic dependency", "dep_ratio_demo"),
        ("väkiluku", "pop_total"),
        ("gdp_pc", "gdp_pc"),
    ],
)
def test_search_finds_by_any_language_without_diacritics(
    catalogue: Catalogue, text: str, name: str
) -> None:
    assert name in [i.id for i in indicators.search(catalogue, text)]


def test_search_needs_every_word(catalogue: Catalogue) -> None:
    both = {i.id for i in indicators.search(catalogue, "population density")}
    assert "pop_density" in both
    assert both < {i.id for i in indicators.search(catalogue, "population")}
    assert not indicators.search(catalogue, "population qqq")


# --- the packaged catalogue ---------------------------------------------------------------------


def test_the_172_indicators_of_the_brief_are_there(catalogue: Catalogue) -> None:
    assert len(SLUGS) == len(set(SLUGS)) == 172
    assert [s for s in SLUGS if s not in catalogue.indicators] == []


def test_the_list_above_is_that_of_the_public_brief(shared: Path) -> None:
    text = (shared / "domain" / "situation-picture.md").read_text(encoding="utf-8")
    section = text[text.index("\n## 3.") : text.index("\n## 4.")]
    found = []
    for line in section.splitlines():
        if line.startswith("| ") and not line.startswith("| slug"):
            found += [s.strip() for s in line.split("|")[1].split(",")]
    assert found == SLUGS


def _texts(i: Indicator) -> list[Text]:
    given = [i.names, i.short, i.amount, i.phrase, i.where, *i.caveats, *(b.note for b in i.breaks)]
    return [t for t in [*given, *(t.per for t in i.targets)] if t is not None]


def test_every_indicator_is_named_in_three_languages(catalogue: Catalogue) -> None:
    for i in catalogue.indicators.values():
        for text in _texts(i):
            for lang in LANGUAGES:
                assert text[lang] == text[lang].strip(), (i.id, lang)
                assert text[lang], (i.id, lang)
        # One text in all three languages was forgotten to be translated.
        assert len({i.names[lang] for lang in LANGUAGES}) > 1, i.id


def test_no_two_indicators_have_the_same_name(catalogue: Catalogue) -> None:
    for lang in LANGUAGES:
        seen: dict[str, str] = {}
        for i in catalogue.indicators.values():
            other = seen.setdefault(i.names[lang].casefold(), i.id)
            assert other == i.id, (i.names[lang], lang)


def test_every_indicator_has_unit_direction_and_decimals(catalogue: Catalogue) -> None:
    for i in catalogue.indicators.values():
        assert i.unit in catalogue.units, i.id
        assert i.direction in ("up", "down", "neither"), i.id
        assert 0 <= i.decimals <= 4, i.id
        assert i.min_change >= 0, i.id
        short = i.label
        assert all(len(short[lang]) <= 45 for lang in LANGUAGES), (i.id, short)


def test_every_unit_says_how_it_is_compared(catalogue: Catalogue) -> None:
    for u in catalogue.units.values():
        # What adds up over areas has its differences said in per cent, or a count would be a gap.
        assert u.relative or not u.extensive, u.id
    for i in catalogue.indicators.values():
        adds_up = i.aggregate is not None and i.aggregate.method == "sum"
        if adds_up:
            assert catalogue.units[i.unit].extensive, f"{i.id} is summed but not extensive"


def test_every_target_break_and_axis_can_be_used(catalogue: Catalogue) -> None:
    for i in catalogue.indicators.values():
        for t in i.targets:
            assert t.source, i.id
            assert (t.bound == "between") == (t.value_high is not None), i.id
        for b in i.breaks:
            assert b.region == "*" or region_codes.exists(b.region), (i.id, b.region)
        for axis in i.axes:
            codes = tidying.read_axis(axis)
            assert all(re.fullmatch(r"[A-Za-z0-9_-]+", row["code"]) for row in codes), axis
            assert all(row[f"name_{lang}"] for row in codes for lang in LANGUAGES), axis


def test_every_fixed_region_is_of_the_register(catalogue: Catalogue) -> None:
    for i in catalogue.indicators.values():
        for q in i.query:
            if q.region.startswith("="):
                assert region_codes.exists(q.region[1:]), (i.id, q.region)


def test_every_indicator_without_figures_says_where_they_would_come_from(
    catalogue: Catalogue, lock: tuple[object, ...]
) -> None:
    there = {(s.source, s.table) for s in lock}  # type: ignore[attr-defined]
    for i in catalogue.indicators.values():
        if i.rule is None and not any((q.source, q.table) in there for q in i.query):
            assert i.where is not None or i.query, i.id


# --- what is asked of the services --------------------------------------------------------------

TABLES = {
    # Short ids of Statistics Finland have a letter: "vkour/2013" is a name for carried figures.
    "pxweb": r"([A-Za-z_]+:)?[a-z_]+/(?=[0-9]*[a-z])[0-9][0-9a-z]{3}",
    "eurostat": r"[a-z]+[a-z0-9]*(_[a-z0-9]+)+",
    "sotkanet": r"[1-9][0-9]*",
    "syke": r"municipal-emissions",
    "laji": r"[a-z]+(-[a-z]+)*",
}
"""How a table is called at a service of each protocol that an indicator asks."""

RECORDED = {("statfin", "tkke/13tn")}
"""Tables whose codes were seen in a recorded answer, beside those that are in the store."""


def _queries(catalogue: Catalogue) -> Iterator[tuple[str, Query]]:
    for i in catalogue.indicators.values():
        yield from ((i.id, q) for q in i.query)


def _live(catalogue: Catalogue) -> Iterator[tuple[str, Query]]:
    for name, q in _queries(catalogue):
        if q.snapshots != "carried" and catalogue.sources[q.source].protocol != "tables":
            yield name, q


def test_only_a_service_is_asked(catalogue: Catalogue) -> None:
    for name, q in _queries(catalogue):
        if q.snapshots == "received" or q.ask or not q.verified:
            assert catalogue.sources[q.source].protocol != "tables", (name, q.source, q.table)
            assert q.snapshots != "carried", (name, q.source, q.table)
    for source in catalogue.sources.values():
        assert source.protocol == "tables" or source.base.startswith("https://"), source.id
        assert bool(source.database) == (source.protocol == "pxweb"), source.id


def test_every_service_has_a_table_of_that_name(catalogue: Catalogue) -> None:
    for name, q in _live(catalogue):
        pattern = TABLES[catalogue.sources[q.source].protocol]
        assert re.fullmatch(pattern, q.table), (name, q.source, q.table)


def test_a_table_that_was_never_seen_says_so(
    catalogue: Catalogue, lock: tuple[Snapshot, ...]
) -> None:
    seen = {(s.source, s.table) for s in lock} | RECORDED
    for name, q in _live(catalogue):
        assert not q.verified or (q.source, q.table) in seen, (name, q.source, q.table)


def test_a_query_for_received_figures_stands_before_the_carried_ones(catalogue: Catalogue) -> None:
    for i in catalogue.indicators.values():
        first: dict[tuple[str, str], int] = {}
        for n, q in enumerate(i.query):
            if q.snapshots == "carried":
                first.setdefault((q.source, q.table), n)
        for n, q in enumerate(i.query):
            if q.snapshots == "received":
                assert n < first.get((q.source, q.table), n + 1), (i.id, q.source, q.table)


def test_figures_of_municipalities_only_are_summed_to_regions(catalogue: Catalogue) -> None:
    for name, q in _live(catalogue):
        i = catalogue.indicators[name]
        if q.levels and set(q.levels) <= {"koko_maa", "kunta"} and not i.axes:
            assert catalogue.units[i.unit].extensive, (name, "a share cannot be summed")
            assert i.aggregate is not None, (name, q.table)
            assert i.aggregate.method == "sum", (name, q.table)


def test_the_codes_of_an_axis_are_of_its_list(catalogue: Catalogue) -> None:
    for name, q in _live(catalogue):
        for axis, variable in q.axes.items():
            known = {
                code
                for row in tidying.read_axis(axis)
                for code in (row["code"], *row.get("aliases", "").split())
            }
            assert set(q.select[variable]) <= known, (name, q.table, axis)


def test_a_municipal_table_with_old_codes_is_not_asked_by_them(catalogue: Catalogue) -> None:
    # The contents of vkour/12bs were renamed: the carried answer of 2024 has the old codes.
    for name, q in _queries(catalogue):
        if q.table == "vkour/12bs":
            asked = str(next(iter(v for k, v in q.select.items() if k.casefold() == "tiedot")))
            assert (q.snapshots == "carried") == asked.startswith("osuus"), (name, asked)


def test_cuts_are_the_themes_of_2025_and_the_six_chapters(catalogue: Catalogue) -> None:
    themes, chapters = catalogue.cuts
    assert (themes.kind, len(themes.sections)) == ("themes", 3)
    assert (chapters.kind, len(chapters.sections)) == ("chapters", 6)
    for cut in catalogue.cuts:
        for section in cut.sections:
            assert len(section.indicators) == len(set(section.indicators)), section.id
            assert set(section.lead) <= set(section.indicators), section.id
        names = [s.id for s in cut.sections]
        assert len(names) == len(set(names))


def test_the_files_are_the_subjects_of_the_house(catalogue: Catalogue) -> None:
    assert {i.subject for i in catalogue.indicators.values()} == {
        "population", "economy", "labour", "rdi", "education", "wellbeing", "cohesion", "climate",
        "nature", "structure",
    }  # fmt: skip


# --- in a notebook ------------------------------------------------------------------------------


def test_a_catalogue_edited_in_the_meantime_is_read_again(
    written: Callable[..., Catalogue], tmp_path: Path
) -> None:
    first = written()
    assert indicators.load(tmp_path) is first, "nothing has changed"
    assert written(GOOD.replace("Own share", "Share of mine"))["own_share"].names.en == (
        "Share of mine"
    )
    # Same name and size, another time.
    file = tmp_path / "catalogue" / "own.toml"
    file.write_text(GOOD.replace("Own share", "My own one"), encoding="utf-8")
    os.utime(file, ns=(10**18, 10**18))
    assert indicators.load(tmp_path)["own_share"].names.en == "My own one"
    (tmp_path / "more.toml").write_text("", encoding="utf-8")
    file.unlink()
    assert "own_share" not in indicators.load(tmp_path)


def test_a_catalogue_s_folder_may_be_a_text(
    written: Callable[..., Catalogue], tmp_path: Path
) -> None:
    assert written()["own_share"] == tk.catalogue(str(tmp_path))["own_share"]


@pytest.mark.parametrize("kind", [str, Path])
def test_a_catalogue_s_folder_that_does_not_exist_is_said(
    kind: Callable[[Path], str | Path], tmp_path: Path
) -> None:
    with pytest.raises(CatalogueError, match=r"nowhere: there is no such folder") as caught:
        tk.catalogue(kind(tmp_path / "nowhere"))  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    (tmp_path / "file.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(CatalogueError, match="there is no such folder"):
        tk.catalogue(kind(tmp_path / "file.toml"))  # type: ignore[arg-type]


def test_a_catalogue_is_a_mapping_of_ids(
    catalogue: Catalogue, make_catalogue: Callable[..., Catalogue]
) -> None:
    assert "gdp_pc" in catalogue
    assert "bkt_asukas" in catalogue, "an alias counts"
    assert "gdp_pd" not in catalogue
    assert 3 not in catalogue
    assert list(catalogue) == list(catalogue.indicators)
    assert len(catalogue) == len(catalogue.indicators)
    # An empty one is not taken for none: `catalogue or load()` keeps it.
    assert make_catalogue()
    assert len(make_catalogue()) == 0


def test_an_indicator_is_shown_in_words(catalogue: Catalogue) -> None:
    shown = catalogue["gdp_pc"]._repr_html_()
    names = catalogue["gdp_pc"].names
    assert all(text in shown for text in (names.fi, names.sv, names.en))
    assert "€" in shown
    assert "suurempi on parempi" in shown
    assert "Eurostat, taulu nama_10r_3gdp" in shown
    assert 'href="https://ec.europa.eu/eurostat"' in shown
    assert "Käyvin hinnoin ja sadan euron tarkkuudella." in shown
    assert "eur<" not in shown, "not by its id"


def test_an_indicator_shows_its_targets_and_its_formula(catalogue: Catalogue) -> None:
    share = catalogue["rd_gdp"]._repr_html_()
    assert "vähintään 4\N{NO-BREAK SPACE}% bruttokansantuotteesta vuoteen 2030 mennessä" in share
    assert ">www2.tilastokeskus.fi</a>" in share
    assert "100 * rd_exp / gdp" in share
    assert "rd_exp = Tutkimus- ja kehittämismenot" in share
    assert "T&amp;K" in share
    assert "Kainuu: Kainuun suhde" in share, "a caveat of one region begins with its name"
    cut = catalogue["ghg_total"]._repr_html_()
    assert "−60\N{NO-BREAK SPACE}% vuodesta 1990 vuoteen 2030 mennessä (Ilmastolaki" in cut
    assert "ei tarkistettu lähteestä" in catalogue["ghg_transport"]._repr_html_()


def test_every_indicator_can_be_shown(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        assert indicator._repr_html_().startswith('<div lang="fi">')


def test_a_shown_indicator_is_the_same_as_one_read_from_a_picture(catalogue: Catalogue) -> None:
    listed = catalogue["gdp_pc"]
    plain = Indicator.model_validate_json(listed.model_dump_json())
    assert listed == plain
    assert plain == listed
    assert repr(listed) == repr(plain)
    assert listed != catalogue["gdp"]
