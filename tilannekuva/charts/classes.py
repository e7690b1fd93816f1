"""Classes of a map: equal numbers of areas, sequential colours, limits that really occur."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["colors", "grades", "ink_on", "luminance", "members"]


def grades(values: Mapping[str, float], most: int = 5) -> dict[str, int]:
    """Class of each area, 0 the lowest: quantiles, equal values always in the same class.

    >>> grades({"a": 1, "b": 1, "c": 2, "d": 3, "e": 9}, 5)
    {'a': 0, 'b': 0, 'c': 1, 'd': 2, 'e': 3}
    """
    order = sorted(values, key=lambda c: (values[c], c))
    classes: dict[str, int] = {}
    for i, code in enumerate(order):
        same = i and values[order[i - 1]] == values[code]
        classes[code] = classes[order[i - 1]] if same else i * most // len(order)
    used = sorted(set(classes.values()))
    return {code: used.index(c) for code, c in classes.items()}


def members(values: Mapping[str, float], classes: Mapping[str, int]) -> list[tuple[float, float]]:
    """Lowest and highest value in each class: limits that are figures, not cut points.

    >>> members({"a": 1, "b": 2, "c": 5}, {"a": 0, "b": 0, "c": 1})
    [(1, 2), (5, 5)]
    """
    found = []
    for k in range(max(classes.values()) + 1):
        inside = [values[c] for c in classes if classes[c] == k]
        found.append((min(inside), max(inside)))
    return found


def colors(n: int) -> list[str]:
    """``n`` steps of cividis, from light (low) to dark (high)."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    scale = colormaps["cividis"]
    stops = [0.95 - 0.87 * i / max(n - 1, 1) for i in range(n)]
    return [to_hex(scale(s)) for s in stops]


def luminance(color: str) -> float:
    """Relative luminance of a colour ``#rrggbb`` by WCAG 2.1.

    >>> luminance("#ffffff"), luminance("#000000")
    (1.0, 0.0)
    """
    parts: Sequence[float] = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return round(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2], 6)


def ink_on(color: str) -> str:
    """Black or white, whichever is read better on the colour: 4.58 at the least."""
    return "#000000" if luminance(color) > 0.179 else "#ffffff"
