"""The promise one could offer, over a real socket."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from towline.v1 import dispatch_service_pb2 as pb
from towline.v1 import enums_pb2

from engine.dispatch import Dispatcher
from engine.model import Fleet, Incident, Location, Provider, Service, Unit
from tests.engine.server.wire import LAT, LON, NOW, REGION, Client, failure, fleet, incident, place, stamp, unit

UNITS = [unit(f"u{k}", location=place(LON + 0.002 * k, LAT), mobilisation=timedelta(minutes=9 - k)) for k in range(6)]


def ask(client: Client, confidence: float, **changes: Any) -> pb.RecommendResponse:
    values: dict[str, Any] = {"region": REGION, "incident": incident(), "fleet": fleet(*UNITS), "now": stamp()}
    return client.dispatch.Recommend(pb.RecommendRequest(**(values | changes), offer_confidence=confidence))


@pytest.mark.parametrize("confidence", [0.5, 0.9])
def test_the_offer_is_that_of_the_library(client: Client, dispatcher: Dispatcher, confidence: float):
    """Times and unit of the plain Python call beside the recommendation, which stays as it is."""
    answer = ask(client, confidence)
    towing = frozenset({Service.TOWING})
    units = tuple(
        Unit(f"u{k}", "p1", Location(LON + 0.002 * k, LAT), towing, mobilisation=timedelta(minutes=9 - k))
        for k in range(6)
    )
    state = dispatcher.prepare(Fleet((Provider("p1"),), units))
    call = Incident("i1", Location(LON, LAT), Service.TOWING, NOW - timedelta(minutes=1))
    wanted = dispatcher.offerable(call, state, NOW, confidence)
    assert wanted.within is not None
    assert answer.offerable.confidence == confidence
    assert answer.offerable.within.ToTimedelta() == wanted.within
    assert answer.offerable.promise_duration.ToTimedelta() == wanted.promise == wanted.within + timedelta(minutes=1)
    assert answer.offerable.unit == f"{REGION}/providers/p1/units/{wanted.unit_id}"
    assert not answer.offerable.HasField("unserved")
    assert answer.recommendation == ask(client, 0.0).recommendation


def test_an_offer_taken_is_a_promise_kept_that_often(client: Client):
    """What was offered, sent back as the promise: the unit named keeps it with the confidence asked for."""
    offer = ask(client, 0.9).offerable
    promised = incident(promise_duration=offer.promise_duration)
    found = ask(client, 0.0, incident=promised).recommendation
    chances = {each.unit: each.promise_probability for each in (found.best, *found.runners_up)}
    assert chances[offer.unit] == pytest.approx(0.9, abs=1e-4)
    assert max(chances.values()) == chances[offer.unit]


def test_the_offer_of_a_booking_is_taken(client: Client):
    """The unit is there long before the wanted time: what is offered is a promise that the service takes."""
    wanted = {"earliest": stamp(NOW + timedelta(hours=2))}
    offer = ask(client, 0.9, incident=incident(**wanted)).offerable
    assert offer.within.ToTimedelta() == timedelta(hours=2)
    found = ask(client, 0.0, incident=incident(promise_duration=offer.promise_duration, **wanted)).recommendation
    chances = {each.unit: each.promise_probability for each in (found.best, *found.runners_up)}
    assert chances[offer.unit] >= 0.9


def test_nothing_is_offered_unasked(client: Client):
    """Without a confidence the field stays unset."""
    assert not ask(client, 0.0).HasField("offerable")


def test_nobody_can_come(client: Client):
    """The reason instead of times, in the language asked for."""
    heavy = incident(required_capabilities=[enums_pb2.CAPABILITY_HEAVY])
    offer = ask(client, 0.9, incident=heavy, language_code="zh").offerable
    assert not offer.HasField("within")
    assert not offer.HasField("promise_duration")
    assert offer.unit == ""
    assert offer.unserved.code == enums_pb2.REASON_CODE_NO_CAPABLE_UNIT
    assert "没有" in offer.unserved.message


@pytest.mark.parametrize("confidence", [1.0, -0.1, 90.0, float("nan"), float("inf")])
def test_no_such_confidence(client: Client, confidence: float):
    """What is no probability between 0 and 1 is refused by the field's name."""
    found = failure(lambda: ask(client, confidence))
    assert (found.reason, found.fields) == ("VALUE_OUT_OF_RANGE", ["offer_confidence"])
