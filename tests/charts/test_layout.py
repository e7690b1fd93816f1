"""Nothing is cut, no label overlaps another: every chart of real pictures in three languages."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from tilannekuva import charts, storyboard
from tilannekuva.charts import style
from tilannekuva.charts.paper import Paper, text_box
from tilannekuva.model import LANGUAGES, Picture


def _faults(paper: Paper) -> list[str]:
    """Texts that leave the sheet or meet another text."""
    found = [
        f"{text!r} is cut"
        for box, text in paper.texts
        if box.left < -0.6
        or box.top < -0.6
        or box.right > paper.width + 0.6
        or box.bottom > paper.height + 0.6
    ]
    for (a, one), (b, two) in combinations(paper.texts, 2):
        if a.meets(b, -1.5):
            found.append(f"{one!r} meets {two!r}")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_chart_of_kainuu_is_whole_and_readable(
    every_chart: Callable[[str], list[Any]], lang: str
) -> None:
    with style.settings():
        faults = {
            f"{chart.name}.{lang}": found
            for chart in every_chart(lang)
            if (found := _faults(chart.paint()))
        }
    assert faults == {}


@pytest.mark.slow
@pytest.mark.parametrize("code", ["MK01", "MK12", "MK14", "MK17", "MK19", "MK21"])
def test_the_charts_of_other_regions_are_too(real_pictures: dict[str, Picture], code: str) -> None:
    picture = real_pictures[code]
    lang = {"MK01": "en", "MK14": "sv", "MK21": "sv", "MK17": "sv"}.get(code, "fi")
    with style.settings():
        drawn = storyboard.draw_all(picture, lang)  # type: ignore[arg-type]
        faults = {c.name: f for c in drawn.values() if (f := _faults(c.paint()))}
    assert drawn
    assert faults == {}


def test_saved_files_have_room_for_their_titles(kainuu: Picture) -> None:
    chart = charts.draw("line", kainuu.findings["gdp_pc"], kainuu, "fi")
    paper = chart._paper(titled=True)
    width, height = paper.figure.get_size_inches() * 72
    head = min(box.top for box, _ in paper.texts)
    foot = max(box.bottom for box, _ in paper.texts)
    assert paper.texts[-1][1] in chart.source
    assert width == pytest.approx(style.WIDTH + 28)
    # The head begins inside the margin, and the sheet is as tall as from head to foot.
    assert -head + foot < height


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize(
    "text", ["Kainuu 34\N{NO-BREAK SPACE}900", "Työpaikkaomavaraisuus", "−12,5 %-yks.", "Ålands"]
)
def test_measured_boxes_are_those_of_the_renderer(text: str, bold: bool) -> None:
    with style.settings():
        paper = Paper(400, 60)
        box = paper.text(20, 30, text, bold=bold)
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        canvas = FigureCanvasAgg(paper.figure)
        canvas.draw()
        letters: Any = paper.figure.artists[0]
        seen = letters.get_window_extent(canvas.get_renderer())
    assert seen.x0 == pytest.approx(box.left, abs=1.0)
    # Kerning may draw letters together, never apart.
    assert -3.0 <= seen.width - (box.right - box.left) <= 1.0
    top, bottom = 60 - seen.y1, 60 - seen.y0
    # The ring of Å may rise over the box that lines are spaced by.
    assert box.top - 2.6 <= top
    assert bottom <= box.bottom + 2.6


def test_anchored_text_is_drawn_inside_its_box() -> None:
    """Ink of a right-aligned and a centred line lies where the layout believes it to be."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    for anchor in ("start", "middle", "end"):
        with style.settings():
            paper = Paper(200, 40)
            box = paper.text(100, 25, "Kainuu", anchor=anchor)  # type: ignore[arg-type]
            canvas = FigureCanvasAgg(paper.figure)
            canvas.draw()
            ink = np.asarray(canvas.buffer_rgba())[:, :, 3]
        columns = np.flatnonzero(ink.any(axis=0))
        rows = np.flatnonzero(ink.any(axis=1))
        assert box.left - 1 <= columns[0] < columns[-1] <= box.right + 1
        assert box.top - 1 <= rows[0] < rows[-1] <= box.bottom + 1


def test_box_of_a_text_grows_from_its_anchor() -> None:
    start, end = (text_box(100, 20, "Kainuu", anchor=a) for a in ("start", "end"))
    assert start.left == 100
    assert end.right == 100
    assert start.right - start.left == pytest.approx(end.right - end.left)


def test_a_letter_that_the_font_does_not_have_has_a_width() -> None:
    assert style.text_width("a\n\U0001f600\t", 10) > style.text_width("a", 10)
