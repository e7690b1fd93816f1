"""Charts as PNG: one drawing, the same bytes, named inside; and files of a folder made beside."""

from __future__ import annotations

import io
import itertools
import threading
import zipfile
from collections.abc import Mapping

import pytest
from PIL import Image, ImageChops

from tilannekuva import rendering, storyboard
from tilannekuva.charts import Chart
from tilannekuva.errors import ReportError
from tilannekuva.model import Picture
from tilannekuva.reports import _chapters, _ooxml_bitmaps, _zipped, docx, html, pdf

Charts = Mapping[tuple[str, str], Chart]


@pytest.fixture(scope="module")
def charts(kainuu: Picture) -> Charts:
    """A few charts, one of each kind."""
    kinds: dict[str, tuple[tuple[str, str], Chart]] = {}
    for key, chart in storyboard.draw_all(kainuu, "fi").items():
        kinds.setdefault(key[1], (key, chart))
    return dict(itertools.islice(kinds.values(), 5))


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_file_has_two_pixels_for_each_that_it_is_drawn_in(charts: Charts) -> None:
    files = _ooxml_bitmaps.files(charts)
    assert list(files) == list(charts)
    for key, content in files.items():
        ours, theirs = opened(content), opened(charts[key].png())
        assert all(abs(a - b) <= 1 for a, b in zip(ours.size, theirs.size, strict=True))
        assert ours.info["dpi"] == pytest.approx((192, 192), abs=0.1)


def test_a_file_is_the_drawing_that_matplotlib_would_make(charts: Charts) -> None:
    for key, content in _ooxml_bitmaps.files(charts).items():
        small = [opened(c).convert("L").resize((107, 107)) for c in (content, charts[key].png())]
        apart = ImageChops.difference(*small).histogram()
        assert sum(apart[64:]) < 0.01 * 107 * 107, key


def test_a_file_says_inside_what_it_shows(charts: Charts) -> None:
    for key, content in _ooxml_bitmaps.files(charts).items():
        said = opened(content).text
        assert said["Title"] == charts[key].title
        assert said["Description"] == charts[key].alt


def test_same_charts_same_bytes(charts: Charts) -> None:
    assert _ooxml_bitmaps.files(charts) == _ooxml_bitmaps.files(charts)
    assert _ooxml_bitmaps.bitmaps(charts) == _ooxml_bitmaps.bitmaps(charts)


def test_without_the_typesetter_matplotlib_draws(
    charts: Charts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_ooxml_bitmaps, "find_spec", lambda _: None)
    some = dict(itertools.islice(charts.items(), 1))
    assert _ooxml_bitmaps.files(some) == {key: chart.png() for key, chart in some.items()}
    assert _ooxml_bitmaps.files({}) == {}


# --- a folder ---------------------------------------------------------------------------------


def test_what_is_made_beside_is_what_is_made_alone(kainuu: Picture) -> None:
    made = dict(rendering.files(kainuu, ["fi"], ["html", "pdf", "docx", "brief"]))
    drawn = storyboard.draw_all(kainuu, "fi")
    bitmaps = _ooxml_bitmaps.bitmaps(drawn)
    assert made["kainuu.fi.pdf"] == pdf.render(kainuu, "fi")
    assert made["kainuu.fi.docx"] == docx.render(kainuu, "fi", charts=drawn, bitmaps=bitmaps)
    assert made["briefs/kainuu.growth.fi.pdf"] == pdf.brief(kainuu, "growth", "fi")
    assert made["briefs/kainuu.growth.fi.docx"] == docx.brief(
        kainuu, "growth", "fi", bitmaps=bitmaps
    )
    assert b"kainuu.fi.pdf" in made["kainuu.fi.html"]


def test_an_error_beside_is_told_and_nothing_goes_on(
    kainuu: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> bytes:
        raise ReportError("the document cannot be set")

    monkeypatch.setattr(pdf, "render", refused)
    monkeypatch.setattr(html, "render", lambda *_, **__: b"")
    with pytest.raises(ReportError, match="cannot be set"):
        list(rendering.files(kainuu, ["fi", "sv"], ["html", "pdf"]))
    before = threading.active_count()
    some = rendering.files(kainuu, ["fi"], ["html", "pdf"])
    assert next(some)[0] == "picture.json"
    assert next(some)[0].startswith("charts/")
    some.close()
    assert threading.active_count() == before, "nobody works on a folder that was given up"


def test_on_paper_chapters_say_the_same_without_panels(kainuu: Picture) -> None:
    story = storyboard.storyboard(kainuu)
    drawn = storyboard.draw_all(kainuu, "fi")
    whole = _chapters.chapters(story, kainuu, "fi", drawn)
    paper = _chapters.chapters(story, kainuu, "fi", drawn, panels=False)
    figures = {"lead", "figures", "heat"}
    assert any(c["details"] for c in whole)
    for one, other in zip(whole, paper, strict=True):
        assert not other["details"]
        for key in set(one) - figures - {"details"}:
            assert one[key] == other[key], key
        said = [[f["title"] for f in c["figures"]] for c in (one, other)]
        assert said[0] == said[1]


def test_a_bitmap_is_not_packed_a_second_time() -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(100)  # could be packed: only its head is looked at
    packed = zipfile.ZipFile(io.BytesIO(_zipped.pack([("a.png", png), ("b.xml", bytes(100))])))
    assert packed.getinfo("a.png").compress_size == len(png)
    assert packed.getinfo("b.xml").compress_size < 100
    assert packed.read("a.png") == png
