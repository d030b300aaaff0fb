"""The promise that can be offered, against every unit's own quantile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest

from engine.arrival.model import ArrivalModel
from engine.decision import ReasonCode
from engine.dispatch import Dispatcher
from engine.errors import ValueRangeError
from engine.model import Capability, Fleet, Incident, Provider, Service, Unit
from engine.policy import Policy
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


@pytest.mark.parametrize("minutes", [-4.0, 1.0, 6.0, 12.0, 40.0])
@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.99])
def test_the_offer_of_a_booking_can_be_promised(coquimbo: Region, minutes: float, confidence: float) -> None:
    """Fed back as the promise it is taken, counts from the wanted time and is kept with the confidence at least."""
    seed = 5
    rng = Random(seed)
    dispatcher = Dispatcher(coquimbo)
    state = dispatcher.prepare(random_fleet(coquimbo, rng, 20))
    wanted = NOW + timedelta(minutes=minutes)
    call = Incident("i", place(coquimbo, rng), Service.TOWING, NOW - timedelta(minutes=5), earliest=wanted)
    offer = dispatcher.offerable(call, state, NOW, confidence)
    assert offer.promise is not None, seed
    assert offer.within is not None
    assert offer.promise == max(NOW + offer.within - wanted, timedelta(minutes=1))
    found = dispatcher.recommend(replace(call, promise=offer.promise), state, NOW, runners_up=20)
    assert found.promise.due_at == wanted + offer.promise
    assert found.best is not None
    chances = {each.unit_id: each.promise_probability or 0.0 for each in (found.best, *found.runners_up)}
    assert chances[offer.unit_id or ""] >= confidence - 1e-4, seed


def test_a_unit_on_the_spot_before_the_call_is_offered_a_minute(coquimbo: Region) -> None:
    """Also where nothing spreads: a call of a clock that runs ahead, a unit that needs no time."""
    exact = replace(Policy.default(), arrival=replace(Policy.default().arrival, delay_spread_minutes=0.0))
    dispatcher = Dispatcher(coquimbo, exact)
    where = place(coquimbo, Random(1))
    state = dispatcher.prepare(Fleet((Provider("p"),), (Unit("u", "p", where, frozenset(Service)),)))
    call = Incident("i", where, Service.TOWING, NOW + timedelta(minutes=4))
    offer = dispatcher.offerable(call, state, NOW, 0.9)
    assert offer.promise == timedelta(minutes=1)
    assert dispatcher.recommend(replace(call, promise=offer.promise), state, NOW).promise.due_at > NOW


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
