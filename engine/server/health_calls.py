"""Around health, which anybody may ask: late requests hold nobody up, and streams that watch are bounded."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from engine.errors import MalformedRequestError
from engine.server.gate import Gate, Place
from engine.server.late import Late
from engine.server.options import ServerOptions
from engine.server.peers import connection, machine
from engine.server.status import to_status
from engine.server.untaken import Untaken
from engine.server.watchdog import Watchdog
from engine.server.wrapped import Requests, gone
from graphs.errors import TowlineError


class HealthWatches:
    """The streams that watch health: so many of each connection, of each machine and in all."""

    def __init__(self, options: ServerOptions) -> None:
        most, kind = options.health_watches, "health watches"
        self._machines = Gate(kind, most, 0, options.queue_s, share=options.caller_share)
        one = min(1.0, options.health_watches_connection / most)
        self._connections = Gate(kind, most, 0, options.queue_s, share=one)

    @property
    def open(self) -> int:
        return self._machines.inside

    def admit(self, context: grpc.ServicerContext) -> None:
        """Let the stream in until it ends; CallerLimitError, BusyError."""
        peer = connection(context)
        places = [self._connections.place(peer)]
        try:
            places.append(self._machines.place(None if peer is None else machine(peer)))
        except BaseException:
            _leave(places)
            raise
        if not context.add_callback(lambda: _leave(places)):
            _leave(places)
            raise gone(False)


class HealthCall:
    """One method of health, on a thread of its pool; its request is received here."""

    def __init__(
        self,
        handler: grpc.RpcMethodHandler,
        pool: ThreadPoolExecutor,
        late: Late,
        watchdog: Watchdog,
        watches: HealthWatches,
        untaken: Untaken,
    ) -> None:
        inner: Any = handler
        self._behaviour: Callable[..., Any] = inner.unary_unary or inner.unary_stream
        self._parse, self._late, self._watchdog = inner.request_deserializer, late, watchdog
        self._watches, self._untaken = watches if inner.unary_stream else None, untaken
        self.experimental_thread_pool = pool
        # What grpcio's health servicer says about itself: streams that watch need no thread.
        self.experimental_non_blocking = getattr(self._behaviour, "experimental_non_blocking", False)

    def __call__(self, requests: Requests, context: grpc.ServicerContext, *send: Any) -> Any:
        try:
            request = self._receive(requests, context)
            if self._watches is not None:
                self._watches.admit(context)
            else:
                self._answered(context)
        except TowlineError as error:
            context.abort_with_status(to_status(error))
        return self._behaviour(request, context, *send)

    def _answered(self, context: grpc.ServicerContext) -> None:
        """Whoever asks has only to take the answer, which is not kept for ever, nor are any number of them."""
        watch = self._watchdog.watch(context)
        if not context.add_callback(lambda: self._watchdog.leave(watch)):
            self._watchdog.leave(watch)
        self._untaken.add(context)

    def _receive(self, requests: Requests, context: grpc.ServicerContext) -> Any:
        with self._watchdog.watching(context) as watch:
            try:
                return self._parse(self._late.receive(requests, connection(context)))
            except (StopIteration, DecodeError):
                raise MalformedRequestError("the call has no request of grpc.health.v1; send one message") from None
            except grpc.RpcError:
                raise gone(watch.expired) from None


def _leave(places: list[Place]) -> None:
    for place in places:
        place.leave()
