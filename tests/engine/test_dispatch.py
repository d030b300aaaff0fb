"""Recommendations and plans on the real region, against a slow second opinion over all pairs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from engine.baseline import nearest_in_order
from engine.decision import CostParts, ReasonCode
from engine.dispatch import Dispatcher
from engine.errors import (
    CostOverflowError,
    DeadlineError,
    DuplicateIdError,
    PinConflictError,
    TimeError,
    UnknownReferenceError,
)
from engine.model import Fleet, Incident, Location, Priority, Provider, Service, Unit, UnitStatus
from graphs.errors import CoordinateError, OutsideRegionError
from graphs.region import Region
from tests.engine.fleets import NOW, impatient, place, random_fleet, random_incidents, random_unit
from tests.engine.slow_dispatch import IMPOSSIBLE, cost_matrix


@pytest.fixture(scope="module")
def dispatcher(coquimbo: Region) -> Dispatcher:
    return Dispatcher(coquimbo)


@pytest.mark.parametrize("seed", range(4))
def test_recommendation_equals_full_scan(dispatcher: Dispatcher, seed: int) -> None:
    """The index finds exactly the units, in exactly the order, that looking at everybody finds."""
    rng = Random(seed)
    fleet = random_fleet(dispatcher.region, rng, 400)
    incidents = random_incidents(dispatcher.region, rng, 25)
    state = dispatcher.prepare(fleet)
    costs, _ = cost_matrix(dispatcher, fleet, incidents)
    for i, incident in enumerate(incidents):
        expected = [j for j in np.lexsort((np.arange(len(fleet.units)), costs[i])) if costs[i, j] < IMPOSSIBLE][:20]
        found = dispatcher.recommend(incident, state, NOW, runners_up=19)
        listed = [found.best, *found.runners_up] if found.best else []
        assert [c.unit_id for c in listed] == [fleet.units[j].id for j in expected], f"seed {seed}, {incident.id}"
        assert [c.cost.total for c in listed] == [costs[i, j] for j in expected], f"seed {seed}, {incident.id}"
        assert (found.unserved is None) == bool(expected), f"seed {seed}, {incident.id}"
        assert all(c.lost is not None for c in found.runners_up)


@pytest.mark.parametrize("seed", range(4))
def test_plan_equals_dense_optimum(coquimbo: Region, seed: int) -> None:
    """A batch costs what an exact dense solver finds over all units, with units scarce and plans to keep."""
    dispatcher = Dispatcher(coquimbo, impatient())
    rng = Random(100 + seed)
    fleet = random_fleet(dispatcher.region, rng, 60)
    incidents = random_incidents(dispatcher.region, rng, 45)
    workers = [u.id for u in fleet.units if u.status is not UnitStatus.OFF_DUTY]
    incidents = [replace(i, assigned_unit_id=rng.choice(workers)) if rng.random() < 0.4 else i for i in incidents]
    plan = dispatcher.optimize(incidents, dispatcher.prepare(fleet), NOW)
    costs, unserved = cost_matrix(dispatcher, fleet, incidents)
    leave = np.where(np.eye(len(incidents), dtype=bool), unserved[:, None], IMPOSSIBLE)
    dense = np.hstack([costs, leave]).astype(np.float64)
    rows, columns = linear_sum_assignment(dense)
    assert plan.cost.total == int(np.hstack([costs, leave])[rows, columns].sum()), f"seed {100 + seed}"
    assert plan.gap == 0, f"seed {100 + seed}"
    assert len(plan.assignments) + len(plan.unserved) == len(incidents)
    assert len({a.chosen.unit_id for a in plan.assignments}) == len(plan.assignments)
    clerk = nearest_in_order(dispatcher, incidents, dispatcher.prepare(fleet), NOW)
    assert clerk.cost.total >= plan.cost.total, f"seed {100 + seed}"


def test_moved_fleet_equals_fresh_one(dispatcher: Dispatcher) -> None:
    """After position reports the state answers as one prepared from scratch; the old snapshot is untouched."""
    rng = Random(5)
    fleet = random_fleet(dispatcher.region, rng, 300)
    incidents = random_incidents(dispatcher.region, rng, 15)
    state = dispatcher.prepare(fleet)
    before = [dispatcher.recommend(i, state, NOW) for i in incidents]
    moving = rng.sample(list(fleet.units), 80)
    places = {u.id: place(dispatcher.region, rng) for u in moving}
    moved = state.moved(list(places), [p.lon for p in places.values()], [p.lat for p in places.values()])
    units = tuple(replace(u, location=places.get(u.id, u.location)) for u in fleet.units)
    fresh = dispatcher.prepare(Fleet(fleet.providers, units))
    for incident in incidents:
        assert dispatcher.recommend(incident, moved, NOW) == dispatcher.recommend(incident, fresh, NOW)
    assert [dispatcher.recommend(i, state, NOW) for i in incidents] == before


@pytest.mark.parametrize("seed", range(3))
def test_updated_fleet_equals_fresh_one(dispatcher: Dispatcher, seed: int) -> None:
    """Units added, changed and removed, and providers changed, leave a state that answers as one from scratch."""
    rng = Random(seed)
    fleet = random_fleet(dispatcher.region, rng, 120)
    incidents = random_incidents(dispatcher.region, rng, 12)
    state = dispatcher.prepare(fleet)
    units = {u.id: u for u in fleet.units}
    providers = {p.id: p for p in fleet.providers}
    for _ in range(4):
        lone = rng.choice(list(providers))
        changed = [random_unit(dispatcher.region, rng, n, list(providers.values())) for n in rng.sample(range(150), 20)]
        prices = [replace(p, call_out_price=rng.choice([0.0, 99.0])) for p in rng.sample(list(providers.values()), 5)]
        removed = set(rng.sample(list(units), 8)) | {u.id for u in units.values() if u.provider_id == lone}
        state = state.updated(providers=prices, units=changed, removed_units=removed)
        units = {k: u for k, u in {**units, **{u.id: u for u in changed}}.items() if k not in removed}
        providers.update((p.id, p) for p in prices)
        fresh = dispatcher.prepare(Fleet(tuple(providers.values()), tuple(units.values())))
        assert [u.id for u in state.units] == [u.id for u in fresh.units], f"seed {seed}"
        for incident in incidents:
            found, expected = (dispatcher.recommend(incident, s, NOW) for s in (state, fresh))
            assert found == expected, f"seed {seed}, {incident.id}"


def test_a_deadline_does_not_leave_free_units_idle(dispatcher: Dispatcher) -> None:
    """When 300 incidents want the same 32 of 600 units and time is short, the others still get the free ones."""
    units = tuple(_unit(dispatcher.region, f"u{n}", 100) for n in range(600))
    incidents = [_incident(dispatcher.region, f"i{n}", 9000) for n in range(300)]
    state = dispatcher.prepare(Fleet(units=units))
    best = dispatcher.optimize(incidents, state, NOW)
    assert (len(best.assignments), best.gap) == (300, 0)
    for seconds in (0.001, 0.05, 0.5, 30.0):
        plan = dispatcher.optimize(incidents, state, NOW, deadline_s=seconds)
        assert len(plan.assignments) + len(plan.unserved) == 300
        assert {u.reason.code for u in plan.unserved} <= {ReasonCode.DEADLINE}, seconds
        assert plan.cost.total - plan.gap <= best.cost.total <= plan.cost.total, seconds
    assert len(plan.assignments) == 300


def _unit(region: Region, name: str, node: int, **changes) -> Unit:
    network = region.network
    home = Location(float(network.node_lon[node]), float(network.node_lat[node]))
    return replace(Unit(name, "p", home, frozenset({Service.TOWING})), **changes)


def _incident(region: Region, name: str, node: int, **changes) -> Incident:
    network = region.network
    home = Location(float(network.node_lon[node]), float(network.node_lat[node]))
    return replace(Incident(name, home, Service.TOWING, NOW), **changes)


def test_busy_unit_counts_from_where_and_when_it_is_free(dispatcher: Dispatcher) -> None:
    """A unit free in ten minutes next door beats a free one far away, and departs when it is free and mobilised."""
    region = dispatcher.region
    busy = _unit(
        region,
        "busy",
        0,
        status=UnitStatus.BUSY,
        free_at=NOW + timedelta(minutes=10),
        free_location=_incident(region, "x", 9000).location,
        mobilisation=timedelta(minutes=1),
    )
    found = dispatcher.recommend(_incident(region, "i", 9000), dispatcher.prepare(Fleet(units=(busy,))), NOW)
    assert found.best is not None
    assert found.best.departs_at == NOW + timedelta(minutes=11)
    assert found.best.travel < timedelta(seconds=1)


def test_current_unit_is_kept_unless_changing_pays(dispatcher: Dispatcher) -> None:
    """An announced unit stays when a rival is a little nearer, and goes when the rival is far nearer."""
    region = dispatcher.region
    weights = dispatcher.policy.cost
    incident = _incident(region, "i", 9000, assigned_unit_id="announced")
    here = _unit(region, "near", 9000)
    slow = weights.plan_change / weights.waiting
    for minutes, expected in ((slow * 0.9, "announced"), (slow * 1.1, "near")):
        announced = _unit(region, "announced", 9000, mobilisation=timedelta(minutes=minutes))
        plan = dispatcher.optimize([incident], dispatcher.prepare(Fleet(units=(announced, here))), NOW)
        assert plan.assignments[0].chosen.unit_id == expected
        assert plan.assignments[0].changed == (expected == "near")


def test_pins_are_kept_whatever_they_cost(dispatcher: Dispatcher) -> None:
    """A pinned incident keeps its unit, nobody else gets it, and a unit busy with that very incident can go on."""
    region = dispatcher.region
    units = (_unit(region, "a", 9000, status=UnitStatus.BUSY), _unit(region, "b", 100))
    far = _incident(region, "far", 100, assigned_unit_id="a", pinned=True)
    near = _incident(region, "near", 9000)
    plan = dispatcher.optimize([near, far], dispatcher.prepare(Fleet(units=units)), NOW)
    assert {a.incident_id: a.chosen.unit_id for a in plan.assignments} == {"far": "a", "near": "b"}
    off = (replace(units[0], status=UnitStatus.OFF_DUTY), units[1])
    plan = dispatcher.optimize([near, far], dispatcher.prepare(Fleet(units=off)), NOW)
    assert [u.reason.code for u in plan.unserved] == [ReasonCode.PINNED_UNIT_UNAVAILABLE]


def test_a_pinned_unit_busy_with_its_job_goes_to_nobody_else(dispatcher: Dispatcher) -> None:
    """A unit busy with a pinned incident is not given to the next one announced on it, however late the deadline."""
    region = dispatcher.region
    units = (_unit(region, "busy", 9000, status=UnitStatus.BUSY), _unit(region, "far", 100))
    pinned = _incident(region, "a", 9000, assigned_unit_id="busy", pinned=True)
    queued = _incident(region, "b", 9001, assigned_unit_id="busy")
    state = dispatcher.prepare(Fleet(units=units))
    for seconds in (None, 0.05, 30.0):
        plan = dispatcher.optimize([pinned, queued], state, NOW, deadline_s=seconds)
        assert {a.incident_id: a.chosen.unit_id for a in plan.assignments} == {"a": "busy", "b": "far"}
    clerk = nearest_in_order(dispatcher, [queued, pinned], state, NOW)
    assert {a.incident_id: a.chosen.unit_id for a in clerk.assignments} == {"a": "busy", "b": "far"}


def test_the_clerk_keeps_to_the_same_rules(dispatcher: Dispatcher) -> None:
    """A unit busy with an incident it cannot serve is not the clerk's choice either; calls go by their instants."""
    region = dispatcher.region
    unable = _unit(region, "unable", 9000, status=UnitStatus.BUSY, services=frozenset({Service.AIRPORT_TRANSFER}))
    able = _unit(region, "able", 100)
    incident = _incident(region, "i", 9000, assigned_unit_id="unable")
    state = dispatcher.prepare(Fleet(units=(unable, able)))
    for plan in (nearest_in_order(dispatcher, [incident], state, NOW), dispatcher.optimize([incident], state, NOW)):
        assert [a.chosen.unit_id for a in plan.assignments] == ["able"]
    zone = ZoneInfo("America/Santiago")
    calls = [
        _incident(region, "second", 100, received_at=datetime(2026, 4, 4, 23, 30, fold=1, tzinfo=zone)),
        _incident(region, "first", 9000, received_at=datetime(2026, 4, 4, 23, 50, tzinfo=zone)),
    ]
    plan = nearest_in_order(dispatcher, calls, state, calls[0].received_at.astimezone(UTC) + timedelta(minutes=1))
    assert [a.incident_id for a in plan.assignments] == ["first"]


def test_recommendation_honours_a_pin(dispatcher: Dispatcher) -> None:
    """A pinned incident is recommended its own unit and no other, or told that the unit cannot come."""
    region = dispatcher.region
    units = (_unit(region, "far", 100), _unit(region, "near", 9000))
    pinned = _incident(region, "i", 9000, assigned_unit_id="far", pinned=True)
    found = dispatcher.recommend(pinned, dispatcher.prepare(Fleet(units=units)), NOW)
    assert found.best is not None
    assert (found.best.unit_id, found.runners_up) == ("far", ())
    off = (replace(units[0], status=UnitStatus.OFF_DUTY), units[1])
    left = dispatcher.recommend(pinned, dispatcher.prepare(Fleet(units=off)), NOW)
    assert left.unserved is not None
    assert left.unserved.code is ReasonCode.PINNED_UNIT_UNAVAILABLE


def test_many_announced_on_few_busy_units_under_a_deadline(dispatcher: Dispatcher) -> None:
    """Whatever the time allowed, no unit serves two incidents, and the gap is at most the whole cost."""
    region = dispatcher.region
    rng = Random(11)
    busy = [_unit(region, f"busy{n}", rng.randrange(15_000), status=UnitStatus.BUSY) for n in range(20)]
    free = [_unit(region, f"free{n}", rng.randrange(15_000)) for n in range(200)]
    incidents = [
        _incident(region, f"i{n}", rng.randrange(15_000), assigned_unit_id=rng.choice(busy).id) for n in range(380)
    ]
    state = dispatcher.prepare(Fleet(units=(*busy, *free)))
    for seconds in (0.002, 0.02, 0.1, 0.4, 60.0):
        plan = dispatcher.optimize(incidents, state, NOW, deadline_s=seconds)
        sent = [a.chosen.unit_id for a in plan.assignments]
        assert len(set(sent)) == len(sent), seconds
        assert 0 <= plan.gap <= plan.cost.total, seconds


def test_promises_count_real_minutes_when_the_clocks_change(dispatcher: Dispatcher) -> None:
    """A named zone and UTC give the same promise on the night the clocks go back."""
    zone = ZoneInfo("America/Santiago")
    received = datetime(2026, 4, 4, 23, 50, tzinfo=zone)
    state = dispatcher.prepare(Fleet(units=(_unit(dispatcher.region, "u", 9000),)))
    incident = _incident(dispatcher.region, "i", 9000, received_at=received)
    now = received.astimezone(UTC) + timedelta(minutes=1)
    found = dispatcher.recommend(incident, state, now)
    minutes = float(found.promise.reason.split(" minutes")[0])
    assert found.promise.due_at - received.astimezone(UTC) == timedelta(minutes=minutes)
    assert found == dispatcher.recommend(incident, state, now.astimezone(zone))
    later = datetime(2026, 4, 4, 23, 30, fold=1, tzinfo=zone)  # forty minutes after, earlier by the clock on the wall
    kept = dispatcher.recommend(replace(incident, due_at=later), state, now)
    assert kept.promise.due_at == later.astimezone(UTC)


def test_each_way_of_being_left_has_its_reason(dispatcher: Dispatcher) -> None:
    """No capable unit, outside territories, nobody on duty, too late, and out of capacity are told apart."""
    region = dispatcher.region

    def reason(incident: Incident, *units: Unit, providers: tuple[Provider, ...] = ()) -> ReasonCode:
        found = dispatcher.recommend(incident, dispatcher.prepare(Fleet(providers, units)), NOW)
        assert found.best is None
        assert found.unserved is not None
        return found.unserved.code

    incident, unit = _incident(region, "i", 0), _unit(region, "u", 0)
    assert reason(incident) is ReasonCode.NO_CAPABLE_UNIT
    assert reason(replace(incident, service=Service.AIRPORT_TRANSFER), unit) is ReasonCode.NO_CAPABLE_UNIT
    elsewhere = Provider("p", territory=frozenset({"8928308280fffff"}))
    assert reason(incident, unit, providers=(elsewhere,)) is ReasonCode.OUTSIDE_TERRITORIES
    refused = replace(incident, refused=frozenset({"u"}))
    assert reason(refused, unit, providers=(elsewhere,)) is ReasonCode.OUTSIDE_TERRITORIES
    assert reason(refused, unit) is ReasonCode.ALL_REFUSED
    assert reason(refused, replace(unit, status=UnitStatus.OFF_DUTY)) is ReasonCode.NO_UNIT_ON_DUTY
    assert reason(incident, replace(unit, status=UnitStatus.OFF_DUTY)) is ReasonCode.NO_UNIT_ON_DUTY
    assert reason(incident, replace(unit, status=UnitStatus.BUSY)) is ReasonCode.NO_UNIT_ON_DUTY
    late = replace(unit, status=UnitStatus.BUSY, free_at=NOW + timedelta(hours=30))
    assert reason(incident, late) is ReasonCode.TOO_LATE
    plan = dispatcher.optimize(
        [incident, _incident(region, "j", 5, received_at=NOW - timedelta(hours=1))],
        dispatcher.prepare(Fleet(units=(unit,))),
        NOW,
    )
    assert [(u.incident_id, u.reason.code) for u in plan.unserved] == [("i", ReasonCode.CAPACITY)]


def test_closed_roads_leave_an_incident_unreachable(coquimbo: Region) -> None:
    """With every road closed nobody can come, and that is what the answer says."""
    closed = coquimbo.hierarchy.customise(np.full(coquimbo.network.arc_count, 2**30 - 1, np.int32))
    dispatcher = Dispatcher(coquimbo, metric=closed)
    state = dispatcher.prepare(Fleet(units=(_unit(coquimbo, "u", 9000),)))
    found = dispatcher.recommend(_incident(coquimbo, "i", 3), state, NOW)
    assert found.unserved is not None
    assert found.unserved.code is ReasonCode.UNREACHABLE


def test_ten_thousand_incidents_for_five_units(dispatcher: Dispatcher) -> None:
    """Every one of 10,000 incidents is answered: five served, the rest with a reason, proven optimal."""
    rng = Random(9)
    units = tuple(_unit(dispatcher.region, f"u{n}", rng.randrange(15_000)) for n in range(5))
    incidents = [_incident(dispatcher.region, f"i{n}", rng.randrange(15_000)) for n in range(10_000)]
    plan = dispatcher.optimize(incidents, dispatcher.prepare(Fleet(units=units)), NOW)
    assert len(plan.assignments) == 5
    assert {u.reason.code for u in plan.unserved} == {ReasonCode.CAPACITY}
    assert plan.gap == 0
    assert plan.cost == sum((x.chosen.cost for x in plan.assignments), CostParts()) + sum(
        (x.cost for x in plan.unserved), CostParts()
    )


def test_nothing_to_do(dispatcher: Dispatcher) -> None:
    """No incidents is a plan with nothing in it; no units leaves every incident with its reason."""
    empty = dispatcher.prepare(Fleet())
    plan = dispatcher.optimize([], empty, NOW)
    assert (plan.assignments, plan.unserved, plan.cost.total, plan.gap) == ((), (), 0, 0)
    plan = dispatcher.optimize([_incident(dispatcher.region, "i", 0)], empty, NOW)
    assert [u.reason.code for u in plan.unserved] == [ReasonCode.NO_CAPABLE_UNIT]


def test_mistakes_have_their_own_errors(dispatcher: Dispatcher) -> None:
    """Each wrong incident, unit or time is refused by its own error, which names it."""
    region = dispatcher.region
    incident, unit = _incident(region, "i", 0), _unit(region, "u", 0)
    state = dispatcher.prepare(Fleet(units=(unit,)))

    def plan(*incidents: Incident) -> None:
        dispatcher.optimize(incidents, state, NOW)

    here = incident.location
    with pytest.raises(DuplicateIdError, match="'i' is there twice"):
        plan(incident, incident)
    with pytest.raises(CoordinateError, match=r"incident i.*swapped"):
        plan(replace(incident, location=Location(here.lat, here.lon)))
    with pytest.raises(CoordinateError, match="incident i"):
        plan(replace(incident, location=Location(float("nan"), here.lat)))
    with pytest.raises(OutsideRegionError, match=r"incident i.* km from the nearest road"):
        plan(replace(incident, location=Location(here.lon - 2, here.lat)))
    with pytest.raises(UnknownReferenceError, match="not among the units"):
        plan(replace(incident, assigned_unit_id="ghost"))
    with pytest.raises(PinConflictError, match="both pinned to unit u"):
        plan(*(replace(incident, id=name, assigned_unit_id="u", pinned=True) for name in "ab"))
    with pytest.raises(TimeError, match="in the future"):
        plan(replace(incident, received_at=NOW + timedelta(hours=1)))
    with pytest.raises(TimeError, match="more than a year"):
        plan(replace(incident, received_at=NOW - timedelta(days=900)))
    with pytest.raises(CostOverflowError, match="incident i: due"):
        plan(replace(incident, received_at=NOW - timedelta(days=300), priority=Priority.EMERGENCY))
    with pytest.raises(TimeError, match="no time zone"):
        plan(replace(incident, received_at=NOW.replace(tzinfo=None)))
    with pytest.raises(TimeError, match="before received_at"):
        plan(replace(incident, due_at=NOW - timedelta(minutes=1)))
    with pytest.raises(TimeError, match="longer than zero"):
        plan(replace(incident, promise=timedelta(0)))
    with pytest.raises(TimeError, match="mobilisation"):
        dispatcher.prepare(Fleet(units=(replace(unit, mobilisation=timedelta(seconds=-1)),)))
    with pytest.raises(DuplicateIdError, match="unit 'u'"):
        dispatcher.prepare(Fleet(units=(unit, unit)))
    with pytest.raises(UnknownReferenceError, match="provider"):
        dispatcher.prepare(Fleet(providers=(Provider("other"),), units=(unit,)))
    with pytest.raises(OutsideRegionError, match="unit u"):
        dispatcher.prepare(Fleet(units=(replace(unit, location=Location(0.0, 0.0)),)))
    with pytest.raises(DeadlineError, match="allow more time"):
        dispatcher.optimize([incident], state, NOW, deadline_s=0.0)


def test_checkpoint_gives_the_work_up(dispatcher: Dispatcher) -> None:
    """A caller who goes away stops the work at the next stage."""

    class GoneError(Exception):
        pass

    def gone() -> None:
        raise GoneError

    state = dispatcher.prepare(Fleet(units=(_unit(dispatcher.region, "u", 0),)))
    with pytest.raises(GoneError):
        dispatcher.optimize([_incident(dispatcher.region, "i", 0)], state, NOW, checkpoint=gone)
