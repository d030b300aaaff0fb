"""What an incident cannot be, by typed errors that name it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine.errors import TimeError, ValueRangeError
from engine.jobs.check import check_incident
from engine.jobs.errors import WindowError
from engine.model import Capability, Garage, Incident, Location, Service
from graphs.errors import InputError, TowlineError
from tests.engine.fleets import NOW

HERE, HOUR = Location(117.0, 36.6), timedelta(hours=1)


@pytest.mark.parametrize(
    ("wrong", "kind", "words"),
    [
        ({"earliest": NOW + 2 * HOUR, "latest": NOW + HOUR}, WindowError, "latest .* is before earliest"),
        ({"latest": NOW - HOUR}, WindowError, "latest .* is before received_at"),
        ({"earliest": NOW + 2 * HOUR, "due_at": NOW + HOUR}, WindowError, "due_at .* is before earliest"),
        ({"earliest": NOW.replace(tzinfo=None)}, TimeError, "earliest .* has no time zone"),
        ({"latest": NOW + timedelta(days=500)}, TimeError, "more than a year"),
        ({"service_time": timedelta(0)}, TimeError, "service_time"),
        ({"service_time": timedelta(days=8)}, TimeError, "service_time"),
        ({"revenue": -1.0}, ValueRangeError, "revenue of -1"),
        ({"revenue": float("nan")}, ValueRangeError, "revenue of nan"),
        ({"garages": (Garage(HERE, "a", float("inf")),)}, ValueRangeError, "garages of inf"),
        ({"units_needed": 0}, ValueRangeError, "units_needed 0"),
        ({"units_needed": 21}, ValueRangeError, "units_needed 21"),
        ({"units_needed": 2, "unit_requires": (frozenset({Capability.WINCH}),)}, InputError, "needs 2 units"),
        ({"drop_off": HERE, "garages": (Garage(HERE),)}, InputError, "drop_off and garages"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any], kind: type[TowlineError], words: str) -> None:
    """Each mistake has its error, whose message begins with the incident."""
    with pytest.raises(kind, match=f"incident i.*{words}"):
        check_incident(Incident("i", HERE, Service.TOWING, received_at=NOW, **wrong), NOW)


def test_a_window_that_has_passed_is_no_mistake() -> None:
    """An incident whose latest time is over is taken in, to be left over with its reason."""
    incident = Incident("i", HERE, Service.TOWING, received_at=NOW - 2 * HOUR, latest=NOW - HOUR)
    check_incident(incident, NOW)
