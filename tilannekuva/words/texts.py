"""Messages of ``data/words``, and lists in words."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from string import Formatter
from types import MappingProxyType
from typing import Any

from babel.lists import format_list

from tilannekuva.errors import ReportError
from tilannekuva.model import LANGUAGES

__all__ = ["LOCALES", "capital", "has", "join", "message", "messages", "places"]

LOCALES = {"fi": "fi_FI", "sv": "sv_FI", "en": "en_GB"}


@functools.cache
def messages(lang: str) -> Mapping[str, str]:
    """Every message of a language, by dotted key.

    Raises:
        ReportError: There is no such language.

    >>> messages("sv")["country"]
    'hela landet'
    """
    if lang not in LANGUAGES:
        raise ReportError(f"unknown language '{lang}'; use one of {', '.join(LANGUAGES)}")
    file = resources.files("tilannekuva").joinpath("data", "words", f"{lang}.toml")
    return MappingProxyType(dict(_flat("", tomllib.loads(file.read_text(encoding="utf-8")))))


def _flat(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{prefix}{key}.", value)
        else:
            yield prefix + key, str(value)


def has(key: str, lang: str) -> bool:
    """Whether there is a message under this key.

    >>> has("country", "fi"), has("no_such_key", "fi")
    (True, False)
    """
    return key in messages(lang)


def message(key: str, lang: str, **values: object) -> str:
    """A message with its places filled.

    Args:
        key: Dotted key, for example ``status.preliminary``.
        lang: ``fi``, ``sv`` or ``en``.
        values: What stands in the places; more than the message needs is fine.

    Raises:
        ReportError: The key is not in the file, or a place has no value.

    >>> message("status.preliminary", "en")
    'provisional'
    """
    try:
        pattern = messages(lang)[key]
    except KeyError:
        raise ReportError(f"data/words/{lang}.toml: there is no message '{key}'; add it") from None
    try:
        return pattern.format(**values)
    except KeyError as error:
        raise ReportError(
            f"data/words/{lang}.toml: {key}: the place {{{error.args[0]}}} is not filled"
        ) from error


def places(pattern: str) -> frozenset[str]:
    """Names of the places in a message; ``{region.genitive}`` counts as ``region``.

    >>> sorted(places("{region.genitive} {phrase} oli {value}"))
    ['phrase', 'region', 'value']
    """
    return frozenset(name.split(".")[0] for _, name, _, _ in Formatter().parse(pattern) if name)


def capital(text: str) -> str:
    """The text with a capital first letter, the rest as it is.

    >>> capital("bruttonationalprodukten per invånare i EU")
    'Bruttonationalprodukten per invånare i EU'
    """
    return text[:1].upper() + text[1:]


def join(items: Iterable[str], lang: str) -> str:
    """A list in words.

    >>> join(["Kajaani", "Kuhmo", "Sotkamo"], "fi"), join(["a", "b"], "en")
    ('Kajaani, Kuhmo ja Sotkamo', 'a and b')
    """
    return format_list(list(items), style="standard", locale=LOCALES[lang])
