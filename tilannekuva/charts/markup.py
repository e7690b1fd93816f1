"""matplotlib's SVG made fit to stand in a page: own ids, no global style, named for screen readers.

The frame (background, title, subtitle, source) is drawn in groups whose id begins with
:data:`FRAME`; the page version is the same drawing without them, cropped to the chart.
"""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple

from tilannekuva.charts import style

__all__ = ["FRAME", "View", "finish"]

FRAME = "frame"

_HEAD = re.compile(r"^.*?<svg[^>]*>\s*(?:<metadata>.*?</metadata>\s*)?", re.S)
_STYLE = re.compile(r"<defs>\s*<style[^>]*>[^<]*</style>\s*</defs>\s*")
_FRAME = re.compile(rf' *<g id="{FRAME}[^"]*">.*?</g>\n', re.S)
_ID = re.compile(r' id="([^"]*)"')
_USED = re.compile(r'(?:xlink:href="|url\()#([^")]+)')
_PATH = re.compile(r' d="([^"]*)"')
_NO_ROTATION = re.compile(r' transform="rotate\(-?0 [^"]*\)"')
_EMPTY = re.compile(r"<defs>\s*</defs>\s*|<g>\s*</g>\s*")


class View(NamedTuple):
    """Which part of the drawing is shown, in pixels."""

    left: float
    top: float
    width: float
    height: float


def finish(
    raw: str, view: View, *, framed: bool, prefix: str, title: str, description: str, lang: str
) -> str:
    """A clean ``<svg>`` element.

    Args:
        raw: What matplotlib wrote.
        view: The part to show.
        framed: Keep the frame.
        prefix: Begins every id, so that many charts can stand in one page.
        title: Accessible name.
        description: Accessible description: what the chart shows, in numbers.
        lang: Language of both.

    Returns:
        The element, without XML declaration.
    """
    # The rule `* {stroke-linejoin …}` would reach the whole page: it moves to the root.
    body = _STYLE.sub("", _HEAD.sub("", raw, count=1))
    if not framed:
        body = _FRAME.sub("", body)
    used = set(_USED.findall(body))
    body = _ID.sub(lambda m: f' id="{prefix}{m[1]}"' if m[1] in used else "", body)
    body = _USED.sub(lambda m: m[0][: -len(m[1])].replace("xlink:", "") + prefix + m[1], body)
    body = _PATH.sub(lambda m: f' d="{" ".join(m[1].split())}"', body)
    body = _NO_ROTATION.sub("", body)
    body = body.replace("font-family: 'DejaVu Sans'; ", "").replace("; text-anchor: start", "")
    body = _EMPTY.sub("", body)
    width, height = f"{view.width:g}", f"{view.height:g}"
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="{view.left:g} {view.top:g} {width} {height}" role="img" lang="{lang}" '
        f'xml:lang="{lang}" aria-labelledby="{prefix}title {prefix}desc" '
        f'style="stroke-linejoin:round;stroke-linecap:butt;font-family:{style.fonts}">\n'
        f'<title id="{prefix}title">{escape(title, quote=False)}</title>\n'
        f'<desc id="{prefix}desc">{escape(description, quote=False)}</desc>\n'
    )
    return root + re.sub(r"^ +", "", body, flags=re.M).strip() + "\n"
