"""Filters in RSQL: ``tilastovuosi=='2023';sukupuoli!=mies``.

A semicolon or ``and`` joins more tightly than a comma or ``or``; brackets group; ``*`` at an end of
a text stands for anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

__all__ = ["BadFilter", "parse"]

Row = Mapping[str, Any]
Test = Callable[[Row], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<quoted>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<sign>==|!=|=[a-z]+=|>=|<=|>|<)|(?P<mark>[();,])|(?P<word>[^\s'\"();,=!<>~]+))"
)
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": lambda a, b: a > b, "=gt=": lambda a, b: a > b,
    ">=": lambda a, b: a >= b, "=ge=": lambda a, b: a >= b,
    "<": lambda a, b: a < b, "=lt=": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, "=le=": lambda a, b: a <= b,
}  # fmt: skip


class BadFilter(ValueError):
    """A filter that cannot be read, or asks for a field that is not there."""


def parse(text: str, fields: Mapping[str, str]) -> Test:
    """A test of rows from a filter.

    Args:
        text: The filter.
        fields: Name of every field and its type, ``number`` or ``string``.

    >>> parse("a=='1';b=in=(x,y)", {"a": "number", "b": "string"})({"a": 1, "b": "x"})
    True
    """
    tokens, at = [], 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None:
            raise BadFilter(f"Unexpected sign at {at}: {text[at:]!r}")
        tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
        at = found.end()
    reader = _Reader(tokens, fields)
    test = reader.either()
    if reader.tokens:
        raise BadFilter(f"Unexpected {reader.tokens[0][1]!r}")
    return test


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]], fields: Mapping[str, str]) -> None:
        self.tokens, self.fields = tokens, fields

    def next(self, *wanted: str) -> str | None:
        """Take the next token if it is one of the wanted marks or words."""
        if self.tokens and self.tokens[0][0] != "quoted" and self.tokens[0][1] in wanted:
            return self.tokens.pop(0)[1]
        return None

    def take(self, *kinds: str) -> str:
        if not self.tokens or self.tokens[0][0] not in kinds:
            raise BadFilter(f"Expected {' or '.join(kinds)}")
        kind, text = self.tokens.pop(0)
        return re.sub(r"\\(.)", r"\1", text[1:-1]) if kind == "quoted" else text

    def either(self) -> Test:
        tests = [self.both()]
        while self.next(",", "or"):
            tests.append(self.both())
        return lambda row: any(test(row) for test in tests)

    def both(self) -> Test:
        tests = [self.one()]
        while self.next(";", "and"):
            tests.append(self.one())
        return lambda row: all(test(row) for test in tests)

    def one(self) -> Test:
        if self.next("("):
            inner = self.either()
            if not self.next(")"):
                raise BadFilter("A bracket is not closed")
            return inner
        field, sign = self.take("word"), self.take("sign")
        if field not in self.fields:
            raise BadFilter(f"Unknown field: {field}")
        several = sign in ("=in=", "=out=")
        return self.test(field, sign, self.among() if several else [self.take("word", "quoted")])

    def among(self) -> list[str]:
        if not self.next("("):
            raise BadFilter("Expected (")
        found = [self.take("word", "quoted")]
        while self.next(","):
            found.append(self.take("word", "quoted"))
        if not self.next(")"):
            raise BadFilter("A bracket is not closed")
        return found

    def test(self, field: str, sign: str, values: list[str]) -> Test:
        if self.fields[field] == "number":
            try:
                numbers = [float(v) for v in values]
            except ValueError:
                raise BadFilter(f"{field} is a number") from None
            if sign in _ORDER:
                order = _ORDER[sign]
                return lambda row: row[field] is not None and order(row[field], numbers[0])
            if sign in ("==", "=in="):
                return lambda row: row[field] in numbers
            if sign in ("!=", "=out="):
                return lambda row: row[field] not in numbers
        if sign in _ORDER:
            order = _ORDER[sign]
            return lambda row: row[field] is not None and order(row[field], values[0])
        if sign in ("==", "=in=", "!=", "=out="):
            wanted = sign in ("==", "=in=")
            return lambda row: (
                any(fnmatchcase(str(row[field]), _literal(v)) for v in values) == wanted
            )
        raise BadFilter(f"Unknown operator: {sign}")


def _literal(text: str) -> str:
    """A pattern in which only the asterisk means something."""
    return re.sub(r"([?\[])", r"[\1]", text)
