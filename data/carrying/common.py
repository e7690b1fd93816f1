"""How a figure is carried over: our own long table, and a lock entry that says where it is from.

A carried table keeps the *publisher's* codes and labels: one column per variable of the publisher,
then ``time``, ``value`` and ``flag`` (the publisher's own mark, or empty). Nothing is recoded,
computed, rounded or filled in here; that is the work of ``tidy``, which treats a carried table
exactly like a live answer.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from tilannekuva.model import Snapshot

LAYOUT = {"format": "long-csv", "time": "time", "value": "value", "flag": "flag"}


class Carried(NamedTuple):
    """A lock entry and the bytes that it describes."""

    snapshot: Snapshot
    data: bytes


def carried(
    rows: pd.DataFrame,
    *,
    originals: Sequence[Path],
    source: str,
    table: str,
    title: str,
    vintage: str,
    published_on: str,
    address: str,
    licence: str,
    received_at: str | None = None,
    updated_at: str | None = None,
    transcribed: bool = False,
    note: str = "",
    root: Path,
) -> Carried:
    """Turn rows into a carried table and its lock entry.

    Args:
        rows: Columns: the publisher's variables (text), ``time``, ``value``, ``flag``. ``value`` is
            text exactly as printed by the publisher (decimal point), empty where there is none and
            then ``flag`` holds the publisher's symbol.
        originals: The files the figures were read from.
        source: Id in ``sources.toml``.
        table: The publisher's table (StatFin: ``tyonv/12r5``; Eurostat: ``nama_10r_3gdp``).
        title: What the table is, in the publisher's words or close to them.
        vintage: In words, as precise as is known.
        published_on: Day, month or year of publication: only what is known.
        address: Where the table can be seen.
        licence: For example ``CC BY 4.0``, ``CC BY 4.0 (assumed)``.
        received_at: When somebody fetched it, if known (UTC).
        updated_at: The publisher's own stamp, if there is one.
        transcribed: True where a person typed the figures from a page.
        note: What a reader of the figures must know.
        root: Folder that ``originals`` are named relative to.

    Returns:
        The entry (named by the hash of the bytes) and the bytes; equal rows give equal bytes.
    """
    variables = [c for c in rows.columns if c not in ("time", "value", "flag")]
    columns = [*variables, "time", "value", "flag"]
    text = rows[columns].astype("string").fillna("")
    if text.duplicated([*variables, "time"]).any():
        twice = text[text.duplicated([*variables, "time"], keep=False)].head(4)
        raise SystemExit(f"{source} {table}: the same cell stands twice:\n{twice.to_string()}")
    numbers = text["value"][text["value"] != ""]
    bad = numbers[pd.to_numeric(numbers, errors="coerce").isna()]
    if len(bad):
        raise SystemExit(f"{source} {table}: not a number: {sorted(set(bad))[:5]}")
    text = text.sort_values([*variables, "time"], kind="stable")
    out = io.StringIO()
    text.to_csv(out, index=False, lineterminator="\n")
    data = out.getvalue().encode()
    sha = hashlib.sha256(data).hexdigest()
    snapshot = Snapshot(
        id=sha[:16],
        kind="carried",
        sha256=sha,
        file=f"{source}/{table.replace('/', '_')}/{sha[:16]}.csv",
        bytes=len(data),
        source=source,
        table=table,
        title=title,
        vintage=vintage,
        published_on=published_on,
        received_at=received_at,
        updated_at=updated_at,
        address=address,
        licence=licence,
        layout=LAYOUT,
        transcribed=transcribed,
        carried_from=", ".join(p.relative_to(root).as_posix() for p in originals),
        original_sha256=tuple(hashlib.sha256(p.read_bytes()).hexdigest() for p in originals),
        note=note,
    )
    return Carried(snapshot, data)


def split_flags(cells: Iterable[str]) -> tuple[list[str], list[str]]:
    """Eurostat cells into value text and flag letters.

    >>> split_flags(["4700p", "574 d", ":", ": c", "12.5"])
    (['4700', '574', '', '', '12.5'], ['p', 'd', ':', ':c', ''])
    """
    values, flags = [], []
    for cell in cells:
        cell = (cell or "").strip()
        number = cell.rstrip("abcdefghijklmnopqrstuvwxyz: ")
        values.append(number)
        flags.append(cell[len(number) :].replace(" ", "") or ("" if number else ":"))
    return values, flags
