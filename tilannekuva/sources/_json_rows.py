"""Rows of JSON that are all spelled like the first one, found by their places.

Services write a million rows with one loop: between the figures stands the same text in every row.
Where it does, checked byte by byte, the rows need no JSON parser; where it does not, the readers
take one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tilannekuva.sources._slices import Places, stands

__all__ = ["Found", "adjoin", "are_texts", "like_template"]


_ROWS = 1 << 12
"""Rows looked at in one go, so that their bytes are read from memory once."""


class Found(NamedTuple):
    """Where the rows are and where their cells are."""

    begin: Places
    """Of each row; shape (rows,)."""
    end: Places
    cells: list[tuple[Places, Places]]
    """Starts and ends of each cell of a row; shape (rows,) each."""


def like_template(
    array: npt.NDArray[np.uint8], anchors: Places, literals: Sequence[bytes], anchor: bytes
) -> Found | None:
    """Find cells between texts that are the same in every row.

    Args:
        array: The bytes.
        anchors: Every place of the anchor bytes, row by row; shape (rows, anchors in a row).
        literals: What stands before the first cell, between the cells and after the last; each has
            an anchor, the cells have none.
        anchor: The anchor bytes.

    Returns:
        The cells of every row, or None where some row is spelled in another way.

    >>> data = np.frombuffer(b"<1:22><3:4>", np.uint8)
    >>> anchors = np.array([[0, 2, 5], [6, 8, 10]])
    >>> like_template(data, anchors, [b"<", b":", b">"], b"<:>").cells[1]
    (array([3, 9]), array([ 5, 10]))
    """
    at = [[n for n, byte in enumerate(text) if byte in anchor] for text in literals]
    if sum(map(len, at)) != anchors.shape[1]:
        return None
    columns = np.cumsum([0, *map(len, at)])
    begins = np.empty((len(literals), len(anchors)), np.int64)
    for rows in (slice(n, n + _ROWS) for n in range(0, len(anchors), _ROWS)):
        part = anchors[rows]
        free = None
        for begin, text, own, column in zip(begins, literals, at, columns, strict=False):
            begin[rows] = part[:, column] - own[0]
            if (free is not None and (free > begin[rows]).any()) or not stands(
                array, begin[rows], text
            ):
                return None
            free = begin[rows] + len(text)
    starts = [b + len(text) for b, text in zip(begins, literals, strict=True)]
    return Found(begins[0], starts[-1], list(zip(starts[:-1], begins[1:], strict=True)))


def are_texts(codes: Sequence[str]) -> bool:
    r"""Whether these may stand between quotation marks in JSON as they are.

    >>> are_texts(["MK18", "a b"]), are_texts(["MK\n18"]), are_texts(['MK"18'])
    (True, False, False)
    """
    return not any(letter < " " or letter in '"\\' for code in codes for letter in code)


def adjoin(
    array: npt.NDArray[np.uint8],
    begin: Places,
    end: Places,
    between: bytes,
    bounds: tuple[int, int],
) -> bool:
    """Whether rows fill the bounds, with the same text between any two and nothing else.

    >>> data = np.frombuffer(b"[a,b]", np.uint8)
    >>> adjoin(data, np.array([1, 3]), np.array([2, 4]), b",", (1, 4))
    True
    """
    if begin[0] != bounds[0] or end[-1] != bounds[1]:
        return False
    return bool((begin[1:] - end[:-1] == len(between)).all()) and stands(array, end[:-1], between)
