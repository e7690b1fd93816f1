"""What databases that change every day have in common: one question a table, and sameness.

Such a database has no edition. Two answers with the same figures may differ in their bytes (when
they were made, the order of equal rows), and the count of the running year grows by the hour. So
what is compared are the figures of finished years, and their hash is kept beside that of the
question.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tilannekuva.calls import Ask, Part, Reply, day_of, hash_of
from tilannekuva.errors import DataError

__all__ = ["FIRST_YEAR", "asked_on", "asks_the_same", "one_question", "seal", "together"]

FIRST_YEAR = 1500
"""Where a range of years begins that is to leave out only the running one."""


def one_question(ask: Ask, *, apart: Collection[str] = ()) -> dict[str, tuple[str, ...]]:
    """What the queries of a table tell the service, as one question.

    Args:
        ask: The queries.
        apart: Keys in which they may differ: the values are put together.

    Returns:
        Key → values, the keys in alphabetical order.

    Raises:
        DataError: No query asks anything, or two ask differently under the name of one table.
    """
    found: dict[str, tuple[str, ...]] = {}
    first: Mapping[str, Any] | None = None
    for indicator, query in ask.queries:
        own = {k: (v,) if isinstance(v, str) else tuple(v) for k, v in query.ask.items()}
        fixed = {k: v for k, v in own.items() if k not in apart}
        first = fixed if first is None else first
        if fixed != first:
            key = next(k for k in sorted({*fixed, *first}) if fixed.get(k) != first.get(k))
            raise DataError(
                f"{ask.where} (indicator {indicator}): its query asks {key}="
                f"{_shown(fixed.get(key))}, another of the same table {_shown(first.get(key))}; "
                "give the two questions tables of different names"
            )
        for key, values in own.items():
            both = dict.fromkeys((*found.get(key, ()), *values))
            found[key] = tuple(both) if key in apart else values
    if not found:
        raise DataError(f"{ask.where}: no query says what to ask; write `ask = {{ … }}` into it")
    return {key: found[key] for key in sorted(found)}


def _shown(values: Any) -> str:
    return "nothing" if values is None else "'" + ", ".join(values) + "'"


def asked_on(reply: Reply, where: str) -> str:
    """The day that the service answered, by its own clock; ISO, as it was in Helsinki.

    Raises:
        SourceError: The answer has no ``Date``.

    >>> asked_on(Reply(200, b"", {"date": "Wed, 31 Dec 2025 22:30:00 GMT"}), "x")
    '2026-01-01'
    """
    # An answer that lay in a cache may say when it was made; only the clock tells the running year.
    clock = {k: v for k, v in reply.headers.items() if k == "date"}
    return day_of(dataclasses.replace(reply, headers=clock), where)


def seal(question: Any, figures: Any) -> str:
    """The hash of a question and the hash of the figures that answered it, in one text.

    >>> asks_the_same(seal({"a": 1}, [1, 2]), {"a": 1})
    True
    """
    return f"{hash_of(question)}-{hash_of(figures)}"


def asks_the_same(sealed: str | None, question: Any) -> bool:
    """Whether a stored answer, known by its seal, was to this question."""
    return sealed is not None and sealed.partition("-")[0] == hash_of(question)


def together(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Parts with the same bytes as one: two small areas may have got the very same answer.

    Bytes are stored once and their layout says whose they are, so it must name every area. The key
    ``regions`` of the layouts is put together, and ``also`` of the query has what else was asked.
    """
    found: dict[bytes, Part] = {}
    for part in parts:
        other = found.get(part.data)
        if other is None:
            found[part.data] = part
            continue
        regions = [*other.layout["regions"], *part.layout["regions"]]
        also = [*other.query.get("also", ()), dict(part.query)]
        found[part.data] = dataclasses.replace(
            other,
            layout={**other.layout, "regions": regions},
            query={**other.query, "also": also},
        )
    return tuple(found.values())
