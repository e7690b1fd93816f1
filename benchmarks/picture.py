"""Cold start to the finished Kainuu page and workbook, beside a notebook of the same charts.

    python benchmarks/picture.py [--runs 3]

Both run in turn, each in a fresh process and an empty folder. The notebook is favoured: it is given
the finished figures of every chart (the CSV beside it) and computes nothing, draws them with pyplot
as inline PNG, shows the same tables and writes them to a workbook, through
``jupyter nbconvert --execute``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat

VERBS = """
import json, sys, time
t = [time.perf_counter()]
def lap(name, marks={}):
    now = time.perf_counter(); marks[name] = now - t[0]; t[0] = now; return marks
from tilannekuva import indicators, observing, pictures, raw, regions, storyboard, tidying
lap("import")
catalogue = indicators.load()
store = raw.store_path(); lock = raw.read_lock(store); raw.verify(store)
lap("catalogue and lock")
tidied = tidying.tidy(catalogue, store, lock)
lap("tidy")
seen = observing.observe(tidied, catalogue, lock)
lap("view and derive")
area = regions.region("MK18")
before = pictures.year_before(tidied, catalogue, lock, seen.as_of, [area])
picture = pictures.compose_all([area], seen, catalogue, before)[0]
lap("measure and compose")
charts = storyboard.draw_all(picture, "fi")
svg = {k: c.svg(titled=False) for k, c in charts.items()}
lap("charts")
from tilannekuva.reports import html, xlsx
page = html.render(picture, "fi", charts=charts)
lap("page")
book = xlsx.render(picture, "fi")
print(json.dumps(lap("workbook")))
"""

DRAW = """
frame = pd.read_csv("charts/{name}")
fig, ax = plt.subplots(figsize=(6, 4))
if "period" in frame and "role" in frame:
    for (role, who), part in frame.groupby(["role", "name"], sort=False):
        if len(part) > 1:
            ax.plot(part["period"].astype(str), part["value"], label=who)
        else:
            ax.barh([who], part["value"])
    ax.legend(fontsize=5)
else:
    grid = frame.pivot_table(index=frame.columns[1], columns="metric", values="value")
    ax.imshow(grid, aspect="auto")
    ax.set_yticks(range(len(grid)), grid.index)
ax.set_title("{name}")
plt.show()
frame.tail(20)
"""


def main() -> None:
    """Run both in turn and print medians and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    ours: list[float] = []
    theirs: list[float] = []
    verbs: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _build(root / "warm")
        charts = sorted((root / "warm").rglob("charts/fi/*.csv"))
        _baseline(root / "notebook", charts)
        for run in range(runs):
            ours.append(_timed(lambda run=run: _build(root / f"run{run}")))
            theirs.append(_timed(lambda: _notebook(root / "notebook")))
            out = subprocess.run(
                [sys.executable, "-c", VERBS], capture_output=True, text=True, check=True
            )
            verbs.append(json.loads(out.stdout))
        print(f"{len(charts)} charts, {runs} runs in turn, median seconds")
        for name in verbs[0]:
            print(f"  {name:<22} {statistics.median(v[name] for v in verbs):6.2f}")
        print(f"tilannekuva build        {statistics.median(ours):6.2f}")
        print(f"nbconvert --execute      {statistics.median(theirs):6.2f}")
        ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
        print(f"ratio                    {ratio:6.2f}")


def _timed(what: Callable[[], object]) -> float:
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def _build(folder: Path) -> None:
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "tilannekuva", "build", "kainuu"]
    root = Path(__file__).parent.parent
    environment = {**os.environ, "PYTHONPATH": str(root)}
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)


def _baseline(folder: Path, charts: list[Path]) -> None:
    (folder / "charts").mkdir(parents=True)
    cells = ["import pandas as pd\nimport matplotlib.pyplot as plt\n%matplotlib inline"]
    for chart in charts:
        (folder / "charts" / chart.name).write_bytes(chart.read_bytes())
        cells.append(DRAW.format(name=chart.name))
    cells.append(
        "from pathlib import Path\n"
        "with pd.ExcelWriter('book.xlsx') as book:\n"
        "    for n, f in enumerate(sorted(Path('charts').glob('*.csv'))):\n"
        "        pd.read_csv(f).to_excel(book, sheet_name=f'{n} {f.stem}'[:31], index=False)"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c.strip()) for c in cells])
    nbformat.write(notebook, folder / "baseline.ipynb")


def _notebook(folder: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "jupyter",
        "nbconvert",
        "--execute",
        "--to",
        "html",
        "baseline.ipynb",
    ]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


if __name__ == "__main__":
    main()
