"""Answers that the real services once gave, and what is compared of them."""

from __future__ import annotations

import base64
import json
import re
import zlib
from pathlib import Path
from typing import Any

import pytest

__all__ = ["recorded", "shape"]


def shape(value: Any) -> Any:
    """Keys and types, all the way down; of a list its first member."""
    if isinstance(value, dict):
        return {k: shape(v) for k, v in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value)


def recorded(folder: Path, name: str) -> dict[str, Any]:
    """The JSON answers of a file of recordings, by the address that was asked."""
    yaml = pytest.importorskip("yaml", reason="the recorded answers are YAML")
    cassette = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    found = {}
    for one in cassette.get("interactions") or cassette["http_interactions"]:
        body = one["response"]["body"]
        text = body.get("string")
        if text is None:
            packed = re.sub(r"\s", "", body["raw_gzip"])
            text = zlib.decompress(base64.b64decode(packed)).decode()
        found[one["request"]["uri"]] = json.loads(text)
    return found
