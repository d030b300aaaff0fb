"""Errors a user of the dispatch engine can cause; the base classes live in `graphs.errors`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphs.errors import DuplicateIdError as DuplicateIdError
from graphs.errors import InputError, TowlineError

if TYPE_CHECKING:
    from engine.tables.problems import RowProblem


class UnknownServiceError(InputError):
    """A service Towline does not know."""

    reason = "UNKNOWN_SERVICE"


class UnknownCapabilityError(InputError):
    """A capability Towline does not know."""

    reason = "UNKNOWN_CAPABILITY"


class UnknownStatusError(InputError):
    """A unit status Towline does not know."""

    reason = "UNKNOWN_STATUS"


class UnknownPriorityError(InputError):
    """A priority Towline does not know."""

    reason = "UNKNOWN_PRIORITY"


class UnknownWeatherError(InputError):
    """A kind of weather Towline does not know."""

    reason = "UNKNOWN_WEATHER"


class TimeError(InputError):
    """A time that cannot be used: no zone, not a time, absurdly far from now, negative duration."""

    reason = "INVALID_TIME"


class UnknownReferenceError(InputError):
    """A row names a unit, provider or incident that is not there."""

    reason = "UNKNOWN_REFERENCE"


class TableError(InputError):
    """Rows of one or more tables that cannot be used; ``problems`` holds every one of them."""

    reason = "INVALID_ROWS"

    def __init__(self, message: str, problems: tuple[RowProblem, ...]) -> None:
        super().__init__(message, problems=len(problems), files=", ".join(dict.fromkeys(p.file for p in problems)))
        self.problems = problems


class FileFormatError(InputError):
    """A file whose ending or content is none of the formats Towline reads or writes."""

    reason = "UNKNOWN_FILE_FORMAT"


class OutputConflictError(InputError):
    """An output that is the same file as an input or as another output."""

    reason = "OUTPUT_OVERWRITES"


class OutputFileError(InputError):
    """A result cannot be written where the user wants it."""

    reason = "OUTPUT_NOT_WRITABLE"


class OptionError(InputError):
    """Options that contradict each other or hold an impossible value."""

    reason = "INVALID_OPTION"


class PolicyError(InputError):
    """A policy file with a wrong key or value."""

    reason = "INVALID_POLICY"


class DemandError(InputError):
    """Demand that is no set of places with weights."""

    reason = "INVALID_DEMAND"


class NotFoundError(TowlineError):
    """A named resource does not exist on this server."""

    reason = "NOT_FOUND"
    status = "NOT_FOUND"


class RequestConflictError(TowlineError):
    """A request_id was used before with other content."""

    reason = "REQUEST_ID_REUSED"
    status = "ALREADY_EXISTS"


class TooLargeError(TowlineError):
    """A request larger than this engine is set to answer."""

    reason = "REQUEST_TOO_LARGE"
    status = "RESOURCE_EXHAUSTED"


class BusyError(TowlineError):
    """The server has as much to do as it takes on; the same request may well be answered a little later."""

    reason = "SERVER_BUSY"
    status = "RESOURCE_EXHAUSTED"


class DeadlineError(TowlineError):
    """The caller's deadline leaves no time for an answer."""

    reason = "DEADLINE_TOO_SHORT"
    status = "DEADLINE_EXCEEDED"


class CostOverflowError(TowlineError):
    """Weights, prices or times so large that the integer cost would overflow."""

    reason = "COST_OVERFLOW"
    status = "OUT_OF_RANGE"


class RequiredFieldError(InputError):
    """A field that must be set is not."""

    reason = "REQUIRED_FIELD"


class ValueRangeError(InputError):
    """A number outside what it may be."""

    reason = "VALUE_OUT_OF_RANGE"


class ResourceNameError(InputError):
    """A resource name of the wrong form, or of another region than the request's."""

    reason = "INVALID_RESOURCE_NAME"


class PageSizeError(InputError):
    """A negative page size."""

    reason = "INVALID_PAGE_SIZE"


class PageTokenError(InputError):
    """A page token this server did not give, or gave to another request."""

    reason = "INVALID_PAGE_TOKEN"


class RequestIdError(InputError):
    """A request_id that is too long or not printable."""

    reason = "INVALID_REQUEST_ID"


class MalformedRequestError(InputError):
    """Bytes that are not the message the method takes."""

    reason = "MALFORMED_REQUEST"


class EtagError(TowlineError):
    """The resource changed since the caller read it."""

    reason = "ETAG_MISMATCH"
    status = "ABORTED"


class ProviderInUseError(TowlineError):
    """A provider that still has units cannot go without them."""

    reason = "PROVIDER_HAS_UNITS"
    status = "FAILED_PRECONDITION"


class TrafficUnavailableError(TowlineError):
    """The server keeps no traffic for the region."""

    reason = "TRAFFIC_UNAVAILABLE"
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


class CancelledError(TowlineError):
    """The caller went away, so the work was given up."""

    reason = "REQUEST_CANCELLED"
    status = "CANCELLED"


class StoppingError(TowlineError):
    """The server is told to stop, and ends what waits for its caller."""

    reason = "SERVER_STOPPING"
    status = "UNAVAILABLE"


class NotLeaderError(TowlineError):
    """Another server leads the region, or nobody does for the moment; ``leader`` in the metadata is its address."""

    reason = "NOT_LEADER"
    status = "UNAVAILABLE"


class ServerUnreachableError(TowlineError):
    """Nobody answers at the address of a server."""

    reason = "SERVER_UNREACHABLE"
    status = "UNAVAILABLE"
    exit_code = 3


class ServerFailedError(TowlineError):
    """A server answered with something that this version of Towline does not know."""

    reason = "SERVER_FAILED"
    status = "INTERNAL"
    exit_code = 3


class ListenError(TowlineError):
    """The server cannot listen on the address."""

    reason = "ADDRESS_UNAVAILABLE"
    status = "FAILED_PRECONDITION"
    exit_code = 3


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


class ConfigError(InputError):
    """A server's configuration with a wrong key or value."""

    reason = "INVALID_CONFIG"


class BookingError(InputError):
    """A wanted booking that says what its slots will say, or that no slot can be offered for."""

    reason = "INVALID_BOOKING"


class PinConflictError(InputError):
    """Pins that exclude each other."""

    reason = "PIN_CONFLICT"


class QueueInstanceError(InputError):
    """Numbers of a queue instance that contradict each other or cannot be."""

    reason = "INVALID_QUEUES"


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


class FieldMaskError(InputError):
    """A field mask that names what is not there, or what cannot be changed."""

    reason = "INVALID_FIELD_MASK"


class TooManyOpenError(TowlineError):
    """As many incidents are open as the server keeps."""

    reason = "TOO_MANY_OPEN_INCIDENTS"
    status = "RESOURCE_EXHAUSTED"
