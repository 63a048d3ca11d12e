"""The whole estate: which systems there are, the HTTP ones to serve and the databases of the others."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, create_engine
from starlette.types import ASGIApp

from . import crosswalk, oms, pos, wms
from .calls import Calls
from .world import World

SERVED = ("pim", "pricing", "loyalty", "crm", "erp", "dam")


@dataclass(slots=True, frozen=True)
class Databases:
    """SQLite files."""

    wms: Path
    oms: Path
    pos: Path
    crosswalk: Path


def application(system: str, world: World, latency: float = 0.0) -> ASGIApp:
    """One of the served systems; its calls are counted."""
    module = import_module(f".{system}", __package__)
    app: ASGIApp = module.app(world, latency=latency)
    return app if isinstance(app, Calls) else Calls(app)


def databases(folder: Path, world: World) -> Databases:
    """The files in the folder, made if they are not there yet for this seed and schema."""
    folder.mkdir(parents=True, exist_ok=True)
    return Databases(
        wms=database(folder / f"wms-{world.seed}-{wms.SCHEMA}.sqlite", world, wms.create),
        oms=database(folder / f"oms-{world.seed}-{oms.SCHEMA}.sqlite", world, oms.create),
        pos=database(folder / f"pos-{world.seed}-{pos.SCHEMA}.sqlite", world, pos.create),
        crosswalk=database(folder / f"crosswalk-{world.seed}-{crosswalk.SCHEMA}.sqlite", world, crosswalk.create),
    )


def database(path: Path, world: World, create: Callable[[Engine, World], None]) -> Path:
    """Written aside and put in place when it is complete, so that no one ever sees half a file."""
    if not path.exists():
        with TemporaryDirectory(dir=path.parent) as aside:
            engine = create_engine(f"sqlite:///{aside}/{path.name}")
            create(engine, world)
            engine.dispose()
            os.replace(f"{aside}/{path.name}", path)
    return path
