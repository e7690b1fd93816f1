"""The data package read back: its descriptions against its files, its figures against the picture.

No library of the two metadata standards is needed: their rules that matter here are written anew.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from jsonstat_validator import validate_jsonstat
from markdown_it import MarkdownIt
from pyjstat import pyjstat

import tilannekuva
from tilannekuva import table, words
from tilannekuva.metric_fans import FAN
from tilannekuva.model import ABSENT, LANGUAGES, PRESENT, Finding, Gap, Picture, Text
from tilannekuva.reports import package
from tilannekuva.statuses import STATUSES

TABLES = ("observations", "metrics", "indicators", "groups", "regions", "snapshots", "gaps",
          "notes", "codes")  # fmt: skip
KEY = ("indicator", "region", "breakdown", "period")
ODD = ("pop_age", "s3_lq", "gva_by_industry", "pop_proj", "rd_gdp", "morbidity_index_2000_2019",
       "net_migration", "unemp_rate_lfs_quarterly", "gdp", "shock_resistance")  # fmt: skip
"""Indicators of odd shapes: by group only, projections, spans, quarters, breaks."""
PATH = re.compile(r"^((?=[^./~])(?!file:)((?!/\.\./)(?!\\)(?!://).)*|(http|ftp)s?://.*)$")
"""What the standard takes for an address or a path within the package."""


@pytest.fixture(scope="module")
def files(kainuu: Picture) -> dict[str, bytes]:
    return package.files(kainuu)


@pytest.fixture(scope="module")
def descriptor(files: dict[str, bytes]) -> dict[str, Any]:
    return json.loads(files["datapackage.json"])


@pytest.fixture(scope="module")
def tables(files: dict[str, bytes]) -> dict[str, list[dict[str, str]]]:
    return {name: read(files[f"{name}.csv"]) for name in TABLES}


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True))


def resources(descriptor: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {r["name"]: r for r in descriptor["resources"]}


def every_figure(f: Finding) -> Iterator[tuple[tuple[str, ...], float | None, str, str]]:
    """(key, value, status, snapshot), written anew for the test."""
    own = f.segments[-1].region if f.segments else f.region
    places = [(s.region, "total", s) for s in (*f.segments, *f.others, *f.peers, *f.parts)]
    places += [("SSS", "total", f.country)] if f.country else []
    places += [(s.area or own, s.region, s) for s in f.profile]
    places += [("SSS", s.region, s) for s in f.country_profile]
    for region, group, s in places:
        for p, v, st, o in zip(s.periods, s.values, s.statuses, s.origins, strict=True):
            yield (f.indicator, region, group, p), v, st, o


def figures_of(picture: Picture) -> dict[tuple[str, ...], tuple[float | None, str, str]]:
    found = {}
    for finding in picture.findings.values():
        for key, *rest in every_figure(finding):
            assert found.setdefault(key, tuple(rest)) == tuple(rest), key
    return found


# --- the package as a whole -------------------------------------------------------------------


def test_it_is_one_zip_of_sorted_files_without_a_time(kainuu, files):
    content = package.render(kainuu)
    assert content == package.render(Picture.from_json(kainuu.to_json()))
    assert len(content) < 2_500_000
    whole = zipfile.ZipFile(io.BytesIO(content))
    assert whole.testzip() is None
    assert whole.namelist() == sorted(files)
    assert {i.date_time for i in whole.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert {name: whole.read(name) for name in whole.namelist()} == files


def test_every_file_is_there(kainuu, files):
    csvs = {f"{t}.csv" for t in TABLES}
    cubes = {f"cubes/{i}.json" for i, f in kainuu.findings.items() if any(every_figure(f))}
    assert set(files) == {
        *csvs, *(f"{c}-metadata.json" for c in csvs), *cubes, "observations.parquet",
        "datapackage.json", "README.md",
    }  # fmt: skip
    assert len(cubes) > 150


def test_nothing_in_it_is_of_the_clock_or_the_machine(files):
    for name, content in files.items():
        for sign in (b"/home/", b"/root/", b"/tmp/", b"NaN", b"Infinity"):
            assert sign not in content, name
        if not name.endswith(".parquet"):
            assert b"\r" not in content, name
            assert content.endswith(b"\n"), name
            assert not content.startswith(b"\xef\xbb\xbf"), name


# --- datapackage.json -------------------------------------------------------------------------


def test_the_descriptor_says_what_the_standard_asks(kainuu, descriptor):
    assert re.fullmatch(r"[-a-z0-9._/]+", descriptor["name"])
    assert descriptor["created"] == f"{kainuu.as_of}T00:00:00Z"
    assert descriptor["version"] == kainuu.as_of
    assert "contributors" not in descriptor, "the publishers are sources, and nobody else is named"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", descriptor["id"])
    assert descriptor["languages"] == list(LANGUAGES)
    for key in ("title", "description"):
        texts = [descriptor[k] for k in (key, f"{key}@sv", f"{key}@en")]
        assert len(set(texts)) == 3
    for lang in LANGUAGES:
        text = descriptor["description" if lang == "fi" else f"description@{lang}"]
        assert words.message("page.notice", lang) in text
    names = [r["name"] for r in descriptor["resources"]]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[-a-z0-9._/]+", n) for n in names)


def test_sources_are_the_snapshots_of_the_publishers(kainuu, descriptor):
    found = {s["snapshot"]: s for s in descriptor["sources"]}
    assert set(found) == {k for k, s in kainuu.snapshots.items() if s.kind != "derived"}
    for name, source in found.items():
        snapshot = kainuu.snapshots[name]
        assert kainuu.sources[snapshot.source].publisher.fi in source["title"]
        assert source["path"] == snapshot.address
        assert PATH.match(source["path"])
        assert source["vintage"] == source["version"] == snapshot.vintage
        assert source["published_on"] == snapshot.published_on


def test_a_licence_has_an_id_only_where_it_is_stated_outright(kainuu, descriptor):
    assert all("name" in x or "path" in x for x in descriptor["licenses"])
    assert all(PATH.match(x["path"]) for x in descriptor["licenses"])
    stated = {x["title"] for x in descriptor["licenses"] if "name" in x}
    assert stated == {"CC BY 4.0"}
    told = {s.licence for s in kainuu.snapshots.values() if s.licence}
    assert len(descriptor["licenses"]) == len(told) > 1


def test_every_resource_has_its_hash_and_all_but_parquet_a_size(descriptor, files):
    described = set()
    for r in descriptor["resources"]:
        content = files[r["path"]]
        assert PATH.match(r["path"])
        assert r.get("bytes") == (None if r["format"] == "parquet" else len(content))
        assert r["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert r["format"] == r["path"].rpartition(".")[2]
        assert r["mediatype"]
        assert r.get("encoding", "utf-8") == "utf-8"
        assert r["profile"] in ("tabular-data-resource", "data-resource")
        described.add(r["path"])
    words_only = {n for n in files if n.endswith("-metadata.json")}
    assert described == set(files) - words_only - {"README.md", "datapackage.json"}


def as_type(text: str, kind: str) -> Any:
    if kind == "number":
        assert math.isfinite(float(text))
        return float(text)
    if kind == "integer":
        return int(text)
    if kind == "boolean":
        return {"true": True, "false": False}[text]
    assert kind == "string"
    return text


@pytest.mark.parametrize("name", TABLES)
def test_schema_holds_for_every_row(name, descriptor, tables, files):
    resource = resources(descriptor)[name]
    assert resource["type"] == "table"
    schema, rows = resource["schema"], tables[name]
    assert schema["missingValues"] == [""]
    head = files[f"{name}.csv"].decode().partition("\n")[0].split(",")
    assert head == [f["name"] for f in schema["fields"]]
    assert rows
    for field in schema["fields"]:
        limits = field.get("constraints", {})
        assert {"title", "title@sv", "title@en"} <= set(field)
        cells = {row[field["name"]] for row in rows}
        if limits.get("required"):
            assert "" not in cells, field["name"]
        for cell in cells - {""}:
            as_type(cell, field["type"])
            if "enum" in limits:
                assert cell in limits["enum"]
            if "pattern" in limits:
                assert re.fullmatch(limits["pattern"], cell), cell


@pytest.mark.parametrize("name", TABLES)
def test_primary_keys_are_unique_and_rows_sorted_by_them(name, descriptor, tables):
    key = resources(descriptor)[name]["schema"]["primaryKey"]
    numbers = {f["name"] for f in resources(descriptor)[name]["schema"]["fields"]
               if f["type"] == "integer"}  # fmt: skip
    found = [tuple(int(r[k]) if k in numbers else r[k] for k in key) for r in tables[name]]
    assert len(set(found)) == len(found)
    assert found == sorted(found)


def test_foreign_keys_resolve(descriptor, tables):
    seen = 0
    for name in TABLES:
        for key in resources(descriptor)[name]["schema"].get("foreignKeys", ()):
            to = key["reference"]
            goal = {tuple(r[f] for f in to["fields"]) for r in tables[to["resource"]]}
            mine = {tuple(r[f] for f in key["fields"]) for r in tables[name]}
            assert mine - {("",)} <= goal, (name, key)
            seen += 1
    assert seen == 9


# --- CSVW -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_csvw_says_the_same_as_the_file_and_the_schema(name, files, descriptor):
    about = json.loads(files[f"{name}.csv-metadata.json"])
    assert about["@context"][0] == "http://www.w3.org/ns/csvw"
    urls = [t["url"] for t in about["tables"]]
    assert urls[0] == f"{name}.csv"
    assert len(set(urls)) == len(urls)
    for one in about["tables"]:
        schema = one["tableSchema"]
        columns = schema["columns"]
        head = files[one["url"]].decode().partition("\n")[0].split(",")
        assert [c["name"] for c in columns] == head
        assert [c["titles"]["und"] for c in columns] == head
        assert all(set(c["titles"]) == {"und", *LANGUAGES} for c in columns)
        said = resources(descriptor)[one["url"].removesuffix(".csv")]["schema"]
        assert schema["primaryKey"] == said["primaryKey"]
        for c, f in zip(columns, said["fields"], strict=True):
            assert c["required"] == f.get("constraints", {}).get("required", False)
            base = c["datatype"] if isinstance(c["datatype"], str) else c["datatype"]["base"]
            assert base == {"number": "double"}.get(f["type"], f["type"])
        keys = [
            {
                "fields": k["columnReference"],
                "reference": {
                    "resource": k["reference"]["resource"].removesuffix(".csv"),
                    "fields": k["reference"]["columnReference"],
                },
            }
            for k in schema.get("foreignKeys", ())
        ]
        assert keys == said.get("foreignKeys", [])
        # A reference may lead only to a table of the same group.
        assert {k["reference"]["resource"] for k in schema.get("foreignKeys", ())} <= set(urls)
        assert {t["@language"] for t in one["dc:title"]} == set(LANGUAGES)
    dialect = about["dialect"]
    assert (dialect["delimiter"], dialect["encoding"]) == (",", "utf-8")
    assert (dialect["header"], dialect["trim"]) == (True, False)


def test_csvw_datatypes_hold_for_every_row(files, tables):
    for name in TABLES:
        about = json.loads(files[f"{name}.csv-metadata.json"])["tables"][0]
        for c in about["tableSchema"]["columns"]:
            given = c["datatype"]
            if isinstance(given, str) or given["base"] != "string":
                continue
            cells = {row[c["name"]] for row in tables[name]} - {""}
            parts = {p for x in cells for p in ([x] if "separator" not in c else x.split(" "))}
            assert all(re.search(given["format"], p) for p in parts), c["name"]


# --- the figures ------------------------------------------------------------------------------


def test_figures_are_those_of_the_findings(kainuu, tables):
    expected = figures_of(kainuu)
    assert len(expected) == len(tables["observations"]) > 50_000
    for row in tables["observations"]:
        value, status, snapshot = expected[tuple(row[k] for k in KEY)]
        assert (row["status"], row["snapshot"]) == (status, snapshot)
        if value is None:
            assert row["value"] == "", "nothing is not zero"
            assert row["status"] in ABSENT
        else:
            assert row["value"] == repr(value).removesuffix(".0")
            assert float(row["value"]) == value
            assert row["status"] in PRESENT


def test_old_divisions_keep_their_codes_and_names(tables):
    names = {r["code"]: r for r in tables["regions"]}
    assert names["MK18@2015"]["current"] == "MK18"
    assert names["MK18@2015"]["division"] == "2015"
    assert "2015" in names["MK18@2015"]["name_sv"]
    assert names["MK18"]["division"] == ""
    assert any(r["region"] == "MK18@2015" for r in tables["observations"])


def test_metrics_are_those_of_the_findings(kainuu, tables):
    expected = {}
    for i, f in kainuu.findings.items():
        own = f.segments[-1].region if f.segments else f.region
        for m, x in f.metrics.items():
            if m in FAN and f.fan:
                for y in f.fan:
                    limit = getattr(y, m.removeprefix("fan_"))
                    expected[i, own, "total", y.period, m] = (limit, "")
            else:
                expected[i, own, "total", x.period, m] = (x.value, x.reason or "")
    found = {tuple(r[k] for k in (*KEY, "metric")): r for r in tables["metrics"]}
    assert set(found) == set(expected)
    for key, (value, reason) in expected.items():
        row = found[key]
        assert row["value"] == ("" if value is None else repr(float(value)).removesuffix(".0"))
        assert row["reason"] == reason
        assert (row["status"] in PRESENT) == (value is not None)


def test_codes_of_the_closed_lists_have_names(tables):
    named: dict[str, set[str]] = {}
    for row in tables["codes"]:
        named.setdefault(row["list"], set()).add(row["code"])
        assert all(row[f"name_{lang}"] for lang in LANGUAGES)
    for of, column, known in (
        ("observations", "status", "status"),
        ("metrics", "status", "status"),
        ("metrics", "metric", "metric"),
        ("indicators", "direction", "direction"),
        ("regions", "level", "level"),
        ("gaps", "kind", "gap"),
        ("notes", "kind", "note"),
        ("snapshots", "kind", "snapshot"),
    ):
        assert {r[column] for r in tables[of]} <= named[known], (of, column)
    reasons = {r["reason"] for r in tables["metrics"]} - {""}
    assert reasons <= named["reason"] | named["status"]


def test_snapshots_gaps_indicators_and_notes_are_all_there(kainuu, tables):
    assert {r["id"] for r in tables["snapshots"]} == set(kainuu.snapshots)
    for row in tables["snapshots"]:
        snapshot = kainuu.snapshots[row["id"]]
        assert row["published_on"] == snapshot.published_on
        assert row["licence"] == snapshot.licence
        assert row["address"] == snapshot.address
        assert row["transcribed"] == str(snapshot.transcribed).lower()
        derived = snapshot.kind == "derived"
        assert row["sha256"] == ("" if derived else snapshot.sha256)
        assert row["parents"].split() == (snapshot.query["parents"] if derived else [])
    assert {(r["indicator"], r["kind"]) for r in tables["gaps"]} == {
        (g.indicator, g.kind) for g in kainuu.gaps
    }
    assert {r["id"] for r in tables["indicators"]} == set(kainuu.indicators)
    caveats = sum(len(i.caveats) for i in kainuu.indicators.values())
    assert len(tables["notes"]) == caveats + len(kainuu.breaks)


# --- Parquet ----------------------------------------------------------------------------------


def test_parquet_is_the_csv(files, tables):
    read_back = pq.read_table(io.BytesIO(files["observations.parquet"]))
    rows = tables["observations"]
    assert read_back.column_names == list(rows[0])
    for name in read_back.column_names:
        column = read_back.column(name)
        if name == "value":
            expected = [float(r[name]) if r[name] else None for r in rows]
        else:
            assert str(column.type).startswith("dictionary<values=string")
            expected = [r[name] or None for r in rows]
        assert column.to_pylist() == expected, name


def test_parquet_says_no_time_and_is_the_one_table(kainuu, files):
    file = pq.ParquetFile(io.BytesIO(files["observations.parquet"]))
    said = {k.decode(): v.decode() for k, v in file.schema_arrow.metadata.items()}
    assert said == {"region": "MK18", "as_of": kainuu.as_of}
    frame = pd.read_parquet(io.BytesIO(files["observations.parquet"]))
    assert list(frame.columns) == list(table.COLUMNS)
    pd.testing.assert_frame_equal(
        table.make(frame).astype(object), frame.astype(object), check_dtype=False
    )
    assert isinstance(frame["indicator"].dtype, pd.CategoricalDtype)


# --- JSON-stat --------------------------------------------------------------------------------


def cubes(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {
        n.removeprefix("cubes/").removesuffix(".json"): content
        for n, content in files.items()
        if n.startswith("cubes/")
    }


def test_every_cube_reads_back_to_the_same_figures(kainuu, files):
    expected = figures_of(kainuu)
    seen = 0
    for name, content in cubes(files).items():
        frame, info = tilannekuva.read_jsonstat(content, info=True)
        assert info.time == "period"
        assert info.languages == ("fi",)
        assert info.roles == {"metric": ("indicator",), "geo": ("region",), "time": ("period",)}
        assert list(frame.columns[:4]) == list(KEY)
        keys = zip(*(frame[k].astype(str) for k in KEY), strict=True)
        for key, value, status in zip(keys, frame["value"], frame["status"], strict=True):
            known = expected.get(key)
            assert key[0] == name
            if known is None:
                assert math.isnan(value)
                assert status == "not_available"
            else:
                seen += 1
                assert (None if math.isnan(value) else value, status) == known[:2]
    assert seen == len(expected)


def test_cubes_follow_the_standard(kainuu, files):
    ways = set()
    for name, content in cubes(files).items():
        cube = json.loads(content)
        assert validate_jsonstat(cube)
        assert (cube["version"], cube["class"]) == ("2.0", "dataset")
        assert cube["source"]
        cells = math.prod(cube["size"])
        values, statuses = cube["value"], cube.get("status", {})
        ways.add(type(values))
        assert isinstance(values, dict) or len(values) == cells
        other = (
            [values.get(str(n)) for n in range(cells)]
            if isinstance(values, dict)
            else {str(n): v for n, v in enumerate(values) if v is not None}
        )
        assert len(json.dumps(values, separators=(",", ":"))) <= 3 + len(
            json.dumps(other, separators=(",", ":"))
        )
        assert set(statuses.values()) <= set(STATUSES) - {"final"}
        assert set(statuses.values()) <= set(cube["extension"]["status"]["label"])
        assert set(cube["extension"]["snapshots"]) <= set(kainuu.snapshots)
        assert cube["extension"]["licences"]
        assert all(cube["extension"]["licences"].values())
        for dimension in cube["dimension"].values():
            category = dimension["category"]
            assert set(category["index"]) == set(category["label"])
        unit = cube["dimension"]["indicator"]["category"]["unit"][name]
        assert unit["decimals"] == kainuu.indicators[name].decimals
        for caveat in kainuu.indicators[name].caveats:
            assert caveat.fi in cube["note"]
    assert ways == {list, dict}


def test_pyjstat_reads_the_same(kainuu, files):
    expected = figures_of(kainuu)
    asked = {i for n, i in enumerate(kainuu.findings) if n % 12 == 0} | set(ODD)
    for name in sorted(asked & set(cubes(files))):
        dataset = pyjstat.Dataset.read(cubes(files)[name].decode())
        frame = dataset.write("dataframe", naming="id")
        found = {
            key: value
            for *key_parts, value in frame[[*KEY, "value"]].itertuples(index=False)
            if not pd.isna(value) and (key := tuple(key_parts))
        }
        mine = {k: v[0] for k, v in expected.items() if k[0] == name and v[0] is not None}
        assert found == mine, name


# --- words ------------------------------------------------------------------------------------


def test_the_readme_says_what_matters_in_three_languages(kainuu, files):
    text = files["README.md"].decode()
    for lang in LANGUAGES:
        assert words.message("page.notice", lang) in text
        assert words.message("package.readme.missing", lang) in text
        assert words.date(kainuu.as_of, lang) in text
    assert text.count("CC BY 4.0") >= 3
    for name in TABLES:
        assert text.count(f"`{name}.csv`:") == 3


# --- other pictures ---------------------------------------------------------------------------


def part_of(picture: Picture, *kept: str) -> Picture:
    findings = {i: f for i, f in picture.findings.items() if i in kept}
    return picture.model_copy(update={"findings": findings})


def test_pictures_of_other_regions_hold_together(real_pictures):
    for code in ("MK21", "MK06"):
        picture = part_of(real_pictures[code], *ODD)
        made = package.files(picture)
        found = {n: read(made[f"{n}.csv"]) for n in TABLES}
        assert len(found["observations"]) == len(figures_of(picture))
        test_foreign_keys_resolve(json.loads(made["datapackage.json"]), found)
        assert json.loads(made["datapackage.json"])["name"].isascii()


def test_a_picture_without_findings_is_a_package_all_the_same(kainuu):
    empty = kainuu.model_copy(update={"findings": {}, "snapshots": {}, "gaps": (), "breaks": ()})
    made = package.files(empty)
    assert made["observations.csv"] == b"indicator,region,breakdown,period,value,status,snapshot\n"
    assert pq.read_table(io.BytesIO(made["observations.parquet"])).num_rows == 0
    about = json.loads(made["datapackage.json"])
    assert "licenses" not in about, "the standard wants no empty list"
    assert not cubes(made)


HOSTILE = [
    '=HYPERLINK("https://example.org","x")', "+1+1", "-2+3", "@SUM(A1:A9)", "\t=1", "a\r\nb",
    "NaN", "TRUE", "<b>&amp;\"'</b>", "bell\x07", "]]>", "  spaces  ", "x" * 40_000, "\ud800",
    'quote " comma , line\nnext', "# [a](javascript:x) *b* | `c`", "\u2028", "Infinity",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_text(kainuu, text):
    i = "gdp_pc"
    names = Text.model_construct(fi=text, sv=text, en=text)
    hostile = kainuu.indicators[i].model_copy(update={"names": names, "caveats": ()})
    snapshot = kainuu.findings[i].snapshots[0]
    lying = kainuu.snapshots[snapshot].model_copy(
        update={"title": text, "note": text, "licence": text, "address": f"javascript:{text}"}
    )
    picture = part_of(kainuu, i).model_copy(
        update={
            "indicators": {**kainuu.indicators, i: hostile},
            "snapshots": {**kainuu.snapshots, snapshot: lying},
            "gaps": (Gap(indicator=i, kind="stale", source=text.strip()[:9], table=text),)
            if text != "\ud800"
            else (),
        }
    )
    made = package.files(picture)
    # What UTF-8 and XML cannot hold is left out, as in the workbook; the rest is exact.
    expected = re.sub("[\x07\ud800]", "", text)
    row = next(r for r in read(made["indicators.csv"]) if r["id"] == i)
    assert row["name_fi"] == row["name_en"] == expected
    row = next(r for r in read(made["snapshots.csv"]) if r["id"] == snapshot)
    assert (row["title"], row["note"]) == (expected, expected)
    about = json.loads(made["datapackage.json"])
    for r in about["resources"]:
        assert r["format"] == "parquet" or r["bytes"] == len(made[r["path"]])
    (source,) = (s for s in about["sources"] if s["snapshot"] == snapshot)
    assert "path" not in source, "only the web is linked to"
    assert all(PATH.match(x["path"]) for x in about["licenses"])
    cube = json.loads(made[f"cubes/{i}.json"])
    label = cube["dimension"]["indicator"]["category"]["label"][i]
    assert label == text.replace("\ud800", "")
    frame = tilannekuva.read_jsonstat(made[f"cubes/{i}.json"])
    assert frame["value"].notna().any()
    readme = made["README.md"].decode()
    assert "<b>" not in readme
    assert "<a" not in MarkdownIt().render(readme), "no link of anybody's making"
    assert not [line for line in readme.splitlines() if line.startswith(("=", "# ["))]
