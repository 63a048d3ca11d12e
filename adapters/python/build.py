"""From a registration to the adapter that it names, or to what is wrong with that."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from adapters.problems import MappingProblem, MappingProblems, Mistake, nearest
from adapters.python.registration import PythonSource
from adapters.spi import Adapter
from adapters.types import Types

AT = ("adapter",)


def build(registration: PythonSource, types: Types) -> Adapter:
    """Raises ``MappingProblems``: of the adapter itself, or of what it declares."""
    try:
        make = imported(registration.adapter)
        adapter = made(make, registration, types)
    except Mistake as mistake:
        raise MappingProblems([mistake.at(AT)]) from mistake
    problems = list(undeclared(adapter, types))
    if problems:
        raise MappingProblems(problems)
    return adapter


def imported(name: str) -> Any:
    module, _, attribute = name.partition(":")
    try:
        found = import_module(module)
    except ModuleNotFoundError as error:
        raise Mistake(
            "a module that can be imported", f"`{error.name}` is not installed", "install it beside crossdock"
        ) from error
    except Exception as error:  # a module of somebody else may raise anything
        raise Mistake("a module that can be imported", f"{type(error).__name__} while importing `{module}`") from error
    if not hasattr(found, attribute):
        raise Mistake(f"a class in `{module}`", f"`{attribute}`", nearest(attribute, vars(found)))
    return getattr(found, attribute)


def made(make: Any, registration: PythonSource, types: Types) -> Adapter:
    try:
        adapter = make(registration, types)
    except MappingProblems:
        raise
    except Exception as error:
        name = f"`{registration.adapter}`"
        raise Mistake("an adapter", f"{type(error).__name__} when {name} was called: {error}") from error
    if not isinstance(adapter, Adapter):
        raise Mistake("an `adapters.spi.Adapter`", f"`{type(adapter).__name__}`")
    if getattr(adapter, "source", None) != registration.source:
        raise Mistake(f"an adapter whose `source` is {registration.source}", f"`{getattr(adapter, 'source', None)}`")
    return adapter


def undeclared(adapter: Adapter, types: Types) -> Iterator[MappingProblem]:
    """What the adapter says that it gives and the graph has not."""
    for entity, capability in adapter.capabilities.items():
        if entity not in types.objects:
            yield MappingProblem(AT, "types of the graph", f"`{entity}`", nearest(entity, types.objects))
            continue
        known = types.objects[entity]
        for field in sorted({path.partition(".")[0] for path in capability.fields} - known.keys()):
            yield MappingProblem(AT, f"fields of {entity}", f"`{field}`", nearest(field, known))
