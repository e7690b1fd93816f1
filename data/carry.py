"""Carry the published figures over into ``data/raw``: ``python data/carry.py FOLDER``.

FOLDER holds the public files that the figures are read from. The store is written anew: the same
files give the same store, byte for byte.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from carrying import climate_nature, economy, education, employment, population, rd, wellbeing  # noqa: E402

from tilannekuva import raw  # noqa: E402

SUBJECTS = (economy, rd, population, employment, education, wellbeing, climate_nature)


def main() -> None:
    """Read every subject's files and write the store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "folder", type=Path, nargs="?", default=HERE.parent.parent / "shared" / "data"
    )
    parser.add_argument("--store", type=Path, default=HERE / "raw")
    args = parser.parse_args()
    entries = [c for subject in SUBJECTS for c in subject.snapshots(args.folder)]
    fresh = args.store.with_name(args.store.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    snapshots = raw.add(fresh, entries)
    # Only when everything was read does the new store take the old one's place.
    shutil.rmtree(args.store, ignore_errors=True)
    fresh.rename(args.store)
    total = sum(s.bytes for s in snapshots)
    print(f"{len(snapshots)} tables, {total / 1e6:.1f} MB in {args.store}")


if __name__ == "__main__":
    main()
