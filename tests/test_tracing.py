"""Every figure of the picture leads back to a publisher's table and address."""

from __future__ import annotations

import pytest

from tilannekuva import tracing
from tilannekuva.errors import CatalogueError, DataError
from tilannekuva.indicators import Catalogue
from tilannekuva.model import Picture
from tilannekuva.observing import Observed
from tilannekuva.tracing import Origin


def leaves(found: Origin) -> list[Origin]:
    if not found.parents:
        return [found]
    return [leaf for parent in found.parents for leaf in leaves(parent)]


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
    assert {leaf.snapshot.table for leaf in leaves(found.origin)} == {"tyonv/12r5"}


def test_every_latest_figure_of_the_picture_ends_at_an_address(
    kainuu: Picture, observed: Observed, catalogue: Catalogue
) -> None:
    for name, finding in kainuu.findings.items():
        if finding.latest.value is None:
            continue
        found = tracing.trace(kainuu, observed, catalogue, name)
        for leaf in leaves(found.origin):
            assert leaf.snapshot.kind in ("carried", "received"), name
            assert leaf.snapshot.address, name
            assert leaf.publisher, name


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_the_chain_is_said_in_every_language(
    kainuu: Picture, observed: Observed, catalogue: Catalogue, lang: str
) -> None:
    found = tracing.trace(kainuu, observed, catalogue, "dep_ratio_demo", lang=lang)  # type: ignore[arg-type]
    lines = list(found.lines(lang))  # type: ignore[arg-type]
    assert len(lines) > 5
    assert any("demo_r_pjangrp3" in line for line in lines)
    assert not any("{" in line for line in lines)


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
