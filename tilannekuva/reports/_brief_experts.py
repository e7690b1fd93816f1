"""The experts' half of a brief: as much of it as two pages can hold, and what was left out said.

Judgements keep their directions, their role and the item for the joint interpretation whatever the
room; only reasons and commentary are shortened, at a word and with a mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tilannekuva import words
from tilannekuva.model import Language, Picture
from tilannekuva.reports import _experts
from tilannekuva.reports._rich import blocks
from tilannekuva.storyboard import Scene

__all__ = ["LEVELS", "Half", "Room", "Shown", "half"]

_ROLE, _DIFFERS = 90, 320
"""Letters of a role and of an item for the joint interpretation: more is no role and no item."""

_SCRAP = 30
"""Letters of a further paragraph that are not worth a line."""


class Room(NamedTuple):
    """How much of the half there is room for: judgements, letters of reasons and of commentary."""

    judgements: int
    reasons: int
    commentary: int


LEVELS = (
    Room(12, 2000, 4000), Room(6, 500, 1400), Room(4, 320, 900), Room(4, 200, 500),
    Room(3, 130, 260), Room(2, 90, 120), Room(1, 60, 60),
)  # fmt: skip
"""From all that anybody writes to what fits beside anything."""


class Shown(NamedTuple):
    """The half as a brief prints it."""

    judgements: list[dict[str, Any]]
    commentary: dict[str, Any] | None
    """Blocks of runs, and the day it was written."""
    more: str
    """That the whole document has more; nothing where all is shown."""


class Half(NamedTuple):
    """All that experts said of a theme."""

    judgements: Sequence[Mapping[str, Any]]
    commentary: Mapping[str, Any] | None
    lang: Language

    def __bool__(self) -> bool:
        return bool(self.judgements or self.commentary)

    def within(self, room: Room) -> Shown:
        """As much as there is room for."""
        shown = [_short(j, room.reasons) for j in self.judgements[: room.judgements]]
        told: set[str] = set()
        for j in shown:  # roles that judge the same have one name and one item over them
            for key in ("name", "differs"):
                j[key] = "" if j[key] in told else j[key]
                told.add(j[key])
        cut = len(self.judgements) > len(shown) or any(
            s["reasons"] != j["reasons"] for s, j in zip(shown, self.judgements, strict=False)
        )
        text = None
        if self.commentary:
            kept, shorter = _first(blocks(str(self.commentary["html"])), room.commentary)
            text = {"blocks": kept, "dated": self.commentary["dated"]}
            cut = cut or shorter
        return Shown(shown, text, words.message("office.experts_more", self.lang) if cut else "")


def half(scene: Scene, picture: Picture, lang: Language) -> Half:
    """What experts said of a theme: of the theme first, then what the figures contradict."""
    found = _experts.judgements(scene.assessments, picture, lang)
    own = [a.subject == scene.section.id for a in scene.assessments]
    order = sorted(range(len(found)), key=lambda n: (not own[n], not found[n]["differs"]))
    text = _experts.commentary(scene.section.id, picture, lang)
    return Half([found[n] for n in order], text, lang)


def _short(judgement: Mapping[str, Any], reasons: int) -> dict[str, Any]:
    return {
        **judgement,
        "reasons": clip(judgement["reasons"], reasons),
        "role": clip(judgement["role"], _ROLE),
        "differs": clip(judgement["differs"], _DIFFERS),
    }


def clip(text: str, most: int) -> str:
    r"""The text up to so many letters, ended at a word.

    >>> clip("one two three", 9), clip("one two", 9)
    ('one two\xa0…', 'one two')
    """
    if len(text) <= most:
        return text
    head = text[:most]
    head = head.rsplit(maxsplit=1)[0] if " " in head else head
    return head.rstrip(" ,;:–") + "\N{NO-BREAK SPACE}…"


def _first(found: Sequence[Mapping[str, Any]], most: int) -> tuple[list[dict[str, Any]], bool]:
    """Blocks up to so many letters, and whether something was left out."""
    kept: list[dict[str, Any]] = []
    left = most
    for block in found:
        items: list[list[Any]] = []
        for runs in block["items"]:
            if left <= (_SCRAP if kept else 0):
                break
            items.append([])
            for run in runs:
                if left > 0:
                    items[-1].append({**run, "t": clip(run["t"], left)})
                    left -= len(run["t"])
        if items:
            kept.append({**block, "items": items})
    whole = [len(b["items"]) for b in kept] == [len(b["items"]) for b in found]
    return kept, left < 0 or not whole
