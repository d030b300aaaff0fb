"""Live traffic over the wire: what is sent is what the next question sees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from towline.v1 import dispatch_service_pb2, enums_pb2, eta_service_pb2
from towline.v1 import region_service_pb2 as pb

from engine.model import Fleet, Location, Provider, Service, Unit
from engine.server import Server, ServerOptions
from graphs.bundled import load_coquimbo
from graphs.metrics import FeedLimits, load_traffic_profile
from tests.engine.server.traffic import (
    EVERYWHERE,
    HERE,
    THERE,
    TRAFFIC,
    dispatcher_with_traffic,
    entry,
    eta,
    recommend,
    spread,
    update,
)
from tests.engine.server.wire import LAT, LON, NOW, REGION, Client, failure, fleet, incident, stamp, unit

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
INF = 2**30 - 1
UNITS = tuple(Unit(f"u{k}", "p", Location(LON + 0.002 * k, LAT), frozenset(Service)) for k in range(5))
NAN = float("nan")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    dispatcher = dispatcher_with_traffic(load_coquimbo(), load_traffic_profile(), limits=FeedLimits(entries=50))
    fleets = {"coquimbo": Fleet((Provider("p"),), UNITS)}
    options = ServerOptions(clock=lambda: NOW, max_traffic_entries=60, max_traffic_bytes=20_000)
    server = Server({"coquimbo": dispatcher}, options=options, fleets=fleets).start()
    yield server
    server.stop(grace_s=0)


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    """With no traffic and no weather, before and after."""
    client = Client(server.port)
    yield client
    client.region.ClearTraffic(pb.ClearTrafficRequest(parent=REGION))
    client.region.SetWeather(pb.SetWeatherRequest(parent=REGION))


def test_an_update_is_in_the_next_answer(client: Client):
    """Half the speed: longer times in matrix, route, isochrone and recommendation, all under the new epoch."""
    before, version = eta(client)
    result = update(client, entry(factor=0.5))
    after, fresh = eta(client)
    assert before * 1.4 < after < before * 2.1
    assert (result.metric_version, fresh.split(".")[0]) == (fresh, str(result.epoch))
    assert version != fresh
    assert (result.accepted_count, result.entry_count) == (1, 1)
    assert result.changed_arc_count == load_coquimbo().network.arc_count
    assert result.HasField("checking")
    route = client.eta.Route(eta_service_pb2.RouteRequest(region=REGION, stops=[HERE, THERE]))
    assert (route.duration.ToMilliseconds(), route.metric_version) == (after, fresh)
    limit = {"seconds": 300}
    isochrone = eta_service_pb2.IsochroneRequest(region=REGION, place=HERE, limit=limit)
    slow = client.eta.Isochrone(isochrone)
    best = recommend(client)
    assert best.metric_version == slow.metric_version == fresh
    assert best.best.travel_duration.ToMilliseconds() <= after
    update(client, remove_ids=["e"])
    assert eta(client)[0] == before
    assert len(client.eta.Isochrone(isochrone).cells) > len(slow.cells)


def test_an_optimised_plan_names_its_snapshot(client: Client):
    """The epoch of the update, in Optimize and in a stream's every block."""
    epoch = update(client, entry(factor=0.7)).epoch
    request = dispatch_service_pb2.OptimizeRequest(
        region=REGION, incidents=[incident()], fleet=fleet(unit()), now=stamp(NOW)
    )
    assert client.dispatch.Optimize(request).plan.metric_version.startswith(f"{epoch}.")
    blocks = client.eta.StreamMatrix(
        eta_service_pb2.StreamMatrixRequest(region=REGION, origins=[HERE], destinations=[THERE])
    )
    assert {block.metric_version.split(".")[0] for block in blocks} == {str(epoch)}


def test_a_closure_that_ends_does_not_delay_a_later_departure(client: Client):
    """Closed until in an hour: nobody leaves now, and everybody in an hour, who then drives as if nothing had been."""
    free, _ = eta(client, NOW + 2 * HOUR)
    now_free, _ = eta(client)
    update(client, entry(closed=True, end=stamp(NOW + HOUR)))
    assert eta(client)[0] == INF
    assert eta(client, NOW + HOUR - timedelta(milliseconds=1))[0] == INF
    assert eta(client, NOW + HOUR)[0] < INF
    assert eta(client, NOW + 2 * HOUR)[0] == free
    update(client, entry(closed=True, start=stamp(NOW + HOUR), end=stamp(NOW + 2 * HOUR)))
    assert (eta(client)[0], eta(client, NOW + HOUR)[0]) == (now_free, INF)


def test_an_incident_behind_closed_roads_says_so(client: Client):
    """UNREACHABLE with the entries that close the roads; NO_ROUTE; the matrix's value for "no road"."""
    update(client, entry("flood-7", closed=True))
    answer = recommend(client)
    assert not answer.HasField("best")
    assert answer.unserved.code == enums_pb2.REASON_CODE_UNREACHABLE
    assert answer.unserved.details["closures"] == "flood-7"
    found = failure(lambda: client.eta.Route(eta_service_pb2.RouteRequest(region=REGION, stops=[HERE, THERE])))
    assert (found.code, found.reason, found.metadata["closures"]) == ("NOT_FOUND", "NO_ROUTE", "flood-7")
    assert "flood-7" in found.message
    assert (found.metadata["leg"], found.fields) == ("0", ["stops[1]"])
    assert eta(client)[0] == INF
    reach = client.eta.Isochrone(eta_service_pb2.IsochroneRequest(region=REGION, place=HERE, limit={"seconds": 60}))
    assert (len(reach.cells), list(reach.closures)) == (0, ["flood-7"])
    assert "the road of the place is closed" in reach.note


def test_weather_slows_everybody_down(client: Client):
    """Snow from in an hour on: now as before, then slower; set again it is replaced, and what is set is told."""
    dry, later = eta(client)[0], eta(client, NOW + HOUR)[0]
    spell = {"weather": enums_pb2.WEATHER_SNOW, "start": stamp(NOW + HOUR)}
    answer = client.region.SetWeather(pb.SetWeatherRequest(parent=REGION, spells=[spell]))
    snow, version = eta(client, NOW + HOUR)
    assert eta(client)[0] == dry
    assert snow > 1.1 * later
    assert version.startswith(f"{answer.epoch}.")
    assert version.endswith("/snow")
    told = client.region.GetTraffic(pb.GetTrafficRequest(name=TRAFFIC)).traffic
    assert [each.weather for each in told.weather] == [enums_pb2.WEATHER_SNOW]
    assert told.next_change_at == stamp(NOW + HOUR)
    again = client.region.SetWeather(pb.SetWeatherRequest(parent=REGION, spells=[spell]))
    assert again.epoch == answer.epoch  # nothing changed
    found = failure(lambda: client.region.SetWeather(pb.SetWeatherRequest(parent=REGION, spells=[{"weather": 77}])))
    assert (found.reason, found.fields) == ("UNKNOWN_WEATHER", ["spells[0].weather"])
    wrong = {**spell, "end": stamp(NOW)}
    found = failure(lambda: client.region.SetWeather(pb.SetWeatherRequest(parent=REGION, spells=[wrong])))
    assert found.reason == "INVALID_TRAFFIC_UPDATE"


def ring(*corners: tuple[float, float]) -> dict[str, Any]:
    lon, lat = zip(*corners, strict=True)
    return {"area": {"polygons": [{"outer": {"lon": lon, "lat": lat}}]}}


SQUARE = ((LON, LAT), (LON + 0.01, LAT), (LON + 0.01, LAT + 0.01), (LON, LAT + 0.01))
IGNORED: dict[str, tuple[str, dict[str, Any]]] = {
    "speed 0": ("BAD_SPEED", {"speed_kph": 0.0}),
    "speed below 0": ("BAD_SPEED", {"speed_kph": -30.0}),
    "speed of 10,000": ("BAD_SPEED", {"speed_kph": 10_000.0}),
    "speed nan": ("BAD_SPEED", {"speed_kph": NAN}),
    "speed infinite": ("BAD_SPEED", {"speed_kph": float("inf")}),
    "factor 0": ("BAD_FACTOR", {"factor": 0.0}),
    "factor nan": ("BAD_FACTOR", {"factor": NAN}),
    "open": ("BAD_EFFECT", {"closed": False}),
    "no effect": ("BAD_EFFECT", {}),
    "fewer speeds than ways": ("BAD_EFFECT", {"speeds_kph": {"values": [30]}, "arcs": {"arc_ids": [1, 2]}}),
    "speeds of an area": ("BAD_EFFECT", {"speeds_kph": {"values": [30]}}),
    "one bad speed of two": ("BAD_SPEED", {"speeds_kph": {"values": [30, 0]}, "arcs": {"arc_ids": [1, 2]}}),
    "no roads": ("BAD_SELECTOR", {"closed": True, "area": None}),
    "no ways": ("BAD_SELECTOR", {"closed": True, "ways": {"way_ids": []}}),
    "unknown way": ("UNKNOWN_WAY", {"closed": True, "ways": {"way_ids": [987_654_321]}}),
    "unknown ways": ("UNKNOWN_WAY", {"closed": True, "ways": {"way_ids": [987_654_321, -5]}}),
    "unknown direction": ("BAD_SELECTOR", {"closed": True, "ways": {"way_ids": [1], "direction": 9}}),
    "unknown arc": ("UNKNOWN_ARC", {"closed": True, "arcs": {"arc_ids": [2**31 - 1]}}),
    "arc below 0": ("UNKNOWN_ARC", {"closed": True, "arcs": {"arc_ids": [-1]}}),
    "arcs of another region": ("BAD_SELECTOR", {"closed": True, "arcs": {"arc_ids": [1], "region_version": "old"}}),
    "expired": ("EXPIRED", {"closed": True, "end": stamp(NOW)}),
    "ends before it starts": ("BAD_INTERVAL", {"closed": True, "start": stamp(NOW + HOUR), "end": stamp(NOW + MINUTE)}),
    "broken time": ("BAD_INTERVAL", {"closed": True, "end": {"seconds": 1, "nanos": -7}}),
    "the year 60,000": ("BAD_INTERVAL", {"closed": True, "end": {"seconds": 2**40}}),
    "no area": ("EMPTY_POLYGON", {"closed": True, "area": {}}),
    "two corners": ("EMPTY_POLYGON", {"closed": True, **ring(*SQUARE[:2])}),
    "two corners, closed": ("EMPTY_POLYGON", {"closed": True, **ring(*SQUARE[:2], SQUARE[0])}),
    "a line": ("EMPTY_POLYGON", {"closed": True, **ring((LON, LAT), (LON + 1, LAT), (LON + 2, LAT))}),
    "self-crossing": ("BAD_SELECTOR", {"closed": True, **ring(SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3])}),
    "antimeridian": ("BAD_SELECTOR", {"closed": True, **ring((179, -30), (-179, -30), (-179, -29), (179, -29))}),
    "beyond the Earth": ("BAD_SELECTOR", {"closed": True, **ring((179, -30), (181, -30), (181, -29), (179, -29))}),
    "a corner nan": ("BAD_SELECTOR", {"closed": True, **ring(*SQUARE[:3], (NAN, LAT))}),
    "ragged": ("BAD_SELECTOR", {"closed": True, "area": {"polygons": [{"outer": {"lon": [1, 2, 3], "lat": [1]}}]}}),
    "unknown datum": ("BAD_SELECTOR", {"closed": True, "area": {**EVERYWHERE, "datum": 9}}),
    "unknown class": ("BAD_SELECTOR", {"closed": True, "area": {**EVERYWHERE, "road_classes": ["footway"]}}),
    "elsewhere": ("NO_ROADS", {"closed": True, **ring((0, 0), (1, 0), (1, 1))}),
    "no id": ("NO_ID", {"id": "", "closed": True}),
    "long id": ("BAD_ID", {"id": "x" * 129, "closed": True}),
    "id of two lines": ("BAD_ID", {"id": "a\nb", "closed": True}),
}


@pytest.mark.parametrize("name", IGNORED)
def test_what_cannot_be_used_is_ignored_and_counted(client: Client, name: str):
    """With its reason, its place in the request and a sentence; the good entries around it are in force."""
    reason, fields = IGNORED[name]
    good = entry("good", speed_kph=9), entry("better", arcs={"arc_ids": [1, 2]}, speeds_kph={"values": [8, 7]})
    result = update(client, good[0], entry(**{"id": "bad", **fields}), good[1])
    assert dict(result.ignored_counts) == {reason: 1}, result
    assert [(each.index, each.reason) for each in result.ignored] == [(1, reason)]
    assert result.ignored[0].message
    assert (result.accepted_count, result.entry_count) == (2, 2)
    found = failure(lambda: update(client, entry("new", factor=0.5), entry(**{"id": "bad", **fields}), strict=True))
    assert (found.code, found.reason) == ("INVALID_ARGUMENT", "INVALID_TRAFFIC_UPDATE")
    assert found.metadata["refusal"] == reason
    assert client.region.GetTraffic(pb.GetTrafficRequest(name=TRAFFIC)).traffic.epoch == result.epoch


def test_the_entries_of_one_feed_are_listed(client: Client):
    """By the beginning of their ids, page by page; a page token of one feed is none of another."""
    update(client, *(entry(key, factor=0.9) for key in ("a:1", "a:2", "a:3", "b:1", "é:1")))
    request = pb.ListTrafficRequest(parent=REGION, id_prefix="a:", page_size=2)
    first = client.region.ListTraffic(request)
    assert [each.id for each in first.entries] == ["a:1", "a:2"]
    request.page_token = first.next_page_token
    rest = client.region.ListTraffic(request)
    assert ([each.id for each in rest.entries], rest.next_page_token) == (["a:3"], "")
    request.id_prefix = "b"
    assert failure(lambda: client.region.ListTraffic(request)).reason == "INVALID_PAGE_TOKEN"
    for prefix, ids in (("é", ["é:1"]), ("a:1", ["a:1"]), ("c", []), ("", ["a:1", "a:2", "a:3", "b:1", "é:1"])):
        found = client.region.ListTraffic(pb.ListTrafficRequest(parent=REGION, id_prefix=prefix))
        assert [each.id for each in found.entries] == ids


def test_it_says_when_traffic_was_last_updated(client: Client):
    """By a call that changed something or nothing; a trial is none."""

    def told() -> Any:
        return client.region.GetTraffic(pb.GetTrafficRequest(name=TRAFFIC)).traffic

    update(client, entry(factor=0.5))
    assert told().last_update_at == stamp(NOW)
    assert not told().HasField("feed_file_read_at")
    region = load_coquimbo()
    other = Server({"coquimbo": dispatcher_with_traffic(region)}, options=ServerOptions(clock=lambda: NOW)).start()
    try:
        client = Client(other.port)
        update(client, entry(factor=0.5), validate_only=True)
        client.region.ClearTraffic(pb.ClearTrafficRequest(parent=REGION, validate_only=True))
        assert not told().HasField("last_update_at")
        client.region.ClearTraffic(pb.ClearTrafficRequest(parent=REGION))
        assert told().last_update_at == stamp(NOW)
    finally:
        other.stop(grace_s=0)


def test_every_part_of_an_update_is_counted(client: Client):
    """Accepted, waiting, removed, unknown ways of an accepted entry, unknown removals, an id that comes twice."""
    way = int(load_coquimbo().network.arc_way[0])
    update(client, entry("old", closed=True), entry("other", closed=True))
    result = update(
        client,
        entry("now", closed=True, ways={"way_ids": [way, 987_654_321, 987_654_322]}),
        entry("later", factor=0.5, start=stamp(NOW + HOUR)),
        entry("now", factor=0.3),
        remove_ids=["nobody", "old"],
    )
    assert (result.accepted_count, result.waiting_count, result.removed_count, result.entry_count) == (2, 1, 1, 3)
    assert dict(result.ignored_counts) == {"UNKNOWN_ID": 1, "DUPLICATE_ID": 1}
    assert [(each.index, each.id) for each in result.ignored] == [(0, "nobody"), (2, "now")]
    assert (list(result.unknown_way_ids), result.unknown_way_count) == ([987_654_321, 987_654_322], 2)


def test_one_direction_of_a_way(client: Client):
    """Forward is as the way is drawn; the other carriageway stays as it was."""
    network = load_coquimbo().network
    two_way = int(np.flatnonzero((network.arc_shape >= 0) & (network.arc_twin >= 0) & (network.arc_way > 0))[0])
    ways = {"way_ids": [int(network.arc_way[two_way])]}
    both = update(client, entry(closed=True, ways=ways)).changed_arc_count
    forward = {**ways, "direction": enums_pb2.WAY_DIRECTION_FORWARD}
    assert 0 < update(client, entry(closed=True, ways=forward)).changed_arc_count < both


def test_more_than_the_feed_holds_is_refused(client: Client):
    """Entries beyond the limit are counted as FEED_FULL, a hundred at most are spelt out."""
    result = update(client, *spread(60))
    assert (result.accepted_count, dict(result.ignored_counts)) == (50, {"FEED_FULL": 10})
    assert len(result.ignored) == 10


def test_more_than_a_batch_holds_is_refused(client: Client):
    """By number, and by bytes before they are read; nothing is taken."""
    found = failure(lambda: update(client, *spread(61)))
    assert (found.code, found.reason, found.fields) == ("RESOURCE_EXHAUSTED", "REQUEST_TOO_LARGE", ["entries"])
    assert (found.metadata["count"], found.metadata["max_count"]) == ("61", "60")
    long = entry(arcs={"arc_ids": range(30_000)}, closed=True)
    found = failure(lambda: update(client, long))
    assert (found.code, found.reason) == ("RESOURCE_EXHAUSTED", "REQUEST_TOO_LARGE")
    assert client.region.GetTraffic(pb.GetTrafficRequest(name=TRAFFIC)).traffic.entry_count == 0


def test_a_repeated_update_is_done_once(client: Client):
    """The same request_id gets the same answer, other content an error; a trial changes nothing."""
    first = update(client, entry(factor=0.5), request_id="r1")
    update(client, entry(factor=0.6))
    assert update(client, entry(factor=0.5), request_id="r1") == first
    assert eta(client)[1].split(".")[0] == str(first.epoch + 1)
    found = failure(lambda: update(client, entry(factor=0.7), request_id="r1"))
    assert found.reason == "REQUEST_ID_REUSED"
    tried = update(client, entry("new", factor=0.1), validate_only=True)
    assert (tried.accepted_count, tried.entry_count, tried.epoch) == (1, 2, first.epoch + 1)
    assert client.region.GetTraffic(pb.GetTrafficRequest(name=TRAFFIC)).traffic.entry_count == 1


def test_entries_come_back_as_they_were_sent(client: Client):
    """Page by page, ordered by id, with their state and how many arcs they are about; clearing takes one feed's."""
    region = load_coquimbo()
    hole = {"lon": [-70.9, -70.5, -70.5], "lat": [-30, -30, -29.9]}
    area = {"polygons": [{**EVERYWHERE["polygons"][0], "holes": [hole]}], "road_classes": ["primary", "trunk"]}
    ways = {"way_ids": region.network.arc_way[:3].tolist(), "direction": enums_pb2.WAY_DIRECTION_BOTH}
    sent = [
        entry("a:1", ways=ways, factors={"values": [0.5, 0.25, 1.5]}, end=stamp(NOW + HOUR)),
        entry("a:2", arcs={"arc_ids": [7]}, speed_kph=12.5),
        entry("b:1", area=area, closed=True, start=stamp(NOW + HOUR)),
    ]
    update(client, *reversed(sent))
    found = []
    request = pb.ListTrafficRequest(parent=REGION, page_size=2)
    for _ in range(2):
        page = client.region.ListTraffic(request)
        found += page.entries
        request.page_token = page.next_page_token
    assert request.page_token == ""
    states = [enums_pb2.TRAFFIC_STATE_IN_FORCE] * 2 + [enums_pb2.TRAFFIC_STATE_WAITING]
    assert [each.state for each in found] == states
    assert all(each.arc_count for each in found)
    for each in found:
        each.ClearField("state")
        each.ClearField("arc_count")
    assert found[:2] == sent[:2]
    again = update(client, entry("b:2", area=found[2].area, closed=True))
    assert again.accepted_count == 1
    told = client.region.GetTraffic(pb.GetTrafficRequest(name=TRAFFIC)).traffic
    assert (told.entry_count, told.in_force_count, told.profile) == (4, 3, "default")
    assert told.closed_arc_count > 0
    assert told.metric_version in told.warm_metric_versions
    cleared = client.region.ClearTraffic(pb.ClearTrafficRequest(parent=REGION, id_prefix="a:")).result
    assert (cleared.removed_count, cleared.entry_count) == (2, 2)


def test_areas_of_chinese_maps_are_moved(client: Client):
    """A datum is taken into account: outside China it moves nothing; unknown ones are refused (see above)."""
    area = {**EVERYWHERE, "datum": enums_pb2.DATUM_GCJ02}
    assert update(client, entry(area=area, factor=0.5)).changed_arc_count == load_coquimbo().network.arc_count


def test_departures_must_be_times_near(client: Client):
    """Farther than a year from the clock, or no time: refused, naming the field."""
    for when in (NOW + timedelta(days=500), NOW - timedelta(days=500)):
        found = failure(lambda when=when: eta(client, when))
        assert (found.code, found.reason, found.fields) == ("INVALID_ARGUMENT", "INVALID_TIME", ["departure"])
    bad = eta_service_pb2.RouteRequest(region=REGION, stops=[HERE, THERE], departure={"seconds": 1, "nanos": -1})
    assert failure(lambda: client.eta.Route(bad)).fields == ["departure"]


def test_each_departure_has_its_hour(client: Client):
    """In the rush hour it takes longer than at night, and the answer says which hour it is."""
    night, version = eta(client, NOW + 18 * HOUR)
    rush, other = eta(client, NOW)
    assert (version.split("/")[1], other.split("/")[1]) == ("tue-03", "mon-09")
    assert night < rush


def test_names_of_traffic(client: Client):
    """Other names are refused with the form wanted."""
    for name in ("", REGION, f"{REGION}/traffic/x", "traffic"):
        found = failure(lambda name=name: client.region.GetTraffic(pb.GetTrafficRequest(name=name)))
        assert found.metadata["example"] == TRAFFIC, name
    found = failure(lambda: client.region.GetTraffic(pb.GetTrafficRequest(name="regions/atlantis/traffic")))
    assert found.reason == "REGION_NOT_FOUND"


def test_a_server_without_traffic_says_so(shared_server: Server):
    """A dispatcher under one metric: every traffic call fails with the same reason; departures change nothing."""
    client = Client(shared_server.port)
    calls = [
        lambda: update(client, entry(closed=True)),
        lambda: client.region.GetTraffic(pb.GetTrafficRequest(name=TRAFFIC)),
        lambda: client.region.ListTraffic(pb.ListTrafficRequest(parent=REGION)),
        lambda: client.region.ClearTraffic(pb.ClearTrafficRequest(parent=REGION)),
        lambda: client.region.SetWeather(pb.SetWeatherRequest(parent=REGION)),
        lambda: list(client.region.StreamTraffic(iter([pb.StreamTrafficRequest(parent=REGION)]))),
    ]
    for call in calls:
        found = failure(call)
        assert (found.code, found.reason) == ("FAILED_PRECONDITION", "TRAFFIC_UNAVAILABLE")
    assert eta(client)[1] == eta(client, NOW + 5 * HOUR)[1] == "free-flow"
