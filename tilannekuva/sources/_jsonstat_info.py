"""What a JSON-stat dataset says about its figures: dimensions, labels, units, notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from tilannekuva.errors import SourceError
from tilannekuva.sources._cube_info import CubeInfo, Note, Texts
from tilannekuva.sources._cube_time import read_periods, starred, strip_star

__all__ = ["Dimension", "is_eurostat", "read_dimensions", "read_info"]

_TIMES = ("time", "time_period")
"""Names that Eurostat gives time, where an answer names no roles."""
_SAID = {"id", "size", "role", "dimension", "value", "status", "label", "source", "updated", "note"}


@dataclass(frozen=True)
class Dimension:
    """One dimension."""

    name: str
    text: str
    codes: tuple[str, ...]
    labels: tuple[str, ...]
    starred: frozenset[int]
    """Which of its codes are marked preliminary by an asterisk."""
    given: Mapping[str, Any]
    """As the answer has it."""


def read_dimensions(dataset: Mapping[str, Any], where: str) -> tuple[Dimension, ...]:
    """The dimensions in the order of the figures.

    Raises:
        SourceError: One is missing, or its codes are not what its size says.
    """
    described = dataset["dimension"]
    if not isinstance(described, dict):
        raise SourceError(f"{where}: 'dimension' is no object; the answer is damaged")
    # Version 1 keeps the order and the sizes among the dimensions.
    ids = dataset.get("id", described.get("id"))
    sizes = dataset.get("size", described.get("size"))
    if not isinstance(ids, list) or not isinstance(sizes, list):
        raise SourceError(f"{where}: 'id' and 'size' do not name the dimensions and their sizes")
    if twice := [i for n, i in enumerate(ids) if i in ids[:n]]:
        raise SourceError(f"{where}: 'id' names the dimension '{twice[0]}' twice")
    times = _roles(dataset).get("time") or tuple(i for i in ids if str(i).lower() in _TIMES)
    found = []
    for name in map(str, ids):
        given = described.get(name)
        if not isinstance(given, dict):
            raise SourceError(f"{where}: the dimension '{name}' is named but not described")
        found.append(_dimension(name, given, name in times, where))
    _check_sizes(found, [str(size).strip() for size in sizes], where)
    return tuple(found)


def _check_sizes(found: Sequence[Dimension], sizes: Sequence[str], where: str) -> None:
    """The sizes only repeat what the codes say, but what contradicts itself is damaged."""
    real = [len(d.codes) for d in found]
    if len(sizes) != len(real):
        # The Office for National Statistics left sizes of one code out; no cell is in doubt.
        if all(map(str.isdigit, sizes)) and prod(map(int, sizes)) == prod(real):
            return
        raise SourceError(f"{where}: {len(real)} dimensions in 'id', but {len(sizes)} in 'size'")
    for dimension, size in zip(found, sizes, strict=True):
        if size != str(len(dimension.codes)):
            raise SourceError(
                f"{where}: the size of '{dimension.name}' is {size}, but it has "
                f"{len(dimension.codes)} codes; the answer is damaged, fetch it again"
            )


def _dimension(name: str, given: Mapping[str, Any], is_time: bool, where: str) -> Dimension:
    category = given.get("category")
    if not isinstance(category, dict):
        raise SourceError(f"{where}: the dimension '{name}' has no 'category'")
    codes = _codes(name, category, where)
    named = category.get("label") or {}
    if isinstance(named, list):
        named = dict(zip(codes, named, strict=False))
    labels = tuple(str(named.get(code, code)) for code in codes)
    marked: set[int] = set()
    if is_time:
        marked = starred(codes, [labels])
        codes, labels = strip_star(codes), strip_star(labels)
    text = str(given.get("label") or name)
    return Dimension(name, text, codes, labels, frozenset(marked), given)


def _codes(name: str, category: Mapping[str, Any], where: str) -> tuple[str, ...]:
    """The codes in the order of their places, which need not be the order of the object."""
    index, label = category.get("index"), category.get("label")
    if isinstance(index, list):
        return tuple(map(str, index))
    if isinstance(index, dict):
        if not all(str(place).isdigit() for place in index.values()):
            raise SourceError(f"{where}: a code of '{name}' has no place in 'index'")
        places = {code: int(place) for code, place in index.items()}
        if len(set(places.values())) < len(places):
            raise SourceError(f"{where}: two codes of '{name}' have the same place in 'index'")
        return tuple(sorted(places, key=places.__getitem__))
    if isinstance(label, dict) and len(label) == 1:
        return tuple(label)
    raise SourceError(
        f"{where}: '{name}' has no 'index', so the order of its codes cannot be known"
    )


def _roles(dataset: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    given = dataset.get("role", dataset["dimension"].get("role"))
    if not isinstance(given, dict):
        return {}
    return {role: tuple(map(str, ids)) for role, ids in given.items() if ids}


def is_eurostat(dataset: Mapping[str, Any]) -> bool:
    """Whether Eurostat publishes it, whose flags are letters of their own."""
    extension = dataset.get("extension") or {}
    agency = str(extension.get("agencyId") or dataset.get("source") or "")
    # PxWeb names Eurostat as the source of some tables, but its marks remain PxWeb's.
    return "px" not in extension and agency.strip().upper() in ("ESTAT", "EUROSTAT")


def read_info(
    dataset: Mapping[str, Any],
    dimensions: Sequence[Dimension],
    marks: Mapping[str, npt.NDArray[np.intp]],
    where: str,
) -> CubeInfo:
    """Everything that stands beside the figures."""
    extension = dataset.get("extension") or {}
    px = extension.get("px") or {}
    language = str(px.get("language") or extension.get("lang") or "und").lower()
    names = {d.name for d in dimensions}
    roles = {r: tuple(i for i in ids if i in names) for r, ids in _roles(dataset).items()}
    if not roles.get("time"):
        roles["time"] = tuple(d.name for d in dimensions if d.name.lower() in _TIMES)
    time = next((d for d in dimensions if d.name in roles["time"]), None)
    metrics = [d for d in dimensions if isinstance(d.given["category"].get("unit"), dict)]
    units, decimals = _units(metrics)
    if isinstance(px.get("decimals"), int):
        decimals["*"] = px["decimals"]
    words = Texts(
        title=str(dataset.get("label") or ""),
        source=str(dataset.get("source") or ""),
        names={d.name: d.text for d in dimensions},
        labels={d.name: dict(zip(d.codes, d.labels, strict=True)) for d in dimensions},
        units=units,
        notes=tuple(_notes(dataset, dimensions)),
    )
    labels = (extension.get("status") or {}).get("label") or {}
    return CubeInfo(
        where=where,
        dimensions=tuple(d.name for d in dimensions),
        languages=(language,),
        texts={language: words},
        time=time.name if time else None,
        periods=read_periods(time.codes, time.labels) if time else {},
        roles={role: ids for role, ids in roles.items() if ids},
        decimals=decimals,
        updated=str(dataset["updated"]) if dataset.get("updated") else None,
        symbols={str(mark): str(text) for mark, text in labels.items()},
        marks=marks,
        extra=_extra(dataset, dimensions),
    )


def _units(metrics: Sequence[Dimension]) -> tuple[dict[str, str], dict[str, int]]:
    """Code → unit, and code → decimals."""
    units, decimals = {}, {}
    for dimension in metrics:
        for code, given in dimension.given["category"]["unit"].items():
            if not isinstance(given, dict):
                continue
            said = (given.get(key) for key in ("base", "label", "symbol"))
            if unit := next((str(text) for text in said if text), ""):
                units[code] = unit
            if isinstance(given.get("decimals"), int):
                decimals[code] = given["decimals"]
    return units, decimals


def _notes(dataset: Mapping[str, Any], dimensions: Sequence[Dimension]) -> Iterator[Note]:
    extension = dataset.get("extension") or {}
    yield from _each(dataset.get("note"), extension.get("noteMandatory"), {})
    for d in dimensions:
        more = d.given.get("extension") or {}
        yield from _each(d.given.get("note"), more.get("noteMandatory"), {d.name: "*"})
        notes = d.given["category"].get("note") or {}
        shown = more.get("categoryNoteMandatory") or {}
        for code, note in notes.items() if isinstance(notes, dict) else ():
            yield from _each(note, shown.get(code), {d.name: code})


def _each(note: Any, mandatory: Any, at: Mapping[str, str]) -> Iterator[Note]:
    """The notes of one thing: a text or a list of texts, some of them to be shown always."""
    for n, text in enumerate([note] if isinstance(note, str) else note or ()):
        always = isinstance(mandatory, dict) and bool(mandatory.get(str(n)))
        yield Note(str(text), at, always)


def _extra(dataset: Mapping[str, Any], dimensions: Sequence[Dimension]) -> dict[str, Any]:
    found = {key: value for key, value in dataset.items() if key not in _SAID}
    more = {}
    for d in dimensions:
        category = {k: v for k, v in d.given["category"].items() if k in ("child", "coordinates")}
        rest = {k: v for k, v in d.given.items() if k not in ("label", "note", "category")}
        if category or rest:
            more[d.name] = {**rest, **category}
    return {**found, **({"dimension": more} if more else {})}
