"""Pictures, films and documents of what is sold."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any
from urllib.parse import urlencode

import strawberry

from resolvers.arguments import AskedLocale, with_arguments
from resolvers.directives import Owner
from resolvers.links import Context, Local, Values, planned
from resolvers.source_role import SourceRole
from resolvers.texts import localised


def rendition(url: Any, arguments: Values, context: Context) -> Any:
    """The address of the file as it is, or with the wanted width and format, which the asset store makes of it."""
    wanted = {name: arguments[name] for name in ("width", "format") if arguments.get(name) is not None}
    if not wanted:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(wanted)}"


@strawberry.enum(description="What a file is.")
class MediaKind(Enum):
    IMAGE = strawberry.enum_value("IMAGE", description="A picture.")
    VIDEO = strawberry.enum_value("VIDEO", description="A film.")
    DOCUMENT = strawberry.enum_value("DOCUMENT", description="Something to read, such as a care label or a manual.")
    MODEL_3D = strawberry.enum_value("MODEL_3D", description="A model to turn around.")


@strawberry.federation.type(
    directives=[Owner(by=SourceRole.DAM)], description="A picture, film or document of what is sold."
)
class Media:
    kind: MediaKind = strawberry.field(description="What it is.")

    @with_arguments("Where the file is.", Local(rendition))
    def url(
        self,
        width: Annotated[
            int | None, strawberry.argument(description="In pixels; as it is where absent.")
        ] = strawberry.UNSET,
        format: Annotated[
            str | None, strawberry.argument(description="File format, such as 'webp'; as it is where absent.")
        ] = strawberry.UNSET,
    ) -> str:
        return planned()

    @with_arguments(
        "What it shows, for those who cannot see it; null where nobody has written it.",
        Local(localised, localized=True),
    )
    def alt(self, locale: AskedLocale = strawberry.UNSET) -> str | None:
        return planned()

    position: int = strawberry.field(description="Its place among the product's media; the lowest is shown first.")
