"""How much a process that serves grows while it is asked many different documents: ``python -m tests.proof.memory``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from gateway.engine.request import OperationRequest
from gateway.http.server import settle
from tests.engine.estate import estate

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = 10_000
BOUND = "32 MiB"
MOST = 50 * 1024**2


def grown(documents: int, bound: str) -> int:
    """Bytes, from the hundredth document to the last, in a process of its own. ``bound``: of what is kept."""
    command = [sys.executable, "-m", "tests.proof.memory", str(documents), bound]
    return int(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def ask(documents: int, bound: str) -> int:
    engine = estate(cache={"documents": bound}).engine
    settle()
    before = 0
    for number in range(documents):
        engine.prepare(OperationRequest(f"{{ categories {{ n{number}: code }} }}"))
        if number == 100:
            before = resident()
    return resident() - before


def resident() -> int:
    """Bytes of memory that this process has."""
    status = Path("/proc/self/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024


def main() -> int:
    if len(sys.argv) == 3:
        print(ask(int(sys.argv[1]), sys.argv[2]))
        return 0
    bytes_ = grown(DOCUMENTS, BOUND)
    print(f"{DOCUMENTS:,} different documents: {bytes_ / 1024**2:.1f} MB more than after a hundred of them")
    return 0 if bytes_ < MOST else 1


if __name__ == "__main__":
    sys.exit(main())
