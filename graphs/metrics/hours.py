"""Hours of the week on a region's own clock.

A slot is a wall-clock hour, Monday 00:00 is slot 0, Sunday 23:00 slot 167. Traffic follows the wall clock, so an hour
that comes twice (clocks go back) is one slot twice as long, and an hour that never comes (clocks go forward) is a slot
that is skipped that week.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

SLOTS = 168
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUR_MS = 3_600_000
#: Every zone's offset has been a multiple of this since 1972, so slots change at multiples of it (ms since 1970).
QUARTER_MS = HOUR_MS // 4
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_ms(when: datetime) -> int:
    """Milliseconds since 1970-01-01T00:00Z of a time with a zone."""
    return (when - _EPOCH) // timedelta(milliseconds=1)


def slot_at(ms: int, zone: tzinfo) -> int:
    """The hour-of-week slot of a time, in ms since 1970."""
    local = (_EPOCH + timedelta(milliseconds=int(ms))).astimezone(zone)
    return 24 * local.weekday() + local.hour


def next_slot_ms(ms: int, zone: tzinfo) -> int:
    """When the slot after the one at `ms` begins; both are ms since 1970."""
    slot = slot_at(ms, zone)
    at = (int(ms) // QUARTER_MS + 1) * QUARTER_MS
    while slot_at(at, zone) == slot:
        at += QUARTER_MS
    return at


def slot_name(slot: int) -> str:
    """A slot in words, e.g. ``tue-08``."""
    return f"{DAYS[slot // 24]}-{slot % 24:02d}"
