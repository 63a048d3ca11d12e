"""WS-Security by certificate: the body and the time of every message signed (X.509 token profile, RSA-SHA256)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_pem_x509_certificate
from lxml import etree

from adapters.problems import Mistake
from adapters.soap.registration import Certificate
from adapters.soap.security import BASE64, OASIS, SECURITY_SPACE, UTILITY_SPACE, instant

DS = "http://www.w3.org/2000/09/xmldsig#"
CANONICAL = "http://www.w3.org/2001/10/xml-exc-c14n#"
X509 = f"{OASIS}-x509-token-profile-1.0#X509v3"
ID = f"{{{UTILITY_SPACE}}}Id"


class Signing:
    """Signs a message. Raises ``Mistake`` for files that hold no certificate and key of RSA."""

    def __init__(self, spec: Certificate) -> None:
        password = None if spec.password is None else spec.password.encode()
        try:
            certificate = load_pem_x509_certificate(spec.certificate.read_bytes())
            key = serialization.load_pem_private_key(spec.key.read_bytes(), password)
        except (ValueError, TypeError, OSError):
            raise Mistake("a certificate and a private key in PEM, and its password if it has one", "another") from None
        if not isinstance(key, RSAPrivateKey):
            raise Mistake("a key of RSA", "another kind of key")
        self._key = key
        self._token = b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
        self._ttl = timedelta(seconds=spec.timestamp_ttl)

    def __call__(self, message: bytes) -> bytes:
        envelope = etree.fromstring(message)
        security = self._security(envelope)
        body = envelope.find("{*}Body")
        body.set(ID, "body")
        timestamp = self._timestamp(security)
        words = {ID: "x509", "ValueType": X509, "EncodingType": BASE64}
        token = etree.SubElement(security, f"{{{SECURITY_SPACE}}}BinarySecurityToken", words)
        token.text = self._token
        security.append(self._signature({"body": body, "timestamp": timestamp}))
        return bytes(etree.tostring(envelope, encoding="UTF-8"))

    def _security(self, envelope: etree._Element) -> etree._Element:
        """The header that is there, or a new one."""
        header = envelope.find("{*}Header")
        if header is None:
            header = etree.Element(f"{{{etree.QName(envelope).namespace}}}Header")
            envelope.insert(0, header)
        security = header.find(f"{{{SECURITY_SPACE}}}Security")
        if security is None:
            nsmap = {"wsse": SECURITY_SPACE, "wsu": UTILITY_SPACE}
            security = etree.SubElement(header, f"{{{SECURITY_SPACE}}}Security", nsmap=nsmap)
        return security

    def _timestamp(self, security: etree._Element) -> etree._Element:
        timestamp = security.find(f"{{{UTILITY_SPACE}}}Timestamp")
        if timestamp is None:
            now = datetime.now(UTC)
            timestamp = etree.Element(f"{{{UTILITY_SPACE}}}Timestamp")
            etree.SubElement(timestamp, f"{{{UTILITY_SPACE}}}Created").text = instant(now)
            etree.SubElement(timestamp, f"{{{UTILITY_SPACE}}}Expires").text = instant(now + self._ttl)
            security.insert(0, timestamp)
        timestamp.set(ID, "timestamp")
        return timestamp

    def _signature(self, signed: Mapping[str, etree._Element]) -> etree._Element:
        references = "".join(
            f'<Reference URI="#{name}"><Transforms><Transform Algorithm="{CANONICAL}"/></Transforms>'
            f'<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
            f"<DigestValue>{b64encode(sha256(canonical(element)).digest()).decode()}</DigestValue></Reference>"
            for name, element in signed.items()
        )
        info = (
            f'<SignedInfo xmlns="{DS}"><CanonicalizationMethod Algorithm="{CANONICAL}"/>'
            f'<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>{references}</SignedInfo>'
        )
        value = self._key.sign(canonical(etree.fromstring(info)), PKCS1v15(), SHA256())
        return etree.fromstring(
            f'<Signature xmlns="{DS}">{info}<SignatureValue>{b64encode(value).decode()}</SignatureValue><KeyInfo>'
            f'<wsse:SecurityTokenReference xmlns:wsse="{SECURITY_SPACE}"><wsse:Reference URI="#x509"'
            f' ValueType="{X509}"/></wsse:SecurityTokenReference></KeyInfo></Signature>'
        )


def canonical(element: etree._Element) -> bytes:
    return bytes(etree.tostring(element, method="c14n", exclusive=True))
