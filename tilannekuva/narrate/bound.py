"""The group's own text: figures that are filled in from the picture, and claims that must hold.

``{{ unemp_rate_reg.latest }}`` becomes the figure in the language of the text, ``{{ claim:
unemp_rate_reg.gap < 0 }}`` becomes nothing if it holds and stops the report if it does not.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tilannekuva import words
from tilannekuva.errors import ReportError
from tilannekuva.model import Commentary, Finding, Picture
from tilannekuva.narrate import clauses
from tilannekuva.narrate.notes import reason_label
from tilannekuva.narrate.phrases import TREND_WORDS, Number, Topic, decimals

__all__ = ["Filled", "Refuted", "fill", "messages", "refuted"]

_NOTHING = "\x00"
"""Where a claim stood, until it is taken out; in a file it would say nothing either."""
_MARK = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAME = re.compile(r"^([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)(?:\s*\|\s*([a-z]+))?$")
_BETWEEN = re.compile(
    r"(?<=[.!?])(?<!\besim\.)(?<!\bks\.)(?<!\bmm\.)(?<!\bns\.)(?<!\bt\.ex\.)(?<!\bbl\.a\.)(?<!\be\.g\.)"
    r"\s+(?=[^\w\s{]*[A-ZÅÄÖ]|\{\{(?!\s*claim:))|\n\s*\n|\n\s*(?:[-*+]|[0-9]+\.)\s+"
)
"""Between two sentences, paragraphs or items; a small letter or a digit follows an abbreviation."""
_FORMS = ("number", "size")
_TERM = re.compile(
    r"\s*(?:([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)|([-\u2212]?[0-9]+(?:[.,][0-9]+)?))\s*"
)
_SIGN = re.compile(r"<=|>=|!=|==|=|<|>")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "=": operator.eq, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_DIFFERENCES = ("change_", "gap", "trend_slope", "trend_low", "trend_high", "pace_",
                "target_distance", "share_of_country", "country_change")  # fmt: skip
_LEVELS = ("latest", "forecast", "target_value", "fan_low", "fan_mid", "fan_high", "interval_")
"""Metrics that are said as the indicator's own figures are."""


@dataclass(frozen=True)
class Filled:
    """A commentary with its figures in place."""

    text: str
    """Markdown."""
    numbers: tuple[Number, ...]


@dataclass(frozen=True)
class Refuted:
    """A claim that the figures contradict."""

    commentary: Commentary
    line: int
    sentence: str
    claim: str
    figures: tuple[tuple[str, float | None, str], ...]
    """(name, value, period) of each figure that the claim speaks of."""


def fill(commentary: Commentary, picture: Picture) -> Filled:
    """Put the picture's figures into a text.

    Args:
        commentary: Text with marks.
        picture: Where the figures are from.

    Returns:
        The text without marks, and the numbers that were put in.

    Raises:
        ReportError: A mark that cannot be read, a name that does not exist, a figure that there is
            not: file, line and what to do.

    A claim is checked by :func:`refuted`; here it leaves nothing behind.
    """
    numbers: list[Number] = []

    def put(match: re.Match[str]) -> str:
        inside = match[1].strip()
        where = f"{commentary.file}, line {_line(commentary, match)}"
        if inside.startswith("claim:"):
            _claim(inside.removeprefix("claim:"), picture, where)
            return _NOTHING
        text, number = _figure(inside, picture, commentary.language, where)
        numbers.extend(number)
        # In Finnish a place ends with a point, and at the end of a sentence one point is both.
        ends = text.endswith(".") and commentary.text[match.end() :].startswith(".")
        return text.removesuffix(".") if ends else text

    text = _MARK.sub(put, commentary.text)
    if "{{" in text or "}}" in text:
        at = commentary.text.count("\n", 0, commentary.text.rfind("{{") + 1) + 1
        raise ReportError(f"{commentary.file}, line {at}: a mark is not closed; write {{{{ … }}}}")
    # A claim at the end of a sentence leaves a blank, or the end of a line, before its point.
    text = re.sub(rf"[ \t]*\n?[ \t]*{_NOTHING}+(?=[.,;:!?])", "", text).replace(_NOTHING, "")
    return Filled(re.sub(r"[ \t]+([.,;:])", r"\1", text), tuple(numbers))


def refuted(commentary: Commentary, picture: Picture) -> tuple[Refuted, ...]:
    """The claims of a text that the figures contradict.

    Raises:
        ReportError: A claim cannot be read, or speaks of a figure that there is not.
    """
    found = []
    for match in _MARK.finditer(commentary.text):
        inside = match[1].strip()
        if not inside.startswith("claim:"):
            continue
        line = _line(commentary, match)
        where = f"{commentary.file}, line {line}"
        claim = inside.removeprefix("claim:").strip()
        holds, names = _claim(claim, picture, where)
        if not holds:
            figures = tuple((n, *_value(n, picture, where)) for n in names)
            found.append(
                Refuted(commentary, line, _sentence(commentary, match, picture), claim, figures)
            )
    return tuple(found)


def _line(commentary: Commentary, match: re.Match[str]) -> int:
    return commentary.text.count("\n", 0, match.start()) + 1


def _sentence(commentary: Commentary, match: re.Match[str], picture: Picture) -> str:
    """The sentence that a mark stands in, or that ends just before it, with its figures."""

    def put(mark: re.Match[str]) -> str:
        inside = mark[1].strip()
        if inside.startswith("claim:"):
            return ""
        return _figure(inside, picture, commentary.language, commentary.file)[0]

    text = commentary.text
    ends = [m.span() for m in _BETWEEN.finditer(text)]
    begin = max((after for _, after in ends if after <= match.start()), default=0)
    stop = min((before for before, _ in ends if before >= match.end()), default=len(text))
    plain = _MARK.sub(put, text[begin:stop])
    said = re.sub(r" +([.,;:!?])", r"\1", " ".join(plain.split()))
    if not said.strip(".!? "):  # a claim that stands alone
        return match[0]
    return said if said.endswith((".", "!", "?")) else f"{said}."


def _claim(text: str, picture: Picture, where: str) -> tuple[bool, tuple[str, ...]]:
    """Whether a claim holds, and the figures that it speaks of."""
    names: list[str] = []
    holds_any = False
    for option in re.split(r"\s+or\s+", text.strip()):
        holds = True
        for part in re.split(r"\s+and\s+", option):
            holds = _comparison(part, picture, where, names) and holds
        holds_any = holds_any or holds
    return holds_any, tuple(dict.fromkeys(names))


def _comparison(text: str, picture: Picture, where: str, names: list[str]) -> bool:
    terms = _SIGN.split(text)
    signs = _SIGN.findall(text)
    if len(signs) != 1 or not all(_TERM.fullmatch(t) for t in terms):
        raise ReportError(
            f"{where}: the claim '{text.strip()}' cannot be read; write it as "
            "`indicator.metric < number`, with <, <=, =, !=, >=, > and `and`, `or` between claims"
        )
    values = []
    for term in terms:
        found = _TERM.fullmatch(term)
        assert found is not None
        if found[2] is not None:
            values.append(float(found[2].replace(",", ".").replace("\u2212", "-")))
            continue
        names.append(found[1])
        value, _ = _value(found[1], picture, where)
        if value is None:
            raise ReportError(
                f"{where}: {found[1]} has no value in this picture"
                f"{_why(found[1], picture)}, so the claim cannot be "
                "checked; take the sentence out or speak of another figure"
            )
        values.append(value)
    return _COMPARE[signs[0]](values[0], values[1])


def _value(name: str, picture: Picture, where: str) -> tuple[float | None, str]:
    indicator, _, metric = name.partition(".")
    measured = _finding(indicator, picture, where).metrics.get(metric)
    if measured is None:
        raise _unknown_metric(name, indicator, picture, where)
    return measured.value, measured.period


def _why(name: str, picture: Picture) -> str:
    """The reason of a metric without a value, in brackets, where it is known."""
    indicator, _, metric = name.partition(".")
    reason = picture.findings[indicator].metrics[metric].reason
    return f" ({reason_label(reason, 'en')})" if reason else ""


def _finding(name: str, picture: Picture, where: str) -> Finding:
    import difflib

    if name not in picture.findings:
        near = difflib.get_close_matches(name, picture.findings, 1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        if name in picture.indicators:
            raise ReportError(f"{where}: indicator '{name}' has no figures in this picture")
        raise ReportError(f"{where}: there is no indicator '{name}'{hint}")
    return picture.findings[name]


def _unknown_metric(name: str, indicator: str, picture: Picture, where: str) -> ReportError:
    import difflib

    metric = name.partition(".")[2]
    if metric == "period":
        return ReportError(
            f"{where}: '{name}' is a time, and a claim compares figures; write the year as text"
        )
    known = picture.findings[indicator].metrics
    near = difflib.get_close_matches(metric, [*known, "period"], 1)
    hint = f"did you mean '{indicator}.{near[0]}'?" if near else f"it has {', '.join(known)}"
    return ReportError(f"{where}: '{name}': there is no such figure; {hint}")


def _figure(text: str, picture: Picture, lang: str, where: str) -> tuple[str, tuple[Number, ...]]:
    found = _NAME.match(text)
    if found is None or (found[3] and found[3] not in _FORMS):
        raise ReportError(
            f"{where}: '{text}' cannot be read; write `indicator.metric`, `indicator.period`, or "
            "`indicator.metric | number` for the bare number and `| size` for it without its sign"
        )
    name, metric, form = found.groups()
    topic = Topic(_finding(name, picture, where), picture, lang)
    if metric == "period":
        return clauses.period(topic, topic.finding.latest.period).text, ()
    value, _ = _value(f"{name}.{metric}", picture, where)
    if value is None:
        raise ReportError(
            f"{where}: {name}.{metric} has no value in this picture"
            f"{_why(f'{name}.{metric}', picture)}; take it out of the text"
        )
    if metric in ("trend_word", "trend_word_alone"):
        return words.message(f"page.trend.{TREND_WORDS[int(value)]}", lang), ()
    places = decimals(metric, value, topic.indicator)
    shown = abs(value) if form == "size" else value
    bare = words.number(shown, places, lang)
    if metric in ("rank", "rank_low", "rank_high"):
        bare = words.ordinal(int(value), lang)
    number = Number(metric, value, bare, name)
    if form == "number" or not metric.startswith((*_LEVELS, *_DIFFERENCES)):
        return bare, (number,)
    if metric.startswith(_LEVELS):
        return clauses.spoken(topic, shown), (number,)
    clause = clauses.difference(topic, metric)
    minus = "\u2212" if value < 0 and form != "size" else ""
    return minus + clause.text.lstrip("\u2212"), clause.numbers


def messages(found: tuple[Refuted, ...], old: Picture | None) -> Iterator[str]:
    """What stops the report: the sentence, the figure now and what it was."""
    for r in found:
        figures = []
        for name, value, period in r.figures:
            indicator, _, metric = name.partition(".")
            now = "–" if value is None else f"{value:.6g} ({period})"
            before = ""
            if old is not None:
                was = (
                    old.findings[indicator].metrics.get(metric)
                    if indicator in old.findings
                    else None
                )
                if was is not None and was.value is not None:
                    before = f", was {was.value:.6g} ({was.period})"
                else:
                    before = f", of {old.edition} there is no such figure"
            figures.append(f"{name} is {now}{before}")
        yield (
            f'{r.commentary.file}, line {r.line}: "{r.sentence}" no longer holds: the claim is '
            f"{r.claim}, but {'; '.join(figures)}. Mend the sentence or the claim"
        )
