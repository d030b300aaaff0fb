"""Hours of the week on a clock that is put forward and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from graphs.metrics.hours import next_slot_ms, slot_at, slot_name, to_ms


def local(zone: str, *parts: int, fold: int = 0) -> int:
    return to_ms(datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold))


def names(zone: str, ms: int, count: int) -> list[tuple[str, float]]:
    """Slots that follow each other from `ms` on, with their lengths in hours."""
    found = []
    for _ in range(count):
        end = next_slot_ms(ms, ZoneInfo(zone))
        found.append((slot_name(slot_at(ms, ZoneInfo(zone))), (end - ms) / 3_600_000))
        ms = end
    return found


def test_the_hour_put_forward_is_skipped() -> None:
    """In Berlin on 29 March 2026 hour 1 is followed by hour 3."""
    start = local("Europe/Berlin", 2026, 3, 29, 1)
    assert names("Europe/Berlin", start, 3) == [("sun-01", 1), ("sun-03", 1), ("sun-04", 1)]


def test_the_hour_put_back_lasts_twice_as_long() -> None:
    """In Berlin on 25 October 2026 hour 2 comes twice, and is one slot of two hours."""
    start = local("Europe/Berlin", 2026, 10, 25, 1)
    assert names("Europe/Berlin", start, 3) == [("sun-01", 1), ("sun-02", 2), ("sun-03", 1)]
    twice = [local("Europe/Berlin", 2026, 10, 25, 2, 30, fold=fold) for fold in (0, 1)]
    assert twice[1] - twice[0] == 3_600_000
    assert len({slot_at(ms, ZoneInfo("Europe/Berlin")) for ms in twice}) == 1


def test_half_hour_zones_and_half_hour_changes() -> None:
    """India is 5:30 ahead; Lord Howe puts its clock back by half an hour."""
    assert names("Asia/Kolkata", local("Asia/Kolkata", 2026, 3, 2, 23, 59), 2)[1] == ("tue-00", 1)
    start = local("Australia/Lord_Howe", 2026, 4, 5, 0)
    assert [length for _, length in names("Australia/Lord_Howe", start, 3)] == [1, 1.5, 1]


@pytest.mark.parametrize("zone", ["Etc/UTC", "Asia/Shanghai", "America/Santiago", "Pacific/Chatham"])
def test_every_slot_of_a_week_is_met(zone: str) -> None:
    """A week without a change of clocks has 168 slots of one hour, Monday midnight first."""
    start = local(zone, 2026, 6, 1)
    week = names(zone, start, 168)
    assert [name for name, _ in week[:2]] == ["mon-00", "mon-01"]
    assert len({name for name, _ in week}) == 168
    assert {length for _, length in week} == {1}
    assert next_slot_ms(start + 1, ZoneInfo(zone)) == next_slot_ms(start, ZoneInfo(zone))


def test_milliseconds_are_exact() -> None:
    """A time in ms since 1970 is exact where floating point would not be."""
    when = datetime(2026, 3, 3, 9, 59, 59, 999_000, tzinfo=UTC)
    assert to_ms(when) == 1_772_531_999_999
    assert to_ms(when + timedelta(milliseconds=1)) % 3_600_000 == 0
