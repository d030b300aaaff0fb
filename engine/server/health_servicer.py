"""Health as grpc.health.v1 has it, with streams that watch and need no thread.

grpcio's own servicer sends under the lock that it also takes when a stream ends, and that end is told by the one thread
which would report what was sent: a client that hangs up at the wrong moment stops the whole server. Here nothing is
sent under a lock, and nobody is told after somebody else: a peer may take nothing of what it is sent for as long as the
watchdog lets it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import grpc
from grpc_health.v1 import health_pb2 as pb
from grpc_health.v1 import health_pb2_grpc

from engine.server.tellers import Tellers
from engine.server.watchdog import Watchdog

#: Whoever has not taken what it was sent for so long is not waited for when the server ends.
SLOW_S = 0.5


def _said(status: Any) -> Any:
    return pb.HealthCheckResponse(status=status)


def _nobody(_: Any) -> None:
    """In the place of what grpcio gives."""


class HealthServicer(health_pb2_grpc.HealthServicer):
    """What each service's health is, to whoever asks or watches."""

    def __init__(self, watchdog: Watchdog, most: int) -> None:
        """``most``: streams that may be open at once. Each that takes its time holds a thread meanwhile."""
        self._watchdog, self._lock = watchdog, threading.Lock()
        self._known: dict[str, int] = {"": pb.HealthCheckResponse.SERVING}
        self._watches: dict[str, set[_Watch]] = {}
        self._ending, self._all_told = False, threading.Event()
        self._untold = set[_Watch]()  # who is waited for at the end
        self._tellers = Tellers(most, "towline-health-tell")

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._lock:
            status = self._known.get(request.service)
        if status is None:
            context.set_code(grpc.StatusCode.NOT_FOUND)
        return _said(status or pb.HealthCheckResponse.UNKNOWN)

    def Watch(self, request: Any, context: grpc.ServicerContext, send: Callable[[Any], None] = _nobody) -> Any:
        """The status now, and each that comes after it; of several that come at once the last."""
        watch, service = _Watch(context, send), request.service
        with self._lock:
            watch.wanted = self._known.get(service, pb.HealthCheckResponse.SERVICE_UNKNOWN)
            watch.telling = True
            self._watches.setdefault(service, set()).add(watch)
        if not context.add_callback(lambda: self._over(service, watch)):
            self._over(service, watch)
            return
        self._tellers.submit(partial(self._tell, watch))

    #: grpcio looks for it: the stream goes on after `Watch`.
    Watch.experimental_non_blocking = True  # ty: ignore[missing-attribute]

    def set(self, service: str, status: int) -> None:
        """From now on; nothing after `end`."""
        with self._lock:
            to_tell = [] if self._ending else self._set(service, status)
        self._tell_all(to_tell)

    def end(self, timeout_s: float) -> None:
        """No service answers any more, for good; those who watch are told, which is waited for so long.

        Nobody waits for peers that have not taken what they were sent before.
        """
        with self._lock:
            self._ending = True
            no = pb.HealthCheckResponse.NOT_SERVING
            to_tell = [watch for service in list(self._known) for watch in self._set(service, no)]
            long_ago = time.monotonic() - SLOW_S
            self._untold = {
                watch
                for those in self._watches.values()
                for watch in those
                if watch.telling and (watch.since is None or watch.since > long_ago)
            }
            if not self._untold:
                self._all_told.set()
        self._tell_all(to_tell)
        self._all_told.wait(timeout_s)

    def close(self) -> None:
        """Wait for nobody."""
        self._tellers.close()

    def _set(self, service: str, status: int) -> list[_Watch]:
        """Who is to be told; others learn of it from who tells them already."""
        self._known[service] = status
        to_tell = []
        for watch in self._watches.get(service, ()):
            watch.wanted = status
            if not watch.telling and watch.sent != status:
                watch.telling = True
                to_tell.append(watch)
        return to_tell

    def _tell_all(self, watches: list[_Watch]) -> None:
        for watch in watches:
            self._tellers.submit(partial(self._tell, watch))

    def _tell(self, watch: _Watch) -> None:
        while True:
            with self._lock:
                watch.since = None
                if watch.over or watch.sent == watch.wanted:
                    watch.telling = False
                    self._untold.discard(watch)
                    if self._ending and not self._untold:
                        self._all_told.set()
                    return
                status = watch.sent = watch.wanted
                watch.since = time.monotonic()
            with suppress(Exception), self._watchdog.watching(watch.context):  # it has gone
                watch.send(_said(status))

    def _over(self, service: str, watch: _Watch) -> None:
        with self._lock:
            watch.over = True
            those = self._watches.get(service, set())
            those.discard(watch)
            if not those:
                self._watches.pop(service, None)


class _Watch:
    """One stream; changed under the service's lock."""

    __slots__ = ("context", "over", "send", "sent", "since", "telling", "wanted")

    def __init__(self, context: grpc.ServicerContext, send: Callable[[Any], None]) -> None:
        self.context, self.send = context, send
        self.sent: int | None = None
        self.wanted: int | None = None
        self.since: float | None = None  # it has been told something that it has not taken yet
        self.telling = self.over = False
