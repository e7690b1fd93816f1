"""What a request of PxWebApi 2 says, in its address and in its body."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .core import Asked
from .pxweb2_answers import FORMATS, PARAMS
from .pxweb2_flavours import Flavour
from .pxweb2_selecting import Pick, Problem

__all__ = ["Reading"]

_COMMA = re.compile(r",(?=[^\]]*(?:\[|$))")
"""A comma outside brackets."""
_BARE = ("px", "json-stat2", "parquet")
"""Formats without any parameters."""


def invalid(name: str, text: str) -> Problem:
    """What the framework says of a parameter that it cannot read."""
    return Problem(
        "One or more validation errors occurred.",
        type="https://tools.ietf.org/html/rfc9110#section-15.5.1",
        errors={name: [text]},
    )


def unbracketed(text: str) -> list[str]:
    """A list parted by commas; brackets hold together what has commas of its own."""
    items = [item.strip() for item in _COMMA.split(text)]
    bare = [i[1:-1].strip() if i.startswith("[") and i.endswith("]") else i for i in items]
    return [item for item in bare if item]


class Reading:
    """One request; the case of the parameters' names does not matter."""

    def __init__(self, asked: Asked, flavour: Flavour) -> None:
        self.asked, self.flavour = asked, flavour

    def one(self, name: str) -> str:
        """A parameter, its repetitions joined by commas; the name in lower case."""
        return ",".join(v for k, v in self.asked.params if k.lower() == name)

    def deep(self, name: str) -> dict[str, str]:
        """The parameters ``name[key]`` by key."""
        found: dict[str, list[str]] = {}
        for key, value in self.asked.params:
            if not key.lower().startswith(name):
                continue
            inside = re.fullmatch(rf"{name}\[(.+)\]", key, re.IGNORECASE)
            if not inside:
                raise invalid(name, f"{name}-parameter should be like {name}[<variable>].")
            found.setdefault(inside[1], []).append(value)
        return {key: ",".join(values) for key, values in found.items()}

    def language(self) -> str:
        lang = self.one("lang").lower()
        if lang and lang not in self.flavour.languages:
            raise Problem("Unsupported language")
        return lang or self.flavour.default_language

    def number(self, name: str) -> int | None:
        text = self.one(name)
        if text and not re.fullmatch(r"-?\d+", text):
            raise invalid(name, f"The value '{text}' is not valid.")
        return int(text) if text else None

    def truth(self, name: str) -> bool:
        text = self.one(name).lower()
        if text not in ("", "true", "false"):
            raise invalid(name, f"The value '{text}' is not valid.")
        return text == "true"

    def output(self) -> tuple[str, list[str]]:
        """The format and its parameters."""
        form = self.one("outputformat").lower()
        params = [p.lower() for p in unbracketed(self.one("outputformatparams"))]
        refused = form and (form not in FORMATS or form not in self.flavour.formats)
        form = form or self.flavour.default_format
        parted = any(p.startswith("separator") for p in params) and form != "csv"
        if refused or parted or (params and form in _BARE) or set(params) - set(PARAMS):
            raise Problem("Unsupported output format", detail="Unsupported output format")
        return form, params

    def asked_for(self) -> tuple[list[Pick], list[str], list[str]]:
        """What the address asks for: the picks, the heading and the stub."""
        codelists = self.deep("codelist")
        picks = [
            Pick(code, unbracketed(values), codelists.get(code, ""))
            for code, values in self.deep("valuecodes").items()
        ]
        return picks, unbracketed(self.one("heading")), unbracketed(self.one("stub"))

    def posted(self) -> tuple[list[Pick], list[str], list[str]]:
        """What the body asks for; brackets have no meaning there."""
        if not self.asked.body:
            return [], [], []
        if "json" not in self.asked.headers.get("content-type", ""):
            raise Problem("Unsupported Media Type", 415)
        try:
            body = _lowered(json.loads(self.asked.body))
            picks = [
                Pick(p["variablecode"], list(p.get("valuecodes") or ()), p.get("codelist") or "")
                for p in body.get("selection") or ()
            ]
            place = body.get("placement") or {}
            sides = [list(place.get(side) or ()) for side in ("heading", "stub")]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise invalid("variablesSelection", "The body could not be read.") from error
        return picks, sides[0], sides[1]


def _lowered(value: Any) -> Any:
    """The names of a body in lower case, which is how the real reader finds them."""
    if isinstance(value, Mapping):
        return {str(k).lower(): _lowered(v) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_lowered(v) for v in value]
    return value
