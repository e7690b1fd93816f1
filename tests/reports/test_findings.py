"""What briefs and slides say of the findings of a chapter."""

from __future__ import annotations

import io

import docx as library
import pypdf
import pytest

from tilannekuva import words
from tilannekuva.model import LANGUAGES
from tilannekuva.reports import _findings, docx, pdf


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_no_finding_has_is_said_once(lang):
    none = words.message("compare.no_country", lang)
    assert _findings.compared([["A", none], [none, "B"]], lang) == (
        [("A",), ("B",)],
        words.message("compare.no_country_all", lang),
    )


@pytest.mark.parametrize("findings", [[], [["A", "NONE"]], [["A", "NONE"], ["B"]]])
def test_what_some_finding_has_is_said_at_each(findings):
    none = words.message("compare.no_country", "fi")
    given = [[none if s == "NONE" else s for s in said] for said in findings]
    assert _findings.compared(given, "fi") == ([tuple(said) for said in given], "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_brief_without_any_comparison_says_so_once(kainuu, lang):
    word = library.Document(io.BytesIO(docx.brief(kainuu, "biodiversity", lang)))
    pages = pypdf.PdfReader(io.BytesIO(pdf.brief(kainuu, "biodiversity", lang))).pages
    texts = ["\n".join(p.text for p in word.paragraphs), "\n".join(p.extract_text() for p in pages)]
    for text in (" ".join(t.split()) for t in texts):
        assert text.count(words.message("compare.no_country_all", lang)) == 1
        assert words.message("compare.no_country", lang) not in text
