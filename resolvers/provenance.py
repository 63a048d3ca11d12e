"""Where a value came from and how old it is."""

from __future__ import annotations

import strawberry

from resolvers.directives import Owner
from resolvers.links import GatewayValue, answered
from resolvers.scalars import DateTime
from resolvers.source_role import SourceRole


@strawberry.federation.type(
    shareable=True,
    directives=[Owner(by=SourceRole.GATEWAY)],
    description="A field of a record that another source gave than the record itself.",
)
class FieldSource:
    field: str = strawberry.field(description="Name of the field.")
    source: str = strawberry.field(description="Name of the registered source.")
    role: SourceRole = strawberry.field(description="What that source is in the business.")


@strawberry.federation.type(
    shareable=True,
    directives=[Owner(by=SourceRole.GATEWAY)],
    description="Where a value came from and how old it is.",
)
class Provenance:
    source: str = strawberry.field(
        description="Name of the registered source, such as 'wms-north'; 'gateway' for what the gateway worked out."
    )
    role: SourceRole = strawberry.field(description="What that source is in the business.")
    as_of: DateTime = strawberry.field(
        description="Instant the value was true in the source: its own timestamp, else when it was read."
    )
    stale: bool = strawberry.field(
        description=(
            "True where the value is older than it should be: it was served because the source is slow, down or "
            "shedding load."
        )
    )
    fields: list[FieldSource] = strawberry.field(
        description=(
            "The selected fields that other sources gave, where the record was made of several systems' records of one "
            "customer."
        )
    )


@strawberry.interface(description="A record that says where it came from: everything that changes during a day.")
class Sourced:
    provenance: Provenance = strawberry.federation.field(
        directives=[Owner(by=SourceRole.GATEWAY)],
        description="The source that gave this record, and how old it is.",
        metadata=answered(GatewayValue("provenance")),
    )
