"""Keys, tokens and certificates made for a test, and settings that trust them."""

from __future__ import annotations

import datetime as dt
import ipaddress
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from engine.server.security import TlsSettings, TokenSettings

AUDIENCE, ISSUER = "towline", "https://issuer.example"
P256 = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)
ED = ed25519.Ed25519PrivateKey.generate()
OTHER = ec.generate_private_key(ec.SECP256R1())


def public_pem(*keys: Any) -> bytes:
    return b"".join(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) for key in keys)


def private_pem(key: Any) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def claims(role: str | None = "dispatcher", **more: Any) -> dict[str, Any]:
    """Claims of a good token; a value of None leaves one out."""
    values: dict[str, Any] = {
        "sub": "desk-1",
        "aud": AUDIENCE,
        "iss": ISSUER,
        "exp": int(time.time()) + 600,
        "roles": [role] if role else None,
    }
    return {key: value for key, value in (values | more).items() if value is not None}


def token(
    role: str | None = "dispatcher", key: Any = P256, alg: str = "ES256", kid: str | None = None, **more: Any
) -> str:
    return jwt.encode(claims(role, **more), key, algorithm=alg, headers={"kid": kid} if kid else None)


def settings(folder: Path, *keys: Any, **more: Any) -> TokenSettings:
    """Tokens checked with these keys (by default `P256`) from a file."""
    path = folder / "keys.pem"
    path.write_bytes(public_pem(*(keys or (P256,))))
    values: dict[str, Any] = {"audience": AUDIENCE, "issuer": ISSUER, "keys": path}
    return TokenSettings(**values | more)


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, in PEM."""

    cert: bytes
    key: bytes


class Authority:
    """A certificate authority of the test's own."""

    def __init__(self, name: str = "test authority") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = _builder(self._name, self._name, self._key, 30)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.cert = builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def issue(self, name: str, *alternatives: str, days: float = 10, since: float = -20) -> Pair:
        """A certificate for a server or a client of that common name; servers here are 127.0.0.1 and localhost.

        It holds from ``since`` to ``days`` days from now.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        names: list[x509.GeneralName] = [x509.DNSName(item) for item in alternatives or ("localhost",)]
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        builder = _builder(subject, self._name, key, days, since)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        made = builder.sign(self._key, hashes.SHA256())
        return Pair(made.public_bytes(Encoding.PEM), private_pem(key))


def tls(folder: Path, pair: Pair, client_ca: bytes | None = None) -> TlsSettings:
    """The pair in files."""
    cert, key, authority = folder / "server.pem", folder / "server.key", folder / "clients.pem"
    cert.write_bytes(pair.cert)
    key.write_bytes(pair.key)
    if client_ca is not None:
        authority.write_bytes(client_ca)
    return TlsSettings(cert, key, authority if client_ca is not None else None)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Any, days: float, since: float = -20
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + dt.timedelta(days=since))
        .not_valid_after(now + dt.timedelta(days=days))
    )
