"""``$`` texts: the places in a registration's request body where the values of a call go in.

``$name`` is one value; ``$$5`` is the text ``$5``. A list of one item that uses ``$key`` is the pattern of one item per
key: ``[{article: $key.0, plant: $key.1}]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

ABSENT: Any = object()
"""What a reference to a value that was not given becomes: its member of an object is left out."""


Fill = Callable[[Mapping[str, Any]], Any]


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


def filling(template: Any) -> Fill:
    """What makes of a template and the values of a call the template with them; :data:`ABSENT` for one that is not
    given. ``values["keys"]`` are the keys."""
    name = reference(template)
    if name is not None:
        return lambda values: ABSENT if (value := values.get(name)) is None else value
    if isinstance(template, Mapping):
        return filling_members({key: filling(value) for key, value in template.items()})
    if isinstance(template, list):
        return filling_each(filling(template[0])) if per_key(template) else filling_items([*map(filling, template)])
    constant = template[1:] if isinstance(template, str) and template.startswith("$$") else template
    return lambda values: constant


def filling_members(members: Mapping[str, Fill]) -> Fill:
    return lambda values: {key: value for key, fill in members.items() if (value := fill(values)) is not ABSENT}


def filling_items(items: Sequence[Fill]) -> Fill:
    return lambda values: [item for fill in items if (item := fill(values)) is not ABSENT]


def filling_each(fill: Fill) -> Fill:
    return lambda values: [fill({**values, **key_values(key)}) for key in values.get("keys", ())]


def key_values(key: Any) -> dict[str, Any]:
    """``key``, and ``key.0``, ``key.1``, ... of a composite one."""
    parts = {f"key.{index}": part for index, part in enumerate(key)} if isinstance(key, tuple) else {}
    return {"key": key, **parts}
