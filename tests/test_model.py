"""The nouns: frozen, strict, and without loss through JSON."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tilannekuva.model import (
    ABSENT,
    PRESENT,
    Indicator,
    Measured,
    Picture,
    Query,
    Snapshot,
    Target,
    Text,
)

SNAPSHOT: dict[str, Any] = {
    "id": "a", "kind": "carried", "sha256": "a", "file": "f", "bytes": 1, "source": "statfin",
    "table": "t", "title": "", "vintage": "", "published_on": "2023", "address": "", "licence": "",
}  # fmt: skip


def test_a_value_cannot_be_changed() -> None:
    text = Text(fi="a", sv="b", en="c")
    with pytest.raises(ValidationError):
        text.fi = "x"  # type: ignore[misc]


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(ValidationError, match="valu"):
        Measured.model_validate({"value": 1, "period": "2020", "status": "final", "valu": 2})


def test_the_statuses_of_presence_and_absence_do_not_meet() -> None:
    assert not set(PRESENT) & set(ABSENT)
    assert (len(PRESENT), len(ABSENT)) == (6, 8)


@pytest.mark.parametrize("day", ["2023", "2023-11", "2024-02-29"])
def test_a_date_is_as_precise_as_is_known(day: str) -> None:
    assert Snapshot.model_validate({**SNAPSHOT, "published_on": day}).published_on == day


@pytest.mark.parametrize(
    "day", ["2023-02-29", "2023-13", "2023-00", "23", "2023-1", "0000", "2023-11-21T10"]
)
def test_a_date_that_no_calendar_has_is_refused(day: str) -> None:
    with pytest.raises(ValidationError):
        Snapshot.model_validate({**SNAPSHOT, "published_on": day})


def test_an_indicator_needs_a_way_to_figures() -> None:
    given: dict[str, Any] = {
        "id": "a",
        "subject": "s",
        "names": {"fi": "a", "sv": "a", "en": "a"},
        "unit": "percent",
        "decimals": 1,
        "direction": "up",
    }
    with pytest.raises(ValidationError, match="it needs a"):
        Indicator.model_validate(given)
    for way in (
        {"formula": "b"},
        {"query": [{"source": "s", "table": "t"}]},
        {"where": {"fi": "a", "sv": "a", "en": "a"}},
    ):
        assert Indicator.model_validate({**given, **way}).label.fi == "a"


@pytest.mark.parametrize("division", ["current", "as-published", 2015])
def test_a_division_is_a_word_or_a_year(division: Any) -> None:
    assert (
        Query.model_validate({"source": "s", "table": "t", "division": division}).division
        == division
    )
    with pytest.raises(ValidationError):
        Query.model_validate({"source": "s", "table": "t", "division": "old"})


def test_a_target_is_a_level_at_least_and_national_unless_told() -> None:
    target = Target(period="2030", value=1, source="x")
    assert (target.kind, target.bound, target.scope, target.verified) == (
        "level",
        "at_least",
        "national",
        False,
    )


def test_a_picture_goes_through_json_without_loss(kainuu: Picture) -> None:
    text = kainuu.to_json()
    again = Picture.from_json(text)
    assert again == kainuu
    assert again.to_json() == text


def test_a_picture_shows_itself_in_a_notebook(kainuu: Picture) -> None:
    shown = kainuu._repr_html_()
    assert "Kainuu" in shown
    assert kainuu.as_of in shown
    assert shown.count("<tr>") == 13


def test_an_older_or_foreign_picture_is_refused(kainuu: Picture) -> None:
    text = kainuu.to_json().replace("tilannekuva-picture/1", "tilannekuva-picture/0")
    with pytest.raises(ValidationError, match="format"):
        Picture.from_json(text)
