"""Where a figure comes from, on the page: what the command says, and no number from elsewhere."""

from __future__ import annotations

import functools
import re

import pytest
from bs4 import BeautifulSoup, Tag

from tilannekuva import compose, narrate, storyboard, tracing, words
from tilannekuva.chains import Step
from tilannekuva.model import LANGUAGES, Language, Picture
from tilannekuva.reports import _chain, html
from tilannekuva.tracing import Line, Trace

REGIONS = ("kainuu", "ahvenanmaa")
PAGES = [("kainuu", x) for x in LANGUAGES] + [("ahvenanmaa", "fi")]


@functools.cache
def picture(region: str) -> Picture:
    return compose(region)


@functools.cache
def page(region: str, lang: Language, kept: bool = True) -> bytes:
    p = picture(region)
    drawn = storyboard.draw_all(p, lang)
    bare = p if kept else p.model_copy(update={"observations": ()})
    return html.render(bare, lang, charts=drawn, languages=LANGUAGES)


@functools.cache
def shown(region: str, lang: Language) -> dict[str, Tag]:
    """The chain of each indicator on the page."""
    tree = BeautifulSoup(page(region, lang).decode(), "html.parser")
    return {dl["id"].removeprefix("trace-"): dl for dl in tree.select("dl.chain")}


@functools.cache
def traced(region: str, lang: Language) -> dict[str, Trace]:
    p = picture(region)
    chains = tracing.chains_of(p)
    found = (tracing.from_picture(p, i, lang, chains=chains) for i in p.findings)
    return {t.indicator: t for t in found if t is not None}


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\xa0", " ")).strip()


def labelled(dl: Tag) -> dict[str, list[Tag]]:
    """The lines under each name."""
    found: dict[str, list[Tag]] = {}
    name = ""
    for child in dl.find_all(["dt", "dd"], recursive=False):
        if child.name == "dt":
            name = child.get_text()
            assert name not in found
        found.setdefault(name, [])
        if child.name == "dd":
            found[name].append(child)
    return found


def nested(lines: tuple[Line, ...]) -> list[Line]:
    return [x for line in lines for x in (line, *nested(line.under))]


def rows(step: Step) -> list[float]:
    own = [row.value for row in step.rows if row.value is not None]
    return [*own, *(v for part in step.parts for v in rows(part))]


# ---------------------------------------------------------------- what it says


@pytest.mark.parametrize(("region", "lang"), PAGES)
def test_every_finding_shows_its_chain(region, lang):
    p, dls = picture(region), shown(region, lang)
    assert set(dls) == set(p.findings)
    say = functools.partial(words.message, lang=lang)
    for name, dl in dls.items():
        labels = list(labelled(dl))
        assert labels[0] == say("trace.label.sentence"), name
        assert labels[1:3] == [say("trace.label.metric"), say("trace.label.observation")]
        assert labels[-1] == say("trace.label.command")
        derived = traced(region, lang)[name].origin.snapshot.kind == "derived"
        assert (say("trace.label.rule") in labels) == derived


@pytest.mark.parametrize(("region", "lang"), PAGES)
def test_the_page_says_what_the_command_says(region, lang):
    """Every line of the command's chain, word for word; its metrics stand in the table beside."""
    for name, dl in shown(region, lang).items():
        found = traced(region, lang)[name]
        text = plain(dl.get_text(" "))
        sentences = [x.text for x in found.told if x.kind == "sentence"]
        assert plain(sentences[0]) in text
        (metric,) = [x for x in found.told if x.metric == "latest"]
        assert plain(metric.text) in text
        for line in nested(found.told):
            if line.kind in ("sentence", "metric"):
                continue
            if line.origin is None:
                assert plain(line.text) in text, (name, line.text)
                assert plain(line.key) in text
            else:
                assert dl.find("a", href=line.origin.snapshot.address), name
                assert all(plain(part) in text for part in line.text.split("; "))
        assert dl.find_all("code")[-1].get_text() == tracing.command(picture(region), found, lang)


@pytest.mark.parametrize(("region", "lang"), PAGES)
def test_every_snapshot_is_told_whole_and_linked(region, lang):
    p = picture(region)
    say = functools.partial(words.message, lang=lang)
    names = (say("trace.label.snapshot"), say("trace.label.snapshots"))
    for name, dl in shown(region, lang).items():
        ((label, lines),) = [(k, v) for k, v in labelled(dl).items() if k in names]
        leaves = {s.id: s for s in map(leaf, traced(region, lang)[name].told) if s is not None}
        assert (label == names[1]) == (len(lines) > 1)
        assert len(lines) == len(leaves)
        for line in lines:
            (link,) = line.find_all("a")
            (s,) = [s for s in leaves.values() if f"sha256 {s.sha256[:16]}" in line.get_text()]
            assert link["href"] == s.address
            assert link.get_text() == f"{p.sources[s.source].publisher[lang]}, {s.table}"
            said = plain(line.get_text())
            assert words.date(s.published_on, lang) in said
            assert plain(s.vintage) in said
            got = "transcribed" if s.transcribed else s.kind
            assert say(f"trace.{got}") in said
            assert narrate.licence_text(s.licence, lang) in said


def leaf(line: Line):
    return line.origin.snapshot if line.origin is not None else None


# ---------------------------------------------------------------- numbers


def numbers(text: str, lang: str) -> list[float]:
    """Every number that stands after a colon: the values of figures."""
    point, group = (r"\.", ",") if lang == "en" else (",", "\xa0")
    pattern = rf":\s(−?\d[\d{group}]*(?:{point}\d+)?)(?![{group}.]?\d)"
    found = re.findall(pattern, text)
    plain_ = (x.replace(group, "").replace("−", "-").replace(",", ".") for x in found)
    return [float(x) for x in plain_]


@pytest.mark.parametrize(("region", "lang"), PAGES)
def test_every_value_of_a_chain_is_one_of_the_picture(region, lang):
    p, seen = picture(region), 0
    label = words.message("trace.label.observation", lang)
    rule = words.message("trace.label.rule", lang)
    kept = {o.value for o in p.observations}
    for name, dl in shown(region, lang).items():
        found = traced(region, lang)[name]
        figures = rows(found.step)
        assert set(figures) <= kept
        parts = labelled(dl)
        told = [
            *parts[label],
            *(li for dd in parts.get(rule, []) for li in dd.select("li")),
        ]
        for line in told:
            own = line.find("ul", recursive=False)
            text = line.get_text().replace(own.get_text(), "") if own else line.get_text()
            for n in numbers(text, lang):
                decimals = len(repr(n).partition(".")[2])
                assert any(abs(n - v) <= 0.5 * 10**-decimals + 1e-9 for v in figures), (name, n)
                seen += 1
    assert seen > 500


# ---------------------------------------------------------------- form


@pytest.mark.parametrize(("region", "lang"), PAGES)
def test_the_chain_is_closed_and_its_name_says_of_which_figure(region, lang):
    title = words.message("page.trace", lang)
    for name, dl in shown(region, lang).items():
        box = dl.parent
        assert box.name == "details"
        assert not box.has_attr("open")
        indicator = picture(region).indicators[name]
        said = box.summary.get_text()
        assert said == f"{title}: {words.capital(indicator.names[lang])}"
        assert box.find_parent("details")["id"] == name
        assert all(dd.get_text(strip=True) for dd in dl.find_all("dd"))


def test_words_of_another_language_are_marked():
    spans = [s for dl in shown("kainuu", "sv").values() for s in dl.select("span[lang]")]
    assert {s["lang"] for s in spans} == {"fi", "en"}
    assert not [s for dl in shown("kainuu", "en").values() for s in dl.select("span[lang=en]")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_chains_add_about_an_eighth_to_the_page_at_most(lang):
    assert len(page("kainuu", lang)) < 1.125 * len(page("kainuu", lang, kept=False))


def test_a_picture_that_keeps_no_chains_is_a_page_without_them():
    tree = BeautifulSoup(page("kainuu", "fi", kept=False).decode(), "html.parser")
    assert not tree.select(".chain")
    assert tree.select("details.ind")


def test_an_address_that_runs_is_no_link():
    p = picture("ahvenanmaa")
    bad = {k: s.model_copy(update={"address": "javascript:alert(1)", "title": "<b>x</b>"})
           for k, s in p.snapshots.items()}  # fmt: skip
    nasty = p.model_copy(update={"snapshots": bad})
    chains = _chain.chains(nasty, "fi")
    items = [i for parts in chains.values() for part in parts for i in part.items]
    assert not [i for i in items if i.href]
    made = html.render(nasty, "fi", charts=storyboard.draw_all(p, "fi"))
    assert b"javascript:" not in made
    assert b"<b>x" not in made
