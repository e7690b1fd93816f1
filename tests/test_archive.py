"""Editions kept and held against each other, through files."""

from __future__ import annotations

import io
import json
from pathlib import Path

import docx as word
import pytest

from tilannekuva import archive, cli, pipeline
from tilannekuva.errors import CatalogueError
from tilannekuva.model import Picture
from tilannekuva.reports import docx

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def published(kainuu: Picture, tmp_path: Path) -> Path:
    """Kainuu's picture as its folder would have it."""
    folder = tmp_path / "reports" / kainuu.edition / "kainuu"
    folder.mkdir(parents=True)
    (folder / "picture.json").write_bytes(kainuu.to_json().encode())
    return folder


def test_two_pictures_are_compared_from_folders_or_files(published: Path, capsys: Capture) -> None:
    assert cli.main(["diff", str(published), str(published / "picture.json")]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[-1] == "Mikään ei ole muuttunut."


def test_a_file_that_is_no_picture_is_named(published: Path, capsys: Capture) -> None:
    (published / "x.json").write_text("{}")
    assert cli.main(["diff", str(published / "x.json"), str(published)]) == 1
    assert "x.json: not a picture" in capsys.readouterr().err


@pytest.mark.slow
def test_an_edition_made_again_is_the_same(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "reports"
    (built,) = pipeline.build(formats=["json"], out=out)
    edition = built.folder.parent.name
    assert cli.main(["rebuild", edition, "--out", str(out)]) == 0
    assert "byte for byte the same" in capsys.readouterr().out
    picture = built.folder / "picture.json"
    told = json.loads(picture.read_text(encoding="utf-8"))
    told["level_count"] = 20
    picture.write_text(json.dumps(told), encoding="utf-8")
    assert cli.main(["rebuild", edition, "--out", str(out)]) == 2
    said = capsys.readouterr()
    assert "1 files differ: picture.json" in said.out
    assert "could not be made again" in said.err


def test_an_edition_that_is_not_there_names_those_that_are(published: Path) -> None:
    out = published.parent.parent
    with pytest.raises(CatalogueError, match=rf"no edition of 2020-01-01.*{published.parent.name}"):
        archive.rebuild("2020-01-01", out=out)


@pytest.mark.slow
def test_a_trace_on_the_command_line(capsys: Capture) -> None:
    assert cli.main(["trace", "kainuu", "gdp_pc", "2020"]) == 0
    out = capsys.readouterr().out
    assert "nama_10r_3gdp" in out
    assert "https://" in out
    assert cli.main(["trace", "kainuu", "gdp_pcc"]) == 1
    assert "gdp_pc" in capsys.readouterr().err


@pytest.mark.slow
def test_an_edition_told_from_an_earlier_one_is_made_again(tmp_path: Path) -> None:
    out = tmp_path / "reports"
    pipeline.build(formats=["json"], out=out, as_of="2022-12-31")
    (built,) = pipeline.build(formats=["json"], out=out)
    picture = pipeline.read_picture(built.folder / "picture.json")
    assert (picture.compared_to, picture.compared_with) == ("edition", "2022-12-31")
    (again,) = archive.rebuild(picture.edition, out=out)
    assert again.same


# --- an edited document -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def document(kainuu: Picture) -> bytes:
    return docx.brief(kainuu, "growth", "sv")


@pytest.mark.slow
def test_an_edited_document_is_held_against_the_picture_beside_it(
    published: Path, document: bytes, capsys: Capture
) -> None:
    file = published / "briefs" / "oma nimi.docx"
    file.parent.mkdir()
    file.write_bytes(document)
    assert cli.main(["verify", str(file)]) == 0
    assert "every number is in the picture" in capsys.readouterr().out
    edited = word.Document(io.BytesIO(document))
    paragraph = next(p for p in edited.paragraphs if "34\xa0900" in p.text)
    for run in paragraph.runs:
        run.text = run.text.replace("34\xa0900", "35\xa0900")
    edited.add_paragraph("Vi vet att 123 456 personer flyttade.")
    edited.save(str(file))
    assert cli.main(["verify", str(file)]) == 2
    said = capsys.readouterr()
    assert "35\xa0900" in said.out
    assert "the picture has: 34900" in said.out.replace("\xa0", "")
    assert "123 456" in said.out.replace("\xa0", " ")
    assert "not in the picture: 2 of its numbers" in said.err


def test_a_document_without_its_picture_says_what_to_name(
    tmp_path: Path, document: bytes, capsys: Capture
) -> None:
    file = tmp_path / "a" / "b" / "x.docx"
    file.parent.mkdir(parents=True)
    file.write_bytes(document)
    assert cli.main(["verify", str(file)]) == 1
    assert "name the one that it was made from with --picture" in capsys.readouterr().err
    assert cli.main(["verify", str(tmp_path / "none.docx")]) == 1
    file.write_bytes(document[:100])
    assert cli.main(["verify", str(file)]) == 3
    assert f"{file}: this is not a Word document" in capsys.readouterr().err
