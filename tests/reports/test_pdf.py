"""The document read back: its numbers against the page's, its structure, its safety."""

from __future__ import annotations

import csv
import functools
import io
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Iterator

import pikepdf
import pypdf
import pytest
from bs4 import BeautifulSoup

from tilannekuva import compose, judging, storyboard, words
from tilannekuva.errors import ReportError
from tilannekuva.model import LANGUAGES, Assessment, Commentary, Picture, Text
from tilannekuva.narrate import bound
from tilannekuva.reports import (
    _brief_experts,
    _cells,
    _experts,
    _missing,
    _page,
    _pdf_brief,
    _pdf_typst,
    html,
    pdf,
)
from tilannekuva.reports._pdf_words import said, template

THEMES = ("biodiversity", "resilience", "growth")
KINDS = ("whole", *THEMES)


@functools.cache
def picture(region: str = "kainuu") -> Picture:
    return compose(region)


@functools.cache
def charts(lang: str):
    return storyboard.draw_all(picture(), lang)


@functools.cache
def made(kind: str, lang: str) -> bytes:
    if kind == "whole":
        return pdf.render(picture(), lang, charts=charts(lang))
    return pdf.brief(picture(), kind, lang, charts=charts(lang))


@functools.cache
def opened(kind: str, lang: str) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(made(kind, lang)))


def squashed(text: str) -> str:
    """Text without white space and hyphens: lines are broken where the page is not."""
    return re.sub("[\\s\u00a0\u202f\u00ad-]", "", text)


def texts(content: bytes) -> list[str]:
    """The text of every page."""
    return [p.extract_text() for p in pypdf.PdfReader(io.BytesIO(content)).pages]


def read(content: bytes) -> str:
    return squashed("".join(texts(content)))


@functools.cache
def paged(kind: str, lang: str) -> list[str]:
    """The text of every page of a made document: reading it takes longer than setting it."""
    return texts(made(kind, lang))


@functools.cache
def printed(kind: str, lang: str) -> str:
    return squashed("".join(paged(kind, lang)))


def elements(tree: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
    """Every element of the structure, in reading order."""
    if isinstance(tree, pikepdf.Array):
        for kid in tree:
            yield from elements(kid)
    elif isinstance(tree, pikepdf.Dictionary):
        if "/S" in tree:
            yield tree
        if "/K" in tree:
            yield from elements(tree.K)


def attributes(element: pikepdf.Dictionary) -> dict[str, object]:
    found = element.get("/A", pikepdf.Array())
    each = found if isinstance(found, pikepdf.Array) else [found]
    return {str(k): v for a in each for k, v in a.items()}


def every(kind: str, lang: str, *names: str) -> list[pikepdf.Dictionary]:
    return [e for e in elements(opened(kind, lang).Root.StructTreeRoot) if str(e.S) in names]


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_key_figures_are_those_of_the_page(lang):
    cards = _page.cards(storyboard.storyboard(picture()), picture(), lang)
    assert len(cards) == 8
    for c in cards:
        texts = [c["name"], c["value"], c["unit"], c["when"], *c["marks"], c["change"]]
        assert squashed("".join(texts)) in printed("whole", lang), c["id"]
        assert squashed(c["place"]) in printed("whole", lang)


@functools.cache
def page(lang: str) -> BeautifulSoup:
    return BeautifulSoup(html.render(picture(), lang, charts=charts(lang)).decode(), "html.parser")


def expected(row) -> re.Pattern[str]:
    """A row of a table of the page as it is read from the document."""
    head = row.find("th")
    parts = [re.escape(squashed(head.get_text()))]
    for cell in row.find_all("td"):
        for hidden in cell.select(".vh"):
            hidden.decompose()
        text = re.escape(squashed(cell.get_text()))
        dash = cell.find(class_="none") and "when" not in cell.get("class", [])
        parts.append("–\\d*" if dash else text)
    return re.compile("".join(parts))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_row_of_every_compact_table_is_that_of_the_page(lang):
    tables = page(lang).select("table.compact")
    assert len(tables) >= 10
    rows = [r for t in tables for r in t.select("tbody tr")]
    assert {r["data-indicator"] for r in rows} == set(picture().findings)
    for r in rows:
        wanted = expected(r)
        assert wanted.search(printed("whole", lang)), wanted.pattern


@pytest.mark.parametrize("lang", LANGUAGES)
def test_gaps_sources_changes_and_method_are_those_of_the_page(lang):
    text = printed("whole", lang)
    for row in page(lang).select("table.gaps tbody tr, table.sources tbody tr"):
        for cell in row.find_all(["th", "td"]):
            assert squashed(cell.get_text()) in text, cell.get_text()
    for item in page(lang).select("#page-changes ~ ul li, #page-method ~ ul li, dl.terms dd"):
        assert squashed(item.get_text()) in text, item.get_text()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_summary_leads_and_titles_of_charts_stand_word_for_word(lang):
    text = printed("whole", lang)
    for item in page(lang).select(
        ".summary li p:not(.to), .lead p:not(.source):not(.noprint):not(.small), figure h3"
    ):
        if item.find_parent("details") is None:
            assert squashed(item.get_text()) in text, item.get_text()
    for c in charts(lang).values():
        assert squashed(c.source) in text
        assert squashed(c.subtitle) in text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("theme", THEMES)
def test_a_brief_has_key_figures_findings_gaps_and_questions(theme, lang):
    text = printed(theme, lang)
    assert len(opened(theme, lang).pages) == _pdf_brief.PAGES
    scene = _pdf_brief.scene_of(storyboard.storyboard(picture()), theme)
    shown = [said(k, lang) for k in ("three_findings", "findings")]
    assert any(squashed(x) in text for x in shown)
    for question in scene.section.questions:
        assert squashed(question[lang]) in text
    for i in (scene.lead, *scene.section.lead):
        if i in picture().findings and storyboard.fresh(picture().findings[i]):
            found = _cells.latest(picture().findings[i], picture(), lang).text
            assert squashed(found) in text
            break
    groups = _missing.missing(scene.gaps, picture(), lang)
    assert groups
    for g in groups:
        assert squashed(f"{g.name}:{g.text}") in text
        assert squashed(f"{g.name}:{g.text}") in printed("whole", lang)
    assert squashed(words.message("page.assessments", lang)) not in text


# ---------------------------------------------------------------- the experts' half


REASONS = "Tilauskanta on ohentunut, mutta kaivosinvestoinnit käynnistyvät."


def every_change_counts(picture: Picture) -> Picture:
    """The picture with every printed change worth a word, so that a theme can be contradicted."""
    small = {i: x.model_copy(update={"min_change": 0.0}) for i, x in picture.indicators.items()}
    return picture.model_copy(update={"indicators": small})


def judged(length: int = 1, roles: int = 1, lang: str = "fi") -> Picture:
    """The picture with judgements of every theme that its figures may contradict, and a text."""
    found = tuple(
        Assessment(
            subject=t, now=now, in_6_months="0", in_12_months="+",
            reasons=" ".join([REASONS] * length), role=f"johtaja {n}", edition="2025-10-23",
        )
        for t in THEMES for n in range(roles) for now in ("-" if n % 2 == 0 else "+",)
    )  # fmt: skip
    text = "\n\n".join(
        ["BKT oli {{ gdp_pc.latest }}{{ claim: gdp_pc.latest > 0 }}."] + [f"*{REASONS}*"] * length
    )
    notes = tuple(
        Commentary(section=t, language=lang, text=text, file=f"{t}.md", edition="2025-10-23")
        for t in THEMES
    )
    told = every_change_counts(picture())
    return told.model_copy(update={"assessments": found, "commentary": notes})


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("theme", THEMES)
def test_a_brief_has_what_experts_say_beside_the_figures(theme, lang):
    p = judged(lang=lang)
    content = pdf.brief(p, theme, lang, charts=charts(lang))
    assert _pdf_typst.pages(content) == _pdf_brief.PAGES
    text = read(content)
    scene = _pdf_brief.scene_of(storyboard.storyboard(p), theme)
    (a,) = _experts.judgements(scene.assessments, p, lang)
    for part in (a["name"], *a["steps"], a["reasons"], a["role"], a["dated"], a["differs"]):
        assert squashed(part) in text
    assert len(a["steps"]) == 3
    (note,) = [n for n in p.commentary if n.section == theme]
    assert squashed(bound.fill(note, p).text.partition("\n")[0]) in text
    assert "{{" not in text
    for key in ("assessments", "commentary", "unknown"):
        assert squashed(words.message(f"page.{key}", lang)) in text


def test_where_figures_point_the_other_way_the_brief_and_the_document_say_so():
    p = judged()
    differ = [d for d in judging.disagreements(p) if d.assessment.subject == "growth"]
    assert differ
    scene = _pdf_brief.scene_of(storyboard.storyboard(p), "growth")
    (a,) = _experts.judgements(scene.assessments, p, "fi")
    assert a["differs"]
    for content in (pdf.brief(p, "growth", "fi"), pdf.render(p, "fi", charts=charts("fi"))):
        assert squashed(a["differs"]) in read(content)


@pytest.mark.parametrize("theme", THEMES)
def test_many_long_judgements_stay_on_two_pages_and_the_brief_says_where_the_rest_is(theme):
    p = judged(length=20, roles=6)
    content = pdf.brief(p, theme, "fi", charts=charts("fi"))
    assert _pdf_typst.pages(content) == _pdf_brief.PAGES
    text = read(content)
    assert squashed(words.message("office.experts_more", "fi")) in text
    scene = _pdf_brief.scene_of(storyboard.storyboard(p), theme)
    first = _brief_experts.half(scene, p, "fi").judgements[0]
    assert squashed(first["role"]) in text
    assert "…" in text


def test_a_word_longer_than_a_line_stays_on_the_page():
    long = "Pitkä" * 60
    p = judged()
    found = tuple(a.model_copy(update={"reasons": long, "role": long}) for a in p.assessments)
    content = pdf.brief(p.model_copy(update={"assessments": found}), "growth", "fi")
    lines = [x for text in texts(content) for x in text.split("\n") if "PitkäPitkä" in x]
    assert lines
    assert max(map(len, lines)) < len("Pitkä" * 20), "it is broken, and not one line of 300 letters"


# ---------------------------------------------------------------- structure


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_file_says_what_it_is(kind, lang):
    root = opened(kind, lang).Root
    assert str(root.Lang) == lang
    assert root.ViewerPreferences.DisplayDocTitle
    assert root.MarkInfo.Marked
    with opened(kind, lang).open_metadata() as about:
        assert about["dc:title"]
        assert about["dc:description"]
        assert about["pdfaid:part"] == "3"
        assert about["pdfaid:conformance"] == "A"
        assert about["pdfuaid:part"] == "1"
        assert about["xmp:CreateDate"].startswith(picture().as_of)
        assert about["xmp:ModifyDate"].startswith(picture().as_of)
    assert str(opened(kind, lang).docinfo.Title) == about["dc:title"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_headings_are_in_order_under_one_title(kind, lang):
    assert len(every(kind, lang, "/Title")) == 1
    names = [f"/H{n}" for n in range(1, 7)]
    levels = [int(str(e.S)[2]) for e in every(kind, lang, *names)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_has_its_words_and_every_heading_cell_its_scope(kind, lang):
    alts = [str(e.get("/Alt", "")) for e in every(kind, lang, "/Figure")]
    assert all(alts)
    heads = every(kind, lang, "/TH")
    assert all(attributes(e).get("/Scope") == pikepdf.Name.Column for e in heads)
    assert len(every(kind, lang, "/Table")) == len(every(kind, lang, "/THead"))
    if kind == "whole":
        assert {c.alt for c in charts(lang).values()} <= {" ".join(a.split(" ")) for a in alts}
        assert len(heads) > 100


@pytest.mark.parametrize("lang", LANGUAGES)
def test_bookmarks_and_contents_lead_to_every_chapter(lang):
    with opened("whole", lang).open_outline() as outline:
        tops = [x.title for x in outline.root]
        under = {y.title for x in outline.root for y in x.children}
    story = storyboard.storyboard(picture())
    for scene in story.scenes:
        assert scene.section.names[lang] in tops
    led = [words.message("page.tables", lang)]
    led += [x["name"] for group in _page.contents(story, lang) for x in group["links"]]
    assert set(led) <= {*tops, *under}
    assert len(every("whole", lang, "/TOCI")) == len(led)


def page_of(found: pikepdf.Object) -> tuple[int, int] | None:
    """The page (its object) that an element of the structure begins on."""
    if isinstance(found, pikepdf.Array):
        return next(filter(None, map(page_of, found)), None)
    if not isinstance(found, pikepdf.Dictionary):
        return None
    return found.Pg.objgen if "/Pg" in found else page_of(found.get("/K", pikepdf.Array()))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_head_of_a_table_stands_over_rows_of_it(lang):
    tables = every("whole", lang, "/Table")
    assert len(tables) > 20
    for n, table in enumerate(tables, 1):
        rows = [e for e in elements(table.K) if str(e.S) == "/TR"]
        assert len({page_of(r) for r in rows[:3]}) == 1, f"table {n} begins at the foot of a page"


FEW_LINES = 8
"""A page with fewer lines than these, running head and foot not counted, looks like a mistake."""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_page_has_a_few_lines_only(lang):
    for n, text in enumerate(paged("whole", lang), 1):
        lines = [x for x in text.split("\n") if x.strip()]
        assert len(lines) >= FEW_LINES + 3 or n == 1, f"page {n}: {lines}"


def sections_of(lang: str) -> dict[str, str]:
    """Top bookmark → text of its pages, each page counted to all that begin on it or before."""
    reader = pypdf.PdfReader(io.BytesIO(made("whole", lang)))
    tops = [x for x in reader.outline if not isinstance(x, list)]
    first = [reader.get_destination_page_number(x) for x in tops]
    ends = [*first[1:], len(reader.pages) - 1]
    return {
        str(x.title): squashed("".join(paged("whole", lang)[a : b + 1]))
        for x, a, b in zip(tops, first, ends, strict=True)
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_chapter_with_charts_has_its_table_after_the_chapters_and_another_on_its_page(lang):
    found, seen = sections_of(lang), set()
    for section in page(lang).select("section.chapter"):
        rows = section.select("table.compact tbody tr")
        if rows:
            charted = bool(section.select("figure"))
            place = words.message("page.tables", lang) if charted else section.find("h2").get_text()
            if place not in found:  # what no chapter names follows the tables
                place, charted = words.message("page.tables", lang), None
            assert expected(rows[-1]).search(found[place]), place
            seen.add(charted)
    assert seen == {True, False, None}


def test_pages_are_numbered_and_have_a_running_head():
    reader = pypdf.PdfReader(io.BytesIO(made("whole", "fi")))
    for n, (p, text) in enumerate(zip(reader.pages, paged("whole", "fi"), strict=True), 1):
        width, height = float(p.mediabox.width), float(p.mediabox.height)
        assert (round(width), round(height)) == (595, 842)
        if n > 1:
            assert "Kainuun tilannekuva · 23.10.2025" in text
            assert f"{n} / {len(reader.pages)}" in text


def test_every_chapter_begins_a_page():
    starts = [squashed(text[:400]) for text in paged("whole", "en")]
    for scene in storyboard.storyboard(picture()).scenes:
        name = squashed(scene.section.names.en)
        assert any(s.count(name) >= 2 for s in starts), name  # the running head and the heading


def test_nothing_in_the_file_runs_or_leads_outside_the_web():
    document = opened("whole", "fi")
    assert "/OpenAction" not in document.Root
    assert "/AcroForm" not in document.Root
    for p in document.pages:
        for note in p.get("/Annots", []):
            assert "/A" not in note or str(note.A.S) in ("/URI", "/GoTo")
            if "/A" in note and note.A.S == pikepdf.Name.URI:
                assert str(note.A.URI).startswith(("https://", "http://"))
    for font in {str(f.get("/FontName", "")) for f in _descriptors(document)}:
        assert re.match(r"/[A-Z]{6}\+(DejaVu|Libertinus)", font), font


def _descriptors(document: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    for x in document.objects:
        if isinstance(x, pikepdf.Dictionary) and x.get("/Type") == pikepdf.Name.FontDescriptor:
            yield x


# ---------------------------------------------------------------- what is attached


def attached(kind: str, name: str) -> bytes:
    return opened(kind, "fi").attachments[name].get_file().read_bytes()


def test_the_attached_table_has_every_figure_of_the_picture():
    rows = list(csv.DictReader(io.StringIO(attached("whole", "figures.csv").decode())))
    found = {(r["indicator"], r["region"], r["breakdown"], r["period"]): r for r in rows}
    assert len(found) == len(rows)
    count = 0
    for f in picture().findings.values():
        country = [f.country] if f.country else []
        for s in (*f.segments, *country, *f.parts, *f.others):
            for period, value, status in zip(s.periods, s.values, s.statuses, strict=True):
                row = found[f.indicator, s.region, f.breakdown, period]
                assert row["status"] == status
                assert row["value"] == "" if value is None else float(row["value"]) == value
                assert row["snapshot"] in f.origins
                count += 1
    assert count > 10_000


def test_the_attached_lock_has_every_version_of_the_data():
    about = json.loads(attached("whole", "lock.json"))
    assert about["as_of"] == picture().as_of
    kept = {s["id"]: s for s in about["snapshots"]}
    assert kept == {k: s.model_dump(mode="json") for k, s in picture().snapshots.items()}


def test_attachments_say_what_they_are():
    for kind, names in (("whole", {"figures.csv", "lock.json"}), ("growth", {"figures.csv"})):
        document = opened(kind, "sv")
        assert set(document.attachments) == names
        assert len(document.Root.AF) == len(names)
        for name in names:
            kept = document.attachments[name]
            assert kept.description
            assert str(kept.obj.AFRelationship) == "/Data"
            assert kept.get_file().mime_type in ("text/csv", "application/json")


def test_a_brief_has_the_figures_of_its_theme():
    scene = _pdf_brief.scene_of(storyboard.storyboard(picture()), "growth")
    rows = csv.DictReader(io.StringIO(attached("growth", "figures.csv").decode()))
    assert {r["indicator"] for r in rows} == set(scene.table)


# ---------------------------------------------------------------- text from outside

HOSTILE = (
    'A "q" \'s\' #panic("x") #import "y.typ" $x^2$ @ref <lab> *b* _i_ `r` \\ \\u{41} // c /* d */ '
    "[e] {f} ~ -- --- https://x.y & ; = - + 1. ]] }} {{ 7*7 }}\n= New\r\n\n#set page(fill: red)\x00"
    "\x07\ue000\u202e\U0001f600 漢 end"
)
MARKDOWN = (
    "# Not a heading #panic(1)\n\nFirst *em $x$* and **strong @ref** [a link](https://stat.fi/x#y) "
    "[bad](javascript:alert(1)) <b>raw</b> `#code`\n\n- one `[`\n- two\n  1. deep #eval(1)\n\n"
    "> quoted \\* ]\n"
)


def hostile() -> Picture:
    """A picture whose every free text tries to break out (synthetic)."""
    p = picture("ahvenanmaa")
    nasty = Text(fi=HOSTILE, sv=HOSTILE, en=HOSTILE)
    line = HOSTILE.partition("\n")[0]  # a chart measures its names letter by letter
    name = Text(fi=line, sv=line, en=line)
    indicators = {
        k: i.model_copy(update={"names": name, "short": name, "phrase": None, "amount": None,
                                "caveats": (nasty,), "where": nasty})
        for k, i in p.indicators.items()
    }  # fmt: skip
    snapshots = {
        k: s.model_copy(update={"title": HOSTILE, "note": HOSTILE, "table": line,
                                "licence": line, "address": "javascript:alert(1)"})
        for k, s in p.snapshots.items()
    }  # fmt: skip
    cuts = tuple(
        c.model_copy(update={"names": nasty, "sections": tuple(
            s.model_copy(update={"names": name, "question": nasty, "questions": (nasty,)})
            for s in c.sections)})
        for c in p.cuts
    )  # fmt: skip
    said_ = tuple(
        Assessment(subject=s.id, now="+", reasons=HOSTILE, role=HOSTILE)
        for c in p.cuts for s in c.sections
    )  # fmt: skip
    notes = tuple(
        Commentary(section=s.id, language="fi", text=MARKDOWN, file="x.fi.md")
        for c in p.cuts for s in c.sections
    )  # fmt: skip
    breaks = tuple((i, b.model_copy(update={"note": nasty})) for i, b in p.breaks)
    regions = {k: r.model_copy(update={"names": name}) for k, r in p.regions.items()}
    sources = {k: s.model_copy(update={"publisher": name}) for k, s in p.sources.items()}
    return p.model_copy(update={
        "indicators": indicators, "snapshots": snapshots, "cuts": cuts, "regions": regions,
        "sources": sources, "assessments": said_, "commentary": notes, "breaks": breaks,
        "region": p.region.model_copy(update={"names": name}),
    })  # fmt: skip


def test_text_that_tries_to_break_out_stays_text():
    p = hostile()
    wanted = squashed(HOSTILE.partition("\n")[0])
    whole = pdf.render(p, "fi")
    brief = pdf.brief(p, "growth", "fi")
    assert _pdf_typst.pages(brief) == _pdf_brief.PAGES
    for content in (whole, brief):
        text = read(content)
        assert text.count(wanted) > 5
        assert squashed("}} = New #set page(fill: red)") in text
        if content is whole:
            for said_ in ("em $x$", "strong @ref", "a link", "#code", "deep #eval(1)", "#panic(1)"):
                assert squashed(said_) in text
        with pikepdf.open(io.BytesIO(content)) as document:
            for x in document.pages:
                for note in x.get("/Annots", []):
                    assert "/A" not in note or "javascript" not in str(note.A.get("/URI", ""))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_picture_without_figures_is_a_document_that_says_so(lang):
    p = picture()
    gaps = tuple(g for g in p.gaps if g.kind == "no_figures")
    p = p.model_copy(update={"findings": {}, "changes": (), "breaks": (), "gaps": gaps})
    text = read(pdf.render(p, lang))
    for c in p.cuts:
        for s in c.sections:
            assert squashed(s.names[lang]) in text
    assert squashed(words.message("page.tables_intro", lang)) not in text
    brief = pdf.brief(p, "growth", lang)
    assert _pdf_typst.pages(brief) == _pdf_brief.PAGES
    assert squashed(said("no_key_figures", lang)) in read(brief)


def test_a_title_of_a_source_has_its_own_language():
    spans = [e for e in elements(opened("whole", "fi").Root.StructTreeRoot) if "/Lang" in e]
    assert "en" in {str(e.Lang) for e in spans}


# ---------------------------------------------------------------- the same every time, and errors


def test_the_same_picture_gives_the_same_bytes():
    assert pdf.brief(picture(), "growth", "fi", charts=charts("fi")) == made("growth", "fi")
    assert pdf.render(picture(), "fi", charts=charts("fi")) == made("whole", "fi")


@pytest.mark.slow
def test_another_process_gives_the_same_bytes(tmp_path):
    file = tmp_path / "picture.json"
    file.write_text(picture().to_json(), encoding="utf-8")
    code = (
        "import sys, pathlib\nfrom tilannekuva.model import Picture\n"
        "from tilannekuva.reports import pdf\n"
        "p = Picture.from_json(pathlib.Path(sys.argv[1]).read_text(encoding='utf-8'))\n"
        "sys.stdout.buffer.write(pdf.brief(p, 'resilience', 'sv'))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, check=True)
    assert done.stdout == made("resilience", "sv")


def test_the_file_is_small_enough_to_send():
    assert len(made("whole", "fi")) < 4_000_000
    assert len(made("growth", "fi")) < 600_000


def test_errors_say_what_to_do():
    with pytest.raises(ReportError, match="unknown language 'de'; use one of fi, sv, en"):
        pdf.render(picture(), "de")
    with pytest.raises(ReportError, match="no theme 'grwth'; did you mean 'growth'"):
        pdf.brief(picture(), "grwth", "fi")


def test_a_refused_document_is_an_error_that_names_it():
    values = {"year": 2025, "month": 1, "day": 1}
    with pytest.raises(ReportError, match=r"MK18\.fi\.pdf: the document cannot be set \("):
        _pdf_typst.typeset("brief.typ", values, {}, "MK18.fi.pdf")


def test_without_the_typesetter_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(ReportError, match=r'pip install "tilannekuva\[pdf\]"'):
        _pdf_typst.typeset("brief.typ", {"year": 2025, "month": 1, "day": 1}, {}, "x")


def test_words_of_the_templates_are_in_every_language():
    import tomllib

    def texts(table: dict) -> Iterator[dict]:
        for value in table.values():
            if isinstance(next(iter(value.values())), dict):
                yield from texts(value)
            else:
                yield value

    found = list(texts(tomllib.loads(template("words.toml").decode())))
    assert len(found) > 20
    for x in found:
        assert tuple(x) == LANGUAGES
        assert all(x.values())
        assert len({tuple(sorted(re.findall(r"\{\w+\}", t))) for t in x.values()}) == 1
