"""Enums of the contract and of the engine: same names, the contract's with the enum's name before them.

proto3 enums are open: any number arrives. One that is not known is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from towline.v1 import enums_pb2

from engine.check.violation import Severity, ViolationCode
from engine.decision import PromiseClass, ReasonCode
from engine.errors import (
    RequiredFieldError,
    UnknownCapabilityError,
    UnknownPriorityError,
    UnknownServiceError,
    UnknownStatusError,
    UnknownWeatherError,
    ValueRangeError,
)
from engine.live.events import EventKind
from engine.live.records import ClockKind, IncidentState, LegState, OfferState
from engine.model import Capability, Priority, Service, UnitStatus
from engine.tours.size import Tours
from graphs.datum import Datum
from graphs.errors import DatumError, InputError
from graphs.metrics import Direction, EntryState, Weather
from graphs.snapping.located import PassedOver, RivalKind, RoadMatch
from graphs.snapping.query import Side

#: More values than this in one list are no list of services or capabilities.
MAX_REPEATED = 100


class EnumMap:
    """Between one enum of the contract and one of the engine."""

    def __init__(
        self,
        wire: EnumTypeWrapper,
        kind: type[Enum],
        prefix: str,
        error: type[InputError],
        unspecified: Enum | None = None,
    ) -> None:
        """``unspecified`` is the engine's value that the contract has no other word for than the zero."""
        self.numbers: dict[Enum, int] = {
            value: 0 if value is unspecified else wire.Value(f"{prefix}_{value.name}") for value in kind
        }
        self._values = {number: value for value, number in self.numbers.items()}
        self._names = ", ".join(f"{prefix}_{value.name}" for value in kind if value is not unspecified)
        self._error = error

    def read(self, number: int, field: str) -> Enum:
        """The engine's value; the error names the field and lists what is known."""
        value = self._values.get(number)
        if value is None:
            kind = RequiredFieldError if number == 0 else self._error
            what = "is not set" if number == 0 else f"has the unknown value {number}"
            raise kind(f"{field} {what}; use one of: {self._names}", field=field, value=number, known=self._names)
        return value

    def read_all(self, numbers: Sequence[int], field: str) -> frozenset[Enum]:
        if len(numbers) > MAX_REPEATED:
            raise ValueRangeError(
                f"{field} has {len(numbers)} values, of which there are only {len(self.numbers)}; name each once",
                field=field,
                value=len(numbers),
            )
        return frozenset(self.read(number, f"{field}[{index}]") for index, number in enumerate(numbers))

    # The stubs type fields as their enum, which at run time is an int: hence Any.
    def write(self, value: Enum) -> Any:
        return self.numbers[value]

    def write_all(self, values: Iterable[Enum]) -> Any:
        """Numbers in ascending order, so that equal sets give equal messages."""
        return sorted(self.numbers[value] for value in values)


SERVICE = EnumMap(enums_pb2.Service, Service, "SERVICE", UnknownServiceError)
CAPABILITY = EnumMap(enums_pb2.Capability, Capability, "CAPABILITY", UnknownCapabilityError)
UNIT_STATUS = EnumMap(enums_pb2.UnitStatus, UnitStatus, "UNIT_STATUS", UnknownStatusError)
PRIORITY = EnumMap(enums_pb2.Priority, Priority, "PRIORITY", UnknownPriorityError)
DATUM = EnumMap(enums_pb2.Datum, Datum, "DATUM", DatumError)
ROAD_SIDE = EnumMap(enums_pb2.RoadSide, Side, "ROAD_SIDE", InputError, Side.ANY)
RIVAL_KIND = EnumMap(enums_pb2.RivalKind, RivalKind, "RIVAL_KIND", InputError)
PASSED_OVER = EnumMap(enums_pb2.PassedOver, PassedOver, "PASSED_OVER", InputError, PassedOver.NOTHING)
ROAD_MATCH = EnumMap(enums_pb2.RoadMatch, RoadMatch, "ROAD_MATCH", InputError, RoadMatch.NOT_ASKED)
WEATHER = EnumMap(enums_pb2.Weather, Weather, "WEATHER", UnknownWeatherError)
WAY_DIRECTION = EnumMap(enums_pb2.WayDirection, Direction, "WAY_DIRECTION", InputError)
TRAFFIC_STATE = EnumMap(enums_pb2.TrafficState, EntryState, "TRAFFIC_STATE", InputError)
PROMISE_CLASS = EnumMap(enums_pb2.PromiseClass, PromiseClass, "PROMISE_CLASS", InputError)
REASON_CODE = EnumMap(enums_pb2.ReasonCode, ReasonCode, "REASON_CODE", InputError)
VIOLATION_CODE = EnumMap(enums_pb2.ViolationCode, ViolationCode, "VIOLATION_CODE", InputError)
VIOLATION_SEVERITY = EnumMap(enums_pb2.ViolationSeverity, Severity, "VIOLATION_SEVERITY", InputError)
TOUR_MODE = EnumMap(enums_pb2.TourMode, Tours, "TOUR_MODE", InputError, Tours.AUTO)
INCIDENT_STATE = EnumMap(enums_pb2.IncidentState, IncidentState, "INCIDENT_STATE", InputError)
LEG_STATE = EnumMap(enums_pb2.LegState, LegState, "LEG_STATE", InputError)
OFFER_STATE = EnumMap(enums_pb2.OfferState, OfferState, "OFFER_STATE", InputError)
CLOCK_KIND = EnumMap(enums_pb2.ClockKind, ClockKind, "CLOCK_KIND", InputError)
EVENT_KIND = EnumMap(enums_pb2.EventKind, EventKind, "EVENT_KIND", InputError)
