"""The data package: every figure of a picture in open formats, described well enough to use alone.

One zip: tables as CSV with their metadata (Frictionless Data Package and W3C CSVW), the figures as
Parquet, and each indicator as a JSON-stat cube. It has every language in it.
"""

from __future__ import annotations

from tilannekuva.model import Picture
from tilannekuva.reports import (
    _package_csv,
    _package_cubes,
    _package_descriptor,
    _package_parquet,
    _package_readme,
    _package_rows,
)
from tilannekuva.reports._package_tables import TABLES
from tilannekuva.reports._zipped import pack

__all__ = ["files", "render"]


def render(picture: Picture) -> bytes:
    """The data package of a picture as a zip; the same picture gives the same bytes."""
    return pack(sorted(files(picture).items()))


def files(picture: Picture) -> dict[str, bytes]:
    """The files of the package, by name."""
    figures = _package_rows.observations(picture)
    rows = _package_rows.rows(picture, figures)
    licences = _package_descriptor.licences(picture)
    found = {}
    for name, table in TABLES.items():
        found[table.file] = _package_csv.table_bytes(table, rows[name])
        found[table.file + _package_csv.METADATA] = _package_csv.metadata(picture, table, licences)
    found[_package_descriptor.PARQUET] = _package_parquet.figures(picture, figures)
    for name, cube in _package_cubes.cubes(picture, figures).items():
        found[f"{_package_descriptor.CUBES}/{name}.json"] = cube
    found[_package_descriptor.README] = _package_readme.readme(picture)
    found["datapackage.json"] = _package_descriptor.descriptor(picture, found)
    return found
