"""Cutting a question and putting its answers together again: nothing twice, nothing lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tilannekuva.asking._parts import Selection, join, split
from tilannekuva.errors import SourceError
from tilannekuva.sources._cube import Cube
from tilannekuva.sources._cube_info import CubeInfo, Texts

SELECTIONS = st.lists(st.integers(1, 7), min_size=1, max_size=5).map(
    lambda sizes: {f"v{n}": [f"{n}.{k}" for k in range(size)] for n, size in enumerate(sizes)}
)
LIMITS = st.integers(1, 60)


def figure(key: Mapping[str, str]) -> float:
    """A figure that tells which cell it is of."""
    return float(
        int("".join(f"{int(code.partition('.')[2]):02d}" for _, code in sorted(key.items())))
    )


def cube(codes: Mapping[str, Sequence[str]]) -> Cube:
    """What a service would answer, in the order of these variables and codes."""
    names = list(codes)
    keys = np.array(np.meshgrid(*codes.values(), indexing="ij")).reshape(len(names), -1)
    values = np.array([figure(dict(zip(names, key, strict=True))) for key in keys.T])
    info = CubeInfo("x", tuple(names), ("fi",), {"fi": Texts()})
    return Cube(dict(codes), values, (values % 2).astype(np.int8), info)


def size(piece: Selection) -> int:
    return prod(len(codes) for codes in piece.values())


@given(SELECTIONS, LIMITS, st.none() | st.integers(1, 60))
def test_pieces_keep_the_limits_and_are_the_whole(
    selection: dict[str, list[str]], cells: int, codes: int | None
) -> None:
    pieces = split(selection, cells, codes)
    assert all(size(p) <= cells for p in pieces)
    assert all(len(c) <= (codes or cells) for p in pieces for c in p.values())
    assert all(list(p) == list(selection) for p in pieces)
    assert sum(map(size, pieces)) == size(selection)
    whole = join([cube(p) for p in pieces], selection, "x")
    expected = cube(selection)
    assert whole.codes == {n: tuple(c) for n, c in selection.items()}
    assert np.array_equal(whole.values, expected.values)
    assert np.array_equal(whole.status, expected.status)


@given(SELECTIONS, LIMITS)
def test_one_after_the_other_the_pieces_are_the_whole(
    selection: dict[str, list[str]], cells: int
) -> None:
    in_order = np.concatenate([cube(p).values for p in split(selection, cells)])
    assert np.array_equal(in_order, cube(selection).values)


@given(SELECTIONS, LIMITS)
def test_few_pieces_are_made(selection: dict[str, list[str]], cells: int) -> None:
    # One variable is cut into runs, those before it into single codes.
    assert len(split(selection, cells)) <= 2 * -(-size(selection) // cells)


@given(SELECTIONS, LIMITS, st.randoms(use_true_random=False))
def test_the_order_of_parts_variables_and_codes_does_not_matter(
    selection: dict[str, list[str]], cells: int, random: st.DataObject
) -> None:
    parts = []
    for piece in split(selection, cells):
        names = list(piece)
        random.shuffle(names)  # type: ignore[attr-defined]
        turned = {n: list(piece[n]) for n in names}
        for codes in turned.values():
            random.shuffle(codes)  # type: ignore[attr-defined]
        parts.append(cube(turned))
    random.shuffle(parts)  # type: ignore[attr-defined]
    assert np.array_equal(join(parts, selection, "x").values, cube(selection).values)


@given(SELECTIONS, LIMITS, st.data())
def test_a_missing_piece_is_named(
    selection: dict[str, list[str]], cells: int, data: st.DataObject
) -> None:
    pieces = split(selection, cells)
    assume(len(pieces) > 1)
    lost = pieces.pop(data.draw(st.integers(0, len(pieces) - 1)))
    first = ", ".join(f"{n}={codes[0]}" for n, codes in lost.items())
    with pytest.raises(SourceError) as caught:
        join([cube(p) for p in pieces], selection, "src tab")
    assert str(caught.value) == (
        f"src tab: the answer lacks cells that were asked for, the first is {first}"
    )


@given(SELECTIONS, LIMITS, st.data())
def test_a_doubled_piece_is_named(
    selection: dict[str, list[str]], cells: int, data: st.DataObject
) -> None:
    pieces = split(selection, cells)
    again = pieces[data.draw(st.integers(0, len(pieces) - 1))]
    with pytest.raises(SourceError, match="src tab: two parts of the answer hold the same figures"):
        join([cube(p) for p in (*pieces, again)], selection, "src tab")


@given(SELECTIONS, LIMITS, st.data())
def test_a_foreign_code_is_named(
    selection: dict[str, list[str]], cells: int, data: st.DataObject
) -> None:
    pieces = [dict(p) for p in split(selection, cells)]
    piece = data.draw(st.sampled_from(pieces))
    name = data.draw(st.sampled_from(list(selection)))
    piece[name] = [*piece[name][:-1], "9.99"]
    with pytest.raises(SourceError, match=rf"the answer has {name}=9\.99, which was not asked for"):
        join([cube(p) for p in pieces], selection, "x")


def test_a_code_that_stands_twice_is_named() -> None:
    twice = cube({"v0": ["0.0", "0.1", "0.1"]})
    with pytest.raises(SourceError, match=r"the code '0\.1' stands twice in 'v0'"):
        join([twice], {"v0": ["0.0", "0.1"]}, "x")


def test_other_variables_are_named() -> None:
    with pytest.raises(SourceError, match="an answer has the variables v0, asked were v0, v1"):
        join([cube({"v0": ["0.0"]})], {"v0": ["0.0"], "v1": ["1.0"]}, "x")


def test_a_preliminary_period_is_asked_with_its_asterisk_and_answered_without() -> None:
    whole = join([cube({"v0": ["0.24", "0.25"]})], {"v0": ["0.24", "0.25*"]}, "x")
    assert whole.values.tolist() == [24.0, 25.0]
    assert whole.codes == {"v0": ("0.24", "0.25*")}


def test_a_single_code_that_is_too_much_is_cut_along_the_next_variable() -> None:
    pieces = split({"year": ["1", "2"], "area": ["a", "b", "c"], "sex": ["x", "y"]}, 4)
    assert [(p["year"], p["area"]) for p in pieces] == [
        (["1"], ["a", "b"]), (["1"], ["c"]), (["2"], ["a", "b"]), (["2"], ["c"])
    ]  # fmt: skip
