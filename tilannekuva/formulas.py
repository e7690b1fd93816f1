"""Formulas over indicators: a small, closed language that is parsed, never executed as code.

``births - deaths``, ``100 * unemployed_jobseekers / labour_force``, ``previous(x)``, ``mean2(x)``,
``country(x)``, ``part(x, "A", "B")``, ``hhi(x)``. What a name stands for at evaluation is up to the
caller, so this room needs no tables.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from tilannekuva.errors import CatalogueError
from tilannekuva.model import Indicator

__all__ = [
    "FUNCTIONS",
    "Reference",
    "codes",
    "evaluate",
    "of",
    "parents",
    "parents_of",
    "parse",
    "references",
]

FUNCTIONS = {
    "previous": "the same region one year earlier",
    "mean2": "mean of this year-end and the one before",
    "country": "the whole country's value of the same period",
    "part": "sum over the named codes of a breakdown",
    "hhi": "sum of squared shares over a breakdown",
}

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


@functools.cache
def parse(formula: str) -> ast.expr:
    """The formula as a tree, checked to hold nothing but the language above.

    Raises:
        CatalogueError: What does not belong, and what would.
    """
    try:
        tree = ast.parse(formula.strip(), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise CatalogueError(
            f"'{formula}' is not an expression: {getattr(error, 'msg', error)}"
        ) from error
    codes: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            _check_call(node, formula)
            codes |= {id(argument) for argument in node.args[1:]}
        elif isinstance(node, ast.Constant):
            number = isinstance(node.value, int | float) and not isinstance(node.value, bool)
            # Text is a code of a breakdown and stands in part() only.
            if not number and id(node) not in codes:
                raise _stranger(node, formula)
        elif isinstance(node, ast.BinOp):
            if type(node.op) not in _OPERATORS:
                raise CatalogueError(f"'{formula}' uses an operator other than + - * / **")
        elif isinstance(node, ast.UnaryOp):
            if not isinstance(node.op, ast.USub):
                raise _stranger(node, formula)
        elif not isinstance(node, ast.Name | ast.USub | ast.operator | ast.expr_context):
            raise _stranger(node, formula)
    return tree


def _stranger(node: ast.AST, formula: str) -> CatalogueError:
    return CatalogueError(f"'{ast.unparse(node)}' does not belong in a formula ('{formula}')")


def _check_call(node: ast.Call, formula: str) -> None:
    """Every function takes one expression; ``part`` takes an indicator and the codes to sum."""
    name = node.func.id if isinstance(node.func, ast.Name) else "?"
    if name not in FUNCTIONS or node.keywords:
        raise CatalogueError(
            f"unknown function '{name}' in '{formula}'; known: {', '.join(FUNCTIONS)}"
        )
    first, *more = node.args or [ast.Constant(None)]
    if name in ("part", "hhi"):
        fits = isinstance(first, ast.Name)
    else:
        fits = any(isinstance(n, ast.Name) for n in ast.walk(first))
    texts = all(isinstance(m, ast.Constant) and isinstance(m.value, str) for m in more)
    if not fits or not texts or bool(more) != (name == "part"):
        raise CatalogueError(
            f"'{ast.unparse(node)}' in '{formula}': write {name}(indicator"
            + (', "code", …)' if name == "part" else ")")
        )


@functools.cache
def parents(formula: str) -> tuple[str, ...]:
    """The indicators a formula stands on, sorted.

    >>> parents("100 * births / mean2(pop_total)")
    ('births', 'pop_total')
    """
    tree = parse(formula)
    functions = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in functions}
    return tuple(sorted(names))


class Reference(NamedTuple):
    """A figure that a formula asks for, as seen from the figure that it gives."""

    indicator: str
    codes: tuple[str, ...] = ()
    """Codes of its breakdown to sum; none for the figure of the same breakdown."""
    years: int = 0
    """How many years later it is; −1 for the year before."""
    country: bool = False
    groups: bool = False
    """True where every group of a breakdown is asked for."""


@functools.cache
def references(formula: str) -> tuple[Reference, ...]:
    """The figures that a formula asks for, each once, in the order that they stand in.

    >>> [(r.indicator, r.years) for r in references("100 * births / mean2(pop_total)")]
    [('births', 0), ('pop_total', 0), ('pop_total', -1)]
    """
    return tuple(dict.fromkeys(_references(parse(formula), 0, False)))


def _references(node: ast.expr, years: int, country: bool) -> Iterator[Reference]:
    match node:
        case ast.Name(id=name):
            yield Reference(name, (), years, country)
        case ast.UnaryOp(operand=operand):
            yield from _references(operand, years, country)
        case ast.BinOp(left=left, right=right):
            yield from _references(left, years, country)
            yield from _references(right, years, country)
        case ast.Call(func=ast.Name(id="part"), args=[ast.Name(id=name), *rest]):
            yield Reference(name, tuple(map(ast.literal_eval, rest)), years, country)
        case ast.Call(func=ast.Name(id="hhi"), args=[ast.Name(id=name)]):
            yield Reference(name, (), years, country, True)
        case ast.Call(func=ast.Name(id=function), args=[first]):
            if function != "previous":
                yield from _references(first, years, country or function == "country")
            if function in ("previous", "mean2"):
                yield from _references(first, years - 1, country)


@functools.cache
def codes(formula: str) -> tuple[tuple[str, str], ...]:
    """(indicator, code of its breakdown) for every code that ``part`` names.

    >>> codes('part(pop_age, "Y0-4.T") / pop_age')
    (('pop_age', 'Y0-4.T'),)
    """
    calls = (n for n in ast.walk(parse(formula)) if isinstance(n, ast.Call) and len(n.args) > 1)
    return tuple((ast.unparse(c.args[0]), ast.literal_eval(a)) for c in calls for a in c.args[1:])


def of(indicator: Indicator) -> tuple[str, ...]:
    """Every formula that an indicator is computed with: its own, or those of its analysis."""
    own = (indicator.formula,) if indicator.formula else ()
    return own + (tuple(indicator.analysis.of.values()) if indicator.analysis else ())


def parents_of(indicator: Indicator) -> tuple[str, ...]:
    """The indicators that an indicator is computed from, sorted; none where it is not computed."""
    return tuple(sorted({p for formula in of(indicator) for p in parents(formula)}))


def evaluate(
    formula: str, names: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]
) -> Any:
    """The value of a formula.

    Args:
        formula: In the language above.
        names: What each indicator stands for: numbers, arrays, Series.
        functions: What each function does with them.

    Returns:
        Whatever the arithmetic of ``names`` gives.

    >>> evaluate("100 * a / b", {"a": 1.0, "b": 4.0}, {})
    25.0
    """

    def value(node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=constant):
                return constant
            case ast.Name(id=name):
                return names[name]
            case ast.UnaryOp(operand=operand):
                return -value(operand)
            case ast.BinOp(left=left, op=op, right=right):
                return _OPERATORS[type(op)](value(left), value(right))
            case ast.Call(func=ast.Name(id=name), args=args):
                return functions[name](*map(value, args))
        raise AssertionError(ast.dump(node))  # parse() lets nothing else through

    return value(parse(formula))
