"""What differs in one environment: a file that is laid over ``gateway.yaml`` and the files of single sources.

::

    gateway: {server: {host: 0.0.0.0, insecure: true}}
    sources:
      crm: {limits: {timeout: 4s}}
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pydantic import Field

from adapters.problems import nearest
from adapters.registration import Words
from gateway.config.documents import Document, Node
from gateway.config.problems import Problem
from gateway.config.validation import validated


class Overlay(Words):
    """``gateway`` goes over ``gateway.yaml``, each of ``sources`` over the file of the source of that name."""

    gateway: dict[str, Any] = Field({}, description="Words of `gateway.yaml`.")
    sources: dict[str, dict[str, Any]] = Field({}, description="By name of a source: words of its file.")


def merged(under: Node, over: Node) -> Node:
    """Mappings are merged key by key; anything else over something replaces it and brings its own position."""
    if not isinstance(under.value, dict) or not isinstance(over.value, dict):
        return over
    both = dict(under.value)
    for key, child in over.value.items():
        both[key] = merged(both[key], child) if key in both else child
    return replace(under, value=both)


def over_gateway(document: Document, overlay: Document | None) -> Document:
    return lay(document, overlay.root.child("gateway") if overlay else None)


def over_source(document: Document, overlay: Document | None) -> Document:
    name = document.root.child("source")
    sources = overlay.root.child("sources") if overlay else None
    return lay(document, sources.child(str(name.value)) if sources and name else None)


def lay(document: Document, part: Node | None) -> Document:
    return replace(document, root=merged(document.root, part)) if part else document


def check(overlay: Document, sources: Iterable[str], problems: list[Problem]) -> None:
    """An overlay may only change what is there."""
    known = tuple(sources)
    laid = validated(Overlay, overlay, problems)
    for name in laid.sources if laid else ():
        if name not in known:
            expected = f"one of {', '.join(known)}" if known else "no source, as none is registered"
            problems.append(overlay.problem(("sources", name), expected, name, nearest(name, known)))
