"""PX files as PxWeb rewrites them: a header of its own, then the cells row by row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod

from .cube_formats import latin
from .cube_model import Cube, Variable, local_time, said

__all__ = ["px"]


def px(
    cube: Cube, lang: str = "fi", all_languages: bool = False, codepage: str = "iso-8859-15"
) -> bytes:
    """A PX file in its own code page, in one language or in all that the table has."""
    others = [x for x in cube.languages if x != lang] if all_languages else []
    langs = [lang, *others]
    file = _PxFile(lang)
    file.plain("CHARSET", "ANSI")
    file.plain("AXIS-VERSION", "2010")
    file.plain("CODEPAGE", codepage)
    file.plain("LANGUAGE", lang)
    if others:
        file.plain("LANGUAGES", *langs)
    file.plain("CREATION-DATE", _clock(cube.updated))
    file.bare("DECIMALS", str(max([cube.decimals, *cube.precision.values()])))
    file.bare("SHOWDECIMALS", str(cube.decimals))
    file.plain("MATRIX", cube.matrix or cube.table_id)
    file.plain("TABLEID", cube.table_id)
    file.plain("SUBJECT-CODE", cube.folder)
    metric = cube.of_role("contents")
    for x in langs:
        file.said(x, "SUBJECT-AREA", (), [said(cube.subject, x, cube.folder)])
    for keyword, text in (
        ("DESCRIPTION", cube.text), ("TITLE", cube.label), ("CONTENTS", cube.said_contents),
    ):  # fmt: skip
        for x in langs:
            file.said(x, keyword, (), [text(x)])
    unit = next(iter(cube.units.values()), {})
    for x in langs:
        file.said(x, "UNITS", (), [said(unit, x)])
    across = cube.across
    for keyword, chosen in (
        ("STUB", [v for v in cube.variables if v.code not in across]),
        ("HEADING", [v for v in cube.variables if v.code in across]),
    ):
        for x in langs if chosen else ():
            file.said(x, keyword, (), [v.text(x) for v in chosen])
    if metric:
        for x in langs:
            file.said(x, "CONTVARIABLE", (), [metric.text(x)])
    for variable in cube.variables:
        for x in langs:
            file.said(x, "VALUES", (variable.text(x),), variable.label_list(x))
    for variable in cube.variables:
        _about_variable(file, cube, variable, langs)
    if metric:
        _about_contents(file, cube, metric, langs)
    else:
        file.plain("LAST-UPDATED", _clock(cube.updated))
    for keyword, texts in (("SOURCE", cube.source), ("CONTACT", cube.contact)):
        for x in langs if texts else ():
            file.said(x, keyword, (), [said(texts, x)])
    for x in langs:
        file.note(x, "NOTE", (), cube.notes.get(x))
    return latin("".join(file.lines) + _data(cube), codepage)


def _about_variable(file: _PxFile, cube: Cube, variable: Variable, langs: Sequence[str]) -> None:
    if variable.role == "time":
        scale, periods = _periods(variable.codes)
        for x in langs if scale else ():
            file.said(x, "TIMEVAL", (variable.text(x),), periods, f"TLIST({scale}),")
    kinds = {"time": "Time", "geo": "Geographical", "contents": "Contents"}
    kind = kinds.get(variable.role or "", "Classificatory")
    for keyword, values in (
        ("CODES", list(variable.codes)),
        ("VARIABLECODE", [variable.code]),
        ("VARIABLE-TYPE", [kind]),
        ("MAP", [variable.map_name] if variable.map_name else []),
    ):
        for x in langs if values else ():
            file.said(x, keyword, (variable.text(x),), values)
    for x in langs if variable.elimination else ():
        total = variable.elimination
        if total is True or total not in variable.codes:
            file.said(x, "ELIMINATION", (variable.text(x),), [], "YES")
        else:
            file.said(x, "ELIMINATION", (variable.text(x),), [variable.label(str(total), x)])
    for x in langs:
        file.note(x, "NOTE", (variable.text(x),), variable.notes.get(x))
        for code, notes in variable.value_notes.items():
            keys = (variable.text(x), variable.label(code, x))
            file.note(x, "VALUENOTE", keys, notes.get(x))


def _about_contents(file: _PxFile, cube: Cube, metric: Variable, langs: Sequence[str]) -> None:
    for code in metric.codes:
        for x in langs:
            label = metric.label(code, x)
            file.said(x, "LAST-UPDATED", (label,), [_clock(cube.updated)])
        for x in langs:
            label = metric.label(code, x)
            file.said(x, "UNITS", (label,), [said(cube.units.get(code, {}), x)])
        digits = cube.digits(code)
        for x in langs if digits else ():
            file.said(x, "PRECISION", (metric.text(x), metric.label(code, x)), [], str(digits))


def _periods(codes: Sequence[str]) -> tuple[str, list[str]]:
    """The scale of a TLIST and its periods, which have no letters: 202601, 20261."""
    for scale, shape in (("A1", r"\d{4}"), ("M1", r"\d{4}M\d\d"), ("Q1", r"\d{4}[QK]\d")):
        if all(re.fullmatch(shape, c) for c in codes):
            return scale, [re.sub(r"\D", "", c) for c in codes]
    return "", []


def _clock(updated: str) -> str:
    return local_time(updated).strftime("%Y%m%d %H:%M")


def _data(cube: Cube) -> str:
    """The cells, one row of the stub on a line."""
    texts = [f'"{cube.symbol(i)}"' if c is None else c for i, c in enumerate(cube.cells())]
    wide = prod(len(v.codes) for v in cube.variables if v.code in cube.across)
    rows = (" ".join(texts[i : i + wide]) for i in range(0, len(texts), wide))
    return "DATA=\r\n" + " \r\n".join(rows) + ";\r\n"


class _PxFile:
    """Statements of a PX file, each ending in a semicolon."""

    def __init__(self, lang: str) -> None:
        self.lang, self.lines = lang, list[str]()

    def bare(self, keyword: str, value: str) -> None:
        self.lines.append(f"{keyword}={value};\r\n")

    def plain(self, keyword: str, *values: str) -> None:
        self.said(self.lang, keyword, (), values)

    def note(
        self, lang: str, keyword: str, keys: Sequence[str], texts: Sequence[str] | None
    ) -> None:
        """All notes of one thing in one statement."""
        if texts:
            self.said(lang, keyword, keys, ["##".join(texts)])

    def said(
        self, lang: str, keyword: str, keys: Sequence[str], values: Sequence[str], bare: str = ""
    ) -> None:
        """One statement; the main language goes without a mark."""
        mark = "" if lang == self.lang else f"[{lang}]"
        of = f"({','.join(_pieces(k) for k in keys)})" if keys else ""
        line, done = f"{keyword}{mark}{of}={bare}", ""
        for i, value in enumerate(values):
            text = _pieces(value) + ("," if i < len(values) - 1 else "")
            if len(line) + len(text) > 250 and i:  # PC-Axis reads lines of at most 256 letters
                done, line = f"{done}{line}\r\n", ""
            line += text
        self.lines.append(f"{done}{line};\r\n")


def _pieces(text: str) -> str:
    """A quoted text, cut where it is long; a quotation mark cannot be written inside."""
    # A line break inside a text is a number sign.
    whole = re.sub(r"\s*\r?\n\s*", "#", text.replace('"', "'"))
    cut = [whole[i : i + 230] for i in range(0, len(whole), 230)] or [""]
    return "\r\n".join(f'"{piece}"' for piece in cut)
