"""What stands around every handler: who calls, its request, what it is told when its peer has gone."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from engine.errors import CancelledError, MalformedRequestError
from engine.server.admission import Admission, Kind
from engine.server.call_log import CallLog, Telemetry
from engine.server.feed_readers import FeedReaders
from engine.server.gate import Gate
from engine.server.limits import check_count
from engine.server.options import ServerOptions
from engine.server.peers import connection
from engine.server.security.guard import Guard, Pass
from engine.server.security.identity import ANONYMOUS
from engine.server.validation import check_request
from engine.server.watchdog import Watchdog

Requests = Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around every handler of a server."""

    options: ServerOptions
    admission: Admission
    watchdog: Watchdog
    guard: Guard
    telemetry: Telemetry


class Wrapped:
    """A handler and what stands around it."""

    def __init__(self, method: str, kind: Kind, handler: Any, around: Around) -> None:
        self._method, self._kind, self._handler, self._options = method, kind, handler, around.options
        self._gates, self._traffic = around.admission.gates, around.admission.traffic
        self._late = around.admission.late
        self._watchdog, self._guard, self._telemetry = around.watchdog, around.guard, around.telemetry
        self.experimental_thread_pool: ThreadPoolExecutor | None = None  # grpcio looks for it: not the server's pool

    def _log(self, context: grpc.ServicerContext) -> CallLog:
        return CallLog(self._method, context.invocation_metadata() or (), self._telemetry)

    @contextmanager
    def _entering(
        self, context: grpc.ServicerContext, log: CallLog, *, stream: bool = True
    ) -> Generator[Pass, None, None]:
        """Within, the caller is known and may call this; its request is not read before."""
        verified = self._guard.identify(context)
        log.subject = verified.identity.subject
        with self._guard.entering(context, verified, self._method, stream=stream) as admitted:
            yield admitted

    def _caller(self, admitted: Pass, context: grpc.ServicerContext) -> str | None:
        """Whose share of the gates it takes: its subject's; where nobody is asked who he is, its connection's."""
        identity = admitted.identity
        return connection(context) if identity is ANONYMOUS else identity.subject

    def _receive(self, requests: Requests, context: grpc.ServicerContext, late: str | None = None) -> bytes:
        """The bytes of the request; a peer that does not send them in time is cut off.

        ``late``: who calls; of light calls, which share their threads.
        """
        with self._watchdog.watching(context) as watch:
            try:
                return self._late.receive(requests, late) if self._kind is Kind.LIGHT else next(requests)
            except StopIteration:
                raise MalformedRequestError("the call has no request; send one message") from None
            except grpc.RpcError:
                raise gone(watch.expired) from None

    def _parse(self, raw: bytes) -> Any:
        if self._kind in (Kind.TRAFFIC, Kind.FEED):
            most = self._options.max_traffic_bytes
            check_count(len(raw), most, "", "bytes", "send several, or tables: one entry with many ways")
        try:
            request = self._handler.request_deserializer(raw)
        except DecodeError:
            raise MalformedRequestError(
                "the bytes are not the message this method takes; generate the client from the same *.proto files"
            ) from None
        check_request(request, self._options)
        return request

    def _lane(self, raw: bytes) -> Gate:
        """Where a change of traffic works; read for that alone, so that those who wait keep only their bytes."""
        return self._traffic.gate(self._parse(raw), len(raw))

    def _answered(self, context: grpc.ServicerContext) -> None:
        """From here on the peer has only to take the answer: let it not keep that in our memory for ever."""
        watch = self._watchdog.watch(context)
        if not context.add_callback(lambda: self._watchdog.leave(watch)):
            self._watchdog.leave(watch)


class Fed(Wrapped):
    """One whose caller sends messages as they come; it may be silent in between, but not for ever."""

    silence: Watchdog
    readers: FeedReaders

    def _next(self, requests: Requests, context: grpc.ServicerContext) -> bytes | None:
        """The bytes of the next message, None after the last."""
        with self.silence.watching(context) as watch:
            try:
                return self.readers.next(requests)
            except grpc.RpcError:
                raise gone(watch.expired) from None


def gone(stalled: bool) -> CancelledError:
    """The error of a call whose peer left, or did not move."""
    if stalled:
        return CancelledError("the peer stalled; the call was given up", stalled=True)
    return CancelledError("the caller went away; the work was given up")
