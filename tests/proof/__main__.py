"""The proof at length: ``python -m tests.proof --operations 3000 --seed 1 2 3``, in as many processes as there are cores.

``--only 1234`` runs one case of a seed again.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import product

from tests.proof.cases import case
from tests.proof.coverage import missing, table
from tests.proof.run import Outcome, run

CHUNK = 250
"""Cases that one process runs in a row."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    parser.add_argument("--operations", type=int, default=3000, help="how many for each seed")
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument("--only", type=int, metavar="NUMBER", help="run this case of each seed and no other")
    asked = parser.parse_args()
    began = time.monotonic()
    starts = [asked.only] if asked.only is not None else range(0, asked.operations, CHUNK)
    ends = {start: start + 1 if asked.only is not None else min(start + CHUNK, asked.operations) for start in starts}
    seen: Counter[str] = Counter()
    operations = failures = 0
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        ...
    return 0
