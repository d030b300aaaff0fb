"""Trace ids and spans."""

from __future__ import annotations

import http.server
import re
import sys
import threading
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from towline.v1 import fleet_service_pb2

from engine.dispatch import Dispatcher
from engine.errors import OptionError
from engine.server import Server
from engine.server.call_log import Telemetry
from engine.server.tracing import OtelTracer, PlainTracer, otlp_tracer, parent_of
from tests.engine.server.wire import REGION, Client, failure

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize(
    ("text", "good"),
    [
        (f"00-{TRACE}-{SPAN}-01", True),
        (f"00-{TRACE}-{SPAN}-00", True),
        (f"cc-{TRACE}-{SPAN}-01-what-comes", True),
        (f"00-{TRACE}-{SPAN}-01-more", False),
        (f"ff-{TRACE}-{SPAN}-01", False),
        (f"00-{'0' * 32}-{SPAN}-01", False),
        (f"00-{TRACE}-{'0' * 16}-01", False),
        (f"00-{TRACE.upper()}-{SPAN}-01", False),
        (f"00-{TRACE}-{SPAN}-01\n", False),
        ("", False),
    ],
)
def test_traceparent(text: str, good: bool) -> None:
    """By the W3C's rules; what is malformed is ignored, and a line break never gets into a log."""
    found = parent_of([("traceparent", text)])
    assert (found is not None) == good
    if found is not None:
        assert (found.trace_id, found.span_id) == (TRACE, SPAN)
    assert parent_of([("traceparent", text), ("traceparent", text)]) is None


def test_a_call_has_an_id_without_anybody_tracing() -> None:
    """The caller's, or one of its own."""
    tracer = PlainTracer()
    assert tracer.begin("m", [("traceparent", f"00-{TRACE}-{SPAN}-01")]).trace_id == TRACE
    made = {tracer.begin("m", []).trace_id for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch("[0-9a-f]{32}", item) for item in made)


def test_spans_of_a_server(dispatcher: Dispatcher) -> None:
    """One for each call, in the caller's trace, with method, status and subject; a caller's fault is no error of it."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    server = Server({"coquimbo": dispatcher}, telemetry=Telemetry(tracer=OtelTracer(provider))).start()
    try:
        client = Client(server.port)
        request = fleet_service_pb2.ListUnitsRequest(parent=f"{REGION}/providers/-")
        client.fleet.ListUnits(request, timeout=20, metadata=[("traceparent", f"00-{TRACE}-{SPAN}-01")])
        client.fleet.ListUnits(request, timeout=20, metadata=[("traceparent", f"00-{TRACE}-{SPAN}-00")])
        failure(lambda: client.fleet.ListUnits(fleet_service_pb2.ListUnitsRequest(parent="x"), timeout=20))
    finally:
        server.stop(grace_s=5)
    first, second = kept.get_finished_spans()  # the second call's trace is not sampled
    assert (first.name, first.kind) == ("towline.v1.FleetService/ListUnits", SpanKind.SERVER)
    assert first.context is not None
    assert first.parent is not None
    assert (format(first.context.trace_id, "032x"), format(first.parent.span_id, "016x")) == (TRACE, SPAN)
    assert dict(first.attributes or {}) == {
        "rpc.system": "grpc",
        "rpc.service": "towline.v1.FleetService",
        "rpc.method": "ListUnits",
        "rpc.grpc.status_code": "OK",
        "enduser.id": "anonymous",
    }
    assert second.parent is None
    assert second.status.is_ok or second.status.is_unset


def test_spans_arrive_at_a_collector() -> None:
    """Over OTLP/HTTP, at the latest when the server ends."""
    got: list[str] = []

    class Collector(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        tracer = otlp_tracer(f"http://127.0.0.1:{server.server_port}/v1/traces")
        tracer.begin("towline.v1.A/B", []).end("OK", None)
        tracer.stop()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert got == ["/v1/traces"]


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only who wants traces needs OpenTelemetry."""
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(OptionError, match=r"towline\[otel\]"):
        otlp_tracer("http://127.0.0.1:4318/v1/traces")
