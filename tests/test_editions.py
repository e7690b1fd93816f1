"""What differs between two editions: figures, revisions, rules."""

from __future__ import annotations

import pytest

from tilannekuva import editions, narrate, observing, pictures, regions
from tilannekuva.errors import CatalogueError
from tilannekuva.indicators import Catalogue
from tilannekuva.model import Finding, Language, Picture, Snapshot
from tilannekuva.reports import _annex
from tilannekuva.tidying import Tidied


@pytest.fixture(scope="module")
def earlier(tidied: Tidied, catalogue: Catalogue, lock: tuple[Snapshot, ...]) -> Picture:
    """Kainuu as it was known in January 2023."""
    seen = observing.observe(tidied, catalogue, lock, "2023-01-31")
    return pictures.compose_all([regions.area_of_pictures("kainuu")], seen, catalogue)[0]


def changed(picture: Picture, name: str, finding: Finding) -> Picture:
    return picture.model_copy(update={"findings": {**picture.findings, name: finding}})


def test_a_picture_does_not_differ_from_itself(kainuu: Picture) -> None:
    found = editions.diff(kainuu, kainuu)
    assert found.differences == ()
    assert list(editions.lines(found, kainuu, kainuu, "fi"))[-1] == "Mikään ei ole muuttunut."


def test_a_newer_figure_stands_with_the_one_before(earlier: Picture, kainuu: Picture) -> None:
    found = {d.indicator: d for d in editions.diff(earlier, kainuu).of("new")}
    people = found["pop_total"]
    assert (people.before_period, people.before_value) == ("2021", 71255)
    assert (people.period, people.value) == ("2022", 70521)


def test_an_indicator_that_got_its_first_figures(earlier: Picture, kainuu: Picture) -> None:
    found = editions.diff(earlier, kainuu)
    assert "unemp_rate_reg" in {d.indicator for d in found.of("first")}
    # And the other way round it is gone.
    back = editions.diff(kainuu, earlier)
    assert "unemp_rate_reg" in {d.indicator for d in back.of("gone")}


def test_a_revised_figure_is_told_period_by_period(kainuu: Picture) -> None:
    finding = kainuu.findings["gdp_pc"]
    last = finding.segments[-1]
    values = (*last.values[:-2], (last.values[-2] or 0) + 500, last.values[-1])
    segments = (*finding.segments[:-1], last.model_copy(update={"values": values}))
    new = changed(kainuu, "gdp_pc", finding.model_copy(update={"segments": segments}))
    (found,) = editions.diff(kainuu, new).differences
    assert (found.kind, found.period) == ("revised", last.periods[-2])
    assert found.value is not None
    assert found.before_value is not None
    assert found.value - found.before_value == 500


def test_a_difference_that_is_not_printed_is_none(kainuu: Picture) -> None:
    finding = kainuu.findings["gdp_pc"]
    last = finding.segments[-1]
    values = (*last.values[:-1], (last.values[-1] or 0) + 0.2)
    segments = (*finding.segments[:-1], last.model_copy(update={"values": values}))
    new = changed(kainuu, "gdp_pc", finding.model_copy(update={"segments": segments}))
    assert editions.diff(kainuu, new).differences == ()


def test_a_changed_rule_is_named_and_a_changed_name_is_not(kainuu: Picture) -> None:
    about = kainuu.indicators["gdp_pc"]
    other = about.model_copy(update={"direction": "down", "names": kainuu.region.names})
    new = kainuu.model_copy(update={"indicators": {**kainuu.indicators, "gdp_pc": other}})
    (found,) = editions.diff(kainuu, new).differences
    assert (found.kind, found.indicator, found.rules) == ("rule", "gdp_pc", ("direction",))


def test_a_theme_that_changed_says_what_came_and_went(kainuu: Picture) -> None:
    cut = kainuu.cuts[0]
    section = cut.sections[0]
    fewer = section.model_copy(update={"indicators": section.indicators[1:]})
    other = cut.model_copy(update={"sections": (fewer, *cut.sections[1:])})
    new = kainuu.model_copy(update={"cuts": (other, *kainuu.cuts[1:])})
    (found,) = editions.diff(kainuu, new).differences
    assert (found.kind, found.rules) == ("theme", (f"-{section.indicators[0]}",))


def test_pictures_of_two_regions_are_not_compared(real_pictures: dict[str, Picture]) -> None:
    with pytest.raises(CatalogueError, match="compare two editions of one region"):
        editions.diff(real_pictures["MK18"], real_pictures["MK19"])


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_the_lines_have_figures_in_their_units(
    earlier: Picture, kainuu: Picture, lang: str
) -> None:
    found = editions.diff(earlier, kainuu)
    text = "\n".join(editions.lines(found, earlier, kainuu, lang))  # type: ignore[arg-type]
    assert "70\N{NO-BREAK SPACE}521" in text or "70,521" in text
    assert "{" not in text


@pytest.mark.parametrize(("lang", "said"), [
    ("fi", "aiempi −20 % (2019) ei ole vertailukelpoinen"),
    ("sv", "den tidigare −20 % (2019) är inte jämförbar"),
    ("en", "the earlier −20% (2019) is not comparable"),
])  # fmt: skip
def test_a_figure_of_another_calculation_is_not_set_beside_the_older_one(
    kainuu: Picture, lang: Language, said: str
) -> None:
    # The change since 2005 is −20 % in the calculation of 2019 and −39 % in that of 2022.
    finding = kainuu.findings["ghg_change_since_2005"]
    first, last = finding.segments
    assert (first.periods[-1], last.periods) == ("2019", ("2022",))
    latest = finding.latest.model_copy(update={"period": "2019", "value": -20.0})
    metrics = {**finding.metrics, "latest": latest}
    before = finding.model_copy(update={"segments": (first,), "metrics": metrics})
    old = changed(kainuu, "ghg_change_since_2005", before)
    found = editions.diff(old, kainuu)
    text = "\n".join(editions.lines(found, old, kainuu, lang)).replace("\N{NO-BREAK SPACE}", " ")
    assert said in text
    told = editions.since(kainuu, old)
    (change,) = [c for c in told.changes if c.indicator == "ghg_change_since_2005"]
    page = narrate.change_text(change, told, lang).replace("\N{NO-BREAK SPACE}", " ")
    assert said in page


# --- told from an earlier edition ---------------------------------------------------------------


def test_what_has_changed_is_told_from_the_edition(earlier: Picture, kainuu: Picture) -> None:
    told = editions.since(kainuu, earlier)
    assert (told.compared_with, told.compared_to) == ("2023-01-31", "edition")
    found = {(c.indicator, c.kind): c for c in told.changes}
    people = found["pop_total", "new"]
    assert (people.before_period, people.before_value, people.value) == ("2021", 71255, 70521)
    assert found["unemp_rate_reg", "first"].before_value is None
    # Nothing else of the picture moves, and it comes back from its file.
    assert told.findings == kainuu.findings
    assert Picture.from_json(told.to_json()) == told


def test_only_the_newest_revised_period_is_told(kainuu: Picture) -> None:
    finding = kainuu.findings["gdp_pc"]
    last = finding.segments[-1]
    values = tuple((v or 0) + 500 for v in last.values)
    segments = (*finding.segments[:-1], last.model_copy(update={"values": values}))
    old = changed(kainuu, "gdp_pc", finding.model_copy(update={"segments": segments}))
    (change,) = editions.since(kainuu, old).changes
    assert (change.kind, change.period) == ("revised", finding.latest.period)


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_gone_rules_and_themes_are_said_on_the_page(kainuu: Picture, lang: str) -> None:
    about = kainuu.indicators["gdp_pc"].model_copy(update={"direction": "down", "unit": "percent"})
    cut = kainuu.cuts[0]
    fewer = cut.sections[0].model_copy(update={"indicators": cut.sections[0].indicators[1:]})
    old = kainuu.model_copy(
        update={
            "as_of": "2024-10-24",
            "indicators": {**kainuu.indicators, "gdp_pc": about},
            "cuts": (cut.model_copy(update={"sections": (fewer, *cut.sections[1:])}),
                     *kainuu.cuts[1:]),
        }
    )  # fmt: skip
    rest = {k: v for k, v in kainuu.findings.items() if k != "births"}
    told = editions.since(kainuu.model_copy(update={"findings": rest}), old)
    page = _annex.changes(told, lang)
    lines = [f"{x.name}{x.rest}" for g in page["groups"] for x in g["lines"]]
    part = "\n".join([page["intro"], *lines])
    expected = {
        "fi": ("edellinen tilannekuva 24.10.2024", "yksikkö ja suunta", "lisätty", "ei enää ole"),
        "sv": ("föregående lägesbilden 24.10.2024", "enhet och riktning", "tillagda", "finns inte"),
        "en": ("picture of 24 October 2024", "unit and which way", "added", "no figure any more"),
    }[lang]
    for text in expected:
        assert text in part
    assert "{" not in part
