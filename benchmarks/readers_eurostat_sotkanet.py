"""Our readers of PxWeb JSON, Eurostat TSV and Sotkanet JSON against other ways to read them.

    python benchmarks/readers_eurostat_sotkanet.py [--cells 1000000] [--rounds 5]

Files come from ``cubes.py``. The readers take turns, so that whatever else the machine does meets
all of them; medians are compared. Nothing is switched off in ours: every check is made. Before the
clock starts, all readers are held to give the same figures. The ``eurostat`` package asks the
service itself, so it is handed the file as the service's answer: packed, lines ending with CR LF;
ours reads the same packed bytes.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.metadata
import io
import json
import re
import statistics
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

import cubes
import numpy as np
import pandas as pd
from eurostat import eurostat as package

from tilannekuva.sources.eurostat import read_eurostat_tsv
from tilannekuva.sources.pxweb import read_pxweb_json
from tilannekuva.sources.sotkanet import read_sotkanet

OURS_A_ROUND = 3
"""Ours is run more often a round, for it is over before the machine has settled."""


class Pair(NamedTuple):
    """Two ways to read the same bytes."""

    name: str
    rival: str
    data: bytes
    ours: Callable[[bytes], pd.DataFrame]
    theirs: Callable[[bytes], pd.DataFrame]
    values: Callable[[pd.DataFrame], Any]
    """Figures of the rival's frame in the order of ours."""
    goal: float


def melted(data: bytes) -> pd.DataFrame:
    """PxWeb JSON by hand: parser, frame, melt; the figures stay texts."""
    answer = json.loads(data)
    names = [c["code"] for c in answer["columns"]]
    keys = [c["code"] for c in answer["columns"] if c["type"] != "c"]
    frame = pd.DataFrame([row["key"] + row["values"] for row in answer["data"]], columns=names)
    return frame.melt(id_vars=keys)


def melted_values(frame: pd.DataFrame) -> Any:
    contents = frame["variable"].nunique()
    figures = pd.to_numeric(frame["value"], errors="coerce").to_numpy()
    return figures.reshape(contents, -1).T.reshape(-1)


def by_package(data: bytes) -> pd.DataFrame:
    package.__get_resp__ = lambda *_, **__: SimpleNamespace(content=data)
    package.__get_dims_info__ = lambda *_, **__: (None, "EUROSTAT", None)
    frame: pd.DataFrame = package.get_data_df("SYNTHETIC", flags=True)
    return frame


def package_values(frame: pd.DataFrame) -> Any:
    return frame[[c for c in frame if c.endswith("_value")]].astype(float).to_numpy().reshape(-1)


def by_read_json(data: bytes) -> pd.DataFrame:
    return pd.read_json(io.BytesIO(data))


def pairs(cells: int) -> list[Pair]:
    cube = cubes.make(cells)
    # The service sets no blank behind a flag; the package does not take one.
    tsv = re.sub(rb"(: [a-z]) (?=[\t\n])", rb"\1", cubes.eurostat_tsv(cube))
    packed = gzip.compress(tsv.replace(b"\n", b"\r\n"))
    sotkanet = cubes.sotkanet_json(cubes.make(cells, shape="sotkanet"))
    return [
        Pair("PxWeb JSON", "json + DataFrame + melt", cubes.pxweb_json(cube), read_pxweb_json,
             melted, melted_values, 6),
        Pair("Eurostat TSV", "eurostat package", packed, read_eurostat_tsv, by_package,
             package_values, 9),
        Pair("Sotkanet JSON", "pandas.read_json", sotkanet, read_sotkanet, by_read_json,
             lambda frame: frame["value"].to_numpy(float), 4),
    ]  # fmt: skip


def clocked(read: Callable[[bytes], Any], data: bytes) -> float:
    start = time.perf_counter()
    read(data)
    return time.perf_counter() - start


def main() -> None:
    """Check, let the readers take turns, print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    versions = [f"{n} {importlib.metadata.version(n)}" for n in ("pandas", "pyarrow", "eurostat")]
    print(f"{given.cells:,} cells, {given.rounds} rounds; {', '.join(versions)}")
    found = pairs(given.cells)
    for pair in found:
        ours = pair.ours(pair.data)["value"].to_numpy()
        # A zero that is written "-" is a number in ours only.
        np.testing.assert_allclose(
            ours, pair.values(pair.theirs(pair.data)), rtol=1e-15, err_msg=pair.name
        )
    own: dict[str, list[float]] = {p.name: [] for p in found}
    other: dict[str, list[float]] = {p.name: [] for p in found}
    for _ in range(given.rounds):
        for pair in found:
            own[pair.name] += [clocked(pair.ours, pair.data) for _ in range(OURS_A_ROUND)]
            other[pair.name].append(clocked(pair.theirs, pair.data))
    heads = f"{'ours, s':>9}{'theirs, s':>11}{'ratio':>8}{'goal':>6}"
    print(f"{'file':15}{'MB':>6}  {'against':26}{heads}")
    for p in found:
        ours, theirs = statistics.median(own[p.name]), statistics.median(other[p.name])
        reached = "" if theirs / ours >= p.goal else "  not reached"
        print(f"{p.name:15}{len(p.data) / 1e6:6.1f}  {p.rival:26}{ours:9.4f}{theirs:11.3f}"
              f"{theirs / ours:8.1f}{p.goal:6.0f}{reached}")  # fmt: skip


if __name__ == "__main__":
    main()
