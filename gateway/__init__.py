"""The gateway: assembles what ``resolvers``, ``adapters`` and ``cache`` give and serves it over HTTP."""

from importlib.util import find_spec
from pathlib import Path

NEIGHBOURS = ("adapters", "cache", "resolvers")


def check_neighbours(home: Path = Path(__file__).parent.parent) -> None:
    """Refuse to run on someone else's packages: their names are common, and another distribution may bring the same."""
    for name in NEIGHBOURS:
        spec = find_spec(name)
        places = [Path(place) for place in (spec.submodule_search_locations if spec else None) or ()]
        if home / name not in places:
            found = ", ".join(map(str, places)) or "none"
            raise ImportError(
                f"crossdock: expected the package {name} in {home}, found {found}; "
                "install crossdock in an environment of its own"
            )


check_neighbours()
