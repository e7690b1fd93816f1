"""The workbook read back: its structure, its numbers against the picture, its safety."""

from __future__ import annotations

import functools
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tilannekuva import narrate, storyboard, words
from tilannekuva.measuring import METRICS
from tilannekuva.metric_fans import FAN
from tilannekuva.model import LANGUAGES, Finding, Picture, Revised, Revision, Text
from tilannekuva.reports import _workbook, xlsx
from tilannekuva.reports._ooxml import repack

HEAD = xlsx.HEAD
CASES = [("MK18", "fi"), ("MK18", "sv"), ("MK18", "en"), ("MK19", "fi"), ("MK21", "sv")]
LONG = ("measures", "all")
MARKS = {".", "..", "..."}
ODD = ("pop_age", "s3_lq", "gva_by_industry", "pop_proj", "rd_gdp", "morbidity_index_2000_2019",
       "vacancies", "net_migration", "ghg_total", "gdp")  # fmt: skip
"""Indicators of odd shapes: by group only, projections, targets, spans, months, breaks."""


def part_of(picture: Picture) -> Picture:
    """The real picture with fewer findings and areas, so that reading it back is quick."""
    kept = {*storyboard.storyboard(picture).cards, *ODD, *list(picture.findings)[::9]}
    return picture.model_copy(
        update={
            "findings": {
                i: f.model_copy(update={"others": f.others[:3], "parts": f.parts[:2]})
                for i, f in picture.findings.items()
                if i in kept
            }
        }
    )


def load(content: bytes) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture(scope="module")
def case(real_pictures: dict[str, Picture]) -> Callable[[str, str], Any]:
    @functools.cache
    def made(code: str, lang: str) -> tuple[Picture, bytes, openpyxl.Workbook]:
        picture = part_of(real_pictures[code])
        content = xlsx.render(picture, lang)
        return picture, content, load(content)

    return made


def name(key: str, lang: str, **values: object) -> str:
    return words.message(f"sheet.name.{key}", lang, **values)


def head(key: str, lang: str) -> str:
    return words.message(f"sheet.head.{key}", lang)


def table(sheet: Worksheet) -> pd.DataFrame:
    rows = list(sheet.iter_rows(min_row=HEAD, values_only=True))
    return pd.DataFrame(rows[1:], columns=rows[0], dtype=object)


def every_series(f: Finding) -> Iterator[tuple[str, str, str, float | None, str]]:
    """(region, breakdown, period, value, status), written anew for the test."""
    for s in (*f.segments, *f.others, *f.parts, *([f.country] if f.country else [])):
        for p, v, st in zip(s.periods, s.values, s.statuses, strict=True):
            yield s.region, "total", p, v, st
    for s in (*f.profile, *f.country_profile):
        for p, v, st in zip(s.periods, s.values, s.statuses, strict=True):
            yield s.area, s.region, p, v, st


# --- structure --------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_every_sheet_is_laid_alike(case, code, lang):
    _, _, book = case(code, lang)
    for sheet in book:
        assert sheet["A1"].value
        assert sheet["A2"].value
        assert len(sheet.tables) == 1, "one table a sheet"
        (made,) = sheet.tables.values()
        assert made.displayName == _workbook.table_name(sheet.title)
        assert re.fullmatch(r"t_[a-z0-9_]+", made.displayName)
        last = f"{openpyxl.utils.get_column_letter(sheet.max_column)}{sheet.max_row}"
        assert made.ref == f"A{HEAD}:{last}"
        assert sheet.max_row > HEAD
        heads = [c.value for c in sheet[HEAD]]
        assert all(isinstance(h, str) and h for h in heads)
        assert len(set(heads)) == len(heads)
        assert [c.name for c in made.tableColumns] == heads


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_nothing_is_merged_hidden_frozen_or_coloured_by_rule(case, code, lang):
    _, _, book = case(code, lang)
    for sheet in book:
        assert not sheet.merged_cells.ranges
        assert sheet.sheet_state == "visible"
        assert sheet.freeze_panes is None
        assert not any(d.hidden for d in sheet.row_dimensions.values())
        assert not any(d.hidden for d in sheet.column_dimensions.values())
        assert not sheet.conditional_formatting
        assert not sheet.protection.sheet


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_sheet_names_are_in_the_language_and_short(case, code, lang):
    _, _, book = case(code, lang)
    keys = ("cover", "contents", "notes", "key_figures")
    assert book.sheetnames[:4] == [name(k, lang) for k in keys]
    last = ("rest", "unknown", "measures", "all", "sources")
    assert book.sheetnames[-5:] == [name(k, lang) for k in last]
    themes = [name("themes", lang, n=n) for n in (1, 2, 3)]
    chapters = [name("chapters", lang, n=n) for n in range(1, 7)]
    assert book.sheetnames[4:-5] == themes + chapters
    for title in book.sheetnames:
        assert len(title) <= 31
        assert not set(title) & set("[]:*?/\\'")


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_no_blank_row_or_column_and_no_empty_cell_but_in_long_tables(case, code, lang):
    _, _, book = case(code, lang)
    long = {name(k, lang) for k in LONG}
    for sheet in book:
        rows = list(sheet.iter_rows(min_row=HEAD + 1, values_only=True))
        assert all(any(c is not None for c in row) for row in rows)
        assert all(any(c is not None for c in column) for column in zip(*rows, strict=True))
        if sheet.title not in long:
            assert all(c not in (None, "") for row in rows for c in row), sheet.title


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_paper_and_widths(case, code, lang):
    _, _, book = case(code, lang)
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert int(sheet.page_setup.paperSize) == 9, "A4"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (int(sheet.page_setup.fitToWidth), int(sheet.page_setup.fitToHeight)) == (1, 0)
        assert sheet.print_title_rows == f"${HEAD}:${HEAD}"
        for n, cell in enumerate(sheet[HEAD], 1):
            width = sheet.column_dimensions[openpyxl.utils.get_column_letter(n)].width
            assert max(len(w) for w in cell.value.split()) < width <= 100


@pytest.mark.parametrize("lang", LANGUAGES)
def test_properties_say_title_language_and_creator(case, lang):
    picture, content, book = case("MK18", lang)
    said = book.properties
    assert said.title == book.worksheets[0]["A1"].value
    assert picture.region.names[lang] in said.subject
    assert said.language == {"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}[lang]
    assert said.creator == "tilannekuva"
    assert said.created.date().isoformat() == said.modified.date().isoformat() == picture.as_of
    core = zipfile.ZipFile(io.BytesIO(content)).read("docProps/core.xml").decode()
    assert "<dc:language" in core


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_links_are_readable_and_lead_somewhere(case, code, lang):
    _, _, book = case(code, lang)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                link = cell.hyperlink
                if link is None:
                    continue
                assert isinstance(cell.value, str)
                assert "://" not in cell.value
                if link.location:
                    goal = re.fullmatch(r"'(.+)'!A1", link.location)
                    assert goal
                    assert goal[1] in book.sheetnames
                else:
                    assert re.match(r"https?://", link.target)
    contents = book[name("contents", lang)]
    listed = [c.value for (c,) in contents.iter_rows(min_row=HEAD + 1, max_col=1)]
    assert listed == [s for s in book.sheetnames if s != contents.title]
    assert all(s["A3"].hyperlink is not None for s in book if s is not contents)
    rows = table(contents)
    for sheet, n, made in zip(
        rows[head("sheet", lang)], rows[head("rows", lang)], rows[head("table", lang)], strict=True
    ):
        assert book[sheet].max_row - HEAD == n
        assert made in book[sheet].tables


# --- the words --------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_cover_says_whose_it_is_not_and_how_to_cite_it(case, lang):
    picture, _, book = case("MK18", lang)
    text = "\n".join(table(book.worksheets[0])[head("content", lang)])
    assert words.message("page.notice", lang) in text
    assert picture.as_of in text
    assert words.date(picture.as_of, lang) in text
    assert "Vaala" in text
    assert "CC BY 4.0" in text
    assert picture.sources["statfin"].publisher[lang] in text


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_every_mark_status_and_note_is_explained(case, code, lang):
    _, _, book = case(code, lang)
    notes = table(book[name("notes", lang)])
    explained = set(notes[head("mark", lang)])
    assert explained >= MARKS
    assert len(explained) == len(notes)
    for sheet in book.worksheets[3:]:
        rows = table(sheet)
        if rows.iloc[0, 0] == words.message("sheet.empty", lang):
            continue
        if head("status", lang) in rows:
            assert set(rows[head("status", lang)]) <= explained
        for column in ("value", "gap", "gap_pct", "share_of_country", "change_1y"):
            if head(column, lang) in rows:
                cells = rows[head(column, lang)]
                assert {c for c in cells if isinstance(c, str)} <= MARKS
        if head("notes", lang) in rows:
            used = {m for c in rows[head("notes", lang)] for m in re.findall(r"\[\d+\]", c)}
            assert used <= explained


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_division_with_vaala_is_said_of_every_figure_of_it(case, lang):
    picture, _, book = case("MK18", lang)
    notes = table(book[name("notes", lang)]).set_index(head("mark", lang))
    old = [i for i, f in picture.findings.items() if any("@" in s.region for s in f.segments)]
    assert old
    marked = {}
    for sheet in book.worksheets[3:-4]:
        rows = table(sheet)
        if head("notes", lang) in rows:
            marked |= dict(
                zip(rows[head("indicator_id", lang)], rows[head("notes", lang)], strict=True)
            )
    for indicator in old:
        texts = [notes.loc[m, head("meaning", lang)] for m in marked[indicator].split()]
        assert any("Vaala" in t for t in texts), indicator
    rows = table(book[name("all", lang)])
    dated = rows[rows[head("region_code", lang)] == "MK18@2015"]
    assert dated[head("region", lang)].str.contains("2015").all()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_note_tells_how_far_provisional_figures_have_moved(real_pictures, lang):
    picture, indicator = part_of(real_pictures["MK18"]), "births"
    level = Revised(n=57, periods=("2020", "2021"), publications=3, median=1.2, large=3.1,
                    mean=0.4, upward=60.0)  # fmt: skip
    revision = Revision(source="statfin", table="t", relative=True, level=level)
    finding = real_pictures["MK18"].findings[indicator].model_copy(update={"revision": revision})
    picture = picture.model_copy(update={"findings": {**picture.findings, indicator: finding}})
    book = load(xlsx.render(picture, lang))
    notes = table(book[name("notes", lang)]).set_index(head("mark", lang))
    (said,) = [s.text for s in narrate.sentences(finding, picture, lang) if s.kind == "revision"]
    (mark,) = notes.index[notes[head("meaning", lang)] == said]
    assert words.message("sheet.kind.revision", lang) in set(notes.loc[mark])
    found = 0
    for sheet in book.worksheets[3:]:
        rows = table(sheet)
        if head("notes", lang) in rows:
            mine = rows[rows[head("indicator_id", lang)] == indicator]
            assert all(mark in marks.split() for marks in mine[head("notes", lang)])
            found += len(mine)
    assert found


def test_metrics_have_a_name_each_in_every_language():
    for lang in LANGUAGES:
        named = {
            k.removeprefix("sheet.metric.")
            for k in words.messages(lang)
            if k.startswith("sheet.metric.")
        }
        assert named == set(METRICS)
        texts = [words.message(f"sheet.metric.{m}", lang) for m in METRICS]
        assert len(set(texts)) == len(texts)


# --- the numbers ------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_every_figure_of_the_findings_is_among_all_figures(case, code, lang):
    picture, _, book = case(code, lang)
    assert_all_figures(picture, lang, table(book[name("all", lang)]))


def assert_all_figures(picture: Picture, lang: str, rows: pd.DataFrame) -> None:
    keys = ("indicator_id", "region_code", "group_code", "period_code")
    columns = [rows[head(k, lang)] for k in (*keys, "value", "status")]
    found = {r[:4]: r[4:] for r in zip(*columns, strict=True)}
    assert len(found) == len(rows), "one row a figure"
    expected = {
        (i, r, b, p): (v, narrate.status_label(st, lang))
        for i, f in picture.findings.items()
        for r, b, p, v, st in every_series(f)
    }
    assert found == expected


@pytest.mark.slow
def test_all_of_kainuu_reads_back(kainuu):
    content = xlsx.render(kainuu, "fi")
    assert len(content) < 8_000_000
    rows = pd.read_excel(
        io.BytesIO(content),
        sheet_name="Kaikki luvut",
        header=HEAD - 1,
        dtype={"Jakso": str},
        engine_kwargs={"read_only": True},
    )
    assert rows["Luku"].dtype == float, "numbers are numbers to whoever reads them"
    rows = rows.astype(object)
    rows["Luku"] = rows["Luku"].where(rows["Luku"].notna(), None)
    assert_all_figures(kainuu, "fi", rows)


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_measures_are_those_of_the_picture(case, code, lang):
    picture, _, book = case(code, lang)
    rows = table(book[name("measures", lang)])
    ahead = rows[head("measure_id", lang)].isin(FAN) & rows[head("value", lang)].notna()
    fans = rows[ahead]
    years = [
        (i, k, y.period, getattr(y, k.removeprefix("fan_")))
        for i, f in picture.findings.items()
        for k in FAN
        for y in f.fan
    ]
    columns = ("indicator_id", "measure_id", "period_code", "value")
    assert sorted(zip(*[fans[head(k, lang)] for k in columns], strict=True)) == sorted(years)
    farthest = {(i, f.fan[-1].period) for i, f in picture.findings.items() if f.fan}
    last = pd.Series(
        [
            key in farthest
            for key in zip(
                rows[head("indicator_id", lang)], rows[head("period_code", lang)], strict=True
            )
        ]
    )
    rows = rows[~ahead | last]
    found = {
        r[:2]: r[2:]
        for r in zip(
            *[
                rows[head(k, lang)]
                for k in ("indicator_id", "measure_id", "value", "period_code", "remark")
            ],
            strict=True,
        )
    }
    expected = {(i, k): m for i, f in picture.findings.items() for k, m in f.metrics.items()}
    assert found.keys() == expected.keys()
    for key, measured in expected.items():
        value, period, remark = found[key]
        assert value == measured.value, key
        assert period == measured.period
        assert (remark is not None) or measured.value is not None, "a reason for what is missing"


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_sections_have_the_numbers_of_the_picture(case, code, lang):
    picture, _, book = case(code, lang)
    metrics = {"value": "latest", **{k: k for k in (
        "interval_low", "interval_high", "change_1y", "change_5y", "change_10y", "change_pct_10y",
        "gap", "gap_pct", "share_of_country")}}  # fmt: skip
    sections = [s for c in picture.cuts for s in c.sections]
    sheets = book.worksheets[4 : 4 + len(sections)]
    seen = set()
    for sheet, section in zip([*sheets, book[name("rest", lang)]], [*sections, None], strict=True):
        rows = table(sheet)
        if rows.iloc[0, 0] == words.message("sheet.empty", lang):
            assert not section or not set(section.indicators) & set(picture.findings)
            continue
        ids = list(rows[head("indicator_id", lang)])
        if section is not None:
            assert section.names[lang] in sheet["A1"].value
            assert ids == [i for i in section.indicators if i in picture.findings]
        seen |= set(ids)
        for n, i in enumerate(ids):
            for column, metric in metrics.items():
                cell = rows[head(column, lang)][n]
                measured = picture.findings[i].metrics.get(metric)
                unit = picture.units[picture.indicators[i].unit]
                if metric == "gap_pct" and not unit.relative:
                    assert cell == "."
                elif measured is None or measured.value is None:
                    assert cell in MARKS
                else:
                    assert cell == measured.value
    assert seen == set(picture.findings)


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_key_figures_are_the_cards_of_the_page(case, code, lang):
    picture, _, book = case(code, lang)
    sheet = book[name("key_figures", lang)]
    rows = table(sheet)
    cards = storyboard.storyboard(picture).cards
    assert tuple(rows[head("indicator_id", lang)]) == cards
    for n, i in enumerate(cards):
        finding = picture.findings[i]
        card = narrate.card(finding, picture, lang)
        assert rows[head("value", lang)][n] == finding.latest.value
        assert rows[head("period", lang)][n] == card.period
        assert rows[head("rank", lang)][n] in card.rank or rows[head("rank", lang)][n] in MARKS
        assert all(m in rows[head("marks", lang)][n] for m in card.marks)
        decimals = picture.indicators[i].decimals
        zeros = "." + "0" * decimals if decimals else ""
        assert sheet.cell(HEAD + 1 + n, 2).number_format == f"#,##0{zeros}"


def test_numbers_are_numbers_and_their_formats_show_the_decimals(case):
    picture, _, book = case("MK18", "fi")
    sheet = book["Kaikki luvut"]
    heads = [c.value for c in sheet[HEAD]]
    at = {k: heads.index(head(k, "fi")) for k in ("indicator_id", "value")}
    for row in sheet.iter_rows(min_row=HEAD + 1):
        cell = row[at["value"]]
        decimals = picture.indicators[row[at["indicator_id"]].value].decimals
        assert cell.data_type == "n"
        if cell.value is not None:
            assert cell.number_format == "#,##0" + ("." + "0" * decimals if decimals else "")


def test_sources_lead_from_every_finding_to_a_publisher_or_a_formula(case):
    picture, _, book = case("MK18", "en")
    rows = table(book["Sources"]).set_index("Snapshot id")
    assert set(rows.index) == set(picture.snapshots)
    for i, finding in picture.findings.items():
        for snapshot in finding.snapshots:
            assert i in rows.loc[snapshot, "Indicator ids"].split(", ")
    for s in picture.snapshots.values():
        row = rows.loc[s.id]
        if s.kind == "derived":
            assert row["Formula"] == s.query["formula"]
            assert row["Snapshots of the formula"] == ", ".join(s.query["parents"])
        else:
            assert row["Address"] == s.address
            assert row["Licence"] == narrate.licence_text(s.licence, "en")
            assert row["Transcribed from text or image"] == ("yes" if s.transcribed else "no")
        assert row["Published"] == s.published_on


def test_a_national_target_is_said_to_be_indicative(case):
    picture, _, book = case("MK18", "en")
    aimed = [
        i
        for i, f in picture.findings.items()
        if "target_value" in f.metrics and f.metrics["target_value"].value is not None
    ]
    rows = table(book["Measures"])
    for i in aimed:
        at = (rows["Indicator id"] == i) & (rows["Measure id"] == "target_value")
        assert "indicative" in rows.loc[at, "Remark"].item()
    assert aimed


# --- safety -----------------------------------------------------------------------------------

HOSTILE = [
    '=HYPERLINK("https://example.org","x")', "+1+1", "-2+3", "@SUM(A1:A9)", "\t=1", "\r=1",
    "#N/A", "TRUE", "2020-01-01", "<b>&amp;\"'</b>", "bell\x07", "]]>", "  spaces  ",
    "x" * 40_000, "\ud800", "_x0041_",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_text(kainuu, text):
    i = "gdp_pc"
    hostile = kainuu.indicators[i].model_copy(
        update={"names": Text.model_construct(fi=text, sv=text, en=text)}
    )
    finding = kainuu.findings[i]
    picture = kainuu.model_copy(
        update={"findings": {i: finding}, "indicators": {**kainuu.indicators, i: hostile}}
    )
    content = xlsx.render(picture, "fi")
    package = zipfile.ZipFile(io.BytesIO(content))
    for entry in package.namelist():
        if entry.startswith("xl/worksheets/sheet"):
            assert b"<f>" not in package.read(entry)
            assert b"<f " not in package.read(entry)
    expected = re.sub("[\x07\ud800]", "", text.replace("\r", "\n"))[:32_767]
    book = load(content)
    for sheet, column in (("Avainluvut", 1), ("Kaikki luvut", 2), ("Tunnusluvut", 2)):
        cell = book[sheet].cell(HEAD + 1, column)
        assert cell.data_type == "s"
        assert cell.value[:30_000] == expected[:30_000]
        assert len(cell.value) <= 32_767
        assert bool(cell.quotePrefix) == expected.startswith(("=", "+", "-", "@", "\t", "\n"))


def test_years_and_codes_are_not_called_mistakes(case):
    _, content, _ = case("MK18", "fi")
    package = zipfile.ZipFile(io.BytesIO(content))
    for entry in package.namelist():
        if entry.startswith("xl/worksheets/sheet"):
            part = package.read(entry)
            order = [part.index(t) for t in (
                b"<sheetData", b"<pageMargins", b"<pageSetup", b"<headerFooter", b"<ignoredErrors",
                b"<tableParts")]  # fmt: skip
            assert order == sorted(order), "the order that the format demands"


# --- the same again ---------------------------------------------------------------------------


def test_same_picture_same_bytes(real_pictures):
    picture = part_of(real_pictures["MK21"])
    again = Picture.from_json(picture.to_json())
    assert xlsx.render(picture, "sv") == xlsx.render(again, "sv")


def test_the_package_is_sorted_and_has_no_time_of_its_own(case):
    _, content, _ = case("MK18", "fi")
    entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    assert [e.filename for e in entries] == sorted(e.filename for e in entries)
    assert {e.date_time for e in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert repack(content, "2025-12-31") == repack(repack(content, "2025-12-31"), "2025-12-31")


def test_a_picture_without_figures_is_a_workbook_too(kainuu):
    empty = kainuu.model_copy(
        update={"findings": {}, "snapshots": {}, "gaps": (), "changes": (), "breaks": ()}
    )
    for lang in LANGUAGES:
        book = load(xlsx.render(empty, lang))
        assert book[name("all", lang)].cell(HEAD + 1, 1).value == words.message("sheet.empty", lang)
        for sheet in book:
            (made,) = sheet.tables.values()
            assert int(re.findall(r"\d+", made.ref)[1]) > HEAD, "a table has a row"
