"""The page read back: its numbers against the picture, its structure, its safety."""

from __future__ import annotations

import functools
import itertools
import re
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup, Tag

from tilannekuva import compose, narrate, storyboard, words
from tilannekuva.model import FEW_EVENTS, LANGUAGES, Picture, Revised, Revision, Text
from tilannekuva.reports import html

REGIONS = ("kainuu", "lappi", "ahvenanmaa", "uusimaa")
PAGES = [("kainuu", x) for x in LANGUAGES] + [(r, "fi") for r in REGIONS[1:]]
SMALL = {"st", "vh", "u", "unit", "muted", "none", "range"}
"""Classes of what stands in a cell around its number: marks, units, reasons."""


@functools.cache
def picture(region: str) -> Picture:
    return compose(region)


@functools.cache
def charts(region: str, lang: str):
    return storyboard.draw_all(picture(region), lang)


@functools.cache
def page(region: str, lang: str) -> bytes:
    return html.render(
        picture(region), lang, charts=charts(region, lang), languages=("fi", "sv", "en"),
        downloads=(f"{region}.{lang}.xlsx", "picture.json"),
    )  # fmt: skip


@functools.cache
def soup(region: str, lang: str) -> BeautifulSoup:
    return BeautifulSoup(page(region, lang).decode(), "html.parser")


@functools.cache
def by_id(region: str, lang: str) -> dict[str, Tag]:
    return {t["id"]: t for t in soup(region, lang).find_all(id=True)}


def bare(tag: Tag) -> str:
    """Text of a cell without marks and units."""
    if isinstance(tag, str):
        return tag
    inside = [(c, set(getattr(c, "attrs", {}).get("class", ()))) for c in tag.children]
    kept = [c for c, classes in inside if c.name != "small" and not SMALL & classes]
    return "".join(map(bare, kept)).strip()


def number(text: str, lang: str) -> Decimal:
    """A printed number as a number: the inverse of ``words.number``."""
    text = text.replace("\N{MINUS SIGN}", "-").replace("+", "").replace("\N{NO-BREAK SPACE}", "")
    text = text.replace("%", "").replace("€", "").replace("<", "").strip()
    return Decimal(text.replace(",", "") if lang == "en" else text.replace(",", "."))


def same(text: str, value: float, lang: str) -> bool:
    """Whether a printed number is a value, rounded as printed."""
    printed = number(text, lang)
    if text.startswith("<"):
        return 0 <= value < printed
    places = -printed.as_tuple().exponent
    return printed == words.rounded(value, max(places, 0))


def printed(picture_, finding, text: str, value: float, lang: str) -> bool:
    """Whether a figure is printed right; thousands of people are said as people, once rounded."""
    if picture_.indicators[finding.indicator].unit != "thousand_persons":
        return same(text, value, lang)
    thousands = {words.rounded(value, places) * 1000 for places in range(4)}
    return same(text, value, lang) or number(text, lang) in thousands


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(("region", "lang"), PAGES)
def test_every_number_of_every_indicator_is_that_of_the_picture(region, lang):
    p, seen = picture(region), 0
    for block in soup(region, lang).select("details.ind"):
        finding = p.findings[block["data-indicator"]]
        for cell in block.select("table.facts-table td[data-metric]"):
            name, text = cell["data-metric"], bare(cell)
            measured = finding.metrics.get(name)
            if measured is None or measured.value is None:
                assert text == ""
                assert cell.select_one(".none").get_text(strip=True)
            elif name == "rank":
                low, high = finding.metrics["rank_low"].value, finding.metrics["rank_high"].value
                n = finding.metrics["rank_n"].value
                rank = words.rank_text(int(measured.value), int(low), int(high), int(n), lang)
                assert text == rank
            elif name != "trend_word":
                right = printed(p, finding, text, measured.value, lang)
                assert right, (finding.indicator, name, text)
            seen += 1
    assert seen > 15 * len(p.findings) / 2


@pytest.mark.parametrize(("region", "lang"), PAGES)
def test_the_compact_tables_hold_the_numbers_of_the_picture(region, lang):
    p, rows = picture(region), 0
    for row in soup(region, lang).select("table.compact tr[data-indicator]"):
        finding = p.findings[row["data-indicator"]]
        for cell in row.select("td[data-metric]"):
            measured = finding.metrics.get(cell["data-metric"])
            if (under := cell.select_one(".range")) is not None:
                few = under.get_text().strip("()").split("\xa0… ")
                ends = [finding.metrics[k].value for k in ("interval_low", "interval_high")]
                assert finding.metrics["events"].value < FEW_EVENTS
                assert all(same(t, v, lang) for t, v in zip(few, ends, strict=True))
            text = bare(cell).removesuffix(words.message("page.of_country_short", lang)).strip()
            if measured is None or measured.value is None:
                assert text in ("", words.message("page.no_country_short", lang))
            elif cell["data-metric"] not in ("rank", "trend_word"):
                assert printed(p, finding, text, measured.value, lang), (finding.indicator, cell)
        assert words.period(finding.latest.period, lang) in row.get_text()
        rows += 1
    assert rows >= len(p.findings)


END = r"(−?(?:\d[\d\xa0.,]*\d|\d))"
RANGE = re.compile(f"{END}[ \xa0]… {END}")


@pytest.mark.parametrize(("region", "lang"), PAGES)
def test_intervals_and_fans_are_those_of_the_picture(region, lang):
    p, intervals, fans = picture(region), 0, 0
    for block in soup(region, lang).select("details.ind"):
        finding = p.findings[block["data-indicator"]]

        def ranges(metric, block=block):
            cells = block.select(f'table.facts-table td[data-metric="{metric}"]')
            return [
                r for c in cells for r in RANGE.findall(c.find_next_sibling("td").get_text(" "))
            ]

        def value(metric, finding=finding):
            found = finding.metrics.get(metric)
            return found.value if found else None

        shown = ranges("latest")
        if value("interval_low") is None:
            assert not shown, finding.indicator
        else:
            (ends,) = shown
            wanted = (value("interval_low"), value("interval_high"))
            assert all(printed(p, finding, t, v, lang) for t, v in zip(ends, wanted, strict=True))
            intervals += 1
        shown = ranges("fan_mid")
        if not finding.fan:
            assert not shown
            continue
        last = finding.fan[-1]
        wanted = [(last.low80, last.high80), (last.low50, last.high50)]
        for ends, values in zip(shown, wanted, strict=True):
            assert all(printed(p, finding, t, v, lang) for t, v in zip(ends, values, strict=True))
        assert words.message("chart.fan80", lang) in block.get_text()
        fans += 1
    assert intervals >= 5
    assert fans == sum(bool(f.fan) for f in p.findings.values())


REVISED = Revised(n=57, periods=("2019", "2020", "2021"), publications=4, median=1.24, large=3.06,
                  mean=-0.44, upward=36.8)  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_provisional_figure_says_how_far_such_ones_have_moved(lang):
    p, name = picture("kainuu"), "births"
    finding = p.findings[name].model_copy(update={"revision": Revision(
        source="statfin", table="t", relative=True, level=REVISED)})  # fmt: skip
    assert finding.latest.status == "preliminary"
    told = p.model_copy(update={"findings": {**p.findings, name: finding}})
    read = html.render(told, lang, charts=charts("kainuu", lang))
    block = BeautifulSoup(read.decode(), "html.parser").select_one(f"#{name}")
    (said,) = [s.text for s in narrate.sentences(finding, told, lang) if s.kind == "revision"]
    assert said in block.get_text()
    (latest,) = block.select('table.facts-table td[data-metric="latest"]')
    note = latest.find_parent("tr").get_text(" ")
    shown = (words.percent(3.06, 1, lang), words.percent(-0.44, 1, lang, sign=True),
             words.percent(36.8, 0, lang))  # fmt: skip
    assert all(text in note for text in shown), note
    # Where nothing is known of revisions the page says nothing.
    assert said not in page("kainuu", lang).decode()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_method_says_how_many_trends_were_tested_and_taken_down(lang):
    p = picture("kainuu")
    text = by_id("kainuu", lang)["page-method"].find_parent("section").get_text(" ")
    assert p.trends_tested > 50
    assert f" {p.trends_tested} " in text
    assert p.trends_lowered
    for name in p.trends_lowered:
        assert p.indicators[name].label[lang] in text


@pytest.mark.parametrize(("region", "lang"), PAGES)
def test_the_key_figures_are_those_of_the_picture(region, lang):
    p = picture(region)
    cards = soup(region, lang).select("ul.cards > li")
    assert [c["data-indicator"] for c in cards] == list(storyboard.storyboard(p).cards)
    for card in cards:
        finding = p.findings[card["data-indicator"]]
        decimals = p.indicators[finding.indicator].decimals
        value = bare(card.select_one(".big"))
        assert number(value, lang) == words.rounded(finding.latest.value, decimals)
        assert words.period(finding.latest.period, lang) in card.select_one(".when").get_text()
        change = card.select_one("[data-metric=change]").get_text(strip=True)
        assert change == words.capital(narrate.card(finding, p, lang).change)
        rank = finding.metrics["rank"]
        said = card.select_one("[data-metric=rank]").get_text(strip=True)
        if rank.value is None:
            assert narrate.reason_label(rank.reason, lang) in said
        else:
            assert f"/\xa0{int(finding.metrics['rank_n'].value)}" in said.replace("/ ", "/\xa0")
        if finding.latest.status not in ("final", "revised"):
            assert narrate.status_label(finding.latest.status, lang) in card.get_text()


@pytest.mark.parametrize(("region", "lang"), PAGES)
def test_the_table_behind_a_chart_has_the_figures_of_the_chart(region, lang):
    for (subject, kind), chart in charts(region, lang).items():
        figure = by_id(region, lang)[f"chart-{subject}-{kind}"]
        table = figure.find("table")
        assert table is not None
        if kind == "heatmap":
            rows = table.select("tbody tr")
            assert len(rows) == chart.data["indicator"].nunique()
            continue
        decimals = 1 if kind == "index" else picture(region).indicators[subject].decimals
        shown = chart.data[~chart.data["role"].isin(["other", "peer"])]
        wanted = chart.data if kind in ("strip", "map") else shown
        expected = sorted(words.rounded(v, decimals) for v in wanted["value"])
        found = [number(bare(c), lang) for c in table.select("td.n") if bare(c)]
        assert sorted(found) == expected, (subject, kind)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_whole_series_and_the_groups_stand_under_each_indicator(lang):
    p = picture("kainuu")
    for block in soup("kainuu", lang).select("details.ind"):
        finding = p.findings[block["data-indicator"]]
        decimals = p.indicators[finding.indicator].decimals
        mine = [v for s in finding.segments for v in s.values if v is not None]
        table = block.select_one("table[data-table=series]")
        assert bool(table) == (len({t for s in finding.segments for t in s.periods}) > 1)
        if table and finding.frequency in ("year", "span"):
            own = len({s.region for s in finding.segments})
            cells = [bare(r.select("td")[n]) for r in table.select("tbody tr") for n in range(own)]
            found = sorted(number(c, lang) for c in cells if c)
            assert found == sorted(words.rounded(v, decimals) for v in mine)
        groups = block.select_one("table[data-table=groups]")
        latest = [
            words.rounded(s.values[-1], decimals)
            for s in finding.profile
            if s.periods[-1] == finding.latest.period
            # Every crisis has its own year.
            or "shock" in p.indicators[finding.indicator].axes
        ]
        assert bool(groups) == (len(latest) > 1)
        if groups:
            found = [number(bare(r.td), lang) for r in groups.select("tbody tr")]
            assert sorted(found) == sorted(latest)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_figure_that_may_change_is_marked(lang):
    p = picture("kainuu")
    for block in soup("kainuu", lang).select("details.ind"):
        latest = p.findings[block["data-indicator"]].latest
        mark = narrate.status_mark(latest.status, lang)
        cell = block.select_one("td[data-metric=latest]")
        assert bool(cell.select(".st")) == bool(mark and latest.value is not None)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentences_headlines_and_summary_stand_on_the_page_word_for_word(lang):
    p = picture("kainuu")
    text = re.sub(r"\s+", " ", soup("kainuu", lang).get_text(" ").replace("\xa0", " "))

    def said(sentence: str) -> bool:
        return re.sub(r"\s+", " ", sentence.replace("\xa0", " ")) in text

    for finding in p.findings.values():
        for s in narrate.sentences(finding, p, lang):
            assert said(s.text)
    parts = [x["parts"] for x in html._page.summary(p, lang)]
    joined = [" ".join(f"{label} {t}".strip() for label, t in x) for x in parts]
    assert joined == [s.text for s in narrate.summary(p, lang)]
    assert len(parts) == 5


# ---------------------------------------------------------------- structure


@pytest.mark.parametrize(("region", "lang"), PAGES)
def test_headings_are_in_order_and_there_is_one_title(region, lang):
    found = soup(region, lang).find_all(re.compile("^h[1-6]$"))
    levels = [int(h.name[1]) for h in found]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))
    assert all(h.get_text(strip=True) for h in found)


@pytest.mark.parametrize(("region", "lang"), PAGES)
def test_ids_are_unique_and_every_internal_link_leads_somewhere(region, lang):
    ids = [t["id"] for t in soup(region, lang).find_all(id=True)]
    assert len(ids) == len(set(ids))
    links = [a["href"] for a in soup(region, lang).find_all("a", href=True)]
    assert {x[1:] for x in links if x.startswith("#")} <= set(ids)
    used = " ".join(t["aria-labelledby"] for t in soup(region, lang).find_all(attrs={
        "aria-labelledby": True}))  # fmt: skip
    assert set(used.split()) <= set(ids)


@pytest.mark.parametrize("region", REGIONS)
def test_every_indicator_with_figures_has_its_anchor(region):
    ids = {t["id"] for t in soup(region, "fi").find_all(id=True)}
    assert set(picture(region).findings) <= ids


@pytest.mark.parametrize(("region", "lang"), PAGES)
def test_every_drawing_has_a_text_alternative(region, lang):
    drawings = soup(region, lang).find_all("svg")
    assert not soup(region, lang).find_all("img")
    assert len(drawings) > 20
    for svg in drawings:
        if svg.get("aria-hidden") == "true":
            continue
        assert svg["role"] == "img"
        label = svg.get("aria-label")
        named = [by_id(region, lang).get(i) for i in svg.get("aria-labelledby", "").split()]
        assert label or (named and all(n is not None and n.get_text(strip=True) for n in named))


@pytest.mark.parametrize(("region", "lang"), PAGES)
def test_every_table_has_a_caption_scopes_and_a_frame_that_can_be_reached(region, lang):
    tables = soup(region, lang).find_all("table")
    assert len(tables) > 100
    for table in tables:
        assert table.find("caption").get_text(strip=True)
        assert all(th.get("scope") in ("col", "row") for th in table.find_all("th"))
        assert all(r.find("th", scope="row") for r in table.select("tbody tr"))
        columns = len(table.select("thead th"))
        assert all(len(r.find_all(["th", "td"])) == columns for r in table.select("tbody tr"))
        frame = table.parent
        assert (frame["tabindex"], frame["role"]) == ("0", "region")
        assert frame["aria-label"]


def test_the_language_is_said_and_the_landmarks_are_there():
    for lang in LANGUAGES:
        tree = soup("kainuu", lang)
        assert tree.html["lang"] == lang
        assert tree.title.get_text().startswith(tree.h1.get_text())
        for name in ("header", "main", "footer"):
            assert len(tree.find_all(name)) == 1
        assert tree.find("a")["href"] == f"#{tree.main['id']}"
        assert all(n.get("aria-label") or n.get("aria-labelledby") for n in tree.find_all("nav"))


def test_the_switch_and_the_downloads_list_only_what_is_there():
    p = picture("ahvenanmaa")
    alone = BeautifulSoup(html.render(p, "sv", charts=charts("ahvenanmaa", "sv")), "html.parser")
    assert not alone.select(".tools")
    both = soup("ahvenanmaa", "fi").select(".tools a")
    assert [a["href"] for a in both] == [
        "ahvenanmaa.fi.html", "ahvenanmaa.sv.html", "ahvenanmaa.en.html", "ahvenanmaa.fi.xlsx",
        "picture.json",
    ]  # fmt: skip
    assert [a["lang"] for a in both[:3]] == ["fi", "sv", "en"]
    assert [a.get("aria-current") for a in both[:3]] == ["page", None, None]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_file_that_is_offered_has_a_name_of_its_own(lang):
    p = picture("kainuu")
    offered = [f"kainuu.{lang}.{f}" for f in ("xlsx", "pdf", "docx", "pptx")]
    offered += ["kainuu.data.zip", "picture.json"]
    themes = {s.id: s.names[lang] for c in p.cuts if c.kind == "themes" for s in c.sections}
    briefs = {t: f"briefs/kainuu.{t}.{lang}.pdf" for t in themes}
    made = html.render(p, lang, charts=charts("kainuu", lang), downloads=offered, briefs=briefs)
    found = BeautifulSoup(made.decode(), "html.parser").select("a[download]")
    assert [a["href"] for a in found] == [*offered, *briefs.values()]
    names = [" ".join(a.get_text().split()) for a in found]
    assert len(set(names)) == len(names)
    assert not set(names) & {a["href"] for a in found}
    for theme, a in zip(themes, found[-len(themes) :], strict=True):
        assert a.get_text().endswith(f": {themes[theme]}")
        assert a.find_parent("section").h2.get_text() == themes[theme]


@pytest.mark.parametrize(("region", "lang"), PAGES)
def test_nothing_is_loaded_from_anywhere(region, lang):
    tree = soup(region, lang)
    assert not tree.find_all(["link", "iframe", "object", "embed", "audio", "video", "form"])
    assert not tree.find_all(src=True)
    for style in [s.get_text() for s in tree.find_all("style")]:
        assert "@import" not in style
        assert "http" not in style
        assert "url(" not in style
    assert not re.search(r"url\((?!#)", page(region, lang).decode())
    scripts = tree.find_all("script")
    assert len(scripts) == 1
    assert len(scripts[0].get_text().splitlines()) <= 60
    assert not re.search(r"fetch|XMLHttp|cookie|localStorage|import\(", scripts[0].get_text())
    outside = [a["href"] for a in tree.find_all("a", href=re.compile("^https?:"))]
    addresses = {s.address for s in picture(region).snapshots.values()}
    assert set(outside) <= addresses


def test_the_page_is_small_enough_to_send():
    for region, lang in PAGES:
        assert len(page(region, lang)) < 2_800_000


def test_the_same_picture_gives_the_same_bytes():
    again = Picture.from_json(picture("lappi").to_json())
    assert html.render(again, "en") == html.render(picture("lappi"), "en")


def test_no_place_of_a_template_is_left_and_no_nan():
    for region, lang in PAGES:
        text = soup(region, lang).get_text()
        assert "{{" not in text
        assert "{%" not in text
        assert not re.search(r"\b(?:nan|None|inf)\b", text)


# ---------------------------------------------------------------- what the page must say


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_what_it_is_not_and_of_what_day(lang):
    text = soup("kainuu", lang).header.get_text()
    assert words.message("page.notice", lang) in text
    assert words.date(picture("kainuu").as_of, lang) in text


def test_every_source_is_named_with_its_licence_and_address():
    p, tree = picture("kainuu"), soup("kainuu", "fi")
    rows = [r for t in tree.select("table.sources") for r in t.select("tbody tr")]
    used = [s for s in p.snapshots.values() if s.kind != "derived"]
    assert len(rows) == len(used)
    hrefs = [r.find("th").a["href"] for r in rows]
    assert sorted(hrefs) == sorted(s.address for s in used)
    text = tree.find("section", attrs={"aria-labelledby": "page-sources"}).get_text()
    for s in used:
        assert s.table in text
        assert narrate.licence_text(s.licence, "fi") in text
    said = words.message("page.transcribed", "fi")
    assert sum(said in r.get_text() for r in rows) == sum(s.transcribed for s in used)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_gap_stands_under_what_we_do_not_know(lang):
    p, tree = picture("kainuu"), soup("kainuu", lang)
    section = tree.find("section", attrs={"aria-labelledby": "page-unknown"})
    text = section.get_text()
    for g in p.gaps:
        assert words.capital(p.indicators[g.indicator].names[lang]) in text
        if g.kind != "no_country":
            assert section.find(id=f"gap-{g.kind.replace('_', '-')}-{g.indicator}")
    assert len(section.select(".tight li")) == sum(g.kind == "no_country" for g in p.gaps)


def test_stale_figures_stand_neither_in_the_cards_nor_in_the_summary():
    p, tree = picture("kainuu"), soup("kainuu", "fi")
    old = {g.indicator for g in p.gaps if g.kind == "stale"}
    top = [*tree.select("ul.cards > li h3 a"), *tree.select(".summary a")]
    assert not {a["href"][1:] for a in top} & old


def test_what_changed_is_listed_against_the_earlier_view():
    p, tree = picture("kainuu"), soup("kainuu", "fi")
    section = tree.find("section", attrs={"aria-labelledby": "page-changes"})
    assert words.date(p.compared_with, "fi") in section.get_text()
    listed = [li["data-indicator"] for li in section.find_all("li")]
    assert sorted(listed) == sorted(c.indicator for c in p.changes)
    never = p.model_copy(update={"compared_with": None, "changes": ()})
    said = html._annex.changes(never, "fi")
    assert said["groups"] == []
    assert said["intro"] == words.message("page.changes_none", "fi")


# ---------------------------------------------------------------- hostile and empty pictures

HOSTILE = "<script>alert(1)</script>\"'&{{ 7*7 }}</style>"


def hostile() -> Picture:
    """A picture whose every free text tries to break out (synthetic)."""
    p = picture("ahvenanmaa")
    nasty = Text(fi=HOSTILE, sv=HOSTILE, en=HOSTILE)
    indicators = {
        k: i.model_copy(update={"names": nasty, "short": nasty, "phrase": None, "amount": None,
                                "caveats": (nasty,), "where": nasty})
        for k, i in p.indicators.items()
    }  # fmt: skip
    snapshots = {
        k: s.model_copy(update={"title": HOSTILE, "note": HOSTILE, "table": HOSTILE,
                                "address": "javascript:alert(1)"})
        for k, s in p.snapshots.items()
    }  # fmt: skip
    cuts = tuple(
        c.model_copy(update={"names": nasty, "sections": tuple(
            s.model_copy(update={"names": nasty, "question": nasty, "questions": (nasty,)})
            for s in c.sections)})
        for c in p.cuts
    )  # fmt: skip
    regions = {k: r.model_copy(update={"names": nasty}) for k, r in p.regions.items()}
    sources = {k: s.model_copy(update={"publisher": nasty}) for k, s in p.sources.items()}
    return p.model_copy(update={
        "indicators": indicators, "snapshots": snapshots, "cuts": cuts, "regions": regions,
        "sources": sources, "region": p.region.model_copy(update={"names": nasty}),
    })  # fmt: skip


def test_text_that_tries_to_break_out_stays_text():
    made = html.render(hostile(), "fi", languages=("fi",), downloads=(HOSTILE,))
    tree = BeautifulSoup(made.decode(), "html.parser")
    assert len(tree.find_all("script")) == 1
    assert len(tree.find_all("style")) == 1
    assert "alert" not in tree.find("script").get_text()
    assert not [a for a in tree.find_all("a", href=True) if a["href"].startswith("javascript")]
    assert not [t for t in tree.find_all(True) if any(k.startswith("on") for k in t.attrs)]
    assert b"<script>alert" not in made
    assert "{{ 7*7 }}" in tree.get_text()
    assert tree.find("h1").get_text() == "Ahvenanmaan tilannekuva"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_picture_without_figures_is_a_page_that_says_so(lang):
    p = picture("kainuu")
    gaps = tuple(g for g in p.gaps if g.kind == "no_figures")
    p = p.model_copy(update={"findings": {}, "changes": (), "breaks": (), "gaps": gaps})
    tree = BeautifulSoup(html.render(p, lang), "html.parser")
    assert not tree.select("ul.cards > li")
    assert len(tree.select("section.chapter")) >= 9
    assert tree.find(id="page-unknown")


# ---------------------------------------------------------------- several regions


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_index_leads_to_every_region(lang):
    pictures = [picture(r) for r in REGIONS]
    made = html.render_index(pictures, lang, languages=("fi", "sv"))
    assert made == html.render_index(list(reversed(pictures)), lang, languages=("fi", "sv"))
    tree = BeautifulSoup(made, "html.parser")
    links = [a["href"] for a in tree.select("main a")]
    assert set(links) == {f"{r}/{r}.{lang}.html" for r in REGIONS}
    assert len(tree.find_all("h1")) == 1
    for row in tree.select("tbody tr"):
        p = next(x for x in pictures if x.region.names[lang] == row.th.get_text(strip=True))
        for cell in row.select("td[data-indicator]"):
            assert same(bare(cell), p.findings[cell["data-indicator"]].latest.value, lang)


def test_a_status_mark_stands_after_the_unit_and_on_figures_only():
    page_ = soup("kainuu", "fi")
    marks = page_.select("table.facts-table td .st")
    assert marks
    for mark in marks:
        cell = mark.find_parent("td")
        assert cell["data-metric"] not in ("age_months", "trend_p", "trend_n", "rank_n")
        assert not mark.find_next_siblings("span", class_="unit")


def test_a_line_of_a_card_compares_the_same_month():
    p = picture("kainuu")
    for card in soup("kainuu", "fi").select("ul.cards > li"):
        finding = p.findings[card["data-indicator"]]
        spark = card.select_one("svg.spark")
        if spark and finding.frequency == "month":
            first, last = (part.split(":")[0] for part in spark["aria-label"].split("; "))
            assert first.split()[0] == last.split()[0]


def test_no_two_headings_of_chapters_read_the_same():
    found = [h.get_text(" ", strip=True) for h in soup("kainuu", "fi").select(".chapter h3.sub")]
    per_chapter = [h for h in found if ":" in h]
    assert len(per_chapter) == len(set(per_chapter))


def test_a_title_of_a_source_has_its_own_language():
    spans = soup("kainuu", "fi").select("table.sources td span[lang]")
    assert {"en", "fi"} <= {s["lang"] for s in spans}


# --- the dashboard ------------------------------------------------------------------------------


@pytest.mark.parametrize(("region", "lang"), PAGES)
def test_the_dashboard_shows_proxies_by_kind_and_never_a_score(region, lang):
    p = picture(region)
    (section,) = [s for c in p.cuts for s in c.sections if s.tiles]
    (board,) = soup(region, lang).select("section.tiles")
    rows = board.select("table[data-table=tiles] tbody tr")
    assert len(rows) == sum(len(k.indicators) for k in section.tiles)
    known = [i for k in section.tiles for i in k.indicators
             if i in p.findings and p.findings[i].latest.value is not None]  # fmt: skip
    tiles = board.select("li[data-indicator]")
    assert [t["data-indicator"] for t in tiles] == known
    for tile in tiles:
        finding = p.findings[tile["data-indicator"]]
        decimals = p.indicators[finding.indicator].decimals
        value = tile.select_one(".big").find(string=True, recursive=False).strip()
        assert number(value, lang) == words.rounded(finding.latest.value, decimals)
        assert words.period(finding.latest.period, lang) in tile.get_text(" ")
        assert len(tile.get_text(" ").strip()) > len(value), "with its year and its gap"
    missing = [r for r in rows if words.message("page.tiles_no_figure", lang) in r.get_text()]
    assert len(missing) == len(rows) - len(known), "what has no figure is in the table all the same"
    # Nothing on the dashboard adds proxies up: every number is one of a single proxy.
    assert not re.search(r"indeksi|pistemäärä|poängsumma|\bscore of\b", board.h3.get_text())
