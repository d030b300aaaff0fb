"""A trace id for every call, and OpenTelemetry spans when a server is told to trace (the extra ``otel``).

W3C Trace Context: a caller's ``traceparent`` metadata is taken over, so that its trace and our log line have one id.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from engine.errors import OptionError

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True, slots=True)
class Parent:
    """What a caller said its trace is."""

    trace_id: str
    span_id: str
    sampled: bool


def parent_of(metadata: Iterable[tuple[str, Any]]) -> Parent | None:
    """The caller's trace; None when it sent none, or one that is malformed (which the standard says to ignore)."""
    found = [value for key, value in metadata if key == "traceparent"]
    match = _TRACEPARENT.fullmatch(found[0]) if len(found) == 1 and isinstance(found[0], str) else None
    if match is None or match[1] == "ff" or not match[2].strip("0") or not match[3].strip("0"):
        return None
    if match[1] == "00" and match[5]:
        return None
    return Parent(match[2], match[3], bool(int(match[4], 16) & 1))


class Span(Protocol):
    """One call in its trace."""

    @property
    def trace_id(self) -> str: ...

    def end(self, code: str, subject: str | None) -> None: ...


class Tracer(Protocol):
    """Begins spans."""

    def begin(self, method: str, metadata: Iterable[tuple[str, Any]]) -> Span: ...

    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _PlainSpan:
    trace_id: str

    def end(self, code: str, subject: str | None) -> None:
        pass


class PlainTracer:
    """Ids alone."""

    def begin(self, method: str, metadata: Iterable[tuple[str, Any]]) -> Span:  # noqa: ARG002  # as Tracer has it
        parent = parent_of(metadata)
        return _PlainSpan(f"{random.getrandbits(128):032x}" if parent is None else parent.trace_id)

    def stop(self) -> None:
        pass


class _OtelSpan:
    def __init__(self, span: Any, status: Any) -> None:
        self._span, self._status = span, status
        self.trace_id = format(span.get_span_context().trace_id, "032x")

    def end(self, code: str, subject: str | None) -> None:
        self._span.set_attribute("rpc.grpc.status_code", code)
        if subject is not None:
            self._span.set_attribute("enduser.id", subject)
        if code in ("UNKNOWN", "INTERNAL", "UNAVAILABLE", "DEADLINE_EXCEEDED", "DATA_LOSS", "UNIMPLEMENTED"):
            self._span.set_status(self._status)  # those the semantic conventions call a server's errors
        self._span.end()


class OtelTracer:
    """Server spans by an OpenTelemetry provider."""

    def __init__(self, provider: Any) -> None:
        from opentelemetry import trace

        self._trace, self._provider = trace, provider
        self._tracer = provider.get_tracer("towline")
        self._failed = trace.Status(trace.StatusCode.ERROR)

    def begin(self, method: str, metadata: Iterable[tuple[str, Any]]) -> Span:
        trace, context = self._trace, None
        if (parent := parent_of(metadata)) is not None:
            there = trace.SpanContext(
                int(parent.trace_id, 16), int(parent.span_id, 16), True, trace.TraceFlags(int(parent.sampled))
            )
            context = trace.set_span_in_context(trace.NonRecordingSpan(there))
        service, _, name = method.removeprefix("/").partition("/")
        span = self._tracer.start_span(
            f"{service}/{name}",
            context=context,
            kind=trace.SpanKind.SERVER,
            attributes={"rpc.system": "grpc", "rpc.service": service, "rpc.method": name},
        )
        return _OtelSpan(span, self._failed)

    def stop(self) -> None:
        """Send what is left, for a moment."""
        self._provider.shutdown()


def otlp_tracer(endpoint: str, service: str = "towline", ratio: float = 1.0) -> OtelTracer:
    """Spans to a collector over OTLP/HTTP, such as ``http://127.0.0.1:4318/v1/traces``; OptionError without the extra.

    ``ratio`` of the traces that begin here are kept; where a caller began, it decided.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
    except ImportError:
        raise OptionError(
            "tracing needs OpenTelemetry; install towline[otel], or leave tracing.endpoint out",
            option="tracing.endpoint",
        ) from None
    provider = TracerProvider(
        resource=Resource.create({"service.name": service}), sampler=ParentBasedTraceIdRatio(ratio)
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    return OtelTracer(provider)
