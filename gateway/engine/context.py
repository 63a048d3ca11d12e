"""What a request brings beside its arguments: the defaults of ``gateway.yaml``, set aside by the headers it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from time import time
from typing import NamedTuple

from graphql import GraphQLEnumType, GraphQLSchema
from pydantic import ValidationError

from gateway.config.settings import Defaults, Settings
from gateway.engine.refused import Refused
from resolvers.clock import Clock
from resolvers.links import Context


class Scope(NamedTuple):
    """All that an answer can depend on of a request's headers."""

    channel: str | None
    currency: str | None
    country: str | None
    location: str | None
    customer_group: str | None
    locale: str


class Contexts:
    """Makes the context of each request. ``clock`` gives seconds since 1970."""

    def __init__(self, settings: Settings, schema: GraphQLSchema, clock: Callable[[], float] = time) -> None:
        self.headers = {header.lower(): name for header, name in settings.headers.items()}
        self.constants = {"default_locale": settings.defaults.locale, **settings.constants}
        self.clock = clock
        self.defaults = settings.defaults
        self.usual = Scope(**settings.defaults.model_dump())
        channels = schema.type_map.get("SalesChannel")
        self.channels = frozenset(channels.values) if isinstance(channels, GraphQLEnumType) else None
        self._scope = lru_cache(maxsize=512)(self._merged)

    def of(self, scope: Scope) -> Context:
        """Of a request that comes now."""
        return Context(Clock(self.clock()), *scope, self.constants)

    def scope(self, headers: Mapping[str, str]) -> Scope:
        """Raises ``Refused`` where a header holds what it cannot."""
        if self.headers.keys().isdisjoint(headers):
            return self.usual
        return self._scope(tuple((header, headers[header]) for header in self.headers if header in headers))

    def _merged(self, given: tuple[tuple[str, str], ...]) -> Scope:
        values = self.defaults.model_dump()
        for header, value in given:
            name = self.headers[header]
            values[name] = preferred(value) or self.defaults.locale if name == "locale" else value
        if self.channels is not None and values["channel"] not in (None, *self.channels):
            raise Refused(
                "BAD_USER_INPUT", f"Unknown sales channel in a header; one of {', '.join(sorted(self.channels))}."
            )
        try:
            return Scope(**Defaults.model_validate(values).model_dump())
        except ValidationError as error:
            wrong = error.errors()[0]["loc"][0]
            header = next(header for header, name in self.headers.items() if name == wrong)
            raise Refused("BAD_USER_INPUT", f"The header {header} does not hold a {wrong}.") from None


def preferred(languages: str) -> str | None:
    """The first choice of an ``Accept-Language`` value (RFC 9110, 12.5.4); ``None`` where any will do."""
    choices: list[tuple[float, str]] = []
    for choice in languages.split(","):
        tag, _, weight = choice.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if tag.strip() not in ("", "*") and quality > 0:
            choices.append((quality, tag.strip()))
    return max(choices, key=lambda choice: choice[0])[1] if choices else None
