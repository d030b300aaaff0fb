"""Real servers on loopback, over La Serena-Coquimbo."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from engine.dispatch import Dispatcher
from engine.model import Fleet
from engine.server import Server, ServerOptions
from graphs.bundled import load_coquimbo
from tests.engine.server.wire import NOW, Client


@pytest.fixture(scope="session")
def dispatcher() -> Dispatcher:
    return Dispatcher(load_coquimbo())


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
