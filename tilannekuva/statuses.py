"""What a publisher's mark says about a value: one closed vocabulary, one order of severity."""

from __future__ import annotations

import functools
import re

from tilannekuva.errors import DataError
from tilannekuva.model import ABSENT, PRESENT

__all__ = ["PROVISIONAL", "STATUSES", "is_break", "read_flag", "severity", "worst"]

STATUSES = (*PRESENT, *ABSENT)
PROVISIONAL = ("preliminary", "estimated")
"""Statuses of a figure that its publisher will still change."""

# Mildest first; a combined mark takes the worst of its parts.
_SEVERITY = ("final", "revised", "preliminary", "estimated", "forecast", "unreliable", *ABSENT)

_EUROSTAT = {
    "p": "preliminary", "e": "estimated", "s": "estimated", "f": "forecast", "r": "revised",
    "u": "unreliable", "c": "confidential", "z": "not_applicable", "n": "final",
    "b": "final", "d": "final", "i": "final", ":": "not_available",
}  # fmt: skip
# Statistics Finland's reading of the dots (1 to 6 of them) and the asterisk.
_PXWEB = {
    ".": "not_available",
    "..": "not_applicable",
    "...": "confidential",
    "....": "not_available",
    ".....": "not_asked",
    "......": "not_available",
    "*": "preliminary",
    "-": "final",
}

_LETTERS = re.compile(r"([a-z:]*)([|@]C)?")


def severity(status: str) -> int:
    """Place of a status in the order of severity, 0 the mildest.

    >>> severity("final") < severity("preliminary") < severity("confidential")
    True
    """
    return _SEVERITY.index(status)


def worst(*statuses: str) -> str:
    """The most severe of some statuses.

    >>> worst("final", "estimated", "preliminary")
    'estimated'
    """
    return max(statuses, key=severity)


@functools.cache
def read_flag(flag: str, protocol: str, has_value: bool) -> str:
    """The status that a publisher's own mark stands for.

    Args:
        flag: The mark as printed, possibly several letters; empty for none. A status of our own
            vocabulary stands for itself.
        protocol: Whose marks these are (``Source.protocol``).
        has_value: Whether there is a number beside it.

    Returns:
        A status that fits the presence of the value.

    Raises:
        DataError: A mark that the protocol does not know.

    >>> read_flag("bp", "eurostat", True), read_flag("...", "pxweb", False)
    ('preliminary', 'confidential')
    >>> read_flag("p|C", "eurostat", True), read_flag("@C", "eurostat", False)
    ('unreliable', 'confidential')
    >>> read_flag("", "sotkanet", False)
    'not_available'
    """
    if flag in STATUSES:
        found = flag
    elif not flag:
        found = "final" if has_value else "not_available"
    elif protocol == "eurostat" and (spelled := _LETTERS.fullmatch(flag)):
        parts = [_EUROSTAT.get(f) or _unknown(flag, protocol) for f in spelled[1]]
        # Secrecy has its own place since 2025: "p|C" in JSON, "p@C" in TSV.
        found = worst("final", *parts, *(["confidential"] if spelled[2] else []))
    else:
        found = _PXWEB.get(flag) or _EUROSTAT.get(flag) or _unknown(flag, protocol)
    if has_value and found in ABSENT:
        # A number beside a mark of absence: the publisher withdraws its trust, not the number.
        return "unreliable"
    return found if has_value or found in ABSENT else "not_available"


def _unknown(flag: str, protocol: str) -> str:
    raise DataError(f"unknown mark '{flag}' from a {protocol} source; add it to statuses.py")


def is_break(flag: str, protocol: str) -> bool:
    """Whether the mark says that the series breaks before this value.

    >>> is_break("be", "eurostat"), is_break("e", "eurostat")
    (True, False)
    """
    return protocol == "eurostat" and "b" in flag and flag not in STATUSES
