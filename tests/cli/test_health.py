"""`towline health`, and how commands reach a server that is secured."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import pytest
from typer.testing import Result

from cli.connecting import open_channel
from engine.dispatch import Dispatcher
from engine.errors import OptionError
from engine.server import Server, ServerOptions
from engine.server.call_log import Telemetry
from engine.server.metrics import Metrics
from engine.server.metrics_port import MetricsPort
from engine.server.security import SecuritySettings
from graphs.bundled import load_coquimbo
from graphs.errors import FileMissingError
from tests.engine.server.security.makes import Authority, settings, tls, token


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[tuple[Server, MetricsPort]]:
    """A server that needs a client certificate and a token."""
    folder = tmp_path_factory.mktemp("secured")
    wanted = SecuritySettings(tls(folder, authority.issue("server"), authority.cert), settings(folder))
    metrics = Metrics()
    options = ServerOptions(security=wanted)
    server = Server({"coquimbo": Dispatcher(load_coquimbo())}, options=options, telemetry=Telemetry(metrics)).start()
    port = MetricsPort(metrics, "127.0.0.1:0")
    yield server, port
    port.stop()
    server.stop(grace_s=0)


def environment(folder: Path, authority: Authority) -> dict[str, str]:
    """What a client of it has."""
    own = authority.issue("desk")
    for name, content in (("ca", authority.cert), ("cert", own.cert), ("key", own.key), ("token", token().encode())):
        (folder / name).write_bytes(content + b"\n")
    names = ("TLS_CA", "ca"), ("TLS_CERT", "cert"), ("TLS_KEY", "key"), ("TOKEN_FILE", "token")
    return {f"TOWLINE_{name}": str(folder / file) for name, file in names}


def test_a_secured_server_is_reached(
    towline: Callable[..., Result],
    secured: tuple[Server, MetricsPort],
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With certificates and a token from the environment; without, it says what is missing."""
    server = secured[0]
    own = environment(tmp_path, authority)
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    result = towline("health", "--server", server.address, "--json")
    assert (result.exit_code, json.loads(result.stdout)["serving"]) == (0, True), result.output
    refused = towline("traffic", "get", "--server", server.address)
    assert "without live traffic" in refused.stderr  # by a caller that was let in
    monkeypatch.delenv("TOWLINE_TOKEN_FILE")
    assert "TOWLINE_TOKEN" in towline("traffic", "get", "--server", server.address).stderr
    monkeypatch.setenv("TOWLINE_TOKEN", "x.y.z")
    assert "not a JWT" in towline("traffic", "get", "--server", server.address).stderr
    assert "x.y.z" not in towline("traffic", "get", "--server", server.address).output


def test_health_over_http(towline: Callable[..., Result], secured: tuple[Server, MetricsPort]) -> None:
    """The port of metrics tells without certificate or token; nobody there is not serving."""
    address = secured[1].address
    assert towline("health", "--http", address).exit_code == 0
    assert towline("health", "--http", "127.0.0.1:1").exit_code == 3
    assert towline("health", "--http", "nonsense:x").exit_code == 2
    assert towline("health", "--server", "127.0.0.1:1").exit_code == 3


def test_in_the_clear_at_a_port_with_tls(towline: Callable[..., Result], secured: tuple[Server, MetricsPort]) -> None:
    """Somebody is there: that is said, and how to speak to him; the other way round too."""
    found = towline("health", "--server", secured[0].address)
    assert (found.exit_code, "somebody answers" in found.stderr, "https://" in found.stderr) == (3, True, True)
    found = towline("health", "--server", f"https://{secured[1].address}")
    assert (found.exit_code, "somebody answers" in found.stderr, "TLS" in found.stderr) == (3, True, True)
    assert "nobody answers" in towline("health", "--server", "127.0.0.1:1").stderr


def test_a_token_does_not_travel_in_the_clear(tmp_path: Path) -> None:
    """To another machine only encrypted; files that are not there are named."""
    with pytest.raises(OptionError, match="in the clear"):
        open_channel("desk.example:50051", {"TOWLINE_TOKEN": "t"})
    for server, more in (
        ("127.0.0.1:50051", {"TOWLINE_TOKEN": "t"}),
        ("unix:/run/towline", {"TOWLINE_TOKEN": "t"}),
        ("https://desk.example:50051", {"TOWLINE_TOKEN": "t"}),
        ("desk.example:50051", {}),
    ):
        channel = open_channel(server, more)
        assert isinstance(channel, grpc.Channel)
        channel.close()
    with pytest.raises(FileMissingError, match="nowhere"):
        open_channel("x:1", {"TOWLINE_TLS_CA": str(tmp_path / "nowhere")})
