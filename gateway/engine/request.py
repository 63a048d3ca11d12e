"""What the edge hands to the engine, and what it gets back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.spi import ANONYMOUS, Principal
from gateway.telemetry.account import Account


@dataclass(slots=True)
class OperationRequest:
    """One GraphQL request, read from the wire but not yet parsed.

    ``headers`` have lower-case names; the engine reads only those that ``gateway.yaml`` names.
    ``extensions``: ``{"trace": true}`` asks for what the operation took, step by step; ``{"cost": true}`` for its calls
    and records.
    """

    query: str
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    request_id: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)
    principal: Principal = ANONYMOUS


@dataclass(slots=True)
class Answer:
    """``body``: the JSON response. ``executed``: false where the request was refused before execution began
    (syntax, validation, variables, limits: no ``data`` entry in the body; GraphQL over HTTP, "Status Codes").
    ``account``: what may be told of it."""

    body: bytes
    executed: bool
    account: Account | None = None
