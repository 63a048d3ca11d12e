"""The words of ``fields`` for adapters of one's own: rows in, records out."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.mapping import EntityMapping, MappingProblem, MappingProblems
from adapters.mapping.unmapped import Unmapped
from adapters.python.registration import PythonSource
from adapters.types import Types


def mappings(registration: PythonSource, types: Types, unmapped: Unmapped) -> Mapping[str, EntityMapping]:
    """One for each of ``entities``; ``unmapped`` is what the adapter gives as its own.

    Raises ``MappingProblems`` with everything that does not fit the graph.
    """
    problems: list[MappingProblem] = []
    found = {
        name: EntityMapping(
            types,
            name,
            spec,
            source=registration.source,
            time_zone=registration.time_zone,
            rows="nested",
            unmapped=unmapped,
            problems=problems,
        )
        for name, spec in registration.entities.items()
    }
    if problems:
        raise MappingProblems(problems)
    return found
