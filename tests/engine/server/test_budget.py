"""The time of a call."""

from __future__ import annotations

import pytest

from engine.errors import CancelledError, DeadlineError
from engine.server.budget import Budget
from engine.server.options import ServerOptions

OPTIONS = ServerOptions(solve_s=30, margin_s=0.1, margin_per_incident_s=0.001)


class Context:
    def __init__(self, remaining: float | None, active: bool = True) -> None:
        self.remaining, self.active = remaining, active

    def time_remaining(self) -> float | None:
        return self.remaining

    def is_active(self) -> bool:
        return self.active


def test_the_solver_gets_what_remains_less_a_margin():
    """The margin grows with the answer."""
    assert Budget(Context(2.0), OPTIONS).solver_s() == pytest.approx(1.9)
    assert Budget(Context(2.0), OPTIONS, incidents=1000).solver_s() == pytest.approx(0.9)


def test_without_deadline_the_server_sets_one():
    """And a caller's longer one is cut to it."""
    assert Budget(Context(None), OPTIONS).solver_s() == 30
    assert Budget(Context(1e9), OPTIONS).solver_s() == 30


def test_too_short_a_deadline_is_said():
    """With what remains and what is needed."""
    with pytest.raises(DeadlineError) as caught:
        Budget(Context(0.05), OPTIONS).solver_s()
    assert caught.value.metadata == {"remaining_ms": "50", "needed_ms": "100"}


def test_a_caller_that_left_is_noticed():
    """At the next stage boundary."""
    Budget(Context(None), OPTIONS).check()
    with pytest.raises(CancelledError):
        Budget(Context(None, active=False), OPTIONS).check()
