"""What is typed freely about a product: attributes, and the options that tell its variants apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import strawberry

from resolvers.links import Context, Local, Values, answered
from resolvers.scalars import JSON
from resolvers.texts import localised


@strawberry.federation.type(shareable=True, description="One typed attribute, such as a material or a weight.")
class Attribute:
    code: str = strawberry.field(description="Language-free name, such as 'material'.")
    label: str = strawberry.field(
        description="Name in the asked language, such as 'Material'.",
        metadata=answered(Local(localised, localized=True, as_is=str)),
    )
    value: JSON = strawberry.field(description="The raw value: text, number, boolean, or a list of these.")
    text: str = strawberry.field(
        description="The value as read by people, in the asked language and without its unit.",
        metadata=answered(Local(localised, localized=True, as_is=str)),
    )
    unit: str | None = strawberry.field(description="Unit of the value, such as 'kg'; null where it has none.")


@strawberry.federation.type(
    shareable=True, description="What this variant is on one of its product's options, such as size or colour."
)
class SelectedOption:
    code: str = strawberry.field(description="Language-free name of the option, such as 'size'.")
    label: str = strawberry.field(
        description="Name of the option in the request's language.",
        metadata=answered(Local(localised, localized=True, as_is=str)),
    )
    value: str = strawberry.field(
        description="What it is here, such as 'M' or 'Navy', in the request's language.",
        metadata=answered(Local(localised, localized=True, as_is=str)),
    )


def chosen_attributes(value: Any, arguments: Values, context: Context) -> Sequence[Values] | None:
    """The attributes whose code is asked for, or all, in the language asked for; a null among them stays."""
    codes = arguments.get("codes")
    if value is None:
        return None
    return [
        attribute and {**attribute, **texts(attribute, arguments, context)}
        for attribute in value
        if attribute is None or codes is None or attribute.get("code") in codes
    ]


def texts(attribute: Values, arguments: Values, context: Context) -> Values:
    return {name: localised(attribute[name], arguments, context) for name in ("label", "text") if name in attribute}
