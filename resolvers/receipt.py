"""What a till printed and kept."""

from __future__ import annotations

import strawberry

from resolvers.directives import Owner
from resolvers.scalars import Date
from resolvers.source_role import SourceRole


@strawberry.federation.type(
    keys=["storeCode workstation sequence businessDay"],
    directives=[Owner(by=SourceRole.POS)],
    description=(
        "A till receipt. Store, workstation, sequence and business day identify it; the sequence begins anew every "
        "business day."
    ),
)
class Receipt:
    store_code: str = strawberry.field(description="Code of the store.")
    workstation: str = strawberry.field(description="The till, among those of the store.")
    sequence: str = strawberry.field(description="Number of the receipt, among those of the till on that day.")
    business_day: Date = strawberry.field(
        description="The day it counts for, which may end after midnight by the calendar."
    )
    operator: str | None = strawberry.field(description="Who rang it up; null where not known.")
    text: str | None = strawberry.field(description="What was printed; null where it is not kept.")
    fiscal_signature: str | None = strawberry.field(
        description="What the fiscal device signed it with; null where none did."
    )


@strawberry.input(description="What identifies a till receipt.")
class ReceiptInput:
    store_code: str = strawberry.field(description="Code of the store.")
    workstation: str = strawberry.field(description="The till, among those of the store.")
    sequence: str = strawberry.field(description="Number of the receipt, among those of the till on that day.")
    business_day: Date = strawberry.field(description="The day it counts for.")
