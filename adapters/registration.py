"""The words that every registered system shares, whatever its kind: the models behind ``sources/*.yaml``.

Unknown keys are forbidden. Each kind adds its own words by subclassing ``Source``, ``Entity``, ``LookupSpec`` and
``SearchSpec``; the YAML reader gives every error its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, NamedTuple, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FilePath, ValidationInfo, model_validator

from adapters.spi import Adapter
from adapters.types import Types

DURATION = r"^[0-9]+(\.[0-9]+)?(ms|s|m|h|d)$"
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(value: object) -> float:
    """``250ms``, ``2s``, ``5m``, ``1h`` or ``1d`` as seconds."""
    text = str(value).strip()
    match = re.fullmatch(DURATION, text)
    if match is None:
        raise ValueError("expected a duration such as 250ms, 2s, 5m, 1h or 1d")
    return float(text.removesuffix(match[2])) * UNITS[match[2]]


WrittenDuration = Annotated[str, Field(pattern=DURATION)]

Duration = Annotated[
    float,
    BeforeValidator(seconds, json_schema_input_type=WrittenDuration),
    Field(gt=0, description="A duration such as 250ms, 2s, 5m, 1h or 1d."),
]


def in_folder(value: object, info: ValidationInfo) -> object:
    """A relative file name starts at the ``folder`` of the validation context: that of the file it is written in."""
    folder = (info.context or {}).get("folder")
    return folder / value if folder is not None and isinstance(value, str) else value


LocalFile = Annotated[
    FilePath,
    BeforeValidator(in_folder, json_schema_input_type=str),
    Field(description="A file; a relative name starts at the folder of the file it is written in."),
]


def code(value: object) -> object:
    """A key of ``map`` as the text by which it is known: in YAML, ``1:`` is a number and ``true:`` a boolean."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


Code = Annotated[str, BeforeValidator(code, json_schema_input_type=str)]
ListedCode = Annotated[str, BeforeValidator(code, json_schema_input_type=str | int)]
"""The same in a list, where editors tell numbers from texts."""


ListOrder = Annotated[str, Field(pattern=r"^[a-z]\w*( (asc|desc))?$")]
"""The field that a list is ordered by, and which way: `placedAt desc`."""


class Words(BaseModel):
    """Every configuration model: unknown keys are refused, instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Form(Words):
    """How one key is written in the graph and in the source; translated both ways.

    ``pad``: the source pads to this length: with blanks on the right (``CHAR(16)``), or with ``fill: "0"`` on the left.
    ``graph`` and ``source``: two templates around one number, such as ``"C{:06}"`` and ``"{:010}"``; with
    ``source: int`` the source holds the bare number. ``prefix``: the source writes this before the key. ``gtin``: the
    source has GTINs of so many digits. ``encoding``: the source holds bytes. Several are applied in this order:
    ``gtin``, ``graph`` and ``source``, ``prefix``, ``pad``, ``encoding``.
    """

    pad: int | None = Field(None, gt=0, description="Length that the source pads to.")
    fill: Literal[" ", "0"] = Field(" ", description="What it pads with: blanks on the right, or zeros on the left.")
    graph: str | None = Field(None, description="Template around one number, as the graph has it; digits otherwise.")
    source: str | None = Field(None, description="The same as the source has it, or `int` for the bare number.")
    prefix: str | None = Field(None, min_length=1, description="What the source writes before every key.")
    gtin: Literal[8, 12, 13, 14] | None = Field(None, description="Digits of a GTIN in the source; 14 in the graph.")
    encoding: str | None = Field(None, description="How the source writes the key as bytes, such as cp037 (EBCDIC).")


class Value(Words):
    """Where a field's value comes from and how it becomes a value of the graph; read top down."""

    from_: str | list[str] | None = Field(None, alias="from", description="Path, or several whose values are joined.")
    const: Any = Field(None, description="This value, whatever the source says.")
    each: str | None = Field(None, description="Path of a list; `fields` is applied to each item.")
    fields: dict[str, FieldSpec] | None = Field(None, description="The fields of an object value.")
    items: list[dict[str, FieldSpec]] | None = Field(
        None, description="A list from repeated columns: the `fields` of each item; an item without values is left out."
    )
    locales: dict[str, str] | None = Field(None, description="Path by language: a text in several languages.")
    null_if: list[Any] = Field([], description="Source values that mean null.")
    empty: Literal["keep", "null"] | None = Field(None, description="What an empty text means; by type otherwise.")
    split: str | None = Field(None, description="Separator that makes a list of one text.")
    join: str = Field(" ", description="Separator between the values of several paths.")
    form: Form | None = Field(None, description="How the key is written in the source.")
    as_: str | list[str] | None = Field(None, alias="as", description="Converter, or several in order.")
    map: dict[Code, Any] | None = Field(None, description="Source code to graph value.")
    otherwise: Any = Field(None, description="For a code that `map` does not name.")
    default: Any = Field(None, description="For null and absent values.")
    sensitive: Literal["allow"] | None = Field(
        None, description="`allow`: this may be seen, although it is called like a secret (password, hash, token, pan)."
    )


FieldSpec = str | Value
"""A path, or the long form."""


class LookupSpec(Words):
    """Many keys in, records out. Each kind adds how the request is made."""

    many: bool = Field(False, description="Several records for one key.")
    batch: int = Field(100, gt=0, description="Most keys in one call.")


class SearchSpec(Words):
    """Filters in, one page out. Each kind adds how the request is made."""

    def orders(self) -> Collection[str]:
        """The orders that a client may choose, in the words of the graph; kinds that have some name them ``sorts``."""
        return getattr(self, "sorts", {})


Period = Annotated[
    float,
    BeforeValidator(seconds, json_schema_input_type=WrittenDuration),
    Field(ge=0, description="A duration such as 250ms, 2s, 5m, 1h or 1d; 0s for none."),
]


class CacheSpec(Words):
    """How long answers about an entity may be used again.

    Where ``fresh`` or ``scope`` is missing, ``@cacheControl`` of the graph counts.
    """

    fresh: Period | None = Field(None, description="As good as a new answer; 0s: nothing of this entity is cached.")
    missing: Period = Field(0.0, validate_default=False, description="That a key does not exist.")
    stale: Period = Field(
        0.0,
        validate_default=False,
        description="After `fresh`: given at once, marked stale, while a new one is fetched.",
    )
    stale_if_error: Period = Field(
        0.0, validate_default=False, description="After `fresh`: given, marked stale, if the source does not answer."
    )
    scope: Literal["public", "private"] | None = Field(
        None, description="`private`: for the caller it was fetched for, in this process only."
    )


L = TypeVar("L", bound=LookupSpec)
S = TypeVar("S", bound=SearchSpec)


class Entity(Words, Generic[L, S]):
    """What the source knows of one entity. ``fields`` is written once and used by every lookup and search."""

    key: str | list[str] | None = Field(None, description="The canonical key; none for rows that only a parent has.")
    fields: dict[str, FieldSpec] = Field({}, description="Field of the graph: where its value comes from.")
    keys: dict[str, FieldSpec] = Field({}, description="Known here, not in the graph: a way to other sources.")
    as_of: FieldSpec | None = Field(None, description="The record's own timestamp, for `provenance.asOf`.")
    lookup: dict[str, L] = Field({}, description="How records are asked for, by the key that is given: `sku`.")
    search: dict[str, S] = Field({}, description="How pages are asked for, by the name that the graph has: `orders`.")
    cache: CacheSpec | None = Field(None, description="How long answers may be used again.")

    @property
    def key_names(self) -> list[str]:
        """The fields of the canonical key; none for rows that only a parent has."""
        texts = [self.key] if isinstance(self.key, str) else self.key or []
        return [name for text in texts for name in text.split()]


ExampleFile = Annotated[
    Path,  # that it is there is seen when it is read: a gateway can be served without its examples
    BeforeValidator(in_folder, json_schema_input_type=str),
    Field(description="A file; a relative name starts at the folder of the file it is written in."),
]


def several(value: object) -> object:
    return value if isinstance(value, list) else [value]


ExampleKey = str | int | list[str | int]


class Example(Words):
    """A lookup or a search, what the system replied to it, and the records that become of that. Run by
    ``crossdock test``."""

    lookup: dict[str, list[ExampleKey]] | None = Field(
        None,
        min_length=1,
        max_length=1,
        description="`Entity.name` and the keys; a composite key is a list of its parts.",
    )
    search: dict[str, dict[str, Any]] | None = Field(
        None, min_length=1, max_length=1, description="`Entity.name` and the filters, by name."
    )
    below: ExampleKey | None = Field(None, description="The key below which a search is made, where it is below one.")
    first: int = Field(10, gt=0, description="How many records a search is asked for.")
    reply: Annotated[list[ExampleFile], BeforeValidator(several, json_schema_input_type=str | list[str])] = Field(
        min_length=1, description="File with what the system replied; several, in their order, for several calls."
    )
    expect: list[Any] = Field(
        description="For each key its record, as far as it is named; a list of them with `many`; null where it is none."
        " Of a search all records of the page."
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.lookup is None) == (self.search is None):
            raise ValueError("expected exactly one of lookup, search")
        if self.search is None and self.model_fields_set & {"below", "first"}:
            raise ValueError("expected below and first beside search only")
        return self


class Limits(Words):
    """What the source can bear."""

    timeout: Duration = Field(2.0, validate_default=False, description="How long one call may take.")
    concurrency: int = Field(8, gt=0, description="Calls at the same time.")
    queue: int = Field(256, ge=0, description="Calls that may wait for a free place before more are refused.")
    calls: int | None = Field(None, gt=0, description="Most calls that one operation may cost here, at worst.")
    records: int | None = Field(None, gt=0, description="Most records that one operation may ask for here, at worst.")


Role = Literal["ERP", "CRM", "PIM", "DAM", "OMS", "WMS", "POS", "PRICING", "LOYALTY", "PAYMENT", "BI", "STORE_SYSTEM"]


class Source(Words):
    """One registered back-office system. Each kind adds where it is, how to log in, and its ``entities``."""

    version: Literal[1] = Field(1, description="Version of these words.")
    source: str = Field(pattern=r"^[a-z][a-z0-9-]*$", description="Its name: in routes, errors and provenance.")
    title: str | None = Field(None, description="Its name for people.")
    role: Role = Field(description="What the system is in the business.")
    contact: str | None = Field(None, description="Who knows it: an address or a team.")
    kind: str = Field(description="How it is spoken to.")
    limits: Limits = Field(Limits(), description="What it can bear.")
    time_zone: str = Field("UTC", description="IANA zone for instants that carry none.")
    examples: list[Example] = Field([], description="What `crossdock test` runs without the system.")

    def known(self) -> Mapping[str, Entity[Any, Any]]:
        """What the source is registered for, by type of the graph; kinds name it ``entities``."""
        return getattr(self, "entities", {})


class Kind(NamedTuple):
    """What an entry point of the group ``crossdock.adapters`` names: how one kind is registered and built.

    ``build`` makes no connection and raises ``MappingProblems`` with everything that does not fit the graph.
    """

    name: str
    registration: type[Source]
    build: Callable[[Any, Types], Adapter]
