"""Independent results to test against, where they are at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable

# The same examples on every run, and no clock: a loaded machine must not fail a property.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

ORACLES = Path(__file__).parents[2].parent / "shared" / "oracles" / "open"


@pytest.fixture
def oracle() -> Callable[[str], Any]:
    """Return a reader of oracle files by name; a test that asks for one is skipped without them."""

    def read(name: str) -> Any:
        path = ORACLES / f"{name}.json"
        if not path.is_file():
            pytest.skip(f"independent results not at hand: ../shared/oracles/open/{name}.json")
        return json.loads(path.read_text(encoding="utf-8"))

    return read
