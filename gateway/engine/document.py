"""Documents: parsed, validated and measured once per text; their plans are kept with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    is_non_null_type,
    parse,
    validate,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.language import (
    DirectiveNode,
    FieldNode,
    NonNullTypeNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)

from gateway.config.settings import OperationLimits
from gateway.engine.limits import check_depth, check_repeats
from gateway.engine.messages import named
from gateway.engine.operation import Operation
from gateway.engine.planned import Planned
from gateway.engine.recent import Recent
from gateway.engine.refused import Refused
from gateway.engine.request import Answer
from gateway.telemetry.telemetry import OFF, Telemetry

PlanKey = tuple[Any, ...]

NODES = 110
"""Bytes of memory that a document's nodes and tokens take for each character of its text; measured, as the next."""
EACH = 4096
"""Bytes that a document takes at least."""
SHARE = 8
"""One document's plans may take this part of what there is for all documents."""


@dataclass(slots=True)
class Document:
    """``hash``: by which logs and traces tell documents apart. ``deciding``: variables of ``@skip`` and ``@include``;
    ``choosing``: those whose presence may choose a lookup, or decide whether an argument can be answered at all.

    ``plans``: one for each operation and choice of these variables.
    """

    text: str
    hash: str
    operations: Mapping[str, Operation]
    fragments: dict[str, FragmentDetails]
    deciding: tuple[str, ...]
    choosing: tuple[str, ...]
    plans: Recent[PlanKey, Planned]

    @property
    def weight(self) -> int:
        """Bytes of memory, about."""
        return EACH + NODES * len(self.text) + self.plans.weight

    def operation(self, name: str | None) -> Operation:
        """By the specification's GetOperation."""
        if name is None:
            if len(self.operations) != 1:
                raise Refused("OPERATION_UNKNOWN", "The document has several operations: say which in operationName.")
            return next(iter(self.operations.values()))
        if name not in self.operations:
            raise Refused("OPERATION_UNKNOWN", f"The document has no operation {named(name, 'of this name')}.")
        return self.operations[name]

    def plan_key(self, operation: Operation, variables: Mapping[str, Any]) -> PlanKey:
        decided = tuple(map(variables.get, self.deciding))
        given = tuple([_given(variables, variable) for variable in self.choosing]) if self.choosing else ()
        return operation.name, decided, given


def document_hash(text: str) -> str:
    """SHA-256 in hexadecimal, as those who keep lists of known documents have it."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Documents:
    """Turns texts into documents, within the limits; keeps the recent ones with their plans, in at most ``bytes_``."""

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: OperationLimits,
        bytes_: int,
        choosing_fields: frozenset[str],
        telemetry: Telemetry = OFF,
    ) -> None:
        self.telemetry = telemetry
        self.schema = schema
        self.limits = limits
        self.choosing_fields = choosing_fields
        self.recent: Recent[str, Document] = Recent(bytes_)

    def read(self, text: str) -> Document:
        document = self.recent.get(text)
        if document is None:
            document = self._read(text)
            self.recent.put(text, document, document.weight)
        return document

    def keep(self, document: Document, key: PlanKey, planned: Planned) -> None:
        """Keeps a plan with its document, whose weight it adds to."""
        document.plans.put(key, planned, planned.weight)
        self.recent.put(document.text, document, document.weight)

    def keep_answer(self, document: Document, key: PlanKey, planned: Planned, answer: Answer) -> bool:
        """Keeps the one answer that a plan has with it. False where the document's share has no room for both."""
        if planned.weight + len(answer.body) > document.plans.limit:
            return False
        planned.answer = answer
        self.keep(document, key, planned)
        return True

    def _read(self, text: str) -> Document:
        try:
            with self.telemetry.span("parse"):
                node = parse(text, max_tokens=self.limits.tokens)
        except GraphQLSyntaxError as error:
            code = (
                "LIMIT_EXCEEDED"
                if "more than" in error.message and "tokens" in error.message
                else "GRAPHQL_PARSE_FAILED"
            )
            raise Refused.of(code, [error]) from None
        except RecursionError:
            raise Refused("LIMIT_EXCEEDED", "The document is nested too deeply.") from None
        operations, fragments = _definitions(node)
        if not operations:
            raise Refused("GRAPHQL_PARSE_FAILED", "The document has no operation.")
        with self.telemetry.span("validate"):
            check_depth(operations, fragments, self.limits.depth)
            check_repeats(node, self.limits.repeats)
            errors = validate(self.schema, node, max_errors=20)
        if errors:
            raise Refused.of("GRAPHQL_VALIDATION_FAILED", errors)
        noted = _Variables(self.schema, self.choosing_fields)
        visit(node, TypeInfoVisitor(noted.types, noted))
        made = [Operation.of(operation, self.schema) for operation in operations]
        return Document(
            text,
            document_hash(text),
            {operation.name: operation for operation in made},
            {name: FragmentDetails(fragment) for name, fragment in fragments.items()},
            tuple(sorted(noted.deciding)),
            tuple(sorted(noted.choosing | (noted.strict & noted.nullable) - noted.deciding)),
            Recent(self.recent.limit // SHARE),
        )


def _definitions(node: DocumentNode) -> tuple[list[OperationDefinitionNode], dict[str, FragmentDefinitionNode]]:
    operations = [each for each in node.definitions if isinstance(each, OperationDefinitionNode)]
    fragments = {each.name.value: each for each in node.definitions if isinstance(each, FragmentDefinitionNode)}
    return operations, fragments


class _Variables(Visitor):
    """Notes the variables that a plan depends on.

    ``strict``: those at positions that take no null, where validation lets them be ``nullable`` if there is a default
    (specification, "All Variable Usages Are Allowed").
    """

    def __init__(self, schema: GraphQLSchema, choosing_fields: frozenset[str]) -> None:
        super().__init__()
        self.types = TypeInfo(schema)
        self.choosing_fields = choosing_fields
        self.deciding: set[str] = set()
        self.choosing: set[str] = set()
        self.strict: set[str] = set()
        self.nullable: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        if node.name.value in ("skip", "include"):
            self.deciding |= _named(node.arguments)

    def enter_field(self, node: FieldNode, *_: object) -> None:
        if node.name.value in self.choosing_fields:
            self.choosing |= _named(node.arguments)

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: object) -> None:
        if not isinstance(node.type, NonNullTypeNode):
            self.nullable.add(node.variable.name.value)

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        if is_non_null_type(self.types.get_input_type()):
            self.strict.add(node.name.value)


def _given(variables: Mapping[str, Any], name: str) -> bool | None:
    """``None`` where it is absent, which is not the same as a null: an argument may have a default."""
    return variables[name] is not None if name in variables else None


def _named(arguments: Any) -> set[str]:
    return {argument.value.name.value for argument in arguments or () if isinstance(argument.value, VariableNode)}
