"""A fetch of the whole packaged catalogue from local services: calls, cells, waiting, limits.

    python benchmarks/fetch.py [--real-time]

The services (``tests/services``) keep the real ones' limits and serve SYNTHETIC tables of the shape
that the catalogue asks for. Without ``--real-time`` waiting is counted and not waited out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from services.whole import Whole

from tilannekuva import fetching, indicators, raw
from tilannekuva.web import Meter, Web


class Counted:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--real-time", action="store_true")
    counted = Counted()
    clock, sleep = counted, counted.sleep
    if parser.parse_args().real_time:
        clock, sleep = time.monotonic, time.sleep
    catalogue = indicators.load()
    store = Path(tempfile.mkdtemp())
    raw.write_lock(store, ())
    with Whole(fetching.plan(catalogue, ()), clock) as services:
        local = {
            name: catalogue.sources[name].model_copy(update={"base": base})
            for name, base in services.addresses.items()
        }
        here = catalogue.model_copy(update={"sources": {**catalogue.sources, **local}})
        agent = "tilannekuva/benchmark (+local)"
        web = Web(agent, environ=services.secrets, clock=clock, sleep=sleep)
        for title in ("first run", "second run"):
            web.watcher = meter = Meter()
            begun = time.perf_counter()
            found = fetching.fetch(fetching.plan(here, raw.read_lock(store)), here, store, web)
            outcomes = dict(Counter(r.outcome for r in found))
            print(
                f"{title}: {outcomes}; {sum(meter.cells.values()):,} cells in "
                f"{sum(meter.calls.values())} calls to {len(meter.calls)} hosts; "
                f"{sum(meter.seconds.values()):.0f} s waited; {services.refused} over a limit; "
                f"{time.perf_counter() - begun:.1f} s in all"
            )


if __name__ == "__main__":
    main()
