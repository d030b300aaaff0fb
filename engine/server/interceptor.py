"""Around every towline method: see who calls, let the call in, receive and parse its bytes, map errors, log one line.

Receiving and parsing here rather than in gRPC means that a call is refused before its request is read, that a peer
that stalls is noticed, and that malformed bytes get a typed error. To gRPC all methods are therefore ones that take a
stream of requests; on the wire that is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import grpc

from engine.server.admission import Admission, Kind
from engine.server.call_log import Telemetry
from engine.server.command_calls import Answers, CommandCall
from engine.server.feed_readers import FeedReaders
from engine.server.logs import logger
from engine.server.options import ServerOptions
from engine.server.position_calls import PositionsCall
from engine.server.security.guard import Guard
from engine.server.traffic_log import outcome
from engine.server.watch_calls import WatchCall, Watching
from engine.server.watchdog import Watchdog
from engine.server.wrapped import Around, Fed, Requests, Wrapped, gone

PREFIXES = ("/towline.", "/google.longrunning.")


class CallInterceptor(grpc.ServerInterceptor):
    """Wraps the handlers of towline's services, operations among them; health and reflection are left to `Aside`."""

    def __init__(
        self,
        options: ServerOptions,
        admission: Admission,
        watchdog: Watchdog,
        light: ThreadPoolExecutor,
        feeds: Watchdog,
        readers: FeedReaders,
        guard: Guard,
        telemetry: Telemetry,
        watching: Watching,
        answers: Answers,
    ) -> None:
        """`feeds` looks after streams of changes, which may be silent for longer; `readers` wait for their messages.

        `answers` sends what commands are answered.
        """
        self._answers = answers
        self._light, self._feeds, self._readers, self._watching = light, feeds, readers, watching
        self._around = Around(options, admission, watchdog, guard, telemetry)

    def intercept_service(
        self, continuation: Callable[[Any], Any], handler_call_details: Any
    ) -> grpc.RpcMethodHandler | None:
        handler = continuation(handler_call_details)
        method: str = handler_call_details.method
        if handler is None or not method.startswith(PREFIXES):
            return handler
        kind = Kind.of(method)
        if kind is Kind.WATCH:
            return self._watching.around(WatchCall(method, kind, handler, self._around))
        if handler.stream_unary:
            positions = PositionsCall(method, kind, handler, self._around)
            positions.silence, positions.readers = self._feeds, self._readers
            return grpc.stream_unary_rpc_method_handler(positions)
        if handler.stream_stream:
            feed = _Feed(method, kind, handler, self._around)
            feed.silence, feed.readers = self._feeds, self._readers
            return grpc.stream_stream_rpc_method_handler(feed)
        if kind is Kind.COMMAND:
            command = CommandCall(method, kind, handler, self._around)
            command.answers = self._answers
            return grpc.stream_stream_rpc_method_handler(command)
        wrap = _Stream if handler.unary_stream else _Unary
        call = wrap(method, kind, handler, self._around)
        if kind is Kind.LIGHT:
            call.experimental_thread_pool = self._light
        if handler.unary_stream:
            return grpc.stream_stream_rpc_method_handler(call)
        return grpc.stream_unary_rpc_method_handler(call)


class _Unary(Wrapped):
    def __call__(self, requests: Requests, context: grpc.ServicerContext) -> bytes | None:
        log = self._log(context)
        try:
            with self._entering(context, log, stream=False) as admitted:
                caller = self._caller(admitted, context)
                with self._gates[self._kind].coming(caller) as place:
                    raw = self._receive(requests, context, caller)
                    place.take()
                    log.request_bytes = len(raw)
                    with self._turn(raw, context, caller):
                        request = self._parse(raw)
                        admitted.check_region(request)
                        reply = self._handler.unary_unary(request, context)
                        answer: bytes = reply if isinstance(reply, bytes) else self._handler.response_serializer(reply)
        except Exception as error:
            context.abort_with_status(log.failed(error))
            return None
        log.response_bytes = len(answer)
        log.done("OK", **(outcome(request, reply) if self._kind is Kind.TRAFFIC else {}))
        self._answered(context)
        return answer

    @contextmanager
    def _turn(self, raw: bytes, context: grpc.ServicerContext, caller: str | None) -> Generator[None, None, None]:
        """Within, the call may compute; a recommendation that brings its own fleet takes a heavy call's turn."""

        def check() -> None:
            if not context.is_active():
                raise gone(False)

        check()
        gate = self._gates[self._kind]
        if self._kind is Kind.QUICK and len(raw) > self._options.light_request_bytes:
            heavy = self._gates[Kind.HEAVY]
            with heavy.place(caller), heavy.slot(check):
                yield
        elif self._kind is Kind.TRAFFIC:
            with gate.slot(check):
                mine = self._lane(raw)
            with mine.place(caller), mine.slot(check):
                yield
        else:
            with gate.slot(check):
                yield


class _Stream(Wrapped):
    def __call__(self, requests: Requests, context: grpc.ServicerContext) -> Iterator[bytes]:
        log = self._log(context)
        stalled = False

        def check() -> None:
            if not context.is_active():
                raise gone(False)

        try:
            with (
                self._entering(context, log) as admitted,
                self._gates[self._kind].coming(self._caller(admitted, context)) as place,
            ):
                raw = self._receive(requests, context)
                place.take()
                log.request_bytes = len(raw)
                heavy = self._gates[Kind.HEAVY]
                with heavy.slot(check):
                    request = self._parse(raw)
                    admitted.check_region(request)
                    replies = self._handler.unary_stream(request, context)
                    reply = next(replies, None)
                while reply is not None:
                    admitted.check()
                    answer: bytes = self._handler.response_serializer(reply)
                    log.response_bytes += len(answer)
                    watch = self._watchdog.watch(context)
                    try:
                        yield answer
                    finally:
                        self._watchdog.leave(watch)
                        stalled = watch.expired
                    with heavy.slot(check, patient=True):
                        reply = next(replies, None)
        except GeneratorExit:  # gRPC drops the iterator when the caller has gone
            log.failed(gone(stalled))
            raise
        except Exception as error:
            context.abort_with_status(log.failed(error))
        else:
            log.done("OK")
            self._answered(context)


class _Feed(Fed):
    """A stream of changes: each is received, waits for its turn, is done and answered before the next is read."""

    def __call__(self, requests: Requests, context: grpc.ServicerContext) -> Iterator[bytes]:
        log = self._log(context)
        stalled = False
        turn = ExitStack()
        gate = self._gates[Kind.TRAFFIC]
        request: Any = None
        updates = 0

        def check() -> None:
            if not context.is_active():
                raise gone(False)

        def messages() -> Iterator[Any]:
            nonlocal request
            while (raw := self._next(requests, context)) is not None:
                log.request_bytes += len(raw)
                with gate.slot(check, patient=True):
                    mine = self._lane(raw)
                turn.enter_context(mine.slot(check, patient=True))
                request = self._parse(raw)
                admitted.check()
                admitted.check_region(request, further=updates > 0)
                yield request

        try:
            with (
                self._entering(context, log) as admitted,
                self._gates[self._kind].place(self._caller(admitted, context)),
            ):
                replies = self._handler.stream_stream(messages(), context)
                while True:
                    with turn:
                        reply = next(replies, None)
                    if reply is None:
                        break
                    answer: bytes = self._handler.response_serializer(reply)
                    log.response_bytes += len(answer)
                    logger.info("traffic", extra={"index": updates, **outcome(request, reply)})
                    updates += 1
                    with self._watchdog.watching(context) as watch:
                        try:
                            yield answer
                        finally:
                            stalled = watch.expired
        except GeneratorExit:  # gRPC drops the iterator when the caller has gone
            log.failed(gone(stalled))
            raise
        except Exception as error:
            context.abort_with_status(log.failed(error))
        else:
            log.done("OK", updates=updates)
            self._answered(context)
