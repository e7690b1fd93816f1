"""Which answer of a table speaks on a day."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tilannekuva import vintages
from tilannekuva.model import Seen, Snapshot


def seen(answer: str, received: str, published: str = "2026-01-01") -> Seen:
    return Seen(answer=answer, published_on=published, received_at=f"2026-{received}T00:00:00Z")


def part(name: str, *told: Seen, table: str = "t", kind: str = "received") -> Snapshot:
    return Snapshot(
        id=name, kind=kind, sha256=name, file=name, bytes=1, source="statfin", table=table,  # type: ignore[arg-type]
        title="", vintage="", published_on=told[0].published_on if told else "2020",
        received_at=told[0].received_at if told else None, seen=told, address="", licence="",
    )  # fmt: skip


def ids(lock: list[Snapshot], as_of: str | None = None) -> list[str]:
    return [s.id for s in vintages.current(lock, as_of)]


def test_parts_of_one_answer_speak_together() -> None:
    one = seen("A", "02-01")
    assert ids([part("a", one), part("b", one)]) == ["a", "b"]


def test_a_newer_answer_replaces_the_older_whole() -> None:
    old, new = seen("A", "02-01"), seen("B", "03-01")
    assert ids([part("a", old), part("b", old), part("c", new)]) == ["c"]


def test_bytes_that_came_again_speak_again() -> None:
    first, then, again = seen("A", "02-01"), seen("B", "03-01"), seen("A", "04-01")
    lock = [part("a", first, again), part("b", then)]
    assert ids(lock) == ["a"]
    (now,) = vintages.current(lock)
    assert now.received_at == again.received_at


def test_a_part_that_two_answers_share_is_in_both() -> None:
    old, new = seen("A", "02-01"), seen("B", "03-01", "2026-03-01")
    lock = [part("a", old), part("b", old, new), part("c", new)]
    assert ids(lock) == ["b", "c"]
    assert ids(lock, "2026-02-15") == [
        "a",
        "b",
        "c",
    ]  # c is published later: the view leaves it out
    assert {s.id: s.published_on for s in vintages.current(lock, "2026-02-15")}["b"] == "2026-01-01"


def test_what_came_last_counts_whatever_stamp_it_bears() -> None:
    wrong, right = seen("A", "02-01", "2026-06-01"), seen("B", "03-01", "2026-01-15")
    assert ids([part("a", wrong), part("b", right)]) == ["b"]


def test_carried_tables_are_left_alone() -> None:
    lock = [part("a", kind="carried"), part("b", kind="carried")]
    assert ids(lock) == ["a", "b"]


def test_publications_are_told_by_day_and_the_last_answer_of_a_day_counts() -> None:
    first, mended = seen("A", "02-01", "2026-01-20"), seen("B", "02-02", "2026-01-20")
    again = seen("C", "05-01", "2026-04-20")
    lock = [
        part("a", first),
        part("b", mended, again),
        part("c", again),
        part("old", kind="carried"),
    ]

    def told(as_of: str) -> list[tuple[str, list[str]]]:
        found = vintages.publications(lock, "statfin", "t", as_of)
        return [(p.day.isoformat(), sorted(p.ids)) for p in found]

    carried = ("2020-12-31", ["old"])  # known to the year only
    assert told("2026-12-31") == [carried, ("2026-01-20", ["b"]), ("2026-04-20", ["b", "c"])]
    assert told("2026-02-01") == [carried, ("2026-01-20", ["b"])]
    assert told("2019-12-31") == []
    assert vintages.publications(lock, "statfin", "u", "2026-12-31") == ()


def test_an_answer_that_came_later_is_not_older_than_the_one_before() -> None:
    wrong, right = seen("A", "02-01", "2026-06-01"), seen("B", "03-01", "2026-01-15")
    found = vintages.publications(
        [part("a", wrong), part("b", right)], "statfin", "t", "2026-12-31"
    )
    assert [(p.day.isoformat(), sorted(p.ids)) for p in found] == [("2026-06-01", ["b"])]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9)), max_size=8, unique_by=lambda x: x[1])
)
def test_of_each_table_exactly_the_newest_answer_is_left(given_: list[tuple[int, int]]) -> None:
    lock = [part(f"{t}-{m}", seen(f"{t}-{m}", f"0{m}-01"), table=f"t{t}") for t, m in given_]
    newest = {t: max(m for u, m in given_ if u == t) for t, _ in given_}
    assert sorted(ids(lock)) == sorted(f"{t}-{m}" for t, m in newest.items())
