"""Keys that tokens are checked with."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import Algorithm, ECAlgorithm, RSAAlgorithm

from engine.errors import TokenKeyError
from engine.server.security.keys import load_keys, read_jwks
from graphs.errors import FileMissingError
from tests.engine.server.security.makes import ED, P256, RSA, Authority, private_pem, public_pem

ALL = ("RS256", "ES256", "EdDSA")
SECRET = b"0123456789abcdef0123456789abcdef"


def write(folder: Path, raw: bytes) -> Path:
    path = folder / "keys"
    path.write_bytes(raw)
    return path


def entry(key: object, algorithm: type[Algorithm], **more: str) -> dict[str, str]:
    return json.loads(algorithm.to_jwk(key)) | more


def test_pem_files_hold_keys_of_three_kinds(tmp_path: Path) -> None:
    """RSA, P-256 and Ed25519 in one file, and a certificate's key."""
    raw = public_pem(RSA, P256, ED) + Authority().cert
    assert [key.algorithm for key in load_keys(write(tmp_path, raw), ALL)] == ["RS256", "ES256", "EdDSA", "ES256"]
    assert [key.algorithm for key in load_keys(write(tmp_path, raw), ("EdDSA",))] == ["EdDSA"]


def test_a_jwks_gives_what_fits() -> None:
    """Keys for encryption, of other curves or broken ones are passed over; ids are kept."""
    rsa_key = entry(RSA.public_key(), RSAAlgorithm, kid="r", use="sig", alg="RS256")
    odd = entry(RSA.public_key(), RSAAlgorithm, kid="x", use="enc")
    other = entry(RSA.public_key(), RSAAlgorithm, kid="y", alg="PS256")
    curve = entry(ec.generate_private_key(ec.SECP384R1()).public_key(), ECAlgorithm, kid="c")
    raw = json.dumps({"keys": [rsa_key, odd, other, curve, {"kty": "RSA", "n": "?"}, 7, {}]}).encode()
    (found,) = read_jwks(raw, ALL, "here")
    assert (found.id, found.algorithm) == ("r", "RS256")


def test_a_secret_has_32_bytes_and_must_be_allowed(tmp_path: Path) -> None:
    """HS256 only when asked for, only with enough to guess."""
    (key,) = load_keys(write(tmp_path, SECRET + b"\n"), ("HS256",))
    assert key.key == SECRET
    for raw, allowed in ((SECRET, ALL), (SECRET[:31], ("HS256",)), (b"", ("HS256",))):
        with pytest.raises(TokenKeyError) as failure:
            load_keys(write(tmp_path, raw), allowed)
        assert "0123456789" not in failure.value.message


def test_a_secret_in_a_jwks_needs_its_length_too() -> None:
    """The same rule, whatever the file's form."""
    short = base64.urlsafe_b64encode(b"short").decode().rstrip("=")
    raw = json.dumps({"keys": [{"kty": "oct", "k": short, "alg": "HS256"}]}).encode()
    with pytest.raises(TokenKeyError, match="32"):
        read_jwks(raw, ("HS256",), "here")


@pytest.mark.parametrize(
    "raw",
    [
        private_pem(P256),
        b"-----BEGIN PUBLIC KEY-----\nbm9uc2Vuc2U=\n-----END PUBLIC KEY-----\n",
        public_pem(rsa.generate_private_key(65537, 1024)),
        public_pem(ec.generate_private_key(ec.SECP384R1())),
        b"{}",
        b'{"keys": []}',
        b'{"keys": [',
        b"[" * 5000,
    ],
)
def test_files_that_no_token_should_be_checked_with(tmp_path: Path, raw: bytes) -> None:
    """Private keys, broken ones, weak ones, other curves, no keys."""
    with pytest.raises(TokenKeyError):
        load_keys(write(tmp_path, raw), ALL)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """With what is wrong with it."""
    with pytest.raises(FileMissingError, match="nowhere"):
        load_keys(tmp_path / "nowhere", ALL)
