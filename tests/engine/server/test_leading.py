"""What is set about servers that share a ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import OptionError
from engine.server.config_file import load_config
from engine.server.leading import advertised
from engine.server.leading_options import LeadingOptions


@pytest.mark.parametrize(
    "options",
    [
        LeadingOptions(lease_s=0.5),
        LeadingOptions(lease_s=61.0),
        LeadingOptions(lead=("nowhere",)),
        LeadingOptions(advertise="towline"),
        LeadingOptions(advertise="https://towline:1"),
        LeadingOptions(advertise="towline:70000"),
    ],
)
def test_what_cannot_be(options: LeadingOptions):
    """Lives that do not work, regions that are not served, addresses that are none."""
    with pytest.raises(OptionError):
        options.check({"jinan": None})


def test_what_can():
    """The defaults, and a region that is served."""
    LeadingOptions().check({"jinan": None})
    LeadingOptions(60.0, "[2001:db8::1]:50051", ("jinan",)).check({"jinan": None})


@pytest.mark.parametrize("address", ["10.0.0.1:50051", "unix:/run/towline", "[::1]:4"])
def test_told_as_it_listens(address: str):
    """What names the machine, or a file, is told as it is."""
    assert advertised(LeadingOptions(), address) == address


@pytest.mark.parametrize("address", ["0.0.0.0:50051", "[::]:50051"])
def test_every_interface_is_told_by_name(address: str, monkeypatch: pytest.MonkeyPatch):
    """Nobody can call an address of every interface; the machine's name, or what was set, is told instead."""
    monkeypatch.setattr("socket.gethostname", lambda: "tow1")
    assert advertised(LeadingOptions(), address) == "tow1:50051"
    assert advertised(LeadingOptions(advertise="tow.example:443"), address) == "tow.example:443"


def test_the_configuration_says_it(tmp_path: Path):
    """Of a file, over it the environment."""
    path = tmp_path / "towline.toml"
    path.write_text('[server]\nadvertise = "a:1"\nlead = ["jinan"]\n[ledger]\nlease_s = 8\n')
    assert load_config(path).options().leading == LeadingOptions(8.0, "a:1", ("jinan",))
    assert load_config(path, {"TOWLINE_LEDGER_LEASE_S": "2"}).options().leading.lease_s == 2.0
