"""``crossdock try SOURCE ENTITY KEY...``: one lookup, from the request as it is sent to the fields that it fills."""

from __future__ import annotations

import asyncio
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.commands.failure import CommandFailure
from gateway.commands.keys import key, one_of
from gateway.commands.options import add_configuration, configuration

if TYPE_CHECKING:
    from adapters.spi import Key, LookupResult, SourceError
    from gateway.compose import Composition
    from gateway.trials.recording import Recording

HELP = "ask a registered system for records and show all that happens on the way"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("source", help="the name of the source, such as crm")
    parser.add_argument("entity", help="a type of the graph, such as Customer")
    parser.add_argument("keys", nargs="+", metavar="key", help="a key; 'A-1 W2' for one of two parts")
    parser.add_argument(
        "--by", metavar="LOOKUP", help="which lookup (default: by the entity's own key, else the first)"
    )
    parser.add_argument("--save", action="store_true", help="keep it as an example, without secrets")
    parser.add_argument(
        "--replace", action="append", default=[], type=pair, metavar="OLD=NEW", help="in what is saved, as a whole word"
    )
    parser.add_argument(
        "--replace-personal", action="store_true", help="replace what the graph marks as personal data in what is saved"
    )
    add_configuration(parser)


def pair(text: str) -> tuple[str, str]:
    old, sign, new = text.partition("=")
    if not (old and sign):
        raise ArgumentTypeError(f"expected OLD=NEW, found {text!r}")
    return old, new


@dataclass(frozen=True, slots=True)
class Trial:
    """``result`` is ``None`` where the whole request failed, with ``error``; ``there``: what the system has instead."""

    entity: str
    by: str
    keys: Sequence[Key]
    recording: Recording
    result: LookupResult | None
    error: SourceError | None
    there: str
    milliseconds: float


def run(asked: Namespace) -> int:
    """0 where every key gave a record without an error, else 1."""
    from adapters.secrets import secrets_of
    from gateway.compose import compose
    from gateway.trials.masking import Mask
    from gateway.trials.report import report

    composition = compose(configuration(asked))
    trial = asyncio.run(tried(composition, asked))
    registration = composition.registrations[asked.source].registration
    mask = Mask(secrets_of(registration), trial.recording.exchanges)
    sys.stdout.write(mask.text(report(trial, composition, asked.source, mask)))
    if asked.save:
        asyncio.run(save(composition, trial, asked, mask))
    return 0 if trial.result is not None and sound(trial) else 1


async def tried(composition: Composition, asked: Namespace) -> Trial:
    """The adapter as the gateway calls it: within the source's limits."""
    from adapters.batching import Batched
    from adapters.exchanges import between
    from adapters.resilience import Resilient
    from adapters.spi import Lookup, SourceError
    from gateway.trials.examples import everything
    from gateway.trials.recording import Recording

    adapter = one_of(composition.adapters, asked.source, "a registered source")
    capability = one_of(adapter.capabilities, asked.entity, f"an entity of {asked.source}")
    if not capability.lookups:
        raise CommandFailure(f"expected a lookup of {asked.entity} in {asked.source}, found searches only")
    own = " ".join(composition.graph.canonical_key(asked.entity) or ())
    by = asked.by or (own if own in capability.lookups else next(iter(capability.lookups)))
    one_of(capability.lookups, by, f"a lookup of {asked.entity}")
    keys = [key(text, asked.entity, by, composition.graph.types) for text in asked.keys]
    recording = Recording()
    limited = Batched(Resilient(adapter, composition.registrations[asked.source].registration.limits))
    request = Lookup(asked.entity, by, keys, everything(adapter, asked.entity))
    result, failed, there = None, None, ""
    began = time.perf_counter()
    try:
        with between(recording):
            result = await limited.lookup(request)
    except SourceError as error:
        failed = error
        with suppress(SourceError):
            there = await adapter.there(asked.entity)
    finally:
        await limited.aclose()
    took = (time.perf_counter() - began) * 1e3
    return Trial(asked.entity, by, keys, recording, result, failed, there, took)


def sound(trial: Trial) -> bool:
    """Every key is found and every value was read."""
    assert trial.result is not None
    return set(trial.keys) <= trial.result.found.keys() and not trial.recording.bad


async def save(composition: Composition, trial: Trial, asked: Namespace, mask: object) -> None:
    from gateway.trials.masking import Mask
    from gateway.trials.personal import Pseudonyms, personal_fields, personal_values
    from gateway.trials.report import records
    from gateway.trials.saving import save as saved

    assert isinstance(mask, Mask)
    if trial.result is None:
        raise CommandFailure("expected records to save, found the error above")
    pseudonyms = Pseudonyms(dict(asked.replace))
    personal: list[tuple[str, str]] = []
    if asked.replace_personal:
        marked = personal_fields(composition.graph)
        for record in records(trial.result):
            personal += personal_values(record.values, trial.entity, composition.graph.types, marked)
        personal += [(bad.coordinate, str(bad.value)) for bad in trial.recording.bad if bad.coordinate in marked]
        for _, text in personal:
            pseudonyms.add(text)
    source = composition.registrations[asked.source]
    name = (trial.entity, trial.by)
    kept = await saved(
        source, composition.graph.types, name, trial.keys, trial.recording.exchanges, mask, pseudonyms, personal
    )
    print(
        "\nsaved "
        + ", ".join(f"sources/{file.relative_to(source.file.folder)}" for file in kept.files)
        + f", and an example in {source.file.name}"
    )
    if kept.left:
        print(f"not replaced, as the system writes them otherwise: {', '.join(kept.left)}; use --replace OLD=NEW")
