"""Diversity, species indices, the Red List Index, areas."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import comb

from tilannekuva.errors import DataError
from tilannekuva.measures.nature import (
    abundance_index,
    chao1,
    coverage,
    estimate_at_coverage,
    extent_account,
    hill,
    multispecies_index,
    protected_share,
    rarefy,
    red_list_index,
    telfer,
)

COUNTS = st.lists(st.integers(0, 12), min_size=1, max_size=9).filter(any)
# Species met once, twice and often: the usual shape of a sample.
SAMPLE = [10, 4, 2, 1, 1]


# --- Hill numbers and rarefaction ---------------------------------------------------------------


@pytest.mark.parametrize("order", [0, 0.5, 1, 2, 3.5, math.inf])
def test_equal_species_count_as_many_as_they_are(order):
    assert hill([7, 7, 7, 7], order) == pytest.approx(4)
    assert hill([7], order) == pytest.approx(1)


@given(COUNTS, st.integers(2, 6))
def test_hill_numbers_fall_with_order_and_ignore_size(counts, times):
    orders = [0, 0.5, 1, 1.5, 2, math.inf]
    found = hill(counts, orders)
    assert (np.diff(found) <= 1e-9).all()
    np.testing.assert_allclose(hill(np.multiply(times, counts), orders), found)
    np.testing.assert_allclose(hill([*counts[::-1], 0], orders), found)
    # Near order 1 the general formula runs into its limit.
    assert hill(counts, 1 + 1e-7) == pytest.approx(hill(counts, 1), rel=1e-5)


@given(COUNTS, st.data())
def test_rarefaction_is_the_mean_over_all_smaller_samples(counts, data):
    n = sum(counts)
    depth = data.draw(st.integers(0, n))
    expected = sum(1 - comb(n - x, depth, exact=True) / comb(n, depth, exact=True) for x in counts)
    assert rarefy(counts, depth) == pytest.approx(expected, abs=1e-9)


@given(COUNTS)
def test_rarefaction_rises_from_nothing_to_all(counts):
    curve = [rarefy(counts, depth) for depth in range(sum(counts) + 1)]
    assert curve[0] == 0
    assert curve[1] == pytest.approx(1)
    assert curve[-1] == pytest.approx(np.count_nonzero(counts))
    assert (np.diff(curve) >= -1e-9).all()


def test_rarefaction_of_units():
    # 3 units, species found in 3 and in 1: one unit has 1 + 1/3 species.
    assert rarefy([3, 3, 1], 1, incidence=True) == pytest.approx(4 / 3)
    assert hill([3, 3, 1], 0, incidence=True) == 2


# --- unseen species and coverage ----------------------------------------------------------------


def test_chao_with_and_without_doubles():
    assert chao1(SAMPLE) == pytest.approx(5 + 17 / 18 * 4 / 2)
    assert chao1([10, 4, 1, 1, 1]) == pytest.approx(5 + 16 / 17 * 3)
    assert chao1([5, 5]) == 2
    assert chao1([10, 10, 4, 2, 1, 1], incidence=True) == pytest.approx(5 + 9 / 10 * 4 / 2)


def test_coverage_with_and_without_doubles():
    assert coverage(SAMPLE) == pytest.approx(1 - 2 / 18 * 34 / 36)
    assert coverage([10, 4, 1, 1, 1]) == pytest.approx(1 - 3 / 17 * 32 / 34)
    assert coverage([5, 5]) == 1
    assert coverage([10, 10, 4, 2, 1, 1], incidence=True) == pytest.approx(1 - 2 / 18 * 18 / 20)


@pytest.mark.parametrize("counts", [[1], [1, 1, 1], [0, 1, 0]])
def test_only_singletons_say_nothing_of_the_rest(counts):
    assert coverage(counts) is None
    assert estimate_at_coverage(counts, 0.5, 0) is None


@pytest.mark.parametrize("counts", [[], [0, 0], [3, math.nan]])
def test_nothing_of_an_empty_or_unknown_sample(counts):
    assert hill(counts, 1) is None
    assert np.isnan(hill(counts, [0, 1])).all()
    assert rarefy(counts, 1) is None
    assert chao1(counts) is None
    assert coverage(counts) is None
    assert estimate_at_coverage(counts, 0.5, 1) is None


@pytest.mark.parametrize("order", [0, 1, 2])
def test_at_its_own_coverage_a_sample_has_its_own_diversity(order):
    found = estimate_at_coverage(SAMPLE, coverage(SAMPLE), order)
    assert found == pytest.approx(hill(SAMPLE, order))


@given(st.lists(st.integers(0, 9), min_size=2, max_size=7).filter(lambda x: max(x) > 1))
def test_estimates_rise_with_coverage(counts):
    levels = np.linspace(0.05, 0.99, 30)
    for order in (0, 1, 2):
        found = [estimate_at_coverage(counts, level, order) for level in levels]
        known = np.array([value for value in found if value is not None])
        assert (np.diff(known) >= -1e-9).all()
        assert ((known >= 1 - 1e-9) & (known <= chao1(counts) + 1e-6)).all() or order == 1


def test_coverage_out_of_reach_is_none():
    assert estimate_at_coverage(SAMPLE, 0.05, 0) is None
    assert estimate_at_coverage(SAMPLE, 0.999999, 0) is None
    assert estimate_at_coverage([5, 5], 0.9, 0) is not None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: hill([1, -1], 1), "negative"),
        (lambda: hill([1, 1], -1), "order"),
        (lambda: rarefy([1.5, 2], 1), "fraction"),
        (lambda: rarefy([3, 2], 6), "depth"),
        (lambda: rarefy([3, 2], 1.5), "depth"),
        (lambda: chao1([2, 3], incidence=True), "3 of 2 units"),
        (lambda: estimate_at_coverage([3, 2], 1.2, 0), "level"),
        (lambda: estimate_at_coverage([3, 2], 0.5, 1.5), "order"),
    ],
)
def test_wrong_samples_are_refused(call, message):
    with pytest.raises(DataError, match=message):
        call()


# --- Red List Index -----------------------------------------------------------------------------


def test_red_list_index_by_hand():
    assert red_list_index(["LC"] * 4) == 1
    assert red_list_index(["EX", "RE", "EW", "CR(PE)", "CR(PEW)"]) == 0
    assert red_list_index(["NT", "VU", "EN", "CR"]) == pytest.approx(1 - 10 / 20)


@given(st.lists(st.sampled_from(["LC", "NT", "VU", "EN", "CR", "RE"]), min_size=1))
def test_red_list_index_ignores_the_unassessed_and_falls_with_any_decline(codes):
    value = red_list_index(codes)
    assert red_list_index([*codes, "DD", "NE", "NA"]) == value
    order = ["LC", "NT", "VU", "EN", "CR", "RE"]
    worse = [order[min(order.index(codes[0]) + 1, 5)], *codes[1:]]
    assert red_list_index(worse) <= value


def test_no_red_list_index_of_nothing_or_of_unknown_codes():
    assert red_list_index([]) is None
    assert red_list_index(["DD", "NE"]) is None
    with pytest.raises(DataError, match="'lc' is unknown"):
        red_list_index(["lc"])


def test_red_list_index_against_iucn(oracle):
    data = oracle("rli_iucn")
    counts = pd.DataFrame(data["counts"])
    expected = pd.DataFrame(data["expected"])
    for row in expected.itertuples():
        same = (counts["taxonomic_group"] == row.group) & (counts["year"] == row.year)
        part = counts[same]
        codes = [
            c for c, n in zip(part["red_list_category"], part["n"], strict=True) for _ in range(n)
        ]
        assert red_list_index(codes) == pytest.approx(row.rli, abs=1e-12)
    small = data["small_example_red"]
    assert red_list_index(small["data"]) == pytest.approx(small["rli_dd_dropped"], abs=1e-12)


# --- indices of species -------------------------------------------------------------------------


def test_one_up_and_one_down_cancel():
    table = pd.DataFrame([[10, 20, 40], [8, 4, 2]], columns=[2000, 2001, 2002])
    assert multispecies_index(table, 2000).tolist() == pytest.approx([100, 100, 100])
    assert multispecies_index(table.iloc[:1], 2001).tolist() == pytest.approx([50, 100, 200])


def test_late_starters_enter_at_the_mean_and_dropouts_hold():
    table = [[10, 20, 40, math.nan], [math.nan, math.nan, 5, 10]]
    found = multispecies_index(table, 0)
    # The late one enters at 400 and doubles; the first holds its 400.
    assert found.tolist() == pytest.approx([100, 200, 400, 400 * math.sqrt(2)])


def test_indices_stay_within_their_caps():
    found = multispecies_index([[1.0, 0.0, 1e9]], 0)
    assert found.tolist() == pytest.approx([100, 1, 10_000])


def test_species_without_a_ratio_take_no_part():
    table = [[10.0, 20], [0.0, 5], [math.nan, math.nan], [math.nan, 0.0]]
    assert multispecies_index(table, 0).tolist() == pytest.approx([100, 200])


@given(st.lists(st.lists(st.floats(0.5, 90), min_size=4, max_size=4), min_size=1, max_size=5))
def test_species_index_does_not_depend_on_units_or_order(rows):
    one = multispecies_index(rows, 1)
    scaled = [[x * (i + 2) for x in row] for i, row in enumerate(rows)]
    np.testing.assert_allclose(multispecies_index(scaled[::-1], 1), one)


@pytest.mark.parametrize(
    ("table", "base", "message"),
    [
        ([[1, 2]], 7, "base year 7"),
        ([[-1, 2]], 0, "negative"),
        ([[math.nan, 2], [0, 1]], 0, "No species"),
        (pd.DataFrame([[1, 2]], columns=[2001, 2000]), 2000, "rise from left"),
    ],
)
def test_wrong_species_tables_are_refused(table, base, message):
    with pytest.raises(DataError, match=message):
        multispecies_index(table, base)


def test_species_index_against_brc(oracle):
    data = oracle("multispecies_geomean_butterflies_wc")
    table = pd.DataFrame(
        data["inputs"], index=data["years"], columns=data["species"], dtype=float
    ).T
    found = multispecies_index(table, data["years"][0])
    np.testing.assert_allclose(found, data["expected"]["indicator"], rtol=1e-9)


def populations(rows, years=(2000, 2001, 2002)):
    return pd.DataFrame(rows, columns=["species", *years])


def test_chain_averages_within_species_first():
    # a doubles in one population and halves in another; b grows tenfold.
    found = abundance_index(populations([("a", 1, 2, 2), ("a", 2, 1, 1), ("b", 1, 10, 10)]))
    assert found.tolist() == pytest.approx([1, math.sqrt(10), math.sqrt(10)])


def test_gaps_grow_evenly_and_ends_say_nothing():
    rows = [("a", 1, math.nan, 4, math.nan), ("b", math.nan, 1, 1, 1)]
    found = abundance_index(populations(rows, (2000, 2001, 2002, 2003)))
    assert found.tolist() == pytest.approx([1, 2, 2 * math.sqrt(2), 2 * math.sqrt(2)])


def test_unequal_years_between_columns():
    found = abundance_index(populations([("a", 1, math.nan, 8)], (2000, 2002, 2003)))
    assert found.tolist() == pytest.approx([1, 4, 8])


def test_jumps_are_capped_and_zeros_lifted():
    assert abundance_index(populations([("a", 1, 1000, 1)])).tolist() == pytest.approx([1, 10, 1])
    found = abundance_index(populations([("a", 2, 0, 4)]))
    lifted = np.array([2.02, 0.02, 4.02])
    steps = np.clip(np.diff(np.log10(lifted)), -1, 1)
    np.testing.assert_allclose(found, 10 ** np.concatenate([[0], np.cumsum(steps)]))


def test_years_without_populations_keep_the_index():
    nan = math.nan
    assert abundance_index(populations([("a", nan, 1, 2)])).tolist() == pytest.approx([1, 1, 2])
    assert abundance_index(populations([("a", nan, nan, nan), ("b", 0, 0, 0)])).tolist() == [
        1,
        1,
        1,
    ]
    assert abundance_index(populations([])).tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pd.DataFrame({2000: [1]}), "no column 'species'"),
        (pd.DataFrame({"species": ["a"], "site": [1]}), "not a year"),
        (pd.DataFrame({"species": ["a"], 2001: [1], 2000: [1]}), "rise from left"),
        (pd.DataFrame({"species": ["a"], 2000: [-1]}), "negative"),
    ],
)
def test_wrong_population_tables_are_refused(table, message):
    with pytest.raises(DataError, match=message):
        abundance_index(table)


def test_abundance_index_against_rlpi(oracle):
    data = oracle("lpi_rlpi_afrotropical_herps")
    records = pd.DataFrame(data["inputs"])
    expected = data["expected"]["chain"]
    wide = records.pivot_table(index=["Binomial", "ID"], columns="year", values="popvalue")
    wide = wide.reindex(columns=expected["year"])
    table = wide.reset_index(level="Binomial").rename(columns={"Binomial": "species"})
    np.testing.assert_allclose(abundance_index(table), expected["LPI"], rtol=1e-9)


# --- Telfer -------------------------------------------------------------------------------------


def records(*periods):
    """Build records from the number of sites of species a, b, c… in each period."""
    rows = [
        (name, site, period)
        for period, sizes in enumerate(periods, start=1)
        for name, size in zip("abcdefgh", sizes, strict=False)
        for site in range(size)
    ]
    return pd.DataFrame(rows, columns=["species", "site", "period"])


def test_telfer_is_the_standardised_residual():
    found = telfer(records([5, 6, 7, 9], [5, 7, 6, 9]), 1, 2, iterations=0)
    x, y = (
        np.log((np.array(s) + 0.5) / (10 - np.array(s) - 0.5)) for s in ([5, 6, 7, 9], [5, 7, 6, 9])
    )
    design = np.column_stack([np.ones(4), x])
    hat = design @ np.linalg.pinv(design)
    residual = y - hat @ y
    scale = np.sqrt(residual @ residual / 2)
    np.testing.assert_allclose(found, residual / (scale * np.sqrt(1 - np.diag(hat))))
    assert found.index.tolist() == ["a", "b", "c", "d"]


def weighted(x, y, weights):
    """Return coefficients and hat matrix of a weighted regression with intercept."""
    design = np.column_stack([np.ones_like(x), x]) * np.sqrt(weights)[:, None]
    inverse = np.linalg.pinv(design)
    return inverse @ (y * np.sqrt(weights)), design @ inverse


def test_telfer_weights_by_the_variance_of_the_logit():
    before, after = np.array([5, 6, 7, 9, 12, 14]), np.array([2, 8, 6, 9, 13, 8])
    size = 14 + 1
    x, y = (np.log((n + 0.5) / (size - n - 0.5)) for n in (before, after))
    (a, b), _ = weighted(x, y, np.ones(6))
    p = 1 / (1 + np.exp(-(a + b * x)))
    binomial, squares = 1 / (size * p * (1 - p)), (y - a - b * x) ** 2
    variance = np.ones(6)
    for _ in range(3):
        (c, d), _ = weighted(binomial, squares, 1 / variance**2)
        variance = c + d * binomial
    (a, b), hat = weighted(x, y, 1 / variance)
    residual = (y - a - b * x) / np.sqrt(variance)
    expected = residual / np.sqrt(residual @ residual / 4 * (1 - np.diag(hat)))
    # Site 13 is visited in the later period by a species that does not count.
    table = pd.concat(
        [
            records(before, after),
            pd.DataFrame([("z", 13, 2)], columns=["species", "site", "period"]),
        ]
    )
    np.testing.assert_allclose(telfer(table, 1, 2, iterations=4), expected)


def test_repeats_sites_of_one_period_and_rare_species_do_not_count():
    base = records([5, 6, 7, 9], [5, 7, 6, 9])
    extra = pd.DataFrame(
        [("a", 0, 1), ("a", 99, 1), ("b", 98, 2), ("rare", 1, 1), ("rare", 2, 2)],
        columns=base.columns,
    )
    found = telfer(pd.concat([base, extra]), 1, 2, iterations=3)
    pd.testing.assert_series_equal(found, telfer(base, 1, 2, iterations=3))


def test_species_gone_in_the_second_period_are_the_lowest():
    assert telfer(records([5, 6, 7, 9], [0, 7, 6, 9]), 1, 2, iterations=0).idxmin() == "a"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pd.DataFrame({"taxa": [], "site": [], "period": []}), "no column 'species'"),
        (records([5, 6, 7]), "no records of period 2"),
        (records([5, 6], [5, 6]), "needs 3"),
        (records([5, 5, 5], [5, 4, 3]), "equally many sites"),
    ],
)
def test_wrong_records_are_refused(table, message):
    with pytest.raises(DataError, match=message):
        telfer(table, 1, 2)


def test_telfer_against_sparta(oracle):
    data = oracle("telfer_sparta")
    table = pd.DataFrame(data["inputs"]).rename(
        columns={"taxa": "species", "time_period": "period"}
    )
    for later in ("2", "3"):
        expected = data[f"expected_1_{later}"]
        values = pd.Series(expected[f"Telfer_1_{later}"], index=expected["taxa"])
        found = telfer(table, "1", later)
        np.testing.assert_allclose(found[values.index], values, rtol=1e-6)


# --- areas --------------------------------------------------------------------------------------

AREAS = st.lists(st.lists(st.floats(0, 5), min_size=3, max_size=3), min_size=3, max_size=3)


@given(AREAS)
def test_the_account_adds_up(flows):
    opening = [30.0, 20.0, 10.0]
    found = extent_account(opening, flows)
    types, total = found.iloc[:-1], found.loc["total"]
    np.testing.assert_allclose(
        types["opening"] + types["additions"] - types["reductions"], types["closing"]
    )
    assert total["closing"] == pytest.approx(60)
    assert total["net"] == pytest.approx(0, abs=1e-9)
    assert total["additions"] == pytest.approx(total["reductions"])
    off = sum(flows[i][j] for i, j in itertools.permutations(range(3), 2))
    assert total["turnover"] == pytest.approx(off / 60)


def test_account_is_aligned_by_type_and_ignores_what_stayed():
    opening = pd.Series({"mire": 50.0, "forest": 100.0})
    changes = pd.DataFrame([[90, 3], [7, 40]], index=["forest", "mire"], columns=["forest", "mire"])
    found = extent_account(opening, changes)
    assert found.loc["mire", ["additions", "reductions", "closing"]].tolist() == [3, 7, 46]
    assert found.loc["mire", "turnover"] == pytest.approx(0.2)
    assert extent_account([0.0, 5.0], [[0, 0], [2, 0]])["turnover"].isna().tolist()[0]


@pytest.mark.parametrize(
    ("opening", "changes", "message"),
    [
        ([1.0, 5.0], [[0, 2], [0, 0]], "loses more"),
        ([1.0, 5.0], [[0]], "ecosystem types"),
        ([-1.0, 5.0], [[0, 0], [0, 0]], "negative"),
        ([1.0, 5.0], [[0, -1], [0, 0]], "negative"),
        ([1.0, math.nan], [[0, 0], [0, 0]], "missing"),
        ([1.0, 5.0], [[0, math.nan], [0, 0]], "missing"),
    ],
)
def test_wrong_accounts_are_refused(opening, changes, message):
    with pytest.raises(DataError, match=message):
        extent_account(opening, changes)


def test_protected_share_of_one_and_of_many():
    assert protected_share(30.0, 120.0) == 0.25
    assert protected_share(0.0, 0.0) is None
    assert protected_share(math.nan, 5.0) is None
    np.testing.assert_equal(protected_share([1.0, 0.0], [4.0, 0.0]), [0.25, math.nan])
    with pytest.raises(DataError, match="counted twice"):
        protected_share(5.0, 4.0)
    with pytest.raises(DataError, match="negative"):
        protected_share(-5.0, 4.0)


# --- independent results of diversity -----------------------------------------------------------


def test_diversity_against_vegan(oracle):
    data = oracle("vegan_bci_first10_dune")
    for site in ("bci_sites10", "dune"):
        counts, expected = data[site]["inputs"], data[site]["expected"]
        for at, row in enumerate(counts):
            found = hill(row, expected["hill_orders"])
            np.testing.assert_allclose(found, expected["hill"][at], rtol=1e-9)
            assert math.log(hill(row, 1)) == pytest.approx(expected["shannon_nats"][at], rel=1e-9)
            rarefied = rarefy(row, expected["rarefied_depth"])
            assert rarefied == pytest.approx(expected["rarefied"][at], rel=1e-9)


@pytest.mark.parametrize("name", ["inext_spider", "inext_ant_incidence"])
def test_estimates_against_inext(oracle, name):
    data = oracle(name)
    incidence = "incidence" in name
    inputs, expected = data["inputs"], data["expected"]
    asymptotic = pd.DataFrame(expected["asyest"]).set_index(["Assemblage", "Diversity"])
    richness = asymptotic.xs("Species richness", level="Diversity")
    for assemblage, counts in inputs.items():
        options = {"incidence": incidence}
        row = richness.loc[assemblage]
        assert hill(counts, 0, **options) == row["Observed"]
        assert chao1(counts, **options) == pytest.approx(row["Estimator"], rel=1e-6)
        for order, label in ((1, "Shannon diversity"), (2, "Simpson diversity")):
            observed = asymptotic.loc[(assemblage, label), "Observed"]
            assert hill(counts, order, **options) == pytest.approx(observed, rel=1e-6)
    sizes = pd.DataFrame(expected["size_based"])
    depth = "t" if incidence else "m"
    for row in sizes.itertuples():
        counts = inputs[row.Assemblage]
        size = counts[0] if incidence else sum(counts)
        at = getattr(row, depth)
        order = sizes.loc[row.Index, "Order.q"]
        if row.Method == "Observed":
            assert coverage(counts, incidence=incidence) == pytest.approx(row.SC, rel=1e-6)
        if row.Method == "Rarefaction" and order == 0:
            assert rarefy(counts, at, incidence=incidence) == pytest.approx(row.qD, rel=1e-6)
        if at <= 2 * size:
            # The coverage of a depth leads back to the diversity at that depth.
            found = estimate_at_coverage(counts, row.SC, order, incidence=incidence)
            assert found == pytest.approx(row.qD, rel=1e-6)
    at_coverage = pd.DataFrame(expected["at_coverage"])
    for at, row in at_coverage.iterrows():
        counts = inputs[row["Assemblage"]]
        found = estimate_at_coverage(counts, row["SC"], row["Order.q"], incidence=incidence)
        assert found == pytest.approx(row["qD"], rel=1e-6), at
