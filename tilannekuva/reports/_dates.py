"""Which publication is the newest: one rule for page and workbook."""

from __future__ import annotations

from collections.abc import Iterable

from tilannekuva import periods

__all__ = ["newest"]


def newest(published: Iterable[str]) -> str | None:
    """The newest date that is known to the day; without one the newest of the others.

    A year alone says that something came out in it, not that it came out last.

    >>> newest(["2025", "2025-10-23", "2019-10-24"]), newest(["2021", "2020-05"]), newest([])
    ('2025-10-23', '2021', None)
    """
    found = list(published)
    full = [d for d in found if len(d) == len("2025-10-23")]
    return max(full or found, key=lambda d: (periods.latest_day(d), len(d)), default=None)
