"""The tables that the PxWeb services serve, and the shapes they are served in.

One door to the rooms behind it; both PxWeb services import from here.
"""

from __future__ import annotations

from .cube_formats import csv, csv2, csv3, latin, pxjson
from .cube_jsonstat import jsonstat1, jsonstat2
from .cube_making import from_jsonstat2, generated
from .cube_model import Cube, Role, Texts, Variable, arranged, said, select, shown
from .cube_px import px
from .cube_variables import ages, areas, contents, months, quarters, sexes, years

__all__ = [
    "Cube", "Role", "Texts", "Variable", "ages", "areas", "arranged", "contents", "csv", "csv2",
    "csv3", "from_jsonstat2", "generated", "jsonstat1", "jsonstat2", "latin", "months", "px",
    "pxjson", "quarters", "said", "select", "sexes", "shown", "years",
]  # fmt: skip
