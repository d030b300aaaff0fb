"""Around streams that watch: threads of their own, one for each, an end when the server stops, a limit to slowness."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

import grpc

from engine.errors import StoppingError, WatcherTooSlowError
from engine.server.admission import SPARE
from engine.server.call_log import CallLog
from engine.server.options import ServerOptions
from engine.server.pool import CountingPool
from engine.server.wrapped import Requests, Wrapped, gone


class WatchStream(Protocol):
    """What a servicer's method that watches returns: messages as bytes, waiting for each as long as it takes."""

    def __iter__(self) -> Iterator[bytes]: ...

    def __next__(self) -> bytes: ...

    def end(self, error: Exception) -> None:
        """Raise the error from `__next__`, also where a thread waits in it."""
        ...

    def close(self) -> None:
        """Nobody asks for more."""
        ...


class Watching:
    """The watchers of one server: their threads, and how they are told that it stops."""

    def __init__(self, options: ServerOptions) -> None:
        self.pool = CountingPool(2 * options.watchers + SPARE)  # as many may be on their way
        self._lock = threading.Lock()
        self._streams: set[WatchStream] = set()
        self._stopping = False

    def around(self, call: WatchCall) -> grpc.RpcMethodHandler:
        """The call on a thread of the watchers'."""
        call.watching, call.experimental_thread_pool = self, self.pool
        return grpc.stream_stream_rpc_method_handler(call)

    @contextmanager
    def watching(self, stream: WatchStream) -> Generator[None, None, None]:
        """Within, the stream ends when the server stops."""
        try:
            with self._lock:
                self._streams.add(stream)
                if self._stopping:
                    raise stopping()
            yield
        finally:
            with self._lock:
                self._streams.discard(stream)
            stream.close()

    def stop(self) -> None:
        """End all streams, and those to come, so that their clients resume elsewhere."""
        with self._lock:
            self._stopping = True
            streams = list(self._streams)
        for stream in streams:
            stream.end(stopping())


class WatchCall(Wrapped):
    watching: Watching

    def __call__(self, requests: Requests, context: grpc.ServicerContext) -> Iterator[bytes]:
        log = self._log(context)
        reader = _Reader(context)
        region = ""
        try:
            with (
                self._entering(context, log) as admitted,
                self._gates[self._kind].coming(self._caller(admitted, context)) as place,
            ):
                raw = self._receive(requests, context)
                place.take()
                log.request_bytes = len(raw)
                request = self._parse(raw)
                admitted.check_region(request)
                stream: WatchStream = self._handler.unary_stream(request, context)
                region = request.parent.rpartition("/")[2]
                with self.watching.watching(stream):
                    if not context.add_callback(lambda: stream.end(gone(False))):
                        raise gone(False)
                    for answer in stream:
                        admitted.check()
                        log.response_bytes += len(answer)
                        with self._watchdog.watching(reader):
                            yield answer
        except GeneratorExit:  # gRPC drops the iterator when the caller has gone
            self._count(reader.error, region)
            log.failed(reader.error or gone(False))
            raise
        except Exception as found:  # bound to no other name here: its traceback would hold this frame, and all in it
            self._abort(context, log, reader.error or found, region)  # who is cut off may seem to have gone by himself

    def _abort(self, context: grpc.ServicerContext, log: CallLog, error: Exception, region: str) -> None:
        self._count(error, region)
        context.abort_with_status(log.failed(error))

    def _count(self, error: Exception | None, region: str) -> None:
        if isinstance(error, WatcherTooSlowError):
            self._telemetry.observer.count("watchers_cut_off", region=region)


class _Reader:
    """A peer that takes messages, to the watchdog: one that takes none is told why it is cut off."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self.error: WatcherTooSlowError | None = None

    def cancel(self) -> None:
        self.error = WatcherTooSlowError(
            "the watcher takes no messages; resume after the last number that it read, and read faster or watch less"
        )
        with suppress(Exception):  # grpcio has no public way to end a call with a status from outside it
            code = grpc.StatusCode[self.error.status].value[0]
            self._context._rpc_event.call.cancel(code, f"{self.error.reason}: {self.error.message}".encode())
            return
        self._context.cancel()


def stopping() -> StoppingError:
    return StoppingError("the server is stopping; open the stream again, there or elsewhere, and go on where it ended")
