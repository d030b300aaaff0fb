"""Reach and cover after changes equal those of a fleet prepared from scratch."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import numpy as np
import pytest

from engine.cover_lost.lost import cover_lost
from engine.dispatch import Dispatcher
from engine.fleet import FleetState
from engine.model import Fleet
from engine.policy import Policy
from engine.policy_rules import CoverageRules
from engine.times import to_ms
from graphs.metrics import MetricStore, load_traffic_profile
from graphs.region import Region
from tests.engine.fleets import NOW, place, random_fleet, random_incidents, random_unit

POLICY = replace(Policy.default(), coverage=CoverageRules(weight=30.0))
NOBODY = np.empty(0, np.int64)


def cover(state: FleetState) -> tuple[list, list]:
    assert state.reach is not None
    return state.reach.under(state).tolist(), cover_lost(state, to_ms(NOW), NOBODY).tolist()


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_a_changed_fleet_covers_what_a_fresh_one_does(coquimbo: Region, seed: int, asked: bool) -> None:
    """Units move, change, come and go, providers change their territory; asked after each change or only at last."""
    rng = Random(seed)
    dispatcher = Dispatcher(coquimbo, POLICY)
    fleet = random_fleet(coquimbo, rng, 25)
    state = dispatcher.prepare(fleet)
    units, providers = {u.id: u for u in fleet.units}, {p.id: p for p in fleet.providers}
    for step in range(8):
        if step % 2:
            moved = {name: place(coquimbo, rng) for name in rng.sample(list(units), 4)}
            state = state.moved_to(list(moved), list(moved.values()))
            units |= {name: replace(units[name], location=at) for name, at in moved.items()}
        elif step % 4 == 0:
            changed = [random_unit(coquimbo, rng, n, list(providers.values())) for n in rng.sample(range(25), 3)]
            changed = [unit for unit in changed if unit.id in units]
            state = state.updated(units=changed)
            units |= {unit.id: unit for unit in changed}
        else:
            gone = rng.choice(list(units))
            new = random_unit(coquimbo, rng, 100 + step, list(providers.values()))
            one = replace(rng.choice(list(providers.values())), territory=frozenset())
            state = state.updated(units=[new], removed_units=[gone], providers=[one])
            del units[gone]
            units[new.id], providers[one.id] = new, one
        if asked or step == 7:
            order = Fleet(tuple(providers.values()), tuple(units[unit.id] for unit in state.units))
            assert cover(state) == cover(dispatcher.prepare(order)), f"seed {seed}, step {step}"
    assert state.territories.count > 1, f"seed {seed}"


def test_cover_is_reckoned_by_the_traffic_of_now(coquimbo: Region) -> None:
    """With hours, whenever units leave: what a dispatcher with the one metric of now finds for each."""
    fleet = random_fleet(coquimbo, Random(4), 12)
    incidents = random_incidents(coquimbo, Random(5), 6)
    now = NOW.replace(hour=20)  # the evening rush there
    dispatcher = Dispatcher(coquimbo, POLICY, metrics=MetricStore(coquimbo, load_traffic_profile()))
    by_hour = dispatcher.situation(incidents, dispatcher.prepare(fleet), now).intake.cover
    fixed = dispatcher.departing(now)
    single = fixed.situation(incidents, fixed.prepare(fleet), now).intake.cover
    assert by_hour is not None
    assert single is not None
    assert by_hour.tolist() == single.tolist()
    assert by_hour.any()


def test_who_is_free_changes_with_the_moment(coquimbo: Region) -> None:
    """One state asked at several moments answers as fresh ones do."""
    fleet = random_fleet(coquimbo, Random(6), 30)
    dispatcher = Dispatcher(coquimbo, POLICY)
    state = dispatcher.prepare(fleet)
    for minutes in (0, 40, 80, 0):
        ms = to_ms(NOW + timedelta(minutes=minutes))
        assert cover_lost(state, ms, NOBODY).tolist() == cover_lost(dispatcher.prepare(fleet), ms, NOBODY).tolist()
