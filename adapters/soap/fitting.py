"""Whether the arguments of a registration fit the request in the WSDL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from adapters.problems import MappingProblem, Place, nearest
from adapters.references import per_key, reference
from adapters.soap.marking import TEXT, TYPE
from adapters.soap.shape import ANYTHING, Shape


class Use(NamedTuple):
    """A ``$`` text: where it stands, in which element, and in which element that is repeated for each key."""

    name: str
    path: Place
    shape: Shape | None
    each: Shape | None


def uses(template: object, shape: Shape | None, path: Place = (), each: Shape | None = None) -> Iterator[Use]:
    """Every ``$`` text of a template."""
    name = reference(template)
    if name is not None:
        yield Use(name, path, shape, each)
    elif isinstance(template, Mapping):
        for key, value in template.items():
            yield from uses(value, shape.children.get(key) if shape else None, (*path, key), each)
    elif isinstance(template, list):
        inside = (shape or ANYTHING) if per_key(template) else each
        for index, value in enumerate(template):
            yield from uses(value, shape, (*path, index), inside)


def problems(template: object, shape: Shape, path: Place) -> Iterator[MappingProblem]:
    """What does not fit; an open element (``xsd:any``) takes everything."""
    if isinstance(template, Mapping):
        yield from _names(template, shape, path)
    elif isinstance(template, list):
        if not (shape.many or shape.open):
            yield MappingProblem(path, f"one value: `{shape.name}` occurs once", "a list")
        for index, value in enumerate(template):
            yield from problems(value, shape, (*path, index))
    elif not (shape.text or shape.open):
        yield MappingProblem(path, f"the content of {shape}", "a plain value")
    elif reference(template) == "keys" and not (shape.many or shape.open):
        yield MappingProblem(path, "an element that may occur several times", f"`{shape.name}`", "use `$key`")


def _names(template: Mapping[str, Any], shape: Shape, path: Place) -> Iterator[MappingProblem]:
    kind = template.get(TYPE)
    if kind is not None and kind not in shape.variants:
        hint = nearest(str(kind), shape.variants)
        yield MappingProblem((*path, TYPE), f"one of the types that `{shape.name}` may have", f"`{kind}`", hint)
    for name, value in template.items():
        if name == TYPE:
            continue
        child = shape.children.get(name)
        if child is not None:
            yield from problems(value, child, (*path, name))
        elif not (shape.open or name in shape.attributes or name == TEXT):
            hint = nearest(name, [*shape.children, *shape.attributes])
            yield MappingProblem((*path, name), f"a name of {shape}", f"`{name}`", hint)
