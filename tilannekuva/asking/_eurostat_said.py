"""What Eurostat says beside figures: codes in use, errors, queues, the table of contents.

Errors come as JSON or as SOAP, and a queue as SOAP with status 200 in the place of a table.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple
from xml.etree import ElementTree

from tilannekuva.calls import Reply
from tilannekuva.errors import SourceError
from tilannekuva.matching import Variable, guess_role

__all__ = [
    "NOTHING_FOUND",
    "Entry",
    "Said",
    "entry_of",
    "is_xml",
    "is_zip",
    "queued",
    "read_said",
    "state_of",
    "variables_in_use",
]

NOTHING_FOUND = "100"
"""Id of the error that the question has no answer."""
_ZIP = b"\x1f\x8b"
_MOST = 64 << 20
"""Bytes of the longest message; the description of the largest table is a tenth of it."""
_TIMES = ("time_period", "time")


class Said(NamedTuple):
    """A message instead of figures."""

    text: str
    """In Eurostat's own words."""
    number: str = ""
    """Of the error."""
    warning: bool = False
    """The figures are being made, but this service will never deliver them."""


class Entry(NamedTuple):
    """A line of the table of contents."""

    title: str
    updated: str | None
    """Day of the last update, ISO; None where there is none."""


def is_zip(data: bytes) -> bool:
    """Whether the bytes are packed with gzip."""
    return data.startswith(_ZIP)


def is_xml(data: bytes) -> bool:
    r"""Whether an answer is a message in XML rather than a table, packed or not.

    >>> is_xml(b"freq,geo\\TIME_PERIOD\t2023 \n"), is_xml(b"<?xml version='1.0'?><a/>")
    (False, True)
    """
    start = data[:4096]
    if is_zip(start):
        try:
            start = zlib.decompressobj(31).decompress(start, 64)
        except zlib.error:
            return False  # damaged; whoever reads it says so
    return start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


# --- messages ------------------------------------------------------------------------------------


def read_said(reply: Reply, where: str) -> Said | None:
    """The message of an answer that has no figures; None where it is none.

    Args:
        reply: Any answer, of whatever status.
        where: Source and table, for errors.

    Raises:
        SourceError: A message that cannot be read.

    >>> read_said(Reply(400, b'{"error":[{"status":400,"id":150,"label":"no UNIT=X"}]}'), "x")
    Said(text='no UNIT=X', number='150', warning=False)
    """
    body = reply.body.lstrip()
    if body[:1] == b"<" or is_zip(body):
        return _of_xml(reply, where) if is_xml(body) else None
    if reply.status == 200 and b'"warning"' not in body[:2000] and b'"error"' not in body[:2000]:
        return None
    try:
        told = json.loads(body)
    except ValueError:
        text = body[:200].decode("utf-8", "replace").strip()
        return Said(text or f"HTTP {reply.status}") if reply.status != 200 else None
    if not isinstance(told, dict) or "dimension" in told:
        return None
    for key in ("error", "warning"):
        if key in told:
            # Documented as a list, and seen as a bare object.
            each = told[key] if isinstance(told[key], list) else [told[key]]
            first = each[0] if each and isinstance(each[0], dict) else {}
            texts = (str(e.get("label", e)) if isinstance(e, dict) else str(e) for e in each)
            return Said("; ".join(texts), str(first.get("id", "")), key == "warning")
    return Said(f"HTTP {reply.status}") if reply.status != 200 else None


def _of_xml(reply: Reply, where: str) -> Said | None:
    if b"<html" in reply.body[:2000].lower() or b"<!doctype html" in reply.body[:2000].lower():
        return Said(f"a web page instead of an answer (HTTP {reply.status}); the service is busy")
    root = _root(reply.body, where)
    text = _first(root, "faultstring") or _first(root, "Text")
    return Said(text, _first(root, "faultcode")) if text else None


# --- XML -----------------------------------------------------------------------------------------


def _root(data: bytes, where: str) -> ElementTree.Element:
    """A message as XML: never larger than it may be, and without entities of its own.

    Raises:
        SourceError: It is too large, is damaged, or declares what a message has no need of.
    """
    if is_zip(data):
        unpacking = zlib.decompressobj(31)
        try:
            data = unpacking.decompress(data, _MOST + 1)
        except zlib.error as error:
            raise SourceError(f"{where}: the packed message is damaged ({error})") from error
    if len(data) > _MOST:
        raise SourceError(f"{where}: a message of over {_MOST >> 20} MB, which none should be")
    try:
        # As text, so that no declared encoding can hide what is looked for below.
        text = data.decode("utf-8-sig")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise SourceError(f"{where}: the message declares entities; it is not read")
        return ElementTree.fromstring(text)
    except (UnicodeDecodeError, ElementTree.ParseError) as error:
        raise SourceError(
            f"{where}: the message is no XML, or cut off ({error}); ask again"
        ) from error


def _local(element: ElementTree.Element) -> str:
    """The name of an element; the prefixes differ from service to service."""
    return element.tag.rpartition("}")[2]


def _first(root: ElementTree.Element, name: str) -> str:
    # A status may stand inside a status: the one that has a text is meant.
    texts = ((e.text or "").strip() for e in root.iter() if _local(e) == name)
    return next(filter(None, texts), "")


def queued(data: bytes, where: str) -> str:
    """The id under which a queued answer is waited for.

    Raises:
        SourceError: The message is about something else.
    """
    root = _root(data, where)
    for element in root.iter():
        if _local(element) == "queued" and (name := _first(element, "id")):
            return name
    raise SourceError(f"{where}: an XML message that is neither figures nor a queue; ask again")


def state_of(data: bytes, where: str) -> str:
    """How far a queued answer is: ``SUBMITTED``, ``PROCESSING``, ``AVAILABLE`` or why not.

    Raises:
        SourceError: The message does not say.
    """
    state = _first(_root(data, where), "status").upper()
    if not state:
        raise SourceError(f"{where}: the service does not say how far the answer is")
    return state


def variables_in_use(data: bytes, words: Mapping[str, Any], where: str) -> tuple[Variable, ...]:
    """The dimensions of a table with the codes that it really has, in the order of its keys.

    Args:
        data: The answer of ``/contentconstraint/ESTAT/{code}``.
        words: ``dimension`` of an answer in JSON-stat, for labels; may be empty.
        where: Source and table, for errors.

    Raises:
        SourceError: It names no dimension, or one without a code.
    """
    codes: dict[str, dict[str, None]] = {}
    for region in _root(data, where).iter():
        if _local(region) != "CubeRegion" or region.get("include", "true") == "false":
            continue
        for key in region:
            if _local(key) in ("KeyValue", "TimeKeyValue") and (name := key.get("id")):
                there = (v.text.strip() for v in key if _local(v) == "Value" and v.text)
                codes.setdefault(name, {}).update(dict.fromkeys(there))
    found = tuple(_variable(n, tuple(c), words) for n, c in codes.items())
    if not any(v.role != "time" for v in found):
        raise SourceError(f"{where}: the description of the table names no dimension; ask again")
    if not any(v.role == "time" for v in found):
        found += (Variable("time", (), role="time"),)
    if empty := [v.code for v in found if v.role != "time" and not v.codes]:
        raise SourceError(f"{where}: the description of the table has no code of '{empty[0]}'")
    return found


def _variable(name: str, codes: tuple[str, ...], words: Mapping[str, Any]) -> Variable:
    if name.casefold() in _TIMES:
        return Variable("time", codes, frozenset({name}), role="time")
    told = words.get(name) or {}
    texts = (told.get("category") or {}).get("label") or {}
    labels = {c: frozenset({str(texts[c])}) for c in codes if c in texts}
    names = frozenset({str(told["label"])}) if told.get("label") else frozenset()
    return Variable(name, codes, names, labels, guess_role(name))


# --- table of contents ---------------------------------------------------------------------------


def entry_of(data: bytes, table: str, where: str) -> Entry | None:
    """The line of a table in the table of contents; None where it is not in it.

    Raises:
        SourceError: It is no table of contents.
    """
    lines = data.decode("utf-8-sig", "replace").splitlines()
    head = [h.strip().casefold() for h in next(csv.reader(lines[:1], delimiter="\t"), [])]
    try:
        code, title = head.index("code"), head.index("title")
        updated = next(n for n, h in enumerate(head) if h.startswith("last update"))
    except (ValueError, StopIteration) as error:
        raise SourceError(f"{where}: not Eurostat's table of contents; ask again") from error
    for row in csv.reader(lines[1:], delimiter="\t"):
        if len(row) > max(code, updated) and row[code].strip().casefold() == table.casefold():
            return Entry(row[title].strip(), _day(row[updated].strip()))
    return None


def _day(text: str) -> str | None:
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return dt.datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    return None
