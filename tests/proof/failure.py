"""Errors of the truth, and the codes by which they are compared."""

from __future__ import annotations

from graphql import GraphQLError

from adapters.spi import SourceError


class Failure(Exception):
    """An error that is no source's own. ``codes``: each of them is right, where several errors compete."""

    def __init__(self, *codes: str) -> None:
        self.codes = frozenset(codes)
        super().__init__(" or ".join(sorted(self.codes)))


def codes(error: GraphQLError) -> frozenset[str]:
    """The codes that an error of the answer may have; raises what is no error of an answer but a bug."""
    match error.original_error:
        case SourceError(code=code):
            return frozenset({code})
        case Failure(codes=several):
            return several
        case TypeError() if "Cannot return null for non-nullable field" in error.message:
            return frozenset({"BAD_DATA"})
    raise error
