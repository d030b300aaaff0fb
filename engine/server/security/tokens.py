"""Bearer tokens (RFC 6750, RFC 7519): checked once, then remembered until they expire.

Nothing here ever puts a token, or what is in it, into a message: those travel into logs.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Protocol

import jwt

from engine.errors import TokenExpiredError, TokenInvalidError
from engine.server.security.claims import identity_of
from engine.server.security.identity import Identity
from engine.server.security.keys import VerificationKey
from engine.server.security.settings import TokenSettings

#: Longer ones are not looked at; gRPC itself takes 16 KiB of metadata.
MAX_TOKEN = 8192
#: Tokens remembered; the least recently used goes first.
REMEMBERED = 10_000
#: Times are held against our clock, for remembered tokens too: one clock decides.
_OPTIONS: Any = {"require": ["exp", "aud", "iss", "sub"], "verify_exp": False, "verify_nbf": False, "verify_iat": False}


class KeySource(Protocol):
    """Where keys come from."""

    def current(self) -> Sequence[VerificationKey]:
        """Those there are now, at once; TokenKeysUnavailableError when there are none yet."""
        ...

    def missed(self) -> None:
        """Told of a token whose key is not among them; never blocks."""
        ...


@dataclass(frozen=True, slots=True)
class Proof:
    """What a token was signed with: its header's algorithm and key id, and the key that fitted."""

    algorithm: str
    wanted: str | None
    key: VerificationKey
    generation: int


@dataclass(frozen=True, slots=True)
class Verified:
    """A caller, and until when its token holds, in seconds since 1970, leeway included; no proof without a token."""

    identity: Identity
    until: float
    proof: Proof | None = None


class Tokens:
    """Checks tokens; a remembered one costs a hash and a look-up."""

    def __init__(self, settings: TokenSettings, source: KeySource, clock: Callable[[], float] = time.time) -> None:
        """``clock``: seconds since 1970. Expiry is decided by it, so a remembered token ends with it too."""
        self._settings, self._source, self._clock = settings, source, clock
        self._known: OrderedDict[bytes, Verified] = OrderedDict()
        self._lock = Lock()
        #: Of the key set: another one when keys may have changed.
        self.generation = 0

    def verify(self, token: str) -> Verified:
        """Who calls; TokenInvalidError, TokenExpiredError, TokenKeysUnavailableError."""
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()  # not the token: memory may be dumped
        with self._lock:
            generation, found = self.generation, self._known.get(digest)
            if found is not None:
                self._known.move_to_end(digest)
        if found is None:
            found = self._check(token, generation)
            with self._lock:
                if generation == self.generation:  # else its key may have been withdrawn meanwhile
                    self._known[digest] = found
                    if len(self._known) > REMEMBERED:
                        self._known.popitem(last=False)
        if self._clock() >= found.until:
            raise expired()
        return found

    def forget(self) -> None:
        """Check every token anew: the keys have changed."""
        with self._lock:
            self.generation += 1
            self._known.clear()

    def renewed(self, proof: Proof) -> Proof:
        """The same under the keys there are now; TokenExpiredError when that key is not among them any more."""
        generation = self.generation  # before looking: keys that change meanwhile are looked at again
        if not any(key.key == proof.key.key for key in self._among(proof.algorithm, proof.wanted)):
            raise withdrawn()
        return replace(proof, generation=generation)

    def _check(self, token: str, generation: int) -> Verified:
        if len(token) > MAX_TOKEN:
            raise TokenInvalidError(f"the token is longer than {MAX_TOKEN} characters", problem="TOO_LONG")
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise TokenInvalidError("the token is not a JWT; send header.payload.signature", problem="FORM") from None
        claims, key = self._claims(token, self._fitting(header))
        until = _time(claims, "exp") + self._settings.leeway_s
        if "nbf" in claims and self._clock() < _time(claims, "nbf") - self._settings.leeway_s:
            raise _invalid("is not valid yet", "NOT_YET")
        proof = Proof(key.algorithm, header.get("kid"), key, generation)
        return Verified(identity_of(claims, self._settings), until, proof)

    def _fitting(self, header: dict[str, Any]) -> list[VerificationKey]:
        algorithm, wanted = header.get("alg"), header.get("kid")
        if algorithm not in self._settings.algorithms:
            raise TokenInvalidError(
                f"the token's algorithm is not allowed; sign with {', '.join(self._settings.algorithms)}",
                problem="ALGORITHM",
            )
        fitting = self._among(algorithm, wanted)
        if not fitting:
            self._source.missed()
            raise TokenInvalidError("the token is signed with a key this server does not know", problem="KEY")
        return fitting

    def _among(self, algorithm: str, wanted: str | None) -> list[VerificationKey]:
        """The keys that may have signed a token with such a header."""
        fitting = [key for key in self._source.current() if key.algorithm == algorithm]
        if wanted is not None and any(key.id is not None for key in fitting):
            fitting = [key for key in fitting if key.id in (wanted, None)]
        return fitting

    def _claims(self, token: str, keys: Sequence[VerificationKey]) -> tuple[dict[str, Any], VerificationKey]:
        """What it says, and the key that fitted."""
        for key in keys:
            try:
                claims = jwt.decode(
                    token,
                    key.key,
                    algorithms=[key.algorithm],
                    audience=self._settings.audience,
                    issuer=self._settings.issuer,
                    leeway=self._settings.leeway_s,
                    options=_OPTIONS,
                )
                return claims, key
            except jwt.InvalidSignatureError:
                continue
            except jwt.MissingRequiredClaimError as error:
                raise _invalid(f"lacks the claim {error.claim}", "CLAIM") from None
            except jwt.InvalidAudienceError:
                raise _invalid("is meant for another audience", "AUDIENCE") from None
            except jwt.InvalidIssuerError:
                raise _invalid("comes from another issuer", "ISSUER") from None
            except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
                raise _invalid("cannot be read", "FORM") from None
        self._source.missed()
        raise _invalid("has a signature that no key of this server made", "SIGNATURE")


def expired() -> TokenExpiredError:
    return TokenExpiredError("the token has expired; get a new one and send it with the call")


def withdrawn() -> TokenExpiredError:
    return TokenExpiredError("the key that the token was signed with is not in use any more; get a new token")


def _time(claims: dict[str, Any], claim: str) -> float:
    """Seconds since 1970 (RFC 7519, 2: a NumericDate)."""
    value = claims[claim]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e15:
        raise _invalid(f"has a claim {claim} that is no time", "CLAIM")
    return float(value)


def _invalid(why: str, problem: str) -> TokenInvalidError:
    return TokenInvalidError(f"the token {why}; get one for this server", problem=problem)
