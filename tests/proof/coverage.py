"""What a run has met: a table of everything that an operation can contain and of every way in which it is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    get_named_type,
    get_nullable_type,
    is_list_type,
    parse,
    visit,
)

from tests.proof.case import Case
from tests.proof.comparison import Answered, null_of

ANSWERED = (
    "Children",
    "Children of a null key",
    "Children, given by a source itself",
    "Children, one of them chosen",
    "Computed",
    "Computed, given by a source itself",
    "Computed without what is optional",
    "Computed without what it requires",
    "Connection at the root",
    "Connection below a parent, cut",
    "Connection below a parent, searched",
    "GatewayValue, id",
    "GatewayValue, provenance",
    "Local",
    "Reference",
    "Reference by a null key",
    "Reference to nothing",
    "Reference, list",
    "Reference, list, picked",
    "Reference, list, picked, trusted",
    "Reference, list, to nothing",
    "Reference, list, trusted",
    "Reference, trusted",
    "RootKey",
    "RootKey by id",
    "RootKey by none or several",
    "RootKeys",
    "RootKeys, all rows in one list",
    "RootList",
    "RootList over several pages",
    "RootNodes",
    "RootNodes by an id that names nothing",
    "another source leads to the owner",
    "narrowed by an argument",
    "value of another source",
    "value that the other source has not",
)
"""Counted by the truth."""

WRITTEN = (
    "alias",
    "argument, a list of one without brackets",
    "argument, enum",
    "argument, input object",
    "argument, list",
    "argument, null",
    "argument, variable",
    "argument, variable inside a list",
    "argument, variable inside an input object",
    "field merged with one of the same name",
    "field twice with other arguments",
    "fragment spread several times",
    "fragment, inline, on an interface",
    "fragment, inline, on an object",
    "fragment, inline, without a type",
    "fragment, named, inside another",
    "fragment, named, on an interface",
    "fragment, named, on an object",
    "fragment, on a type that the object is not",
    "introspection",
    "one of several operations",
    "variable with a default",
    "variable used several times",
    "variable, absent",
    "variable, null",
    "variable, given",
    "several requests for one document",
    "__typename of an interface",
    "__typename of an object",
    "__typename of the root",
    *(
        f"@{name} by {condition} on {place}"
        for name in ("skip", "include")
        for condition in ("a literal", "a variable")
        for place in ("a field", "an inline fragment", "a spread")
    ),
    "@skip and @include on one selection",
)
"""Counted in documents."""

MET = (
    "error at its own null",
    "error that nulls 1 level",
    "error that nulls 2 levels",
    "error that nulls 3 levels",
    "error that nulls 4 and more levels",
    "error in a list",
    "several errors",
    *(f"code {code}" for code in ("BAD_DATA", "BAD_USER_INPUT", "OVERLOADED", "REJECTED", "TIMED_OUT", "UNAVAILABLE")),
    "answer without data of a source",
    "answer without errors",
    "list without items",
    "object without fields",
)
"""Counted in answers."""
