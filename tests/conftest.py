"""What several tests need: the real store once, small synthetic stores, the folder beside ours."""

from __future__ import annotations

import hashlib
import sys
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import settings

import tilannekuva
from tilannekuva import indicators, observing, pictures, raw, regions, table, tidying
from tilannekuva import reports as reports_package
from tilannekuva.indicators import Catalogue
from tilannekuva.model import Indicator, KeyFigures, Picture, Query, Snapshot
from tilannekuva.observing import Observed
from tilannekuva.tidying import Tidied

# The same examples on every run, and no clock: a loaded machine must not fail a property.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public material beside the project."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the material beside the project is not at hand: ../shared")
    return folder


# --- the real figures, read once ----------------------------------------------------------------


@pytest.fixture(scope="session")
def store() -> Path:
    """The store that ships with the package."""
    place = raw.packaged_store()
    if not (place / raw.LOCK).is_file():
        pytest.skip("there is no store of figures; python data/carry.py makes it")
    return place


@pytest.fixture(scope="session")
def lock(store: Path) -> tuple[Snapshot, ...]:
    return raw.read_lock(store)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return indicators.load()


@pytest.fixture(scope="session")
def tidied(catalogue: Catalogue, store: Path, lock: tuple[Snapshot, ...]) -> Tidied:
    return tidying.tidy(catalogue, store, lock)


@pytest.fixture(scope="session")
def observed(tidied: Tidied, catalogue: Catalogue, lock: tuple[Snapshot, ...]) -> Observed:
    return observing.observe(tidied, catalogue, lock)


@pytest.fixture(scope="session")
def real_pictures(
    tidied: Tidied, observed: Observed, catalogue: Catalogue, lock: tuple[Snapshot, ...]
) -> dict[str, Picture]:
    """The pictures of all regions, by code."""
    areas = regions.regions("maakunta")
    before = pictures.year_before(tidied, catalogue, lock, observed.as_of, areas)
    made = pictures.compose_all(areas, observed, catalogue, before)
    return {p.region.code: p for p in made}


@pytest.fixture(scope="session")
def kainuu(real_pictures: dict[str, Picture]) -> Picture:
    return real_pictures["MK18"]


# --- synthetic ones, named so -------------------------------------------------------------------


def _indicator(name: str = "synthetic", **more: Any) -> Indicator:
    words = {"fi": name, "sv": name, "en": name}
    given = {"subject": "synthetic", "names": words, "unit": "percent", "decimals": 1,
             "direction": "up", **more}  # fmt: skip
    if not given.get("query") and not given.get("formula"):
        given.setdefault("where", words)
    return Indicator(id=name, **given)


def _catalogue(*found: Indicator) -> Catalogue:
    whole = indicators.load()
    return Catalogue(
        indicators={i.id: i for i in found},
        units=whole.units,
        sources=whole.sources,
        cuts=(),
        key_figures=KeyFigures(**dict.fromkeys(KeyFigures.model_fields, ())),
        aliases={a: i.id for i in found for a in i.aliases},
    )


def _rows(*rows: Sequence[Any], **fixed: str) -> pd.DataFrame:
    """(region, period, value[, status[, snapshot]]) → the one table; ``fixed`` fills the rest."""
    out = []
    for region, period, value, *rest in rows:
        there = value is not None
        out.append(
            {
                "indicator": "synthetic",
                "breakdown": "total",
                "region": region,
                "period": period,
                "value": float("nan") if value is None else value,
                "status": rest[0] if rest else "final" if there else "not_available",
                "snapshot": rest[1] if len(rest) > 1 else "aaaaaaaaaaaaaaaa",
                **fixed,
            }
        )
    return table.make(pd.DataFrame(out, columns=list(table.COLUMNS)))


class SyntheticStore:
    """A store of a few small tables that nobody published."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(
        self, content: str | bytes, *, table: str = "t", source: str = "statfin",
        published_on: str = "2020", layout: dict[str, Any] | None = None, **more: Any,
    ) -> Snapshot:  # fmt: skip
        data = content.encode() if isinstance(content, str) else content
        sha = hashlib.sha256(data).hexdigest()
        entry = Snapshot(
            id=sha[:16], kind="carried", sha256=sha, file=f"{source}/{table}/{sha[:16]}.csv",
            bytes=len(data), source=source, table=table, title="synthetic", vintage=published_on,
            published_on=published_on, address="https://example.org", licence="CC BY 4.0",
            layout=layout or {"format": "long-csv"}, **more,
        )  # fmt: skip
        raw.add(self.folder, [(entry, data)])
        return entry

    @property
    def lock(self) -> tuple[Snapshot, ...]:
        return raw.read_lock(self.folder)

    def tidy(self, *found: Indicator) -> Tidied:
        return tidying.tidy(_catalogue(*found), self.folder, self.lock)

    def observe(self, *found: Indicator, as_of: str | None = None) -> Observed:
        return observing.observe(self.tidy(*found), _catalogue(*found), self.lock, as_of)


@pytest.fixture
def synthetic_store(tmp_path: Path) -> SyntheticStore:
    return SyntheticStore(tmp_path / "synthetic_store")


@pytest.fixture(scope="session")
def make_indicator() -> Callable[..., Indicator]:
    """Build a synthetic indicator: ``make_indicator("name", unit="persons", …)``."""
    return _indicator


@pytest.fixture(scope="session")
def make_query() -> Callable[..., Query]:
    """Build a query on the synthetic table ``t``, whose areas are Statistics Finland's codes."""

    def made(**more: Any) -> Query:
        return Query(**{"source": "statfin", "table": "t", "scheme": "statfin", **more})

    return made


@pytest.fixture(scope="session")
def make_catalogue() -> Callable[..., Catalogue]:
    """A catalogue of nothing but the given indicators."""
    return _catalogue


@pytest.fixture(scope="session")
def make_rows() -> Callable[..., pd.DataFrame]:
    """Rows of the one table from (region, period, value[, status[, snapshot]])."""
    return _rows


# --- a desk to build at, with small stand-ins for the reports -----------------------------------

_INDICATOR = """
[synthetic]
names = { fi = "keksitty", sv = "påhittad", en = "synthetic" }
unit = "percent"
decimals = 1
direction = "up"
[[synthetic.query]]
source = "statfin"
table = "t"
"""


class Chart:
    """A stand-in for a drawn chart."""

    indicator, kind = "synthetic", "line"

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def svg(self, *, titled: bool = False) -> bytes:
        return f"<svg>{self.lang} {titled}</svg>".encode()

    def csv(self) -> bytes:
        return b"period,value\n"

    def png(self) -> bytes:
        return b"PNG"


class Renderers:
    """Stand-ins for the reports, which count what they are asked for."""

    def __init__(self) -> None:
        self.made: list[tuple[str, str]] = []
        self.languages: list[tuple[str, ...]] = []
        self.fail: Exception | None = None

    def html(self, picture: Picture, lang: str, **more: Any) -> bytes:
        self.made.append(("html", lang))
        self.languages.append(tuple(more["languages"]))
        if self.fail is not None:
            raise self.fail
        return f"<html lang={lang}>{picture.region.code} {' '.join(more['downloads'])}".encode()

    def index(self, pictures: list[Picture], lang: str, **more: Any) -> bytes:
        return f"{lang} {' '.join(p.region.code for p in pictures)}".encode()

    def xlsx(self, picture: Picture, lang: str) -> bytes:
        self.made.append(("xlsx", lang))
        return b"xlsx " + picture.region.code.encode()


@pytest.fixture
def renderers(monkeypatch: pytest.MonkeyPatch) -> Renderers:
    found = Renderers()
    rooms = {
        "tilannekuva.reports.html": types.SimpleNamespace(
            render=found.html, render_index=found.index
        ),
        "tilannekuva.reports.xlsx": types.SimpleNamespace(render=found.xlsx),
        "tilannekuva.reports._ooxml_bitmaps": types.SimpleNamespace(
            files=lambda charts: {key: chart.png() for key, chart in charts.items()}
        ),
        "tilannekuva.storyboard": types.SimpleNamespace(
            draw_all=lambda _, lang: {("synthetic", "line"): Chart(lang)}
        ),
    }
    for name, room in rooms.items():
        monkeypatch.setitem(sys.modules, name, room)
        package = reports_package if ".reports." in name else tilannekuva
        monkeypatch.setattr(package, name.rsplit(".", 1)[1], room, raising=False)
    return found


@pytest.fixture
def real_desk(
    synthetic_store: SyntheticStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder with a synthetic store, a catalogue of one's own and the settings that name them."""
    synthetic_store.add(
        "region,time,value\nMK18,2022,1.5\nMK19,2022,2.5\nSSS,2022,2\n", published_on="2023-03-01"
    )
    place = tmp_path / "desk"
    (place / "mine").mkdir(parents=True)
    (place / "mine" / "own.toml").write_text(_INDICATOR, encoding="utf-8")
    (place / "tilannekuva.toml").write_text(
        f'catalogue = "mine"\ndata = "{synthetic_store.folder}"\n'
    )
    monkeypatch.delenv("TILANNEKUVA_DATA", raising=False)
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def desk(real_desk: Path, renderers: Renderers) -> Path:
    """The same with stand-ins for the reports."""
    return real_desk
