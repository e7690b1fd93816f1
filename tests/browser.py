"""Starts the Chromium of the system, headless and without any network of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from typing import Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
"""Rules of WCAG 2.1, levels A and AA."""


def executable() -> str:
    """Path of Chromium; the test is skipped where there is none, and fails in CI."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found:
        return found
    why = "no Chromium on this machine: `apt-get install chromium` brings one"
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


@contextmanager
def chromium() -> Iterator[Any]:
    """A running browser, closed afterwards."""
    path = executable()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=list(_ARGS))
        try:
            yield browser
        finally:
            browser.close()


def violations(page: Any, *, rules: tuple[str, ...] = WCAG) -> list[str]:
    """What axe-core finds on a page: rule, help and the first elements, one line each."""
    page.evaluate(
        resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    )
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, "
        "resultTypes: ['violations']})",
        list(rules),
    )
    return [
        f"{v['id']}: {v['help']}: {[n['target'] for n in v['nodes'][:3]]}"
        for v in found["violations"]
    ]
