"""One registered lookup: keys into a message, rows of the reply to their keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from adapters.clock import now
from adapters.mapping import EntityMapping
from adapters.matching import match
from adapters.references import key_values
from adapters.soap.endpoint import Endpoint
from adapters.soap.faults import Fault, Faults
from adapters.soap.message import Message
from adapters.soap.reader import Row
from adapters.soap.registration import SoapLookup
from adapters.soap.rows import Rows
from adapters.soap.segments import writable
from adapters.spi import BadData, Key, Lookup, LookupCapability, LookupResult, Record, unsupported

LONGEST_KEY = 255
"""Characters. A longer one is no key of any system, and may make a system refuse the others of its batch."""


class LookupCall:
    """A registered lookup ``by`` of one entity."""

    def __init__(
        self,
        source: str,
        by: str,
        spec: SoapLookup,
        mapping: EntityMapping,
        message: Message,
        rows: Rows,
        faults: Faults,
    ) -> None:
        self._source = source
        self._by = by
        self._spec = spec
        self._mapping = mapping
        self._message = message
        self._rows = rows
        self._faults = faults
        self._key_fields = frozenset(by.split()) if spec.match == "key" else frozenset()
        self._arguments = message.given("argument")

    def capability(self) -> LookupCapability:
        return LookupCapability(self._spec.many, self._spec.batch, self._arguments)

    async def answer(self, request: Lookup, endpoint: Endpoint) -> LookupResult:
        """The records by key. At most ``batch`` keys, or it is ``Unsupported``."""
        if len(request.keys) > self._spec.batch:
            raise unsupported(self._source, f"more than {self._spec.batch} keys in one call")
        if not request.keys:
            return LookupResult()
        keys = self._mapping.to_source(self._by, request.keys)
        forms = [form for form in keys if can_be_key(form)]
        fields = request.fields | self._key_fields
        rows = await self._ask(forms, request, fields, endpoint) if forms else []
        records = self._mapping.records(rows, fields, now())
        if self._spec.match == "none":
            return self._of(request.keys[0], records)
        return match(records, self._by, request.keys, many=self._spec.many, source=self._source, entity=request.entity)

    async def _ask(self, forms: list[Any], request: Lookup, fields: frozenset[str], endpoint: Endpoint) -> list[Row]:
        def decode(body: etree._Element) -> list[Row]:
            return self._rows.read(body, fields)

        try:
            values = self._values(forms, request.arguments)
            return await endpoint.ask(self._message, values, decode, self._faults, request.deadline)
        except Fault as fault:
            if self._faults.meaning(fault) == "missing":
                return []
            raise self._faults.error(fault) from None

    def _values(self, forms: list[Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {f"argument.{name}": arguments.get(name) for name in self._arguments}
        values["keys"] = forms
        return values | key_values(forms[0]) if self._spec.batch == 1 else values

    def _of(self, key: Key, records: Sequence[Record]) -> LookupResult:
        """The rows do not say whose they are; only one key was asked."""
        if self._spec.many:
            return LookupResult({key: records})
        if len(records) > 1:
            raise BadData(self._source, f"expected one row for one key of {self._by}, found {len(records)}")
        return LookupResult({key: records[0]} if records else {})


def can_be_key(form: Any) -> bool:
    parts = form if isinstance(form, tuple) else (form,)
    return writable(form) and not any(isinstance(part, str) and len(part) > LONGEST_KEY for part in parts)
