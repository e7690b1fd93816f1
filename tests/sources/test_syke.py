"""Syke's emissions by municipality: small files of our own, named by what is special in them.

No real file is at hand. The columns, separator, decimal comma and marks of absence are those that
the publisher's own users read.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilannekuva.errors import SourceError
from tilannekuva.sources.syke import QUANTITY, parse, read_syke

FILE = (
    "vuosi;taso_3;taso_4;taso_5;kt;kt_tuuli;GWh;hinku_laskenta;päästökauppa\r\n"
    "2022;Säh;Säh;Asu;1,25;1,2;10,5;TRUE;FALSE\r\n"
    "2022;Tuu;Tuu;Tuu;-3;NA;NULL;TRUE;FALSE\r\n"
    "2023;Säh;Säh;Asu;1e-05;;0;TRUE;FALSE\r\n"
)


def rows(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Rows as plain values; a missing number is None."""
    plain = frame.astype(object)
    return [tuple(r) for r in plain.where(plain.notna(), None).itertuples(index=False)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "kunta_5.csv"
    place.write_bytes(FILE.encode())
    return place


def test_a_file_becomes_a_row_a_quantity(file: Path) -> None:
    frame, info = read_syke(file, info=True)
    assert list(frame.columns) == [
        "kunta", "vuosi", "taso_3", "taso_4", "taso_5", "hinku_laskenta", "päästökauppa", QUANTITY,
        "value", "status",
    ]  # fmt: skip
    key = ("005", "2022", "Säh", "Säh", "Asu", "TRUE", "FALSE")
    assert rows(frame)[:3] == [
        (*key, "kt", 1.25, "final"), (*key, "kt_tuuli", 1.2, "final"), (*key, "GWh", 10.5, "final"),
    ]  # fmt: skip
    assert [r[-2:] for r in rows(frame)[3:]] == [
        (-3.0, "final"), (None, "not_available"), (None, "not_available"),
        (1e-05, "final"), (None, "not_available"), (0.0, "final"),
    ]  # fmt: skip
    assert info.units == {"kt": "kt CO2e", "kt_tuuli": "kt CO2e", "GWh": "GWh"}
    assert (info.time, info.roles["geo"]) == ("vuosi", ("kunta",))


def test_the_municipality_stands_in_the_name_of_the_file_only(file: Path) -> None:
    """A number of one digit is padded; bytes have no name, so the column stays away."""
    assert set(read_syke(file)["kunta"]) == {"005"}
    assert "kunta" not in read_syke(FILE.encode())
    named = parse(FILE.encode(), "0123456789abcdef.csv", municipality="205").frame()
    assert set(named["kunta"]) == {"205"}
    with file.open("rb") as opened:
        pd.testing.assert_frame_equal(read_syke(opened), read_syke(file))


def test_texts_between_quotation_marks() -> None:
    quoted = FILE.replace("Säh", '"Säh"').replace("vuosi", '"vuosi"')
    pd.testing.assert_frame_equal(read_syke(quoted.encode()), read_syke(FILE.encode()))


def test_na_among_the_codes_is_a_code() -> None:
    frame = read_syke(FILE.replace(";Asu;", ";NA;").encode())
    assert set(frame["taso_5"]) == {"NA", "Tuu"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-15"])
def test_encodings(encoding: str) -> None:
    pd.testing.assert_frame_equal(read_syke(FILE.encode(encoding)), read_syke(FILE.encode()))


def test_head_without_rows_is_no_rows() -> None:
    assert len(read_syke(FILE[: FILE.index("\n") + 1].encode())) == 0


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            FILE.replace("1,25", "1.25"),
            r"line 2: '1.25' for 'kt' is no number with a decimal comma",
        ),
        (FILE.replace("1,25", "1.250,5"), r"'1.250,5' for 'kt' is no number"),
        (FILE.replace("1,25", "x"), r"line 2: 'x' for 'kt' is no number"),
        (FILE.replace("1,25", "1,2,5"), r"'1,2,5' for 'kt' is no number"),
        (FILE.replace("1,25", "1;25"), r"a row is not of the head's width"),
        (FILE.replace("2023", "2022"), r"two rows are about vuosi=2022, taso_3=Säh"),
        (FILE.replace(";kt;", ";t;"), r"the head has no column 'kt'"),
        (FILE.replace("taso_4", "laji"), r"the head has an unknown column 'laji'"),
        (FILE.replace("taso_4", "taso_3"), r"the head has a column twice"),
        (FILE.replace(";", ","), r"the head has no column 'vuosi'"),
        ("<html>404</html>", r"a web page, not figures"),
        ("", r"the answer is empty"),
    ],
)
def test_what_is_wrong_is_named(data: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_syke(data.encode())


NUMBERS = st.none() | st.floats(-1e6, 1e6).map(lambda x: round(x, 6))
ROW = st.tuples(NUMBERS, NUMBERS, NUMBERS)


@given(st.dictionaries(st.tuples(st.integers(2005, 2030), st.sampled_from("ABC")), ROW))
def test_what_is_written_is_read_back(
    cells: dict[tuple[int, str], tuple[float | None, ...]],
) -> None:
    lines = ["vuosi;taso_3;kt;kt_tuuli;GWh"]
    for (year, sector), figures in cells.items():
        texts = ["NA" if f is None else repr(f).replace(".", ",") for f in figures]
        lines.append(";".join([str(year), sector, *texts]))
    wanted = [
        (str(year), sector, name, figure, "not_available" if figure is None else "final")
        for (year, sector), figures in cells.items()
        for name, figure in zip(("kt", "kt_tuuli", "GWh"), figures, strict=True)
    ]
    assert rows(read_syke(("\n".join(lines) + "\n").encode())) == wanted


def test_what_pandas_reads_by_hand() -> None:
    ours = read_syke(FILE.encode())
    theirs = pd.read_csv(io.StringIO(FILE), sep=";", decimal=",", na_values=["NA", "NULL"])
    for name in ("kt", "kt_tuuli", "GWh"):
        np.testing.assert_array_equal(ours.loc[ours[QUANTITY] == name, "value"], theirs[name])
    assert ours["vuosi"].astype(int).tolist() == theirs["vuosi"].repeat(3).tolist()
