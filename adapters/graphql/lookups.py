"""One registered lookup: keys into an operation, rows of the answer to their keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from adapters.graphql.endpoint import Endpoint
from adapters.graphql.operation import Operation, read, value_at
from adapters.graphql.registration import GraphQLLookup
from adapters.graphql.rows import RowReader, placed
from adapters.matching import belong, match
from adapters.spi import Key, Lookup, LookupCapability, LookupResult, Record, SourceError, unsupported

ENTITIES = "query ($representations: [_Any!]!) { _entities(representations: $representations) }"


class LookupCall:
    """A registered lookup ``by`` of one entity.

    ``own``: the variables that hold one key, asked by aliases; empty where ``$keys`` (or ``_entities``) takes them all.
    """

    def __init__(self, by: str, spec: GraphQLLookup, rows: RowReader, type_name: str | None) -> None:
        self.operation: Operation = read(ENTITIES if spec.entities else spec.query or "", spec.rows)
        self.own = self.operation.variables & {"key", *by.split()}
        self._by = by
        self._names = by.split()
        self._spec = spec
        self._rows = rows
        self._type = type_name
        self._document = lru_cache(maxsize=256)(self._made)

    def capability(self) -> LookupCapability:
        return LookupCapability(self._spec.many, self._spec.batch, frozenset(self._spec.arguments))

    async def answer(self, request: Lookup, endpoint: Endpoint) -> LookupResult:
        """The records by key, in one call. At most ``batch`` keys, or it is ``Unsupported``."""
        for name in request.arguments.keys() - self._spec.arguments.keys():
            raise unsupported(self._rows.source, f"argument {name} of lookup {request.by} of {request.entity}")
        if len(request.keys) > self._spec.batch:
            raise unsupported(self._rows.source, f"more than {self._spec.batch} keys in one call")
        forms = self._rows.mapping.to_source(self._by, request.keys)
        fields = request.fields | frozenset(self._names)
        if not forms:
            return self._matched([], request)
        shared = {word: request.arguments.get(name) for name, word in self._spec.arguments.items()}
        ask = self._by_alias if self.own else self._at_once
        return await ask(request, forms, fields, shared, endpoint)

    async def _at_once(
        self, request: Lookup, forms: Mapping[Any, Key], fields: frozenset[str], shared: dict[str, Any], to: Endpoint
    ) -> LookupResult:
        answer = await to.ask(self._document(fields, 0), {**shared, **self._all(list(forms))}, request.deadline)
        way = self.operation.way
        rows = placed(value_at(answer.data, way), way)
        records, lost = self._rows.records(rows, answer, fields, request.outline, to)
        if lost and not records:
            raise lost[0]
        result = self._matched(records, request)
        if lost:  # whose they are is not said: of those that are not there
            result.failed = {key: lost[0] for key in request.keys if not result.found.get(key)}
            result.found = {key: found for key, found in result.found.items() if key not in result.failed}
        return result

    async def _by_alias(
        self, request: Lookup, forms: Mapping[Any, Key], fields: frozenset[str], shared: dict[str, Any], to: Endpoint
    ) -> LookupResult:
        variables = shared | {
            f"{name}_{index}": value for index, form in enumerate(forms) for name, value in self._one(form).items()
        }
        answer = await to.ask(self._document(fields, len(forms)), variables, request.deadline)
        found: dict[Key, Any] = {}
        failed: dict[Key, SourceError] = {}
        for index, key in enumerate(forms.values()):
            way = (f"a{index}", *self.operation.way[1:])
            rows = placed(value_at(answer.data, way), way)
            records, lost = self._rows.records(rows, answer, fields, request.outline, to)
            belong(records, self._by, key)
            if lost:
                failed[key] = lost[0]
            else:  # a record that says another key is none of this one's
                found |= self._matched(records, request.of([key])).found
        return LookupResult(found, failed)

    def _matched(self, records: list[Record], request: Lookup) -> LookupResult:
        return match(records, request, many=self._spec.many, source=self._rows.source)

    def _made(self, fields: frozenset[str], aliases: int) -> str:
        rows = self._rows.selected(fields)
        return self.operation.by_alias(rows, self.own, aliases) if aliases else self.operation.once(rows)

    def _all(self, forms: Sequence[Any]) -> dict[str, Any]:
        if self._spec.entities:
            return {"representations": [{"__typename": self._type, **self._named(form)} for form in forms]}
        return {"keys": [form if len(self._names) == 1 else self._named(form) for form in forms]}

    def _one(self, form: Any) -> dict[str, Any]:
        values = {"key": form, **dict(zip(self._names, form if isinstance(form, tuple) else (form,), strict=True))}
        return {name: value for name, value in values.items() if name in self.own}

    def _named(self, form: Any) -> dict[str, Any]:
        """The parts of a key by the names that the service has for them."""
        parts = form if isinstance(form, tuple) else (form,)
        names = (self._rows.mapping.reference_path(name) or name for name in self._names)
        return dict(zip(names, parts, strict=True))
