"""The built wheel carries the figures and makes the same picture in an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(out),
        ".",
    ]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (found,) = out.glob("*.whl")
    return found


def test_wheel_carries_the_store_and_stays_small(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as content:
        names = content.namelist()
        snapshot = [
            i for i in content.infolist() if i.filename.startswith("tilannekuva/data/snapshot/")
        ]
    stored = {
        p.relative_to(ROOT / "data" / "raw").as_posix()
        for p in (ROOT / "data" / "raw").rglob("*")
        if p.is_file()
    }
    assert {i.filename.removeprefix("tilannekuva/data/snapshot/") for i in snapshot} == stored
    assert sum(i.compress_size for i in snapshot) < 5_000_000
    assert "tilannekuva/py.typed" in names
    assert "tilannekuva/data/units.toml" in names
    assert not [n for n in names if n.startswith(("tests/", "data/raw"))]


def test_wheel_holds_no_path_of_the_machine_it_was_built_on(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as content:
        for name in content.namelist():
            assert str(ROOT).encode() not in content.read(name), name


@pytest.mark.slow
def test_installed_wheel_gives_the_same_picture(wheel: Path, tmp_path: Path) -> None:
    site, here, there = (tmp_path / n for n in ("site", "here", "there"))
    for folder in (here, there):
        folder.mkdir()
    with zipfile.ZipFile(wheel) as content:
        content.extractall(site)
    for folder, path in ((here, ROOT), (there, site)):
        environment = {**os.environ, "PYTHONPATH": str(path)}
        environment.pop("TILANNEKUVA_DATA", None)
        made = subprocess.run(
            [sys.executable, "-m", "tilannekuva", "build", "kainuu"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
    names = sorted(p.relative_to(here).as_posix() for p in here.rglob("*") if p.is_file())
    assert "reports/latest" in names
    assert names == sorted(p.relative_to(there).as_posix() for p in there.rglob("*") if p.is_file())
    for name in names:
        if not name.endswith("build.json"):
            assert (here / name).read_bytes() == (there / name).read_bytes(), name
