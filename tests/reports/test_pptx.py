"""The slides read back: numbers, titles, notes, reading order, sizes, safety, sameness."""

from __future__ import annotations

import functools
import io
import re
import zipfile
from decimal import Decimal
from xml.etree import ElementTree

import pptx as library
import pytest
from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER

from tilannekuva import narrate, words
from tilannekuva.errors import ReportError
from tilannekuva.model import LANGUAGES, Assessment, Picture, Text
from tilannekuva.reports import _ooxml_bitmaps, pptx
from tilannekuva.reports._ooxml import LANGUAGE
from tilannekuva.storyboard import draw_all, storyboard

CASES = [("MK18", x) for x in LANGUAGES] + [("MK21", "sv"), ("MK01", "en")]
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


@pytest.fixture(scope="module")
def case(real_pictures):
    @functools.cache
    def made(code: str, lang: str):
        picture = real_pictures[code]
        charts = draw_all(picture, lang)
        content = pptx.render(picture, lang, charts=charts, bitmaps=_ooxml_bitmaps.bitmaps(charts))
        return picture, charts, content, library.Presentation(io.BytesIO(content))

    return made


def number(text: str, lang: str) -> Decimal:
    text = text.replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", "")
    text = re.match(r"[^\d+-]*([+-]?[\d.,]+)", text)[1].strip(".,")
    return Decimal(text.replace(",", "") if lang == "en" else text.replace(",", "."))


def tables(slides):
    return [s.table for slide in slides.slides for s in slide.shapes if s.has_table]


def words_of(slide) -> str:
    return " ".join(t.text or "" for t in slide._element.iter(f"{A}t"))


# --- numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_the_key_figures_are_those_of_the_picture(case, code, lang):
    picture, _, _, slides = case(code, lang)
    rows = list(tables(slides)[0].rows)[1:]
    cards = storyboard(picture).cards
    assert len(rows) == len(cards) > 5
    for row, i in zip(rows, cards, strict=True):
        name, value, period, change, rank = (c.text_frame.text for c in row.cells)
        finding, card = picture.findings[i], narrate.card(picture.findings[i], picture, lang)
        assert name == words.capital(card.name)
        assert value == card.quantity
        assert number(value, lang) == words.rounded(
            *words.scaled(finding.latest.value, picture.indicators[i].decimals,
                          picture.units[picture.indicators[i].unit])
        )  # fmt: skip
        assert words.period(finding.latest.period, lang) in period
        assert change == words.capital(card.change)
        place = finding.metrics["rank"].value
        assert rank == (words.capital(card.rank) if place is not None and card.rank
                        else words.message("office.no_rank", lang))  # fmt: skip


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_every_sentence_is_one_of_the_picture(case, code, lang):
    picture, charts, _, slides = case(code, lang)
    said = {s.text for f in picture.findings.values() for s in narrate.sentences(f, picture, lang)}
    said |= {f"{narrate.headline(f, picture, lang)}." for f in picture.findings.values()}
    alts = {c.alt: c for c in charts.values()}
    seen = 0
    for slide in slides.slides:
        for shape in slide.shapes:
            if not shape.is_placeholder or shape.placeholder_format.idx != 2:
                continue
            *texts, source = [p.text for p in shape.text_frame.paragraphs]
            for text in texts:
                stale = words.message("page.stale_lead", lang, period="").split(":")[0]
                assert text in said or text.endswith("…") or text.startswith(stale), text
            drawn = [s._element.nvPicPr.cNvPr.get("descr") for s in slide.shapes
                     if hasattr(s._element, "nvPicPr")]  # fmt: skip
            for alt in drawn:
                assert slide.shapes.title.text == alts[alt].title
                assert alts[alt].source.startswith(source.rstrip("…"))
            seen += 1
    assert seen >= 6


# --- what a slide has ---------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_there_are_twelve_to_sixteen_slides_with_titles_of_their_own(case, code, lang):
    _, _, _, slides = case(code, lang)
    assert 12 <= len(slides.slides) <= 16
    titles = [s.shapes.title.text_frame.text for s in slides.slides]
    assert all(titles)
    assert len({t.casefold() for t in titles}) == len(titles)
    for slide in slides.slides:
        kind = slide.shapes.title.placeholder_format.type
        assert kind in (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_every_slide_has_notes_with_its_sources_and_the_day(case, code, lang):
    picture, _, _, slides = case(code, lang)
    date = words.date(picture.as_of, lang)
    start = words.message("source.line", lang, items="").split(":")[0][:4]
    for slide in slides.slides:
        assert slide.has_notes_slide
        notes = slide.notes_slide.notes_text_frame.text
        assert date in notes
        if any(s.shape_type == MSO_SHAPE_TYPE.PICTURE or s.has_table for s in slide.shapes):
            assert start in notes or "CC BY" in notes


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_every_picture_and_table_has_an_alternative_text(case, code, lang):
    _, charts, _, slides = case(code, lang)
    alts = {c.alt for c in charts.values()}
    seen = 0
    for slide in slides.slides:
        for element in slide._element.iter():
            if not element.tag.endswith("}cNvPr"):
                continue
            parent = element.getparent().tag.rpartition("}")[2]
            if parent == "nvPicPr":
                assert element.get("descr") in alts
                seen += 1
            elif parent == "nvGraphicFramePr":
                assert element.get("descr")
            assert ".png" not in (element.get("descr") or "") + element.get("name")
    assert seen >= 4


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_title_first_then_the_chart_then_the_text(case, code, lang):
    _, _, _, slides = case(code, lang)
    for slide in slides.slides:
        shapes = list(slide.shapes)
        assert shapes[0] == slide.shapes.title
        order = [s.placeholder_format.idx if s.is_placeholder else 1 for s in shapes]
        assert order == sorted(order), [s.name for s in shapes]
        empty = [s.name for s in shapes if s.has_text_frame and not s.text_frame.text.strip()
                 and s.placeholder_format.type != PP_PLACEHOLDER.SLIDE_NUMBER]  # fmt: skip
        assert not empty


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_every_run_has_the_language_and_no_text_is_small(case, code, lang):
    _, _, content, slides = case(code, lang)
    for slide in slides.slides:
        for page in (slide._element, slide.notes_slide.notes_text_frame._txBody):
            runs = list(page.iter(f"{A}r"))
            assert runs
            assert all(r.find(f"{A}rPr").get("lang") == LANGUAGE[lang] for r in runs)
        sizes = [int(e.get("sz")) for e in slide._element.iter() if e.get("sz", "").isdigit()]
        assert not sizes or min(sizes) >= 1400
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if re.match(r"ppt/slide(Layout|Master)s/[^/]*xml$", name):
                styles = re.findall(rb'<a:defRPr[^>]* sz="(\d+)"', package.read(name))
                assert all(int(s) >= 1400 for s in styles), name
    assert slides.core_properties.language == LANGUAGE[lang]


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_the_letters_of_a_chart_are_as_large_as_the_text(case, code, lang):
    _, _, _, slides = case(code, lang)
    for slide in slides.slides:
        for shape in slide.shapes:
            if hasattr(shape._element, "nvPicPr"):
                drawn = shape.image.size[0] * 72 / _ooxml_bitmaps.PPI
                assert shape.width.pt / drawn * 8.7 >= 14
                ratio = shape.image.size[0] / shape.image.size[1]
                assert shape.width / shape.height == pytest.approx(ratio, rel=0.01)
                assert shape.crop_left == shape.crop_top == 0


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_nothing_reaches_over_the_edge_and_nothing_overlaps(case, code, lang):
    _, _, _, slides = case(code, lang)
    assert slides.slide_width / slides.slide_height == pytest.approx(16 / 9, rel=0.001)
    for slide in slides.slides:
        boxes = []
        for shape in slide.shapes:
            height = shape.height
            if shape.has_table:
                height = sum(r.height for r in shape.table.rows)
            box = (shape.left, shape.top, shape.left + shape.width, shape.top + height)
            assert box[0] >= 0
            assert box[1] >= 0
            assert box[2] <= slides.slide_width
            assert box[3] <= slides.slide_height
            for other in boxes:
                apart = (box[0] >= other[2] or other[0] >= box[2]
                         or box[1] >= other[3] or other[1] >= box[3])  # fmt: skip
                assert apart, (slide.shapes.title.text, shape.name)
            boxes.append(box)


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_what_is_not_known_questions_and_sources_end_it(case, code, lang):
    picture, _, _, slides = case(code, lang)
    unknown, questions, sources = list(slides.slides)[-3:]
    none = {g.indicator for g in picture.gaps if g.kind in ("no_figures", "not_computable")}
    assert str(len(none)) in unknown.shapes.title.text
    for cut in picture.cuts:
        for section in cut.sections:
            for q in section.questions:
                assert q[lang] in words_of(questions)
    table = tables(slides)[-1]
    assert f" {len(table.rows) - 1}" in sources.shapes.title.text, "publishers, a row each"
    assert table.first_row
    assert len(tables(slides)) == 2


REASONS = ["Tilauskanta on ohentunut.", "x" * 40_000, "<a:t>&amp;\x07]]> {braces}"]


@pytest.mark.parametrize("reasons", REASONS, ids=range(len(REASONS)))
def test_what_experts_judge_of_the_themes_has_a_slide(case, kainuu, reasons):
    _, charts, _, plain = case("MK18", "fi")
    title = words.message("office.experts_differ", "fi", n=3, differ=1)
    assert "Asiantuntijoiden" not in " ".join(s.shapes.title.text for s in plain.slides)
    found = tuple(
        Assessment(subject=t, now="-", in_12_months="+", reasons=reasons, role=reasons,
                   edition="2025-10-23")
        for t in ("biodiversity", "resilience", "growth")
    )  # fmt: skip
    # Every printed change is worth a word here, so that the figures can contradict a theme.
    small = {i: x.model_copy(update={"min_change": 0.0}) for i, x in kainuu.indicators.items()}
    picture = kainuu.model_copy(update={"assessments": found, "indicators": small})
    made = pptx.render(picture, "fi", charts=charts, bitmaps={})
    slides = library.Presentation(io.BytesIO(made))
    assert len(slides.slides) <= 16
    (slide,) = [s for s in slides.slides if s.shapes.title.text == title]
    assert words.message("page.judgement.worse", "fi") in words_of(slide)
    assert words.message("office.experts_all", "fi") in words_of(slide)
    assert "Yhteiseen tulkintaan" in slide.notes_slide.notes_text_frame.text
    for shape in slide.shapes:
        assert shape.top + shape.height <= slides.slide_height


def test_the_slide_of_judgements_says_how_many_more_the_notes_have(case, kainuu):
    _, charts, _, _ = case("MK18", "fi")
    found = tuple(
        Assessment(subject="growth", now="0", reasons="Syy.", role=f"rooli {n}",
                   edition="2025-10-23")
        for n in range(5)
    )  # fmt: skip
    picture = kainuu.model_copy(update={"assessments": found})
    made = pptx.render(picture, "fi", charts=charts, bitmaps={})
    title = words.message("office.experts_agree", "fi", n=5)
    (slide,) = [
        s for s in library.Presentation(io.BytesIO(made)).slides if s.shapes.title.text == title
    ]
    assert words.message("office.experts_some", "fi", n=5, shown=2) in words_of(slide)
    notes = slide.notes_slide.notes_text_frame.text
    assert all(f"rooli {n}" in notes for n in range(5))


def test_a_judgement_that_the_title_counts_is_on_the_slide(case, kainuu):
    _, charts, _, _ = case("MK18", "fi")
    found = tuple(
        Assessment(subject=s, now=n, reasons="Syy.", role="ekonomisti", edition="2025-10-23")
        for s, n in (("growth", "0"), ("unemp_rate_reg", "0"), ("gdp_pc", "-"))
    )  # fmt: skip
    made = pptx.render(
        kainuu.model_copy(update={"assessments": found}), "fi", charts=charts, bitmaps={}
    )
    slides = library.Presentation(io.BytesIO(made)).slides
    (slide,) = [s for s in slides if "Asiantuntijoiden" in s.shapes.title.text]
    assert slide.shapes.title.text == words.message("office.experts_differ", "fi", n=3, differ=1)
    assert "Yhteiseen tulkintaan" in words_of(slide)


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_the_first_slides_say_what_they_show(case, code, lang):
    picture, _, _, slides = case(code, lang)
    _, summary, key, *_ = (s.shapes.title.text for s in slides.slides)
    contrast = next(s for s in narrate.summary(picture, lang) if s.kind == "contrast")
    if len(contrast.also) == 1:
        for i in (contrast.indicator, *contrast.also):
            assert narrate.subject(i, picture, lang) in summary
    ways = []
    for i in storyboard(picture).cards:
        word = picture.findings[i].metrics["trend_word"].value
        if word in (2, -2) and picture.indicators[i].direction != "neither":
            ways.append((word > 0) == (picture.indicators[i].direction == "up"))
    if ways:
        assert f" {ways.count(True)} " in key
        assert f" {ways.count(False)} " in key


# --- safety and sameness ------------------------------------------------------------------------

HOSTILE = ["=1+1", "<a:t>&amp;\"'", "bell\x07", "]]>", "naïve 🐟 تجربة", "x" * 40_000,
           "Pitkä nimi " * 60, "\ud800", "a\tb\nc", "_x0041_", "{braces}"]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_text_and_stays_on_the_slide(kainuu, text):
    i = "gdp_pc"
    name = Text.model_construct(fi=text, sv=text, en=text)
    hostile = kainuu.indicators[i].model_copy(update={"names": name, "short": None, "phrase": None})
    kept = {"findings": {i: kainuu.findings[i]}, "changes": (), "gaps": ()}
    plain = kainuu.model_copy(update=kept)
    picture = plain.model_copy(update={"indicators": {**kainuu.indicators, i: hostile}})
    # The charts are those of the picture as it was: how they write a text is tried with them.
    content = pptx.render(picture, "fi", charts=draw_all(plain, "fi"), bitmaps={})
    slides = library.Presentation(io.BytesIO(content))
    expected = re.sub("[\x07\ud800]", "", words.capital(text)).replace("\n", "").split("\t")[0]
    assert any(expected[:8] in words_of(s) for s in slides.slides)
    for slide in slides.slides:
        for shape in slide.shapes:
            height = shape.height
            if shape.has_table:
                height = sum(r.height for r in shape.table.rows)
            assert shape.top + height <= slides.slide_height
            if shape.has_text_frame:
                assert len(shape.text_frame.text) < 3000
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for part in package.namelist():
            if part.endswith((".xml", ".rels")):
                ElementTree.fromstring(package.read(part))


def test_without_figures_and_without_pictures_it_is_a_whole_presentation(case, kainuu):
    empty = kainuu.model_copy(
        update={"findings": {}, "snapshots": {}, "gaps": (), "changes": (), "breaks": ()}
    )
    for lang in LANGUAGES:
        slides = library.Presentation(io.BytesIO(pptx.render(empty, lang)))
        assert len(slides.slides) >= 6
        assert all(s.shapes.title.text for s in slides.slides)
    picture, charts, _, _ = case("MK18", "fi")
    bare = library.Presentation(
        io.BytesIO(pptx.render(picture, "fi", charts=charts, bitmaps={}))
    )  # fmt: skip
    assert len(bare.slides) >= 12
    assert not [s for x in bare.slides for s in x.shapes if s.shape_type == MSO_SHAPE_TYPE.PICTURE]


def test_same_picture_same_bytes(case):
    picture, _, content, _ = case("MK21", "sv")
    assert pptx.render(Picture.from_json(picture.to_json()), "sv") == content
    entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    assert [e.filename for e in entries] == sorted(e.filename for e in entries)
    assert {e.date_time for e in entries} == {(1980, 1, 1, 0, 0, 0)}
    slides = library.Presentation(io.BytesIO(content))
    core = slides.core_properties
    assert core.created.date().isoformat() == core.modified.date().isoformat() == picture.as_of
    assert len(content) < 4_000_000


def test_an_unknown_language_is_refused(kainuu):
    with pytest.raises(ReportError, match="unknown language"):
        pptx.render(kainuu, "de")
