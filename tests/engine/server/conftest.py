"""Real servers on loopback, over La Serena-Coquimbo."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.dispatch import Dispatcher
from engine.model import Fleet, Location, Provider, Service, Unit
from engine.server import Server, ServerOptions
from engine.server.hosted import CLOCK_JUMPED
from graphs.bundled import load_coquimbo
from graphs.metrics import MetricStore
from tests.engine.server.traffic import dispatcher_with_traffic
from tests.engine.server.wire import LAT, LON, NOW, Client


@pytest.fixture(scope="session")
def dispatcher() -> Dispatcher:
    return Dispatcher(load_coquimbo())


@pytest.fixture(autouse=True)
def _no_word_of_clocks(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Tests of the log see what servers say of their work; that the machine's clock was set meanwhile is not theirs."""

    def told(record: logging.LogRecord) -> bool:
        return record.msg != CLOCK_JUMPED

    caplog.handler.addFilter(told)
    yield
    caplog.handler.removeFilter(told)


@pytest.fixture
def start(dispatcher: Dispatcher) -> Iterator[Callable[..., tuple[Server, Client]]]:
    """Starts a server of its own; stopped after the test."""
    servers: list[Server] = []

    def make(fleet: Fleet | None = None, clock: Callable = lambda: NOW, **options: object) -> tuple[Server, Client]:
        fleets = {"coquimbo": fleet} if fleet else None
        settings = ServerOptions(clock=clock, **options)  # ty: ignore[invalid-argument-type]  # as the test gives them
        server = Server({"coquimbo": dispatcher}, options=settings, fleets=fleets)
        servers.append(server)
        server.start()
        return server, Client(server.port)

    yield make
    for server in servers:
        server.stop(grace_s=0)


@pytest.fixture(scope="session")
def shared_server(dispatcher: Dispatcher) -> Iterator[Server]:
    """One server for all tests that do not change its fleet."""
    server = Server({"coquimbo": dispatcher}, options=ServerOptions(clock=lambda: NOW)).start()
    yield server
    server.stop(grace_s=0)


@pytest.fixture(scope="session")
def client(shared_server: Server) -> Client:
    return Client(shared_server.port)


@pytest.fixture
def begin() -> Iterator[Callable[..., tuple[Server, Client, MetricStore]]]:
    """Starts a server with traffic; stopped after the test."""
    started: list[Server] = []

    def make(profile: Any = None, clock: Any = lambda: NOW, **options: Any) -> tuple[Server, Client, MetricStore]:
        units = tuple(Unit(f"u{k}", "p", Location(LON + 0.002 * k, LAT), frozenset(Service)) for k in range(5))
        dispatcher = dispatcher_with_traffic(load_coquimbo(), profile)
        settings = ServerOptions(clock=clock, **options)
        fleets = {"coquimbo": Fleet((Provider("p"),), units)}
        server = Server({"coquimbo": dispatcher}, options=settings, fleets=fleets)
        started.append(server)
        assert dispatcher.metrics is not None
        return server.start(), Client(server.port), dispatcher.metrics

    yield make
    for server in started:
        server.stop(grace_s=0)
