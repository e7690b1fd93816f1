"""The typefaces are found where matplotlib keeps them, without asking it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest

from tilannekuva import typefaces


def test_the_folder_is_the_one_that_charts_are_drawn_with() -> None:
    assert typefaces.font_dir() == Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    assert (typefaces.font_dir() / "DejaVuSans-Bold.ttf").is_file()


def test_who_sets_a_finished_document_loads_nothing_that_draws_or_counts() -> None:
    script = """
import sys
from tilannekuva import typefaces
from tilannekuva.reports._pdf_typst import typeset
typefaces.font_dir()
print(*sorted({"matplotlib", "numpy", "pandas", "pydantic"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.strip() == ""


def test_without_matplotlib_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typefaces, "find_spec", lambda _: None)
    with pytest.raises(ModuleNotFoundError, match="matplotlib"):
        typefaces.font_dir()
