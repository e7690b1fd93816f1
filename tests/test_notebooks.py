"""The notebooks run from top to bottom in an empty folder, and are committed without outputs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


def test_there_is_a_first_look_one_a_theme_and_own_figures() -> None:
    assert [file.name[:2] for file in NOTEBOOKS] == ["01", "02", "03", "04", "05"]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda f: f.stem)
def test_is_committed_without_outputs(file: Path) -> None:
    for cell in nbformat.read(file, as_version=4).cells:
        assert not cell.get("outputs"), cell["source"]
        assert cell.get("execution_count") is None


@pytest.mark.slow
@pytest.mark.enable_socket  # the kernel is spoken to over loopback
@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda f: f.stem)
def test_runs(file: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(file, as_version=4)
    client = NotebookClient(
        notebook, timeout=180, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    client.execute()
    errors = [o for c in notebook.cells for o in c.get("outputs", []) if o.output_type == "error"]
    assert not errors
