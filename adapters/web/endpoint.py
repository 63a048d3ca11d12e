"""The system's address: values in, the content of a reply that is no error out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from time import monotonic
from typing import Any

import httpx

from adapters.deadlines import until
from adapters.http import Http, Reply, headers, peer
from adapters.spi import BadData, TimedOut, Unavailable
from adapters.web.asked import Answered, Asked, Poll
from adapters.web.auth.authorisation import Authorisation
from adapters.web.formats.writing import WRITERS
from adapters.web.links import Links
from adapters.web.pace import Pace, seconds
from adapters.web.paths import Unfit, document
from adapters.web.reply import ReplyReader, SessionOver
from adapters.web.turns import LARGE, Turns

SLOW = 100_000  # bytes; the loop waits some milliseconds for as much XML or CSV, and no longer


class Endpoint:
    """Where all requests of one source go. ``own``: the headers that its registration gives them."""

    def __init__(
        self,
        source: str,
        url: str,
        own: Mapping[str, str],
        http: Http,
        replies: ReplyReader,
        pace: Pace,
        links: Links,
        authorisation: Authorisation | None = None,
        constants: Mapping[str, Any] | None = None,
    ) -> None:
        self.peer = peer(url)
        self.links = links
        self._source = source
        self._url = url
        self._own = own
        self._http = http
        self._replies = replies
        self._pace = pace
        self._authorisation = authorisation
        self._constants = constants or {}
        self._headers: dict[tuple[str, str], httpx.Headers] = {}
        self._turns = Turns()

    def ask(self, asked: Asked, values: Mapping[str, Any], deadline: float) -> Awaitable[Answered]:
        """One call. Raises ``Unaskable`` or ``Missing`` where nothing can be there, else a ``SourceError``."""
        return self._answer(asked, values, None, deadline)

    def follow(self, asked: Asked, path: str, deadline: float) -> Awaitable[Answered]:
        """One call of a link of the system's own, read as a reply to ``asked``. ``path``: what ``links`` made of it."""
        return self._answer(asked, {}, path, deadline)

    async def reach(self, path: str | None) -> None:
        """Return when the system answers anything at all, else raise ``Unavailable``."""
        await self._http.send("GET" if path else "HEAD", self._url + (path or "/"), headers(self._own))

    async def aclose(self) -> None:
        if self._authorisation is not None:
            await self._authorisation.aclose()
        await self._http.aclose()

    async def _answer(self, asked: Asked, values: Mapping[str, Any], link: str | None, deadline: float) -> Answered:
        if self._authorisation is None:
            return await self._read(asked, await self._call(asked, values, link, None, deadline), None, deadline)
        return await self._authorised(self._authorisation, asked, values, link, deadline)

    async def _authorised(
        self, auth: Authorisation, asked: Asked, values: Mapping[str, Any], link: str | None, deadline: float
    ) -> Answered:
        """Once, and once more where the system no longer takes the token."""
        for last in (False, True):
            token = await self._token(auth, deadline)
            reply = None
            try:
                reply = await self._call(asked, values, link, token, deadline)
                refused = reply.status in auth.renew_on
                if last or not refused or not await auth.renew(token, reply):
                    return await self._read(asked, reply, token, deadline)
            except SessionOver:
                if last or not await auth.renew(token, None):
                    raise Unavailable(self._source, "the session is over, and so is a new one") from None
        raise AssertionError("the last attempt returns or raises")

    async def _token(self, auth: Authorisation, deadline: float) -> Any:
        try:
            with until(deadline):
                return await auth.token()
        except TimeoutError:
            raise TimedOut(self._source, "no login by the deadline") from None

    async def _call(
        self, asked: Asked, values: Mapping[str, Any], link: str | None, token: Any, deadline: float
    ) -> Reply:
        request = asked.request
        if link is not None:
            return await self._send(asked, "GET", link, b"", token, deadline)
        if self._constants or token is not None:
            values = {**self._constants, "token": token, **values}
        path, content = request.fill(values)
        return await self._send(asked, request.method, path, content, token, deadline)

    async def _send(self, asked: Asked, method: str, path: str, content: bytes, token: Any, deadline: float) -> Reply:
        url = self._url + path
        sent = self._fixed(asked, content)
        if self._authorisation is not None:
            form = asked.request.writer is WRITERS["form"]
            more = self._authorisation.headers(token, method, url, content, form)
            sent = headers(sent, more)
        await self._pace.turn(deadline)
        reply: Reply | None = None
        try:
            reply = await self._http.send(method, url, sent, content, deadline=deadline)
        finally:
            self._pace.seen(reply)
        return reply

    async def _read(self, asked: Asked, reply: Reply, token: Any, deadline: float) -> Answered:
        if asked.poll is not None:
            reply = await self._done(asked, asked.poll, reply, token, deadline)
        if len(reply.body) > LARGE:
            await self._turns.next()
        if asked.reader.slow and len(reply.body) > SLOW:
            body = await asyncio.to_thread(self._replies.body, reply, asked.reader, asked.missing)
        else:
            body = self._replies.body(reply, asked.reader, asked.missing)
        return Answered(body, reply)

    async def _done(self, asked: Asked, poll: Poll, reply: Reply, token: Any, deadline: float) -> Reply:
        """The reply of work that is done: asked for until it is."""
        link: Any = None
        try:
            while poll.when(seen := self._document(asked, reply)):
                link = poll.link(seen) or link
                wait = seconds(reply.headers.get("retry-after"))
                wait = poll.every if wait is None else wait
                if monotonic() + wait >= deadline:
                    raise TimedOut(self._source, "the work that the request started was not done by the deadline")
                await asyncio.sleep(wait)
                reply = await self._send(asked, "GET", self.links.path(link), b"", token, deadline)
            if poll.result is not None and (result := poll.result(seen)):
                reply = await self._send(asked, "GET", self.links.path(result), b"", token, deadline)
        except Unfit as unfit:
            raise BadData(self._source, f"`poll` cannot be applied to the reply: {unfit}") from None
        return reply

    def _document(self, asked: Asked, reply: Reply) -> dict[str, Any]:
        try:
            body = asked.reader.read(reply)
        except ValueError:
            body = None
        return document(reply, body)

    def _fixed(self, asked: Asked, content: bytes) -> httpx.Headers:
        """The headers that are the same for all requests of one form."""
        form = (asked.reader.accept, asked.request.writer.content_type if content else "")
        found = self._headers.get(form)
        if found is None:
            typed = {"Content-Type": form[1]} if content else {}
            found = self._headers[form] = headers({"Accept": form[0]}, typed, self._own)
        return found
