"""Around every towline method: parse the bytes, map errors to statuses, log one line.

Parsing here rather than in gRPC gives malformed bytes a typed error too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from engine.errors import CancelledError, MalformedRequestError
from engine.server.logs import frames, logger
from engine.server.status import INTERNAL_REASON, internal_status, to_status
from graphs.errors import TowlineError

PREFIX = "/towline."


class ErrorInterceptor(grpc.ServerInterceptor):
    """Wraps the handlers of towline's own services; health and reflection stay as they are."""

    def intercept_service(
        self, continuation: Callable[[Any], Any], handler_call_details: Any
    ) -> grpc.RpcMethodHandler | None:
        handler = continuation(handler_call_details)
        method: str = handler_call_details.method
        if handler is None or not method.startswith(PREFIX):
            return handler
        if handler.unary_unary:
            return grpc.unary_unary_rpc_method_handler(_Unary(method, handler))
        if handler.unary_stream:
            return grpc.unary_stream_rpc_method_handler(_Stream(method, handler))
        return handler


class _Call:
    """One call: its method, sizes and outcome, for the log."""

    def __init__(self, method: str, request: bytes) -> None:
        self.method = method
        self.request_bytes = len(request)
        self.response_bytes = 0
        self.started = time.perf_counter()

    def failed(self, error: Exception) -> grpc.Status:
        """Log the failure and say what the caller gets."""
        if isinstance(error, TowlineError):
            self.log(error.status, reason=error.reason)
            return to_status(error)
        self.log("INTERNAL", reason=INTERNAL_REASON, exception=type(error).__name__, frames=frames(error))
        return internal_status()

    def log(self, code: str, **more: Any) -> None:
        fields = {
            "method": self.method.removeprefix("/"),
            "code": code,
            "duration_ms": round(1000 * (time.perf_counter() - self.started), 1),
            "request_bytes": self.request_bytes,
            "response_bytes": self.response_bytes,
            **more,
        }
        (logger.error if code == "INTERNAL" else logger.info)("call", extra=fields)


class _Unary:
    def __init__(self, method: str, handler: Any) -> None:
        self._method, self._handler = method, handler

    def __call__(self, raw: bytes, context: grpc.ServicerContext) -> bytes | None:
        call = _Call(self._method, raw)
        try:
            reply = self._handler.unary_unary(_parse(self._handler, raw), context)
            answer: bytes = self._handler.response_serializer(reply)
        except Exception as error:
            context.abort_with_status(call.failed(error))
            return None
        call.response_bytes = len(answer)
        call.log("OK")
        return answer


class _Stream:
    def __init__(self, method: str, handler: Any) -> None:
        self._method, self._handler = method, handler

    def __call__(self, raw: bytes, context: grpc.ServicerContext) -> Iterator[bytes]:
        call = _Call(self._method, raw)
        try:
            for reply in self._handler.unary_stream(_parse(self._handler, raw), context):
                answer: bytes = self._handler.response_serializer(reply)
                call.response_bytes += len(answer)
                yield answer
        except GeneratorExit:  # gRPC drops the iterator when the caller has gone
            call.log(CancelledError.status, reason=CancelledError.reason)
            raise
        except Exception as error:
            context.abort_with_status(call.failed(error))
        else:
            call.log("OK")


def _parse(handler: Any, raw: bytes) -> Any:
    try:
        return handler.request_deserializer(raw)
    except DecodeError:
        raise MalformedRequestError(
            "the bytes are not the message this method takes; generate the client from the same *.proto files"
        ) from None
