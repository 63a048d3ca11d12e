"""One registered lookup: keys into a message, rows of the reply to their keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from adapters.clock import now
from adapters.mapping import EntityMapping
from adapters.matching import keys_of, match
from adapters.references import key_values
from adapters.soap.endpoint import Endpoint
from adapters.soap.faults import Fault, Faults
from adapters.soap.message import Message
from adapters.soap.registration import SoapLookup
from adapters.soap.rows import Found, Rows
from adapters.soap.segments import writable
from adapters.spi import BadData, Key, Lookup, LookupCapability, LookupResult, Record, SourceError, unsupported

LONGEST_KEY = 255
"""Characters. A longer one is no key of any system, and may make a system refuse the others of its batch."""

NOTHING = Found([], {}, [])


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
        forms = {form: key for form, key in keys.items() if can_be_key(form)}
        fields = request.fields | self._key_fields
        found = await self._ask([*forms], request, fields, endpoint) if forms else NOTHING
        records = self._mapping.records(found.rows, fields, now(), request.outline)
        if self._spec.match == "key":
            return self._matched(records, found.faults, request)
        if self._spec.match == "none":
            return self._of(request.keys[0], records)
        return self._placed([*forms.values()], records, found.faults, request)

    def _matched(self, records: list[Record], faults: Mapping[int, Fault], request: Lookup) -> LookupResult:
        """By the keys that the rows hold. A row that is an error is the failure of its key."""
        sound = [record for place, record in enumerate(records) if place not in faults] if faults else records
        result = match(sound, request, many=self._spec.many, source=self._source)
        if not faults:
            return result
        failed: dict[Key, SourceError] = {}
        for place, fault in faults.items():
            if self._faults.meaning(fault) != "missing":
                asked = (key for key in keys_of(records[place], self._by.split()) if key in request.keys)
                failed |= dict.fromkeys(asked, self._faults.error(fault))
        return LookupResult({key: record for key, record in result.found.items() if key not in failed}, failed)

    def _placed(
        self, keys: Sequence[Key], records: list[Record], faults: Mapping[int, Fault], request: Lookup
    ) -> LookupResult:
        """By their place: only a reply with as many rows as keys can be trusted to have them in order."""
        if len(records) != len(keys):
            raise BadData(self._source, f"expected {len(keys)} rows for as many keys, found {len(records)}")
        found: dict[Key, Any] = {key: [] for key in request.keys if self._spec.many}
        failed: dict[Key, SourceError] = {}
        for place, (key, record) in enumerate(zip(keys, records, strict=True)):
            fault = faults.get(place)
            if fault is None:
                found[key] = [record] if self._spec.many else record
            elif self._faults.meaning(fault) != "missing":
                failed[key] = self._faults.error(fault)
        return LookupResult({key: each for key, each in found.items() if key not in failed}, failed)

    async def _ask(self, forms: list[Any], request: Lookup, fields: frozenset[str], endpoint: Endpoint) -> Found:
        def decode(body: etree._Element) -> Found:
            return self._rows.read(body, fields)

        try:
            values = self._values(forms, request.arguments)
            return await endpoint.ask(self._message, values, decode, self._faults, request.deadline)
        except Fault as fault:
            if self._faults.meaning(fault) == "missing":
                return NOTHING
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
