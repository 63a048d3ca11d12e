"""From the registration of a database to its adapter: everything that does not fit is reported at once."""

from __future__ import annotations

from datetime import UTC, tzinfo

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from adapters.converters import converter
from adapters.instants import time_zone
from adapters.mapping import EntityMapping, Unmapped
from adapters.problems import MappingProblem, MappingProblems, Mistake
from adapters.sql.adapter import SqlAdapter
from adapters.sql.catalogue import Catalogue
from adapters.sql.checks import Checks
from adapters.sql.database import Database
from adapters.sql.entities import EntityCompiler
from adapters.sql.filters import Filters
from adapters.sql.heartbeat import Heartbeat
from adapters.sql.registration import SqlSource
from adapters.types import Types


def build(spec: SqlSource, types: Types) -> SqlAdapter:
    """The adapter; no connection is made. Raises ``MappingProblems`` with everything that does not fit the graph."""
    problems: list[MappingProblem] = []
    unmapped = Unmapped()
    mappings = {
        name: EntityMapping(
            types,
            name,
            entity,
            source=spec.source,
            time_zone=spec.time_zone,
            rows="flat",
            problems=problems,
            unmapped=unmapped,
        )
        for name, entity in spec.entities.items()
    }
    zone = _zone(spec.time_zone)
    tables = {
        name: Checks(spec.entities[name], mapping, types, problems).run(spec.schema_, zone)
        for name, mapping in mappings.items()
    }
    if spec.heartbeat is not None:
        try:
            converter(spec.heartbeat.as_, zone)
        except Mistake as mistake:
            problems.append(mistake.at(("heartbeat", "as")))
    database = _database(spec, problems)
    if problems or database is None:
        raise MappingProblems(problems)
    entities = {
        name: EntityCompiler(
            spec.entities[name],
            mapping,
            types,
            database.dialect,
            tables[name],
            Filters(spec.entities[name], mapping, types, database.dialect, spec.schema_, zone),
        ).compiled()
        for name, mapping in mappings.items()
    }
    heartbeat = None if spec.heartbeat is None else Heartbeat(spec.heartbeat, database, zone, spec.source)
    named = {name: entity.table for name, entity in spec.entities.items() if entity.table is not None}
    columns = {name: mapping.node(top_level(mapping)).paths for name, mapping in mappings.items()}
    catalogue = Catalogue(named, columns, spec.schema_)
    return SqlAdapter(spec.source, entities, database, unmapped, heartbeat, catalogue)


def top_level(mapping: EntityMapping) -> frozenset[str]:
    return frozenset(path.split(".")[0] for path in mapping.fields)


def _zone(name: str) -> tzinfo:
    try:
        return time_zone(name)
    except Mistake:  # has been told with the mapping
        return UTC


def _database(spec: SqlSource, problems: list[MappingProblem]) -> Database | None:
    expected = "a SQLAlchemy URL, such as postgresql+psycopg://user:password@host/database"
    try:
        url = make_url(spec.url)
    except ArgumentError:  # its text may quote the URL, and with it the password
        problems.append(MappingProblem(("url",), expected, "a text that is none"))
        return None
    kind = f"`{url.drivername}`"
    try:
        if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
            raise Mistake("the path of a database file", "a database in memory", "each connection would have its own")
        limits = spec.limits
        return Database(spec.source, url, timeout=limits.timeout, size=limits.concurrency, session=spec.session)
    except Mistake as mistake:
        problems.append(mistake.at(("url",)))
    except NoSuchModuleError:
        problems.append(MappingProblem(("url",), "a dialect that is installed", kind, "install the package it is in"))
    except ModuleNotFoundError as missing:
        hint = f"install the package that brings `{missing.name}`"
        problems.append(MappingProblem(("url",), "a driver that is installed", kind, hint))
    return None
