"""Two pictures of one region: what is new, what was revised, which rules changed.

Pure: the pictures say it all. A figure that a rule change moved is told apart from one that the
publisher revised.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from tilannekuva import narrate, periods, words
from tilannekuva.errors import CatalogueError
from tilannekuva.model import Change, Finding, Indicator, Language, Picture, RuleChange

__all__ = ["Difference", "EditionDiff", "diff", "lines", "since"]

Kind = Literal["new", "first", "revised", "gone", "rule", "theme"]
_RULES = ("unit", "decimals", "direction", "axes", "reference", "formula", "analysis", "aggregate",
          "query", "targets", "breaks", "min_change", "balance", "trend", "regions")  # fmt: skip
"""What makes a figure another figure; names and notes do not."""


@dataclass(frozen=True)
class Difference:
    """One thing that differs between two editions."""

    kind: Kind
    indicator: str
    """Its id; a section's id for a change of themes."""
    period: str = ""
    value: float | None = None
    before_period: str = ""
    before_value: float | None = None
    rules: tuple[str, ...] = ()
    """Keys of the description that changed."""


@dataclass(frozen=True)
class EditionDiff:
    """What differs between two editions of one region's picture."""

    region: str
    old: str
    new: str
    differences: tuple[Difference, ...]

    def of(self, kind: Kind) -> tuple[Difference, ...]:
        """Those of one kind, in the order of the catalogue."""
        return tuple(d for d in self.differences if d.kind == kind)


def diff(old: Picture, new: Picture) -> EditionDiff:
    """Compare two editions.

    Args:
        old: The earlier picture.
        new: The later one, of the same region.

    Returns:
        New figures, revised ones (each period whose value differs by what is printed), indicators
        that came or went, and rules that changed: catalogue, formula, boundaries, themes.

    Raises:
        CatalogueError: The pictures are of different regions.
    """
    if old.region.code != new.region.code:
        raise CatalogueError(
            f"the pictures are of {old.region.names.fi} and {new.region.names.fi}; compare two "
            "editions of one region"
        )
    found: list[Difference] = []
    for name in dict.fromkeys([*old.indicators, *new.indicators]):
        found += _rules(old.indicators.get(name), new.indicators.get(name))
        found += _figures(name, old, new)
    found += _boundaries(old, new)
    found += _themes(old, new)
    return EditionDiff(new.region.code, old.edition, new.edition, tuple(found))


def since(picture: Picture, old: Picture) -> Picture:
    """The picture with what has changed since an edition that was published earlier.

    Args:
        picture: The new picture.
        old: The earlier one, of the same region.

    Returns:
        The same picture, whose ``changes`` are counted from that edition, revised figures by the
        newest period, and which says what else is different: figures that are no more told, rules,
        themes.

    Raises:
        CatalogueError: The pictures are of different regions.
    """
    found = diff(old, picture)
    changes: dict[tuple[str, str], Change] = {}
    for d in found.differences:
        if d.kind == "first" or d.kind == "new" or d.kind == "revised":
            change = Change(
                indicator=d.indicator, kind=d.kind, period=d.period, value=d.value or 0.0,
                before_period=d.before_period or None, before_value=d.before_value,
            )  # fmt: skip
            last = changes.get((d.indicator, d.kind))
            if last is None or _end(last.period) < _end(d.period):
                changes[d.indicator, d.kind] = change
    rules = tuple(
        RuleChange(
            kind=d.kind, subject=d.indicator, keys=d.rules, period=d.before_period or None,
            value=d.before_value,
        )
        for d in found.differences
        if d.kind == "gone" or d.kind == "rule" or d.kind == "theme"
    )  # fmt: skip
    return picture.model_copy(
        update={
            "changes": tuple(changes.values()),
            "compared_with": old.edition,
            "compared_to": "edition",
            "rule_changes": rules,
        }
    )


def _end(period: str) -> int:
    return periods.parse(period).end


def _rules(old: Indicator | None, new: Indicator | None) -> Iterator[Difference]:
    if old is None or new is None:
        return
    changed = tuple(k for k in _RULES if getattr(old, k, None) != getattr(new, k, None))
    if changed:
        yield Difference("rule", new.id, rules=changed)


def _figures(name: str, old: Picture, new: Picture) -> Iterator[Difference]:
    before, after = old.findings.get(name), new.findings.get(name)
    if before is None and after is None:
        return
    if after is None or after.latest.value is None:
        if before is not None and before.latest.value is not None:
            latest = before.latest
            yield Difference("gone", name, before_period=latest.period, before_value=latest.value)
        return
    latest = after.latest
    if before is None or before.latest.value is None:
        yield Difference("first", name, latest.period, latest.value)
        return
    if periods.parse(before.latest.period).end < periods.parse(latest.period).end:
        yield Difference(
            "new", name, latest.period, latest.value, before.latest.period, before.latest.value
        )
    decimals = new.indicators[name].decimals
    was, now = _values(before), _values(after)
    for key in was:
        if key in now and round(now[key] - was[key], decimals) != 0:
            yield Difference("revised", name, key[1], now[key], key[1], was[key])


def _values(finding: Finding) -> dict[tuple[str, str], float]:
    """(region code, period) → value of the region's own figures."""
    return {
        (s.region, p): v
        for s in finding.segments
        for p, v, status in zip(s.periods, s.values, s.statuses, strict=True)
        if v is not None and status != "forecast"
    }


def _boundaries(old: Picture, new: Picture) -> Iterator[Difference]:
    """Divisions that figures were moved to: the same indicator on another code of the region."""
    for name, finding in new.findings.items():
        before = old.findings.get(name)
        if before is None or not before.segments or not finding.segments:
            continue
        was, now = before.segments[-1].region, finding.segments[-1].region
        if was != now:
            yield Difference("rule", name, rules=(f"boundary {was} → {now}",))


def _themes(old: Picture, new: Picture) -> Iterator[Difference]:
    was, now = _sections(old), _sections(new)
    for key in dict.fromkeys([*was, *now]):
        if was.get(key) != now.get(key):
            came = [i for i in now.get(key, ()) if i not in was.get(key, ())]
            went = [i for i in was.get(key, ()) if i not in now.get(key, ())]
            changed = (*(f"+{i}" for i in came), *(f"-{i}" for i in went))
            if changed:
                yield Difference("theme", key, rules=changed)


def _sections(picture: Picture) -> dict[str, tuple[str, ...]]:
    return {f"{c.id}/{s.id}": s.indicators for c in picture.cuts for s in c.sections}


def lines(found: EditionDiff, old: Picture, new: Picture, lang: Language) -> Iterator[str]:
    """The differences as lines of text, grouped under headings, every figure in its unit."""
    say: Any = words.message
    yield say("diff.head", lang, old=words.date(found.old, lang), new=words.date(found.new, lang))
    kinds: tuple[Kind, ...] = ("first", "new", "revised", "gone", "rule", "theme")
    for kind in kinds:
        some = found.of(kind)
        if not some:
            continue
        yield ""
        yield say(f"diff.{kind}", lang, n=len(some))
        for d in some:
            yield "  " + _line(d, old, new, lang)
    if not found.differences:
        yield say("diff.same", lang)


def _line(d: Difference, old: Picture, new: Picture, lang: Language) -> str:
    picture = new if d.kind == "theme" or d.indicator in new.indicators else old
    if d.kind in ("theme", "rule"):
        change = RuleChange(kind=d.kind, subject=d.indicator, keys=d.rules)
        return narrate.rule_change_text(change, new, lang, old)
    name = picture.indicators[d.indicator].names[lang]
    now = _shown(d.value, d.period, d.indicator, picture, lang)
    was = _shown(d.before_value, d.before_period, d.indicator, picture, lang)
    if d.kind == "first":
        return f"{name}: {now}"
    if d.kind == "gone":
        return f"{name}: {was}"
    broken = d.kind == "new" and narrate.apart(d.indicator, d.before_period, d.period, new)
    return words.message(
        "diff.apart" if broken else "diff.moved", lang, name=name, now=now, was=was
    )


def _shown(
    value: float | None, period: str, indicator: str, picture: Picture, lang: Language
) -> str:
    if value is None:
        return "–"
    about = picture.indicators[indicator]
    text = words.quantity(value, about.decimals, picture.units[about.unit], lang)
    return f"{text} ({words.period(period, lang)})"
