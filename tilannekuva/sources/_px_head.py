"""The head of a PX file: where it ends, which bytes are which letters, what each statement says.

A statement is ``KEYWORD[language]("key","key")=value;``. A value is quoted texts with commas
between them, a number, a word or a list of its own. A text may be cut into quoted pieces over
several lines and doubles a quotation mark of its own; ``;``, ``=`` and commas inside it are text.
"""

from __future__ import annotations

import codecs
import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tilannekuva.errors import SourceError

__all__ = ["Head", "Letters", "Statement", "find_data", "read_head"]

Letters = Callable[[bytes], str]
"""How the bytes of a file are read as text; never fails."""

_TEXT = r'"(?:[^"]++|"")*+"'
_OPENING = re.compile(
    rf"""[\s;\x00\x1a\ufeff]*+ (?P<keyword>[A-Za-z][\w-]*+)
         \s*+ (?:\[ \s*+ "?+ (?P<language>[^\]"\s]*+) "?+ \s*+ \])?+
         \s*+ (?:\( \s*+ (?P<keys>{_TEXT}(?:\s*+,\s*+{_TEXT})*+) \s*+ \))?+
         \s*+ = \s*+""",
    re.VERBOSE,
)
_BARE = re.compile(r'[^";]*+(?=;)')
_LIST = re.compile(
    rf"""(?: \s++ | [,:()\-]
         | {_TEXT} (?= \s*+ (?:[,:()\-";]|\Z) )
         | [^\s",:();\-][^\s",:();]*+ (?= \s*+ (?:[,:()\-;]|\Z) ) )*+""",
    re.VERBOSE,
)
"""Texts and words in which no word stands against a text: there a quotation mark is in a text."""
_ITEM = re.compile(rf'({_TEXT})|,|[^\s",]++')
_DATA = re.compile(rb"(?:\A|(?<=[;\s]))DATA\s*=", re.IGNORECASE)
_CODEPAGE = re.compile(rb'CODEPAGE\s*=\s*"([^"]*)"', re.IGNORECASE)
_CHARSET = re.compile(rb"CHARSET\s*=", re.IGNORECASE)
_BOM = b"\xef\xbb\xbf"
_WINDOWS = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in range(256))


@dataclass(frozen=True)
class Statement:
    """One statement of the head."""

    keyword: str
    """In capitals."""
    language: str | None
    """None where there is no mark of language: the language of the file."""
    keys: tuple[str, ...]
    raw: str
    """The value as it stands."""
    line: int

    @property
    def name(self) -> str:
        """As the file writes it, without the value."""
        keys = ",".join(f'"{key}"' for key in self.keys)
        language = f"[{self.language}]" if self.language is not None else ""
        return self.keyword + language + (f"({keys})" if keys else "")

    @property
    def texts(self) -> tuple[str, ...]:
        """The value as texts: pieces of one text joined, words and numbers as they stand."""
        return tuple(_items(self.raw))


@dataclass(frozen=True)
class Head:
    """Every statement before the figures, by keyword, language and keys; repeated ones in order."""

    where: str
    statements: tuple[Statement, ...]
    by_name: Mapping[tuple[str, str | None, tuple[str, ...]], tuple[Statement, ...]]
    languages: tuple[str, ...]
    """The file's own first."""

    def find(self, keyword: str, language: str, *keys: str) -> tuple[Statement, ...]:
        """The statements of a keyword in a language."""
        tagged = self.by_name.get((keyword, language, keys), ())
        if language != self.languages[0]:
            return tagged
        return self.by_name.get((keyword, None, keys), ()) + tagged

    def texts(self, keyword: str, language: str, *keys: str) -> tuple[str, ...]:
        """The value of a keyword that is given once; empty where it is not given.

        Raises:
            SourceError: It is given twice and differs.
        """
        found = self.find(keyword, language, *keys)
        if not found:
            return ()
        texts = found[0].texts
        for other in found[1:]:
            if other.texts != texts:
                raise SourceError(
                    f"{self.where}: {other.name} is given in line {found[0].line} and again, "
                    f"otherwise, in line {other.line}; keep the right one"
                )
        return texts

    def first(self, keyword: str, language: str, *keys: str) -> str:
        """The first text of a keyword that may be repeated; empty where it is not given."""
        found = self.find(keyword, language, *keys)
        return found[0].texts[0] if found and found[0].texts else ""


def find_data(data: bytes, where: str) -> tuple[int, int]:
    """Where the head ends and where the figures begin.

    Raises:
        SourceError: There are none.

    >>> find_data(b'NOTE="DATA=1";DATA=2;', "f.px")
    (14, 19)
    """
    quotes = start = 0
    for found in _DATA.finditer(data):
        quotes += data.count(b'"', start, found.start())
        start = found.start()
        # Outside every text: as many quotation marks closed as opened, doubled ones included.
        if quotes % 2 == 0:
            return found.span()
    # Where a stray quotation mark hid the figures, the statement that has it is named instead.
    text = data.decode("latin-1")
    for _ in _statements(text, where):
        pass
    raise SourceError(f"{where}: not a PX file, or cut off before its figures: there is no DATA=")


def read_head(data: bytes, where: str) -> tuple[Head, Letters]:
    """The statements of a head, and how its bytes were read as letters.

    Args:
        data: The bytes before ``DATA=``.
        where: Name of the file, for errors.

    Raises:
        SourceError: A statement that cannot be read, named with its line.

    >>> head, _ = read_head(b'NOTE="a;" "b";NOTE("x")="x = ""one"" x";', "f.px")
    >>> head.first("NOTE", "und"), head.first("NOTE", "und", "x")
    ('a;b', 'x = "one" x')
    """
    letters = _letters(data)
    found = tuple(_statements(letters(data), where))
    by_name: dict[tuple[str, str | None, tuple[str, ...]], tuple[Statement, ...]] = {}
    for s in found:
        key = (s.keyword, s.language, s.keys)
        by_name[key] = (*by_name.get(key, ()), s)
    return Head(where, found, by_name, _languages(by_name)), letters


def _languages(
    by_name: Mapping[tuple[str, str | None, tuple[str, ...]], tuple[Statement, ...]],
) -> tuple[str, ...]:
    """The file's own language first, then the others in the order it lists them."""

    def given(keyword: str) -> tuple[str, ...]:
        found = by_name.get((keyword, None, ()))
        return tuple(t for t in found[0].texts if t) if found else ()

    tagged = dict.fromkeys(language for _, language, _ in by_name if language)
    listed = given("LANGUAGES")
    own = given("LANGUAGE") or listed[:1] or ("und",)
    return tuple(dict.fromkeys((*own, *listed, *tagged)))


def _statements(text: str, where: str) -> Iterator[Statement]:
    place, line = 0, 1
    while found := _OPENING.match(text, place):
        begin, start = found.start("keyword"), found.end()
        value = _BARE.match(text, start) or _LIST.match(text, start)
        stop = start if value is None else value.end()
        line += text.count("\n", place, begin)
        if text[stop : stop + 1] != ";":
            what = (
                "a quotation mark stands inside a text; double it, or close the text before it"
                if text[stop:].strip()
                else f"{found['keyword']} has no end; the file is cut off, or a ';' is missing"
            )
            there = line + text.count("\n", begin, stop)
            raise SourceError(f"{where}: line {there}: near {_near(text, stop)}: {what}")
        yield Statement(
            found["keyword"].upper(), found["language"] or None,
            tuple(_items(found["keys"])) if found["keys"] else (), text[start:stop], line,
        )  # fmt: skip
        line += text.count("\n", begin, stop)
        place = stop
    rest = text[place:].lstrip(" \t\r\n;\x00\x1a\ufeff")
    if rest:
        line = text.count("\n", 0, len(text) - len(rest)) + 1
        raise SourceError(
            f"{where}: line {line}: near {_near(rest, 0)}: not a statement of a PX file "
            "(KEYWORD=value;); look for a missing ';' or quotation mark there"
        )


def _near(text: str, place: int) -> str:
    """What stands there, on one line."""
    return f"'{' '.join(text[max(0, place - 20) : place + 20].split())}'"


def _items(raw: str) -> Iterator[str]:
    """Items of a list; quoted pieces that follow each other are one text."""
    pieces: list[str] = []
    for token in _ITEM.finditer(raw):
        if token[1] is not None:
            pieces.append(token[1][1:-1].replace('""', '"'))
        elif token[0] == ",":
            yield "".join(pieces)
            pieces = []
        else:
            pieces.append(token[0])
    if pieces:
        yield "".join(pieces)


# --- letters -----------------------------------------------------------------------------------


def _letters(data: bytes) -> Letters:
    """How to read the bytes of a file with this head.

    The declared code page is often wrong by a neighbour, so none is believed to the letter.
    """
    found = _CODEPAGE.search(data)
    declared = found[1].decode("latin-1").strip() if found else ""
    if not data.isascii() and _is_utf8(data):
        # Letters of a one-byte code page hardly ever form valid UTF-8 by chance.
        return _utf8
    if not declared and _CHARSET.search(data) is None and _looks_dos(data):
        declared = "cp850"
    return _code_page(declared)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _utf8(data: bytes) -> str:
    return data.removeprefix(_BOM).decode("utf-8", "replace")


def _looks_dos(data: bytes) -> bool:
    """Files without CHARSET are from DOS by the rule; letters from C0 on are from Windows."""
    dos = sum(0x80 <= byte <= 0xA5 for byte in data)
    windows = sum(byte >= 0xC0 for byte in data)
    return dos > windows


def _code_page(declared: str) -> Letters:
    r"""How to read a declared code page, with what the real bytes of such files need.

    Bytes 80–9F are control characters in ISO 8859 and never meant as such: they are read as
    Windows-1252, which is what wrote them. A code page that nobody knows is read so altogether.

    >>> [_code_page(name)(b"\xa4\x92") for name in ("iso-8859-15", "", "no such")]
    ['€’', '¤’', '¤’']
    """
    table = _WINDOWS
    try:
        own = bytes(range(256)).decode(declared, "replace") if declared else ""
        name = codecs.lookup(declared).name if declared else "cp1252"
    except (LookupError, UnicodeError):
        own, name = "", "cp1252"
    if name.startswith("iso8859") and name != "iso8859-1":
        table = own[:0x80] + _WINDOWS[0x80:0xA0] + own[0xA0:]
    elif len(own) == 256 and name not in ("iso8859-1", "cp1252", "utf-8", "ascii"):
        table = own
    elif own and len(own) != 256 and name != "utf-8":
        return functools.partial(str, encoding=name, errors="replace")
    return lambda data: codecs.charmap_decode(data, "replace", table)[0]
