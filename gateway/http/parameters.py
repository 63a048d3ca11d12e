"""The parameters of a GraphQL-over-HTTP request: ``query``, ``operationName``, ``variables``, ``extensions``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from graphql import GraphQLError, OperationType, get_operation_ast, parse

from gateway.engine.request import OperationRequest
from gateway.http.refusal import Refusal

MOST_PARAMETERS = 100
LONG_NUMERAL = b"0" * 19
ZEROS = bytes.maketrans(b"123456789", b"000000000")
"""Makes digits zeros: to find one text among them takes a tenth of what a pattern does."""
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*')
"""A JSON text or number."""


def from_body(body: bytes) -> OperationRequest:
    """Of a JSON body, well-formed, which is all that is known of it; ``Refusal`` 400 for anything else."""
    if not body:
        raise Refusal(400, "Expected a JSON object with the member query, found no body.")
    found = from_json(body, "the body")
    if isinstance(found, list):
        raise Refusal(400, "Expected one JSON object, found a list: operations are not batched.")
    if not isinstance(found, dict):
        raise Refusal(400, f"Expected a JSON object with the member query, found {json_type(found)}.")
    return parameters(found)


def from_query(query: bytes) -> OperationRequest:
    """Of the query component of an address; empty parameters are absent ones."""
    try:
        text = query.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise Refusal(400, f"Expected at most {MOST_PARAMETERS} parameters in percent-encoded UTF-8.") from None
    found: dict[str, Any] = {name: value for name, value in pairs if value}
    for name in ("variables", "extensions"):
        if name in found:
            found[name] = from_json(found[name].encode(), name)
    return parameters(found)


def from_json(text: bytes, name: str) -> Any:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Refusal(400, f"Expected JSON in {name}: {error}.") from None
    if LONG_NUMERAL in text.translate(ZEROS):
        check_numerals(text)
    return value


def check_numerals(text: bytes) -> None:
    """An integer beyond 64 bits would silently become a float, and a key another key."""
    for token in TOKEN.findall(text):
        digits = token.lstrip(b"-")
        if digits.isdigit() and (len(digits) > 20 or not -(2**63) <= int(token) < 2**64):
            raise Refusal(400, "Expected integers of at most 64 bits; longer ones are given as text.")


def parameters(found: Mapping[str, Any]) -> OperationRequest:
    query = found.get("query")
    if not isinstance(query, str):
        raise Refusal(400, f"Expected the text of a GraphQL document in query, found {json_type(query)}.")
    operation = found.get("operationName")
    if operation is not None and not isinstance(operation, str):
        raise Refusal(400, f"Expected a text in operationName, found {json_type(operation)}.")
    for name in ("variables", "extensions"):
        value = found.get(name)
        if value is not None and not isinstance(value, dict):
            raise Refusal(400, f"Expected a JSON object in {name}, found {json_type(value)}.")
    return OperationRequest(query, operation, found.get("variables") or {}, extensions=found.get("extensions") or {})


def json_type(value: object) -> str:
    if value is None:
        return "nothing"
    names = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list"}
    return names.get(type(value), "an object")


def check_is_safe(asked: OperationRequest, tokens: int) -> None:
    """``Refusal`` 405 for a mutation by GET. Whatever else is wrong with the document, the engine says."""
    if "mutation" not in asked.query:
        return
    try:
        operation = get_operation_ast(parse(asked.query, max_tokens=tokens), asked.operation_name)
    except (GraphQLError, RecursionError):
        return
    if operation is not None and operation.operation is OperationType.MUTATION:
        raise Refusal(405, "Expected a query: mutations are sent by POST.", ((b"allow", b"POST"),))
