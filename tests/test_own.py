"""Figures of one's own: a declaration says what they are, and nothing of it is optional."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook

from tilannekuva import indicators, own, raw, table, vintages
from tilannekuva.errors import CatalogueError, SourceError
from tilannekuva.model import Snapshot

Rows = Callable[..., pd.DataFrame]

DECLARATION = """
source = "metsahallitus"
table = "retkeily"
title = "Käynnit"
published_on = "2024-05-03"
method = "Kävijälaskurit."
licence = "CC BY 4.0"
layout = { time = "vuosi", value = "arvo" }
"""


@pytest.fixture
def told(tmp_path: Path) -> tuple[Path, Path]:
    file, words = tmp_path / "own.csv", tmp_path / "own.toml"
    file.write_text("alue,vuosi,arvo\nMK18,2023,5\n", encoding="utf-8")
    words.write_text(DECLARATION, encoding="utf-8")
    return file, words


def test_the_entry_describes_the_exact_bytes(told: tuple[Path, Path], tmp_path: Path) -> None:
    entry, data = own.declare(*told)
    assert data == told[0].read_bytes()
    assert (entry.kind, entry.source, entry.table) == ("received", "metsahallitus", "retkeily")
    assert entry.layout == {"format": "csv", "time": "vuosi", "value": "arvo"}
    assert entry.note == "Kävijälaskurit."
    assert entry.published_on == "2024-05-03"
    raw.add(tmp_path / "store", [(entry, data)])
    assert raw.verify(tmp_path / "store") == 1


@pytest.mark.parametrize("key", ["source", "table", "title", "published_on", "method", "licence"])
def test_nothing_that_a_reader_needs_is_optional(told: tuple[Path, Path], key: str) -> None:
    lines = [line for line in DECLARATION.splitlines() if not line.startswith(f"{key} ")]
    told[1].write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(CatalogueError, match=rf"own\.toml: {key}: is missing; add it"):
        own.declare(*told)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("licence", "license", "licen[sc]e: (is missing|unknown key)"),
        ('"2024-05-03"', '"2024-02-30"', "published_on: .*not a date of the calendar"),
        ('"2024-05-03"', '"3.5.2024"', "published_on"),
        ('source = "m', 'source = "M', "source"),
        ("title", "= title", "cannot be read as TOML"),
    ],
)
def test_a_declaration_that_does_not_fit_names_file_and_key(
    told: tuple[Path, Path], old: str, new: str, what: str
) -> None:
    told[1].write_text(DECLARATION.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=what) as caught:
        own.declare(*told)
    assert "own.toml" in str(caught.value)


def test_a_missing_declaration_says_what_to_write(told: tuple[Path, Path]) -> None:
    told[1].unlink()
    with pytest.raises(CatalogueError, match="write one with source, table, title"):
        own.declare(*told)


def test_a_file_that_is_no_table_is_refused_before_it_enters_the_store(
    told: tuple[Path, Path],
) -> None:
    told[0].write_text("alue,vuosi,arvo\n")
    with pytest.raises(SourceError, match="a head but no rows"):
        own.declare(*told)


def test_a_missing_file_is_named_before_its_declaration(tmp_path: Path) -> None:
    for words in (None, tmp_path / "missing.toml"):
        with pytest.raises(CatalogueError, match="there is no such file") as caught:
            own.declare(tmp_path / "missing.csv", words)
        assert str(caught.value).startswith(f"{tmp_path / 'missing.csv'}: ")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("own.pdf", r"give a \.csv or an \.xlsx file, not '\.pdf'"),
        ("own", "its name has no ending"),
        ("own.toml", "this is a declaration; give the file that it describes"),
        ("own.XLS", r"an old Excel file; open it in Excel and save it as \.xlsx"),
    ],
)
def test_a_file_of_another_kind_says_what_to_give(
    told: tuple[Path, Path], tmp_path: Path, name: str, what: str
) -> None:
    (tmp_path / name).write_text("x")
    with pytest.raises(CatalogueError, match=what) as caught:
        own.declare(tmp_path / name)
    assert str(caught.value).startswith(f"{tmp_path / name}: ")


@pytest.mark.parametrize("name", ["", ".", "folder", "folder.csv"])
def test_a_folder_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).mkdir(exist_ok=True)
    with pytest.raises(CatalogueError, match="this is a folder; give one file in it"):
        own.declare(Path(name))


@pytest.mark.parametrize(
    ("name", "kind"), [("OMA.CSV", "csv"), ("Oma.XLSX", "xlsx"), ("oma.XlsM", "xlsx")]
)
def test_endings_in_capitals_are_endings(
    told: tuple[Path, Path], tmp_path: Path, name: str, kind: str
) -> None:
    book = Workbook()
    for row in (["alue", "vuosi", "arvo"], ["MK18", 2023, 5]):
        book.active.append(row)
    book.save(tmp_path / name) if kind == "xlsx" else told[0].rename(tmp_path / name)
    told[1].rename((tmp_path / name).with_suffix(".toml"))
    entry, _ = own.declare(tmp_path / name)
    assert entry.layout["format"] == kind
    assert entry.file.endswith(name[-5:].lower().lstrip("a"))


def test_a_column_that_the_layout_names_and_the_file_lacks_is_refused(
    told: tuple[Path, Path],
) -> None:
    told[1].write_text(DECLARATION.replace('"vuosi"', '"year"'), encoding="utf-8")
    with pytest.raises((SourceError, CatalogueError), match="year"):
        own.declare(*told)


# --- what would pass for something else ---------------------------------------------------------


@pytest.mark.parametrize("name", ["statfin", "eurostat", "sotkanet"])
def test_an_own_file_does_not_pass_for_a_publishers_answer(
    told: tuple[Path, Path], name: str
) -> None:
    told[1].write_text(DECLARATION.replace("metsahallitus", name), encoding="utf-8")
    # Not even where one's own catalogue says that the source is a table of people.
    mine = {name: indicators.load().sources["metsahallitus"].model_copy(update={"id": name})}
    for sources in (None, indicators.load().sources, mine):
        with pytest.raises(CatalogueError, match=r"Describe whoever made this file") as caught:
            own.declare(*told, sources)
        assert str(caught.value).startswith(f"{told[1]}: source: '{name}' is ")


def test_a_source_of_ones_own_is_a_source_of_tables(told: tuple[Path, Path]) -> None:
    told[1].write_text(DECLARATION.replace("metsahallitus", "ryhma"), encoding="utf-8")
    assert own.declare(*told)[0].source == "ryhma"  # described later
    one = indicators.load().sources["metsahallitus"].model_copy(update={"id": "ryhma"})
    assert own.declare(*told, {"ryhma": one})[0].source == "ryhma"
    with pytest.raises(CatalogueError, match="'ryhma' has protocol = \"pxweb\" in"):
        own.declare(*told, {"ryhma": one.model_copy(update={"protocol": "pxweb"})})


def dated(told: tuple[Path, Path], published_on: str, file: str, words: str) -> None:
    told[1].write_text(DECLARATION.replace("2024-05-03", published_on), encoding="utf-8")
    for place, day in zip(told, (file, words), strict=True):
        noon = dt.datetime.fromisoformat(f"{day}T12:00:00+00:00").timestamp()
        os.utime(place, (noon, noon))


@pytest.mark.parametrize("published_on", ["2024-05-05", "2024-06", "2025", "2999-12-31"])
def test_a_date_ahead_of_its_time_does_not_move_the_edition(
    told: tuple[Path, Path], published_on: str
) -> None:
    dated(told, published_on, "2024-05-03", "2024-05-02")
    with pytest.raises(CatalogueError, match=f"published_on: {published_on} is later than") as e:
        own.declare(*told)
    assert str(e.value).startswith(f"{told[1]}: ")
    assert "2024-05-03, when the table and its declaration were last changed" in str(e.value)


@pytest.mark.parametrize(
    ("published_on", "file", "words"),
    [
        ("2024-05-04", "2024-05-03", "2024-05-03"),  # the next day east of Greenwich
        ("2024-05", "2024-05-03", "2024-05-03"),
        ("2024-05-03", "2024-04-11", "2024-05-03"),  # the table was ready before its day
    ],
)
def test_a_date_that_the_files_can_have_is_taken(
    told: tuple[Path, Path], published_on: str, file: str, words: str
) -> None:
    dated(told, published_on, file, words)
    assert own.declare(*told)[0].published_on == published_on


# --- a newer version of the same file -----------------------------------------------------------


def version(name: str, published_on: str, **more: Any) -> Snapshot:
    known = {"kind": "received", "source": "metsahallitus", "table": "retkeily", **more}
    return Snapshot(
        id=name, sha256=name, file=name, bytes=1, title="x", vintage="x", address="", licence="x",
        published_on=published_on, **known,
    )  # fmt: skip


def kept(lock: list[Snapshot], as_of: str | None = None) -> list[str]:
    return [s.id for s in vintages.current(lock, as_of)]


def test_a_row_deleted_in_a_newer_version_does_not_survive(make_rows: Rows) -> None:
    lock = [version("old", "2023"), version("new", "2024")]
    rows = table.concat(
        [
            make_rows(("MK18", "2020", 1.0), ("MK01", "2020", 5.0), snapshot="old"),
            make_rows(("MK18", "2020", 2.0), snapshot="new"),
        ],
        unique=(*table.KEY, "snapshot"),
    )
    for day, values in ((None, [2.0]), ("2023-06-01", [5.0, 1.0])):
        view = table.view(rows, vintages.current(lock, day), {}, day)
        assert view["value"].tolist() == values


def test_the_newest_version_is_the_one_that_the_view_takes() -> None:
    early, late = "2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z"
    assert kept([version("b", "2024"), version("a", "2023-12-31")]) == ["b"]
    same = [version("b", "2024", received_at=early), version("a", "2024", received_at=late)]
    assert kept(same) == ["a"]
    # What is published later replaces nothing yet; the view leaves it out by itself.
    assert kept([version("a", "2023"), version("b", "2025-06-01")], "2024-01-01") == ["a", "b"]


def test_only_versions_of_the_same_table_replace_each_other() -> None:
    lock = [
        version("a", "2020"),
        version("b", "2021", table="other"),
        version("c", "2021", source="luke"),
        version("d", "2021", kind="carried"),
    ]
    assert kept(lock) == list("abcd")
