"""Experts beside figures: where they differ, and how past judgements turned out."""

from __future__ import annotations

import pytest

from tilannekuva import judging
from tilannekuva.model import LANGUAGES, Assessment, Picture
from tilannekuva.reports import _experts


def said(subject: str, now: str = "0", ahead: str | None = None, **more: str) -> Assessment:
    return Assessment.model_validate({
        "subject": subject, "now": now, "in_12_months": ahead, "reasons": "Syy.",
        "role": "ekonomisti", "edition": "2018-10-23", **more,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("subject", "now", "differs"),
    [
        ("dep_ratio_demo", "+", True),  # its trend is clearly to the worse
        ("dep_ratio_demo", "--", False),
        ("dep_ratio_demo", "0", False),
        ("pop_total", "-", False),  # has no better direction
    ],
)
def test_a_judgement_differs_where_the_trend_points_the_other_way(
    kainuu: Picture, subject: str, now: str, differs: bool
) -> None:
    told = kainuu.model_copy(update={"assessments": (said(subject, now),)})
    assert [d.worse for d in judging.disagreements(told)] == ([(subject,)] if differs else [])


@pytest.mark.parametrize(
    ("ahead", "turned"), [("--", "as_judged"), ("-", "as_judged"), ("+", "otherwise")]
)
def test_a_past_judgement_is_held_against_the_year_that_followed(
    kainuu: Picture, ahead: str, turned: str
) -> None:
    # Demographic dependency ratio at the end of 2019 against 2018: it rose, which is worse.
    told = kainuu.model_copy(update={"past_assessments": (said("dep_ratio_demo", ahead=ahead),)})
    (found,) = judging.outcomes(told)
    assert (found.turned, found.period) == (turned, "2019")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_line_of_the_scorecard_says_who_judged(kainuu: Picture, lang: str) -> None:
    two = tuple(said("dep_ratio_demo", ahead=a, role=r) for a, r in (("-", "yksi"), ("+", "kaksi")))
    lines = _experts.outcomes(kainuu.model_copy(update={"past_assessments": two}), lang)
    assert ["(yksi)" in lines[0], "(kaksi)" in lines[1]] == [True, True]
