"""Enums of the contract and of the engine."""

from __future__ import annotations

import pytest
from towline.v1 import enums_pb2

from engine.server import enums
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
    "CrewSelection": enums.CREW_SELECTION,
    "DemandSource": enums.DEMAND_SOURCE,
    "CoverageFileFormat": enums.FILE_FORMAT,
    "SitingGoal": enums.SITING_GOAL,
    "NeverFirstReason": enums.NEVER_FIRST,
}


@pytest.mark.parametrize("name", MAPS)
def test_contract_and_engine_have_the_same_values(name: str):
    """Every value of the engine has its number, and every number but 0 its value."""
    numbers = {value.number for value in enums_pb2.DESCRIPTOR.enum_types_by_name[name].values}
    assert set(MAPS[name].numbers.values()) - {0} == numbers - {0}


def test_every_enum_is_mapped():
    """A new enum of the contract cannot be forgotten here."""
    assert set(MAPS) == set(enums_pb2.DESCRIPTOR.enum_types_by_name)


def test_unspecified_may_be_a_value():
    """Of what may stay unknown the zero is a value: not known."""
    assert enums.ROAD_SIDE.read(0) is Side.ANY
    assert enums.ROAD_MATCH.write(RoadMatch.NOT_ASKED) == 0


def test_numbers_are_found_or_not():
    """Where an unknown number is no error of the whole request, there is no value for it."""
    assert enums.DATUM.find(1) is not None
    assert enums.DATUM.find(0) is enums.DATUM.find(9) is None
