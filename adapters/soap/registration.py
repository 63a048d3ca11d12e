"""The words of ``kind: soap``."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from adapters.registration import Code, Duration, Entity, LocalFile, LookupSpec, SearchSpec, Source, Words

Meaning = Literal["missing", "rejected", "overloaded", "unavailable", "relogin"]
"""What a fault says: no such record; refused; ask less; out of order; the session is over."""

Faults = dict[Code, Meaning]
"""By fault code: local (``LOCKED``), qualified (``{urn:x}LOCKED``) or a number."""


class UsernameToken(Words):
    """WS-Security UsernameToken, new for every message."""

    username: str = Field(description="Who we are there.")
    password: str = Field(repr=False, description="From the environment, never in the file.")
    digest: bool = Field(False, description="Send a digest with nonce and creation time, not the password's text.")
    timestamp_ttl: Duration | None = Field(None, description="Add a Timestamp that expires after this time.")


class Login(Words):
    """A login operation whose reply holds the token for all other operations: ``$token``."""

    operation: str = Field(description="Its name in the WSDL.")
    arguments: dict[str, Any] = Field({}, repr=False, description="In the shape of its request in the WSDL.")
    token: str = Field(description="Path of the token in the reply.")
    ttl: Duration | None = Field(None, description="Log in again after this time; else only when a call says so.")
    renew_on: list[Code] = Field([], description="Fault codes that mean: the session is over.")


class Auth(Words):
    """How to log in: either, or both."""

    wsse: UsernameToken | None = Field(None, description="A WS-Security UsernameToken in every message.")
    login: Login | None = Field(None, description="A session that one operation opens.")

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.wsse is None and self.login is None:
            raise ValueError("expected wsse or login")
        return self


class Call(Words):
    """How a lookup or a search is asked.

    ``arguments`` has the shape of the request in the WSDL. Texts that begin with ``$`` stand for values; ``$$`` is a
    dollar sign. A value that is not given leaves its element out.
    """

    operation: str = Field(description="Its name in the WSDL.")
    arguments: dict[str, Any] = Field({}, description="In the shape of its request in the WSDL, with `$` texts.")
    rows: str = Field("@", description="Path of the rows, from the element in the reply's body; that element itself.")


class SoapLookup(LookupSpec, Call):
    """``$keys``, or ``[{...: $key}]`` for one item per key; ``$key`` with ``batch: 1``; ``$argument.name``, ``$token``.

    The parts of a composite key are ``$key.0``, ``$key.1``.
    """

    match: Literal["key", "none"] = Field(
        "key", description="How rows find their key: by their own, or, for `batch: 1`, all rows are of the asked key."
    )


class SoapSearch(SearchSpec, Call):
    """``$first``, ``$offset``, ``$filter.name``, ``$token``."""

    total: str | None = Field(None, description="Path of the count of all rows.")
    limit: int = Field(100, gt=0, description="Most rows of one call.")
    lookup: str | None = Field(
        None, description="The rows tell little more than the key: the records come from this lookup."
    )


class SoapEntity(Entity[SoapLookup, SoapSearch]):
    """Paths in `fields` are elements and attributes of a row: `Name.First`, `@Nr`."""

    faults: Faults = Field({}, description="Meaning by fault code, before that of the source.")


class SoapSource(Source):
    """A SOAP service, 1.1 or 1.2, by its WSDL."""

    kind: Literal["soap"] = Field(description="How it is spoken to.")
    wsdl: LocalFile = Field(description="File; everything it imports lies in its folder.")
    schemas: dict[str, str] = Field(
        {}, description="Imports with an address: which file in the WSDL's folder is read instead."
    )
    lenient: bool = Field(
        False, description="Take what is wrong in the WSDL for what it most probably means, instead of refusing it."
    )
    endpoint: str | None = Field(None, description="Where the service is, if not where the WSDL says.")
    service: str | None = Field(None, description="The service in the WSDL; the first that speaks SOAP.")
    port: str | None = Field(None, description="The port of the service; the first that speaks SOAP.")
    soap: Literal["1.1", "1.2"] | None = Field(None, description="The version, where the service has a port for each.")
    auth: Auth | None = Field(None, description="How to log in.")
    headers: dict[str, Any] = Field({}, repr=False, description="SOAP header parts by name; may use `$token`.")
    faults: Faults = Field({}, description="Meaning by fault code.")
    fault_code: str | None = Field(None, description="Path of the system's own code in a fault's detail.")
    entities: dict[str, SoapEntity] = Field({}, description="What it knows, by type of the graph.")
