"""Replay many recorded weeks: `python -m tests.replay --seeds 200`; `--first 17 --seeds 1 --log` shows one of them."""

import argparse
import logging
import sys
import tempfile
from pathlib import Path

from tests.replay.replay import faults
from tests.replay.vendors import Vendors
from tests.replay.week import SIZE, record


def main() -> int:
    """Do what the command line asks; 1 if something was not the same."""
    parser = argparse.ArgumentParser(prog="python -m tests.replay", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many weeks")
    parser.add_argument("--first", type=int, default=0, help="the first one's seed")
    parser.add_argument("--size", type=int, default=SIZE, help="how much happens in each")
    parser.add_argument("--log", action="store_true", help="print what happens in them")
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    failing = 0
    with tempfile.TemporaryDirectory() as directory:
        vendors = Vendors(Path(directory))
        for seed in range(asked.first, asked.first + asked.seeds):
            week = record(seed, vendors, size=asked.size)
            if asked.log:
                print("\n".join(week.log))
            found = list(faults(week, vendors))
            failing += bool(found)
            print(f"seed {seed}: {len(week.log)} things, {len(week.after.deliveries)} webhooks", *found, sep="\n  ")
    print(f"{asked.seeds} weeks, {failing} of them not the same each time")
    return bool(failing)


if __name__ == "__main__":
    sys.exit(main())
