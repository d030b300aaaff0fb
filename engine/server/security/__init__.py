"""Who may call: TLS, bearer tokens, client certificates, roles and limits. docs/security.md is the page."""

from engine.server.security.identity import Identity, Role, caller, own_provider, require_own
from engine.server.security.settings import CallerLimits, SecuritySettings, TlsSettings, TokenSettings

__all__ = [
    "CallerLimits",
    "Identity",
    "Role",
    "SecuritySettings",
    "TlsSettings",
    "TokenSettings",
    "caller",
    "own_provider",
    "require_own",
]
