"""Experts beside figures: where they differ, and how past judgements turned out."""

from __future__ import annotations

import pytest

from tilannekuva import judging
from tilannekuva.model import LANGUAGES, Assessment, Judgement, Picture
from tilannekuva.reports import _experts


def said(subject: str, now: str = "0", ahead: str | None = None, **more: str) -> Assessment:
    return Assessment.model_validate({
        "subject": subject, "now": now, "in_12_months": ahead, "reasons": "Syy.",
        "role": "ekonomisti", "edition": "2018-10-23", **more,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("subject", "now", "differs"),
    [
        ("dep_ratio_demo", "+", True),  # it rose in the year to the newest figure, which is worse
        ("dep_ratio_demo", "--", False),
        ("dep_ratio_demo", "0", False),
        ("pop_total", "-", False),  # has no better direction
    ],
)
def test_a_judgement_differs_where_the_figures_of_the_year_went_the_other_way(
    kainuu: Picture, subject: str, now: str, differs: bool
) -> None:
    told = kainuu.model_copy(update={"assessments": (said(subject, now),)})
    found = judging.disagreements(told)
    assert [[m.indicator for m in d.other] for d in found] == ([[subject]] if differs else [])


def test_an_old_judgement_is_held_against_the_figures_of_its_own_time(kainuu: Picture) -> None:
    told = kainuu.model_copy(update={"assessments": (said("dep_ratio_demo", "+"),)})
    ((moved,),) = [d.other for d in judging.disagreements(told)]
    assert moved.period == "2017", "the year 2018 had not ended on 23 October 2018"


def test_a_stale_figure_contradicts_nobody(kainuu: Picture) -> None:
    newest = kainuu.findings["dep_ratio_demo"].metrics["latest"].period
    judged = said("dep_ratio_demo", "+", edition=f"{int(newest[:4]) + 6}-01-31")
    assert judging.disagreements(kainuu.model_copy(update={"assessments": (judged,)})) == ()


def test_a_judgement_without_a_date_is_of_the_picture_and_never_past(kainuu: Picture) -> None:
    undated = said("dep_ratio_demo", "+", ahead="+", edition="0001")
    told = kainuu.model_copy(update={"assessments": (undated,), "past_assessments": (undated,)})
    assert len(judging.disagreements(told)) == 1
    assert judging.outcomes(told) == ()


def monthly(picture: Picture, indicator: str, change: float) -> Picture:
    """SYNTHETIC: a picture whose figure of an indicator was 10, and other since November 2018."""
    months = [f"{y}M{m:02d}" for y in (2017, 2018, 2019) for m in range(1, 13)]
    values = tuple(10.0 + (change if p > "2018M10" else 0.0) for p in months)
    old = picture.findings[indicator]
    series = old.segments[-1].model_copy(
        update={"periods": tuple(months), "values": values, "statuses": ("final",) * len(months),
                "snapshots": ()}
    )  # fmt: skip
    finding = old.model_copy(update={"segments": (series,)})
    return picture.model_copy(update={"findings": {**picture.findings, indicator: finding}})


@pytest.mark.parametrize(
    ("ahead", "turned"), [("--", "as_judged"), ("-", "as_judged"), ("+", "otherwise")]
)
def test_a_past_judgement_is_held_against_the_year_that_followed(
    kainuu: Picture, ahead: str, turned: str
) -> None:
    # Demographic dependency ratio at the end of 2019 against 2018: it rose, which is worse.
    told = kainuu.model_copy(update={"past_assessments": (said("dep_ratio_demo", ahead=ahead),)})
    (found,) = judging.outcomes(told)
    assert (found.turned, [m.period for m in found.moved]) == (turned, ["2019"])


@pytest.mark.parametrize(("change", "turned"), [(1.0, "as_judged"), (-1.0, "otherwise"),
                                                (0.0001, "otherwise")])  # fmt: skip
def test_half_a_year_is_held_against_the_same_months_a_year_before(
    kainuu: Picture, change: float, turned: str
) -> None:
    judged = said("unemp_rate_reg", in_6_months="-")
    told = monthly(kainuu, "unemp_rate_reg", change).model_copy(
        update={"past_assessments": (judged,)}
    )
    (found,) = judging.outcomes(told)
    assert (found.months, found.turned) == (6, turned)
    assert [m.period for m in found.moved] == ["2019M04"], "November 2018 to April 2019"


def test_yearly_figures_cannot_tell_of_half_a_year(kainuu: Picture) -> None:
    judged = said("dep_ratio_demo", in_6_months="-")
    (found,) = judging.outcomes(kainuu.model_copy(update={"past_assessments": (judged,)}))
    assert (found.turned, found.moved) == ("cannot_tell", ())


@pytest.mark.parametrize(("edition", "months"), [("2025-10-23", []), ("2025-04-23", [6]),
                                                 ("2024-10-23", [6, 12])])  # fmt: skip
def test_only_a_time_that_has_passed_is_held_against_figures(
    kainuu: Picture, edition: str, months: list[int]
) -> None:
    # Of the newest judgements too: a group need not write new ones to see how these turned out.
    judged = said("unemp_rate_reg", ahead="+", in_6_months="+", edition=edition)
    told = kainuu.model_copy(update={"as_of": "2025-10-23", "assessments": (judged,)})
    found = judging.outcomes(told)
    assert [o.months for o in found] == months
    assert {o.turned for o in found} <= {"cannot_tell"}, "the figures end before"


def test_a_theme_goes_the_way_of_most_of_its_leading_indicators(kainuu: Picture) -> None:
    theme = next(s for c in kainuu.cuts for s in c.sections if s.id == "growth")
    told = kainuu.model_copy(update={"past_assessments": (said("growth", ahead="+"),)})
    (found,) = judging.outcomes(told)
    assert {m.indicator for m in found.moved} <= set(theme.lead or theme.indicators)
    # In the year to 2019 vacancies were more; GDP, GDP per capita and enterprises hardly changed.
    assert sorted(m.sign for m in found.moved) == [0, 0, 0, 1]
    assert (found.way, found.turned) == (0, "otherwise")


@pytest.mark.parametrize(
    ("signs", "judged", "turned"),
    [
        ((1, 1, -1), "+", "as_judged"), ((1, 1, -1), "-", "otherwise"), ((1, -1), "+", "both_ways"),
        ((1, 0, 0), "0", "as_judged"), ((1, -1, 0, 0, 0), "0", "as_judged"),
        ((), "0", "cannot_tell"),
    ],
)  # fmt: skip
def test_most_of_those_that_tell_say_which_way(
    signs: tuple[int, ...], judged: Judgement, turned: str
) -> None:
    moved = [judging.Moved(f"i{n}", "2020", sign) for n, sign in enumerate(signs)]
    found = judging._turned(said("growth"), 12, judged, moved, len(moved))
    assert found.turned == turned


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_scorecard_counts_and_says_who_judged(kainuu: Picture, lang: str) -> None:
    two = tuple(said("dep_ratio_demo", ahead=a, role=r) for a, r in (("-", "yksi"), ("+", "kaksi")))
    lines = _experts.outcomes(kainuu.model_copy(update={"past_assessments": two}), lang)
    assert len(lines) == 4, "two judgements that were given, then a line each"
    assert all(" 1: " in line for line in lines[:2])
    assert ["(yksi)" in lines[2], "(kaksi)" in lines[3]] == [True, True]
    assert all(line.endswith("(2019).") for line in lines[2:])


def test_a_change_too_small_to_speak_of_is_none(kainuu: Picture) -> None:
    least = kainuu.indicators["unemp_rate_reg"].min_change
    assert least > 0
    judged = said("unemp_rate_reg", in_6_months="0")
    for change, turned in ((least * 0.9, "as_judged"), (least * 1.1, "otherwise")):
        told = monthly(kainuu, "unemp_rate_reg", change)
        (found,) = judging.outcomes(told.model_copy(update={"past_assessments": (judged,)}))
        assert found.turned == turned


def test_a_line_of_a_theme_says_which_went_which_way_and_of_how_many(kainuu: Picture) -> None:
    told = kainuu.model_copy(update={"past_assessments": (said("resilience", ahead="-"),)})
    (outcome,) = judging.outcomes(told)
    line = _experts.outcomes(told, "fi")[-1]
    assert f"mittareista näkyy {len(outcome.moved)} / {outcome.of}: " in line
    for sign, word in ((1, "parempaan"), (-1, "heikompaan")):
        some = [m.indicator for m in outcome.moved if m.sign == sign]
        assert some
        part = next(p for p in line.partition(": ")[2].split("; " + word)[-1:] if p)
        for i in some:
            assert kainuu.indicators[i].label.fi in (part if sign != outcome.way else line)


def test_half_a_year_is_told_with_both_its_ends(kainuu: Picture) -> None:
    judged = said("unemp_rate_reg", in_6_months="-")
    told = monthly(kainuu, "unemp_rate_reg", 1.0).model_copy(update={"past_assessments": (judged,)})
    assert _experts.outcomes(told, "fi")[-1].endswith(
        "ja luvut menivät heikompaan (marraskuu 2018 – huhtikuu 2019)."
    )


def test_what_cannot_be_told_says_why(kainuu: Picture) -> None:
    judged = said("dep_ratio_demo", in_6_months="-")
    told = kainuu.model_copy(update={"past_assessments": (judged,)})
    assert _experts.outcomes(told, "fi")[-1].endswith("vuosiluvuista ei näe puolta vuotta.")


def test_an_indicator_that_agrees_is_named_beside_those_that_differ(kainuu: Picture) -> None:
    # By the year: GDP per capita better, the other two worse.
    lead = ("gdp_pc", "dep_ratio_demo", "natural_increase")
    cuts = tuple(
        c.model_copy(update={"sections": tuple(
            s.model_copy(update={"lead": lead}) if s.id == "growth" else s for s in c.sections)})
        for c in kainuu.cuts
    )  # fmt: skip
    judged = said("growth", "+", edition="2025-10-23")
    told = kainuu.model_copy(update={"assessments": (judged,), "cuts": cuts})
    (found,) = judging.disagreements(told)
    assert [m.indicator for m in found.other] == ["dep_ratio_demo", "natural_increase"]
    (line,) = (j["differs"] for j in _experts.judgements(told.assessments, told, "fi"))
    assert line.endswith("; arvion suuntaan: BKT asukasta kohti, 2020).")
