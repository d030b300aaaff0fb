"""Some hours of a simulated day through the API of a running server."""

from __future__ import annotations

from pathlib import Path

from benchmarks.served_day import run_day


def test_driver_watchers_and_ledger_tell_one_story(tmp_path: Path):
    """Whatever callers and crews did is in the ledger once, in order, and was told to those who watch."""
    outcome, wrong, day = run_day(300, 40, 900.0, 7, f"sqlite:///{tmp_path / 'ledger.db'}", (6.0, 7.0))
    assert not wrong, wrong
    created = sum(told.what == "create" for told in outcome.told)
    assert created == len(day.calls) > 10
    assert sum(told.what == "done" for told in outcome.told) > 0.6 * created
    assert not outcome.open
