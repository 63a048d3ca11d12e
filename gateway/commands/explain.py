"""``crossdock explain``: what an operation would ask of which system, and what it takes when it runs."""

from __future__ import annotations

import asyncio
import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from gateway.commands.failure import CommandFailure
from gateway.commands.options import add_configuration, configuration

if TYPE_CHECKING:
    from gateway.engine.request import OperationRequest

HELP = "print the plan of an operation without calling any system"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the operation, a .graphql file")
    parser.add_argument("--variables", type=Path, metavar="FILE", help="a JSON object with its variables")
    parser.add_argument("--operation", metavar="NAME", help="which one, where the file has several")
    parser.add_argument("--json", action="store_true", help="the plan as one JSON object, for programs")
    parser.add_argument("--code", action="store_true", help="the generated code that makes the answer")
    parser.add_argument("--run", action="store_true", help="execute it, and say what each step took")
    add_configuration(parser)


def run(asked: Namespace) -> int:
    """0 where there is a plan (and, with ``--run``, an answer without errors), else 1."""
    from gateway.engine.explain import as_text, explained
    from gateway.runtime import Gateway

    gateway = Gateway.build(configuration(asked))
    request = operation(asked)
    prepared = refused_as_failure(gateway, request)
    if asked.code:
        print(prepared.projection.source, end="")
        return 0
    if asked.run:
        return asyncio.run(execute(gateway, request, asked.json))
    plan = explained(prepared, gateway.composition)
    print(orjson.dumps(plan, option=orjson.OPT_INDENT_2).decode() if asked.json else as_text(plan), end="")
    return 0


def operation(asked: Namespace) -> OperationRequest:
    from gateway.engine.request import OperationRequest

    variables = read(asked.variables) if asked.variables else "{}"
    try:
        values = json.loads(variables)
    except ValueError as error:
        raise CommandFailure(f"expected a JSON object in {asked.variables}, found {error}") from None
    if not isinstance(values, dict):
        raise CommandFailure(f"expected a JSON object in {asked.variables}, found {type(values).__name__}")
    return OperationRequest(read(asked.file), asked.operation, values, extensions={"trace": True})


def read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise CommandFailure(f"expected to read {file}, found {error.strerror}") from None


def refused_as_failure(gateway: Any, request: OperationRequest) -> Any:
    """The prepared request; a refused one is told as the client would be told."""
    from gateway.engine.refused import Refused

    try:
        return gateway.engine.prepare(request)
    except Refused as refused:
        raise CommandFailure("\n".join(message for _, message, _ in refused.entries)) from None


async def execute(gateway: Any, request: OperationRequest, as_json: bool) -> int:
    from gateway.engine.explain import as_text, waterfall

    try:
        response = orjson.loads((await gateway.execute(request)).body)
    finally:
        await gateway.aclose()
    if "extensions" not in response:
        raise CommandFailure("\n".join(error["message"] for error in response["errors"]))
    trace = response["extensions"]["trace"]
    if as_json:
        print(orjson.dumps(trace, option=orjson.OPT_INDENT_2).decode())
    else:
        print(as_text(trace) + waterfall(trace), end="")
    return 1 if "errors" in response else 0
