"""CKAN catalogues of open data (avoindata.fi): packages of CSV files, each with its own columns.

A table is the name of a package. ``ask`` of a query says which of its resources are meant
(``resource``: a name or a pattern such as ``"*_2*.csv"``; files by year may be several) and, as for
files of one's own, how they are laid out: ``time``, ``value``, ``flag``, ``header``, ``decimal``,
``separator``, ``encoding``, ``variables``; ``region`` where the area's column does not tell by its
name that it is one.
"""

from __future__ import annotations

import difflib
from collections.abc import Generator, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from tilannekuva.asking._cells import Beside, Cells
from tilannekuva.asking._long import Heads, long_cells
from tilannekuva.asking._records import check_choice, check_options, texts
from tilannekuva.calls import (
    Ask,
    Call,
    Conversation,
    Newer,
    Pace,
    Part,
    Received,
    Reply,
    Unchanged,
    hash_of,
    local_day,
)
from tilannekuva.errors import DataError, SourceError
from tilannekuva.matching import Role, guess_role
from tilannekuva.model import Query
from tilannekuva.sources import tables
from tilannekuva.sources._plain import plain

__all__ = ["read", "request"]

_PARSED = ("time", "value", "flag", "header", "decimal", "separator", "encoding", "variables")
_OPTIONS = ("resource", "region", *_PARSED)


class _Resource(NamedTuple):
    """One file of a package."""

    id: str
    names: tuple[str, ...]
    """What it is called in every language, and the end of its address."""
    url: str
    is_csv: bool
    stamp: str | None


def request(ask: Ask) -> Conversation:
    """Ask a CKAN catalogue for the files of one package.

    Args:
        ask: Source, package and queries.

    Yields:
        Calls, and the pace of the source.

    Returns:
        Each file as a part.

    Raises:
        SourceError: There is no such package, or a file is not what was declared or has no figure.
        DataError: No resource fits a query, or two queries read one file in different ways.
    """
    hosts: set[str] = set()
    yield from _pace(ask, ask.source.base, hosts)
    package: Mapping[str, Any] = yield from _package(ask)
    chosen = _chosen(ask, _resources(package, ask.where))
    stamp = _stamp(package, [r for r, _ in chosen], ask.where)
    question = hash_of({"package": ask.table, "files": [[r.id, told] for r, told in chosen]})
    same = stamp == ask.known and question == ask.query_hash
    if same or ask.check:
        return Unchanged(stamp) if same else Newer(stamp)
    parts = []
    for resource, told in chosen:
        yield from _pace(ask, resource.url, hosts)
        reply = yield Call(resource.url)
        layout = {"service": "ckan", "format": "csv", **told}
        where = f"{ask.where}: {resource.names[0]}"
        if not read(reply.body, layout, where, _nothing).frame["value"].notna().any():
            raise SourceError(f"{where} ({resource.url}): the file has no figure at all")
        query = {"package": ask.table, "resource": resource.names[0], "id": resource.id}
        parts.append(Part(reply.body, resource.url, query, layout, ending="csv"))
    licence = package.get("license_title") or package.get("license_id")
    return Received(
        tuple(parts),
        _title(package, ask.table),
        stamp,
        _day(stamp),
        note=f"licence: {licence}" if licence else "",
        query_hash=question,
    )


def read(data: bytes, layout: Mapping[str, Any], where: str, beside: Beside) -> Cells:  # noqa: ARG001
    """The cells of a file.

    Args:
        data: The bytes of a part.
        layout: Its layout, as :func:`tilannekuva.sources.tables.parse` takes it, and ``region``.
        where: Name of the file, for errors.
        beside: Not needed.

    Raises:
        SourceError: The file does not have the declared layout, or a figure stands twice.
    """
    # Unless its encoding is declared, a file may also be packed or in the offices' old code page; a
    # page for people is refused in any case.
    as_declared = "encoding" in layout and not data.lstrip().startswith(b"<")
    text = data if as_declared else plain(data, where)
    declared = {k: layout[k] for k in _PARSED if k in layout}
    frame = tables.parse(text, {"format": "csv", **declared}, where)
    time, flag = layout.get("time", "time"), layout.get("flag")
    if time == "columns":
        variables = [str(v) for v in layout["variables"]]
        if taken := {"time", "value"} & set(variables):
            raise SourceError(f"{where}: a variable is called '{min(taken)}', as one of our own")
        frame = frame.melt(variables, var_name="time", value_name="value", ignore_index=False)
        time, values = "time", texts("value")
    else:
        values = texts(layout.get("value", "value"))
        variables = [str(c) for c in layout.get("variables", frame.columns)]
    keys = [c for c in variables if c not in (time, flag, *values)]
    region = layout.get("region")
    if region is not None and region not in keys:
        raise SourceError(f"{where}: no column '{region}' for the areas; it has {', '.join(keys)}")
    areas = [region] if region else [c for c in keys if guess_role(c) == "geo"]
    roles: dict[str, Role] = {**dict.fromkeys(areas, "geo"), time: "time"}
    heads = Heads((*keys, time), values, roles, flag)
    return long_cells(frame, heads, where, decimal=layout.get("decimal", "."))


def _nothing(name: str) -> bytes:
    raise LookupError(name)


def _pace(ask: Ask, url: str, hosts: set[str]) -> Generator[Call | Pace, Reply, None]:
    """Files may lie on another host than the catalogue; it is spared as well."""
    host = urlsplit(url).netloc
    if host not in hosts and ask.source.calls and ask.source.seconds:
        hosts.add(host)
        yield Pace(url, ask.source.calls, ask.source.seconds)


# --- which files --------------------------------------------------------------------------------


def _package(ask: Ask) -> Generator[Call | Pace, Reply, Mapping[str, Any]]:
    reply = yield Call(
        f"{ask.source.base}/package_show",
        (("id", ask.table),),
        expects="json",
        handles=frozenset({404}),
    )
    told = reply.json(ask.where)
    told = told if isinstance(told, dict) else {}
    result = told.get("result")
    if told.get("success") is True and isinstance(result, dict):
        return result
    error = told.get("error")
    said = error.get("message") if isinstance(error, dict) else error
    raise SourceError(
        f"{ask.where}: the catalogue does not give the package '{ask.table}' "
        f"({ask.source.base}/package_show): {said or 'it does not say why'}; look its name up at "
        f"{ask.source.page} and mend the query's `table`"
    )


def _resources(package: Mapping[str, Any], where: str) -> list[_Resource]:
    told = package.get("resources")
    found = [_resource(r) for r in (told if isinstance(told, list) else ()) if isinstance(r, dict)]
    found = [r for r in found if r.url]
    if not found:
        raise SourceError(f"{where}: the package has no file; ask the publisher")
    return found


def _resource(told: Mapping[str, Any]) -> _Resource:
    url = str(told.get("url") or "")
    end = unquote(urlsplit(url).path).rpartition("/")[2]
    more = told.get("name_translated")
    names = [told.get("name"), *(more.values() if isinstance(more, dict) else ()), end]
    is_csv = (
        end.casefold().endswith(".csv")
        or "csv" in str(told.get("format") or told.get("mimetype") or "").casefold()
    )
    stamp = told.get("last_modified") or told.get("metadata_modified")
    known = tuple(dict.fromkeys(str(n) for n in names if n))
    return _Resource(
        str(told.get("id") or url), known or (url,), url, is_csv, str(stamp) if stamp else None
    )


def _chosen(ask: Ask, resources: Sequence[_Resource]) -> list[tuple[_Resource, dict[str, Any]]]:
    """The files that the queries read, in the order of the package, each with its layout."""
    readers: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for indicator, query in ask.queries:
        where = f"{ask.where} (indicator {indicator})"
        check_options(query, _OPTIONS, where)
        for resource in _of_query(query, resources, where):
            readers.setdefault(resource.id, []).append((indicator, _layout(query, where)))
    found = [(r, _together(readers[r.id], ask.where)) for r in resources if r.id in readers]
    values = {v for _, told in found for v in texts(told.get("value", ()))}
    check_choice(ask, sorted(values))
    return found


def _of_query(query: Query, resources: Sequence[_Resource], where: str) -> list[_Resource]:
    patterns = texts(query.ask.get("resource", ()))
    there = [r.names[0] for r in resources]
    if not patterns:
        files = [r for r in resources if r.is_csv]
        if len(files) == 1:
            return files
        raise DataError(
            f"{where}: the package has {len(files)} CSV files; say which are meant with "
            f"ask.resource: {', '.join(there)}"
        )
    found: list[_Resource] = []
    for pattern in patterns:
        fits = [r for r in resources if _fits(r, pattern)]
        if not fits:
            near = difflib.get_close_matches(pattern, there, 3, 0.4) or there[:12]
            raise DataError(
                f"{where}: the package has no resource '{pattern}'; near are {', '.join(near)}. "
                "Mend ask.resource"
            )
        if not any(r.is_csv for r in fits):
            raise DataError(
                f"{where}: '{fits[0].names[0]}' is no CSV file; name one in ask.resource"
            )
        found += [r for r in fits if r.is_csv and r not in found]
    return found


def _fits(resource: _Resource, pattern: str) -> bool:
    low = pattern.casefold()
    return any(n.casefold() == low or fnmatchcase(n.casefold(), low) for n in resource.names)


def _layout(query: Query, where: str) -> dict[str, Any]:
    told: dict[str, Any] = {k: v for k, v in query.ask.items() if k != "resource"}
    if "header" in told:
        if not str(told["header"]).isdigit():
            raise DataError(f"{where}: ask.header is the number of a row, not '{told['header']}'")
        told["header"] = int(told["header"])
    if "variables" in told:
        told["variables"] = list(texts(told["variables"]))
    return told


def _together(readers: Sequence[tuple[str, dict[str, Any]]], where: str) -> dict[str, Any]:
    """One layout of a file for all queries that read it: they may differ in the figures only."""
    (first, layout), *others = readers
    for indicator, other in others:
        for key in dict.fromkeys((*layout, *other)):
            if key != "value" and layout.get(key) != other.get(key):
                raise DataError(
                    f"{where} (indicators {first} and {indicator}): the same file is read with "
                    f"ask.{key} = {layout.get(key)!r} and {other.get(key)!r}; make them the same"
                )
    values = tuple(dict.fromkeys(v for _, told in readers for v in texts(told.get("value", ()))))
    return {
        **layout,
        **({"value": values[0] if len(values) == 1 else list(values)} if values else {}),
    }


# --- what the catalogue says of them ------------------------------------------------------------


def _stamp(package: Mapping[str, Any], chosen: Iterable[_Resource], where: str) -> str:
    """When the newest of the files changed; of the package where a file does not say."""
    stamps = [r.stamp for r in chosen]
    told = package.get("metadata_modified")
    if all(stamps):
        return max(s for s in stamps if s)
    if not told:
        raise SourceError(f"{where}: the catalogue does not say when the package was updated")
    return str(told)


def _day(stamp: str) -> str:
    """CKAN keeps its times in UTC and does not say so."""
    clock = stamp.partition("T")[2]
    return local_day(f"{stamp}Z" if clock and not set(clock) & set("Z+-") else stamp)


def _title(package: Mapping[str, Any], name: str) -> str:
    more = package.get("title_translated")
    finnish = more.get("fi") if isinstance(more, dict) else None
    return str(finnish or package.get("title") or name)
