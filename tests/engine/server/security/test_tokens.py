"""Bearer tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import jwt
import pytest

from engine.errors import TokenExpiredError, TokenInvalidError
from engine.server.security import tokens as module
from engine.server.security.guard import Pass
from engine.server.security.identity import Role
from engine.server.security.keys import VerificationKey
from engine.server.security.settings import TokenSettings
from engine.server.security.tokens import Tokens
from tests.engine.server.security.makes import AUDIENCE, ED, ISSUER, OTHER, P256, RSA, claims, public_pem, token

SETTINGS = TokenSettings(AUDIENCE, ISSUER)
SECRET = b"k" * 32


class Held:
    """Keys in hand."""

    def __init__(self, *keys: VerificationKey) -> None:
        self.held, self.misses, self.asked = keys, 0, 0

    def current(self) -> Sequence[VerificationKey]:
        self.asked += 1
        return self.held

    def missed(self) -> None:
        self.misses += 1


def es256(identifier: str | None = None, key: Any = P256) -> VerificationKey:
    return VerificationKey("ES256", key.public_key(), identifier)


def checker(*keys: VerificationKey, clock: Any = time.time, **more: Any) -> Tokens:
    return Tokens(replace(SETTINGS, **more), Held(*(keys or (es256(),))), clock)


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS256"), (P256, "ES256"), (ED, "EdDSA")])
def test_three_algorithms(key: Any, algorithm: str) -> None:
    """Who it is and what it may comes from the claims."""
    tokens = checker(VerificationKey(algorithm, key.public_key()))
    sent = token(None, key, algorithm, roles=["provider", "their-own"], provider="p1", regions=["regions/a", "b"])
    found = tokens.verify(sent).identity
    assert (found.subject, found.roles, found.provider) == ("desk-1", {Role.PROVIDER}, "p1")
    assert found.regions == {"a", "b"}


def test_claims_may_be_nested_or_one_text() -> None:
    """As Keycloak and OAuth have them."""
    nested = checker(roles_claim="realm_access.roles").verify(token(None, realm_access={"roles": ["planner"]}))
    assert nested.identity.roles == {Role.PLANNER}
    assert checker().verify(token(None, roles="planner auditor")).identity.roles == {Role.PLANNER, Role.AUDITOR}
    assert checker().verify(token(None)).identity.roles == set()
    assert checker().verify(token(regions=[])).identity.regions == set()
    assert checker().verify(token()).identity.regions is None


def forged() -> dict[str, tuple[str, str]]:
    """By name: a token, and the problem that must be named."""
    head, _, mark = token().split(".")
    other = base64.urlsafe_b64encode(json.dumps(claims("admin")).encode()).decode().rstrip("=")
    nothing = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    return {
        "another key": (token(key=OTHER), "SIGNATURE"),
        "other claims": (f"{head}.{other}.{mark}", "SIGNATURE"),
        "no signature": (f"{nothing}.{other}.", "ALGORITHM"),
        "public key as a secret": (_hmac(public_pem(P256)), "ALGORITHM"),
        "an algorithm not allowed": (jwt.encode(claims(), RSA, "PS256"), "ALGORITHM"),
        "an algorithm without a key": (token(key=RSA, alg="RS256"), "KEY"),
        "another audience": (token(aud="others"), "AUDIENCE"),
        "another issuer": (token(iss="https://evil.example"), "ISSUER"),
        "no audience": (token(aud=None), "CLAIM"),
        "no expiry": (token(exp=None), "CLAIM"),
        "an expiry that is no time": (token(exp=True), "CLAIM"),
        "an infinite expiry": (_raw(claims(), exp="Infinity"), "CLAIM"),
        "no subject": (token(sub=None), "CLAIM"),
        "a subject with line breaks": (token(sub='x"}\n{"level":"info'), "CLAIM"),
        "the server's own name": (token(sub="towline"), "CLAIM"),
        "nobody's name": (token(sub="anonymous"), "CLAIM"),
        "roles that are no names": (token(roles=[1]), "CLAIM"),
        "a provider that is no name": (token(provider=7), "CLAIM"),
        "not yet": (token(nbf=int(time.time()) + 600), "NOT_YET"),
        "not a token": ("x", "FORM"),
        "dots": ("...", "FORM"),
        "not text": ("é.ü.ß", "FORM"),
        "very long": ("a" * 9000, "TOO_LONG"),
        "deep": (_b64(b"[" * 5000) + ".e30.e30", "FORM"),
    }


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _hmac(secret: bytes) -> str:
    """An HS256 token whose secret is a public key: the classic confusion."""
    text = _b64(json.dumps({"alg": "HS256"}).encode()) + "." + _b64(json.dumps(claims("admin")).encode())
    return text + "." + _b64(hmac.new(secret, text.encode(), hashlib.sha256).digest())


def _raw(values: dict[str, Any], **literals: str) -> str:
    """A properly signed token with JSON literals that json.dumps would not write."""
    text = json.dumps(values | dict.fromkeys(literals, "@"))
    for literal in literals.values():
        text = text.replace('"@"', literal, 1)
    return jwt.api_jws.encode(text.encode(), P256, "ES256")


FORGED = forged()


@pytest.mark.parametrize("name", FORGED)
def test_forged_and_foreign_tokens(name: str) -> None:
    """Each is refused, says what is wrong, and quotes nothing of the token."""
    sent, problem = FORGED[name]
    with pytest.raises(TokenInvalidError) as failure:
        checker().verify(sent)
    told = failure.value.message + str(failure.value.metadata)
    assert failure.value.metadata["problem"] == problem
    assert not [part for part in (sent, "evil.example", "others", "desk-1") if len(part) > 3 and part in told]


def test_a_secret_is_taken_only_when_allowed() -> None:
    """HS256 is off unless set, even when there is a key for it."""
    key, sent = VerificationKey("HS256", SECRET), token(key=SECRET, alg="HS256")
    assert checker(key, algorithms=("HS256",)).verify(sent).identity.subject == "desk-1"
    with pytest.raises(TokenInvalidError):
        checker(key).verify(sent)


def test_tokens_end_also_when_they_are_remembered() -> None:
    """At their expiry and the leeway, on the server's clock."""
    now = [time.time()]
    tokens = checker(clock=lambda: now[0])
    sent = token(exp=int(now[0]) + 10)
    tokens.verify(sent)
    now[0] += 39
    tokens.verify(sent)
    now[0] += 2
    with pytest.raises(TokenExpiredError):
        tokens.verify(sent)
    with pytest.raises(TokenExpiredError):
        checker(clock=lambda: now[0]).verify(sent)


def test_a_remembered_token_is_not_checked_again_until_keys_change() -> None:
    """Withdrawing a key works at once."""
    held = Held(es256())
    tokens, sent = Tokens(SETTINGS, held), token()
    for _ in range(5):
        tokens.verify(sent)
    assert held.asked == 1
    held.held = (es256(key=OTHER),)
    tokens.forget()
    with pytest.raises(TokenInvalidError):
        tokens.verify(sent)


def test_a_call_s_proof_holds_while_its_key_does() -> None:
    """Another id for the key, or another key of the same id, is another key; other keys' coming and going is not."""
    held = Held(es256("a"), es256("b", OTHER))
    tokens = Tokens(SETTINGS, held)
    open_ = Pass(tokens.verify(token(kid="a")), time.time, tokens)
    asked = held.asked
    for _ in range(3):
        open_.check()
    assert held.asked == asked, "without news it is not looked at"
    for keys in ((es256("a"),), (es256("c", OTHER), es256("a")), (es256(),)):
        held.held = keys
        tokens.forget()
        open_.check()
    for keys in ((es256("c"),), (es256("a", OTHER),)):
        held.held = keys
        tokens.forget()
        for _ in range(2):
            with pytest.raises(TokenExpiredError):
                open_.check()


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least recently used token goes first, and no memory holds a token's text."""
    monkeypatch.setattr(module, "REMEMBERED", 2)
    held = Held(es256())
    tokens, sent = Tokens(SETTINGS, held), [token(sub=f"s{k}") for k in range(3)]
    for item in (sent[0], sent[1], sent[0], sent[2], sent[0]):
        tokens.verify(item)
    assert held.asked == 3
    tokens.verify(sent[1])
    assert held.asked == 4
    assert len(tokens._known) == 2
    assert not any(isinstance(key, str) for key in tokens._known)


def test_key_ids_choose_the_key() -> None:
    """A known id takes its key; an unknown one asks the source for news; tokens without an id try all."""
    held = Held(es256("a"), es256("b", OTHER))
    tokens = Tokens(SETTINGS, held)
    tokens.verify(token(kid="a"))
    tokens.verify(token(key=OTHER))
    with pytest.raises(TokenInvalidError):
        tokens.verify(token(kid="b", sub="x"))
    misses = held.misses
    with pytest.raises(TokenInvalidError) as failure:
        tokens.verify(token(kid="c"))
    assert failure.value.metadata["problem"] == "KEY"
    assert held.misses == misses + 1
