"""Anything that has an address of its own."""

import strawberry

from resolvers.links import GatewayValue, answered


@strawberry.interface(description="Anything that can be asked for again by its `id`.")
class Node:
    id: strawberry.ID = strawberry.field(
        description=(
            "Opaque and stable: made from the record's business key, not from one system's row number. "
            "Ask `node(id:)` for the same record again."
        ),
        metadata=answered(GatewayValue("id")),
    )
