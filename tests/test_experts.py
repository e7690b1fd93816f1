"""The experts' half on its way into a picture: through the folder of a desk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tilannekuva import cli, pipeline
from tilannekuva.model import Assessment

JUDGED = """[[assessment]]
subject = "growth"
now = "+"
reasons = "Tilauskanta kasvoi."
role = "elinkeinojohtaja"
"""


def put(desk: Path, place: str, text: str = JUDGED) -> Path:
    file = desk / "assessments" / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def judgements(region: str = "kainuu") -> tuple[Assessment, ...]:
    (built,) = pipeline.build([region], formats=["json"])
    return pipeline.read_picture(built.folder / "picture.json").assessments


def test_judgements_come_into_the_picture(desk: Path) -> None:
    put(desk, "kainuu/2023-03-01.toml")
    assert [(a.subject, a.now) for a in judgements()] == [("growth", "+")]


def test_a_file_moved_to_another_region_makes_both_pictures_again(desk: Path) -> None:
    file = put(desk, "lappi/2023-03-01.toml")
    assert judgements("kainuu") == ()
    other = desk / "assessments" / "kainuu" / file.name
    other.parent.mkdir()
    file.rename(other)
    assert len(judgements("kainuu")) == 1
    assert judgements("lappi") == ()


def test_what_is_written_for_a_later_edition_is_said_and_not_shown(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(desk, "kainuu/2023-04-01.toml")
    for _ in range(2):  # made, and found as it was
        assert cli.main(["build", "kainuu", "--formats", "json"]) == 0
        (said,) = [
            x for x in capsys.readouterr().err.splitlines() if "later" in x or "experts" in x
        ]
        assert "judged or written for 2023-04-01; `tilannekuva build --as-of 2023-04-01`" in said
    assert judgements() == ()


def test_a_misnamed_folder_stops_the_build_and_writes_nothing(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(desk, "MK18/2023-03-01.toml")
    assert cli.main(["build", "kainuu", "--formats", "json"]) == 1
    assert "no region has this folder; call it kainuu" in capsys.readouterr().err
    assert not (desk / "reports").exists()
