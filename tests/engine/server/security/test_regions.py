"""Callers bound to some regions."""

from __future__ import annotations

from typing import Any

import pytest
from towline.v1 import dispatch_service_pb2, fleet_service_pb2, region_service_pb2

from engine.errors import PermissionDeniedError
from engine.server.security.identity import Identity
from engine.server.security.regions import FIELDS, FREE, require_region_of
from tests.proto.descriptors import methods

ONE = Identity("s", frozenset(), None, frozenset({"a"}))


@pytest.mark.parametrize("method", list(methods()), ids=lambda method: method.name)
def test_every_request_names_its_region(method: Any) -> None:
    """In one of the fields that are looked at, or in a message of the request that has one."""
    request = method.input_type
    places = [request, *(f.message_type for f in request.fields if f.message_type and not f.is_repeated)]
    assert request.name == FREE or any(name in place.fields_by_name for place in places for name in FIELDS)


def test_other_regions_are_refused() -> None:
    """Wherever the name stands; without one, too, but for the further messages of a stream."""
    fine = dispatch_service_pb2.RecommendRequest(region="regions/a")
    require_region_of(ONE, fine)
    require_region_of(ONE, fleet_service_pb2.GetUnitRequest(name="regions/a/providers/p/units/u"))
    require_region_of(ONE, region_service_pb2.ListRegionsRequest())
    fine.incident.name = "regions/b/incidents/i"
    for wrong in (
        fine,
        dispatch_service_pb2.RecommendRequest(region="regions/b"),
        dispatch_service_pb2.RecommendRequest(region="regions/"),
        dispatch_service_pb2.RecommendRequest(),
        fleet_service_pb2.GetUnitRequest(name="regions/b/providers/p/units/u"),
    ):
        with pytest.raises(PermissionDeniedError):
            require_region_of(ONE, wrong)
        require_region_of(Identity("s", frozenset()), wrong)
    require_region_of(ONE, region_service_pb2.StreamTrafficRequest(), further=True)
