"""Why a request is refused before anything is called for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError

from gateway.engine.messages import without_values

NO_MORE: Mapping[str, Any] = {}


class Refused(Exception):
    """A request that is refused as a whole. ``entries``: code, message and locations of each error of the response.

    ``more``: what its extensions say beside the code.
    """

    def __init__(self, code: str, message: str, more: Mapping[str, Any] = NO_MORE) -> None:
        super().__init__(message)
        self.more = more
        self.entries: list[tuple[str, str, list[dict[str, int]]]] = [(code, message, [])]

    @classmethod
    def of(cls, code: str, errors: list[GraphQLError]) -> Refused:
        refused = cls(code, "")
        refused.entries = [(code, without_values(error.message), located(error)) for error in errors]
        return refused


class ArgumentsRefused(Exception):
    """The arguments of one field cannot be answered: its own error, by the specification's CoerceArgumentValues."""


def located(error: GraphQLError) -> list[dict[str, int]]:
    return [{"line": at.line, "column": at.column} for at in error.locations or ()]
