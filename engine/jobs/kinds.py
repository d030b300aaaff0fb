"""What kind of work a job is; the words of docs/jobs.md."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from engine.model import Capability, Incident, Service


class JobKind(StrEnum):
    """What is done, for people and statistics; what is needed and how long it takes follows from the incident."""

    BREAKDOWN_REPAIR = "breakdown_repair"
    TOWING = "towing"
    FUEL = "fuel"
    BATTERY = "battery"
    TYRE = "tyre"
    LOCKOUT = "lockout"
    WINCHING = "winching"
    ACCIDENT = "accident"
    AIRPORT_TRANSFER = "airport_transfer"
    DESIGNATED_DRIVER = "designated_driver"
    VEHICLE_BOOKING = "vehicle_booking"


#: Capabilities that are work at the place, and not merely equipment: each has its service time.
WORKS = (Capability.WINCH, Capability.TYRE, Capability.BATTERY, Capability.FUEL, Capability.LOCKOUT)
_KIND_OF_WORK = {
    Capability.WINCH: JobKind.WINCHING,
    Capability.TYRE: JobKind.TYRE,
    Capability.BATTERY: JobKind.BATTERY,
    Capability.FUEL: JobKind.FUEL,
    Capability.LOCKOUT: JobKind.LOCKOUT,
}
#: Services for people who wait beside their vehicle.
STRANDED = frozenset({Service.BREAKDOWN_REPAIR, Service.TOWING})


def kind_of(incident: Incident) -> JobKind:
    """An accident is what needs several units; a repair goes by its first work in the order of `WORKS`."""
    if incident.units_needed > 1:
        return JobKind.ACCIDENT
    if incident.service is not Service.BREAKDOWN_REPAIR:
        return JobKind(incident.service.value)
    named = works_of(incident.requires)
    return _KIND_OF_WORK[named[0]] if named else JobKind.BREAKDOWN_REPAIR


def works_of(capabilities: Collection[Capability]) -> list[Capability]:
    """The works among capabilities."""
    return [work for work in WORKS if work in capabilities]
