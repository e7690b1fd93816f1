"""All formats beside the page and workbook alone; the PDF beside WeasyPrint and a browser.

    python benchmarks/formats.py [--runs 3] [--only builds|pdf] [--weasyprint PYTHON]

Builds are whole processes in empty folders, cold, in turn: ``--formats all`` and
``--formats html,xlsx`` of Kainuu in Finnish. The profile is every step by itself in one more
process; in a build typst works beside Python, so the steps add up to more than the build.

The PDF is made in a fresh process of the values and drawings given, and once more of the picture,
drawing included. The equal document is the page of the build: the same story, charts, tables and
design on 58 sheets for our 53 (what print hides costs nothing: taken out, it takes as long). The
peers also print an HTML of the same words, tables and drawings with next to no style. WeasyPrint
may live in an environment of its own (``pip install weasyprint``); a peer that is not there is said
to be missing.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
FORMATS = {"page and workbook": "html,xlsx", "all formats": "all"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

STEPS = """
import json, sys, time
from importlib import import_module
steps = {}
clock = [time.perf_counter()]
def lap(name):
    now = time.perf_counter(); steps[name] = now - clock[0]; clock[0] = now
from tilannekuva import indicators, observing, pictures, raw, regions, rendering, storyboard
from tilannekuva import tidying
catalogue = indicators.load()
store = raw.store_path(); lock = raw.read_lock(store); raw.verify(store)
lap("import, catalogue, lock")
tidied = tidying.tidy(catalogue, store, lock)
lap("tidy")
seen = observing.observe(tidied, catalogue, lock)
area = regions.region("MK18")
before = pictures.year_before(tidied, catalogue, lock, seen.as_of, [area])
picture = pictures.compose_all([area], seen, catalogue, before)[0]
picture.to_json()
lap("measure and compose")
charts = storyboard.draw_all(picture, "fi")
for chart in charts.values(): chart.svg(titled=True); chart.csv()
lap("charts as SVG and CSV")
room = lambda name: import_module(f"tilannekuva.reports.{name}")
room("html").render(picture, "fi", charts=charts); lap("page")
room("xlsx").render(picture, "fi"); lap("workbook")
room("package").render(picture); lap("data package")
room("_ooxml_bitmaps").files(charts); lap("charts as PNG files (typst)")
bitmaps = room("_ooxml_bitmaps").bitmaps(charts); lap("bitmaps for Office (typst)")
room("pdf").render(picture, "fi", charts=charts); lap("PDF (typst)")
room("docx").render(picture, "fi", charts=charts, bitmaps=bitmaps); lap("Word")
room("pptx").render(picture, "fi", charts=charts, bitmaps=bitmaps); lap("PowerPoint")
themes = rendering._themes(picture)
for t in themes: room("pdf").brief(picture, t, "fi", charts=charts)
lap(f"{len(themes)} briefs as PDF (typst)")
for t in themes: room("docx").brief(picture, t, "fi", charts=charts, bitmaps=bitmaps)
lap(f"{len(themes)} briefs as Word")
print(json.dumps(steps))
"""

KEEP = """
import json, sys
from pathlib import Path
from tilannekuva.model import Picture
from tilannekuva.reports import pdf
place = Path(sys.argv[1])
def keep(name, values, files, where):
    (place / "values.json").write_text(json.dumps(values), encoding="utf-8")
    for file, content in files.items(): (place / "files" / file).write_bytes(content)
    return b""
(place / "files").mkdir()
pdf.typeset = keep
pdf.render(Picture.from_json((place / "picture.json").read_bytes()), "fi")
"""

TYPESET = """
import json, sys
from pathlib import Path
from tilannekuva.reports._pdf_typst import typeset
place = Path(sys.argv[1])
values = json.loads((place / "values.json").read_bytes())
files = {f.name: f.read_bytes() for f in (place / "files").iterdir()}
(place / "typeset.pdf").write_bytes(typeset("document.typ", values, files, "Kainuu"))
"""

DRAW = """
import sys
from pathlib import Path
from tilannekuva.model import Picture
from tilannekuva.reports import pdf
place = Path(sys.argv[1])
picture = Picture.from_json((place / "picture.json").read_bytes())
(place / "drawn.pdf").write_bytes(pdf.render(picture, "fi"))
"""

STYLE = """
@page { size: A4; margin: 22mm 21mm } body { font: 10.5pt serif } svg { max-width: 100% }
table { border-collapse: collapse; font-size: 7.8pt } td, th { padding: 0.85mm 1.1mm }
td, th { border-bottom: 0.4pt solid #ddd; text-align: left; vertical-align: top }
"""


class Taken(NamedTuple):
    """Seconds by the clock, and of the processor."""

    wall: float
    cpu: float


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", choices=("builds", "pdf"))
    parser.add_argument("--weasyprint", default=sys.executable, metavar="PYTHON")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if asked.only != "pdf":
            builds(Path(folder), asked.runs)
        if asked.only != "builds":
            documents(Path(folder), asked.runs, asked.weasyprint)


# --- all formats ------------------------------------------------------------------------------


def builds(root: Path, runs: int) -> None:
    """Both builds in turn, and the profile."""
    build(root / "warm", "all")
    taken: dict[str, list[Taken]] = {name: [] for name in FORMATS}
    steps: list[dict[str, float]] = []
    for run in range(runs):
        for name, formats in FORMATS.items():
            taken[name].append(build(root / f"{formats}{run}", formats))
        steps.append(json.loads(python(STEPS)))
    print(f"Builds of Kainuu in Finnish, {runs} runs in turn, median seconds (of the processor)")
    for name in taken:
        print(f"  {name:<32} {said(taken[name])}")
    few, whole = taken.values()
    for which in Taken._fields:
        pairs = zip(whole, few, strict=True)
        ratio = statistics.median(getattr(a, which) / getattr(b, which) for a, b in pairs)
        print(f"  ratio, {which:<25} {ratio:6.2f}")
    print("Every step by itself, median seconds by the clock")
    for name in steps[0]:
        print(f"  {name:<32} {statistics.median(s[name] for s in steps):6.2f}")


def build(folder: Path, formats: str) -> Taken:
    """One build in an empty folder."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "tilannekuva", "build", "kainuu"]
    return timed([*command, "--lang", "fi", "--formats", formats], folder)


# --- the PDF ----------------------------------------------------------------------------------


def documents(root: Path, runs: int, weasyprint: str) -> None:
    """The PDF and its peers in turn."""
    place = root / "pdf"
    build(place, "html,pdf,json")
    (made,) = place.glob("reports/????-??-??/kainuu")
    shutil.copy(made / "picture.json", place)
    shutil.copy(made / "kainuu.fi.html", place / "page.html")
    python(KEEP, place)
    plain = place / "plain.html"
    plain.write_text(html(place), encoding="utf-8")
    ours = {
        "typst, values and drawings given": [sys.executable, "-c", TYPESET, str(place)],
        "typst, values and drawings made": [sys.executable, "-c", DRAW, str(place)],
    }
    peers = {
        **weasy(weasyprint, plain, "plain HTML"),
        **weasy(weasyprint, place / "page.html", "page"),
        **browser(plain, "plain HTML"),
        **browser(place / "page.html", "page"),
    }
    timed(ours["typst, values and drawings given"], place)
    same = (place / "typeset.pdf").read_bytes() == (made / "kainuu.fi.pdf").read_bytes()
    assert same, "the values that were kept must give the very file of the build"
    taken: dict[str, list[Taken]] = {name: [] for name in (*ours, *peers)}
    for _ in range(runs):
        for name, command in {**ours, **peers}.items():
            taken[name].append(timed(command, place))
    print(f"The PDF of Kainuu in a fresh process, {runs} runs in turn, median seconds")
    print(f"  {'':<36} {'':>6} {'':>6}  typeset is so much of it, drawn and typeset")
    for name, found in taken.items():
        shares = [
            statistics.median(a.wall / b.wall for a, b in zip(taken[own], found, strict=True))
            for own in ours
        ]
        told = "" if name in ours else "  {:5.2f}  {:5.2f}".format(*shares)
        print(f"  {name:<36} {statistics.median(t.wall for t in found):6.2f}{told}")
    for name, missing in (("WeasyPrint", "weasyprint"), ("browser", "browser")):
        if not any(p.startswith(missing) for p in peers):
            print(f"  no {name} here: it could not be set beside")


def weasy(executable: str, source: Path, what: str) -> dict[str, list[str]]:
    """The command of WeasyPrint, where there is one."""
    command = [executable, "-m", "weasyprint"]
    if subprocess.run([*command, "--info"], capture_output=True, check=False).returncode:
        return {}
    return {f"weasyprint, {what}": [*command, "-q", str(source), str(source) + ".w.pdf"]}


def browser(source: Path, what: str) -> dict[str, list[str]]:
    """The command of a browser without a window, where there is one."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        return {}
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
               "--disable-background-networking", "--no-pdf-header-footer"]  # fmt: skip
    target = f"--print-to-pdf={source}.b.pdf"
    return {f"browser, {what}": [found, *options, target, source.as_uri()]}


def html(place: Path) -> str:
    """The values of the document as a plain HTML: the same words, tables and drawings."""
    values = json.loads((place / "values.json").read_bytes())
    svgs = {f.name: f.read_text("utf-8") for f in (place / "files").glob("*.svg")}
    body = "".join(told({k: v for k, v in values.items() if k != "words"}, svgs))
    head = f'<meta charset="utf-8"><title>{escape(values["document-title"])}</title>'
    return f'<html lang="fi"><head>{head}<style>{STYLE}</style></head><body>{body}</body></html>'


def told(value: Any, svgs: Mapping[str, str], key: str = "") -> Iterator[str]:
    """Any value: a table, a drawing with its words, a list of some, or a text."""
    if isinstance(value, Mapping) and {"rows", "columns"} <= set(value):
        head = "".join(f"<th>{escape(c['head'])}</th>" for c in value["columns"])
        rows = ("".join(f"<td>{escape(flat(c))}</td>" for c in row) for row in value["rows"])
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        caption = f"<caption>{escape(value['caption'])}</caption>"
        yield f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        yield from told(value["notes"], svgs)
    elif isinstance(value, Mapping):
        for name, part in value.items():
            if name == "file" and part in svgs:
                yield re.sub(r"<\?xml.*?\?>", "", svgs[part])
            elif name not in ("id", "ids", "lang", "file", "alt"):
                yield from told(part, svgs, name)
    elif isinstance(value, list):
        for part in value:
            yield from told(part, svgs)
    elif isinstance(value, str) and value:
        tag = "h2" if key in ("name", "headline", "title") else "p"
        yield f"<{tag}>{escape(value)}</{tag}>"


def flat(cell: Any) -> str:
    """The words of a table's cell."""
    if isinstance(cell, Mapping):
        return f"{cell['n'] or '–'}{cell['tail']} {cell['mark']}{cell['why']}"
    return cell if isinstance(cell, str) else " ".join(piece["t"] for piece in cell)


# --- processes --------------------------------------------------------------------------------


def python(script: str, *more: Path) -> str:
    """What a script prints."""
    command = [sys.executable, "-c", script, *map(str, more)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    return done.stdout


def timed(command: Sequence[str], folder: Path) -> Taken:
    """A process and all that it started and waited for."""
    before, start = spent(), time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment(), capture_output=True, check=True)
    return Taken(time.perf_counter() - start, spent() - before)


def spent() -> float:
    """Seconds of the processor that finished processes have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def said(found: Sequence[Taken]) -> str:
    """Medians."""
    wall, cpu = (statistics.median(getattr(t, which) for t in found) for which in Taken._fields)
    return f"{wall:6.2f} ({cpu:.2f})"


def environment() -> dict[str, str]:
    """Ours, with the package on its path; compiled code is kept, as it is wherever it is used."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(ROOT)}


if __name__ == "__main__":
    main()
