"""Which keys a model knows at a path of its document: what to name when a key is unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from gateway.config.problems import Path


def words_at(model: type[BaseModel], path: Path) -> set[str]:
    """The keys of every model that may stand at ``path``, whichever branch of a union it is."""
    return {word for type_ in types_at(model, path) for word in fields(type_)}


def meaning_at(model: type[BaseModel], path: Path) -> str:
    """What is written at ``path``, such as ``ISO 4217 code``; empty where no model says so."""
    for type_ in types_at(model, path[:-1]):
        for name, field in type_.model_fields.items() if is_model(type_) else ():
            if path[-1] in (name, field.alias):
                return (field.description or "").rstrip(".")
    return ""


def types_at(model: type[BaseModel], path: Path) -> list[Any]:
    types: list[Any] = [model]
    for step in path:
        types = [inner for outer in types for inner in below(outer, step)]
    return types


def below(type_: Any, step: str | int) -> Iterator[Any]:
    """The types, free of unions, that may stand under ``step`` of a value of ``type_``."""
    if is_model(type_):
        if step in fields(type_):
            yield from plain(fields(type_)[str(step)])
    elif arguments := get_args(type_):
        mapping = issubclass(get_origin(type_) or object, Mapping)
        if mapping == isinstance(step, str):
            yield from plain(arguments[-1] if mapping else arguments[0])


def plain(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from plain(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for branch in get_args(annotation):
            yield from plain(branch)
    elif annotation is not NoneType:
        yield annotation


def fields(model: Any) -> dict[str, Any]:
    """Key in the file -> annotation."""
    if not is_model(model):
        return {}
    model.model_rebuild()  # a model that names a later one keeps the bare name until someone asks
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def is_model(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, BaseModel)
