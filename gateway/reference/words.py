"""The words of one kind of file as sections and rows, read from its schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from adapters.registration import DURATION
from gateway.config.settings import SIZE
from gateway.reference.schemas import VARIABLE, Schema, positions

NAMED = {DURATION: "duration", SIZE: "size"}
PLAIN = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
KEYS = {
    "entities": "TYPE",
    "lookup": "KEY",
    "search": "NAME",
    "filters": "FILTER",
    "facets": "FACET",
    "fields": "FIELD",
    "keys": "FIELD",
    "sources": "SOURCE",
}
"""By mapping: what its keys are called in a path."""

Link = Callable[[str], str]
"""Name of a definition -> where its words are explained."""


class Word(NamedTuple):
    """``default`` is empty where there is none; a word without one is ``required`` or has no effect."""

    name: str
    meaning: str
    schema: Schema
    default: str
    required: bool


class Section(NamedTuple):
    """Words that stand at ``path``, such as ``entities.TYPE.lookup.KEY``; empty for the top of the file."""

    path: str
    definition: str
    meaning: str
    words: tuple[Word, ...]


def sections(schema: Schema) -> Iterator[Section]:
    """The file's own words, then each definition once, in the order in which a reader meets them."""
    waiting = [("", "", schema)]
    seen = {VARIABLE}
    while waiting:
        path, name, found = waiting.pop(0)
        yield Section(path, name, found.get("description", ""), tuple(words(found)))
        for word, below in found.get("properties", {}).items():
            for step, definition in references(below, word, schema.get("$defs", {})):
                if definition not in seen:
                    seen.add(definition)
                    waiting.append((f"{path}.{step}".removeprefix("."), definition, schema["$defs"][definition]))


def words(schema: Schema) -> Iterator[Word]:
    required = schema.get("required", ())
    for name, found in schema.get("properties", {}).items():
        default = plain(found["default"]) if "default" in found else ""
        yield Word(name, found.get("description", ""), found, default, name in required)


def references(schema: Schema, path: str, definitions: Mapping[str, Schema]) -> Iterator[tuple[str, str]]:
    """Path and name of each definition that a member is made of; of alternatives, each with its first word."""
    if "$ref" in schema:
        yield path, schema["$ref"].removeprefix("#/$defs/")
    branches = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    models = [branch for branch in branches if "$ref" in branch and is_news(branch)]
    for branch in branches:
        for place, name in references(branch, path, definitions):
            one_of_many = len(models) > 1 and branch in models
            yield f"{path} ({next(iter(definitions[name]['properties']))})" if one_of_many else place, name
    for below in positions(schema):
        key = "[]" if below is schema.get("items") else f".{KEYS.get(path, 'NAME')}"
        yield from references(below, f"{path}{key}", definitions)


def plain(value: Any) -> str:
    return value if isinstance(value, str) and value.strip() else json.dumps(value)


def type_of(schema: Schema, link: Link) -> str:
    """In words: ``duration``, ``list of text``, ``one of a, b``."""
    if "$ref" in schema:
        return link(schema["$ref"].removeprefix("#/$defs/"))
    if branches := [*schema.get("anyOf", ()), *schema.get("oneOf", ())]:
        names = dict.fromkeys(type_of(branch, link) for branch in branches if is_news(branch))
        return "size" if "size" in names else " or ".join(names)  # a size may be written as a number
    if "const" in schema or "enum" in schema:
        return " or ".join(f"`{plain(value)}`" for value in schema.get("enum", [schema.get("const")]))
    kind = schema.get("type")
    if kind == "array":
        return f"list of {type_of(schema.get('items', {}), link)}"
    if kind == "object":
        return f"mapping to {type_of(next(iter(positions(schema)), {}), link)}"
    if not isinstance(kind, str):
        return "any value"
    return NAMED.get(schema.get("pattern", ""), PLAIN[kind] + bounds(schema))


def is_news(branch: Mapping[str, Any]) -> bool:
    """Nothing may stand for any optional word, and a variable for any scalar: the page says so once."""
    return branch.get("type") != "null" and branch.get("$ref") != f"#/$defs/{VARIABLE}"


def bounds(schema: Schema) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if "exclusiveMinimum" in schema:
        return f" above {schema['exclusiveMinimum']}"
    if least is not None and most is not None:
        return f" from {least} to {most}"
    return f" of at least {least}" if least is not None else ""
