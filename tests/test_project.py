"""The project as a whole: what it may hold, and what its commands promise."""

from __future__ import annotations

import re
import subprocess
import tomllib
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def tracked() -> list[Path]:
    try:
        out = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: there is no list of the project's files")
    return [ROOT / n for n in out.stdout.splitlines() if (ROOT / n).is_file()]


def test_constraints_name_versions_and_no_address() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 40
    for line in pins:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.+!]*", line), line


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *chain.from_iterable(project["optional-dependencies"].values()),
    ]
    names = {re.split(r"[\[<>=~! ]", w)[0].lower().replace("_", "-") for w in wanted} - {
        "tilannekuva"
    }
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pinned = {
        line.split("==")[0].lower().replace("_", "-") for line in text.splitlines() if "==" in line
    }
    assert not names - pinned


def test_no_file_is_large() -> None:
    assert not [f for f in tracked() if f.stat().st_size > 3_000_000]


def test_nothing_names_a_machine_or_an_index() -> None:
    bad = re.compile(r"/(?:work|root|home)/[a-z.]|pypi\.org|files\.pythonhosted|--index-url")
    for file in tracked():
        if file.suffix in (".py", ".toml", ".md", ".txt", ".ipynb", ".json", "") and file != Path(
            __file__
        ):
            found = bad.search(file.read_text(encoding="utf-8", errors="replace"))
            assert found is None, f"{file.relative_to(ROOT)}: {found[0]}"


def test_licence_is_mit_and_readme_says_whose_it_is_not() -> None:
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    assert "not an official product" in (ROOT / "README.md").read_text(encoding="utf-8")
