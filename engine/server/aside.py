"""Health and reflection, kept aside: each on its own threads, so that no amount of work keeps health from answering."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from grpc_health.v1 import health
from grpc_reflection.v1alpha import reflection

from engine.server.gate import Gate
from engine.server.health_calls import HealthCall, HealthWatches
from engine.server.late import Late
from engine.server.options import ServerOptions
from engine.server.security.guard import Guard
from engine.server.status import to_status
from engine.server.untaken import Untaken
from engine.server.watchdog import Watchdog
from graphs.errors import TowlineError

REFLECTION_THREADS = 4


class AsideInterceptor(grpc.ServerInterceptor):
    """Gives the handlers of health and reflection threads of their own; others stay as they are."""

    def __init__(self, options: ServerOptions, watchdog: Watchdog, guard: Guard) -> None:
        threads = options.health_threads
        self._health = ThreadPoolExecutor(2 * threads, thread_name_prefix="towline-health")
        self._late = Late(
            Gate("calls of health without a request", threads, 0, options.queue_s, share=options.caller_share)
        )
        self._watches, self._untaken = HealthWatches(options), Untaken()
        self._reflection = ThreadPoolExecutor(REFLECTION_THREADS, thread_name_prefix="towline-reflection")
        self._watchdog, self._guard = watchdog, guard

    def alive(self, within_s: float) -> bool:
        """Whether a thread of health takes work in that time.

        Half of them never wait for a peer: none, however slow, makes a server look hung; a stuck interpreter does.
        """
        try:
            return self._health.submit(bool, True).result(within_s)
        except (TimeoutError, RuntimeError):
            return False

    def shutdown(self) -> None:
        for pool in (self._health, self._reflection):
            pool.shutdown(wait=True, cancel_futures=True)

    def intercept_service(
        self, continuation: Callable[[Any], Any], handler_call_details: Any
    ) -> grpc.RpcMethodHandler | None:
        handler = continuation(handler_call_details)
        service = handler_call_details.method.split("/")[1] if handler is not None else ""
        if service == health.SERVICE_NAME:
            call = HealthCall(handler, self._health, self._late, self._watchdog, self._watches, self._untaken)
            wrap = (
                grpc.stream_unary_rpc_method_handler if handler.unary_unary else grpc.stream_stream_rpc_method_handler
            )
            return wrap(call, response_serializer=handler.response_serializer)
        if service == reflection.SERVICE_NAME:
            return grpc.stream_stream_rpc_method_handler(
                _On(self._reflection, _Guarded(_Watched(handler.stream_stream, self._watchdog), self._guard)),
                request_deserializer=handler.request_deserializer,
                response_serializer=handler.response_serializer,
            )
        return handler


class _On:
    """A behaviour with a thread pool."""

    def __init__(self, pool: ThreadPoolExecutor, behaviour: Callable[..., Any]) -> None:
        self.experimental_thread_pool = pool
        self._behaviour = behaviour

    def __call__(self, *arguments: Any) -> Any:
        return self._behaviour(*arguments)


class _Guarded:
    """A conversation with callers who have said who they are, on servers that ask: it tells what there is to attack."""

    def __init__(self, behaviour: Callable[..., Any], guard: Guard) -> None:
        self._behaviour, self._guard = behaviour, guard

    def __call__(self, requests: Iterator[Any], context: grpc.ServicerContext) -> Iterator[Any]:
        try:
            self._guard.identify(context)
        except TowlineError as error:
            context.abort_with_status(to_status(error))
        yield from self._behaviour(requests, context)


class _Watched:
    """A conversation in which the peer may not be silent for ever."""

    def __init__(self, behaviour: Callable[..., Any], watchdog: Watchdog) -> None:
        self._behaviour, self._watchdog = behaviour, watchdog

    def __call__(self, requests: Iterator[Any], context: grpc.ServicerContext) -> Iterator[Any]:
        for answer in self._behaviour(self._prompt(requests, context), context):
            with self._watchdog.watching(context):
                yield answer

    def _prompt(self, requests: Iterator[Any], context: grpc.ServicerContext) -> Iterator[Any]:
        while True:
            with self._watchdog.watching(context):
                request = next(requests, None)
            if request is None:
                return
            yield request
