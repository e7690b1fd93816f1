"""The bodies of PxWebApi 2's answers: tables, metadata, data, code lists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from math import prod
from typing import Any

from .core import Response, json_response
from .cubes import Cube, Variable, jsonstat2, latin, px, pxjson, said
from .pxweb2_codelists import Codelist
from .pxweb2_flavours import Flavour
from .pxweb2_selecting import Pick, Problem

__all__ = ["FORMATS", "codelist_body", "data", "default_body", "metadata", "problem", "table_body"]

FORMATS = ("px", "json-stat2", "csv", "xlsx", "html", "json-px", "parquet")
PARAMS = (
    "usecodes", "usetexts", "usecodesandtexts", "includetitle", "separatortab",
    "separatorspace", "separatorsemicolon",
)  # fmt: skip
_UNITS = {
    "Annual": r"\d{4}", "Quarterly": r"\d{4}[QK]\d", "Monthly": r"\d{4}M\d\d",
    "Weekly": r"\d{4}[WUV]\d\d", "HalfYear": r"\d{4}H\d",
}  # fmt: skip
_SEPARATORS = {"separatortab": "\t", "separatorspace": " ", "separatorsemicolon": ";"}


def problem(found: Problem) -> Response:
    """A problem; for data of an unknown table the status inside differs from the answer's."""
    told = {"type": "Parameter error", "title": found.title, "status": found.status} | found.more
    sent = told.pop("sent", found.status)
    response = json_response(told, sent)
    return replace(response, headers={"Content-Type": "application/problem+json; charset=utf-8"})


def link(rel: str, lang: str, href: str) -> dict[str, str]:
    return {"rel": rel, "hreflang": lang, "href": href}


def table_body(
    cube: Cube, lang: str, flavour: Flavour, api: str, discontinued: bool
) -> dict[str, Any]:
    """What the table list says of a table."""
    time = cube.of_role("time")
    folders = [f for f in cube.folder.split("/") if f]
    path = [{"id": f, "label": said(cube.subject, lang, f), "sortCode": f} for f in folders]
    others = [x for x in flavour.languages if x != lang]
    own = f"{api}/tables/{cube.id.upper()}"
    body: dict[str, Any] = {
        "id": cube.id,
        "label": said(cube.title, lang),
        "description": "",
        "sortCode": cube.id,
        "updated": cube.updated,
        "firstPeriod": time.codes[0] if time else None,
        "lastPeriod": time.codes[-1] if time else None,
        "category": "public",
        "variableNames": [v.text(lang) for v in cube.variables],
    }
    if discontinued or flavour.null_discontinued:
        body["discontinued"] = discontinued or None
    return body | {
        "source": said(cube.source, lang),
        "subjectCode": folders[0] if folders else "",
        "timeUnit": _time_unit(time),
        "paths": [path] if path else [],
        "links": [
            link("self", lang, f"{own}?lang={lang}"),
            *(link("alternate", x, f"{own}?lang={x}") for x in others),
            link("metadata", lang, f"{own}/metadata?lang={lang}"),
            link("data", lang, f"{own}/data?lang={lang}&outputFormat={flavour.default_format}"),
        ],
    }


def _time_unit(time: Variable | None) -> str:
    for unit, shape in _UNITS.items():
        if time and all(re.fullmatch(shape, c) for c in time.codes):
            return unit
    return "Other"


def _dataset(cube: Cube, lang: str, flavour: Flavour, must_show: Iterable[int]) -> dict[str, Any]:
    """What metadata and data have in common."""
    found = jsonstat2(cube, lang)
    for variable in cube.variables:
        if variable.role == "time":
            found["dimension"][variable.code]["extension"]["show"] = "code"
    metric = cube.of_role("contents")
    if metric is None:
        # In this version the contents that were left out stand in `id`, though nobody can ask
        # for them.
        code = "ContentsCode"
        found["id"].insert(0, code)
        found["size"] = [1, *found["size"]]
        found["dimension"] = {code: found["dimension"].pop(code), **found["dimension"]}
        found["dimension"][code]["extension"].pop("eliminationValueCode")
        found.setdefault("role", {})["metric"] = [code]
    told = found["dimension"][metric.code if metric else "ContentsCode"]
    every = told["category"]["index"]
    told["extension"] |= {
        "measuringType": dict.fromkeys(every, "Other"),
        "priceType": dict.fromkeys(every, "NotApplicable"),
        "adjustment": dict.fromkeys(every, "None"),
    }
    if not flavour.tells_geo:
        found["role"].pop("geo", None)
    shown = [str(i) for i in must_show if i < len(found.get("note", []))]
    if shown:
        found["extension"]["noteMandatory"] = dict.fromkeys(shown, True)
    return found


def metadata(
    cube: Cube,
    lang: str,
    flavour: Flavour,
    api: str,
    codelists: Mapping[str, Sequence[Codelist]],
    must_show: Iterable[int],
) -> dict[str, Any]:
    """The whole table without its figures; the code lists by variable."""
    found = _dataset(cube, lang, flavour, must_show)
    found |= {"label": said(cube.title, lang), "value": []}
    found.pop("status", None)
    for code, dimension in found["dimension"].items():
        extension = dimension["extension"]
        if not flavour.tells_total:
            extension.pop("eliminationValueCode", None)
        extension["codelists"] = [
            {
                "id": c.id,
                "label": said(c.label, lang, c.id),
                "type": c.type,
                "links": [link("metadata", lang, f"{api}/codeLists/{c.id}?lang={lang}")],
            }
            for c in codelists.get(code, ())
        ]
    return found


def data(
    cube: Cube,
    lang: str,
    flavour: Flavour,
    form: str,
    params: Sequence[str],
    must_show: Iterable[int],
) -> Response:
    """The figures of a part of a table in the format asked for."""
    if form == "json-stat2":
        # Here elimination tells whether the total came along, not whether one may leave it out.
        held = [
            v if v.elimination in v.codes else replace(v, elimination=None) for v in cube.variables
        ]
        told = _dataset(replace(cube, variables=held), lang, flavour, must_show)
        return _file(json.dumps(told, ensure_ascii=False).encode(), "application/json", cube, form)
    if form == "json-px":
        body = json.dumps(pxjson(cube, lang), ensure_ascii=False).encode()
        return _file(body, "application/json", cube, form)
    if form == "px":
        body = px(cube, lang, codepage=flavour.charset)
        return _file(body, "application/octet-stream", cube, form, flavour.charset)
    body = latin(_csv(cube, lang, params), flavour.charset)
    mark = b"\xef\xbb\xbf" if flavour.bom else b""
    return _file(mark + body, "text/csv", cube, form, flavour.charset)


def _file(body: bytes, kind: str, cube: Cube, form: str, charset: str = "UTF-8") -> Response:
    suffix = {"json-stat2": "json", "json-px": "json"}.get(form, form)
    name = f'inline; filename="{cube.matrix or cube.table_id}.{suffix}"'
    return Response(
        200, body, {"Content-Type": f"{kind}; charset={charset}", "Content-Disposition": name}
    )


def _csv(cube: Cube, lang: str, params: Sequence[str]) -> str:
    """A row for each value of the stub, a column for each of the heading, by codes if not told."""
    separator = next((s for p, s in _SEPARATORS.items() if p in params), ",")

    def label(code: str, text: str) -> str:
        if "usetexts" in params:
            return text
        return f"{code} - {text}" if "usecodesandtexts" in params else code

    def values(variable: Variable) -> list[str]:
        texts = variable.label_list(lang)
        return [label(c, t) for c, t in zip(variable.codes, texts, strict=True)]

    across = [v for v in cube.variables if v.code in cube.across]
    down = [v for v in cube.variables if v.code not in cube.across]
    columns = [" ".join(labels) for labels in product(*map(values, across))]
    head = [_quoted(label(v.code, v.text(lang))) for v in down] or [""]
    head += [_quoted(c) for c in columns] if across else [_quoted(cube.said_contents(lang))]
    cells = [cube.symbol(i) if c is None else c for i, c in enumerate(cube.cells())]
    wide = prod(len(v.codes) for v in across)
    rows = [
        [*map(_quoted, key), *cells[i * wide : (i + 1) * wide]] if down else ["", *cells]
        for i, key in enumerate(product(*map(values, down)))
    ]
    title = [[_quoted(cube.label(lang))]] if "includetitle" in params else []
    return "".join(separator.join(row) + "\r\n" for row in (*title, head, *rows))


def _quoted(text: str) -> str:
    return f'"{text}"'  # a quotation mark inside is not doubled


def default_body(
    table: str, lang: str, api: str, found: tuple[Sequence[Pick], list[str], list[str]]
) -> dict[str, Any]:
    """The default selection of a table."""
    picks, heading, stub = found
    href = f"{api}/tables/{table}/defaultselection?lang={lang}"
    return {
        "language": lang,
        "selection": [{"variableCode": p.variable, "valueCodes": p.values} for p in picks],
        "placement": {"heading": heading, "stub": stub},
        "links": [link("self", lang, href)],
    }


def codelist_body(
    found: Codelist, variable: Variable | None, lang: str, languages: Iterable[str], api: str
) -> dict[str, Any]:
    """A code list with the codes behind each of its values."""
    every = [lang, *(x for x in languages if x != lang)]
    body: dict[str, Any] = {
        "id": found.id,
        "label": said(found.label, lang, found.id),
        "language": lang,
        "languages": list(languages),
        "elimination": found.total is not None,
    }
    if found.total is not None:
        body["eliminationValueCode"] = found.total
    return body | {
        "type": found.type,
        "values": [
            {"code": c, "label": found.text(c, variable, lang), "valueMap": list(own)}
            for c, own in found.values.items()
        ],
        "links": [
            link("self" if x == lang else "alternate", x, f"{api}/codeLists/{found.id}?lang={x}")
            for x in every
        ],
    }
