"""Calls to a running server: its errors become those that the library would raise."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.connecting import CA, CERT, HTTPS, KEY, TOKEN, TOKEN_FILE, encrypted, named_token, open_channel

if TYPE_CHECKING:
    import grpc
    from google.rpc.error_details_pb2 import BadRequest, ErrorInfo
    from google.rpc.status_pb2 import Status
    from towline.v1.region_service_pb2 import Region

    from graphs.errors import TowlineError

DEFAULT = "127.0.0.1:50051"
#: For the first answer, which tells whether anybody is there, and for any other.
CONNECT_S, ANSWER_S = 5.0, 60.0

#: What may be wrong where somebody answers and is not understood; by whether one's own side encrypts.
_MISUNDERSTOOD = {
    False: f"not in the clear; perhaps over TLS: write https://HOST:PORT, or set {CA} (docs/operations.md)",
    True: f"TLS comes to nothing; perhaps it has none, or its certificate is not one to trust (set {CA}), or it wants "
    f"one of yours ({CERT}, {KEY})",
}

ServerChoice = Annotated[
    str, typer.Option("--server", metavar="HOST:PORT", help="A running `towline serve`; https://HOST:PORT for TLS.")
]
ServedRegion = Annotated[
    str | None, typer.Option("--region", metavar="NAME", help="Which of its regions; left out: the only one.")
]


@contextmanager
def calling(server: str) -> Generator[Any]:
    """The stub of a server's RegionService; within, what the server refuses is raised as its own typed error.

    OptionError for no address, ServerUnreachableError, ServerFailedError.
    """
    _quiet()
    from towline.v1.region_service_pb2_grpc import RegionServiceStub

    with failing_as_ours(server), open_channel(server) as channel:
        yield RegionServiceStub(channel)


@contextmanager
def failing_as_ours(server: str) -> Generator[None]:
    """Within, what the server refuses is raised as its own typed error."""
    _quiet()
    import grpc

    _check(server)
    try:
        yield
    except grpc.RpcError as error:
        raise _typed(error, server) from None


def region_of(stub: Any, server: str, choice: str | None) -> Region:
    """The region that was asked for, or the only one; OptionError when there are several, RegionNotFoundError."""
    from towline.v1 import region_service_pb2 as pb

    from engine.errors import OptionError

    if choice is not None:
        name = choice if choice.startswith("regions/") else f"regions/{choice}"
        return stub.GetRegion(pb.GetRegionRequest(name=name), timeout=CONNECT_S).region
    regions = stub.ListRegions(pb.ListRegionsRequest(page_size=1000), timeout=CONNECT_S).regions
    if len(regions) != 1:
        known = ", ".join(region.name.partition("/")[2] for region in regions)
        raise OptionError(f"{server} serves several regions; name one with --region: {known}", known=known)
    return regions[0]


def named_region(stub: Any, server: str, choice: str | None) -> Region:
    """The same; who may not read regions gets the one named, of which nothing else is known: times are UTC.

    OptionError when he names none.
    """
    import grpc
    from towline.v1.region_service_pb2 import Region

    from engine.errors import OptionError

    try:
        return region_of(stub, server, choice)
    except grpc.RpcError as error:
        if not denied(error):
            raise
        if choice is None:
            message = f"who you are may not read the regions of {server}; name the one you mean with --region"
            raise OptionError(message, option="--region") from None
        return Region(name=choice if choice.startswith("regions/") else f"regions/{choice}")


def denied(error: grpc.RpcError) -> bool:
    """Whether it says that the caller may not ask for that."""
    import grpc

    return isinstance(error, grpc.Call) and error.code() is grpc.StatusCode.PERMISSION_DENIED


def error_of(status: Status) -> TowlineError | None:
    """The server's own typed error; None of what has none."""
    from google.rpc.error_details_pb2 import ErrorInfo

    from engine.errors import ServerFailedError
    from graphs.errors import TowlineError

    for detail in status.details:
        info = ErrorInfo()
        if detail.Unpack(info):
            metadata = {key: value for key, value in info.metadata.items() if key != "message"}
            if (kind := _kinds().get(info.reason)) is None:
                return ServerFailedError(status.message, **metadata)
            error = kind.__new__(kind)  # some are made of their problems, which are in the message
            TowlineError.__init__(error, status.message, **metadata)
            return error
    return None


def details_of(status: Status) -> tuple[ErrorInfo, BadRequest]:
    """Why something was refused, and which fields are wrong; empty where it does not say."""
    from google.rpc.error_details_pb2 import BadRequest, ErrorInfo

    info, wrong = ErrorInfo(), BadRequest()
    for detail in status.details:
        detail.Unpack(info) or detail.Unpack(wrong)
    return info, wrong


def _quiet() -> None:
    """Before gRPC is imported, which then logs nothing of its own: what is wrong is told by our errors."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")


def _check(server: str) -> None:
    from engine.errors import OptionError

    host, _, port = server.removeprefix(HTTPS).rpartition(":")
    if not server.startswith("unix:") and not (
        host and port.isdecimal() and 0 < int(port) < 1 << 16 and "/" not in host
    ):
        raise OptionError(f"'{server}' is no address; give HOST:PORT, such as {DEFAULT}", address=server)


def _typed(error: grpc.RpcError, server: str) -> TowlineError:
    import grpc
    from grpc_status import rpc_status

    from engine.errors import (
        ServerFailedError,
        ServerUnreachableError,
        TokenExpiredError,
        TokenInvalidError,
        TokenMissingError,
    )

    if not isinstance(error, grpc.Call):
        return ServerFailedError(f"{server} did not answer: {error}", address=server)
    code = error.code()
    text = error.details() or ""
    status = rpc_status.from_call(error)
    if status is not None and (known := error_of(status)) is not None:
        if isinstance(known, TokenMissingError):
            message = f"{server} asks who calls: set {TOKEN}, or {TOKEN_FILE} to a file with it (docs/security.md)"
            return TokenMissingError(message, **known.metadata)
        if isinstance(known, TokenInvalidError | TokenExpiredError):
            return type(known)(f"{known.message}; it was taken from {named_token()}", **known.metadata)
        return known
    if code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
        why = "nobody answers" if code is grpc.StatusCode.UNAVAILABLE else "there was no answer in time"
        message = f"{server}: {why}; is `towline serve` running there, and is the address right?"
        if code is grpc.StatusCode.UNAVAILABLE and _listens(server):
            message = f"{server}: somebody answers, but {_MISUNDERSTOOD[encrypted(server)]}"
        return ServerUnreachableError(message, address=server, status=code.name)
    if code is grpc.StatusCode.UNIMPLEMENTED:
        message = f"{server} is no Towline server, or one of another version; compare with `towline version`"
        return ServerFailedError(message, address=server, status=code.name)
    return ServerFailedError(f"{server} failed with {code.name}: {text}", address=server, status=code.name)


def _listens(server: str) -> bool:
    """Whether somebody takes connections there, whatever he speaks."""
    import socket

    host, _, port = server.removeprefix(HTTPS).rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=1.0):
            return True
    except (OSError, ValueError):
        return False


def _kinds() -> dict[str, type[TowlineError]]:
    """Errors by their reason; of several the one that stands above the others."""
    import engine.errors as _engine_errors  # noqa: F401 - so that its errors are there
    from graphs.errors import TowlineError

    found: dict[str, type[TowlineError]] = {}
    queue: list[type[TowlineError]] = [TowlineError]
    for kind in queue:
        queue.extend(kind.__subclasses__())
        found.setdefault(kind.reason, kind)
    return found
