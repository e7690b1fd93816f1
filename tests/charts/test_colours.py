"""Colours that everybody can tell apart, in colour, with a colour-vision deficiency and in grey."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE

from tilannekuva import charts
from tilannekuva.charts import classes, style
from tilannekuva.model import Picture

NAMED = {
    "region": style.REGION,
    "country": style.COUNTRY,
    "second": style.SECOND,
    "third": style.THIRD,
}
DEFICIENCIES = ("protanomaly", "deuteranomaly", "tritanomaly")
APART = 20.0
"""CAM02-UCS distance that two lines on white are told apart by at a glance."""


def _rgb(color: str) -> np.ndarray:
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)], dtype=float)


def _contrast(one: str, two: str) -> float:
    high, low = sorted((classes.luminance(one), classes.luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _seen(color: str, deficiency: str) -> np.ndarray:
    space = {"name": "sRGB1+CVD", "cvd_type": deficiency, "severity": 100}
    return np.clip(cspace_convert(_rgb(color) / 255, space, "sRGB1"), 0, 1)


@pytest.mark.parametrize("pair", list(combinations(NAMED, 2)), ids="-".join)
@pytest.mark.parametrize("deficiency", ["none", *DEFICIENCIES])
def test_lines_are_told_apart_by_colour_or_by_dash(pair: tuple[str, str], deficiency: str) -> None:
    """Where colours come near, the pattern of the line must differ; every line has its name too."""
    one, two = (NAMED[p] for p in pair)
    if deficiency == "none":
        distance = deltaE(_rgb(one), _rgb(two), input_space="sRGB255")
    else:
        distance = deltaE(_seen(one, deficiency), _seen(two, deficiency), input_space="sRGB1")
    assert distance > APART or _pattern(pair[0]) != _pattern(pair[1])


def _pattern(name: str) -> tuple[Any, ...]:
    """Width and dashes of a line, read from a chart that draws all four."""
    return _PATTERNS[name]


_PATTERNS: dict[str, tuple[Any, ...]] = {}


@pytest.fixture(scope="module", autouse=True)
def _read_patterns(kainuu: Picture) -> None:
    svg = charts.draw("line", kainuu.findings["gdp_pc"], kainuu, "fi").svg().decode()
    for name, color in NAMED.items():
        found = re.findall(rf'style="fill: none;([^"]*)stroke: {color.lower()}([^"]*)"', svg)
        assert found, f"no line of the {name}"
        joined = "".join(found[0])
        dash = re.search(r"stroke-dasharray: ([^;\"]*)", joined)
        _PATTERNS[name] = (dash[1] if dash else "solid",)


def test_in_grey_no_two_lines_share_a_pattern() -> None:
    patterns = [_PATTERNS[n] for n in NAMED]
    assert len(set(patterns)) == len(patterns)


@pytest.mark.parametrize(
    "color", [*NAMED.values(), style.FOURTH, style.INK, style.MUTED, style.CONTEXT]
)
def test_text_and_lines_stand_out_from_white(color: str) -> None:
    assert _contrast(color, "#ffffff") >= 4.5


@pytest.mark.parametrize(
    "face", [style.BETTER_MUCH, style.BETTER, style.LEVEL, style.WORSE, style.WORSE_MUCH]
)
def test_ink_is_read_on_every_class_of_the_heat_map(face: str) -> None:
    assert _contrast(style.INK, face) >= 7
    assert _contrast(style.MUTED, style.SHADE) >= 4.5


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_better_and_worse_differ_for_every_eye(deficiency: str) -> None:
    sides = ((style.BETTER, style.BETTER_MUCH), (style.WORSE, style.WORSE_MUCH))
    for better in sides[0]:
        for worse in sides[1]:
            seen = [_seen(c, deficiency) for c in (better, worse)]
            assert deltaE(*seen, input_space="sRGB1") > 12


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_classes_of_a_map_grow_darker_step_by_step(n: int) -> None:
    shades = classes.colors(n)
    light = [classes.luminance(c) for c in shades]
    assert light == sorted(light, reverse=True)
    for one, two in pairwise(shades):
        grey = [cspace_convert(_rgb(c), "sRGB255", "CAM02-UCS")[0] for c in (one, two)]
        assert grey[0] - grey[1] > 8
        for deficiency in DEFICIENCIES:
            seen = [_seen(c, deficiency) for c in (one, two)]
            assert deltaE(*seen, input_space="sRGB1") > 8
    for color in shades:
        assert _contrast(classes.ink_on(color), color) >= 4.5


def test_no_text_is_pale(every_chart: Callable[[str], list[Any]]) -> None:
    """Every colour of a text is one of those tested above, or was chosen for its ground."""
    tested = {*NAMED.values(), style.FOURTH, style.INK, style.MUTED, style.CONTEXT}
    allowed = {c.lower() for c in tested} | {"#ffffff", "#000000"}
    seen: dict[str, Any] = {}
    for chart in every_chart("en"):
        seen.setdefault(chart.kind, chart)
    for chart in seen.values():
        svg = chart.svg().decode()
        fills = set(re.findall(r"<text[^>]*fill: (#[0-9a-f]{6})", svg))
        assert fills <= allowed, chart.name
