"""Fields with arguments, and the arguments that many of them have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import strawberry

from resolvers.links import Answer, answered
from resolvers.scalars import Locale

AskedLocale = Annotated[
    Locale | None, strawberry.argument(description="Language of the text; the request's own where absent.")
]
Codes = Annotated[
    list[str] | None, strawberry.argument(description="Only the attributes with these codes; all where absent.")
]
First = Annotated[int | None, strawberry.argument(description="Most items on the page.")]
After = Annotated[
    str | None, strawberry.argument(description="`endCursor` of the page before; the first page where absent.")
]
Last = Annotated[
    int | None, strawberry.argument(description="Most items on the page, in place of `first`: the last ones.")
]
Before = Annotated[
    str | None,
    strawberry.argument(description="With `last`: `startCursor` of the page behind; the end of the list where absent."),
]

Declaration = TypeVar("Declaration", bound=Callable[..., Any])


def with_arguments(description: str, answer: Answer, *directives: object) -> Callable[[Declaration], Declaration]:
    """Declare the method below as a field; its body is ``return planned()``."""
    declare: Callable[[Declaration], Declaration] = strawberry.federation.field(
        description=description, directives=directives, metadata=answered(answer)
    )
    return declare
