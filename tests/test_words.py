"""Three languages that say the same: keys, places, numbers, periods, dates."""

from __future__ import annotations

import re
from decimal import Decimal
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilannekuva import words
from tilannekuva.errors import DataError, ReportError
from tilannekuva.indicators import load
from tilannekuva.model import ABSENT, LANGUAGES, PRESENT

FI = words.messages("fi")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_three_files_have_the_same_keys(lang: str) -> None:
    assert set(words.messages(lang)) == set(FI)


@pytest.mark.parametrize("key", sorted(FI))
def test_a_message_has_the_same_places_in_every_language(key: str) -> None:
    assert len({words.places(words.messages(lang)[key]) for lang in LANGUAGES}) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_messages_are_tidy(lang: str) -> None:
    for key, text in words.messages(lang).items():
        list(Formatter().parse(text))  # a brace that is not closed raises
        assert "  " not in text, key
        assert "..." not in text or key.startswith("status_mark."), key
        # A hyphen is no minus and no dash.
        assert " - " not in text, key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_status_has_a_label_and_a_mark_of_its_own(lang: str) -> None:
    marks = [words.message(f"status_mark.{s}", lang) for s in (*PRESENT, *ABSENT)]
    labels = [words.message(f"status.{s}", lang) for s in (*PRESENT, *ABSENT)]
    assert len(set(marks)) == len(marks)
    assert len(set(labels)) == len(labels)
    assert words.message("status_mark.final", lang) == ""


REASONS = [
    "no_direction", "no_country", "extensive", "regions_missing", "too_few_points",
    "no_earlier_value", "break", "no_target", "target_past", "not_positive", "no_base_value",
    "target_met", "not_reached", "trend_unclear", "forecast_only", "by_breakdown",
]  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_of_the_closed_list_has_words(lang: str) -> None:
    assert all(words.message(f"reason.{r}", lang) for r in REASONS)


def test_one_of_a_unit_is_in_the_singular() -> None:
    units = load().units
    plural_alike = {"index", "ratio", "count", "count_month", "per_100", "per_1000", "per_10000",
                    "per_100000", "per_million", "thousand_persons"}  # fmt: skip
    for unit in units.values():
        if unit.id not in plural_alike:
            one, two = words.amount(1, 0, unit, "fi"), words.amount(2, 0, unit, "fi")
            assert one != two.replace("2", "1"), unit.id
    assert words.amount(1, 0, units["days"], "fi") == "1 päivä"
    assert words.amount(1.0, 1, units["days"], "fi") == "1,0 päivää"


# --- numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "decimals", "lang", "text"),
    [
        (8.65, 1, "fi", "8,7"),
        (0.125, 2, "en", "0.13"),
        (2.675, 2, "fi", "2,68"),
        (-2.25, 1, "sv", "−2,3"),
        (1234567.0, 0, "fi", "1\xa0234\xa0567"),
        (1234567.0, 0, "sv", "1\xa0234\xa0567"),
        (1234567.0, 0, "en", "1,234,567"),
        (1000.0, 1, "en", "1,000.0"),
        (-0.04, 1, "fi", "0,0"),
        (999.96, 1, "fi", "1\xa0000,0"),
        (1e21, 0, "en", "1,000,000,000,000,000,000,000"),
        (1e-7, 2, "fi", "0,00"),
        (5, 0, "fi", "5"),
    ],
)
def test_number(value: float, decimals: int, lang: str, text: str) -> None:
    assert words.number(value, decimals, lang) == text


@given(
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12),
    st.integers(0, 4),
    st.sampled_from(LANGUAGES),
)
def test_a_printed_number_reads_back_as_the_rounded_one(
    value: float, decimals: int, lang: str
) -> None:
    text = words.number(value, decimals, lang)
    plain = text.replace("−", "-").replace(words.NBSP, "")
    plain = plain.replace(",", "") if lang == "en" else plain.replace(",", ".")
    assert Decimal(plain) == words.rounded(value, decimals)
    assert abs(Decimal(repr(value)) - Decimal(plain)) <= Decimal(1).scaleb(-decimals) / 2


@given(st.floats(-1e9, 1e9), st.integers(0, 3), st.sampled_from(LANGUAGES))
def test_a_sign_is_shown_exactly_when_the_printed_number_is_not_zero(
    value: float, decimals: int, lang: str
) -> None:
    text = words.signed(value, decimals, lang)
    exact = words.rounded(value, decimals)
    assert text[0] == ("+" if exact > 0 else "−" if exact < 0 else "0")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_not_printed(value: float) -> None:
    with pytest.raises(DataError, match="cannot be printed"):
        words.number(value, 1, "fi")


@pytest.mark.parametrize(
    ("unit", "value", "texts"),
    [
        ("percent", 9.2, ("9,2\xa0%", "9,2\xa0%", "9.2%")),
        ("eur", -1200.0, ("−1\xa0200,0\xa0€", "−1\xa0200,0\xa0€", "−€1,200.0")),
        (
            "meur",
            2513.9,
            ("2\xa0513,9\xa0milj.\xa0€", "2\xa0513,9\xa0mn\xa0€", "€2,513.9\xa0million"),
        ),
        ("index", 93.0, ("93,0", "93,0", "93.0")),
        (
            "thousand_persons",
            27.0,
            ("27\xa0000\xa0henkeä", "27\xa0000\xa0personer", "27,000\xa0persons"),
        ),
        ("years", 51.2, ("51,2\xa0vuotta", "51,2\xa0år", "51.2\xa0years")),
    ],
)
def test_quantity(unit: str, value: float, texts: tuple[str, str, str]) -> None:
    u = load().units[unit]
    assert tuple(words.quantity(value, 1, u, lang) for lang in LANGUAGES) == texts


def test_thousands_of_people_are_people() -> None:
    unit = load().units["thousand_persons"]
    assert words.amount(27.0, 0, unit, "fi") == "27\xa0000 henkeä"
    assert words.difference(-0.34, 1, unit, "sv") == "300 personer"
    assert words.quantity(-1.0, 0, unit, "en", sign=True) == "−1,000\xa0persons"


def test_rank_text() -> None:
    assert words.rank_text(4, 4, 6, 19, "fi") == "4.–6.\xa0/\xa019"
    assert words.rank_text(4, 4, 6, 19, "sv") == "4–6\xa0/\xa019"
    assert words.rank_text(4, 4, 6, 19, "en") == "4th–6th\xa0/\xa019"
    assert words.rank_text(19, 19, 19, 19, "fi") == "19.\xa0/\xa019"


@pytest.mark.parametrize(
    ("n", "text"),
    [(1, "1:stä"), (2, "2:sta"), (3, "3:sta"), (4, "4:stä"), (5, "5:stä"), (6, "6:sta"),
     (7, "7:stä"), (8, "8:sta"), (9, "9:stä"), (10, "10:stä"), (11, "11:stä"), (12, "12:sta"),
     (19, "19:stä"), (20, "20:stä"), (100, "100:sta"), (300, "300:sta"), (308, "308:sta"),
     (1000, "1000:sta")],
)  # fmt: skip
def test_the_finnish_ending_follows_the_number_read_aloud(n: int, text: str) -> None:
    assert words.of_n(n, "fi") == text


# --- periods and dates -----------------------------------------------------------------------

PERIODS = {
    "2023": {
        "fi": ("2023", "vuonna 2023", "vuodesta 2023", "vuoteen 2023", "vuoteen 2023 mennessä",
               "vuodelta 2023"),
        "sv": ("2023", "år 2023", "från 2023", "till 2023", "senast 2023", "från år 2023"),
        "en": ("2023", "in 2023", "from 2023", "to 2023", "by 2023", "from 2023"),
    },
    "2023M10": {
        "fi": ("lokakuu 2023", "lokakuussa 2023", "lokakuusta 2023", "lokakuuhun 2023",
               "lokakuuhun 2023 mennessä", "lokakuulta 2023"),
        "sv": ("oktober 2023", "i oktober 2023", "från oktober 2023", "till oktober 2023",
               "senast i oktober 2023", "från oktober 2023"),
        "en": ("October 2023", "in October 2023", "from October 2023", "to October 2023",
               "by October 2023", "from October 2023"),
    },
    "2017/2019": {
        "fi": ("2017–2019", "vuosina 2017–2019", "jaksosta 2017–2019", "jaksoon 2017–2019",
               "vuoteen 2019 mennessä", "vuosilta 2017–2019"),
        "sv": ("2017–2019", "åren 2017–2019", "från åren 2017–2019", "till åren 2017–2019",
               "senast 2019", "från åren 2017–2019"),
        "en": ("2017–2019", "in 2017–2019", "from 2017–2019", "to 2017–2019", "by 2019",
               "from 2017–2019"),
    },
    "2019M01/2019M09": {
        "fi": ("tammi–syyskuu 2019", "tammi–syyskuussa 2019", "tammi–syyskuusta 2019",
               "tammi–syyskuuhun 2019", "syyskuuhun 2019 mennessä", "tammi–syyskuulta 2019"),
        "sv": ("januari–september 2019", "i januari–september 2019",
               "från januari–september 2019", "till januari–september 2019",
               "senast i september 2019", "från januari–september 2019"),
        "en": ("January–September 2019", "in January–September 2019",
               "from January–September 2019", "to January–September 2019", "by September 2019",
               "from January–September 2019"),
    },
    "2023H1": {
        "fi": ("tammi–kesäkuu 2023", "tammi–kesäkuussa 2023", "tammi–kesäkuusta 2023",
               "tammi–kesäkuuhun 2023", "kesäkuuhun 2023 mennessä", "tammi–kesäkuulta 2023"),
        "sv": ("januari–juni 2023", "i januari–juni 2023", "från januari–juni 2023",
               "till januari–juni 2023", "senast i juni 2023", "från januari–juni 2023"),
        "en": ("January–June 2023", "in January–June 2023", "from January–June 2023",
               "to January–June 2023", "by June 2023", "from January–June 2023"),
    },
}  # fmt: skip
FORMS: tuple[words.Form, ...] = ("plain", "in", "from", "to", "by", "of")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("period", PERIODS)
def test_period(period: str, lang: str) -> None:
    assert tuple(words.period(period, lang, f) for f in FORMS) == PERIODS[period][lang]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "period", ["2023Q1", "2023Q2", "2023Q3", "2023Q4", "2023H2", "2019M10/2020M03", "2020M12"]
)
def test_every_kind_of_period_has_every_form(period: str, form: words.Form, lang: str) -> None:
    text = words.period(period, lang, form)
    assert period[:4] in text or form == "by"


def test_a_stock_is_of_its_moment() -> None:
    assert words.period("2020", "fi", "in", "end") == "vuoden 2020 lopussa"
    assert words.period("2023M10", "sv", "in", "end") == "i slutet av oktober 2023"
    assert words.period("2020", "en", "in", "start") == "at the start of 2020"
    assert words.period("2020", "fi", "in", "mean") == "vuonna 2020"
    assert words.period("2020", "fi", "plain", "end") == "2020"
    assert words.period("2017/2019", "fi", "in", "end") == "vuosina 2017–2019"


def test_from_to_and_ranges() -> None:
    assert words.from_to("2010/2020", "fi") == "vuodesta 2010 vuoteen 2020"
    assert words.from_to("2007/2009/2017/2019", "fi") == "jaksosta 2007–2009 jaksoon 2017–2019"
    assert words.period_range("2006M01", "2023M10", "fi") == "tammikuu 2006 – lokakuu 2023"
    assert words.period_range("2000/2002", "2017/2019", "en") == "2000–2019"
    assert words.period_range("2020", "2020", "sv") == "2020"
    with pytest.raises(DataError, match="not a span"):
        words.from_to("2010", "fi")


@pytest.mark.parametrize(
    ("text", "fi", "en"),
    [
        ("2026-11-24", "24.11.2026", "24 November 2026"),
        ("2023-11", "marraskuu 2023", "November 2023"),
        ("2023", "2023", "2023"),
        ("2026-03-29T00:59:00Z", "29.3.2026", "29 March 2026"),
        ("2026-01-31T22:00:00Z", "1.2.2026", "1 February 2026"),
        ("2026-06-30T20:59:00Z", "30.6.2026", "30 June 2026"),
        ("2026-06-30T21:00:00Z", "1.7.2026", "1 July 2026"),
        ("2026-10-25T21:59:59Z", "25.10.2026", "25 October 2026"),
    ],
)
def test_date(text: str, fi: str, en: str) -> None:
    assert words.date(text, "fi") == fi
    assert words.date(text, "en") == en


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_month_has_a_name(lang: str) -> None:
    names = {words.period(f"2023M{m:02d}", lang) for m in range(1, 13)}
    assert len(names) == 12
    if lang == "fi":
        assert all(re.fullmatch(r"\w+kuu 2023", n) for n in names)


def test_lists() -> None:
    assert words.join(["Kajaani", "Kuhmo", "Sotkamo"], "fi") == "Kajaani, Kuhmo ja Sotkamo"
    assert words.join(["a", "b"], "sv") == "a och b"
    assert words.join(["a", "b", "c"], "en") == "a, b and c"
    assert words.join(["a"], "en") == "a"
    assert words.join([], "fi") == ""


# --- what goes wrong is said -------------------------------------------------------------------


def test_an_unknown_language_key_or_place_is_named() -> None:
    with pytest.raises(ReportError, match="unknown language 'de'"):
        words.messages("de")
    with pytest.raises(ReportError, match=r"fi\.toml: there is no message 'no\.such'"):
        words.message("no.such", "fi")
    with pytest.raises(ReportError, match=r"rank\.one: the place \{n\} is not filled"):
        words.message("rank.one", "fi", rank="1.")
