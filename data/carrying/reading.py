"""Small readers that several subjects share: text in, text out, nothing changed on the way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from .common import split_flags

NUTS_2021 = (
    "FI", "FI1B1", "FI1C1", "FI1C2", "FI1C3", "FI1C4", "FI1C5", "FI1D1", "FI1D2", "FI1D3", "FI1D5",
    "FI1D7", "FI1D8", "FI1D9", "FI193", "FI194", "FI195", "FI196", "FI197", "FI200",
)  # fmt: skip
"""The whole country and its 19 regions; the levels between them and duplicates stay out."""

KAINUU = ("KU105", "KU205", "KU290", "KU578", "KU620", "KU697", "KU765", "KU777")

EUROSTAT_LICENCE = "CC BY 4.0"
STATFIN_LICENCE = "CC BY 4.0"


def read_text(file: Path, sep: str = ",", encoding: str = "utf-8", skip: int = 0) -> pd.DataFrame:
    """A table in which every cell is the printed text and an empty cell is empty."""
    return pd.read_csv(
        file, sep=sep, dtype=str, keep_default_na=False, encoding=encoding, skiprows=skip
    )


def eurostat_wide(file: Path, sep: str = ",") -> pd.DataFrame:
    r"""A Eurostat table with years in columns, long: Finnish regions, value and flag apart.

    The key stands in plain columns (``freq,unit,geo,1990,…``) or, in the tab-separated form, in one
    cell (``freq,sex,unit,age,geo\TIME_PERIOD``).
    """
    wide = read_text(file, sep)
    first = str(wide.columns[0])
    if "\\" in first:
        names = first.split("\\")[0].split(",")
        key = wide[first].str.split(",", expand=True).set_axis(names, axis=1)
        wide = pd.concat([key, wide.drop(columns=first)], axis=1)
    wide.columns = pd.Index([str(c).strip() for c in wide.columns])
    wide = wide[wide["geo"].isin(NUTS_2021)]
    keys = [c for c in wide.columns if not re.fullmatch(r"\d{4}", c)]
    long = wide.melt(id_vars=keys, var_name="time", value_name="cell")
    values, flags = split_flags(long["cell"])
    return long.drop(columns="cell").assign(value=values, flag=flags)


def whole(cells: pd.Series) -> pd.Series:
    """Counts as the publisher prints them: ``868.0`` is the trace of a conversion, 868 was printed.

    >>> list(whole(pd.Series(["868.0", "-40.0", "543.00", ""])))
    ['868', '-40', '543', '']
    """
    return cells.str.replace(r"\.0+$", "", regex=True)


class Px:
    """A PC-Axis file: codes of each variable and the numbers in row-major order."""

    def __init__(self, file: Path, encoding: str = "iso-8859-15") -> None:
        head, _, body = file.read_text(encoding=encoding).partition("DATA=")
        self.variables = [*_words(head, "STUB"), *_words(head, "HEADING")]
        self.codes = {v: _words(head, f'CODES("{v}")') for v in self.variables}
        self.numbers = body.rstrip().rstrip(";").split()

    def cells(self) -> pd.DataFrame:
        """Every cell: a column per variable, in lower case, and ``value``."""
        index = pd.MultiIndex.from_product([self.codes[v] for v in self.variables])
        if len(index) != len(self.numbers):
            raise SystemExit(f"{len(self.numbers)} numbers for {len(index)} cells")
        frame = index.to_frame(index=False).set_axis([v.lower() for v in self.variables], axis=1)
        return frame.assign(value=self.numbers)


def _words(head: str, keyword: str) -> list[str]:
    found = re.search(rf"(?m)^{re.escape(keyword)}=(.*?);\s*$", head, re.DOTALL)
    if found is None:
        raise SystemExit(f"the file has no keyword {keyword}")
    return re.findall(r'"([^"]*)"', found[1])


def only(frame: pd.DataFrame, **wanted: str | Iterable[str]) -> pd.DataFrame:
    """Rows whose named columns have one of the wanted values."""
    for column, values in wanted.items():
        frame = frame[frame[column].isin([values] if isinstance(values, str) else list(values))]
    return frame
