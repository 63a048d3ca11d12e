"""What an adapter keeps whatever it answers: it can be reached, and it refuses what it does not declare."""

from __future__ import annotations

import time

from adapters.conformance.asking import SECONDS, Asking, Breach, answered, refused
from adapters.spi import Lookup, Search, Unsupported, unsupported

NO_SUCH = "noSuchThing"


async def ping_answers(asking: Asking) -> None:
    await answered(asking.adapter.ping())


async def an_undeclared_lookup_is_refused(asking: Asking) -> None:
    for entity in [*asking.adapter.capabilities, NO_SUCH]:
        request = Lookup(entity, NO_SUCH, ["1"], frozenset(), deadline=time.monotonic() + SECONDS)
        error = await refused(asking.adapter.lookup(request), Unsupported)
        standard(error, asking.adapter.source, f"lookup {NO_SUCH} of {entity}")


async def an_undeclared_search_is_refused(asking: Asking) -> None:
    for entity in [*asking.adapter.capabilities, NO_SUCH]:
        request = Search(entity, NO_SUCH, 1, frozenset(), deadline=time.monotonic() + SECONDS)
        error = await refused(asking.adapter.search(request), Unsupported)
        standard(error, asking.adapter.source, f"search {NO_SUCH} of {entity}")


def standard(error: Exception, source: str, what: str) -> None:
    """The one sentence with which every adapter refuses."""
    wanted = str(unsupported(source, what))
    if str(error) != wanted:
        raise Breach(f"refused with `{error}` instead of `{wanted}`")


REFUSALS = (ping_answers, an_undeclared_lookup_is_refused, an_undeclared_search_is_refused)
