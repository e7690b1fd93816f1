"""What `import tilannekuva` gives and what it costs, seen from a fresh process."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import tilannekuva as tk

HEAVY = (
    "pandas",
    "numpy",
    "pydantic",
    "matplotlib",
    "janitor",
    "scipy",
    "openpyxl",
    "pyarrow",
    "typer",
    "jinja2",
    "babel",
    "rich",
)


def loaded(code: str, *among: str, cwd: Path | None = None) -> list[str]:
    """Which of some modules a fresh process has after running code; its own output is left out."""
    report = f"print('\\n' + json.dumps([m for m in {among!r} if m in sys.modules]))"
    ask = f"{code}\nimport sys, json\n{report}"
    made = subprocess.run(
        [sys.executable, "-c", ask],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=cwd,
    )
    assert made.returncode == 0, made.stderr
    return list(json.loads(made.stdout.splitlines()[-1]))


# --- what it costs ------------------------------------------------------------------------------


def test_import_loads_nothing_heavy() -> None:
    assert loaded("import tilannekuva", *HEAVY) == []


def test_a_name_loads_only_what_it_needs() -> None:
    assert loaded("import tilannekuva; tilannekuva.DataError", *HEAVY) == []
    assert "pandas" not in loaded("import tilannekuva; tilannekuva.Picture", *HEAVY)
    assert "pandas" not in loaded("import tilannekuva; tilannekuva.region('kainuu')", *HEAVY)
    assert loaded("import tilannekuva; tilannekuva.observations", "matplotlib", "janitor") == []


def test_help_loads_neither_pandas_nor_janitor() -> None:
    code = "from tilannekuva.cli import main\nmain(['--help'])\nmain(['build', '--help'])"
    assert loaded(code, "pandas", "numpy", "janitor", "matplotlib", "scipy", "pyarrow") == []


def test_the_catalogue_and_a_mistake_load_no_pandas() -> None:
    code = "from tilannekuva.cli import main\nmain(['catalogue', 'gdp'])\nmain(['build', 'kainnu'])"
    assert loaded(code, "pandas", "janitor", "matplotlib", "scipy", "pyarrow") == []


def test_a_second_run_with_nothing_new_loads_no_pandas(desk: Path) -> None:
    assert tk.build(["kainuu"])[0].fresh
    code = "from tilannekuva.cli import main\nassert main(['build', 'kainuu']) == 0"
    assert loaded(code, "pandas", "janitor", "matplotlib", "scipy", "pyarrow", cwd=desk) == []


def test_the_figures_of_the_store_are_read_without_janitor(store: Path) -> None:
    """It takes seconds to load, and only sheets that people made need it."""
    code = f"import tilannekuva; tilannekuva.observations('births', data={str(store)!r})"
    assert loaded(code, "janitor", "matplotlib", "openpyxl") == []


def test_nothing_is_configured_at_import() -> None:
    code = """
import logging, warnings, locale, os, random, signal
def state():
    return (
        list(logging.root.handlers), logging.root.level, list(warnings.filters),
        locale.setlocale(locale.LC_ALL), dict(os.environ), random.getstate(),
        signal.getsignal(signal.SIGINT), os.getcwd(),
    )
before = state()
import tilannekuva, tilannekuva.cli, tilannekuva.pipeline, tilannekuva.indicators
import tilannekuva.regions
assert before == state()
assert not [n for n in logging.root.manager.loggerDict if n.startswith("tilannekuva")]
"""
    assert loaded(code) == []


def test_nothing_is_read_or_written_at_import(tmp_path: Path) -> None:
    """Not even the settings: a broken file stops the use, not the import."""
    (tmp_path / "tilannekuva.toml").write_text("broken")
    assert loaded("import tilannekuva, tilannekuva.cli, tilannekuva.pipeline", cwd=tmp_path) == []
    assert [p.name for p in tmp_path.iterdir()] == ["tilannekuva.toml"]


# --- what it gives ------------------------------------------------------------------------------


def test_the_verbs_and_the_nouns_are_there() -> None:
    assert {
        "observations",
        "tidy",
        "measure",
        "compose",
        "publish",
        "fetch",
        "build",
        "catalogue",
    } <= set(tk.__all__)
    assert {"Source", "Indicator", "Region", "Picture", "Finding", "Assessment", "Snapshot"} <= set(
        tk.__all__
    )


@pytest.mark.parametrize("name", tk.__all__)
def test_every_public_name_resolves_and_is_described(name: str) -> None:
    found = getattr(tk, name)
    assert callable(found)
    assert found.__doc__
    assert name in dir(tk)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        tk.nothing  # noqa: B018


def test_no_submodule_has_the_name_of_a_public_function() -> None:
    """A module `tidy` would overwrite the function `tidy` at its second use."""
    rooms = {m.name for m in pkgutil.iter_modules(tk.__path__)}
    assert rooms & set(tk.__all__) == set()


def test_public_names_stay_after_every_room_was_entered() -> None:
    code = """
import importlib, pkgutil, tilannekuva as tk
for m in pkgutil.walk_packages(tk.__path__, "tilannekuva."):
    if not m.name.endswith("__main__"):
        importlib.import_module(m.name)
assert all(callable(getattr(tk, n)) for n in tk.__all__), [n for n in tk.__all__]
"""
    assert loaded(code) == []


def test_the_version_is_that_of_the_project() -> None:
    import tomllib

    project = Path(__file__).parent.parent / "pyproject.toml"
    assert (
        tk.__version__ == tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]
    )


def test_the_package_is_typed() -> None:
    assert Path(tk.__path__[0], "py.typed").is_file()
