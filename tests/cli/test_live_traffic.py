"""`towline traffic`: list, get and clear on a running server."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import numpy as np
import pytest
from towline.v1 import region_service_pb2 as pb
from typer.testing import Result

from cli.calling import _kinds
from engine.server import Server
from graphs.bundled import load_coquimbo
from tests.cli.conftest import widest
from tests.engine.server.traffic import dispatcher_with_traffic, entry, update
from tests.engine.server.wire import REGION, Client, stamp

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server({"coquimbo": dispatcher_with_traffic(load_coquimbo())}).start()
    yield server
    server.stop(grace_s=0)


@pytest.fixture
def client(server: Server) -> Client:
    client = Client(server.port)
    client.region.ClearTraffic(pb.ClearTrafficRequest(parent=REGION))
    return client


@pytest.fixture
def filled(client: Client) -> Client:
    """With entries of every kind."""
    later = datetime.now(UTC) + timedelta(days=3)
    update(
        client,
        entry("works:17", ways={"way_ids": [two_way()], "direction": 3}, closed=True, end=stamp(later)),
        entry("works:18", arcs={"arc_ids": [1, 2]}, speeds_kph={"values": [20, 30]}, start=stamp(later)),
        entry("flood-" + "x" * 60, factor=0.4),
        entry("evil[red]", arcs={"arc_ids": [5]}, speed_kph=12.5),
    )
    return client


def two_way() -> int:
    """A way that is driven in both directions."""
    network = load_coquimbo().network
    return int(network.arc_way[np.flatnonzero((network.arc_twin >= 0) & (network.arc_way > 0))[0]])


def at(client: Client) -> list[str]:
    return ["--server", f"127.0.0.1:{client.port}"]


def test_entries_are_listed_within_80_columns(filled: Client, towline: Run) -> None:
    """A row each with state, effect, roads, times and arcs; ids are no markup."""
    result = towline("traffic", "list", *at(filled))
    assert result.exit_code == 0, result.output
    assert widest(result.stdout) <= 80
    lines = {line.split()[0]: line for line in result.stdout.splitlines() if line.strip()}
    assert "in force" in lines["works:17"]
    assert "closed" in lines["works:17"]
    assert "backward" in result.stdout
    assert "waiting" in lines["works:18"]
    assert "20–30 km/h" in lines["works:18"]
    assert "0.4 of usual" in result.stdout
    assert "12.5 km/h" in result.stdout
    assert "evil[red]" in result.stdout


def test_a_list_is_of_one_feed_and_as_long_as_wanted(filled: Client, towline: Run) -> None:
    """--prefix and --limit; that there is more is said."""
    result = towline("traffic", "list", *at(filled), "--prefix", "works:", "--limit", "1")
    assert "works:17" in result.stdout
    assert "works:18" not in result.stdout
    assert "more than these 1" in result.stdout
    assert "No entries." in towline("traffic", "list", *at(filled), "--prefix", "nobody").stdout
    assert "more entries" in towline("traffic", "list", *at(filled), "--limit", "0").stdout


def test_a_list_as_json_has_all(filled: Client, towline_json: Callable[..., Any]) -> None:
    """Every entry in the contract's words, ids of ways as numbers; beyond one page too."""
    found = towline_json("traffic", "list", *at(filled), "--prefix", "works:")
    assert [each["id"] for each in found["entries"]] == ["works:17", "works:18"]
    assert found["entries"][0]["ways"]["way_ids"] == [two_way()]
    assert found["entries"][0]["state"] == "TRAFFIC_STATE_IN_FORCE"
    assert not found["more"]
    update(filled, *(entry(f"n{number:05}", arcs={"arc_ids": [number]}, factor=0.9) for number in range(2500)))
    assert len(towline_json("traffic", "list", *at(filled))["entries"]) == 2504
    assert len(towline_json("traffic", "list", *at(filled), "--limit", "1200")["entries"]) == 1200


def test_get_says_what_is_in_force_and_how_fresh(
    filled: Client, towline: Run, towline_json: Callable[..., Any]
) -> None:
    """Counts, profile, weather, next change, and when the feed last said something."""
    filled.region.SetWeather(pb.SetWeatherRequest(parent=REGION, spells=[{"weather": 4}]))
    result = towline("traffic", "get", *at(filled), "--region", "coquimbo")
    assert result.exit_code == 0, result.output
    assert widest(result.stdout) <= 80
    assert "4, 3 in force now" in result.stdout
    assert " ago" in result.stdout
    assert "snow" in result.stdout
    assert "Feed file" not in result.stdout
    found = towline_json("traffic", "get", *at(filled))["traffic"]
    assert (found["entry_count"], found["in_force_count"]) == (4, 3)
    assert isinstance(found["epoch"], int)
    assert found["last_update_at"].endswith("Z")
    filled.region.SetWeather(pb.SetWeatherRequest(parent=REGION))


def test_clear_takes_out_one_feed_or_all(filled: Client, towline: Run, towline_json: Callable[..., Any]) -> None:
    """A trial takes none; then those of a prefix; then the others."""
    result = towline("traffic", "clear", *at(filled), "--prefix", "works:", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "2 entries would be taken out, 2 left" in " ".join(result.stdout.split())
    found = towline_json("traffic", "clear", *at(filled), "--prefix", "works:")
    assert (found["result"]["removed_count"], found["result"]["entry_count"]) == (2, 2)
    assert "2 entries taken out, 0 left" in " ".join(towline("traffic", "clear", *at(filled)).stdout.split())


def test_nobody_there_is_a_typed_error(towline: Run, towline_json: Callable[..., Any]) -> None:
    """A port where nobody listens, and one that says nothing: exit code 3 and what to look at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        result = towline("traffic", "list", "--server", address)
        assert result.exit_code == 3
        assert result.stderr.startswith(f"error: {address}: nobody answers; is `towline serve` running there")
        found = towline_json("traffic", "get", "--server", address, exit_code=3)
        assert found["error"]["reason"] == "SERVER_UNREACHABLE"
    for nonsense in ("nonsense", "127.0.0.1", "127.0.0.1:99999", "http://127.0.0.1:50051"):
        found = towline_json("traffic", "clear", "--server", nonsense, exit_code=2)
        assert found["error"]["reason"] == "INVALID_OPTION"


def test_a_server_of_another_kind_is_said_so(towline_json: Callable[..., Any]) -> None:
    """gRPC, but not Towline."""
    other = grpc.server(ThreadPoolExecutor(1))
    port = other.add_insecure_port("127.0.0.1:0")
    other.start()
    try:
        found = towline_json("traffic", "get", "--server", f"127.0.0.1:{port}", exit_code=3)
        assert found["error"]["reason"] == "SERVER_FAILED"
    finally:
        other.stop(0)


def test_what_the_server_refuses_keeps_its_reason(client: Client, towline: Run) -> None:
    """An unknown region: the server's message, reason and variables."""
    result = towline("traffic", "list", *at(client), "--region", "atlantis", "--json")
    assert result.exit_code == 3
    error = json.loads(result.stdout)["error"]
    assert (error["reason"], error["metadata"]["known"]) == ("REGION_NOT_FOUND", "regions/coquimbo")
    assert _kinds()["SERVER_BUSY"].__name__ == "BusyError"


def test_of_several_regions_one_must_be_named(towline_json: Callable[..., Any]) -> None:
    """The error lists them."""
    server = Server({key: dispatcher_with_traffic(load_coquimbo()) for key in ("coquimbo", "south")}).start()
    try:
        address = f"127.0.0.1:{server.port}"
        found = towline_json("traffic", "get", "--server", address, exit_code=2)
        assert found["error"]["reason"] == "INVALID_OPTION"
        assert found["error"]["metadata"]["known"] == "coquimbo, south"
        named = towline_json("traffic", "get", "--server", address, "--region", "regions/south")
        assert named["traffic"]["name"] == "regions/south/traffic"
    finally:
        server.stop(grace_s=0)
