"""A chart as SVG, PNG and CSV: same bytes, own ids, whole in itself, named for screen readers."""

from __future__ import annotations

import io
import os
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from tilannekuva import charts, storyboard
from tilannekuva.charts import Chart
from tilannekuva.model import Picture

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def chart(kainuu: Picture) -> Chart:
    return charts.draw("line", kainuu.findings["gdp_pc"], kainuu, "fi")


@pytest.fixture(scope="module")
def story(kainuu: Picture) -> list[Chart]:
    return list(storyboard.draw_all(kainuu, "fi").values())


def test_svg_is_the_same_bytes_every_time(kainuu: Picture, chart: Chart) -> None:
    again = charts.draw("line", kainuu.findings["gdp_pc"], kainuu, "fi")
    assert chart.svg() == again.svg()
    assert chart.svg(titled=True) == again.svg(titled=True)
    assert chart.png(96) == again.png(96)


def test_own_matplotlib_settings_change_no_byte_and_are_given_back(
    kainuu: Picture, chart: Chart
) -> None:
    import matplotlib

    before = chart.svg(), chart.png(96)
    wild = {"font.size": 30, "svg.fonttype": "path", "lines.linewidth": 9, "text.color": "red",
            "patch.edgecolor": "red", "figure.facecolor": "yellow", "lines.scale_dashes": False,
            "font.family": ["serif"], "savefig.dpi": 300}  # fmt: skip
    with matplotlib.rc_context(wild):
        again = charts.draw("line", kainuu.findings["gdp_pc"], kainuu, "fi")
        assert (again.svg(), again.png(96)) == before
        assert matplotlib.rcParams["font.size"] == 30


def test_svg_does_not_depend_on_the_order_of_hashes(tmp_path: Any) -> None:
    code = (
        "import hashlib\n"
        "from tilannekuva import charts, regions\n"
        "from tilannekuva.charts.paper import Paper\n"
        "from tilannekuva.charts import Chart\n"
        "import pandas as pd\n"
        "def paint():\n"
        "    p = Paper(100, 50); p.boxes([], 'red'); p.text(5, 20, 'a'); "
        "p.dots([(1, 2), (3, 4)] * 20, 2, 'red'); p.lines([((0, 0), (9, 9))], 'blue')\n"
        "    p.areas([((0, 0), (9, 0), (9, 9))], 'white', 'grey', 1, hatch='//')\n"
        "    return p\n"
        "c = Chart('a', 'line', 'fi', 't', 's', 'l', 'd', pd.DataFrame(), paint)\n"
        "print(hashlib.sha256(c.svg(titled=True)).hexdigest())\n"
    )
    seen = set()
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        seen.add(run.stdout)
    assert len(seen) == 1


def test_page_version_leaves_title_and_source_to_the_page(chart: Chart) -> None:
    words = _texts(chart.svg())
    assert "Kainuu" in words
    assert chart.source not in " ".join(words)
    assert chart.title.split()[0] not in [w.split()[0] for w in words if w]
    saved = " ".join(_texts(chart.svg(titled=True)))
    assert chart.title in saved
    assert chart.source in saved


def _texts(svg: bytes) -> list[str]:
    root = ET.fromstring(svg)
    return [t.text or "" for t in root.iter(f"{SVG}text")]


def test_text_stays_text_in_a_font_that_every_reader_has(chart: Chart) -> None:
    svg = chart.svg().decode()
    assert "font-family:'DejaVu Sans', Verdana, sans-serif" in svg
    # The year is told because the fan ahead parts the figure from its label.
    assert "2020: 34\N{NO-BREAK SPACE}900" in _texts(chart.svg())


def test_svg_is_named_and_described_for_screen_readers(story: list[Chart]) -> None:
    for chart in story:
        root = ET.fromstring(chart.svg())
        assert root.get("role") == "img"
        assert root.get("lang") == "fi"
        title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None
        assert desc is not None
        assert title.text == chart.title
        assert desc.text == chart.alt
        assert len(chart.alt) > 40
        assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"


def test_many_charts_stand_in_one_page(story: list[Chart]) -> None:
    ids: list[str] = []
    for chart in story:
        svg = chart.svg().decode()
        own = re.findall(r' id="([^"]*)"', svg)
        used = re.findall(r'(?:href="|url\()#([^")]+)', svg)
        assert set(used) <= set(own)
        assert all(i.startswith(f"{chart.indicator}-{chart.kind}-fi-") for i in own)
        ids += own
    assert len(ids) == len(set(ids))


def test_svg_touches_nothing_outside_itself(story: list[Chart]) -> None:
    for chart in story:
        for svg in (chart.svg().decode(), chart.svg(titled=True).decode()):
            assert "<style" not in svg
            assert "<metadata" not in svg
            assert "<script" not in svg
            assert "<image" not in svg
            outside = re.findall(r'(?:href|src)="(?!#)[^"]*"|url\((?!#)', svg)
            assert outside == []
            assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_prefix_can_be_given_where_a_chart_stands_twice(chart: Chart) -> None:
    svg = chart.svg(prefix="second-").decode()
    assert 'id="second-title"' in svg
    assert "gdp_pc-line" not in svg


def test_size_is_that_of_a_narrow_column(story: list[Chart]) -> None:
    for chart in story:
        root = ET.fromstring(chart.svg())
        assert root.get("width") == "400"
        left, top, width, height = map(float, (root.get("viewBox") or "").split())
        assert (width, height) == (400, float(root.get("height") or 0))
        assert left > 0
        assert top > 0
        # Text is at least eleven and a half pixels where the chart is as wide as drawn.
        sizes = [float(s) for s in re.findall(r"font-size: ([\d.]+)px", chart.svg().decode())]
        assert min(sizes) >= 11.5


def test_png_has_the_resolution_asked_for(chart: Chart) -> None:
    def size(png: bytes) -> tuple[int, int]:
        assert png[:8] == b"\x89PNG\r\n\x1a\n"
        return struct.unpack(">II", png[16:24])

    assert size(chart.png(96, titled=False))[0] == 400
    assert size(chart.png(192, titled=False))[0] == 800
    assert size(chart.png(96))[0] == 428
    assert b"matplotlib" not in chart.png(96).lower()


def test_csv_is_plain(chart: Chart) -> None:
    lines = chart.csv().decode("utf-8").split("\n")
    assert lines[0] == "role,region,name,period,value,status"
    assert "region,MK18,Kainuu,2020,34900.0,final" in lines
    assert lines[-1] == ""
    read = pd.read_csv(io.BytesIO(chart.csv()), dtype={"period": str})
    assert len(read) == len(chart.data)


def test_notebook_shows_the_drawing_with_its_texts(chart: Chart) -> None:
    html = chart._repr_html_()
    assert "<figure" in html
    assert html.count("<svg") == 1
    assert chart.source.split(",")[0] in html


def test_texts_are_escaped(synthetic: SimpleNamespace) -> None:
    picture = synthetic.picture(synthetic.compared(), names=synthetic.text("<b> & more"))
    chart = charts.draw("line", picture.findings["synthetic"], picture, "en")
    ET.fromstring(chart.svg(titled=True))
    assert "<b>" not in chart._repr_html_()


def test_nothing_is_drawn_at_import() -> None:
    code = (
        "import sys, tilannekuva.charts as c; c.KINDS, c.choose; "
        "print([m for m in ('matplotlib', 'pandas') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_every_chart_can_be_saved(every_chart: Callable[[str], list[Chart]]) -> None:
    """One of each kind, in full."""
    seen: dict[str, Chart] = {}
    for chart in every_chart("sv"):
        seen.setdefault(chart.kind, chart)
    assert set(seen) == set(charts.KINDS)
    for chart in seen.values():
        assert chart.svg(titled=True).startswith(b"<?xml")
        assert len(chart.png(48)) > 1000
        assert chart.csv().count(b"\n") == len(chart.data) + 1
        assert chart.title
        assert chart.subtitle
