"""Outlines of areas: which year is asked for, that none is missing, and the shapes for maps."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilannekuva import regions
from tilannekuva.asking import boundaries
from tilannekuva.asking._outlines import Ring, rings_of, simplified, size
from tilannekuva.calls import Ask, Call, Conversation, Newer, Pace, Received, Reply, Unchanged
from tilannekuva.errors import SourceError
from tilannekuva.model import Source, Text

NAME = Text(fi="Tilastokeskus", sv="Statistikcentralen", en="Statistics Finland")
BASE = "https://geo.example/geoserver/tilastointialueet/wfs"
SOURCE = Source(
    id="statfin_boundaries",
    publisher=NAME,
    protocol="boundaries",
    base=BASE,
    page="https://stat.example",
    licence="CC BY 4.0",
    calls=10,
    seconds=60,
)
HEAD = {"date": "Mon, 01 Mar 2027 08:00:00 GMT"}

Feature = dict[str, Any]
Answer = Callable[[Call], Reply]


def exception(text: str, code: str = "InvalidParameterValue", locator: str = "typeName") -> Reply:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><ows:ExceptionReport xmlns:ows="http://www.opengis.'
        f'net/ows/1.1" version="2.0.0">\n<ows:Exception exceptionCode="{code}" locator="{locator}">'
        f"\n<ows:ExceptionText>{text}</ows:ExceptionText>\n</ows:Exception></ows:ExceptionReport>"
    )
    return Reply(400, body.encode(), HEAD)


def features(level: str, year: int) -> list[Feature]:
    """The outlines of the package as the service gives them, in no order."""
    found = []
    for n, (code, rings) in enumerate(sorted(regions.shapes(level).items(), reverse=True)):
        region = regions.region(code)
        polygons: list[list[Ring]] = []
        for ring in rings:
            if size(ring) >= 0:
                polygons.append([ring])
            else:
                polygons[0].append(ring)
        # The service draws as it likes: every ring the other way round.
        turned = [[r[::-1] for r in p] for p in polygons]
        single = len(turned) == 1
        found.append(
            {
                "type": "Feature",
                "id": f"{level}4500k.{n}",
                "geometry": {
                    "type": "Polygon" if single else "MultiPolygon",
                    "coordinates": turned[0] if single else turned,
                },
                "properties": {
                    level: code[2:],
                    "vuosi": year,
                    "nimi": region.names.fi,
                    "namn": region.names.sv,
                    "name": region.names.en,
                },
            }
        )
    return found


def collection(page: list[Feature], matched: int, **more: Any) -> Reply:
    told = {
        "type": "FeatureCollection",
        "features": page,
        "totalFeatures": matched,
        "numberMatched": matched,
        "numberReturned": len(page),
        "timeStamp": "2027-03-01T08:00:00.000Z",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3067"}},
        **more,
    }
    return Reply(200, json.dumps(told).encode(), HEAD)


def service(
    *years: int,
    change: Callable[[list[Feature]], list[Feature]] = lambda f: f,
    at_once: int = 1000,
    matched: int | None = None,
) -> Answer:
    def answer(call: Call) -> Reply:
        told = dict(call.params)
        layer = told["typeNames"].partition(":")[2]
        name, _, year = layer.partition("_")
        if int(year) not in years:
            return exception(f"Feature type tilastointialueet:{layer} unknown")
        if told.get("resultType") == "hits":
            body = f'<wfs:FeatureCollection numberMatched="19" year="{year}"/>'
            return Reply(200, body.encode(), HEAD)
        found = change(features(name.partition("4")[0], int(year)))
        start = int(told.get("startIndex", 0))
        end = start + min(at_once, int(told.get("count", at_once)))
        return collection(found[start:end], matched or len(found))

    return answer


def talk(conversation: Conversation, answer: Answer) -> tuple[Any, list[Call]]:
    calls: list[Call] = []
    try:
        step = next(conversation)
        while True:
            if isinstance(step, Pace):
                step = conversation.send(None)  # type: ignore[arg-type]
                continue
            calls.append(step)
            found = answer(step)
            assert found.status == 200 or found.status in step.handles
            step = conversation.send(found)
    except StopIteration as stop:
        return stop.value, calls


def ask(table: str = "maakunta4500k", **more: Any) -> Ask:
    return Ask(SOURCE, table, (), **more)


def received(table: str = "maakunta4500k", **more: Any) -> Received:
    outcome, _ = talk(boundaries.request(ask(table)), service(2026, **more))
    assert isinstance(outcome, Received)
    return outcome


# --- what is asked ------------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "count"), [("maakunta4500k", 19), ("kunta4500k", 308)])
def test_the_layer_of_the_register_s_year_is_asked_for_first(table: str, count: int) -> None:
    outcome, calls = talk(boundaries.request(ask(table)), service(2026))
    assert [dict(c.params) for c in calls] == [
        {
            "service": "WFS",
            "version": "2.0.0",
            "request": "GetFeature",
            "typeNames": f"tilastointialueet:{table}_2026",
            "srsName": "EPSG:3067",
            "outputFormat": "application/json",
        }
    ]
    assert (calls[0].url, calls[0].expects) == (BASE, "json")
    assert (outcome.updated_at, outcome.published_on) == ("2026-01-01", "2027-03-01")
    assert outcome.title == f"{table}_2026"
    (part,) = outcome.parts
    assert part.layout["service"] == "boundaries"
    assert part.layout["areas"] == count
    assert part.address.startswith(f"{BASE}?service=WFS&")
    assert len(boundaries.outlines(part.data, part.layout, "f")) == count


def test_the_pace_of_the_source_is_told_first() -> None:
    assert next(boundaries.request(ask())) == Pace(BASE, 10, 60)


@pytest.mark.parametrize(
    "refusal",
    [
        exception("Feature type tilastointialueet:maakunta4500k_2027 unknown"),
        exception(
            "No such feature type http://geo/tilastointialueet:maakunta4500k_2027",
            "NoApplicableCode",
        ),
    ],
)
def test_a_year_that_is_not_out_yet_changes_nothing(refusal: Reply) -> None:
    outcome, calls = talk(boundaries.request(ask(known="2026-01-01")), lambda _: refusal)
    assert outcome == Unchanged("2026-01-01")
    assert dict(calls[0].params)["typeNames"].endswith("_2027")


def test_the_next_year_is_received_when_it_is_out() -> None:
    outcome, _ = talk(boundaries.request(ask(known="2026-01-01")), service(2026, 2027))
    assert outcome.updated_at == "2027-01-01"
    assert outcome.parts[0].layout["layer"] == "maakunta4500k_2027"


def test_a_check_asks_for_no_outlines() -> None:
    for years, known, expected in (
        ((2026,), "2026-01-01", Unchanged("2026-01-01")),
        ((2026, 2027), "2026-01-01", Newer("2027-01-01")),
        ((2026,), None, Newer("2026-01-01")),
    ):
        outcome, calls = talk(boundaries.request(ask(known=known, check=True)), service(*years))
        assert outcome == expected
        assert [dict(c.params)["resultType"] for c in calls] == ["hits"]
        # The number comes as XML, which must not count as a page for people.
        assert calls[0].expects == "bytes"


def test_a_check_is_not_taken_in_by_a_page() -> None:
    with pytest.raises(SourceError, match="did not say how many areas"):
        talk(
            boundaries.request(ask(known="2026-01-01", check=True)),
            lambda _: Reply(200, b"<html>maintenance</html>", HEAD),
        )


def test_a_layer_that_comes_in_pages_is_put_together() -> None:
    outcome, calls = talk(boundaries.request(ask()), service(2026, at_once=8))
    assert [dict(c.params).get("startIndex") for c in calls] == [None, "8", "16"]
    assert [dict(c.params).get("count") for c in calls] == [None, "8", "8"]
    first, *rest = outcome.parts
    whole = received().parts[0]
    assert boundaries.outlines(
        first.data, first.layout, "f", more=[p.data for p in rest], tolerance=500
    ) == boundaries.outlines(whole.data, whole.layout, "f", tolerance=500)
    with pytest.raises(
        SourceError, match="8 of the 19 areas of maakunta4500k_2026; give the other"
    ):
        boundaries.outlines(first.data, first.layout, "f")
    with pytest.raises(SourceError, match="stands twice"):
        boundaries.outlines(first.data, first.layout, "f", more=[first.data])


# --- what is refused ----------------------------------------------------------------------------


def test_the_register_s_year_must_be_there() -> None:
    with pytest.raises(SourceError, match="does not have the division of 2026-01-01"):
        talk(boundaries.request(ask()), service())


@pytest.mark.parametrize(
    "refusal",
    [
        exception("java.lang.OutOfMemoryError", "NoApplicableCode"),
        exception("Illegal property in maakunta4500k_2027", locator="propertyName"),
        Reply(400, b"Bad Request", HEAD),
        Reply(400, b"", HEAD),
    ],
)
def test_another_refusal_is_an_error(refusal: Reply) -> None:
    with pytest.raises(SourceError, match="refuses the layer maakunta4500k_2027: "):
        talk(boundaries.request(ask(known="2026-01-01")), lambda _: refusal)


@pytest.mark.parametrize("table", ["maakunta", "4500k", "kunta4500k_2026"])
def test_a_table_is_a_level_and_a_scale(table: str) -> None:
    with pytest.raises(SourceError, match="a level and a scale, such as maakunta4500k"):
        talk(boundaries.request(ask(table)), service(2026))


def coded(found: list[Feature], old: str, new: Any) -> list[Feature]:
    return [
        {**f, "properties": {**f["properties"], "maakunta": new}}
        if f["properties"]["maakunta"] == old
        else f
        for f in found
    ]


def shaped(found: list[Feature], geometry: Any) -> list[Feature]:
    return [{**found[0], "geometry": geometry}, *found[1:]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f[1:], r"has 18 areas and the register 19: it lacks MK21 Ahvenanmaa\. Where"),
        (lambda f: f[:5], r"it lacks MK01 Uusimaa, .* \(and 8 more\)"),
        (lambda f: coded(f, "18", "20"), "it lacks MK18 Kainuu; it has the unknown MK20"),
        (lambda f: [*f, f[0]], "has 20 areas and the register 19: it has twice MK21"),
        (lambda f: coded(f, "01", "1"), "Uusimaa: '1' is no number of a maakunta, which has 2"),
        (lambda f: coded(f, "18", 18), "Kainuu: 18 is no number of a maakunta"),
        (
            lambda f: [{**x, "properties": {"nimi": "Kainuu"}} for x in f],
            "Kainuu has no 'maakunta'; it has nimi",
        ),
        (
            lambda f: [{**x, "properties": {**x["properties"], "vuosi": 2025}} for x in f],
            "is of the year 2025, not 2026",
        ),
        (lambda f: shaped(f, None), "MK21: the outline is no polygon"),
        (lambda f: shaped(f, {"type": "Point", "coordinates": [1, 2]}), "is no polygon"),
        (lambda f: shaped(f, {"type": "Polygon", "coordinates": [[]]}), "is no polygon"),
        (
            lambda f: shaped(f, {"type": "Polygon", "coordinates": [[[27.7, 64.2]] * 4]}),
            "the point 27.7, 64.2 is no easting and northing of EPSG:3067",
        ),
    ],
)
def test_a_layer_that_is_not_whole_is_refused(
    change: Callable[[list[Feature]], list[Feature]], message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        received(change=change)


def test_pages_that_end_too_early_are_refused() -> None:
    with pytest.raises(SourceError, match="says that maakunta4500k_2026 has 25 areas and gives 19"):
        received(matched=25)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Reply(200, b'{"type": "x"}', HEAD), "no collection of areas"),
        (Reply(200, b"[1]", HEAD), "no collection of areas"),
        (Reply(200, b'{"type": "FeatureCollection"}', HEAD), "no list of areas"),
        (Reply(200, b"{", HEAD), "not JSON"),
        (
            collection([], 0, crs={"type": "name", "properties": {"name": "EPSG:4326"}}),
            "the outlines are in EPSG:4326, asked for was EPSG:3067",
        ),
        (collection([], 0), "has 0 areas and the register 19"),
        (collection([], 19), "has 19 areas and gives 0"),
    ],
)
def test_an_answer_that_is_none_is_refused(answer: Reply, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        talk(boundaries.request(ask()), lambda _: answer)


def test_there_are_no_figures() -> None:
    with pytest.raises(SourceError, match=r"f\.geojson: .*not figures"):
        boundaries.read(b"{}", {}, "f.geojson", lambda _: b"")


# --- shapes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["maakunta", "kunta"])
def test_unsimplified_outlines_are_those_that_were_published(level: str) -> None:
    (part,) = received(f"{level}4500k").parts
    found = boundaries.outlines(part.data, part.layout, "f")
    for code, rings in regions.shapes(level).items():
        assert {(frozenset(r), size(r)) for r in found[code]} == {
            (frozenset(r), size(r)) for r in map(list, rings)
        }
        sizes = [abs(size(r)) for r in found[code]]
        assert sizes == sorted(sizes, reverse=True)


def edges(areas: dict[str, list[Ring]]) -> dict[frozenset[tuple[int, int]], list[str]]:
    found: dict[frozenset[tuple[int, int]], list[str]] = {}
    for code, rings in areas.items():
        for ring in rings:
            for pair in pairwise(ring):
                found.setdefault(frozenset(pair), []).append(code)
    return found


def test_simplified_outlines_still_fit_together() -> None:
    (part,) = received("kunta4500k").parts
    fine = boundaries.outlines(part.data, part.layout, "f")
    coarse = boundaries.outlines(part.data, part.layout, "f", tolerance=3_000)
    count = {
        n: sum(len(r) for rs in a.values() for r in rs) for n, a in (("f", fine), ("c", coarse))
    }
    assert count["c"] < 0.8 * count["f"]
    assert set(coarse) == set(fine)
    neighbours = {frozenset(codes) for codes in edges(fine).values() if len(set(codes)) == 2}
    kept = {frozenset(codes) for codes in edges(coarse).values() if len(set(codes)) == 2}
    assert kept == neighbours
    total = {
        n: sum(size(r) for rs in a.values() for r in rs) for n, a in (("f", fine), ("c", coarse))
    }
    assert abs(total["c"] / total["f"] - 1) < 0.01
    for rings in coarse.values():
        for ring in rings:
            assert ring[0] == ring[-1]
            assert len(set(ring)) >= 3
            assert size(ring) != 0


def test_islets_go_but_never_the_largest_piece() -> None:
    (part,) = received().parts
    found = boundaries.outlines(part.data, part.layout, "f", islet=1e15)
    assert all(sum(size(r) > 0 for r in rings) == 1 for rings in found.values())


E0, N0 = 400_000, 7_100_000


def square(x: int, y: int, side: int) -> Ring:
    corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]
    return [(E0 + a, N0 + b) for a, b in corners]


def test_holes_run_the_other_way_and_the_largest_piece_comes_first() -> None:
    shape = [[square(0, 0, 10)], [square(100, 0, 90), square(120, 20, 30)]]
    found = rings_of({"type": "MultiPolygon", "coordinates": shape}, "x")
    assert [size(r) for r in found] == [8100, -900, 100]


def test_points_that_round_to_one_are_one() -> None:
    ring = [[E0, N0], [E0 + 0.3, N0 + 0.2], [E0 + 9, N0], [E0 + 9, N0 + 9], [E0, N0]]
    found = rings_of({"type": "Polygon", "coordinates": [ring]}, "x")
    assert found == [[(E0, N0), (E0 + 9, N0), (E0 + 9, N0 + 9), (E0, N0)]]


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=12),
    st.integers(0, 12),
    st.floats(0.1, 30),
)
def test_a_border_stays_one_line_whatever_it_is_like(
    bends: list[int], turn: int, tolerance: float
) -> None:
    border = [(E0 + 100 + b, N0 + 10 * n) for n, b in enumerate(bends, 1)]
    top = N0 + 10 * len(bends) + 10
    line = [(E0 + 100, N0), *border, (E0 + 100, top)]
    left: Ring = [(E0, N0), *line, (E0, top), (E0, N0)]
    right: Ring = [(E0 + 300, N0), (E0 + 300, top), *line[::-1], (E0 + 300, N0)]
    turned = right[turn % (len(right) - 1) : -1] + right[: turn % (len(right) - 1) + 1]
    found = simplified({"a": [left], "b": [turned]}, tolerance, 0)
    shared = edges(found)
    whole = size(found["a"][0]) + size(found["b"][0])
    assert whole == pytest.approx(300 * (top - N0))
    assert any(len(set(codes)) == 2 for codes in shared.values())
    for (ring,) in found.values():
        assert ring[0] == ring[-1]
        assert size(ring) > 0
