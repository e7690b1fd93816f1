"""Every figure of the picture leads back to a publisher's table and address."""

from __future__ import annotations

import ast
import math
import operator
import shlex
from collections.abc import Iterator

import pytest

from tilannekuva import cli, formulas, periods, tracing
from tilannekuva.chains import Chains, Kept, Rows, Step
from tilannekuva.errors import CatalogueError, DataError
from tilannekuva.indicators import Catalogue
from tilannekuva.model import LANGUAGES, Observation, Picture
from tilannekuva.observing import Observed
from tilannekuva.tracing import Line

KINDS = {
    "gdp_pc": "published",
    "unemp_rate_reg": "formula",
    "natural_increase_per1000": "formula",
    "jobs": "sum",
    "municipal_debt_pc": "weighted_mean",
    "gdp_pc_gap_age": "analysis",
    "s3_lq": "analysis",
    "shock_resistance": "analysis",
}
"""One indicator or more of each way that a figure can come about."""


def steps(step: Step) -> Iterator[Step]:
    yield step
    for part in step.parts:
        yield from steps(part)


def all_lines(lines: tuple[Line, ...]) -> Iterator[Line]:
    for line in lines:
        yield line
        yield from all_lines(line.under)


def bases(picture: Picture, rows: tuple[Observation, ...]) -> set[str]:
    """The publishers' snapshots under some figures."""
    found: set[str] = set()
    for row in rows:
        snapshot = picture.snapshots[row.snapshot]
        found |= set(snapshot.query["parents"]) if snapshot.kind == "derived" else {snapshot.id}
    return found


# --- the command ---------------------------------------------------------------------------------


def test_a_published_figure_is_one_step_from_its_table(
    kainuu: Picture, observed: Observed, catalogue: Catalogue
) -> None:
    found = tracing.trace(kainuu, observed, catalogue, "gdp_pc", "2020")
    assert found.value == 34900
    assert found.origin.snapshot.table == "nama_10r_3gdp"
    assert found.origin.snapshot.address.startswith("https://")
    assert any("34\N{NO-BREAK SPACE}900" in s for s in found.sentences)


def test_an_alias_and_another_spelling_of_the_period_are_understood(
    kainuu: Picture, observed: Observed, catalogue: Catalogue
) -> None:
    found = tracing.trace(kainuu, observed, catalogue, "unemp_rate_reg", "2023-10")
    assert (found.indicator, found.period) == ("unemp_rate_reg", "2023M10")


def test_a_computed_figure_leads_through_its_formula(
    kainuu: Picture, observed: Observed, catalogue: Catalogue
) -> None:
    found = tracing.trace(kainuu, observed, catalogue, "unemp_rate_reg")
    assert found.origin.snapshot.kind == "derived"
    assert "unemployed_jobseekers / labour_force" in found.origin.snapshot.title
    assert {leaf.snapshot.table for leaf in found.origin.leaves()} == {"tyonv/12r5"}
    assert [p.rows[0].value for p in found.step.parts] == [2649, 30690]


def test_a_figure_of_any_period_is_followed_in_the_store(
    kainuu: Picture, observed: Observed, catalogue: Catalogue
) -> None:
    found = tracing.trace(kainuu, observed, catalogue, "jobs", "2010")
    (members,) = found.step.parts
    assert len(members.rows) == 8
    assert {row.period for row in members.rows} == {"2010"}
    assert sum(row.value or 0 for row in members.rows) == found.value


def test_every_latest_figure_of_the_picture_ends_at_an_address(
    kainuu: Picture, observed: Observed, catalogue: Catalogue
) -> None:
    for name in kainuu.findings:
        found = tracing.trace(kainuu, observed, catalogue, name)
        assert list(found.origin.leaves()), name
        for leaf in found.origin.leaves():
            assert leaf.snapshot.kind in ("carried", "received"), name
            assert leaf.snapshot.address, name
            assert leaf.publisher, name


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_chain_is_said_in_every_language(
    kainuu: Picture, observed: Observed, catalogue: Catalogue, lang: str
) -> None:
    found = tracing.trace(kainuu, observed, catalogue, "dep_ratio_demo", lang=lang)  # type: ignore[arg-type]
    lines = list(found.lines(lang))  # type: ignore[arg-type]
    assert len(lines) > 5
    assert any("demo_r_pjangrp3" in line for line in lines)
    assert any("[pop_age · MK18 · Y15-19.T … Y60-64.T · 2022 · " in line for line in lines)
    assert not any("{" in line for line in lines)


def test_a_formula_is_said_with_names(kainuu: Picture) -> None:
    said = {
        name: next(x.text for x in found.told if x.kind == "rule")
        for name in ("unemp_rate_reg", "pop_change_pct", "dep_ratio_young", "municipal_debt_pc")
        if (found := tracing.from_picture(kainuu, name, "fi")) is not None
    }
    assert said == {
        "unemp_rate_reg": "100 × Työttömät työnhakijat / Työvoima",
        "pop_change_pct": "100 × Väkiluku / Väkiluku (edellinen vuosi) − 100",
        "dep_ratio_young": "100 × Väestö iän mukaan (0–4 … 10–14) / "
        "Väestö iän mukaan (15–19 … 60–64)",
        "municipal_debt_pc": "kuntien lukujen keskiarvo, painona väkiluku",
    }


def test_where_a_series_changes_its_table_is_told(kainuu: Picture) -> None:
    found = tracing.from_picture(kainuu, "pop_total", "fi")
    assert found is not None
    runs = [x.text for x in found.told if x.kind == "series"]
    assert len(runs) > 1
    assert runs[-1] == "2022: Eurostat, demo_r_pjangrp3, julkaistu 14.2.2025"
    single = tracing.from_picture(kainuu, "gdp_pc", "fi")
    assert single is not None
    assert not [x for x in single.told if x.kind == "series"]


def test_a_period_without_a_figure_names_those_that_there_are(
    kainuu: Picture, observed: Observed, catalogue: Catalogue
) -> None:
    with pytest.raises(DataError, match="no figure of 1850; it has 2000–2020"):
        tracing.trace(kainuu, observed, catalogue, "gdp_pc", "1850")


def test_an_indicator_without_figures_is_named(
    kainuu: Picture, observed: Observed, catalogue: Catalogue
) -> None:
    with pytest.raises(CatalogueError, match="loneliness: Kainuu has no figures"):
        tracing.trace(kainuu, observed, catalogue, "loneliness")


def test_an_unknown_snapshot_is_an_error() -> None:
    with pytest.raises(DataError, match="'f-1' is not known"):
        tracing.origin("f-1", {}, {})


@pytest.mark.slow
def test_the_command_that_the_page_gives_says_what_the_page_says(
    kainuu: Picture, capsys: pytest.CaptureFixture[str]
) -> None:
    found = tracing.from_picture(kainuu, "job_selfsuff", "sv")
    assert found is not None
    program, *arguments = shlex.split(tracing.command(kainuu, found, "sv"))
    assert program == "tilannekuva"
    assert cli.main(arguments) == 0
    assert capsys.readouterr().out.splitlines() == list(found.lines("sv"))


# --- picture and store ---------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", KINDS)
def test_a_picture_tells_the_same_as_the_store(
    kainuu: Picture, observed: Observed, catalogue: Catalogue, name: str, lang: str
) -> None:
    alone = tracing.from_picture(kainuu, name, lang)  # type: ignore[arg-type]
    assert alone == tracing.trace(kainuu, observed, catalogue, name, lang=lang)  # type: ignore[arg-type]
    assert alone is not None
    assert alone.step.rule == KINDS[name]


def test_every_chain_of_every_region_is_in_its_picture(
    real_pictures: dict[str, Picture], observed: Observed
) -> None:
    rows = Rows(observed.rows)
    for picture in real_pictures.values():
        store = Chains(picture.indicators, observed.snapshots, picture.shocks, rows)
        kept = tracing.chains_of(picture)
        for finding in picture.findings.values():
            step = kept.of(finding)
            assert step is not None
            assert step == store.of(finding), (picture.region.code, finding.indicator)


def test_a_picture_keeps_only_what_its_chains_need_and_little_of_it(
    real_pictures: dict[str, Picture],
) -> None:
    for picture in real_pictures.values():
        bare = picture.model_copy(update={"observations": ()})
        whole = len(picture.to_json())
        assert whole < 1.05 * len(bare.to_json())
        keys = [row[:4] for row in picture.observations]
        assert keys == sorted(set(keys))
        assert {row.snapshot for row in picture.observations} <= set(picture.snapshots)
        assert Picture.from_json(picture.to_json()).observations == picture.observations


def test_a_picture_that_keeps_no_chains_has_none(kainuu: Picture) -> None:
    old = kainuu.model_copy(update={"observations": ()})
    assert tracing.from_picture(old, "gdp_pc", "fi") is None


# --- the arithmetic of the chains ----------------------------------------------------------------


SIGNS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
         ast.Div: operator.truediv}  # fmt: skip


def value_of(formula: str, row: Observation, rows: dict[tuple[str, ...], Observation]) -> float:
    """A formula computed from the parts of a chain alone, not as the table computes it."""

    def figure(name: str, code: str, years: int, country: bool) -> float:
        time = periods.shift(row.period, years) if years else row.period
        group = "total" if set(code.split(".")) == {"T"} else code
        found = rows[name, "SSS" if country else row.region, group, time].value
        assert found is not None
        return found

    def value(node: ast.expr, years: int = 0, country: bool = False) -> float:
        match node:
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.Name(id=name):
                return figure(name, "total", years, country)
            case ast.BinOp(left=left, op=op, right=right):
                both = value(left, years, country), value(right, years, country)
                return float(SIGNS[type(op)](*both))
            case ast.Call(func=ast.Name(id="previous"), args=[x]):
                return value(x, years - 1, country)
            case ast.Call(func=ast.Name(id="mean2"), args=[x]):
                return (value(x, years, country) + value(x, years - 1, country)) / 2
            case ast.Call(func=ast.Name(id="country"), args=[x]):
                return value(x, years, True)
            case ast.Call(func=ast.Name(id="part"), args=[ast.Name(id=name), *codes]):
                return sum(figure(name, ast.literal_eval(c), years, country) for c in codes)
            case ast.Call(func=ast.Name(id="hhi"), args=[ast.Name(id=name) as x]):
                groups = [k[2] for k in rows if k[0] == name and k[2] != "total"]
                whole = value(x, years, country)
                return sum((figure(name, g, years, country) / whole) ** 2 for g in groups)
        raise AssertionError(ast.dump(node))

    return value(formulas.parse(formula))


def test_every_formula_gives_its_figure_from_the_parts_that_are_shown(
    real_pictures: dict[str, Picture],
) -> None:
    seen = 0
    for picture in real_pictures.values():
        chains = tracing.chains_of(picture)
        for finding in picture.findings.values():
            step = chains.of(finding)
            formula = picture.indicators[finding.indicator].formula
            if step is None or step.rule != "formula" or formula is None:
                continue
            (row,) = step.rows
            rows = {r[:4]: r for part in step.parts for r in part.rows}
            assert row.value is not None
            assert value_of(formula, row, rows) == pytest.approx(row.value, rel=1e-9), row
            seen += 1
    assert seen > 500


def test_every_sum_and_mean_follows_from_the_municipalities_that_are_shown(
    real_pictures: dict[str, Picture],
) -> None:
    seen = {"sum": 0, "weighted_mean": 0}
    for picture in real_pictures.values():
        chains = tracing.chains_of(picture)
        for finding in picture.findings.values():
            step = chains.of(finding)
            if step is None or step.rule not in seen:
                continue
            (row,) = step.rows
            shown = [r for part in step.parts for r in part.rows]
            mine = {r.region: r.value for r in shown if r.indicator == row.indicator}
            if None in mine.values():  # too few events to be shown
                continue
            weights = {r.region: r.value for r in shown if r.indicator != row.indicator}
            heavy = {c: weights.get(c, 1.0) or 0.0 for c in mine}
            total = math.fsum((v or 0) * heavy[c] for c, v in mine.items())
            wanted = total / math.fsum(heavy.values()) if weights else total
            assert wanted == pytest.approx(row.value, rel=1e-9), row
            seen[step.rule] += 1
    assert all(n > 50 for n in seen.values())


def test_the_parts_that_are_shown_are_all_of_the_snapshots_that_the_figure_names(
    real_pictures: dict[str, Picture],
) -> None:
    for picture in real_pictures.values():
        chains = tracing.chains_of(picture)
        for name, finding in picture.findings.items():
            step = chains.of(finding)
            assert step is not None
            named = bases(picture, step.rows)
            shown = {s for leaf in steps(step) if not leaf.parts for s in bases(picture, leaf.rows)}
            assert shown <= named, name
            analysis = picture.indicators[name].analysis
            # A country that is the sum of its regions stands on theirs, which are not listed.
            if analysis is None or analysis.nation == "published":
                assert shown == named, name


def test_few_events_of_people_in_a_municipality_are_never_shown(
    kainuu: Picture, observed: Observed
) -> None:
    rows = [Observation("deaths", c, "total", "2022", float(v), "final", "87347375e151fdac")
            for c, v in (("KU105", 3), ("KU205", 40))]  # fmt: skip
    chains = Chains(kainuu.indicators, observed.snapshots, kainuu.shocks, Kept(rows))
    shown = [chains._shown(row) for row in rows]
    assert [(r.value, r.status) for r in shown] == [(None, "below_precision"), (40.0, "final")]


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_line_of_every_chain_can_be_said(kainuu: Picture, lang: str) -> None:
    chains = tracing.chains_of(kainuu)
    for name in kainuu.findings:
        found = tracing.from_picture(kainuu, name, lang, chains=chains)  # type: ignore[arg-type]
        assert found is not None
        lines = list(all_lines(found.told))
        kinds = {line.kind for line in lines}
        assert {"sentence", "metric", "observation", "snapshot"} <= kinds, name
        assert ("rule" in kinds) == (found.step.rule != "published")
        assert all(line.text and "nan" not in line.text.split() for line in lines)
