"""Formulas: a small closed language; anything beyond it is refused, nothing is ever executed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilannekuva import formulas
from tilannekuva.errors import CatalogueError

numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3))


@given(numbers, numbers, numbers)
def test_arithmetic_is_that_of_plain_python(a: float, b: float, c: float) -> None:
    names = {"a": a, "b": b, "c": c}
    assert formulas.evaluate("a + b * c - 2", names, {}) == a + b * c - 2
    assert formulas.evaluate("-(a - b) * 1.5", names, {}) == -(a - b) * 1.5
    assert formulas.evaluate("a ** 2 - a", names, {}) == a**2 - a
    if c:
        assert math.isclose(formulas.evaluate("100 * a / c", names, {}), 100 * a / c)


def test_functions_get_the_values_and_the_codes() -> None:
    seen = []
    functions = {"part": lambda *a: seen.append(a) or 1.0, "mean2": lambda x: x / 2}
    assert (
        formulas.evaluate('part(x, "A.T", "B.T") + mean2(y)', {"x": 3.0, "y": 8.0}, functions) == 5
    )
    assert seen == [(3.0, "A.T", "B.T")]


@pytest.mark.parametrize(
    "formula",
    [
        "a.b", "a.__class__", "a[0]", "a[b]", "(a).real", "[a]", "(a, b)", "{a}", "a if b else c",
        "lambda: a", "a < b", "a and b", "not a", "~a", "+a", "a // b", "a % b", "a @ b", "a | b",
        "f'{a}'", "a := 1", "*a", "yield a", "await a", "[x for x in a]", "'text' * a", "True * a",
        "None", "1j * a", "b'x' + a", "...",
    ],
)  # fmt: skip
def test_anything_else_is_refused(formula: str) -> None:
    with pytest.raises(CatalogueError):
        formulas.parse(formula)


@pytest.mark.parametrize(
    "formula",
    [
        "__import__('os')", "eval(a)", "open(a)", "a.mean()", "a()", "previous(a)(b)",
        "print(a)", "abs(a)", "previous(x=a)", "previous(**a)", "part(*a)",
    ],
)  # fmt: skip
def test_no_function_but_the_five_can_be_called(formula: str) -> None:
    with pytest.raises(CatalogueError):
        formulas.parse(formula)


@pytest.mark.parametrize(
    "formula",
    [
        "previous()", "previous(a, b)", "mean2(2)", "country()", "country('SSS')", "hhi(a, 'A')",
        "hhi(a + b)", "part(a)", "part('A', 'B')", "part(a, b)", "part(a + b, 'A')", "part(a, 1)",
    ],
)  # fmt: skip
def test_a_call_that_does_not_fit_says_how_to_write_it(formula: str) -> None:
    with pytest.raises(CatalogueError, match=r"write [a-z0-9]+\(indicator"):
        formulas.parse(formula)


def test_the_message_names_the_formula_and_the_stranger() -> None:
    with pytest.raises(
        CatalogueError, match=r"'a\.b' does not belong in a formula \('2 \* a\.b'\)"
    ):
        formulas.parse("2 * a.b")
    with pytest.raises(
        CatalogueError, match="unknown function 'mean' in 'mean\\(a\\)'; known: prev"
    ):
        formulas.parse("mean(a)")
    with pytest.raises(CatalogueError, match=r"'a \+' is not an expression"):
        formulas.parse("a +")


def test_parents_are_the_indicators_without_functions_and_codes() -> None:
    assert formulas.parents('100 * part(b, "Y0-4") / country(mean2(a)) - b') == ("a", "b")
    assert formulas.parents("1 + 2") == ()


def test_codes_are_those_that_part_names() -> None:
    formula = 'part(a, "A", "B") / country(part(b, "C"))'
    assert set(formulas.codes(formula)) == {("a", "A"), ("a", "B"), ("b", "C")}
    assert formulas.codes("a / b") == ()


def test_every_function_is_known_to_the_evaluation_of_columns() -> None:
    from tilannekuva import columns

    assert set(columns.FUNCTIONS) == set(formulas.FUNCTIONS)
