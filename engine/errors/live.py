"""Errors about live state: what an incident, a unit or an offer does not allow."""

from __future__ import annotations

from graphs.errors import TowlineError


class EtagError(TowlineError):
    """The resource changed since the caller read it."""

    reason = "ETAG_MISMATCH"
    status = "ABORTED"


class ProviderInUseError(TowlineError):
    """A provider that still has units cannot go without them."""

    reason = "PROVIDER_HAS_UNITS"
    status = "FAILED_PRECONDITION"


class StalePositionError(TowlineError):
    """A position older than the one already known."""

    reason = "STALE_POSITION"
    status = "FAILED_PRECONDITION"


class ResumeTokenError(TowlineError):
    """A number to resume after that no event of this ledger has had yet, or that is another ledger's."""

    reason = "INVALID_RESUME_TOKEN"
    status = "FAILED_PRECONDITION"


class WatcherTooSlowError(TowlineError):
    """A watcher that takes events more slowly than they happen; it may resume where it was cut off."""

    reason = "WATCHER_TOO_SLOW"
    status = "ABORTED"


class IllegalTransitionError(TowlineError):
    """An incident's state does not allow what is wanted of it."""

    reason = "ILLEGAL_TRANSITION"
    status = "FAILED_PRECONDITION"


class IncidentExistsError(TowlineError):
    """An incident of this name is kept already."""

    reason = "INCIDENT_EXISTS"
    status = "ALREADY_EXISTS"


class UnitEngagedError(TowlineError):
    """A unit works for another incident, and has one to follow."""

    reason = "UNIT_ENGAGED"
    status = "FAILED_PRECONDITION"


class UnitUnfitError(TowlineError):
    """A unit cannot do the work, or may not."""

    reason = "UNIT_UNFIT"
    status = "FAILED_PRECONDITION"


class OfferClosedError(TowlineError):
    """An offer that was answered, withdrawn or has lapsed."""

    reason = "OFFER_CLOSED"
    status = "FAILED_PRECONDITION"


class IncidentOpenError(TowlineError):
    """A customer whose incident is still open cannot be forgotten."""

    reason = "INCIDENT_OPEN"
    status = "FAILED_PRECONDITION"


class TooManyOpenError(TowlineError):
    """As many incidents are open as the server keeps."""

    reason = "TOO_MANY_OPEN_INCIDENTS"
    status = "RESOURCE_EXHAUSTED"
