"""A lookup or search kept as an example: the replies as files, and in the registration the records they become."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.http import Reply
from adapters.spi import SourceError
from gateway.commands.failure import CommandFailure
from gateway.config.load import RegisteredSource
from gateway.config.writing import as_yaml
from gateway.trials.asking import Answer, Asked
from gateway.trials.examples import replayed
from gateway.trials.masking import Mask, codec, decoded
from gateway.trials.personal import Pseudonyms
from gateway.trials.recording import Exchange
from gateway.trials.replay import first_line
from gateway.trials.reply_files import http_file, read, rows_file
from gateway.trials.trial import Trial

FOLDER = "examples"


@dataclass(frozen=True, slots=True)
class Saved:
    """``left``: personal fields whose values are not in the replies as they are in the records."""

    files: Sequence[Path]
    left: Sequence[str]


async def save(trial: Trial, mask: Mask, pseudonyms: Pseudonyms, personal: Sequence[tuple[str, str]]) -> Saved:
    """Writes the files and adds the example to the registration. ``personal``: coordinates and texts to be replaced."""
    source, exchanges = trial.source, trial.recording.exchanges
    for _, text in personal:
        pseudonyms.add(text)
    if any(exchange.reply is None for exchange in exchanges) or not exchanges:
        raise CommandFailure("expected replies to save, found a call without one")
    raw = [content(exchange) for exchange in exchanges]
    contents = [mask.text(decoded(each)) for each in raw]
    left = sorted({at for at, text in personal if not any(pseudonyms.known(text, one) for one in contents)})
    asked = trial.asked.renamed(pseudonyms)
    files = [source.file.folder / FOLDER / each for each in names(source, asked, len(contents))]
    files[0].parent.mkdir(exist_ok=True)
    for file, text, original in zip(files, contents, raw, strict=True):
        file.write_bytes(pseudonyms.replaced(text).encode(codec(original), "xmlcharrefreplace"))
    try:
        replies = [read(file, source.kind.name) for file in files]
        answer, _ = await replayed(source, trial.composition.graph.types, asked, replies)
    except SourceError as error:
        for file in files:
            file.unlink()
        raise CommandFailure(f"expected the saved replies to be read like the real ones, found {error}") from None
    add(source, entry(asked, files, answer))
    return Saved(files, left)


def entry(asked: Asked, files: Sequence[Path], answer: Answer) -> dict[str, Any]:
    """As it stands in ``examples:``."""
    reply = [f"{FOLDER}/{file.name}" for file in files]
    return {**asked.words(), "reply": reply[0] if len(reply) == 1 else reply, "expect": pruned(answer.become())}


def content(exchange: Exchange) -> bytes:
    if isinstance(exchange.reply, Reply):
        assert exchange.request is not None
        return http_file(first_line(exchange.request), exchange.reply)
    return rows_file([text for text, _ in exchange.statements], exchange.reply or [])


def names(source: RegisteredSource, asked: Asked, count: int) -> list[str]:
    """New ones, such as ``crm-customer-number-1.http``; with a second number for one of several replies."""
    stem = re.sub(r"\W+", "-", "-".join((source.registration.source, asked.entity, asked.name))).lower()
    ending = "json" if source.kind.name == "sql" else "http"
    number = 1
    while list((source.file.folder / FOLDER).glob(f"{stem}-{number}[.-]*")):
        number += 1
    if count == 1:
        return [f"{stem}-{number}.{ending}"]
    return [f"{stem}-{number}-{index}.{ending}" for index in range(1, count + 1)]


def pruned(value: Any) -> Any:
    """Without nulls in objects, which an example need not name."""
    if isinstance(value, Mapping):
        return {name: pruned(item) for name, item in value.items() if item is not None}
    return [pruned(item) for item in value] if isinstance(value, list) else value


def add(source: RegisteredSource, example: Mapping[str, Any]) -> None:
    """To the end of ``examples:`` of the file, which stays as it is otherwise."""
    file = source.file.folder / Path(source.file.name).name
    text = file.read_text("utf-8")
    written = as_yaml([example])
    match = re.search(r"^examples:[ \t]*(#.*)?\n", text, re.MULTILINE)
    if match is None:
        if re.search(r"^examples:", text, re.MULTILINE):
            raise CommandFailure(f"expected `examples:` of {source.file.name} as a list of lines that begin with `-`")
        file.write_text(f"{text.rstrip()}\n\nexamples:\n{written}", "utf-8")
        return
    behind = re.compile(r"^(?![ \t\n#-]).", re.MULTILINE).search(text, match.end())
    end = behind.start() if behind else len(text)
    block = text[:end].rstrip()
    file.write_text(f"{block}\n{written}" + (f"\n{text[end:]}" if behind else ""), "utf-8")
