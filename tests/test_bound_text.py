"""Figures bound into the group's own text, and claims that the figures must not contradict."""

from __future__ import annotations

import pytest

from tilannekuva.errors import ReportError
from tilannekuva.model import Commentary, Picture
from tilannekuva.narrate import bound


def text(body: str, lang: str = "fi") -> Commentary:
    return Commentary(section="growth", language=lang, text=body, file="growth.fi.md")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lang", "shown"),
    [("fi", "8,6 prosenttia"), ("sv", "8,6 procent"), ("en", "8.6%")],
)
def test_a_figure_is_filled_in_the_form_of_the_language(
    kainuu: Picture, lang: str, shown: str
) -> None:
    found = bound.fill(text("{{ unemp_rate_reg.latest }}", lang), kainuu)
    assert found.text.replace("\N{NO-BREAK SPACE}", " ") == shown
    assert [(n.metric, n.indicator) for n in found.numbers] == [("latest", "unemp_rate_reg")]


def test_a_gap_keeps_its_sign_unless_its_size_is_asked_for(kainuu: Picture) -> None:
    signed = bound.fill(text("{{ unemp_rate_reg.gap }}"), kainuu).text
    size = bound.fill(text("{{ unemp_rate_reg.gap | size }}"), kainuu).text
    assert signed.startswith("\N{MINUS SIGN}1,1")
    assert size.startswith("1,1")
    assert "prosenttiyksikköä" in signed


def test_numbers_periods_and_places(kainuu: Picture) -> None:
    body = "{{ gdp_pc.latest | number }} {{ unemp_rate_reg.period }} {{ unemp_rate_reg.rank }}"
    found = bound.fill(text(body), kainuu).text
    assert found.startswith("34\N{NO-BREAK SPACE}900 lokakuussa 2023")
    assert found.endswith("5.")


@pytest.mark.parametrize(
    ("mark", "shown"),
    [
        ("gdp.share_of_country", "1,1 prosenttia"),
        ("gdp.country_change_pct_10y", "26,5 prosenttia"),
        ("gdp.trend_word", "selvä nousu"),
        ("gdp.trend_slope", "50,2 miljoonaa euroa"),
        ("gdp.trend_tau", "0,69"),
        ("gdp.trend_q", "0,009"),
        ("gdp_pc.fan_mid", "37 900 euroa"),
        ("gdp_pc.rank_n", "19"),
        ("pop_proj.forecast", "60 312 henkeä"),
        ("ghg_change_since_2005.latest | size", "39 prosenttia"),
    ],
)
def test_each_kind_of_figure_is_filled_with_its_own_unit(
    kainuu: Picture, mark: str, shown: str
) -> None:
    found = bound.fill(text(f"{{{{ {mark} }}}}"), kainuu).text
    assert found.replace("\N{NO-BREAK SPACE}", " ") == shown


def test_every_figure_of_the_picture_can_be_filled_in(kainuu: Picture) -> None:
    for i, finding in kainuu.findings.items():
        for metric, measured in finding.metrics.items():
            if measured.value is not None:
                for lang in ("fi", "sv", "en"):
                    assert bound.fill(text(f"{{{{ {i}.{metric} }}}}", lang), kainuu).text.strip()


def test_a_figure_that_there_is_not_says_why(kainuu: Picture) -> None:
    name = next(
        f"{i}.{k}" for i, f in kainuu.findings.items() for k, m in f.metrics.items()
        if m.value is None and m.reason == "no_country"
    )  # fmt: skip
    why = "the figure for the whole country is not in the data"
    for body in (f"{{{{ {name} }}}}", f"{{{{ claim: {name} > 0 }}}}"):
        with pytest.raises(ReportError, match=why):
            bound.fill(text(body), kainuu)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("Sija on {{ unemp_rate_reg.rank }}. Muu.", "Sija on 5. Muu."),
        ("Sija {{ unemp_rate_reg.rank }}, siis.", "Sija 5., siis."),
        ("Sija {{ unemp_rate_reg.rank }} / {{ unemp_rate_reg.rank_n }}.", "Sija 5. / 19."),
    ],
)
def test_a_place_at_the_end_of_a_sentence_has_one_point(
    kainuu: Picture, body: str, shown: str
) -> None:
    assert bound.fill(text(body), kainuu).text == shown


CLAIM = "{{ claim: unemp_rate_reg.gap > 0 }}"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (f"Vienti vetää. Työttömyys on\nyli maan tason\n{CLAIM}.\nTalous kasvaa.",
         "Työttömyys on yli maan tason."),
        (f"Alalla (esim. kaivokset) työttömyys oli n. 9 % {CLAIM}. Seuraava.",
         "Alalla (esim. kaivokset) työttömyys oli n. 9 %."),
        (f"Näin?\nTyöttömyys on korkea {CLAIM}!\nSeuraava.", "Työttömyys on korkea!"),
        (f"Luettelo:\n- yksi\n- korkea työttömyys {CLAIM}\n- kolme", "korkea työttömyys."),
        (f"# Otsikko\n\nKorkea {CLAIM}.\n\nMuu.", "Korkea."),
        (f"Ensin. {{{{ gdp_pc.latest }}}} on paljon {CLAIM}. Muu.",
         "34 900 euroa on paljon."),
        (f"Alku. Alalla (esim. Kajaanissa, ks. Liite) on korkea {CLAIM}. Loppu.",
         "Alalla (esim. Kajaanissa, ks. Liite) on korkea."),
        (CLAIM, CLAIM),
    ],
)  # fmt: skip
def test_the_sentence_of_a_contradicted_claim_is_whole_and_alone(
    kainuu: Picture, body: str, sentence: str
) -> None:
    (found,) = bound.refuted(text(body), kainuu)
    assert found.sentence == sentence


@pytest.mark.parametrize("blank", [" ", "", "\n", " \n  "])
def test_a_claim_that_holds_leaves_nothing_behind(kainuu: Picture, blank: str) -> None:
    claim = "{{ claim: unemp_rate_reg.gap < 0 }}"
    body = f"Työttömyys on alle maan tason{blank}{claim}{claim}. Se on hyvä."
    assert bound.refuted(text(body), kainuu) == ()
    assert bound.fill(text(body), kainuu).text == "Työttömyys on alle maan tason. Se on hyvä."


def test_a_claim_on_a_line_of_its_own_leaves_the_paragraphs_as_they_are(kainuu: Picture) -> None:
    body = "Yksi.\n\n{{ claim: unemp_rate_reg.gap < 0 }}\n\nKaksi."
    assert bound.fill(text(body), kainuu).text.split() == ["Yksi.", "Kaksi."]


@pytest.mark.parametrize(
    "claim",
    [
        "unemp_rate_reg.gap < 0 and gdp_pc.rank > 10",
        "unemp_rate_reg.gap > 0 or gdp_pc.latest >= 34900",
        "gdp_pc.latest = 34900",
        "unemp_rate_reg.gap < -0,5",
        "unemp_rate_reg.gap > \N{MINUS SIGN}2",
        "unemp_rate_reg.latest < dep_ratio_demo.latest",
    ],
)
def test_claims_that_hold(kainuu: Picture, claim: str) -> None:
    assert bound.refuted(text(f"x {{{{ claim: {claim} }}}}"), kainuu) == ()


def test_a_contradicted_claim_names_sentence_line_and_figures(kainuu: Picture) -> None:
    body = "Alku.\n\nTyöttömyys ylittää maan tason {{ claim: unemp_rate_reg.gap > 0 }}. Loppu."
    (found,) = bound.refuted(text(body), kainuu)
    assert (found.line, found.claim) == (3, "unemp_rate_reg.gap > 0")
    assert found.sentence == "Työttömyys ylittää maan tason."
    finding = kainuu.findings["unemp_rate_reg"]
    other = finding.metrics["gap"].model_copy(update={"value": 0.4, "period": "2022M12"})
    old = kainuu.model_copy(
        update={
            "findings": {
                **kainuu.findings,
                "unemp_rate_reg": finding.model_copy(
                    update={"metrics": {**finding.metrics, "gap": other}}
                ),
            }
        }
    )
    (message,) = bound.messages((found,), old)
    assert message.startswith('growth.fi.md, line 3: "Työttömyys ylittää maan tason." no longer')
    assert "unemp_rate_reg.gap is -1.1 (2023M10), was 0.4 (2022M12)" in message


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("a\n{{ unemp_rate.latest }}", "line 2: there is no indicator 'unemp_rate'; did you mean"),
        ("{{ claim: unemp_rate_reg.period = 2023 }}", "'unemp_rate_reg.period' is a time"),
        ("{{ gdp_pc.ltest }}", "there is no such figure; did you mean 'gdp_pc.latest'"),
        ("{{ gdp_pc }}", "cannot be read; write `indicator.metric`"),
        ("{{ gdp_pc.latest | shout }}", "cannot be read"),
        ("{{ claim: gdp_pc.latest }}", "the claim 'gdp_pc.latest' cannot be read"),
        ("{{ claim: gdp_pc.latest < viisi }}", "cannot be read"),
        ("{{ claim: 1 < gdp_pc.latest < 3 }}", "cannot be read"),
        ("x {{ gdp_pc.latest", "a mark is not closed"),
        ("{{ loneliness.latest }}", "has no figures in this picture"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(kainuu: Picture, body: str, what: str) -> None:
    with pytest.raises(ReportError, match=what) as caught:
        bound.fill(text(body), kainuu)
    assert str(caught.value).startswith("growth.fi.md, line ")
