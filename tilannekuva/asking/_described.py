"""What a table of PxWebApi 2 says of itself, and whether an answer is of the same edition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from tilannekuva.asking._parts import Selection
from tilannekuva.errors import SourceError
from tilannekuva.matching import Role, Variable, guess_role
from tilannekuva.sources._cube import Cube
from tilannekuva.sources._jsonstat_info import Dimension, read_dimensions, read_info
from tilannekuva.sources._jsonstat_text import read_answer

__all__ = ["Described", "check_edition", "notes_of", "read_description"]

_ROLES: dict[str, Role] = {"time": "time", "geo": "geo", "metric": "contents"}
_ELIMINATED = "EliminatedValue"
"""Contents that stand in a description although the table has none and nobody can ask for them."""


class Described(NamedTuple):
    """A table without its figures."""

    title: str
    updated: str
    """The publisher's own time of update, as printed; of several contents the latest."""
    variables: tuple[Variable, ...]


def read_description(data: bytes, where: str) -> Described:
    """Read the answer of ``/tables/{id}/metadata``.

    Args:
        data: A json-stat2 dataset, with or without figures.
        where: Source and table, for errors.

    Raises:
        SourceError: It is something else, contradicts itself, or has no time of update.

    >>> table = read_description(b'''{"class": "dataset", "label": "People", "id": ["Kon", "Tid"],
    ...   "updated": "2026-02-22T07:00:00Z", "size": [2, 1], "value": [], "role": {"time": ["Tid"]},
    ...   "dimension": {"Kon": {"label": "sex", "category": {"index": {"1": 0, "2": 1}},
    ...     "extension": {"elimination": true}}, "Tid": {"category": {"index": ["2025"]}}}}''', "x")
    >>> [(v.code, v.codes, v.role, v.optional) for v in table.variables]
    [('Kon', ('1', '2'), None, True), ('Tid', ('2025',), 'time', False)]
    """
    answer = read_answer(data, where)
    dimensions = read_dimensions(answer.dataset, where)
    info = read_info(answer.dataset, dimensions, {}, where)
    if not info.updated:
        raise SourceError(
            f"{where}: the description of the table does not say when it was updated, so its "
            "figures could not be dated"
        )
    roles = {name: _ROLES[r] for r, names in info.roles.items() if r in _ROLES for name in names}
    variables = tuple(
        _variable(d, roles.get(d.name)) for d in dimensions if d.codes != (_ELIMINATED,)
    )
    return Described(info.title, info.updated, variables)


def _variable(dimension: Dimension, role: Role | None) -> Variable:
    more = dimension.given.get("extension") or {}
    codes = _own_codes(dimension.given["category"])
    # Statistics Sweden does not say which variable is the area.
    role = role or guess_role(dimension.name, [dimension.text])
    total = more.get("eliminationValueCode")
    return Variable(
        dimension.name,
        codes,
        frozenset({dimension.text}),
        {c: frozenset({text}) for c, text in zip(codes, dimension.labels, strict=True)},
        role,
        total=str(total) if total in codes else None,
        optional=more.get("elimination") is True,
    )


def _own_codes(category: Mapping[str, Any]) -> tuple[str, ...]:
    """The codes as the service has them, an asterisk for preliminary included: it is asked so."""
    index = category.get("index") or list(category["label"])
    if isinstance(index, dict):
        return tuple(sorted(index, key=lambda code: int(index[code])))
    return tuple(map(str, index))


def check_edition(
    cube: Cube, asked: Selection, table: Described, seen: dict[frozenset[str], str], where: str
) -> None:
    """Make sure that a part of an answer is of the edition that was described.

    An answer bears the time of the contents that are in it, a description that of the latest of
    all: an answer with some of the contents may thus be older than the description.

    Args:
        cube: What was answered.
        asked: What was asked.
        table: The description that the question was made of.
        seen: Contents → time of update of the parts before; this part's is added.
        where: Source and table, for errors.

    Raises:
        SourceError: It is of another edition, or does not say of which.
    """
    stamp = cube.info.updated
    if not stamp:
        raise SourceError(f"{where}: an answer does not say when it was updated")
    contents = next((v for v in table.variables if v.role == "contents"), None)
    chosen = frozenset(asked.get(contents.code, ())) if contents else frozenset[str]()
    some = contents is not None and 0 < len(chosen) < len(contents.codes)
    here, described = _moment(stamp), _moment(table.updated)
    early = here < described and not some
    if here > described or early or seen.setdefault(chosen, stamp) != stamp:
        raise SourceError(
            f"{where}: the publisher updated the table while it was being fetched ({stamp}, "
            f"described {table.updated}); run it again"
        )


def _moment(stamp: str) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(stamp.strip())
    except ValueError as error:
        raise SourceError(f"'{stamp}' is not a time of update that can be read") from error
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


_LONGEST_NOTE = 600


def notes_of(cube: Cube) -> str:
    """The publisher's notes on the whole table, in a line of readable length.

    >>> from tilannekuva.sources.jsonstat import parse
    >>> notes_of(parse(b'''{"class": "dataset", "id": ["Tid"], "size": [1], "value": [1],
    ...   "note": ["The division is that of 2026."],
    ...   "dimension": {"Tid": {"category": {"index": ["2025"]}}}}''', "x"))
    'The division is that of 2026.'
    """
    texts = [" ".join(n.text.split()) for n in cube.info.notes if not n.at]
    text = " ".join(dict.fromkeys(t for t in texts if t))
    return text if len(text) <= _LONGEST_NOTE else text[: _LONGEST_NOTE - 1] + "…"
