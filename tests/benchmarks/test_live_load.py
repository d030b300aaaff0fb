"""The load benchmark itself, a second of it: what it says was acknowledged is in the ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.live_client import Plan
from benchmarks.live_load import load, share_of_ours, table, verdicts
from engine.ledger import Ledger

SECONDS = 1.0


def closed(path: Path) -> Plan:
    return Plan("", "closed", SECONDS, 0.5, callers=8, channels=2, open_each=2, seed=len(path.name))


def test_all_that_was_acknowledged_is_in_the_ledger(tmp_path: Path) -> None:
    """Callers in a closed loop see no error; every incident they were told of is there, and closed where they were."""
    ledger = f"sqlite:///{tmp_path}/ledger.db"
    found = load("closed", closed(tmp_path), ledger=ledger, units=400, slower_s=0.001)
    seen = found.seen
    assert not seen.errors, seen.errors[:3]
    assert seen.acknowledged
    assert seen.closed
    assert not seen.unassigned
    assert len(set(seen.acknowledged)) == len(seen.acknowledged)
    with Ledger.open(ledger, read_only=True) as kept:
        region = kept.region("coquimbo")
        for name in seen.acknowledged:
            row = region.incident(name.rpartition("/")[2])
            assert row is not None, name
            assert row.open is (name not in seen.closed), name
    assert found.open == len(seen.acknowledged) - len(seen.closed) <= 8 * 3
    assert verdicts(found, found, None)
    assert table([found]).rows


@pytest.mark.nightly
def test_an_open_loop_with_positions(tmp_path: Path) -> None:
    """Rounds at fixed times are all answered, and positions are taken meanwhile."""
    plan = Plan("", "open", SECONDS, 0.5, per_s=10, units=400, every_s=1.0, batch=50, open_each=0)
    found = load("open", plan, ledger=f"sqlite:///{tmp_path}/ledger.db", units=400)
    assert not found.seen.errors, found.seen.errors[:3]
    assert len(found.seen.acknowledged) >= 10 * SECONDS
    assert found.seen.times["create"]
    assert found.seen.closed
    assert found.seen.positions >= 400


@pytest.mark.nightly
def test_an_echo_is_compared(tmp_path: Path) -> None:
    """The bare server is loaded the same way, and the share of the cost that is not its own can be told."""
    echo = load("echo", Plan("", "echo", SECONDS / 2, 0.1, callers=4, channels=1))
    assert not echo.seen.errors, echo.seen.errors[:3]
    assert echo.rounds_per_s > 0
    assert share_of_ours(echo, echo) == 0
    assert not list(tmp_path.iterdir())
