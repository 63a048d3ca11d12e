"""Of each step, what the answer takes of its records as they are: seen when the plan is whole.

A source that makes records in this form saves the projection the making of them (``adapters.outline``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from adapters.outline import Outline, Outlined, outline
from gateway.engine.plan import (
    ComputedField,
    Contribution,
    FieldPlan,
    IdField,
    LinkField,
    NodesField,
    PageSelection,
    PlainField,
    Plan,
    RootField,
    Selection,
    Step,
)

Read = dict[str, Outlined]
"""What is read of an object, by name."""


def outline_steps(plan: Plan) -> None:
    """Gives each step the outline of all that is read of its records."""
    found: dict[int, Read] = {step.index: {} for step in plan.steps}
    for selection in selections(plan.root):
        position = selection.position
        for origin, read in reads(selection):
            table = origin.table if origin else position.table if position else None
            if table is not None:
                add(found[table.step.index], read)
    for step in plan.steps:
        step.outline = step_outline(step, found[step.index])


def step_outline(step: Step, found: Read) -> Outline | None:
    chosen_by = {name for table in step.tables for name in table.reads}
    fields = (replace(each, whole=True) if each.name in chosen_by else each for each in found.values())
    return outline(tuple(fields)) if found else None


def selections(selection: Selection) -> Iterator[Selection]:
    """The selection and all that are below it, in whatever way."""
    yield selection
    for field in selection.fields:
        for below in directly_below(field):
            yield from selections(below)


def directly_below(field: FieldPlan) -> Iterator[Selection]:
    match field:
        case PlainField():
            below: Iterable[Selection | None] = (field.selection,)
        case ComputedField():
            below = (field.hidden, field.selection)
        case LinkField() | RootField():
            below = (field.selection, *(in_page(field.page) if field.page else ()))
        case NodesField():
            below = (selection for _, selection in field.cases.values())
        case _:
            below = ()
    yield from (selection for selection in below if selection is not None)


def in_page(page: PageSelection) -> Iterator[Selection]:
    for _, name, below in page.fields:
        if name == "nodes":
            yield below
        elif name == "edges":
            yield from (node for _, _, node in below[1] if node is not None)


def reads(selection: Selection) -> Iterator[tuple[Contribution | None, Outlined]]:
    """What the selection reads of its rows, and of the contributions to them."""
    for field in selection.fields:
        match field:
            case PlainField():
                yield field.origin, outlined(field)
            case ComputedField():
                yield from reads(field.hidden)
            case LinkField():
                keys = field.keys
                yield from ((origin, Outlined(name)) for name, origin in zip(keys.names, keys.origins, strict=True))
            case IdField():
                yield from ((None, Outlined(name)) for name in field.names)


def outlined(field: PlainField) -> Outlined:
    type_ = field.type
    below = None
    if field.selection is not None and field.finish is None and type_.lists < 2:
        read: Read = {}
        for _, each in reads(field.selection):
            add(read, each)
        below = outline(tuple(read.values()))
    return Outlined(field.name, type_.required, type_.lists == 1 and type_.item_required, field.as_is, below)


def add(read: Read, more: Outlined) -> None:
    known = read.get(more.name)
    read[more.name] = more if known is None else together(known, more)


def together(one: Outlined, other: Outlined) -> Outlined:
    """One field that is read twice."""
    below = one.below or other.below
    if one.below and other.below:
        read = {each.name: each for each in one.below.fields}
        for each in other.below.fields:
            add(read, each)
        below = outline(tuple(read.values()))
    return Outlined(
        one.name,
        one.required or other.required,
        one.items_required or other.items_required,
        one.only or other.only,
        below,
        one.whole or other.whole or (one.below is None) != (other.below is None),
    )


def takes_record(selection: Selection) -> bool:
    """Whether records can be what the selection makes of them: nothing else is asked of them."""
    table = selection.position.table if selection.position else None
    if table is None or table.step.outline is None:
        return False
    outlined = {each.name for each in table.step.outline.fields}
    return table.step.fields <= outlined and takes_object(selection, table.step.outline)


def takes_object(selection: Selection, known: Outline | None) -> bool:
    """Whether an object of the outline ``known`` is what the selection makes of it."""
    return (
        known is not None
        and len(selection.fields) == len(known.fields)
        and all(
            isinstance(field, PlainField)
            and field.origin is None
            and field.place.key == field.name == each.name
            and takes_value(field, each)
            for field, each in zip(selection.fields, known.fields, strict=True)
        )
    )


def takes_value(field: PlainField, known: Outlined) -> bool:
    """Whether a value of the outline ``known`` is what the field makes of it."""
    if field.type.lists > 1 or (field.finish is not None and (field.as_is is None or field.type.lists > 0)):
        return False
    return field.selection is None or takes_object(field.selection, known.below)
