"""Where a server may listen."""

from __future__ import annotations

import pytest

from engine.errors import InsecureAddressError, OptionError
from engine.server.address import check_address


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
