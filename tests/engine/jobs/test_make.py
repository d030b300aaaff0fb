"""Every kind of incident as jobs, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.decision import Promise, PromiseClass
from engine.jobs import JobKind, jobs_of
from engine.jobs.expand import one_unit_each
from engine.model import Capability, Garage, Incident, Location, Priority, Service, bits
from engine.policy import Policy
from tests.engine.fleets import NOW

HERE, THERE = Location(117.0, 36.6), Location(117.2, 36.7)
PROMISE = Promise(NOW + timedelta(minutes=30), PromiseClass.URBAN, "30 minutes: on a test")
POLICY = Policy()


def incident(service: Service = Service.BREAKDOWN_REPAIR, *requires: Capability, **more: object) -> Incident:
    known = Incident("i", HERE, service, received_at=NOW, requires=frozenset(requires))
    return replace(known, **more)


@pytest.mark.parametrize(
    ("asked", "kind", "mean", "spread"),
    [
        (incident(), JobKind.BREAKDOWN_REPAIR, 30, 15),
        (incident(Service.BREAKDOWN_REPAIR, Capability.FUEL), JobKind.FUEL, 15, 5),
        (incident(Service.BREAKDOWN_REPAIR, Capability.BATTERY), JobKind.BATTERY, 20, 8),
        (incident(Service.BREAKDOWN_REPAIR, Capability.TYRE, Capability.HEAVY), JobKind.TYRE, 30, 10),
        (incident(Service.BREAKDOWN_REPAIR, Capability.LOCKOUT), JobKind.LOCKOUT, 25, 10),
        (incident(Service.BREAKDOWN_REPAIR, Capability.WINCH), JobKind.WINCHING, 40, 20),
        (incident(Service.BREAKDOWN_REPAIR, Capability.TYRE, Capability.FUEL), JobKind.TYRE, 45, 125**0.5),
        (incident(Service.TOWING), JobKind.TOWING, 20, 8),
        (incident(Service.TOWING, Capability.WINCH, Capability.TYRE), JobKind.TOWING, 60, 464**0.5),
        (incident(Service.AIRPORT_TRANSFER, drop_off=THERE), JobKind.AIRPORT_TRANSFER, 10, 5),
        (incident(Service.DESIGNATED_DRIVER, drop_off=THERE), JobKind.DESIGNATED_DRIVER, 10, 5),
        (incident(Service.VEHICLE_BOOKING), JobKind.VEHICLE_BOOKING, 15, 5),
        (incident(service_time=timedelta(minutes=60)), JobKind.BREAKDOWN_REPAIR, 60, 30),
    ],
)
def test_work_takes_what_the_policy_says(asked: Incident, kind: JobKind, mean: float, spread: float) -> None:
    """Kind, mean and spread of every service, of works named, of works together and of a time given."""
    (job,) = jobs_of(asked, PROMISE, POLICY, NOW)
    assert job.kind is kind
    assert job.service_time.mean == timedelta(minutes=mean)
    assert job.service_time.deviation.total_seconds() == pytest.approx(60 * spread)
    assert job.need == bits([asked.service], asked.requires)


def test_a_tow_ends_at_the_garage() -> None:
    """A drop-off is one end, garages are ends to choose from, with a hand-over; a repair ends in place."""
    (repair,) = jobs_of(incident(), PROMISE, POLICY, NOW)
    assert not repair.ends_elsewhere
    assert repair.hand_over.mean == timedelta(0)
    (tow,) = jobs_of(incident(Service.TOWING, drop_off=THERE), PROMISE, POLICY, NOW)
    assert tow.ends == (Garage(THERE),)
    assert tow.hand_over.mean == timedelta(minutes=10)
    garages = (Garage(THERE, "a", 50.0), Garage(HERE, "b"))
    (tow,) = jobs_of(incident(Service.TOWING, garages=garages), PROMISE, POLICY, NOW)
    assert tow.ends == garages


def test_an_accident_is_a_job_for_each_unit() -> None:
    """Each unit has needs of its own; only the first goes to the garage and loses the revenue."""
    asked = incident(
        Service.TOWING,
        Capability.HEAVY,
        units_needed=2,
        unit_requires=(frozenset({Capability.FLATBED}), frozenset({Capability.WINCH})),
        drop_off=THERE,
        revenue=100.0,
    )
    first, second = jobs_of(asked, PROMISE, POLICY, NOW)
    assert (first.id, second.id, first.incident_id, second.incident_id) == ("i", "i#2", "i", "i")
    assert first.kind is second.kind is JobKind.ACCIDENT
    assert first.need == bits([Service.TOWING], {Capability.HEAVY, Capability.FLATBED})
    assert second.need == bits([Service.TOWING], {Capability.HEAVY, Capability.WINCH})
    assert first.ends
    assert not second.ends
    assert second.service_time.mean == timedelta(minutes=60)
    assert first.unserved_cost == second.unserved_cost + 10_000  # 0.1 minutes a yuan


def test_a_booking_has_its_window() -> None:
    """Earliest and latest come over; without a latest the policy's longest wait counts from the wanted time."""
    wanted = NOW + timedelta(hours=30)
    (job,) = jobs_of(incident(Service.VEHICLE_BOOKING, earliest=wanted), PROMISE, POLICY, NOW)
    assert job.earliest == wanted
    assert job.latest == wanted + timedelta(hours=24)
    (job,) = jobs_of(
        incident(Service.VEHICLE_BOOKING, earliest=wanted, latest=wanted + timedelta(hours=1)), PROMISE, POLICY, NOW
    )
    assert job.latest == wanted + timedelta(hours=1)


def test_leaving_a_job_costs_what_the_page_says() -> None:
    """By hand: 1 h late at priority high: 2 x (60 + 2 x 60 + 0.05 x 3600 + 90 + 2000) minutes."""
    asked = incident(priority=Priority.HIGH, latest=NOW + timedelta(minutes=90))
    (job,) = jobs_of(asked, PROMISE, POLICY, NOW)
    assert job.unserved_cost == 1000 * 2 * (60 + 120 + 180 + 90 + 2000)
    (job,) = jobs_of(asked, PROMISE, POLICY, NOW, weight=1.0)
    assert job.unserved_cost == 1000 * (60 + 120 + 180 + 90 + 2000)


def test_one_incident_a_unit() -> None:
    """For plans of one job a unit: the same ids and needs as the jobs; a wrong count is left for the check."""
    asked = incident(
        Service.TOWING,
        units_needed=3,
        unit_requires=(frozenset({Capability.FLATBED}), frozenset({Capability.WINCH}), frozenset()),
        drop_off=THERE,
        revenue=9.0,
        assigned_unit_id="u",
        pinned=True,
    )
    single = incident()
    found = one_unit_each([asked, single])
    assert found[3] is single
    for alone, job in zip(found, jobs_of(asked, PROMISE, POLICY, NOW), strict=False):
        (same,) = jobs_of(alone, PROMISE, POLICY, NOW)
        assert (same.id, same.need, same.ends, same.unserved_cost) == (job.id, job.need, job.ends, job.unserved_cost)
    assert [each.pinned for each in found] == [True, False, False, False]
    for wrong in (0, 21):
        assert one_unit_each([replace(single, units_needed=wrong)])[0].units_needed == wrong
