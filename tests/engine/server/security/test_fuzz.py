"""Whatever is sent as a token, a key file or a trace: refused by an error of its own, or ignored."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import TokenInvalidError, TokenKeyError
from engine.server.security.keys import VerificationKey, read_jwks
from engine.server.security.settings import ASYMMETRIC, TokenSettings
from engine.server.security.tokens import Tokens
from engine.server.tracing import parent_of
from graphs.errors import TowlineError
from tests.engine.server.security.makes import AUDIENCE, ISSUER, P256, claims

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = ["sub", "aud", "iss", "exp", "nbf", "iat", "jti", "roles", "provider", "regions"]


class Held:
    def current(self) -> list[VerificationKey]:
        return [VerificationKey("ES256", P256.public_key())]

    def missed(self) -> None:
        pass


TOKENS = Tokens(TokenSettings(AUDIENCE, ISSUER), Held())


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.builds(".".join, st.lists(st.text("ab-_=", max_size=8), max_size=5)))
def test_any_text(text: str) -> None:
    """No text that is no token is one."""
    with pytest.raises(TokenInvalidError):
        TOKENS.verify(text)


@settings(max_examples=200, deadline=None)
@given(JSON, JSON, st.binary(max_size=64))
def test_any_header(header: Any, payload: Any, mark: bytes) -> None:
    """Well-formed parts of any content without a signature."""
    with pytest.raises(TokenInvalidError):
        TOKENS.verify(f"{part(header)}.{part(payload)}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}")


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4))
def test_any_claims(values: dict[str, Any]) -> None:
    """Properly signed, by an issuer that has lost its mind: an identity or an error of ours."""
    signed = jwt.api_jws.encode(json.dumps(claims() | values).encode(), P256, "ES256")
    try:
        found = TOKENS.verify(signed).identity
    except TowlineError:
        return
    assert found.subject.isprintable()


@settings(max_examples=200, deadline=None)
@given(
    JSON
    | st.builds(
        lambda keys: {"keys": keys},
        st.lists(
            JSON
            | st.fixed_dictionaries(
                {"kty": st.sampled_from(["RSA", "EC", "OKP", "oct"])},
                optional=dict.fromkeys(("n", "e", "x", "y", "crv", "k", "alg", "kid", "use"), JSON),
            ),
            max_size=3,
        ),
    )
)
def test_any_key_set(document: Any) -> None:
    """Whatever a URL answers."""
    with pytest.raises(TokenKeyError):
        read_jwks(json.dumps(document).encode(), ASYMMETRIC, "here")


@given(st.text(max_size=70))
def test_any_traceparent(text: str) -> None:
    """Never an error."""
    parent_of([("traceparent", text)])
