"""The one configuration file: found upwards, strict, and its paths are its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tilannekuva import settings
from tilannekuva.errors import CatalogueError


def test_the_nearest_file_upwards_counts_and_paths_start_at_it(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / settings.FILE).write_text('out = "far"\n')
    (tmp_path / "a" / settings.FILE).write_text('out = "near"\nlanguages = ["sv"]\n')
    found = settings.read(deep)
    assert found.path("out") == (tmp_path / "a").resolve() / "near"
    assert found.languages == ("sv",)
    assert found.path("data") is None


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    assert settings.read(tmp_path) == settings.Settings()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('ouut = "x"', "did you mean 'out'"),
        ('colour = "x"', "known keys: addresses, assessments, catalogue"),
        ('languages = "fi"', "languages"),
        ("out = ", "not valid TOML"),
    ],
)
def test_a_file_that_does_not_fit_is_named_with_key_and_hint(
    tmp_path: Path, text: str, what: str
) -> None:
    (tmp_path / settings.FILE).write_text(text)
    with pytest.raises(CatalogueError, match=what) as caught:
        settings.read(tmp_path)
    assert settings.FILE in str(caught.value)
