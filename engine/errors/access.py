"""Errors about who calls, and over what: tokens, certificates, roles, rates and addresses."""

from __future__ import annotations

from graphs.errors import InputError, TowlineError


class InsecureAddressError(TowlineError):
    """The address is reachable from other machines and nothing encrypts the traffic."""

    reason = "ADDRESS_NOT_LOOPBACK"
    status = "FAILED_PRECONDITION"


class UnauthenticatedError(TowlineError):
    """The caller did not prove who it is; the classes below say why."""

    reason = "UNAUTHENTICATED"
    status = "UNAUTHENTICATED"


class TokenMissingError(UnauthenticatedError):
    """A call without a bearer token on a server that asks for one."""

    reason = "TOKEN_MISSING"


class TokenInvalidError(UnauthenticatedError):
    """A bearer token that is malformed, forged, or meant for somebody else."""

    reason = "TOKEN_INVALID"


class TokenExpiredError(UnauthenticatedError):
    """A bearer token whose time is over."""

    reason = "TOKEN_EXPIRED"


class ClientUnknownError(UnauthenticatedError):
    """A client certificate that is valid, but of nobody this server knows."""

    reason = "CLIENT_UNKNOWN"


class TokenKeysUnavailableError(TowlineError):
    """The keys that tokens are checked with could not be fetched yet."""

    reason = "TOKEN_KEYS_UNAVAILABLE"
    status = "UNAVAILABLE"


class PermissionDeniedError(TowlineError):
    """The caller is known, but may not do this."""

    reason = "PERMISSION_DENIED"
    status = "PERMISSION_DENIED"


class RateLimitedError(TowlineError):
    """One caller sends more calls a second than it may."""

    reason = "RATE_LIMITED"
    status = "RESOURCE_EXHAUSTED"


class CallerLimitError(TowlineError):
    """One caller has more calls or streams open than it may."""

    reason = "CALLER_LIMIT"
    status = "RESOURCE_EXHAUSTED"


class OpenAddressError(TowlineError):
    """The address is reachable from other machines and nothing says who calls."""

    reason = "ADDRESS_NOT_AUTHENTICATED"
    status = "FAILED_PRECONDITION"


class CertificateError(InputError):
    """A TLS certificate, its key or the clients' CA that cannot be used."""

    reason = "INVALID_CERTIFICATE"


class TokenKeyError(InputError):
    """A key file that no token can, or should, be checked with."""

    reason = "INVALID_TOKEN_KEYS"
