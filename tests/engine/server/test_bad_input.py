"""Bad requests over the wire: each has its own typed error that names the field, and nothing is half-done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration  # ty: ignore[missing-module-member]  # made at run time
from google.protobuf.timestamp_pb2 import Timestamp  # ty: ignore[missing-module-member]  # made at run time
from towline.v1 import dispatch_service_pb2 as pb
from towline.v1 import enums_pb2, fleet_pb2, fleet_service_pb2
from towline.v1.fleet_pb2 import Break, NightTariff
from towline.v1.incident_pb2 import Garage, UnitNeeds

from tests.engine.server.wire import (
    LAT,
    LON,
    NOW,
    REGION,
    Client,
    failure,
    fleet,
    incident,
    place,
    provider,
    stamp,
    unit,
)

OTHER = "regions/elsewhere"
GOOD = incident("good")

INCIDENTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "swapped": ({"location": place(LAT, LON)}, "INVALID_COORDINATES", "location"),
    "swapped on earth": ({"location": place(31.2, 121.5)}, "INVALID_COORDINATES", "location.lat"),
    "nan": ({"location": place(float("nan"), LAT)}, "INVALID_COORDINATES", "location.lon"),
    "nan lat": ({"location": place(LON, float("nan"))}, "INVALID_COORDINATES", "location.lat"),
    "infinite": ({"location": place(LON, float("inf"))}, "INVALID_COORDINATES", "location.lat"),
    "out of range": ({"location": place(-200.0, LAT)}, "INVALID_COORDINATES", "location.lon"),
    "off the map": ({"location": place(-71.9, -29.9)}, "LOCATION_OUTSIDE_REGION", "location"),
    "null island": ({"location": place(0.0, 0.0)}, "LOCATION_OUTSIDE_REGION", "location"),
    "no location": ({"location": None}, "REQUIRED_FIELD", "location"),
    "no service": ({"service": 0}, "REQUIRED_FIELD", "service"),
    "unknown service": ({"service": 99}, "UNKNOWN_SERVICE", "service"),
    "negative service": ({"service": -1}, "UNKNOWN_SERVICE", "service"),
    "unknown capability": ({"required_capabilities": [1, 99]}, "UNKNOWN_CAPABILITY", "required_capabilities[1]"),
    "unspecified capability": ({"required_capabilities": [0]}, "REQUIRED_FIELD", "required_capabilities[0]"),
    "unknown priority": ({"priority": 12}, "UNKNOWN_PRIORITY", "priority"),
    "no received_at": ({"received_at": None}, "REQUIRED_FIELD", "received_at"),
    "received in 1970": ({"received_at": Timestamp()}, "INVALID_TIME", "received_at"),
    "received in the year 60,000": ({"received_at": Timestamp(seconds=2**40)}, "INVALID_TIME", "received_at"),
    "received tomorrow": ({"received_at": stamp(NOW + timedelta(days=1))}, "INVALID_TIME", "received_at"),
    "broken nanos": ({"received_at": Timestamp(seconds=NOW.year, nanos=-5)}, "INVALID_TIME", "received_at"),
    "promise of mixed signs": (
        {"promise_duration": Duration(seconds=60, nanos=-1)},
        "INVALID_TIME",
        "promise_duration",
    ),
    "promise with nanos of a second": (
        {"promise_duration": Duration(seconds=60, nanos=1_000_000_000)},
        "INVALID_TIME",
        "promise_duration",
    ),
    "negative promise": ({"promise_duration": timedelta(minutes=-30)}, "INVALID_TIME", "promise_duration"),
    "zero promise": ({"promise_duration": timedelta(0)}, "INVALID_TIME", "promise_duration"),
    "due before received": ({"due_at": stamp(NOW - timedelta(hours=9))}, "INVALID_TIME", "due_at"),
    "no name": ({"name": ""}, "REQUIRED_FIELD", "name"),
    "a bare id": ({"name": "i1"}, "INVALID_RESOURCE_NAME", "name"),
    "another region": ({"name": f"{OTHER}/incidents/i1"}, "INVALID_RESOURCE_NAME", "name"),
    "the same id twice": ({"name": GOOD.name}, "DUPLICATE_ID", "name"),
    "an unknown unit": ({"assigned_unit": unit("u9").name}, "UNKNOWN_REFERENCE", "assigned_unit"),
    "a unit of another provider": ({"assigned_unit": unit("u1", "p9").name}, "UNKNOWN_REFERENCE", "assigned_unit"),
    "latest before earliest": (
        {"earliest": stamp(NOW + timedelta(hours=2)), "latest": stamp(NOW + timedelta(hours=1))},
        "CONTRADICTORY_TIMES",
        "latest",
    ),
    "latest before the call": ({"latest": stamp(NOW - timedelta(hours=9))}, "CONTRADICTORY_TIMES", "latest"),
    "promised before it is wanted": (
        {"earliest": stamp(NOW + timedelta(hours=2)), "due_at": stamp(NOW + timedelta(hours=1))},
        "CONTRADICTORY_TIMES",
        "due_at",
    ),
    "earliest in 1970": ({"earliest": Timestamp()}, "INVALID_TIME", "earliest"),
    "work of no length": ({"service_duration": timedelta(0)}, "INVALID_TIME", "service_duration"),
    "a negative price": ({"customer_price": -1.0}, "VALUE_OUT_OF_RANGE", "customer_price"),
    "no unit": ({"unit_count": 0}, "VALUE_OUT_OF_RANGE", "unit_count"),
    "needs of other units": ({"unit_count": 2, "unit_needs": [UnitNeeds()]}, "INVALID_INPUT", "unit_needs"),
    "an unknown need": (
        {"unit_needs": [UnitNeeds(capabilities=[42])]},  # ty: ignore[invalid-argument-type]
        "UNKNOWN_CAPABILITY",
        "unit_needs[0].capabilities[0]",
    ),
    "a garage off the map": (
        {"garages": [Garage(location=place()), Garage(location=place(-71.9, -29.9))]},
        "LOCATION_OUTSIDE_REGION",
        "garages[1]",
    ),
    "a garage nowhere": ({"garages": [Garage(display_name="Yard")]}, "REQUIRED_FIELD", "garages[0].location"),
    "a garage that pays": (
        {"garages": [Garage(location=place(), drop_off_price=-3)]},
        "VALUE_OUT_OF_RANGE",
        "garages[0].drop_off_price",
    ),
    "a swapped drop-off": ({"drop_off": place(LAT, LON)}, "INVALID_COORDINATES", "drop_off"),
    "pinned to nothing": ({"pinned": True}, "REQUIRED_FIELD", "assigned_unit"),
}

UNITS: dict[str, tuple[dict[str, Any], str, str]] = {
    "swapped": ({"location": place(LAT, LON)}, "INVALID_COORDINATES", "units[1].location"),
    "nan": ({"location": place(LON, float("nan"))}, "INVALID_COORDINATES", "units[1].location.lat"),
    "off the map": ({"location": place(-71.9, -29.9)}, "LOCATION_OUTSIDE_REGION", "units[1].location"),
    "no location": ({"location": None}, "REQUIRED_FIELD", "units[1].location"),
    "no status": ({"status": 0}, "REQUIRED_FIELD", "units[1].status"),
    "unknown status": ({"status": 9}, "UNKNOWN_STATUS", "units[1].status"),
    "unknown service": ({"services": [1, 42]}, "UNKNOWN_SERVICE", "units[1].services[1]"),
    "unknown capability": ({"capabilities": [42]}, "UNKNOWN_CAPABILITY", "units[1].capabilities[0]"),
    "no services and no provider": ({"services": []}, "REQUIRED_FIELD", "units[1].services"),
    "negative mobilisation": ({"mobilisation": timedelta(seconds=-1)}, "INVALID_TIME", "units[1].mobilisation"),
    "two days' mobilisation": ({"mobilisation": timedelta(days=2)}, "INVALID_TIME", "units[1].mobilisation"),
    "a shift that ends before it starts": (
        {"shift_start": stamp(NOW), "shift_end": stamp(NOW - timedelta(hours=1))},
        "CONTRADICTORY_TIMES",
        "units[1].shift_end",
    ),
    "a break of no length": ({"breaks": [Break(start=stamp(), end=stamp())]}, "CONTRADICTORY_TIMES", "units[1].breaks"),
    "a break without end": ({"breaks": [Break(start=stamp())]}, "REQUIRED_FIELD", "units[1].breaks[0].end"),
    "free overtime, and more": ({"overtime_price": -5.0}, "VALUE_OUT_OF_RANGE", "units[1].overtime_price"),
    "free in 1970": ({"free_at": Timestamp()}, "INVALID_TIME", "units[1].free_at"),
    "the same id twice": ({"name": unit("good").name}, "DUPLICATE_ID", "units[1].name"),
    "another region": ({"name": f"{OTHER}/providers/p/units/u"}, "INVALID_RESOURCE_NAME", "units[1].name"),
}

PROVIDERS: dict[str, tuple[dict[str, Any], str, str]] = {
    "negative price": ({"call_out_price": -1.0}, "VALUE_OUT_OF_RANGE", "providers[0].call_out_price"),
    "nan price": ({"call_out_price": float("nan")}, "VALUE_OUT_OF_RANGE", "providers[0].call_out_price"),
    "price above the policy's limit": ({"call_out_price": 1e30}, "VALUE_OUT_OF_RANGE", "providers[0].call_out_price"),
    "probability 1.5": (
        {"acceptance_probability": 1.5},
        "VALUE_OUT_OF_RANGE",
        "providers[0].acceptance_probability",
    ),
    "never accepts": ({"acceptance_probability": 0.0}, "VALUE_OUT_OF_RANGE", "providers[0].acceptance_probability"),
    "quality nan": ({"quality_score": float("nan")}, "VALUE_OUT_OF_RANGE", "providers[0].quality_score"),
    "share 2": ({"recent_share": 2.0}, "VALUE_OUT_OF_RANGE", "providers[0].recent_share"),
    "infinite kilometres": ({"per_km_price": float("inf")}, "VALUE_OUT_OF_RANGE", "providers[0].per_km_price"),
    "half price at night": (
        {"night_tariff": NightTariff(factor=0.5)},
        "VALUE_OUT_OF_RANGE",
        "providers[0].night_tariff.factor",
    ),
    "a night of 25 hours": (
        {"night_tariff": NightTariff(factor=2, end_minute=1500)},
        "VALUE_OUT_OF_RANGE",
        "providers[0].night_tariff.end_minute",
    ),
    "a concession nowhere": ({"exclusive_cells": ["x"]}, "INVALID_TERRITORY", "providers[0].exclusive_cells[0]"),
    "unknown service": ({"services": [99]}, "UNKNOWN_SERVICE", "providers[0].services[0]"),
    "services without end": ({"services": [1] * 10_000}, "VALUE_OUT_OF_RANGE", "providers[0].services"),
    "another provider": ({"name": provider("p9").name}, "UNKNOWN_REFERENCE", "units[0].name"),
}


def changed(message: Any, fields: dict[str, Any]) -> Any:
    """The message with some fields replaced, None to unset."""
    for name, value in fields.items():
        message.ClearField(name)
        if value is not None:
            message.MergeFrom(type(message)(**{name: value}))
    return message


@pytest.mark.parametrize("case", INCIDENTS)
def test_bad_incidents(client: Client, case: str):
    """The second incident is bad: the whole request is refused and the error names it by its index."""
    fields, reason, path = INCIDENTS[case]
    bad = changed(incident("bad"), fields)
    request = pb.OptimizeRequest(region=REGION, incidents=[GOOD, bad], fleet=fleet(), now=stamp())
    found = failure(lambda: client.dispatch.Optimize(request))
    assert (found.code, found.reason) == ("INVALID_ARGUMENT", reason)
    assert found.fields == [f"incidents[1].{path}".rstrip(".")]


@pytest.mark.parametrize("case", INCIDENTS)
def test_bad_incident_alone(client: Client, case: str):
    """Recommend says the same."""
    fields, reason, path = INCIDENTS[case]
    if reason == "DUPLICATE_ID":
        return
    bad = changed(incident("bad"), fields)
    found = failure(lambda: client.dispatch.Recommend(pb.RecommendRequest(region=REGION, incident=bad, fleet=fleet())))
    assert (found.code, found.reason, found.fields) == ("INVALID_ARGUMENT", reason, [f"incident.{path}".rstrip(".")])


@pytest.mark.parametrize("case", UNITS)
def test_bad_units(client: Client, case: str):
    """The error names the unit by its index."""
    fields, reason, path = UNITS[case]
    units = fleet(unit("good"), changed(unit("bad"), fields))
    found = failure(lambda: client.dispatch.Optimize(pb.OptimizeRequest(region=REGION, incidents=[GOOD], fleet=units)))
    assert (found.code, found.reason, found.fields) == ("INVALID_ARGUMENT", reason, [f"fleet.{path}"])


@pytest.mark.parametrize("case", PROVIDERS)
def test_bad_providers(client: Client, case: str):
    """The error names the provider, or the unit whose provider is not there."""
    fields, reason, path = PROVIDERS[case]
    mine = fleet_pb2.Fleet(providers=[changed(provider(), fields)], units=[unit()])
    found = failure(lambda: client.dispatch.Optimize(pb.OptimizeRequest(region=REGION, incidents=[GOOD], fleet=mine)))
    assert (found.code, found.reason, found.fields) == ("INVALID_ARGUMENT", reason, [f"fleet.{path}"])


@pytest.mark.parametrize("cell", ["not a cell", "617700169958293503", "-1", "0x87b21919dffffff", "87B21919DFFFFFF"])
def test_bad_territory(client: Client, cell: str):
    """Cells that are none are refused, and those that are not written as all others are."""
    mine = fleet_pb2.Fleet(providers=[provider(territory_cells=[cell])], units=[unit()])
    found = failure(lambda: client.dispatch.Optimize(pb.OptimizeRequest(region=REGION, incidents=[GOOD], fleet=mine)))
    assert (found.code, found.reason) == ("INVALID_ARGUMENT", "INVALID_TERRITORY")
    assert found.fields == ["fleet.providers[0].territory_cells[0]"]


@pytest.mark.parametrize(
    ("request_", "reason", "field"),
    [
        (pb.OptimizeRequest(), "REQUIRED_FIELD", "region"),
        (pb.OptimizeRequest(region=REGION), "REQUIRED_FIELD", "incidents"),
        (pb.OptimizeRequest(region=REGION, incidents=[GOOD]), "REQUIRED_FIELD", "fleet_source"),
        (pb.OptimizeRequest(region="coquimbo", incidents=[GOOD], fleet=fleet()), "INVALID_RESOURCE_NAME", "region"),
        (pb.OptimizeRequest(region=REGION, incidents=[GOOD], fleet=fleet(), now=Timestamp()), "INVALID_TIME", "now"),
        (pb.RecommendRequest(region=REGION), "REQUIRED_FIELD", "incident"),
        (
            pb.RecommendRequest(region=REGION, incident=GOOD, fleet=fleet(), max_runners_up=-1),
            "VALUE_OUT_OF_RANGE",
            "max_runners_up",
        ),
    ],
)
def test_incomplete_requests(client: Client, request_: Any, reason: str, field: str):
    """An empty request names the first thing missing; nothing is guessed."""
    call = client.dispatch.Optimize if isinstance(request_, pb.OptimizeRequest) else client.dispatch.Recommend
    found = failure(lambda: call(request_))
    assert (found.code, found.reason, found.fields) == ("INVALID_ARGUMENT", reason, [field])


def test_unknown_region(client: Client):
    """A region this server does not hold."""
    found = failure(lambda: client.dispatch.Optimize(pb.OptimizeRequest(region=OTHER, incidents=[GOOD], fleet=fleet())))
    assert (found.code, found.reason) == ("NOT_FOUND", "REGION_NOT_FOUND")


def test_two_pins_on_one_unit(client: Client):
    """A unit cannot be pinned to two incidents."""
    pins = [incident(key, assigned_unit=unit().name, pinned=True) for key in ("a", "b")]
    found = failure(lambda: client.dispatch.Optimize(pb.OptimizeRequest(region=REGION, incidents=pins, fleet=fleet())))
    assert (found.code, found.reason) == ("INVALID_ARGUMENT", "PIN_CONFLICT")
    assert found.fields == ["incidents[1].assigned_unit"]


def test_an_empty_fleet_serves_nobody(client: Client):
    """No unit at all is an answer, not an error."""
    request = pb.OptimizeRequest(region=REGION, incidents=[GOOD], fleet=fleet_pb2.Fleet())
    plan = client.dispatch.Optimize(request).plan
    assert [left.reason.code for left in plan.unserved] == [enums_pb2.REASON_CODE_NO_CAPABLE_UNIT]


@pytest.mark.parametrize(
    ("limit", "field"),
    [("max_incidents", "incidents"), ("max_units", "fleet.units"), ("max_providers", "fleet.providers")],
)
def test_stateless_requests_have_limits(start, limit: str, field: str):
    """One more than the limit is refused with both numbers, as many as the limit are answered."""
    _, client = start(**{limit: 2})
    for count, fits in ((2, True), (3, False)):
        request = pb.OptimizeRequest(region=REGION, incidents=[GOOD], fleet=fleet(), now=stamp())
        if limit == "max_incidents":
            request.incidents.extend(incident(f"i{k}") for k in range(count - 1))
        elif limit == "max_units":
            request.fleet.units.extend(unit(f"x{k}") for k in range(count - 1))
        else:
            request.fleet.providers.extend(provider(f"p{k + 1}") for k in range(count))
        if fits:
            assert client.dispatch.Optimize(request).plan.assignments
        else:
            found = failure(lambda request=request: client.dispatch.Optimize(request))
            assert (found.code, found.reason, found.fields) == ("RESOURCE_EXHAUSTED", "REQUEST_TOO_LARGE", [field])
            assert (found.metadata["count"], found.metadata["max_count"]) == ("3", "2")


def test_territories_have_a_limit(start):
    """Cells count over all providers of the request, also when they are put into the server's fleet."""
    _, client = start(max_territory_cells=2)
    cells = ["88b2c27a3dfffff", "88b2c27a31fffff"]
    providers = [provider(territory_cells=cells), provider("p2", territory_cells=cells)]
    mine = fleet_pb2.Fleet(providers=providers, units=[unit()])
    found = failure(lambda: client.dispatch.Recommend(pb.RecommendRequest(region=REGION, incident=GOOD, fleet=mine)))
    assert (found.reason, found.fields) == ("REQUEST_TOO_LARGE", ["fleet.providers"])
    assert (found.metadata["count"], found.metadata["max_count"]) == ("4", "2")
    batch = fleet_service_pb2.BatchUpsertProvidersRequest(parent=REGION, providers=providers)
    assert failure(lambda: client.fleet.BatchUpsertProviders(batch)).reason == "REQUEST_TOO_LARGE"
