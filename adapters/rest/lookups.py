"""One registered lookup: keys into a request, rows of the reply to their keys."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from adapters.mapping import EntityMapping
from adapters.matching import belong, match
from adapters.outline import Outline
from adapters.references import key_values
from adapters.rest.parts import Parts
from adapters.rest.registration import RestLookup
from adapters.rest.rows import Rows
from adapters.rest.typed import TypedReplies
from adapters.spi import BadData, Key, Lookup, LookupCapability, LookupResult, Record, unsupported
from adapters.web.asked import Asked, Via
from adapters.web.endpoint import Endpoint
from adapters.web.paths import Unfit
from adapters.web.reply import Missing
from adapters.web.request import Unaskable

LONGEST_KEY = 255
"""Characters. A longer one is no key of any system; in a URL it would make the others of its batch be refused."""

MOST_OF_ALL = 10_000
"""Keys of one call, where the reply holds everything whatever is asked."""

LARGEST_NUMBER = 2**63
"""What JSON libraries hold."""

SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character, which no encoding has."""


class LookupCall:
    """A registered lookup ``by`` of one entity."""

    def __init__(
        self,
        source: str,
        by: str,
        spec: RestLookup,
        mapping: EntityMapping,
        asked: Asked,
        rows: Rows,
        parts: Parts,
        typed: TypedReplies | None,
        via: Via | None = None,
    ) -> None:
        self._source = source
        self._by = by
        self._spec = spec
        self._mapping = mapping
        self._asked = asked
        self._rows = rows
        self._parts = parts
        self._typed = typed
        self._via = via
        self._batch = MOST_OF_ALL if spec.whole and "batch" not in spec.model_fields_set else spec.batch
        self._names = key_variables(by, spec)
        self._key_fields = frozenset(by.split()) if spec.match == "key" else frozenset()
        self._reading = lru_cache(maxsize=256)(self._read)

    def capability(self) -> LookupCapability:
        calls = 1 if self._via is None else 2
        return LookupCapability(self._spec.many, self._batch, frozenset(self._spec.arguments), calls)

    async def answer(self, request: Lookup, endpoint: Endpoint) -> LookupResult:
        """The records by key. At most ``batch`` keys, or it is ``Unsupported``."""
        for name in request.arguments.keys() - self._spec.arguments.keys():
            raise unsupported(self._source, f"argument {name} of lookup {request.by} of {request.entity}")
        if len(request.keys) > self._batch:
            raise unsupported(self._source, f"more than {self._batch} keys in one call")
        forms = all_askable(self._mapping.to_source(self._by, request.keys))
        asked, fields = self._reading(request.fields, request.outline)
        rows = await self._ask(asked, forms, request, endpoint) if forms else []
        records = await self._parts.records(rows, fields, request, endpoint)
        if self._spec.match == "key":
            return match(records, request, many=self._spec.many, source=self._source)
        return self._of(request.keys[0], records) if request.keys else LookupResult()

    def _read(self, fields: frozenset[str], outline: Outline | None) -> tuple[Asked, frozenset[str]]:
        """How a reply is read for these fields, and which are read."""
        fields |= self._key_fields
        if self._typed is None:
            return self._asked, fields
        return self._asked._replace(reader=self._typed.reader(fields, outline)), fields

    async def _ask(self, asked: Asked, forms: list[Any], request: Lookup, endpoint: Endpoint) -> list[Any]:
        values = self._values(forms, request.arguments)
        try:
            if self._via is not None:
                values |= await self._first(self._via, values, request, endpoint)
            answered = await endpoint.ask(asked, values, request.deadline)
            return self._rows.of(answered.body)
        except (Missing, Unaskable):
            return []

    async def _first(self, via: Via, values: Mapping[str, Any], request: Lookup, endpoint: Endpoint) -> dict[str, Any]:
        request.tally.calls += 1
        answered = await endpoint.ask(via.asked, values, request.deadline)
        try:
            found = {name: path(answered.body) for name, path in via.variables.items()}
        except Unfit as unfit:
            raise BadData(self._source, f"a path of `via` cannot be applied: {unfit}") from None
        if any(value in (None, "", []) for value in found.values()):
            raise Missing
        return found

    def _values(self, forms: list[Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {"keys": forms}
        if len(self._names) == 1:
            values[self._names[0]] = forms
        else:
            values |= zip(self._names, map(list, zip(*forms, strict=True)), strict=True)
        if self._spec.batch == 1:
            values |= key_values(forms[0])
        for name, variable in self._spec.arguments.items():
            values[variable] = values[f"argument.{name}"] = arguments.get(name)
        return values

    def _of(self, key: Key, records: list[Record]) -> LookupResult:
        """The rows do not say whose they are; only one key was asked."""
        belong(records, self._by, key)
        if self._spec.many:
            return LookupResult({key: records})
        if len(records) > 1:
            raise BadData(self._source, f"expected one row for one key of {self._by}, found {len(records)}")
        return LookupResult({key: records[0]} if records else {})


def missing_statuses(spec: RestLookup) -> frozenset[int]:
    return frozenset(([404] if spec.batch == 1 else []) if spec.missing is None else spec.missing)


def key_variables(by: str, spec: RestLookup) -> list[str]:
    """The variables that hold the keys, in the order of a composite key's parts."""
    return by.split() if spec.variable is None else spec.variable.split()


def askable(form: Any) -> bool:
    """Whether a key can be sent at all; one that cannot must not spoil a request for others."""
    if isinstance(form, tuple):
        return all(map(askable, form))
    if isinstance(form, int):
        return -LARGEST_NUMBER <= form < LARGEST_NUMBER
    return len(form) <= LONGEST_KEY and (form.isascii() or SURROGATE.search(form) is None)


def all_askable(forms: Collection[Any]) -> list[Any]:
    """Those that can be sent; plain text, which most are, is seen to be so at once."""
    try:
        text = "".join(forms)
    except TypeError:  # numbers, or composite keys
        return [form for form in forms if askable(form)]
    plain = text.isascii() and (len(text) <= LONGEST_KEY or max(map(len, forms)) <= LONGEST_KEY)
    return [*forms] if plain else [form for form in forms if askable(form)]
