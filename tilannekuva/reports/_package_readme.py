"""``README.md`` of the data package: what is in it, in three languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tilannekuva import narrate, words
from tilannekuva.model import LANGUAGES, Picture
from tilannekuva.reports._ooxml import plain
from tilannekuva.reports._package_descriptor import CUBES, PARQUET, by_licence, title
from tilannekuva.reports._package_tables import TABLES

__all__ = ["readme"]

_SIGNS = re.compile(r"[\\`*_\[\]<>&#|]")


def readme(picture: Picture) -> bytes:
    """The file, in Markdown."""
    parts = [f"# {_safe(title(picture, 'fi'))}", *(_part(picture, lang) for lang in LANGUAGES)]
    return plain("\n\n".join(parts) + "\n").encode()


def _part(picture: Picture, lang: str) -> str:
    def say(key: str) -> str:
        return words.message(f"package.readme.{key}", lang)

    return "\n\n".join(
        (
            f"## {say('heading')}",
            f"**{_safe(title(picture, lang))}**",
            f"{words.message('package.about', lang)} {words.message('page.notice', lang)}",
            f"{say('missing')} {say('computed')}",
            f"### {say('files')}",
            "\n".join(_files(lang)),
            f"{say('csv')} {say('spreadsheet')}",
            f"### {say('licences')}",
            say("licences_intro"),
            "\n".join(_licences(picture, lang)),
        )
    )


def _files(lang: str) -> Iterator[str]:
    for table in TABLES.values():
        yield f"- `{table.file}`: {table.about(lang)}"
    yield f"- `{PARQUET}`: {words.message('package.parquet', lang)}."
    yield f"- `{CUBES}/*.json`: {words.message('package.cube_about', lang)}"


def _licences(picture: Picture, lang: str) -> Iterator[str]:
    for licence, some in by_licence(picture).items():
        text = narrate.licence_text(licence, lang)
        line = words.message("package.readme.licence_item", lang, licence=text, n=len(some))
        yield f"- {_safe(line)}"


def _safe(text: str) -> str:
    r"""A text that Markdown takes for nothing else.

    >>> _safe("a <b> *c*")
    'a \\<b\\> \\*c\\*'
    """
    return _SIGNS.sub(lambda m: "\\" + m[0], " ".join(text.split()))
