"""Where a server may listen."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from engine.errors import InsecureAddressError, ListenError, OptionError
from engine.server import Server
from engine.server.address import check_address, check_free, check_plain_address
from tests.engine.live.world import dispatcher


@pytest.mark.parametrize(
    "address", ["127.0.0.1:50051", "127.1.2.3:1", "[::1]:50051", "localhost:0", "unix:/run/t.sock"]
)
def test_loopback_is_fine(address: str):
    """Only this machine can reach these."""
    assert check_address(address, insecure=False) == address


@pytest.mark.parametrize("address", ["0.0.0.0:50051", "[::]:50051", "192.168.1.5:50051", "dispatch.example:443"])
def test_beyond_loopback_only_when_told(address: str):
    """Without encryption an open port must be asked for."""
    with pytest.raises(InsecureAddressError):
        check_address(address, insecure=False)
    assert check_address(address, insecure=True) == address


@pytest.mark.parametrize(
    "address", ["", "50051", "127.0.0.1", "127.0.0.1:", ":50051", "127.0.0.1:x", "127.0.0.1:70000"]
)
def test_nonsense_is_refused(address: str):
    """An address has a host and a port."""
    with pytest.raises(OptionError):
        check_address(address, insecure=False)


def test_ports_without_tls_get_no_advice_on_certificates():
    """What is said of them can be done."""
    assert check_plain_address("127.0.0.1:9464", insecure=False, option="--metrics") == "127.0.0.1:9464"
    assert check_plain_address("0.0.0.0:9464", insecure=True, option="--metrics") == "0.0.0.0:9464"
    with pytest.raises(InsecureAddressError, match=r"--metrics: .*proxy") as refused:
        check_plain_address("0.0.0.0:9464", insecure=False, option="--metrics")
    assert "--tls-cert" not in refused.value.message
    with pytest.raises(OptionError):
        check_plain_address("9464", insecure=False, option="--metrics")


def test_a_name_whose_one_half_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody starts on localhost while another server has its IPv4 address, though the IPv6 one is free."""
    real = socket.getaddrinfo

    def both(host: str, *given: Any, **more: Any) -> list[Any]:
        hosts = ("::1", "127.0.0.1") if host == "localhost" else (host,)
        return [found for each in hosts for found in real(each, *given, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        server = Server({"coquimbo": dispatcher()}, f"localhost:{port}")
        try:
            with pytest.raises(ListenError, match=r"127\.0\.0\.1 is taken"):
                server.start()
        finally:
            server.stop(grace_s=0)
        with pytest.raises(ListenError):
            check_free(f"127.0.0.1:{port}")
    check_free(f"localhost:{port}")
    check_free("localhost:0")
    check_free("unix:/run/t.sock")
    check_free("192.0.2.1:50051")  # not of this machine: gRPC says so
