"""The store as one table: the front door of the figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tilannekuva import observing, table
from tilannekuva.errors import CatalogueError
from tilannekuva.indicators import Catalogue
from tilannekuva.model import Snapshot
from tilannekuva.observing import Observed


def test_all_figures_are_those_of_the_view(observed: Observed, store: Path) -> None:
    rows = observing.observations(data=store)
    assert rows.equals(observed.rows)
    assert tuple(rows.columns) == table.COLUMNS


@pytest.mark.parametrize(
    "name",
    [
        "births",
        "natural_increase",
        "dep_ratio_demo",
        "gdp_pc_index",
        "municipal_debt_pc",
        "industry_diversity",
    ],
)
def test_one_indicator_is_the_same_as_in_the_whole(
    observed: Observed, store: Path, name: str
) -> None:
    """Its parents and weights are read along, however deep."""
    rows = observing.observations(name, data=store)
    expected = table.make(observed.rows[observed.rows["indicator"] == name])
    pd.testing.assert_frame_equal(rows, expected)


def test_several_may_be_asked_in_any_way(store: Path) -> None:
    asked = ["gdp", "births"]
    expected = observing.observations(asked, data=store)
    assert set(expected["indicator"]) == set(asked)
    for way in (tuple(asked), set(asked), iter(asked), (a for a in asked)):
        pd.testing.assert_frame_equal(observing.observations(way, data=store), expected)


def test_an_alias_is_as_good(store: Path) -> None:
    found = observing.observations("bkt_asukas", data=store)
    assert set(found["indicator"]) == {"gdp_pc"}


def test_an_unknown_indicator_names_the_nearest(store: Path) -> None:
    with pytest.raises(CatalogueError, match="did you mean 'births'"):
        observing.observations(["gdp", "birhts"], data=store)


def test_what_was_published_later_is_left_out(store: Path, lock: tuple[Snapshot, ...]) -> None:
    rows = observing.observations("rd_exp", data=store, as_of="2012-11-01")
    published = {s.id: s.published_on for s in lock}
    assert {published[str(s)] for s in rows["snapshot"]} <= {
        "2004-12-15",
        "2007-01-12",
        "2009-11-26",
        "2012-10-31",
    }
    assert rows["period"].astype("str").max() == "2011"


@pytest.mark.parametrize("day", ["soon", "2023-02-30", "31.12.2023"])
def test_a_day_that_is_no_date_is_wrong_use(store: Path, day: str) -> None:
    with pytest.raises(CatalogueError, match="is not a date; write it like 2023-11-24"):
        observing.observations("births", data=store, as_of=day)


def test_a_catalogue_of_ones_own_is_found_where_the_settings_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    (tmp_path / "tilannekuva.toml").write_text('catalogue = "mine"\n')
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "own.toml").write_text(
        '[double_births]\nnames = { fi = "a", sv = "b", en = "c" }\nunit = "persons"\n'
        "decimals = 0\n"
        'direction = "neither"\nformula = "2 * births"\n'
    )
    monkeypatch.chdir(tmp_path)
    rows = observing.observations("double_births", data=store)
    of_2021 = rows[(rows["region"] == "MK18") & (rows["period"] == "2021")]
    assert of_2021["value"].tolist() == [1042.0]


def test_derived_snapshots_say_what_they_are_and_when(observed: Observed) -> None:
    derived = {k: s for k, s in observed.snapshots.items() if s.kind == "derived"}
    assert derived
    for name, entry in derived.items():
        assert name.startswith("f-")
        assert entry.id == name
        parents = [observed.snapshots[p] for p in entry.query["parents"]]
        assert entry.published_on in {p.published_on for p in parents}
        assert " = " in entry.query["formula"]


def test_the_day_is_the_newest_publication_unless_told(
    observed: Observed, tidied: Any, catalogue: Catalogue, lock: tuple[Snapshot, ...]
) -> None:
    from tilannekuva import raw

    assert observed.as_of == raw.edition_date(lock)
    seen = observing.observe(tidied, catalogue, lock, "20231231")
    assert seen.as_of == "2023-12-31"


def test_a_derived_figure_is_as_new_as_its_newest_parent(
    synthetic_store: Any, make_indicator: Any, make_query: Any
) -> None:
    """A year alone means its last day, so 2023 is newer than 21 November 2023."""
    synthetic_store.add("region,time,value\nMK18,2020,1\n", table="a", published_on="2023")
    synthetic_store.add("region,time,value\nMK18,2020,2\n", table="b", published_on="2023-11-21")
    seen = synthetic_store.observe(
        make_indicator("a", query=(make_query(table="a"),)),
        make_indicator("b", query=(make_query(table="b"),)),
        make_indicator("c", formula="a / b"),
    )
    (derived,) = (s for s in seen.snapshots.values() if s.kind == "derived")
    assert derived.published_on == "2023"
    assert derived.title == "c = a / b"
