"""RegionService over the wire."""

from __future__ import annotations

from towline.v1 import region_service_pb2 as pb

from engine.dispatch import Dispatcher
from tests.engine.server.wire import REGION, Client, failure


def test_a_region_describes_itself(client: Client, dispatcher: Dispatcher):
    """Name, zone, versions, size, bounds and the credit that must be shown."""
    region = client.region.GetRegion(pb.GetRegionRequest(name=REGION)).region
    assert region.name == REGION
    assert region.time_zone == "America/Santiago"
    assert region.version == dispatcher.region.metadata.version
    assert region.policy_version == dispatcher.policy.version
    assert region.node_count == dispatcher.region.network.node_count
    assert region.south_west.lon < region.north_east.lon
    assert region.south_west.lat < region.north_east.lat
    assert "OpenStreetMap" in region.attribution


def test_regions_are_listed(client: Client):
    """All of them, one page."""
    answer = client.region.ListRegions(pb.ListRegionsRequest())
    assert [region.name for region in answer.regions] == [REGION]
    assert answer.next_page_token == ""


def test_an_unknown_region_lists_the_known(client: Client):
    """The error says what there is."""
    found = failure(lambda: client.region.GetRegion(pb.GetRegionRequest(name="regions/atlantis")))
    assert (found.code, found.reason, found.fields) == ("NOT_FOUND", "REGION_NOT_FOUND", ["name"])
    assert found.metadata["known"] == REGION
