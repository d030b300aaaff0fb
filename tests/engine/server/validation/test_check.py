"""Checks of requests, without a server."""

from __future__ import annotations

import math
from typing import Any

import pytest
from towline.v1 import dispatch_service_pb2 as pb
from towline.v1 import eta_service_pb2, fleet_pb2, fleet_service_pb2, incident_pb2
from towline.v1 import incident_service_pb2 as incidents_pb

from engine.errors import RequiredFieldError, TooLargeError, UnknownServiceError, ValueRangeError
from engine.server.options import ServerOptions
from engine.server.validation import check_request, part_check
from engine.server.validation.check import bounded_lists
from engine.server.validation.messages import compiled
from graphs.errors import InputError, TowlineError
from tests.engine.server.wire import REGION, fleet, incident, place, unit

OPTIONS = ServerOptions(max_incidents=2, max_units=2)


def described(kind: Any) -> Any:
    return kind.DESCRIPTOR


def good(count: int = 1) -> pb.OptimizeRequest:
    return pb.OptimizeRequest(region=REGION, incidents=[incident(f"i{k}") for k in range(count)], fleet=fleet())


def fault(request: object) -> tuple[str, str]:
    with pytest.raises(TowlineError) as caught:
        check_request(request, OPTIONS)  # ty: ignore[invalid-argument-type]  # any message
    return caught.value.reason, caught.value.metadata.get("field", "")


def test_the_first_thing_wrong_is_told_first():
    """In the order of the fields, down to the last entry of a list in a list."""
    check_request(good(2), OPTIONS)
    request = good(2)
    request.incidents[1].unit_needs.add().capabilities.extend([1, 99])  # ty: ignore[invalid-argument-type]  # 99
    request.incidents[1].customer_price = -1
    assert fault(request) == ("UNKNOWN_CAPABILITY", "incidents[1].unit_needs[0].capabilities[1]")
    request.incidents[0].ClearField("location")
    assert fault(request) == ("REQUIRED_FIELD", "incidents[0].location")
    request.region = "coquimbo"
    assert fault(request) == ("INVALID_RESOURCE_NAME", "region")
    request.ClearField("fleet")
    request.region = ""
    assert fault(request) == ("REQUIRED_FIELD", "region")


def test_counts_that_options_bound_come_before_all_else():
    """A flood is refused unread, wherever its list is."""
    assert bounded_lists(described(pb.OptimizeRequest)) == [
        ("incidents", "max_incidents"),
        ("fleet.providers", "max_providers"),
        ("fleet.units", "max_units"),
    ]
    request = good(3)
    request.region = ""
    with pytest.raises(TooLargeError) as caught:
        check_request(request, OPTIONS)
    assert caught.value.metadata == {"field": "incidents", "count": "3", "max_count": "2"}
    request = good()
    request.fleet.units.extend(unit(f"u{k}") for k in range(2))
    assert fault(request) == ("REQUEST_TOO_LARGE", "fleet.units")


def test_an_entry_is_told_by_its_path():
    """Of a list whose entries stand for themselves, the path is the entry's."""
    check = part_check(fleet_service_pb2.UnitPosition)
    with pytest.raises(RequiredFieldError) as caught:
        check(fleet_service_pb2.UnitPosition(unit=unit().name), "positions[7]")
    assert caught.value.metadata["field"] == "positions[7].location"


def test_answers_and_messages_without_rules_are_not_checked():
    """They pay nothing."""
    assert compiled(described(fleet_service_pb2.DeleteUnitResponse)) is None
    assert compiled(described(fleet_pb2.ServerFleet)) is None


@pytest.mark.parametrize("bad", [181.0, -180.5, math.nan, math.inf])
def test_mere_coordinates_are_checked_as_others_are(bad: float):
    """Alone and among many, in the first place and in the last; a 0 is a place."""
    for index in (0, 499):
        places = [place() for _ in range(500)]
        request = eta_service_pb2.MatrixRequest(region=REGION, origins=places, destinations=[place(0.0, 0.0)])
        check_request(request, OPTIONS)
        request.origins[index].lon = bad
        assert fault(request) == ("INVALID_COORDINATES", f"origins[{index}].lon")
        request.origins[index].heading_deg = 5
        assert fault(request) == ("INVALID_COORDINATES", f"origins[{index}].lon")


def test_only_what_the_mask_names_is_read():
    """The rest of an update may be anything."""
    sent = incident_pb2.Incident(name=incident().name, service=77, priority=55)  # ty: ignore[invalid-argument-type]
    request = incidents_pb.UpdateIncidentRequest(incident=sent, update_mask={"paths": ["customer"]})
    check_request(request, OPTIONS)
    request.update_mask.paths.append("priority")
    assert fault(request) == ("UNKNOWN_PRIORITY", "incident.priority")


def test_errors_are_the_typed_ones():
    """With the variables in their messages."""
    request = good()
    request.incidents[0].service = 99  # ty: ignore[invalid-assignment]
    with pytest.raises(UnknownServiceError, match="use one of: SERVICE_") as unknown:
        check_request(request, OPTIONS)
    assert unknown.value.metadata["value"] == "99"
    request = good()
    request.incidents[0].unit_count = 21
    with pytest.raises(ValueRangeError, match=r"incidents\[0\]\.unit_count 21 must be 1 to 20"):
        check_request(request, OPTIONS)
    request = good()
    request.incidents[0].location.side = 9  # ty: ignore[invalid-assignment]
    with pytest.raises(InputError, match=r"use one of: ROAD_SIDE_LEFT, ROAD_SIDE_RIGHT$"):
        check_request(request, OPTIONS)
