"""Three languages: messages, numbers, periods, dates and lists.

Everything that is printed passes through here, so a number looks the same in a sentence, on an
axis, in a table and in an alternative text. The words themselves are data:
``data/words/{fi,sv,en}.toml``, three files with the same keys and the same places.
"""

from tilannekuva.words.figures import (
    NBSP,
    amount,
    difference,
    number,
    of_n,
    ordinal,
    percent,
    points,
    quantity,
    rank_text,
    rounded,
    scaled,
    signed,
)
from tilannekuva.words.texts import capital, has, join, message, messages, places
from tilannekuva.words.times import Form, date, from_to, period, period_range

__all__ = [
    "NBSP",
    "Form",
    "amount",
    "capital",
    "date",
    "difference",
    "from_to",
    "has",
    "join",
    "message",
    "messages",
    "number",
    "of_n",
    "ordinal",
    "percent",
    "period",
    "period_range",
    "places",
    "points",
    "quantity",
    "rank_text",
    "rounded",
    "scaled",
    "signed",
]
