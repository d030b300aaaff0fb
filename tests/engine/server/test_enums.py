"""Enums of the contract and of the engine."""

from __future__ import annotations

import pytest
from towline.v1 import enums_pb2

from engine.errors import RequiredFieldError, UnknownCapabilityError, UnknownServiceError
from engine.server import enums
from graphs.errors import DatumError, InputError
from graphs.snapping.located import RoadMatch
from graphs.snapping.query import Side

MAPS = {
    "Service": enums.SERVICE,
    "Capability": enums.CAPABILITY,
    "UnitStatus": enums.UNIT_STATUS,
    "Priority": enums.PRIORITY,
    "PromiseClass": enums.PROMISE_CLASS,
    "ReasonCode": enums.REASON_CODE,
    "Datum": enums.DATUM,
    "RoadSide": enums.ROAD_SIDE,
    "RivalKind": enums.RIVAL_KIND,
    "RoadMatch": enums.ROAD_MATCH,
    "PassedOver": enums.PASSED_OVER,
    "Weather": enums.WEATHER,
    "WayDirection": enums.WAY_DIRECTION,
    "TrafficState": enums.TRAFFIC_STATE,
    "TourMode": enums.TOUR_MODE,
    "ViolationCode": enums.VIOLATION_CODE,
    "ViolationSeverity": enums.VIOLATION_SEVERITY,
    "IncidentState": enums.INCIDENT_STATE,
    "LegState": enums.LEG_STATE,
    "OfferState": enums.OFFER_STATE,
    "ClockKind": enums.CLOCK_KIND,
    "EventKind": enums.EVENT_KIND,
}


@pytest.mark.parametrize("name", MAPS)
def test_contract_and_engine_have_the_same_values(name: str):
    """Every value of the engine has its number, and every number but 0 its value."""
    numbers = {value.number for value in enums_pb2.DESCRIPTOR.enum_types_by_name[name].values}
    assert set(MAPS[name].numbers.values()) - {0} == numbers - {0}


def test_every_enum_is_mapped():
    """A new enum of the contract cannot be forgotten here."""
    assert set(MAPS) == set(enums_pb2.DESCRIPTOR.enum_types_by_name)


def test_unknown_numbers_are_refused():
    """proto3 lets any number through; the server does not."""
    with pytest.raises(UnknownServiceError) as caught:
        enums.SERVICE.read(99, "incidents[2].service")
    assert caught.value.metadata["field"] == "incidents[2].service"
    with pytest.raises(UnknownCapabilityError) as caught:
        enums.CAPABILITY.read_all([1, -5], "c")
    assert caught.value.metadata["field"] == "c[1]"


def test_unspecified_is_a_missing_field():
    """The zero value where one is needed says that it is missing."""
    with pytest.raises(RequiredFieldError):
        enums.SERVICE.read(0, "service")


def test_unspecified_may_be_a_value():
    """Of what may stay unknown the zero is a value: not known."""
    assert enums.ROAD_SIDE.read(0, "side") is Side.ANY
    assert enums.ROAD_MATCH.write(RoadMatch.NOT_ASKED) == 0
    with pytest.raises(DatumError):
        enums.DATUM.read(9, "datum")


def test_only_names_of_the_contract_are_named():
    """The engine's word for "not known" is no name of the contract's enum."""
    with pytest.raises(InputError, match=r"use one of: ROAD_SIDE_LEFT, ROAD_SIDE_RIGHT$"):
        enums.ROAD_SIDE.read(9, "side")
