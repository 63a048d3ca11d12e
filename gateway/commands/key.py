"""``crossdock key``: a new API key for a client."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace

from gateway.config.settings import CLIENT_NAME

HELP = "make an API key for a client"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", type=client_name, metavar="NAME", help="what the client is called in gateway.yaml")
    parser.add_argument("--admin", action="store_true", help="the client may use /admin/ too")


def client_name(text: str) -> str:
    if not re.fullmatch(CLIENT_NAME, text):
        raise ArgumentTypeError(f"expected a name such as shop or call-centre.2, found {text!r}")
    return text


def run(asked: Namespace) -> int:
    from gateway.http.clients import hash_of, new_key

    key = new_key()
    admin = ", admin: true" if asked.admin else ""
    print(f"""\
The key of {asked.name}, shown only now, to be sent as X-Api-Key or Authorization: Bearer:

{key}

What gateway.yaml needs to know of it:

clients:
  {asked.name}: {{key: "{hash_of(key)}"{admin}}}""")
    return 0
