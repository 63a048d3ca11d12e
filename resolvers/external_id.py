"""Keys under which other systems know the same record."""

from __future__ import annotations

import strawberry

from resolvers.directives import Owner, Pii, PiiClass
from resolvers.source_role import SourceRole


@strawberry.federation.type(
    shareable=True,
    directives=[Owner(by=SourceRole.GATEWAY)],
    description="The same record's key in one source.",
)
class ExternalId:
    source: str = strawberry.field(description="Name of the registered source.")
    role: SourceRole = strawberry.field(description="What that source is in the business.")
    value: str = strawberry.federation.field(
        directives=[Pii(class_=PiiClass.IDENTITY)], description="Its own key of the record."
    )
    matched_on: str | None = strawberry.field(
        description=(
            "Why it is the same: the field that is equal in both, such as 'email', or 'LINK' where somebody linked "
            "them; null for the source that decides which records there are."
        )
    )


@strawberry.input(description="A key of one source.")
class ExternalIdInput:
    source: str = strawberry.field(description="Name of the registered source.")
    value: str = strawberry.field(description="Its own key of the record.")
