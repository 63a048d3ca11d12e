"""``crossdock try``: a lookup, or a page of a search, from the request as it is sent to the fields that it fills."""

from __future__ import annotations

import asyncio
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import TYPE_CHECKING

from gateway.commands.failure import CommandFailure
from gateway.commands.keys import key, one_of, value
from gateway.commands.options import add_configuration, configuration

if TYPE_CHECKING:
    from gateway.compose import Composition
    from gateway.trials.asking import Asked
    from gateway.trials.masking import Mask
    from gateway.trials.trial import Trial

HELP = "ask a registered system for records and show all that happens on the way"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("source", help="the name of the source, such as crm")
    parser.add_argument("entity", help="a type of the graph, such as Customer")
    parser.add_argument("keys", nargs="*", metavar="key", help="a key; 'A-1 W2' for one of two parts")
    parser.add_argument(
        "--by",
        metavar="NAME",
        help="which lookup (default: by the entity's own key, else the first), or which search (default: the first)",
    )
    parser.add_argument(
        "--search",
        nargs="*",
        type=pair,
        metavar="FILTER=VALUE",
        help='a page of a search instead of keys, by these filters: --search brand=Morgen \'tags=["a", "b"]\'',
    )
    parser.add_argument("--below", metavar="KEY", help="the record below which the search is made, such as a customer")
    parser.add_argument("--first", type=int, default=10, help="how many records of a search (default: 10)")
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
        raise ArgumentTypeError(f"expected a name, = and a text, found {text!r}")
    return old, new


def run(asked: Namespace) -> int:
    """0 where every key, or the search, gave records without an error, else 1."""
    from adapters.secrets import secrets_of
    from gateway.compose import compose
    from gateway.trials.masking import Mask
    from gateway.trials.report import report
    from gateway.trials.trial import tried

    composition = compose(configuration(asked))
    wanted = lookup_of(composition, asked) if asked.search is None else search_of(composition, asked)
    trial = asyncio.run(tried(composition, asked.source, wanted))
    mask = Mask(secrets_of(trial.source.registration), trial.recording.exchanges)
    sys.stdout.write(mask.text(report(trial, mask)))
    if asked.save:
        asyncio.run(save(trial, mask, dict(asked.replace), asked.replace_personal))
    return 0 if trial.sound else 1


def lookup_of(composition: Composition, asked: Namespace) -> Asked:
    """The one that is asked for, else the one by the entity's own key, else the first."""
    from gateway.trials.asking import AskedLookup

    if not asked.keys:
        raise CommandFailure("expected a key, or --search for a page of a list, found neither")
    if asked.below is not None:
        raise CommandFailure("expected --search beside --below, found keys")
    adapter = one_of(composition.adapters, asked.source, "a registered source")
    lookups = one_of(adapter.capabilities, asked.entity, f"an entity of {asked.source}").lookups
    if not lookups:
        raise CommandFailure(f"expected a lookup of {asked.entity} in {asked.source}, found searches only")
    own = " ".join(composition.graph.canonical_key(asked.entity) or ())
    by: str = asked.by or (own if own in lookups else next(iter(lookups)))
    one_of(lookups, by, f"a lookup of {asked.entity}")
    return AskedLookup(asked.entity, by, [key(text, asked.entity, by, composition.graph.types) for text in asked.keys])


def search_of(composition: Composition, asked: Namespace) -> Asked:
    """The one that is asked for, else the first that is as this one below a record, or not."""
    from gateway.trials.asking import AskedSearch

    if asked.keys:
        raise CommandFailure("expected keys or --search, found both; write a filter as NAME=VALUE behind --search")
    adapter = one_of(composition.adapters, asked.source, "a registered source")
    searches = one_of(adapter.capabilities, asked.entity, f"an entity of {asked.source}").searches
    below = asked.below is not None
    name = asked.by or next((name for name, able in searches.items() if able.parents == below), "")
    search = one_of(searches, name, f"a search of {asked.entity}{' below records' if below else ''}")
    if search.parents != below:
        raise CommandFailure(f"expected {'--below KEY' if search.parents else 'no --below'} for the search {name}")
    if not 1 <= asked.first <= search.limit:
        raise CommandFailure(f"expected a page of 1 to {search.limit} records, found {asked.first}")
    for word, _ in asked.search:
        one_of(dict.fromkeys(search.filters), word, f"a filter of {name}")
    filters = {word: value(text) for word, text in asked.search}
    parent = value(asked.below) if below and asked.below.startswith("[") else asked.below
    return AskedSearch(asked.entity, name, filters, asked.first, tuple(parent) if isinstance(parent, list) else parent)


async def save(trial: Trial, mask: Mask, replaced: dict[str, str], personal: bool) -> None:
    from gateway.trials.personal import Pseudonyms
    from gateway.trials.saving import save as saved

    if trial.answer is None:
        raise CommandFailure("expected records to save, found the error above")
    kept = await saved(trial, mask, Pseudonyms(replaced), trial.personal() if personal else [])
    file = trial.source.file
    files = ", ".join(f"sources/{each.relative_to(file.folder)}" for each in kept.files)
    print(f"\nsaved {files}, and an example in {file.name}")
    if kept.left:
        print(f"not replaced, as the system writes them otherwise: {', '.join(kept.left)}; use --replace OLD=NEW")
