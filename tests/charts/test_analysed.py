"""Bars of a decomposition and dots of quotients: what is drawn is what was found."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from tilannekuva import charts, narrate, words
from tilannekuva.charts import quotients, style
from tilannekuva.charts.chart import Chart
from tilannekuva.errors import ReportError
from tilannekuva.model import LANGUAGES, Picture
from tilannekuva.reports._tables import chart_table

ANALYSED = ("decomposition", "quotients")


def _chart(picture: Picture, name: str, kind: str, lang: Any = "fi") -> Chart:
    return charts.draw(kind, picture.findings[name], picture, lang)


def _texts(chart: Chart) -> dict[str, Any]:
    with style.settings():
        return {text: box for box, text in chart.paint().texts}


def test_an_analysis_has_its_own_kind_and_other_findings_do_not(kainuu: Picture) -> None:
    for name, finding in kainuu.findings.items():
        kinds = set(charts.choose(finding, kainuu)) & set(ANALYSED)
        analysis = kainuu.indicators[name].analysis
        assert len(kinds) == (1 if analysis is not None else 0), name
    with pytest.raises(ReportError, match="do not make a 'quotients' chart"):
        _chart(kainuu, "gdp_pc_gap_parts", "quotients")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_part_has_its_figure_beside_it_with_its_sign(kainuu: Picture, lang: str) -> None:
    for name in ("gdp_pc_gap_parts", "shift_share_1990_2007", "shock_resistance"):
        chart = _chart(kainuu, name, "decomposition", lang)
        drawn = _texts(chart)
        figures = {s.region: s.values[-1] for s in kainuu.findings[name].profile}
        own = chart.data[chart.data["role"] == "region"]
        assert dict(zip(own["region"], own["value"], strict=True)) == figures
        for value in figures.values():
            text = words.signed(value or 0.0, 1, lang)
            assert text in drawn
            assert text in chart.alt


def test_the_sum_stands_last_and_bars_point_where_their_sign_does(kainuu: Picture) -> None:
    chart = _chart(kainuu, "shift_share_1990_2007", "decomposition")
    rows = chart.data["region"].tolist()
    assert rows == ["national", "mix", "competitive", "all"]
    drawn = _texts(chart)
    assert drawn["−19,3"].right < drawn["−2,6"].right < drawn["+0,2"].left


def test_groups_stand_by_size_with_the_country_beside(kainuu: Picture) -> None:
    chart = _chart(kainuu, "branch_share_change", "decomposition")
    own = chart.data[chart.data["role"] == "region"]["value"].tolist()
    assert own == sorted(own, reverse=True)
    assert (chart.data["role"] == "country").sum() == len(own)
    assert any("koko maa" in t.casefold() for t in _texts(chart))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_quotients_are_ranked_with_their_jobs_and_a_line_at_one(kainuu: Picture, lang: str) -> None:
    chart = _chart(kainuu, "s3_lq", "quotients", lang)
    dots = chart.data[chart.data["role"] == "region"]
    values = dots["value"].tolist()
    assert values == sorted(values, reverse=True)
    assert len(values) == quotients.MOST
    assert "X" not in dots["region"].tolist(), "what is not known is no industry"
    whole = {s.region: s.values[-1] or 0 for s in kainuu.findings["s3_lq"].profile}
    left = [abs(math.log(v)) for c, v in whole.items() if c not in {*dots["region"], "X"}]
    assert max(left) <= min(abs(math.log(v)) for v in values), "the farthest from one are shown"
    jobs = {s.region: s.values[-1] for s in kainuu.findings["jobs_by_industry"].profile}
    beside = chart.data[chart.data["role"] == "jobs"]
    assert all(jobs[c] == v for c, v in zip(beside["region"], beside["value"], strict=True))
    drawn = _texts(chart)
    assert words.number(797, 0, lang) in drawn
    assert words.number(1, 0, lang) in drawn, "the line at one has its label"


def test_the_table_behind_has_the_jobs_in_a_column_of_their_own(kainuu: Picture) -> None:
    table = chart_table(_chart(kainuu, "s3_lq", "quotients"), kainuu)
    assert table.head[-1] == words.message("chart.jobs", "fi")
    first = table.rows[0]
    assert [c.text for c in first.cells] == ["11,65", "797"]
    crisis = chart_table(_chart(kainuu, "shock_resistance", "decomposition"), kainuu)
    assert len(crisis.rows) == 6, "each crisis has three rows, whatever its year"


def test_colours_alone_say_nothing(
    every_chart: Callable[[str], list[Any]],
) -> None:
    for chart in every_chart("fi"):
        if chart.kind != "decomposition":
            continue
        own = chart.data[chart.data["role"] == "region"]
        texts = _texts(chart)
        assert len(texts) >= len(set(own["value"])), chart.name


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_title_says_what_was_found(kainuu: Picture, lang: str) -> None:
    for name, finding in kainuu.findings.items():
        if kainuu.indicators[name].analysis is None:
            continue
        title = narrate.headline(finding, kainuu, lang)
        assert len(title) <= 100, title
        assert kainuu.region.names[lang][:6] in title, title
