"""The words of ``identity:``: how several systems' records of one thing belong together."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from adapters.identity.rules import FORM
from adapters.registration import Words

Form = Annotated[str, Field(pattern=FORM)]
SourceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
FieldName = Annotated[str, Field(pattern=r"^[a-z]\w*$")]


class IdentityWords(Words):
    """One entity whose records several systems have under keys of their own."""

    sources: dict[SourceName, FieldName] = Field(
        min_length=2,
        description="Source -> the field or hidden key that is its own key. The first one decides which records there "
        "are, and its key is the graph's; then in the order in which they are believed.",
    )
    match: dict[FieldName, Form] = Field(
        {},
        description="Field or hidden key -> how its value is compared: `exact`, `code` (letters and digits), `email`, "
        "`phone`, or `phone(49)` with the country code of numbers that have none. The strongest first.",
    )
    links: SourceName | None = Field(
        None, description="The source that registers `IdentityLink`: what was linked and unlinked by hand."
    )
    survivorship: dict[FieldName, Annotated[list[SourceName], Field(min_length=1)]] = Field(
        {}, description="Field -> the sources in the order in which they are believed, where it is another one."
    )
