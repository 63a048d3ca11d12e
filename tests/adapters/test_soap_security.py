"""Who we are, in every message: UsernameToken, signatures by key and by certificate, tokens and addresses of logins."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree
from starlette.responses import Response

from adapters.problems import MappingProblems
from adapters.soap.adapter import SoapAdapter
from adapters.spi import BadData, Lookup, Unavailable
from tests.adapters.soap_shop import SCHEMA, SHOP, SOAP11, Heard, Shop, envelope, item, items, source, write, xml

REQUEST = Lookup("Item", "sku", ["A1"], frozenset({"name"}))
WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
WSU = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"


def answering_everything(_: Heard) -> Response:
    return xml(items(item("A1")))


async def sent(tmp_path: Path, **words: Any) -> etree._Element:
    """The envelope of one call."""
    shop = Shop(answering_everything)
    await shop.adapter(source(write(tmp_path), **words)).lookup(REQUEST)
    return etree.fromstring(shop.heard[0].body)


@pytest.mark.quirk("S10")
async def test_a_username_token_is_text_with_a_timestamp(tmp_path: Path) -> None:
    token = {"username": "dock", "password": "se<same", "timestamp_ttl": "5m"}
    security = (await sent(tmp_path, auth={"wsse": token})).find(f".//{WSSE}Security")
    assert security.findtext(f".//{WSSE}Username") == "dock" and security.findtext(f".//{WSSE}Password") == "se<same"
    created, expires = (datetime.fromisoformat(security.findtext(f".//{WSU}{name}")) for name in ("Created", "Expires"))
    assert expires - created == timedelta(minutes=5) and abs(datetime.now(UTC) - created) < timedelta(minutes=1)


@pytest.mark.quirk("S10")
async def test_a_digest_is_over_nonce_time_and_password_and_new_in_every_message(tmp_path: Path) -> None:
    nonces = set()
    for _ in range(2):
        words = {"username": "dock", "password": "sesame", "digest": True}
        security = (await sent(tmp_path, auth={"wsse": words})).find(f".//{WSSE}Security")
        nonce, created = security.findtext(f".//{WSSE}Nonce"), security.findtext(f".//{WSU}Created")
        digest = sha1(b64decode(nonce) + created.encode() + b"sesame").digest()
        assert security.findtext(f".//{WSSE}Password") == b64encode(digest).decode()
        nonces.add(nonce)
    assert len(nonces) == 2


PASSPORT = """<t:tokenPassport xmlns:t="urn:core">
  <t:account>1234</t:account><t:nonce>$nonce</t:nonce>
  <t:timestamp>$timestamp</t:timestamp>
  <t:signature algorithm="HMAC-SHA256">$signature</t:signature></t:tokenPassport>"""


@pytest.mark.quirk("S11")
@pytest.mark.parametrize(("digest", "encode"), [("sha256", "base64"), ("sha1", "hex")])
async def test_a_header_part_carries_a_signature_of_nonce_and_time(tmp_path: Path, digest: str, encode: str) -> None:
    words = {"secret": "cs&ts", "message": "1234&ck&tk&{nonce}&{timestamp}", "digest": digest, "encode": encode}
    root = await sent(tmp_path, auth={"hmac": words}, headers={"tokenPassport": PASSPORT})
    part = root.find(f"{{{SOAP11}}}Header/{{urn:core}}tokenPassport")
    nonce, timestamp = part.findtext("{*}nonce"), part.findtext("{*}timestamp")
    wanted = hmac.digest(b"cs&ts", f"1234&ck&tk&{nonce}&{timestamp}".encode(), digest)
    assert part.findtext("{*}signature") == (b64encode(wanted).decode() if encode == "base64" else wanted.hex())
    assert len(nonce) == 32 and abs(int(timestamp) - datetime.now(UTC).timestamp()) < 60


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"T": "<t:x/>"}, "headers.T: expected well-formed XML"),
        ({"T": "<t>$sig</t>"}, "headers.T.t: expected one of `$nonce`, `$signature`, `$timestamp`, found `$sig`"),
    ],
)
def test_mistakes_in_header_parts_are_told(tmp_path: Path, headers: dict[str, str], expected: str) -> None:
    auth = {"hmac": {"secret": "s", "message": "m"}}
    with pytest.raises(MappingProblems) as error:
        Shop(answering_everything).adapter(source(write(tmp_path), auth=auth, headers=headers))
    assert expected in str(error.value)


class Keys:
    """A certificate and its key, as files."""

    def __init__(self, folder: Path, password: str | None = None, *, curve: bool = False) -> None:
        key: Any = ec.generate_private_key(ec.SECP256R1()) if curve else rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "crossdock")])
        now, later = datetime.now(UTC), datetime.now(UTC) + timedelta(days=1)
        builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, later)
        made = builder.sign(key, hashes.SHA256())
        hidden: Any = serialization.NoEncryption()
        if password is not None:
            hidden = serialization.BestAvailableEncryption(password.encode())
        self.certificate, self.key = folder / "crossdock.pem", folder / "crossdock.key"
        self.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        form = serialization.PrivateFormat.PKCS8
        self.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, hidden))
        self.words = {"certificate": str(self.certificate), "key": str(self.key)}


def verify(root: etree._Element, keys: Keys) -> None:
    """As the XML Security Library does it: raises ``xmlsec.VerificationError``."""
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_file(str(keys.certificate), xmlsec.constants.KeyDataFormatCertPem)
    for element in root.iter(etree.Element):
        if element.get(f"{WSU}Id") is not None:
            context.register_id(element, "Id", WSU[1:-1])
    context.verify(root.find(f".//{DS}Signature"))


@pytest.mark.parametrize("more", [{}, {"wsse": {"username": "dock", "password": "sesame", "timestamp_ttl": "1m"}}])
@pytest.mark.parametrize("password", [None, "sesame"])
async def test_a_message_is_signed_as_others_verify_it(tmp_path: Path, more: Any, password: str | None) -> None:
    keys = Keys(tmp_path, password)
    words = {**keys.words, "password": password, "timestamp_ttl": "2m"}
    root = await sent(tmp_path, auth={"x509": words, **more})
    verify(root, keys)
    assert len(root.findall(f".//{WSSE}Security")) == len(root.findall(f".//{WSU}Timestamp")) == 1
    assert (root.find(f".//{WSSE}UsernameToken") is not None) == bool(more)
    root.find(f".//{{{SHOP}}}Sku").text = "A2"
    with pytest.raises(xmlsec.Error):
        verify(root, keys)


@pytest.mark.parametrize("what", ["no key", "a curve", "wrong password"])
def test_files_that_cannot_sign_are_told(tmp_path: Path, what: str) -> None:
    keys = Keys(tmp_path, "other" if what == "wrong password" else None, curve=what == "a curve")
    if what == "no key":
        keys.key.write_text("none")
    with pytest.raises(MappingProblems) as error:
        Shop(answering_everything).adapter(source(write(tmp_path), auth={"x509": keys.words}))
    (problem,) = error.value.problems
    assert problem.path == ("auth", "x509")


LOGIN = {"operation": "Login", "arguments": {"User": "u", "Password": "p"}, "token": "Token", "endpoint": "Url"}
WITH_URL = SCHEMA.replace(
    '<xsd:element name="Token" type="xsd:string"/>',
    '<xsd:element name="Token" type="xsd:string"/><xsd:element name="Url" type="xsd:string" minOccurs="0"/>',
)


class Moving(Shop):
    """Its login says where to go on; nothing else is answered at the address of the login."""

    def __init__(self, url: str) -> None:
        super().__init__(self.reply)
        self.url = url
        self.over = False

    def reply(self, heard: Heard) -> Response:
        if b"Login" in heard.body:
            content = f'<LoginResponse xmlns="{SHOP}"><Token>T</Token><Url> {self.url} </Url></LoginResponse>'
            return xml(envelope(content))
        if self.over:
            self.over = False
            self.url = "https://na7.shop.example.test/two"
            return xml(envelope("<e:Fault><faultcode>INVALID_SESSION</faultcode></e:Fault>"), 500)
        return xml(items(item("A1", f"<Name>{heard.host}</Name>")))


def moving(tmp_path: Path, shop: Shop) -> SoapAdapter:
    registration = source(
        write(tmp_path, schema=WITH_URL),
        auth={"login": {**LOGIN, "renew_on": ["INVALID_SESSION"]}},
        headers={"Session": {"Id": "$token"}},
        endpoint="https://login.shop.example.test/soap",
    )
    return shop.adapter(registration)


@pytest.mark.quirk("S9")
async def test_a_login_tells_the_address_to_use_from_then_on(tmp_path: Path) -> None:
    shop = Moving("https://eu12.shop.example.test/one?x=1")
    made = moving(tmp_path, shop)
    hosts = []
    for over in (False, False, True):
        shop.over = over
        found = (await made.lookup(REQUEST)).found["A1"]
        hosts.append(found.values["name"])
    assert hosts == ["eu12.shop.example.test", "eu12.shop.example.test", "na7.shop.example.test"]
    assert [heard.host for heard in shop.heard if b"Login" in heard.body] == ["login.shop.example.test"] * 2


@pytest.mark.quirk("S9")
@pytest.mark.parametrize(
    "url",
    [
        "http://eu12.shop.example.test/",
        "https://shop.example.org/",
        "https://a@eu.shop.example.test/",
        "",
        "/soap",
        "ftp://x/",
    ],
)
async def test_a_token_never_goes_to_another_domain_or_less_safely(tmp_path: Path, url: str) -> None:
    shop = Moving(url)
    with pytest.raises(BadData, match="expected an address in the registered endpoint's domain at Url"):
        await moving(tmp_path, shop).lookup(REQUEST)
    assert len(shop.heard) == 1


async def test_a_login_may_be_a_message_of_one_s_own(tmp_path: Path) -> None:
    login = {"message": '<L xmlns="urn:l"><K>a&amp;b</K></L>', "token": "Key.@value", "renew_on": [5]}

    def reply(heard: Heard) -> Response:
        if b"urn:l" in heard.body:
            return xml(envelope('<R><Key value="T&amp;1"/></R>'))
        session = etree.fromstring(heard.body).findtext(f".//{{{SHOP}}}Id")
        return xml(items(item("A1", f"<Name>{'yes' if session == 'T&1' else 'no'}</Name>")))

    made = Shop(reply).adapter(source(write(tmp_path), auth={"login": login}, headers={"Session": {"Id": "$token"}}))
    assert (await made.lookup(REQUEST)).found["A1"].values["name"] == "yes"


async def test_a_login_that_is_refused_is_no_fault_of_who_asks(tmp_path: Path) -> None:
    shop = Shop(lambda _: xml(envelope("<e:Fault><faultcode>2</faultcode></e:Fault>"), 500))
    with pytest.raises(Unavailable, match="login refused"):
        await moving(tmp_path, shop).lookup(REQUEST)
