"""Units that change: the state equals one made from scratch, whatever changed."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from random import Random

import numpy as np
import pytest

from engine.dispatch import Dispatcher
from engine.errors import TimeError, UnknownReferenceError
from engine.fleet import FleetState
from engine.fleet.cell_labels import CellLabels
from engine.model import Break, Fleet, Incident, Location, Provider, Service, Unit
from graphs.metrics import MetricStore
from graphs.region import Region
from tests.engine.fleets import NOW, place, random_fleet, random_unit


def rested(region: Region, rng: Random, number: int, providers: list[Provider]) -> Unit:
    """A unit with up to two breaks, in any order, and perhaps a shift."""
    starts = [NOW + timedelta(minutes=rng.randrange(600)) for _ in range(rng.randrange(3))]
    breaks = tuple(Break(start, start + timedelta(minutes=15)) for start in starts)
    shift = NOW + timedelta(hours=9) if rng.random() < 0.5 else None
    return replace(random_unit(region, rng, number, providers), breaks=breaks, shift_end=shift)


@pytest.mark.parametrize("seed", range(5))
def test_changed_units_equal_fresh_ones(coquimbo: Region, seed: int) -> None:
    """Arrays, places, cells and labels after many changes of status, place, breaks, shift and provider."""
    rng = Random(seed)
    dispatcher = Dispatcher(coquimbo)
    fleet = random_fleet(coquimbo, rng, 40)
    providers = list(fleet.providers)
    state = dispatcher.prepare(fleet)
    units = {unit.id: unit for unit in fleet.units}
    for _ in range(6):
        changed = [rested(coquimbo, rng, number, providers) for number in rng.sample(range(40), rng.randint(1, 30))]
        before, state = state, state.updated(units=changed)
        units |= {unit.id: unit for unit in changed}
        fresh = dispatcher.prepare(Fleet(fleet.providers, tuple(units.values())))
        assert state.units == fresh.units, f"seed {seed}"
        _assert_equal(state.arrays, fresh.arrays, seed)
        _assert_equal(state.positions, fresh.positions, seed)
        assert (state.cells.row == fresh.cells.row).all(), f"seed {seed}"
        assert before.units != state.units
    target = place(coquimbo, rng)
    there = dispatcher.positions([target])
    durations = [dispatcher.durations(each.positions, there) for each in (state, fresh)]
    assert (durations[0] == durations[1]).all(), f"seed {seed}"


def _assert_equal(one, other, seed: int) -> None:
    for item in fields(one):
        found, expected = getattr(one, item.name), getattr(other, item.name)
        if found is None and expected is None:
            continue
        assert found.dtype == expected.dtype, f"seed {seed}, {item.name}"
        assert not found.flags.writeable, f"seed {seed}, {item.name}"
        assert np.array_equal(found, expected), f"seed {seed}, {item.name}"


def test_a_wrong_change_is_refused_and_changes_nothing(coquimbo: Region) -> None:
    """An unknown provider and a negative mobilisation have their own errors; the state stays."""
    fleet = random_fleet(coquimbo, Random(1), 10)
    state: FleetState = Dispatcher(coquimbo).prepare(fleet)
    one = fleet.units[3]
    with pytest.raises(UnknownReferenceError):
        state.updated(units=[replace(one, provider_id="nobody")])
    with pytest.raises(TimeError):
        state.updated(units=[replace(one, mobilisation=timedelta(seconds=-1))])
    assert state.units == fleet.units


def test_a_unit_that_faces_the_other_way_turns_round_first(coquimbo: Region) -> None:
    """In a region with turns its heading, reported or given, adds the U-turn; that of the customer does not."""
    region = replace(coquimbo, metadata=replace(coquimbo.metadata, turning={"u_turn_s": 20.0}))
    network, dispatcher = region.network, Dispatcher(region)
    two_way = np.flatnonzero((network.arc_twin >= 0) & (network.arc_length_m > 400.0) & (network.arc_access == 0))
    arc = next(arc for arc in two_way if len(network.shape(arc)) == 2)
    begin, end = network.shape(arc)
    (lon, lat), there = begin + 0.5 * (end - begin), begin + 0.8 * (end - begin)
    east = (end[0] - begin[0]) * np.cos(np.radians(lat))
    ahead = float(np.degrees(np.arctan2(east, end[1] - begin[1])) % 360.0)
    facing = {"ahead": ahead, "back": (ahead + 180.0) % 360.0, "unknown": None}
    towing = frozenset({Service.TOWING})
    units = [Unit(key, "p", Location(lon, lat, heading=heading), towing) for key, heading in facing.items()]
    state = dispatcher.prepare(Fleet((Provider("p"),), tuple(units)))
    target = dispatcher.positions([Location(*there, heading=facing["back"])])
    times = dispatcher.durations(state.positions, target)[:, 0]
    assert times[1] - times[0] == 20_000
    assert times[2] == times[0]
    moved = state.moved_to(["back", "unknown"], [units[0].location, units[1].location])
    assert (dispatcher.durations(moved.positions, target)[:, 0] - times[0]).tolist() == [0, 0, 20_000]
    incident = Incident("i", Location(*there, heading=facing["back"]), Service.TOWING, NOW)
    found = dispatcher.recommend(incident, state, NOW)
    assert found.best is not None
    travel = {each.unit_id: each.travel for each in (found.best, *found.runners_up)}
    assert travel["back"] - travel["ahead"] == timedelta(seconds=20)
    assert travel["unknown"] == travel["ahead"]


@pytest.mark.parametrize("seed", range(5))
def test_cells_that_nothing_happened_in_are_kept(coquimbo: Region, seed: int) -> None:
    """The label rows of cells after many changes, seen or not in between, are those made from scratch; under the
    metric of an hour, too."""
    rng = Random(seed)
    metrics = MetricStore(coquimbo)
    dispatcher = Dispatcher(coquimbo, metrics=metrics)
    fleet = random_fleet(coquimbo, rng, 60)
    state = dispatcher.prepare(fleet)
    metrics.warm(NOW)
    metric = metrics.warm_metrics()[0]
    assert metric is not state.metric
    kept = 0
    for _ in range(20):
        numbers = rng.sample(range(60), rng.choice([1, 2, 5, 40]))
        if rng.random() < 0.5:
            state = state.updated(units=[rested(coquimbo, rng, n, list(fleet.providers)) for n in numbers])
        else:
            state = state.moved_to([state.units[n].id for n in numbers], [place(coquimbo, rng) for _ in numbers])
        if rng.random() < 0.3:
            continue  # nobody asks
        for each in (state, state.under(metric)):
            fresh = CellLabels.of(each.cells, each.labels)
            kept += each.metric in each._known
            for name in ("data", "start", "lead"):
                found, expected = getattr(each.cell_labels, name), getattr(fresh, name)
                assert np.array_equal(found, expected), f"seed {seed}, {name}"
                assert found.dtype == expected.dtype, f"seed {seed}, {name}"
    assert kept > 10, f"seed {seed}"
