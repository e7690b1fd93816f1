"""Publishers' marks: each has one meaning, several together mean the worst of them."""

from __future__ import annotations

import itertools

import pytest

from tilannekuva import statuses
from tilannekuva.errors import DataError
from tilannekuva.model import ABSENT, PRESENT


def test_the_order_of_severity_is_that_of_the_house() -> None:
    order = (
        "final",
        "revised",
        "preliminary",
        "estimated",
        "forecast",
        "unreliable",
        "confidential",
    )
    assert [statuses.severity(s) for s in order] == sorted(statuses.severity(s) for s in order)
    for one, two in itertools.combinations(order, 2):
        assert statuses.worst(one, two) == statuses.worst(two, one) == two


@pytest.mark.parametrize(
    ("flag", "status"),
    [
        ("", "final"),
        ("p", "preliminary"),
        ("e", "estimated"),
        ("b", "final"),
        ("bp", "preliminary"),
        ("pe", "estimated"),
        ("ep", "estimated"),
        ("bdu", "unreliable"),
        ("rp", "preliminary"),
        ("f", "forecast"),
    ],
)
def test_eurostats_letters_combine_to_the_worst(flag: str, status: str) -> None:
    assert statuses.read_flag(flag, "eurostat", True) == status


@pytest.mark.parametrize(
    ("flag", "status"),
    [
        (".", "not_available"),
        ("..", "not_applicable"),
        ("...", "confidential"),
        ("....", "not_available"),
        (".....", "not_asked"),
        ("......", "not_available"),
    ],
)
def test_statistics_finlands_dots(flag: str, status: str) -> None:
    assert statuses.read_flag(flag, "pxweb", False) == status


def test_a_hyphen_is_a_true_zero_and_an_asterisk_is_preliminary() -> None:
    assert statuses.read_flag("-", "pxweb", True) == "final"
    assert statuses.read_flag("*", "pxweb", True) == "preliminary"


def test_a_number_beside_a_mark_of_absence_is_kept_but_not_trusted() -> None:
    assert statuses.read_flag(":", "eurostat", True) == "unreliable"
    assert statuses.read_flag("...", "pxweb", True) == "unreliable"


def test_a_missing_value_always_gets_a_reason() -> None:
    for flag in ("", "p", "e", "b", ":", "c", "*"):
        assert statuses.read_flag(flag, "eurostat", False) in ABSENT
    assert statuses.read_flag("c", "eurostat", False) == "confidential"
    assert statuses.read_flag("suppressed", "sotkanet", False) == "suppressed"


@pytest.mark.parametrize("status", statuses.STATUSES)
def test_our_own_words_stand_for_themselves(status: str) -> None:
    assert statuses.read_flag(status, "tables", status in PRESENT) == status


@pytest.mark.parametrize(
    ("flag", "protocol"),
    [("x", "eurostat"), ("px", "eurostat"), ("1 234", "tables"), (".......", "pxweb")],
)
def test_an_unseen_mark_is_an_error_that_names_it(flag: str, protocol: str) -> None:
    with pytest.raises(DataError, match=f"unknown mark '{flag}'"):
        statuses.read_flag(flag, protocol, True)


def test_only_eurostats_b_is_a_break() -> None:
    assert statuses.is_break("bp", "eurostat")
    assert not statuses.is_break("p", "eurostat")
    assert not statuses.is_break("b", "sotkanet")
    assert not statuses.is_break("below_precision", "eurostat")
