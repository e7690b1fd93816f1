"""Where the tables of the local services come from: recorded answers, or a generator."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from .cube_model import JOINED, Cube, Role, Texts, Variable

__all__ = ["LONG", "from_jsonstat2", "generated"]

LONG = re.compile(r"^(?P<start>[a-z]+)_(?P<folder>.+)_pxt_(?P<id>[0-9a-z]{4})(_\w+)?(\.px)?$")
"""The long ids of Statistics Finland's files before June 2026."""

SYMBOLS = ("..", "...", "-", ".", "....", ".....", "......")
_SYNTHETIC = {"fi": "synteettinen", "sv": "syntetisk", "en": "synthetic"}
_ROLES: dict[str, Role] = {"time": "time", "geo": "geo", "metric": "contents"}


def from_jsonstat2(
    answer: Mapping[str, Any], *, database: str = "StatFin", folder: str | None = None
) -> Cube:
    """The table of a recorded json-stat2 answer, as if the answer were the whole of it."""
    px = answer.get("extension", {}).get("px", {})
    lang = px.get("language", "fi")
    table = str(px.get("tableid", "0000"))
    long = LONG.match(table)
    code = long["id"] if long else table
    subject = folder or (long["folder"] if long else str(px.get("subject-code", "muut")).lower())
    by_role = {c: _ROLES[r] for r, codes in answer.get("role", {}).items() for c in codes}
    found = [_variable(c, answer["dimension"][c], by_role.get(c), lang) for c in answer["id"]]
    label = str(answer.get("label", code))
    base = px.get("contents") or re.split(f" {JOINED[lang][0]} ", label)[0]
    metric = next((v.code for v in found if v.role == "contents"), None)
    units = answer["dimension"][metric]["category"].get("unit", {}) if metric else {}
    value, count = answer["value"], prod(answer["size"])
    sparse = isinstance(value, Mapping)
    contact = [c.get("raw", "") for c in answer.get("extension", {}).get("contact", [])]
    return Cube(
        database=database,
        folder=subject,
        id=code,
        title={lang: px.get("description", base).partition(" -- ")[2] or base},
        variables=found,
        values=[value.get(str(i)) for i in range(count)] if sparse else list(value),
        status={int(i): s for i, s in answer.get("status", {}).items()},
        long_id=f"{table}.px" if long else f"statfin_{subject}_pxt_{code}.px",
        long_names=long is not None,
        contents={lang: base},
        subject={lang: px.get("subject-area", subject)},
        units={c: {lang: u.get("base", "")} for c, u in units.items()},
        decimals=int(px.get("decimals", 0)),
        precision={c: u["decimals"] for c, u in units.items() if "decimals" in u},
        notes={lang: list(answer.get("note", []))},
        source={lang: answer.get("source", "")},
        contact={lang: "#".join(contact)} if contact else {},
        updated=re.sub(r"T(\d\d)\.(\d\d)\.", r"T\1:\2:", answer.get("updated", "")),
        matrix=px.get("matrix"),
        heading=px.get("heading"),
    )


def _variable(code: str, given: Mapping[str, Any], role: Role | None, lang: str) -> Variable:
    category = given["category"]
    label = category.get("label", {})
    index = category.get("index", list(label))
    codes = sorted(index, key=index.get) if isinstance(index, Mapping) else list(index)
    more = given.get("extension", {})
    total = more.get("eliminationValueCode", more.get("elimination", False))
    links = given.get("link", {}).get("describedby", [{}])
    scale = re.search(r"SCALE-TYPE=(\w+)", links[0].get("extension", {}).get(code, ""))
    return Variable(
        code=code,
        texts={lang: given.get("label", code)},
        codes=codes,
        labels={lang: [label.get(c, c) for c in codes]},
        role=role,
        # A part of a table may lack the total that the whole has.
        elimination=total if total is True or total in codes else None,
        notes={lang: list(given["note"])} if "note" in given else {},
        value_notes={c: {lang: list(n)} for c, n in category.get("note", {}).items()},
        scale=scale[1] if scale else None,
    )


def generated(
    id: str,  # noqa: A002 - the name that a table has everywhere here
    variables: Sequence[Variable],
    *,
    title: Texts | None = None,
    database: str = "StatFin",
    folder: str = "synt",
    units: Mapping[str, Texts] | None = None,
    precision: Mapping[str, int] | None = None,
    missing: float = 0.03,
    preliminary: bool = True,
    seed: int = 1,
    updated: str = "2026-04-01T05:00:00Z",
    **more: Any,
) -> Cube:
    """A SYNTHETIC table: nobody published its figures, they come from arithmetic alone.

    The same arguments always give the same figures. A share ``missing`` of the cells has a symbol
    instead of a figure, each symbol in turn, and the last period is marked as preliminary. Totals
    are figures like the others: they do not add up.
    """
    found = [_preliminary(v) if preliminary and v.role == "time" else v for v in variables]
    size = prod(len(v.codes) for v in found)
    metric = next((v for v in found if v.role == "contents"), None)
    digits = dict(precision or {})
    # Knuth's multiplicative hash of the place: spread evenly, with no state to carry.
    mixed = (np.arange(size, dtype=np.uint64) + np.uint64(seed * 7919)) * np.uint64(2654435761)
    mixed %= np.uint64(2**32)
    figures: list[float | None] = (mixed % np.uint64(100_000)).astype(float).tolist()
    if metric is not None and digits:
        step = prod(len(v.codes) for v in found[found.index(metric) + 1 :])
        for i, value in enumerate(figures):
            code = metric.codes[i // step % len(metric.codes)]
            figures[i] = round((value or 0) / 10 ** digits.get(code, 0), digits.get(code, 0))
    gone = np.flatnonzero(mixed // np.uint64(2**16) < np.uint64(int(missing * 2**16))).tolist()
    for i in gone:
        figures[i] = None
    named = dict(title or dict.fromkeys(_SYNTHETIC, f"Taulukko {id}"))
    return Cube(
        database=database,
        folder=folder,
        id=id,
        title={lang: f"{t} ({_SYNTHETIC.get(lang, 'synthetic')})" for lang, t in named.items()},
        variables=found,
        values=figures,
        status={i: SYMBOLS[n % len(SYMBOLS)] for n, i in enumerate(gone)},
        units=units or {c: {"fi": "lukumäärä"} for c in (metric.codes if metric else ())},
        precision=digits,
        updated=updated,
        **{
            "long_id": f"statfin_{folder}_pxt_{id}.px",
            "subject": {lang: f"{folder} ({word})" for lang, word in _SYNTHETIC.items()},
            "source": {lang: f"Tilannekuva, {word}" for lang, word in _SYNTHETIC.items()},
            "notes": {"fi": ["Luvut ovat synteettisiä; kukaan ei ole julkaissut niitä."]},
        }
        | more,
    )


def _preliminary(variable: Variable) -> Variable:
    labels = variable.labels or {"fi": list(variable.codes)}
    marked = {lang: [*texts[:-1], f"{texts[-1]}*"] for lang, texts in labels.items()}
    return replace(variable, labels=marked)
