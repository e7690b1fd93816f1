"""What is attached to the document: the figures as one table, the lock entries behind them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from tilannekuva.model import Finding, Picture, Series

__all__ = ["figures", "lock"]

_COLUMNS = ("indicator", "region", "breakdown", "period", "value", "status", "snapshots")


def figures(picture: Picture, indicators: Iterable[str] | None = None) -> bytes:
    """The figures of a picture as CSV: UTF-8, comma, decimal point, every digit.

    The first six columns are those of the one table. The last one names the versions of the data
    that the indicator rests on: a picture knows them by indicator, not by figure.

    Args:
        picture: Whose figures.
        indicators: Only these, in this order; all by default.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for name in picture.findings if indicators is None else indicators:
        finding = picture.findings[name]
        snapshots = " ".join(finding.snapshots)
        for region, breakdown, series in _all_series(finding):
            writer.writerows(
                (finding.indicator, region, breakdown, period, _number(value), status, snapshots)
                for period, value, status in zip(
                    series.periods, series.values, series.statuses, strict=True
                )
            )
    return file.getvalue().encode()


def _number(value: float | None) -> str:
    """The shortest text that is the number; nothing where there is none."""
    return "" if value is None else repr(float(value)).removesuffix(".0")


def _all_series(finding: Finding) -> Iterator[tuple[str, str, Series]]:
    """Every series of a finding: (code of the area, breakdown, figures)."""
    country = (finding.country,) if finding.country is not None else ()
    # The peers are among the others.
    for series in (*finding.segments, *country, *finding.parts, *finding.others):
        yield series.region, finding.breakdown, series
    own = finding.segments[-1].region if finding.segments else finding.region
    for series in finding.profile:
        yield own, series.region, series
    for series in finding.country_profile:
        yield "SSS", series.region, series


def lock(picture: Picture) -> bytes:
    """The lock entries of a picture and who uses them, as JSON."""
    entries = [s.model_dump(mode="json") for s in picture.snapshots.values()]
    used = {i: list(f.snapshots) for i, f in picture.findings.items()}
    about = {
        "region": picture.region.code, "as_of": picture.as_of, "snapshots": entries,
        "used_by_indicator": used,
    }  # fmt: skip
    return (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode()
