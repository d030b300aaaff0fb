"""Random bookings and calls against looking at everybody by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from engine.decision import Candidate
from engine.live.commands.ending import CancelIncident
from engine.live.records import IncidentRecord
from engine.model import Fleet, Location, Provider, Unit, UnitStatus
from tests.engine.live.rooms import AWAY, MARGIN, WORK, advance, drive, unit_of
from tests.engine.live.world import World, dispatcher, fleet, place

#: States of a booking that keeps a unit which has not set off.
MAY_WAIT = ("assigned", "accepted")


def spread() -> Fleet:
    """Four units in town, two of them near each other, and one farther off."""
    known = fleet(5, 0)
    return Fleet(known.providers, (*known.units[:4], replace(known.units[4], location=AWAY)))


def scene(world: World, rng: np.random.Generator) -> None:
    """Bookings and calls at random, some accepted, some over; some calls that only the nearest reach in time."""
    everybody = spread().units
    for k in range(16):
        world.after(minutes=float(rng.integers(0, 6)))
        key, number = f"i{k}", int(rng.integers(0, 50))
        ahead = int(rng.choice([0, 0, 0, 40, 60, 85]))
        wanted = world.now + timedelta(minutes=ahead) if ahead else None
        promise = timedelta(minutes=float(rng.choice([2, 3, 300])) if not ahead else 300)
        work = WORK if rng.random() < 0.5 else timedelta(minutes=4)
        place_, known = place(number), len(world.events)
        may = [found for unit in everybody if (found := allowed(world, unit, place_, wanted, work)) is not None]
        idle = {unit.id for unit in everybody if not has_of(world, unit)}
        loose = {
            unit.id: found for unit in everybody if (found := in_the_way(world, unit, place_, work)) and not wanted
        }
        world.hears = False
        record = world.create(key, number, earliest=wanted, promise=promise, service_time=work)
        unit, gets = expected_of(world, everybody, may, idle, loose, record)
        if gets != "?":
            assert record.legs[0].unit == unit, (key, [each.id for each in may], loose)
        elif unit_of(world, key) == unit:  # whether both bookings found somebody is not reckoned here
            assert all(unit_of(world, each) not in ("", unit) for each in loose[unit]), key
        unit = unit_of(world, key)
        if gets and gets != "?":
            (lost,) = loose[unit]
            assert unit_of(world, lost) == gets, key
            assert [e.data.get("given_to") for e in world.events[known:] if e.id == lost] == [key, None]
        world.hears = True
        world.hear()
        if unit and wanted is not None and len(world.writer.state.engaged[unit]) == 1 and rng.random() < 0.4:
            advance(world, key, "accepted", unit=unit)
        if rng.random() < 0.4:
            world.do(CancelIncident(str(rng.choice(sorted(world.writer.state.incidents)))))


def expected_of(
    world: World,
    everybody: tuple[Unit, ...],
    may: list[Unit],
    idle: set[str],
    loose: dict[str, list[str]],
    record: IncidentRecord,
) -> tuple[str, str]:
    """By hand: who is sent, and who goes to the booking that loses its unit by that; ?: there may be two of these."""
    found = rather_idle(world, may, idle, record)
    assert record.promise is not None
    assert record.need is not None
    due = record.promise.due_at
    if (found is not None and found.arrives_at <= due) or record.need.earliest is not None:
        return ("" if found is None else found.unit_id), ""
    tried = [unit for unit in everybody if unit.id in loose]
    for _ in range(3):
        taken = best(world, tried, record)
        if taken is None or taken.arrives_at > due:
            break
        if len(loose[taken.unit_id]) > 1:
            return taken.unit_id, "?"
        booking = world.record(loose[taken.unit_id][0])
        need = booking.need
        assert need is not None
        but = record.id, booking.id
        others = [
            other
            for unit in everybody
            if unit.id != taken.unit_id
            and (other := allowed(world, unit, need.location, need.earliest, need.service_time or WORK, but))
            is not None
        ]
        another = rather_idle(world, others, idle, booking)
        assert booking.promise is not None
        if (
            another is not None
            and another.arrives_at <= booking.promise.due_at
            and (another.promise_probability or 0) >= 0.9
        ):
            return taken.unit_id, another.unit_id
        tried = [unit for unit in tried if unit.id != taken.unit_id]
    return ("" if found is None else found.unit_id), ""


def in_the_way(world: World, unit: Unit, at: Location, work: timedelta) -> list[str]:
    """The bookings that a unit must leave for a call, if nobody has accepted these."""
    has = has_of(world, unit)
    if not has or any(r.need is None or r.need.earliest is None or r.legs[0].state not in MAY_WAIT for r in has):
        return []
    if wanted_of(has[0]) - MARGIN <= world.now:
        return []
    go = has[:1] if len(has) > 1 and before(world, unit, at, work, has[1]) else has
    return [] if any(r.legs[0].state != "assigned" for r in go) else [r.id for r in go]


def wanted_of(record: IncidentRecord) -> datetime:
    assert record.need is not None
    assert record.need.earliest is not None
    return record.need.earliest


def before(
    world: World, unit: Unit, at: Location, work: timedelta, booking: IncidentRecord, wanted: datetime | None = None
) -> bool:
    """Whether a unit can do something and be at a booking well before that."""
    assert booking.need is not None
    begins = max(world.now + drive(world, unit.location, at), wanted or world.now)
    return begins + work + drive(world, at, booking.need.location) + MARGIN <= wanted_of(booking)


def has_of(world: World, unit: Unit, but: tuple[str, ...] = ()) -> list[IncidentRecord]:
    """What a unit has, by when work begins."""
    has = [r for r in world.writer.state.incidents.values() if r.legs[0].unit == unit.id and r.id not in but]

    def begins(record: IncidentRecord) -> datetime:
        assert record.need is not None
        assert record.legs[0].arrives_at is not None
        return max(record.legs[0].arrives_at, record.need.earliest or record.received_at)

    return sorted(has, key=begins)


def allowed(
    world: World, unit: Unit, at: Location, wanted: datetime | None, work: timedelta, but: tuple[str, ...] = ()
) -> Unit | None:
    """By hand: as it is if it is idle, or kept by bookings before which there is time; as it will be after what it has,
    if this is a booking well behind that, or that was accepted and begins too soon for anything before. Some incidents
    are not there yet."""
    has = has_of(world, unit, but)
    if not has:
        return unit
    bookings = [r for r in has if r.need is not None and r.need.earliest is not None]
    if wanted is not None and len(bookings) > 1:
        return None
    kept = len(bookings) == len(has) and all(r.legs[0].state in MAY_WAIT for r in has)
    apart = kept and wanted_of(has[0]) - MARGIN > world.now
    if apart and before(world, unit, at, work, has[0], wanted):
        return unit
    if len(has) > 1 and has[-1] not in bookings:
        return None
    first = has[0]
    assert first.need is not None
    busy = replace(unit, status=UnitStatus.BUSY, free_at=first.legs[0].ends_at, free_location=first.need.location)
    if wanted is not None and any(
        stands(world, r, at, wanted, r in bookings, work, has[k + 1 :]) for k, r in enumerate(has)
    ):
        return unit if apart else busy
    return busy if len(has) == 1 and first.legs[0].state == "accepted" and not apart else None


def stands(
    world: World, ahead: IncidentRecord, at: Location, wanted: datetime, booked: bool, work: timedelta,
    later: list[IncidentRecord],
) -> bool:  # fmt: skip
    """Whether a booking may stand right behind something, and before what comes next."""
    leg = ahead.legs[0]
    assert ahead.need is not None
    assert leg.ends_at is not None
    if leg.state != "assigned" and not (booked and leg.state == "accepted"):
        return False
    if leg.ends_at + drive(world, ahead.need.location, at) + MARGIN > wanted:
        return False
    if not later:
        return True
    (following, *_) = later
    assert following.need is not None
    kept = following.need.earliest is not None and following.legs[0].state in MAY_WAIT
    return kept and wanted + work + drive(world, at, following.need.location) + MARGIN <= wanted_of(following)


def rather_idle(world: World, units: list[Unit], idle: set[str], record: IncidentRecord) -> Candidate | None:
    """The cheapest; of a booking rather one that has nothing, unless that costs more by a change of plan."""
    found = best(world, units, record)
    if found is None or record.need is None or record.need.earliest is None:
        return found
    free = best(world, [unit for unit in units if unit.id in idle], record)
    change = 1000 * world.dispatcher.policy.cost.plan_change
    return free if free is not None and free.cost.total - found.cost.total <= change else found


def best(world: World, units: list[Unit], record: IncidentRecord) -> Candidate | None:
    """The cheapest of these units were they the whole fleet."""
    if not units or record.need is None:
        return None
    providers = tuple(Provider(unit.provider_id) for unit in units)
    state = world.dispatcher.prepare(Fleet(providers, tuple(units)), once=True)
    return world.dispatcher.recommend(record.need, state, world.now).best


@pytest.mark.parametrize("seed", range(12))
def test_every_choice_is_that_of_looking_at_everybody(seed: int) -> None:
    """Random bookings and calls: the unit is the cheapest of those that are idle or have the time; if that would be
    late, the unit of a booking which can have another."""
    world = World(dispatcher(offers_to="nobody"), spread())
    try:
        scene(world, np.random.default_rng(seed))
    except AssertionError as error:
        raise AssertionError(f"seed {seed}: {error}") from error
