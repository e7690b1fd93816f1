"""The local SDMX interface of Eurostat does what the publisher is known to do, and its queue.

A published client that knows nothing of this project reads the same answers.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import requests
from eurostat import eurostat as published
from services.eurostat import Eurostat, every_flag, synthetic

CODE = "synth_10r_3gdp"
SDMX = f"/sdmx/2.1/data/{CODE}"
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
QUEUED = f"{SOAP}Body/{{http://estat.ec.europa.eu/disschain/soap/extraction}}syncResponse/queued/id"


@pytest.fixture
def eurostat() -> Iterator[Eurostat]:
    with Eurostat([synthetic(), every_flag()]) as service:
        yield service


def ask(service: Eurostat, path: str, *params: tuple[str, object]) -> requests.Response:
    return requests.get(service.base + path, params=list(params), timeout=5)


def cells(service: Eurostat, code: str = CODE) -> dict[tuple[str, ...], float]:
    return dict(service.cubes[code].values)


# --- SDMX ---------------------------------------------------------------------------------------


def test_tsv_is_written_to_the_byte(eurostat: Eurostat) -> None:
    answer = ask(eurostat, "/sdmx/2.1/data/SYNTH_FLAGS/A.RT.FI1D8", ("format", "TSV"))
    years = "".join(f"\t{y} " for y in range(2018, 2026))
    row = "\t".join(["123.40 ", "5.00 bep", "0n ", ": c", ": @C", "7.25 p@C", ": ", ": "])
    assert answer.content.decode() == (
        f"freq,unit,geo\\TIME_PERIOD{years}\r\nA,RT,FI1D8\t{row}\r\n"
    )
    eurostat.line = "\n"
    assert b"\r" not in ask(eurostat, SDMX, ("format", "TSV")).content


def test_tsv_looks_like_recorded_files(eurostat: Eurostat, shared: Path) -> None:
    ours = ask(eurostat, SDMX, ("format", "TSV")).content.decode()
    path = shared / "recorded" / "eurostat_tsv" / "edat_lfse_22_tabular.tsv.gz"
    theirs = gzip.decompress(path.read_bytes()).decode()
    head = re.compile(r"freq(,[a-z0-9_]+)+\\TIME_PERIOD(\t\d{4} )+")
    row = re.compile(r"A(,[^,\t]+)+(\t(-?\d+(\.\d+)?|:) [a-z]*)+")
    for text in (ours, theirs):
        first, *rest, last = text.split("\r\n")
        assert head.fullmatch(first)
        assert all(row.fullmatch(r) for r in rest[:200])
        assert last == ""


def test_compressed_means_a_file_that_no_header_unpacks(eurostat: Eurostat) -> None:
    plain = ask(eurostat, SDMX, ("format", "TSV")).content
    answer = ask(eurostat, SDMX, ("format", "TSV"), ("compressed", "true"))
    assert answer.content.startswith(b"\x1f\x8b")
    assert gzip.decompress(answer.content) == plain


def test_keys_have_a_place_for_every_dimension(eurostat: Eurostat) -> None:
    def first_fields(key: str) -> list[str]:
        text = ask(eurostat, SDMX + key, ("format", "TSV")).text
        return [line.split("\t")[0] for line in text.splitlines()[1:]]

    assert first_fields("/A.EUR_HAB+MIO_EUR.FI1D8") == ["A,EUR_HAB,FI1D8", "A,MIO_EUR,FI1D8"]
    assert first_fields("/..FI1D8") == first_fields("/A.EUR_HAB+MIO_EUR.FI1D8")
    # A key of nothing but two dots is a path one level up to many clients, and never arrives.
    assert len(first_fields("/A..")) == len(first_fields("")) == len(first_fields("/")) == 58


@pytest.mark.parametrize(
    ("path", "status", "number", "text"),
    [
        (f"{SDMX}/A.FI1D8", 400, "140", "INVALID_QUERY_NB_FILTERS"),
        (f"{SDMX}/A.EUR_HAB.XX", 400, "150", "not allowed: GEO=XX."),
        ("/sdmx/2.1/data/nope", 404, "100", "DATA_SET:NOPE is not available"),
        ("/sdmx/2.1/data/synth_flags/A.PC.FI", 400, "100", "NO_RESULTS"),
        ("/sdmx/2.1/dataflow/ESTAT/nope/latest", 404, "100", "NOPE (DATA_FLOW:ESTAT,*)"),
    ],
)
def test_faults_are_xml(eurostat: Eurostat, path: str, status: int, number: str, text: str) -> None:
    answer = ask(eurostat, path, ("format", "TSV"))
    assert answer.status_code == status
    fault = ET.fromstring(answer.content)
    assert fault.tag == f"{SOAP}Fault"
    assert fault.findtext("faultcode") == number
    assert text in fault.findtext("faultstring", "")


def test_periods_of_sdmx(eurostat: Eurostat) -> None:
    def periods(*params: tuple[str, object]) -> list[str]:
        text = ask(eurostat, f"{SDMX}/..FI1D8", ("format", "TSV"), *params).text
        return text.splitlines()[0].replace(" ", "").split("\t")[1:]

    assert periods(("startPeriod", 2020), ("endPeriod", 2022)) == ["2020", "2021", "2022"]
    assert periods(("lastNObservations", 1)) == ["2024"]


def test_sdmx_csv_and_json_tell_the_same(eurostat: Eurostat, shared: Path) -> None:
    text = ask(eurostat, SDMX, ("format", "SDMX-CSV")).content.decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert rows[0]["LAST UPDATE"] == "17/09/26 11:00:00"
    keys = ("freq", "unit", "geo", "TIME_PERIOD")
    found = {tuple(r[k] for k in keys): float(r["OBS_VALUE"]) for r in rows if r["OBS_VALUE"]}
    assert found == cells(eurostat)
    assert {r["OBS_FLAG"] for r in rows} == {"", "p", "c"}
    assert "\r\n" in text
    path = shared / "recorded" / "eurostat_sdmxcsv" / "demo_r_pjangrp3_FI_2023_code_and_label.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        theirs = next(csv.reader(handle))
    ours = list(rows[0])
    assert (ours[:3], ours[-4:]) == (theirs[:3], theirs[-4:])
    answer = ask(eurostat, SDMX, ("format", "JSON")).json()
    assert list(answer["value"].values()) == list(cells(eurostat).values())


def test_sdmx_refuses_too_much(eurostat: Eurostat) -> None:
    eurostat.max_rows = 100
    answer = ask(eurostat, SDMX, ("format", "TSV"))
    assert answer.status_code == 413
    assert "<faultcode>413</faultcode><faultstring>EXTRACTION_TOO_BIG" in answer.text


def test_an_answer_may_be_200_and_empty(eurostat: Eurostat) -> None:
    eurostat.empty_next = 1
    answer = ask(eurostat, SDMX, ("format", "TSV"), ("compressed", "true"))
    assert (answer.status_code, answer.content) == (200, b"")
    assert ask(eurostat, SDMX, ("format", "TSV")).content


# --- the queue ----------------------------------------------------------------------------------


def queue(service: Eurostat) -> str:
    service.queue_next = 1
    answer = ask(service, SDMX, ("format", "TSV"), ("compressed", "true"))
    assert answer.status_code == 200
    job = ET.fromstring(answer.content).findtext(QUEUED)
    assert job
    return job


def state(service: Eurostat, job: str) -> str | None:
    spaces = {
        "e": SOAP.strip("{}"),
        "s": "http://estat.ec.europa.eu/disschain/soap/asynchronous",
        "a": "http://estat.ec.europa.eu/disschain/asynchronous",
    }
    root = ET.fromstring(ask(service, f"/1.0/async/status/{job}").content)
    found = root.find("e:Body/s:asyncResponse/a:status", spaces)
    assert found is not None
    assert found.findtext("a:key", None, spaces) == job
    return found.findtext("a:status", None, spaces)


def test_a_queued_request_is_polled_and_fetched(eurostat: Eurostat) -> None:
    job = queue(eurostat)
    assert ask(eurostat, f"/1.0/async/data/{job}").status_code == 404  # too early
    seen = [state(eurostat, job) for _ in range(5)]
    assert seen == ["SUBMITTED", "PROCESSING", "PROCESSING", "AVAILABLE", "AVAILABLE"]
    answer = ask(eurostat, f"/1.0/async/data/{job}")
    plain = ask(eurostat, SDMX, ("format", "TSV")).content
    assert gzip.decompress(answer.content) == plain
    other = ask(eurostat, f"/1.0/async/data/{job}", ("format", "SDMX-CSV"), ("compressed", "false"))
    assert other.text.startswith("DATAFLOW,LAST UPDATE,")


def test_a_queued_request_keeps_the_data_of_its_day(eurostat: Eurostat) -> None:
    eurostat.states = ("AVAILABLE",)
    before = ask(eurostat, SDMX, ("format", "TSV")).content
    job = queue(eurostat)
    eurostat.publish(
        CODE, {("A", "EUR_HAB", "FI", "2024"): 1.0}, updated="2026-12-01T11:00:00+0100"
    )
    assert gzip.decompress(ask(eurostat, f"/1.0/async/data/{job}").content) == before


def test_a_queued_request_may_expire_or_be_unknown(eurostat: Eurostat) -> None:
    eurostat.states = ("PROCESSING", "EXPIRED")
    job = queue(eurostat)
    assert [state(eurostat, job) for _ in range(2)] == ["PROCESSING", "EXPIRED"]
    assert ask(eurostat, f"/1.0/async/data/{job}").status_code == 404
    eurostat.states = ("UNKNOWN_REQUEST",)
    assert state(eurostat, job) == "UNKNOWN_REQUEST"
    assert state(eurostat, "never-asked") == "UNKNOWN_REQUEST"


def test_size_alone_queues_too(eurostat: Eurostat) -> None:
    eurostat.queue_above = 100
    assert b"syncResponse" in ask(eurostat, SDMX, ("format", "TSV")).content
    assert ask(eurostat, f"{SDMX}/..FI1D8", ("format", "TSV")).text.startswith("freq,")


# --- published readers, told nothing but the address --------------------------------------------


@pytest.fixture
def reader(eurostat: Eurostat, monkeypatch: pytest.MonkeyPatch) -> Any:
    uri = published.__Uri__
    bases = dict.fromkeys(uri.BASE_URL, f"{eurostat.base}/sdmx/2.1/")
    queues = dict.fromkeys(uri.BASE_ASYNC_URL, f"{eurostat.base}/1.0/async/")
    monkeypatch.setattr(uri, "BASE_URL", bases)
    monkeypatch.setattr(uri, "BASE_ASYNC_URL", queues)
    return published


def long(frame: pd.DataFrame) -> dict[tuple[str, ...], float]:
    frame = frame.rename(columns={r"geo\TIME_PERIOD": "geo"})
    tidy = frame.melt(["freq", "unit", "geo"], var_name="time").dropna()
    return {tuple(row[:-1]): float(row[-1]) for row in tidy.itertuples(index=False)}


def test_the_published_client_reads_a_whole_dataset(eurostat: Eurostat, reader: Any) -> None:
    assert long(reader.get_data_df(CODE)) == cells(eurostat)


def test_the_published_client_filters_and_reads_flags(eurostat: Eurostat, reader: Any) -> None:
    pars = {"geo": ["FI1D8", "FI"], "unit": "EUR_HAB", "startPeriod": 2023}
    found = long(reader.get_data_df(CODE, filter_pars=pars))
    assert found == {
        k: v
        for k, v in cells(eurostat).items()
        if k[1] == "EUR_HAB" and k[2] in ("FI1D8", "FI") and k[3] >= "2023"
    }
    frame = reader.get_data_df("synth_flags", flags=True, filter_pars={"geo": "FI1D8"})
    row = frame.iloc[0]
    assert (row["2018_value"], row["2018_flag"]) == (123.4, "")
    assert (row["2019_value"], row["2019_flag"]) == (5.0, "bep")
    assert row["2021_flag"] == ": c"
    assert pd.isna(row["2021_value"])


def test_the_published_client_waits_in_the_queue(eurostat: Eurostat, reader: Any) -> None:
    eurostat.queue_next = 1
    assert long(reader.get_data_df(CODE)) == cells(eurostat)
    asked = [a.path for a in eurostat.log if "/async/" in a.path]
    assert [p.split("/")[-2] for p in asked] == ["status"] * 4 + ["data"]
    eurostat.queue_next, eurostat.states = 1, ("PROCESSING", "EXPIRED")
    with pytest.raises(ConnectionError):
        reader.get_data(CODE)


def test_the_published_client_reads_structures(eurostat: Eurostat, reader: Any) -> None:
    assert reader.get_pars(CODE) == ["freq", "unit", "geo"]
    assert reader.get_par_values("synth_flags", "unit") == ["RT"]  # the codes really used
    assert dict(reader.get_dic(CODE, "geo"))["FI1D8"] == "Kainuu"
    assert [d[0] for d in reader.get_dic(CODE)] == ["freq", "unit", "geo"]
    with pytest.raises(ValueError):
        reader.get_pars("nope")
