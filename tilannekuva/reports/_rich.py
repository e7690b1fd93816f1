"""A group's own text, as the page has it, in blocks and runs that a template can set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from tilannekuva.reports._annex import link

__all__ = ["blocks"]

_LISTS = ("ul", "ol")


def blocks(html: str) -> list[dict[str, Any]]:
    """Paragraphs and list items of safe HTML.

    Args:
        html: What a Markdown reader wrote: paragraphs, lists, quotations, emphasis, links.

    Returns:
        ``{"start": None, "items": [runs]}`` for a paragraph; ``start`` is 0 for a list with dashes
        and the first number of a numbered one. A run is ``{"t", "strong", "em", "href"}``.

    >>> blocks("<p>One <em>two</em> &amp; three</p>")[0]["items"][0][1]
    {'t': 'two', 'strong': False, 'em': True, 'href': ''}
    """
    return list(_blocks(ElementTree.fromstring(f"<div>{html}</div>")))


def _blocks(parent: ElementTree.Element) -> Iterator[dict[str, Any]]:
    for child in parent:
        if child.tag == "p":
            yield {"start": None, "items": [list(_runs(child))]}
        elif child.tag in _LISTS:
            yield from _list(child)
        else:
            yield from _blocks(child)


def _list(found: ElementTree.Element) -> Iterator[dict[str, Any]]:
    """A list, and after it what is listed under its items."""
    items = [[r for r in _runs(item) if r["t"].strip()] for item in found]
    start = int(found.get("start", 1)) if found.tag == "ol" else 0
    if any(items):
        yield {"start": start, "items": [i for i in items if i]}
    for item in found:
        for inner in item:
            if inner.tag in _LISTS:
                yield from _list(inner)


def _runs(
    element: ElementTree.Element, strong: bool = False, em: bool = False, href: str = ""
) -> Iterator[dict[str, Any]]:
    def run(text: str | None) -> Iterator[dict[str, Any]]:
        if text:
            yield {"t": text, "strong": strong, "em": em, "href": href}

    yield from run(element.text)
    for child in element:
        if child.tag not in _LISTS:
            yield from _runs(
                child,
                strong or child.tag == "strong",
                em or child.tag == "em",
                link(child.get("href", "")) or href,
            )
        yield from run(" " if child.tag == "br" else child.tail)
