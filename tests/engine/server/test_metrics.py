"""Metrics: what is counted, and where it is fetched."""

from __future__ import annotations

import logging
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from towline.v1 import fleet_service_pb2

from engine.dispatch import Dispatcher
from engine.errors import InsecureAddressError, ListenError
from engine.server import Server
from engine.server.call_log import Telemetry
from engine.server.metrics import INSTRUMENTS, Metrics
from engine.server.metrics_port import MetricsPort
from tests.engine.server.wire import REGION, Client, failure

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def opened() -> Iterator[Callable[[Metrics], MetricsPort]]:
    ports: list[MetricsPort] = []

    def make(metrics: Metrics) -> MetricsPort:
        ports.append(MetricsPort(metrics, "127.0.0.1:0"))
        return ports[-1]

    yield make
    for port in ports:
        port.stop()


def fetched(port: MetricsPort) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every figure by name and labels, as Prometheus reads them."""
    with urllib.request.urlopen(f"http://{port.address}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_server_counts_its_calls(dispatcher: Dispatcher, opened: Callable[[Metrics], MetricsPort]) -> None:
    """By method, status and reason; how long they took; what is in flight, and the places of every gate."""
    metrics = Metrics()
    server = Server({"coquimbo": dispatcher}, telemetry=Telemetry(metrics)).start()
    try:
        client, port = Client(server.port), opened(metrics)
        good = fleet_service_pb2.ListUnitsRequest(parent=f"{REGION}/providers/-")
        for _ in range(3):
            client.fleet.ListUnits(good, timeout=20)
        failure(lambda: client.fleet.ListUnits(fleet_service_pb2.ListUnitsRequest(parent="nonsense"), timeout=20))
        with urllib.request.urlopen(f"http://{port.address}/health", timeout=10) as answer:
            assert answer.read() == b"OK\n"
        server.stop(grace_s=5)
        figures = fetched(port)
    finally:
        server.stop(grace_s=0)
    method = ("method", "towline.v1.FleetService/ListUnits")
    assert figures["towline_calls_total", (("code", "OK"), method, ("reason", ""))] == 3
    wrong = (("code", "INVALID_ARGUMENT"), method, ("reason", "INVALID_RESOURCE_NAME"))
    assert figures["towline_calls_total", wrong] == 1
    assert figures["towline_call_seconds_count", (method,)] == 4
    assert figures["towline_calls_in_flight", (method,)] == 0
    assert figures["towline_gate_places", (("gate", "heavy"),)] >= 10
    assert figures["towline_gate_inside", (("gate", "heavy"),)] == 0
    assert figures["process_resident_memory_bytes", ()] > 1e6


def test_every_instrument_works() -> None:
    """Each as its kind, with its labels; what is not listed is told once in the log, and never fails a call."""
    metrics = Metrics()
    for name, one in INSTRUMENTS.items():
        labels = dict.fromkeys(one.labels, "x")
        if one.kind == "histogram":
            metrics.timed(name, 0.5, **labels)
        elif one.kind == "counter":
            metrics.count(name, 2, **labels)
        else:
            metrics.level(name, 3, **labels)
            metrics.gauge(name, lambda: 7.0, **labels)
    seen = {family.name for family in metrics.registry.collect()}
    assert {f"towline_{name}" for name in INSTRUMENTS} <= seen
    metrics.count("no such thing")
    metrics.count("calls", region="wrong label")


def test_labels_do_not_depend_on_their_order() -> None:
    """Two callers that name them in another order mean the same."""
    metrics = Metrics()
    metrics.count("events", region="a", kind="b")
    metrics.count("events", kind="a", region="b")
    metrics.count("events", kind="b", region="a")
    read = metrics.registry.get_sample_value
    assert read("towline_events_total", {"region": "a", "kind": "b"}) == 2
    assert read("towline_events_total", {"region": "b", "kind": "a"}) == 1


def test_what_is_not_listed_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """Not with every call."""
    logger = logging.getLogger("towline.server")
    logger.addHandler(caplog.handler)
    try:
        metrics = Metrics()
        for _ in range(3):
            metrics.count("nothing")
    finally:
        logger.removeHandler(caplog.handler)
    assert len({id(record) for record in caplog.records}) == 1  # one line, however many listen


def test_the_port_is_for_this_machine(opened: Callable[[Metrics], MetricsPort]) -> None:
    """A taken one and an open one are refused; only metrics are there, and only to be read."""
    port = opened(Metrics())
    with pytest.raises(ListenError):
        MetricsPort(Metrics(), port.address)
    with pytest.raises(InsecureAddressError):
        MetricsPort(Metrics(), "0.0.0.0:0")
    for path, data, status in (("/metrics", b"x", 404), ("/", None, 404), ("/health", None, 503)):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://{port.address}{path}", data=data, timeout=10)
        assert refused.value.code == status


def test_only_the_server_knows_prometheus() -> None:
    """The rest of the engine tells an observer."""
    for folder in ("engine", "graphs", "cli"):
        for path in (ROOT / folder).rglob("*.py"):
            if re.search(r"^\s*(from|import) prometheus_client", path.read_text("utf-8"), re.MULTILINE):
                assert path.parent == ROOT / "engine" / "server"
                assert path.stem in ("metrics", "metrics_port")
