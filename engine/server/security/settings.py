"""What an operator sets about security; everything is off unless set. Secrets are named by file, never held here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from engine.server.security.identity import Identity

#: Algorithms a token may be signed with. No other is ever accepted, whatever a token or key says of itself.
ASYMMETRIC = ("RS256", "ES256", "EdDSA")
SYMMETRIC = "HS256"
#: In place of a client's name: any certificate by the authority; its subject is then its common name.
ANY = "*"


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """Files in PEM. With ``client_ca`` every client needs a certificate by it (mTLS)."""

    cert: Path
    key: Path
    client_ca: Path | None = None


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """What a bearer token (JWT) must be like, and where the keys are it is checked with: ``keys`` or ``jwks_url``."""

    audience: str
    issuer: str
    #: PEM public keys, a JWKS, or (HS256 only) a secret of 32 bytes or more.
    keys: Path | None = None
    jwks_url: str | None = None
    algorithms: tuple[str, ...] = ASYMMETRIC
    leeway_s: float = 30.0
    #: Names of claims; a dot steps into an object, as in ``realm_access.roles``.
    roles_claim: str = "roles"
    provider_claim: str = "provider"
    regions_claim: str = "regions"
    #: How often the keys of a URL are fetched again, how long a fetch may take, and how large they may be.
    refresh_s: float = 300.0
    fetch_s: float = 5.0
    fetch_bytes: int = 262_144
    #: Further certificate authorities to trust for the URL.
    jwks_ca: Path | None = None


@dataclass(frozen=True, slots=True)
class CallerLimits:
    """Of one caller (subject); 0: no limit. On a server that asks nobody who they are none applies."""

    calls_per_s: float = 2000.0
    #: Calls, and streams among them, open at once.
    calls: int = 600
    streams: int = 200


@dataclass(frozen=True, slots=True)
class SecuritySettings:
    """All of it. ``clients``: who a client certificate is, by a subject alternative name or its common name."""

    tls: TlsSettings | None = None
    token: TokenSettings | None = None
    clients: dict[str, Identity] = field(default_factory=dict)
    limits: CallerLimits = field(default_factory=CallerLimits)

    @property
    def authenticates(self) -> bool:
        """Whether callers must say who they are."""
        return self.token is not None or self.mutual

    @property
    def mutual(self) -> bool:
        return self.tls is not None and self.tls.client_ca is not None
