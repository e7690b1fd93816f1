"""Each question's rows by themselves are those of the whole, and nothing else is computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from tilannekuva import measuring, questions, table
from tilannekuva.errors import DataError
from tilannekuva.indicators import Catalogue
from tilannekuva.measuring import METRICS, QUESTIONS

AS_OF = "2013-01-01"
# Levels, a target, divisions that differ, months: the cases that rows differ by.
SOME = ("gdp_pc", "rd_gdp", "gdp", "morbidity_index_2000_2019", "employment_rate", "pop_proj")


def _asked(question: str, rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    dated = {} if question == "how_we_compare" else {"as_of": AS_OF}
    found: pd.DataFrame = getattr(questions, question)(rows, catalogue=catalogue, **dated)
    return found


@pytest.fixture(scope="module")
def rows(observed: Any) -> pd.DataFrame:
    return table.make(observed.rows[observed.rows["indicator"].isin(SOME)])


def test_every_metric_answers_one_question() -> None:
    answered = Counter(metric for metrics in QUESTIONS.values() for metric in metrics)
    assert set(answered) == set(METRICS)
    assert set(answered.values()) == {1}
    assert set(QUESTIONS) == set(questions.__all__)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_has_the_rows_of_the_whole(
    question: str, rows: pd.DataFrame, catalogue: Catalogue
) -> None:
    whole = measuring.measure(rows, as_of=AS_OF, catalogue=catalogue)
    expected = whole[whole["metric"].isin(QUESTIONS[question])].reset_index(drop=True)
    found = _asked(question, rows, catalogue)
    assert len(found) > 0
    assert tuple(found.columns) == (*table.COLUMNS, "metric")
    pd.testing.assert_frame_equal(found, expected, check_categorical=False)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each family of metrics is made."""
    calls: Counter[str] = Counter()

    def count(name: str) -> Callable[..., Any]:
        kept = getattr(measuring, name)

        def made(*given: Any, **more: Any) -> Any:
            calls[name] += 1
            return kept(*given, **more)

        return made

    for name in ("changes", "comparison", "trend_points", "target_rows"):
        monkeypatch.setattr(measuring, name, count(name))
    return calls


@pytest.mark.parametrize(
    ("question", "made"),
    [
        ("where_are_we", set()),
        ("where_heading", {"changes", "trend_points"}),
        ("how_we_compare", {"comparison"}),
        ("how_far_to_go", {"target_rows", "trend_points"}),
        ("how_sure", {"trend_points"}),
    ],
)
def test_only_what_is_asked_is_computed(
    question: str,
    made: set[str],
    counted: Counter[str],
    rows: pd.DataFrame,
    catalogue: Catalogue,
) -> None:
    _asked(question, rows, catalogue)
    assert set(counted) == made


def test_a_question_that_does_not_exist_is_refused(rows: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="how_tall"):
        measuring.measure(rows, questions=["how_tall"])
