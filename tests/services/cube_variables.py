"""Variables that many tables share: periods, contents, areas, ages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .cube_model import Texts, Variable

__all__ = ["ages", "areas", "contents", "months", "quarters", "sexes", "years"]

_WHOLE = {"SSS": ("KOKO MAA", "HELA LANDET", "WHOLE COUNTRY")}
_REGIONS = {
    "MK01": ("Uusimaa", "Nyland", "Uusimaa"),
    "MK02": ("Varsinais-Suomi", "Egentliga Finland", "Southwest Finland"),
    "MK04": ("Satakunta", "Satakunta", "Satakunta"),
    "MK05": ("Kanta-Häme", "Egentliga Tavastland", "Kanta-Häme"),
    "MK06": ("Pirkanmaa", "Birkaland", "Pirkanmaa"),
    "MK07": ("Päijät-Häme", "Päijänne-Tavastland", "Päijät-Häme"),
    "MK08": ("Kymenlaakso", "Kymmenedalen", "Kymenlaakso"),
    "MK09": ("Etelä-Karjala", "Södra Karelen", "South Karelia"),
    "MK10": ("Etelä-Savo", "Södra Savolax", "Etelä-Savo"),
    "MK11": ("Pohjois-Savo", "Norra Savolax", "Pohjois-Savo"),
    "MK12": ("Pohjois-Karjala", "Norra Karelen", "North Karelia"),
    "MK13": ("Keski-Suomi", "Mellersta Finland", "Central Finland"),
    "MK14": ("Etelä-Pohjanmaa", "Södra Österbotten", "South Ostrobothnia"),
    "MK15": ("Pohjanmaa", "Österbotten", "Ostrobothnia"),
    "MK16": ("Keski-Pohjanmaa", "Mellersta Österbotten", "Central Ostrobothnia"),
    "MK17": ("Pohjois-Pohjanmaa", "Norra Österbotten", "North Ostrobothnia"),
    "MK18": ("Kainuu", "Kajanaland", "Kainuu"),
    "MK19": ("Lappi", "Lappland", "Lapland"),
    "MK21": ("Ahvenanmaa", "Åland", "Åland"),
}
_MUNICIPALITIES = {
    "KU105": "Hyrynsalmi", "KU205": "Kajaani", "KU290": "Kuhmo", "KU578": "Paltamo",
    "KU620": "Puolanka", "KU697": "Ristijärvi", "KU765": "Sotkamo", "KU777": "Suomussalmi",
}  # fmt: skip
_SWEDISH = {"Kajaani": "Kajana"}
_COUNTY = {
    "HVA20": (
        "Kainuun hyvinvointialue",
        "Kajanalands välfärdsområde",
        "Wellbeing services county of Kainuu",
    ),
}
_TOTAL = {"fi": "Yhteensä", "sv": "Totalt", "en": "Total"}


def areas(code: str = "alue_23_20260101", *, total: str | None = None) -> Variable:
    """The whole country, the regions, Kainuu's municipalities and its county: levels mixed.

    Like the real ones, the values go by their Finnish names within a level, not by their codes.
    """
    found = dict(_WHOLE)
    found |= dict(sorted(((c, _numbered(c, n)) for c, n in _REGIONS.items()), key=lambda x: x[1]))
    found |= {c: (n, _SWEDISH.get(n, n), n) for c, n in _MUNICIPALITIES.items()}
    found |= _COUNTY
    return Variable(
        code,
        {"fi": "Alue", "sv": "Område", "en": "Area"},
        list(found),
        {lang: [n[i] for n in found.values()] for i, lang in enumerate(("fi", "sv", "en"))},
        role="geo",
        elimination=total,
        map_name="Alue 2026",
        scale="nominal",
    )


def _numbered(code: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{code} {n}" for n in names)


def ages(last: int = 100, code: str = "ikaryhma_10_20180101") -> Variable:
    """The total, single years as three digits, and an open end: 000 … 099, 100-."""
    codes = [*(f"{age:03d}" for age in range(last)), f"{last}-"]
    labels = [*(str(age) for age in range(last)), f"{last} -"]
    return Variable(
        code,
        {"fi": "Ikä", "sv": "Ålder", "en": "Age"},
        ["SSS", *codes],
        {lang: [total, *labels] for lang, total in _TOTAL.items()},
        elimination="SSS",
        scale="ordinal",
    )


def sexes(code: str = "sukupuoli_9_20180101") -> Variable:
    """The total, men and women."""
    return Variable(
        code,
        {"fi": "Sukupuoli", "sv": "Kön", "en": "Sex"},
        ["SSS", "1", "2"],
        {
            "fi": ["Yhteensä", "Miehet", "Naiset"],
            "sv": ["Totalt", "Män", "Kvinnor"],
            "en": ["Total", "Males", "Females"],
        },
        elimination="SSS",
        scale="nominal",
    )


def _time(code: str, texts: Texts, codes: Sequence[str]) -> Variable:
    return Variable(code, texts, list(codes), {"fi": list(codes)}, role="time")


def years(first: int, last: int) -> Variable:
    """The time variable of yearly tables."""
    texts = {"fi": "Vuosi", "sv": "År", "en": "Year"}
    return _time("timeperiod_y", texts, [str(y) for y in range(first, last + 1)])


def months(first: int, last: int, until: int = 12) -> Variable:
    """Months from the January of a year to a month of another."""
    every = [f"{y}M{m:02d}" for y in range(first, last + 1) for m in range(1, 13)]
    texts = {"fi": "Kuukausi", "sv": "Månad", "en": "Month"}
    return _time("timeperiod_m", texts, every[: len(every) - 12 + until])


def quarters(first: int, last: int, until: int = 4) -> Variable:
    """Quarters from the first of a year to a quarter of another."""
    every = [f"{y}Q{q}" for y in range(first, last + 1) for q in range(1, 5)]
    texts = {"fi": "Vuosineljännes", "sv": "Kvartal", "en": "Quarter"}
    return _time("timeperiod_q", texts, every[: len(every) - 4 + until])


def contents(labels: Mapping[str, str | Texts]) -> Variable:
    """The contents variable from labels by code, in one language or several."""
    every = {c: {"fi": t} if isinstance(t, str) else dict(t) for c, t in labels.items()}
    langs = {lang for texts in every.values() for lang in texts}
    return Variable(
        "contentscode",
        {"fi": "Tiedot", "sv": "Uppgifter", "en": "Information"},
        list(every),
        {lang: [t.get(lang, t["fi"]) for t in every.values()] for lang in sorted(langs)},
        role="contents",
    )
