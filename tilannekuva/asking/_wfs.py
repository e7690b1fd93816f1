"""What a map service answers (WFS 2.0 of GeoServer): collections of features, and exceptions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tilannekuva.calls import Reply
from tilannekuva.errors import SourceError

__all__ = ["features", "is_unknown", "matched"]

_EXCEPTION = re.compile(
    r"<(?:\w+:)?Exception\b([^>]*)>.*?<(?:\w+:)?ExceptionText[^>]*>(.*?)</", re.DOTALL
)
_OF_TYPE = re.compile(r"""locator=["']typeNames?["']""", re.IGNORECASE)
_UNKNOWN = re.compile(r"unknown|no such|not find|to find|not found|not exist", re.IGNORECASE)


def is_unknown(reply: Reply, layer: str, where: str) -> bool:
    """Whether the service refuses because there is no such layer.

    Raises:
        SourceError: It refuses for another reason.
    """
    if reply.status == 200 and b"ExceptionReport" not in reply.body[:2000]:
        return False
    text = reply.body.decode("utf-8", "replace")
    found = _EXCEPTION.search(text)
    about, said = (found[1], " ".join(found[2].split())) if found else ("", text[:200].strip())
    if layer in said and (_OF_TYPE.search(about) or _UNKNOWN.search(said)):
        return True
    raise SourceError(f"{where}: the service refuses the layer {layer}: {said or 'no reason'}")


def _collection(reply: Reply, where: str) -> Mapping[str, Any]:
    told = reply.json(where)
    if isinstance(told, dict) and told.get("type") == "FeatureCollection":
        return told
    raise SourceError(f"{where}: the answer is no collection of areas (GeoJSON); try again later")


def features(reply: Reply, system: str, where: str) -> list[Mapping[str, Any]]:
    """The features of a collection.

    Args:
        reply: GeoJSON.
        system: The coordinate system that was asked for, ``EPSG:3067``.
        where: Source and table, for errors.

    Raises:
        SourceError: It is something else, or in another system.
    """
    told = _collection(reply, where)
    found = told.get("features")
    crs = told.get("crs")
    name = str(crs.get("properties", {}).get("name", "")) if isinstance(crs, dict) else ""
    if name and not name.endswith(system.rpartition(":")[2]):
        raise SourceError(f"{where}: the outlines are in {name}, asked for was {system}")
    if not isinstance(found, list) or not all(isinstance(f, dict) for f in found):
        raise SourceError(f"{where}: the answer has no list of areas (`features`)")
    return found


def matched(reply: Reply, got: int, where: str) -> int:
    """How many areas the layer has; what came where the service does not say."""
    told = _collection(reply, where)
    found = next((told[k] for k in ("numberMatched", "totalFeatures") if k in told), got)
    return found if isinstance(found, int) else got
