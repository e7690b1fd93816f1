"""GBIF's counts by year, with answers of our own in the service's shapes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from asking.carrying import Talk, ask_of, no_beside, reply, rows, source

from tilannekuva.asking import gbif
from tilannekuva.calls import Call, Newer, Received, Reply, Unchanged
from tilannekuva.errors import DataError, SourceError
from tilannekuva.matching import translate
from tilannekuva.model import Query

GBIF = source("gbif", "https://api.gbif.org/v1")
COUNTS = {
    "areas": ("MK18", "SSS"),
    "gadmGid": ("FIN.3.1_1", "FIN"),
    "taxonKey": ("359", "212"),
    "license": ("CC0_1_0", "CC_BY_4_0"),
}


def found(years: dict[str, int], more: int = 0) -> dict[str, Any]:
    counts = sorted(
        ({"name": y, "count": n} for y, n in years.items()), key=lambda c: -int(str(c["count"]))
    )
    return {
        "offset": 0,
        "limit": 0,
        "endOfRecords": False,
        "count": sum(years.values()) + more,
        "results": [],
        "facets": [{"field": "YEAR", "counts": counts}],
    }


KAINUU = found({"2025": 40, "2024": 70, "2026": 5}, more=3)
FINLAND = found({"2025": 400, "2024": 700, "2026": 50})


def by_area(call: Call) -> Reply:
    asked = dict(call.params)
    assert call.url == "https://api.gbif.org/v1/occurrence/search"
    assert asked["limit"] == "0"
    if "facet" not in asked:
        return reply({"count": 1268, "results": [], "facets": []}, x_varnish_rli="18",
                     x_varnish_rlg="250")  # fmt: skip
    body = KAINUU if asked["gadmGid"] == "FIN.3.1_1" else FINLAND
    return reply(body, x_varnish_rli="245", x_varnish_rlg="250")


def test_one_search_an_area_with_the_licences_that_are_counted() -> None:
    talk = Talk(by_area)
    outcome = talk(gbif.request(ask_of(GBIF, COUNTS)))
    assert isinstance(outcome, Received)
    assert talk.calls[1].params == (
        ("taxonKey", "359"),
        ("taxonKey", "212"),
        ("license", "CC0_1_0"),
        ("license", "CC_BY_4_0"),
        ("year", "1500,2025"),
        ("gadmGid", "FIN.3.1_1"),
        ("facet", "year"),
        ("facetLimit", "1000"),
        ("limit", "0"),
    )
    assert dict(talk.calls[2].params)["gadmGid"] == "FIN"
    assert talk.calls[0].once
    # As is polite, and no more than what the service says is left.
    assert [p.calls for p in talk.paces] == [30, 30, 5]
    assert (outcome.published_on, outcome.updated_at) == ("2026-11-24", None)
    assert "CC0_1_0, CC_BY_4_0" in outcome.note


def test_cells_of_counts() -> None:
    outcome = Talk(by_area)(gbif.request(ask_of(GBIF, COUNTS)))
    assert isinstance(outcome, Received)
    part = outcome.parts[0]
    json.dumps([part.layout, part.query])
    assert part.address.startswith("https://api.gbif.org/v1/occurrence/search?taxonKey=359&")
    cells = gbif.read(part.data, part.layout, "f.json", no_beside)
    assert rows(cells.frame) == [
        ("MK18", "2024", "occurrences", "", 70.0),
        ("MK18", "2025", "occurrences", "", 40.0),
    ]
    query = translate(Query(source="gbif", table="t"), cells.variables, "x")
    assert (query.region, query.time) == ("region", "year")


def test_counts_of_the_running_year_do_not_make_an_answer_new() -> None:
    first = Talk(by_area)(gbif.request(ask_of(GBIF, COUNTS)))
    assert isinstance(first, Received)
    ask = ask_of(GBIF, COUNTS, query_hash=first.query_hash)

    def grown(running: int, last: int) -> Callable[[Call], Reply]:
        def answer(call: Call) -> Reply:
            answered = by_area(call)
            body = json.loads(answered.body)
            for facet in body["facets"]:
                for entry in facet["counts"]:
                    entry["count"] += {"2026": running, "2025": last}.get(entry["name"], 0)
                    body["count"] += running + last
            return reply(body)

        return answer

    assert Talk(grown(7, 0))(gbif.request(ask)) == Unchanged(None)
    assert isinstance(Talk(grown(0, 1))(gbif.request(ask)), Received)
    other = ask_of(GBIF, {**COUNTS, "taxonKey": "359"}, query_hash=first.query_hash)
    assert isinstance(Talk(by_area)(gbif.request(other)), Received)


def test_one_area_may_be_what_the_filters_say_and_have_years_of_its_own() -> None:
    asks = {"areas": "SSS", "country": "FI", "year": "2000,2024"}
    talk = Talk(lambda call: reply(found({"2024": 3})))
    outcome = talk(gbif.request(ask_of(GBIF, asks)))
    assert isinstance(outcome, Received)
    asked = talk.calls[1].params
    assert [v for k, v in asked if k == "year"] == ["2000,2024"]
    assert [v for k, v in asked if k == "license"] == ["CC0_1_0", "CC_BY_4_0"]
    polygons = {"areas": ("MK18",), "geometry": ("POLYGON((27 64,28 64,28 65,27 64))",)}
    talk(gbif.request(ask_of(GBIF, polygons)))
    assert ("geometry", "POLYGON((27 64,28 64,28 65,27 64))") in talk.calls[-1].params


def test_a_check_does_not_fetch_the_counts() -> None:
    talk = Talk(by_area)
    assert talk(gbif.request(ask_of(GBIF, COUNTS, check=True))) == Newer()
    assert talk.calls == []


@pytest.mark.parametrize(
    ("asks", "said"),
    [
        ({"taxonKey": "359"}, "write the codes of the areas"),
        ({**COUNTS, "areas": ("MK18", "MK99")}, "not MK99"),
        ({**COUNTS, "areas": ("MK18", "MK18")}, "each once"),
        ({**COUNTS, "gadmGid": "FIN"}, "to 2 `areas` belong as many values"),
        ({**COUNTS, "geometry": ("a", "b")}, "either `gadmGid` or `geometry`"),
        ({"areas": ("MK18", "SSS")}, "to 2 `areas` belong as many values"),
        ({**COUNTS, "facet": "speciesKey"}, "may not hold 'facet'"),
    ],
)
def test_a_question_that_cannot_be_asked(asks: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        next(gbif.request(ask_of(GBIF, asks)))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"765x", "is not JSON but '765x'"),
        ([], "the answer has no count"),
        ({"message": "Unknown taxon"}, "says 'Unknown taxon'"),
        ({"count": 3}, "no counts by year"),
        ({"count": 3, "facets": [{"field": "COUNTRY", "counts": []}]}, "no counts by year"),
        (found({"2024": 3}) | {"count": 2}, "more occurrences than there are in all"),
        (found({"2024": 3, "ennen": 1}), "is no year with its count"),
        (found({str(1000 + n): 1 for n in range(1000)}), "1000 years came, the list is cut off"),
        (found({"2026": 3}), "no occurrence of a finished year"),
        ({"count": 0, "facets": []}, "no occurrence of a finished year"),
    ],
)
def test_a_faulty_answer_is_named(body: Any, said: str) -> None:
    asks = {"areas": "SSS", "country": "FI"}

    def answer(call: Call) -> Reply:
        return reply(body if "facet" in dict(call.params) else {"count": 1, "facets": []})

    with pytest.raises(SourceError, match=said):
        Talk(answer)(gbif.request(ask_of(GBIF, asks)))
