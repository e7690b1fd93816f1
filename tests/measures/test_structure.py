"""Specialisation, variety, shift-share, relatedness, complexity."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tilannekuva.errors import DataError
from tilannekuva.measures.structure import (
    complexity,
    dynamic_shift_share,
    entropy,
    herfindahl,
    krugman,
    location_quotient,
    relatedness,
    relatedness_density,
    shift_share,
    variety,
)

TABLE = pd.DataFrame(
    [[30.0, 60.0, 10.0], [10.0, 80.0, 110.0]], index=["MK18", "MK17"], columns=["A", "C", "Q"]
)
TABLES = hnp.arrays(
    float, st.tuples(st.integers(1, 4), st.integers(1, 6)), elements=st.integers(1, 50).map(float)
)
METHODS = ["proximity", "association", "probability", "cosine", "jaccard"]


# --- location quotient, Krugman, Herfindahl, entropy ---------------------------------------------


def test_location_quotient_by_hand():
    found = location_quotient(TABLE)
    assert list(found.index) == ["MK18", "MK17"]
    # 30 % of MK18 against 40/300 of both.
    assert found.loc["MK18", "A"] == pytest.approx(0.30 / (40 / 300))


def test_the_country_itself_has_quotient_one():
    whole = TABLE.sum()
    found = location_quotient(whole.to_frame().T, nation=whole)
    np.testing.assert_allclose(found, 1)
    assert krugman(whole.to_frame().T, nation=whole).item() == pytest.approx(0)


def test_an_industry_nobody_has_has_no_quotient():
    found = location_quotient([[5, 0], [7, 0]])
    assert found[1].isna().all()
    assert found[0].tolist() == [1.0, 1.0]


def test_nation_is_aligned_by_label():
    nation = pd.Series({"Q": 1.0, "A": 2.0, "C": 1.0})
    assert location_quotient(TABLE, nation=nation).loc["MK18", "A"] == pytest.approx(0.30 / 0.5)
    with pytest.raises(DataError, match="industries"):
        location_quotient(TABLE, nation=nation.drop("Q"))
    with pytest.raises(DataError, match="align"):
        location_quotient(TABLE, nation=[1.0, 2.0])
    with pytest.raises(DataError, match="whole country"):
        krugman(TABLE, nation=[0, 0, 0])


def test_a_missing_cell_is_not_zero():
    table = TABLE.copy()
    table.loc["MK18", "A"] = math.nan
    assert location_quotient(table).isna().all(axis=None)
    assert krugman(table).isna().all()
    assert herfindahl(table).isna().tolist() == [True, False]
    assert entropy(table).isna().tolist() == [True, False]
    assert variety(table, ["a", "a", "b"]).isna().all(axis=1).tolist() == [True, False]
    # With the country known, only the region with the missing cell is lost.
    known = location_quotient(table, nation=[40, 140, 120])
    assert known.isna().all(axis=1).tolist() == [True, False]


@pytest.mark.parametrize("measure", [location_quotient, krugman, herfindahl, entropy])
def test_impossible_tables_are_refused(measure):
    with pytest.raises(DataError, match="negative in row 1, column 0"):
        measure([[1, 1], [-1, 2]])
    with pytest.raises(DataError, match="Region 1 has nothing"):
        measure([[1, 1], [0, 0]])
    with pytest.raises(DataError, match="table of rows and columns"):
        measure([1, 2, 3])
    with pytest.raises(DataError, match="'A' twice"):
        measure(pd.DataFrame([[1, 2]], columns=["A", "A"]))


def test_even_and_single_industries():
    assert herfindahl([[5, 5, 5, 5]]).item() == pytest.approx(1 / 4)
    assert entropy([[5, 5, 5, 5]]).item() == pytest.approx(2)
    assert entropy([[5, 5, 5, 5]], base=math.e).item() == pytest.approx(math.log(4))
    assert str(entropy([[9, 0]]).item()) == "0.0"
    assert krugman([[9, 0], [0, 9]]).tolist() == [0.5, 0.5]
    with pytest.raises(DataError, match="base"):
        entropy([[5, 5]], base=1)


@given(TABLES, st.sampled_from([0.5, 1000.0]))
def test_structure_does_not_depend_on_the_unit(table, scale):
    for measure in (location_quotient, krugman, herfindahl, entropy):
        np.testing.assert_allclose(measure(scale * table), measure(table), rtol=1e-9, atol=1e-12)


@given(TABLES)
def test_bounds_and_the_weighted_mean_of_quotients(table):
    quotients = location_quotient(table).to_numpy()
    # Weighted by the size of regions the quotients of an industry average to one.
    weights = table.sum(axis=1) / table.sum()
    np.testing.assert_allclose(weights @ quotients, 1)
    industries = table.shape[1]
    assert (herfindahl(table) >= 1 / industries - 1e-12).all()
    assert (entropy(table) <= np.log2(industries) + 1e-12).all()
    assert ((krugman(table) >= -1e-12) & (krugman(table) < 1)).all()


# --- variety -------------------------------------------------------------------------------------


@given(TABLES, st.randoms(use_true_random=False))
def test_unrelated_and_related_add_to_the_total(table, random):
    groups = [random.choice("abc") for _ in range(table.shape[1])]
    found = variety(table, groups)
    np.testing.assert_allclose(found["total"], entropy(table), atol=1e-12)
    np.testing.assert_allclose(found["unrelated"] + found["related"], found["total"])
    # By definition: the entropy inside each group, weighted by the group.
    shares = table / table.sum(axis=1, keepdims=True)
    related = np.zeros(len(table))
    for group in set(groups):
        inside = shares[:, [g == group for g in groups]]
        weight = inside.sum(axis=1)
        related += weight * np.asarray(entropy(inside))
    np.testing.assert_allclose(found["related"], related, atol=1e-9)


def test_one_group_or_one_each():
    table = [[3, 4, 5]]
    assert variety(table, ["x"] * 3)["unrelated"].item() == 0
    assert variety(table, [1, 2, 3])["related"].item() == pytest.approx(0, abs=1e-12)


def test_groups_by_label():
    by_label = variety(TABLE, {"Q": "services", "C": "goods", "A": "goods"})
    pd.testing.assert_frame_equal(by_label, variety(TABLE, ["goods", "goods", "services"]))
    series = pd.Series({"Q": "services", "C": "goods", "A": "goods"})
    pd.testing.assert_frame_equal(by_label, variety(TABLE, series))
    with pytest.raises(DataError, match="'Q' has no group"):
        variety(TABLE, {"A": 1, "C": 1})
    with pytest.raises(DataError, match="3 industries and 2 groups"):
        variety(TABLE, [1, 2])


def test_variety_against_r(oracle):
    data = oracle("variety_german_states_1")
    found = variety(data["inputs"], data["groups"])
    for column, expected in data["expected"].items():
        np.testing.assert_allclose(found[column], expected, rtol=1e-9)


# --- shift-share ---------------------------------------------------------------------------------


def test_each_part_by_hand():
    found = shift_share([100, 100], [120, 90], [1000, 1000], [1100, 900])
    # The country stands still; industry 0 grows by a tenth in it, industry 1 shrinks by a tenth.
    assert found["national"].tolist() == [0, 0, 0]
    np.testing.assert_allclose(found["mix"], [10, -10, 0], atol=1e-12)
    np.testing.assert_allclose(found["competitive"], [10, 0, 10], atol=1e-12)
    assert list(found.index) == [0, 1, "total"]


COUNTS = st.lists(
    st.tuples(*[st.integers(0, 300)] * 2, *[st.integers(300, 9000)] * 2), min_size=1, max_size=8
)


@given(COUNTS)
def test_parts_add_to_the_change_and_allocation_to_the_competitive_part(rows):
    region0, region1, nation0, nation1 = (np.array(part, float) for part in zip(*rows, strict=True))
    dunn = shift_share(region0, region1, nation0, nation1)
    change = [*(region1 - region0), (region1 - region0).sum()]
    np.testing.assert_allclose(dunn.sum(axis=1), change, atol=1e-8)
    split = shift_share(region0, region1, nation0, nation1, method="esteban_marquillas")
    rejoined = split["competitive"] + split["allocation"]
    known = rejoined.notna()
    np.testing.assert_allclose(rejoined[known], dunn["competitive"][known], atol=1e-8)
    new = (region0 == 0) & (region1 > 0)
    assert known.tolist() == [*~new, not new.any()]


@given(COUNTS, st.integers(2, 9))
def test_twice_the_region_has_twice_the_parts(rows, times):
    region0, region1, nation0, nation1 = (np.array(part, float) for part in zip(*rows, strict=True))
    one = shift_share(region0, region1, nation0, nation1)
    many = shift_share(times * region0, times * region1, nation0, nation1)
    np.testing.assert_allclose(many, times * one, atol=1e-8)


def test_new_industry_is_competitive_and_missing_stays_missing():
    found = shift_share([0, 50], [8, 50], [100, 100], [150, 100])
    assert found.loc[0].tolist() == [0, 0, 8]
    missing = shift_share([math.nan, 50], [8, 50], [100, 100], [150, 100])
    assert missing.isna().all(axis=1).tolist() == [True, False, True]


def test_an_industry_that_is_nowhere_adds_nothing():
    found = shift_share([0, 50], [0, 60], [0, 100], [math.nan, 110], method="esteban_marquillas")
    assert found.loc[0].tolist() == [0, 0, 0, 0]
    assert found.loc["total"].sum() == pytest.approx(10)


@pytest.mark.parametrize(
    ("start", "end", "nation0", "nation1", "message"),
    [
        ([5, 5], [5, 5], [0, 9], [3, 9], "not in the country"),
        ([5, 5], [5, 5], [math.nan, 9], [3, 9], "not in the country"),
        ([5, 5], [5], [9, 9], [9, 9], "industries differ"),
        ([5, 5], [5, 5], [9, -9], [9, 9], "needs a positive one"),
    ],
)
def test_wrong_shift_shares_are_refused(start, end, nation0, nation1, message):
    with pytest.raises(DataError, match=message):
        shift_share(start, end, nation0, nation1)


def test_a_change_of_classification_is_refused_and_order_is_not():
    old = pd.Series({"A": 5.0, "C": 7.0})
    turned = shift_share(old, old[["C", "A"]] + 1, old * 10, old * 10)
    assert turned["competitive"].tolist() == [1, 1, 2]
    with pytest.raises(DataError, match="for example 'C'"):
        shift_share(old, old.rename({"C": "D"}), old * 10, old * 10)
    with pytest.raises(DataError, match="method"):
        shift_share(old, old, old, old, method="gerfin")


def test_dynamic_of_two_years_is_static_and_of_more_adds_up():
    region = pd.DataFrame({2020: [40.0, 60], 2021: [45, 60], 2022: [50, 66]}, index=["A", "C"])
    nation = pd.DataFrame(
        {2020: [400.0, 600], 2021: [420, 620], 2022: [440, 640]}, index=["A", "C"]
    )
    two = dynamic_shift_share(region[[2020, 2021]], nation[[2020, 2021]])
    pd.testing.assert_frame_equal(
        two, shift_share(region[2020], region[2021], nation[2020], nation[2021])
    )
    all_years = dynamic_shift_share(region, nation)
    assert all_years.loc["total"].sum() == pytest.approx(16)
    with pytest.raises(DataError, match="two or more"):
        dynamic_shift_share(region[[2020]], nation[[2020]])
    with pytest.raises(DataError, match="years differ"):
        dynamic_shift_share(region, nation[[2020, 2021]])
    with pytest.raises(DataError, match="rise from left"):
        dynamic_shift_share(region[[2022, 2020]], nation[[2022, 2020]])


def test_static_shift_share_against_r(oracle):
    data = oracle("shiftshare_freiburg")
    inputs = [data["inputs"][k] for k in ("region_t0", "region_t1", "nation_t0", "nation_t1")]
    dunn, expected = shift_share(*inputs).loc["total"], data["expected"]["dunn"]
    assert dunn["national"] == pytest.approx(expected["National share"], rel=1e-9)
    assert dunn["mix"] == pytest.approx(expected["Industrial mix"], rel=1e-9)
    assert dunn["competitive"] == pytest.approx(expected["Regional share"], rel=1e-9)
    split = shift_share(*inputs, method="esteban_marquillas").loc["total"]
    expected = data["expected"]["esteban"]
    assert split["competitive"] == pytest.approx(expected["Regional share"], rel=1e-9)
    assert split["allocation"] == pytest.approx(expected["Allocation effect"], rel=1e-9)
    components = data["expected"]["industry_components"]
    by_industry = shift_share(*inputs)
    for at, (change, national_and_mix, competitive, _) in enumerate(components.values()):
        assert by_industry.loc[at].sum() == pytest.approx(change, abs=1e-8)
        # Their "National share" by industry holds the industry mix too.
        both = by_industry.loc[at, ["national", "mix"]].sum()
        assert both == pytest.approx(national_and_mix, rel=1e-9)
        assert by_industry.loc[at, "competitive"] == pytest.approx(competitive, abs=1e-8)
    for year, key in ((0, "lq_2008"), (1, "lq_2014")):
        region, nation = inputs[year], inputs[year + 2]
        quotients = location_quotient([region], nation=nation)
        np.testing.assert_allclose(quotients.iloc[0], data["expected"][key], rtol=1e-9)
        half = krugman([region], nation=nation).item()
        assert 2 * half == pytest.approx(data["expected"][f"krugman_sum_{key[3:]}"], rel=1e-9)
        expected_herfindahl = data["expected"][f"herf_{key[3:]}"]
        assert herfindahl([region]).item() == pytest.approx(expected_herfindahl, rel=1e-9)


def test_dynamic_shift_share_against_r(oracle):
    data = oracle("shiftshare_dynamic_goettingen_2008_2012")
    inputs = data["inputs"]
    region, nation = (
        pd.DataFrame(
            dict(zip(inputs["years"], inputs[side].values(), strict=True)),
            index=inputs["industry"],
        )
        for side in ("region", "nation")
    )
    names = {
        "national": "National share",
        "mix": "Industrial mix",
        "competitive": "Regional share",
        "allocation": "Allocation effect",
    }
    for method, key in (("dunn", "Dunn"), ("esteban_marquillas", "Esteban")):
        found = dynamic_shift_share(region, nation, method=method).loc["total"]
        for ours in found.index:
            expected = data["expected"][key]["total"][names[ours]]
            assert found[ours] == pytest.approx(expected, rel=1e-9), (method, ours)
    static = shift_share(region[2008], region[2012], nation[2008], nation[2012]).loc["total"]
    for ours in static.index:
        expected = data["expected"]["static_dunn_endpoints"][names[ours]]
        assert static[ours] == pytest.approx(expected, rel=1e-9)


# --- relatedness, density, complexity ------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_relatedness_is_symmetric_and_zero_where_industries_never_meet(method):
    table = [[9, 9, 1, 1], [8, 9, 3, 1], [1, 1, 9, 8], [1, 5, 9, 9]]
    found = relatedness(table, method).to_numpy()
    np.testing.assert_allclose(found, found.T)
    assert found[0, 3] == 0
    assert found[0, 1] > 0
    expected = 1 if method == "proximity" else 0
    assert found.diagonal().tolist() == [expected] * 4


def test_proximity_by_hand():
    # Industry 1 is a speciality of three regions, industry 0 of two of them.
    found = relatedness([[9, 9, 0], [9, 9, 0], [0, 9, 0], [0, 1, 30]])
    assert found.loc[0, 1] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("association", 2 * 10 / (4 * 3)),
        ("probability", 2 / ((4 / 10 * 3 / 6 + 3 / 10 * 4 / 7) * 5)),
        ("cosine", 2 / math.sqrt(12)),
        ("jaccard", 2 / 5),
    ],
)
def test_relatedness_by_hand(method, expected):
    # Industries 0 and 1 meet twice, 0 with 2, 0 with 3 and 1 with 2 once: S = 4, 3, 2, 1, T = 10.
    special = np.array([[1, 1, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1], [0, 1, 1, 0]])
    table = special * 100 + 1
    assert ((location_quotient(table) >= 1) == (special == 1)).all(axis=None)
    assert relatedness(table, method).loc[0, 1] == pytest.approx(expected)


def test_quotient_of_exactly_one_counts():
    # Every region has the national structure; a division could leave some quotients at 0.999….
    assert (relatedness([[1, 2, 3], [10, 20, 30], [7, 14, 21]]) == 1).all(axis=None)


def test_density_is_the_share_of_related_that_is_there():
    table = [[9, 9, 1, 1], [8, 9, 3, 1], [1, 1, 9, 8], [1, 5, 9, 9]]
    found = relatedness_density(table, np.ones((4, 4)))
    special = (location_quotient(table) >= 1).to_numpy()
    for region in range(4):
        others = special[region].sum() - special[region]
        np.testing.assert_allclose(found.loc[region], 100 * others / 3)


def test_density_of_an_unrelated_industry_is_unknown():
    assert relatedness_density([[1, 2], [3, 1]], np.zeros((2, 2))).isna().all(axis=None)


def test_wrong_relatedness_is_refused():
    with pytest.raises(DataError, match="method"):
        relatedness(TABLE, "pearson")
    with pytest.raises(DataError, match="1 missing cells"):
        relatedness([[1, math.nan], [2, 1]])
    with pytest.raises(DataError, match="industries"):
        relatedness_density(TABLE, np.ones((3, 3)))
    with pytest.raises(DataError, match="missing"):
        relatedness_density([[1, 2], [3, 1]], [[1, math.nan], [1, 1]])


@given(
    hnp.arrays(float, (6, 5), elements=st.integers(0, 20).map(float)),
    st.permutations(range(6)),
    st.permutations(range(5)),
)
def test_complexity_moves_with_its_region_and_industry(table, rows, columns):
    assume((table.sum(axis=1) > 0).all())
    try:
        found = complexity(table)
    except DataError:
        assume(False)
    turned = complexity(table[np.ix_(rows, columns)])
    sign = 1.0
    special = (location_quotient(table).fillna(0) >= 1).to_numpy()
    diversity = special.sum(axis=1)
    # Without a correlation with diversity the sign is free.
    if abs(found.regions.to_numpy() @ (diversity - diversity.mean())) < 1e-9:
        sign = np.sign(turned.regions.to_numpy() @ found.regions.to_numpy()[rows])
    np.testing.assert_allclose(
        sign * turned.regions.to_numpy(), found.regions.to_numpy()[rows], atol=1e-6
    )
    np.testing.assert_allclose(
        sign * turned.industries.to_numpy(), found.industries.to_numpy()[columns], atol=1e-6
    )


def test_complexity_leaves_out_what_is_empty():
    table = np.array([[9, 5, 1, 1], [8, 9, 1, 3], [1, 5, 4, 2], [2, 1, 9, 8]])
    whole = complexity(table)
    padded = np.zeros((5, 5))
    padded[:4, :4] = table
    found = complexity(padded)
    np.testing.assert_allclose(found.regions, [*whole.regions, math.nan])
    np.testing.assert_allclose(found.industries, [*whole.industries, math.nan])
    assert whole.regions.mean() == pytest.approx(0, abs=1e-12)
    assert whole.regions.std(ddof=0) == pytest.approx(1)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([[1, 2, 3], [3, 2, 1]], "three regions"),
        # Two worlds without a common industry.
        ([[9, 8, 0, 0], [8, 9, 0, 0], [0, 0, 9, 8], [0, 0, 8, 9]], "not single"),
        ([[1, math.nan, 3], [3, 2, 1], [3, 2, 1]], "missing"),
    ],
)
def test_complexity_is_refused_where_it_is_arbitrary(table, message):
    with pytest.raises(DataError, match=message):
        complexity(table)


def test_structure_against_r(oracle):
    data = oracle("economic_geography_german_states_2015")
    table, expected = np.array(data["inputs"]["matrix"], float), data["expected"]
    close = {"rtol": 1e-9, "atol": 1e-12}
    np.testing.assert_allclose(location_quotient(table), expected["lq"], **close)
    np.testing.assert_allclose(krugman(table), expected["spec_coeff_half"], **close)
    np.testing.assert_allclose(herfindahl(table), expected["herfindahl"], **close)
    np.testing.assert_allclose(entropy(table), expected["entropy_bits_exact"], **close)
    for method, key in (
        ("proximity", "proximity_hidalgo_min"),
        ("association", "relatedness_association"),
        ("probability", "relatedness_prob"),
        ("cosine", "relatedness_cosine"),
        ("jaccard", "relatedness_jaccard"),
    ):
        np.testing.assert_allclose(relatedness(table, method), expected[key], **close)
    above_chance = (relatedness(table, "association") >= 1).astype(float)
    np.testing.assert_allclose(
        relatedness_density(table, above_chance),
        expected["relatedness_density_binary_association_exact"],
        **close,
    )
    np.testing.assert_allclose(
        relatedness_density(table, relatedness(table, "cosine")),
        expected["relatedness_density_weighted_cosine_exact"],
        **close,
    )
    found = complexity(table)
    np.testing.assert_allclose(found.regions, expected["eci_exact_std_pop"], atol=1e-7)
    np.testing.assert_allclose(found.industries, expected["pci_exact_std_pop"], atol=1e-7)
