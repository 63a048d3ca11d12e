"""``docs/configuration.md``: every word of a configuration, from the models that read it."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import NamedTuple

from pydantic import Field

from adapters.registration import Entity, Kind, LookupSpec, SearchSpec, Source
from gateway.config.overlay import Overlay
from gateway.config.settings import Settings
from gateway.reference.command_line import command_line_part
from gateway.reference.schemas import model_schema
from gateway.reference.words import Section, Word, sections, type_of


class AnySource(Source):
    """One registered back-office system; the words that do not depend on how it is spoken to."""

    entities: dict[str, Entity[LookupSpec, SearchSpec]] = Field({}, description="What it knows, by type of the graph.")


class Part(NamedTuple):
    """A kind of file. ``name`` begins its headings, and is the name of the file with its examples."""

    name: str
    title: str
    sections: tuple[Section, ...]


def page(kinds: Mapping[str, Kind], command_line: ArgumentParser) -> str:
    found = [part.text() for part in (Described(part, anchors) for part, anchors in parts(kinds))]
    introduction = files("gateway.reference").joinpath("introduction.md").read_text("utf-8")
    return "\n".join([introduction, *found, command_line_part(command_line)])


def parts(kinds: Mapping[str, Kind]) -> Iterator[tuple[Part, Mapping[str, str]]]:
    """Each part with the headings that explain its definitions."""
    every = Part("source", "Every source", tuple(sections(model_schema(AnySource))))
    for part in (
        Part("gateway", "gateway.yaml", tuple(sections(model_schema(Settings)))),
        Part("overlay", "An overlay", tuple(sections(model_schema(Overlay)))),
        every,
    ):
        yield part, headings(part)
    for kind in sorted(kinds):
        whole = Part(kind, f"kind: {kind}", tuple(sections(model_schema(kinds[kind].registration))))
        own = whole._replace(sections=tuple(own_words(whole.sections, every.sections)))
        paths = {section.path: heading(every, section.path) for section in every.sections}
        shared = {section.definition: paths[section.path] for section in whole.sections if section.path in paths}
        yield own, shared | headings(own)


def own_words(mine: tuple[Section, ...], every: tuple[Section, ...]) -> Iterator[Section]:
    """What a kind adds to the words that every source has."""
    said = {(section.path, word.name): word for section in every for word in section.words}
    for section in mine:
        words = tuple(word for word in section.words if is_new(word, said.get((section.path, word.name))))
        if words:
            yield section._replace(words=words)


def is_new(word: Word, said: Word | None) -> bool:
    return said is None or (word.meaning, word.default) != (said.meaning, said.default)


def headings(part: Part) -> dict[str, str]:
    return {section.definition: heading(part, section.path) for section in part.sections if section.words}


def heading(part: Part, path: str) -> str:
    return f"{part.name}: {path}" if path else part.title


class Described(NamedTuple):
    """One part as Markdown. ``headings``: by definition."""

    part: Part
    headings: Mapping[str, str]

    def text(self) -> str:
        shown = examples(self.part.name)
        told = (section for section in self.part.sections if section.words)
        return "\n".join(self.section(section, shown.get(section.path, "")) for section in told)

    def section(self, section: Section, example: str) -> str:
        mark = "###" if section.path else "##"
        rows = "\n".join(self.row(word) for word in section.words)
        table = f"| Word | Type | Default | Meaning |\n| --- | --- | --- | --- |\n{rows}\n"
        text = f"{mark} {heading(self.part, section.path)}\n"
        text += f"\n{section.meaning}\n" if section.meaning else ""
        return f"{text}\n{table}" + (f"\n```yaml\n{example}```\n" if example else "")

    def row(self, word: Word) -> str:
        default = "required" if word.required else f"`{word.default}`" if word.default else ""
        cells = (f"`{word.name}`", type_of(word.schema, self.link), default, word.meaning)
        return f"| {' | '.join(map(cell, cells))} |"

    def link(self, definition: str) -> str:
        to = self.headings.get(definition)
        return f"[{to.partition(': ')[2]}](#{slug(to)})" if to else "what its kind says"


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n\n", " ")


def slug(heading: str) -> str:
    """The anchor that Markdown renderers give a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def examples(name: str) -> dict[str, str]:
    """By section: YAML documents behind a line ``--- # path``; the top of the file is ``.``."""
    text = files("gateway.reference").joinpath("examples", f"{name}.yaml").read_text("utf-8")
    found = re.split(r"^--- # (.+)\n", text, flags=re.MULTILINE)
    return {path.removeprefix("."): example for path, example in zip(found[1::2], found[2::2], strict=True)}
