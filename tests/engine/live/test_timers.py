"""Timers: the next time of each incident, against a plain dictionary."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.live.timers import Timers
from tests.engine.live.world import NOW

STEPS = st.lists(st.tuples(st.sampled_from("abcde"), st.none() | st.integers(0, 20), st.integers(0, 2)), max_size=300)


@given(STEPS)
def test_each_comes_once_at_its_last_time(steps: list[tuple[str, int | None, int]]) -> None:
    """Whatever is set, replaced and taken back while time goes by."""
    timers, plain, now = Timers(), {}, NOW
    for incident, minutes, passes in steps:
        when = None if minutes is None else now + timedelta(minutes=minutes)
        timers.set(incident, when)
        plain.pop(incident, None)
        if when is not None:
            plain[incident] = when
        assert timers.first() == min(plain.values(), default=None)
        assert len(timers) == len(plain)
        now += timedelta(minutes=passes)
        due = timers.due(now)
        assert sorted(due) == sorted(key for key, at in plain.items() if at <= now)
        plain = {key: at for key, at in plain.items() if at > now}


def test_what_is_replaced_over_and_over_does_not_pile_up() -> None:
    """Memory follows the number of incidents."""
    timers = Timers()
    for k in range(10_000):
        timers.set("a", NOW + timedelta(seconds=k))
    assert len(timers._heap) < 200
    assert timers.due(NOW + timedelta(days=1)) == ["a"]
