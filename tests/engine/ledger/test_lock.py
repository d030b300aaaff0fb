"""One server at a time has an SQLite file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import LedgerInUseError, LedgerUnavailableError
from engine.ledger import Ledger

HOLDER = """
import sys
from engine.ledger import Ledger
ledger = Ledger.open(sys.argv[1], exclusive=True)
print("held", flush=True)
sys.stdin.read()
"""


def test_two_servers(tmp_path: Path):
    """A second server is told the process that has the file; a killed one lets go; tools may read all the time."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LedgerInUseError) as caught:
            Ledger.open(url, exclusive=True)
        assert caught.value.metadata["pid"] == str(holder.pid)
        with Ledger.open(url, read_only=True) as reader:
            assert reader.regions() == []
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with Ledger.open(url, exclusive=True), pytest.raises(LedgerInUseError) as caught:
            Ledger.open(url, exclusive=True)
        assert caught.value.metadata["pid"] == str(os.getpid())
        Ledger.open(url, exclusive=True).close()
    finally:
        holder.kill()
        holder.communicate()


def test_a_name_for_the_same_file(tmp_path: Path):
    """A symbolic link to a ledger is the same ledger."""
    (tmp_path / "link.db").symlink_to(tmp_path / "ledger.db")
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", exclusive=True), pytest.raises(LedgerInUseError):
        Ledger.open(f"sqlite:///{tmp_path / 'link.db'}", exclusive=True)


def test_two_names_of_one_file(tmp_path: Path):
    """A hard link to a ledger, in use or not, is refused to servers under both names; tools may read."""
    one, two = tmp_path / "ledger.db", tmp_path / "elsewhere.db"
    with Ledger.open(f"sqlite:///{one}", exclusive=True):
        two.hardlink_to(one)
        with pytest.raises(LedgerUnavailableError) as caught:
            Ledger.open(f"sqlite:///{two}", exclusive=True)
        assert caught.value.metadata["cause"] == "linked"
    with pytest.raises(LedgerUnavailableError, match="2 names"):
        Ledger.open(f"sqlite:///{one}", exclusive=True)
    Ledger.open(f"sqlite:///{two}", read_only=True).close()
    two.unlink()
    Ledger.open(f"sqlite:///{one}", exclusive=True).close()
