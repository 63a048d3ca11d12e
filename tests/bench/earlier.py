"""An earlier commit as a subject: its own tree, over the packages that are installed now."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measure import Results
from tests.bench.subjects import CACHED, CROSSDOCK, Subject, crossdock

BEFORE: Mapping[str, Subject] = {
    now.name: replace(now, name=f"{now.name}-before", title=f"{now.title}, before") for now in (CROSSDOCK, CACHED)
}
"""By the name of the subject as it is now."""


@contextmanager
def earlier(commit: str) -> Iterator[tuple[Subject, ...]]:
    """The subjects of ``commit``. Raises ``CalledProcessError`` where git does not know it."""
    archived = subprocess.run(["git", "archive", commit], check=True, capture_output=True).stdout
    with TemporaryDirectory() as name:
        subprocess.run(["tar", "-x", "-C", name], check=True, input=archived)
        command = partial(crossdock, registration=Path(name, "tests/bench/registration"))
        yield tuple(
            replace(before, command=command, environ={**before.environ, "PYTHONPATH": name})
            for before in BEFORE.values()
        )


def since(results: Results) -> Iterator[str]:
    """Each subject's CPU as a multiple of what it was before, of those that were measured together."""
    for workload, found in results.items():
        for name, before in BEFORE.items():
            if name in found and before.name in found:
                yield f"{workload} {name}: {found[name].cpu / found[before.name].cpu:.2f} times the CPU of before"
