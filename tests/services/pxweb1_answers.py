"""What PxWeb API v1 writes: node lists, metadata, search results, data in each format."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from .cube_formats import csv, csv2, csv3, latin, pxjson
from .cube_jsonstat import jsonstat1, jsonstat2
from .cube_model import Cube, said
from .cube_px import px

__all__ = ["data", "metadata", "nodes", "search", "table_at"]

_CSV = {"csv": csv, "csv2": csv2, "csv3": csv3}
_JSON = {"json-stat2": jsonstat2, "json-stat": jsonstat1, "json": pxjson}


def data(part: Cube, shape: str, lang: str) -> tuple[bytes, dict[str, str]] | None:
    """The body and the headers in a format; None where there is no such format."""
    if shape in _JSON:
        body = json.dumps(_JSON[shape](part, lang), ensure_ascii=False).encode()
        told = "application/json" + ("; charset=utf-8" if shape == "json" else "")
    elif shape in _CSV:
        # The header tells the code page of the server, the body is in that of the file.
        body, told = latin(_CSV[shape](part, lang)), "text/csv; charset=utf-8"
    elif shape == "px":
        body, told = px(part, lang), "application/octet-stream; charset=utf-8"
    else:
        return None
    return body, {"Content-Type": told}


def table_at(cubes: Iterable[Cube], path: Sequence[str]) -> Cube | None:
    """The table at a path, whose folder may be left out altogether."""
    *folder, file = path or [""]
    at = "/".join(folder)
    return next((c for c in cubes if c.file == file and at in ("", c.folder)), None)


def nodes(below: Iterable[Cube], folder: str, lang: str) -> list[dict[str, str]]:
    """What is right under a node: folders first, then tables; only tables have a stamp."""
    deep = len(folder.split("/")) if folder else 0
    inside = sorted((c for c in below if c.folder != folder), key=lambda c: c.folder)
    found = []
    for name, cubes in groupby(inside, key=lambda c: c.folder.split("/")[deep]):
        first = next(cubes)
        last = len(first.folder.split("/")) == deep + 1
        text = said(first.subject, lang, name) if last else name
        found.append({"id": name, "type": "l", "text": text})
    for cube in below:
        if cube.folder == folder:
            about = {"id": cube.file, "type": "t", "text": cube.text(lang)}
            found.append(about | {"updated": cube.local})
    return found


def metadata(cube: Cube, lang: str, max_values: int) -> dict[str, Any]:
    variables = []
    for v in cube.variables:
        many = len(v.codes) > max_values
        about: dict[str, Any] = {
            "code": v.code,
            "text": v.text(lang),
            "values": None if many else list(v.codes),
            "valueTexts": None if many else v.label_list(lang),
        }
        # What is not so is not said.
        flags = {"elimination": bool(v.elimination), "time": v.role == "time", "map": v.map_name}
        variables.append(about | {name: flag for name, flag in flags.items() if flag})
    return {"title": cube.label(lang), "variables": variables}


def search(
    below: Iterable[Cube], folder: str, query: str, field: str, lang: str
) -> list[dict[str, Any]]:
    """The tables under a node that have all the words; paths begin at the node."""
    words = query.casefold().replace("*", " ").split()
    found = []
    for cube in below:
        text = _searched(cube, field, lang).casefold()
        if all(word in text for word in words):
            path = cube.folder[len(folder) :].strip("/")
            about = {"id": cube.file, "path": f"/{path}" if path else "", "score": 1.0}
            found.append(about | {"title": cube.text(lang), "published": cube.local})
    return found


def _searched(cube: Cube, field: str, lang: str) -> str:
    codes = [c for v in cube.variables for c in v.codes]
    if field == "codes":
        return " ".join(codes)
    if field == "title":
        return cube.text(lang)
    names = [v.text(lang) for v in cube.variables]
    labels = [t for v in cube.variables for t in v.label_list(lang)]
    return " ".join([cube.text(lang), cube.label(lang), *names, *labels, *codes])
