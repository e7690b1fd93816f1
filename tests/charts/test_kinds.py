"""Each kind of chart: when it is offered, and that it draws the figures and nothing else."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from tilannekuva import charts, words
from tilannekuva.charts import axes, heat_rows, line, style
from tilannekuva.charts.chart import Chart
from tilannekuva.errors import ReportError
from tilannekuva.model import Break, FanYear, Finding, Measured, Picture, Pooled, Target


def _drawn(kind: str, picture: Picture, lang: Any = "en") -> Chart:
    return charts.draw(kind, picture.findings["synthetic"], picture, lang)


def _texts(chart: Chart) -> str:
    with style.settings():
        return " ".join(text for _, text in chart.paint().texts)


# --- what suits -------------------------------------------------------------------------------


def test_a_full_finding_can_be_drawn_in_every_way(synthetic: SimpleNamespace) -> None:
    parts = tuple(
        synthetic.series(c, synthetic.years(2000, 2020)) for c in synthetic.municipalities
    )
    picture = synthetic.picture(synthetic.compared(parts=parts))
    kinds = charts.choose(picture.findings["synthetic"], picture)
    assert kinds == ("line", "strip", "map", "multiples", "map_parts")


def test_a_single_figure_without_comparison_gets_no_chart(synthetic: SimpleNamespace) -> None:
    picture = synthetic.picture(synthetic.finding(synthetic.series("MK18", {"2020": 5.0})))
    assert charts.choose(picture.findings["synthetic"], picture) == ()
    with pytest.raises(ReportError, match="too few figures"):
        _drawn("line", picture)


def test_a_short_series_is_no_main_chart(synthetic: SimpleNamespace) -> None:
    picture = synthetic.picture(synthetic.compared(first=2018))
    kinds = charts.choose(picture.findings["synthetic"], picture)
    assert kinds == ("strip", "map", "line")


@pytest.mark.parametrize(("others", "kinds"), [(6, ()), (7, ("strip",)), (14, ("strip", "map"))])
def test_strip_and_map_need_enough_regions(
    synthetic: SimpleNamespace, others: int, kinds: tuple[str, ...]
) -> None:
    whole = synthetic.compared()
    few = whole.model_copy(update={"others": whole.others[:others], "peers": ()})
    found = charts.choose(few, synthetic.picture(few))
    assert tuple(k for k in found if k in ("strip", "map")) == kinds


def test_counts_are_never_laid_on_a_map_or_ranked(synthetic: SimpleNamespace) -> None:
    parts = tuple(
        synthetic.series(c, synthetic.years(2000, 2020)) for c in synthetic.municipalities
    )
    picture = synthetic.picture(synthetic.compared(parts=parts), unit="persons")
    kinds = charts.choose(picture.findings["synthetic"], picture)
    assert kinds == ("line", "index", "multiples", "parts")


def test_an_index_needs_a_base_that_means_something(synthetic: SimpleNamespace) -> None:
    finding = synthetic.compared()
    tiny = synthetic.series("MK18", synthetic.years(2000, 2020, start=1, step=0.1))
    small = finding.model_copy(update={"segments": (tiny,)})
    assert "index" not in charts.choose(small, synthetic.picture(small, unit="count"))


def test_target_needs_a_target_ahead(synthetic: SimpleNamespace) -> None:
    def offered(period: str) -> bool:
        rows = {"target_value": synthetic.measured(80.0, period)}
        finding = synthetic.compared(metrics=rows)
        return "target" in charts.choose(finding, synthetic.picture(finding))

    assert offered("2030")
    assert not offered("2020")


def test_a_forecast_alone_is_a_dotted_line(synthetic: SimpleNamespace) -> None:
    years = synthetic.years(2025, 2040)
    ahead = synthetic.finding(synthetic.series("MK18", years, dict.fromkeys(years, "forecast")))
    picture = synthetic.picture(ahead)
    assert charts.choose(ahead, picture) == ("line",)
    svg = charts.draw("line", ahead, picture, "en").svg().decode()
    assert _strokes(svg, style.REGION) == {"dashed"}


def _strokes(svg: str, color: str) -> set[str]:
    found = re.findall(rf'style="fill: none;([^"]*stroke: {color.lower()}[^"]*)"', svg)
    return {"dashed" if "dasharray" in f else "solid" for f in found}


def test_unknown_kind_names_the_nearest(synthetic: SimpleNamespace) -> None:
    picture = synthetic.picture(synthetic.compared())
    with pytest.raises(ReportError, match="did you mean 'strip'"):
        _drawn("stripe", picture)
    with pytest.raises(ReportError, match="use one of line, strip, map"):
        _drawn("age", picture)
    with pytest.raises(ReportError, match="only a heatmap"):
        charts.draw("line", synthetic.section("synthetic"), picture, "fi")


# --- lines ------------------------------------------------------------------------------------


def test_the_table_is_exactly_what_is_drawn(synthetic: SimpleNamespace) -> None:
    finding = synthetic.compared()
    data = _drawn("line", synthetic.picture(finding)).data
    own = data[data["role"] == "region"]
    assert list(own["value"]) == list(finding.segments[0].values)
    assert list(own["period"]) == list(finding.segments[0].periods)
    assert set(data["region"]) == {"SSS", *synthetic.areas}
    assert len(data) == 20 * 21


def test_at_most_four_lines_are_named(synthetic: SimpleNamespace) -> None:
    picture = synthetic.picture(synthetic.compared())
    lines = line._lines(picture.findings["synthetic"], picture, indexed=False)
    named = line._labels(lines, picture.findings["synthetic"], picture, "en", indexed=False)
    assert len(named) == 4
    assert [n.lines[0] for n in named if n.bold] == ["Kainuu"]


def test_no_line_crosses_a_gap_and_the_gap_is_told(synthetic: SimpleNamespace) -> None:
    figures = {**synthetic.years(1998, 2003), **synthetic.years(2010, 2012)}
    finding = synthetic.finding(synthetic.series("MK18", figures))
    picture = synthetic.picture(finding)
    (own,) = line._lines(finding, picture, indexed=False)
    assert [[p.period for p in piece][::5] for piece in own.pieces] == [["1998", "2003"], ["2010"]]
    assert "No figures: 2004–2009." in _texts(_drawn("line", picture))


def test_a_break_of_boundary_parts_the_line_and_is_told(synthetic: SimpleNamespace) -> None:
    old = synthetic.series("MK18@2015", synthetic.years(2008, 2015))
    new = synthetic.series("MK18", synthetic.years(2013, 2020, start=9))
    finding = synthetic.finding(old, new)
    picture = synthetic.picture(finding)
    lines = line._lines(finding, picture, indexed=False)
    assert [n.role for n in lines] == ["region_before", "region"]
    assert lines[0].width < lines[1].width
    assert "Thinner line: figures by the 2015 division" in _texts(_drawn("line", picture))


@pytest.mark.parametrize(
    ("kind", "said"),
    [("definition", "the definition changed in 2010"), ("method", "the method changed in 2010")],
)
def test_a_break_of_definition_is_told_by_its_kind(
    synthetic: SimpleNamespace, kind: Any, said: str
) -> None:
    whole = synthetic.years(2000, 2020)
    parts = [{p: v for p, v in whole.items() if (p < "2010") == before} for before in (True, False)]
    finding = synthetic.finding(*(synthetic.series("MK18", p) for p in parts))
    cut = ("synthetic", Break(first_period="2010", kind=kind, note=synthetic.text("x")))
    assert said in _texts(_drawn("line", synthetic.picture(finding, breaks=(cut,))))


def test_provisional_points_are_hollow_and_told(synthetic: SimpleNamespace) -> None:
    years = synthetic.years(2000, 2020)
    finding = synthetic.finding(synthetic.series("MK18", years, {"2020": "preliminary"}))
    chart = _drawn("line", synthetic.picture(finding))
    assert "Open circle: provisional." in _texts(chart)
    assert "fill: #ffffff; stroke: #0b4f8a" in chart.svg().decode()
    final = synthetic.finding(synthetic.series("MK18", years))
    settled = _drawn("line", synthetic.picture(final)).svg().decode()
    assert "fill: #ffffff; stroke: #0b4f8a" not in settled


def test_shock_years_are_named_where_the_axis_has_them(synthetic: SimpleNamespace) -> None:
    texts = _texts(_drawn("line", synthetic.picture(synthetic.compared(2000, 2022))))
    assert "financial crisis" in texts
    assert "Covid-19" in texts
    assert "war in Ukraine" in texts
    early = _texts(_drawn("line", synthetic.picture(synthetic.compared(1990, 2006))))
    assert "crisis" not in early


def test_months_are_a_fine_line_with_a_dot_a_year(synthetic: SimpleNamespace) -> None:
    months = {
        f"{y}M{m:02d}": 10 + m / 4 + (y - 2015) / 10
        for y in range(2015, 2024)
        for m in range(1, 13)
        if (y, m) <= (2023, 10)
    }
    finding = synthetic.finding(
        synthetic.series("MK18", months), frequency="month", country=synthetic.series("SSS", months)
    )
    chart = _drawn("line", synthetic.picture(finding))
    own, country = (chart.data[chart.data["role"] == r] for r in ("region", "country"))
    assert len(own) == len(months)
    assert set(country["period"].str[4:]) == {"M10"}
    assert "Dots: October of each year." in _texts(chart)


def test_an_index_is_a_hundred_in_its_base_year(synthetic: SimpleNamespace) -> None:
    finding = synthetic.compared(metrics={"index": synthetic.measured(120.0, "2015/2020")})
    data = _drawn("index", synthetic.picture(finding, unit="persons")).data
    assert set(data[data["period"] == "2015"]["value"]) == {100.0}
    assert data["region"].nunique() == 20


def test_an_index_with_its_base_at_the_end_begins_at_the_first_common_figure(
    synthetic: SimpleNamespace,
) -> None:
    given = {"index": synthetic.measured(101.0, "2015/2016")}
    picture = synthetic.picture(synthetic.compared(2000, 2016, metrics=given), unit="persons")
    chart = _drawn("index", picture)
    base = chart.data[chart.data["period"] == "2000"]
    assert set(base["value"]) == {100.0}
    assert "2000 = 100" in chart.subtitle


def test_a_count_on_a_cut_axis_says_so(synthetic: SimpleNamespace) -> None:
    finding = synthetic.finding(synthetic.series(synthetic.own, synthetic.years(2000, 2020, 900)))
    chart = _drawn("line", synthetic.picture(finding, unit="persons"))
    assert "does not start at zero" in _texts(chart)


def test_context_that_would_flatten_ours_runs_out_of_the_scale(synthetic: SimpleNamespace) -> None:
    finding = synthetic.compared()
    wild = synthetic.series("MK01", synthetic.years(2000, 2020, start=500, step=50))
    others = (wild, *finding.others[1:])
    picture = synthetic.picture(finding.model_copy(update={"others": others}))
    assert "fall outside the scale" in _texts(_drawn("line", picture))


# --- between areas ----------------------------------------------------------------------------


def test_a_strip_has_every_region_and_says_where_better_is(synthetic: SimpleNamespace) -> None:
    finding = synthetic.compared()
    up = _drawn("strip", synthetic.picture(finding, direction="up"))
    assert len(up.data) == 20
    assert "better →" in _texts(up)
    assert "← better" in _texts(_drawn("strip", synthetic.picture(finding, direction="down")))
    neither = _texts(_drawn("strip", synthetic.picture(finding, direction="neither")))
    assert "better" not in neither
    assert "Kainuu 20.0" in _texts(up)
    assert "Finland 24.0" in _texts(up)


def test_a_strip_with_missing_regions_says_so(synthetic: SimpleNamespace) -> None:
    whole = synthetic.compared()
    finding = whole.model_copy(update={"others": whole.others[:10]})
    assert "11 of 19 regions are shown" in _texts(_drawn("strip", synthetic.picture(finding)))


def test_a_map_has_five_classes_and_both_projections(synthetic: SimpleNamespace) -> None:
    chart = _drawn("map", synthetic.picture(synthetic.compared()))
    texts = _texts(chart)
    assert len(chart.data) == 19
    assert "Kainuu" in texts
    assert "Kai" in texts.split()
    assert sum(" – " in t for t in _each(chart)) == 5


def _each(chart: Chart) -> list[str]:
    with style.settings():
        return [text for _, text in chart.paint().texts]


def test_a_region_without_a_figure_is_hatched(synthetic: SimpleNamespace) -> None:
    whole = synthetic.compared()
    finding = whole.model_copy(update={"others": whole.others[:16]})
    chart = _drawn("map", synthetic.picture(finding))
    assert "no figure" in _texts(chart)
    assert "<pattern" in chart.svg().decode()


def test_municipalities_are_in_the_order_of_their_figures(synthetic: SimpleNamespace) -> None:
    parts = tuple(
        synthetic.series(c, {"2019": 1.0 * n, "2020": 2.0 * n})
        for n, c in enumerate(synthetic.municipalities, 1)
    )
    picture = synthetic.picture(synthetic.compared(parts=parts))
    data = _drawn("multiples", picture).data
    latest = data[(data["role"] == "part") & (data["period"] == "2020")]
    assert list(latest["value"]) == sorted(latest["value"], reverse=True)


def test_bars_begin_at_zero(synthetic: SimpleNamespace) -> None:
    parts = tuple(
        synthetic.series(c, {"2020": 900.0 + n}) for n, c in enumerate(synthetic.municipalities)
    )
    finding = synthetic.finding(synthetic.series("MK18", {"2020": 8000.0}), parts=parts)
    chart = _drawn("parts", synthetic.picture(finding, unit="persons"))
    texts = _each(chart)
    assert "0" in texts
    # The shortest bar is nearly as long as the longest, as 900 is to 907.
    widths = [abs(float(b) - float(a)) for a, b in _bars(chart)]
    assert min(widths) / max(widths) == pytest.approx(900 / 907, abs=0.01)


def _bars(chart: Chart) -> list[tuple[str, str]]:
    svg = chart.svg().decode()
    return re.findall(
        rf'd="M ([\d.]+) [\d.]+ L ([\d.]+) [^"]*"[^>]*fill: {style.REGION.lower()}', svg
    )


# --- target, age, theme -----------------------------------------------------------------------


def _with_target(synthetic: SimpleNamespace, age: float = 24) -> Picture:
    rows = {
        "target_value": synthetic.measured(40.0, "2030"),
        "pace_required": synthetic.measured(2.0, "2020/2030"),
        "pace_actual": synthetic.measured(0.5, "2011/2020"),
        "trend_low": synthetic.measured(0.4, "2011/2020"),
        "trend_high": synthetic.measured(0.6, "2011/2020"),
        "age_months": synthetic.measured(age, "2020"),
    }
    goal = Target(period="2030", value=40, source="synthetic")
    return synthetic.picture(synthetic.compared(metrics=rows), targets=(goal,))


def test_a_target_shows_the_pace_needed_beside_the_pace_so_far(synthetic: SimpleNamespace) -> None:
    chart = _drawn("target", _with_target(synthetic))
    texts = _texts(chart)
    assert "target 2030" in texts
    assert "the target would take +2.0;" in texts
    assert "it has been +0.50" in texts
    ahead = chart.data.set_index("role")["value"]
    assert ahead["target"] == 40
    assert ahead["at_pace"] == 20 + 10 * 0.5


def test_a_pace_that_ended_years_ago_is_not_drawn_on(synthetic: SimpleNamespace) -> None:
    chart = _drawn("target", _with_target(synthetic, age=61))
    assert "at_pace" not in set(chart.data["role"])
    assert "no pace is drawn" in _texts(chart)
    assert "dasharray" not in chart.svg().decode()


def _ages(synthetic: SimpleNamespace) -> Finding:
    groups = [f"Y{a}-{a + 4}" for a in range(0, 85, 5)]
    profile = tuple(
        synthetic.series(f"{g}.{s}", {"2013": 100.0 + n, "2022": 90.0 + n})
        for n, g in enumerate(groups)
        for s in ("F", "M")
    )
    whole = synthetic.series("MK18", {"2013": 5000.0, "2022": 4000.0})
    return synthetic.finding(whole, profile=profile)


def test_ages_are_a_pyramid_with_the_earlier_outline(synthetic: SimpleNamespace) -> None:
    picture = synthetic.picture(_ages(synthetic), unit="persons", axes=("age", "sex"))
    assert charts.choose(picture.findings["synthetic"], picture)[0] == "age"
    chart = _drawn("age", picture)
    assert len(chart.data) == 17 * 2 * 2
    assert set(chart.data["role"]) == {"men", "women"}
    texts = _texts(chart)
    assert "Men" in texts
    assert "Women" in texts
    assert "Orange outline: 2013." in texts


def _themed(synthetic: SimpleNamespace, **rows: Measured) -> Picture:
    first = synthetic.compared(metrics=rows)
    second = synthetic.compared().model_copy(update={"indicator": "second"})
    gap = {"gap": synthetic.measured(2.0, "2020")}
    second = second.model_copy(update={"metrics": {**second.metrics, **gap}})
    return synthetic.picture(first, second)


def test_a_theme_says_better_and_worse_in_words(synthetic: SimpleNamespace) -> None:
    picture = _themed(
        synthetic,
        gap=synthetic.measured(-4.0, "2020"),
        gap_change_5y=synthetic.measured(1.0, "2015/2020"),
        rank=synthetic.measured(14, "2020"),
        rank_low=synthetic.measured(13, "2020"),
        rank_high=synthetic.measured(15, "2020"),
        rank_n=synthetic.measured(19, "2020"),
    )
    section = synthetic.section("synthetic", "second", "not_there")
    chart = charts.draw("heatmap", section, picture, "en")
    texts = _texts(chart)
    assert "−4.0\N{NO-BREAK SPACE}pp worse" in texts
    assert "+1.0\N{NO-BREAK SPACE}pp improved" in texts
    assert "13th–15th /\xa019" in texts
    said = "Of the fresh measures (2), Kainuu did worse than the whole country on 1 and better on 1"
    assert chart.title == said
    assert set(chart.data.dropna(subset="value")["metric"]) == {"gap", "gap_change_5y", "rank"}


def test_what_cannot_be_computed_is_hatched_with_the_reason(synthetic: SimpleNamespace) -> None:
    missing = synthetic.measured(None, "2015/2020", "no_earlier_value")
    gap = synthetic.measured(1.0, "2020")
    picture = _themed(synthetic, gap=gap, gap_change_5y=missing)
    chart = charts.draw("heatmap", synthetic.section("synthetic", "second"), picture, "en")
    assert "<pattern" in chart.svg().decode()
    assert "no figure 5" in _texts(chart)


def test_a_measure_without_direction_has_no_colour(synthetic: SimpleNamespace) -> None:
    first = synthetic.compared(metrics={"gap": synthetic.measured(1.0, "2020")})
    second = first.model_copy(update={"indicator": "second"})
    picture = synthetic.picture(first, second, direction="neither")
    section = synthetic.section("synthetic", "second")
    assert {c.grade for r in heat_rows.rows(section, picture, "en") for c in r.cells} == {None}
    # A heat map without any colour would say nothing.
    assert charts.choose_section(section, picture) == ()


def test_a_negligible_gap_is_level_and_an_old_one_is_not_counted(
    synthetic: SimpleNamespace,
) -> None:
    small = synthetic.compared(metrics={"gap": synthetic.measured(-0.2, "2020")})
    old = synthetic.compared(
        metrics={
            "gap": synthetic.measured(-4.0, "2012"),
            "age_months": synthetic.measured(120, "2012"),
        }
    ).model_copy(update={"indicator": "second"})
    picture = synthetic.picture(small, old)
    indicator = picture.indicators["synthetic"].model_copy(update={"min_change": 0.5})
    picture = picture.model_copy(update={"indicators": {**picture.indicators,
                                                        "synthetic": indicator}})  # fmt: skip
    rows = heat_rows.rows(synthetic.section("synthetic", "second"), picture, "en")
    assert rows[0].cells[0].grade == 0
    assert rows[0].cells[0].word == "level"
    assert rows[1].cells[0].word == "worse"
    title = heat_rows.headline(rows, picture, "en")
    assert title == "On the fresh measures (1), Kainuu was level with the whole country"


def test_notes_wrap_inside_the_chart() -> None:
    notes = axes.Notes(["A long sentence that goes on and on. " * 4])
    assert len(notes.lines) > 2
    assert all(style.text_width(t, style.SMALL) <= style.WIDTH for t in notes.lines)
    assert axes.Notes([]).height == 0


# --- how sure ---------------------------------------------------------------------------------

FAN = tuple(
    FanYear(period=str(2020 + n), low80=20.0 - 2 * n, low50=20.0 - n, mid=20.0 + n / 2,
            high50=20.0 + 2 * n, high80=20.0 + 3 * n)
    for n in (1, 2, 3)
)  # fmt: skip


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_a_fan_is_told_in_words_and_lies_in_the_table(
    synthetic: SimpleNamespace, lang: str
) -> None:
    finding = synthetic.compared(fan=FAN)
    chart = _drawn("line", synthetic.picture(finding), lang)
    texts = _texts(chart)
    for key in ("fan80", "fan50"):
        assert words.message(f"chart.{key}", lang) in texts
    assert "2023" in texts
    rows = chart.data[chart.data["role"].str.startswith("fan_")]
    assert list(rows["value"]) == [
        getattr(y, key) for key in ("low80", "low50", "mid", "high50", "high80") for y in FAN
    ]
    assert set(rows["status"]) == {"forecast"}
    assert "14" in chart.alt
    assert "29" in chart.alt


def test_a_fan_is_drawn_beside_levels_only(synthetic: SimpleNamespace) -> None:
    finding = synthetic.compared(fan=FAN)
    picture = synthetic.picture(finding, unit="persons")
    chart = _drawn("index", picture)
    assert not chart.data["role"].str.startswith("fan_").any()
    assert words.message("chart.fan80", "en") not in _texts(chart)
    without = _drawn("line", synthetic.picture(synthetic.compared()))
    assert words.message("chart.fan80", "en") not in _texts(without)


def test_an_interval_for_chance_is_a_bar_and_is_told(synthetic: SimpleNamespace) -> None:
    metrics = {
        "interval_low": synthetic.measured(15.0, "2020"),
        "interval_high": synthetic.measured(70.0, "2020"),
    }
    picture = synthetic.picture(synthetic.compared(metrics=metrics))
    assert words.message("chart.chance_upright", "en") in _texts(_drawn("line", picture))
    strip = _texts(_drawn("strip", picture))
    assert words.message("chart.chance_level", "en") in strip
    assert "60" in strip  # the axis reaches to the end of the bar
    plain = synthetic.picture(synthetic.compared())
    assert words.message("chart.chance_level", "en") not in _texts(_drawn("strip", plain))


def _together(synthetic: SimpleNamespace) -> Finding:
    years = synthetic.years(2010, 2020, 2.0, 0.1)
    parts = tuple(
        synthetic.series(c, {p: None if not n else v + n for p, v in years.items()})
        for n, c in enumerate(synthetic.municipalities)
    )
    pooled = tuple(
        Pooled(
            region=c,
            periods=("2018", "2019", "2020"),
            events=9.0 * n if n else None,
            population=3000.0,
            value=1.5 * n if n else None,
            low=1.0 * n if n else None,
            high=2.5 * n if n else None,
        )
        for n, c in enumerate(synthetic.municipalities)
    )
    found: Finding = synthetic.compared(parts=parts, pooled=pooled)
    return found


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_years_taken_together_are_what_is_read(synthetic: SimpleNamespace, lang: str) -> None:
    finding = _together(synthetic)
    chart = _drawn("multiples", synthetic.picture(finding), lang)
    texts = _texts(chart)
    assert words.message("chart.few", lang) in texts
    assert words.message("chart.few_grey", lang) in texts
    assert "2018–2020" in texts
    rows = chart.data[chart.data["role"] == "part_together"]
    shown = [p.value for p in finding.pooled if p.value is not None]
    assert sorted(rows["value"]) == shown
    assert set(rows["period"]) == {"2018/2020"}
    assert "2018–2020" in chart.alt
    # The hidden one has its name, and no figure of it is anywhere.
    hidden = finding.pooled[0].region
    assert hidden not in set(chart.data["region"])


def test_maps_and_bars_of_municipalities_show_the_same_years(synthetic: SimpleNamespace) -> None:
    finding = _together(synthetic)
    chart = _drawn("map_parts", synthetic.picture(finding))
    assert set(chart.data["period"]) == {"2018/2020"}
    assert "fewer than five" in _texts(chart)
    counts = synthetic.picture(finding, unit="persons")
    assert charts.choose(finding, counts)[-1] == "parts"
    assert "multiples" not in charts.choose(finding, counts)
    assert "means of 2018–2020" in _texts(_drawn("parts", counts))
