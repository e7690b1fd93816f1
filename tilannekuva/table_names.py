"""Names of publishers' tables, as they are written today."""

from __future__ import annotations

import re

__all__ = ["short_table"]

_LONG_ID = re.compile(r"^[a-z]+_([a-z0-9]+)_pxt_([0-9a-z]{3,6})(?:\.px)?$")


def short_table(table: str) -> str:
    """A PxWeb table's name as it is today, from any that it has had.

    >>> short_table("statfin_tyonv_pxt_12r5.px"), short_table("StatFin/tyonv/12r5.px")
    ('tyonv/12r5', 'tyonv/12r5')
    >>> short_table("Kuntien_avainluvut:uusin/142h")
    'Kuntien_avainluvut:uusin/142h'
    """
    name = table.strip().strip("/").rsplit("/", 1)[-1]
    if found := _LONG_ID.match(name):
        return f"{found[1]}/{found[2]}"
    return table.strip().strip("/").removeprefix("StatFin/").removesuffix(".px")
