"""The search of PxWebApi 2, as far as clients use it: words, AND, OR, truncation, title."""

from __future__ import annotations

import re

from .cubes import Cube, said

__all__ = ["matches"]


def matches(cube: Cube, query: str, lang: str, every_word: bool) -> bool:
    """Whether a search finds a table, in its title, variables, values and codes.

    Words match whole; a star ends a beginning. The real index knows the stems of words too.
    """
    title = _words(str(said(cube.title, lang)))
    texts = [cube.id, *(v.code for v in cube.variables), *(v.text(lang) for v in cube.variables)]
    for variable in cube.variables:
        texts += [*variable.codes, *variable.label_list(lang)]
    whole = title | _words(" ".join(texts))
    # AND binds its neighbours; between words without an operator stands the installation's own.
    spelled = re.sub(r"\s+", " ", query.strip())
    if not re.search(r" (AND|OR) ", spelled):
        spelled = spelled.replace(" ", " AND " if every_word else " OR ")
    return any(
        all(_has(term, title, whole) for term in re.split(r" AND | ", side))
        for side in spelled.split(" OR ")
    )


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _has(term: str, title: set[str], whole: set[str]) -> bool:
    word = term.lower()
    among = title if word.startswith("title:") else whole
    word = word.removeprefix("title:").strip('"')
    if word.endswith("*"):
        return any(w.startswith(word[:-1]) for w in among)
    return not word or _words(word) <= among
