"""The connections of one PostgreSQL, and statements on the event loop: twice as fast as with a thread in between.

Threads only do what waits without the loop: connecting, and telling the server to stop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, TypeVar

from psycopg import Error
from sqlalchemy import Inspector

from adapters.deadlines import until
from adapters.result_set import ResultSet
from adapters.sql.opening import Connection, Opening
from adapters.sql.postgresql.link import Link
from adapters.sql.queries import Query
from adapters.sql.threads import CLOSING_SECONDS, Abandoned, Call, Threads

T = TypeVar("T")

SIGN_OF_LIFE = "select 1"


class Links:
    """At most ``size``, the one that was used last first."""

    def __init__(self, source: str, opening: Opening, size: int) -> None:
        self._opening = opening
        self._size = size
        self._threads = Threads(f"crossdock-{source}", size)
        self._count = 0
        """Of those that rest, are used, opened or stopped."""
        self._resting: list[Link] = []
        self._used: set[Link] = set()
        self._waiting: dict[asyncio.Future[Link], bool] = {}
        """In turn, and whether a connection is being opened for it."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._lost = float("-inf")
        self._closed = False

    async def rows(self, queries: Sequence[Query], seconds: float) -> list[ResultSet]:
        with until(monotonic() + seconds):
            link = self._at_hand() or await self._next()
            found: list[ResultSet] = []
            try:
                for query in queries:
                    found.append(await self._run(link, query))
            finally:
                self._returned(link)
        return found

    async def inspected(self, read: Callable[[Inspector], T], seconds: float) -> T:
        return await self._threads.run(lambda _: self._opening.inspected(read), seconds)

    async def ping(self, seconds: float) -> None:
        with until(monotonic() + seconds):
            link = self._at_hand() or await self._next()
            try:
                await link.ask(SIGN_OF_LIFE, ())
            finally:
                self._returned(link)

    async def aclose(self) -> None:
        self._closed = True
        for place in self._waiting:
            if not place.done():
                place.set_exception(Abandoned())
        for link in self._resting:
            link.close()
        self._resting.clear()
        while self._used:  # whoever has one gives it back, at the latest at what it asks next
            for link in self._used:
                link.abandon(Abandoned())
            await asyncio.sleep(0)
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=CLOSING_SECONDS)
            for task in late:
                task.cancel()
        await self._threads.aclose()

    async def _run(self, link: Link, query: Query) -> ResultSet:
        statement = query.statement()
        results: list[ResultSet] = []
        for each in statement.statements:
            results += await link.ask(each.text, each.bound(query.values), each.columns)
        return statement.found(results)

    # Which link

    def _at_hand(self) -> Link | None:
        """The one that was used last, unless it may be gone."""
        if not self._resting or self._resting[-1].connection.rested(self._lost):
            return None
        link = self._resting.pop()
        link.connection.used = monotonic()
        self._used.add(link)
        return link

    async def _answers(self, link: Link) -> bool:
        answered = False
        try:
            await link.ask(SIGN_OF_LIFE, ())
            link.connection.used = monotonic()
            answered = True
        except Error:
            link.leave()
        finally:
            if not answered:
                self._returned(link)
        return answered

    async def _next(self) -> Link:
        """One that rests and is alive, a new one, or the first that another caller gives back.

        Raises what connecting raises.
        """
        while self._resting:
            link = self._resting.pop()
            self._used.add(link)
            if await self._answers(link):
                return link
        if self._closed:
            raise Abandoned
        place: asyncio.Future[Link] = asyncio.get_running_loop().create_future()
        self._waiting[place] = False
        self._grow()
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                self._give(place.result())
            raise
        finally:
            del self._waiting[place]

    def _returned(self, link: Link) -> None:
        """Nobody uses it any more."""
        if link.asked:
            link.leave()
            self._used.discard(link)
            self._begin(self._stop(link))
        elif link.watched:
            self._give(link)
        else:
            self._lost = monotonic()
            self._close(link)

    def _give(self, link: Link) -> None:
        """To whoever waits the longest, else it rests."""
        if self._closed:
            self._close(link)
            return
        for place in self._waiting:
            if not place.done():
                place.set_result(link)
                return
        self._used.discard(link)
        self._resting.append(link)

    # How many

    def _grow(self) -> None:
        """Open as many as are waited for and allowed."""
        for place, opening in self._waiting.items():
            if self._count < self._size and not opening and not place.done():
                self._count += 1
                self._waiting[place] = True
                self._begin(self._open(place))

    async def _open(self, place: asyncio.Future[Link]) -> None:
        """For ``place``, which hears of a failure; a connection that it cannot wait for any more is for the next."""
        try:
            connection = await self._threads.run(self._connected)
        except Exception as error:  # whatever it is, the one who waits must hear of it
            self._count -= 1
            if not place.done():
                place.set_exception(error)
            self._grow()
        else:
            link = Link(connection, self._ended)
            self._used.add(link)
            self._give(link)

    def _connected(self, call: Call[Connection]) -> Connection:
        connection = self._opening.connect()
        if call.abandoned:  # closed meanwhile
            connection.close()
            raise Abandoned
        return connection

    async def _stop(self, link: Link) -> None:
        with suppress(Abandoned):
            await self._threads.run(lambda _: link.stop())
        self._less()

    def _ended(self, link: Link) -> None:
        """By the server. One that is used finds out itself."""
        if link in self._resting:
            self._resting.remove(link)
            self._lost = monotonic()
            self._close(link)

    def _close(self, link: Link) -> None:
        link.close()
        self._used.discard(link)
        self._less()

    def _less(self) -> None:
        self._count -= 1
        self._grow()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
