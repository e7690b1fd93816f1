"""Make ``docs/sources.md`` from the catalogue: ``python docs/make_sources.py``.

A test says when the page no longer agrees with the catalogue.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tilannekuva import fetching, indicators
from tilannekuva.calls import Ask
from tilannekuva.indicators import Catalogue
from tilannekuva.model import Source

PAGE = Path(__file__).with_name("sources.md")

HOW = {
    "pxweb": (
        "PxWeb API v1. The limits come from `?config`; the table's own description says which "
        "variable is time, area and contents; one figure tells the time of update; then every "
        "cell that the indicators want is asked for by code, in json-stat2, cut along the "
        "slowest dimension where it is more than the service gives at once.",
        "Unknown tables and codes answer 400, too many cells 403 (the question is cut smaller), too "
        "many calls 429 (waited out). In January the dates in the codes of areas roll over: the "
        "description is read anew. In maintenance a page for people comes with status 200: it counts "
        "as no answer.",
    ),
    "pxweb2": (
        "PxWebApi v2. Limits from `/config`, variables and time of update from the table's metadata, "
        "figures by POST in json-stat2, cut along the slowest dimension.",
        "Too many cells answer 400 with a problem text (cut smaller), too many calls 429.",
    ),
    "sotkanet": (
        "Sotkanet REST 1.1, one indicator a call, every region and year at once, at most two calls a "
        "second. The title that comes back must be the one that the catalogue expects. Rows that the "
        "service leaves out for small areas are kept as suppressed. Figures are in today's division.",
        "A user agent that does not say who asks answers 403; a title that has changed is refused by "
        "name.",
    ),
    "eurostat": (
        "Eurostat's statistics API in JSON-stat, Finnish areas only; where it refuses, SDMX 2.1 as "
        "TSV, waiting for the answer when it is queued.",
        "More than 50 codes answer 416 (asked in parts), large extractions 413 or a warning with "
        "status 200 (asked as TSV), a wrong code an empty answer (an error).",
    ),
    "laji": (
        "FinBIF's warehouse, counts by year and area, one call a second. The environment variable "
        "`FINBIF_TOKEN` must hold an access token (POST an e-mail address to `/api-users`; it comes "
        "by mail). The unfinished year is left out; coarsened records are said in the note.",
        "Without a valid token 401 or 403; too many pending requests 429 (waited out).",
    ),
    "gbif": (
        "Counts per year by facet, or an SQL download that is ordered once and waited for; the "
        "environment variables `GBIF_USER` and `GBIF_PASSWORD` must hold an account. Records under "
        "CC BY-NC are left out; the download's DOI is kept.",
        "429 or 503 on excess (waited out); a download that fails is named with its key.",
    ),
    "syke": (
        "One CSV a municipality, decimal comma; sums over all leaves are made when it is read, and "
        "a missing leaf makes the sum impossible.",
        "The year in a file's name rolls over; a missing municipality is named.",
    ),
    "classifications": (
        "Statistics Finland's classification service, once a year: the next 1 January is tried, and "
        "what differs from the packaged register is said in plain words.",
        "A division that is not out yet answers 404: nothing is newer.",
    ),
    "boundaries": (
        "Statistics Finland's WFS in TM35FIN, once a year; the number of areas must be that of the "
        "register.",
        "A layer that is not out yet answers 400: nothing is newer.",
    ),
    "vipunen": (
        "Vipunen's API in pages, fields resolved from the resource's own list; the number of rows "
        "must be what the service counts.",
        "Slow; a page that breaks off is asked for again from there.",
    ),
    "ckan": (
        "CKAN's `package_show`, then the CSV files that the query names.",
        "`success: false` in the answer is an error with the service's own words.",
    ),
    "tables": (
        "Not asked: figures carried over from publications, or files of one's own.",
        "A damaged or edited file is named with its hash.",
    ),
}


def page(catalogue: Catalogue) -> str:
    """The page as Markdown."""
    asks: dict[str, list[Ask]] = {}
    for ask in fetching.plan(catalogue, ()):
        asks.setdefault(ask.source.id, []).append(ask)
    parts = [_HEAD]
    for source in sorted(catalogue.sources.values(), key=lambda s: (s.id not in asks, s.id)):
        parts.append(_section(source, asks.get(source.id, [])))
    return "\n".join(parts)


_HEAD = """# Sources

Made from the catalogue by `python docs/make_sources.py`; do not edit.

`tilannekuva fetch` asks every service below that has tables listed; `tilannekuva fetch --only ID`
one source or indicator, `--check` says what is newer without fetching it, `--offline` opens no
connection. Each call says who asks (`contact` in `tilannekuva.toml`), keeps to the pace that the
service states, and waits when it is told to. A table that fails or does not fit is named with the
indicators that depend on it; the others go on, and the exit code is 2. Secrets are read from the
environment only and are never written anywhere.

A query marked *not verified* has not been seen in an answer of the live service: its table and codes
come from public descriptions, and the first fetch shows whether they hold.
"""


def _section(source: Source, asks: list[Ask]) -> str:
    how, fails = HOW[source.protocol]
    licence = source.licence
    if source.licence_address:
        licence = f"[{licence}]({source.licence_address})"
    lines = [
        f"\n## {source.publisher.en} (`{source.id}`)\n",
        f"- Publisher: {source.publisher.fi} / {source.publisher.sv}",
        f"- Address: <{source.base}>; for people: <{source.page}>",
        f"- Licence: {licence}",
        f"- How it is asked: {how}",
        f"- How it fails: {fails}",
    ]
    if source.calls and source.seconds:
        lines.append(f"- Pace where it states none: {source.calls} calls in {source.seconds} s")
    if asks:
        lines += ["", "| table | indicators | |", "|---|---|---|"]
        lines += [_row(a) for a in asks]
    return "\n".join(lines) + "\n"


def _row(ask: Ask) -> str:
    names = ", ".join(f"`{i}`" for i in ask.indicators) or "–"
    seen = all(q.verified for _, q in ask.queries)
    return f"| {ask.table} | {names} | {'' if seen else 'not verified'} |"


if __name__ == "__main__":
    text = page(indicators.load())
    if "--check" in sys.argv:
        sys.exit(0 if PAGE.read_text(encoding="utf-8") == text else 1)
    PAGE.write_text(text, encoding="utf-8")
