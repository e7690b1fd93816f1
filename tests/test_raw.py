"""The store: bytes are written once, named by hash, and never pass for others."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tilannekuva import raw
from tilannekuva.errors import CatalogueError, SourceError
from tilannekuva.model import Snapshot


def snapshot(data: bytes = b"a,value,time\n", **more: Any) -> tuple[Snapshot, bytes]:
    sha = hashlib.sha256(data).hexdigest()
    given = {
        "id": sha[:16], "kind": "received", "sha256": sha, "file": f"statfin/t/{sha[:16]}.csv",
        "bytes": len(data), "source": "statfin", "table": "t", "title": "synthetic",
        "vintage": "2023", "published_on": "2023", "address": "", "licence": "CC BY 4.0", **more,
    }  # fmt: skip
    return Snapshot(**given), data


def whole(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A store of two synthetic entries."""
    store = tmp_path / "store"
    raw.add(store, [snapshot(b"one"), snapshot(b"two", published_on="2024-03", table="u")])
    return store


# --- writing ------------------------------------------------------------------------------------


def test_what_was_added_is_read_back(place: Path) -> None:
    one, two = raw.read_lock(place)
    assert raw.read_bytes(place, one) == b"one"
    assert raw.read_bytes(place, two) == b"two"
    assert raw.verify(place) == 2


def test_adding_the_same_again_writes_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("something was written")

    monkeypatch.setattr(raw, "write_atomically", refuse)
    raw.add(place, [snapshot(b"one")])


def test_bytes_that_came_before_keep_the_time_they_came_at(place: Path) -> None:
    raw.add(place, [snapshot(b"three", received_at="2024-01-01T00:00:00Z")])
    before = whole(place)
    raw.add(place, [snapshot(b"three", received_at="2025-06-06T00:00:00Z")])
    assert whole(place) == before


def test_a_new_answer_stands_beside_the_old_one(place: Path) -> None:
    before = whole(place)
    raw.add(place, [snapshot(b"one, revised", published_on="2025")])
    after = whole(place)
    assert {k: after[k] for k in before if k != raw.LOCK} == {
        k: v for k, v in before.items() if k != raw.LOCK
    }
    assert [s.published_on for s in raw.read_lock(place) if s.table == "t"] == ["2023", "2025"]


def test_the_lock_does_not_hang_on_the_order_of_arrival(tmp_path: Path) -> None:
    entries = [snapshot(b"one"), snapshot(b"two"), snapshot(b"three", table="a")]
    raw.add(tmp_path / "x", entries)
    raw.add(tmp_path / "y", entries[:1])
    raw.add(tmp_path / "y", entries[:0:-1])
    assert whole(tmp_path / "x") == whole(tmp_path / "y")


def test_an_entry_that_does_not_describe_its_bytes_is_refused(place: Path) -> None:
    before = whole(place)
    entry, _ = snapshot(b"three")
    with pytest.raises(SourceError, match="does not describe these bytes"):
        raw.add(place, [(entry, b"four")])
    assert whole(place) == before


def test_the_same_bytes_cannot_stand_for_two_tables(place: Path) -> None:
    """Their id would be one, and a figure could not be traced to its table."""
    before = whole(place)
    with pytest.raises(SourceError, match="stand for two entries, statfin t and statfin other"):
        raw.add(place, [snapshot(b"one", table="other", file="statfin/other/x.csv")])
    assert whole(place) == before


# --- reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize("edited", [b"One", b"", b"one "])
def test_an_edited_file_is_named_with_both_hashes(place: Path, edited: bytes) -> None:
    entry = next(s for s in raw.read_lock(place) if s.table == "t")
    (place / entry.file).write_bytes(edited)
    with pytest.raises(SourceError) as caught:
        raw.verify(place)
    message = str(caught.value)
    assert str(place / entry.file) in message
    assert entry.sha256[:16] in message
    assert hashlib.sha256(edited).hexdigest()[:16] in message


def test_a_missing_file_is_named(place: Path) -> None:
    entry = raw.read_lock(place)[0]
    (place / entry.file).unlink()
    with pytest.raises(SourceError, match=entry.file.rsplit("/", 1)[-1]):
        raw.verify(place)


def test_fetching_again_heals_a_damaged_file(place: Path) -> None:
    """The message tells people to fetch again, so that has to help."""
    entry = next(s for s in raw.read_lock(place) if s.table == "t")
    (place / entry.file).write_bytes(b"damaged")
    raw.add(place, [snapshot(b"one")])
    assert raw.verify(place) == 2


def test_killed_between_file_and_lock_leaves_a_store_that_verifies(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as m:
        m.setattr(raw, "write_lock", killed)
        with pytest.raises(KeyboardInterrupt):
            raw.add(place, [snapshot(b"three")])
    assert raw.verify(place) == 2
    raw.add(place, [snapshot(b"three")])
    assert raw.verify(place) == 3


@pytest.mark.parametrize(
    ("code", "call"),
    [(errno.ENOSPC, "replace"), (errno.EROFS, "replace"), (errno.ENOSPC, "fdopen")],
)
def test_a_full_or_read_only_disk_leaves_the_old_store_whole(
    place: Path, monkeypatch: pytest.MonkeyPatch, code: int, call: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    before = whole(place)
    with monkeypatch.context() as m:
        m.setattr(os, call, full)
        with pytest.raises(OSError, match=os.strerror(code)):
            raw.add(place, [snapshot(b"three")])
    assert whole(place) == before
    assert raw.verify(place) == 2


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ("{}", "cannot be read"),
        ('{"snapshots": [{"id": "a"}]}', "does not fit at 'kind'"),
        ('{"snapshots": 3}', "cannot be read"),
    ],
)
def test_a_damaged_lock_is_named_with_what_to_do(place: Path, text: str, what: str) -> None:
    (place / raw.LOCK).write_text(text)
    with pytest.raises(SourceError, match=what) as caught:
        raw.read_lock(place)
    assert raw.LOCK in str(caught.value)
    assert "version control" in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("published_on", "2023-02-30", "not a date of the calendar"),
        ("published_on", "2023-13", "not a date of the calendar"),
        ("published_on", "21.11.2023", "pattern"),
        ("colour", "blue", "Extra inputs"),
    ],
)
def test_a_lock_entry_edited_by_hand_is_refused_by_key(
    place: Path, key: str, value: str, what: str
) -> None:
    content = json.loads((place / raw.LOCK).read_text())
    content["snapshots"][0][key] = value
    (place / raw.LOCK).write_text(json.dumps(content))
    with pytest.raises(SourceError, match=what) as caught:
        raw.read_lock(place)
    assert f"'{key}'" in str(caught.value)


def test_a_lock_that_is_a_folder_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / raw.LOCK).mkdir()
    with pytest.raises(SourceError, match=raw.LOCK):
        raw.read_lock(tmp_path)


# --- which store --------------------------------------------------------------------------------


def a_store(folder: Path) -> Path:
    raw.add(folder, [snapshot(folder.name.encode())])
    return folder


def test_the_store_is_looked_for_in_the_order_of_the_house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = tmp_path / "project" / "deep"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    monkeypatch.delenv("TILANNEKUVA_DATA", raising=False)
    assert raw.store_path() == raw.packaged_store()

    a_store(below / "data" / "raw")
    assert raw.store_path().resolve() == (below / "data" / "raw").resolve()

    configured = a_store(tmp_path / "project" / "configured")
    (tmp_path / "project" / "tilannekuva.toml").write_text('data = "configured"\n')
    assert raw.store_path().resolve() == configured.resolve()

    monkeypatch.setenv("TILANNEKUVA_DATA", str(a_store(tmp_path / "environment")))
    assert raw.store_path() == tmp_path / "environment"

    assert raw.store_path(a_store(tmp_path / "argument")) == tmp_path / "argument"


def test_a_named_place_without_a_lock_is_wrong_use_and_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    a_store(tmp_path / "data" / "raw")
    with pytest.raises(CatalogueError, match="nowhere"):
        raw.store_path("nowhere")
    monkeypatch.setenv("TILANNEKUVA_DATA", "nowhere")
    with pytest.raises(CatalogueError, match="nowhere"):
        raw.store_path()


# --- the edition --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "edition"),
    [
        (["2022-05-05", "2023-11-21"], "2023-11-21"),
        (["2023", "2023-11-21"], "2023-11-21"),
        (["2024-02", "2024-02-10"], "2024-02-10"),
        (["2023-11-21", "2024"], "2024-01-01"),
    ],
)
def test_the_edition_is_the_newest_publication_and_never_the_clock(
    dates: list[str], edition: str
) -> None:
    entries = [snapshot(d.encode(), published_on=d)[0] for d in dates]
    assert raw.edition_date(entries) == edition
    assert raw.edition_date(entries[::-1]) == edition


def test_an_empty_store_has_no_edition() -> None:
    with pytest.raises(SourceError, match="empty"):
        raw.edition_date([])
