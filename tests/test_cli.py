"""The command line: one line for every mistake, and exit codes that mean something."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import tilannekuva
from tilannekuva import cli, fetching, pipeline, raw
from tilannekuva.errors import ReportError

Store = Any  # tests/conftest.py: SyntheticStore
Renderers = Any
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def run(capsys: Capture) -> Callable[..., tuple[int, list[str], list[str]]]:
    """Run a command: exit code, lines of the output, lines of what else was said."""

    def call(*arguments: str) -> tuple[int, list[str], list[str]]:
        code = cli.main(list(arguments))
        out, err = capsys.readouterr()
        return code, out.splitlines(), err.splitlines()

    return call


Run = Callable[..., tuple[int, list[str], list[str]]]


def nothing_was_written(desk: Path) -> bool:
    return {p.name for p in desk.iterdir()} == {"mine", "tilannekuva.toml"}


# --- 0: done ------------------------------------------------------------------------------------


def test_build_prints_where_the_files_are(desk: Path, run: Run) -> None:
    code, out, _ = run("build", "kainuu", "--lang", "fi,sv")
    assert code == 0
    place = "reports/2023-03-01/kainuu/kainuu"
    assert [Path(line).as_posix() for line in out] == [
        f"{place}.fi.html",
        f"{place}.fi.xlsx",
        f"{place}.sv.html",
        f"{place}.sv.xlsx",
    ]
    assert all((desk / line).is_file() for line in out)


def test_the_page_that_leads_to_the_regions_is_printed_first(desk: Path, run: Run) -> None:
    for _ in range(2):  # made, and found as it was
        code, out, _ = run("build", "all", "--lang", "fi,sv")
        assert code == 0
        assert [Path(line).as_posix() for line in out[:2]] == [
            "reports/2023-03-01/index.fi.html",
            "reports/2023-03-01/index.sv.html",
        ]
        assert all((desk / line).is_file() for line in out[:2])
    assert not any("index" in line for line in run("build", "kainuu")[1])
    assert not any("index" in line for line in run("build", "all", "--formats", "json")[1])


def test_kainuu_and_finnish_are_the_defaults(desk: Path, run: Run) -> None:
    code, out, _ = run("build")
    assert code == 0
    assert out == [f"reports/2023-03-01/kainuu/kainuu.fi.{f}" for f in ("html", "xlsx")]


def test_the_settings_change_the_defaults(desk: Path, run: Run) -> None:
    text = (desk / "tilannekuva.toml").read_text()
    (desk / "tilannekuva.toml").write_text(text + 'languages = ["en"]\nformats = ["html"]\n')
    assert run("build")[1] == ["reports/2023-03-01/kainuu/kainuu.en.html"] or run("build")[1][
        -1
    ].endswith("kainuu.en.html")


def test_a_second_run_says_so(desk: Path, run: Run) -> None:
    run("build")
    code, out, err = run("build")
    assert code == 0
    assert out[0] == "reports/2023-03-01/kainuu: nothing new since the last run"
    assert len(out) == 3
    assert err == []


def test_a_picture_alone_names_its_folder(desk: Path, run: Run) -> None:
    assert run("build", "--formats", "json")[:2] == (0, ["reports/2023-03-01/kainuu"])


def test_progress_is_plain_lines_when_nobody_watches(desk: Path, run: Run) -> None:
    _, _, err = run("build", "kainuu", "lappi")
    assert [line.split(" ", 1)[1] for line in err] == [
        "tilannekuva: tidy",
        "tilannekuva: measure",
        "tilannekuva: compose",
        "tilannekuva: publish Kainuu",
        "tilannekuva: publish Lappi",
    ]
    # A log without times does not tell which of two runs was slow.
    assert all(re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z ", line) for line in err)
    assert not any(c in "".join(err) for c in "\r\x1b")


def test_the_five_verbs_are_commands(desk: Path, run: Run, tmp_path: Path) -> None:
    assert run("tidy", "--out", "t.parquet")[:2] == (0, ["3 rows in t.parquet"])
    code, out, _ = run("measure", "--out", "m.csv")
    assert code == 0
    assert out[0].endswith("rows in m.csv")
    assert run("compose", "kainuu", "--out", "p.json")[:2] == (0, ["p.json"])
    code, out, _ = run("publish", "p.json", "--lang", "en", "--formats", "html", "--out", "pub")
    assert (code, out) == (0, ["pub/2023-03-01/kainuu/kainuu.en.html"])
    (tmp_path / "own.csv").write_text("region,time,value\nMK18,2020,1\n")
    (tmp_path / "own.toml").write_text(
        'source = "metsahallitus"\ntable = "own"\ntitle = "x"\npublished_on = "2024"\n'
        'method = "x"\nlicence = "x"\n'
    )
    code, out, _ = run("fetch", str(tmp_path / "own.csv"))
    assert code == 0
    assert out[0].startswith("metsahallitus own: ")
    assert run("verify")[1][0].startswith("2 files agree with ")


def test_the_catalogue_lists_and_searches(desk: Path, run: Run) -> None:
    code, out, _ = run("catalogue")
    assert code == 0
    assert len(out) > 172
    code, out, _ = run("catalogue", "keksitty")
    assert (code, out) == (0, ["synthetic  keksitty (%)"])
    code, out, _ = run("catalogue", "vakiluku", "--lang", "sv")
    assert any(line.startswith("pop_total") and "Folkmängd" in line for line in out)
    assert all("(no figures)" in line for line in out if line.startswith("pop_total"))


def test_help_is_not_a_mistake(run: Run) -> None:
    code, out, err = run("--help")
    assert (code, err) == (0, [])
    for verb in ("build", "catalogue", "fetch", "tidy", "measure", "compose", "publish"):
        assert any(verb in line for line in out), verb


# --- 1: wrong use -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["build", "kainnu"], "did you mean Kainuu (MK18)?"),
        (["build", "Kajaani"], "try 'Kainuu' or 'all'"),
        (["build", "20"], "MK20"),
        (["build", "MK18@2015"], "'MK18@2015' is Kainuu in the division of 2015; pictures are"),
        (["compose", "MK18@2015"], "write MK18."),
        (["build", "kainuu", "all"], "no region is called 'all'"),
        (["build", "--lang", "fr"], "unknown language 'fr'; did you mean 'fi'? known: fi, sv, en"),
        (["build", "--lang", "fi;sv"], "unknown language 'fi;sv'"),
        (["build", "--lang", ""], "no language was asked for"),
        (["build", "--formats", "htlm"], "unknown format 'htlm'; did you mean 'html'?"),
        (["build", "--formats", "odt"], "unknown format 'odt'"),
        (["build", "--as-of", "yesterday"], "'yesterday' is not a date; write it like 2023-11-24"),
        (["build", "--data", "nowhere"], "no store at 'nowhere'"),
        (["compose", "kainnu"], "did you mean Kainuu (MK18)?"),
        (["compose", "kainuu", "--as-of", "soon"], "is not a date"),
        (["measure", "--as-of", "soon"], "is not a date"),
        (["measure", "--level", "maakunnat"], "maakunta"),
        (["catalogue", "gdp_pd"], "unknown indicator 'gdp_pd'; did you mean 'gdp_pc'?"),
        (["catalogue", "qqqqqq"], "unknown indicator 'qqqqqq'"),
        (["catalogue", "--lang", "de"], "unknown language 'de'"),
        (["publish", "missing.json"], "missing.json"),
        (["fetch", "missing.csv"], "missing.toml"),
        (["bild"], "bild"),
        (["build", "--langg", "fi"], "--langg"),
        (["build", "--lang"], "--lang"),
        (["compose", "kainuu", "lappi"], "lappi"),
    ],
)
def test_wrong_use_is_one_line_exit_1_and_nothing_written(
    desk: Path, run: Run, arguments: list[str], what: str
) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (1, [])
    assert len(err) == 1, err
    assert err[0].startswith("tilannekuva: ")
    assert what in err[0]
    assert nothing_was_written(desk)


@pytest.mark.parametrize(
    ("file", "text", "what"),
    [
        ("mine/own.toml", "[synthetic]\nnamess = 1\n", "own.toml: synthetic.namess: unknown key"),
        ("mine/own.toml", "[synthetic\n", "own.toml: not valid TOML"),
        ("tilannekuva.toml", "catalog = 'mine'\n", "did you mean 'catalogue'?"),
        ("tilannekuva.toml", "catalogue = 'nowhere'\n", "nowhere: there is no such folder"),
    ],
)
def test_a_description_that_does_not_fit_is_wrong_use_too(
    desk: Path, run: Run, file: str, text: str, what: str
) -> None:
    (desk / file).write_text(text)
    code, out, err = run("build", "--data", str(desk.parent / "synthetic_store"))
    assert (code, out) == (1, [])
    assert len(err) == 1
    assert what in err[0]
    assert nothing_was_written(desk)


# --- 2: the data --------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["build", "compose", "tidy", "measure", "verify"])
def test_a_damaged_raw_file_is_named_with_its_hash_and_nothing_is_published(
    desk: Path, run: Run, synthetic_store: Store, command: str
) -> None:
    entry = synthetic_store.lock[0]
    (synthetic_store.folder / entry.file).write_text("region,time,value\nMK18,2022,99\n")
    code, out, err = run(command)
    assert (code, out) == (2, [])
    said = err[-1]
    assert entry.file in said
    assert entry.sha256[:16] in said
    assert nothing_was_written(desk)


def test_a_damaged_lock_and_a_missing_file(desk: Path, run: Run, synthetic_store: Store) -> None:
    entry = synthetic_store.lock[0]
    content = (synthetic_store.folder / entry.file).read_bytes()
    (synthetic_store.folder / entry.file).unlink()
    code, _, err = run("build")
    assert (code, len(err)) == (2, 1)
    assert entry.file in err[0]
    (synthetic_store.folder / entry.file).write_bytes(content)
    (synthetic_store.folder / "lock.json").write_text("{")
    code, _, err = run("build")
    assert (code, len(err)) == (2, 1)
    assert "lock.json" in err[0]
    assert nothing_was_written(desk)


def test_a_level_without_figures_is_said_and_not_written(desk: Path, run: Run) -> None:
    code, out, err = run("measure", "--level", "kunta", "--out", "m.csv")
    assert (code, out) == (2, [])
    assert err == [
        "tilannekuva: 0 rows: the level 'kunta' has nothing to measure, and nothing was written; "
        "levels that have figures: maakunta"
    ]
    assert nothing_was_written(desk)


def test_an_unseen_code_names_the_table(desk: Path, run: Run, synthetic_store: Store) -> None:
    synthetic_store.add("region,time,value\nMK77,2022,1\n", published_on="2023-04-01")
    code, out, err = run("build")
    assert (code, out) == (2, [])
    assert "statfin t (indicator synthetic" in err[-1]
    assert "'MK77'" in err[-1]
    assert nothing_was_written(desk) or not any((desk / "reports").rglob("*.html"))


def test_nothing_by_that_day_is_a_matter_of_the_data(desk: Path, run: Run) -> None:
    code, out, err = run("build", "--as-of", "1990-01-01")
    assert (code, out) == (2, [])
    assert "no figure was published by 1990-01-01" in err[-1]


# --- 3: the report ------------------------------------------------------------------------------


def test_a_report_problem_is_3(desk: Path, run: Run, renderers: Renderers) -> None:
    renderers.fail = ReportError("no ink")
    code, out, err = run("build")
    assert (code, out) == (3, [])
    assert err[-1] == "tilannekuva: no ink"


def test_a_full_disk_is_3_and_the_old_report_stays(
    desk: Path, run: Run, synthetic_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("build")
    page = desk / "reports/2023-03-01/kainuu/kainuu.fi.html"
    before = page.read_bytes()
    synthetic_store.add("region,time,value\nMK18,2022,9\n", published_on="2023-03-01")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as m:
        m.setattr(Path, "write_bytes", full)
        code, out, err = run("build")
    assert (code, out) == (3, [])
    assert "No space left on device" in err[-1]
    assert "the old one stays" in err[-1]
    assert page.read_bytes() == before


@pytest.mark.parametrize("command", [["tidy"], ["measure"], ["compose"]])
def test_a_place_that_cannot_be_written_is_3(desk: Path, run: Run, command: list[str]) -> None:
    (desk / "file").write_text("")
    code, out, err = run(*command, "--out", "file/below.json")
    assert (code, out) == (3, [])
    assert "file/below.json: the report cannot be written" in err[-1].replace("\\", "/")


def test_an_interrupt_says_that_nothing_is_half_written(
    desk: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "build", interrupted)
    code, _, err = run("build")
    assert code == 130
    assert err == ["tilannekuva: interrupted; nothing was half-written"]


@pytest.mark.parametrize(("given", "code"), [(2, 1), (0, 0), (3, 3), (None, 0)])
def test_the_2_of_command_line_habit_is_1_here(
    monkeypatch: pytest.MonkeyPatch, given: int | None, code: int
) -> None:
    monkeypatch.setattr(cli, "app", lambda *_, **__: given)
    assert cli.main([]) == code


def test_an_unexpected_error_is_one_line_and_3(
    desk: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(pipeline, "build", broken)
    code, _, err = run("build")
    assert code == 3
    assert len(err) == 1
    assert "unexpected ZeroDivisionError: division by zero" in err[0]
    with pytest.raises(ZeroDivisionError):
        run("--debug", "build")


def test_the_version_is_said(run: Run) -> None:
    assert run("--version")[:2] == (0, [f"tilannekuva {tilannekuva.__version__}"])


def test_the_same_file_a_second_time_is_no_news(desk: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("region,time,value\nMK18,2020,1\n")
    (tmp_path / "own.toml").write_text(
        'source = "metsahallitus"\ntable = "own"\ntitle = "x"\npublished_on = "2024"\n'
        'method = "x"\nlicence = "x"\n'
    )
    run("fetch", str(tmp_path / "own.csv"))
    _, out, _ = run("fetch", str(tmp_path / "own.csv"))
    assert out == ["metsahallitus own: nothing changed, the same bytes are there"]


def test_a_store_that_a_fetch_makes_is_said(
    run: Run, tmp_path: Path, synthetic_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    synthetic_store.add("region,time,value\nMK18,2022,1.5\n", published_on="2023-03-01")
    monkeypatch.setattr(raw, "packaged_store", lambda: synthetic_store.folder)
    monkeypatch.setattr(fetching, "fetch", lambda *_, **__: [])
    monkeypatch.delenv("TILANNEKUVA_DATA", raising=False)
    (tmp_path / "own.csv").write_text("region,time,value\nMK18,2020,1\n")
    (tmp_path / "own.toml").write_text(
        'source = "metsahallitus"\ntable = "own"\ntitle = "x"\npublished_on = "2024"\n'
        'method = "x"\nlicence = "x"\n'
    )
    for name, more in (("services", []), ("own", [str(tmp_path / "own.csv")])):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        code, out, _ = run("fetch", *more)
        assert code == 0
        assert out[0] == f"{Path('data') / 'raw'}: made from the packaged figures"
        assert not any("made from" in line for line in run("fetch", *more)[1])
    # A folder that was named is made as well.
    code, out, _ = run("fetch", str(tmp_path / "own.csv"), "--data", "mine")
    assert (code, out[0]) == (0, "mine: made from the packaged figures")
    assert out[1].startswith("metsahallitus own: metsahallitus")


# --- as a process -------------------------------------------------------------------------------


def process(*command: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, timeout=120, **more
    )


def test_the_module_is_the_command(desk: Path) -> None:
    made = process("-m", "tilannekuva", "build", "kainnu")
    assert made.returncode == 1
    assert made.stderr == "tilannekuva: no region is called 'kainnu'; did you mean Kainuu (MK18)?\n"
    assert made.stdout == ""
    script = Path(sys.executable).with_name("tilannekuva")
    if script.is_file():
        same = subprocess.run(
            [script, "build", "kainnu"], capture_output=True, text=True, check=False
        )
        assert (same.returncode, same.stderr) == (made.returncode, made.stderr)


def test_a_reader_who_has_seen_enough_is_no_error(desk: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        made = subprocess.run(
            [sys.executable, "-m", "tilannekuva", "catalogue"],
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(write)
    assert made.stderr == ""
    assert made.returncode == 0


# --- the experts' form --------------------------------------------------------------------------


@pytest.mark.slow
def test_a_form_is_made_filled_and_read_back(real_desk: Path, run: Run) -> None:
    code, out, _ = run("form", "kainuu", "--lang", "sv")
    assert (code, out) == (0, ["kainuu.arvio.sv.xlsx"])
    file = real_desk / out[0]
    code, _, err = run("form", "--lang", "sv")
    assert code == 3
    assert "is there already and may be filled in" in err[0]
    assert run("form", "--read", file.name)[0] == 1, "nothing is filled in yet"
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    row = next(r for r in sheet.iter_rows(min_row=11) if r[0].value == "growth")
    for cell, value in zip(row[3:], ("+", None, "−−", "skäl", "roll"), strict=True):
        cell.value = value
    book.save(file)
    code, out, _ = run("form", "--read", file.name)
    assert (code, Path(out[0])) == (0, real_desk / "assessments/kainuu/2023-03-01.toml")
    text = (real_desk / out[0]).read_text(encoding="utf-8")
    assert 'now = "+"' in text
    assert 'in_12_months = "--"' in text
    assert run("form", "kainuu", "lappi")[0] == 1
    assert run("form", "--read")[0] == 1
