"""Errors of the truth, and what they are compared by."""

from __future__ import annotations

from typing import NamedTuple

from graphql import GraphQLError

from adapters.spi import SourceError


class Fault(NamedTuple):
    """What an error of an answer says in its extensions. ``source``: any where it is ``None``."""

    code: str
    source: str | None = None

    def agrees(self, other: Fault) -> bool:
        return self.code == other.code and (None in (self.source, other.source) or self.source == other.source)

    def __str__(self) -> str:
        return f"{self.code} from {self.source}" if self.source else self.code


class Failure(Exception):
    """An error that is no source's own. ``faults``: each of them is right, where several errors compete."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = frozenset(faults)
        super().__init__(" or ".join(map(str, faults)))


def faults(error: GraphQLError) -> frozenset[Fault]:
    """What an error of the answer may be; raises what is no error of an answer but a bug."""
    match error.original_error:
        case SourceError(code=code, source=source):
            return frozenset({Fault(code, source)})
        case Failure(faults=several):
            return several
        case None | GraphQLError() if error.message.startswith("Argument "):
            return frozenset({Fault("BAD_USER_INPUT", "gateway")})
        case TypeError() if "Cannot return null for non-nullable field" in error.message:
            return frozenset({Fault("BAD_DATA")})
    raise error
