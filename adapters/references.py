"""``$`` texts: the places in a registration's request body where the values of a call go in.

``$name`` is one value; ``$$5`` is the text ``$5``. A list of one item that uses ``$key`` is the pattern of one item per
key: ``[{article: $key.0, plant: $key.1}]``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

ABSENT: Any = object()
"""What a reference to a value that was not given becomes: its member of an object is left out."""


def reference(value: object) -> str | None:
    """The name in a ``$`` text."""
    return value[1:] if isinstance(value, str) and value.startswith("$") and not value.startswith("$$") else None


def of_key(name: str) -> bool:
    return name == "key" or name.startswith("key.")


def per_key(value: object) -> bool:
    """Whether a list is the pattern of one item per key."""
    return isinstance(value, list) and len(value) == 1 and any(of_key(name) for _, name in references(value[0]))


def references(template: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every ``$`` text of a template: where it stands and the name in it."""
    name = reference(template)
    if name is not None:
        yield path, name
    elif isinstance(template, Mapping):
        for key, value in template.items():
            yield from references(value, (*path, key))
    elif isinstance(template, list):
        for index, value in enumerate(template):
            yield from references(value, (*path, index))


def filled(template: Any, values: Mapping[str, Any]) -> Any:
    """The template with its values; :data:`ABSENT` for one that is not given. ``values["keys"]`` are the keys."""
    name = reference(template)
    if name is not None:
        value = values.get(name)
        return ABSENT if value is None else value
    if isinstance(template, str):
        return template[1:] if template.startswith("$$") else template
    if isinstance(template, Mapping):
        members = ((key, filled(value, values)) for key, value in template.items())
        return {key: value for key, value in members if value is not ABSENT}
    if isinstance(template, list):
        if per_key(template):
            return [filled(template[0], {**values, **key_values(key)}) for key in values.get("keys", ())]
        return [item for item in (filled(item, values) for item in template) if item is not ABSENT]
    return template


def key_values(key: Any) -> dict[str, Any]:
    """``key``, and ``key.0``, ``key.1``, ... of a composite one."""
    parts = {f"key.{index}": part for index, part in enumerate(key)} if isinstance(key, tuple) else {}
    return {"key": key, **parts}
