"""The words of ``routes:``: one source, several in the order in which they stand in, or several merged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from adapters.registration import ListOrder, Words

SourceNames = Annotated[list[str], Field(min_length=2)]


class FallbackRoute(Words):
    """The first source answers; the next one for what it is not available for."""

    fallback: SourceNames = Field(description="Sources, the first choice first.")
    missing: bool = Field(False, description="Ask the next source for what a source does not have, too.")


class MergeRoute(Words):
    """The records of all these sources are those of the entity."""

    merge: SourceNames = Field(description="Sources; of records that tie in the order, an earlier one's come first.")
    order: ListOrder | None = Field(
        None,
        description="The instant that lists are ordered by, as each of the sources orders them: `placedAt desc`.",
    )


Route = str | SourceNames | FallbackRoute | MergeRoute
"""A list is a fallback. Models with the position of each name: see ``named``."""


def named(route: Route) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The sources of a route, each with its path below the route's coordinate."""
    match route:
        case str():
            yield (), route
        case FallbackRoute(fallback=names):
            yield from ((("fallback", index), name) for index, name in enumerate(names))
        case MergeRoute(merge=names):
            yield from ((("merge", index), name) for index, name in enumerate(names))
        case _:
            yield from (((index,), name) for index, name in enumerate(route))


def readable(word: Any) -> Route | None:
    """A word of a file that may be wrong elsewhere; ``None`` where it is wrong itself."""
    try:
        route: Route = TypeAdapter(Route).validate_python(word)
    except ValidationError:
        return None
    return route
