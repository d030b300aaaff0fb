"""What the claims of a checked token say about its caller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import TokenInvalidError
from engine.server.security.identity import RESERVED, Identity, Role
from engine.server.security.settings import TokenSettings

MAX_SUBJECT = 256


def identity_of(claims: Mapping[str, Any], settings: TokenSettings) -> Identity:
    """The caller; TokenInvalidError when a claim is of another kind than it should be. Unknown roles are passed over:
    whoever issues tokens for several services names roles of others too."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject or len(subject) > MAX_SUBJECT or not subject.isprintable():
        raise _wrong("sub", f"1 to {MAX_SUBJECT} printable characters")
    if subject in RESERVED:
        raise _wrong("sub", f"none of Towline's own names, {', '.join(sorted(RESERVED))}")
    names = _names(claims, settings.roles_claim) or ()
    known = {role.value: role for role in Role}
    provider = _claim(claims, settings.provider_claim)
    if provider is not None and (not isinstance(provider, str) or not provider):
        raise _wrong(settings.provider_claim, "the id of a provider")
    regions = _names(claims, settings.regions_claim)
    return Identity(
        subject,
        frozenset(known[name] for name in names if name in known),
        None if provider is None else provider.rpartition("/")[2],
        None if regions is None else frozenset(name.removeprefix("regions/") for name in regions),
    )


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    """A claim by its name; by its steps, if none has the whole name."""
    if path in claims:
        return claims[path]
    value: Any = claims
    for step in path.split("."):
        if not isinstance(value, Mapping) or step not in value:
            return None
        value = value[step]
    return value


def _names(claims: Mapping[str, Any], path: str) -> tuple[str, ...] | None:
    """A list of names, also as one text with blanks between them (as OAuth's ``scope``)."""
    value = _claim(claims, path)
    if value is None:
        return None
    if isinstance(value, str):
        return tuple(value.split())
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _wrong(path, "a list of names")
    return tuple(value)


def _wrong(claim: str, wanted: str) -> TokenInvalidError:
    return TokenInvalidError(
        f"the token's claim {claim} must be {wanted}; have it issued anew", problem="CLAIM", claim=claim
    )
