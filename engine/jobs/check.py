"""What of an incident cannot be: contradictory windows, impossible numbers. One typed error, naming the incident."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from engine.errors import TimeError, ValueRangeError
from engine.jobs.errors import WindowError
from engine.model import Incident
from engine.times import require_near, require_zone
from graphs.errors import InputError

#: More units than this for one incident are a mistake, as is work at one place for longer.
MOST_UNITS, MOST_SERVICE = 20, timedelta(days=7)
#: No revenue and no price of a garage is higher.
MOST_MONEY = 1_000_000.0


def check_incident(incident: Incident, now: datetime) -> None:
    """Raises WindowError, TimeError, ValueRangeError or InputError about the optional parts of an incident.

    A `latest` that has passed is no mistake: the incident then is left over because it is too late.
    """
    received = require_zone(incident.received_at, field="received_at")
    times = {name: _time(incident, name, now) for name in ("earliest", "latest", "due_at")}
    earliest, latest, due = times["earliest"], times["latest"], times["due_at"]
    for before, after, first, then in (
        ("earliest", "latest", earliest, latest),
        ("received_at", "latest", received, latest),
        ("earliest", "due_at", earliest, due),
    ):
        if first is not None and then is not None and then < first:
            raise WindowError(
                f"incident {incident.id}: {after} {then.isoformat()} is before {before} {first.isoformat()}; correct "
                "one of them",
                incident=incident.id,
                field=after,
                **{before: first.isoformat(), after: then.isoformat()},
            )
    if incident.service_time is not None and not timedelta(0) < incident.service_time <= MOST_SERVICE:
        seconds = incident.service_time.total_seconds()
        raise TimeError(
            f"incident {incident.id}: service_time of {seconds:g} s must be above 0 and at most 7 days",
            incident=incident.id,
            field="service_time",
            seconds=seconds,
        )
    _check_money(incident, "revenue", incident.revenue)
    for garage in incident.garages:
        _check_money(incident, "garages", garage.price)
    if incident.drop_off is not None and incident.garages:
        raise InputError(
            f"incident {incident.id} has a drop_off and garages to choose from; give one of them", incident=incident.id
        )
    _check_units(incident)


def _time(incident: Incident, name: str, now: datetime) -> datetime | None:
    value: datetime | None = getattr(incident, name)
    if value is None:
        return None
    field = f"incident {incident.id}: {name}"
    return require_near(require_zone(value, field=field), now, field=field)


def _check_money(incident: Incident, field: str, value: float) -> None:
    if not (math.isfinite(value) and 0 <= value <= MOST_MONEY):
        raise ValueRangeError(
            f"incident {incident.id}: {field} of {value} must be 0 to {MOST_MONEY:,.0f}",
            **_about(incident, field, value),
        )


def _check_units(incident: Incident) -> None:
    count = incident.units_needed
    if not 1 <= count <= MOST_UNITS:
        raise ValueRangeError(
            f"incident {incident.id}: units_needed {count} must be 1 to {MOST_UNITS}",
            **_about(incident, "units_needed", count),
        )
    if incident.unit_requires and len(incident.unit_requires) != count:
        raise InputError(
            f"incident {incident.id} needs {count} units, but unit_requires is about {len(incident.unit_requires)}; "
            "give one set of capabilities for each unit",
            **_about(incident, "unit_requires", len(incident.unit_requires)),
        )


def _about(incident: Incident, field: str, value: Any) -> dict[str, Any]:
    return {"incident": incident.id, "field": field, "value": value}
