"""GBIF (api.gbif.org): occurrences counted by year and area, and downloads made to order.

A query's ``ask`` says which of the two.

**Counts by year.** ``areas`` are codes of ours and ``gadmGid`` (or ``geometry``, polygons in WKT
with their points anti-clockwise) the service's areas in the same order; without either, one area
is whatever the other filters are about. ``license`` names the licences that are counted, CC0 and
CC BY where nothing is said. All else is the service's own (``country``, ``taxonKey`` …); several
values mean any of them. The cells are ``region``, ``year`` and ``quantity`` (``occurrences``).
GADM's areas have borders of their own time: the query's ``division`` says which.

**A download.** ``sql`` is the question; ``time``, ``value`` (one column or several) and
``region`` name columns of the answer, every other column is a variable, and keys stay text. With
``areas`` and ``gadmGid`` beside them, the ids in the column of regions become our codes and other
areas are left out. The user and the password of an account are taken from the environment
variables ``GBIF_USER`` and ``GBIF_PASSWORD``. A download is ordered at most once a day; one that
is being prepared is waited for by the next run.

In both the running year is left out. FinBIF's records are in GBIF as well: never add the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tilannekuva.asking import _gbif_counts as counts
from tilannekuva.asking import _gbif_download as download
from tilannekuva.asking._cells import Beside, Cells
from tilannekuva.asking._live import one_question
from tilannekuva.calls import Ask, Conversation

__all__ = ["read", "request"]


def request(ask: Ask) -> Conversation:
    """Ask for counts, or order a download and wait for it.

    Args:
        ask: The queries of one table, and what is known of the stored answer.

    Returns:
        A conversation that ends with one part an area, or with the packed download. It ends with
        ``Unchanged`` if no figure of a finished year differs.

    Raises:
        DataError: The queries contradict each other, or do not say what is needed.
        SourceError: An answer is an error or has no figure, or a download came to nothing.
    """
    asked = one_question(ask)
    if "sql" in asked:
        return (yield from download.converse(ask, asked))
    return (yield from counts.converse(ask, asked))


def read(data: bytes, layout: Mapping[str, Any], where: str, beside: Beside) -> Cells:
    """The counts of one stored answer.

    Args:
        data: The bytes as received.
        layout: As :func:`request` made it.
        where: Name of the file, for errors.
        beside: Not needed.

    Returns:
        Cells as described above.

    Raises:
        SourceError: The bytes are no such answer.
    """
    del beside
    if layout["format"] == "gbif-download":
        return download.read(data, layout, where)
    return counts.read(data, layout, where)
