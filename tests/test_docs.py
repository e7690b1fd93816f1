"""Pages that are made from the catalogue, the docstrings and the store agree with them."""

from __future__ import annotations

import importlib.util
import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

from tilannekuva.indicators import Catalogue
from tilannekuva.observing import Observed

DOCS = Path(__file__).parent.parent / "docs"


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    room = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(room)
    return room


@pytest.fixture(scope="module")
def metrics() -> ModuleType:
    return _script("make_metrics")


@pytest.mark.parametrize(("script", "page"), [("make_sources", "sources.md")])
def test_a_page_agrees_with_the_catalogue(script: str, page: str, catalogue: Catalogue) -> None:
    found = (DOCS / page).read_text(encoding="utf-8")
    assert found == _script(script).page(catalogue), f"run python docs/{script}.py"


def test_the_pages_of_metrics_agree_with_docstrings_and_store(
    metrics: ModuleType, observed: Observed, catalogue: Catalogue
) -> None:
    found = {p.name: p.read_text(encoding="utf-8") for p in (DOCS / "metrics").glob("*.md")}
    made = metrics.pages(observed, catalogue)
    for name in sorted({*found, *made}):
        assert found.get(name) == made.get(name), f"{name}: run python docs/make_metrics.py"


def _measures(room: ModuleType) -> dict[str, object]:
    tables = (room.five_questions, room.row_measures, room.table_measures, room.pillars)
    return {
        f"{module.__name__.removeprefix('tilannekuva.')}.{name}": function
        for module in (*room.rooms().values(), *tables)
        for name, function in room.functions(module).items()
    }


def test_every_measure_says_what_a_page_needs(metrics: ModuleType) -> None:
    found = _measures(metrics)
    assert len(found) > 80
    for name, function in found.items():
        parts = metrics.parts(function)
        missing = [n for n in metrics.NEEDED if not parts.get(n)]
        assert not missing, (name, missing)
        assert re.match(r"[A-ZÅÄÖ].*[.?]$", " ".join(parts["Question"].split())), name
        assert ">>> " in parts["Example"], name
        given = set(inspect.signature(function).parameters)  # type: ignore[arg-type]
        assert {n for n in given if f"{n}:" in parts.get("Args", "")} == given or not parts.get(
            "Args"
        ), name


def test_links_of_the_index_lead_to_sections() -> None:
    index = (DOCS / "metrics" / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([a-z_]+\.md)(?:#([a-z0-9_]+))?\)", index)
    assert len(links) > 80
    for file, section in links:
        text = (DOCS / "metrics" / file).read_text(encoding="utf-8")
        assert not section or f"\n## {section}\n" in text, (file, section)


def test_the_accessibility_list_names_tests_that_exist() -> None:
    text = (DOCS / "accessibility.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_[a-z0-9_]+)`", text))
    code = "\n".join(f.read_text(encoding="utf-8") for f in (DOCS.parent / "tests").rglob("*.py"))
    assert len(named) > 25
    assert not {n for n in named if f"def {n}(" not in code}
