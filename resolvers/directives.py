"""What the schema says of a type or field beside its shape: who masters it, who may read it, how long it is fresh."""

from __future__ import annotations

from enum import Enum

import strawberry
from strawberry.schema_directive import Location

from resolvers.source_role import SourceRole

TYPES_AND_FIELDS = [Location.OBJECT, Location.FIELD_DEFINITION]


@strawberry.enum(description="What kind of personal data a field holds.")
class PiiClass(Enum):
    IDENTITY = strawberry.enum_value("IDENTITY", description="Says who a person is: names, card numbers.")
    CONTACT = strawberry.enum_value("CONTACT", description="Reaches a person: e-mail, telephone, postal address.")
    BIRTH = strawberry.enum_value("BIRTH", description="Date of birth.")
    FINANCIAL = strawberry.enum_value("FINANCIAL", description="Accounts, cards and other means of payment.")
    BEHAVIOUR = strawberry.enum_value("BEHAVIOUR", description="Says what a person does or is worth.")


@strawberry.enum(description="Between whom a cached value may be shared.")
class CacheScope(Enum):
    PUBLIC = strawberry.enum_value("PUBLIC", description="The same for everybody.")
    PRIVATE = strawberry.enum_value("PRIVATE", description="Only for the caller it was fetched for.")


@strawberry.schema_directive(
    locations=TYPES_AND_FIELDS,
    name="owner",
    description="The role of the source that normally masters a type or field. A field's mark goes before its type's.",
)
class Owner:
    by: SourceRole = strawberry.field(description="The role of the master.")
    also: list[SourceRole] | None = strawberry.field(
        default=strawberry.UNSET, description="Other roles that commonly know it."
    )


@strawberry.schema_directive(
    locations=TYPES_AND_FIELDS,
    name="access",
    description="Only callers with this scope may read it. Without the mark it is open to every caller.",
)
class Access:
    scope: str = strawberry.field(description="The scope a caller needs, such as 'customer:read'.")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION], name="pii", description="The field holds personal data."
)
class Pii:
    class_: PiiClass = strawberry.field(
        name="class", default=PiiClass.CONTACT, description="What kind of personal data it is."
    )


@strawberry.schema_directive(
    locations=TYPES_AND_FIELDS, name="cacheControl", description="How long, and between whom, a value may be reused."
)
class CacheControl:
    max_age: int | None = strawberry.field(
        default=strawberry.UNSET, description="Seconds for which the value counts as fresh."
    )
    scope: CacheScope | None = strawberry.field(
        default=strawberry.UNSET, description="Between whom it may be shared; PUBLIC where absent."
    )
