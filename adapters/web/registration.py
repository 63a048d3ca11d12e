"""The words that all kinds on the web share."""

from __future__ import annotations

from pydantic import Field

from adapters.registration import Source
from adapters.transport import USUAL, Transport
from adapters.web.auth.words import Auth
from adapters.web.words import Address, HeaderName, HeaderValue


class WebSource(Source):
    """A system at one address."""

    url: Address = Field(description="Its address.")
    auth: Auth | None = Field(None, description="How to log in.")
    transport: Transport = Field(USUAL, description="Certificates, proxies and connections.")
    headers: dict[HeaderName, HeaderValue] = Field({}, repr=False, description="Sent with every request.")
