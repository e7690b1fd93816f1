"""How a figure is computed, in words: formulas with names for ids, sums, the methods of analyses.

A name keeps its dictionary form and what is meant of it follows in brackets, so that it is right in
every language whatever stands around it.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tilannekuva import formulas, words
from tilannekuva.model import Analysis, Indicator, Picture
from tilannekuva.narrate import clauses

__all__ = ["formula_text", "groups_text", "rule_text"]

_SIGNS: dict[type[ast.operator], tuple[int, str]] = {
    ast.Add: (1, " + "),
    ast.Sub: (1, " − "),
    ast.Mult: (2, " × "),
    ast.Div: (2, " / "),
    ast.Pow: (3, " ^ "),
}
"""Operator → how tightly it binds, and its sign."""
_TIGHTEST = 4
_FACTORS = ("gap_parts", "change_parts")
"""Analyses whose inputs are the parts that they give."""


def formula_text(formula: str, picture: Picture, lang: str) -> str:
    """A formula with the names of its indicators.

    Args:
        formula: In the language of :mod:`tilannekuva.formulas`.
        picture: For the names.
        lang: Language of the names.
    """
    return _text(formulas.parse(formula), picture, lang)[0]


def _text(node: ast.expr, picture: Picture, lang: str) -> tuple[str, int]:
    """Text of a part of a formula, and how tightly it holds together."""
    match node:
        case ast.Constant(value=int() | float() as value):
            text = f"{value:.12g}"
            return words.number(float(value), len(text.partition(".")[2]), lang), _TIGHTEST
        case ast.Name(id=name):
            return _name(name, picture, lang), _TIGHTEST
        case ast.UnaryOp(operand=operand):
            return "−" + _held(_text(operand, picture, lang), _TIGHTEST), _TIGHTEST - 1
        case ast.BinOp(left=left, op=op, right=right):
            tight, sign = _SIGNS[type(op)]
            one = _held(_text(left, picture, lang), tight)
            # What is taken away or divided by is one whole: a − (b − c) keeps its brackets.
            two = _held(_text(right, picture, lang), tight + 1)
            return one + sign + two, tight
        case ast.Call(func=ast.Name(id=function), args=[first, *rest]):
            inner = _held(_text(first, picture, lang), _TIGHTEST)
            codes = [ast.literal_eval(code) for code in rest]
            indicator = picture.indicators.get(ast.unparse(first))
            groups = groups_text(indicator, codes, lang) if indicator else ", ".join(codes)
            said = words.message(f"trace.in.{function}", lang, x=inner, groups=groups)
            return said, _TIGHTEST
    raise AssertionError(ast.dump(node))  # parse() lets nothing else through


def _held(part: tuple[str, int], tight: int) -> str:
    """A part of a formula inside another, in brackets where it would fall apart."""
    text, own = part
    return text if own >= tight else f"({text})"


def _name(indicator: str, picture: Picture, lang: str) -> str:
    known = picture.indicators.get(indicator)
    return known.label[lang] if known else indicator


def groups_text(indicator: Indicator, codes: Sequence[str], lang: str) -> str:
    """Names of groups; neighbours on the list of their axis as the first and the last.

    >>> from tilannekuva.indicators import load
    >>> groups_text(load()["pop_age"], ["Y15-19.T", "Y20-24.T", "Y25-29.T"], "fi")
    '15–19 … 25–29'
    """
    names = [_group(indicator, code, lang) for code in codes]
    if len(codes) < 3 or not indicator.axes:
        return ", ".join(names)
    order = clauses.axis_codes(indicator.axes[0])
    firsts = [code.split(".")[0] for code in codes]
    if len({code.partition(".")[2] for code in codes}) > 1 or not set(firsts) <= set(order):
        return ", ".join(names)
    runs: list[list[str]] = []
    for n, name in enumerate(names):
        follows = n > 0 and order.index(firsts[n]) == order.index(firsts[n - 1]) + 1
        if follows:
            runs[-1].append(name)
        else:
            runs.append([name])
    return ", ".join(f"{r[0]} … {r[-1]}" if len(r) > 2 else ", ".join(r) for r in runs)


def _group(indicator: Indicator, code: str, lang: str) -> str:
    """The name of a group as it stands inside a text; the total has one too."""
    pairs = [(a, c) for a, c in zip(indicator.axes, code.split("."), strict=False) if c != "T"]
    names = [clauses.axis_name(a, c, lang) for a, c in pairs]
    return ", ".join(map(_inside, names)) or words.message("trace.total", lang)


def _inside(name: str) -> str:
    """A name as it stands inside a text; abbreviations keep their capitals."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def rule_text(rule: str, indicator: Indicator, picture: Picture, lang: str) -> str:
    """How the figures of an indicator are computed.

    Args:
        rule: ``formula``, ``sum``, ``weighted_mean`` or ``analysis``.
        indicator: Whose.
        picture: For the names.
        lang: Language of the words.
    """
    if rule == "formula" and indicator.formula:
        return formula_text(indicator.formula, picture, lang)
    if rule == "analysis" and indicator.analysis:
        return _analysis(indicator, indicator.analysis, picture, lang)
    weight = indicator.aggregate.weight if indicator.aggregate else None
    name = _inside(_name(weight, picture, lang)) if weight else ""
    return words.message(f"trace.rule.{rule}", lang, weight=name)


def _analysis(indicator: Indicator, analysis: Analysis, picture: Picture, lang: str) -> str:
    """The method and its inputs; the factors of a product have names."""
    inputs = []
    for code, formula in analysis.of.items():
        text = formula_text(formula, picture, lang)
        if analysis.method in _FACTORS and indicator.axes:
            text = f"{_inside(clauses.axis_name(indicator.axes[-1], code, lang))} = {text}"
        inputs.append(text)
    method = words.message(f"trace.method.{analysis.method}", lang)
    return words.message("trace.analysis", lang, method=method, inputs="; ".join(inputs))
