"""What the readers of rows share: cells by place, codes, figures that stand twice, plain bytes."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilannekuva.errors import SourceError
from tilannekuva.sources import _eurostat_tsv, _pxweb_json, _rows, _slices, _sotkanet_rows
from tilannekuva.sources._json_rows import adjoin, like_template
from tilannekuva.sources._plain import plain
from tilannekuva.sources._rows import check_unique, mark_preliminary
from tilannekuva.sources._slices import (
    NotANumber,
    codes,
    codes_at,
    cut,
    find,
    numbers,
    numbers_of,
    stands,
)
from tilannekuva.sources.eurostat import read_eurostat_tsv
from tilannekuva.sources.pxweb import read_pxweb_json
from tilannekuva.sources.sotkanet import read_sotkanet

TEXTS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters=";"), max_size=9))


def laid_out(texts: list[str]) -> tuple[bytes, np.ndarray, np.ndarray]:
    """The texts with semicolons between, and where each begins and ends."""
    parts = [t.encode() for t in texts]
    ends = np.array(list(itertools.accumulate(len(p) + 1 for p in parts)), np.int64) - 1
    return b";".join(parts), ends - np.array([len(p) for p in parts], np.int64), ends


@given(TEXTS, st.sampled_from([1, 3, 1 << 18]), st.booleans())
def test_cells_are_cut_as_slices_would(texts: list[str], block: int, large: bool) -> None:
    """Blocks of any size, offsets of 32 and 64 bits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_slices, "_BLOCK", block)
        patch.setattr(_slices, "_OFFSETS_32", 0 if large else 2**31 - 1)
        data, starts, ends = laid_out(texts)
        assert cut(data, starts, ends).to_pylist() == texts
        places, known = codes_at(data, starts, ends)
        assert [known[p] for p in places] == texts
        assert known == list(dict.fromkeys(texts))
        array = np.frombuffer(data, np.uint8)
        assert find(array, b";").tolist() == [n for n, b in enumerate(data) if b == ord(";")]


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(["..", "-", ""]))
)
def test_numbers_are_what_python_reads(cells: list[float | str]) -> None:
    texts = [repr(c) if isinstance(c, float) else c for c in cells]
    wanted = [c if isinstance(c, float) else np.nan for c in cells]
    values, found = numbers(*laid_out(texts), ("..", "-", ""))
    np.testing.assert_array_equal(values, wanted)
    gaps = [t for t in dict.fromkeys(texts) if t in ("..", "-", "")]
    assert list(found) == gaps
    for gap in gaps:
        assert found[gap].tolist() == [n for n, t in enumerate(texts) if t == gap]
    np.testing.assert_array_equal(
        numbers_of(pa.array(texts, pa.string()), ("..", "-", ""))[0], wanted
    )


@pytest.mark.parametrize(
    "text", ["x", "nan", "inf", "1 2", "0x10", "1_0", "1,5", "１", "--1", "1e", "e5"]
)
def test_what_is_no_number_is_named_by_row_and_text(text: str) -> None:
    with pytest.raises(NotANumber) as caught:
        numbers(*laid_out(["1", "..", text, "y"]), ("..",))
    assert caught.value.row in (2, 3)
    assert caught.value.text in (text, "y")


def test_a_column_in_pieces_is_one_column() -> None:
    pieces = pa.chunked_array([["1"], [], ["-", "2"]], pa.string())
    values, found = numbers_of(pieces, ("-",))
    np.testing.assert_array_equal(values, [1.0, np.nan, 2.0])
    assert found["-"].tolist() == [1]
    encoded = pa.chunked_array(
        [pa.array(["b", "a"]).dictionary_encode(), pa.array(["a"]).dictionary_encode()]
    )
    places, texts = codes(encoded)
    assert [texts[p] for p in places] == ["b", "a", "a"]
    assert codes(pa.chunked_array([], pa.string()))[1] == []


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17])
def test_every_byte_of_a_text_counts(length: int) -> None:
    text = bytes(range(65, 65 + length))
    array = np.frombuffer(text + b"--" + text, np.uint8)
    at = np.array([0, length + 2])
    assert stands(array, at, text)
    for place in range(length):
        other = text[:place] + b"!" + text[place + 1 :]
        assert not stands(array, at, other)
        assert not stands(np.frombuffer(text + b"--" + other, np.uint8), at, text)
    assert not stands(array, at + 1, text)
    assert not stands(array, at - 1, text)


def test_a_template_wants_its_anchors_where_they_are() -> None:
    data = b"<1:22><3:4>"
    array = np.frombuffer(data, np.uint8)
    anchors = find(array, b"<:>").reshape(2, 3)
    found = like_template(array, anchors, [b"<", b":", b">"], b"<:>")
    assert found is not None
    assert [cut(data, *cell).to_pylist() for cell in found.cells] == [["1", "3"], ["22", "4"]]
    assert adjoin(array, found.begin, found.end, b"", (0, len(data)))
    assert not adjoin(array, found.begin, found.end, b",", (0, len(data)))
    assert not adjoin(array, found.begin, found.end, b"", (0, len(data) + 1))
    assert like_template(array, anchors, [b"<", b";", b">"], b"<:>") is None
    assert like_template(array, anchors, [b"<", b":>"], b"<:>") is None


def test_figures_that_stand_twice_are_found_in_any_size_of_cube() -> None:
    for size in (2, 10**6, 2**40):
        listed = ["a", "b"] if size == 2 else LongList(size)
        one = {"x": (np.array([0, 1, 0]), listed), "y": (np.array([0, 0, 1]), listed)}
        check_unique(one, "f")
        with pytest.raises(SourceError, match="f: two rows are about x="):
            check_unique({n: (np.append(p, p[1]), c) for n, (p, c) in one.items()}, "f")


class LongList(list[str]):
    """A list of codes that claims to be long."""

    def __init__(self, size: int) -> None:
        super().__init__(["a", "b"])
        self.size = size

    def __len__(self) -> int:
        return self.size


def test_an_asterisk_is_of_a_period_only() -> None:
    status = np.zeros(4, np.int8)
    column, after = mark_preliminary(
        (np.arange(4), ["2024*", "2025M03 *", "Väestö 2025* yhteensä", "Muut*"]), status
    )
    assert column[1] == ["2024", "2025M03", "Väestö 2025 yhteensä", "Muut*"]
    assert after.astype(bool).tolist() == [True, True, True, False]
    untouched = (np.arange(1), ["Muut*"])
    assert mark_preliminary(untouched, status[:1]) == (untouched, status[:1])


def test_bytes_become_plain_utf_8() -> None:
    text = "Ähtäri ½ €"
    for data in (text.encode(), text.encode("utf-8-sig"), gzip.compress(text.encode())):
        assert plain(data, "f").decode() == text
    assert plain("Ähtäri Š".encode("iso-8859-15"), "f").decode() == "Ähtäri Š"
    assert plain("Ähtäri ’½".encode("cp1252"), "f").decode() == "Ähtäri ’½"


def test_a_cube_too_large_for_the_check_by_cell_is_checked_by_hash() -> None:
    assert _rows._ROOM < 1000
    lines = [f"g{n},u{n}\t1 \n" for n in range(1000)]
    whole = "geo,unit\\time\t2022 \n" + "".join(lines)
    assert len(read_eurostat_tsv(whole.encode())) == 1000
    with pytest.raises(SourceError, match="two rows are about geo=g7, unit=u7"):
        read_eurostat_tsv((whole + lines[7]).encode())


# --- damaged answers: the quick way takes nothing that the careful way refuses -------------------

TSV = (
    b"freq,unit,geo\\TIME_PERIOD\t2021 \t2022 \r\nA,NR,FI1D8\t71664 b\t: c\r\nA,NR,FI\t5.5 \t: \r\n"
)
SOTKANET = (
    b'[{"indicator":4,"region":504,"year":2022,"gender":"total","value":3.4,"absValue":9},'
    b'{"indicator":4,"region":658,"year":2022,"gender":"male","value":71.3}]'
)
SOTKANET_2016 = (
    b'[{"region":"69","indicator":"127","primary value":"2406","gender":"total","year":"2009"},'
    b'{"region":"936","indicator":"127","primary value":"27734","gender":"total","year":"2009"}]'
)
PXWEB = (
    b'{"columns":[{"code":"a","text":"A","type":"d"},{"code":"v","text":"V","type":"c"}],'
    b'"comments":[],"data":[{"key":["MK18"],"values":["-"]},{"key":["SSS"],"values":["5.5"]}]}'
)
EDITS = st.lists(
    st.tuples(
        st.integers(0, 10**6),
        st.integers(0, 4),
        st.sampled_from([b"", *(bytes([b]) for b in b'\t\n\r ,;:"\\{}[]07.-*aN'), b'","', b"},{"]),
    ),
    min_size=1,
    max_size=3,
)


def damaged(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    """Some bytes taken out, some put in."""
    for place, gone, new in edits:
        at = place % len(data)
        data = data[:at] + new + data[at + gone :]
    return data


def decoded(column: tuple[np.ndarray, list[str]]) -> list[str]:
    return [column[1][p] for p in column[0]]


@settings(max_examples=400)
@given(EDITS, st.booleans())
def test_damaged_tsv(edits: list[tuple[int, int, bytes]], unix: bool) -> None:
    data = damaged(TSV.replace(b"\r\n", b"\n") if unix else TSV, edits)
    line = data.split(b"\n", 1)[0].decode().rstrip("\r")
    if not data.endswith(b"\n") or not _eurostat_tsv.looks_like_tsv(line):
        return
    try:
        head = _eurostat_tsv._read_head(line, "f")
    except SourceError:
        return
    fast = _eurostat_tsv._all_at_once(data, head)
    # The reader refuses a flag that has anything but small letters.
    if fast is None or any(not f.isalpha() or not f.islower() for f in fast[2][1] if f):
        return
    slow = _eurostat_tsv._one_by_one(data, head, "f")
    np.testing.assert_array_equal(fast[1], slow[1])
    assert [*map(decoded, fast[0]), decoded(fast[2])] == [*map(decoded, slow[0]), decoded(slow[2])]


@settings(max_examples=400)
@given(EDITS, st.sampled_from([SOTKANET, SOTKANET_2016]))
def test_damaged_sotkanet(edits: list[tuple[int, int, bytes]], sample: bytes) -> None:
    data = damaged(sample, edits)
    fast = _sotkanet_rows._by_place(data)
    # A JSON parser is stricter about the spelling of a number that says the same.
    if fast is None or re.search(rb"[:-]0[0-9]|\.[^0-9]|[^0-9]\.", data):
        return
    slow = _sotkanet_rows._by_parser(data, "f")
    np.testing.assert_array_equal(fast.values, slow.values)
    assert (fast.absolute is None) == (slow.absolute is None)
    if fast.absolute is not None and slow.absolute is not None:
        np.testing.assert_array_equal(fast.absolute, slow.absolute)
    for name in _sotkanet_rows.DIMENSIONS:
        assert decoded(fast.columns[name]) == decoded(slow.columns[name])


@settings(max_examples=400)
@given(EDITS)
def test_damaged_pxweb(edits: list[tuple[int, int, bytes]]) -> None:
    data = damaged(PXWEB, edits)
    gaps = {"", *_pxweb_json.MARKS}
    fast = _pxweb_json._by_place(data, gaps)
    if fast is None:
        return
    slow = _pxweb_json._by_parser(data, gaps, "f")
    assert list(map(decoded, fast.keys)) == list(map(decoded, slow.keys))
    for ours, theirs in zip(fast.figures, slow.figures, strict=True):
        np.testing.assert_array_equal(ours.values, theirs.values)
        assert {m: r.tolist() for m, r in ours.marks.items()} == {
            m: r.tolist() for m, r in theirs.marks.items()
        }
    assert {k: v for k, v in fast.head.items() if k != "data"} == dict(slow.head)


@settings(max_examples=300)
@given(EDITS, st.sampled_from([TSV, SOTKANET, PXWEB]))
def test_a_damaged_answer_is_read_or_refused_and_nothing_else(
    edits: list[tuple[int, int, bytes]], sample: bytes
) -> None:
    reader = {TSV: read_eurostat_tsv, SOTKANET: read_sotkanet, PXWEB: read_pxweb_json}[sample]
    with contextlib.suppress(SourceError):
        reader(damaged(sample, edits))
