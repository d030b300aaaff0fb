"""Several incidents a unit: plans add up by an independent reckoning, keep pins, and say why they are as they are."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import asdict, replace
from datetime import timedelta
from itertools import permutations
from random import Random

import numpy as np
import pytest

from engine.check import PlannedStop, PlannedTour, check_plan
from engine.decision import Plan, ReasonCode
from engine.dispatch import Dispatcher
from engine.errors import CancelledError
from engine.jobs.service_time import hand_over, service_time_of
from engine.model import Capability, Fleet, Incident, Location, Priority, Provider, Service, Unit, UnitStatus
from engine.policy import Policy
from engine.processes import giving_up
from engine.queues.instance import QueueInstance
from engine.queues.solve import Budget, solve_queues
from engine.tours.size import Tours
from engine.tours.solver import TourWorkers
from graphs.metrics import Arcs, MetricStore, TrafficEntry, TrafficUpdate
from graphs.region import Region
from graphs.search import INF
from graphs.travel import travel_matrix
from tests.engine import cost_oracle
from tests.engine.fleets import NOW, place, random_fleet, random_incidents

MS, MINUTE = timedelta(milliseconds=1), timedelta(minutes=1)


def quick(instance, _budget, seed, start):
    """The same answer every time: no clock."""
    return solve_queues(instance, Budget(rounds=3, iterations=60), seed=seed, start=start)


def queues(plan: Plan) -> dict[str, list[str]]:
    """By unit, its incidents in order."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for item in plan.assignments:
        found[item.chosen.unit_id][item.position] = item.incident_id
    assert all(sorted(items) == list(range(1, len(items) + 1)) for items in found.values())
    return {unit: [items[k] for k in sorted(items)] for unit, items in found.items()}


def snapped(region: Region, at: Location):
    return region.snapper.snap([at.lon], [at.lat])


def drive_ms(region: Region, here: Location, there: Location) -> int:
    return int(
        travel_matrix(
            region.network, region.metric, snapped(region, here), snapped(region, there), graph=region.search_graph
        )[0, 0]
    )


def scene(region: Region, seed: int, units: int = 8, incidents: int = 20) -> tuple[Fleet, list[Incident]]:
    """More calls than units, among them tows to a drop-off, a booking, announced units, shifts that end."""
    rng = Random(seed)
    fleet = random_fleet(region, rng, units)
    made = tuple(
        replace(
            unit,
            services=frozenset(Service),
            status=UnitStatus.AVAILABLE if n % 4 else unit.status,
            shift_end=NOW + timedelta(hours=5) if n % 3 == 0 else None,
            overtime_price=60.0,
        )
        for n, unit in enumerate(fleet.units)
    )
    calls = []
    for n, incident in enumerate(random_incidents(region, rng, incidents)):
        changed = replace(incident, requires=frozenset())
        if n % 4 == 0:
            changed = replace(changed, service=Service.TOWING, drop_off=place(region, rng))
        if n % 7 == 0:
            changed = replace(changed, earliest=NOW + timedelta(hours=1), latest=NOW + timedelta(hours=3))
        if n % 5 == 0:
            changed = replace(changed, assigned_unit_id=rng.choice(made).id)
        calls.append(changed)
    return Fleet(fleet.providers, made), calls


@pytest.mark.parametrize("seed", range(3))
def test_plans_add_up(coquimbo: Region, seed: int) -> None:
    """Every start, travel time and cost of a plan with several incidents a unit is what the slow reckoning says."""
    fleet, incidents = scene(coquimbo, seed)
    policy = Policy.default()
    dispatcher = Dispatcher(coquimbo, tours=quick)
    state = dispatcher.prepare(fleet)
    single = dispatcher.optimize(incidents, state, NOW)
    plan = dispatcher.optimize(incidents, state, NOW, tours=Tours.AUTO)
    assert plan.why is not None
    assert plan.why.code is ReasonCode.TOURS
    assert plan.cost.total < single.cost.total
    assert 0 <= plan.gap <= plan.cost.total
    known, units = {i.id: i for i in incidents}, {u.id: u for u in fleet.units}
    providers = {p.id: p for p in fleet.providers}
    weights = cost_oracle.Weights(**asdict(policy.cost))
    chosen = {item.incident_id: item for item in plan.assignments}
    assert chosen.keys() | {left.incident_id for left in plan.unserved} == known.keys()
    assert max(len(tour) for tour in queues(plan).values()) > 1
    for unit_id, tour in queues(plan).items():
        unit = units[unit_id]
        here = unit.free_location if unit.free_location and unit.status is UnitStatus.BUSY else unit.location
        busy = unit.free_at if unit.status is UnitStatus.BUSY and unit.free_at else NOW
        ready = round((max(NOW, busy) - NOW + unit.mobilisation) / MS)
        end = None if unit.shift_end is None else round((unit.shift_end - NOW) / MS)
        overtime = 0
        for position, incident_id in enumerate(tour, 1):
            incident, item = known[incident_id], chosen[incident_id]
            assert item.after == (tour[position - 2] if position > 1 else None)
            travel = drive_ms(coquimbo, here, incident.location)
            label = f"seed {seed}, {unit_id}, {incident_id}"
            assert item.chosen.travel / MS == travel, label
            assert abs((item.chosen.departs_at - NOW) / MS - ready) <= 1, label
            carry = 0 if incident.drop_off is None else drive_ms(coquimbo, incident.location, incident.drop_off)
            work = service_time_of(policy.service_time, incident, frozenset()).mean
            work += hand_over(policy.service_time).mean if incident.drop_off else timedelta(0)
            earliest = 0 if incident.earliest is None else round((incident.earliest - NOW) / MS)
            parts = cost_oracle.served(
                weights,
                policy.priority.of(incident.priority),
                round((item.promise.due_at - NOW) / MS),
                ready,
                travel,
                providers[unit.provider_id].call_out_price,
                incident.assigned_unit_id not in (None, unit_id),
                cost_oracle.Work(earliest=earliest, carry=carry, busy=round(work / MS) + carry),
            )
            found = {name: value for name, value in asdict(item.chosen.cost).items() if value}
            if position == len(tour):  # what a longer day costs stands with its last job
                over = max(0, max(ready + travel, earliest) + round(work / MS) + carry - (end or 1 << 60))
                overtime = round(1000 * weights.overtime * (over / 60_000))
                assert found.pop("overtime", 0) == overtime, label
                parts["tariff"] = found["tariff"] if over else parts["tariff"]
            assert found == {name: value for name, value in parts.items() if value}, label
            start = max(ready + travel, earliest)
            assert incident.latest is None or start <= (incident.latest - NOW) / MS, label
            ready = start + round(work / MS) + carry
            here = incident.drop_off or incident.location


def test_calm_plans_stay_as_they_are(coquimbo: Region) -> None:
    """With a unit for everybody the exact assignment is the answer, and it says so; several may still be asked for."""
    rng = Random(5)
    everything = frozenset(Service)
    units = tuple(Unit(f"u{n}", "p", place(coquimbo, rng), everything) for n in range(12))
    incidents = [Incident(f"i{n}", place(coquimbo, rng), Service.TOWING, NOW) for n in range(6)]
    dispatcher = Dispatcher(coquimbo, tours=quick)
    state = dispatcher.prepare(Fleet(units=units))
    single = dispatcher.optimize(incidents, state, NOW, tours=Tours.ONE_EACH)
    plan = dispatcher.optimize(incidents, state, NOW, tours=Tours.AUTO)
    assert (plan.cost, plan.gap, plan.solver) == (single.cost, 0, single.solver)
    assert plan.why is not None
    assert single.why is not None
    assert plan.why.text == "one_each"
    assert single.why.message == "at most one incident a unit was asked for"
    several = dispatcher.optimize(incidents, state, NOW, tours=Tours.SEVERAL)
    assert several.cost.total <= single.cost.total
    assert several.why is not None
    assert several.why.text == "tours.asked"


def test_a_promise_worth_a_second_stop(coquimbo: Region) -> None:
    """Everybody would have a unit, but the far one late: the near one does both in time. Not where nobody could."""
    here, near = Location(-71.2519, -29.9027), Location(-71.2489, -29.9057)
    unit = Unit("near", "p", here, frozenset(Service), frozenset(Capability))
    slow = replace(unit, id="slow", mobilisation=timedelta(minutes=70))
    call = Incident("a", here, Service.BREAKDOWN_REPAIR, NOW, requires=frozenset({Capability.FUEL}))
    calls = [call, replace(call, id="b", location=near)]
    dispatcher = Dispatcher(coquimbo, tours=quick)
    plan = dispatcher.optimize(calls, dispatcher.prepare(Fleet((), (unit, slow))), NOW, tours=Tours.AUTO)
    assert plan.why is not None
    assert (plan.why.code, plan.why.text) == (ReasonCode.TOURS, "tours.late.one")
    assert queues(plan).keys() == {"near"}
    assert all(each.chosen.slack >= timedelta() for each in plan.assignments)
    hopeless = (replace(unit, mobilisation=timedelta(minutes=60)), slow)
    other = dispatcher.optimize(calls, dispatcher.prepare(Fleet((), hopeless)), NOW, tours=Tours.AUTO)
    assert other.why is not None
    assert other.why.text == "one_each"


def test_a_booking_leaves_room_for_others_before(coquimbo: Region) -> None:
    """One unit serves the customer of now, then the one booked for two hours later; not one of them."""
    rng = Random(8)
    unit = Unit("u", "p", place(coquimbo, rng), frozenset(Service))
    booked = Incident(
        "booked",
        place(coquimbo, rng),
        Service.AIRPORT_TRANSFER,
        NOW,
        earliest=NOW + timedelta(hours=2),
        drop_off=place(coquimbo, rng),
    )
    now = Incident("now", place(coquimbo, rng), Service.BREAKDOWN_REPAIR, NOW)
    dispatcher = Dispatcher(coquimbo, tours=quick)
    plan = dispatcher.optimize([booked, now], dispatcher.prepare(Fleet(units=(unit,))), NOW, tours=Tours.AUTO)
    assert queues(plan) == {"u": ["now", "booked"]}
    assert not plan.unserved


def test_pins_come_first_and_partners_apart(coquimbo: Region) -> None:
    """A pinned incident is its unit's first; the two units of one accident differ."""
    rng = Random(9)
    units = tuple(Unit(f"u{n}", "p", place(coquimbo, rng), frozenset(Service)) for n in range(3))
    incidents = [Incident(f"i{n}", place(coquimbo, rng), Service.TOWING, NOW) for n in range(6)]
    incidents[3] = replace(incidents[3], assigned_unit_id="u1", pinned=True)
    incidents[5] = replace(incidents[5], units_needed=2)
    dispatcher = Dispatcher(coquimbo, tours=quick)
    plan = dispatcher.optimize(incidents, dispatcher.prepare(Fleet(units=units)), NOW, tours=Tours.AUTO)
    tours = queues(plan)
    assert tours["u1"][0] == "i3"
    served = {item.incident_id: item.chosen.unit_id for item in plan.assignments}
    assert served["i5"] != served["i5#2"]
    assert len(served) == 7


def test_the_policy_bounds_tours(coquimbo: Region) -> None:
    """Two jobs a unit at most, where the policy says so; with one there are no tours."""
    fleet, incidents = scene(coquimbo, 4, units=4)
    for most in (1, 2):
        policy = replace(Policy.default(), tours=replace(Policy.default().tours, most_jobs=most))
        dispatcher = Dispatcher(coquimbo, policy, tours=quick)
        plan = dispatcher.optimize(incidents, dispatcher.prepare(fleet), NOW, tours=Tours.SEVERAL)
        assert max(len(tour) for tour in queues(plan).values()) == most
        assert plan.unserved


def test_later_legs_are_driven_in_the_traffic_of_their_time(coquimbo: Region) -> None:
    """A closure that ends before the booked time does not keep the unit from its second job."""
    store = MetricStore(coquimbo)
    everything = np.arange(coquimbo.network.arc_count)
    until = NOW + timedelta(hours=1)
    rng = Random(12)
    here = place(coquimbo, rng)
    unit = Unit("u", "p", here, frozenset(Service))
    store.update(TrafficUpdate([TrafficEntry("slow", Arcs(everything), factor=0.5, end=until)]), NOW)
    booked = Incident("b", place(coquimbo, rng), Service.AIRPORT_TRANSFER, NOW, earliest=NOW + timedelta(hours=2))
    now = Incident("a", place(coquimbo, rng), Service.BREAKDOWN_REPAIR, NOW)
    dispatcher = Dispatcher(coquimbo, metrics=store, tours=quick)
    plan = dispatcher.optimize([now, booked], dispatcher.prepare(Fleet(units=(unit,))), NOW, tours=Tours.AUTO)
    travel = {item.incident_id: item.chosen.travel / MS for item in plan.assignments}
    assert travel["b"] == drive_ms(coquimbo, now.location, booked.location)
    assert travel["a"] > 1.9 * drive_ms(coquimbo, here, now.location)


def patient(seconds: float, gap: float = 0.0) -> Policy:
    """The default policy with another search for tours."""
    rules = replace(Policy.default().tours, seconds=seconds, gap=gap)
    return replace(Policy.default(), tours=rules)


def start(workers: TourWorkers, region: Region) -> None:
    """Return once the process has answered: the first time on a machine it compiles."""
    fleet, incidents = scene(region, 0, incidents=12)
    dispatcher = Dispatcher(region, patient(240.0, gap=1.0), tours=workers)
    plan = dispatcher.optimize(incidents, dispatcher.prepare(fleet), NOW, tours=Tours.SEVERAL)
    assert plan.why is not None
    assert plan.why.code is ReasonCode.TOURS


def test_another_process_answers_and_is_given_up(coquimbo: Region) -> None:
    """A process of its own finds plans; a caller that goes away ends it, and the next one gets a new one."""
    fleet, incidents = scene(coquimbo, 0, incidents=12)
    with TourWorkers() as workers:
        policy = patient(1.0)
        start(workers, coquimbo)
        dispatcher = Dispatcher(coquimbo, policy, tours=workers)
        state = dispatcher.prepare(fleet)
        single = dispatcher.optimize(incidents, state, NOW)
        plan = dispatcher.optimize(incidents, state, NOW, tours=Tours.AUTO)
        assert plan.cost.total < single.cost.total
        assert plan.solver == "column generation"

        def gone() -> None:
            raise CancelledError("the caller has gone")

        with pytest.raises(CancelledError), giving_up(gone):
            dispatcher.optimize(incidents, state, NOW, tours=Tours.SEVERAL)
        assert dispatcher.optimize(incidents, state, NOW, tours=Tours.AUTO).cost.total < single.cost.total


def test_no_time_and_too_many(coquimbo: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where tours cannot be planned the assignment is the answer, and the plan says why."""
    fleet, incidents = scene(coquimbo, 2)
    dispatcher = Dispatcher(coquimbo, tours=lambda *_: None)
    state = dispatcher.prepare(Fleet(tuple(Provider(p.id) for p in fleet.providers), fleet.units))
    plan = dispatcher.optimize(incidents, state, NOW, tours=Tours.AUTO)
    assert plan.why is not None
    assert plan.why.text == "one_each.time"
    short = dispatcher.optimize(incidents, state, NOW, tours=Tours.AUTO, deadline_s=0.15)
    assert short.why is not None
    assert short.why.text == "one_each.time"
    monkeypatch.setattr("engine.tours.choose.MOST_PAIRS", 10)
    plan = dispatcher.optimize(incidents, state, NOW, tours=Tours.AUTO)
    assert plan.why is not None
    assert plan.why.text == "one_each.large"
    assert max(len(tour) for tour in queues(plan).values()) == 1


def several_calls(region: Region, names: list[str], seed: int = 3) -> list[Incident]:
    rng = Random(seed)
    return [Incident(name, place(region, rng), Service.TOWING, NOW) for name in names]


def few_units(region: Region, count: int, seed: int = 4) -> tuple[Unit, ...]:
    rng = Random(seed)
    return tuple(Unit(f"u{n}", "p", place(region, rng), frozenset(Service)) for n in range(count))


def test_names_are_only_names(coquimbo: Region) -> None:
    """Incidents called `case#1`, `case#2` ... are no accident with several units: the plan is that of other names."""
    dispatcher = Dispatcher(coquimbo, tours=quick)
    state = dispatcher.prepare(Fleet(units=few_units(coquimbo, 2)))
    plain, odd = (
        dispatcher.optimize(several_calls(coquimbo, [f"case{sign}{n}" for n in range(6)]), state, NOW, tours=Tours.AUTO)
        for sign in ("-", "#")
    )
    assert not odd.unserved
    assert odd.cost == plain.cost


def test_units_that_are_kept_for_others_serve_more_afterwards(coquimbo: Region) -> None:
    """With every unit pinned the others wait for them instead of being left."""
    dispatcher = Dispatcher(coquimbo, tours=quick)
    state = dispatcher.prepare(Fleet(units=few_units(coquimbo, 2)))
    calls = several_calls(coquimbo, [f"i{n}" for n in range(5)])
    for n in range(2):
        calls[n] = replace(calls[n], assigned_unit_id=f"u{n}", pinned=True)
    plan = dispatcher.optimize(calls, state, NOW, tours=Tours.AUTO)
    assert plan.why is not None
    assert plan.why.code is ReasonCode.TOURS
    assert not plan.unserved
    assert {tour[0] for tour in queues(plan).values()} == {"i0", "i1"}


def test_what_cannot_come_first_may_come_later() -> None:
    """A road closed for half an hour keeps nobody from a customer behind it once others have been served.

    The one who is there now cannot leave; the other leaves after its first job, when later legs are reckoned.
    """
    instance = QueueInstance(
        weights=np.ones(18),
        ready_ms=np.zeros(1, np.int64),
        service_ms=np.full(2, 60_000),
        due_ms=np.full(2, 10**6),
        latest_ms=np.full(2, 10**8),
        priority=np.ones(2),
        unserved_cost=np.full(2, 10**9),
        first_ms=np.array([[60_000, INF]], np.int32),
        between_ms=np.full((2, 2), 60_000, np.int32),
    )
    plan = solve_queues(instance, Budget(rounds=5, iterations=50))
    assert plan.tours == ((0, 1),)
    assert plan.lower <= plan.cost < 10**9


def test_a_booking_in_the_way_of_nobody_changes_nothing(coquimbo: Region) -> None:
    """A booked unit that nobody else wants: the exact assignment is the answer, at once."""
    dispatcher = Dispatcher(coquimbo, tours=quick)
    units = few_units(coquimbo, 8)
    calls = several_calls(coquimbo, ["now", "later"])
    calls[0] = replace(calls[0], location=units[0].location)
    calls[1] = replace(calls[1], location=units[1].location, earliest=NOW + timedelta(hours=2))
    plan = dispatcher.optimize(calls, dispatcher.prepare(Fleet(units=units)), NOW, tours=Tours.AUTO)
    assert plan.why is not None
    assert (plan.why.code, plan.gap) == (ReasonCode.ONE_EACH, 0)


def test_a_pinned_booking_leaves_room_before(coquimbo: Region) -> None:
    """The unit serves who calls now, then the one it is pinned to for five hours later."""
    dispatcher = Dispatcher(coquimbo, tours=quick)
    state = dispatcher.prepare(Fleet(units=few_units(coquimbo, 1)))
    calls = several_calls(coquimbo, ["booked", "a", "b"])
    calls[0] = replace(calls[0], earliest=NOW + timedelta(hours=5), assigned_unit_id="u0", pinned=True)
    plan = dispatcher.optimize(calls, state, NOW, tours=Tours.AUTO)
    assert queues(plan)["u0"][-1] == "booked"
    assert not plan.unserved


@pytest.mark.parametrize(
    ("booking", "unit"),
    [
        ({"earliest": NOW + 90 * MINUTE}, {"shift_end": NOW + 70 * MINUTE}),
        ({"earliest": NOW + 90 * MINUTE, "service_time": timedelta(hours=5)}, {"shift_end": NOW + 100 * MINUTE}),
        ({"earliest": NOW + 90 * MINUTE, "latest": NOW + 95 * MINUTE}, {"shift_start": NOW + 200 * MINUTE}),
        ({"earliest": NOW + 50 * MINUTE, "latest": NOW + 65 * MINUTE}, {}),
    ],
    ids=["shift", "overtime", "shift start", "latest"],
)
def test_a_pinned_booking_is_held_against_the_longest_wait_only(coquimbo: Region, booking: dict, unit: dict) -> None:
    """As everywhere; others are served before it where the sum is less, and the check by hand finds the same sum."""
    dispatcher = Dispatcher(coquimbo, tours=quick)
    units = few_units(coquimbo, 2)
    state = dispatcher.prepare(Fleet(units=(replace(units[0], **unit), *units[1:])))
    calls = several_calls(coquimbo, ["booked", "a", "b", "c"])
    calls[0] = replace(calls[0], **booking, assigned_unit_id="u0", pinned=True)
    plan = dispatcher.optimize(calls, state, NOW, tours=Tours.SEVERAL)
    assert plan.why is not None
    assert plan.why.code is ReasonCode.TOURS, plan.why.message
    assert plan.gap <= 2  # milli-minutes: the linear program's last digits
    assert not plan.unserved
    assert "booked" in queues(plan)["u0"]
    best = None
    for order in permutations(["booked", "a", "b", "c"]):
        for cut in range(1, 5):
            if "booked" not in order[:cut]:
                continue
            tours = [
                PlannedTour(name, tuple(PlannedStop(i) for i in part))
                for name, part in (("u0", order[:cut]), ("u1", order[cut:]))
                if part
            ]
            found = check_plan(dispatcher, calls, state, NOW, tours, compare=False)
            if found.keeps_rules and (best is None or found.plan.cost.total < best):
                best = found.plan.cost.total
    assert plan.cost.total == best


def test_a_pinned_booking_is_never_given_up(coquimbo: Region) -> None:
    """Even where its overtime costs more than leaving it would."""
    policy = Policy.default()
    policy = replace(policy, cost=replace(policy.cost, overtime=0.4))
    dispatcher = Dispatcher(coquimbo, policy, tours=quick)
    units = few_units(coquimbo, 1)
    state = dispatcher.prepare(Fleet(units=(replace(units[0], shift_end=NOW + 30 * MINUTE),)))
    calls = several_calls(coquimbo, ["booked", "a"])
    later = NOW + timedelta(days=4)
    calls[0] = replace(calls[0], earliest=later, latest=later + 20 * MINUTE, priority=Priority.LOW)
    calls[0] = replace(calls[0], assigned_unit_id="u0", pinned=True)
    plan = dispatcher.optimize(calls, state, NOW, tours=Tours.SEVERAL)
    assert plan.why is not None
    assert plan.why.code is ReasonCode.TOURS, plan.why.message
    assert "booked" in queues(plan)["u0"]


def test_only_the_most_urgent_where_there_are_too_many(coquimbo: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    """With too many incidents the most urgent are planned; nothing is claimed about the others."""
    monkeypatch.setattr("engine.tours.choose.MOST_PAIRS", 81)
    dispatcher = Dispatcher(coquimbo, tours=quick)
    state = dispatcher.prepare(Fleet(units=few_units(coquimbo, 3)))
    calls = several_calls(coquimbo, [f"i{n}" for n in range(14)])
    calls[7] = replace(calls[7], priority=Priority.EMERGENCY)
    plan = dispatcher.optimize(calls, state, NOW, tours=Tours.AUTO)
    assert plan.why is not None
    assert (plan.why.text, plan.why.details["planned"]) == ("tours.part", "9")
    served = {item.incident_id for item in plan.assignments}
    assert "i7" in served
    assert len(served) == 9
    assert plan.gap >= sum(left.cost.total for left in plan.unserved)


def test_who_waits_for_another_plan_gets_one_each(coquimbo: Region) -> None:
    """While the only process is busy, a plan with a deadline comes in time, with one incident a unit, and says so."""
    fleet, incidents = scene(coquimbo, 0, incidents=12)
    with TourWorkers() as workers:
        start(workers, coquimbo)
        busy, waiting = Dispatcher(coquimbo, patient(30.0), tours=workers), Dispatcher(coquimbo, tours=workers)
        crowd, many = scene(coquimbo, 1, units=20, incidents=70)  # nobody proves that in seconds
        state, mine = busy.prepare(crowd), waiting.prepare(fleet)
        given_up = threading.Event()

        def check() -> None:
            if given_up.is_set():
                raise CancelledError("the caller has gone")

        def ask() -> None:
            with pytest.raises(CancelledError), giving_up(check):
                busy.optimize(many, state, NOW, tours=Tours.SEVERAL)

        thread = threading.Thread(target=ask)
        thread.start()
        time.sleep(0.5)
        pids = workers.pids
        plan = waiting.optimize(incidents, mine, NOW, tours=Tours.AUTO, deadline_s=2.0)
        assert plan.why is not None
        assert plan.why.text == "one_each.time"
        assert plan.gap == plan.cost.total
        given_up.set()
        thread.join(30)
        again = waiting.optimize(incidents, mine, NOW, tours=Tours.AUTO, deadline_s=20.0)
        assert again.why is not None
        assert again.why.code is ReasonCode.TOURS
        assert workers.pids == pids, "it stopped when told to, and was not killed"
