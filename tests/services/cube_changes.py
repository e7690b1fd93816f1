"""What publishers do to a table between two calls: new names, new figures, new units."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from .cube_model import Cube, Variable, said, select

__all__ = ["dated", "published", "rolled", "undated", "with_unit", "without_variable"]

ARCHIVE = "StatFin_Passiivi"
"""The change of June 2026 left this database alone."""
KEPT_CODES = ("tyonv",)
"""Folders whose variables kept their old codes although their files got short names."""
_DATED = {
    "Alue": "alue_23_20260101",
    "Vuosi": "timeperiod_y",
    "Kuukausi": "timeperiod_m",
    "Vuosineljännes": "timeperiod_q",
    "Tiedot": "contentscode",
    "Ikä": "ikaryhma_10_20180101",
    "Sukupuoli": "sukupuoli_9_20180101",
}
_AREA_VINTAGE = re.compile(r"^((?:alue|kunta|maakunta|postinumeroalue)_\d+_)(\d{4})(0101)$")


def dated(cube: Cube) -> Cube:
    """The names since 8 June 2026: short files, dated variables, contents with a prefix."""
    if cube.database == ARCHIVE or not cube.long_names:
        return cube
    codes = dict(cube.june_codes)
    if cube.folder not in KEPT_CODES:
        for variable in cube.variables:
            codes.setdefault(variable.code, _DATED.get(variable.code) or _slug(variable.code))
            if variable.role == "contents":
                for code in variable.codes:
                    codes.setdefault(code, f"{cube.folder}-{code}")
    short = replace(cube, long_names=False, matrix=cube.id, june_codes={})
    return _renamed(short, codes)


def undated(cube: Cube) -> Cube:
    """The names before June 2026: long files, labels as codes, bare codes of the contents."""
    codes: dict[str, str] = {}
    for variable in cube.variables:
        codes[variable.code] = str(said(variable.texts, "fi"))
        if variable.role == "contents":
            codes |= {c: c.removeprefix(f"{cube.folder}-") for c in variable.codes}
    back = {old: new for new, old in codes.items()}
    long = replace(cube, long_names=True, matrix=f"001_{cube.id}_2025", june_codes=back)
    return _renamed(long, codes)


def _slug(label: str) -> str:
    """A code such as tyopaikan_alue_1_20240101 for a label that has none of its own."""
    plain = label.lower().translate(str.maketrans("åäö", "aao"))
    if re.search(r"_\d{8}$", plain) or plain in _DATED.values():
        return label
    return re.sub(r"\W+", "_", plain).strip("_") + "_1_20240101"


def rolled(cube: Cube) -> Cube:
    """The area division of the next year; other classifications keep their dates."""
    codes = {
        v.code: f"{found[1]}{int(found[2]) + 1}{found[3]}"
        for v in cube.variables
        if (found := _AREA_VINTAGE.match(v.code))
    }
    if not codes:
        return cube
    newer = [
        replace(v, map_name=re.sub(r"\d{4}$", lambda y: str(int(y[0]) + 1), v.map_name))
        if v.code in codes and v.map_name
        else v
        for v in cube.variables
    ]
    return _renamed(replace(cube, variables=newer), codes)


def _renamed(cube: Cube, codes: Mapping[str, str]) -> Cube:
    """The same table with other codes for variables and contents."""

    def variable(old: Variable) -> Variable:
        new = replace(old, code=codes.get(old.code, old.code))
        if old.role != "contents":
            return new
        notes = {codes.get(c, c): n for c, n in old.value_notes.items()}
        return replace(new, codes=[codes.get(c, c) for c in old.codes], value_notes=notes)

    return replace(
        cube,
        variables=[variable(v) for v in cube.variables],
        units={codes.get(c, c): u for c, u in cube.units.items()},
        precision={codes.get(c, c): d for c, d in cube.precision.items()},
        heading=None if cube.heading is None else [codes.get(c, c) for c in cube.heading],
    )


def without_variable(cube: Cube, code: str) -> Cube:
    """The table without a variable: its total is left, or its first value."""
    variable = cube.variable(code)
    total = variable.elimination or variable.codes[0]
    others = [v if v.code != code else replace(v, elimination=total) for v in cube.variables]
    return select(replace(cube, variables=others), {}, [code])


def with_unit(cube: Cube, contents: str, unit: str) -> Cube:
    """The table with another unit for one contents code; the figures stay."""
    given = dict.fromkeys(cube.languages, unit)
    return replace(cube, units={**cube.units, contents: given})


def published(
    cube: Cube,
    values: Sequence[float | None] | Mapping[int, float | None],
    updated: str,
    status: Mapping[int, str] | None = None,
) -> Cube:
    """A revised table: all figures anew, or some by their places.

    Without ``status`` a cell that gets a figure loses its symbol and one that loses it gets ``..``.
    """
    figures = list(cube.values)
    for place, value in values.items() if isinstance(values, Mapping) else enumerate(values):
        figures[place] = value
    if status is None:
        was = {i for i, v in enumerate(cube.values) if v is None}
        status = {i: s for i, s in cube.status.items() if figures[i] is None or i not in was}
        gone = {i: ".." for i, v in enumerate(figures) if v is None and i not in was}
        status = status | gone
    return replace(cube, values=figures, status=status, updated=updated, stamped=None)
