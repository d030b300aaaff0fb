"""The keys that tokens are checked with: read from PEM, a JWKS (RFC 7517) or a file with a secret."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from engine.errors import TokenKeyError
from engine.server.security.settings import SYMMETRIC
from graphs.errors import FileMissingError

#: RFC 7518, 3.2 and 3.3: shorter ones can be guessed or factored.
MIN_SECRET_BYTES, MIN_RSA_BITS = 32, 2048
#: Of one file or URL: a token without a key id is tried with each of them.
MAX_KEYS = 32
_PRIVATE = (RSAPrivateKey, EllipticCurvePrivateKey, Ed25519PrivateKey)


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """One key; it checks tokens of its own algorithm and of no other, so that none can be passed off as another."""

    algorithm: str
    key: Any
    id: str | None = None


def load_keys(path: Path, algorithms: Sequence[str]) -> tuple[VerificationKey, ...]:
    """The keys of a file that fit ``algorithms``; FileMissingError, TokenKeyError (nothing in it quotes the file)."""
    where = f"key file {path}"
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FileMissingError(f"{where} cannot be read: {error.strerror}", path=path) from None
    stripped = raw.strip()
    if stripped.startswith(b"{"):
        return read_jwks(raw, algorithms, where)
    if stripped.startswith(b"-----BEGIN"):
        return _read_pem(stripped, algorithms, where)
    if SYMMETRIC not in algorithms:
        raise TokenKeyError(
            f"{where} is neither PEM nor a JWKS; give public keys, or allow {SYMMETRIC} if it is a secret", path=path
        )
    return _only(algorithms, where, (VerificationKey(SYMMETRIC, _secret(stripped, where)),))


def read_jwks(raw: bytes, algorithms: Sequence[str], where: str) -> tuple[VerificationKey, ...]:
    """The keys of a JWKS that sign and fit; others in it (for encryption, of other algorithms) are passed over."""
    try:
        entries = json.loads(raw)["keys"]
        usable = [entry for entry in entries if isinstance(entry, dict) and entry.get("use", "sig") == "sig"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise TokenKeyError(
            f'{where} is no JWKS; it must be a JSON object with a list of "keys"', where=where
        ) from None
    if len(usable) > MAX_KEYS:
        raise TokenKeyError(f"{where} has {len(usable)} keys; at most {MAX_KEYS} are taken", where=where)
    found: list[VerificationKey] = []
    for entry in usable:
        try:
            parsed = jwt.PyJWK(entry)
        except Exception:  # an entry of any content runs into all sorts: KeyError, OverflowError, cryptography's own
            continue
        key = parsed.key
        if isinstance(key, bytes):
            if SYMMETRIC in algorithms and parsed.algorithm_name == SYMMETRIC:
                found.append(VerificationKey(SYMMETRIC, _secret(key, where), _text(entry.get("kid"))))
            continue
        key = key.public_key() if isinstance(key, _PRIVATE) else key
        algorithm = _algorithm(key, where)
        if algorithm is not None and entry.get("alg", algorithm) == algorithm:
            found.append(VerificationKey(algorithm, key, _text(entry.get("kid"))))
    return _only(algorithms, where, tuple(found))


def _read_pem(raw: bytes, algorithms: Sequence[str], where: str) -> tuple[VerificationKey, ...]:
    found: list[VerificationKey] = []
    for part in raw.split(b"-----BEGIN")[1:]:
        block = b"-----BEGIN" + part
        if b"PRIVATE KEY" in block.splitlines()[0]:
            raise TokenKeyError(
                f"{where} holds a private key; whoever signs tokens keeps that, the server needs the public one",
                where=where,
            )
        try:
            if b"CERTIFICATE" in block.splitlines()[0]:
                key: Any = x509.load_pem_x509_certificate(block).public_key()
            else:
                key = serialization.load_pem_public_key(block)
        except (ValueError, TypeError):
            raise TokenKeyError(f"{where} has a PEM block that is no public key", where=where) from None
        algorithm = _algorithm(key, where)
        if algorithm is None:
            raise TokenKeyError(f"{where} has a key that is neither RSA, P-256 nor Ed25519", where=where)
        found.append(VerificationKey(algorithm, key))
    return _only(algorithms, where, tuple(found[: MAX_KEYS + 1]))


def _algorithm(key: Any, where: str) -> str | None:
    if isinstance(key, RSAPublicKey):
        if key.key_size < MIN_RSA_BITS:
            raise TokenKeyError(
                f"{where} has an RSA key of {key.key_size} bits; at least {MIN_RSA_BITS} are needed", where=where
            )
        return "RS256"
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return "ES256"
    return "EdDSA" if isinstance(key, Ed25519PublicKey) else None


def _secret(raw: bytes, where: str) -> bytes:
    if len(raw) < MIN_SECRET_BYTES:
        raise TokenKeyError(
            f"{where} has a secret of {len(raw)} bytes; {SYMMETRIC} needs {MIN_SECRET_BYTES} random ones", where=where
        )
    return raw


def _only(algorithms: Sequence[str], where: str, keys: tuple[VerificationKey, ...]) -> tuple[VerificationKey, ...]:
    fitting = tuple(key for key in keys if key.algorithm in algorithms)
    if not fitting or len(fitting) > MAX_KEYS:
        raise TokenKeyError(
            f"{where} has {len(fitting)} keys for {', '.join(algorithms)}; 1 to {MAX_KEYS} are needed", where=where
        )
    return fitting


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
