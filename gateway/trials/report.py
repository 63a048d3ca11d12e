"""What ``crossdock try`` shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.http import Reply
from adapters.types import Types
from gateway.trials.converting import remedy
from gateway.trials.masking import Mask, decoded
from gateway.trials.recording import Exchange, Unreadable
from gateway.trials.reply_files import as_json
from gateway.trials.teaching import lessons, names_of, paths, places_of_objects
from gateway.trials.trial import Trial

SHOWN = 4000
"""Characters of a reply."""


def report(trial: Trial, mask: Mask) -> str:
    """All of it as one text; only headers are masked yet."""
    lines: list[str] = []
    for number, exchange in enumerate(trial.recording.exchanges, 1):
        lines += [
            f"--- call {number}, {exchange.milliseconds:.1f} ms",
            *sent(exchange, mask),
            *came(exchange, mask),
            "",
        ]
    by = "by " if trial.asked.kind == "lookup" else ""
    lines += [f"--- {trial.entity} {by}{trial.asked.name}, {trial.milliseconds:.1f} ms"]
    if trial.answer is None:
        lines.append(f"{trial.error.code}: {trial.error.detail or trial.error.message}" if trial.error else "")
        lines += [trial.there] if trial.there else []
    else:
        lines += trial.answer.lines()
    lines += taught(trial)
    return "\n".join(lines) + "\n"


def sent(exchange: Exchange, mask: Mask) -> Iterator[str]:
    if exchange.request is not None:
        yield f"{exchange.request.method} {exchange.request.url}"
        yield from (f"{name}: {value}" for name, value in mask.headers(exchange.request.headers).items())
        if exchange.request.content:
            yield f"\n{decoded(exchange.request.content)[:SHOWN]}"
    for text, values in exchange.statements:
        yield text
        yield f"with {as_json(values)}"


def came(exchange: Exchange, mask: Mask) -> Iterator[str]:
    yield ""
    if exchange.error is not None:
        yield f"no reply: {exchange.error.code}: {exchange.error.detail}"
    elif isinstance(exchange.reply, Reply):
        body = decoded(exchange.reply.body)
        yield f"HTTP {exchange.reply.status}"
        yield from (f"{name}: {value}" for name, value in mask.headers(exchange.reply.headers).items())
        yield f"\n{body[:SHOWN]}" + (f"\n... {len(body) - SHOWN} more characters" if len(body) > SHOWN else "")
    else:
        for rows in exchange.reply or []:
            yield f"{len(rows)} rows"
            yield from (as_json(row) for row in rows[:10])


def taught(trial: Trial) -> Iterator[str]:
    """What was filled, what was not, and what would help."""
    types = trial.composition.graph.types
    yield from unread(trial.recording.bad, types)
    registered = trial.source.registration.known()[trial.entity]
    fields = {**registered.fields, **registered.keys}
    found = list(trial.records())
    filled = {name for record in found for name in filled_paths(record.values)}
    empty = [name for name, _ in paths(fields) if name not in filled]
    if found:
        served = trial.composition.served.fields
        names = sorted(name for name in filled if coordinate_of(trial.entity, name, types) in served)
        yield f"fills: {', '.join(f'{trial.entity}.{name}' for name in names) or 'no field that is served'}"
    there = names_of(trial.recording.exchanges)
    if trial.answer is None and (places := list(places_of_objects(there))):
        yield f"the reply has objects at {', '.join(places[:12])}"
    elif trial.answer is not None and there:
        yield from lessons(fields, empty, there)


def unread(bad: Sequence[Unreadable], types: Types) -> Iterator[str]:
    """The first value of each field that could not be read."""
    first = {each.coordinate: each for each in reversed(bad)}
    for coordinate in dict.fromkeys(each.coordinate for each in bad):
        _, expected, value = first[coordinate]
        more = sum(each.coordinate == coordinate for each in bad) - 1
        others = f" (and {more} more)" if more else ""
        help_ = remedy(type_of(coordinate, types), value, types)
        yield f"{coordinate}: expected {expected}, found {value!r}{others}" + (f"; {help_}" if help_ else "")


def filled_paths(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Dotted paths that hold a value, whatever lists are on the way."""
    for name, value in values.items():
        items = value if isinstance(value, list) else [value]
        for item in items:
            if isinstance(item, dict):
                yield from filled_paths(item, f"{prefix}{name}.")
            elif item is not None:
                yield f"{prefix}{name}"


def coordinate_of(entity: str, path: str, types: Types) -> str:
    """``Customer.addresses.label`` is ``CustomerAddress.label``."""
    *parents, last = path.split(".")
    for parent in parents:
        field = types.objects.get(entity, {}).get(parent)
        entity = field.name if field else ""
    return f"{entity}.{last}"


def type_of(coordinate: str, types: Types) -> str:
    type_name, _, name = coordinate.partition(".")
    field = types.objects.get(type_name, {}).get(name)
    return field.name if field else ""
