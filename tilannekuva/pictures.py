"""Compose a picture: findings, gaps, what changed, and the sources of all of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from tilannekuva import (
    chains,
    formulas,
    indicators,
    measuring,
    periods,
    raw,
    regions,
    revisions,
    settings,
    table,
    tidying,
)
from tilannekuva.cubes import Cube
from tilannekuva.errors import DataError
from tilannekuva.indicators import Catalogue
from tilannekuva.measuring import Measurement
from tilannekuva.metric_fans import FAN
from tilannekuva.metric_intervals import is_counted, pooled
from tilannekuva.model import (
    HIDDEN_EVENTS,
    Break,
    Change,
    Cut,
    FanYear,
    Finding,
    Gap,
    Indicator,
    Measured,
    Observation,
    Picture,
    Pooled,
    Region,
    Section,
    Series,
    Snapshot,
)
from tilannekuva.observing import Observed, observe
from tilannekuva.picture_series import of_area, of_country, profiles, segments, shared
from tilannekuva.statuses import PROVISIONAL

__all__ = ["compose", "compose_all", "year_before"]


def compose(
    region: str = "kainuu",
    *,
    observations: pd.DataFrame | None = None,
    as_of: str | None = None,
    data: Path | str | None = None,
    catalogue: Catalogue | None = None,
) -> Picture:
    """Compose the picture of one region.

    Args:
        region: Name in any of the three languages, or a code (``MK18``, ``18``, ``FI1D8``).
        observations: A table to compose from in place of the store's own view; its snapshots must
            be those of the store.
        as_of: ISO date; the newest publication in the lock by default.
        data: Folder of the store.
        catalogue: The packaged one by default, with the user's own merged over it where
            ``tilannekuva.toml`` names a folder.

    Returns:
        An immutable picture.

    Raises:
        CatalogueError: The region is not known, or is not a region that has pictures.
        DataError: A figure cannot be traced to a snapshot.

    >>> picture = compose("kainuu")
    >>> picture.region.code, picture.findings["births"].latest.period >= "2021"
    ('MK18', True)
    """
    catalogue = catalogue or indicators.load(settings.read().path("catalogue"))
    found = regions.area_of_pictures(region)
    store = raw.store_path(data)
    lock = raw.read_lock(store)
    tidied = tidying.tidy(catalogue, store, lock)
    seen = observe(tidied, catalogue, lock, as_of)
    if observations is not None:
        observations = table.make(observations)
        unknown = set(observations["snapshot"].cat.categories) - set(seen.snapshots)
        if unknown:
            raise DataError(
                f"the snapshot '{min(unknown)}' is not in the store at {store}: a picture shows "
                "only figures that can be traced; bring the file in with `tilannekuva fetch FILE`"
            )
        seen = seen._replace(rows=observations)
    before = year_before(tidied, catalogue, lock, seen.as_of, [found])
    return compose_all([found], seen, catalogue, before)[0]


def year_before(
    tidied: tidying.Tidied,
    catalogue: Catalogue,
    lock: Sequence[Snapshot],
    as_of: str,
    areas: Sequence[Region],
) -> Observed | None:
    """What the pictures' regions looked like a year before; None when nothing was published then.

    Only the rows of those regions, their municipalities and the country are kept: what changed is
    asked of nothing else.
    """
    day = dt.date.fromisoformat(as_of)
    leap = (day.month, day.day) == (2, 29)
    earlier = day.replace(year=day.year - 1, day=28 if leap else day.day).isoformat()
    if not any(periods.first_day(s.published_on).isoformat() <= earlier for s in lock):
        return None
    codes = {"SSS", *(a.code for a in areas)}
    codes |= {c for a in areas for c in regions.children(a.code, "kunta")}
    of = tidied.rows["region"].cat
    keep = np.array([c.split("@")[0] in codes for c in of.categories], dtype=bool)
    part = tidied._replace(
        rows=table.make(tidied.rows[keep[of.codes.to_numpy()]], unique=(*table.KEY, "snapshot"))
    )
    return observe(part, catalogue, lock, earlier)


def compose_all(
    areas: Iterable[Region],
    seen: Observed,
    catalogue: Catalogue,
    before: Observed | None = None,
) -> list[Picture]:
    """Compose the pictures of several regions from one view, measured once.

    Raises:
        DataError: The view has no figure at all.
    """
    if not len(seen.rows):
        raise DataError(f"no figure was published by {seen.as_of}; take a later day (--as-of)")
    made = measuring.measurements(seen.rows, "maakunta", catalogue, seen.as_of, seen.breaks)
    wholes = {m.cube.indicator: m for m in made if m.cube.breakdown == "total"}
    parts: dict[str, list[Measurement]] = {}
    for m in made:
        if m.cube.breakdown != "total":
            parts.setdefault(m.cube.indicator, []).append(m)
    areas = list(areas)
    level = _Level([str(s) for s in seen.rows["snapshot"].cat.categories])
    history = None
    if seen.tidied is not None:
        history = revisions.History(
            *seen.tidied, catalogue=catalogue, lock=seen.snapshots.values(), as_of=seen.as_of
        )
    municipal = _Municipal(seen, {c for a in areas for c in regions.children(a.code, "kunta")})
    lookup = chains.Rows(seen.rows)
    return [
        _Composer(
            a, seen, catalogue, before, wholes, parts, level, municipal, lookup, history
        ).picture()
        for a in areas
    ]


class _Level:
    """The series that a region is set beside; nearly all pictures share them, so they are kept."""

    def __init__(self, ids: Sequence[str]) -> None:
        self.ids = ids
        self._made: dict[tuple[str, int], dict[str, Series]] = {}

    def series(self, cube: Cube, at: int) -> dict[str, Series]:
        """Every area's series that holds a column of the cube, by area."""
        key = (cube.indicator, at)
        if key not in self._made:
            found = {a: of_area(cube, a, at, self.ids) for a in cube.areas}
            self._made[key] = {a: s for a, s in found.items() if s is not None}
        return self._made[key]


class _Municipal:
    """Municipalities' figures of the view, by indicator; only those of the pictures' regions."""

    def __init__(self, seen: Observed, codes: set[str]) -> None:
        rows = seen.rows
        columns = ("indicator", "region", "period", "snapshot")
        names = [list(rows[c].cat.categories) for c in columns]
        wanted = np.array([n in codes for n in names[1]], dtype=bool)
        total = rows["breakdown"].cat.categories.get_indexer(pd.Index(["total"]))[0]
        keep = wanted[rows["region"].cat.codes.to_numpy()]
        keep &= rows["breakdown"].cat.codes.to_numpy() == total
        at = np.flatnonzero(keep)
        value, status = rows["value"].to_numpy()[at], np.asarray(rows["status"], dtype=object)[at]
        at_rows = (rows[c].cat.codes.to_numpy()[at] for c in columns)
        self.by_key: dict[tuple[str, str], list[tuple[str, float, str, str]]] = {}
        for i, r, p, o, v, s in zip(*at_rows, value, status, strict=True):
            key = (names[0][i], names[1][r])
            self.by_key.setdefault(key, []).append((names[2][p], v, s, names[3][o]))

    def figures(self, indicator: str, code: str) -> dict[str, float]:
        """One municipality's figures by period; forecasts are none."""
        known = self.by_key.get((indicator, code), ())
        return {p: v for p, v, s, _ in known if not np.isnan(v) and s != "forecast"}

    def series(
        self, indicator: str, code: str, wanted: set[str], digits: int | None
    ) -> Series | None:
        """One municipality's figures of the wanted periods, in time order, rounded if computed."""
        found = [x for x in self.by_key.get((indicator, code), ()) if x[0] in wanted]
        if not found:
            return None
        found.sort(key=lambda x: periods.parse(x[0]).start)
        values = np.array([v for _, v, _, _ in found])
        if digits is not None:
            values = measuring.half_up(values, digits)
        return Series(
            region=code,
            periods=tuple(p for p, _, _, _ in found),
            values=tuple(None if np.isnan(v) else float(v) for v in values),
            statuses=tuple(s for _, _, s, _ in found),
            snapshots=shared([o for _, _, _, o in found]),
        )


class _Composer:
    """One region's picture in the making."""

    def __init__(
        self,
        place: Region,
        seen: Observed,
        catalogue: Catalogue,
        before: Observed | None,
        wholes: Mapping[str, Measurement],
        parts: Mapping[str, Sequence[Measurement]],
        level: _Level,
        municipal: _Municipal,
        lookup: chains.Lookup,
        history: revisions.History | None,
    ) -> None:
        self.place, self.seen, self.catalogue, self.before = place, seen, catalogue, before
        self.wholes, self.parts, self.level, self.municipal = wholes, parts, level, municipal
        self.history = history
        self.ids = [str(s) for s in seen.rows["snapshot"].cat.categories]
        self.peers = regions.peers(place.code)
        self.described = self._described()
        self.chains = chains.Chains(self.described, seen.snapshots, catalogue.shocks, lookup)
        self.municipalities = regions.children(place.code, "kunta")

    def picture(self) -> Picture:
        findings = {}
        for name in self.described:
            found = self._finding(name)
            if found is not None:
                findings[name] = found
        changes = tuple(self._changes(findings))
        lately = {c.indicator for c in changes if c.kind == "revised"}
        findings |= dict(self._revised(findings, lately))
        steps = (self.chains.of(f) for f in findings.values())
        observations = chains.flat(s for s in steps if s is not None)
        used = self._snapshots(findings.values(), observations)
        codes = {s.region.split("@")[0] for f in findings.values() for s in _areas(f)}
        codes |= {self.place.code, "SSS", *self.peers}
        return Picture(
            region=self.place,
            as_of=self.seen.as_of,
            level_count=len(regions.regions("maakunta")),
            indicators=self.described,
            units=dict(self.catalogue.units),
            findings=findings,
            cuts=tuple(map(self._cut, self.catalogue.cuts)),
            key_figures=self.catalogue.key_figures,
            gaps=tuple(self._gaps(findings)),
            changes=changes,
            trends_tested=sum(
                "trend_p" in m and m["trend_p"].value is not None
                for m in (f.metrics for f in findings.values())
            ),
            trends_lowered=tuple(n for n, f in findings.items() if _is_lowered(f)),
            compared_with=self.before.as_of if self.before else None,
            sources=dict(self.catalogue.sources),
            snapshots=used,
            observations=observations,
            regions={c: regions.region(c) for c in sorted(codes)},
            shocks=dict(self.catalogue.shocks),
            breaks=tuple(self._breaks(findings)),
        )

    def _cut(self, cut: Cut) -> Cut:
        """A cut without the indicators that are about other regions only."""

        def mine(section: Section) -> Section:
            keep = {
                f: tuple(i for i in getattr(section, f) if i in self.described)
                for f in ("indicators", "lead")
            }
            rows = tuple(
                r.model_copy(
                    update={"indicators": tuple(i for i in r.indicators if i in self.described)}
                )
                for r in section.tiles
            )
            return section.model_copy(update={**keep, "tiles": rows})

        return cut.model_copy(update={"sections": tuple(map(mine, cut.sections))})

    def _described(self) -> dict[str, Indicator]:
        """The indicators that are about this region, with the caveats that are."""
        here = ("*", self.place.code)
        found = {}
        for name, indicator in self.catalogue.indicators.items():
            if indicator.regions and self.place.code not in indicator.regions:
                continue
            mine = tuple(c for c in indicator.caveats if c.region in here)
            same = len(mine) == len(indicator.caveats)
            found[name] = indicator if same else indicator.model_copy(update={"caveats": mine})
        return found

    # ------------------------------------------------------------ findings

    def _finding(self, name: str) -> Finding | None:
        whole = self.wholes.get(name)
        parts = [m for m in self.parts.get(name, ()) if self.place.code in m.rows]
        if whole is None or self.place.code not in whole.rows:
            return self._profile_only(name, parts)
        cube = whole.cube
        n = cube.areas.index(self.place.code)
        rows = whole.rows[self.place.code]
        metrics = {
            r.metric: Measured(value=r.value, period=r.period, status=r.status, reason=r.reason)
            for r in rows
        }
        if "latest" not in metrics:
            metrics["latest"] = _no_latest(metrics["forecast"])
        used = {int(s) for s in cube.snapshot[n] if s >= 0}
        used |= {s for r in rows if r.metric == "interval_low" for s in r.origins}
        if cube.country is not None:
            used |= {int(s) for s in cube.country.snapshot if s >= 0}
        latest = metrics["latest"].period
        at = cube.periods.index(latest)
        others = [s for a, s in self.level.series(cube, at).items() if a != self.place.code]
        return Finding(
            indicator=name,
            region=self.place.code,
            frequency=cube.frequency,
            segments=segments(cube, n, self.ids),
            country=of_country(cube, self.ids),
            peers=tuple(s for p in self.peers for s in others if s.region.split("@")[0] == p),
            others=tuple(others),
            parts=self._parts(name, set(cube.periods)),
            pooled=self._pooled(name),
            fan=_fan(rows),
            profile=profiles(parts, latest, self.ids, country=False, place=self.place.code),
            country_profile=profiles(parts, latest, self.ids, country=True, place=self.place.code),
            metrics=metrics,
            snapshots=tuple(sorted(self.ids[s] for s in used)),
        )

    def _profile_only(self, name: str, parts: Sequence[Measurement]) -> Finding | None:
        """An indicator that has a value by breakdown only, such as location quotients."""
        if not parts:
            return None
        code = self.place.code
        latest = max(
            (r.period for m in parts for r in m.rows[code] if r.metric == "latest"),
            key=lambda p: periods.parse(p).end,
        )
        used = {int(s) for m in parts for s in m.cube.snapshot[m.cube.areas.index(code)] if s >= 0}
        # Every crisis has a year of its own.
        each = "shock" in self.described[name].axes
        return Finding(
            indicator=name,
            region=code,
            frequency=parts[0].cube.frequency,
            segments=(),
            profile=profiles(parts, latest, self.ids, country=False, place=code, each=each),
            country_profile=profiles(parts, latest, self.ids, country=True, place=code),
            metrics={
                "latest": Measured(
                    value=None, period=latest, status="not_applicable", reason="by_breakdown"
                ),
                "age_months": _age(latest, self.seen.as_of),
            },
            snapshots=tuple(sorted(self.ids[s] for s in used)),
        )

    def _revised(
        self, findings: Mapping[str, Finding], lately: set[str]
    ) -> Iterator[tuple[str, Finding]]:
        """Findings whose figure may still change or lately did, with how far such ones moved."""
        for name, finding in findings.items():
            latest = finding.latest
            asked = latest.status in PROVISIONAL or name in lately
            if self.history is None or latest.value is None or not asked:
                continue
            cube = self.wholes[name].cube
            at = cube.areas.index(self.place.code), cube.periods.index(latest.period)
            snapshot, code = self.ids[cube.snapshot[at]], str(cube.codes[at])
            found = self.history.of(name, snapshot, code, cube.frequency)
            if found is not None:
                yield name, finding.model_copy(update={"revision": found})

    def _parts(self, name: str, wanted: set[str]) -> tuple[Series, ...]:
        indicator = self.catalogue.indicators[name]
        digits = indicator.decimals if measuring.is_computed(indicator) else None
        found = (self.municipal.series(name, c, wanted, digits) for c in self.municipalities)
        hides = is_counted(indicator) and not indicator.few_shown
        return tuple(self._hidden(s, indicator) if hides else s for s in found if s is not None)

    def _hidden(self, series: Series, indicator: Indicator) -> Series:
        """A municipality's figures without those of fewer than five events of people."""
        events = self._events(indicator, series.region)
        few = [events.get(p, HIDDEN_EVENTS) < HIDDEN_EVENTS for p in series.periods]
        if not any(few):
            return series
        return series.model_copy(
            update={
                "values": tuple(None if x else v for x, v in zip(few, series.values, strict=True)),
                "statuses": tuple(
                    "below_precision" if x else s for x, s in zip(few, series.statuses, strict=True)
                ),
            }
        )

    def _events(self, indicator: Indicator, code: str) -> dict[str, float]:
        """Period → events behind a municipality's figures, where they are known."""
        rule = indicator.counts
        if rule is None or rule.count is not None:
            return self.municipal.figures(rule.count if rule and rule.count else indicator.id, code)
        people = self._population(indicator, code)
        shares = self.municipal.figures(indicator.id, code)
        return {p: v / rule.per * people[p] for p, v in shares.items() if p in people}

    def _population(self, indicator: Indicator, code: str) -> dict[str, float]:
        """Period of a figure → what its events happened among."""
        rule = indicator.counts
        if rule is None:
            return {}
        known = self.municipal.figures(rule.population, code)
        own = {periods.shift(p, rule.lag): v for p, v in known.items()}
        if not rule.mean:
            return own
        before = {periods.shift(p, 1): v for p, v in own.items()}
        return {p: (v + before[p]) / 2 for p, v in own.items() if p in before}

    def _pooled(self, name: str) -> tuple[Pooled, ...]:
        """The municipalities with years taken together, where the events of one are few."""
        indicator = self.catalogue.indicators[name]
        if not is_counted(indicator):
            return ()
        events = {c: self._events(indicator, c) for c in self.municipalities}
        people = {c: self._population(indicator, c) for c in self.municipalities}
        return pooled(indicator, events, {} if indicator.counts is None else people)

    # ------------------------------------------------------------ what the picture rests on

    def _snapshots(
        self, findings: Iterable[Finding], observations: Iterable[Observation]
    ) -> dict[str, Snapshot]:
        queue = [s for f in findings for s in f.origins]
        queue += [row.snapshot for row in observations]
        found: dict[str, Snapshot] = {}
        while queue:
            name = queue.pop()
            if name not in found:
                found[name] = self.seen.snapshots[name]
                queue += found[name].query.get("parents", [])
        return dict(sorted(found.items()))

    def _breaks(self, findings: Mapping[str, Finding]) -> Iterable[tuple[str, Break]]:
        mine = {"*", self.place.code}
        for name in findings:
            declared = [(name, b) for b in self.catalogue.indicators[name].breaks]
            flagged = [(i, b) for i, b in self.seen.breaks if i == name]
            yield from ((i, b) for i, b in (*declared, *flagged) if b.region.split("@")[0] in mine)

    # ------------------------------------------------------------ what it does not know

    def _gaps(self, findings: Mapping[str, Finding]) -> Iterable[Gap]:
        for name, indicator in self.described.items():
            query = indicator.query[0] if indicator.query else None
            at = {
                "source": query.source if query else None,
                "table": query.table if query else None,
            }
            finding = findings.get(name)
            if finding is None:
                parents = formulas.parents_of(indicator)
                missing = tuple(p for p in parents if p not in findings)
                kind = "not_computable" if indicator.rule else "no_figures"
                yield Gap(indicator=name, kind=kind, parents=missing, **at)
                continue
            latest = finding.latest
            age = finding.metrics.get("age_months")
            if age is not None and age.value is not None and age.value > periods.STALE_MONTHS:
                yield Gap(indicator=name, kind="stale", period=latest.period, **at)
            if latest.value is None:
                continue
            reasons = {m: v.reason for m, v in finding.metrics.items()}
            unknown = "no_country" in (reasons.get("gap"), reasons.get("share_of_country"))
            # A country that is merely a year behind is known; its sentence says so.
            if unknown and finding.country is None:
                yield Gap(indicator=name, kind="no_country", period=latest.period, **at)
            if reasons.get("rank") == "regions_missing":
                yield Gap(indicator=name, kind="regions_missing", period=latest.period, **at)

    # ------------------------------------------------------------ what changed

    def _changes(self, findings: Mapping[str, Finding]) -> Iterable[Change]:
        if self.before is None:
            return
        old = _values(self.before.rows, self.place.code)
        new = _values(self.seen.rows, self.place.code)
        for name, finding in findings.items():
            latest = finding.latest
            known = old.get(name, {})
            if latest.value is None or not finding.segments:
                continue
            code = finding.segments[-1].region
            # Figures of other members or of another frequency are none of this series.
            earlier = [
                k for k in known if k[0] == code and periods.frequency(k[1]) == finding.frequency
            ]
            if not earlier:
                yield Change(indicator=name, kind="first", period=latest.period, value=latest.value)
                continue
            newest = max(earlier, key=lambda k: periods.parse(k[1]).end)
            if periods.parse(newest[1]).end < periods.parse(latest.period).end:
                yield Change(
                    indicator=name,
                    kind="new",
                    period=latest.period,
                    value=latest.value,
                    before_period=newest[1],
                    before_value=known[newest],
                )
            decimals = self.catalogue.indicators[name].decimals
            revised = [
                k
                for k in earlier
                if k in new.get(name, {}) and round(new[name][k] - known[k], decimals) != 0
            ]
            if revised:
                last = max(revised, key=lambda k: periods.parse(k[1]).end)
                yield Change(
                    indicator=name,
                    kind="revised",
                    period=last[1],
                    value=new[name][last],
                    before_period=last[1],
                    before_value=known[last],
                )


def _is_lowered(finding: Finding) -> bool:
    """Whether its trend has a weaker word than the test alone would give."""
    word, alone = (finding.metrics.get(k) for k in ("trend_word", "trend_word_alone"))
    return word is not None and alone is not None and word.value != alone.value


def _fan(rows: Iterable[measuring.Row]) -> tuple[FanYear, ...]:
    """The years ahead of a series that is carried on, in order."""
    years: dict[str, dict[str, float]] = {}
    for r in rows:
        if r.metric in FAN and r.value is not None:
            years.setdefault(r.period, {})[r.metric.removeprefix("fan_")] = r.value
    return tuple(FanYear(period=p, **values) for p, values in years.items())


def _values(rows: pd.DataFrame, code: str) -> dict[str, dict[tuple[str, str], float]]:
    """Indicator → (code, period) → value, of one area under any division; no forecasts or cells."""
    mine = [c for c in rows["region"].cat.categories if c.split("@")[0] == code]
    part = rows[rows["region"].isin(mine) & (rows["breakdown"] == "total") & rows["value"].notna()]
    part = part[part["status"] != "forecast"]
    out: dict[str, dict[tuple[str, str], float]] = {}
    for i, r, p, v in zip(
        part["indicator"], part["region"], part["period"], part["value"], strict=True
    ):
        out.setdefault(str(i), {})[str(r), str(p)] = float(v)
    return out


def _areas(finding: Finding) -> Iterable[Series]:
    yield from finding.segments
    yield from finding.others
    yield from finding.parts
    if finding.country is not None:
        yield finding.country


def _no_latest(forecast: Measured) -> Measured:
    return Measured(
        value=None, period=forecast.period, status="not_applicable", reason="forecast_only"
    )


def _age(period: str, as_of: str) -> Measured:
    months = periods.age_months(period, dt.date.fromisoformat(as_of))
    return Measured(value=float(months), period=period, status="final")
