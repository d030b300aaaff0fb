"""Who is on duty at an hour."""

from __future__ import annotations

from collections.abc import Iterable

from engine.scenario.model import Shift


def crews_on_duty(shifts: Iterable[Shift], slot: int) -> dict[str, int]:
    """For each provider that has shifts, the crews on duty in an hour of the week: the sum of those that hold."""
    found: dict[str, int] = {}
    for shift in shifts:
        found[shift.provider] = found.get(shift.provider, 0) + (shift.crews if shift.slots()[slot] else 0)
    return found
