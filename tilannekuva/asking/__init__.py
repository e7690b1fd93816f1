"""Conversations with publishers' services, one file a protocol, the same two functions in each.

``request(ask)`` says what to ask, as a generator of calls; ``read(data, layout, where, beside)``
makes cells of an answer that was kept. Neither opens a connection. Siblings do not know each
other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tilannekuva.asking._cells import Beside, Cells
    from tilannekuva.calls import Ask, Conversation, Part

__all__ = ["differences", "read", "request", "room"]

_ROOMS = {"pxweb": "pxweb1"}
"""Protocol → room, where they are called differently."""


def room(protocol: str) -> ModuleType:
    """The room of a protocol, imported when it is first asked for."""
    return import_module(f"tilannekuva.asking.{_ROOMS.get(protocol, protocol)}")


def request(ask: Ask) -> Conversation:
    """The conversation of the protocol that a source speaks."""
    found: Conversation = room(ask.source.protocol).request(ask)
    return found


def read(data: bytes, layout: Mapping[str, Any], where: str, beside: Beside) -> Cells:
    """The cells of an answer that was kept, by the room that its layout names."""
    found: Cells = import_module(f"tilannekuva.asking.{layout['service']}").read(
        data, layout, where, beside
    )
    return found


def differences(ask: Ask, parts: Sequence[Part]) -> tuple[str, ...]:
    """What a classification has otherwise than the packaged register, in plain sentences.

    Empty for everything else.
    """
    if ask.source.protocol != "classifications":
        return ()
    room = import_module("tilannekuva.asking.classifications")
    found = (room.differences(p.data, p.layout, ask.where) for p in parts)
    return tuple(dict.fromkeys(d for each in found for d in each))
