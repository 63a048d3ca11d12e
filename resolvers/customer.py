"""A person or organisation that buys."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.address import Address
from resolvers.arguments import After, Before, First, Last, with_arguments
from resolvers.connection import Connection as Page
from resolvers.connection import Edge
from resolvers.consent import Consent
from resolvers.directives import Access, CacheControl, CacheScope, Owner, Pii, PiiClass
from resolvers.external_id import ExternalId
from resolvers.links import Computed, Connection, Context, Reference, Values, answered, planned
from resolvers.location import Location
from resolvers.loyalty_account import LoyaltyAccount
from resolvers.node import Node
from resolvers.provenance import Sourced
from resolvers.scalars import Date, DateTime, Locale
from resolvers.search_matches import matched_on
from resolvers.source_role import SourceRole

if TYPE_CHECKING:
    from resolvers.order import OrderConnection, OrderFilter


def shown_name(customer: Values, arguments: Values, context: Context) -> str | None:
    """An organisation's name, a person's names, else the number: something to address every customer by."""
    person = " ".join(filter(None, (customer.get("givenName"), customer.get("familyName"))))
    organisation = customer.get("organisation")
    first, second = (organisation, person) if customer.get("kind") == "ORGANISATION" else (person, organisation)
    return first or second or customer.get("number")


@strawberry.enum(description="Who a customer is.")
class PartyKind(Enum):
    PERSON = strawberry.enum_value("PERSON", description="A person.")
    ORGANISATION = strawberry.enum_value("ORGANISATION", description="A company, public body or association.")


@strawberry.type(description="An entry of a customer's address book.")
class CustomerAddress:
    id: strawberry.ID = strawberry.field(description="Identifies the entry among this customer's addresses.")
    label: str | None = strawberry.field(description="What the customer calls it, such as 'Office'; null without.")
    name: str | None = strawberry.federation.field(
        directives=[Pii(class_=PiiClass.IDENTITY)], description="Who lives there; null where it is the customer."
    )
    address: Address = strawberry.field(description="The postal address.")
    phone: str | None = strawberry.federation.field(
        directives=[Pii()], description="Telephone number for deliveries there; null where not known."
    )
    default_shipping: bool = strawberry.field(description="Whether orders go there unless told otherwise.")
    default_billing: bool = strawberry.field(description="Whether invoices go there unless told otherwise.")


@strawberry.federation.type(
    keys=["id", "number"],
    directives=[
        Owner(by=SourceRole.CRM),
        Access(scope="customer:read"),
        CacheControl(max_age=60, scope=CacheScope.PRIVATE),
    ],
    description="One person or organisation across all systems.",
)
class Customer(Node, Sourced):
    number: str = strawberry.field(description="The company's own number of the customer.")
    kind: PartyKind = strawberry.field(description="Person or organisation.")
    given_name: str | None = strawberry.federation.field(
        directives=[Pii(class_=PiiClass.IDENTITY)], description="First names; null where not known."
    )
    family_name: str | None = strawberry.federation.field(
        directives=[Pii(class_=PiiClass.IDENTITY)], description="Last name; null where not known."
    )
    display_name: str = strawberry.federation.field(
        directives=[Pii(class_=PiiClass.IDENTITY)],
        description="Name to show: a person's names, an organisation's name, else the number.",
        metadata=answered(Computed("{ number kind givenName familyName organisation }", shown_name)),
    )
    organisation: str | None = strawberry.field(description="Name of the company or body; null where there is none.")
    email: str | None = strawberry.federation.field(
        directives=[Pii()], description="E-mail address; null where not known."
    )
    phone: str | None = strawberry.federation.field(
        directives=[Pii()], description="Telephone number with country code; null where not known."
    )
    birth_date: Date | None = strawberry.federation.field(
        directives=[Pii(class_=PiiClass.BIRTH)], description="Date of birth; null where not known."
    )
    locale: Locale | None = strawberry.field(description="Language for letters and talks; null where not known.")
    addresses: list[CustomerAddress] = strawberry.field(description="The address book.")
    groups: list[str] | None = strawberry.federation.field(
        directives=[Owner(by=SourceRole.ERP, also=[SourceRole.CRM])],
        description="Codes of the customer groups that prices go by, such as 'GOLD'; null where no source answered.",
    )
    consents: list[Consent] = strawberry.field(description="What the customer agreed to, or did not.")
    preferred_location: Location | None = strawberry.federation.field(
        directives=[Owner(by=SourceRole.CRM, also=[SourceRole.LOYALTY])],
        description="The store the customer chose; null where there is none.",
        metadata=answered(Reference("Location", by="code", via="preferredLocationCode")),
    )
    loyalty: LoyaltyAccount | None = strawberry.federation.field(
        directives=[Owner(by=SourceRole.LOYALTY)],
        description="The loyalty account; null for customers without a card.",
        metadata=answered(Reference("LoyaltyAccount", by="cardNumber", via="loyaltyCard")),
    )

    @with_arguments(
        "Orders in all channels, the latest first; null where the source did not answer.",
        Connection("Order", search="customerNumber", via="number", filters_in="filter"),
        Owner(by=SourceRole.OMS, also=[SourceRole.POS, SourceRole.ERP]),
        Access(scope="order:read"),
    )
    def orders(
        self,
        first: First = 20,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        filter: Annotated[
            Annotated[OrderFilter, strawberry.lazy("resolvers.order")] | None,
            strawberry.argument(description="Which orders; all where absent."),
        ] = strawberry.UNSET,
    ) -> Annotated[OrderConnection, strawberry.lazy("resolvers.order")] | None:
        return planned()

    external_ids: list[ExternalId] | None = strawberry.federation.field(
        directives=[Owner(by=SourceRole.GATEWAY)],
        description="The same customer's keys in every system; null where one of them did not answer.",
    )
    version: str = strawberry.field(
        description="Changes whenever the record changes; to notice other people's changes."
    )
    created_at: DateTime | None = strawberry.field(
        description="Instant at which the customer was first recorded; null where not known."
    )


@strawberry.type(description="One customer of a page.")
class CustomerEdge(Edge[Customer]):
    matched_on: list[str] | None = strawberry.field(
        description=(
            "What of the customer begins with the text that was searched for: 'email', 'phone', 'loyalty card', "
            "'name'; empty where it was found by something else, null where it cannot be told."
        ),
        metadata=answered(
            Computed(
                "{ givenName familyName organisation email phone loyalty { cardNumber } }",
                matched_on,
                optional=frozenset({"givenName", "familyName", "organisation", "email", "phone", "loyalty"}),
            )
        ),
    )


@strawberry.type(description="One page of customers.")
class CustomerConnection(Page[Customer]):
    edges: list[CustomerEdge] = strawberry.field(  # type: ignore[assignment]  # each edge is one with more fields
        description="The items with their cursors."
    )
