"""Figures from Eurostat's SDMX interface: at once, or after waiting in its queue."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from urllib.parse import quote

from tilannekuva.asking._eurostat_said import is_xml, queued, read_said, state_of
from tilannekuva.calls import Ask, Call, Pace, Reply
from tilannekuva.errors import SourceError

__all__ = ["fetch_tsv"]

_FIRST, _LONGEST, _PATIENCE = 2.0, 60.0, 300.0
"""Seconds: the first pause, the longest one, and all of them together."""
_AT_WORK = ("SUBMITTED", "PROCESSING")
_GONE = ("EXPIRED", "UNKNOWN_REQUEST")


def fetch_tsv(
    ask: Ask, table: str, piece: Mapping[str, Sequence[str]], cells: int
) -> Generator[Call | Pace, Reply, tuple[Call, Reply]]:
    """The same question as TSV, from the interface that also delivers what it had to queue.

    Args:
        ask: Source and table, for address and errors.
        table: Code of the dataset.
        piece: Dimension → codes, in the order of the table's keys, without time.
        cells: How many figures are asked for.

    Returns:
        The call that asked, and the answer that has the figures, perhaps packed with gzip; or a
        message that there are none.

    Raises:
        SourceError: The queue takes too long or forgets the question twice.
    """
    key = quote(".".join("+".join(codes) for codes in piece.values()), safe="+.")
    call = Call(
        f"{ask.source.base}/sdmx/2.1/data/{table}/{key}",
        (("format", "TSV"), ("compressed", "true")),
        handles=frozenset({400, 404, 413}),
        cells=cells,
    )
    pauses = _pauses()
    for _ in range(2):
        reply = yield call
        if reply.status != 200 or not is_xml(reply.body) or read_said(reply, ask.where):
            return call, reply
        name = queued(reply.body, ask.where)
        if (yield from _until_ready(ask, name, pauses)):
            data = yield Call(
                f"{ask.source.base}/1.0/async/data/{quote(name)}", handles=frozenset({400, 404})
            )
            return call, data
    raise SourceError(
        f"{ask.where}: Eurostat queued the question and then no longer knew of it, twice "
        f"({call.describe()}); run again later"
    )


def _pauses() -> Iterator[float]:
    """2, 4, 8 … seconds, until patience is at its end.

    >>> [int(p) for p in _pauses()], sum(_pauses())
    ([2, 4, 8, 16, 32, 60, 60, 60, 58], 300.0)
    """
    pause, left = _FIRST, _PATIENCE
    while left > 0:
        yield min(pause, left)
        left -= min(pause, left)
        pause = min(2 * pause, _LONGEST)


def _until_ready(
    ask: Ask, name: str, pauses: Iterator[float]
) -> Generator[Call | Pace, Reply, bool]:
    """Whether a queued answer can be fetched; False where the service no longer knows of it."""
    state = ""
    for pause in pauses:
        reply = yield Call(
            f"{ask.source.base}/1.0/async/status/{quote(name)}",
            handles=frozenset({400, 404}),
            wait=pause,
        )
        if reply.status != 200:
            return False
        said = read_said(reply, ask.where)
        if said is not None:
            raise SourceError(f"{ask.where}: Eurostat's queue says: {said.text}")
        state = state_of(reply.body, ask.where)
        if state == "AVAILABLE":
            return True
        if state in _GONE:
            return False
        if state not in _AT_WORK:
            raise SourceError(f"{ask.where}: Eurostat's queue answers '{state}', which is unknown")
    raise SourceError(
        f"{ask.where}: Eurostat has been making the answer for {_PATIENCE / 60:.0f} minutes "
        f"(state {state or 'unknown'}); run again later"
    )
