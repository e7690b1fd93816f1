"""The one table in words: for eyes only, and the table itself stays a plain DataFrame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import tilannekuva as tk
from tilannekuva import measuring, showing, table
from tilannekuva.errors import CatalogueError, DataError
from tilannekuva.indicators import Catalogue
from tilannekuva.observing import Observed
from tilannekuva.pillars import RANKS

NBSP = "\N{NO-BREAK SPACE}"
Rows = Callable[..., pd.DataFrame]


@pytest.fixture
def metrics(make_rows: Rows) -> Callable[..., pd.DataFrame]:
    """Rows as ``measure()`` gives them: (region, metric, value) of one indicator."""

    def made(
        *rows: tuple[str, str, float | None], indicator: str = "gdp_pc", period: str = "2020"
    ) -> pd.DataFrame:
        parts = [
            make_rows(
                (r, period, v, "not_computable" if v is None else "final"), indicator=indicator
            )
            for r, _, v in rows
        ]
        frame = pd.concat(parts, ignore_index=True)
        return frame.assign(metric=pd.Categorical([m for _, m, _ in rows]))

    return made


def cells(shown: showing.Shown, head: str) -> list[str]:
    """A column by its heading."""
    return [row[shown.heads.index(head)] for row in shown.rows]


# --- observations -------------------------------------------------------------------------------


def test_observations_are_not_ids_and_bare_numbers(observed: Observed) -> None:
    rows = observed.rows
    one = rows[(rows["indicator"] == "unemployed_jobseekers") & (rows["region"] == "MK18")].tail(1)
    shown = tk.show(one)
    assert shown.heads == ("Mittari", "Alue", "Ajankohta", "Luku", "Tila", "Julkaisija")
    assert shown.rows == (
        (
            "Työttömät työnhakijat",
            "Kainuu",
            "lokakuu 2023",
            f"2{NBSP}649{NBSP}henkeä",
            "lopullinen",
            "Tilastokeskus",
        ),
    )
    assert tk.show(one, "sv").rows[0][1:3] == ("Kajanaland", "oktober 2023")
    assert tk.show(one, "en").rows[0][3] == f"2,649{NBSP}persons"


def test_the_table_stays_as_it_was(observed: Observed) -> None:
    rows = observed.rows.head(30)
    before = rows.copy()
    tk.show(rows)
    pd.testing.assert_frame_equal(rows, before)
    assert type(rows) is pd.DataFrame
    assert rows.attrs == {}


def test_what_is_missing_is_no_number_and_says_why(make_rows: Rows) -> None:
    shown = tk.show(make_rows(("MK18", "2022", None, "confidential"), indicator="births"))
    assert shown.rows[0][3:5] == ("–", "salassa pidettävä")


def test_an_earlier_division_and_a_group_are_named(make_rows: Rows) -> None:
    rows = make_rows(("MK18@2015", "2014", 5), ("SK181", "2017/2019", 6), indicator="births")
    assert cells(tk.show(rows), "Alue") == [
        "Kainuu, vuoden 2015 aluejako",
        "Kehys-Kainuu (seutukunta)",
    ]
    assert cells(tk.show(rows), "Ajankohta") == ["2014", "2017–2019"]
    rows = make_rows(("MK18", "2022", 5), indicator="pop_age", breakdown="Y15-19.F")
    assert cells(tk.show(rows), "Ryhmä") == ["15–19, Naiset"]


def test_a_rate_keeps_what_it_is_a_rate_of(observed: Observed) -> None:
    rows = observed.rows[observed.rows["indicator"] == "crime_rate"]
    assert all(v.endswith(" tuhatta kohti") for v in cells(tk.show(rows, rows=3), "Luku"))


def test_own_figures_and_foreign_codes_are_shown_all_the_same(
    make_rows: Rows, make_catalogue: Callable[..., Catalogue], make_indicator: Callable[..., Any]
) -> None:
    rows = make_rows(("XX99", "2022", 5.5))
    assert tk.show(rows).rows == (("synthetic", "XX99", "2022", "5.5", "lopullinen", "–"),)
    mine = make_catalogue(make_indicator())
    assert cells(tk.show(rows, catalogue=mine), "Luku") == [f"5,5{NBSP}%"]


def test_the_publisher_is_that_of_the_snapshot(
    synthetic_store: Any, make_indicator: Any, make_query: Any, make_catalogue: Any
) -> None:
    synthetic_store.add("region,time,value\nMK18,2020,1\n", table="t")
    synthetic_store.add("region,time,value\nMK18,2020,2\n", table="u", source="eurostat")
    found = [
        make_indicator("a", query=(make_query(),)),
        make_indicator("b", query=(make_query(table="u", source="eurostat"),)),
        make_indicator("c", formula="2 * a"),
        make_indicator("d", formula="a / b"),
    ]
    rows = synthetic_store.observe(*found).rows
    shown = tk.show(rows, catalogue=make_catalogue(*found), data=synthetic_store.folder)
    assert dict(zip(cells(shown, "Mittari"), cells(shown, "Julkaisija"), strict=True)) == {
        "a": "Tilastokeskus",
        "b": "Eurostat",
        "c": "oma laskelma (Tilastokeskus)",
        # Whose figures they are is said only where it is certain.
        "d": "oma laskelma",
    }


def test_only_so_many_rows_are_shown_and_that_is_said(observed: Observed) -> None:
    rows = observed.rows.head(12_345)
    assert len(tk.show(rows).rows) == 20
    assert tk.show(rows).foot == f"Rivejä: 20 / 12{NBSP}345"
    assert tk.show(rows.head(30), rows=None).foot == ""
    assert len(tk.show(rows.head(30), rows=None).rows) == 30
    assert tk.show(rows.head(0)).foot == "Ei rivejä"


def test_what_cannot_be_shown_is_one_line(make_rows: Rows) -> None:
    rows = make_rows(("MK18", "2022", 5))
    with pytest.raises(DataError, match="lacks the column 'status'; choose rows, not columns"):
        tk.show(rows[["indicator", "region", "breakdown", "period", "value"]])
    with pytest.raises(CatalogueError, match="unknown language 'de'; known: fi, sv, en"):
        tk.show(rows, "de")
    with pytest.raises(CatalogueError, match="-1 rows cannot be shown"):
        tk.show(rows, rows=-1)


# --- metrics ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicator", "metric", "value", "words"),
    [
        ("unemp_rate_reg", "latest", 8.6, f"8,6{NBSP}%"),
        ("unemp_rate_reg", "age_months", 23.0, f"23{NBSP}kk"),
        ("unemp_rate_reg", "change_5y", -1.3, f"−1,3{NBSP}%-yks."),
        ("unemp_rate_reg", "gap", 0.4, f"+0,4{NBSP}%-yks."),
        ("unemp_rate_reg", "gap_pct", -11.34, f"−11,3{NBSP}%"),
        ("unemp_rate_reg", "gap_index", 88.66, "88,7"),
        ("unemp_rate_reg", "rank", 5.0, "5."),
        ("unemp_rate_reg", "rank_n", 19.0, "19"),
        ("unemp_rate_reg", "trend_word", -2.0, "selvä lasku"),
        ("unemp_rate_reg", "trend_word", 0.0, "ei voi sanoa"),
        ("unemp_rate_reg", "trend_slope", -0.8125, f"−0,81{NBSP}%-yks. vuodessa"),
        ("unemp_rate_reg", "trend_tau", -0.854, "−0,85"),
        ("unemp_rate_reg", "trend_p", 0.0004, f"<{NBSP}0,001"),
        ("unemp_rate_reg", "trend_p", 0.108, "0,108"),
        ("gdp_pc", "change_10y", 9900.0, f"+9{NBSP}900{NBSP}€"),
        ("gdp_pc", "pace_required", 950.0, f"+950{NBSP}€ vuodessa"),
        ("gdp_pc", "reach_year", 2031.0, "2031"),
        ("pop_total", "share_of_country", 1.27, f"1,3{NBSP}%"),
        ("pop_total", "gap", None, "–"),
        ("rd_gdp", "target_distance", 2.83, f"+2,83{NBSP}%-yks."),
        ("gdp_pc", "theil", 0.00741, "0,0074"),
        ("gdp_pc", "areas_n", 19.0, "19"),
        ("jobs", "competitive", -1208.4, f"−1{NBSP}208{NBSP}työpaikkaa"),
        ("composite", "composite", 5.19, "5,2"),
        ("composite", "composite_rank_low", 18.0, "18."),
        ("composite", "part:gdp_pc", 2.04, "2,0"),
        ("gdp_pc", "unheard_of", 3.0, f"3{NBSP}€"),
    ],
)
def test_a_metric_is_a_number_with_its_unit_or_a_word(
    metrics: Callable[..., pd.DataFrame], indicator: str, metric: str, value: float, words: str
) -> None:
    shown = tk.show(metrics(("MK18", metric, value), indicator=indicator))
    assert cells(shown, "Luku") == [words]


def test_trends_are_words_in_every_language(metrics: Callable[..., pd.DataFrame]) -> None:
    rows = metrics(*(("MK18", "trend_word", v) for v in (2.0,)))
    assert tk.show(rows, "fi").rows[0][2:5:2] == ("Kehityksen suunta", "selvä nousu")
    assert tk.show(rows, "sv").rows[0][2:5:2] == ("Utvecklingens riktning", "tydlig ökning")
    assert tk.show(rows, "en").rows[0][2:5:2] == ("Direction", "clear rise")


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_no_metric_stands_under_its_id(metrics: Callable[..., pd.DataFrame], lang: str) -> None:
    shown = tk.show(metrics(*(("MK18", m, 1.0) for m in measuring.METRICS)), lang, rows=None)
    names = [row[2] for row in shown.rows]
    assert len(names) == len(measuring.METRICS)
    assert not set(names) & set(measuring.METRICS)


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_measures_of_whole_tables_have_names(
    metrics: Callable[..., pd.DataFrame], lang: str
) -> None:
    named = ("gini", "theil", "sigma", "areas_n", "location_quotient", "herfindahl", "entropy",
             "national", "mix", "competitive", "allocation", "imbalance", *RANKS)  # fmt: skip
    shown = tk.show(metrics(*(("MK18", m, 1.0) for m in named), indicator="jobs"), lang, rows=None)
    assert not {row[2] for row in shown.rows} & set(named)


def test_a_composite_is_named_and_its_parts_follow_its_ranks(
    metrics: Callable[..., pd.DataFrame],
) -> None:
    given = ("part:gdp_pc", "composite_rank_high", "composite_rank_low", "composite")
    shown = tk.show(metrics(*(("MK18", m, 2.0) for m in given), indicator="composite"))
    assert set(cells(shown, "Mittari")) == {"Useasta mittarista yhdistetty"}
    assert cells(shown, "Tunnusluku") == [
        "Yhdistelmäluku",
        "Paras sija, kun laskutapaa vaihdellaan",
        "Heikoin sija, kun laskutapaa vaihdellaan",
        "Osa: BKT asukasta kohti",
    ]


def test_metrics_of_one_figure_come_in_the_order_of_the_questions(
    metrics: Callable[..., pd.DataFrame],
) -> None:
    by_name = [("MK18", m, 1.0) for m in ("change_1y", "gap", "latest", "trend_word")]
    names = cells(tk.show(metrics(*by_name)), "Tunnusluku")
    assert names == ["Uusin luku", "Muutos vuodessa", "Ero koko maahan", "Kehityksen suunta"]
    # An order that somebody gave to the areas stays.
    order = metrics(("MK21", "gap", 3.0), ("MK01", "gap", 2.0), ("MK18", "gap", 1.0))
    assert cells(tk.show(order, rows=2), "Alue") == ["Ahvenanmaa", "Uusimaa"]
    assert tk.show(order.head(0)).rows == ()


def test_the_periods_of_a_change_are_two(metrics: Callable[..., pd.DataFrame]) -> None:
    for period, words in (
        ("2022M10/2023M10", "lokakuu 2022 – lokakuu 2023"),
        ("2019/2020", "2019–2020"),
        ("2020", "2020"),
    ):
        change = metrics(("MK18", "change_1y", 1.0), period=period)
        assert cells(tk.show(change), "Ajankohta") == [words]


def test_what_measure_gives_is_shown_whole(observed: Observed) -> None:
    rows = observed.rows[observed.rows["indicator"].isin(["unemp_rate_reg", "gdp_pc"])]
    made = measuring.measure(table.make(rows), as_of="2025-10-01")
    shown = tk.show(made, rows=None)
    assert len(shown.rows) == len(made)
    trends = tk.show(made[made["metric"] == "trend_word"], rows=None)
    assert not any(c.isdigit() for value in cells(trends, "Luku") for c in value)


# --- how it looks -------------------------------------------------------------------------------


def test_text_and_html_say_the_same(make_rows: Rows) -> None:
    shown = tk.show(make_rows(("MK18", "2022", 1521.0), indicator="births"), "en")
    bundle = shown._repr_mimebundle_(include=None, exclude=None)
    assert bundle == {"text/html": shown._repr_html_(), "text/plain": repr(shown)}
    lines = repr(shown).splitlines()
    assert len(lines) == 2
    assert lines[0].split() == ["Indicator", "Area", "Time", "Value", "Status", "Publisher"]
    for text in shown.rows[0]:
        assert text in lines[1]
        assert f">{text}</td>" in bundle["text/html"]
    assert '<div lang="en">' in bundle["text/html"]
    assert '<th scope="col"' in bundle["text/html"]


def test_whatever_a_name_holds_is_no_markup(make_rows: Rows) -> None:
    shown = tk.show(make_rows(("MK18", "2022", 1.0), indicator="<b>x"))
    assert "<b>x" in repr(shown)
    assert "<b>" not in shown._repr_html_()


# --- the extension ------------------------------------------------------------------------------


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An interactive shell with the extension loaded, as `%load_ext tilannekuva` does it."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    monkeypatch.chdir(tmp_path)
    settings = Config({"HistoryManager": {"enabled": False}})
    found = InteractiveShell(config=settings, ipython_dir=str(tmp_path / "ipython"))
    assert found.extension_manager.load_extension("tilannekuva") is None
    yield found
    found.extension_manager.unload_extension("tilannekuva")


def html(shell: Any, thing: object) -> str | None:
    bundle, _ = shell.display_formatter.format(thing)
    found: str | None = bundle.get("text/html")
    return found


def test_the_extension_shows_the_one_table_and_no_other(shell: Any, make_rows: Rows) -> None:
    rows = make_rows(("MK18", "2022", 8.6), indicator="unemp_rate_reg")
    assert html(shell, rows) == tk.show(rows)._repr_html_()
    metric = rows.assign(metric="rank")
    assert "Sija alueiden joukossa" in (html(shell, metric) or "")
    for other in (rows.drop(columns="snapshot"), rows.assign(mine=1), pd.DataFrame({"a": [1]})):
        assert html(shell, other) == other._repr_html_()  # type: ignore[operator]


def test_the_extension_speaks_the_language_of_the_settings(
    shell: Any, make_rows: Rows, tmp_path: Path
) -> None:
    (tmp_path / "tilannekuva.toml").write_text('languages = ["sv", "fi"]\n')
    rows = make_rows(("MK18", "2022", 8.6), indicator="unemp_rate_reg")
    assert "Kajanaland" in (html(shell, rows) or "")
    # A table can always be looked at, whatever is wrong with the settings.
    (tmp_path / "tilannekuva.toml").write_text("broken")
    assert html(shell, rows) == rows._repr_html_()  # type: ignore[operator]


def test_the_extension_leaves_no_trace(shell: Any, make_rows: Rows) -> None:
    rows = make_rows(("MK18", "2022", 8.6), indicator="unemp_rate_reg")
    tk.load_ipython_extension(shell)  # a second time changes nothing
    tk.unload_ipython_extension(shell)
    assert html(shell, rows) == rows._repr_html_()  # type: ignore[operator]
    tk.unload_ipython_extension(shell)
    shell.display_formatter.formatters["text/html"].for_type(pd.DataFrame, lambda _: "mine")
    tk.load_ipython_extension(shell)
    assert html(shell, pd.DataFrame()) == "mine"
    tk.unload_ipython_extension(shell)
    assert html(shell, rows) == "mine"
