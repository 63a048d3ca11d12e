"""The registered requests of one source, compiled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from adapters.conditions import Condition, ConditionWords
from adapters.problems import Place
from adapters.rest.checks import Checks
from adapters.rest.dialects import DIALECTS, PLAIN
from adapters.rest.lookups import missing_statuses
from adapters.rest.registration import PollWords, Request, RestLookup, RestSource, ViaRequest
from adapters.web.asked import Asked, Poll, Via
from adapters.web.formats.reading import reader
from adapters.web.formats.writing import WRITERS
from adapters.web.paths import compiled
from adapters.web.request import RequestTemplate


class Requests:
    """``dialect``: what the registration need not say."""

    def __init__(self, registration: RestSource, checks: Checks) -> None:
        self._registration = registration
        self._checks = checks
        self.dialect = PLAIN if registration.dialect is None else DIALECTS[registration.dialect]

    def of_lookup(self, place: Place, by: str, spec: RestLookup) -> Asked:
        return self.of(place, spec, missing_statuses(spec))

    def of(self, place: Place, spec: Request, missing: Iterable[int]) -> Asked:
        conditions = {name: self._condition(words) for name, words in spec.conditions.items()}
        writer = WRITERS[spec.send]
        request = RequestTemplate(spec.method, spec.template, self._body(spec), writer, conditions, spec.query)
        read = reader(spec.reply or self._registration.reply, self._registration.exact_numbers)
        poll = None if spec.poll is None else self._poll((*place, "poll"), spec.poll)
        return Asked(request, read, frozenset(missing), poll)

    def via(self, place: Place, spec: ViaRequest | None) -> Via | None:
        if spec is None:
            return None
        paths = {n: self._checks.compiled((*place, "with", n), compiled, text) for n, text in spec.with_.items()}
        return Via(self.of(place, spec, spec.missing), {name: path for name, path in paths.items() if path is not None})

    def rows(self, spec: Request) -> str:
        return spec.rows if "rows" in spec.model_fields_set else self.dialect.rows

    def _body(self, spec: Request) -> Any:
        if self.dialect.envelope and spec.send == "json" and isinstance(spec.body, Mapping):
            return {**self.dialect.envelope, **spec.body}
        return spec.body

    def _condition(self, words: ConditionWords) -> Condition:
        join = words.join or (" or " if words.each is not None else " and ")
        return Condition(words.each, words.parts, join, words.language or self.dialect.language)

    def _poll(self, place: Place, words: PollWords) -> Poll | None:
        when = self._checks.compiled((*place, "when"), compiled, words.when)
        link = self._checks.compiled((*place, "link"), compiled, words.link)
        result = self._checks.compiled((*place, "result"), compiled, words.result)
        return None if when is None or link is None else Poll(when, link, words.every, result)
