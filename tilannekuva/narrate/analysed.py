"""What an analysis says: the whole, what it is made of, and what that means.

Everything is said from the figures of the finding's latest period by code; a whole and its parts
are figures of the same analysis, rounded as they are printed.
"""

from __future__ import annotations

from tilannekuva import formulas, words
from tilannekuva.model import Finding, Indicator, Picture, Series
from tilannekuva.narrate import clauses
from tilannekuva.narrate.phrases import Clause, Number, Sentence, Topic, clause, sentence

__all__ = [
    "UNKNOWN_GROUPS",
    "alt",
    "group_order",
    "inputs",
    "level",
    "more",
    "parts",
    "short",
    "shock_years",
    "shocks",
]

UNKNOWN_GROUPS = frozenset({"X"})
"""Groups that are no industry, but what is not known."""
_MANY = 3
"""So many groups are named."""


def parts(t: Topic) -> dict[str, Series]:
    """The figures by code, in the order of the code list."""
    codes = clauses.axis_codes(t.indicator.axes[-1]) if t.indicator.axes else ()
    order = {c: n for n, c in enumerate(codes)}
    found = {s.region: s for s in t.finding.profile}
    return dict(sorted(found.items(), key=lambda x: (order.get(x[0].split(".")[-1], 99), x[0])))


def group_order(finding: Finding, picture: Picture, lang: str) -> list[Series]:
    """The latest figures of an analysis in the order that they are told in."""
    t = Topic(finding, picture, lang)
    if "shock" in t.indicator.axes:
        order = clauses.axis_codes("part")
        return [three[p] for _, three in shocks(t) for p in sorted(three, key=order.index)]
    return list(parts(t).values())


def inputs(indicator: Indicator) -> tuple[str, ...]:
    """The indicators that an analysis stands on."""
    return formulas.parents_of(indicator)


def shock_years(finding: Finding, picture: Picture, s: Series) -> str:
    """From when to when a crisis is looked at, for a figure of it."""
    code = s.region.partition(".")[0]
    return _years(Topic(finding, picture, "fi"), code, s.periods[-1]).text


def short(t: Topic) -> Clause | None:
    """What a headline says where the first sentence is too long for one."""
    analysis = t.indicator.analysis
    found = parts(t)
    if analysis is None or not found:
        return None
    if analysis.method == "location_quotient":
        return t.said("analysis.quotient.short", group=_named(t, _ranked(found)[0][0]))
    if analysis.method == "share_change":
        return t.said("analysis.shares_short", top=_named(t, _ranked(found)[0][0]))
    return None


def _value(s: Series) -> float:
    value = s.values[-1]
    assert value is not None  # profiles hold figures only
    return value


def _number(t: Topic, s: Series) -> Number:
    """The latest figure, to be printed without its sign."""
    value = _value(s)
    text = words.number(abs(value), t.indicator.decimals, t.lang)
    return Number(f"figure:{s.periods[-1]}", value, text, t.indicator.id)


def _signed(t: Topic, s: Series) -> Clause:
    """The latest figure with its sign, a plus too."""
    return Clause(words.signed(_value(s), t.indicator.decimals, t.lang), (_number(t, s),))


def _name(t: Topic, breakdown: str) -> str:
    """The name of a group inside a sentence; names of the material may hold abbreviations."""
    name = clauses.group_name(t, breakdown)
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _since(t: Topic, s: Series) -> Clause:
    """From the first year of a change to its last."""
    analysis = t.indicator.analysis
    base = (analysis.base if analysis else None) or s.periods[-1]
    text = words.period_range(base, s.periods[-1], t.lang)
    return Clause(text, (), (text,))


def _listed(t: Topic, found: dict[str, Series]) -> Clause:
    """Names with their figures, signed."""
    signed = {c: _signed(t, s) for c, s in found.items()}
    text = words.join([f"{_name(t, c)} {part.text}" for c, part in signed.items()], t.lang)
    names = tuple(clauses.group_name(t, c) for c in found)
    return Clause(text, tuple(n for part in signed.values() for n in part.numbers), names)


def level(t: Topic) -> Clause | None:
    """The first thing to say; None where the groups are told as any other groups are."""
    analysis = t.indicator.analysis
    found = parts(t)
    if analysis is None or not found:
        return None
    match analysis.method:
        case "gap_parts" if "all" in found:
            key = "more" if _value(found["all"]) > 0 else "less"
            return t.said(
                f"analysis.gap.{key}",
                value=_number(t, found["all"]),
                when=clauses.period(t, found["all"].periods[-1]),
            )
        case "change_parts" | "shift_share" if "all" in found:
            key = "rose" if _value(found["all"]) > 0 else "fell"
            return t.said(
                f"analysis.change.{key}",
                value=_number(t, found["all"]),
                range=_since(t, found["all"]),
            )
        case "location_quotient":
            return _typical(t, found)
        case "share_change":
            return _moved(t, found)
        case "variety" if {"all", "related", "unrelated"} <= set(found):
            numbers = {c: _number(t, found[c]) for c in ("all", "related", "unrelated")}
            when = clauses.period(t, found["all"].periods[-1])
            return t.said("analysis.variety", when=when, **numbers)
        case "resistance" | "recovery":
            told = shocks(t)
            return _shock_short(t, *told[-1]) if told else None
        case "multispecies" if "all" in found:
            when = clauses.period(t, found["all"].periods[-1])
            key = "interval" if {"low", "high"} <= set(found) else "alone"
            numbers = {c: _number(t, found[c]) for c in ("all", "low", "high") if c in found}
            return t.said(f"analysis.index.{key}", when=when, **numbers)
    return None


def more(t: Topic) -> list[Sentence]:
    """What follows the first sentence."""
    analysis = t.indicator.analysis
    found = parts(t)
    if analysis is None or not found:
        return []
    match analysis.method:
        case "gap_parts" if "all" in found:
            return _reasons(t, found)
        case "change_parts" | "shift_share" if "all" in found:
            pieces = {c: s for c, s in found.items() if c != "all"}
            said = [
                sentence(t, "parts", clause("analysis.pieces", t.lang, parts=_listed(t, pieces)))
            ]
            own = found.get("competitive")
            if own is not None and _value(own):
                key = "analysis.own_better" if _value(own) > 0 else "analysis.own_worse"
                said.append(sentence(t, "parts", t.said(key)))
            return said
        case "location_quotient":
            return _others(t, found)
        case "resistance" | "recovery":
            return [_shock(t, shock, three) for shock, three in shocks(t)]
    return []


# --- a gap --------------------------------------------------------------------------------------


def _reasons(t: Topic, found: dict[str, Series]) -> list[Sentence]:
    """Each part by what it does: most of the gap, some of it, or against it."""
    whole = _value(found["all"])
    side = 1 if whole > 0 else -1
    pieces = [(c, s) for c, s in found.items() if c != "all" and _value(s)]
    pieces.sort(key=lambda x: -side * _value(x[1]))
    said: list[Sentence] = []
    for code, s in pieces:
        value = _value(s)
        if value * side < 0:
            key = "against"
        elif said:
            key = "also"
        else:
            key = "most" if abs(value) > abs(whole) / 2 else "first"
        why = words.message(f"part.{code}.{'more' if value > 0 else 'less'}", t.lang)
        said.append(
            sentence(
                t, "parts", clause(f"analysis.gap.{key}", t.lang, value=_number(t, s), why=why)
            )
        )
    return said


# --- industries ---------------------------------------------------------------------------------


def _ranked(found: dict[str, Series]) -> list[tuple[str, Series]]:
    known = [(c, s) for c, s in found.items() if c not in UNKNOWN_GROUPS]
    return sorted(known, key=lambda x: (-_value(x[1]), x[0]))


def _named(t: Topic, code: str) -> Clause:
    name = _name(t, code)
    return Clause(name, (), (name, clauses.group_name(t, code)))


def _typical(t: Topic, found: dict[str, Series]) -> Clause:
    code, s = _ranked(found)[0]
    return t.said(
        "analysis.quotient.top",
        group=_named(t, code),
        value=_number(t, s),
        when=clauses.period(t, s.periods[-1]),
    )


def _others(t: Topic, found: dict[str, Series]) -> list[Sentence]:
    """The next that are over-represented, and the one that is least."""
    order = _ranked(found)
    strong = [(c, s) for c, s in order[1 : 1 + _MANY] if _value(s) > 1]
    said = []
    if strong:
        said.append(_groups(t, "analysis.quotient.also", strong))
    if len(order) > 1 + len(strong):
        said.append(_groups(t, "analysis.quotient.least", order[-1:]))
    return said


def _groups(t: Topic, key: str, found: list[tuple[str, Series]]) -> Sentence:
    numbers = [_number(t, s) for _, s in found]
    named = [f"{_name(t, c)} ({n.text})" for (c, _), n in zip(found, numbers, strict=True)]
    names = tuple(clauses.group_name(t, c) for c, _ in found)
    lower = tuple(_name(t, c) for c, _ in found)
    groups = Clause(words.join(named, t.lang), tuple(numbers), (*names, *lower))
    return sentence(t, "parts", clause(key, t.lang, groups=groups))


def _moved(t: Topic, found: dict[str, Series]) -> Clause:
    order = _ranked(found)
    (top, high), (bottom, low) = order[0], order[-1]
    return t.said(
        "analysis.shares",
        top=_named(t, top),
        high=_signed(t, high),
        bottom=_named(t, bottom),
        low=_signed(t, low),
        range=_since(t, high),
    )


# --- crises -------------------------------------------------------------------------------------


def shocks(t: Topic) -> list[tuple[str, dict[str, Series]]]:
    """Each crisis with its change, what was expected, and the difference, in time order."""
    found: dict[str, dict[str, Series]] = {}
    for s in t.finding.profile:
        shock, _, part = s.region.partition(".")
        found.setdefault(shock, {})[part] = s
    whole = {"change", "expected", "difference"}
    told = [(c, three) for c, three in found.items() if whole <= set(three)]
    return sorted(told, key=lambda x: x[1]["change"].periods[-1])


def _years(t: Topic, code: str, last: str) -> Clause:
    shock = t.picture.shocks.get(code)
    analysis = t.indicator.analysis
    first = last
    if shock is not None and analysis is not None:
        first = shock.peak if analysis.method == "resistance" else shock.trough
    text = words.period_range(first, last, t.lang)
    return Clause(text, (), (text,))


def _shock_short(t: Topic, code: str, three: dict[str, Series]) -> Clause:
    value = _value(three["difference"])
    name = clauses.axis_name("shock", code, t.lang)
    lower = name[:1].lower() + name[1:]
    return t.said(
        "analysis.shock.short",
        shock=Clause(lower, (), (lower,)),
        range=_years(t, code, three["change"].periods[-1]),
        value=_number(t, three["difference"]),
        better=words.message(f"analysis.shock.{_side(value)}", t.lang),
    )


def _shock(t: Topic, code: str, three: dict[str, Series]) -> Sentence:
    change = _value(three["change"])
    name = clauses.axis_name("shock", code, t.lang)
    return sentence(
        t,
        "parts",
        t.said(
            f"analysis.shock.{'rose' if change > 0 else 'fell' if change < 0 else 'stayed'}",
            shock=Clause(name, (), (name,)),
            range=_years(t, code, three["change"].periods[-1]),
            change=_number(t, three["change"]),
            expected=_signed(t, three["expected"]),
            value=_number(t, three["difference"]),
            better=words.message(f"analysis.shock.{_side(_value(three['difference']))}", t.lang),
        ),
    )


def _side(value: float) -> str:
    return "better" if value > 0 else "worse" if value < 0 else "same"


# --- the text alternative of a chart --------------------------------------------------------------


def alt(t: Topic, kind: str) -> str:
    """What the bars or dots show, each with its figure."""
    found = parts(t)
    told = group_order(t.finding, t.picture, t.lang)
    shown = [s for _, s in _ranked(found)] if kind == "quotients" else told
    signed = kind != "quotients" and t.unit.id != "ratio"
    items = []
    for s in shown:
        value = (words.signed if signed else words.number)(_value(s), t.indicator.decimals, t.lang)
        items.append(f"{clauses.group_name(t, s.region)} {value}")
    when = max(s.periods[-1] for s in found.values())
    return words.message(
        f"alt.{kind}",
        t.lang,
        name=t.indicator.names[t.lang],
        region=t.region,
        period=words.period(when, t.lang),
        unit=t.unit.label[t.lang],
        parts="; ".join(items),
    )
