"""Synthetic cubes of any size in every format that the readers know.

    python benchmarks/cubes.py 1000000 --out /tmp/cubes [--formats px,jsonstat2,…]

The figures are drawn from a seeded generator and look like a regional table: counts beside a share
with one decimal, areas with leading zeros and letters outside ASCII, a few cells without a value
for several reasons. The same cube is written in each format, so that the readers can be held
against each other. Nothing in a file is hard to read: a benchmark needs files that every peer can
read. Everything is a function of its arguments.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

MARKS = ("", ".", "..", "...")
"""PxWeb's marks of a missing value; the place of one is what ``SyntheticCube.marks`` holds."""
EUROSTAT_GAPS = ("", ":", ": z", ": c")
"""The same reasons as Eurostat prints them."""
FLAGS = ("", "p", "e", "b")
"""Eurostat's flags beside a value."""


@dataclass(frozen=True)
class Axis:
    """One dimension."""

    code: str
    text: str
    codes: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class SyntheticCube:
    """A row-major cube, the last axis fastest."""

    axes: tuple[Axis, ...]
    values: npt.NDArray[np.float64]
    """NaN where there is none."""
    marks: npt.NDArray[np.int8]
    """Place in ``MARKS``; 0 exactly where there is a value."""
    flags: npt.NDArray[np.int8]
    """Place in ``FLAGS``; 0 where there is no value."""

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(len(a.codes) for a in self.axes)


def make(
    cells: int, *, gaps: float = 0.01, seed: int = 18, shape: str = "statfin"
) -> SyntheticCube:
    """A cube of at least so many cells.

    Args:
        cells: How many; met exactly at powers of ten.
        gaps: Share of the cells without a value.
        seed: Of the generator.
        shape: ``statfin`` (area, age, sex, year, contents) or ``sotkanet`` (region, year, gender).
    """
    axes = _statfin_axes(cells) if shape == "statfin" else _sotkanet_axes(cells)
    n = prod(len(a.codes) for a in axes)
    random = np.random.default_rng(seed)
    values = np.floor(random.lognormal(6, 2, n))
    if axes[-1].code == "contentscode" and len(axes[-1].codes) == 2:
        values[1::2] = np.round(random.uniform(-5, 100, len(values[1::2])), 1)
    marks = np.zeros(n, dtype=np.int8)
    gone = random.random(n) < gaps
    marks[gone] = random.integers(1, len(MARKS), int(gone.sum()))
    values[gone] = np.nan
    flags = (random.random(n) < gaps).astype(np.int8) * random.integers(1, len(FLAGS), n, np.int8)
    flags[gone] = 0
    return SyntheticCube(axes, values, marks, flags)


def _split(cells: int, most: Sequence[int]) -> list[int]:
    """Sizes of the axes, fastest first; what is left over goes to the areas."""
    sizes = []
    for size in most:
        sizes.append(min(size, cells))
        cells = -(-cells // sizes[-1])
    return [*sizes, cells]


def _statfin_axes(cells: int) -> tuple[Axis, ...]:
    contents, years, sexes, ages, areas = _split(cells, (2, 25, 5, 20))
    year = [str(1999 + n) for n in range(1, years + 1)]
    return (
        Axis("alue_23_20260101", "Alue",
             tuple(f"KU{n:04d}" for n in range(areas)),
             tuple(f"Väestöalue {n}, Åkäslompolo" for n in range(areas))),
        Axis("ikaryhma_10_20180101", "Ikäryhmä",
             tuple(f"{5 * n:03d}-{5 * n + 4:03d}" for n in range(ages)),
             tuple(f"{5 * n} - {5 * n + 4}" for n in range(ages))),
        Axis("sukupuoli_9_20180101", "Sukupuoli",
             ("SSS", "1", "2", "9", "X")[:sexes],
             ("Yhteensä", "Miehet", "Naiset", "Tuntematon", "Muu")[:sexes]),
        Axis("timeperiod_y", "Vuosi", tuple(year), (*year[:-1], year[-1] + "*")),
        Axis("contentscode", "Tiedot",
             ("vaesto", "osuus")[:contents], ("Väestö 31.12.", "Osuus, %")[:contents]),
    )  # fmt: skip


def _sotkanet_axes(cells: int) -> tuple[Axis, ...]:
    genders, years, regions = _split(cells, (3, 25))
    ids = tuple(str(n + 5) for n in range(regions))
    year = tuple(str(2000 + n) for n in range(years))
    gender = ("total", "male", "female")[:genders]
    return Axis("region", "region", ids, ids), Axis("year", "year", year, year), \
        Axis("gender", "gender", gender, gender)  # fmt: skip


# --- figures as text ---------------------------------------------------------------------------

_CHUNK = 100_000


def _texts(cube: SyntheticCube, missing: Callable[[int], str]) -> Iterator[str]:
    """Every cell as text; ``missing`` says how the place of a mark is written."""
    gaps = [missing(place) for place in range(len(MARKS))]
    for start in range(0, len(cube.values), _CHUNK):
        values = cube.values[start : start + _CHUNK].tolist()
        marks = cube.marks[start : start + _CHUNK].tolist()
        for value, mark in zip(values, marks, strict=True):
            yield gaps[mark] if mark else _number(value)


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


# --- PX ----------------------------------------------------------------------------------------


def px(cube: SyntheticCube, *, heading: int = 2, keys: bool = False) -> bytes:
    """A PX file as StatFin writes one.

    Args:
        cube: Its figures.
        heading: How many of the last axes stand in the heading.
        keys: Write the rows with their keys, and leave out those that are zero throughout.
    """
    stub, head = cube.axes[: len(cube.axes) - heading], cube.axes[len(cube.axes) - heading :]
    width = prod(len(a.codes) for a in head)
    out = [_px_head(cube, stub, head, keys)]
    cells = _texts(cube, lambda mark: f'"{MARKS[mark]}"')
    rows = prod(len(a.codes) for a in stub)
    for row in range(rows):
        texts = [next(cells) for _ in range(width)]
        if not keys:
            out.append(" ".join(texts) + " \r\n")
        elif set(texts) != {"0"}:
            places = np.unravel_index(row, [len(a.codes) for a in stub])
            named = [f'"{a.codes[p]}"' for a, p in zip(stub, places, strict=True)]
            out.append(",".join(named) + "," + " ".join(texts) + " \r\n")
    return "".join([*out[:-1], out[-1].rstrip(), ";\r\n"]).encode("iso-8859-15")


def _px_head(cube: SyntheticCube, stub: Sequence[Axis], head: Sequence[Axis], keys: bool) -> str:
    lines = [
        'CHARSET="ANSI";', 'AXIS-VERSION="2013";', 'CODEPAGE="iso-8859-15";', 'LANGUAGE="fi";',
        'LANGUAGES="fi","sv";', 'CREATION-DATE="20260401 08:00";', "DECIMALS=1;", "SHOWDECIMALS=0;",
        'MATRIX="11re";', 'SUBJECT-AREA="vaerak";', 'SUBJECT-CODE="VRM";',
        'TITLE="Väestö muuttujina Alue, Ikäryhmä, Sukupuoli, Vuosi ja Tiedot";',
        'TITLE[sv]="Folkmängd efter område, ålder, kön, år och uppgift";',
        'CONTENTS="Väestö";', 'UNITS="Lukumäärä";',
    ]  # fmt: skip
    for keyword, axes in (("STUB", stub), ("HEADING", head)):
        if axes:
            lines.append(f"{keyword}={_quoted([a.text for a in axes])};")
            lines.append(f"{keyword}[sv]={_quoted([a.text + ' (sv)' for a in axes])};")
    if cube.axes[-1].text == "Tiedot":
        lines.append('CONTVARIABLE="Tiedot";')
    for a in cube.axes:
        lines += [f'VARIABLECODE("{a.text}")="{a.code}";',
                  f'VALUES("{a.text}")={_quoted(a.labels)};',
                  f'VALUES[sv]("{a.text} (sv)")={_quoted(a.labels)};']  # fmt: skip
    lines += [f'TIMEVAL("{a.text}")=TLIST(A1),{_quoted(a.codes)};'
              for a in cube.axes if a.text == "Vuosi"]  # fmt: skip
    lines += [f'CODES("{a.text}")={_quoted(a.codes)};' for a in cube.axes]
    lines += ['LAST-UPDATED="20260401 08:00";', 'SOURCE="Tilastokeskus, väestörakenne";',
              'NOTE="Luvut ovat keksittyjä.";']  # fmt: skip
    if keys:
        lines += [f'KEYS("{a.text}")=CODES;' for a in stub]
    return "\r\n".join([*lines, "DATA=\r\n"])


def _quoted(texts: Sequence[str]) -> str:
    """Quoted texts with commas, the line broken as real files break it."""
    lines = [texts[n : n + 20] for n in range(0, len(texts), 20)]
    return ",\r\n".join(",".join(f'"{t}"' for t in line) for line in lines)


# --- JSON-stat -----------------------------------------------------------------------------------


def jsonstat2(cube: SyntheticCube, *, sparse: bool = False, publisher: str = "pxweb") -> bytes:
    """JSON-stat 2.0; ``sparse`` writes values as an object without the missing ones.

    ``publisher`` ``pxweb`` gives a mark to each missing value, ``eurostat`` flags to present ones.
    """
    ids = [a.code for a in cube.axes]
    more = {"id": ids, "size": list(cube.sizes), "role": _role(cube)}
    head = {"version": "2.0", "class": "dataset", **_named(cube, publisher), **more}
    head["dimension"] = {a.code: _dimension(a) for a in cube.axes}
    return _json(head, _values(cube, sparse), _statuses(cube, publisher))


def jsonstat1(cube: SyntheticCube) -> bytes:
    """JSON-stat 1.2: the dataset wrapped, ids and sizes among the dimensions."""
    dimension: dict[str, Any] = {a.code: _dimension(a) for a in cube.axes}
    dimension |= {"id": [a.code for a in cube.axes], "size": list(cube.sizes), "role": _role(cube)}
    head = {"dimension": dimension, **_named(cube, "pxweb")}
    return b'{"dataset":' + _json(head, _values(cube, False), _statuses(cube, "pxweb")) + b"}"


def _named(cube: SyntheticCube, publisher: str) -> dict[str, Any]:
    source = "ESTAT" if publisher == "eurostat" else "Tilastokeskus, väestörakenne"
    return {"label": "Väestö muuttujina " + ", ".join(a.text for a in cube.axes),
            "source": source, "updated": "2026-04-01T05:00:00Z"}  # fmt: skip


def _role(cube: SyntheticCube) -> dict[str, list[str]]:
    found = {"time": ["timeperiod_y", "year"], "geo": ["alue_23_20260101", "region"],
             "metric": ["contentscode"]}  # fmt: skip
    codes = {a.code for a in cube.axes}
    return {role: [i for i in ids if i in codes] for role, ids in found.items()}


def _dimension(axis: Axis) -> dict[str, Any]:
    category: dict[str, Any] = {
        "index": {code: place for place, code in enumerate(axis.codes)},
        "label": dict(zip(axis.codes, axis.labels, strict=True)),
    }
    if axis.code == "contentscode":
        units = ("lukumäärä", "%")
        category["unit"] = {c: {"base": units[n], "decimals": n} for n, c in enumerate(axis.codes)}
    return {"label": axis.text, "category": category}


def _values(cube: SyntheticCube, sparse: bool) -> str:
    if not sparse:
        return "[" + ",".join(_texts(cube, lambda _: "null")) + "]"
    cells = enumerate(_texts(cube, lambda _: ""))
    return "{" + ",".join(f'"{n}":{t}' for n, t in cells if t) + "}"


def _statuses(cube: SyntheticCube, publisher: str) -> str:
    held, names = (cube.flags, FLAGS) if publisher == "eurostat" else (cube.marks, MARKS)
    at = np.flatnonzero(held)
    pairs = zip(at.tolist(), held[at].tolist(), strict=True)
    return json.dumps({str(n): names[place] for n, place in pairs}, separators=(",", ":"))


def _json(head: dict[str, Any], values: str, status: str) -> bytes:
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    return f'{text[:-1]},"value":{values},"status":{status}}}'.encode()


# --- PxWeb's own JSON ----------------------------------------------------------------------------


def pxweb_json(cube: SyntheticCube) -> bytes:
    """PxWeb v1's ``json``: rows of keys and texts, the contents of a row side by side."""
    *keyed, contents = cube.axes
    columns = [{"code": a.code, "text": a.text, "type": "t" if a.text == "Vuosi" else "d"}
               for a in keyed]  # fmt: skip
    columns += [{"code": c, "text": t, "type": "c"}
                for c, t in zip(contents.codes, contents.labels, strict=True)]  # fmt: skip
    cells = _texts(cube, lambda mark: MARKS[mark])
    width = len(contents.codes)
    rows = []
    for key in np.ndindex(*[len(a.codes) for a in keyed]):
        named = ",".join(f'"{a.codes[p]}"' for a, p in zip(keyed, key, strict=True))
        figures = ",".join(f'"{next(cells)}"' for _ in range(width))
        rows.append(f'{{"key":[{named}],"values":[{figures}]}}')
    head = json.dumps(columns, ensure_ascii=False, separators=(",", ":"))
    about = {"updated": "2026-04-01T05.00.00Z", "label": "Väestö", "source": "Tilastokeskus"}
    tail = json.dumps([about], ensure_ascii=False, separators=(",", ":"))
    return (
        f'{{"columns":{head},"comments":[],"data":[{",".join(rows)}],"metadata":{tail}}}'.encode()
    )


# --- Eurostat ------------------------------------------------------------------------------------


def _flagged(cube: SyntheticCube, missing: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every cell as text and its flag."""
    flags = iter(cube.flags.tolist())
    for text in _texts(cube, lambda mark: missing[mark]):
        yield text, FLAGS[next(flags)]


def _keyed(cube: SyntheticCube) -> tuple[list[Axis], list[Axis]]:
    """Axes of the key and of the columns: the last that is not the year goes into the key too."""
    time = next(a for a in cube.axes if a.text in ("Vuosi", "year"))
    return [a for a in cube.axes if a is not time], [time]


def _time_last(cube: SyntheticCube) -> SyntheticCube:
    keyed, time = _keyed(cube)
    order = [cube.axes.index(a) for a in [*keyed, *time]]

    def moved(cells: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.ascontiguousarray(cells.reshape(cube.sizes).transpose(order)).reshape(-1)

    return SyntheticCube((*keyed, *time), moved(cube.values), moved(cube.marks), moved(cube.flags))


def eurostat_tsv(cube: SyntheticCube, *, old: bool = False) -> bytes:
    """Eurostat's TSV: keys with commas, a column a period, flags after a blank.

    ``old`` writes the bulk form of before 2022: no frequency, the newest period first.
    """
    cube = _time_last(cube)
    *keyed, time = cube.axes
    places = range(len(time.codes))
    order = list(reversed(places)) if old else list(places)
    names = ",".join(a.code for a in keyed)
    start = f"{names}\\time" if old else f"freq,{names}\\TIME_PERIOD"
    out = ["\t".join([start, *(f"{time.codes[p]} " for p in order)])]
    cells = _flagged(cube, EUROSTAT_GAPS)
    for key in np.ndindex(*[len(a.codes) for a in keyed]):
        row = [next(cells) for _ in places]
        named = ",".join(a.codes[p] for a, p in zip(keyed, key, strict=True))
        figures = [f"{row[p][0]} {row[p][1]}" for p in order]
        out.append("\t".join([named if old else "A," + named, *figures]))
    return ("\n".join(out) + "\n").encode()


def sdmx_csv(cube: SyntheticCube) -> bytes:
    """Eurostat's SDMX-CSV: a row a cell that has a value or a flag."""
    cube = _time_last(cube)
    names = [a.code for a in cube.axes[:-1]]
    out = [",".join(["DATAFLOW", "LAST UPDATE", "freq", *names, "TIME_PERIOD", "OBS_VALUE",
                     "OBS_FLAG", "CONF_STATUS"])]  # fmt: skip
    fixed = "ESTAT:SYNTHETIC(1.0),01/04/26 11:00:00,A"
    cells = _flagged(cube, EUROSTAT_GAPS)
    for key in np.ndindex(*cube.sizes):
        text, flag = next(cells)
        named = ",".join(a.codes[p] for a, p in zip(cube.axes, key, strict=True))
        if text.startswith(":"):
            out.append(f"{fixed},{named},,{text[1:].strip()},")
        else:
            out.append(f"{fixed},{named},{text},{flag},")
    return ("\n".join(out) + "\n").encode()


# --- Sotkanet ------------------------------------------------------------------------------------


def sotkanet_json(cube: SyntheticCube) -> bytes:
    """Sotkanet's rows; a cell without a value is a row that is not there. Needs its own shape."""
    if [a.code for a in cube.axes] != ["region", "year", "gender"]:
        raise ValueError("make the cube with shape='sotkanet'")
    regions, years, genders = (a.codes for a in cube.axes)
    cells = _texts(cube, lambda _: "")
    rows = []
    for r, y, g in np.ndindex(*cube.sizes):
        if text := next(cells):
            rows.append(f'{{"indicator":4,"region":{regions[r]},"year":{years[y]},'
                        f'"gender":"{genders[g]}","value":{text},"absValue":{text}}}')  # fmt: skip
    return ("[" + ",".join(rows) + "]").encode()


FORMATS: dict[str, tuple[str, Callable[[SyntheticCube], bytes]]] = {
    "px": ("px", px),
    "px-keys": ("px", lambda c: px(c, keys=True)),
    "jsonstat2": ("json", jsonstat2),
    "jsonstat2-sparse": ("json", lambda c: jsonstat2(c, sparse=True, publisher="eurostat")),
    "jsonstat1": ("json", jsonstat1),
    "pxweb-json": ("json", pxweb_json),
    "eurostat-tsv": ("tsv", eurostat_tsv),
    "eurostat-tsv-old": ("tsv", lambda c: eurostat_tsv(c, old=True)),
    "sdmx-csv": ("csv", sdmx_csv),
    "sotkanet-json": ("json", sotkanet_json),
}
"""Name → file suffix and writer."""


def write(folder: Path, cells: int, formats: Sequence[str] = tuple(FORMATS)) -> dict[str, Path]:
    """Write the cube of so many cells into a folder, one file a format."""
    folder.mkdir(parents=True, exist_ok=True)
    made: dict[str, SyntheticCube] = {}
    found = {}
    for name in formats:
        shape = "sotkanet" if name.startswith("sotkanet") else "statfin"
        if shape not in made:
            made[shape] = make(cells, shape=shape)
        suffix, writer = FORMATS[name]
        found[name] = folder / f"{name}-{cells}.{suffix}"
        found[name].write_bytes(writer(made[shape]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Write synthetic cubes.")
    parser.add_argument("cells", type=int)
    parser.add_argument("--out", type=Path, default=Path())
    parser.add_argument("--formats", default=",".join(FORMATS))
    given = parser.parse_args()
    for name, path in write(given.out, given.cells, given.formats.split(",")).items():
        print(f"{name:18} {path.stat().st_size:>13,} bytes  {path}")


if __name__ == "__main__":
    main()
