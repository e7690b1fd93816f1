"""What is said of findings: traceable numbers, fixed words, right forms, no contradictions.

The first half speaks of synthetic findings, made so that the right sentence is known. The second
half reads every sentence of real pictures in three languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tilannekuva import indicators, narrate, pictures, raw, regions, tidying, words
from tilannekuva.measuring import METRICS
from tilannekuva.model import (
    LANGUAGES,
    Change,
    FanYear,
    Finding,
    Gap,
    Measured,
    Picture,
    Revised,
    Revision,
    Series,
    Snapshot,
)
from tilannekuva.narrate import phrases
from tilannekuva.narrate.phrases import Topic
from tilannekuva.observing import observe

CATALOGUE = indicators.load()


# --- synthetic findings ------------------------------------------------------------------------


Given = float | tuple[float | None, str] | None


def synthetic(
    indicator: str,
    metrics: Mapping[str, Given],
    *,
    period: str = "2020",
    status: str = "final",
    region: str = "MK18",
    code: str | None = None,
    values: dict[str, float] | None = None,
    reasons: dict[str, str] | None = None,
) -> Finding:
    """A finding with just these metrics; a tuple gives a metric its own period."""
    rows = {}
    for name, given in metrics.items():
        value, when = given if isinstance(given, tuple) else (given, period)
        rows[name] = Measured(value=value, period=when, status=status)
    for name, reason in (reasons or {}).items():
        rows[name] = Measured(value=None, period=period, status=status, reason=reason)
    latest = rows["latest"].value
    shown = values or ({period: latest} if latest is not None else {})
    return Finding(
        indicator=indicator, region=region, metrics=rows, snapshots=(),
        frequency="month" if "M" in period else "year",
        segments=(
            Series(region=code or region, periods=tuple(shown), values=tuple(shown.values()),
                   statuses=(status,) * len(shown)),
        ),
    )  # fmt: skip


def picture(*findings: Finding, region: str = "MK18", **more: Any) -> Picture:
    """A synthetic picture around some findings."""
    return Picture(
        region=regions.region(region), as_of="2023-11-24", level_count=19,
        indicators=CATALOGUE.indicators, units=CATALOGUE.units,
        findings={f.indicator: f for f in findings}, cuts=(), key_figures=CATALOGUE.key_figures,
        gaps=(), sources=CATALOGUE.sources, snapshots=more.pop("snapshots", {}),
        regions={}, **more,
    )  # fmt: skip


def said(finding: Finding, lang: str) -> list[str]:
    """The sentences of a synthetic finding."""
    found = narrate.sentences(finding, picture(finding, region=finding.region), lang)
    return [s.text for s in found]


UNEMPLOYMENT = synthetic(
    "unemp_rate_reg",
    {
        "latest": 8.6, "age_months": 0, "gap": -1.1, "gap_pct": -11.3, "gap_change_10y": -3.7,
        "change_5y": (-1.3, "2018M10/2023M10"), "change_10y": (-6.5, "2013M10/2023M10"),
        "trend_slope": (-0.82, "2014M10/2023M10"), "trend_word": -2.0, "trend_n": 10.0,
        "rank": 5.0, "rank_low": 4.0, "rank_high": 6.0, "rank_n": 19.0, "regions_n": 19.0,
    },
    period="2023M10",
)  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("fi", [
            "Kainuun työttömyysaste oli 8,6 prosenttia lokakuussa 2023, 1,1 prosenttiyksikköä "
            "vähemmän kuin koko maassa.",
            "Viidessä vuodessa se laski 1,3 prosenttiyksikköä (lokakuu 2018 – lokakuu 2023) ja "
            "kymmenessä vuodessa 6,5 prosenttiyksikköä (lokakuu 2013 – lokakuu 2023).",
            "Suunta on selvä: se on laskenut noin 0,82 prosenttiyksikköä vuodessa "
            "(lokakuu 2014 – lokakuu 2023).",
            "Kainuun sija maakuntien vertailussa on 4.–6.\xa0/\xa019 (ensimmäinen on paras).",
        ]),
        ("sv", [
            "Arbetslöshetsgraden i Kajanaland var 8,6 procent i oktober 2023, 1,1 procentenheter "
            "lägre än i hela landet.",
            "På fem år sjönk siffran med 1,3 procentenheter (oktober 2018 – oktober 2023) och på "
            "tio år med 6,5 procentenheter (oktober 2013 – oktober 2023).",
            "Riktningen är tydlig: siffran har sjunkit med ungefär 0,82 procentenheter per år "
            "(oktober 2014 – oktober 2023).",
            "Kajanalands placering bland landskapen är 4–6\xa0/\xa019 (den första är bäst).",
        ]),
        ("en", [
            "Kainuu's unemployment rate was 8.6% in October 2023, 1.1 percentage points below the "
            "national figure.",
            "Over five years it fell by 1.3 percentage points (October 2018 – October 2023) and "
            "over ten years by 6.5 percentage points (October 2013 – October 2023).",
            "The direction is clear: it has fallen by about 0.82 percentage points a year "
            "(October 2014 – October 2023).",
            "Kainuu's rank among the regions is 4th–6th\xa0/\xa019 (first is best).",
        ]),
    ],
)  # fmt: skip
def test_a_finding_in_three_languages(lang: str, expected: list[str]) -> None:
    assert said(UNEMPLOYMENT, lang) == expected


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "fi",
            "Kainuun työttömyysaste on laskenut selvästi ja oli lokakuussa 2023 koko maata "
            "matalampi",
        ),
        (
            "sv",
            "Arbetslöshetsgraden i Kajanaland har sjunkit tydligt och var lägre än i hela landet "
            "i oktober 2023",
        ),
        (
            "en",
            "Kainuu's unemployment rate has clearly fallen and was below the national figure in "
            "October 2023",
        ),
    ],
)
def test_headline(lang: str, expected: str) -> None:
    # A single month is of its season: the headline says which it is, never "now".
    assert narrate.headline(UNEMPLOYMENT, picture(UNEMPLOYMENT), lang) == expected


YEARLY: dict[str, Given] = {
    "latest": 8.6, "age_months": 10, "gap": -1.1, "gap_pct": -11.3,
    "gap_change_10y": (-0.2, "2012/2022"), "trend_slope": (-0.8, "2013/2022"),
    "trend_word": (-2.0, "2013/2022"), "trend_n": 10.0,
}  # fmt: skip


def test_still_needs_the_same_side_then_and_a_gap_worth_a_word() -> None:
    def title(**more: Given) -> str:
        finding = synthetic("unemp_rate_reg", {**YEARLY, **more}, period="2022")
        return narrate.headline(finding, picture(finding), "fi")

    assert title() == "Kainuun työttömyysaste on laskenut selvästi ja on yhä koko maata matalampi"
    # Ten years ago the gap was −1.1 + 3.7 = 2.6: on the other side.
    assert title(gap_change_10y=-3.7).endswith("ja oli vuonna 2022 koko maata matalampi")
    # 0.1 is less than a change that is worth a word.
    assert title(gap=-0.1, gap_pct=-1.0).endswith("ja oli vuonna 2022 koko maan tasolla")


def test_the_claim_is_the_same_in_every_language(real: dict[str, Picture]) -> None:
    # One that is too long in Swedish is too long for all.
    side = {"fi": "koko maa", "sv": "hela landet", "en": r"national figure|whole country"}
    for p in real.values():
        for finding in p.findings.values():
            said_of = {x: narrate.headline(finding, p, x) for x in LANGUAGES}
            found = {bool(re.search(side[x], text)) for x, text in said_of.items()}
            assert len(found) == 1, said_of


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("fi", "Kainuussa oli 2\xa0649 työtöntä työnhakijaa lokakuun 2023 lopussa."),
        (
            "sv",
            "Antalet arbetslösa arbetssökande i Kajanaland var 2\xa0649 i slutet av oktober 2023.",
        ),
        ("en", "There were 2,649 unemployed jobseekers in Kainuu at the end of October 2023."),
    ],
)
def test_so_many_of_something(lang: str, expected: str) -> None:
    finding = synthetic("unemployed_jobseekers", {"latest": 2649.0}, period="2023M10")
    assert said(finding, lang)[0] == expected


@pytest.mark.parametrize(
    ("region", "lang", "start"),
    [
        ("MK06", "fi", "Pirkanmaalla oli"),
        ("MK21", "fi", "Ahvenanmaalla oli"),
        ("MK19", "fi", "Lapissa oli"),
        ("MK01", "fi", "Uudellamaalla oli"),
        ("MK21", "sv", "Antalet arbetslösa arbetssökande på Åland var"),
        ("MK01", "en", "There were 2,649 unemployed jobseekers in Uusimaa"),
    ],
)
def test_case_forms(region: str, lang: str, start: str) -> None:
    finding = synthetic(
        "unemployed_jobseekers", {"latest": 2649.0}, period="2023M10", region=region
    )
    assert said(finding, lang)[0].startswith(start)


def test_one_of_something_stands_as_a_label() -> None:
    one = synthetic("unemployed_jobseekers", {"latest": 1.0}, period="2023M10")
    assert said(one, "fi")[0] == "Kainuu, Työttömät työnhakijat: 1\xa0henkeä (lokakuu 2023)."
    adults = synthetic("paavo_adults", {"latest": 60548.0}, period="2018")
    assert said(adults, "fi")[0] == "Kainuussa oli 60\xa0548 täysi-ikäistä vuonna 2018."


def test_a_difference_of_per_cents_is_in_percentage_points_and_of_euros_in_per_cent() -> None:
    rate = synthetic("unemp_rate_reg", {"latest": 9.0, "gap": 1.0, "gap_pct": 12.5})
    assert "1,0 prosenttiyksikköä enemmän kuin koko maassa" in said(rate, "fi")[0]
    euros = synthetic("gdp_pc", {"latest": 34900.0, "gap": -8100.0, "gap_pct": -18.837})
    assert "18,8 prosenttia vähemmän kuin koko maassa" in said(euros, "fi")[0]
    assert "€34,900 in 2020, 18.8% below the national figure" in said(euros, "en")[0]


def test_words_follow_the_sign_after_rounding() -> None:
    level = synthetic("unemp_rate_reg", {
        "latest": 9.0, "gap": -0.04, "change_5y": (0.04, "2015/2020"),
        "trend_word": (0.0, "2011/2020"), "trend_slope": (0.001, "2011/2020"),
    })  # fmt: skip
    first, change, trend = said(level, "fi")
    assert first.endswith(", saman verran kuin koko maassa.")
    assert change == "Viidessä vuodessa se pysyi ennallaan (2015–2020)."
    assert trend.startswith("Suunnasta ei voi sanoa mitään varmaa")
    # What rounds to nothing is not said beside a direction.
    rising = synthetic(
        "unemp_rate_reg",
        {
            "latest": 9.0,
            "change_5y": (0.04, "2015/2020"),
            "trend_word": (2.0, "2011/2020"),
            "trend_slope": (0.05, "2011/2020"),
        },
    )
    assert not any("ennallaan" in s for s in said(rising, "fi"))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("word", [2.0, 1.0, 0.0, -1.0, -2.0])
def test_the_words_for_a_trend_are_fixed(word: float, lang: str) -> None:
    fixed = {
        "fi": {2: "selvä", 1: "viitteitä", 0: "ei voi sanoa"},
        "sv": {2: "tydlig", 1: "tecken på", 0: "går det inte att säga"},
        "en": {2: "clear", 1: "signs of", 0: "cannot tell"},
    }[lang]
    finding = synthetic(
        "unemp_rate_reg",
        {"latest": 9.0, "trend_word": (word, "2011/2020"), "trend_slope": (word / 10, "2011/2020")},
    )
    trend = said(finding, lang)[1]
    assert [k for k, v in fixed.items() if v in trend] == [abs(int(word))]
    headline = narrate.headline(finding, picture(finding), lang)
    said_there = [k for k, v in fixed.items() if v in headline and k]
    assert said_there == ([abs(int(word))] if word else [])


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("fi", "Suunnasta ei voi sanoa mitään varmaa: näin monen mittarin joukossa muutos voi olla "
               "sattumaa (2011–2020)."),
        ("sv", "Om riktningen går det inte att säga något säkert: bland så här många indikatorer "
               "kan förändringen vara en slump (2011–2020)."),
        ("en", "We cannot tell the direction: among so many indicators the change may be chance "
               "(2011–2020)."),
    ],
)  # fmt: skip
def test_a_trend_that_many_tests_took_down_says_why(lang: str, expected: str) -> None:
    finding = synthetic(
        "unemp_rate_reg",
        {
            "latest": 9.0,
            "trend_word": (0.0, "2011/2020"),
            "trend_word_alone": (1.0, "2011/2020"),
            "trend_slope": (0.1, "2011/2020"),
        },
    )
    assert said(finding, lang)[1] == expected


@pytest.mark.parametrize(
    ("lang", "some", "few"),
    [
        ("fi", "Luvussa on sattumaa: sen rajoissa luku voisi olla 6,8–8,6 prosenttia.",
         "Tapauksia on niin vähän, että luku on suurelta osin sattumaa: sen rajoissa luku voisi "
         "olla 6,8–8,6 prosenttia."),
        ("sv", "Siffran rymmer slump: inom dess gränser kunde siffran vara 6,8–8,6 procent.",
         "Fallen är så få att siffran till stor del är slump: inom dess gränser kunde siffran vara "
         "6,8–8,6 procent."),
        ("en", "The figure carries chance: within its limits the figure could be 6.8–8.6%.",
         "The cases are so few that the figure is largely chance: within its limits the figure "
         "could be 6.8–8.6%."),
    ],
)  # fmt: skip
def test_chance_is_told_where_the_events_are_known(lang: str, some: str, few: str) -> None:
    metrics = {"latest": 7.7, "interval_low": 6.81, "interval_high": 8.62}
    many = synthetic("firm_birth_rate_pct", {**metrics, "events": 284.0})
    assert said(many, lang)[1:] == [some]
    assert said(synthetic("firm_birth_rate_pct", {**metrics, "events": 19.0}), lang)[1:] == [few]
    assert len(said(synthetic("firm_birth_rate_pct", {"latest": 7.7}), lang)) == 1


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("fi", "Jos kehitys jatkuisi kuten tähän asti, luku olisi vuonna 2025 neljässä "
               "tapauksessa viidestä 33\xa0800–42\xa0100 euroa; tämä vain jatkaa mennyttä eikä ole "
               "suunnitelma."),
        ("sv", "Om utvecklingen fortsatte som hittills skulle siffran år 2025 i fyra fall av fem "
               "vara 33\xa0800–42\xa0100 euro; det är bara en fortsättning på det förflutna och "
               "ingen plan."),
        ("en", "If things went on as before, the figure would be €33,800–42,100 in 2025 in four "
               "cases out of five; this only carries the past on and is no plan."),
    ],
)  # fmt: skip
def test_the_past_carried_on_is_said_to_be_no_plan(lang: str, expected: str) -> None:
    fan = tuple(
        FanYear(period=y, low80=33_800, low50=36_000, mid=37_900, high50=39_900, high80=42_100)
        for y in ("2024", "2025")
    )
    metrics: dict[str, Given] = {"latest": 34_900.0}
    metrics |= {"fan_low80": (33_800.0, "2025"), "fan_high80": (42_100.0, "2025")}
    finding = synthetic("gdp_pc", metrics).model_copy(update={"fan": fan})
    assert said(finding, lang)[1:] == [expected]
    card = narrate.card(finding, picture(finding), lang)
    assert "2025" not in f"{card.value} {card.period} {card.change} {card.marks}"


def test_a_range_below_zero_is_not_taken_for_a_dash() -> None:
    metrics: dict[str, Given] = {"latest": 0.3}
    metrics |= {"fan_low80": (-1.25, "2025"), "fan_high80": (0.5, "2025")}
    year = FanYear(period="2025", low80=-1.25, low50=-1, mid=0, high50=0.2, high80=0.5)
    finding = synthetic("firm_net_growth_pct", metrics).model_copy(update={"fan": (year,)})
    assert "−1,25 – 0,50 prosenttia" in said(finding, "fi")[1]


def test_a_trend_against_the_two_points_says_so() -> None:
    finding = synthetic(
        "unemp_rate_reg",
        {
            "latest": 9.0,
            "change_10y": (-1.0, "2010/2020"),
            "trend_word": (2.0, "2011/2020"),
            "trend_slope": (0.3, "2011/2020"),
        },
    )
    assert said(finding, "fi")[1:] == [
        "Kymmenessä vuodessa se laski 1,0 prosenttiyksikköä (2010–2020).",
        "Välivuodet mukaan lukien suunta on kuitenkin selvä nousu, noin 0,30 prosenttiyksikköä "
        "vuodessa (2011–2020).",
    ]


def test_a_last_year_against_a_clear_direction_is_told() -> None:
    last = Measured(value=0.2, period="2022M10/2023M10", status="final")
    metrics = {**UNEMPLOYMENT.metrics, "change_1y": last}
    finding = UNEMPLOYMENT.model_copy(update={"metrics": metrics})
    assert said(finding, "en")[3] == (
        "In the last year of the series, however, it rose by 0.2 percentage points "
        "(October 2022 – October 2023)."
    )


def test_no_rank_without_direction_or_without_every_region() -> None:
    neither = synthetic("median_age", {"latest": 51.2}, reasons={"rank": "no_direction"})
    assert len(said(neither, "fi")) == 1
    missing = synthetic(
        "crime_rate", {"latest": 99.7, "regions_n": 11.0}, reasons={"rank": "regions_missing"}
    )
    assert said(missing, "fi")[1] == (
        "Tieto on 11 maakunnasta 19:stä, joten sijoitusta ei lasketa."
    )
    assert said(missing, "sv")[1] == (
        "Uppgifter finns för 11 av 19 landskap, så ingen placering beräknas."
    )
    assert said(missing, "en")[1] == "Figures exist for 11 of 19 regions, so no rank is given."
    one = synthetic(
        "crime_rate", {"latest": 99.7, "regions_n": 1.0}, reasons={"rank": "regions_missing"}
    )
    assert said(one, "fi")[1] == (
        "Tieto on vain yhdestä maakunnasta 19:stä, joten sijoitusta ei lasketa."
    )
    assert said(one, "en")[1] == "Only one of 19 regions has the figure, so no rank is given."


def test_counts_have_a_share_and_few_of_something_no_per_cents() -> None:
    births = synthetic(
        "births",
        {
            "latest": 429.0,
            "share_of_country": 0.953,
            "change_5y": (-116.0, "2015/2020"),
            "change_pct_5y": (-21.3, "2015/2020"),
        },
    )
    assert said(births, "fi")[1] == "Kainuun osuus koko maan luvusta oli 0,95 prosenttia."
    assert said(births, "fi")[2] == "Viidessä vuodessa määrä väheni 21,3 prosenttia (2015–2020)."
    few = synthetic(
        "epo_patents",
        {"latest": 4.0, "change_5y": (1.6, "2007/2012"), "change_pct_5y": (66.7, "2007/2012")},
        period="2012",
    )
    assert said(few, "fi")[1] == (
        "Viidessä vuodessa määrä kasvoi 1,6 EPO-patenttihakemusta (2007–2012)."
    )


TARGET: dict[str, Given] = {
    "latest": 2.6, "age_months": 10, "target_value": (4.0, "2030"), "target_distance": 1.4,
    "pace_required": 0.2, "pace_actual": 0.02, "trend_word": (2.0, "2014/2023"),
    "trend_slope": (0.02, "2014/2023"), "reach_year": (2093.0, "2030"),
}  # fmt: skip


def test_a_target_with_the_way_to_it() -> None:
    finding = synthetic("rd_gdp", {**TARGET}, period="2023")
    assert said(finding, "fi")[-3:] == [
        "Valtakunnallinen tavoite on vähintään 4 prosenttia bruttokansantuotteesta vuoteen 2030 "
        "mennessä (Kainuun kannalta viitteellinen).",
        "Tavoitteen saavuttaminen edellyttäisi, että luku nousee 0,200 prosenttiyksikköä vuodessa; "
        "viime vuosina se nousi 0,020 prosenttiyksikköä vuodessa.",
        "Nykyistä vauhtia tavoite täyttyisi vuonna 2093.",
    ]
    assert said(finding, "en")[-3] == (
        "The national target is at least 4% of GDP by 2030 (indicative for Kainuu)."
    )
    met = synthetic(
        "rd_gdp",
        {"latest": 4.2, "target_value": (4.0, "2030")},
        reasons={"pace_required": "target_met"},
    )
    assert said(met, "sv")[-1] == "Den nyaste siffran uppfyller målet."


def test_an_old_figure_is_spoken_of_in_the_past_and_has_no_pace() -> None:
    finding = synthetic("rd_gdp", {**TARGET, "age_months": 61}, period="2011")
    found = said(finding, "fi")
    assert any(s.startswith("Suunta oli selvä: se nousi") for s in found)
    assert not any("edellyttäisi" in s or "täyttyisi" in s for s in found)
    assert found[-1] == "Luku on yli viisi vuotta vanha, eikä uudempaa ole tässä aineistossa."
    assert narrate.headline(finding, picture(finding), "fi").endswith("nousi selvästi")


def test_a_provisional_figure_is_marked_wherever_it_stands() -> None:
    finding = synthetic("natural_increase", {"latest": -750.0, "age_months": 10,
                        "trend_word": (-2.0, "2012/2021"), "trend_slope": (-40.0, "2012/2021")},
                        status="preliminary", period="2022")  # fmt: skip
    p = picture(finding)
    assert said(finding, "fi")[-1] == "Luku on ennakkotieto ja voi vielä muuttua."
    metrics = {"age_months": Measured(value=35, period="2022", status="preliminary")}
    old = finding.model_copy(update={"metrics": {**finding.metrics, **metrics}})
    assert said(old, "fi")[-1] == (
        "Luku on ennakkotieto; lopullista lukua ei ole tässä aineistossa."
    )
    assert "ennakkotieto" in narrate.card(finding, p, "fi").marks
    outlook = next(s for s in narrate.summary(p, "fi") if s.kind == "outlook")
    assert "(ennakkotieto)" in outlook.text


def revised(n: int, *periods: str, median: float = 1.24, publications: int = 4) -> Revised:
    return Revised(n=n, periods=periods, publications=publications, median=median, large=3.06,
                   mean=0.4, upward=60.0)  # fmt: skip


def provisional(
    indicator: str, *, relative: bool = True, own: Revised | None = None,
    status: str = "preliminary", period: str = "2022", **more: Any,
) -> Finding:  # fmt: skip
    """A synthetic finding of a figure that may still change."""
    years = ("2019", "2020", "2021") if "M" not in period else ("2021M01",)
    level = revised(57, *more.pop("periods", years), **more)
    revision = Revision(source="statfin", table="t", relative=relative, level=level, own=own)
    finding = synthetic(indicator, {"latest": 521.0}, status=status, period=period)
    return finding.model_copy(update={"revision": revision})


@pytest.mark.parametrize(
    ("lang", "moved", "own", "hardly"),
    [
        ("fi",
         "Maakuntien luvuissa ensin julkaistu tieto on myöhemmin muuttunut tyypillisesti "
         "1,2 prosenttia (3 vuotta, 4 julkaisua).",
         "Kainuun luvuissa ensin julkaistu tieto on myöhemmin muuttunut tyypillisesti "
         "2,5 prosenttia (1 vuosi, 2 julkaisua).",
         "Maakuntien luvuissa ensin julkaistu tieto ei yleensä ole myöhemmin juuri muuttunut "
         "(3 vuotta, 4 julkaisua)."),
        ("sv",
         "I landskapens siffror har den först publicerade uppgiften senare vanligen ändrats med "
         "1,2 procent (3 år, 4 publiceringar).",
         "I Kajanalands siffror har den först publicerade uppgiften senare vanligen ändrats med "
         "2,5 procent (1 år, 2 publiceringar).",
         "I landskapens siffror har den först publicerade uppgiften i regel knappt ändrats senare "
         "(3 år, 4 publiceringar)."),
        ("en",
         "In the regions' figures, what is first published has typically changed by 1.2% "
         "afterwards (3 years, 4 publications).",
         "In Kainuu's figures, what is first published has typically changed by 2.5% "
         "afterwards (1 year, 2 publications).",
         "In the regions' figures, what is first published has usually hardly changed afterwards "
         "(3 years, 4 publications)."),
    ],
)  # fmt: skip
def test_a_provisional_figure_tells_how_far_such_ones_have_moved(
    lang: str, moved: str, own: str, hardly: str
) -> None:
    assert said(provisional("births"), lang)[-1] == moved
    assert said(provisional("births", status="estimated"), lang)[-1] == moved
    mine = revised(8, "2021", median=2.5, publications=2)
    assert said(provisional("births", own=mine), lang)[-1] == own
    assert said(provisional("births", median=0.04), lang)[-1] == hardly


def test_a_settled_figure_tells_nothing_of_revisions() -> None:
    for status in ("final", "revised", "unreliable"):
        finding = provisional("births", status=status)
        told = narrate.sentences(finding, picture(finding), "fi")
        assert not any(s.kind == "revision" for s in told)


def test_revisions_of_rates_are_in_points_and_of_months_in_months() -> None:
    rate = provisional("unemp_rate_reg", relative=False, median=0.3, period="2023M10")
    assert said(rate, "fi")[-1].endswith("0,3 prosenttiyksikköä (1 kuukausi, 4 julkaisua).")
    many = provisional("unemp_rate_reg", relative=False, median=0.3, period="2023M10",
                       periods=("2021M01", "2021M02"))  # fmt: skip
    assert said(many, "sv")[-1].endswith("0,3 procentenheter (2 månader, 4 publiceringar).")
    people = provisional("net_migration", relative=False, median=12.4)
    assert "12 " in said(people, "fi")[-1]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("relative", [True, False])
def test_every_number_about_revisions_is_one_of_the_finding(lang: str, relative: bool) -> None:
    finding = provisional("births", relative=relative)
    p = picture(finding)
    (s,) = [s for s in narrate.sentences(finding, p, lang) if s.kind == "revision"]
    assert finding.revision is not None
    told = finding.revision.told
    metric = "revision_pct" if relative else "revision"
    assert {n.metric: n.value for n in s.numbers} == {
        metric: told.median,
        "revision_period": len(told.periods),
        "revision_publications": told.publications,
    }
    text = s.text
    for name in named(p, s, lang):
        text = text.replace(name, "")
    assert set(NUMERAL.findall(text)) == {n.text for n in s.numbers}


def test_the_boundary_is_told() -> None:
    old = synthetic("turnout_municipal", {"latest": 54.5}, period="2012", code="MK18@2015")
    assert said(old, "fi")[-1] == (
        "Luvut ovat vuoden 2015 aluejaon mukaisia, eikä niissä näy myöhempi muutos: Vaala siirtyi "
        "Pohjois-Pohjanmaan maakuntaan 1.1.2016."
    )
    new = Series(region="MK18", periods=("2017",), values=(56.0,), statuses=("final",))
    both = old.model_copy(update={"segments": (*old.segments, new)})
    assert said(both, "en")[-1] == (
        "From 2017 the figures follow the present regional division, the older ones an earlier "
        "division: Vaala moved to the region of North Ostrobothnia on 1 January 2016."
    )


# --- the summary -------------------------------------------------------------------------------


def test_a_summary_that_finds_nothing_says_so() -> None:
    for lang in LANGUAGES:
        found = narrate.summary(picture(), lang)
        assert [s.kind for s in found] == ["contrast", "bottleneck", "shock", "outlook", "changed"]
        assert all(not s.indicator and not s.numbers for s in found)


def test_a_strength_must_be_one() -> None:
    worse = synthetic("unemp_rate_reg", {"latest": 12.0, "gap": 2.0, "age_months": 1.0})
    contrast = narrate.summary(picture(worse), "fi")[0]
    assert contrast.indicator == ""
    better = synthetic("unemp_rate_reg", {"latest": 8.6, "gap": -1.1, "age_months": 1.0})
    contrast = narrate.summary(picture(better), "fi")[0]
    assert contrast.indicator == "unemp_rate_reg"
    assert contrast.text.startswith("Vahvuus: Kainuun työttömyysaste oli 8,6 prosenttia")
    stale = synthetic("unemp_rate_reg", {"latest": 8.6, "gap": -1.1, "age_months": 61.0})
    assert narrate.summary(picture(stale), "fi")[0].indicator == ""
    # Better than the country but among the worst regions is no strength.
    mixed = synthetic("unemp_rate_reg", {
        "latest": 8.6, "gap": -1.1, "age_months": 1.0, "rank": 17.0, "rank_low": 17.0,
        "rank_high": 18.0, "rank_n": 19.0,
    })  # fmt: skip
    assert narrate.summary(picture(mixed), "fi")[0].indicator == ""


def test_what_is_new_is_named_by_publication() -> None:
    change = Change(indicator="births", kind="new", period="2021", value=521.0,
                    before_period="2020", before_value=460.0)  # fmt: skip
    births = synthetic("births", {"latest": 521.0}, period="2021")
    births = births.model_copy(update={"snapshots": ("0123456789abcdef",)})
    # What is only calculated from others is no news of its own.
    derived = change.model_copy(update={"indicator": "natural_increase"})
    increase = synthetic("natural_increase", {"latest": -1.0}, period="2021")
    known = {"0123456789abcdef": snapshot()}
    p = picture(births, increase, changes=(change, derived), compared_with="2022-11-24",
                snapshots=known)  # fmt: skip
    assert narrate.summary(p, "fi")[-1].text == (
        "Uutta 24.11.2022 jälkeen: elävänä syntyneet (Tilastokeskus, 2021)."
    )
    assert narrate.change_text(change, p, "en") == (
        "Live births: 521 persons (2021), previously 460 persons (2020).".replace(
            " persons", "\xa0persons"
        )
    )


def test_a_slight_gap_is_neither_strength_nor_weakness() -> None:
    for gap in (-0.4, 0.4):
        slight = synthetic("unemp_rate_reg", {"latest": 9.6, "gap": gap, "age_months": 1.0})
        assert narrate.summary(picture(slight), "fi")[0].indicator == ""


def test_low_but_clearly_risen_is_a_strength_with_both_halves() -> None:
    rising = synthetic("gdp_pc_index", {
        "latest": 81.2, "gap": -18.8, "gap_pct": -18.8, "age_months": 60.0,
        "change_5y": (11.3, "2015/2020"), "gap_change_5y": (11.3, "2015/2020"),
        "trend_word": (2.0, "2011/2020"), "trend_slope": (1.0, "2011/2020"),
    }, values={"2015": 69.9, "2020": 81.2})  # fmt: skip
    assert narrate.summary(picture(rising), "fi")[0].text.startswith(
        "Vahvuus: Kainuun BKT asukasta kohti (koko maa = 100) oli 81,2 vuonna 2020, 18,8 pistettä "
        "vähemmän kuin koko maassa, mutta viidessä vuodessa se nousi 11,3 pistettä (69,9 vuonna "
        "2015)."
    )


def test_the_summary_spreads_over_subjects() -> None:
    low: dict[str, Given] = {"age_months": 1.0}
    findings = (
        synthetic("unemp_rate_reg", {"latest": 8.6, "gap": -1.1, **low}),
        synthetic("employment_rate", {"latest": 60.0, "gap": -9.0, **low}),
        synthetic("firm_net_growth_pct", {"latest": 0.1, "gap": -2.0, **low}),
    )
    contrast = narrate.summary(picture(*findings), "fi")[0]
    # The employment rate stands before it, but the strength is of the labour market already.
    assert (contrast.indicator, contrast.also) == ("unemp_rate_reg", ("firm_net_growth_pct",))


# --- what can be negative ----------------------------------------------------------------------

BALANCE = synthetic(
    "natural_increase",
    {
        "latest": -750.0,
        "change_5y": (-293.0, "2017/2022"),
        "change_pct_5y": (64.1, "2017/2022"),
        "share_of_country": 5.0,
        "trend_word": (-2.0, "2013/2022"),
        "trend_slope": (-40.0, "2013/2022"),
    },
    period="2022",
    values={"2017": -457.0, "2022": -750.0},
)


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("fi", [
            "Kainuussa kuolleita oli 750 enemmän kuin syntyneitä vuonna 2022.",
            "Viidessä vuodessa kuolleiden enemmyys kasvoi 293 henkeä (2017–2022).",
            "Suunta on selvä: kuolleiden enemmyys on kasvanut noin 40 henkeä vuodessa "
            "(2013–2022).",
        ]),
        ("sv", [
            "Det dog 750 fler än det föddes i Kajanaland år 2022.",
            "På fem år ökade födelseunderskottet med 293 personer (2017–2022).",
            "Riktningen är tydlig: födelseunderskottet har ökat med ungefär 40 personer per år "
            "(2013–2022).",
        ]),
        ("en", [
            "750 more people died than were born in Kainuu in 2022.",
            "Over five years the excess of deaths over births rose by 293 people (2017–2022).",
            "The direction is clear: the excess of deaths over births has risen by about "
            "40 a year (2013–2022).",
        ]),
    ],
)  # fmt: skip
def test_what_is_below_zero_does_not_shrink_and_has_no_per_cents(
    lang: str, expected: list[str]
) -> None:
    assert said(BALANCE, lang) == expected


def test_per_cents_need_figures_above_zero() -> None:
    p = picture(BALANCE)
    assert not narrate.in_percent("change_pct_5y", BALANCE, p)
    assert not narrate.in_percent("share_of_country", BALANCE, p)
    assert narrate.in_percent("change_5y", BALANCE, p)
    births = synthetic("births", {"latest": 429.0, "change_pct_5y": -21.3})
    assert narrate.in_percent("change_pct_5y", births, picture(births))


def test_of_six_points_only_the_direction_is_told() -> None:
    six: dict[str, Given] = {
        "latest": 9.0,
        "trend_word": (2.0, "2015/2020"),
        "trend_slope": (0.3, "2015/2020"),
    }
    few = synthetic("unemp_rate_reg", {**six, "trend_n": 6.0})
    assert said(few, "fi")[1] == "Suunta on selvä: se on noussut (2015–2020)."
    seven = synthetic("unemp_rate_reg", {**six, "trend_n": 7.0})
    assert "noin 0,30 prosenttiyksikköä vuodessa" in said(seven, "fi")[1]


# --- where a phrase places the region -----------------------------------------------------------


def test_a_phrase_may_place_the_region_itself() -> None:
    forest = synthetic("forest_share_of_area", {"latest": 86.0}, period="2017")
    assert said(forest, "fi")[0].startswith("Metsän osuus Kainuun pinta-alasta oli 86 prosenttia")
    assert said(forest, "sv")[0].startswith("Skogens andel av Kajanalands areal var 86 procent")
    assert said(forest, "en")[0].startswith("The forest share of Kainuu's area was 86%")


def test_thousands_of_people_in_sentences_and_cards() -> None:
    finding = synthetic("employed_lfs", {"latest": 27.0}, period="2020")
    assert "27\xa0000 henkeä" in said(finding, "fi")[0]
    made = narrate.card(finding, picture(finding), "fi")
    assert (made.value, made.unit, made.quantity) == ("27\xa0000", "henkeä", "27\xa0000\xa0henkeä")


def test_a_subtitle_says_a_unit_once() -> None:
    families = synthetic("families_with_children", {"latest": 5000.0})
    text = narrate.subtitle(families, picture(families), "fi")
    assert "perhettä" not in text


# --- alternative texts follow what is drawn -----------------------------------------------------


def test_a_line_is_told_by_its_newest_stretch() -> None:
    new = synthetic("unemp_rate_reg", {"latest": 9.0}, values={"2016": 8.0, "2020": 9.0})
    old = Series(region="MK18@2015", periods=("2010", "2015"), values=(20.0, 15.0),
                 statuses=("final", "final"))  # fmt: skip
    both = new.model_copy(update={"segments": (old, *new.segments)})
    text = narrate.alt_line(both, picture(both), "fi")
    assert "alussa 8,0\xa0% (2016)" in text
    assert "suurin 9,0\xa0% (2020)" in text
    assert text.endswith("Lisäksi jakso 2010–2015 vuoden 2015 aluejaolla.")


def test_an_index_is_told_by_its_lines() -> None:
    made = synthetic("births", {"latest": 400.0, "index": (80.0, "2015/2020")},
                     values={"2015": 500.0, "2020": 400.0})  # fmt: skip
    country = Series(region="SSS", periods=("2015", "2020"), values=(1000.0, 900.0),
                     statuses=("final", "final"))  # fmt: skip
    both = made.model_copy(update={"country": country})
    assert narrate.alt_index(both, picture(both), "fi").endswith(
        "indeksi, 2015 = 100, 2015–2020. Lopussa (2020): Kainuu 80,0, koko maa 90,0."
    )


def test_no_pace_is_told_of_an_old_figure() -> None:
    aim: dict[str, Given] = {**TARGET, "age_months": 61}
    old = synthetic("rd_gdp", aim, period="2011")
    assert "vuodessa" not in narrate.alt_target(old, picture(old), "fi")


def test_months_of_municipalities_are_those_drawn() -> None:
    made = synthetic("unemp_rate_reg", {"latest": 9.0}, period="2023M10")
    part = Series(region="KU205", periods=("2021M03", "2022M10", "2023M10"),
                  values=(20.0, 9.0, 8.0), statuses=("final",) * 3)  # fmt: skip
    both = made.model_copy(update={"parts": (part,)})
    text = narrate.alt_multiples(both, picture(both), "fi")
    assert "lokakuu 2022 – lokakuu 2023" in text
    assert narrate.alt_map_parts(both, picture(both), "sv").startswith("Karta: ")


# --- notes -------------------------------------------------------------------------------------


def snapshot(**more: object) -> Snapshot:
    """A synthetic lock entry."""
    base: dict[str, object] = {
        "id": "0123456789abcdef", "kind": "carried", "sha256": "0" * 64, "file": "f.csv",
        "bytes": 1, "source": "statfin", "table": "tyonv/12r5", "title": "Jobseekers",
        "vintage": "November 2023", "published_on": "2023-11", "address": "https://stat.fi",
        "licence": "CC BY 4.0",
    }  # fmt: skip
    return Snapshot.model_validate(base | more)


def test_source_line_and_citation() -> None:
    derived = snapshot(id="f-1", kind="derived", source="derived", table="", licence="",
                       title="a = b / c", query={"parents": ["0123456789abcdef"]})  # fmt: skip
    known = {s.id: s for s in (snapshot(), derived)}
    plain = synthetic("unemp_rate_reg", {"latest": 8.6})
    finding = plain.model_copy(update={"snapshots": ("f-1",)})
    p = picture(finding, snapshots=known)
    assert narrate.source_line(finding, p, "fi") == (
        "Lähde: Tilastokeskus, tyonv/12r5 (marraskuu 2023), CC BY 4.0; oma laskelma"
    )
    assert narrate.citation(known["0123456789abcdef"], p, "sv") == (
        "Statistikcentralen: Jobseekers. Tabell tyonv/12r5, publicerad november 2023. "
        "Licens: CC BY 4.0. https://stat.fi"
    )
    assert "tyonv/12r5" in narrate.citation(derived, p, "en")


def test_gaps_say_why_and_where() -> None:
    p = picture()
    stale = Gap(indicator="rd_exp", kind="stale", period="2011")
    assert narrate.gap_text(stale, p, "fi").startswith(
        "Tutkimus- ja kehittämismenot: uusin luku on vuodelta 2011."
    )
    parents = Gap(
        indicator="rd_business_share", kind="not_computable", parents=("rd_exp_business",)
    )
    assert "”Yritysten tutkimus- ja kehittämismenot”" in narrate.gap_text(parents, p, "fi")


# --- the catalogue -----------------------------------------------------------------------------


def test_finnish_phrases_are_singular() -> None:
    """The patterns say "oli", so a phrase must be one thing: "menojen määrä", not "menot"."""
    wrong = []
    for i in CATALOGUE.indicators.values():
        if i.phrase:
            tokens = re.sub(r"\(.*?\)", "", i.phrase.fi).split()
            if any(re.search(r"[a-zäö]t$", t) and not re.search(r"n[uy]t$", t) for t in tokens):
                wrong.append((i.id, i.phrase.fi))
    assert wrong == []


# --- real pictures -----------------------------------------------------------------------------

REAL = ("MK18", "MK19", "MK21", "MK01", "MK10", "MK17")


@pytest.fixture(scope="module")
def real() -> dict[str, Picture]:
    """Pictures of some regions from the project's own figures."""
    store = raw.store_path(None)
    lock = raw.read_lock(store)
    tidied = tidying.tidy(CATALOGUE, store, lock)
    seen = observe(tidied, CATALOGUE, lock, None)
    before = observe(tidied, CATALOGUE, lock, f"{int(seen.as_of[:4]) - 1}{seen.as_of[4:8]}28")
    areas = [regions.region(code) for code in REAL]
    return {p.region.code: p for p in pictures.compose_all(areas, seen, CATALOGUE, before)}


def every(
    real: dict[str, Picture], lang: str
) -> Iterator[tuple[Picture, Finding, narrate.Sentence]]:
    """Every sentence of every finding, and those of the summaries."""
    for p in real.values():
        for finding in p.findings.values():
            for s in narrate.sentences(finding, p, lang):
                yield p, finding, s
        for s in narrate.summary(p, lang):
            if s.indicator:
                yield p, p.findings[s.indicator], s


NUMERAL = re.compile(r"\d[\d\u00a0.,]*\d|\d")


def named(p: Picture, sentence: narrate.Sentence, lang: str) -> list[str]:
    """Texts in a sentence whose digits are part of a name: periods, indicators, units."""
    names = list(sentence.periods)
    for i in (sentence.indicator, *sentence.also):
        if i:
            indicator = p.indicators[i]
            unit = p.units[indicator.unit]
            texts = [indicator.names, indicator.short, indicator.phrase, indicator.amount,
                     unit.label, unit.after, unit.difference]  # fmt: skip
            names += [part for t in texts if t for part in re.split(r"\{\w+\}", t[lang])]
    names += ["per 1,000", "per 10,000", "per 100,000", "per 100"]
    return sorted({n for n in names if n}, key=len, reverse=True)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_in_every_sentence_is_a_number_of_the_picture(
    real: dict[str, Picture], lang: str
) -> None:
    count = 0
    for p, _, s in every(real, lang):
        text = s.text
        for name in named(p, s, lang):
            text = re.sub(re.escape(name), "", text, flags=re.IGNORECASE)
        known = {m for n in s.numbers for m in NUMERAL.findall(n.text)}
        found = NUMERAL.findall(text)
        assert set(found) <= known, (s.text, found, s.numbers)
        count += len(found)
    assert count > 1000


@pytest.mark.parametrize("lang", LANGUAGES)
def test_numbers_are_the_metrics_rounded_once(real: dict[str, Picture], lang: str) -> None:
    for p, _, s in every(real, lang):
        for n in s.numbers:
            assert n.text in s.text
            if not n.indicator:
                assert n.metric == "changes_others"
                continue
            finding, indicator = p.findings[n.indicator], p.indicators[n.indicator]
            if n.metric in METRICS:
                assert n.value == finding.metrics[n.metric].value, (s.text, n)
            elif n.metric.startswith("figure:"):
                period = n.metric.removeprefix("figure:")
                series = (*finding.segments, *finding.profile)
                figures = [
                    v
                    for x in series
                    for q, v in zip(x.periods, x.values, strict=True)
                    if q == period
                ]
                assert n.value in figures
            else:
                assert n.metric in ("level_count", "target", "target_high"), n
                continue
            digits = n.text.lstrip("−").rstrip(".") if lang == "fi" else n.text.lstrip("−")
            if n.metric.startswith("rank"):
                assert re.sub(r"\D", "", digits) == f"{n.value:.0f}"
                continue
            places = narrate.decimals(n.metric, n.value, indicator)
            if n.metric == "target_value":
                places = phrases.plain_decimals(n.value)
            plain = digits.replace("\xa0", "")
            plain = plain.replace(",", "") if lang == "en" else plain.replace(",", ".")
            shown = n.value
            if n.metric not in phrases.PER_CENT:
                shown, places = words.scaled(shown, places, p.units[indicator.unit])
            assert plain == str(abs(words.rounded(shown, places))), (s.text, n)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_metric_is_printed_the_same_in_every_sentence(
    real: dict[str, Picture], lang: str
) -> None:
    printed: dict[tuple[str, str, str, float], str] = {}
    for p, _, s in every(real, lang):
        for n in s.numbers:
            if n.metric != "rank_low" and n.metric != "rank_high":
                key = (p.region.code, n.indicator, n.metric, n.value)
                assert printed.setdefault(key, n.text) == n.text


RISE = {
    "fi": r"(nousi|kasvoi|piteni)\b|enemmän",
    "sv": r"\b(steg|ökade)\b",
    "en": r"\b(rose|increased)\b",
}
FALL = {
    "fi": r"(laski|pieneni|väheni|lyheni)\b|vähemmän",
    "sv": r"\b(sjönk|minskade)\b",
    "en": r"\b(fell|decreased)\b",
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_rise_and_fall_follow_the_numbers(real: dict[str, Picture], lang: str) -> None:
    for p, _, s in every(real, lang):
        # The deficit of a balance grows when the balance falls.
        if s.kind != "change" or words.has(f"balance.{s.indicator}.minus", lang):
            continue
        names = [p.indicators[s.indicator].phrase, p.indicators[s.indicator].amount]
        text = s.text
        for name in names:
            text = text.replace(name[lang], "") if name else text
        signs = {(n.value > 0) - (n.value < 0) for n in s.numbers}
        assert (1 in signs) == bool(re.search(RISE[lang], text, re.IGNORECASE)), s.text
        assert (-1 in signs) == bool(re.search(FALL[lang], text, re.IGNORECASE)), s.text


BETTER = {
    "fi": r"\bpar(empi|as|haa|em)|heik|huono",
    "sv": r"\bbättre|\bbäst|sämre|sämst",
    "en": r"\bbetter|\bbest\b|\bworse|\bworst",
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_better_and_worse_need_a_direction(real: dict[str, Picture], lang: str) -> None:
    for p, finding, s in every(real, lang):
        indicator = p.indicators[finding.indicator]
        if indicator.direction == "neither" and s.kind in ("level", "change", "trend", "rank"):
            assert not re.search(BETTER[lang], s.text), s.text
            assert s.kind != "rank" or finding.metrics["rank"].value is None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_headlines_are_short_and_claim_no_more_than_the_trend_word(
    real: dict[str, Picture], lang: str
) -> None:
    clear = {"fi": r"\bselv", "sv": r"\btydlig", "en": r"\bclear"}[lang]
    signs = {"fi": "viitteitä", "sv": "tecken på", "en": "signs of"}[lang]
    for p in real.values():
        for finding in p.findings.values():
            text = narrate.headline(finding, p, lang)
            assert 0 < len(text) <= 100, text
            assert text[0] == text[0].upper(), text
            assert not text.endswith("."), text
            row = finding.metrics.get("trend_word")
            word = abs(row.value) if row and row.value is not None else 0
            assert bool(re.search(clear, text)) == (word == 2), text
            assert (signs in text) == (word == 1), text
            assert narrate.subtitle(finding, p, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_summary_is_fresh_and_each_claim_holds(real: dict[str, Picture], lang: str) -> None:
    for p in real.values():
        found = narrate.summary(p, lang)
        assert len(found) == 5
        for s in found:
            for name in (s.indicator, *s.also):
                if name and s.kind != "changed":
                    assert not Topic(p.findings[name], p, lang).stale
        contrast = found[0]
        if contrast.also:
            both = (contrast.indicator, *contrast.also)
            for name, sign in zip(both, (1, -1), strict=True):
                t = Topic(p.findings[name], p, lang)
                gap = t.side() * t.direction
                word = (t.value("trend_word") or 0.0) * t.direction
                assert gap != -sign or (sign > 0 and word == 2)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentences_are_clean(real: dict[str, Picture], lang: str) -> None:
    for _, _, s in every(real, lang):
        assert s.text[0] == s.text[0].upper() or s.text[0].isdigit()
        assert s.text.endswith(".")
        wrong = r"  | ,| \.|\.\.|,,|[{}]|\bNone\b|\bnan\b|\( | \)|\(\)"
        assert not re.search(wrong, s.text), s.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_alternative_texts_say_numbers_and_never_fail(real: dict[str, Picture], lang: str) -> None:
    kinds = (narrate.alt_line, narrate.alt_strip, narrate.alt_map, narrate.alt_multiples,
             narrate.alt_bars, narrate.alt_target, narrate.alt_age)  # fmt: skip
    for p in real.values():
        for finding in p.findings.values():
            for alt in kinds:
                text = alt(finding, p, lang)
                assert text.endswith(".")
                assert not re.search(r"\.\.|[{}]|\bNone\b", text)
            if finding.segments and finding.latest.value is not None:
                assert re.search(r"\d", narrate.alt_line(finding, p, lang))
        for cut in p.cuts:
            for section in cut.sections:
                text = narrate.alt_heatmap(section, p, lang)
                assert re.search(r"\d", text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_cards_sources_gaps_and_changes_never_fail(real: dict[str, Picture], lang: str) -> None:
    for p in real.values():
        for finding in p.findings.values():
            card = narrate.card(finding, p, lang)
            assert all((card.name, card.period, card.unit))
            assert re.search(r"\d{4}", narrate.source_line(finding, p, lang))
        assert all(narrate.gap_text(g, p, lang).endswith(".") for g in p.gaps)
        assert all(narrate.change_text(c, p, lang) for c in p.changes)
        assert all(narrate.citation(s, p, lang) for s in p.snapshots.values())


def test_the_same_picture_is_told_in_the_same_words(real: dict[str, Picture]) -> None:
    p = real["MK18"]
    again = Picture.from_json(p.to_json())
    for lang in LANGUAGES:
        assert narrate.summary(p, lang) == narrate.summary(again, lang)
        for name, finding in p.findings.items():
            assert narrate.sentences(finding, p, lang) == narrate.sentences(
                again.findings[name], again, lang
            )
