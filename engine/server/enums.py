"""Enums of the contract and of the engine: same names, the contract's with the enum's name before them.

proto3 enums are open: any number arrives. One that is not known is refused (`engine.server.validation`), never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any

from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from towline.v1 import enums_pb2

from engine.check.violation import Severity, ViolationCode
from engine.coverage.never_first import NeverFirst
from engine.coverage.siting_steps import Goal
from engine.decision import PromiseClass, ReasonCode
from engine.live.events import EventKind
from engine.live.records import ClockKind, IncidentState, LegState, OfferState
from engine.model import Capability, Priority, Service, UnitStatus
from engine.server.coverage_words import CrewSelection, DemandSource, FileFormat
from engine.tours.size import Tours
from graphs.datum import Datum
from graphs.metrics import Direction, EntryState, Weather
from graphs.snapping.located import PassedOver, RivalKind, RoadMatch
from graphs.snapping.query import Side


class EnumMap:
    """Between one enum of the contract and one of the engine."""

    def __init__(
        self,
        wire: EnumTypeWrapper,
        kind: type[Enum],
        prefix: str,
        unspecified: Enum | None = None,
    ) -> None:
        """``unspecified`` is the engine's value that the contract has no other word for than the zero."""
        self.numbers: dict[Enum, int] = {
            value: 0 if value is unspecified else wire.Value(f"{prefix}_{value.name}") for value in kind
        }
        self._values = {number: value for value, number in self.numbers.items()}

    def read(self, number: int) -> Enum:
        """The engine's value of a number that keeps its rules."""
        return self._values[number]

    def find(self, number: int) -> Enum | None:
        """The same of any number, None where there is none."""
        return self._values.get(number)

    def read_all(self, numbers: Iterable[int]) -> frozenset[Enum]:
        return frozenset([self._values[number] for number in numbers])

    # The stubs type fields as their enum, which at run time is an int: hence Any.
    def write(self, value: Enum) -> Any:
        return self.numbers[value]

    def write_all(self, values: Iterable[Enum]) -> Any:
        """Numbers in ascending order, so that equal sets give equal messages."""
        return sorted(self.numbers[value] for value in values)


SERVICE = EnumMap(enums_pb2.Service, Service, "SERVICE")
CAPABILITY = EnumMap(enums_pb2.Capability, Capability, "CAPABILITY")
UNIT_STATUS = EnumMap(enums_pb2.UnitStatus, UnitStatus, "UNIT_STATUS")
PRIORITY = EnumMap(enums_pb2.Priority, Priority, "PRIORITY")
DATUM = EnumMap(enums_pb2.Datum, Datum, "DATUM")
ROAD_SIDE = EnumMap(enums_pb2.RoadSide, Side, "ROAD_SIDE", Side.ANY)
RIVAL_KIND = EnumMap(enums_pb2.RivalKind, RivalKind, "RIVAL_KIND")
PASSED_OVER = EnumMap(enums_pb2.PassedOver, PassedOver, "PASSED_OVER", PassedOver.NOTHING)
ROAD_MATCH = EnumMap(enums_pb2.RoadMatch, RoadMatch, "ROAD_MATCH", RoadMatch.NOT_ASKED)
WEATHER = EnumMap(enums_pb2.Weather, Weather, "WEATHER")
WAY_DIRECTION = EnumMap(enums_pb2.WayDirection, Direction, "WAY_DIRECTION")
TRAFFIC_STATE = EnumMap(enums_pb2.TrafficState, EntryState, "TRAFFIC_STATE")
PROMISE_CLASS = EnumMap(enums_pb2.PromiseClass, PromiseClass, "PROMISE_CLASS")
REASON_CODE = EnumMap(enums_pb2.ReasonCode, ReasonCode, "REASON_CODE")
VIOLATION_CODE = EnumMap(enums_pb2.ViolationCode, ViolationCode, "VIOLATION_CODE")
VIOLATION_SEVERITY = EnumMap(enums_pb2.ViolationSeverity, Severity, "VIOLATION_SEVERITY")
TOUR_MODE = EnumMap(enums_pb2.TourMode, Tours, "TOUR_MODE", Tours.AUTO)
INCIDENT_STATE = EnumMap(enums_pb2.IncidentState, IncidentState, "INCIDENT_STATE")
LEG_STATE = EnumMap(enums_pb2.LegState, LegState, "LEG_STATE")
OFFER_STATE = EnumMap(enums_pb2.OfferState, OfferState, "OFFER_STATE")
CLOCK_KIND = EnumMap(enums_pb2.ClockKind, ClockKind, "CLOCK_KIND")
EVENT_KIND = EnumMap(enums_pb2.EventKind, EventKind, "EVENT_KIND")
CREW_SELECTION = EnumMap(enums_pb2.CrewSelection, CrewSelection, "CREW_SELECTION")
DEMAND_SOURCE = EnumMap(enums_pb2.DemandSource, DemandSource, "DEMAND_SOURCE")
FILE_FORMAT = EnumMap(enums_pb2.CoverageFileFormat, FileFormat, "COVERAGE_FILE_FORMAT")
SITING_GOAL = EnumMap(enums_pb2.SitingGoal, Goal, "SITING_GOAL")
NEVER_FIRST = EnumMap(enums_pb2.NeverFirstReason, NeverFirst, "NEVER_FIRST_REASON")
