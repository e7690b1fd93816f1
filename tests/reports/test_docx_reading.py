"""An edited document read back: what is listed, and what is not."""

from __future__ import annotations

import copy
import io
import re
from decimal import Decimal

import docx as library
import pytest
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement

from tilannekuva.errors import ReportError
from tilannekuva.model import Picture, Revised, Revision
from tilannekuva.reports import docx
from tilannekuva.reports._docx_numbers import numbers, of_picture
from tilannekuva.storyboard import storyboard


@pytest.fixture(scope="module")
def kainuu(real_pictures) -> Picture:
    """The real picture with its key figures and every tenth of the others, to be quick."""
    picture = real_pictures["MK18"]
    kept = {*storyboard(picture).cards, *list(picture.findings)[::10]}
    return picture.model_copy(
        update={
            "findings": {i: f for i, f in picture.findings.items() if i in kept},
            "changes": tuple(c for c in picture.changes if c.indicator in kept),
            "gaps": tuple(g for g in picture.gaps if g.indicator in kept),
        }
    )


@pytest.fixture(scope="module")
def own(kainuu) -> bytes:
    return docx.render(kainuu, "fi", bitmaps={})


def saved(document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def with_text(own: bytes, *added: str, style: str | None = None) -> bytes:
    document = library.Document(io.BytesIO(own))
    for text in added:
        document.add_paragraph(text, style)
    return saved(document)


def found(picture: Picture, data: bytes, lang: str = "fi") -> list[str]:
    return [s.number for s in docx.check_numbers(picture, data, lang).strays]


def change_first(own: bytes, old: str, new: str) -> bytes:
    """Change the first run that has a text, as a person does."""
    document = library.Document(io.BytesIO(own))
    for t in document.element.body.iter(qn("w:t")):
        if t.text and old in t.text:
            t.text = t.text.replace(old, new, 1)
            return saved(document)
    raise AssertionError(f"there is no '{old}'")


# --- notations ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("70\xa0521 henkeä", ["70521"]),
        ("70 521 henkeä", ["70521"]),
        ("70\u202f521,5", ["70521.5"]),
        ("70,521 people, 1,234,567.8", ["70521", "1234567.8"]),
        ("−1,2 % ja +0,5\xa0%", ["1.2", "0.5"]),
        ("8.6% in 2023", ["8.6", "2023"]),
        ("vuosina 2010–2020", ["2010", "2020"]),
        ("15–64-vuotiaat", ["15", "64"]),
        ("€34,900 or €2,513.9 million", ["34900", "2513.9"]),
        ("sija 5. / 19, 5th, 19:stä", ["5", "19", "5", "19"]),
        ("vuonna 2019 345 henkeä", ["2019", "345"]),
        ("CO2, 12r5, MK18, nama_10r_3gdp, 2023M05", []),
        ("https://stat.fi/12/345, a1@b2.fi", []),
    ],
)
def test_numbers_are_seen_in_every_notation(text, expected):
    assert [str(n.readings[0]) for n in numbers(text)] == expected


def test_a_number_may_have_two_readings_and_a_date_has_none():
    (number,) = numbers("34,900")
    assert set(number.readings) == {Decimal(34900), Decimal("34.900")}
    assert [n.readings for n in numbers("23.10.2025 2025-10-23")] == [(), ()]


# --- what is listed -----------------------------------------------------------------------------


def test_a_digit_changed_in_our_own_sentence_is_listed_with_what_was_there(kainuu, own):
    # 8.7 is a figure of something else in the picture, and wrong here all the same.
    (stray,) = docx.check_numbers(
        kainuu, change_first(own, "8,6 prosenttia", "8,7 prosenttia"), "fi"
    ).strays
    assert (stray.number, stray.expected) == ("8,7", "8,6")
    assert "prosenttia" in stray.text
    assert stray.paragraph > 1


def test_a_number_changed_in_a_table_is_listed(kainuu, own):
    document = library.Document(io.BytesIO(own))
    cell = document.tables[0].rows[1].cells[1]
    assert "70\xa0521" in cell.text
    for t in cell._tc.iter(qn("w:t")):
        t.text = t.text.replace("70\xa0521", "70\xa0512")
    (stray,) = docx.check_numbers(kainuu, saved(document), "fi").strays
    assert (stray.number, stray.expected) == ("70\xa0512", "70\xa0521")


@pytest.mark.parametrize(
    "text",
    ["Väkeä on 123\xa0456,7 henkeä.", "Väkeä on 123 456,7 henkeä.", "There are 123,456.7 of them.",
     "Muutos oli −987,65 prosenttia.", "Kokous on 17.3.2031."],
)  # fmt: skip
def test_a_number_that_the_picture_does_not_have_is_listed(kainuu, own, text):
    assert len(found(kainuu, with_text(own, text))) == 1


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_other_languages_have_their_own_notation(kainuu, lang):
    data = docx.render(kainuu, lang, bitmaps={})
    good = {"sv": "Folkmängden var 70\xa0521.", "en": "There were 70,521 people, 8.6% out of work."}
    bad = {"sv": "Folkmängden var 123\xa0456,7.", "en": "There were 123,456.7 people."}
    assert found(kainuu, with_text(data, good[lang]), lang) == []
    assert len(found(kainuu, with_text(data, bad[lang]), lang)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Väkiluku on nyt 70 521 ja työttömyysaste 8,6 prosenttia (lokakuu 2023).",
        "Kainuu on yksi 19 maakunnasta, tilanne 23.10.2025.",
        "Asukkaita oli 70521 vuonna 2022.",
        "Hiilidioksidi on CO2 ja taulu 12r5, ks. https://stat.fi/99999.",
        "1. Ensimmäinen kohta ilman lukuja.",
    ],
)
def test_what_the_picture_has_may_be_said_in_own_words(kainuu, own, text):
    assert found(kainuu, with_text(own, text)) == []


def test_how_far_first_figures_move_may_be_said_in_own_words(kainuu):
    level = Revised(n=57, periods=("2020", "2021"), publications=98765, median=987.64,
                    large=9876.54, mean=-987.12, upward=60.0)  # fmt: skip
    revision = Revision(source="statfin", table="t", relative=True, level=level)
    finding = kainuu.findings["pop_total"].model_copy(update={"revision": revision})
    told = kainuu.model_copy(update={"findings": {**kainuu.findings, "pop_total": finding}})
    said = "987,6 tai 9\xa0876,5 tai −987,1 prosenttia, 98765 julkaisua"
    assert all(map(of_picture(told, "fi").has, numbers(said)))
    assert not any(map(of_picture(kainuu, "fi").has, numbers(said)))


def test_a_sign_is_part_of_the_number(kainuu, own):
    value = next(
        m.value for f in kainuu.findings.values() for k, m in f.metrics.items()
        if k == "change_pct_5y" and m.value is not None and m.value < -1
    )  # fmt: skip
    # The number with all its digits is in the picture once, and falls.
    exact = repr(abs(value)).replace(".", ",")
    assert found(kainuu, with_text(own, f"Muutos oli −{exact} prosenttia.")) == []
    assert len(found(kainuu, with_text(own, f"Muutos oli +{exact} prosenttia."))) == 1


def test_numbers_of_headings_captions_pages_and_contents_are_not_looked_at(kainuu, own):
    document = library.Document(io.BytesIO(own))
    document.add_paragraph("987.6 Oma luku", "Heading 2")
    toc = document.add_paragraph("")
    for kind, text in (("begin", ""), ("", " TOC \\o "), ("separate", ""), ("t", "Luku 98765"),
                       ("end", "")):  # fmt: skip
        run = OxmlElement("w:r")
        if kind in ("begin", "separate", "end"):
            made = OxmlElement("w:fldChar")
            made.set(qn("w:fldCharType"), kind)
        else:
            made = OxmlElement("w:t" if kind == "t" else "w:instrText")
            made.text = text
        run.append(made)
        toc._p.append(run)
    assert found(kainuu, saved(document)) == []


def test_text_taken_out_with_track_changes_is_not_read_and_text_put_in_is(kainuu, own):
    document = library.Document(io.BytesIO(own))
    kept = document.add_paragraph("Väkeä on 654 321,9.")
    deleted, inserted = OxmlElement("w:del"), OxmlElement("w:ins")
    run = copy.deepcopy(kept.runs[0]._r)
    for t in list(run.iter(qn("w:t"))):
        t.tag = qn("w:delText")
        t.text = "123 456,7"
    deleted.append(run)
    inserted.append(kept.runs[0]._r)
    kept._p.append(deleted)
    kept._p.append(inserted)
    assert found(kainuu, saved(document)) == ["654 321,9"]


def test_headers_and_footers_are_read(kainuu, own):
    document = library.Document(io.BytesIO(own))
    document.sections[0].header.paragraphs[0].text = "Luonnos 424 242,4"
    assert found(kainuu, saved(document)) == ["424 242,4"]


def test_a_paragraph_moved_or_split_is_no_change(kainuu, own):
    document = library.Document(io.BytesIO(own))
    paragraph = next(p for p in document.paragraphs if "8,6 prosenttia" in p.text)
    document.add_paragraph(paragraph.text)  # joined runs, at another place
    paragraph._p.getparent().remove(paragraph._p)
    assert found(kainuu, saved(document)) == []


@pytest.mark.parametrize("data", [b"", b"no document", b"PK\x03\x04 damaged"])
def test_what_is_no_document_is_refused(kainuu, data):
    with pytest.raises(ReportError, match=r"\.docx"):
        docx.check_numbers(kainuu, data, "fi")


def test_another_file_of_office_is_refused(kainuu):
    import pptx

    file = io.BytesIO()
    pptx.Presentation().save(file)
    with pytest.raises(ReportError, match="not a Word document"):
        docx.check_numbers(kainuu, file.getvalue(), "fi")


# --- what a person should read once more --------------------------------------------------------


def to_read(picture: Picture, own: bytes, *texts: str) -> list[docx.ToRead]:
    checked = docx.check_numbers(picture, with_text(own, *texts), "fi")
    assert checked.strays == ()
    return list(checked.to_read)


def test_a_number_of_an_own_sentence_is_told_as_what_it_is_a_figure_of(kainuu, own):
    (found,) = to_read(kainuu, own, "Väkiluku oli 70 521 vuonna 2022.")
    assert (found.number, found.named) == ("70 521", True)
    assert found.meanings[0] == "Väkiluku, Kainuu, 2022"
    assert found.text == "Väkiluku oli 70 521 vuonna 2022."


def test_a_figure_of_something_else_is_told_as_that(kainuu, own):
    # The picture has 70 521 as the population: of what is said here it is no figure.
    (found,) = to_read(kainuu, own, "Kokouksessa istui 70 521 ministeriä.")
    assert not found.named
    assert "Väkiluku, Kainuu, 2022" in found.meanings


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Työttömyysaste oli lokakuussa 2023 18,8 prosenttia.", "Kainuu, lokakuu 2023: 8,6 %"),
        ("Työttömyysaste oli 18,8 prosenttia.", "Kainuu, lokakuu 2023: 8,6 %"),
    ],
)
def test_a_figure_of_another_time_is_told_with_the_one_that_is_meant(kainuu, own, text, meant):
    # 18.8 is the rate of January 2006.
    (found,) = to_read(kainuu, own, text)
    assert found.named == ("2023" not in text)
    assert "tammikuu 2006" in found.meanings[0]
    assert found.own.replace("\N{NO-BREAK SPACE}", " ") == f"Työttömyysaste, {meant}"


def test_a_cell_of_our_table_is_ours_whatever_was_put_there(kainuu, own):
    document = library.Document(io.BytesIO(own))
    first, second = (document.tables[0].rows[n].cells[1] for n in (1, 2))
    texts = first.text, second.text
    second.paragraphs[0].text, first.paragraphs[0].text = texts
    found = docx.check_numbers(kainuu, saved(document), "fi").strays
    assert [(s.number, s.expected) for s in found] == [
        tuple(" ".join(t.split()) for t in pair) for pair in (texts[::-1], texts)
    ]


def test_what_is_not_ours_in_our_row_or_table_is_only_what_was_changed(kainuu, own):
    document = library.Document(io.BytesIO(own))
    document.tables[0].rows[1].cells[2].paragraphs[0].text = "viime vuosi"
    # A row of somebody's own that begins as ours does is not ours.
    row = document.add_table(1, len(document.tables[0].columns)).rows[0].cells
    row[0].text, row[1].text = "Väkiluku", "71 255"
    checked = docx.check_numbers(kainuu, saved(document), "fi")
    assert checked.strays == ()
    assert [n.number for n in checked.to_read] == ["71 255"]


def test_a_change_over_years_is_a_figure_that_can_be_meant(kainuu, own):
    said = "Siis BKT asukasta kohti nousi 39,6 prosenttia vuosina 2010–2020."
    (found,) = to_read(kainuu, own, said)
    assert found.named
    assert found.meanings[0].startswith("BKT asukasta kohti, muutos")


def test_our_sentences_are_known_when_paragraphs_are_joined(kainuu, own):
    document = library.Document(io.BytesIO(own))
    some = [p.text for p in document.paragraphs if re.search(r"\(\d{4}–\d{4}\)\.$", p.text)]
    assert len(some) > 2
    assert to_read(kainuu, own, " ".join(some)) == []


def test_two_figures_that_changed_places_are_told_with_their_own(kainuu, own):
    document = library.Document(io.BytesIO(own))
    paragraph = next(p for p in document.paragraphs if "29,3 prosenttia" in p.text)
    text = paragraph.text
    sentence = next(s for s in re.split(r"(?<=\)\.) ", text) if "29,3 prosenttia" in s)
    assert "39,6" in sentence
    swapped = sentence.replace("29,3", "x").replace("39,6", "29,3").replace("x", "39,6")
    found = docx.check_numbers(kainuu, with_text(own, swapped), "fi").strays
    assert [(s.number, s.expected) for s in found] == [("39,6", "29,3"), ("29,3", "39,6")]


def test_years_dates_and_our_own_sentences_need_no_second_reading(kainuu, own):
    assert to_read(kainuu, own, "Tilanne 23.10.2025 ja vuosi 2022.") == []


def test_a_reworded_sentence_is_told_with_ours(kainuu, own):
    document = library.Document(io.BytesIO(own))
    paragraph = next(p for p in document.paragraphs if "8,6 prosenttia" in p.text)
    ours = next(s for s in paragraph.text.split(". ") if "8,6 prosenttia" in s)
    reworded = f"Siis {ours}".replace("8,6 prosenttia", "8,7 prosenttia").rstrip(".") + "."
    found = to_read(kainuu, own, reworded)
    (changed,) = [f for f in found if f.number == "8,7"]
    assert changed.own.endswith("lokakuu 2023: 8,6\xa0%")
