"""``crossdock reference``: every word of a configuration and of the command line."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace

HELP = "print the reference of the configuration and of the command line"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--schema", choices=("gateway", "source"), help="instead: the JSON Schema of gateway.yaml or of sources/*.yaml"
    )


def run(asked: Namespace) -> int:
    print(page(asked.command_line) if asked.schema is None else schema(asked.schema), end="")
    return 0


def page(command_line: ArgumentParser) -> str:
    from gateway.config.kinds import InstalledKinds
    from gateway.reference.page import page

    return page(InstalledKinds(), command_line)


def schema(name: str) -> str:
    from gateway.config.kinds import InstalledKinds
    from gateway.reference.schemas import gateway_schema, source_schema

    found = gateway_schema() if name == "gateway" else source_schema(InstalledKinds())
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
