"""What a report shows: one home for every indicator, every chart once, references that resolve."""

from __future__ import annotations

import functools
from collections import Counter

import pytest

from tilannekuva import charts, compose, storyboard
from tilannekuva.model import Picture

REGIONS = ("kainuu", "lappi", "ahvenanmaa", "uusimaa")


@functools.cache
def picture(region: str) -> Picture:
    return compose(region)


@functools.cache
def story(region: str) -> storyboard.Storyboard:
    return storyboard.storyboard(picture(region))


@pytest.mark.parametrize("region", REGIONS)
def test_every_indicator_with_figures_has_exactly_one_home(region):
    board = story(region)
    homes = Counter(i for s in board.scenes for i in s.home)
    homes.update(board.rest)
    assert set(homes) == set(picture(region).findings)
    assert set(homes.values()) == {1}


@pytest.mark.parametrize("region", REGIONS)
def test_every_chart_is_drawn_once_and_can_be_drawn(region):
    board, p = story(region), picture(region)
    assert len(set(board.drawings)) == len(board.drawings)
    sections = {s.id: s for c in p.cuts for s in c.sections}
    for d in board.drawings:
        if d.kind == "heatmap":
            assert charts.choose_section(sections[d.subject], p)
        else:
            assert d.kind in charts.choose(p.findings[d.subject], p)


@pytest.mark.parametrize("region", REGIONS)
def test_references_lead_back_to_an_earlier_chapter(region):
    drawn: dict[storyboard.Drawing, str] = {}
    for scene in story(region).scenes:
        for e in scene.elsewhere:
            assert drawn[e.drawing] == e.section != scene.section.id
        assert len(set(scene.elsewhere)) == len(scene.elsewhere)
        drawn.update(dict.fromkeys(scene.drawings, scene.section.id))


@pytest.mark.parametrize("region", REGIONS)
def test_cards_are_eight_at_most_and_fresh(region):
    board, p = story(region), picture(region)
    assert 0 < len(board.cards) <= storyboard.CARDS
    for i in board.cards:
        assert p.findings[i].latest.value is not None
        assert p.findings[i].metrics["age_months"].value <= storyboard.STALE_MONTHS


@pytest.mark.parametrize("region", REGIONS)
def test_a_chapter_has_at_most_six_charts_and_lists_its_own_indicators(region):
    for scene in story(region).scenes:
        why = [d for d in scene.drawings if d.kind in ("decomposition", "quotients")]
        assert len(scene.drawings) - len(why) <= 6
        assert len(why) <= 3, "what says why stands beside the argument"
        assert list(scene.table) == [
            i for i in dict.fromkeys(scene.section.indicators) if i in picture(region).findings
        ]
        assert {g.indicator for g in scene.gaps} <= set(scene.section.indicators)


def test_kainuu_has_every_kind_of_chart_that_the_page_needs():
    board = story("kainuu")
    kinds = Counter(d.kind for d in board.drawings)
    needed = {"line", "strip", "multiples", "heatmap", "target", "map", "map_parts", "age"}
    assert needed <= set(kinds)
    assert 36 <= len(board.drawings) <= 48
    assert kinds["map"] <= 2
    assert kinds["map_parts"] == 1


def test_a_chapter_opens_with_its_lead_and_draws_it_first_when_it_draws_it():
    for scene in story("kainuu").scenes:
        assert scene.lead in scene.table
        own = [d for d in scene.drawings if d.subject == scene.lead and d.kind == "line"]
        assert not own or scene.drawings[0] == own[0]


def test_the_lead_is_fresh_where_any_indicator_is():
    p = picture("kainuu")
    for scene in story("kainuu").scenes:
        if any(storyboard.fresh(p.findings[i]) for i in scene.table):
            assert storyboard.fresh(p.findings[scene.lead])


@pytest.mark.parametrize("region", REGIONS)
def test_no_two_chapters_open_with_the_same_finding_while_there_is_another(region):
    p, seen = picture(region), set()
    for scene in story(region).scenes:
        others = {i for i in scene.table if storyboard.fresh(p.findings[i])} - seen
        assert scene.lead not in seen or not others
        seen.add(scene.lead)


def test_the_same_picture_gives_the_same_story():
    again = Picture.from_json(picture("kainuu").to_json())
    assert storyboard.storyboard(again) == story("kainuu")


def test_a_picture_without_figures_has_a_story_without_charts():
    bare = picture("kainuu").model_copy(update={"findings": {}})
    board = storyboard.storyboard(bare)
    assert board.cards == board.drawings == board.rest == ()
    assert all(s.lead is None and not s.table for s in board.scenes)


def test_charts_are_drawn_under_subject_and_kind():
    drawn = storyboard.draw_all(picture("ahvenanmaa"), "sv")
    assert list(drawn) == list(story("ahvenanmaa").drawings)
    assert all((c.indicator, c.kind, c.lang) == (*k, "sv") for k, c in drawn.items())
