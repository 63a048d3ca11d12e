"""The words of ``kind: soap``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from adapters.conditions import ConditionWords
from adapters.filters import FilterWords
from adapters.registration import Code, Duration, Entity, ListOrder, LocalFile, LookupSpec, SearchSpec, Source, Words
from adapters.transport import USUAL, Transport

Meaning = Literal["missing", "rejected", "overloaded", "unavailable", "relogin"]
"""What a fault says: no such record; refused; ask less; out of order; the session is over."""

Faults = dict[Code, Meaning]
"""By fault code: local (``LOCKED``), qualified (``{urn:x}LOCKED``) or a number."""


Format = Literal["xml", "html", "json", "php", "apache-map"]
"""What a text holds; ``apache-map`` is no text but a map of Apache's SOAP: ``item`` elements of key and value."""

Absent = Literal["omit", "nil"]
"""What becomes of the element of a value that is not given."""


class Request(Words):
    """What is sent.

    ``arguments`` has the shape of the request in the WSDL. Texts that begin with ``$`` stand for values; ``$$`` is a
    dollar sign. A value that is not given leaves its element out, and a group whose values are all not given as well;
    ``xsi:type`` in a group chooses a derived type; ``null`` is ``xsi:nil``. ``message`` is the way out where no WSDL
    describes the operation rightly: the XML as it goes out.
    """

    operation: str | None = Field(None, description="Its name in the WSDL.")
    port: str | None = Field(None, description="The port of the WSDL that it is an operation of; the source's.")
    arguments: dict[str, Any] = Field({}, repr=False, description="In the shape of its request in the WSDL.")
    message: str | None = Field(
        None,
        repr=False,
        description="Instead of `operation`: what stands in the SOAP body, or a whole envelope, as XML. Texts and"
        " attributes of `$` stand for values; what is between `<?each keys?>` and `<?end?>` is repeated per key.",
    )
    action: str | None = Field(None, description="With `message`: its SOAPAction.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.operation is None) == (self.message is None):
            raise ValueError("expected exactly one of operation, message")
        if self.message is not None and self.arguments:
            raise ValueError("expected `$` texts in the message instead of arguments")
        if self.message is None and self.action is not None:
            raise ValueError("expected message beside action")
        return self


class UsernameToken(Words):
    """WS-Security UsernameToken, new for every message."""

    username: str = Field(description="Who we are there.")
    password: str = Field(repr=False, description="From the environment, never in the file.")
    digest: bool = Field(False, description="Send a digest with nonce and creation time, not the password's text.")
    timestamp_ttl: Duration | None = Field(None, description="Add a Timestamp that expires after this time.")


class Login(Request):
    """A login operation whose reply holds the token for all other operations: ``$token``."""

    token: str = Field(description="Path of the token in the reply.")
    endpoint: str | None = Field(None, description="Path of the address to use from then on, in the reply.")
    ttl: Duration | None = Field(None, description="Log in again after this time; else only when a call says so.")
    renew_on: list[Code] = Field([], description="Fault codes that mean: the session is over.")


class Hmac(Words):
    """A signature that every message carries: ``$signature`` in a header part, with the ``$nonce`` and ``$timestamp``
    (seconds since 1970) that it is made of."""

    secret: str = Field(min_length=1, repr=False, description="From the environment, never in the file.")
    message: str = Field(repr=False, description="What is signed, with `{nonce}` and `{timestamp}` in it.")
    digest: Literal["sha256", "sha1", "sha512"] = Field("sha256", description="The hash function.")
    encode: Literal["base64", "hex"] = Field("base64", description="How the signature is written.")


class Certificate(Words):
    """WS-Security by X.509 certificate: body and Timestamp of every message signed with RSA-SHA256."""

    certificate: LocalFile = Field(description="File in PEM.")
    key: LocalFile = Field(description="File in PEM: the private key.")
    password: str | None = Field(None, repr=False, description="Of the key, if it has one.")
    timestamp_ttl: Duration = Field(60.0, validate_default=False, description="When the Timestamp expires.")


class Auth(Words):
    """How to log in: one way, or several together."""

    wsse: UsernameToken | None = Field(None, description="A WS-Security UsernameToken in every message.")
    x509: Certificate | None = Field(None, description="Every message signed with a certificate.")
    hmac: Hmac | None = Field(None, description="A signature in a header part of every message.")
    login: Login | None = Field(None, description="A session that one operation opens.")

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"expected one of {', '.join(type(self).model_fields)}")
        return self


class RowErrors(Words):
    """How a row says that it is an error. Paths are JMESPath over the row."""

    when: str = Field(description="An error if this is true, or anything else but null, false and empty.")
    code: str | None = Field(None, description="Path of the system's own code.")
    message: str | None = Field(None, description="Path of the system's own text; for the log, never for clients.")
    codes: Faults = Field({}, description="Meaning by code, before that of `faults`.")


class Errors(RowErrors):
    """How a reply that is no fault says that it is an error. Paths are JMESPath over the element in the body."""

    each: str = Field("@", description="Path of a list of messages: the first for which `when` is true counts.")


class Call(Request):
    """How a lookup or a search is asked, and what its reply holds."""

    conditions: dict[str, ConditionWords] = Field(
        {}, description="`$` name: a condition in the system's own query language, made of values."
    )
    absent: Absent = Field("omit", description="What becomes of an element whose value is not given.")
    decode: dict[str, Format] = Field(
        {}, description="Path of a text in the reply: what it holds. Paths go on below it as if it were elements."
    )
    errors: Errors | None = Field(
        None, description="How the reply says that it is an error, if not as the source does."
    )
    rows: str = Field("@", description="Path of the rows, from the element in the reply's body; that element itself.")
    row_errors: RowErrors | None = Field(None, description="How one of the rows says that it is an error.")

    def codes(self) -> Faults:
        """Meanings of codes in its replies."""
        return {**(self.errors.codes if self.errors else {}), **(self.row_errors.codes if self.row_errors else {})}


class SoapLookup(LookupSpec, Call):
    """``$keys``, or ``[{...: $key}]`` for one item per key; ``$key`` with ``batch: 1``; ``$argument.name``, ``$token``.

    The parts of a composite key are ``$key.0``, ``$key.1``.
    """

    match: Literal["key", "none", "position"] = Field(
        "key",
        description="How rows find their key: by their own; for `batch: 1`, all rows are of the asked key; or by their"
        " place, where the system answers every key in order, with as many rows as keys.",
    )


class More(Request):
    """The operation that goes on where the search ended: ``$locator``, and ``$page``, which is 2 the first time."""

    locator: str = Field(description="Path of what leads to the next part of the list, in the search's reply too.")
    pages: str | None = Field(None, description="Path of the number of parts, where the locator does not end.")
    expired: list[Code] = Field(
        [], description="Fault codes that mean: the locator is gone. The search is made again, and the place found."
    )


class SoapSearch(SearchSpec, Call):
    """``$first``, ``$offset``, ``$bookmark``, ``$filter.name``, ``$parent``, ``$token``.

    ``$after.FIELD``: pages that go on behind the last record, by its values for all fields of the key. ``$start``: the
    instant of ``order`` at which the list is to begin, that one included; without ``$after`` pages go on from there.
    """

    parents: str | None = Field(
        None, description="Below one parent at a time, whose key is `$parent`: the field or key in which rows have it."
    )
    order: ListOrder | None = Field(
        None, description="The instant by which the system keeps the list, pages by `$after` or `$start`: `at desc`."
    )
    total: str | None = Field(None, description="Path of the count of all rows.")
    limit: int = Field(100, gt=0, description="Most rows of one call.")
    bookmark: str | None = Field(
        None, description="Path of what marks a row's place, in the row: the next page is asked with `$bookmark`."
    )
    more: More | None = Field(None, description="How the rest of the list is asked for.")
    filters: dict[str, FilterWords] = Field(
        {}, description="How values are written: filter in the graph, as in `$filter.name`; as they are otherwise."
    )
    exclusive: list[list[str]] = Field(
        [], description="Filters of which the system can take only one at a time: more of them are refused."
    )
    lookup: str | None = Field(
        None, description="The rows tell little more than the key: the records come from this lookup."
    )


class SoapEntity(Entity[SoapLookup, SoapSearch]):
    """Paths in `fields` are elements and attributes of a row: `Name.First`, `@Nr`."""

    faults: Faults = Field({}, description="Meaning by fault code, before that of the source.")


class SoapSource(Source):
    """A SOAP service, 1.1 or 1.2, by its WSDL."""

    kind: Literal["soap"] = Field(description="How it is spoken to.")
    wsdl: LocalFile | list[LocalFile] | None = Field(
        None,
        description="File, or several in one folder; everything they import lies there. Not needed where every call"
        " has a `message`.",
    )
    schemas: dict[str, str] = Field(
        {}, description="Imports with an address: which file in the WSDL's folder is read instead."
    )
    lenient: bool = Field(
        False, description="Take what is wrong in the WSDL for what it most probably means, instead of refusing it."
    )
    endpoint: str | None = Field(None, description="Where the service is, if not where the WSDL says.")
    endpoints: dict[str, str] = Field(
        {}, description="By port of the WSDL: where that is, for requests that name their port."
    )
    service: str | None = Field(None, description="The service in the WSDL; the first that speaks SOAP.")
    port: str | None = Field(None, description="The port of the service; the first that speaks SOAP.")
    soap: Literal["1.1", "1.2"] | None = Field(None, description="The version, where the service has a port for each.")
    auth: Auth | None = Field(None, description="How to log in.")
    transport: Transport = Field(USUAL, description="Certificates, proxies and connections.")
    headers: dict[str, Any] = Field(
        {},
        repr=False,
        description="SOAP header parts by name, as the WSDL has them, or as XML that every message carries; may use"
        " `$token`, and of a signature `$nonce`, `$timestamp` and `$signature`.",
    )
    errors: Errors | None = Field(None, description="How a reply that is no fault says that it is an error.")
    encoding: str | None = Field(None, description="What replies are written in, whatever they say.")
    faults: Faults = Field({}, description="Meaning by fault code.")
    fault_code: str | None = Field(None, description="Path of the system's own code in a fault's detail.")
    entities: dict[str, SoapEntity] = Field({}, description="What it knows, by type of the graph.")

    @model_validator(mode="after")
    def _described(self) -> Self:
        if self.wsdl is None and (self.endpoint is None or any(call.message is None for call in self.requests())):
            raise ValueError("expected wsdl, or an endpoint and a message for every call")
        return self

    def requests(self) -> Iterator[Request]:
        """Everything that is ever sent."""
        if self.auth is not None and self.auth.login is not None:
            yield self.auth.login
        for entity in self.entities.values():
            yield from entity.lookup.values()
            for search in entity.search.values():
                yield search
                if search.more is not None:
                    yield search.more
