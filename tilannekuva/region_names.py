"""Names and publishers' codes of regions: reading whatever a person or a publisher writes.

A name is read without regard to capitals, hyphens and diacritics, in any case form that
``forms.csv`` has. Where regions of several levels share a name, it is the first level's in the
order of ``LEVELS``.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal

from tilannekuva.errors import CatalogueError, DataError
from tilannekuva.model import Region
from tilannekuva.region_codes import LEVELS, base, dated, exists, region, regions, table, today

__all__ = ["Scheme", "find", "forms", "recode", "slug"]

Scheme = Literal["statfin", "nuts", "name", "auto"]

SKIP = "skip"
"""Stands in the register for what is no region of ours: extra-regio."""

# "Kainuun maakunta", "Tampere (seutukunta)": the word says which level the name is of.
LEVEL_WORDS = {
    "maakunta": "maakunta",
    "landskap": "maakunta",
    "seutukunta": "seutukunta",
    "ekonomiska region": "seutukunta",
    "sub-regional unit": "seutukunta",
    "sub-region": "seutukunta",
    "kunta": "kunta",
    "kaupunki": "kunta",
    "kommun": "kunta",
    "stad": "kunta",
    "hyvinvointialue": "hyvinvointialue",
}
LEVEL_WORD = re.compile(rf"(.+?)[\s(]+({'|'.join(LEVEL_WORDS)})\)?", re.IGNORECASE)
CODE_FIRST = re.compile(r"((?:MK|SK|KU|HVA|ELY|EVK|AVI|TYA|SHP|FI)[0-9A-Z]*|SSS|MA[12])[\s:].*")
CODE_LIKE = re.compile(r"[A-Z]{2,3}[0-9]+[0-9A-Z]*")
NUMBERED = re.compile(r"(?:MK|KU|SK|HVA|EVK)0*([1-9][0-9]*)")
FOREIGN_NUTS = re.compile(r"(?!FI|SK|MK)[A-Z]{2}[0-9A-Z]{0,3}|(?:EU|EA)[0-9]{2}(?:_[0-9]{4})?")


def _fold(text: str) -> str:
    """Letters and digits only, in lower case: hyphens and blanks do not matter."""
    return "".join(c for c in unicodedata.normalize("NFC", text).casefold() if c.isalnum())


def _ascii(text: str) -> str:
    """The text without its diacritics.

    >>> _ascii("Päijät-Häme"), _ascii("Åland")
    ('Paijat-Hame', 'Aland')
    """
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


@cache
def _forms() -> dict[str, dict[str, str]]:
    return {row["code"]: {k: v for k, v in row.items() if k != "code"} for row in table("forms")}


def forms(code: str) -> dict[str, str]:
    """The name of a region in the forms that a sentence needs.

    Args:
        code: A code, bare or dated.

    Returns:
        ``fi_nominative``, ``fi_genitive``, ``fi_inessive`` (the "in" form, whichever case that is
        locally), ``fi_elative``, ``fi_illative``, ``sv_name``, ``sv_in``, ``sv_genitive``,
        ``en_name``, ``en_genitive``, ``en_in`` and ``sami_name`` (may be empty). A region whose
        inflection is not known gets "alueella X" and the like, which is always grammatical.

    >>> forms("MK18")["fi_inessive"], forms("KU620")["fi_inessive"], forms("MK21")["sv_in"]
    ('Kainuussa', 'Puolangalla', 'på Åland')
    """
    known = _forms().get(base(code))
    if known is not None:
        return dict(known)
    names = region(code).names
    finnish = {"genitive": "alueen", "inessive": "alueella", "elative": "alueelta"}
    return {
        "fi_nominative": names.fi,
        **{f"fi_{case}": f"{word} {names.fi}" for case, word in finnish.items()},
        "fi_illative": f"alueelle {names.fi}",
        "sv_name": names.sv,
        "sv_in": f"i {names.sv}",
        "sv_genitive": names.sv if names.sv[-1] in "sxz" else f"{names.sv}s",
        "en_name": names.en,
        "en_genitive": f"{names.en}'s",
        "en_in": f"in {names.en}",
        "sami_name": "",
    }


@cache
def _ordered() -> tuple[Region, ...]:
    """Every region in the order in which a shared name is understood: today's ones first."""
    return tuple(
        r
        for level in LEVELS
        for r in sorted(regions(level, past=True), key=lambda r: (r.valid_to is not None, r.code))
    )


@cache
def _spellings() -> Mapping[str, tuple[str, ...]]:
    """Every region in order → the ways in which its name may be written."""
    aliases: dict[str, list[str]] = {SKIP: []}
    for row in table("aliases"):
        aliases.setdefault(row["code"], []).append(row["alias"])
    found = {
        r.code: (
            *(r.names.fi, r.names.sv, r.names.en),
            *(form for form in _forms().get(r.code, {}).values() if form),
            *aliases.get(r.code, []),
        )
        for r in _ordered()
    }
    return {SKIP: tuple(aliases[SKIP])} | found


@cache
def _slugs() -> Mapping[str, str]:
    found: dict[str, str] = {}
    taken: set[str] = set()
    for r in _ordered():
        name = _forms().get(r.code, {}).get("fi_nominative", r.names.fi)
        plain = re.sub(r"[^a-z0-9]+", "-", _ascii(name).lower()).strip("-")
        found[r.code] = f"{plain}-{r.code.lower()}" if _fold(plain) in taken else plain
        taken |= {_ascii(_fold(s)) for s in _spellings()[r.code]}
    return found


def slug(code: str) -> str:
    """The Finnish name in plain letters, for file names and addresses; no two regions share one.

    >>> slug("MK07"), slug("SSS"), slug("KU205"), slug("SK182")
    ('paijat-hame', 'koko-maa', 'kajaani', 'kajaanin-seutukunta')
    """
    return _slugs()[region(base(code)).code]


@cache
def _names() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    """Folded spelling → codes that it may mean, in order; and the same without diacritics."""
    exact: dict[str, dict[str, None]] = {}
    loose: dict[str, dict[str, None]] = {}
    for code, spellings in _spellings().items():
        for spelling in spellings if code == SKIP else (*spellings, slug(code)):
            exact.setdefault(_fold(spelling), {})[code] = None
            loose.setdefault(_ascii(_fold(spelling)), {})[code] = None
    return {k: tuple(v) for k, v in exact.items()}, {k: tuple(v) for k, v in loose.items()}


def _rank(code: str) -> tuple[str, bool]:
    """Codes of one rank have an equal claim to a name."""
    if code == SKIP:
        return ("", False)
    return (region(code).level, region(code).valid_to is not None)


def _by_name(text: str, levels: Sequence[str] = ()) -> list[str]:
    """Codes that a name means equally well: one, none, or several that a person must tell apart."""

    def best(name: str, of: Sequence[str]) -> list[str]:
        for index, folded in zip(_names(), (_fold(name), _ascii(_fold(name))), strict=True):
            codes = [c for c in index.get(folded, ()) if not of or _rank(c)[0] in ("", *of)]
            if codes:
                return [c for c in codes if _rank(c) == _rank(codes[0])]
        return []

    found = best(text, levels)
    word = LEVEL_WORD.fullmatch(text.strip())
    return found if found or word is None else best(word[1], [LEVEL_WORDS[word[2].lower()]])


def _title(code: str) -> str:
    return f"{region(code).names.fi} ({code})"


def _near(text: str) -> str | None:
    """The name nearest to a text, as "Kainuu (MK18)"; nothing is near to a code."""
    if CODE_LIKE.fullmatch(text):
        return None
    word = LEVEL_WORD.fullmatch(text)
    shown = {_fold(s): code for code, own in _spellings().items() if code != SKIP for s in own[:3]}
    close = difflib.get_close_matches(_fold(word[1] if word else text), shown, n=1, cutoff=0.6)
    return _title(_by_name(close[0])[0]) if close else None


def _number(digits: str) -> str:
    """The code that a bare number means: two digits a maakunta, three a municipality.

    Raises:
        LookupError: It means no region, or could mean several; says which.
    """
    prefix = {2: "MK", 3: "KU"}.get(len(digits), "")
    code = prefix + digits
    if prefix and exists(code) and (prefix == "KU" or region(code).valid_to is None):
        return code
    numbered = ((r.code, NUMBERED.fullmatch(r.code)) for r in _ordered())
    same = [c for c, number in numbered if number and number[1] == digits.lstrip("0")]
    maybe = " / ".join(_title(c) for c in same[:4])
    hint = f"tarkoititko (did you mean) {maybe}?" if maybe else "no region has that number"
    raise LookupError(hint)


def find(text: str, level: str | None = None) -> Region:
    """The region that a person means.

    Args:
        text: A name in Finnish, Swedish or English, in any case form of ``forms.csv``, with or
            without its diacritics, hyphens and capitals; a code of ours (``MK18``, ``KU205``,
            ``HVA20``, ``MK18@2015``), a NUTS code, or a slug. A bare two-digit number is a maakunta
            and three digits are a municipality.
        level: Take names of this level only. Without it, a name that regions of several levels
            share is the first of them in the order of ``LEVELS``.

    Raises:
        CatalogueError: Nothing, or several things, are called that; the message says what is near.

    >>> find("kainuun").code, find("Norra Savolax").code, find("paijat-hame").code, find("18").code
    ('MK18', 'MK11', 'MK07', 'MK18')
    >>> find("FI1D4").code, find("205").code
    ('MK18@2015', 'KU205')
    >>> find("20")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    tilannekuva.errors.CatalogueError: '20' does not name one region: tarkoititko (did you mean) ...
    """
    asked = text.strip()
    if asked.isdigit():
        try:
            return region(_number(asked))
        except LookupError as problem:
            raise CatalogueError(f"'{asked}' does not name one region: {problem}") from None
    code, _, year = asked.upper().partition("@")
    if exists(code) and (not year or year.isdigit()):
        return region(dated(code, int(year)) if year else code)
    if code in _nuts():
        target = _of_nuts(code, None)
        if target is None:
            raise CatalogueError(f"'{text}' is extra-regio: it is in the country and in no region")
        return region(target)
    codes = [c for c in _by_name(asked, [level] if level else ()) if c != SKIP]
    if len(codes) == 1:
        return region(codes[0])
    if codes:
        raise CatalogueError(f"'{text}' is ambiguous: {', '.join(_title(c) for c in codes)}?")
    near = _near(asked)
    hint = f"; did you mean {near}?" if near else "; give a name, or a code such as MK18"
    raise CatalogueError(f"no region is called '{text}'{hint}")


# --- a publisher's codes ------------------------------------------------------------------------


@cache
def _nuts() -> dict[str, tuple[tuple[int, str], ...]]:
    """NUTS code → (division, region), oldest first."""
    found: dict[str, tuple[tuple[int, str], ...]] = {}
    for row in table("nuts"):
        pair = (int(row["division_year"]), row["region"])
        found[row["nuts"]] = (*found.get(row["nuts"], ()), pair)
    return found


def _of_nuts(code: str, year: int | None) -> str | None:
    """The region of a Finnish NUTS code, in the division that its version describes.

    A code of several versions is that of the newest, or of the first not older than ``year``.
    """
    rows = _nuts()[code]
    of_year = next((r for r in rows if year is not None and r[0] >= year), rows[-1])
    return None if of_year[1] == SKIP else dated(of_year[1], of_year[0])


def _statfin(code: str, year: int) -> str | None:
    if code.isdigit():
        try:
            code = _number(code)
        except LookupError as problem:
            raise LookupError(f"'{code}' ({problem})") from None
    code = "MK21" if code == "MA2" else code
    return dated(code, year) if "@" not in code and exists(code) else None


@cache
def _recode_one(text: str, scheme: Scheme, year: int | None, levels: tuple[str, ...]) -> str | None:
    """One code or label in our notation; None to skip it.

    Raises:
        LookupError: It is unknown, or a name of several regions.
    """
    members_of = today() if year is None else year
    first = CODE_FIRST.fullmatch(text)
    code = first[1] if first else text
    if scheme in ("statfin", "auto") or (first and not code.startswith("FI")):
        found = _statfin(code, members_of)
        if found is not None:
            return found
    if scheme in ("nuts", "auto") or first:
        if code in _nuts():
            return _of_nuts(code, year)
        # Slovakia and North Macedonia have NUTS codes that look like our SK and MK.
        if scheme == "nuts" and FOREIGN_NUTS.fullmatch(code):
            return code
    if scheme in ("name", "auto"):
        codes = _by_name(text, levels)
        if levels and not codes and _by_name(text):
            return None  # a region we know, of a level that is not wanted
        if len(codes) == 1:
            return None if codes[0] == SKIP else dated(codes[0], members_of)
        if codes:
            raise LookupError(f"'{text}' (ambiguous: {', '.join(_title(c) for c in codes)})")
    near = _near(text)
    raise LookupError(f"'{text}'" + (f" (nearest: {near})" if near else ""))


def recode(
    codes: Sequence[str],
    *,
    scheme: Scheme,
    division: Literal["current", "as-published"] | int,
    periods: Sequence[int] | None = None,
    levels: Sequence[str] = (),
) -> list[str | None]:
    """A publisher's codes or labels in the notation of the register.

    Args:
        codes: What the publisher wrote, one for each row. ``MK18 Kainuu`` and ``FI1D8:Kainuu`` are
            read by their code. ``MA2``, Statistics Finland's other code of Åland, is skipped where
            ``MK21`` is there too: both rows are the same figure.
        scheme: ``statfin`` (``MK18``, ``KU205``, ``205``), ``nuts``, ``name``, or ``auto``, which
            tries these in that order. In ``nuts`` other countries' codes stay as they are.
        division: Which members the publisher used, as the source *states* it: ``current``, the
            division of a year, or ``as-published`` (of each row's own year). A NUTS code carries
            its own division; of one that lived through several, a year here picks the version.
        periods: The year of each row, for ``as-published``.
        levels: Levels that a name may be of. Without it a shared name is the first by ``LEVELS``.

    Returns:
        Our code for each row; None for what is no region of ours (extra-regio).

    Raises:
        DataError: Some are unknown or ambiguous (all are listed), or the years are missing.

    >>> recode(["FI1D8", "FI1D4", "FI197", "FIZZZ"], scheme="nuts", division="current")
    ['MK18', 'MK18@2015', 'MK06@2020', None]
    >>> recode(["MK18", "MK18"], scheme="statfin", division="as-published", periods=[2014, 2016])
    ['MK18@2015', 'MK18']
    >>> recode(["Kainuu", "KOKO MAA"], scheme="name", division=2015)
    ['MK18@2015', 'SSS']
    """
    years: Sequence[int | None]
    if division == "as-published":
        if periods is None or len(periods) != len(codes):
            raise DataError("division 'as-published' needs the year of each row; give `periods`")
        years = periods
    else:
        years = [None if division == "current" else division] * len(codes)
    found: dict[tuple[str, int | None], str | None] = {}
    unknown: dict[str, None] = {}
    asked = set(zip(codes, years, strict=True))
    # Sorted, so that the message does not hang on the order of a set.
    for text, year in sorted(asked, key=lambda pair: (pair[0], pair[1] or 0)):
        try:
            found[text, year] = _recode_one(text.strip(), scheme, year, tuple(levels))
        except LookupError as problem:
            unknown[str(problem.args[0])] = None
    if unknown:
        shown = ", ".join(list(unknown)[:12]) + (", …" if len(unknown) > 12 else "")
        raise DataError(
            f"{len(unknown)} unseen region codes: {shown}; narrow the query to regions of the "
            f"register, correct its scheme, or add the spelling to aliases.csv"
        )
    if ("MK21" in codes) and ("MA2" in codes):
        found |= {pair: None for pair in found if pair[0] == "MA2"}
    return [found[pair] for pair in zip(codes, years, strict=True)]
