"""JSON-stat 2.0 and 1.2 as PxWeb writes them: dense values, statuses by place."""

from __future__ import annotations

from typing import Any

from .cube_model import Cube, Variable, said

__all__ = ["jsonstat1", "jsonstat2"]


def jsonstat2(cube: Cube, lang: str = "fi") -> dict[str, Any]:
    """One dataset of version 2.0."""
    dimension = {v.code: _dimension(cube, v, lang) for v in cube.variables}
    if cube.of_role("contents") is None:
        # PxWeb describes the contents even when they are no dimension: this one is not in `id`.
        dimension["ContentsCode"] = _eliminated_contents(cube, lang)
    found: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": cube.label(lang),
        "source": said(cube.source, lang),
        "updated": cube.updated,
        "note": list(said(cube.notes, lang, [])),
        "role": _roles(cube),
        "id": [v.code for v in cube.variables],
        "size": cube.sizes,
        "dimension": dimension,
        "extension": _extension(cube, lang),
        "value": _numbers(cube),
        "status": {str(i): s for i, s in sorted(cube.status.items())},
    }
    for optional in ("note", "role", "status"):
        if not found[optional]:
            del found[optional]
    return found


def jsonstat1(cube: Cube, lang: str = "fi") -> dict[str, Any]:
    """A bundle of one dataset of version 1.2: id, size and role are inside ``dimension``."""
    dimension: dict[str, Any] = {}
    for variable in cube.variables:
        dimension[variable.code] = {
            "label": variable.text(lang),
            "category": _category(cube, variable, lang),
        }
    dimension |= {"id": [v.code for v in cube.variables], "size": cube.sizes}
    if _roles(cube):
        dimension["role"] = _roles(cube)
    dataset: dict[str, Any] = {
        "dimension": dimension,
        "label": cube.label(lang),
        "source": said(cube.source, lang),
        "updated": cube.updated,
        "value": _numbers(cube),
        "extension": {"px": {"tableid": cube.table_id, "decimals": cube.decimals}},
    }
    if cube.status:
        dataset["status"] = {str(i): s for i, s in sorted(cube.status.items())}
    return {"dataset": dataset}


def _numbers(cube: Cube) -> list[float | None]:
    """The figures at their own decimals; whole ones without a point, as in 694392."""
    return [
        None if t is None else float(t) if t.rstrip("0").rstrip(".").count(".") else int(float(t))
        for t in cube.cells()
    ]


def _roles(cube: Cube) -> dict[str, list[str]]:
    names = {"time": "time", "geo": "geo", "metric": "contents"}
    found = {
        name: [v.code for v in cube.variables if v.role == role] for name, role in names.items()
    }
    return {name: codes for name, codes in found.items() if codes}


def _category(cube: Cube, variable: Variable, lang: str) -> dict[str, Any]:
    labels = variable.label_list(lang)
    category: dict[str, Any] = {
        "index": {c: i for i, c in enumerate(variable.codes)},
        "label": dict(zip(variable.codes, labels, strict=True)),
    }
    notes = {c: list(said(n, lang, [])) for c, n in variable.value_notes.items()}
    if notes:
        category["note"] = notes
    if variable.role == "contents":
        category["unit"] = {
            c: {"base": said(cube.units.get(c, {}), lang), "decimals": cube.digits(c)}
            for c in variable.codes
        }
    return category


def _dimension(cube: Cube, variable: Variable, lang: str) -> dict[str, Any]:
    found: dict[str, Any] = {"label": variable.text(lang)}
    if variable.notes:
        found["note"] = list(said(variable.notes, lang, []))
    found["category"] = _category(cube, variable, lang)
    extension: dict[str, Any] = {"elimination": bool(variable.elimination)}
    if isinstance(variable.elimination, str):
        extension["eliminationValueCode"] = variable.elimination
    found["extension"] = extension | {"show": "value"}
    if variable.scale is not None:
        scale = {variable.code: f"SCALE-TYPE={variable.scale}"}
        found["link"] = {"describedby": [{"extension": scale}]}
    return found


def _eliminated_contents(cube: Cube, lang: str) -> dict[str, Any]:
    code = "EliminatedValue"
    unit = next((said(u, lang) for u in cube.units.values()), "")
    return {
        "label": "EliminatedContents",
        "category": {
            "index": {code: 0},
            "label": {code: cube.said_contents(lang)},
            "unit": {code: {"base": unit, "decimals": cube.decimals}},
        },
        "extension": {"elimination": True, "eliminationValueCode": code, "show": "value"},
    }


def _extension(cube: Cube, lang: str) -> dict[str, Any]:
    across = cube.across
    px = {
        "tableid": cube.table_id,
        "decimals": cube.decimals,
        "official-statistics": True,
        "aggregallowed": True,
        "language": lang,
        "contents": cube.said_contents(lang),
        "description": cube.text(lang),
        "descriptiondefault": False,
        "heading": across,
        "stub": [v.code for v in cube.variables if v.code not in across],
        "matrix": cube.matrix or cube.table_id,
        "subject-code": cube.folder,
        "subject-area": said(cube.subject, lang, cube.folder),
    }
    found: dict[str, Any] = {"px": px}
    if cube.contact:
        found["contact"] = [{"raw": said(cube.contact, lang)}]
    return found
