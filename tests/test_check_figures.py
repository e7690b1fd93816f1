"""Published figures of Kainuu, each with the place it was printed in, against the store.

A figure that the store does not have is not here; where the store has it, it must be this one.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

import tilannekuva as tk
from tilannekuva import words
from tilannekuva.indicators import Catalogue
from tilannekuva.model import Picture, Snapshot


class Printed(NamedTuple):
    """A figure as somebody printed it; ``value`` has the printed number of decimals."""

    indicator: str
    region: str
    period: str
    value: str
    where: str


EUROSTAT_2023 = "Eurostat nama_10r_3gdp, spring 2023"
KAINUU_POPULATION = "kainuunliitto.fi/tietopalvelut/tilastot/vaesto-ja-muuttoliike/"
KAINUU_2021 = (
    "kainuunliitto.fi/kainuu-sai-muuttovoittoa-toisena-vuotena-perakkain-vakiluku-silti-laskee/"
)
TKKE_2003 = "stat.fi/til/tkke/2003/tkke_2003_2004-12-15_tau_027.html"
TKKE_2011 = "stat.fi/til/tkke/2011/tkke_2011_2012-10-31_tau_003_fi.html"
KEHA = "Employment Service Statistics 12r5, end of month"
STT_OCTOBER = "sttinfo.fi/tiedote/70059703"
THL = "terveytemme.fi/sairastavuusindeksi/2019/maakunnat_taulukot"
ELY = "ely-keskus.fi, Kainuun päästönäkymä"
PALTAMO = "paltamo.fi/ajankohtaista/uutiset/kainuun-paastokehitys.html"
STT_NATURE = "sttinfo.fi/tiedote/71028909"
SYKE = "asuminen.fi, SYKE: luonnon monimuotoisuus, Kainuu"
ALTP_2015 = "stat.fi/til/altp/2015/altp_2015_2016-12-09_tau_001_fi.html"
ALTP_2019 = "stat.fi/til/altp/2019/altp_2019_2020-11-25_tau_002_fi.html"

PRINTED = [
    # The economy.
    Printed("gdp", "MK18", "2000", "1501.66", EUROSTAT_2023),
    Printed("gdp", "MK18", "2020", "2513.90", EUROSTAT_2023),
    Printed("gdp_pc", "MK18", "2000", "17400", EUROSTAT_2023),
    Printed("gdp_pc", "MK18", "2020", "34900", EUROSTAT_2023),
    Printed("gdp_pc", "SSS", "2020", "43000", EUROSTAT_2023),
    Printed("gva_change_nominal", "MK18@2015", "2013", "-5.8", "stat.fi altp 2013"),
    Printed("gva_change_nominal", "MK18", "2015", "0.1", ALTP_2015),
    Printed("gva_change_nominal", "SSS", "2015", "2.0", ALTP_2015),
    Printed("hh_disp_income_pc_change", "MK18", "2018", "2.4", ALTP_2019),
    Printed("hh_disp_income_pc_change", "SSS", "2018", "3.2", ALTP_2019),
    # Work.
    Printed("unemployed_jobseekers", "MK18", "2022M12", "3082", KEHA),
    Printed("labour_force", "MK18", "2022M12", "30908", KEHA),
    Printed("unemployed_jobseekers", "MK18", "2023M10", "2649", STT_OCTOBER),
    Printed("unemp_rate_reg", "MK18", "2023M10", "8.6", STT_OCTOBER),
    Printed("unemp_rate_reg", "SSS", "2023M10", "9.7", STT_OCTOBER),
    # Research and development: Kainuu with Vaala.
    *(
        Printed("rd_exp", "MK18@2015", year, value, TKKE_2003)
        for year, value in zip(
            ("1998", "1999", "2000", "2001", "2002", "2003"),
            ("13.8", "14.6", "14.4", "16.4", "18.3", "16.5"),
            strict=True,
        )
    ),
    Printed("rd_exp", "MK18@2015", "2010", "21.1", TKKE_2011),
    Printed("rd_exp", "MK18@2015", "2011", "25.4", TKKE_2011),
    Printed("rd_exp", "SSS", "2011", "7163.7", TKKE_2011),
    Printed("rd_gdp", "SSS", "2021", "3.0", "stat.fi/til/tkke 2021"),
    # People: Sotkanet's Kainuu of 2000 is with Vaala, Eurostat's (1 January 2001) is without.
    Printed("pop_total", "MK18@2015", "2000", "89777", "sotkanet.fi indicator 127"),
    Printed("pop_total", "MK18", "2000", "85736", "kuiskintaa.fi; Eurostat demo_r_pjanaggr3, 2001"),
    Printed("pop_total", "MK18", "2021", "71255", KAINUU_2021),
    Printed("pop_total", "MK18", "2022", "70521", KAINUU_POPULATION),
    Printed("share_u15", "MK18", "2021", "13.6", KAINUU_2021),
    Printed("share_1564", "MK18", "2021", "56.6", KAINUU_2021),
    Printed("share_65plus", "MK18", "2021", "29.8", KAINUU_2021),
    Printed("share_u15", "MK18", "2022", "13.4", KAINUU_POPULATION),
    Printed("share_1564", "MK18", "2022", "56.3", KAINUU_POPULATION),
    Printed("share_65plus", "MK18", "2022", "30.4", KAINUU_POPULATION),
    Printed("births", "MK18", "2022", "429", KAINUU_POPULATION),
    Printed("deaths", "MK18", "2022", "1179", KAINUU_POPULATION),
    Printed("natural_increase", "MK18", "2022", "-750", KAINUU_POPULATION),
    Printed("net_migration", "MK18", "2021", "153", KAINUU_POPULATION),
    Printed("net_migration", "MK18", "2022", "14", KAINUU_POPULATION),
    Printed("pop_proj", "MK18", "2040", "60312", KAINUU_POPULATION),
    # Health.
    Printed("morbidity_index_2000_2019", "MK18", "2000/2002", "156.2", THL),
    Printed("morbidity_index_2000_2019", "MK18", "2014/2016", "127.4", THL),
    Printed("morbidity_index_2000_2019", "MK18", "2017/2019", "111.5", THL),
    # Climate and nature.
    Printed("ghg_total", "MK18", "2019", "602", ELY),
    Printed("ghg_change_since_2005", "MK18", "2019", "-20", ELY),
    Printed("ghg_share_transport", "MK18", "2019", "43", ELY),
    Printed("ghg_share_energy", "MK18", "2019", "33", ELY),
    Printed("ghg_share_agriculture", "MK18", "2019", "21", ELY),
    Printed("ghg_change_since_2005", "MK18", "2022", "-39", PALTAMO),
    Printed("ghg_pc_change_since_2005", "MK18", "2022", "-29", PALTAMO),
    Printed("new_protection_ha", "MK18", "2024", "825", STT_NATURE),
    Printed("metso_ha", "MK18", "2024", "27", STT_NATURE),
    Printed("forest_share_of_area", "MK18", "2017", "81", SYKE),
    Printed("water_share_of_area", "MK18", "2017", "12", SYKE),
]


@pytest.fixture(scope="module")
def figures(store: Path) -> dict[tuple[str, str, str], tuple[float, str]]:
    """Totals by indicator, region and period, through the front door."""
    rows: pd.DataFrame = tk.observations(
        sorted({p.indicator for p in PRINTED} | {"dep_ratio_demo"}), data=store
    )
    totals = rows[rows["breakdown"] == "total"]
    return {
        (i, r, p): (v, s)
        for i, r, p, v, s in zip(
            *(totals[c] for c in ("indicator", "region", "period", "value", "status")), strict=True
        )
    }


@pytest.mark.parametrize("printed", PRINTED, ids=lambda p: f"{p.indicator}-{p.region}-{p.period}")
def test_the_store_has_the_printed_figure(
    figures: dict[tuple[str, str, str], tuple[float, str]], printed: Printed
) -> None:
    value, _ = figures[printed.indicator, printed.region, printed.period]
    decimals = len(printed.value.partition(".")[2])
    assert str(words.rounded(value, decimals)) == printed.value, printed.where


def test_a_preliminary_figure_says_so(
    figures: dict[tuple[str, str, str], tuple[float, str]],
) -> None:
    for name in ("births", "deaths", "natural_increase", "net_migration"):
        assert figures[name, "MK18", "2022"][1] == "preliminary"
        assert figures[name, "MK18", "2021"][1] == "final"
    assert figures["pop_proj", "MK18", "2040"][1] == "forecast"


def test_the_dependency_ratio_is_that_of_the_people_and_not_of_rounded_shares(
    figures: dict[tuple[str, str, str], tuple[float, str]],
) -> None:
    """(13.4 + 30.4) / 56.3 = 77.8 is of rounded shares; the people give 77.7."""
    value = figures["dep_ratio_demo", "MK18", "2022"][0]
    assert str(words.rounded(value, 1)) == "77.7"
    assert abs(value - 100 * (13.4 + 30.4) / 56.3) < 0.1


def test_the_population_fell_as_printed(
    figures: dict[tuple[str, str, str], tuple[float, str]],
) -> None:
    """−734 in 2022: the two year-ends are of one division and one definition."""
    assert figures["pop_total", "MK18", "2022"][0] - figures["pop_total", "MK18", "2021"][0] == -734


def test_the_two_kainuus_differ_by_vaala_only(
    figures: dict[tuple[str, str, str], tuple[float, str]],
) -> None:
    """Some 4 000 people; a division put on the wrong series would make this 0 or worse."""
    difference = (
        figures["pop_total", "MK18@2015", "2000"][0] - figures["pop_total", "MK18", "2000"][0]
    )
    assert difference == 89777 - 85736


def test_research_of_kainuu_is_with_vaala_and_never_without(
    figures: dict[tuple[str, str, str], tuple[float, str]],
) -> None:
    for name in ("rd_exp", "rd_gdp"):
        old = {p for i, r, p in figures if (i, r) == (name, "MK18@2015")}
        new = {p for i, r, p in figures if (i, r) == (name, "MK18")}
        assert old
        assert not old & new
        assert not {p for p in new if p < "2016"}


def test_eurostats_first_of_january_2001_stands_at_2000(store: Path) -> None:
    """In the publisher's own file the figure stands at 2001."""
    from tilannekuva import raw
    from tilannekuva.sources import tables

    entry = next(s for s in raw.read_lock(store) if s.table == "demo_r_pjanaggr3")
    frame = tables.parse(raw.read_bytes(store, entry), entry.layout, entry.file)
    published = frame[(frame["geo"] == "FI1D8") & (frame["value"] == 85736)]
    assert set(published["time"]) == {"2001"}


def test_growth_of_gdp_is_as_the_figures_say(kainuu: Picture) -> None:
    metrics = kainuu.findings["gdp_pc"].metrics
    assert kainuu.findings["gdp_pc"].latest.value == 34900
    assert metrics["gap"].value == 34900 - 43000
    assert words.rounded(metrics["gap_index"].value or 0, 1) == words.rounded(81.2, 1)


# --- how much there is --------------------------------------------------------------------------

FAMILIES = {
    "economy": ("economy",),
    "research": ("rdi",),
    "wellbeing": ("wellbeing", "cohesion"),
    "biodiversity": ("nature",),
    "climate or land": ("climate",),
    "population": ("population",),
    "employment": ("labour",),
    "education": ("education",),
}


def measured(picture: Picture) -> list[str]:
    return [n for n, f in picture.findings.items() if f.latest.value is not None]


def test_at_least_80_indicators_are_measured_for_kainuu_in_every_family(kainuu: Picture) -> None:
    found = measured(kainuu)
    assert len(found) >= 80
    count = Counter(kainuu.indicators[n].subject for n in found)
    for family, subjects in FAMILIES.items():
        assert sum(count[s] for s in subjects) >= 4, family


def test_at_least_50_of_them_have_eight_or_more_annual_points(kainuu: Picture) -> None:
    """Counted within one unbroken stretch, months as their year."""

    def years(name: str) -> int:
        stretches = (
            {p[:4] for p, v in zip(s.periods, s.values, strict=True) if v is not None}
            for s in kainuu.findings[name].segments
        )
        return max(map(len, stretches))

    assert len([n for n in measured(kainuu) if years(n) >= 8]) >= 50


def test_measured_means_with_change_trend_and_comparison(kainuu: Picture) -> None:
    """The counts above are no sham: most of what is counted has a trend and a comparison."""
    found = [kainuu.findings[n].metrics for n in measured(kainuu)]
    with_trend = [m for m in found if m["trend_slope"].value is not None]
    assert len(with_trend) >= 50
    compared = [
        m
        for m in found
        if any(m[k].value is not None for k in ("gap", "share_of_country") if k in m)
    ]
    assert len(compared) >= 80
    assert len([m for m in found if m["rank"].value is not None]) >= 20


# --- on what terms ------------------------------------------------------------------------------


def test_every_table_says_whose_it_is_of_when_and_on_what_terms(
    lock: tuple[Snapshot, ...], catalogue: Catalogue
) -> None:
    assert len(lock) >= 100
    for s in lock:
        assert s.source in catalogue.sources, s.table
        assert catalogue.sources[s.source].publisher.fi
        for field in ("table", "title", "vintage", "published_on", "licence", "address", "file"):
            assert getattr(s, field).strip(), (s.table, field)
        assert s.address.startswith(("https://", "http://")), s.table
        assert s.kind == "carried"
        assert s.layout["format"] == "long-csv"


def test_no_licence_is_unclear_and_what_is_assumed_says_so(lock: tuple[Snapshot, ...]) -> None:
    known = ("CC BY 4.0", "re-use with acknowledgement (CC BY 4.0)")
    for s in lock:
        assert "unclear" not in s.licence.lower(), s.table
        assert "not stated" not in s.licence.lower(), s.table
        assert s.licence in known or "assumed" in s.licence, (s.table, s.licence)


def test_carried_figures_say_what_they_were_carried_from(lock: tuple[Snapshot, ...]) -> None:
    for s in lock:
        assert s.carried_from, s.table
        assert s.original_sha256, s.table
        assert all(len(h) == 64 for h in s.original_sha256), s.table
        assert not Path(s.carried_from).is_absolute(), s.table


def test_the_bytes_are_those_of_the_lock(store: Path, lock: tuple[Snapshot, ...]) -> None:
    from tilannekuva import raw

    assert raw.verify(store, lock) == len(lock)
    files = {p.relative_to(store).as_posix() for p in store.rglob("*") if p.is_file()}
    assert files == {raw.LOCK, *(s.file for s in lock)}, (
        "a file that no entry names ships with the wheel"
    )


def test_nothing_was_published_after_it_was_carried(lock: tuple[Snapshot, ...]) -> None:
    """A made-up date of publication would show in the edition."""
    from tilannekuva import raw

    assert raw.edition_date(lock) <= "2026-11-24"
