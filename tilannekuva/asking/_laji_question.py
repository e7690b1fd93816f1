"""What the catalogue wants of FinBIF, and which areas of FinBIF are the regions of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tilannekuva import region_codes, region_names
from tilannekuva.asking._live import one_question
from tilannekuva.calls import Ask
from tilannekuva.errors import CatalogueError, DataError, SourceError

__all__ = ["FIELD_OF", "FINLAND", "YEAR", "Question", "find_areas", "question_of"]

YEAR = "gathering.conversions.year"
FINLAND = "ML.206"
FIELD_OF = {
    "province": ("ML.province", "provinceId"),
    "municipality": ("ML.municipality", "finnishMunicipalityId"),
}
"""What a query calls a kind of areas → the service's name of it, and its parameter."""
_LEVEL = {"province": "maakunta", "municipality": "kunta"}
_OURS = ("value", "by", "country", "areas", "resource")
_NEVER = ("page", "pageSize", "access_token", "countryId", *(p for _, p in FIELD_OF.values()))
"""Parameters that follow from others, or are a secret."""


@dataclass(frozen=True)
class Question:
    """One table's question, the same for every area."""

    by: tuple[str, ...]
    country: bool
    areas: tuple[str, ...]
    quantities: tuple[str, ...]
    fields: tuple[str, ...]
    resource: str
    filters: Mapping[str, str]
    """The service's own parameters, ready to be sent."""

    @property
    def identity(self) -> dict[str, Any]:
        """What makes it this question and no other."""
        return {**vars(self), "filters": dict(self.filters)}


def question_of(ask: Ask) -> Question:
    """The question that all queries of a table make together.

    Raises:
        DataError: They contradict each other, or something is missing or not to be asked.
    """
    where = ask.where
    asked = one_question(ask, apart=("value", "by", "country", "areas"))
    for key in _NEVER:
        if key in asked:
            raise DataError(
                f"{where}: the query's `ask` may not hold '{key}'; write `by`, `country` or "
                "`areas`, and a token into the environment"
            )
    if any("biogeographical" in text.casefold() for text in (*asked, *asked.get("by", ()))):
        raise DataError(
            f"{where}: biogeographical provinces have other borders than maakunnat of the same "
            'name; write `by = "province"`'
        )
    by = asked.get("by", ())
    for name in by:
        if name not in FIELD_OF:
            raise DataError(f"{where}: `by` is one of {', '.join(FIELD_OF)}, not '{name}'")
    for code in asked.get("areas", ()):
        level = region_codes.level(code) if region_codes.exists(code) else None
        if level not in [_LEVEL[name] for name in by]:
            raise DataError(f"{where}: '{code}' in `areas` is none of the areas that `by` names")
    country = asked.get("country", ()) == ("true",)
    if not by and not country:
        raise DataError(f'{where}: say which areas: `by = "province"` or `country = "true"`')
    if not asked.get("value"):
        raise DataError(f'{where}: say which field is the figure: `value = "count"`')
    fields = [f for text in asked.get("aggregateBy", (YEAR,)) for f in text.split(",")]
    if YEAR not in fields:
        raise DataError(f"{where}: `aggregateBy` must have '{YEAR}': a figure is of a year")
    service = {k: v for k, v in asked.items() if k not in (*_OURS, "aggregateBy")}
    resource = asked.get("resource", ("unit/aggregate",))
    return Question(
        by=by,
        country=country,
        areas=tuple(sorted(asked.get("areas", ()))),
        quantities=tuple(sorted(asked["value"])),
        fields=tuple(dict.fromkeys(fields)),
        resource=resource[0],
        filters={k: ",".join(v) for k, v in service.items()},
    )


def find_areas(listed: Sequence[Any], by: str, only: Sequence[str], where: str) -> dict[str, str]:
    """Our codes of today's regions of a level → the service's ids, ordered by code.

    A maakunta is found by its number, a municipality by its name: the service has no number of it.

    Args:
        listed: The areas as the service lists them.
        by: ``province`` or ``municipality``.
        only: Codes that are wanted; empty for every region of the level.
        where: For errors.

    Raises:
        SourceError: What is listed are no areas of this kind.
        DataError: A region of ours is not listed, or two areas could be it.
    """
    kind = FIELD_OF[by][0]
    found: dict[str, str] = {}
    for area in listed:
        if not isinstance(area, dict) or not isinstance(area.get("id"), str):
            raise SourceError(f"{where}: an area without an id: {str(area)[:80]}")
        if area.get("areaType", kind) != kind:
            raise SourceError(f"{where}: the service lists {area['areaType']} instead")
        code = _province(area) if by == "province" else _municipality(area)
        if code is None:
            continue
        if found.setdefault(code, area["id"]) != area["id"]:
            raise DataError(f"{where}: {code} could be each of {found[code]} and {area['id']}")
    today = [r.code for r in region_codes.regions(_LEVEL[by])]
    wanted = [code for code in today if not only or code in only]
    lost = [code for code in wanted if code not in found]
    if lost:
        names = ", ".join(f"{region_codes.region(c).names.fi} ({c})" for c in lost[:6])
        raise DataError(
            f"{where}: {len(lost)} of {len(wanted)} regions are not listed: {names}; look at how "
            "the service names them and add the spelling to aliases.csv"
        )
    if not wanted:
        raise DataError(f"{where}: none of {', '.join(only)} is a {_LEVEL[by]} of today")
    return {code: found[code].rpartition("/")[2] for code in wanted}


def _province(area: Mapping[str, Any]) -> str | None:
    code = f"MK{str(area.get('provinceCodeNumeric', '')).zfill(2)}"
    known = region_codes.exists(code) and region_codes.region(code).valid_to is None
    return code if known else None


def _municipality(area: Mapping[str, Any]) -> str | None:
    """Today's municipality of that name; the service may list those of earlier times too."""
    names = area.get("name")
    texts = (
        [names] if isinstance(names, str) else [(names or {}).get(lang) for lang in ("fi", "sv")]
    )
    for text in texts:
        if not text:
            continue
        try:
            found = region_names.find(str(text), "kunta")
        except CatalogueError:
            continue
        return found.code if found.valid_to is None and found.level == "kunta" else None
    return None
