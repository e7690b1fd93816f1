"""Pages that are made from the catalogue agree with it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tilannekuva.indicators import Catalogue

DOCS = Path(__file__).parent.parent / "docs"


def _made(name: str, catalogue: Catalogue) -> str:
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    room = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(room)
    text: str = room.page(catalogue)
    return text


@pytest.mark.parametrize(("script", "page"), [("make_sources", "sources.md")])
def test_a_page_agrees_with_the_catalogue(script: str, page: str, catalogue: Catalogue) -> None:
    found = (DOCS / page).read_text(encoding="utf-8")
    assert found == _made(script, catalogue), f"run python docs/{script}.py"
