"""What is attached to the document: the figures as one table, the lock entries behind them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

from tilannekuva.model import Picture
from tilannekuva.reports._series import digits, every_series

__all__ = ["figures", "lock"]

_COLUMNS = ("indicator", "region", "breakdown", "period", "value", "status", "snapshot")


def figures(picture: Picture, indicators: Iterable[str] | None = None) -> bytes:
    """The figures of a picture as CSV: UTF-8, comma, decimal point, every digit.

    The columns are those of the one table.

    Args:
        picture: Whose figures.
        indicators: Only these, in this order; all by default.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for name in picture.findings if indicators is None else indicators:
        finding = picture.findings[name]
        for region, breakdown, series in every_series(finding):
            writer.writerows(
                (finding.indicator, region, breakdown, period, digits(value), status, snapshot)
                for period, value, status, snapshot in zip(
                    series.periods, series.values, series.statuses, series.origins, strict=True
                )
            )
    return file.getvalue().encode()


def lock(picture: Picture) -> bytes:
    """The lock entries of a picture and who uses them, as JSON."""
    entries = [s.model_dump(mode="json") for s in picture.snapshots.values()]
    used = {i: list(f.snapshots) for i, f in picture.findings.items()}
    about = {
        "region": picture.region.code, "as_of": picture.as_of, "snapshots": entries,
        "used_by_indicator": used,
    }  # fmt: skip
    return (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode()
