"""Our readers of PX and JSON-stat against independent ones, on the same files in one run.

    python benchmarks/readers_px_jsonstat.py [--cells 1000000] [--rounds 3] [--memory 10000000]

Files come from ``cubes.py``. The readers take turns, so that whatever else the machine does meets
all of them; medians are compared. Nothing is switched off in ours: every check is made. Before the
clock starts, all readers are held to give the same figures. The memory is the peak of a fresh
process that reads one PX file, interpreter and imports included.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import cubes
import numpy as np
import pandas as pd
from pxweb._internal.functions import unpack_table_data
from pyaxis import pyaxis
from pyjstat import pyjstat

from tilannekuva.sources.jsonstat import read_jsonstat
from tilannekuva.sources.px import read_px

OURS_A_ROUND = 5
"""Ours is run more often a round, for it is over before the machine has settled."""

MEMORY = """
import pathlib, resource, sys
from tilannekuva.sources.px import read_px
frame = read_px(sys.argv[1])
status = pathlib.Path("/proc/self/status")
if status.exists():  # ru_maxrss would count what the parent held when it forked
    peak = int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
print(len(frame), peak)
"""


class Rival(NamedTuple):
    """Another way to read the same file."""

    name: str
    file: str
    read: Callable[[Path], Any]
    values: Callable[[Any], Any]
    """Its figures out of what it gives."""
    ours: Callable[[Path], pd.DataFrame]
    goal: float


def by_pyaxis(path: Path) -> pd.DataFrame:
    with contextlib.redirect_stdout(io.StringIO()):
        frame: pd.DataFrame = pyaxis.parse(str(path), encoding="iso-8859-15")["DATA"]
    return frame


def by_pyaxis_as_numbers(path: Path) -> pd.DataFrame:
    frame = by_pyaxis(path)
    frame["DATA"] = pd.to_numeric(frame["DATA"], errors="coerce")
    return frame


def by_pyjstat(path: Path) -> pd.DataFrame:
    frame: pd.DataFrame = pyjstat.Dataset.read(path.read_text("utf-8")).write("dataframe")
    return frame


def by_pyjstat_1(path: Path) -> pd.DataFrame:
    frame: pd.DataFrame = pyjstat.from_json_stat(json.loads(path.read_bytes()))[0]
    return frame


def by_pxwebpy(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = unpack_table_data(json.loads(path.read_bytes()))
    return rows


def by_pxwebpy_as_frame(path: Path) -> pd.DataFrame:
    return pd.DataFrame(by_pxwebpy(path))


def column(name: str) -> Callable[[pd.DataFrame], Any]:
    return lambda frame: pd.to_numeric(frame[name], errors="coerce").to_numpy(float)


def of_rows(rows: list[dict[str, Any]]) -> Any:
    return np.array([row["value"] for row in rows], dtype=float)


RIVALS = (
    Rival("pyaxis", "px", by_pyaxis, column("DATA"), read_px, 15),
    Rival("pyaxis, numbers converted", "px", by_pyaxis_as_numbers, column("DATA"), read_px, 20),
    Rival("pyjstat", "jsonstat2", by_pyjstat, column("value"), read_jsonstat, 60),
    Rival("pxwebpy's parser", "jsonstat2", by_pxwebpy, of_rows, read_jsonstat, 20),
    Rival("pxwebpy's parser, as a frame", "jsonstat2", by_pxwebpy_as_frame, column("value"),
          read_jsonstat, 20),
    Rival("pyjstat", "jsonstat2-sparse", by_pyjstat, column("value"), read_jsonstat, 60),
    Rival("pyjstat", "jsonstat1", by_pyjstat_1, column("value"), read_jsonstat, 25),
)  # fmt: skip
"""pxwebpy's parser refuses sparse answers, so pyjstat alone is asked about those."""


def clocked(read: Callable[[Path], Any], path: Path) -> float:
    start = time.perf_counter()
    read(path)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", type=int, default=10_000_000, help="cells; 0 leaves it out")
    given = parser.parse_args()
    versions = [f"{n} {importlib.metadata.version(n)}"
                for n in ("pandas", "pyarrow", "pyaxis", "pyjstat", "pxwebpy")]  # fmt: skip
    print(f"{given.cells:,} cells, {given.rounds} rounds; {', '.join(versions)}")
    with tempfile.TemporaryDirectory() as folder:
        files = cubes.write(Path(folder), given.cells, sorted({r.file for r in RIVALS}))
        check(files, cubes.make(given.cells).values)
        compare(files, given.rounds)
        if given.memory:
            measure_memory(Path(folder), given.memory)


def check(files: dict[str, Path], expected: Any) -> None:
    """Every reader gives the figures that were written."""
    for rival in RIVALS:
        path = files[rival.file]
        np.testing.assert_array_equal(rival.ours(path)["value"], expected)
        np.testing.assert_array_equal(rival.values(rival.read(path)), expected, rival.name)


def compare(files: dict[str, Path], rounds: int) -> None:
    ours: dict[str, list[float]] = {}
    theirs: dict[Rival, list[float]] = {}
    for _ in range(rounds):
        for rival in RIVALS:
            path = files[rival.file]
            for _ in range(OURS_A_ROUND):
                ours.setdefault(rival.file, []).append(clocked(rival.ours, path))
            theirs.setdefault(rival, []).append(clocked(rival.read, path))
    print(f"{'file':18}{'against':30}{'ours, s':>9}{'theirs, s':>11}{'ratio':>8}{'goal':>6}")
    for rival, times in theirs.items():
        own, other = statistics.median(ours[rival.file]), statistics.median(times)
        reached = "" if other / own >= rival.goal else "  not reached"
        print(f"{rival.file:18}{rival.name:30}{own:9.4f}{other:11.3f}{other / own:8.1f}"
              f"{rival.goal:6.0f}{reached}")  # fmt: skip


def measure_memory(folder: Path, cells: int) -> None:
    path = cubes.write(folder, cells, ["px"])["px"]
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(path)], check=True, capture_output=True, text=True
    )
    rows, peak = done.stdout.split()
    size = path.stat().st_size / 1e6
    print(f"PX of {int(rows):,} cells ({size:.0f} MB): peak {float(peak):.0f} MB, goal under 500")


if __name__ == "__main__":
    main()
