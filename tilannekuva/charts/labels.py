"""Places for labels: apart from each other, near what they name."""

from __future__ import annotations

from collections.abc import Sequence

from tilannekuva.charts import style

__all__ = ["spread", "wrap"]


def spread(
    wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Middles as near the wanted ones as can be, so that no two overlap and all lie inside.

    Neighbours that would overlap are merged into one block that sits at their mean wish
    (pool adjacent violators), so the total squared shift is the least there is.

    Args:
        wanted: Wished middles.
        heights: Height of each label.
        low: Nothing reaches above this ...
        high: ... or below this. Labels that do not fit at all start from ``low``.

    >>> spread([10, 12, 50], [10, 10, 10], 0, 100)
    [6.0, 16.0, 50.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    blocks: list[tuple[float, float, list[int]]] = []  # top, height, members

    def settle(top: float, height: float) -> float:
        return max(low, min(top, high - height))

    for i in order:
        height = heights[i]
        top = settle(wanted[i] - height / 2, height)
        members = [i]
        while blocks and blocks[-1][0] + blocks[-1][1] > top:
            _, above, inside = blocks.pop()
            members = inside + members
            height += above
            offset, wishes = 0.0, 0.0
            for m in members:
                wishes += wanted[m] - heights[m] / 2 - offset
                offset += heights[m]
            top = settle(wishes / len(members), height)
        blocks.append((top, height, members))
    middles = [0.0] * len(wanted)
    for top, _, members in blocks:
        for m in members:
            middles[m] = top + heights[m] / 2
            top += heights[m]
    return middles


def wrap(text: str, width: float, size: float = style.TEXT, bold: bool = False) -> list[str]:
    """Break a text into lines no wider than ``width``, at spaces and after hyphens.

    A word longer than a line stands alone and runs over: it is never cut.

    >>> wrap("Pohjois-Karjala", 60)
    ['Pohjois-', 'Karjala']
    """
    pieces: list[str] = []
    for word in text.split(" "):
        parts = word.split("-")
        glued = [p + "-" for p in parts[:-1]] + [parts[-1]]
        pieces.extend([g for g in glued[:-1] if g] + [glued[-1] + " "])
    lines: list[str] = []
    line = ""
    for piece in pieces:
        if line and style.text_width((line + piece).rstrip(), size, bold) > width:
            lines.append(line.rstrip())
            line = piece
        else:
            line += piece
    if line.strip():
        lines.append(line.rstrip())
    return lines
