"""Times of day as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.tables.clock import Clock, late_minutes, spare_minutes

SANTIAGO = ZoneInfo("America/Santiago")
NOW = datetime(2026, 3, 3, 18, 30, tzinfo=SANTIAGO)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (NOW, "18:30"),
        (NOW - timedelta(days=3), "Sat 18:30"),
        (NOW + timedelta(hours=8), "Wed 02:30"),
        (NOW - timedelta(days=20), "11 Feb 18:30"),
    ],
)
def test_another_day_is_named(value: datetime, text: str) -> None:
    """Today needs no name, this week a weekday, the rest a date."""
    assert Clock(SANTIAGO, NOW).at(value) == text


def test_the_night_the_clocks_change_is_told_apart() -> None:
    """23:30 comes twice on 4 April 2026 in Chile; the second time carries its offset."""
    first = datetime(2026, 4, 5, 2, 30, tzinfo=UTC)
    clock = Clock(SANTIAGO, first)
    assert clock.at(first) == "23:30"
    assert clock.at(first + timedelta(hours=1)) == "23:30-04"


@pytest.mark.parametrize("late_ms", [1, 300, 12_000, 59_999, 61_000])
def test_late_never_looks_like_in_time(late_ms: int) -> None:
    """However little: another time of day, less than nothing to spare, more than no minute late."""
    due = NOW.replace(minute=55)
    arrives = due + timedelta(milliseconds=late_ms)
    shown = Clock(SANTIAGO, NOW).due_and_arrival(due, arrives)
    assert shown[0] != shown[1]
    assert spare_minutes(due - arrives) < 0
    assert late_minutes(late_ms / 1000) > 0


def test_in_time_needs_no_seconds() -> None:
    """A kept promise shows minutes, and never more of them than there are."""
    assert Clock(SANTIAGO, NOW).due_and_arrival(NOW, NOW - timedelta(seconds=1)) == ("18:30", "18:29")
    assert Clock(SANTIAGO, NOW).due_and_arrival(NOW, NOW) == ("18:30", "18:30")
    assert spare_minutes(timedelta(seconds=11.9)) == 0.1
    assert late_minutes(0.0) == 0.0
