"""Code lists of PxWebApi 2: values picked from those of a variable, or summed from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from .cubes import Cube, Texts, Variable, said

__all__ = ["Codelist", "applied"]


@dataclass(frozen=True)
class Codelist:
    """Other values for a variable; ``agg_`` in the id sums groups of them, ``vs_`` picks some."""

    id: str
    variable: str
    values: Mapping[str, Sequence[str]]
    """The variable's own codes by the codes of the list; some need not be in every table."""
    label: Texts = field(default_factory=dict)
    labels: Mapping[str, Texts] = field(default_factory=dict)
    """By the codes of the list; without any the table's own texts or the codes stand in."""
    total: str | None = None
    """The code of the list that stands in where the variable is left out."""

    @property
    def type(self) -> str:
        return "Aggregation" if self.id.startswith("agg_") else "Valueset"

    def suits(self, variable: Variable) -> bool:
        """Whether a variable can be expressed by the list."""
        own = set(variable.codes)
        return variable.code == self.variable and any(own & set(c) for c in self.values.values())

    def text(self, code: str, variable: Variable | None, lang: str) -> str:
        if code in self.labels:
            return str(said(self.labels[code], lang, code))
        if variable is not None and code in variable.codes:
            return variable.label(code, lang)
        return code


def applied(cube: Cube, variable: Variable, codelist: Codelist) -> Cube:
    """The table with one of its variables expressed by a code list."""
    place = {c: i for i, c in enumerate(variable.codes)}
    inside = {code: [place[c] for c in own if c in place] for code, own in codelist.values.items()}
    groups = {code: places for code, places in inside.items() if places}
    langs = {*variable.labels, *(lang for t in codelist.labels.values() for lang in t)}
    expressed = replace(
        variable,
        codes=list(groups),
        labels={x: [codelist.text(c, variable, x) for c in groups] for x in langs},
        elimination=codelist.total,
        value_notes={c: n for c, n in variable.value_notes.items() if c in groups},
    )
    at = list(cube.variables).index(variable)
    cells = np.arange(len(cube.values)).reshape(cube.sizes)
    summands = [np.moveaxis(cells.take(group, axis=at), at, -1) for group in groups.values()]
    # One list of cells for every cell of the new table, in its own order.
    lists = np.empty((len(groups), *cells.shape[:at], *cells.shape[at + 1 :]), dtype=object)
    for i, group in enumerate(summands):
        for index in np.ndindex(lists.shape[1:]):
            lists[i][index] = group[index].tolist()
    values: list[float | None] = []
    status: dict[int, str] = {}
    for parts in np.moveaxis(lists, 0, at).ravel():
        value, symbol = _sum(cube, parts)
        if symbol is not None:
            status[len(values)] = symbol
        values.append(value)
    variables = [*cube.variables[:at], expressed, *cube.variables[at + 1 :]]
    return replace(cube, variables=variables, values=values, status=status)


def _sum(cube: Cube, cells: Sequence[int]) -> tuple[float | None, str | None]:
    """A sum and its symbol; one cell alone stays as it is."""
    if len(cells) == 1:
        value = cube.values[cells[0]]
        return value, cube.symbol(cells[0]) if value is None else cube.status.get(cells[0])
    # A nil is a nought, so it adds up; any other symbol hides the sum.
    hidden = [cube.symbol(c) for c in cells if cube.values[c] is None]
    for symbol in hidden:
        if symbol != "-":
            return None, symbol
    return sum(cube.values[c] or 0 for c in cells), None
