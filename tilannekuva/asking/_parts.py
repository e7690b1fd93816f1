"""A question too large for one answer: cut along the slowest dimension, and put together again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import prod

import numpy as np

from tilannekuva.errors import SourceError
from tilannekuva.sources._cube import Cube, check_codes
from tilannekuva.sources._cube_time import strip_star

__all__ = ["Selection", "join", "split"]

Selection = Mapping[str, Sequence[str]]
"""Variable → the codes asked for; the order of the keys is that of the table."""


def split(selection: Selection, max_cells: int, max_values: int | None = None) -> list[Selection]:
    """Cut a question into ones that the service bears, in row-major order.

    The first variable is cut first, so that the answers one after the other are the whole; a single
    code of it that is still too much is kept and the next variable is cut.

    Args:
        selection: What is asked for.
        max_cells: How many figures one answer may hold.
        max_values: How many codes of one variable may be asked for at once.

    Returns:
        Questions that each hold at most ``max_cells`` figures.

    >>> [dict(p) for p in split({"year": ["1", "2", "3"], "area": ["a", "b"]}, 4)]
    [{'year': ['1', '2'], 'area': ['a', 'b']}, {'year': ['3'], 'area': ['a', 'b']}]
    """
    most = max(1, min(max_cells, max_values or max_cells))
    names = list(selection)
    pieces: list[Selection] = [{}]
    for n, name in enumerate(names):
        rest = prod(len(selection[later]) for later in names[n + 1 :])
        codes = list(selection[name])
        size = min(most, max(1, max_cells // rest)) if rest else most
        runs = [codes[k : k + size] for k in range(0, len(codes), size)] or [codes]
        pieces = [{**piece, name: run} for piece in pieces for run in runs]
    return pieces


def join(cubes: Sequence[Cube], selection: Selection, where: str) -> Cube:
    """The whole cube from its parts, whatever their order.

    Args:
        cubes: The parts as parsed.
        selection: What was asked for: the whole, in the table's order.
        where: Source and table, for errors.

    Returns:
        Every cell that was asked for, row-major. The words are those of the first part.

    Raises:
        SourceError: A part has a code nobody asked for or one twice, two parts have the same cell,
            or a cell is in none: named by its codes.
    """
    names = list(selection)
    place = {n: _places(selection[n]) for n in names}
    sizes = [len(selection[n]) for n in names]
    values = np.full(sizes, np.nan)
    status = np.zeros(sizes, dtype=np.int8)
    seen = np.zeros(sizes, dtype=bool)
    for cube in cubes:
        if set(cube.codes) != set(names):
            raise SourceError(
                f"{where}: an answer has the variables {', '.join(cube.codes)}, asked were "
                f"{', '.join(names)}"
            )
        spots = [_spots(cube.codes[n], place[n], n, where) for n in names]
        order = [list(cube.codes).index(n) for n in names]
        shape = [len(c) for c in cube.codes.values()]
        at = np.ix_(*spots)
        if seen[at].any():
            raise SourceError(f"{where}: two parts of the answer hold the same figures")
        seen[at] = True
        values[at] = cube.values.reshape(shape).transpose(order)
        status[at] = cube.status.reshape(shape).transpose(order)
    if not seen.all():
        lost = next(_cells(selection, ~seen))
        raise SourceError(
            f"{where}: the answer lacks cells that were asked for, the first is {lost}"
        )
    first = cubes[0]
    info = replace(first.info, dimensions=tuple(names), marks={})
    return Cube({n: tuple(selection[n]) for n in names}, values.ravel(), status.ravel(), info)


def _places(codes: Sequence[str]) -> dict[str, int]:
    """Code → its place; a preliminary period is answered without the asterisk it is asked with."""
    bare = {c: k for k, c in enumerate(strip_star(codes))}
    return bare | {c: k for k, c in enumerate(codes)}


def _spots(codes: Sequence[str], place: Mapping[str, int], name: str, where: str) -> list[int]:
    check_codes(name, codes, where)
    strange = [c for c in codes if c not in place]
    if strange:
        raise SourceError(f"{where}: the answer has {name}={strange[0]}, which was not asked for")
    return [place[c] for c in codes]


def _cells(selection: Selection, mask: np.ndarray) -> Iterator[str]:
    for spot in np.argwhere(mask):
        yield ", ".join(f"{n}={selection[n][k]}" for n, k in zip(selection, spot, strict=True))
