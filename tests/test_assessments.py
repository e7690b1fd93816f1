"""The experts' files: what is read, what is refused, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from tilannekuva import assessments
from tilannekuva.errors import CatalogueError

SECTIONS, INDICATORS = ("growth", "resilience"), ("gdp_pc",)
GOOD = """
[[assessment]]
subject = "growth"
now = "+"
in_6_months = "0"
in_12_months = "−"
reasons = "Tilauskanta kasvoi."
role = "elinkeinojohtaja, kunta"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kainuu" / "2025-10-23").mkdir(parents=True)
    (tmp_path / "kainuu" / "2025-10-23.toml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def read(folder: Path, edition: str = "2025-10-23") -> assessments.Experts:
    return assessments.read(folder, "kainuu", edition, SECTIONS, INDICATORS)


def write(folder: Path, text: str, name: str = "2025-10-23.toml") -> Path:
    file = folder / "kainuu" / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_judgement_with_reasons_and_role(folder: Path) -> None:
    (found,) = read(folder).assessments
    assert (found.subject, found.now, found.in_6_months, found.in_12_months) == (
        "growth", "+", "0", "-",
    )  # fmt: skip
    assert (found.role, found.edition) == ("elinkeinojohtaja, kunta", "2025-10-23")


def test_no_folder_is_no_judgement(tmp_path: Path) -> None:
    assert read(tmp_path) == assessments.Experts()


def test_the_newest_not_after_the_edition_counts_and_earlier_ones_are_past(folder: Path) -> None:
    write(folder, GOOD.replace('"+"', '"--"'), "2024-10-20.toml")
    write(folder, GOOD.replace('"+"', '"++"'), "2027-01-01.toml")
    found = read(folder, "2026-02-01")
    assert [a.now for a in found.assessments] == ["+"]
    assert [a.now for a in found.past] == ["--"]


def test_a_judgement_in_markdown_has_its_reasons_below_the_head(folder: Path) -> None:
    text = '+++\nsubject = "gdp_pc"\nnow = "++"\nrole = "ekonomisti"\n+++\nKaksi\n\nkappaletta.\n'
    write(folder, text, "2025-10-23/bkt.md")
    found = {a.subject: a for a in read(folder).assessments}
    assert found["gdp_pc"].reasons == "Kaksi\n\nkappaletta."


def test_commentary_is_of_a_section_and_a_language(folder: Path) -> None:
    write(folder, "Kasvu jatkuu.\n", "2025-10-23/growth.fi.md")
    (found,) = read(folder).commentary
    assert (found.section, found.language, found.text) == ("growth", "fi", "Kasvu jatkuu.\n")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            'reasons = "Tilauskanta kasvoi."',
            "",
            "line 2: 'reasons' is missing; a judgement without",
        ),
        ('reasons = "Tilauskanta kasvoi."', 'reasons = " "', "'reasons' is missing"),
        ('role = "elinkeinojohtaja, kunta"', "", "'role' is missing"),
        ('now = "+"', 'now = "hyvä"', "now: 'hyvä' is no judgement; write one of"),
        ('now = "+"', "", "'now' is missing"),
        ("reasons", "reason", "unknown key 'reason'; did you mean 'reasons'"),
        ('"growth"', '"grwth"', "'grwth' is no theme, chapter or indicator; did you mean 'growth'"),
        ("[[assessment]]", "[[assesment]]", r"write each judgement under \[\[assessment\]\]"),
        ('now = "+"', "now = ", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(
    folder: Path, old: str, new: str, what: str
) -> None:
    file = write(folder, GOOD.replace(old, new))
    with pytest.raises(CatalogueError, match=what) as caught:
        read(folder)
    assert str(caught.value).startswith(str(file))


def test_the_second_entry_is_named_by_its_own_line(folder: Path) -> None:
    write(folder, GOOD + GOOD.replace('now = "+"', 'now = "?"').replace("growth", "gdp_pc"))
    with pytest.raises(CatalogueError, match="line 10: now"):
        read(folder)


SECOND = GOOD.replace("growth", "gdp_pc")


@pytest.mark.parametrize(
    "second",
    [
        SECOND.replace("[[assessment]]", "[[assessment]]  # kakkonen"),
        SECOND.replace("[[assessment]]", "[[ assessment ]]"),
        SECOND.replace("[[assessment]]", '[["assessment"]]'),
    ],
)
def test_no_entry_is_lost_however_its_line_is_written(folder: Path, second: str) -> None:
    write(folder, GOOD + second)
    assert [a.subject for a in read(folder).assessments] == ["growth", "gdp_pc"]


@pytest.mark.parametrize(
    "more", [SECOND.replace("[[assessment]]", "[[assesment]]"), "[muistiinpano]\nx = 1\n"]
)
def test_what_stands_under_another_name_is_refused_and_not_lost(folder: Path, more: str) -> None:
    write(folder, GOOD + more)
    with pytest.raises(CatalogueError, match=r"unknown '(assesment|muistiinpano)'"):
        read(folder)


HEAD = '+++\nsubject = "gdp_pc"\nnow = "++"\nrole = "ekonomisti"\n+++\n'


def test_blank_lines_over_a_head_are_no_text(folder: Path) -> None:
    write(folder, f"\n \n{HEAD}Kaksi.\n", "2025-10-23/growth.fi.md")
    found = read(folder)
    assert {a.subject: a.reasons for a in found.assessments}["gdp_pc"] == "Kaksi."
    assert found.commentary == ()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (HEAD.replace("+++", "---") + "Kaksi.", "line 1: the head of a judgement"),
        (HEAD.replace('now = "++"', "now ="), r"not valid TOML \(.*line 3"),
        ("\n" + HEAD.replace('now = "++"', "now ="), r"not valid TOML \(.*line 4"),
        (HEAD.replace("role", 'reasons = "Yksi."\nrole') + "Kaksi.", "keep one of them"),
        (HEAD.removesuffix("+++\n") + "Kaksi.", "line 1: the head of a judgement"),
    ],
)
def test_a_head_that_is_none_is_not_published_as_text(folder: Path, text: str, what: str) -> None:
    file = write(folder, text, "2025-10-23/growth.fi.md")
    with pytest.raises(CatalogueError, match=what) as caught:
        read(folder)
    assert str(caught.value).startswith(str(file))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"Kasvu\njatkuu\x0btaas.", r"line 2: a control character \(U\+000B\)"),
        (b"Kasvu\x00 jatkuu.", r"line 1: a control character \(U\+0000\)"),
        ("Kasvu\njatkuu yhä.".encode("latin-1"), "line 2: not text in UTF-8"),
    ],
)
def test_what_no_report_can_print_is_named_with_its_line(
    folder: Path, data: bytes, what: str
) -> None:
    file = folder / "kainuu" / "2025-10-23" / "growth.fi.md"
    file.write_bytes(data)
    with pytest.raises(CatalogueError, match=what) as caught:
        read(folder)
    assert str(caught.value).startswith(str(file))


def test_the_place_of_a_commentary_is_the_same_on_every_computer(folder: Path) -> None:
    write(folder, "Kasvu jatkuu.", "2025-10-23/growth.fi.md")
    (found,) = read(folder).commentary
    assert found.file == f"{folder.name}/kainuu/2025-10-23/growth.fi.md"


def test_reasons_may_stand_in_the_head(folder: Path) -> None:
    write(folder, HEAD.replace("role", 'reasons = "Yksi."\nrole'), "2025-10-23/bkt.md")
    assert {a.subject: a.reasons for a in read(folder).assessments}["gdp_pc"] == "Yksi."


def test_a_rule_at_the_beginning_of_a_text_is_text(folder: Path) -> None:
    write(folder, "---\n\nKasvu jatkuu.\n", "2025-10-23/growth.fi.md")
    assert len(read(folder).commentary) == 1


@pytest.mark.parametrize("role", ["elinkeinojohtaja, kunta", "Elinkeinojohtaja,  kunta "])
def test_a_role_judges_a_subject_once_however_it_is_spelt(folder: Path, role: str) -> None:
    file = write(folder, GOOD + GOOD.replace("elinkeinojohtaja, kunta", role))
    with pytest.raises(CatalogueError, match=r"line 10: 'growth' is judged by .*line 2 too"):
        read(folder)
    write(folder, HEAD.replace("gdp_pc", "growth").replace("ekonomisti", role) + "Kaksi.",
          "2025-10-23/kasvu.md")  # fmt: skip
    file.write_text(GOOD, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"'growth' is judged .*kasvu\.md, line 1 too"):
        read(folder)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('"Tilauskanta kasvoi."', "5", r"line 2: reasons is no text; write it in quotes"),
        ('"elinkeinojohtaja, kunta"', "true", "role is no text"),
        ('subject = "growth"', "subject = 1", "subject is no text"),
        ("Tilauskanta", "BKT on {{ gdp_pc.latest }}", r"'\{\{' stands in the reasons"),
    ],
)
def test_reasons_and_role_are_plain_text(folder: Path, old: str, new: str, what: str) -> None:
    write(folder, GOOD.replace(old, new))
    with pytest.raises(CatalogueError, match=what):
        read(folder)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("Kainuu", "kainuu"), ("MK18", "kainuu"), ("kainu", "kainuu"),
     ("Etelä-Karjala", "etela-karjala"), ("xyz", "one of ahvenanmaa, ")],
)  # fmt: skip
def test_a_folder_of_no_region_is_not_passed_over(folder: Path, name: str, meant: str) -> None:
    (folder / name / "2025-10-23").mkdir(parents=True)
    with pytest.raises(CatalogueError, match=f"no region has this folder; call it {meant}"):
        read(folder)


@pytest.mark.parametrize("name", ["2025-10-23.toml", "growth.fi.md"])
def test_a_file_beside_the_regions_is_not_passed_over(folder: Path, name: str) -> None:
    (folder / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(CatalogueError, match="Put the file into a folder of the region"):
        read(folder)


@pytest.mark.parametrize("name", ["README.md", "pöytäkirja.docx", ".DS_Store", "~$arvio.xlsx"])
def test_what_nobody_takes_for_a_judgement_may_lie_there(folder: Path, name: str) -> None:
    (folder / name).write_text("x", encoding="utf-8")
    assert len(read(folder).assessments) == 1


@pytest.mark.parametrize("name", ["growth.fi.txt", "growth.fi.MD", "growth.docx", "kuvat"])
def test_what_is_no_markdown_is_not_passed_over(folder: Path, name: str) -> None:
    place = folder / "kainuu" / "2025-10-23" / name
    if "." in name:
        place.write_text("Kasvu jatkuu.", encoding="utf-8")
    else:
        place.mkdir()
    with pytest.raises(CatalogueError, match=r"only Markdown files \(\.md\) are read here"):
        read(folder)


def test_commentary_on_an_indicator_is_shown_nowhere_and_refused(folder: Path) -> None:
    write(folder, "Kasvu jatkuu.", "2025-10-23/gdp_pc.fi.md")
    with pytest.raises(CatalogueError, match="commentary is of a theme or chapter, and 'gdp_pc'"):
        read(folder)


def test_later_editions_are_named(folder: Path) -> None:
    write(folder, GOOD, "2027-01-01.toml")
    assert assessments.later(folder, "kainuu", "2025-10-23") == ("2027-01-01",)
    assert assessments.later(folder, "kainuu", "2027-01-01") == ()
    assert assessments.later(folder, "lappi", "2025-10-23") == ()


def test_commentary_without_a_language_says_how_to_name_it(folder: Path) -> None:
    write(folder, "Kasvu jatkuu.", "2025-10-23/growth.md")
    with pytest.raises(CatalogueError, match=r"name commentary <section>\.<language>\.md"):
        read(folder)


@pytest.mark.parametrize("name", ["2025-13-40.toml", "2025-02-30.toml", "2025-02-30"])
def test_a_day_that_there_is_not_is_no_edition(folder: Path, name: str) -> None:
    place = folder / "kainuu" / name
    _ = write(folder, GOOD, name) if place.suffix else place.mkdir()
    with pytest.raises(CatalogueError, match=r"expected <edition>\.toml"):
        read(folder, "2026-02-01")
    with pytest.raises(CatalogueError, match=r"expected <edition>\.toml"):
        assessments.later(folder, "kainuu", "2025-01-01")


def test_a_language_that_no_report_has_is_named(folder: Path) -> None:
    write(folder, "Wachstum.", "2025-10-23/growth.de.md")
    with pytest.raises(CatalogueError, match="'de' is none of the languages fi, sv, en"):
        read(folder)


def test_a_stray_file_is_named(folder: Path) -> None:
    write(folder, "x", "muistio.docx")
    with pytest.raises(CatalogueError, match=r"expected <edition>\.toml"):
        read(folder)
