"""Facets out of a reply: a list of values with their counts, in any of the forms that search systems answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from adapters.facets import Counted, facet
from adapters.mapping import EntityMapping
from adapters.problems import Mistake
from adapters.rest.registration import RestFacet
from adapters.rest.rows import a_thing
from adapters.spi import BadData, Facet
from adapters.web.paths import Search, Unfit

Found = tuple[Any, Any, Any]
"""Value, count and text."""

PLAIN_PATH = re.compile(r"\w+(\.\w+)*")


class FacetReader:
    """One facet; ``meaning`` makes a value of the graph of one of the system's."""

    def __init__(self, source: str, code: str, spec: RestFacet, paths: Mapping[str, Search], meaning: Meaning) -> None:
        self.code = code
        self._source = source
        self._spec = spec
        self._paths = paths
        self._meaning = meaning

    def read(self, body: Any) -> Facet:
        try:
            counted = [self._counted(*found) for found in self._found(self._paths["at"](body))]
        except Unfit as unfit:
            raise self._bad(f"a path that can be applied to the reply ({unfit})", None) from None
        return facet(self.code, self._spec.label, counted)

    def none(self) -> Facet:
        return facet(self.code, self._spec.label, ())

    def _counted(self, value: Any, count: Any, text: Any) -> Counted:
        if isinstance(count, str) and count.isascii() and count.isdecimal():
            count = int(count)
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise self._bad("a count", count)
        return Counted(self._meaning(value), count, text)

    def _found(self, found: Any) -> Iterator[Found]:
        """A list of objects; a list of values and counts in turn; an object of counts by value."""
        if found is None:
            return
        if isinstance(found, dict):
            yield from ((value, count, None) for value, count in found.items())
        elif isinstance(found, list) and all(isinstance(each, dict) for each in found):
            text = self._paths.get("text")
            for each in found:
                yield self._paths["value"](each), self._paths["count"](each), text(each) if text else None
        elif isinstance(found, list) and len(found) % 2 == 0:
            yield from ((value, count, None) for value, count in zip(found[::2], found[1::2], strict=True))
        else:
            raise self._bad("values with their counts", found)

    def _bad(self, expected: str, found: Any) -> BadData:
        return BadData(self._source, f"expected {expected} at `{self._spec.at}`, found {a_thing(found)}")


Meaning = Callable[[Any], Any]


def meaning(field: str | None, mapping: EntityMapping) -> Meaning:
    """What a value means in the graph: as ``field`` is read, or the value itself."""
    if field is None:
        return lambda value: value
    path = mapping.reference_path(field)
    if path is None or PLAIN_PATH.fullmatch(path) is None:
        raise Mistake("a field that is read from one plain path", f"`{field}`")
    steps = path.split(".")

    def read(value: Any) -> Any:
        row = value
        for step in reversed(steps):
            row = {step: row}
        [record] = mapping.records([row], frozenset({field}), "")
        return record.values[field]

    return read
