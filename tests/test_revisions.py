"""How much a publisher's first figures move: counted right, and nothing else counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilannekuva import indicators, narrate, pictures, regions, table
from tilannekuva.errors import DataError
from tilannekuva.indicators import Catalogue
from tilannekuva.measures.certainty import revisions
from tilannekuva.model import Break, Finding, Indicator, Picture, Query, Revision, Snapshot, Text
from tilannekuva.reports._findings import told
from tilannekuva.revisions import History
from tilannekuva.tidying import Tidied

Make = Callable[..., Indicator]
Ask = Callable[..., Query]
Cat = Callable[..., Catalogue]
Store = Any  # tests/conftest.py: SyntheticStore
Vintages = Mapping[str, Mapping[tuple[str, str], float]]

AREAS = tuple(r.code for r in regions.regions("maakunta"))
STILL = ("MK01", "MK02", "MK04", "MK05", "MK09", "MK16", "MK17", "MK18", "MK19", "MK21")
"""Areas whose members did not change in 2021."""


# --- the kernel ---------------------------------------------------------------------------------

NUMBERS = st.floats(1, 1e6, allow_nan=False)
PAIRS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=40)


def test_sizes_by_hand() -> None:
    found = revisions([100, 200, 50, 80, 0], [103, 196, 50, 84, 0])
    # 3, −2, 0, 5 per cent, and a zero that stayed.
    assert (found.n, found.median, found.large) == (5, 2.0, 5.0)
    assert found.mean == pytest.approx(1.2)
    assert found.upward == 0.4
    found = revisions([8.6, 9.0, 7.7], [8.7, 8.5, 7.7], relative=False)
    assert found.median == pytest.approx(0.1)
    assert found.large == pytest.approx(0.5)


def test_what_has_no_per_cents_or_is_missing_is_left_out() -> None:
    assert revisions([0, 100, np.nan, 100], [5, 101, 1, np.nan]).n == 1
    nothing = revisions([0, np.nan], [5, 1])
    assert (nothing.n, nothing.median, nothing.upward) == (0, None, None)
    # A balance below zero that came nearer to it was revised upwards.
    assert revisions([-100], [-90]).mean == 10.0


def test_lists_must_belong_together() -> None:
    with pytest.raises(DataError, match="equally long"):
        revisions([1, 2], [1])


@given(st.lists(NUMBERS, min_size=1, max_size=40), st.booleans())
def test_no_revision_is_zero(values: list[float], relative: bool) -> None:
    found = revisions(values, values, relative=relative)
    assert (found.median, found.large, found.mean, found.upward) == (0, 0, 0, 0)


@given(PAIRS, st.floats(1e-3, 1e3))
def test_per_cents_know_no_unit(pairs: list[tuple[float, float]], k: float) -> None:
    first, latest = np.array(pairs).T
    plain, scaled = revisions(first, latest), revisions(k * first, k * latest)
    for name in ("median", "large", "mean"):
        assert getattr(scaled, name) == pytest.approx(getattr(plain, name), rel=1e-6, abs=1e-6)
    units = (
        revisions(first, latest, relative=False),
        revisions(k * first, k * latest, relative=False),
    )
    assert units[1].large == pytest.approx(k * (units[0].large or 0), rel=1e-6, abs=1e-6)


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_pairs_tells_nothing(pairs: list[tuple[float, float]], random: Any) -> None:
    mixed = random.sample(pairs, len(pairs))
    one, other = (revisions(*np.array(p).T) for p in (pairs, mixed))
    assert (one.n, one.median, one.large, one.upward) == (
        other.n,
        other.median,
        other.large,
        other.upward,
    )


@given(PAIRS)
def test_nine_of_ten_are_no_larger(pairs: list[tuple[float, float]]) -> None:
    first, latest = np.array(pairs).T
    found = revisions(first, latest, relative=False)
    assert found.large is not None
    assert (np.abs(latest - first) <= found.large).mean() >= 0.9
    assert found.median is not None
    assert found.median <= found.large or len(pairs) < 3
    assert abs(found.mean or 0) <= np.abs(latest - first).max() + 1e-9


# --- synthetic vintages, made without files -------------------------------------------------------


def snapshot(day: str, name: str = "t") -> Snapshot:
    return Snapshot(
        id=f"{name}-{day}", kind="carried", sha256=f"{name}{day}", file="", bytes=1,
        source="statfin", table=name, title="synthetic", vintage=day, published_on=day,
        address="", licence="",
    )  # fmt: skip


def rows_of(told: Vintages, provisional: Iterable[tuple[str, str]] = ()) -> pd.DataFrame:
    """The one table of some publications by day; some (day, period) are marked as provisional."""
    marked = set(provisional)
    out = [
        {
            "indicator": "synthetic", "breakdown": "total", "region": r, "period": p, "value": v,
            "status": "preliminary" if (day, p) in marked else "final", "snapshot": f"t-{day}",
        }
        for day, figures in told.items()
        for (r, p), v in figures.items()
    ]  # fmt: skip
    return table.make(pd.DataFrame(out), unique=(*table.KEY, "snapshot"))


def history(
    told: Vintages,
    *,
    provisional: Iterable[tuple[str, str]] = (),
    as_of: str = "2026-01-01",
    marks: Iterable[tuple[Break, str]] = (),
    make_indicator: Make,
    make_catalogue: Cat,
    **about: Any,
) -> History:
    rows = rows_of(told, provisional)
    tidied = Tidied(
        rows,
        tuple(("synthetic", b, f"t-{day}") for b, day in marks),
        {("synthetic", f"t-{day}"): 0 for day in told},
    )
    indicator = make_indicator(**{"unit": "eur", **about})
    return History(*tidied, make_catalogue(indicator), map(snapshot, told), as_of)


@pytest.fixture
def told_of(make_indicator: Make, make_catalogue: Cat) -> Callable[..., Revision | None]:
    """What is found about Kainuu's figure of the newest publication."""

    def found(told: Vintages, *, region: str = "MK18", **more: Any) -> Revision | None:
        made = history(told, make_indicator=make_indicator, make_catalogue=make_catalogue, **more)
        return made.of("synthetic", f"t-{max(told)}", region, "year")

    return found


def level(
    areas: Iterable[str] = AREAS, **by_year: float | Callable[[int], float]
) -> dict[tuple[str, str], float]:
    """Figures of areas by year (``y2021=…``), one number for all or one by the area's place."""
    return {
        (a, year[1:]): value(n) if callable(value) else value
        for year, value in by_year.items()
        for n, a in enumerate(areas)
    }


FIRST = level(y2013=90, y2014=90, y2020=95, y2021=100)
SECOND = level(y2013=90, y2014=90, y2020=95, y2021=lambda n: 102 if n % 2 else 99, y2022=110)


def test_the_newest_period_of_a_publication_is_a_first_figure(told_of: Any) -> None:
    found = told_of({"2022-12-01": FIRST, "2023-12-01": SECOND})
    assert (found.source, found.table, found.relative) == ("statfin", "t", True)
    whole = found.level
    # 19 areas: ten down by 1, nine up by 2 per cent; 2022 has not been told again.
    assert (whole.n, whole.periods, whole.publications) == (19, ("2021",), 2)
    assert (whole.median, whole.large) == (1.0, 2.0)
    assert whole.mean == pytest.approx((9 * 2 - 10) / 19)
    assert whole.upward == pytest.approx(100 * 9 / 19)
    assert found.own is None


def test_years_long_past_are_none_unless_marked_as_provisional(told_of: Any) -> None:
    corrected = {**SECOND, **level(y2020=57)}
    told = {"2022-12-01": FIRST, "2023-12-01": corrected}
    assert told_of(told).level.periods == ("2021",)
    marked = told_of(told, provisional=[("2022-12-01", "2020")]).level
    assert (marked.n, marked.periods, marked.large) == (38, ("2020", "2021"), 40.0)


def test_a_first_figure_is_held_against_the_latest_of_several(told_of: Any) -> None:
    third = {**SECOND, **level(y2021=105, y2022=121, y2023=120)}
    found = told_of({"2022-12-01": FIRST, "2023-12-01": SECOND, "2024-12-01": third}).level
    assert (found.n, found.periods, found.publications) == (38, ("2021", "2022"), 3)
    assert (found.median, found.large) == (7.5, 10.0)
    early = told_of(
        {"2022-12-01": FIRST, "2023-12-01": SECOND, "2024-12-01": third}, as_of="2024-06-01"
    ).level
    assert (early.n, early.large) == (19, 2.0)


def test_few_pairs_or_one_publication_tell_nothing(told_of: Any) -> None:
    assert told_of({"2023-12-01": SECOND}) is None
    some = {"2022-12-01": level(STILL[:7], y2021=100), "2023-12-01": level(STILL[:7], y2021=101)}
    assert told_of(some, region="MK01") is None
    same_day = {"2022": FIRST, "2022-12-31": SECOND}
    assert told_of(same_day) is None


def test_the_regions_own_habit_needs_as_many(told_of: Any) -> None:
    told = {}
    for year in range(2008, 2018):  # no borders moved, and every figure is raised by a tenth once
        figures = level(STILL, y2000=7)
        figures |= {(a, str(y)): 110.0 for a in STILL for y in range(2003, year - 1)}
        figures |= {(a, str(year - 1)): 200.0 if a == "MK19" else 100.0 for a in STILL}
        told[f"{year}-12-01"] = figures
    found = told_of(told, region="MK19")
    assert (found.own.n, found.own.publications, found.own.median) == (9, 10, 45.0)
    assert found.level.median == 10.0
    assert found.told is found.own


def test_per_cents_for_amounts_and_points_for_rates_and_balances(told_of: Any) -> None:
    told = {
        "2022-12-01": level(y2013=5, y2021=lambda n: 8 if n else 1),
        "2023-12-01": level(y2013=5, y2021=lambda n: 8.5 if n else 1, y2022=9),
    }
    rates = told_of(told, unit="percent")
    assert (rates.relative, rates.level.median) == (False, 0.5)
    assert told_of(told, unit="persons").relative
    assert not told_of(told, unit="persons", balance=True).relative
    below = {day: {k: v - 8.2 for k, v in figures.items()} for day, figures in told.items()}
    assert not told_of(below, unit="persons").relative


# --- what is no revision ------------------------------------------------------------------------

NOTE = Text(fi="katkos", sv="brott", en="break")


def test_a_break_between_two_publications_is_none(told_of: Any) -> None:
    told = {"2022-12-01": FIRST, "2023-12-01": SECOND}

    def found(first_period: str, **more: Any) -> Any:
        mark = Break(first_period=first_period, kind="definition", note=NOTE, **more)
        return told_of(told, breaks=(mark,))

    assert found("2022") is None
    # Both are on the same side of it.
    assert found("2021") is not None
    assert found("2023") is not None
    assert found("2022", region="MK18").level.n == 18


def test_a_mark_that_comes_later_cuts_there(told_of: Any) -> None:
    told = {"2022-12-01": FIRST, "2023-12-01": SECOND}
    mark = Break(first_period="2014", kind="method", note=NOTE)
    assert told_of(told, marks=[(mark, "2023-12-01")]) is None
    assert told_of(told, marks=[(mark, "2022-12-01"), (mark, "2023-12-01")]) is not None


def test_areas_whose_members_changed_between_are_left_out(told_of: Any) -> None:
    later = level(["MK06@2020", *AREAS], y2019=lambda n: 101 + n % 2, y2020=1)
    told = {"2020-12-01": level(y2019=100), "2021-12-01": later}
    assert told_of(told).level.n == len(STILL)
    dated = {"2020-12-01": level(["MK06@2020", *STILL], y2019=100), "2021-12-01": later}
    assert told_of(dated).level.n == len(STILL) + 1


def test_a_series_given_anew_is_none_and_the_next_revision_is(told_of: Any) -> None:
    anew = {k: 1.01 * v for k, v in SECOND.items()}
    told = {"2022-12-01": FIRST, "2023-12-01": anew}
    assert told_of(told) is None
    third = {**anew, **level(y2022=112.211)}
    found = told_of({**told, "2024-12-01": third}).level
    # What was first told after it is followed on.
    assert (found.n, found.periods) == (19, ("2022",))
    assert found.median == pytest.approx(1.0)


def test_a_new_base_is_seen_where_there_are_no_old_figures(told_of: Any) -> None:
    figures = level(y2021=lambda n: 90.0 + n)
    based = {k: round(v / 1.1, 2) for k, v in figures.items()}
    assert told_of({"2022-12-01": figures, "2023-12-01": based}, unit="index") is None
    moved = {k: v + n % 3 for n, (k, v) in enumerate(figures.items())}
    assert told_of({"2022-12-01": figures, "2023-12-01": moved}, unit="index") is not None


def test_another_table_query_group_or_forecast_is_none(
    make_indicator: Make, make_catalogue: Cat
) -> None:
    told = {"2022-12-01": FIRST, "2023-12-01": SECOND}
    rows = rows_of(told)

    def found(rows: pd.DataFrame = rows, place: int = 0, name: str = "t") -> Revision | None:
        ranks = {("synthetic", "t-2022-12-01"): place, ("synthetic", "t-2023-12-01"): 0}
        lock = [
            snapshot("2023-12-01"),
            snapshot("2022-12-01").model_copy(update={"table": name}),
        ]
        catalogue = make_catalogue(make_indicator())
        made = History(rows, (), ranks, catalogue, lock, "2026-01-01")
        return made.of("synthetic", "t-2023-12-01", "MK18", "year")

    assert found() is not None
    assert found(place=1) is None
    assert found(name="u") is None
    early = rows["snapshot"] == "t-2022-12-01"
    status = rows["status"].astype(str).mask(early, "forecast")
    assert found(table.make(rows.assign(status=status), unique=(*table.KEY, "snapshot"))) is None
    groups = rows["breakdown"].astype(str).mask(early, "F")
    assert found(table.make(rows.assign(breakdown=groups), unique=(*table.KEY, "snapshot"))) is None


def test_a_computed_figure_and_an_unknown_snapshot_have_none() -> None:
    empty = History(rows_of({"2022": FIRST}), (), {}, indicators.load(), (), "2026-01-01")
    assert empty.of("gdp", "f-0123456789abcdef", "MK18", "year") is None
    assert empty.pairs("gdp", "nothing", "maakunta", "year") is None


KEYS = [(a, p) for a in STILL for p in ("2019", "2020", "2021")]
FIGURES = st.lists(st.floats(1, 1e4), min_size=len(KEYS), max_size=len(KEYS)).map(
    lambda values: dict(zip(KEYS, values, strict=True))
)
MANY = st.lists(FIGURES, min_size=2, max_size=4)


def of_all(history_: History, days: list[str]) -> Revision | None:
    return history_.of("synthetic", f"t-{days[-1]}", "MK18", "year")


@given(MANY, st.randoms(use_true_random=False))
def test_the_order_of_rows_tells_nothing(
    make_indicator: Make, make_catalogue: Cat, many: list[Any], random: Any
) -> None:
    told = {f"{2022 + n}-12-01": figures for n, figures in enumerate(many)}
    made = history(told, make_indicator=make_indicator, make_catalogue=make_catalogue)
    mixed = made.rows.sample(frac=1, random_state=random.randrange(2**32))
    lock = list(map(snapshot, told))
    random.shuffle(lock)
    other = History(mixed, (), made.source_rank, made.catalogue, lock, made.as_of)
    assert of_all(made, list(told)) == of_all(other, list(told))


@given(MANY, st.integers(-8, 8))
def test_another_unit_of_the_same_amounts_changes_nothing(
    make_indicator: Make, make_catalogue: Cat, many: list[Any], power: int
) -> None:
    told = {f"{2022 + n}-12-01": figures for n, figures in enumerate(many)}
    scaled = {d: {k: v * 2.0**power for k, v in f.items()} for d, f in told.items()}
    one, other = (
        of_all(history(t, make_indicator=make_indicator, make_catalogue=make_catalogue), list(t))
        for t in (told, scaled)
    )
    assert one == other  # powers of two are exact


@given(FIGURES, st.integers(2, 4))
def test_what_is_told_again_unchanged_was_not_revised(
    make_indicator: Make, make_catalogue: Cat, figures: Any, count: int
) -> None:
    told = {f"{2022 + n}-12-01": figures for n in range(count)}
    found = of_all(
        history(told, make_indicator=make_indicator, make_catalogue=make_catalogue), list(told)
    )
    assert found is not None
    assert (found.level.n, found.level.publications) == (len(STILL), 2)
    assert (found.level.large, found.level.mean, found.level.upward) == (0, 0, 0)


# --- real figures -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gdp(tidied: Tidied) -> pd.DataFrame:
    """Regional GDP as Eurostat published it in 2016 and in 2023: region and year × edition."""
    rows = tidied.rows
    rows = rows[(rows["indicator"] == "gdp") & rows["value"].notna()]
    both = rows.astype({"snapshot": "str", "region": "str", "period": "str"}).pivot_table(
        index=["region", "period"], columns="snapshot", values="value"
    )
    return both.dropna()


def gdp_editions(lock: tuple[Snapshot, ...]) -> tuple[Snapshot, Snapshot]:
    new = next(s for s in lock if s.table == "nama_10r_3gdp")
    old = next(s for s in lock if s.table == "nama_10r_3gdp/NUTS2013")
    return old, new


def test_gdp_of_2013_as_first_told_in_2016(gdp: pd.DataFrame, lock: tuple[Snapshot, ...]) -> None:
    old, new = (gdp[s.id] for s in gdp_editions(lock))
    at = gdp.index.get_level_values("period") == "2013"
    assert gdp.index.get_level_values("period").max() == "2013"
    found = revisions(old[at], new[at])
    # The seventeen regions whose code means the same area in both editions.
    assert found.n == 17
    assert found.median == pytest.approx(0.274, abs=0.001)
    assert found.large == pytest.approx(1.010, abs=0.001)
    assert found.upward == pytest.approx(14 / 17)


def test_but_the_whole_series_was_given_anew(
    tidied: Tidied, lock: tuple[Snapshot, ...], catalogue: Catalogue, gdp: pd.DataFrame
) -> None:
    """The catalogue has the editions as two tables; as vintages of one they are a restatement."""
    old, new = gdp_editions(lock)
    assert (gdp[old.id] != gdp[new.id]).all()  # back to 2000
    one = [s.model_copy(update={"table": new.table}) if s == old else s for s in lock]
    ranks = {**tidied.source_rank, ("gdp", old.id): tidied.source_rank["gdp", new.id]}
    history_ = History(tidied.rows, tidied.breaks, ranks, catalogue, one, "2026-01-01")
    pairs = history_.pairs("gdp", new.id, "maakunta", "year")
    assert pairs is not None
    assert not len(pairs.first)


def test_the_packaged_store_has_no_vintages_yet(kainuu: Picture) -> None:
    """Each figure of it was carried from one publication of its table."""
    assert any(f.latest.status == "preliminary" for f in kainuu.findings.values())
    assert all(f.revision is None for f in kainuu.findings.values())


# --- in the picture -----------------------------------------------------------------------------


def csv(figures: Mapping[tuple[str, str], float], provisional: Iterable[str] = ()) -> str:
    marked = set(provisional)
    return "region,time,value,flag\n" + "".join(
        f"{r},{p},{v},{'*' if p in marked else ''}\n" for (r, p), v in figures.items()
    )


def composed(
    store: Store, *, make_indicator: Make, make_query: Ask, make_catalogue: Cat, **more: Any
) -> Finding:
    indicator = make_indicator(unit="eur", decimals=0, query=(make_query(),))
    picture = pictures.compose(
        "kainuu", data=store.folder, catalogue=make_catalogue(indicator), **more
    )
    assert Picture.from_json(picture.to_json()) == picture
    return picture.findings["synthetic"]


def test_a_store_with_vintages_shows_it_at_provisional_figures(
    synthetic_store: Store, make_indicator: Make, make_query: Ask, make_catalogue: Cat
) -> None:
    kit: Any = {"make_indicator": make_indicator, "make_query": make_query,
                "make_catalogue": make_catalogue}  # fmt: skip
    synthetic_store.add(csv(FIRST, ["2021"]), published_on="2022-12-01")
    assert composed(synthetic_store, **kit).revision is None
    synthetic_store.add(csv(SECOND, ["2022"]), published_on="2023-12-01")
    found = composed(synthetic_store, **kit)
    assert found.latest.status == "preliminary"
    assert found.revision is not None
    assert (found.revision.level.n, found.revision.level.median) == (19, 1.0)
    # Seen from the day of the first publication there is nothing to tell.
    assert composed(synthetic_store, as_of="2023-01-01", **kit).revision is None
    # A settled figure has it only if it lately changed: here none did, in the year before.
    synthetic_store.add(csv({**SECOND, **level(y2023=111)}), published_on="2025-12-01")
    settled = composed(synthetic_store, **kit)
    assert (settled.latest.status, settled.revision) == ("final", None)
    synthetic_store.add(csv({**SECOND, **level(y2022=112, y2023=111)}), published_on="2026-03-01")
    lately = composed(synthetic_store, **kit)
    assert lately.latest.status == "final"
    assert lately.revision is not None


def test_its_sentence_follows_the_one_about_the_status(
    synthetic_store: Store, make_indicator: Make, make_query: Ask, make_catalogue: Cat
) -> None:
    synthetic_store.add(csv(FIRST, ["2021"]), published_on="2022-12-01")
    synthetic_store.add(csv(SECOND, ["2022"]), published_on="2023-12-01")
    indicator = make_indicator(unit="eur", decimals=0, query=(make_query(),))
    picture = pictures.compose(
        "kainuu", data=synthetic_store.folder, catalogue=make_catalogue(indicator)
    )
    said = narrate.sentences(picture.findings["synthetic"], picture, "fi")
    assert [s.text for s in said][-2:] == [
        "Luku on ennakkotieto ja voi vielä muuttua.",
        "Maakuntien luvuissa ensin julkaistu tieto on myöhemmin muuttunut tyypillisesti "
        "1,0 prosenttia (1 vuosi, 2 julkaisua).",
    ]
    # Documents, briefs and slides tell a finding by the same sentences.
    assert told("synthetic", picture, "fi").sentences[-1] == said[-1].text
