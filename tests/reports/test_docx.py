"""The Word document and the briefs read back: numbers, structure, safety, sameness."""

from __future__ import annotations

import functools
import io
import itertools
import re
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import docx as library
import pytest
from docx.oxml.ns import qn

from tilannekuva import narrate, words
from tilannekuva.errors import ReportError
from tilannekuva.model import LANGUAGES, Assessment, Commentary, Picture, Text
from tilannekuva.narrate import bound
from tilannekuva.reports import _chapters, _experts, _ooxml_bitmaps, docx
from tilannekuva.reports._ooxml import LANGUAGE
from tilannekuva.storyboard import draw_all, storyboard

CASES = [("MK18", x) for x in LANGUAGES] + [("MK21", "sv")]
THEMES = ("biodiversity", "resilience", "growth")


@pytest.fixture(scope="module")
def case(real_pictures):
    @functools.cache
    def drawn(code: str, lang: str):
        charts = draw_all(real_pictures[code], lang)
        return charts, _ooxml_bitmaps.bitmaps(charts)

    @functools.cache
    def made(code: str, lang: str):
        picture = real_pictures[code]
        charts, bitmaps = drawn(code, lang)
        content = docx.render(picture, lang, charts=charts, bitmaps=bitmaps)
        return picture, charts, content, library.Document(io.BytesIO(content))

    made.drawn = drawn
    return made


def texts(row) -> list[str]:
    return [
        "".join(t.text or "" for t in c.iter(qn("w:t"))) for c in row._tr.iterchildren(qn("w:tc"))
    ]


def number(text: str, lang: str) -> Decimal:
    """A printed number as a number, without its unit and its mark."""
    text = text.replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", "")
    text = re.match(r"[^\d+-]*([+-]?[\d.,]+)", text)[1].strip(".,")
    return Decimal(text.replace(",", "") if lang == "en" else text.replace(",", "."))


def table_named(document, name: str):
    for t in document.tables:
        if t._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == name:
            return t
    raise AssertionError(f"no table '{name}'")


# --- numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_the_key_figures_are_those_of_the_picture(case, code, lang):
    picture, _, _, document = case(code, lang)
    rows = table_named(document, words.message("page.key_figures", lang)).rows[1:]
    cards = storyboard(picture).cards
    assert len(rows) == len(cards) > 5
    for row, i in zip(rows, cards, strict=True):
        name, value, period, change, _ = texts(row)
        finding, card = picture.findings[i], narrate.card(picture.findings[i], picture, lang)
        assert name == words.capital(card.name)
        assert number(value, lang) == words.rounded(
            *words.scaled(finding.latest.value, picture.indicators[i].decimals,
                          picture.units[picture.indicators[i].unit])
        )  # fmt: skip
        assert words.period(finding.latest.period, lang) in period
        assert change == words.capital(card.change)


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_every_row_of_the_compact_tables_is_that_of_the_picture(case, code, lang):
    picture, charts, _, document = case(code, lang)
    chapters = _chapters.chapters(storyboard(picture), picture, lang, charts)
    seen = 0
    for chapter in chapters:
        if not chapter["rows"]:
            continue
        title = f"{words.message('page.compact_title', lang)}: {chapter['name']}"
        rows = table_named(document, title).rows
        head = texts(rows[0])
        latest = head.index(words.message("page.column.latest", lang))
        for row, r in zip(rows[1:], chapter["rows"], strict=True):
            cells = texts(row)
            measured = picture.findings[r["id"]].latest
            assert cells[0].startswith(r["name"])
            indicator = picture.indicators[r["id"]]
            if measured.value is not None:
                unit = picture.units[indicator.unit]
                value = words.scaled(measured.value, indicator.decimals, unit)
                assert number(cells[latest], lang) == words.rounded(*value)
            else:
                assert cells[latest] == "–"
            for years in (1, 5, 10):
                column = words.message(f"page.column.change_{years}y", lang)
                if column not in head or cells[head.index(column)] == "–":
                    continue
                metrics = picture.findings[r["id"]].metrics
                text = cells[head.index(column)]
                printed = number(text, lang)
                key = f"change_pct_{years}y" if "%" in text else f"change_{years}y"
                value = metrics[key].value
                places = max(-printed.as_tuple().exponent, 0)
                exact = {words.rounded(value, places), words.rounded(value, 0) * 1000}
                assert printed in exact, (r["id"], key, text)
            seen += 1
    assert seen >= len(picture.findings)


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_a_dashboard_is_the_table_of_the_page(case, code, lang):
    picture, charts, _, document = case(code, lang)
    boards = [
        c["dashboard"]["table"]
        for c in _chapters.chapters(storyboard(picture), picture, lang, charts) if c["dashboard"]
    ]  # fmt: skip
    assert boards
    for board in boards:
        head, *rows = table_named(document, board.caption).rows
        assert texts(head) == list(board.head)
        for row, r in zip(rows, board.rows, strict=True):
            cells = [c.text or c.reason or "–" for c in r.cells]
            assert all(map(str.startswith, texts(row), [r.name, *cells])), r.name


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_tables_of_chapters_with_charts_follow_the_chapters(case, code, lang):
    picture, charts, _, document = case(code, lang)
    body = [e for e in document.element.body if e.tag in (qn("w:p"), qn("w:tbl"))]
    said = ["".join(t.text or "" for t in e.iter(qn("w:t"))) for e in body]
    title = words.message("page.tables", lang)
    start = next(
        n for n, e in enumerate(body)
        if said[n] == title and e.find(f".//{qn('w:pStyle')}").get(qn("w:val")) == "Heading1"
    )  # fmt: skip
    names = {
        n: e.find(f".//{qn('w:tblCaption')}").get(qn("w:val"))
        for n, e in enumerate(body) if e.tag == qn("w:tbl")
    }  # fmt: skip
    sides = set()
    for chapter in _chapters.chapters(storyboard(picture), picture, lang, charts):
        if not chapter["rows"]:
            continue
        name = f"{words.message('page.compact_title', lang)}: {chapter['name']}"
        (place,) = [n for n, x in names.items() if x == name]
        assert (place > start) is _chapters.table_apart(chapter), name
        sides.add(place > start)
    assert sides == {True, False}


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_a_document_that_nobody_changed_has_no_stray_numbers(case, code, lang):
    picture, _, content, _ = case(code, lang)
    assert docx.check_numbers(picture, content, lang) == ((), ())


# --- structure ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_title_language_and_dates(case, code, lang):
    picture, _, content, document = case(code, lang)
    core = document.core_properties
    assert core.language == LANGUAGE[lang]
    assert picture.region.names[lang][:3] in core.title
    assert core.created.date().isoformat() == core.modified.date().isoformat() == picture.as_of
    styles = zipfile.ZipFile(io.BytesIO(content)).read("word/styles.xml").decode()
    assert f'<w:lang w:val="{LANGUAGE[lang]}"' in styles
    settings = zipfile.ZipFile(io.BytesIO(content)).read("word/settings.xml").decode()
    assert '<w:updateFields w:val="true"/>' in settings
    section = document.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_headings_go_down_one_step_at_a_time(case, code, lang):
    picture, _, _, document = case(code, lang)
    names = [p.style.name for p in document.paragraphs]
    assert names.count("Title") == 1
    levels = [int(n[-1]) for n in names if n.startswith("Heading")]
    assert levels[0] == 1
    assert set(levels) == {1, 2, 3}
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    said = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert all(said)
    for key in ("summary", "key_figures", "changes", "unknown", "sources", "method"):
        assert words.message(f"page.{key}", lang) in said
    for cut in picture.cuts:
        assert cut.names[lang] in said
        for section in cut.sections:
            assert any(h.endswith(section.names[lang]) for h in said)
    assert {"Caption", "List Bullet"} <= set(names)
    used = {e.get(qn("w:val")) for e in document.element.body.iter(qn("w:pStyle"))}
    assert used <= {s.style_id for s in document.styles}
    assert {"TOC1", "TOC2"} <= used


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_every_picture_has_the_alternative_text_of_its_chart(case, code, lang):
    _, charts, _, document = case(code, lang)
    drawn = list(document.element.body.iter(qn("wp:docPr")))
    assert [e.get("descr") for e in drawn] == [c.alt for c in charts.values()]
    assert all(e.get("descr") for e in drawn)
    assert len({e.get("id") for e in drawn}) == len(drawn)


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_every_table_repeats_its_head_and_is_of_our_style(case, code, lang):
    _, _, _, document = case(code, lang)
    assert len(document.tables) > 10
    for t in document.tables:
        assert t.style.name == "Tilannekuva Table"
        first, *rest = t.rows
        assert first._tr.trPr.find(qn("w:tblHeader")) is not None
        assert rest
        assert all(r._tr.trPr.find(qn("w:tblHeader")) is None for r in rest)
        assert all(texts(first)), "every column has a head"
        assert t._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
        width = sum(int(g.get(qn("w:w"))) for g in t._tbl.tblGrid)
        assert width <= 18.01 * 567, "no table is wider than the text"


def test_contents_lead_to_headings(case):
    _, _, content, _ = case("MK18", "fi")
    body = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    assert 'TOC \\o "1-2"' in body
    anchors = set(re.findall(r'w:anchor="([^"]+)"', body))
    assert anchors
    assert anchors <= set(re.findall(r'w:bookmarkStart w:id="\d+" w:name="([^"]+)"', body))
    foot = b"".join(
        zipfile.ZipFile(io.BytesIO(content)).read(n)
        for n in zipfile.ZipFile(io.BytesIO(content)).namelist() if "footer" in n
    )  # fmt: skip
    assert b" PAGE " in foot
    assert b" NUMPAGES " in foot


# --- briefs -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "lang"), CASES)
@pytest.mark.parametrize("theme", THEMES)
def test_a_brief_has_its_parts(case, code, lang, theme):
    picture, _, _, _ = case(code, lang)
    charts, bitmaps = case.drawn(code, lang)
    content = docx.brief(picture, theme, lang, charts=charts, bitmaps=bitmaps)
    document = library.Document(io.BytesIO(content))
    said = [p.text for p in document.paragraphs]
    scene = next(s for s in storyboard(picture).scenes if s.section.id == theme)
    assert scene.section.names[lang] in said
    for key in ("page.key_figures", "page.unknown", "office.discussion"):
        assert words.message(key, lang) in said
    for question in scene.section.questions:
        assert question[lang] in said
    levels = [p.style.name for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert levels.count("Heading 2") == 3, "three findings"
    assert all(e.get("descr") for e in document.element.body.iter(qn("wp:docPr")))
    assert document.core_properties.language == LANGUAGE[lang]
    assert docx.check_numbers(picture, content, lang) == ((), ())


def test_a_brief_drawn_alone_is_the_same(case):
    picture, charts, _, _ = case("MK18", "sv")
    _, bitmaps = case.drawn("MK18", "sv")
    alone = docx.brief(picture, "resilience", "sv")
    assert alone == docx.brief(picture, "resilience", "sv", charts=charts, bitmaps=bitmaps)


def test_an_unknown_theme_is_refused_with_the_known_ones(kainuu):
    with pytest.raises(ReportError, match="growth"):
        docx.brief(kainuu, "grwth", "fi")


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_brief_is_two_pages_at_most(case, lang, tmp_path: Path):
    if not shutil.which("soffice") or not shutil.which("pdfinfo"):
        pytest.skip("pages are counted with LibreOffice and poppler")
    charts, bitmaps = case.drawn("MK18", lang)
    picture = case("MK18", lang)[0]
    names = []
    long = judged(picture, "Tilauskanta on ohentunut, mutta kaivokset investoivat. " * 30, roles=6,
                  lang=lang)  # fmt: skip
    for theme, (kind, p) in itertools.product(THEMES, (("plain", picture), ("judged", long))):
        content = docx.brief(p, theme, lang, charts=charts, bitmaps=bitmaps)
        names.append(f"{theme}-{kind}")
        (tmp_path / f"{names[-1]}.docx").write_bytes(content)
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path),
         *(str(tmp_path / f"{n}.docx") for n in names)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    for name in names:
        told = subprocess.run(
            ["pdfinfo", str(tmp_path / f"{name}.pdf")], check=True, capture_output=True, text=True
        ).stdout
        assert int(re.search(r"Pages:\s+(\d+)", told)[1]) <= 2, name


# --- the experts' half --------------------------------------------------------------------------

HARD = "**x** <script>alert(1)</script> ]]> {braces} \x07 & \"'"


def judged(picture: Picture, reasons: str, *, roles: int = 1, lang: str = "fi") -> Picture:
    """The picture with judgements of every theme and a text on each."""
    found = tuple(
        Assessment(subject="gdp_pc" if t == "growth" else t, now=("-", "+")[n % 2],
                   in_6_months="0", in_12_months="+", reasons=reasons, role=f"johtaja {n}",
                   edition="2025-10-23")
        for t in THEMES for n in range(roles)
    )  # fmt: skip
    text = "BKT oli {{ gdp_pc.latest }}.\n\n- *yksi*\n- [linkki](https://example.org)\n\n3. x\n"
    notes = tuple(
        Commentary(section=t, language=lang, text=text, file=f"{t}.md", edition="2025-10-23")
        for t in THEMES
    )
    return picture.model_copy(update={"assessments": found, "commentary": notes})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_document_and_the_brief_have_what_experts_say(case, lang):
    charts, bitmaps = case.drawn("MK18", lang)
    picture = judged(case("MK18", lang)[0], "Tilauskanta on ohentunut.", lang=lang)
    scene = next(s for s in storyboard(picture).scenes if s.section.id == "growth")
    (a,) = _experts.judgements(scene.assessments, picture, lang)
    assert a["differs"], "GDP per capita has gone to the better"
    drawn = {"charts": charts, "bitmaps": bitmaps}
    for content in (
        docx.render(picture, lang, **drawn),
        docx.brief(picture, "growth", lang, **drawn),
    ):
        document = library.Document(io.BytesIO(content))
        said = [p.text for p in document.paragraphs]
        line = f"{a['name']}: {a['word']}. {a['reasons']} ({a['role']}, {a['dated']})"
        assert line in said
        assert a["differs"] in said[said.index(line) + 1 :]
        assert bound.fill(picture.commentary[-1], picture).text.partition("\n")[0] in said
        assert {"yksi", "linkki", "3. x"} <= set(said)
        for key in ("assessments", "commentary", "assessments_note"):
            assert words.message(f"page.{key}", lang) in said
        assert docx.check_numbers(picture, content, lang) == ((), ())
        assert "https://example.org" in {
            r.target_ref for r in document.part.rels.values() if r.is_external
        }


def test_without_experts_a_brief_says_nothing_of_them(case):
    picture = case("MK18", "fi")[0]
    charts, bitmaps = case.drawn("MK18", "fi")
    content = docx.brief(picture, "growth", "fi", charts=charts, bitmaps=bitmaps)
    said = [p.text for p in library.Document(io.BytesIO(content)).paragraphs]
    assert words.message("page.assessments", "fi") not in said
    assert words.message("page.commentary", "fi") not in said


def test_what_experts_write_is_text(case):
    picture = judged(case("MK18", "fi")[0], HARD)
    charts, _ = case.drawn("MK18", "fi")
    for content in (docx.render(picture, "fi", charts=charts, bitmaps={}),
                    docx.brief(picture, "growth", "fi", charts=charts, bitmaps={})):  # fmt: skip
        said = "".join(p.text for p in library.Document(io.BytesIO(content)).paragraphs)
        assert HARD.replace("\x07", "") in said


# --- safety and sameness ------------------------------------------------------------------------

HOSTILE = ["=1+1", "<w:p/>&amp;\"'", "bell\x07", "]]>", "naïve 🐟 تجربة", "x" * 40_000, "\ud800",
           "a\tb\nc", "_x0041_", "{braces}"]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_text(kainuu, text):
    i = "gdp_pc"
    name = Text.model_construct(fi=text, sv=text, en=text)
    hostile = kainuu.indicators[i].model_copy(update={"names": name, "short": None, "phrase": None})
    picture = kainuu.model_copy(
        update={"findings": {i: kainuu.findings[i]}, "changes": (), "gaps": (),
                "indicators": {**kainuu.indicators, i: hostile}}
    )  # fmt: skip
    # The charts are those of the picture as it was: how they write a text is tried with them.
    charts = draw_all(picture.model_copy(update={"indicators": kainuu.indicators}), "fi")
    for make in (docx.render, lambda p, x, **more: docx.brief(p, "growth", x, **more)):
        content = make(picture, "fi", charts=charts, bitmaps={})
        document = library.Document(io.BytesIO(content))
        whole = "".join(t.text or "" for t in document.element.body.iter(qn("w:t")))
        expected = re.sub("[\x07\ud800\t\n]", "", words.capital(text))
        assert expected[:1000] in whole
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for part in package.namelist():
                if part.endswith((".xml", ".rels")):
                    ElementTree.fromstring(package.read(part))


def test_a_link_that_is_none_is_text(kainuu):
    source = next(s for s in kainuu.snapshots.values() if s.kind != "derived")
    bad = source.model_copy(update={"address": "javascript:alert(1)"})
    picture = kainuu.model_copy(
        update={"findings": {}, "snapshots": {source.id: bad}, "gaps": (), "changes": ()}
    )
    content = docx.render(picture, "fi")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert b"javascript" not in package.read("word/_rels/document.xml.rels")


def test_without_figures_and_without_pictures_it_is_a_whole_document(kainuu):
    empty = kainuu.model_copy(
        update={"findings": {}, "snapshots": {}, "gaps": (), "changes": (), "breaks": ()}
    )
    for lang in LANGUAGES:
        document = library.Document(io.BytesIO(docx.render(empty, lang)))
        said = [p.text for p in document.paragraphs]
        assert words.message("page.method", lang) in said
        assert words.message("page.tables", lang) not in said
        brief = library.Document(io.BytesIO(docx.brief(empty, "growth", lang)))
        assert words.message("office.brief_none", lang) in [p.text for p in brief.paragraphs]


def test_a_chart_without_a_bitmap_is_told_in_words(case):
    picture, charts, _, _ = case("MK18", "en")
    document = library.Document(io.BytesIO(docx.render(picture, "en", charts=charts, bitmaps={})))
    said = {p.text for p in document.paragraphs}
    assert {c.alt for c in charts.values()} <= said
    assert not list(document.element.body.iter(qn("wp:docPr")))


def test_same_picture_same_bytes(case):
    picture, charts, content, _ = case("MK18", "fi")
    again = Picture.from_json(picture.to_json())
    assert docx.render(again, "fi") == content
    entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    assert [e.filename for e in entries] == sorted(e.filename for e in entries)
    assert {e.date_time for e in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert len(charts) > 20
    assert len(content) < 12_000_000


def test_an_unknown_language_is_refused(kainuu):
    with pytest.raises(ReportError, match="unknown language"):
        docx.render(kainuu, "de")
