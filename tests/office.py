"""LibreOffice, where there is one: a workbook opened and saved again as a person would."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

__all__ = ["saved_again"]


def saved_again(file: Path, folder: Path) -> Path:
    """The workbook as LibreOffice saves it; the test is skipped where there is none."""
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed: there is nothing to save the workbook with")
    # Without its spreadsheet part it cannot open even the plainest table.
    (folder / "plain.csv").write_text("a,b\n1,2\n")
    if not _convert(folder / "plain.csv", folder).is_file():
        pytest.skip("LibreOffice has no Calc here: there is nothing to save the workbook with")
    return _convert(file, folder)


def _convert(file: Path, folder: Path) -> Path:
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
         "--outdir", str(folder / "saved"), str(file)],
        capture_output=True, check=False, timeout=180,
    )  # fmt: skip
    return folder / "saved" / f"{file.stem}.xlsx"
