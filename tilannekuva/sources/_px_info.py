"""What the head of a PX file says: its variables, and the words beside the figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tilannekuva import periods
from tilannekuva.errors import DataError, SourceError
from tilannekuva.sources._cube_info import CubeInfo, Note, Texts
from tilannekuva.sources._cube_time import read_periods, starred, strip_star
from tilannekuva.sources._px_head import Head, Statement

__all__ = ["Variable", "read_info", "read_variables"]

_TLIST = re.compile(
    r'TLIST\(\s*([A-Z])\d*\s*(?:,\s*"([^"]*)"\s*-\s*"([^"]*)"\s*)?\)\s*,?', re.IGNORECASE
)
_STEPS = {"A": 12, "H": 6, "Q": 3, "M": 1}
_NOTES = ("NOTE", "NOTEX", "VALUENOTE", "VALUENOTEX", "CELLNOTE", "CELLNOTEX", "DATANOTE",
          "DATANOTECELL")  # fmt: skip
_SAID = {"STUB", "HEADING", "VALUES", "CODES", "VARIABLECODE", "KEYS", "TITLE", "SOURCE", "UNITS",
         "LANGUAGE", "LANGUAGES", *_NOTES}  # fmt: skip
"""Keywords whose whole content stands in the fields of :class:`CubeInfo` or in the frame."""


@dataclass(frozen=True)
class Variable:
    """One variable of the file."""

    name: str
    """Its column: the code where the file gives one, else the text."""
    codes: tuple[str, ...]
    texts: Mapping[str, str]
    """Language → its name there."""
    values: Mapping[str, tuple[str, ...]]
    """Language → the text of each code."""
    is_time: bool
    starred: frozenset[int]
    """Which of its codes are marked preliminary by an asterisk."""


def read_variables(head: Head) -> tuple[tuple[Variable, ...], int]:
    """The variables in the order of the figures, and how many of them are the stub.

    Raises:
        SourceError: There are none, one has no values, or its lists are not of one length.
    """
    own = head.languages[0]
    stub, heading = ([t for t in head.texts(k, own) if t] for k in ("STUB", "HEADING"))
    if not stub and not heading:
        raise SourceError(
            f"{head.where}: neither STUB nor HEADING names a variable; this is no table's head"
        )
    names: dict[str, list[str]] = {}
    for language in head.languages:
        found = [t for k in ("STUB", "HEADING") for t in head.texts(k, language) if t]
        if len(found) == len(stub) + len(heading):
            names[language] = found
    variables = tuple(
        _variable(head, {language: texts[n] for language, texts in names.items()})
        for n in range(len(stub) + len(heading))
    )
    return variables, len(stub)


def _variable(head: Head, texts: Mapping[str, str]) -> Variable:
    own = head.languages[0]
    text = texts[own]
    values = {}
    for language, name in texts.items():
        if given := head.texts("VALUES", language, name):
            values[language] = given
    codes = next(
        (c for lang, name in texts.items() if (c := head.texts("CODES", lang, name))),
        values.get(own, ()),
    )
    if not codes:
        raise SourceError(f'{head.where}: there is no VALUES("{text}"); the head is incomplete')
    for language, given in values.items():
        if len(given) != len(codes):
            raise SourceError(
                f"{head.where}: '{texts[language]}' has {len(given)} VALUES ({language}) and "
                f"{len(codes)} CODES; which belongs to which cannot be told, ask the publisher"
            )
    kind = head.first("VARIABLE-TYPE", own, text).lower()
    is_time = bool(head.find("TIMEVAL", own, text)) or kind.startswith("time")
    marked: set[int] = set()
    if is_time:
        marked = starred(codes, values.values())
        codes, values = strip_star(codes), {lang: strip_star(v) for lang, v in values.items()}
    coded = (head.first("VARIABLECODE", lang, name) for lang, name in texts.items())
    name = next((code for code in coded if code), text)
    return Variable(name, codes, texts, values, is_time, frozenset(marked))


def read_info(
    head: Head, variables: Sequence[Variable], marks: Mapping[str, npt.NDArray[np.intp]]
) -> CubeInfo:
    """Everything that stands beside the figures."""
    own = head.languages[0]
    time = next((v for v in variables if v.is_time), None)
    contents = _contents(head, variables)
    updated = [s.texts[0] for s in head.statements if s.keyword == "LAST-UPDATED" and s.texts]
    roles = {
        "time": tuple(v.name for v in variables if v.is_time),
        "geo": tuple(v.name for v in variables if _is_area(head, v.texts[own])),
        "metric": (contents.name,) if contents else (),
    }
    return CubeInfo(
        where=head.where,
        dimensions=tuple(v.name for v in variables),
        languages=head.languages,
        texts={lang: _words(head, lang, variables, contents) for lang in head.languages},
        time=time.name if time else None,
        periods=_periods(head, time) if time else {},
        roles={role: names for role, names in roles.items() if names},
        decimals=_decimals(head, contents),
        updated=max(updated, default=None),
        symbols=_symbols(head),
        marks=marks,
        extra=_extra(head),
    )


def _contents(head: Head, variables: Sequence[Variable]) -> Variable | None:
    own = head.languages[0]
    named = head.first("CONTVARIABLE", own)
    return next((v for v in variables if v.texts[own] == named), None)


def _is_area(head: Head, text: str) -> bool:
    own = head.languages[0]
    kind = head.first("VARIABLE-TYPE", own, text).upper()
    return kind.startswith("G") or bool(head.first("MAP", own, text))


def _in(head: Head, language: str, *keywords: str) -> Iterator[Statement]:
    """The statements of a language, in the order of the file."""
    for s in head.statements:
        spoken = s.language or head.languages[0]
        if s.keyword in keywords and spoken == language:
            yield s


def _words(
    head: Head, language: str, variables: Sequence[Variable], contents: Variable | None
) -> Texts:
    titles = (head.first(k, language) for k in ("TITLE", "DESCRIPTION", "CONTENTS"))
    units = {}
    for s in _in(head, language, "UNITS"):
        if any(s.texts):
            units[_code(contents, (*s.keys, "*")[0], language)] = s.texts[0]
    return Texts(
        title=next((t for t in titles if t), ""),
        source=head.first("SOURCE", language),
        names={v.name: v.texts[language] for v in variables if language in v.texts},
        labels={
            v.name: dict(zip(v.codes, v.values[language], strict=True))
            for v in variables
            if language in v.values
        },
        units=units,
        notes=tuple(_notes(head, language, variables)),
    )


def _notes(head: Head, language: str, variables: Sequence[Variable]) -> Iterator[Note]:
    """Every note, however often its keyword is repeated; ``#`` in a text breaks the line."""
    by_text = {v.texts.get(language, v.name): v for v in variables}
    for s in _in(head, language, *_NOTES):
        text = ", ".join(s.texts).replace("#", "\n")
        if s.keyword.startswith(("CELLNOTE", "DATANOTECELL")):
            pairs = [(v, key) for v, key in zip(variables, s.keys, strict=False) if key != "*"]
            at = {v.name: _code(v, key, language) for v, key in pairs} or {"*": "*"}
        else:
            at = {}
            if s.keys:
                variable = by_text.get(s.keys[0])
                name = variable.name if variable else s.keys[0]
                at[name] = _code(variable, s.keys[1], language) if len(s.keys) > 1 else "*"
        yield Note(text, at, s.keyword.endswith("X"))


def _code(variable: Variable | None, key: str, language: str) -> str:
    """The code of a value that a statement names by its text or by its code."""
    if variable is None or key == "*":
        return key
    for texts in (variable.values.get(language, ()), variable.codes, *variable.values.values()):
        for wanted in (key, *strip_star([key])):
            if wanted in texts:
                return variable.codes[texts.index(wanted)]
    return key


def _decimals(head: Head, contents: Variable | None) -> dict[str, int]:
    own = head.languages[0]
    found = {}
    for keyword in ("SHOWDECIMALS", "DECIMALS"):
        shown = head.first(keyword, own)
        if shown.isdigit():
            found["*"] = int(shown)
            break
    for s in _in(head, own, "PRECISION"):
        variable, value = (*s.keys, "", "")[:2]
        if contents and variable == contents.texts[own] and s.raw.strip().isdigit():
            found[_code(contents, value, own)] = int(s.raw)
    return found


def _symbols(head: Head) -> dict[str, str]:
    """Mark → the text that the file shows for it."""
    own = head.languages[0]
    named = {"." * n: f"DATASYMBOL{n}" for n in range(1, 7)} | {"-": "DATASYMBOLNIL"}
    return {mark: text for mark, keyword in named.items() if (text := head.first(keyword, own))}


def _extra(head: Head) -> dict[str, str | tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for s in head.statements:
        if s.keyword not in _SAID:
            found[s.name] = found.get(s.name, ()) + s.texts
    return {name: texts[0] if len(texts) == 1 else texts for name, texts in found.items()}


# --- time ----------------------------------------------------------------------------------------


def _periods(head: Head, time: Variable) -> dict[str, str]:
    """Code → period, from TIMEVAL where it has one for each code, else as code and text read."""
    own = head.languages[0]
    for s in head.find("TIMEVAL", own, time.texts[own]):
        opening = _TLIST.match(s.raw.strip())
        if opening is None:
            continue
        unit, first, last = opening[1].upper(), opening[2], opening[3]
        listed = s.raw.strip()[opening.end() :]
        values = re.findall(r'"([^"]*)"', listed) if first is None else _span(unit, first, last)
        read = [_period(unit, value) for value in values]
        if len(read) == len(time.codes):
            return {code: p for code, p in zip(time.codes, read, strict=True) if p is not None}
    return read_periods(time.codes, time.values.get(own, ()))


def _period(unit: str, value: str) -> str | None:
    """A period from a value without letters, such as 202604 in months.

    Norway writes a letter of its own, which TIMEVAL says how to read.

    >>> [_period(*p) for p in (("M", "202604"), ("Q", "2026K1"), ("A", "2026"), ("W", "202601"))]
    ['2026M04', '2026Q1', '2026', None]
    """
    text = value if unit == "A" else value[:4] + unit + re.sub(r"\D", "", value[4:])
    try:
        return periods.canonical(text)
    except DataError:
        return None


def _span(unit: str, first: str, last: str) -> list[str]:
    """All values from the first to the last.

    >>> _span("Q", "20204", "20212")
    ['20204', '20211', '20212']
    """
    begin, end = _period(unit, first), _period(unit, last)
    if begin is None or end is None:
        return []
    step = _STEPS[unit]
    months = range(periods.parse(begin).start, periods.parse(end).start + 1, step)
    digits = {"A": "", "H": "{}", "Q": "{}", "M": "{:02d}"}[unit]
    return [f"{m // 12}" + digits.format(m % 12 // step + 1) for m in months]
