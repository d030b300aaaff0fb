"""Real servers with security."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest

from engine.dispatch import Dispatcher
from engine.model import Fleet, Location, Provider, Service, Unit
from engine.server import Server, ServerOptions
from engine.server.logs import JsonFormatter, logger
from engine.server.security import SecuritySettings
from tests.engine.server.wire import LAT, LON, NOW, Client


def fleet() -> Fleet:
    """Two units of each of two providers."""
    units = [Unit(f"u{k}", f"p{1 + k % 2}", Location(LON + 0.002 * k, LAT), frozenset(Service)) for k in range(4)]
    return Fleet((Provider("p1"), Provider("p2")), tuple(units))


@pytest.fixture
def secured(dispatcher: Dispatcher) -> Iterator[Callable[..., Server]]:
    """Starts a server with these security settings; stopped after the test."""
    servers: list[Server] = []

    def make(settings: SecuritySettings | None = None, **options: Any) -> Server:
        chosen = ServerOptions(clock=lambda: NOW, security=settings or SecuritySettings(), **options)
        server = Server({"coquimbo": dispatcher}, options=chosen, fleets={"coquimbo": fleet()})
        servers.append(server)
        return server.start()

    yield make
    for server in servers:
        server.stop(grace_s=0)


@pytest.fixture
def over_tls() -> Iterator[Callable[..., Client]]:
    """A client that trusts an authority, with a certificate of its own or without; closed after the test."""
    channels: list[grpc.Channel] = []

    def make(server: Server, ca: bytes, key: bytes | None = None, cert: bytes | None = None) -> Client:
        credentials = grpc.ssl_channel_credentials(ca, key, cert)
        channel = grpc.secure_channel(f"127.0.0.1:{server.port}", credentials)
        channels.append(channel)
        return Client(server.port, channel)

    yield make
    for channel in channels:
        channel.close()


class Lines(logging.Handler):
    """What the log says."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(JsonFormatter().format(record))


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What the server logs meanwhile."""
    handler = Lines()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler.lines
    logger.setLevel(level)
    logger.removeHandler(handler)
