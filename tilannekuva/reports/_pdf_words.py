"""Words that only the typeset document has, and texts made fit to be set."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from importlib import resources
from typing import Any

from tilannekuva.errors import ReportError

__all__ = ["breakable", "clean", "printable", "said", "template"]

_SPACE = re.compile("[ \t\r\n\f\v\u0085\u2028\u2029]+")
_UNSAID = ("Cc", "Cf", "Cs", "Cn")
"""Kinds of characters that have no look of their own."""
_SOFT_HYPHEN = "\u00ad"
_PLAIN = ("\N{NO-BREAK SPACE}", _SOFT_HYPHEN)
"""Set as they are, though Python does not call them printable."""


@functools.cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(template("words.toml").decode())


@functools.cache
def template(name: str) -> bytes:
    """A file of the template folder."""
    return resources.files("tilannekuva.reports").joinpath("typst", name).read_bytes()


def said(key: str, lang: str, **values: object) -> str:
    """A message of ``typst/words.toml``.

    Raises:
        ReportError: There is no such language.

    >>> said("page", "en", n=7)
    'p. 7'
    """
    found: Any = _words()
    for part in key.split("."):
        found = found[part]
    if lang not in found:
        raise ReportError(f"unknown language '{lang}'; use one of {', '.join(found)}")
    return str(found[lang]).format(**values)


def clean(text: str) -> str:
    r"""The text in one line, without what cannot be set.

    Control and format characters are left out; a character of private use, which has no meaning to
    a reader, is shown as a box.

    >>> clean("a\n  b\x00 \ue000"), clean("5\u00a0%")
    ('a b □', '5\xa0%')
    """
    if printable(text) and "  " not in text:  # most texts: nothing to look at by the letter
        return text
    line = _SPACE.sub(" ", text)
    return line if printable(line) else "".join(map(_shown, line))


_WORD = re.compile(r"[^\W_]{46,}")
"""Longer than any word of the three languages; an address is left as it is."""
_PART = 20


def breakable(text: str) -> str:
    r"""The text with soft hyphens in words that are longer than a line may be.

    >>> breakable("elinkeinopolitiikka"), breakable("x" * 50).count("\u00ad")
    ('elinkeinopolitiikka', 2)
    """
    if len(text) <= _PART or "://" in text:
        return text
    return _WORD.sub(
        lambda m: _SOFT_HYPHEN.join(m[0][n : n + _PART] for n in range(0, len(m[0]), _PART)), text
    )


def printable(text: str) -> bool:
    r"""Whether every letter can be set; of spaces, only the plain and the unbreakable one.

    >>> printable("5\u00a0%"), printable("5\t%")
    (True, False)
    """
    for plain in _PLAIN:
        text = text.replace(plain, "")
    return text.isprintable()


def _shown(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Co":
        return "□"
    return "" if kind in _UNSAID and letter != _SOFT_HYPHEN else letter
