"""A conversation driven by hand: no network, no server, and the rules of the driver checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tilannekuva.calls import (
    Ask,
    Call,
    Conversation,
    Newer,
    Pace,
    Received,
    Reply,
    Unchanged,
    hash_of,
)
from tilannekuva.errors import SourceError
from tilannekuva.model import Query, Source, Text

DATE = "Tue, 24 Nov 2026 08:00:00 GMT"
Outcome = Received | Unchanged | Newer


def source(protocol: Any, base: str, **more: Any) -> Source:
    return Source(
        id=f"{protocol}_x",
        publisher=Text(fi="x", sv="x", en="x"),
        protocol=protocol,
        base=base,
        page=base,
        licence="CC BY 4.0",
        **more,
    )


def ask_of(where: Source, *asks: dict[str, Any], table: str = "table", **more: Any) -> Ask:
    """An ask whose queries have these `ask`s."""
    queries = [(f"i{n}", Query(source=where.id, table=table, ask=a)) for n, a in enumerate(asks)]
    return Ask(where, table, tuple(queries), **more)


def reply(body: Any, status: int = 200, **headers: str) -> Reply:
    """An answer; whatever is no bytes is sent as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    heads = {"date": DATE} | {k.replace("_", "-"): v for k, v in headers.items()}
    return Reply(status, data, heads, "")


@dataclass
class Talk:
    """Carries a conversation as the driver does: statuses, answers of the run, kept parts."""

    answer: Callable[[Call], Reply]
    calls: list[Call] = field(default_factory=list)
    paces: list[Pace] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    """What an interrupted run leaves behind: pass it on to the next one."""

    def __call__(self, conversation: Conversation) -> Outcome:
        try:
            step = next(conversation)
            while True:
                if isinstance(step, Pace):
                    self.paces.append(step)
                    step = conversation.send(None)  # type: ignore[arg-type]
                else:
                    step = conversation.send(self._reply(step))
        except StopIteration as stop:
            outcome: Outcome = stop.value
            return outcome

    def _reply(self, call: Call) -> Reply:
        token = hash_of([call.method, call.url, call.params, call.json, call.keep])
        if call.keep is not None and token in self.kept:
            # A kept answer has its bytes only.
            return Reply(200, self.kept[token])
        self.calls.append(call)
        found = self.answer(call)
        if found.status != 200 and found.status not in call.handles:
            raise SourceError(f"{call.describe()}: HTTP {found.status}")
        if found.status == 200 and call.expects == "json" and found.body.lstrip()[:1] == b"<":
            raise SourceError(f"{call.describe()}: a page for people")
        if call.keep is not None and found.status in (200, 201):
            self.kept[token] = found.body
        return found


def no_beside(name: str) -> bytes:
    raise AssertionError(f"nothing stands beside it: {name}")


def rows(frame: Any) -> list[tuple[Any, ...]]:
    """Rows as plain values; a missing number is None."""
    plain = frame.astype(object)
    return [tuple(r) for r in plain.where(plain.notna(), None).itertuples(index=False)]
