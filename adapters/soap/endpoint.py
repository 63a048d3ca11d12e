"""The system's address: a message and its values in, what is read of the reply's body out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

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


class Endpoint:
    """Where all messages of one source go."""

    def __init__(self, source: str, url: str, http: Http) -> None:
        self._source = source
        self.peer = peer(url)
        self._url = url
        self._http = http
        self._session: Session[str] | None = None

    def open(self, session: Session[str]) -> None:
        """From now on every ``ask`` is made in this session."""
        self._session = session

    async def ask(self, message: Message, values: Values, decode: Decode[T], faults: Faults, deadline: float) -> T:
        """One call; with a session, once more with a new token when the system says that the session is over.

        Raises ``Fault``, or a ``SourceError``.
        """
        if self._session is None:
            return await self.call(message, values, decode, deadline)
        token = await self._session.token()
        try:
            return await self.call(message, {**values, "token": token}, decode, deadline)
        except Fault as fault:
            if faults.meaning(fault) != "relogin":
                raise
        token = await self._session.renew(token)
        return await self.call(message, {**values, "token": token}, decode, deadline)

    async def call(self, message: Message, values: Values, decode: Decode[T], deadline: float) -> T:
        """One call, without a session."""
        content = self._rendered(message, values)
        reply = await self._http.send("POST", self._url, message.http_headers, content, deadline=deadline)
        if len(reply.body) > LARGE:
            return await asyncio.to_thread(self._decoded, message, reply, decode)
        return self._decoded(message, reply, decode)

    async def reach(self) -> None:
        """Return when the system answers anything at all, else raise ``Unavailable``."""
        sign = "&" if "?" in self._url else "?"
        await self._http.send("GET", f"{self._url}{sign}wsdl", headers())

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
        found = body(self._source, reply)
        expected = message.operation.reply_name
        if expected is not None and local(found.tag) != expected:
            raise BadData(self._source, f"expected {expected} in the SOAP body, found {local(found.tag)[:80]}")
        return decode(found)
