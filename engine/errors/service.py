"""Errors about a server and its calls, whatever they ask for."""

from __future__ import annotations

from graphs.errors import InputError, TowlineError


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


class TrafficUnavailableError(TowlineError):
    """The server keeps no traffic for the region."""

    reason = "TRAFFIC_UNAVAILABLE"
    status = "FAILED_PRECONDITION"


class CancelledError(TowlineError):
    """The caller went away, so the work was given up."""

    reason = "REQUEST_CANCELLED"
    status = "CANCELLED"


class StoppingError(TowlineError):
    """The server is told to stop, and ends what waits for its caller."""

    reason = "SERVER_STOPPING"
    status = "UNAVAILABLE"


class StartingError(TowlineError):
    """The server has not opened the region yet: it would change what it has not read."""

    reason = "SERVER_STARTING"
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


class ConfigError(InputError):
    """A server's configuration with a wrong key or value."""

    reason = "INVALID_CONFIG"


class FieldMaskError(InputError):
    """A field mask that names what is not there, or what cannot be changed."""

    reason = "INVALID_FIELD_MASK"
