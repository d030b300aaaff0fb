"""How much one caller may do."""

from __future__ import annotations

import pytest

from engine.errors import CallerLimitError, RateLimitedError
from engine.server.security import callers as module
from engine.server.security.callers import Callers
from engine.server.security.settings import CallerLimits


def test_a_caller_may_send_so_many_a_second() -> None:
    """A burst of two seconds, then the rate; the refusal says how long to wait, and others are not held up."""
    now = [100.0]
    callers = Callers(CallerLimits(calls_per_s=10), lambda: now[0])
    for _ in range(20):
        callers.enter("a", stream=False)
        callers.leave("a", stream=False)
    with pytest.raises(RateLimitedError) as failure:
        callers.enter("a", stream=False)
    callers.enter("b", stream=False)
    now[0] += float(failure.value.metadata["retry_after_s"])
    callers.enter("a", stream=False)
    with pytest.raises(RateLimitedError):
        callers.enter("a", stream=False)


def test_a_caller_may_have_so_many_open() -> None:
    """Calls and streams are counted apart and given back."""
    callers = Callers(CallerLimits(calls_per_s=0, calls=3, streams=1))
    callers.enter("a", stream=True)
    with pytest.raises(CallerLimitError) as failure:
        callers.enter("a", stream=True)
    assert (failure.value.metadata["kind"], failure.value.metadata["retry_after_s"]) == ("streams", "0.2")
    callers.enter("a", stream=False)
    callers.enter("a", stream=False)
    with pytest.raises(CallerLimitError):
        callers.enter("a", stream=False)
    callers.leave("a", stream=True)
    callers.enter("a", stream=True)


def test_zero_means_no_limit() -> None:
    """Each of the three can be off."""
    callers = Callers(CallerLimits(0, 0, 0))
    for _ in range(5000):
        callers.enter("a", stream=True)


def test_memory_is_bounded_and_keeps_who_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Callers with nothing open are forgotten first."""
    monkeypatch.setattr(module, "REMEMBERED", 2)
    callers = Callers(CallerLimits())
    for name in ("a", "b", "c", "d"):
        callers.enter(name, stream=False)
        if name != "a":
            callers.leave(name, stream=False)
    assert "a" in callers._callers
    assert len(callers._callers) == 2
