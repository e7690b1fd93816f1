"""Figures of one's own: a declaration says what they are, and nothing of it is optional."""

from __future__ import annotations

from pathlib import Path

import pytest

from tilannekuva import own, raw
from tilannekuva.errors import CatalogueError, SourceError

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
    told: tuple[Path, Path], tmp_path: Path
) -> None:
    told[0].write_text("alue,vuosi,arvo\n")
    with pytest.raises(SourceError, match="a head but no rows"):
        own.declare(*told)
    with pytest.raises(SourceError, match="cannot be read"):
        own.declare(tmp_path / "missing.csv", told[1])
    with pytest.raises(CatalogueError, match=r"not '\.pdf'"):
        own.declare(tmp_path / "own.pdf", told[1])


def test_a_column_that_the_layout_names_and_the_file_lacks_is_refused(
    told: tuple[Path, Path],
) -> None:
    told[1].write_text(DECLARATION.replace('"vuosi"', '"year"'), encoding="utf-8")
    with pytest.raises((SourceError, CatalogueError), match="year"):
        own.declare(*told)
