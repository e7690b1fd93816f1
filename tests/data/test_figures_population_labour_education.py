"""What the catalogue makes of the store, against the figures known for Kainuu."""

from __future__ import annotations

import pytest

from tilannekuva import indicators, observing, raw, tidying
from tilannekuva.model import LANGUAGES

STORE = raw.packaged_store()

pytestmark = pytest.mark.skipif(
    not (STORE / raw.LOCK).is_file(), reason="there is no store of figures yet"
)

# Indicator, region, period → the value, to the last digit named.
KNOWN = {
    ("pop_total", "MK18", "1990"): "92459",
    ("pop_total", "MK18", "2000"): "85736",
    ("pop_total", "MK18", "2022"): "70521",
    ("pop_total", "MK18@2015", "1990"): "96957",
    ("pop_total", "MK18@2015", "2012"): "80685",
    ("pop_total", "SSS", "1990"): "4998478",
    ("pop_total", "SSS", "2022"): "5563970",
    ("pop_total", "KU205", "2019"): "36709",
    ("pop_change_pct", "MK18", "2014"): "-0.86",
    ("pop_change_pct", "MK18", "2021"): "-0.57",
    ("births", "MK18", "2022"): "429",
    ("natural_increase", "MK18", "1990"): "264",
    ("natural_increase", "MK18", "2021"): "-562",
    ("natural_increase", "MK18", "2022"): "-750",
    ("net_intermunicipal_mig", "MK18", "1990"): "-348",
    ("net_intermunicipal_mig", "MK18", "2017"): "-516",
    ("net_intermunicipal_mig", "MK18", "2019"): "-462",
    ("net_intermunicipal_mig", "SSS", "2019"): "0",
    ("net_intermunicipal_mig_per1000", "MK18", "1990"): "-3.8",
    ("net_intermunicipal_mig_per1000", "MK18", "2017"): "-7.0",
    ("net_immigration", "MK18@2015", "2015M01/2015M09"): "133",
    ("share_u15", "MK18", "2022"): "13.4",
    ("share_1564", "MK18", "2022"): "56.3",
    ("share_65plus", "MK18", "2022"): "30.4",
    ("share_80plus", "MK18", "2021"): "7.9",
    ("dep_ratio_demo", "MK18@2015", "1990"): "49.4",
    ("dep_ratio_demo", "MK18", "2013"): "61.1",
    ("dep_ratio_demo", "MK18", "2022"): "77.7",
    ("dep_ratio_old", "MK18", "2021"): "52.6",
    ("dep_ratio_young", "MK18", "2021"): "24.0",
    ("dep_ratio_econ", "MK18", "2016"): "171.7",
    ("dep_ratio_econ", "MK18", "2017"): "170.5",
    ("dep_ratio_econ", "SSS", "2016"): "141.8",
    ("dep_ratio_econ", "KU205", "2016"): "154.5",
    ("median_age", "MK18", "2021"): "51.2",
    ("sex_ratio_2029", "MK18", "2013"): "80.8",
    ("sex_ratio_2029", "MK18", "2022"): "70.8",
    ("women_per_100_men", "MK18", "2013"): "99.7",
    ("women_per_100_men", "MK18", "2021"): "97.1",
    ("labour_exit_ratio", "MK18", "2022"): "0.588",
    ("foreign_lang_share", "MK18@2015", "2012"): "2.18",
    ("foreign_citizens_share", "MK18", "2016"): "1.9",
    ("families_with_children_share", "MK18", "2006"): "38.6",
    ("families_with_children_share", "MK18", "2022"): "31.9",
    ("children_u7_in_families", "MK18", "2022"): "3580",
    ("pop_proj", "MK18", "2040"): "60312",
    ("pop_density", "MK18", "2022"): "3.5",
    ("multilocal_pop", "MK18", "2018"): "12736",
    ("multilocal_pop", "SSS", "2018"): "509785",
    ("households", "MK18", "2016"): "37204",
    ("rental_share", "MK18", "2006"): "27.9",
    ("rental_share", "MK18", "2016"): "27.5",
    ("rental_share", "MK18", "2018"): "27.9",
    ("rental_share", "SSS", "2018"): "35.0",
    ("small_house_share", "MK18", "2016"): "68.0",
    ("urban_degree", "MK18", "2016"): "73.9",
    ("pensioner_households_share", "MK18", "2018"): "38.7",
    ("unemployed_jobseekers", "MK18", "2023M10"): "2649",
    ("unemp_rate_reg", "MK18", "2006M01"): "18.8",
    ("unemp_rate_reg", "MK18", "2023M10"): "8.6",
    ("unemp_rate_reg", "SSS", "2023M10"): "9.7",
    ("jobseekers_per_vacancy", "MK18", "2023M10"): "4.12",
    ("labour_force", "MK18", "2006M01"): "36628",
    ("jobs", "MK18", "2016"): "27415",
    ("jobs", "MK18", "2017"): "27184",
    ("jobs", "SSS", "2017"): "2327730",
    ("job_selfsuff", "MK18", "2006"): "96.7",
    ("job_selfsuff", "MK18", "2016"): "99.6",
    ("employed_per_pop", "MK18", "2017"): "37.0",
    ("employment_rate", "MK18@2015", "2011"): "63.5",
    ("employment_rate", "MK18", "2020"): "63.9",
    ("employment_rate", "SSS", "2020"): "71.6",
    ("unemp_rate_lfs", "MK18@2015", "2013"): "11.5",
    ("unemp_rate_lfs", "MK18", "2020"): "7.4",
    ("unemp_rate_annual", "MK18@2015", "1996"): "25.7",
    ("primary_jobs_share", "MK18", "2007"): "8.1",
    ("processing_jobs_share", "MK18", "2016"): "17.8",
    ("services_jobs_share", "MK18", "2016"): "74.8",
    ("structural_unemp_1564", "MK18@2015", "2011"): "5.5",
    ("edu_level_index", "MK18@2015", "2011"): "295",
    ("edu_level_index", "SSS", "2013"): "347",
    ("tertiary_15plus", "MK18@2015", "2011"): "21.7",
    ("tertiary_15plus", "MK18", "2016"): "24",
    ("tertiary_15plus", "SSS", "2023"): "33.8",
    ("academic_degree_share_18plus", "MK18", "2018"): "16.0",
    ("basic_education_only_share_18plus", "MK18", "2018"): "24.8",
    ("basic_education_only_share_18plus", "SSS", "2018"): "23.8",
    ("out_of_education_1724", "MK18@2015", "1995"): "12.3",
}
SUBJECTS = ("population", "labour", "education")


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str, str], tuple[float, str]]:
    catalogue = indicators.load()
    mine = {i.id for i in catalogue.indicators.values() if i.subject in SUBJECTS}
    lock = raw.read_lock(STORE)
    rows = observing.observe(tidying.tidy(catalogue, STORE, lock, only=mine), catalogue, lock).rows
    rows = rows[(rows["breakdown"] == "total")]
    keys = zip(rows["indicator"], rows["region"], rows["period"], strict=True)
    return dict(zip(keys, zip(rows["value"], rows["status"], strict=True), strict=True))


@pytest.mark.parametrize("key", sorted(KNOWN), ids=" ".join)
def test_known_figures(
    found: dict[tuple[str, str, str], tuple[float, str]], key: tuple[str, str, str]
) -> None:
    text = KNOWN[key]
    # As printed: half a unit of the last digit named.
    digits = len(text.partition(".")[2])
    assert found[key][0] == pytest.approx(float(text), abs=0.5000001 * 10**-digits)


def test_statuses_of_figures_that_are_not_final(
    found: dict[tuple[str, str, str], tuple[float, str]],
) -> None:
    assert found["births", "MK18", "2022"][1] == "preliminary"
    assert found["natural_increase", "MK18", "2022"][1] == "preliminary"
    assert found["pop_proj", "MK18", "2040"][1] == "forecast"
    assert found["net_migration", "MK18", "2021"][1] == "final"
    assert found["pop_density", "MK18", "2020"][1] == "estimated"


def test_every_indicator_says_where_a_figure_is_or_would_be() -> None:
    for indicator in indicators.load().indicators.values():
        if indicator.subject in SUBJECTS:
            assert indicator.amount or indicator.phrase, indicator.id
            for lang in LANGUAGES:
                assert len(indicator.label[lang]) <= 30, (indicator.id, lang)
