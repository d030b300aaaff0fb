"""Errors about the ledger and its database."""

from __future__ import annotations

from typing import Any

from graphs.errors import InputError, TowlineError


class LedgerUrlError(InputError):
    """A ledger's URL of an unknown kind, or one whose driver is not installed."""

    reason = "INVALID_LEDGER_URL"


class LedgerFormatError(TowlineError):
    """What the URL names is no ledger, or a damaged one."""

    reason = "NOT_A_LEDGER"
    status = "FAILED_PRECONDITION"


class LedgerVersionError(TowlineError):
    """A ledger of another version of Towline than this one; nothing in it was touched."""

    reason = "LEDGER_VERSION"
    status = "FAILED_PRECONDITION"


class LedgerInUseError(TowlineError):
    """Another server has the ledger's file."""

    reason = "LEDGER_IN_USE"
    status = "FAILED_PRECONDITION"
    exit_code = 3


class LedgerUnavailableError(TowlineError):
    """The ledger's database cannot be reached, or does not write; ``cause`` in the metadata says which.

    ``uncertain``: the transaction was sent to be committed and nobody knows whether it counts.
    """

    reason = "LEDGER_UNAVAILABLE"
    status = "UNAVAILABLE"
    exit_code = 3

    def __init__(self, message: str, *, uncertain: bool = False, **metadata: Any) -> None:
        super().__init__(message, **metadata)
        self.uncertain = uncertain

    def about(self, whose: str, **metadata: Any) -> TowlineError:
        """The same error, as uncertain as it was."""
        error = super().about(whose, **metadata)
        if isinstance(error, LedgerUnavailableError):
            error.uncertain = self.uncertain
        return error


class LedgerFencedError(TowlineError):
    """Somebody else wrote to the region's ledger."""

    reason = "LEDGER_FENCED"
    status = "UNAVAILABLE"
    exit_code = 3


class LedgerRejectedError(InputError):
    """Data that the ledger's database refuses to store."""

    reason = "LEDGER_REJECTED"
