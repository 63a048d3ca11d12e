"""A configuration folder, read and checked: ``gateway.yaml``, ``sources/*.yaml`` and an overlay."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from adapters.problems import nearest
from adapters.registration import Kind, Source
from gateway.config import overlay as overlays
from gateway.config.documents import Document, read
from gateway.config.environment import expanded
from gateway.config.kinds import InstalledKinds
from gateway.config.problems import ConfigurationError, Position, Problem, at
from gateway.config.settings import Settings
from gateway.config.validation import validated

FOLDER_VARIABLE = "CROSSDOCK_CONFIG"


@dataclass(frozen=True, slots=True)
class RegisteredSource:
    """One file of ``sources/``. ``file`` tells where each of its words stands."""

    file: Document
    kind: Kind
    registration: Source = field(repr=False)  # it holds credentials


@dataclass(frozen=True, slots=True)
class Configuration:
    """``file`` is ``gateway.yaml``, for problems that only show when all of it comes together."""

    folder: Path
    file: Document
    settings: Settings
    sources: tuple[RegisteredSource, ...]


class PartlyRead(ConfigurationError):
    """Some of it is wrong. The rest is here, so that what is wrong in that too can be told in the same report.

    ``names``: of all sources, also of those whose files are wrong.
    """

    def __init__(
        self,
        problems: Iterable[Problem],
        file: Document | None,
        sources: tuple[RegisteredSource, ...],
        names: frozenset[str],
    ) -> None:
        super().__init__(problems)
        self.file = file
        self.sources = sources
        self.names = names


def folder_of(asked: Path | None, environ: Mapping[str, str] = os.environ) -> Path:
    """``--config``, else ``CROSSDOCK_CONFIG``, else the working directory."""
    return asked or Path(environ.get(FOLDER_VARIABLE) or Path.cwd())


def load(
    folder: Path,
    overlay: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    kinds: Mapping[str, Kind] | None = None,
) -> Configuration:
    """Read the folder, or raise ``PartlyRead`` with every problem of every file. Makes no connection."""
    problems: list[Problem] = []
    reader = Reader(folder, environ, InstalledKinds() if kinds is None else kinds, problems)
    reader.over = read(overlay, str(overlay), problems) if overlay else None
    gateway, settings = reader.gateway()
    sources = reader.sources()
    if problems or gateway is None or settings is None:
        raise PartlyRead(problems, gateway, sources, frozenset(reader.names))
    return Configuration(folder, gateway, settings, sources)


@dataclass
class Reader:
    """Reads the files of one folder and collects their problems."""

    folder: Path
    environ: Mapping[str, str]
    kinds: Mapping[str, Kind]
    problems: list[Problem]
    over: Document | None = None
    names: dict[str, str] = field(default_factory=dict)

    def gateway(self) -> tuple[Document | None, Settings | None]:
        file = self.folder / "gateway.yaml"
        if not file.is_file():
            hint = f"start in the folder that has it, or name that with --config or {FOLDER_VARIABLE}"
            self.problems.append(at(Position("gateway.yaml"), (), "a file", f"none in {self.folder}", hint))
            return None, None
        document = read(file, "gateway.yaml", self.problems)
        if document is None:
            return None, None
        document = expanded(overlays.over_gateway(document, self.over), self.environ, self.problems)
        return document, validated(Settings, document, self.problems)

    def sources(self) -> tuple[RegisteredSource, ...]:
        files = sorted(file for file in self.folder.glob("sources/*") if file.suffix in (".yaml", ".yml"))
        documents = [read(file, f"sources/{file.name}", self.problems) for file in files]
        if not files:
            hint = "register a system with a file such as sources/crm.yaml"
            self.problems.append(at(Position("sources"), (), "at least one registered system", "none", hint))
        read_ones = [document for document in documents if document is not None]
        self.names = self.named(read_ones)
        if self.over:
            overlays.check(self.over, self.names, self.problems)
        registered = (self.registered(document) for document in read_ones)
        return tuple(source for source in registered if source is not None)

    def named(self, documents: Iterable[Document]) -> dict[str, str]:
        """Source -> file; a problem for each name that is taken."""
        names: dict[str, str] = {}
        for document in documents:
            node = document.root.child("source")
            name = node.value if node else None
            if not isinstance(name, str):
                continue
            if name in names:
                found = f"{name}, which is in {names[name]} too"
                self.problems.append(document.problem(("source",), "a name of its own", found))
            names.setdefault(name, document.name)
        return names

    def registered(self, document: Document) -> RegisteredSource | None:
        document = expanded(overlays.over_source(document, self.over), self.environ, self.problems)
        kind = self.kind(document)
        if kind is None:
            return None
        registration = validated(kind.registration, document, self.problems)
        return RegisteredSource(document, kind, registration) if registration else None

    def kind(self, document: Document) -> Kind | None:
        node = document.root.child("kind")
        name = str(node.value) if node and node.value is not None else ""
        expected = (
            f"one of {', '.join(sorted(self.kinds))}" if self.kinds else "an installed crossdock to know its kind"
        )
        if name not in self.kinds:
            self.problems.append(document.problem(("kind",), expected, name or "nothing", nearest(name, self.kinds)))
            return None
        try:
            return self.kinds[name]
        except ImportError as error:
            self.problems.append(document.problem(("kind",), "a kind that can be imported", f"{name}: {error}"))
            return None
