"""The system's address: a message and its values in, what is read of the reply's body out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from lxml import etree

from adapters.http import Http, Reply, headers, peer
from adapters.session import Session
from adapters.soap.elements import local
from adapters.soap.faults import Fault, Faults
from adapters.soap.message import Message
from adapters.soap.reply import body
from adapters.soap.segments import Unwritable, Values
from adapters.spi import BadData, Rejected, unsupported

T = TypeVar("T")
Decode = Callable[[etree._Element], T]

LARGE = 100_000  # bytes; the loop waits some milliseconds for as much, and no longer


class Opened(NamedTuple):
    """What a login gave: the token, and the address to use from then on if not the source's own."""

    token: str
    url: str | None = None


class Endpoint:
    """Where all messages of one source go. ``encoding``: what replies are written in, whatever they say."""

    def __init__(self, source: str, url: str, http: Http, encoding: str | None = None) -> None:
        self._source = source
        self._encoding = encoding
        self.peer = peer(url)
        self.url = url
        self._http = http
        self._session: Session[Opened] | None = None

    def open(self, session: Session[Opened]) -> None:
        """From now on every ``ask`` is made in this session."""
        self._session = session

    async def ask(self, message: Message, values: Values, decode: Decode[T], faults: Faults, deadline: float) -> T:
        """One call; with a session, once more with a new token when the system says that the session is over.

        Raises ``Fault``, or a ``SourceError``.
        """
        if self._session is None:
            return await self.call(message, values, decode, deadline)
        opened = await self._session.token()
        try:
            return await self._within(opened, message, values, decode, deadline)
        except Fault as fault:
            if faults.meaning(fault) != "relogin":
                raise
        return await self._within(await self._session.renew(opened), message, values, decode, deadline)

    async def call(
        self, message: Message, values: Values, decode: Decode[T], deadline: float, url: str | None = None
    ) -> T:
        """One call, without a session. ``url``: where it goes instead."""
        content = self._rendered(message, values)
        reply = await self._http.send(
            "POST", url or message.url or self.url, message.http_headers, content, deadline=deadline
        )
        if len(reply.body) > LARGE:
            return await asyncio.to_thread(self._decoded, message, reply, decode)
        return self._decoded(message, reply, decode)

    async def _within(self, opened: Opened, message: Message, values: Values, decode: Decode[T], deadline: float) -> T:
        return await self.call(message, {**values, "token": opened.token}, decode, deadline, opened.url)

    async def reach(self) -> None:
        """Return when the system answers anything at all, else raise ``Unavailable``."""
        sign = "&" if "?" in self.url else "?"
        await self._http.send("GET", f"{self.url}{sign}wsdl", headers())

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.aclose()
        await self._http.aclose()

    def _rendered(self, message: Message, values: Values) -> bytes:
        try:
            return message.render(values)
        except Unwritable:
            raise Rejected(self._source, f"a value cannot be written in XML: {message.operation.name}") from None
        except (ValueError, TypeError) as error:  # zeep names elements, not values
            raise unsupported(self._source, f"{message.operation.name} with so few arguments: {error}") from None

    def _decoded(self, message: Message, reply: Reply, decode: Decode[T]) -> T:
        found = body(self._source, reply, self._encoding)
        expected = message.operation.reply_name
        if expected is not None and local(found.tag) != expected:
            raise BadData(self._source, f"expected {expected} in the SOAP body, found {local(found.tag)[:80]}")
        return decode(found)
