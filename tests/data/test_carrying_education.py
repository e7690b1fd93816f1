"""The carried figures of education against what was published."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "data"))

from carrying import education  # noqa: E402
from carrying.common import Carried  # noqa: E402

from tilannekuva import raw  # noqa: E402

FOLDER = ROOT.parent / "shared" / "data"
STORE = ROOT / "data" / "raw"

pytestmark = pytest.mark.skipif(
    not (FOLDER / "education").is_dir(),
    reason="the public files that the figures are read from are not beside the project",
)


@pytest.fixture(scope="module")
def carried() -> list[Carried]:
    return education.snapshots(FOLDER)


def cells(carried: list[Carried], table: str) -> dict[tuple[str, str, str], str]:
    (one,) = (c for c in carried if c.snapshot.table == table)
    rows = pd.read_csv(io.BytesIO(one.data), dtype=str, keep_default_na=False)
    keys = zip(rows["alue"], rows["tiedot"], rows["time"], strict=True)
    return dict(zip(keys, rows["value"], strict=True))


def test_shares_of_2016(carried: list[Carried]) -> None:
    found = cells(carried, "vkour/2016")
    assert found == {
        ("MK01", "osuus15", "2016"): "37",
        ("MK02", "osuus15", "2016"): "30",
        ("MK06", "osuus15", "2016"): "32",
        ("MK18", "osuus15", "2016"): "24",
        ("MK21", "osuus15", "2016"): "24",
        ("SSS", "osuus10", "2016"): "71",
    }


def test_measure_of_educational_level_of_2013(carried: list[Carried]) -> None:
    assert cells(carried, "vkour/2013") == {("SSS", "vktm", "2013"): "347"}


def test_shares_of_2023(carried: list[Carried]) -> None:
    found = cells(carried, "vkour/12bs")
    assert (found["SSS", "osuus15", "2023"], found["SSS", "osuus10", "2023"]) == ("33.8", "75.1")
    assert len(found) == 9


def test_again_gives_the_store(carried: list[Carried]) -> None:
    if not (STORE / raw.LOCK).is_file():
        pytest.skip("there is no store yet")
    lock = {s.id: s for s in raw.read_lock(STORE)}
    for one in carried:
        assert lock.get(one.snapshot.id) == one.snapshot, one.snapshot.table
        assert (STORE / one.snapshot.file).read_bytes() == one.data, one.snapshot.table
