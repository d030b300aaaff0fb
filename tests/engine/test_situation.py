"""Decisions when units depart under different metrics, against travel times computed pair by pair."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from engine.baseline import nearest_in_order
from engine.decision import ReasonCode
from engine.dispatch import Dispatcher
from engine.jobs.service_time import service_time_of
from engine.model import Fleet, Incident, Location, Service, Unit, UnitStatus
from engine.times import to_ms
from graphs.errors import InputError
from graphs.metrics import Arcs, MetricStore, TrafficEntry, TrafficUpdate, load_traffic_profile
from graphs.region import Region
from graphs.search import INF
from graphs.travel import travel_matrix
from tests.engine import cost_oracle
from tests.engine.fleets import NOW, impatient, place, random_fleet, random_incidents
from tests.engine.slow_dispatch import IMPOSSIBLE, can_serve

MINUTE = timedelta(minutes=1)


def random_feed(region: Region, rng: Random, count: int) -> list[TrafficEntry]:
    """Slow and closed roads, most of them for a part of the next two hours."""
    entries = []
    for number in range(count):
        arcs = np.array([rng.randrange(region.network.arc_count) for _ in range(150)])
        start = NOW + MINUTE * rng.uniform(-30, 60)
        end = max(start, NOW) + MINUTE * rng.uniform(1, 90)
        effect: Any = {"closed": True} if rng.random() < 0.3 else {"speed_kph": rng.uniform(2, 60)}
        entries.append(TrafficEntry(f"e{number}", Arcs(arcs), start=start, end=end, **effect))
    return entries


def departure(unit: Unit, now: datetime) -> datetime:
    busy = unit.status is UnitStatus.BUSY and unit.free_at is not None
    return max(now, unit.free_at if busy and unit.free_at else now) + unit.mobilisation


def cost_matrix(
    dispatcher: Dispatcher, store: MetricStore, fleet: Fleet, incidents: list[Incident], at: dict[str, datetime]
) -> tuple[np.ndarray, np.ndarray]:
    """As `slow_dispatch.cost_matrix`, each unit's travel times under the metric at `at[unit]`."""
    policy, region = dispatcher.policy, dispatcher.region
    weights = cost_oracle.Weights(**asdict(policy.cost))
    latest = round(policy.limits.max_wait_minutes * 60_000)
    providers = {p.id: p for p in fleet.providers}
    where = [i.location for i in incidents]
    targets = region.snapper.snap([p.lon for p in where], [p.lat for p in where])
    plain = Dispatcher(region, policy)
    state = plain.prepare(fleet)
    promises = [plain.recommend(incident, state, NOW).promise for incident in incidents]
    costs = np.full((len(incidents), len(fleet.units)), IMPOSSIBLE, np.int64)
    unserved = np.zeros(len(incidents), np.int64)
    for i, incident in enumerate(incidents):
        due = round((promises[i].due_at - NOW).total_seconds() * 1000)
        unserved[i] = sum(cost_oracle.left(weights, policy.priority.of(incident.priority), due, latest).values())
    for j, unit in enumerate(fleet.units):
        start = unit.free_location if unit.free_location and unit.status is UnitStatus.BUSY else unit.location
        origin = region.snapper.snap([start.lon], [start.lat])
        metric = store.view().at(at[unit.id])[1]
        drives = travel_matrix(region.network, metric, origin, targets, graph=region.search_graph)[0]
        for i, incident in enumerate(incidents):
            if not can_serve(incident, unit, providers[unit.provider_id].territory):
                continue
            ready = round((departure(unit, NOW) - NOW) / timedelta(milliseconds=1))
            if drives[i] >= INF or ready + drives[i] > latest:
                continue
            due = round((promises[i].due_at - NOW).total_seconds() * 1000)
            weight = policy.priority.of(incident.priority)
            changed = incident.assigned_unit_id is not None and incident.assigned_unit_id != unit.id
            price = providers[unit.provider_id].call_out_price
            parts = cost_oracle.served(weights, weight, due, ready, int(drives[i]), price, changed)
            costs[i, j] = sum(parts.values())
    return costs, unserved


@pytest.mark.parametrize(("seed", "crowded"), [(0, False), (1, False), (2, True), (3, True)])
def test_decisions_equal_the_slow_oracle(coquimbo: Region, seed: int, crowded: bool) -> None:
    """With hours and closures that come and go, lists and plans are those of pair-by-pair times at each departure.

    So they are where nearly every departure has a metric of its own.
    """
    rng = Random(700 + seed)
    store = MetricStore(coquimbo, load_traffic_profile())
    dispatcher = Dispatcher(coquimbo, impatient(), metrics=store)
    store.update(TrafficUpdate(random_feed(coquimbo, rng, 60 if crowded else 2)), NOW)
    fleet = random_fleet(coquimbo, rng, 70)
    minutes = range(90) if crowded else range(0, 81, 20)
    whole = tuple(  # departures on whole ms
        replace(u, free_at=NOW + MINUTE * rng.choice(minutes) if u.free_at else None) for u in fleet.units
    )
    fleet = Fleet(fleet.providers, whole)
    incidents = random_incidents(coquimbo, rng, 50)
    workers = [u.id for u in fleet.units if u.status is not UnitStatus.OFF_DUTY]
    incidents = [replace(i, assigned_unit_id=rng.choice(workers)) if rng.random() < 0.4 else i for i in incidents]
    state = dispatcher.prepare(fleet)
    at = {u.id: departure(u, NOW) for u in fleet.units}
    costs, unserved = cost_matrix(dispatcher, store, fleet, incidents, at)
    departures = np.array([to_ms(when) for when in at.values()])
    versions = {span.name for span in store.view().spans(departures)[0]}
    metrics = {store.view().at(when)[0] for when in at.values()}
    assert (len(metrics) > 12) == crowded, f"seed {seed}"
    assert len(versions) > 1, f"seed {seed}"
    for i, incident in enumerate(incidents):
        expected = [j for j in np.lexsort((np.arange(len(fleet.units)), costs[i])) if costs[i, j] < IMPOSSIBLE][:12]
        found = dispatcher.recommend(incident, state, NOW, runners_up=11)
        listed = [found.best, *found.runners_up] if found.best else []
        assert [(c.unit_id, c.cost.total) for c in listed] == [(fleet.units[j].id, costs[i, j]) for j in expected], (
            f"seed {seed}, {incident.id}"
        )
        assert (found.unserved is None) == bool(expected), f"seed {seed}, {incident.id}"
        assert set(found.metric_version.split("+")) == versions
    plan = dispatcher.optimize(incidents, state, NOW)
    leave = np.where(np.eye(len(incidents), dtype=bool), unserved[:, None], IMPOSSIBLE)
    dense = np.hstack([costs, leave])
    rows, columns = linear_sum_assignment(dense.astype(np.float64))
    assert (plan.cost.total, plan.gap) == (int(dense[rows, columns].sum()), 0), f"seed {seed}"
    assert set(plan.metric_version.split("+")) == versions
    assert nearest_in_order(dispatcher, incidents, state, NOW, by="eta").cost.total >= plan.cost.total
    situation = dispatcher.situation(incidents, state, NOW)
    assert situation.exact != crowded
    rows = np.arange(len(state))
    for i, incident in enumerate(incidents[:10]):
        target = coquimbo.snapper.snap([incident.location.lon], [incident.location.lat])
        own = [
            travel_matrix(
                coquimbo.network,
                store.view().at(at[unit.id])[1],
                state.positions.take([row]),
                target,
                graph=coquimbo.search_graph,
            )[0, 0]
            for row, unit in enumerate(state.units)
        ]
        assert situation.driving_ms(rows, i).tolist() == own, f"seed {seed}, {incident.id}"
        assert (situation.travel_to(i) >= own).all(), f"seed {seed}, {incident.id}"


def test_closures_count_for_the_very_departures_they_hold_for(coquimbo: Region) -> None:
    """One place is closed until 10:00 and from 10:30; of units that are free every 5 minutes only some can come.

    Two dozen entries elsewhere begin and end meanwhile, so that each unit departs under a metric of its own.
    """
    store = MetricStore(coquimbo)
    network = coquimbo.network
    incident = Incident("i", _at(coquimbo, 9000), Service.TOWING, NOW)
    arc = int(coquimbo.snapper.snap([incident.location.lon], [incident.location.lat]).arc[0])
    ends = [network.arc_tail[arc], network.arc_head[arc]]
    around = Arcs(np.flatnonzero(np.isin(network.arc_tail, ends) | np.isin(network.arc_head, ends)))
    until, again = NOW + 30 * MINUTE, NOW + 60 * MINUTE
    far = [TrafficEntry(f"far{n}", Arcs(3), factor=0.9 - n / 100, end=NOW + (4 * n + 2) * MINUTE) for n in range(24)]
    closures = [
        TrafficEntry("first", around, closed=True, end=until),
        TrafficEntry("then", around, closed=True, start=again),
    ]
    store.update(TrafficUpdate([*far, *closures]), NOW, strict=True)
    dispatcher = Dispatcher(coquimbo, metrics=store)
    unit = Unit("u", "p", _at(coquimbo, 3), frozenset({Service.TOWING}), status=UnitStatus.BUSY)
    units = tuple(replace(unit, id=f"u{n:02}", free_at=NOW + 5 * n * MINUTE) for n in range(20))
    state = dispatcher.prepare(Fleet(units=units))
    found = dispatcher.recommend(incident, state, NOW, runners_up=20)
    assert found.best is not None
    assert [c.unit_id for c in (found.best, *found.runners_up)] == ["u06", "u07", "u08", "u09", "u10", "u11"]
    for only in ("u05", "u12"):
        alone = replace(incident, assigned_unit_id=only, pinned=True)
        assert dispatcher.recommend(alone, state, NOW).best is None
        assert dispatcher.situation([incident], state, NOW).closures_before(0, state.row_of[only])
    assert "..." in found.metric_version


def test_labels_kept_through_changes_equal_fresh_ones(coquimbo: Region) -> None:
    """A fleet that is warmed, moved, changed and warmed again answers as one prepared from scratch."""
    rng = Random(11)
    store = MetricStore(coquimbo, load_traffic_profile())
    dispatcher = Dispatcher(coquimbo, metrics=store)
    fleet = random_fleet(coquimbo, rng, 120)
    incidents = random_incidents(coquimbo, rng, 6)
    states = [dispatcher.prepare(fleet)]
    store.follow(lambda view, keys, now: dispatcher.warm(states[-1], view, keys, now))
    store.warm(NOW)
    units = {u.id: u for u in fleet.units}
    for step in range(4):
        store.update(TrafficUpdate(random_feed(coquimbo, rng, 3)), NOW)
        moving = {u.id: place(coquimbo, rng) for u in rng.sample(list(units.values()), 20)}
        state = states[-1].moved(list(moving), [p.lon for p in moving.values()], [p.lat for p in moving.values()])
        units |= {key: replace(units[key], location=location) for key, location in moving.items()}
        gone = rng.choice(list(units))
        del units[gone]
        states.append(state.updated(removed_units=[gone]))
        fresh = Dispatcher(coquimbo, metrics=store).prepare(Fleet(fleet.providers, tuple(units.values())))
        for incident in incidents:
            expected = dispatcher.recommend(incident, fresh, NOW)
            assert dispatcher.recommend(incident, states[-1], NOW) == expected, f"step {step}"


def _at(region: Region, node: int) -> Location:
    return Location(float(region.network.node_lon[node]), float(region.network.node_lat[node]))


def test_a_unit_free_after_the_closure_is_not_delayed(coquimbo: Region) -> None:
    """Roads are closed until 10:00: who departs at 9:59 cannot come, who departs at 10:00 drives freely."""
    store = MetricStore(coquimbo)
    ten = NOW + timedelta(minutes=90)
    everything = np.arange(coquimbo.network.arc_count)
    store.update(TrafficUpdate([TrafficEntry("storm", Arcs(everything), closed=True, end=ten)]), NOW)
    dispatcher = Dispatcher(coquimbo, metrics=store)
    incident = Incident("i", _at(coquimbo, 9000), Service.TOWING, NOW)
    late = Unit("late", "p", _at(coquimbo, 3), frozenset({Service.TOWING}), status=UnitStatus.BUSY, free_at=ten)
    early = replace(late, id="early", free_at=ten - timedelta(milliseconds=1))
    found = dispatcher.recommend(incident, dispatcher.prepare(Fleet(units=(early, late))), NOW)
    assert found.best is not None
    assert (found.best.unit_id, found.runners_up) == ("late", ())
    plain = Dispatcher(coquimbo)
    free = plain.recommend(incident, plain.prepare(Fleet(units=(late,))), NOW).best
    assert free is not None
    assert found.best.travel == free.travel
    assert len(found.metric_version.split("+")) == 2


def test_closing_every_road_says_which_entry_did(coquimbo: Region) -> None:
    """An incident all of whose roads are closed is unreachable, and the reason names the closure."""
    store = MetricStore(coquimbo)
    dispatcher = Dispatcher(coquimbo, metrics=store)
    incident = Incident("i", _at(coquimbo, 9000), Service.TOWING, NOW)
    unit = Unit("u", "p", _at(coquimbo, 3), frozenset({Service.TOWING}))
    state = dispatcher.prepare(Fleet(units=(unit,)))
    before = dispatcher.recommend(incident, state, NOW)
    assert (before.best is not None, before.metric_version.split("/")[0]) == (True, "0.0")
    arc = int(coquimbo.snapper.snap([incident.location.lon], [incident.location.lat]).arc[0])
    network = coquimbo.network
    ends = [network.arc_tail[arc], network.arc_head[arc]]
    around = np.flatnonzero(np.isin(network.arc_tail, ends) | np.isin(network.arc_head, ends))
    store.update(
        TrafficUpdate(
            [TrafficEntry("flood", Arcs(around), closed=True), TrafficEntry("far", Arcs(int(arc) // 2), closed=True)]
        ),
        NOW,
    )
    after = dispatcher.recommend(incident, state, NOW)
    assert after.best is None
    assert after.unserved is not None
    assert after.unserved.code is ReasonCode.UNREACHABLE
    assert "(flood)" in after.unserved.message
    assert after.unserved.details == {"closures": "flood"}
    plan = dispatcher.optimize([incident], state, NOW)
    assert plan.unserved[0].reason == after.unserved
    store.update(TrafficUpdate(removes=["flood"]), NOW)
    assert dispatcher.recommend(incident, state, NOW).best == before.best


def test_hours_change_under_a_fleet(coquimbo: Region) -> None:
    """The same question a minute before and after the hour is answered with the metric of each hour."""
    store = MetricStore(coquimbo, load_traffic_profile())
    dispatcher = Dispatcher(coquimbo, metrics=store)
    unit = Unit("u", "p", _at(coquimbo, 3), frozenset({Service.TOWING}))
    state = dispatcher.prepare(Fleet(units=(unit,)))
    seven = datetime(2026, 3, 3, 7, 0, tzinfo=coquimbo.timezone).astimezone(UTC)
    travels = {}
    for minutes in (-1, 0, 60):
        now = seven + minutes * MINUTE
        found = dispatcher.recommend(Incident("i", _at(coquimbo, 9000), Service.TOWING, now), state, now)
        assert found.best is not None
        travels[found.metric_version] = found.best.travel
    assert list(travels) == ["0.0/tue-06/dry", "0.0/tue-07/dry", "0.0/tue-08/dry"]
    assert travels["0.0/tue-06/dry"] < travels["0.0/tue-07/dry"] < travels["0.0/tue-08/dry"]


def test_a_matrix_is_that_of_its_departure(coquimbo: Region) -> None:
    """With a store a matrix needs a departure, and has the travel times of its hour."""
    store = MetricStore(coquimbo, load_traffic_profile())
    dispatcher = Dispatcher(coquimbo, metrics=store)
    a, b = _at(coquimbo, 3), _at(coquimbo, 9000)
    with pytest.raises(InputError, match="give a departure"):
        dispatcher.matrix([a.lon], [a.lat], [b.lon], [b.lat])
    night, peak = (
        dispatcher.matrix([a.lon], [a.lat], [b.lon], [b.lat], datetime(2026, 3, 3, hour, tzinfo=coquimbo.timezone))[
            0, 0
        ]
        for hour in (3, 8)
    )
    free = int(Dispatcher(coquimbo).matrix([a.lon], [a.lat], [b.lon], [b.lat])[0, 0])
    assert night == free < peak


def test_an_empty_fleet_and_no_incidents(coquimbo: Region) -> None:
    """Nobody to send and nothing to do are answers, not errors, under a store of metrics, too."""
    dispatcher = Dispatcher(coquimbo, metrics=MetricStore(coquimbo))
    empty = dispatcher.prepare(Fleet())
    assert dispatcher.optimize([], empty, NOW).cost.total == 0
    incident = Incident("i", _at(coquimbo, 0), Service.TOWING, NOW)
    assert dispatcher.optimize([incident], empty, NOW).unserved[0].reason.code is ReasonCode.NO_CAPABLE_UNIT
    with pytest.raises(ValueError, match="one metric, or a store"):
        Dispatcher(coquimbo, metric=coquimbo.metric, metrics=MetricStore(coquimbo))


def test_hours_alike_are_searched_together(coquimbo: Region) -> None:
    """At free flow units that leave in different hours are one group; the answer still names every hour."""
    rng = Random(4)
    fleet = random_fleet(coquimbo, rng, 60)
    incidents = random_incidents(coquimbo, rng, 3)
    dispatcher = Dispatcher(coquimbo, metrics=MetricStore(coquimbo))
    state = dispatcher.prepare(fleet)
    situation = dispatcher.situation(incidents, state, NOW)
    assert len(situation.hours) == 1
    assert situation.metric_version.count("+") >= 1
    plain = Dispatcher(coquimbo)
    for incident in incidents:
        expected = plain.recommend(incident, plain.prepare(fleet), NOW)
        found = dispatcher.recommend(incident, state, NOW)
        assert (found.best, found.runners_up) == (expected.best, expected.runners_up)


def test_nobody_departs_at_once_to_a_booking(coquimbo: Region) -> None:
    """A closure around a place that ends soon does not keep units from one booked there for hours later.

    Who calls from there now cannot be reached; travel times to the booking are those of its hour.
    """
    store = MetricStore(coquimbo, load_traffic_profile())
    network = coquimbo.network
    there = _at(coquimbo, 9000)
    arc = int(coquimbo.snapper.snap([there.lon], [there.lat]).arc[0])
    ends = [network.arc_tail[arc], network.arc_head[arc]]
    around = Arcs(np.flatnonzero(np.isin(network.arc_tail, ends) | np.isin(network.arc_head, ends)))
    store.update(TrafficUpdate([TrafficEntry("works", around, closed=True, end=NOW + 10 * MINUTE)]), NOW)
    dispatcher = Dispatcher(coquimbo, metrics=store)
    unit = Unit("u", "p", _at(coquimbo, 3), frozenset({Service.TOWING}))
    late = replace(unit, id="late", status=UnitStatus.BUSY, free_at=NOW + 400 * MINUTE)
    state = dispatcher.prepare(Fleet(units=(unit, late)))
    wanted = NOW + 300 * MINUTE
    booked = Incident("booked", there, Service.TOWING, NOW, earliest=wanted)
    now = Incident("now", there, Service.TOWING, NOW)
    found = dispatcher.recommend(booked, state, NOW)
    assert found.best is not None
    assert found.best.unit_id == "u"
    assert "+" in found.metric_version
    for candidate, when in ((found.best, wanted), (found.runners_up[0], NOW + 400 * MINUTE)):
        metric = store.view().at(when)[1]
        place_ = coquimbo.snapper.snap([there.lon], [there.lat])
        row = state.positions.take([state.row_of[candidate.unit_id]])
        own = travel_matrix(network, metric, row, place_, graph=coquimbo.search_graph)[0, 0]
        assert candidate.travel / timedelta(milliseconds=1) == own, candidate.unit_id
    both = dispatcher.optimize([now, booked], state, NOW)
    assert {item.incident_id: item.chosen.unit_id for item in both.assignments} == {"now": "late", "booked": "u"}
    alone = dispatcher.optimize([now, booked], dispatcher.prepare(Fleet(units=(unit,))), NOW)
    assert [item.incident_id for item in alone.assignments] == ["booked"]
    left = alone.unserved[0].reason
    assert left.code is ReasonCode.UNREACHABLE
    assert left.details == {"closures": "works", "until": (NOW + 10 * MINUTE).astimezone(coquimbo.timezone).isoformat()}


def test_the_drive_to_the_end_has_its_own_traffic(coquimbo: Region) -> None:
    """A tow's drive to the garage is that of now plus the work, or of the booked time, whatever units depart when.

    Twenty entries on streets far away, which give nearly every unit a metric of its own, change nothing.
    """
    everything = np.arange(coquimbo.network.arc_count)
    jam = TrafficEntry("jam", Arcs(everything), factor=0.3, end=NOW + 39 * MINUTE)
    far = [TrafficEntry(f"f{n}", Arcs(3), factor=0.99, end=NOW + (2 * n + 1) * MINUTE) for n in range(20)]
    unit = Unit("u", "p", _at(coquimbo, 3), frozenset({Service.TOWING}), status=UnitStatus.BUSY)
    units = tuple(replace(unit, id=f"u{n}", free_at=NOW + n * MINUTE) for n in range(40))
    start, end = _at(coquimbo, 9000), _at(coquimbo, 400)
    tow = Incident("i", start, Service.TOWING, NOW, drop_off=end)
    booked = replace(tow, earliest=NOW + 240 * MINUTE)
    work = service_time_of(Dispatcher(coquimbo).policy.service_time, tow, frozenset()).mean
    here, there = (coquimbo.snapper.snap([place_.lon], [place_.lat]) for place_ in (start, end))
    for entries in ([jam], [jam, *far]):
        store = MetricStore(coquimbo, load_traffic_profile())
        store.update(TrafficUpdate(entries), NOW, strict=True)
        dispatcher = Dispatcher(coquimbo, metrics=store)
        state = dispatcher.prepare(Fleet(units=units))
        for incident, begun in ((tow, NOW + work), (booked, NOW + 240 * MINUTE + work)):
            metric = store.view().at(begun)[1]
            own = travel_matrix(coquimbo.network, metric, here, there, graph=coquimbo.search_graph)[0, 0]
            intake = dispatcher.situation([incident], state, NOW).intake
            assert intake.jobs.carry_ms[0] == own, (len(entries), incident.earliest)


def test_units_that_start_long_after_a_booking_was_wanted(coquimbo: Region) -> None:
    """A shift that begins more than a day from now, and after the wanted time: the unit drives in its first hour."""
    store = MetricStore(coquimbo, load_traffic_profile())
    wanted, begins = NOW + timedelta(hours=23), NOW + timedelta(hours=24, minutes=30)
    everything = np.arange(coquimbo.network.arc_count)
    closed = TrafficEntry("night", Arcs(everything), closed=True, start=wanted - MINUTE, end=begins - 10 * MINUTE)
    store.update(TrafficUpdate([closed]), NOW)
    dispatcher = Dispatcher(coquimbo, metrics=store)
    unit = Unit("u", "p", _at(coquimbo, 3), frozenset({Service.TOWING}), shift_start=begins)
    incident = Incident("i", _at(coquimbo, 9000), Service.TOWING, NOW, earliest=wanted)
    found = dispatcher.recommend(incident, dispatcher.prepare(Fleet(units=(unit,))), NOW).best
    assert found is not None
    here, there = (coquimbo.snapper.snap([at.lon], [at.lat]) for at in (unit.location, incident.location))
    metric = store.view().at(begins)[1]
    own = travel_matrix(coquimbo.network, metric, here, there, graph=coquimbo.search_graph)[0, 0]
    assert found.travel / timedelta(milliseconds=1) == own
