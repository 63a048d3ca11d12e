"""The proof at length: ``python -m tests.proof --operations 3000 --seed 1 2 3``, in a process for each core.

``--only 1234`` runs one case of a seed again.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from tests.proof.coverage import missing, table
from tests.proof.run import Outcome, run

CHUNK = 250
"""Cases that one process runs in a row."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__.splitlines()[0])
    parser.add_argument("--operations", type=int, default=3000, help="how many for each seed")
    parser.add_argument("--seed", type=int, nargs="+", default=[1], help="which operations, and over which records")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="run this case of each seed and no other")
    asked = parser.parse_args()
    numbers = range(asked.operations) if asked.only is None else [asked.only]
    began = time.monotonic()
    outcomes = outcomes_of(asked.seed, [numbers[start : start + CHUNK] for start in range(0, len(numbers), CHUNK)])
    failures = [failure for outcome in outcomes for failure in outcome.failures]
    seen: Counter[str] = sum((outcome.seen for outcome in outcomes), Counter())
    for failure in failures:
        print(failure, end="\n\n" + "-" * 100 + "\n\n")
    never = missing(seen) if asked.only is None else []
    print(table(seen))
    told = f"never met: {', '.join(never)}" if never else "everything was met"
    spent = time.monotonic() - began
    print(f"\n{len(numbers):,} operations for each of {len(asked.seed)} seeds in {spent:.0f} s:")
    print(f"{len(failures)} differences; {told}")
    return 1 if failures or never else 0


def outcomes_of(seeds: Sequence[int], chunks: Sequence[Sequence[int]]) -> list[Outcome]:
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        running = [processes.submit(run, seed, chunk) for seed in seeds for chunk in chunks]
        return [each.result() for each in running]


if __name__ == "__main__":
    sys.exit(main())
