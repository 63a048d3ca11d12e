"""The engine: a request in, the bytes of its answer out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import time
from typing import Any

import orjson
from graphql import DocumentNode, GraphQLError, execute_sync
from graphql.execution import VariableValues
from graphql.language import OperationDefinitionNode

from adapters.seals import Seal, seal_of_process
from adapters.spi import Adapter
from gateway.compose import Composition
from gateway.engine.accounts import account_of_refusal, account_of_run, name_of
from gateway.engine.answers import Answers, Question
from gateway.engine.context import Contexts
from gateway.engine.cost_limits import CostLimits, beyond
from gateway.engine.costs import Costs
from gateway.engine.document import Document, Documents, PlanKey
from gateway.engine.errors import Errors, refusal
from gateway.engine.explain import paid, traced
from gateway.engine.plan import Plan
from gateway.engine.planned import Planned
from gateway.engine.planner import plan
from gateway.engine.prepared import Prepared
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
        turn = self.answers.turn()
        try:
            question = self._question(request)
            if question is not None and (kept := self.answers.get(question)):
                return kept
            prepared = self.prepare(request)
            self.afford(prepared)
        except Refused as refused:
            return self._refused(refused, request)
        await prepared.run.finish()
        errors = Errors(self.limits.errors)
        data = prepared.project(errors)
        body = _body(data, errors, self._told(request, prepared), request.request_id)
        answer = Answer(body, executed=True, account=account_of_run(prepared, errors))
        if question is not None and not errors.total:
            self.answers.keep(question, answer, prepared.until, turn)
        return answer

    def _question(self, request: OperationRequest) -> Question | None:
        """``None`` for what is never kept. Raises ``Refused``."""
        if self._wants(request, "trace") or self._wants(request, "cost"):
            return None
        return self.answers.question(request, self.contexts.scope(request.headers))

    def afford(self, prepared: Prepared) -> None:
        """Raises ``Refused`` where the worst case is beyond a limit."""
        if self.cost_limits.limits and (excess := prepared.cost.excess):
            raise beyond(excess, prepared.plan)

    def _told(self, request: OperationRequest, prepared: Prepared) -> dict[str, Any]:
        """The extensions that a request asks for."""
        told: dict[str, Any] = {}
        if self._wants(request, "trace"):
            told["trace"] = traced(prepared.plan, prepared.run, prepared.cost, self.composition)
        if self._wants(request, "cost"):
            told["cost"] = paid(prepared.plan, prepared.run, prepared.cost)
        return told

    def _wants(self, request: OperationRequest, word: str) -> bool:
        return request.extensions.get(word) is True and self.composition.settings.server.trace

    def prepare(self, request: OperationRequest) -> Prepared:
        """Everything that is done before the first call. Raises ``Refused``."""
        document = self.documents.read(request.query)
        operation = document.operation(request.operation_name)
        variables = document.variables[name_of(operation)].coerced(request.variables)
        key = document.plan_key(operation, variables.coerced)
        held = document.plans.get(key)
        planned = held or self._planned(document, operation, variables, key)
        run = self._run(planned.plan, variables, request)
        asked = [run.tables.asked(keys) for keys in planned.projection.asked]
        introspected = self._introspected(planned.plan, document, variables)
        return Prepared(document, operation, planned, held is not None, run, asked, introspected)

    def _planned(
        self, document: Document, operation: OperationDefinitionNode, variables: VariableValues, key: PlanKey
    ) -> Planned:
        """The operation's plan, made once for each choice of what is skipped, included and looked up by."""
        schema, fragments = self.composition.schema, document.fragments
        with self.telemetry.span("plan"):
            try:
                made = plan(self.composition, Selected(schema, operation, fragments, variables, self.limits.fields))
            except GraphQLError as error:  # a null that decides what is skipped or included
                raise Refused.of("BAD_USER_INPUT", [error]) from None
            costs = Costs(made, self.composition, self.cost_limits)
            planned = Planned(made, generate(made, self.composition.roles), costs)
        self.documents.keep(document, key, planned)
        return planned

    def _run(self, made: Plan, variables: VariableValues, request: OperationRequest) -> Run:
        context = self.contexts.of(request.headers)
        return Run(made, self.sources, variables, context, request.principal, self.limits)

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


def _body(data: Mapping[str, Any] | None, errors: Errors, extensions: dict[str, Any], request_id: str) -> bytes:
    answer: dict[str, Any] = {"data": data}
    if errors.total:
        answer["errors"] = errors.formatted(request_id)
        if errors.total > len(errors.entries):
            extensions["moreErrors"] = errors.total - len(errors.entries)
    if extensions:
        answer["extensions"] = extensions
    return orjson.dumps(answer)
