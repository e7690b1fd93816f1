"""Findings → sentences in Finnish, Swedish and English.

A sentence says one thing. Its numbers are metric rows or figures of the finding, rounded once and
the same everywhere, and come along as :class:`Number`. The words for a trend are fixed to the
evidence: *selvä* / *tydlig* / *clear*, *viitteitä* / *tecken på* / *signs of*, *ei voi sanoa* /
*går inte att säga* / *cannot tell*.

Inside, from the ground up: ``phrases`` (a topic, and clauses that remember their numbers),
``clauses`` (figures, differences, spans), ``balances``, ``analysed`` (decompositions, crises),
``notes`` (labels and sources), ``remarks`` (targets, divisions, breaks, status, age), ``news``,
``statements``; on these ``headlines``, ``summaries`` and ``alts``.
"""

from tilannekuva.narrate.alts import (
    alt_age,
    alt_bars,
    alt_heatmap,
    alt_index,
    alt_line,
    alt_map,
    alt_map_parts,
    alt_multiples,
    alt_parts,
    alt_quotients,
    alt_strip,
    alt_target,
)
from tilannekuva.narrate.analysed import UNKNOWN_GROUPS, group_order, inputs, shock_years
from tilannekuva.narrate.clauses import axis_name, in_percent
from tilannekuva.narrate.headlines import Card, card, headline, subtitle
from tilannekuva.narrate.notes import (
    age_text,
    apart,
    break_text,
    change_text,
    citation,
    edition_text,
    gap_text,
    level_name,
    licence_text,
    reason_label,
    rule_change_text,
    source_line,
    status_label,
    status_mark,
)
from tilannekuva.narrate.phrases import TREND_WORDS, Number, Sentence, decimals, place, subject
from tilannekuva.narrate.statements import sentences
from tilannekuva.narrate.summaries import summary

__all__ = [
    "TREND_WORDS",
    "UNKNOWN_GROUPS",
    "Card",
    "Number",
    "Sentence",
    "age_text",
    "alt_age",
    "alt_bars",
    "alt_heatmap",
    "alt_index",
    "alt_line",
    "alt_map",
    "alt_map_parts",
    "alt_multiples",
    "alt_parts",
    "alt_quotients",
    "alt_strip",
    "alt_target",
    "apart",
    "axis_name",
    "break_text",
    "card",
    "change_text",
    "citation",
    "decimals",
    "edition_text",
    "gap_text",
    "group_order",
    "headline",
    "in_percent",
    "inputs",
    "level_name",
    "licence_text",
    "place",
    "reason_label",
    "rule_change_text",
    "sentences",
    "shock_years",
    "source_line",
    "status_label",
    "status_mark",
    "subject",
    "subtitle",
    "summary",
]
