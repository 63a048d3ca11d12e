"""JSON Schemas of ``gateway.yaml`` and ``sources/*.yaml``, for editors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from adapters.registration import DURATION, UNITS, Kind
from gateway.config.settings import SIZE, SIZES, Settings

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
VARIABLE = "Variable"
VARIABLES: Schema = {
    "title": VARIABLE,
    "type": "string",
    "pattern": r"\$\{",
    "description": "A value from the environment: `${NAME}`, `${NAME:-default}` or `${file:/path}`.",
}
CERTAIN = ("pattern", "enum", "format")
NOTES = ("title", "description", "default")


def gateway_schema() -> Schema:
    return {"$schema": DIALECT, **model_schema(Settings), "title": "gateway.yaml"}


def source_schema(kinds: Mapping[str, Kind]) -> Schema:
    """A branch for each kind. What the kinds define alike is there once; the rest has the kind in its name."""
    schemas = {name: model_schema(kinds[name].registration) for name in sorted(kinds)}
    definitions: dict[str, Schema] = {}
    branches = []
    for kind, schema in schemas.items():
        own = {name for name in schema["$defs"] if any(differs(name, schema, other) for other in schemas.values())}
        names = {name: qualified(kind, name) if name in own else name for name in schema["$defs"]}
        whole = renamed(schema, names)
        for name, definition in whole.pop("$defs").items():
            definitions[names[name]] = definition
        definitions[whole["title"]] = whole
        branches.append({"if": is_kind(kind), "then": {"$ref": f"#/$defs/{whole['title']}"}})
    return {
        "$schema": DIALECT,
        "title": "sources/*.yaml",
        "description": "One registered back-office system.",
        "type": "object",
        "properties": {"kind": {"enum": list(schemas), "description": "How it is spoken to."}},
        "required": ["kind"],
        "allOf": branches,
        "$defs": dict(sorted(definitions.items())),
    }


def is_kind(kind: str) -> Schema:
    return {"properties": {"kind": {"const": kind}}, "required": ["kind"]}


def differs(name: str, one: Schema, other: Schema) -> bool:
    return bool(one["$defs"][name] != other["$defs"].get(name))


def qualified(kind: str, name: str) -> str:
    return name if name.lower().startswith(kind) else f"{kind.capitalize()}{name}"


def renamed(schema: Schema, names: Mapping[str, str]) -> Schema:
    text = json.dumps(schema)
    for old, new in names.items():
        text = text.replace(f'"#/$defs/{old}"', f'"#/$defs/{new}"')
    result: Schema = json.loads(text)
    for old, new in names.items():
        result["$defs"][old]["title"] = new
    return result


def model_schema(model: type[BaseModel]) -> Schema:
    """Pydantic's, in the words of the file: durations as they are written, variables wherever a scalar stands."""
    schema = model.model_json_schema()
    mend(schema)
    schema.setdefault("$defs", {})[VARIABLE] = VARIABLES
    return schema


def mend(schema: Schema) -> None:
    """This schema and all below it, in place."""
    for unknown in ("gt", "ge", "discriminator"):  # of the value, not of what is written
        schema.pop(unknown, None)
    if "description" in schema:
        schema["description"] = prose(schema["description"])
    mend_default(schema)
    for below in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        mend(below)
    for position in positions(schema):
        mend(position)
        admit_variables(position)


def positions(schema: Schema) -> list[Schema]:
    """Where values stand: the schemas of members and items."""
    found: list[Schema] = [each for word in MAPPINGS for each in schema.get(word, {}).values()]
    return found + [schema[word] for word in ("items", "additionalProperties") if isinstance(schema.get(word), dict)]


MAPPINGS = ("properties", "patternProperties", "$defs")


def prose(docstring: str) -> str:
    paragraphs = docstring.replace("``", "`").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def mend_default(schema: Schema) -> None:
    """Nothing and whole mappings are no news; seconds and bytes are written with a unit."""
    default = schema.get("default")
    patterns = {branch.get("pattern") for branch in schema.get("anyOf", (schema,))}
    if default is None or isinstance(default, dict):
        schema.pop("default", None)
    elif DURATION in patterns:
        schema["default"] = with_unit(default, UNITS, "s")
    elif SIZE in patterns:
        schema["default"] = with_unit(default, SIZES, "")


def with_unit(number: float, units: Mapping[str, float], otherwise: str) -> str:
    """``2.0`` as ``2s``, in the largest unit that leaves a whole number."""
    fitting = [unit for unit, size in units.items() if number and round(number / size, 6).is_integer()]
    unit = max(fitting, key=units.__getitem__, default=otherwise)
    return f"{number / units[unit]:g}{unit}"


def admit_variables(schema: Schema) -> None:
    """Variables are put in before anything is read, so they may stand where a number or a certain text is wanted."""
    branches = schema.get("anyOf") or [{word: schema[word] for word in schema if word not in NOTES}]
    if any(is_closed(branch) for branch in branches):
        kept = {word: schema[word] for word in NOTES if word in schema}
        schema.clear()
        schema.update(kept, anyOf=[*branches, {"$ref": f"#/$defs/{VARIABLE}"}])


def is_closed(branch: Schema) -> bool:
    kind = branch.get("type")
    return kind in ("integer", "number", "boolean") or (kind == "string" and any(word in branch for word in CERTAIN))
