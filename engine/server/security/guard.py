"""At the door of every call: who calls, whether it may, and whether it has not too much open already."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import grpc

from engine.errors import ClientUnknownError, OptionError, TokenInvalidError, TokenMissingError
from engine.server.security.callers import Callers
from engine.server.security.claims import MAX_SUBJECT
from engine.server.security.identity import ANONYMOUS, RESERVED, Identity, admit
from engine.server.security.key_sources import source_of
from engine.server.security.methods import authorize
from engine.server.security.private import warn_if_open
from engine.server.security.regions import require_region_of
from engine.server.security.settings import ANY, SYMMETRIC, SecuritySettings
from engine.server.security.tls import Certificates
from engine.server.security.tokens import Tokens, Verified, expired

FOREVER = float("inf")
_ANONYMOUS = Verified(ANONYMOUS, FOREVER)


class Pass:
    """A call that was let in."""

    def __init__(self, verified: Verified, clock: Callable[[], float], tokens: Tokens | None = None) -> None:
        self.identity: Identity = verified.identity
        self._until, self._clock = verified.until, clock
        self._proof, self._tokens = verified.proof, tokens

    def check(self) -> None:
        """TokenExpiredError when the token has run out since, or its key is withdrawn.

        Long streams ask before each message: a look at two numbers, unless keys have changed.
        """
        if self._clock() >= self._until:
            raise expired()
        proof, tokens = self._proof, self._tokens
        if proof is not None and tokens is not None and proof.generation != tokens.generation:
            self._proof = tokens.renewed(proof)

    def check_region(self, request: Any, *, further: bool = False) -> None:
        """PermissionDeniedError when the request is about a region that is not the caller's.

        ``further`` messages of a stream need not say again which it is.
        """
        require_region_of(self.identity, request, further)


class Guard:
    """One server's."""

    def __init__(self, settings: SecuritySettings, clock: Callable[[], float] = time.time) -> None:
        """Raises OptionError, FileMissingError, CertificateError, TokenKeyError."""
        if settings.mutual and not settings.clients and settings.token is None:
            raise OptionError(
                "clients must have a certificate (security.tls_client_ca), but nothing says who they then are and what "
                "they may do; add [[security.client]] with name and roles, or set up tokens",
                option="security.client",
            )
        self.settings, self._clock = settings, clock
        self._certificates = None if settings.tls is None else Certificates(settings.tls)
        self._source = None if settings.token is None else source_of(settings.token, self._forget)
        self._tokens = None
        if settings.token is not None and self._source is not None:
            self._tokens = Tokens(settings.token, self._source, clock)
        self._callers = Callers(settings.limits)

    def start(self) -> None:
        """Fetch the keys, if a URL has them; say so when everybody can read a secret."""
        tls, token = self.settings.tls, self.settings.token
        if tls is not None:
            warn_if_open(tls.key)
        if token is not None and token.keys is not None and SYMMETRIC in token.algorithms:
            warn_if_open(token.keys)
        if self._source is not None:
            self._source.start()

    def stop(self) -> None:
        if self._source is not None:
            self._source.stop()

    def reload(self) -> None:
        """Take certificates and keys from their files again; what is wrong is logged, and the old ones stay."""
        if self._certificates is not None:
            self._certificates.reload()
        if self._source is not None:
            self._source.reload()

    def certificate_ends(self) -> float:
        """When the server's certificate ends, in seconds since 1970; 0 without TLS."""
        return 0.0 if self._certificates is None else self._certificates.ends.timestamp()

    def add_port(self, server: grpc.Server, address: str) -> int:
        """Listen: encrypted when TLS is set. RuntimeError when the address is taken."""
        if self._certificates is None:
            return server.add_insecure_port(address)
        return server.add_secure_port(address, self._certificates.credentials())

    def identify(self, context: Any) -> Verified:
        """Who calls: by its token if there is one, else by its client certificate; UnauthenticatedError and kin."""
        if not self.settings.authenticates:
            return _ANONYMOUS
        token = _bearer(context)
        if token is not None and self._tokens is not None:
            return self._tokens.verify(token)
        if self.settings.mutual:
            known = self._by_certificate(context)
            if known is not None:
                return Verified(known, FOREVER)
            if self._tokens is None:
                raise ClientUnknownError(
                    "the client certificate is valid, but nobody with its names is configured under [[security.client]]"
                )
        raise TokenMissingError("this server asks who calls; send the metadata authorization: Bearer TOKEN")

    def enter(self, context: Any, verified: Verified, method: str, *, stream: bool) -> Pass:
        """Let the call in; PermissionDeniedError, RateLimitedError, CallerLimitError. Every success needs a `leave`."""
        identity = verified.identity
        if identity is ANONYMOUS:
            admit(context, authorize(identity, method))
            return Pass(verified, self._clock, self._tokens)
        self._callers.enter(identity.subject, stream=stream)
        try:
            admit(context, authorize(identity, method))
        except BaseException:
            self._callers.leave(identity.subject, stream=stream)
            raise
        return Pass(verified, self._clock, self._tokens)

    def leave(self, admitted: Pass, *, stream: bool) -> None:
        if admitted.identity is not ANONYMOUS:
            self._callers.leave(admitted.identity.subject, stream=stream)

    @contextmanager
    def entering(self, context: Any, verified: Verified, method: str, *, stream: bool) -> Generator[Pass, None, None]:
        """Within, the call was let in; see `enter`."""
        admitted = self.enter(context, verified, method, stream=stream)
        try:
            yield admitted
        finally:
            self.leave(admitted, stream=stream)

    def _by_certificate(self, context: Any) -> Identity | None:
        """The one of its names that is configured; else, where any certificate will do, by its common name."""
        clients, proven = self.settings.clients, context.auth_context()
        kinds = "x509_subject_alternative_name", "x509_common_name"
        names = [name.decode("utf-8", "replace") for kind in kinds for name in proven.get(kind, ())]
        for name in names:
            if name != ANY and name in clients:
                return clients[name]
        named = bool(names) and names[-1].isprintable() and 0 < len(names[-1]) <= MAX_SUBJECT
        if ANY in clients and named and names[-1] not in RESERVED:
            return replace(clients[ANY], subject=names[-1])
        return None

    def _forget(self) -> None:
        if self._tokens is not None:
            self._tokens.forget()


def _bearer(context: Any) -> str | None:
    """The token of a call; TokenInvalidError when there are several, or something else than a bearer token."""
    found = [value for key, value in context.invocation_metadata() if key == "authorization"]
    if not found:
        return None
    scheme, _, token = found[0].partition(" ")
    if len(found) > 1 or scheme.lower() != "bearer" or not token.strip():
        raise TokenInvalidError(
            "the metadata authorization must be there once, as: Bearer TOKEN", problem="AUTHORIZATION"
        )
    return token.strip()
