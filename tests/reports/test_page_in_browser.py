"""The page in headless Chromium: accessibility, phone width, keyboard, no scripts, print."""

from __future__ import annotations

import functools
import importlib.util
import re
from pathlib import Path

import pytest

from tilannekuva import compose
from tilannekuva.model import LANGUAGES, Picture
from tilannekuva.reports import html

# The folder of tests is no package: the helper is read from its file.
_SPEC = importlib.util.spec_from_file_location("browser", Path(__file__).parents[1] / "browser.py")
browser = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(browser)

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 800}
DESKTOP = {"width": 1280, "height": 900}


@functools.cache
def picture() -> Picture:
    return compose("kainuu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Pages of Kainuu as they lie in a report folder."""
    return tmp_path_factory.mktemp("kainuu")


@pytest.fixture(scope="module")
def chromium():
    with browser.chromium() as running:
        yield running


def address(folder: Path, lang: str) -> str:
    file = folder / f"kainuu.{lang}.html"
    if not file.is_file():
        file.write_bytes(html.render(picture(), lang, languages=LANGUAGES))
    return file.as_uri()


@pytest.fixture
def show(chromium, folder):
    """Opens a page of a language at a size; any request that leaves the file is an error."""
    contexts = []

    def _show(lang: str, size: dict[str, int], **options):
        context = chromium.new_context(viewport=size, **options)
        contexts.append(context)
        page = context.new_page()
        asked: list[str] = []
        errors: list[str] = []
        page.on("request", lambda r: asked.append(r.url))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: errors.append(str(e)))
        page.goto(address(folder, lang))
        assert asked == [address(folder, lang)]
        assert errors == []
        return page

    yield _show
    for context in contexts:
        context.close()


@pytest.mark.slow
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_against_wcag_a_and_aa(show, lang, size, tmp_path):
    page = show(lang, size)
    assert browser.violations(page) == []
    page.screenshot(path=tmp_path / f"{lang}.{size['width']}.png")
    assert (tmp_path / f"{lang}.{size['width']}.png").stat().st_size > 10_000


@pytest.mark.slow
def test_axe_finds_nothing_when_parts_are_open(show):
    page = show("fi", DESKTOP)
    page.evaluate("""document.querySelectorAll('.ind, figure .data').forEach(
        (d, n) => { d.open = n % 20 === 0 })""")
    assert browser.violations(page) == []


@pytest.mark.parametrize("width", [320, 360, 768])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_only_a_table_in_its_own_frame_scrolls_sideways(show, lang, width):
    page = show(lang, {"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
    outside = """[...document.querySelectorAll('body *')].filter(e => {
        const box = e.getBoundingClientRect();
        return box.width > 0 && box.right > innerWidth + 1 && !e.closest('.frame, svg');
    }).map(e => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 40))"""
    assert page.evaluate(outside) == []


def test_lines_of_text_are_at_most_some_eighty_characters(show):
    page = show("fi", DESKTOP)
    longest = page.evaluate("""Math.max(...[...document.querySelectorAll('main p')]
        .filter(p => p.offsetHeight > 0 && p.textContent.length > 200)
        .map(p => p.textContent.length / Math.round(p.offsetHeight /
             parseFloat(getComputedStyle(p).lineHeight))))""")
    assert longest <= 84


def test_the_keyboard_reaches_the_skip_link_first_and_everything_in_order(show):
    page = show("fi", DESKTOP)
    focused = "document.activeElement"
    page.keyboard.press("Tab")
    assert page.evaluate(f"{focused}.className") == "skip"
    assert page.evaluate(f"{focused}.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate(f"{focused}.id") == "page-main"
    tops = []
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(f"{focused} !== document.body")
        tops.append(page.evaluate(f"{focused}.getBoundingClientRect().top + scrollY"))
        outline = page.evaluate(f"getComputedStyle({focused}).outlineStyle")
        assert outline != "none"
    order = """[...document.querySelectorAll('a[href], summary, [tabindex="0"]')]
        .every(e => e.tabIndex === 0)"""
    assert page.evaluate(order)
    assert len(set(tops)) > 10
    assert page.evaluate("document.querySelectorAll('[tabindex]').length") > 100


def test_an_address_opens_the_indicator_that_it_names(show):
    page = show("fi", DESKTOP)
    assert not page.evaluate("document.getElementById('gdp_pc').open")
    page.evaluate("location.hash = 'gdp_pc'")
    page.wait_for_function("document.getElementById('gdp_pc').open")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
def test_an_address_opens_where_a_figure_comes_from(show, folder, scripts):
    page = show("fi", PHONE, java_script_enabled=scripts)
    chain = page.locator("#trace-gdp_pc")
    assert not chain.is_visible()
    page.goto(f"{address(folder, 'fi')}#trace-gdp_pc")
    chain.wait_for(state="visible")
    top = chain.bounding_box()["y"]
    assert 0 <= top < PHONE["height"], "in sight, with its name above it"


def test_the_keyboard_opens_where_a_figure_comes_from(show):
    page = show("sv", DESKTOP)
    page.evaluate("location.hash = 'unemp_rate_reg'")
    summary = page.locator("details:has(> #trace-unemp_rate_reg) > summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("#trace-unemp_rate_reg").is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#trace-unemp_rate_reg') !== null")
    page.emulate_media(media="print")
    assert page.locator("#trace-unemp_rate_reg").is_visible(), "what was opened is printed"
    assert not page.locator("#trace-gdp_pc").is_visible()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lang", "size"), [("fi", PHONE), ("sv", DESKTOP), ("en", PHONE)], ids=LANGUAGES
)
def test_axe_finds_nothing_in_open_chains(show, lang, size):
    page = show(lang, size)
    page.evaluate(
        """for (const chain of document.querySelectorAll('.chain')) {
        const figure = chain.closest('.ind').id;
        if (!%s.includes(figure)) { continue; }
        for (let up = chain; up; up = up.parentElement) {
            if (up.tagName === 'DETAILS') { up.open = true; }
        }
    }"""
        % ["gdp_pc", "jobs", "unemp_rate_reg", "gdp_pc_gap_age", "s3_lq", "pop_total"]
    )
    assert page.locator(".chain:visible").count() == 6
    assert browser.violations(page) == []


def test_without_scripts_everything_is_there(show):
    page = show("sv", PHONE, java_script_enabled=False)
    assert page.locator("h1").is_visible()
    assert page.locator("ul.cards > li").count() == 8
    assert page.locator("figure svg").first.is_visible()
    first = page.locator("details.ind").first
    assert not first.locator("table").first.is_visible()
    first.locator("summary").first.click()
    assert first.locator("table").first.is_visible()


def test_it_prints_on_a4_with_notes_beside_their_tables(show):
    page = show("fi", DESKTOP)
    pdf = page.pdf(prefer_css_page_size=True, print_background=True, tagged=True)
    assert pdf.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type\s*/Page[^s]", pdf))
    assert pages > page.locator("section.chapter").count()
    page.emulate_media(media="print")
    breaks = """[...document.querySelectorAll('section.chapter')]
        .every(s => getComputedStyle(s).breakBefore === 'page')"""
    assert page.evaluate(breaks)
    # A note is never alone on a page, and what closed panels say of their figures is printed.
    notes = """[...document.querySelectorAll('.tablenote')]
        .every(s => getComputedStyle(s).breakBefore === 'avoid')"""
    assert page.evaluate(notes)
    assert page.locator(".onlyprint li").first.is_visible()
    assert not page.locator(".tools").is_visible()
    assert not page.locator("details.ind").first.is_visible()
    assert (
        page.evaluate("getComputedStyle(document.querySelector('figure')).breakInside") == "avoid"
    )


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_index_page_is_accessible_too(chromium, folder, size):
    file = folder / "index.sv.html"
    file.write_bytes(html.render_index([picture()], "sv", languages=("sv",)))
    page = chromium.new_page(viewport=size)
    page.goto(file.as_uri())
    assert browser.violations(page) == []
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
    page.close()


def test_without_chromium_the_tests_skip_here_and_fail_in_ci(monkeypatch):
    monkeypatch.setattr(browser.shutil, "which", lambda _: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no Chromium"):
        browser.executable()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no Chromium"):
        browser.executable()


def test_a_finger_finds_the_links_of_the_contents(show):
    page = show("fi", PHONE)
    small = """[...document.querySelectorAll('.groups li')]
        .filter(e => e.getBoundingClientRect().height < 24).length"""
    assert page.evaluate(small) == 0


SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"""
"""Own spacing as WCAG 2.1 asks to bear it (1.4.12)."""


@pytest.mark.parametrize(
    ("style", "width"),
    [(SPACED, 320), (SPACED, 1280), ("html { font-size: 200% }", 640)],
    ids=["spaced phone", "spaced desktop", "twice the size"],
)
def test_own_spacing_and_larger_letters_cut_nothing(show, style, width):
    page = show("fi", {"width": width, "height": 800})
    page.add_style_tag(content=style)
    page.evaluate("document.querySelectorAll('details').forEach((d, n) => { d.open = n % 9 < 2 })")
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
    cut = """[...document.querySelectorAll('body *')].filter(e => {
        const style = getComputedStyle(e), hides = style.overflowX + style.overflowY;
        return hides !== 'visiblevisible' && !e.closest('.frame, svg, .vh') && e.clientHeight > 0 &&
            (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1);
    }).map(e => e.tagName + '.' + e.className)"""
    assert page.evaluate(cut) == []
    outside = """[...document.querySelectorAll('main *')].filter(e => {
        const box = e.getBoundingClientRect();
        return box.width > 0 && box.right > innerWidth + 1 && !e.closest('.frame, svg');
    }).map(e => e.tagName + '.' + e.className)"""
    assert page.evaluate(outside) == []


def test_there_is_nothing_to_fill_in_to_play_or_to_wait_for(show):
    page = show("fi", DESKTOP)
    for some in (
        "input, button, select, textarea, form, [contenteditable]",
        "video, audio, iframe, object, canvas, [autoplay], meta[http-equiv=refresh]",
        "[accesskey], [title], [onmouseover], [draggable=true], [aria-live]",
        "a[aria-label], summary[aria-label], a[target]",
    ):
        assert page.locator(some).count() == 0, some
    assert page.evaluate("document.getAnimations().length") == 0
    script = page.evaluate("[...document.scripts].map(s => s.textContent).join()")
    for word in ("setTimeout", "setInterval", "key", "pointer", "touch", "motion", "focus"):
        assert word not in script, word


def test_the_outline_of_the_focus_stands_out(show):
    page = show("fi", DESKTOP)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    style = "getComputedStyle(document.activeElement)"
    assert page.evaluate(f"{style}.outlineColor") == "rgb(11, 79, 138)", "8.4 on white"
    assert float(page.evaluate(f"{style}.outlineWidth").removesuffix("px")) >= 2
