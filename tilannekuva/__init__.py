"""The situation picture of a Finnish region, from figures whose origin is always known.

Five verbs, the same on the command line and in a notebook::

    import tilannekuva as tk

    tk.fetch()                            # services → raw; tk.fetch("own.xlsx") a file of one's own
    obs = tk.observations()               # raw → the one table (tidy)
    tk.measure(obs)                       # observations → metrics
    picture = tk.compose("kainuu")        # metrics → picture
    tk.publish(picture, formats=["html"]) # picture → reports

Everything is imported when it is first used, so ``import tilannekuva`` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tilannekuva.errors import (
        CatalogueError,
        DataError,
        ReportError,
        SourceError,
        TilannekuvaError,
    )
    from tilannekuva.measuring import measure
    from tilannekuva.model import (
        Assessment,
        Finding,
        Indicator,
        Picture,
        Region,
        Snapshot,
        Source,
    )
    from tilannekuva.observing import catalogue, observations
    from tilannekuva.pictures import compose
    from tilannekuva.pillars import composite
    from tilannekuva.pipeline import build, fetch, publish, tidy
    from tilannekuva.questions import (
        how_far_to_go,
        how_sure,
        how_we_compare,
        where_are_we,
        where_heading,
    )
    from tilannekuva.regions import find as region
    from tilannekuva.row_measures import measure_rows
    from tilannekuva.showing import show
    from tilannekuva.sources._cube_info import CubeInfo
    from tilannekuva.sources.eurostat import read_eurostat_tsv
    from tilannekuva.sources.jsonstat import read_jsonstat
    from tilannekuva.sources.px import read_px
    from tilannekuva.sources.pxweb import read_pxweb_json
    from tilannekuva.sources.sotkanet import read_sotkanet
    from tilannekuva.sources.syke import read_syke
    from tilannekuva.table_measures import (
        entropy,
        gini,
        herfindahl,
        location_quotient,
        shift_share,
        sigma_convergence,
        theil,
    )
    from tilannekuva.workbooks import read_workbook

__version__ = "0.1.0"

_FRONT = {
    "observations": "observing", "catalogue": "observing", "measure": "measuring",
    "compose": "pictures", "composite": "pillars", "publish": "pipeline", "build": "pipeline",
    "fetch": "pipeline", "tidy": "pipeline",
    "where_are_we": "questions", "where_heading": "questions", "how_we_compare": "questions",
    "how_far_to_go": "questions", "how_sure": "questions",
    "measure_rows": "row_measures", "gini": "table_measures", "theil": "table_measures",
    "sigma_convergence": "table_measures", "location_quotient": "table_measures",
    "herfindahl": "table_measures", "entropy": "table_measures", "shift_share": "table_measures",
    "show": "showing", "read_workbook": "workbooks",
    "load_ipython_extension": "showing", "unload_ipython_extension": "showing",
    "read_px": "sources.px", "read_jsonstat": "sources.jsonstat",
    "read_pxweb_json": "sources.pxweb", "read_eurostat_tsv": "sources.eurostat",
    "read_sotkanet": "sources.sotkanet", "read_syke": "sources.syke",
    "CubeInfo": "sources._cube_info",
    "Assessment": "model", "Finding": "model", "Indicator": "model", "Picture": "model",
    "Region": "model", "Snapshot": "model", "Source": "model",
    "CatalogueError": "errors", "DataError": "errors", "ReportError": "errors",
    "SourceError": "errors", "TilannekuvaError": "errors",
}  # fmt: skip
_ROOMS = ("charts", "narrate", "measures")
"""Rooms that a notebook reaches by name."""
_RENAMED = {"region": ("regions", "find")}

__all__ = [
    "Assessment",
    "CatalogueError",
    "CubeInfo",
    "DataError",
    "Finding",
    "Indicator",
    "Picture",
    "Region",
    "ReportError",
    "Snapshot",
    "Source",
    "SourceError",
    "TilannekuvaError",
    "build",
    "catalogue",
    "compose",
    "composite",
    "entropy",
    "fetch",
    "gini",
    "herfindahl",
    "how_far_to_go",
    "how_sure",
    "how_we_compare",
    "location_quotient",
    "measure",
    "measure_rows",
    "observations",
    "publish",
    "read_eurostat_tsv",
    "read_jsonstat",
    "read_px",
    "read_pxweb_json",
    "read_sotkanet",
    "read_syke",
    "read_workbook",
    "region",
    "show",
    "shift_share",
    "sigma_convergence",
    "theil",
    "tidy",
    "where_are_we",
    "where_heading",
]


def __getattr__(name: str) -> Any:
    import importlib

    if name in _ROOMS:
        return importlib.import_module(f"tilannekuva.{name}")
    room, thing = _RENAMED.get(name, (_FRONT.get(name), name))
    if room is None:
        raise AttributeError(f"module 'tilannekuva' has no attribute '{name}'")
    value = getattr(importlib.import_module(f"tilannekuva.{room}"), thing)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, *_ROOMS, "__version__"])
