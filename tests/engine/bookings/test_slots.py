"""Slots of a booking: each costs what the cheapest place in the plan adds, by trying all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import numpy as np
import pytest

from engine.bookings.slots import MOST_SLOTS, offer_slots, slots_between
from engine.decision import ReasonCode
from engine.dispatch import Dispatcher
from engine.errors import DuplicateIdError, ValueRangeError
from engine.model import Fleet, Incident, Service, Unit, UnitStatus
from engine.policy import Policy
from engine.tours.numbers import able_rows, tour_numbers
from graphs.region import Region
from tests.engine.fleets import NOW, place
from tests.engine.queues.cases import slow_tour_cost
from tests.engine.tours.test_tours import quick

HOUR = timedelta(hours=1)


def scene(region: Region, seed: int) -> tuple[Fleet, list[Incident], Incident]:
    rng = Random(seed)
    units = tuple(
        Unit(
            f"u{n}",
            "p",
            place(region, rng),
            frozenset(Service),
            shift_end=NOW + 4 * HOUR if n == 0 else None,
            status=UnitStatus.BUSY if n == 1 else UnitStatus.AVAILABLE,
            free_at=NOW + HOUR if n == 1 else None,
        )
        for n in range(3)
    )
    known = [Incident(f"i{n}", place(region, rng), Service.TOWING, NOW) for n in range(4)]
    known.append(
        Incident(
            "booked",
            place(region, rng),
            Service.AIRPORT_TRANSFER,
            NOW,
            earliest=NOW + 2 * HOUR,
            drop_off=place(region, rng),
        )
    )
    wanted = Incident("new", place(region, rng), Service.AIRPORT_TRANSFER, NOW, drop_off=place(region, rng))
    return Fleet(units=units), known, wanted


@pytest.mark.parametrize("seed", range(3))
def test_costs_are_those_of_the_cheapest_place(coquimbo: Region, seed: int) -> None:
    """For every slot: the least that the booking adds, over all units and places in their tours, reckoned slowly."""
    fleet, known, wanted = scene(coquimbo, seed)
    dispatcher = Dispatcher(coquimbo, tours=quick)
    state = dispatcher.prepare(fleet)
    slots = slots_between(NOW + 30 * timedelta(minutes=1), NOW + 5 * HOUR, timedelta(minutes=45), timedelta(minutes=30))
    offers = offer_slots(dispatcher, wanted, known, state, NOW, slots)
    from engine.tours.size import Tours

    plan = dispatcher.optimize(known, state, NOW, tours=Tours.AUTO)
    assert not plan.unserved
    for k, slot in enumerate(offers.slots):
        start, latest = slots[k]
        trial = replace(wanted, id="trial", earliest=start, latest=latest)
        situation = dispatcher.situation([*known, trial], state, NOW)
        jobs = np.arange(len(known) + 1)
        numbers = tour_numbers(situation, jobs, able_rows(situation, jobs), {}, 5)
        tours: dict[int, list[int]] = {at: [] for at in range(len(numbers.rows))}
        at_of = {int(row): at for at, row in enumerate(numbers.rows)}
        for item in sorted(plan.assignments, key=lambda item: item.position):
            job = next(n for n, incident in enumerate(known) if incident.id == item.incident_id)
            tours[at_of[state.row_of[item.chosen.unit_id]]].append(job)
        added = []
        for at, tour in tours.items():
            before = slow_tour_cost(numbers.instance, at, tuple(tour)) if tour else 0
            for p in range(len(tour) + 1):
                after = slow_tour_cost(numbers.instance, at, (*tour[:p], len(known), *tour[p:]))
                if after is not None and before is not None:
                    added.append(after - before)
        assert slot.cost == (min(added) if added else None), f"seed {seed}, slot {k}"
        assert slot.offered == bool(added), f"seed {seed}, slot {k}"
        if slot.arrives_at is not None:
            assert slot.arrives_at <= latest, f"seed {seed}, slot {k}"


def test_units_are_kept_for_those_who_will_call(coquimbo: Region) -> None:
    """With three units and three expected to be called away nobody can book; with two, one slot can be had."""
    fleet, _, wanted = scene(coquimbo, 1)
    for calls, offered in ((0.0, True), (1.0, True), (2.0, False)):
        rules = replace(Policy.default().bookings, calls_per_hour=(calls,) * 24, cover=0.9)
        dispatcher = Dispatcher(coquimbo, replace(Policy.default(), bookings=rules), tours=quick)
        slots = [(NOW + 2 * HOUR, NOW + 3 * HOUR)]
        (slot,) = offer_slots(dispatcher, wanted, [], dispatcher.prepare(fleet), NOW, slots).slots
        assert slot.offered == offered, calls
        if not offered:
            assert slot.reason is not None
            assert slot.reason.code is ReasonCode.HELD_BACK
            assert slot.reason.details == {"free": "3", "needed": "4"}
            assert slot.cost is not None


def test_slots_that_cannot_be(coquimbo: Region) -> None:
    """Past, without a unit, after every shift: each says why. Ids must be new."""
    fleet, known, wanted = scene(coquimbo, 2)
    dispatcher = Dispatcher(coquimbo, tours=quick)
    state = dispatcher.prepare(Fleet(units=(fleet.units[0],)))
    slots = [(NOW - 2 * HOUR, NOW - HOUR), (NOW + HOUR, NOW + 2 * HOUR), (NOW + 9 * HOUR, NOW + 10 * HOUR)]
    past, good, late = offer_slots(dispatcher, wanted, [], state, NOW, slots).slots
    assert [slot.offered for slot in (past, good, late)] == [False, True, False]
    assert past.reason is not None
    assert past.reason.code is ReasonCode.SLOT_OVER
    assert late.reason is not None
    assert late.reason.code is ReasonCode.SHIFT_ENDS
    nobody = offer_slots(dispatcher, wanted, [], dispatcher.prepare(Fleet()), NOW, slots[1:2]).slots[0]
    assert nobody.reason is not None
    assert nobody.reason.code is ReasonCode.NO_CAPABLE_UNIT
    with pytest.raises(DuplicateIdError):
        offer_slots(dispatcher, known[0], known, state, NOW, slots)


def test_slots_are_counted() -> None:
    """Every step from the first to before the last; too many, none and backwards are refused."""
    minutes = timedelta(minutes=30)
    assert len(slots_between(NOW, NOW + 2 * HOUR, minutes, HOUR)) == 4
    assert slots_between(NOW, NOW + 1.25 * HOUR, minutes, HOUR)[-1] == (NOW + HOUR, NOW + 2 * HOUR)
    for bad in (
        (NOW, NOW, minutes, HOUR),
        (NOW, NOW + HOUR, timedelta(0), HOUR),
        (NOW, NOW + HOUR, minutes, timedelta(0)),
    ):
        with pytest.raises(ValueRangeError):
            slots_between(*bad)
    with pytest.raises(ValueRangeError, match=str(MOST_SLOTS)):
        slots_between(NOW, NOW + 300 * HOUR, HOUR, HOUR)
