"""Answers and versions: which snapshots of a table speak on a day. Pure.

A service answers a question as a whole, in one part or several; the bytes of a part may come again
in a later answer. So the lock says of each snapshot in which answers it was (``Snapshot.seen``),
and the newest answer of a table replaces the older ones whole: what left it is gone, not filled in
from what was. The older ones stay in the store, for a picture as of their day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tilannekuva import periods
from tilannekuva.model import Seen, Snapshot

__all__ = ["Answer", "Publication", "answers", "current", "newest", "publications"]


@dataclass(frozen=True)
class Answer:
    """One answer of a service, or one version of a file of one's own."""

    seen: Seen
    parts: tuple[Snapshot, ...]

    @property
    def ids(self) -> frozenset[str]:
        """Ids of its snapshots."""
        return frozenset(p.id for p in self.parts)


def answers(lock: Iterable[Snapshot], source: str, table: str) -> list[Answer]:
    """The answers of a table, oldest first; carried tables have none.

    Answers of a service are in the order in which they came, whatever time of update they bear;
    versions of a file of one's own in the order of publication.
    """
    found: dict[Seen, list[Snapshot]] = {}
    for s in lock:
        if (s.source, s.table, s.kind) == (source, table, "received"):
            for seen in s.seen or (_as_a_version(s),):
                found.setdefault(seen, []).append(s)
    order = sorted(found, key=lambda e: _order(e, found[e][0]))
    return [Answer(e, tuple(found[e])) for e in order]


def _as_a_version(s: Snapshot) -> Seen:
    return Seen(answer=s.id, published_on=s.published_on, received_at=s.received_at or "")


def _order(seen: Seen, part: Snapshot) -> tuple[str, str, str]:
    day = periods.latest_day(seen.published_on).isoformat()
    when = seen.received_at
    return (when, day, seen.answer) if part.seen else (day, when, part.sha256)


def newest(lock: Iterable[Snapshot], source: str, table: str) -> Answer | None:
    """The answer of a table that came last."""
    return next(reversed(answers(lock, source, table)), None)


def current(lock: Sequence[Snapshot], as_of: str | None = None) -> tuple[Snapshot, ...]:
    """The lock without answers that a newer one of the same table has replaced.

    Args:
        lock: Entries of the store.
        as_of: ISO date; what was published later replaces nothing yet.

    Returns:
        Carried entries as they are; of each received table the parts of the newest answer published
        by then, with that answer's times, and what was published after ``as_of``.
    """
    limit = dt.date.fromisoformat(as_of) if as_of else dt.date.max
    tables = dict.fromkeys((s.source, s.table) for s in lock if s.kind == "received" and s.figures)
    replaced: dict[str, Snapshot | None] = {}
    for source, table in tables:
        told = answers(lock, source, table)
        by_then = [a for a in told if periods.first_day(a.seen.published_on) <= limit]
        if not by_then:
            continue
        last = by_then[-1]
        for a in by_then:
            replaced.update(dict.fromkeys(a.ids))
        times = {"published_on": last.seen.published_on, "received_at": last.seen.received_at}
        replaced.update({p.id: p.model_copy(update=times) for p in last.parts})
    kept = (replaced.get(s.id, s) for s in lock)
    return tuple(s for s in kept if s is not None)


@dataclass(frozen=True)
class Publication:
    """What a table said on one day, in one answer or in carried versions."""

    day: dt.date
    ids: frozenset[str]
    """Ids of its snapshots."""


def publications(
    lock: Iterable[Snapshot], source: str, table: str, as_of: str
) -> tuple[Publication, ...]:
    """The publications of a table up to a day, oldest first.

    The same bytes may be part of several; what came again on the same day counts as it came last.
    """
    lock, limit = tuple(lock), dt.date.fromisoformat(as_of)
    by_day: dict[dt.date, set[str]] = {}
    last = dt.date.min
    for answer in answers(lock, source, table):
        if periods.first_day(answer.seen.published_on) <= limit:
            # Answers are in the order in which they came, whatever stamp they bear.
            last = max(last, periods.latest_day(answer.seen.published_on))
            by_day[last] = set(answer.ids)
    for s in lock:
        mine = (s.source, s.table, s.kind) == (source, table, "carried")
        if mine and periods.first_day(s.published_on) <= limit:
            by_day.setdefault(periods.latest_day(s.published_on), set()).add(s.id)
    return tuple(Publication(day, frozenset(by_day[day])) for day in sorted(by_day))
