"""The verbs in order: whole or not at all, nothing twice, the old report survives every failure.

The renderers are small stand-ins here; the real ones have their own tests.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from filelock import FileLock

from tilannekuva import fetching, pipeline, publishing, raw, table
from tilannekuva.errors import CatalogueError, DataError, ReportError, SourceError

Store = Any  # tests/conftest.py: SyntheticStore
Renderers = Any  # tests/conftest.py


def whole(folder: Path) -> dict[str, bytes]:
    """Every file but the empty ones that runs take turns by."""
    files = [p for p in folder.rglob("*") if p.is_file() and p.parent.name != raw.WRITING]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def left_over(folder: Path) -> list[str]:
    return [p.name for p in folder.rglob(".*") if p.name != raw.WRITING]


# --- what a build leaves behind -----------------------------------------------------------------


def test_files_lie_where_the_house_lays_them(desk: Path) -> None:
    (built,) = pipeline.build(["kainuu"], lang=["en", "fi"], formats=["html", "xlsx"])
    assert built.fresh
    assert set(whole(desk / "reports")) == {
        "latest", *(f"2023-03-01/kainuu/{n}" for n in (
            "build.json", "picture.json", "kainuu.fi.html", "kainuu.en.html", "kainuu.fi.xlsx",
            "kainuu.en.xlsx", "charts/fi/synthetic.line.svg", "charts/fi/synthetic.line.csv",
            "charts/en/synthetic.line.svg", "charts/en/synthetic.line.csv",
        )),
    }  # fmt: skip
    assert (desk / "reports" / "latest").read_text() == "2023-03-01\n"
    assert {f.name for f in built.files} >= {"picture.json", "kainuu.fi.html"}
    assert all(f.is_file() for f in built.files)
    picture = pipeline.read_picture(desk / "reports/2023-03-01/kainuu/picture.json")
    assert picture.findings["synthetic"].latest.value == 1.5


def test_the_record_names_every_file_by_its_hash(desk: Path) -> None:
    pipeline.build()
    place = desk / "reports/2023-03-01/kainuu"
    record = json.loads((place / "build.json").read_text())
    found = whole(place)
    found.pop("build.json")
    assert record["files"] == {n: hashlib.sha256(b).hexdigest() for n, b in found.items()}


def test_the_same_figures_give_the_same_folder(desk: Path) -> None:
    pipeline.build(out=desk / "one")
    pipeline.build(out=desk / "two")
    assert whole(desk / "one") == whole(desk / "two")


def test_several_regions_get_a_page_that_leads_to_them(desk: Path) -> None:
    built = pipeline.build(["lappi", "kainuu", "MK19"], lang=["fi", "sv"])
    assert [b.region for b in built] == ["MK19", "MK18"]
    place = desk / "reports" / "2023-03-01"
    assert (place / "index.fi.html").read_bytes() == b"fi MK19 MK18"
    assert (place / "index.sv.html").is_file()
    # A run without pages has no page to lead to them.
    pipeline.build(["lappi", "kainuu"], formats=["json"], out=desk / "bare")
    assert not list((desk / "bare").rglob("*.html"))


def test_pngs_come_when_they_are_asked_for(desk: Path) -> None:
    pipeline.build(formats=["png"])
    found = whole(desk / "reports/2023-03-01/kainuu")
    assert "charts/fi/synthetic.line.png" in found
    assert "kainuu.fi.html" not in found


def test_settings_and_arguments_say_where(desk: Path) -> None:
    (desk / "tilannekuva.toml").write_text(
        (desk / "tilannekuva.toml").read_text() + 'out = "elsewhere"\n'
    )
    pipeline.build()
    assert (desk / "elsewhere" / "latest").is_file()
    pipeline.build(out=desk / "told")
    assert (desk / "told" / "latest").is_file()
    assert not (desk / "reports").exists()


def test_an_earlier_day_is_an_edition_of_its_own(desk: Path, synthetic_store: Store) -> None:
    synthetic_store.add("region,time,value\nMK18,2023,9.5\n", published_on="2024-03-01")
    pipeline.build(as_of="2023-06-01")
    old = pipeline.read_picture(desk / "reports/2023-06-01/kainuu/picture.json")
    pipeline.build()
    new = pipeline.read_picture(desk / "reports/2024-03-01/kainuu/picture.json")
    assert (old.findings["synthetic"].latest.value, new.findings["synthetic"].latest.value) == (
        1.5,
        9.5,
    )
    assert (desk / "reports" / "latest").read_text() == "2024-03-01\n"


@pytest.mark.slow
def test_the_real_reports_can_be_made_of_one_figure(real_desk: Path) -> None:
    """End to end, in every language and format, from a store that has next to nothing."""
    (built,) = pipeline.build(lang=["fi", "sv", "en"], formats=["all"])
    found = whole(real_desk / "reports/2023-03-01/kainuu")
    for lang in ("fi", "sv", "en"):
        assert found[f"kainuu.{lang}.html"].startswith(b"<!DOCTYPE html>")
        assert found[f"kainuu.{lang}.xlsx"].startswith(b"PK")
        for name in ("kainuu.fi.html", "kainuu.sv.html", "kainuu.en.html"):
            assert name.encode() in found[f"kainuu.{lang}.html"], "the switch of languages"
    assert {f.suffix for f in built.files} >= {".html", ".xlsx", ".json"}
    again = pipeline.build(lang=["fi", "sv", "en"], formats=["all"], out=real_desk / "again")
    assert whole(again[0].folder) == found


# --- a second run -------------------------------------------------------------------------------


def test_a_second_run_with_nothing_new_makes_nothing(desk: Path, renderers: Renderers) -> None:
    pipeline.build(lang=["fi"])
    before, made = whole(desk / "reports"), list(renderers.made)
    (built,) = pipeline.build(lang=["fi"])
    assert not built.fresh
    assert renderers.made == made
    assert whole(desk / "reports") == before
    assert {f.name for f in built.files} >= {"picture.json", "kainuu.fi.html"}


@pytest.mark.parametrize(
    "what", ["a figure", "a description", "a report", "a file less", "the record"]
)
def test_anything_new_is_seen(desk: Path, synthetic_store: Store, what: str) -> None:
    pipeline.build()
    place = desk / "reports/2023-03-01/kainuu"
    good = whole(place)
    if what == "a figure":
        synthetic_store.add("region,time,value\nMK18,2022,9.9\n", published_on="2023-03-01")
    elif what == "a description":
        described = (desk / "mine/own.toml").read_text()
        (desk / "mine/own.toml").write_text(described.replace('en = "synthetic"', 'en = "other"'))
    elif what == "a report":
        (place / "kainuu.fi.html").write_text("edited by hand")
    elif what == "a file less":
        (place / "kainuu.fi.html").unlink()
    else:
        (place / "build.json").write_text('{"files": {}}')
    (built,) = pipeline.build()
    assert built.fresh
    if what in ("a report", "a file less", "the record"):
        assert whole(place) == good


def test_what_people_edited_or_added_is_not_lost(desk: Path, synthetic_store: Store) -> None:
    pipeline.build(formats=["html", "xlsx"])
    place = desk / "reports/2023-03-01/kainuu"
    made = (place / "kainuu.fi.xlsx").read_bytes()
    (place / "notes").mkdir()
    (place / "notes/own.docx").write_bytes(b"own")
    for n, names in ((1, ["edited"]), (2, ["edited", "edited-2"])):
        (place / "kainuu.fi.xlsx").write_bytes(b"edited %d" % n)
        (place / "kainuu.fi.html").write_text("edited by hand")
        pipeline.build(formats=["html", "xlsx"])
        found = whole(place)
        assert found["notes/own.docx"] == b"own"
        assert found["kainuu.fi.xlsx"] == made
        assert found["kainuu.fi.html"] != b"edited by hand", "a page is made, not edited"
        assert {found[f"kainuu.fi.{x}.xlsx"] for x in names} == {
            b"edited %d" % i for i in range(1, n + 1)
        }
        assert not {"notes/own.docx", "kainuu.fi.edited.xlsx"} & set(
            json.loads(found["build.json"])["files"]
        )
    (built,) = pipeline.build(formats=["html", "xlsx"])
    assert not built.fresh, "what people keep there is no reason to make anything again"


def test_a_language_added_later_keeps_the_earlier_ones(desk: Path, renderers: Renderers) -> None:
    pipeline.build(lang=["fi"], formats=["html"])
    pipeline.build(lang=["en"], formats=["html", "xlsx"])
    names = set(whole(desk / "reports/2023-03-01/kainuu"))
    assert {"kainuu.fi.html", "kainuu.en.html", "kainuu.fi.xlsx", "kainuu.en.xlsx"} <= names
    # And every page has both in its switch.
    assert renderers.languages[-2:] == [("fi", "en"), ("fi", "en")]
    (built,) = pipeline.build(lang=["fi", "en"], formats=["xlsx"])
    assert not built.fresh


def test_a_language_of_an_older_picture_does_not_stay(desk: Path, synthetic_store: Store) -> None:
    pipeline.build(lang=["fi", "sv"])
    synthetic_store.add(
        "region,time,value\nMK18,2022,9.9\n",
        published_on="2023-03-01",
        received_at="2023-03-02T00:00:00Z",
    )
    pipeline.build(lang=["fi"])
    names = set(whole(desk / "reports/2023-03-01/kainuu"))
    assert "kainuu.fi.html" in names
    assert "kainuu.sv.html" not in names


def test_a_damaged_raw_file_is_seen_even_when_nothing_is_new(
    desk: Path, synthetic_store: Store
) -> None:
    pipeline.build()
    before = whole(desk / "reports")
    entry = synthetic_store.lock[0]
    (synthetic_store.folder / entry.file).write_text("region,time,value\nMK18,2022,99\n")
    with pytest.raises(SourceError, match=entry.sha256[:16]):
        pipeline.build()
    with pytest.raises(SourceError, match=entry.file):
        pipeline.build(out=desk / "new")
    assert whole(desk / "reports") == before
    assert not (desk / "new").exists()


# --- wrong use ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"names": ["kainnu"]}, "Kainuu"),
        ({"names": ["kainuu", "atlantis"]}, "atlantis"),
        ({"names": ["Kajaani"]}, "not a region"),
        ({"names": ["MK18@2015"]}, "'MK18@2015' is Kainuu in the division of 2015.*write MK18"),
        ({"names": ["kainuu@2015"]}, "write MK18"),
        ({"lang": ["fi", "fr"]}, "unknown language 'fr'.*known: fi, sv, en"),
        ({"lang": []}, "no language was asked for"),
        ({"formats": ["htlm"]}, "unknown format 'htlm'; did you mean 'html'"),
        ({"formats": ["all", "pdf"]}, "unknown format"),
        ({"as_of": "2023-02-30"}, "not a date"),
        ({"data": "nowhere"}, "no store at 'nowhere'"),
    ],
)
def test_wrong_use_is_one_line_and_leaves_nothing(
    desk: Path, more: dict[str, Any], what: str
) -> None:
    with pytest.raises(CatalogueError, match=what) as caught:
        pipeline.build(**more)
    assert "\n" not in str(caught.value)
    assert not (desk / "reports").exists()


def test_all_formats_by_one_word_and_in_the_house_order() -> None:
    assert pipeline.check_formats(["all"]) == pipeline.FORMATS
    assert pipeline.check_formats(["xlsx", "html"]) == ("html", "xlsx")
    assert pipeline.check_languages(["en", "fi", "en"]) == ("fi", "en")


# --- full and read-only disks -------------------------------------------------------------------


def failing(code: int, at: int = 0) -> Callable[..., Any]:
    """A call that fails with an error of the disk at one turn."""
    turns = iter(range(10**6))

    def wrapped(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            if next(turns) == at:
                raise OSError(code, os.strerror(code))
            return real(*args, **more)

        return call

    return wrapped  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("owner", "call", "code", "at"),
    [
        (Path, "write_bytes", errno.ENOSPC, 0),
        (Path, "write_bytes", errno.ENOSPC, 2),
        (Path, "write_bytes", errno.ENOSPC, 5),
        (tempfile, "mkdtemp", errno.EROFS, 0),
        (Path, "rename", errno.EROFS, 0),
        (Path, "rename", errno.ENOSPC, 1),
        (Path, "chmod", errno.EPERM, 0),
    ],
    ids=lambda x: getattr(x, "__name__", str(x)),
)
def test_whatever_the_disk_does_the_old_report_stays_whole(
    desk: Path,
    synthetic_store: Store,
    monkeypatch: pytest.MonkeyPatch,
    owner: Any,
    call: str,
    code: int,
    at: int,
) -> None:
    pipeline.build()
    before = whole(desk / "reports")
    synthetic_store.add("region,time,value\nMK18,2022,9.9\n", published_on="2023-03-01")
    with monkeypatch.context() as m:
        m.setattr(owner, call, failing(code, at)(getattr(owner, call)))
        with pytest.raises(ReportError, match="cannot be written") as caught:
            pipeline.build()
    assert str(desk.joinpath("reports").name) in str(caught.value)
    assert os.strerror(code) in str(caught.value)
    assert whole(desk / "reports") == before
    assert left_over(desk / "reports") == []
    # With room again the next run makes it.
    (built,) = pipeline.build()
    assert built.fresh


def test_a_report_that_cannot_be_made_leaves_the_old_one(
    desk: Path, renderers: Renderers, synthetic_store: Store
) -> None:
    pipeline.build()
    before = whole(desk / "reports")
    synthetic_store.add("region,time,value\nMK18,2022,9.9\n", published_on="2023-03-01")
    renderers.fail = ReportError("no ink")
    with pytest.raises(ReportError, match="no ink"):
        pipeline.build()
    assert whole(desk / "reports") == before
    assert left_over(desk / "reports") == []


def test_killed_between_the_two_renames_the_old_one_comes_back(desk: Path) -> None:
    pipeline.build()
    place = desk / "reports/2023-03-01/kainuu"
    before = whole(place)
    place.rename(place.with_name(".kainuu.old"))
    (built,) = pipeline.build()
    assert built.fresh
    assert whole(place) == before
    assert left_over(desk / "reports") == []


def test_a_killed_run_s_folder_is_swept_by_the_next(desk: Path) -> None:
    reports = desk / "reports"
    left = [reports / "2023-03-01/.kainuu.a_b1c2d3", reports / "2022-05-05/.kainuu.zzzz9999"]
    others = [reports / "2023-03-01/.lappi.a_b1c2d3", reports / "mine/.kainuu.a_b1c2d3"]
    for folder in (*left, *others):
        folder.mkdir(parents=True)
        (folder / "picture.json").write_text("half")
    pipeline.build()
    assert not any(f.exists() for f in left)
    assert all(f.exists() for f in others), "another region's, or not an edition at all"


def test_a_run_at_the_same_time_does_not_lose_its_folder(
    desk: Path, renderers: Renderers, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = pipeline.compose_to(desk / "p.json", "kainuu")
    made: list[list[Path]] = []
    second = threading.Thread(target=lambda: made.append(pipeline.publish(picture)), daemon=True)

    def render(*args: Any, **more: Any) -> bytes:
        if not renderers.made:
            second.start()
            second.join(0.5)
            assert second.is_alive(), "it waits for its turn"
            assert len(list(Path("reports").rglob(".kainuu.????????"))) == 1
        return bytes(renderers.html(*args, **more))

    monkeypatch.setattr(sys.modules["tilannekuva.reports.html"], "render", render)
    made.append(pipeline.publish(picture))
    second.join(30)
    assert made[0] == made[1]
    assert all(f.is_file() for f in made[0])
    assert left_over(desk / "reports") == []


def test_a_run_that_never_ends_is_not_waited_for_for_ever(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.build()
    before = whole(desk / "reports")
    monkeypatch.setattr(publishing, "_PATIENCE", 0.1)
    picture = pipeline.read_picture(desk / "reports/2023-03-01/kainuu/picture.json")
    with (
        FileLock(desk / "reports" / raw.WRITING / "kainuu"),
        pytest.raises(ReportError, match="another run has been making this report") as caught,
    ):
        pipeline.publish(picture)
    assert "\n" not in str(caught.value)
    assert whole(desk / "reports") == before


def test_a_file_where_the_folder_should_be(desk: Path) -> None:
    (desk / "reports").write_text("not a folder")
    with pytest.raises(ReportError, match="cannot be written"):
        pipeline.build()


# --- the other verbs ----------------------------------------------------------------------------


def test_tidy_gives_every_vintage_and_a_file(desk: Path, synthetic_store: Store) -> None:
    synthetic_store.add("region,time,value\nMK18,2022,1.6\n", published_on="2024")
    rows = pipeline.tidy(out=desk / "deep" / "store.parquet")
    assert len(rows[(rows["region"] == "MK18") & (rows["period"] == "2022")]) == 2
    pd.testing.assert_frame_equal(
        table.read_parquet(desk / "deep/store.parquet", unique=(*table.KEY, "snapshot")), rows
    )


def test_measure_writes_parquet_or_csv(desk: Path) -> None:
    n = pipeline.measure_to(desk / "m.csv")
    found = pd.read_csv(desk / "m.csv")
    assert len(found) == n > 0
    assert list(found.columns) == [*table.COLUMNS, "metric"]
    assert pipeline.measure_to(desk / "m.parquet") == n
    assert (desk / "m.parquet").is_file()


def test_measuring_a_level_without_figures_is_no_empty_file(desk: Path) -> None:
    with pytest.raises(DataError, match=r"0 rows.*'kunta'.*levels that have figures: maakunta$"):
        pipeline.measure_to(desk / "m.csv", level="kunta")
    # The country is what others are compared with.
    with pytest.raises(DataError, match=r"'koko_maa'.*have figures: maakunta$"):
        pipeline.measure_to(desk / "m.csv", level="koko_maa")
    with pytest.raises(CatalogueError, match="not a level of regions"):
        pipeline.measure_to(desk / "m.csv", level="kunnat")
    with pytest.raises(DataError, match="no figure was published by 1990-01-01"):
        pipeline.measure_to(desk / "m.csv", as_of="1990-01-01")
    assert not (desk / "m.csv").exists()


def test_pages_and_workbooks_come_before_charts(desk: Path) -> None:
    picture = pipeline.compose_to(desk / "p.json", "kainuu")
    made = pipeline.publish(picture, lang=["fi", "sv", "en"])
    place = desk / "reports/2023-03-01/kainuu"
    names = [f.relative_to(place.relative_to(desk)).as_posix() for f in made]
    assert names[:7] == [
        *(f"kainuu.{x}.{f}" for x in ("fi", "sv", "en") for f in ("html", "xlsx")),
        "picture.json",
    ]
    assert {n.split("/")[0] for n in names[7:]} == {"charts"}
    # The same whether it was just made or is found as it was.
    fresh, found = (pipeline.build(lang=["fi", "sv", "en"])[0] for _ in range(2))
    assert (fresh.fresh, found.fresh) == (True, False)
    assert [f.name for f in fresh.files] == [f.name for f in found.files]
    assert found.files[6].name == "picture.json"


def test_a_dated_region_is_not_composed_as_today_s(desk: Path) -> None:
    with pytest.raises(CatalogueError, match=r"in the division of 2015.*write MK18"):
        pipeline.compose_to(desk / "p.json", "MK18@2015")
    assert not (desk / "p.json").exists()


def test_compose_and_publish_make_what_build_makes(desk: Path) -> None:
    pipeline.build(out=desk / "built")
    picture = pipeline.compose_to(desk / "p.json", "kainuu")
    again = pipeline.read_picture(desk / "p.json")
    assert again == picture
    files = pipeline.publish(again, out=desk / "published")
    assert {f.name for f in files} >= {"kainuu.fi.html", "kainuu.fi.xlsx", "picture.json"}
    one, two = whole(desk / "built"), whole(desk / "published")
    for folder in (one, two):
        folder.pop("2023-03-01/kainuu/build.json")
    assert one == two


@pytest.mark.parametrize("verb", ["tidy", "measure", "compose"])
def test_a_verb_that_cannot_write_says_where(
    desk: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    target = desk / "out.file"
    target.write_text("old")
    calls: dict[str, Callable[[], object]] = {
        "tidy": lambda: pipeline.tidy(out=target),
        "measure": lambda: pipeline.measure_to(target),
        "compose": lambda: pipeline.compose_to(target, "kainuu"),
    }
    with monkeypatch.context() as m:
        m.setattr(os, "replace", failing(errno.ENOSPC)(os.replace))
        with pytest.raises(ReportError, match=r"out\.file: the report cannot be written"):
            calls[verb]()
    assert target.read_text() == "old"


@pytest.mark.parametrize("content", ["{}", "not json", '{"format": "tilannekuva-picture/0"}'])
def test_a_file_that_is_no_picture_is_wrong_use(tmp_path: Path, content: str) -> None:
    (tmp_path / "p.json").write_text(content)
    with pytest.raises(CatalogueError, match=r"p\.json: not a picture") as caught:
        pipeline.read_picture(tmp_path / "p.json")
    assert "\n" not in str(caught.value)
    with pytest.raises(CatalogueError, match="cannot be read"):
        pipeline.read_picture(tmp_path / "missing.json")


# --- figures of one's own -----------------------------------------------------------------------

OWN = """
source = "metsahallitus"
table = "own"
title = "x"
published_on = "2024"
method = "x"
licence = "x"
"""


@pytest.fixture
def own_file(tmp_path: Path) -> Path:
    (tmp_path / "own.csv").write_text("region,time,value\nMK18,2020,1\n")
    (tmp_path / "own.toml").write_text(OWN)
    return tmp_path / "own.csv"


def test_fetch_makes_a_workspace_and_never_writes_into_the_package(
    own_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    monkeypatch.delenv("TILANNEKUVA_DATA", raising=False)
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    packaged = hashlib.sha256((store / raw.LOCK).read_bytes()).hexdigest()
    entry = pipeline.fetch(own_file)
    assert hashlib.sha256((store / raw.LOCK).read_bytes()).hexdigest() == packaged
    made = raw.read_lock(place / "data" / "raw")
    assert {s.id for s in made} == {entry.id, *(s.id for s in raw.read_lock(store))}
    assert raw.store_path() == Path("data/raw")


def test_bringing_the_same_file_in_again_changes_nothing(
    own_file: Path, synthetic_store: Store, tmp_path: Path
) -> None:
    synthetic_store.add("region,time,value\n")
    pipeline.fetch(own_file, data=synthetic_store.folder)
    before = whole(synthetic_store.folder)
    os.utime(own_file, (10**9, 10**9))
    pipeline.fetch(own_file, data=synthetic_store.folder)
    assert whole(synthetic_store.folder) == before
    # A better description of the same bytes replaces the old one.
    (tmp_path / "own.toml").write_text(OWN.replace('title = "x"', 'title = "y"'))
    pipeline.fetch(own_file, data=synthetic_store.folder)
    assert [s.title for s in synthetic_store.lock if s.table == "own"] == ["y"]


def test_a_full_disk_leaves_the_store_as_it_was(
    own_file: Path, synthetic_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    synthetic_store.add("region,time,value\n")
    before = whole(synthetic_store.folder)
    with monkeypatch.context() as m:
        m.setattr(os, "replace", failing(errno.ENOSPC)(os.replace))
        with pytest.raises(SourceError, match=r"cannot be written .*the store is as it was"):
            pipeline.fetch(own_file, data=synthetic_store.folder)
    assert whole(synthetic_store.folder) == before
    shutil.rmtree(synthetic_store.folder)


# --- what a newcomer tripped over ---------------------------------------------------------------


def test_a_lone_text_is_one_item_and_not_its_letters() -> None:
    assert pipeline.check_languages("fi") == ("fi",)
    assert pipeline.check_formats("html,xlsx") == ("html", "xlsx")


@pytest.mark.parametrize(
    ("month", "value", "said"),
    [("syyskuu", "2779", "not a period"), ("2024-09", "", "no rows")],
)
def test_a_faulty_own_file_is_refused_before_it_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, month: str, value: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = f"Kk,Alue,Luku\n{month},Kainuu,{value}\n" if value else "Kk,Alue,Luku\n"
    Path("oma.csv").write_text(rows, encoding="utf-8")
    Path("oma.toml").write_text(
        'source = "ryhma"\ntable = "oma"\ntitle = "Oma"\npublished_on = "2025"\nmethod = "Käsin."\n'
        'licence = "CC BY 4.0"\n[layout]\ntime = "Kk"\nvalue = "Luku"\nvariables = ["Alue"]\n',
        encoding="utf-8",
    )
    with pytest.raises(SourceError, match=said) as caught:
        pipeline.fetch("oma.csv")
    assert "oma.csv" in str(caught.value)
    assert not Path("data").exists()


@pytest.fixture
def empty_desk(tmp_path: Path, synthetic_store: Store, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a store; the packaged figures are a small synthetic store."""
    synthetic_store.add("region,time,value\nMK18,2022,1.5\n", published_on="2023-03-01")
    monkeypatch.setattr(raw, "packaged_store", lambda: synthetic_store.folder)
    monkeypatch.delenv("TILANNEKUVA_DATA", raising=False)
    place = tmp_path / "empty"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def test_a_new_store_is_never_made_in_silence(
    empty_desk: Path, own_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "fetch", lambda *_, **__: [])
    (empty_desk / "tilannekuva.toml").write_text('contact = "me@example.fi"\n')
    for made in ("own", "services", "again"):
        said: list[str] = []
        if made == "own":
            pipeline.fetch(own_file, data="one", tick=said.append)
            assert said == ["one: made from the packaged figures"]
        else:
            pipeline.fetch(tick=said.append)
            store = Path("data") / "raw"
            first = [f"{store}: made from the packaged figures"]
            assert said == (first if made == "services" else [])


def test_a_fetch_says_when_publishers_cannot_reach_whoever_asks(
    empty_desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "fetch", lambda *_, **__: [])
    said: list[str] = []
    pipeline.fetch(tick=said.append)
    assert "no contact is set" in said[-1]
    assert "tilannekuva.toml" in said[-1]


def test_a_wrong_id_leaves_no_new_store(empty_desk: Path) -> None:
    with pytest.raises(CatalogueError, match="unknown indicator 'gdp_pd'"):
        pipeline.fetch(only=["gdp_pd"])
    assert list(empty_desk.iterdir()) == []


# --- what has changed since last time -----------------------------------------------------------


def test_changes_are_told_from_the_edition_of_an_earlier_year(
    desk: Path, synthetic_store: Store
) -> None:
    pipeline.build()
    synthetic_store.add("region,time,value\nMK18,2022,1.6\n", published_on="2023-06-01")
    (same_year,) = pipeline.build()
    picture = pipeline.read_picture(same_year.folder / "picture.json")
    assert picture.compared_to == "year_before", "a picture of the same year is not last time's"
    synthetic_store.add("region,time,value\nMK18,2023,1.9\n", published_on="2024-03-01")
    (next_year,) = pipeline.build()
    picture = pipeline.read_picture(next_year.folder / "picture.json")
    assert (picture.compared_to, picture.compared_with) == ("edition", "2023-06-01")
    (change,) = picture.changes
    assert (change.kind, change.before_value, change.value) == ("new", 1.6, 1.9)
    assert not pipeline.build()[0].fresh
    # Another one can be named, and then it is made again.
    (named,) = pipeline.build(since="2023-03-01")
    assert named.fresh
    picture = pipeline.read_picture(named.folder / "picture.json")
    assert picture.compared_with == "2023-03-01"
    assert {c.kind for c in picture.changes} == {"new", "revised"}
    with pytest.raises(CatalogueError, match=r"no picture of Kainuu from 2022-01-01.*2023-03-01"):
        pipeline.build(since="2022-01-01")


def test_an_earlier_picture_that_cannot_be_read_is_passed_over_unless_it_was_named(
    desk: Path, synthetic_store: Store
) -> None:
    (built,) = pipeline.build()
    (built.folder / "picture.json").write_text("{}")
    synthetic_store.add("region,time,value\nMK18,2023,1.9\n", published_on="2024-03-01")
    said: list[str] = []
    (made,) = pipeline.build(tick=said.append)
    assert any("told from a year before" in x for x in said)
    assert pipeline.read_picture(made.folder / "picture.json").compared_to == "year_before"
    with pytest.raises(CatalogueError, match="not a picture"):
        pipeline.build(since="2023-03-01")
