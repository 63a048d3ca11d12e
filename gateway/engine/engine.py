"""The engine: a request in, the bytes of its answer out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from time import time
from typing import Any

import orjson
from graphql import DocumentNode, GraphQLError, execute_sync
from graphql.execution import VariableValues
from msgspec.json import Encoder

from adapters.seals import Seal, seal_of_process
from adapters.spi import Adapter, Principal
from gateway.compose import Composition
from gateway.engine.accounts import account_of_refusal, account_of_run
from gateway.engine.answers import Answers, Question, again
from gateway.engine.context import Contexts, Scope
from gateway.engine.cost_limits import CostLimits, beyond
from gateway.engine.costs import Costs
from gateway.engine.document import Document, Documents, PlanKey
from gateway.engine.errors import Errors, refusal
from gateway.engine.explain import paid, traced
from gateway.engine.operation import Operation
from gateway.engine.plan import Plan
from gateway.engine.planned import Planned, tells_of_the_graph
from gateway.engine.planner import plan
from gateway.engine.prepared import Asked, Prepared
from gateway.engine.projection import generate
from gateway.engine.refused import Refused
from gateway.engine.request import Answer, OperationRequest
from gateway.engine.run import Run
from gateway.engine.selected import Selected
from gateway.telemetry.telemetry import OFF, Telemetry
from resolvers.links import RootKey


class Engine:
    """Executes operations over one composition; ``sources`` are its adapters, wrapped as they are to be called.

    What routes combine is put together over them here, so that each source is called, kept and watched as itself.
    ``answers``: where whole answers are kept. ``clock`` gives seconds since 1970.
    """

    def __init__(
        self,
        composition: Composition,
        sources: Mapping[str, Adapter],
        telemetry: Telemetry = OFF,
        answers: Answers | None = None,
        clock: Callable[[], float] = time,
    ) -> None:
        self.composition = composition
        self.sources = composition.routes.reached(sources, _seal(composition.settings.cursor_secret))
        self.telemetry = telemetry
        self.limits = composition.settings.limits
        self.cost_limits = CostLimits(composition)
        choosing = {
            coordinate.removeprefix("Query.")
            for coordinate, answer in composition.graph.links.items()
            if isinstance(answer, RootKey)
        }
        kept = composition.settings.cache.documents
        self.documents = Documents(composition.schema, self.limits, kept, frozenset(choosing), telemetry)
        self.contexts = Contexts(composition.settings, composition.schema, clock)
        self.answers = answers or Answers(0)

    async def execute(self, request: OperationRequest) -> Answer:
        """Never raises for anything a client or a source does."""
        turn, wanted = self.answers.turn(), self._wanted(request)
        try:
            scope = self.contexts.scope(request.headers)
            question = None if wanted else self.answers.question(request, scope)
            if question is not None and (kept := self.answers.get(question)):
                return kept
            asked = self._asked(request)
            if asked.planned.answer is not None and not wanted:
                return asked.planned.answer
            prepared = self._prepared(asked, scope, request.principal)
            self.afford(prepared)
        except Refused as refused:
            return self._refused(refused, request)
        await prepared.run.finish()
        errors = Errors(self.limits.errors)
        data = prepared.project(errors)
        body = _body(data, errors, self._told(wanted, prepared), request.request_id)
        answer = Answer(body, executed=True, account=account_of_run(prepared, errors))
        if not wanted and not errors.total:
            self._keep(prepared, question, answer, turn)
        return answer

    def _keep(self, prepared: Prepared, question: Question | None, answer: Answer, turn: int) -> None:
        """With its plan, where there is no other; else as long as its records allow. What comes once is not kept."""
        asked = prepared.asked
        fixed = asked.planned.fixed and asked.kept
        if fixed and self.documents.keep_answer(asked.document, asked.key, asked.planned, again(answer)):
            return
        if question is not None:
            self.answers.keep(question, answer, prepared.until, turn)

    def afford(self, prepared: Prepared) -> None:
        """Raises ``Refused`` where the worst case is beyond a limit."""
        if self.cost_limits.limits and (excess := prepared.cost.excess):
            raise beyond(excess, prepared.plan)

    def _wanted(self, request: OperationRequest) -> Collection[str]:
        """The extensions that a request asks for, and may have."""
        if not request.extensions or not self.composition.settings.server.trace:
            return ()
        return [word for word in ("trace", "cost") if request.extensions.get(word) is True]

    def _told(self, wanted: Collection[str], prepared: Prepared) -> dict[str, Any]:
        told: dict[str, Any] = {}
        if "trace" in wanted:
            told["trace"] = traced(prepared.plan, prepared.run, prepared.cost, self.composition)
        if "cost" in wanted:
            told["cost"] = paid(prepared.plan, prepared.run, prepared.cost)
        return told

    def prepare(self, request: OperationRequest) -> Prepared:
        """Everything that is done before the first call. Raises ``Refused``."""
        return self._prepared(self._asked(request), self.contexts.scope(request.headers), request.principal)

    def _asked(self, request: OperationRequest) -> Asked:
        document = self.documents.read(request.query)
        operation = document.operation(request.operation_name)
        variables = operation.variables.coerced(request.variables)
        key = document.plan_key(operation, variables.coerced)
        held = document.plans.get(key)
        planned = held or self._planned(document, operation, variables, key)
        return Asked(document, operation, variables, key, planned, held is not None)

    def _prepared(self, asked: Asked, scope: Scope, principal: Principal) -> Prepared:
        planned, variables = asked.planned, asked.variables
        context = self.contexts.of(scope)
        run = Run(planned.plan, self.sources, variables, context, principal, self.limits)
        keys = [run.tables.asked(keys) for keys in planned.projection.asked]
        return Prepared(asked, run, keys, self._introspected(planned.plan, asked.document, variables))

    def _planned(self, document: Document, operation: Operation, variables: VariableValues, key: PlanKey) -> Planned:
        """The operation's plan, made once for each choice of what is skipped, included and looked up by."""
        schema, fragments = self.composition.schema, document.fragments
        with self.telemetry.span("plan"):
            try:
                selected = Selected(schema, operation.node, fragments, variables, self.limits.fields)
                made = plan(self.composition, selected)
            except GraphQLError as error:  # a null that decides what is skipped or included
                raise Refused.of("BAD_USER_INPUT", [error]) from None
            costs = Costs(made, self.composition, self.cost_limits)
            fixed = tells_of_the_graph(made) and operation.variables.names <= {*document.deciding}
            planned = Planned(made, generate(made, self.composition.roles), costs, fixed)
        self.documents.keep(document, key, planned)
        return planned

    def _introspected(self, made: Plan, document: Document, variables: VariableValues) -> Mapping[str, Any]:
        """``__schema``, ``__type`` and ``_service``, which need no source."""
        if made.introspection is None:
            return {}
        fragments = [details.definition for details in document.fragments.values()]
        node = DocumentNode(definitions=(made.introspection, *fragments))
        given = {"_service": {"sdl": lambda _: self.composition.subgraph_sdl()}}
        result = execute_sync(self.composition.schema, node, given, variable_values=variables.coerced)
        return result.data or {}

    def _refused(self, refused: Refused, request: OperationRequest) -> Answer:
        errors = [
            refusal(code, message, request.request_id, locations, refused.more)
            for code, message, locations in refused.entries
        ]
        account = account_of_refusal(request, self.documents, (code for code, _, _ in refused.entries))
        return Answer(orjson.dumps({"errors": errors}), executed=False, account=account)


def _seal(secret: str | None) -> Seal:
    return Seal(secret.encode()) if secret else seal_of_process()


ENCODE = Encoder().encode
"""Of what an answer can hold; objects that are taken as they came too."""


def _body(data: Mapping[str, Any] | None, errors: Errors, extensions: dict[str, Any], request_id: str) -> bytes:
    answer: dict[str, Any] = {"data": data}
    if errors.total:
        answer["errors"] = errors.formatted(request_id)
        if errors.total > len(errors.entries):
            extensions["moreErrors"] = errors.total - len(errors.entries)
    if extensions:
        answer["extensions"] = extensions
    return ENCODE(answer)
