"""The promise that can be offered, against every unit's own quantile."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest

from engine.arrival.model import ArrivalModel
from engine.decision import ReasonCode
from engine.dispatch import Dispatcher
from engine.errors import ValueRangeError
from engine.model import Capability, Fleet, Incident, Service
from graphs.region import Region
from tests.engine.fleets import NOW, place, random_fleet, random_incidents


def test_it_is_the_least_quantile_of_all_units(coquimbo: Region) -> None:
    """No unit, recommended alone, has the asked confidence any sooner."""
    seed = 2
    rng = Random(seed)
    dispatcher = Dispatcher(coquimbo)
    fleet = random_fleet(coquimbo, rng, 60)
    state = dispatcher.prepare(fleet)
    model = ArrivalModel.of(dispatcher.policy)
    offered = 0
    for incident in random_incidents(coquimbo, rng, 12):
        for confidence in (0.5, 0.9, 0.99):
            found = dispatcher.offerable(incident, state, NOW, confidence)
            listed = dispatcher.recommend(incident, state, NOW, runners_up=60)
            if listed.best is None:
                assert found.unserved == listed.unserved, seed
                continue
            terms = state.terms(round(NOW.timestamp() * 1000))
            quantiles = []
            for rival in (listed.best, *listed.runners_up):
                row = state.row_of[rival.unit_id]
                ready = round((rival.departs_at - NOW).total_seconds() * 1000)
                known = (ready, int(state.arrays.mobilisation_ms[row]), float(terms.spread_ms[row]))
                quantiles.append(model.quantile(known, round(rival.travel.total_seconds() * 1000), confidence))
            assert found.within is not None
            assert found.within == timedelta(milliseconds=min(quantiles)), (seed, incident.id, confidence)
            assert found.promise == NOW + found.within - incident.received_at
            offered += 1
    assert offered > 10, seed


def test_more_confidence_takes_longer(coquimbo: Region) -> None:
    """And the chance that a candidate's answer gives at its own promise agrees with it."""
    dispatcher = Dispatcher(coquimbo)
    rng = Random(4)
    state = dispatcher.prepare(random_fleet(coquimbo, rng, 60))
    incident = Incident("i", place(coquimbo, rng), Service.TOWING, received_at=NOW)
    times = [dispatcher.offerable(incident, state, NOW, confidence).within for confidence in (0.1, 0.5, 0.9, 0.99)]
    assert all(a is not None and b is not None and a < b for a, b in pairwise(times))
    best = dispatcher.recommend(incident, state, NOW).best
    assert best is not None
    assert best.promise_probability is not None
    assert 0 <= best.promise_probability <= 1


def test_nobody_means_a_reason(coquimbo: Region) -> None:
    """Without units the answer says why, and a confidence of 1.5 is refused."""
    dispatcher = Dispatcher(coquimbo)
    incident = Incident("i", place(coquimbo, Random(1)), Service.TOWING, NOW, requires=frozenset({Capability.WINCH}))
    state = dispatcher.prepare(Fleet())
    found = dispatcher.offerable(incident, state, NOW, 0.9)
    assert found.within is None
    assert found.unserved is not None
    assert found.unserved.code is ReasonCode.NO_CAPABLE_UNIT
    for wrong in (0.0, 1.0, 1.5, -0.1, float("nan")):
        with pytest.raises(ValueRangeError, match="confidence"):
            dispatcher.offerable(incident, state, NOW, wrong)
