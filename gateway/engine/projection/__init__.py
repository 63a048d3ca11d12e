"""The answer's shape as Python code, generated once per plan: records joined by key straight into the response.

One function per selection. Only GraphQL names (which the lexer has checked) and synthetic identifiers are ever printed
into source; every other constant is passed in. What the short names mean stands at the top of the code, see ``layout``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.engine.plan import (
    ComputedField,
    Contribution,
    FieldPlan,
    IdField,
    IntrospectionField,
    KeysGiven,
    LinkField,
    NodesField,
    PlainField,
    Plan,
    ProvenanceField,
    RefusedField,
    RootField,
    Selection,
    TypenameField,
)
from gateway.engine.projection.inline import inlined
from gateway.engine.projection.layout import written
from gateway.engine.projection.links import join, link
from gateway.engine.projection.pages import page
from gateway.engine.projection.roots import nodes, refused, root
from gateway.engine.projection.values import computed, identity, plain, provenance
from gateway.engine.projection.writer import Function, Writer, is_inside, outline_of, quoted


@dataclass(frozen=True, slots=True)
class Projection:
    """``source`` is the generated code; ``asked`` the key lists that it wants, in order."""

    source: str
    project: Callable[..., dict[str, Any] | None]
    asked: tuple[KeysGiven, ...]


def generate(plan: Plan, roles: Mapping[str, str]) -> Projection:
    """Compiles the projection of a plan. ``roles``: of each source, for provenance."""
    writer = Writer(roles, object_function, inlined, page)
    top = Function(writer, "root")
    fields(top, plan.root)
    top.done("p")
    source = written(writer)
    exec(compile(source, "<projection>", "exec"), writer.names)
    project = writer.names.pop("project")  # names that hold what holds them would wait for the collector of cycles
    return Projection(source, project, tuple(writer.asked))


def object_function(writer: Writer, selection: Selection) -> str:
    """The function of one object: joins what other sources add, then makes the response of each field."""
    outline = outline_of(selection)
    function = Function(writer, writer.function_name(selection.type_name), is_inside(selection), outline)
    if outline is not None and any(map(function.takes, selection.fields)):
        function.line(f"c = r.outline is {writer.outline(outline)}")
    for contribution in selection.contributions:
        join(function, contribution)
    for origin in (None, *selection.contributions):
        report_values(function, selection, origin)
    fields(function, selection)
    return function.done("v, p, e, r")


def fields(function: Function, selection: Selection) -> None:
    for each in selection.fields:
        function.pair(each.place.key, value(function, each))


def report_values(function: Function, selection: Selection, origin: Contribution | None) -> None:
    fields = [
        (field.name, field.place)
        for field in selection.fields
        if isinstance(field, PlainField) and field.origin is origin and not field.type.required
    ]
    if fields:
        _, errors = function.row(origin)
        told = function.writer.constant("fields", tuple(fields))
        function.line(f"if {errors}: value_errors({errors}, p, {told}, errors)")


def value(function: Function, field: FieldPlan) -> str:
    match field:
        case TypenameField(name=name):
            return quoted(name)
        case PlainField():
            return plain(function, field)
        case IdField():
            return identity(function, field)
        case ProvenanceField():
            return provenance(function, field)
        case ComputedField():
            return computed(function, field)
        case LinkField():
            return link(function, field)
        case RootField():
            return root(function, field)
        case NodesField():
            return nodes(function, field)
        case IntrospectionField():
            return f"introspected[{quoted(field.place.key)}]"
        case RefusedField():
            return refused(function, field)
    raise AssertionError(f"no code for {type(field).__name__}")
