"""Documents: parsed, validated and measured once per text; their plans are kept with them."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Generic, TypeVar

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
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
    FragmentSpreadNode,
    NonNullTypeNode,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)

from gateway.config.settings import OperationLimits
from gateway.engine.messages import named, without_values
from gateway.engine.planned import Planned
from gateway.telemetry.telemetry import OFF, Telemetry

PlanKey = tuple[Any, ...]
K = TypeVar("K")
V = TypeVar("V")


class Refused(Exception):
    """A request that is refused before execution. ``errors`` are response entries."""

    def __init__(self, code: str, message: str, locations: list[dict[str, int]] | None = None) -> None:
        super().__init__(message)
        self.entries = [(code, message, locations)]

    @classmethod
    def of(cls, code: str, errors: list[GraphQLError]) -> Refused:
        refused = cls(code, "")
        refused.entries = [(code, without_values(error.message), located(error)) for error in errors]
        return refused


def located(error: GraphQLError) -> list[dict[str, int]]:
    return [{"line": at.line, "column": at.column} for at in error.locations or ()]


class Recent(Generic[K, V]):
    """The most recently used entries: at most ``entries``, and at most ``weight`` in all."""

    def __init__(self, entries: int, weight: int) -> None:
        self.entries = entries
        self.weight = weight
        self._held: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._weighs = 0

    def get(self, key: K) -> V | None:
        held = self._held.get(key)
        if held is None:
            return None
        self._held.move_to_end(key)
        return held[0]

    def put(self, key: K, value: V, weight: int = 1) -> None:
        if key in self._held:
            self._weighs -= self._held.pop(key)[1]
        self._held[key] = value, weight
        self._weighs += weight
        while len(self._held) > self.entries or (self._weighs > self.weight and len(self._held) > 1):
            self._weighs -= self._held.popitem(last=False)[1][1]

    def __len__(self) -> int:
        return len(self._held)


@dataclass(slots=True)
class Document:
    """``hash``: by which logs and traces tell documents apart. ``deciding``: variables of ``@skip`` and ``@include``;
    ``choosing``: those whose presence may choose a lookup, or decide whether an argument can be answered at all."""

    hash: str
    operations: Mapping[str, OperationDefinitionNode]
    fragments: dict[str, FragmentDetails]
    deciding: tuple[str, ...]
    choosing: tuple[str, ...]
    plans: Recent[PlanKey, Planned] = field(default_factory=lambda: Recent(32, 32))

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """By the specification's GetOperation."""
        if name is None:
            if len(self.operations) != 1:
                raise Refused("OPERATION_UNKNOWN", "The document has several operations: say which in operationName.")
            return next(iter(self.operations.values()))
        if name not in self.operations:
            raise Refused("OPERATION_UNKNOWN", f"The document has no operation {named(name, 'of this name')}.")
        return self.operations[name]

    def plan_key(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> PlanKey:
        name = operation.name.value if operation.name else None
        decided = tuple(variables.get(variable) for variable in self.deciding)
        given = tuple(_given(variables, variable) for variable in self.choosing)
        return name, decided, given


def document_hash(text: str) -> str:
    """SHA-256 in hexadecimal, as those who keep lists of known documents have it."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Documents:
    """Turns texts into documents, within the limits; keeps the recent ones (by count and by bytes of text)."""

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: OperationLimits,
        choosing_fields: frozenset[str],
        telemetry: Telemetry = OFF,
    ) -> None:
        self.telemetry = telemetry
        self.schema = schema
        self.limits = limits
        self.choosing_fields = choosing_fields
        self.recent: Recent[str, Document] = Recent(1000, 8 * 1024**2)

    def read(self, text: str) -> Document:
        document = self.recent.get(text)
        if document is None:
            document = self._read(text)
            self.recent.put(text, document, len(text))
        return document

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
        return Document(
            document_hash(text),
            {operation.name.value if operation.name else "": operation for operation in operations},
            {name: FragmentDetails(fragment) for name, fragment in fragments.items()},
            tuple(sorted(noted.deciding)),
            tuple(sorted(noted.choosing | (noted.strict & noted.nullable) - noted.deciding)),
        )


def _definitions(node: DocumentNode) -> tuple[list[OperationDefinitionNode], dict[str, FragmentDefinitionNode]]:
    operations = [each for each in node.definitions if isinstance(each, OperationDefinitionNode)]
    fragments = {each.name.value: each for each in node.definitions if isinstance(each, FragmentDefinitionNode)}
    return operations, fragments


def check_depth(
    operations: list[OperationDefinitionNode], fragments: Mapping[str, FragmentDefinitionNode], limit: int
) -> None:
    """Refuses a document nested deeper than ``limit`` fields.

    Each fragment is measured once, however often it is spread (a measure that walks every spread anew is exponential);
    a fragment that spreads itself is left to validation.
    """
    measured: dict[str, int] = {}

    def below(selection_set: SelectionSetNode | None, above: int, spreading: tuple[str, ...]) -> int:
        if above > limit:
            raise Refused("LIMIT_EXCEEDED", f"The document is nested deeper than {limit} fields.")
        deepest = 0
        for selection in selection_set.selections if selection_set else ():
            if isinstance(selection, FieldNode):
                deepest = max(deepest, 1 + below(selection.selection_set, above + 1, spreading))
            elif isinstance(selection, FragmentSpreadNode):
                deepest = max(deepest, spread(selection.name.value, above, spreading))
            else:
                deepest = max(deepest, below(selection.selection_set, above, spreading))  # type: ignore[attr-defined]
        return deepest

    def spread(name: str, above: int, spreading: tuple[str, ...]) -> int:
        if name in spreading or name not in fragments:
            return 0
        if name not in measured:
            measured[name] = below(fragments[name].selection_set, 0, (*spreading, name))
        if above + measured[name] > limit:
            raise Refused("LIMIT_EXCEEDED", f"The document is nested deeper than {limit} fields.")
        return measured[name]

    try:
        for operation in operations:
            below(operation.selection_set, 0, ())
    except RecursionError:
        raise Refused("LIMIT_EXCEEDED", "The document is nested too deeply.") from None


def check_repeats(node: DocumentNode, limit: int) -> None:
    """Refuses a document that selects one response name very often: whether fields of one name can be merged is checked
    pair by pair (specification, "Field Selection Merging"), so the cost of validation grows with the square."""
    counted: Counter[str] = Counter()

    class _Names(Visitor):
        def enter_field(self, field: FieldNode, *_: object) -> None:
            counted[(field.alias or field.name).value] += 1

    visit(node, _Names())
    for name, count in counted.most_common(1):
        if count > limit:
            raise Refused("LIMIT_EXCEEDED", f"The document selects {name} {count} times; at most {limit}.")


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
