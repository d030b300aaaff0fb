"""FleetService over the wire."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

import pytest
from towline.v1 import enums_pb2, fleet_pb2
from towline.v1 import fleet_service_pb2 as pb

from engine.model import Fleet, Provider
from tests.engine.server.wire import LAT, LON, NOW, REGION, Client, failure, place, provider, stamp, unit

ANY = f"{REGION}/providers/-"


def put_providers(client: Client, *providers: fleet_pb2.Provider, **fields: Any) -> pb.BatchUpsertProvidersResponse:
    return client.fleet.BatchUpsertProviders(
        pb.BatchUpsertProvidersRequest(parent=REGION, providers=providers, **fields)
    )


def put_units(client: Client, *units: fleet_pb2.Unit, **fields: Any) -> pb.BatchUpsertUnitsResponse:
    return client.fleet.BatchUpsertUnits(pb.BatchUpsertUnitsRequest(parent=REGION, units=units, **fields))


def get_unit(client: Client, name: str) -> fleet_pb2.Unit:
    return client.fleet.GetUnit(pb.GetUnitRequest(name=name)).unit


def report(client: Client, *positions: pb.UnitPosition, **fields: Any) -> pb.ReportPositionsResponse:
    return client.fleet.ReportPositions(pb.ReportPositionsRequest(parent=REGION, positions=positions, **fields))


def count_units(client: Client) -> int:
    return len(client.fleet.ListUnits(pb.ListUnitsRequest(parent=ANY)).units)


def test_what_is_put_is_got(start):
    """Providers and units come back as they were sent, with an etag."""
    _, client = start()
    sent = provider(
        display_name="救援 A",
        services=[enums_pb2.SERVICE_BREAKDOWN_REPAIR, enums_pb2.SERVICE_TOWING],
        territory_cells=["88b2c27a3dfffff"],
        base=place(),
        call_out_price=12.5,
        contractor=True,
    )
    stored = put_providers(client, sent).providers[0]
    assert stored.etag
    sent.etag = stored.etag
    assert stored == sent
    assert client.fleet.GetProvider(pb.GetProviderRequest(name=sent.name)).provider == sent
    wagon = unit(
        capabilities=[enums_pb2.CAPABILITY_WINCH],
        status=enums_pb2.UNIT_STATUS_BUSY,
        free_at=stamp(NOW + timedelta(minutes=20)),
        free_location=place(LON + 0.01, LAT),
        mobilisation=timedelta(seconds=90),
    )
    wagon.etag = put_units(client, wagon).units[0].etag
    assert get_unit(client, wagon.name) == wagon


def test_services_and_position_are_filled_in(start):
    """A unit without services gets its provider's; a known one without location keeps its position."""
    _, client = start()
    put_providers(client, provider(services=[enums_pb2.SERVICE_TOWING]))
    put_units(client, unit(services=[]))
    assert get_unit(client, unit().name).services == [enums_pb2.SERVICE_TOWING]
    changed = unit(status=enums_pb2.UNIT_STATUS_OFF_DUTY)
    changed.ClearField("location")
    put_units(client, changed)
    assert get_unit(client, unit().name).location == place()
    fresh = unit("u2")
    fresh.ClearField("location")
    found = failure(lambda: put_units(client, fresh))
    assert (found.reason, found.fields) == ("REQUIRED_FIELD", ["units[0].location"])


def test_batches_are_all_or_nothing(start):
    """One bad unit and none is stored."""
    _, client = start()
    put_providers(client, provider())
    found = failure(lambda: put_units(client, unit("u1"), unit("u2", location=place(-71.9, -29.9))))
    assert (found.reason, found.fields) == ("LOCATION_OUTSIDE_REGION", ["units[1].location"])
    assert count_units(client) == 0


def test_validate_only_changes_nothing(start):
    """The answer is as if it had been done, the fleet as before; a bad request fails as ever."""
    _, client = start()
    put_providers(client, provider())
    answer = put_units(client, unit(), validate_only=True)
    assert answer.units[0].etag
    assert count_units(client) == 0
    assert failure(lambda: put_units(client, unit(services=[77]), validate_only=True)).reason == "UNKNOWN_SERVICE"
    put_units(client, unit())
    seen = pb.UnitPosition(unit=unit().name, location=place(LON + 0.01, LAT))
    assert report(client, seen, validate_only=True).accepted_count == 1
    client.fleet.DeleteUnit(pb.DeleteUnitRequest(name=unit().name, validate_only=True))
    client.fleet.DeleteProvider(pb.DeleteProviderRequest(name=provider().name, force=True, validate_only=True))
    assert get_unit(client, unit().name).location == place()


def test_units_need_a_provider_and_their_own_id(start):
    """A unit of an unknown provider is refused, and so is an id that another provider's unit has."""
    _, client = start()
    put_providers(client, provider("p1"), provider("p2"))
    found = failure(lambda: put_units(client, unit("u1", "p9")))
    assert (found.reason, found.fields) == ("UNKNOWN_REFERENCE", ["units[0].name"])
    put_units(client, unit("u1", "p1"))
    found = failure(lambda: put_units(client, unit("u1", "p2")))
    assert (found.reason, found.metadata["name"]) == ("DUPLICATE_ID", unit("u1", "p1").name)
    found = failure(lambda: put_units(client, unit("u1"), unit("u1")))
    assert (found.reason, found.fields) == ("DUPLICATE_ID", ["units[1].name"])


def test_the_very_first_unit_needs_a_provider_too(start):
    """An empty server invents no provider."""
    _, client = start()
    assert failure(lambda: put_units(client, unit())).reason == "UNKNOWN_REFERENCE"


def test_stale_etags_are_refused(start):
    """Whoever changes what another changed meanwhile learns of it; positions do not count as change."""
    _, client = start()
    put_providers(client, provider())
    first = put_units(client, unit()).units[0]
    report(client, pb.UnitPosition(unit=first.name, location=place(LON + 0.01, LAT)))
    assert get_unit(client, first.name).etag == first.etag
    put_units(client, unit(status=enums_pb2.UNIT_STATUS_OFF_DUTY, etag=first.etag))
    found = failure(lambda: put_units(client, unit(etag=first.etag)))
    assert (found.code, found.reason, found.fields) == ("ABORTED", "ETAG_MISMATCH", ["units[0].etag"])
    request = pb.DeleteUnitRequest(name=first.name, etag=first.etag)
    assert failure(lambda: client.fleet.DeleteUnit(request)).reason == "ETAG_MISMATCH"
    assert failure(lambda: put_providers(client, provider(etag="x"))).reason == "ETAG_MISMATCH"


def test_request_id_makes_repeats_harmless(start):
    """Same id and content: the first answer, done once. Other content: an error. Per method, so ids may meet."""
    _, client = start()
    first = put_providers(client, provider(display_name="A"), request_id="r1")
    put_providers(client, provider(display_name="B"))
    assert put_providers(client, provider(display_name="A"), request_id="r1") == first
    name = pb.GetProviderRequest(name=provider().name)
    assert client.fleet.GetProvider(name).provider.display_name == "B"
    found = failure(lambda: put_providers(client, provider(display_name="C"), request_id="r1"))
    assert (found.code, found.reason, found.fields) == ("ALREADY_EXISTS", "REQUEST_ID_REUSED", ["request_id"])
    put_units(client, unit(), request_id="r1")
    delete = pb.DeleteUnitRequest(name=unit().name, request_id="d1")
    assert client.fleet.DeleteUnit(delete) == client.fleet.DeleteUnit(delete)
    assert failure(lambda: put_units(client, unit(), request_id="x" * 200)).reason == "INVALID_REQUEST_ID"


def test_a_failed_request_may_be_repeated(start):
    """Its id is not used up."""
    _, client = start()
    assert failure(lambda: put_units(client, unit(), request_id="r")).reason == "UNKNOWN_REFERENCE"
    put_providers(client, provider())
    put_units(client, unit(), request_id="r")
    assert count_units(client) == 1


def test_listing_goes_page_by_page(start):
    """Every unit once, ordered by id; of one provider, or of all."""
    _, client = start()
    put_providers(client, provider("p1"), provider("p2"))
    put_units(client, *(unit(f"u{k:02}", f"p{1 + k % 2}") for k in range(25)))
    seen: list[str] = []
    request = pb.ListUnitsRequest(parent=ANY, page_size=10)
    while True:
        answer = client.fleet.ListUnits(request)
        seen += [found.name.rsplit("/")[-1] for found in answer.units]
        request.page_token = answer.next_page_token
        if not request.page_token:
            break
    assert seen == [f"u{k:02}" for k in range(25)]
    mine = client.fleet.ListUnits(pb.ListUnitsRequest(parent=provider("p2").name)).units
    assert {found.name.split("/")[3] for found in mine} == {"p2"}
    assert len(mine) == 12
    assert len(client.fleet.ListProviders(pb.ListProvidersRequest(parent=REGION)).providers) == 2
    assert (
        failure(lambda: client.fleet.ListUnits(pb.ListUnitsRequest(parent=provider("p9").name))).reason == "NOT_FOUND"
    )


def test_foreign_tokens_and_negative_sizes_are_refused(start):
    """A token belongs to its method and parent."""
    _, client = start()
    put_providers(client, provider("p1"), provider("p2"))
    put_units(client, unit("u1"), unit("u2"))
    token = client.fleet.ListUnits(pb.ListUnitsRequest(parent=ANY, page_size=1)).next_page_token
    for call in (
        lambda: client.fleet.ListUnits(pb.ListUnitsRequest(parent=provider("p1").name, page_token=token)),
        lambda: client.fleet.ListProviders(pb.ListProvidersRequest(parent=REGION, page_token=token)),
    ):
        found = failure(call)
        assert (found.code, found.reason, found.fields) == ("INVALID_ARGUMENT", "INVALID_PAGE_TOKEN", ["page_token"])
    found = failure(lambda: client.fleet.ListUnits(pb.ListUnitsRequest(parent=ANY, page_size=-1)))
    assert (found.code, found.reason, found.fields) == ("INVALID_ARGUMENT", "INVALID_PAGE_SIZE", ["page_size"])


def test_deleting(start):
    """A unit goes alone; a provider with units only by force."""
    _, client = start()
    put_providers(client, provider())
    put_units(client, unit("u1"), unit("u2"))
    client.fleet.DeleteUnit(pb.DeleteUnitRequest(name=unit("u1").name))
    assert failure(lambda: get_unit(client, unit("u1").name)).reason == "NOT_FOUND"
    found = failure(lambda: client.fleet.DeleteProvider(pb.DeleteProviderRequest(name=provider().name)))
    assert (found.code, found.reason) == ("FAILED_PRECONDITION", "PROVIDER_HAS_UNITS")
    answer = client.fleet.DeleteProvider(pb.DeleteProviderRequest(name=provider().name, force=True))
    assert answer.removed_unit_count == 1
    assert count_units(client) == 0
    found = failure(lambda: client.fleet.DeleteProvider(pb.DeleteProviderRequest(name=provider().name)))
    assert (found.code, found.reason) == ("NOT_FOUND", "NOT_FOUND")


def test_positions_are_taken_or_refused_one_by_one(start):
    """Unknown, off the map, NaN, in the future, without location, nameless: each is listed, the good one is taken."""
    _, client = start()
    put_providers(client, provider())
    put_units(client, unit("u1"), unit("u2"))
    u1, u2 = unit("u1").name, unit("u2").name
    there = place(LON + 0.01, LAT)
    answer = report(
        client,
        pb.UnitPosition(unit=unit("u9").name, location=there),
        pb.UnitPosition(unit=u1, location=place(-71.9, -29.9)),
        pb.UnitPosition(unit=u1, location=place(float("nan"), LAT)),
        pb.UnitPosition(unit=u1, location=place(LAT, LON)),
        pb.UnitPosition(unit=u1, location=there, observed_at=stamp(NOW + timedelta(hours=1))),
        pb.UnitPosition(unit=u1),
        pb.UnitPosition(unit="u1", location=there),
        pb.UnitPosition(unit=u2, location=there),
    )
    assert answer.accepted_count == 1
    assert [(bad.index, bad.reason) for bad in answer.rejected_positions] == [
        (0, "NOT_FOUND"),
        (1, "LOCATION_OUTSIDE_REGION"),
        (2, "INVALID_COORDINATES"),
        (3, "INVALID_COORDINATES"),
        (4, "INVALID_TIME"),
        (5, "REQUIRED_FIELD"),
        (6, "INVALID_RESOURCE_NAME"),
    ]
    assert all(bad.message for bad in answer.rejected_positions)
    assert get_unit(client, u1).location == place()
    assert not get_unit(client, u1).HasField("position_at")
    assert get_unit(client, u2).location == there
    assert NOW <= get_unit(client, u2).position_at.ToDatetime(UTC) <= NOW + timedelta(minutes=1)


def test_of_several_positions_the_latest_counts(start):
    """Within a batch and between batches; what comes too late is said to."""
    _, client = start()
    put_providers(client, provider())
    put_units(client, unit())
    name = unit().name

    def seen(minutes_ago: int, step: int) -> pb.UnitPosition:
        when = stamp(NOW - timedelta(minutes=minutes_ago))
        return pb.UnitPosition(unit=name, location=place(LON + 0.002 * step, LAT), observed_at=when)

    answer = report(client, seen(3, 1), seen(1, 2), seen(2, 3))
    assert answer.accepted_count == 1
    assert [(bad.index, bad.reason) for bad in answer.rejected_positions] == [
        (0, "STALE_POSITION"),
        (2, "STALE_POSITION"),
    ]
    assert get_unit(client, name).location == place(LON + 0.004, LAT)
    assert report(client, seen(2, 4)).rejected_positions[0].reason == "STALE_POSITION"
    assert report(client, seen(0, 5)).accepted_count == 1


@pytest.mark.parametrize("off", [timedelta(hours=2), timedelta(hours=-2)])
@pytest.mark.parametrize("told", [True, False])
def test_a_machine_whose_clock_jumps_freezes_nobody(start, off: timedelta, told: bool):
    """Reports with and without a time are taken before, while and after its clock is wrong, whichever way."""
    clock = [NOW]
    _, client = start(clock=lambda: clock[0])
    put_providers(client, provider())
    put_units(client, unit())
    for turn, now in enumerate((NOW, NOW + off, NOW)):
        clock[0] = now
        message = pb.UnitPosition(unit=unit().name, location=place(LON + 0.001 * turn, LAT))
        if told:
            message.observed_at.CopyFrom(stamp(NOW + timedelta(seconds=turn)))
        assert report(client, message).accepted_count == 1, now


def test_a_server_that_started_with_a_wrong_clock_takes_reports(start):
    """Live time is two hours behind until the next start: who tells the right time is believed all the same."""
    clock = [NOW - timedelta(hours=2)]
    _, client = start(clock=lambda: clock[0])
    put_providers(client, provider())
    put_units(client, unit())
    clock[0] = NOW
    message = pb.UnitPosition(unit=unit().name, location=place(LON + 0.01, LAT), observed_at=stamp(NOW))
    assert report(client, message).accepted_count == 1


def test_a_report_older_than_an_upsert_that_moved_the_unit_is_stale(start):
    """A dispatcher's correction is not undone by a position from before; one that moves nothing changes nothing."""
    _, client = start()
    put_providers(client, provider())
    put_units(client, unit())
    name = unit().name

    def seen(minutes_ago: int) -> pb.ReportPositionsResponse:
        when = stamp(NOW - timedelta(minutes=minutes_ago))
        return report(client, pb.UnitPosition(unit=name, location=place(LON + 0.01, LAT), observed_at=when))

    assert seen(30).accepted_count == 1
    same = put_units(client, unit(location=place(LON + 0.01, LAT))).units[0]
    assert same.position_at == stamp(NOW - timedelta(minutes=30))
    assert seen(25).accepted_count == 1
    checked = put_units(client, unit(), validate_only=True).units[0]
    assert NOW <= checked.position_at.ToDatetime(UTC) <= NOW + timedelta(minutes=1)
    assert get_unit(client, name).position_at == stamp(NOW - timedelta(minutes=25))
    moved = put_units(client, unit()).units[0]
    assert moved.position_at.ToDatetime(UTC) >= NOW
    assert get_unit(client, name) == moved
    assert seen(1).rejected_positions[0].reason == "STALE_POSITION"
    assert get_unit(client, name).location == place()
    assert seen(-1).accepted_count == 1


def test_writers_wait_for_each_other_for_a_bounded_time(start):
    """While one change takes too long, others are told that the server is busy; readers read."""
    server, client = start(queue_s=0.2)
    put_providers(client, provider())
    put_units(client, unit())
    store = server._regions.get("coquimbo", "region").store
    with store.writing():
        found = failure(lambda: put_units(client, unit(), request_id="r"))
        assert (found.code, found.reason) == ("RESOURCE_EXHAUSTED", "SERVER_BUSY")
        assert (
            failure(lambda: report(client, pb.UnitPosition(unit=unit().name, location=place()))).reason == found.reason
        )
        assert get_unit(client, unit().name).location == place()
    assert put_units(client, unit(), request_id="r").units


def test_limits_of_a_batch(start):
    """Empty and oversized batches are refused."""
    _, client = start(max_batch=2)
    assert failure(lambda: put_providers(client)).reason == "REQUIRED_FIELD"
    found = failure(lambda: put_providers(client, *(provider(f"p{k}") for k in range(3))))
    assert (found.code, found.reason, found.metadata["max_count"]) == ("RESOURCE_EXHAUSTED", "REQUEST_TOO_LARGE", "2")


def test_a_fleet_given_at_start_is_served(start):
    """What the library loaded is listed like what came over the wire."""
    _, client = start(Fleet((Provider("p7", name="Seven"),), ()))
    found = client.fleet.ListProviders(pb.ListProvidersRequest(parent=REGION)).providers
    assert [item.display_name for item in found] == ["Seven"]


def test_a_position_costs_no_rebuild_of_the_rest(start):
    """Readers keep the snapshot they began with."""
    server, client = start()
    put_providers(client, provider())
    put_units(client, unit())
    before = server._regions.get("coquimbo", "region").store.snapshot
    report(client, pb.UnitPosition(unit=unit().name, location=place(LON + 0.01, LAT)))
    after = server._regions.get("coquimbo", "region").store.snapshot
    assert before.unit("coquimbo", "p1", "u1").location.lon == LON
    assert after.unit("coquimbo", "p1", "u1").location.lon == LON + 0.01
