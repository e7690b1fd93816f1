"""How Eurostat writes a dataset: JSON-stat, TSV and SDMX-CSV, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.eurostat_cubes import Cube, Selection

__all__ = ["FLAGS", "jsonstat", "sdmx_csv", "toc", "tsv"]

FLAGS = {
    "b": "break in time series",
    "c": "confidential",
    "d": "definition differs (see metadata)",
    "e": "estimated",
    "f": "forecast",
    "i": "see metadata",
    "n": "not significant",
    "p": "provisional",
    "r": "revised",
    "s": "Eurostat estimate",
    "u": "low reliability",
    "z": "not applicable",
}
_CONFIDENTIAL = {"C": "confidential"}


def _flag_text(flag: str) -> str:
    """The words of a flag, or of several: ``bep``, ``|C``."""
    seen, bar, status = flag.partition("|")
    return ", ".join(FLAGS.get(f, f) for f in seen) + bar + _CONFIDENTIAL.get(status, status)


def _moment(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S%z")


def jsonstat(chosen: Selection, lang: str = "EN") -> dict[str, Any]:
    """JSON-stat 2.0 with sparse values; positions in the extension that hold nothing."""
    cube = chosen.cube
    values: dict[str, float] = {}
    status: dict[str, str] = {}
    seen: list[set[str]] = [set() for _ in chosen.chosen]
    for place, key in enumerate(chosen.cells()):
        if key in cube.values:
            values[str(place)] = cube.values[key]
        if key in cube.flags:
            status[str(place)] = cube.flags[key]
        if chosen.holds(key):
            for codes, code in zip(seen, key, strict=True):
                codes.add(code)
    names = [d.code for d in cube.dimensions]
    answer: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": cube.label,
        "source": "ESTAT",
        "updated": cube.updated,
        "value": values,
    }
    if status:
        answer["status"] = status
    answer["id"] = names
    answer["size"] = [len(codes) for codes in chosen.chosen]
    answer["dimension"] = {
        d.code: {
            "label": d.label,
            "category": {
                "index": {code: i for i, code in enumerate(codes)},
                "label": {code: d.categories[code] for code in codes},
            },
        }
        for d, codes in zip(cube.dimensions, chosen.chosen, strict=True)
    }
    answer["extension"] = _extension(cube, lang)
    if status:
        answer["extension"]["status"] = {
            "label": {f: _flag_text(f) for f in sorted({*status.values()})}
        }
    answer["extension"]["positions-with-no-data"] = {
        name: [i for i, code in enumerate(codes) if code not in held]
        for name, codes, held in zip(names, chosen.chosen, seen, strict=True)
    }
    return answer


def _extension(cube: Cube, lang: str) -> dict[str, Any]:
    with_values = sorted({key[-1] for key in cube.values})
    name = cube.code.upper()
    return {
        "lang": lang,
        "id": name,
        "agencyId": "ESTAT",
        "version": "1.0",
        "datastructure": {"id": name, "agencyId": "ESTAT", "version": "22.0"},
        "annotation": [
            {"type": "CREATED", "date": "2015-11-16T10:18:53+0100"},
            {"type": "DISSEMINATION_OBJECT_TYPE", "title": "DATASET"},
            {"type": "DISSEMINATION_TIMESTAMP_DATA", "date": cube.updated},
            {"type": "OBS_COUNT", "title": str(len({*cube.values, *cube.flags}))},
            {"type": "OBS_PERIOD_OVERALL_LATEST", "title": cube.periods[-1]},
            {"type": "OBS_PERIOD_OVERALL_OLDEST", "title": (with_values or cube.periods)[0]},
            {"type": "SOURCE_INSTITUTIONS", "text": "Eurostat"},
            {"type": "UPDATE_DATA", "date": cube.updated},
            {"type": "UPDATE_STRUCTURE", "date": cube.structure_updated},
        ],
    }


def _number(cube: Cube, value: float) -> str:
    return f"{value:.{cube.decimals}f}"


def _cell(cube: Cube, key: tuple[str, ...] | None) -> str:
    """A value or a colon, a blank, the flags: the blank stays where there are no flags."""
    if key is None or (key not in cube.values and key not in cube.flags):
        return ": "
    flag = cube.flags.get(key, "").replace("|", "@")
    if key not in cube.values:
        return f": {flag}"
    if cube.values[key] == 0 and "n" in flag:
        return f"0n {flag.replace('n', '', 1)}"  # a number too small to show, not a zero
    return f"{_number(cube, cube.values[key])} {flag}"


def tsv(chosen: Selection, line: str = "\r\n") -> bytes:
    """Series as rows, periods as columns; a series that holds nothing has no row."""
    cube = chosen.cube
    rows = list(chosen.series())
    periods = chosen.chosen[-1]
    if chosen.last is not None:
        periods = tuple(p for p in periods if any(p in cells for _, cells in rows))
    head = ",".join(d.code for d in cube.dimensions[:-1]) + "\\TIME_PERIOD"
    lines = ["\t".join([head, *(f"{p} " for p in periods)])]
    for key, cells in rows:
        lines.append("\t".join([",".join(key), *(_cell(cube, cells.get(p)) for p in periods)]))
    return "".join(text + line for text in lines).encode()


def sdmx_csv(chosen: Selection) -> bytes:
    """One row per observation; a cell that holds nothing has no row."""
    cube = chosen.cube
    names = [d.code for d in cube.dimensions[:-1]]
    top = ["DATAFLOW", "LAST UPDATE", *names, "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG", "CONF_STATUS"]
    lines = [",".join(top)]
    flow = f"ESTAT:{cube.code.upper()}(1.0)"
    updated = _moment(cube.updated).strftime("%d/%m/%y %H:%M:%S")
    for head, cells in chosen.series():
        for period, key in cells.items():
            value = _number(cube, cube.values[key]) if key in cube.values else ""
            flag, _, status = cube.flags.get(key, "").partition("|")
            lines.append(",".join([flow, updated, *head, period, value, flag, status]))
    return "".join(text + "\r\n" for text in lines).encode()


def toc(cubes: Iterable[Cube]) -> bytes:
    """The table of contents: folders have a column less than datasets, depth is four blanks."""
    top = (
        "title", "code", "type", "last update of data", "last table structure change",
        "data start", "data end", "values",
    )  # fmt: skip

    def quoted(*cells: str) -> str:
        return "\t".join('"' + c.replace('"', '""') + '"' for c in cells)

    blank = " "
    lines = [
        quoted(*top),
        quoted("Database by themes", "data", "folder", *[blank] * 4) + "\t",
        quoted("    SYNTHETIC statistics", "synth", "folder", *[blank] * 4) + "\t",
    ]
    for cube in cubes:
        days = (_moment(s).strftime("%d.%m.%Y") for s in (cube.updated, cube.structure_updated))
        with_values = sorted({key[-1] for key in cube.values}) or list(cube.periods)
        title = 8 * blank + cube.label
        ends = with_values[0], cube.periods[-1]
        cells = quoted(title, cube.code, "dataset", *days, *ends)
        lines.append(f"{cells}\t{len({*cube.values, *cube.flags})}")
    return "".join(text + "\n" for text in lines).encode()
