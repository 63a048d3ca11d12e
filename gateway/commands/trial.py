"""``crossdock try SOURCE ENTITY KEY...``: one lookup, from the request as it is sent to the fields that it fills."""

from __future__ import annotations

import asyncio
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import TYPE_CHECKING

from gateway.commands.failure import CommandFailure
from gateway.commands.keys import key, one_of
from gateway.commands.options import add_configuration, configuration

if TYPE_CHECKING:
    from gateway.compose import Composition
    from gateway.trials.masking import Mask
    from gateway.trials.trial import Trial

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


def run(asked: Namespace) -> int:
    """0 where every key gave a record without an error, else 1."""
    from adapters.secrets import secrets_of
    from gateway.compose import compose
    from gateway.trials.masking import Mask
    from gateway.trials.report import report
    from gateway.trials.trial import tried

    composition = compose(configuration(asked))
    by = lookup_of(composition, asked)
    keys = [key(text, asked.entity, by, composition.graph.types) for text in asked.keys]
    trial = asyncio.run(tried(composition, asked.source, asked.entity, by, keys))
    mask = Mask(secrets_of(trial.source.registration), trial.recording.exchanges)
    sys.stdout.write(mask.text(report(trial, mask)))
    if asked.save:
        asyncio.run(save(trial, mask, dict(asked.replace), asked.replace_personal))
    return 0 if trial.sound else 1


def lookup_of(composition: Composition, asked: Namespace) -> str:
    """The one that is asked for, else the one by the entity's own key, else the first."""
    adapter = one_of(composition.adapters, asked.source, "a registered source")
    lookups = one_of(adapter.capabilities, asked.entity, f"an entity of {asked.source}").lookups
    if not lookups:
        raise CommandFailure(f"expected a lookup of {asked.entity} in {asked.source}, found searches only")
    own = " ".join(composition.graph.canonical_key(asked.entity) or ())
    by: str = asked.by or (own if own in lookups else next(iter(lookups)))
    one_of(lookups, by, f"a lookup of {asked.entity}")
    return by


async def save(trial: Trial, mask: Mask, replaced: dict[str, str], personal: bool) -> None:
    from gateway.trials.personal import Pseudonyms
    from gateway.trials.saving import save as saved

    if trial.result is None:
        raise CommandFailure("expected records to save, found the error above")
    kept = await saved(trial, mask, Pseudonyms(replaced), trial.personal() if personal else [])
    file = trial.source.file
    files = ", ".join(f"sources/{each.relative_to(file.folder)}" for each in kept.files)
    print(f"\nsaved {files}, and an example in {file.name}")
    if kept.left:
        print(f"not replaced, as the system writes them otherwise: {', '.join(kept.left)}; use --replace OLD=NEW")
