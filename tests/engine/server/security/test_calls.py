"""Tokens and roles at a real server."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_status import rpc_status
from towline.v1 import dispatch_service_pb2, eta_service_pb2, fleet_service_pb2, region_service_pb2, watch_service_pb2

from engine.server import Server
from engine.server.security import CallerLimits, SecuritySettings
from tests.engine.server.security.makes import ED, OTHER, P256, public_pem, settings, token
from tests.engine.server.wire import LAT, LON, REGION, Client, code_of, failure, incident, place, provider, stamp

Secured = Callable[..., Server]
UNITS = f"{REGION}/providers/-"


def bearer(*arguments: Any, **more: Any) -> list[tuple[str, str]]:
    return [("authorization", f"Bearer {token(*arguments, **more)}")]


@pytest.fixture
def client(secured: Secured, tmp_path: Path) -> Client:
    """Of a server that asks for tokens."""
    return Client(secured(SecuritySettings(token=settings(tmp_path))).port)


def list_units(client: Client, metadata: Any, parent: str = UNITS) -> list[str]:
    request = fleet_service_pb2.ListUnitsRequest(parent=parent)
    return [item.name for item in client.fleet.ListUnits(request, metadata=metadata, timeout=20).units]


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        (None, "TOKEN_MISSING"),
        ([("authorization", "Basic YTpi")], "TOKEN_INVALID"),
        ([("authorization", "Bearer ")], "TOKEN_INVALID"),
        ([("authorization", "Bearer x.y.z")], "TOKEN_INVALID"),
        (bearer() + bearer(), "TOKEN_INVALID"),
        (bearer(key=OTHER), "TOKEN_INVALID"),
        (bearer(exp=int(time.time()) - 60), "TOKEN_EXPIRED"),
        (bearer(aud="elsewhere"), "TOKEN_INVALID"),
    ],
)
def test_who_does_not_prove_who_it_is(client: Client, metadata: Any, reason: str) -> None:
    """UNAUTHENTICATED with its reason, for every kind of call; nothing is changed."""
    batch = fleet_service_pb2.BatchUpsertProvidersRequest(parent=REGION, providers=[provider("new")])
    matrix = eta_service_pb2.StreamMatrixRequest(region=REGION, origins=[place()], destinations=[place()])
    traffic = region_service_pb2.StreamTrafficRequest(parent=REGION)
    for call in (
        lambda: list_units(client, metadata),
        lambda: client.fleet.BatchUpsertProviders(batch, metadata=metadata, timeout=20),
        lambda: list(client.eta.StreamMatrix(matrix, metadata=metadata, timeout=20)),
        lambda: list(client.region.StreamTraffic(iter([traffic]), metadata=metadata, timeout=20)),
    ):
        found = failure(call)
        assert (found.code, found.reason) == ("UNAUTHENTICATED", reason)
    request = fleet_service_pb2.ListProvidersRequest(parent=REGION)
    known = client.fleet.ListProviders(request, metadata=bearer("auditor"), timeout=20).providers
    assert [item.name[-2:] for item in known] == ["p1", "p2"]


def test_roles_decide(client: Client) -> None:
    """An auditor reads and changes nothing; a token without roles may nothing at all."""
    auditor = bearer("auditor")
    assert len(list_units(client, auditor)) == 4
    batch = fleet_service_pb2.BatchUpsertProvidersRequest(parent=REGION, providers=[provider("new")])
    found = failure(lambda: client.fleet.BatchUpsertProviders(batch, metadata=auditor, timeout=20))
    assert (found.code, found.reason) == ("PERMISSION_DENIED", "PERMISSION_DENIED")
    assert found.metadata["allowed"] == "admin,dispatcher"
    for role in (None, "root"):
        assert failure(lambda role=role: list_units(client, bearer(role))).reason == "PERMISSION_DENIED"
    client.fleet.BatchUpsertProviders(batch, metadata=bearer("dispatcher"), timeout=20)


def test_a_provider_sees_and_moves_only_its_own(client: Client) -> None:
    """Others' units do not show, cannot be asked for, whether they exist or not, and cannot be moved."""
    mine = bearer("provider", provider="p1")
    assert list_units(client, mine) == [f"{REGION}/providers/p1/units/u{k}" for k in (0, 2)]
    assert len(list_units(client, mine, f"{REGION}/providers/p1")) == 2
    client.fleet.GetProvider(fleet_service_pb2.GetProviderRequest(name=f"{REGION}/providers/p1"), metadata=mine)
    for name in ("p2/units/u1", "p2/units/nothing", "p3/units/u1"):
        request = fleet_service_pb2.GetUnitRequest(name=f"{REGION}/providers/{name}")
        assert failure(lambda r=request: client.fleet.GetUnit(r, metadata=mine)).reason == "PERMISSION_DENIED"
    other = fleet_service_pb2.GetProviderRequest(name=f"{REGION}/providers/p2")
    assert failure(lambda: client.fleet.GetProvider(other, metadata=mine)).reason == "PERMISSION_DENIED"
    assert failure(lambda: list_units(client, mine, f"{REGION}/providers/p2")).reason == "PERMISSION_DENIED"
    reports = [
        fleet_service_pb2.UnitPosition(unit=f"{REGION}/providers/{unit}", location=place(), observed_at=stamp())
        for unit in ("p1/units/u0", "p2/units/u1")
    ]
    answer = client.fleet.ReportPositions(
        fleet_service_pb2.ReportPositionsRequest(parent=REGION, positions=reports), metadata=mine, timeout=20
    )
    assert answer.accepted_count == 1
    assert [(item.index, item.reason) for item in answer.rejected_positions] == [(1, "PERMISSION_DENIED")]
    listing = fleet_service_pb2.ListProvidersRequest(parent=REGION)
    assert failure(lambda: client.fleet.ListProviders(listing, metadata=mine)).reason == "PERMISSION_DENIED"


def test_regions_of_a_token(client: Client) -> None:
    """Another region is refused before anybody asks whether it exists."""
    assert len(list_units(client, bearer(regions=["coquimbo"]))) == 4
    for regions in ([], ["andorra"]):
        assert failure(lambda r=regions: list_units(client, bearer(regions=r))).reason == "PERMISSION_DENIED"


def test_regions_that_a_token_is_told_of(client: Client) -> None:
    """Its own alone; one that is bound to no region is told of all."""
    request = region_service_pb2.ListRegionsRequest()
    for regions, told in (({}, [REGION]), ({"regions": ["coquimbo"]}, [REGION]), ({"regions": ["andorra"]}, [])):
        found = client.region.ListRegions(request, metadata=bearer(**regions), timeout=20)
        assert [region.name for region in found.regions] == told


def test_health_is_open_and_reflection_is_not(client: Client) -> None:
    """A load balancer needs no token; whoever wants to know what there is does."""
    assert client.health.Check(health_pb2.HealthCheckRequest(), timeout=20).status == 1
    stub = reflection_pb2_grpc.ServerReflectionStub(client.channel)
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    found = failure(lambda: list(stub.ServerReflectionInfo(iter([asked]), timeout=20)))
    assert found.reason == "TOKEN_MISSING"
    assert list(stub.ServerReflectionInfo(iter([asked]), metadata=bearer("auditor"), timeout=20))


def test_it_is_refused_before_the_request_is_read(client: Client) -> None:
    """A caller without a token that sends nothing learns so at once, not after the time a peer may stall."""
    channel: Any = client.channel
    call = channel.stream_unary("/towline.v1.DispatchService/Optimize")

    told = threading.Event()

    def silent() -> Iterator[bytes]:
        told.wait(60)
        yield b""

    try:
        assert code_of(lambda: call(silent(), timeout=20)) is grpc.StatusCode.UNAUTHENTICATED
    finally:
        told.set()


def test_a_stream_ends_with_its_token(begin: Callable[..., Any], tmp_path: Path) -> None:
    """A long stream does not outlive what let it in."""
    wanted = settings(tmp_path, leeway_s=0.0)
    client = begin(security=SecuritySettings(token=wanted))[1]

    def updates() -> Iterator[region_service_pb2.StreamTrafficRequest]:
        while True:
            yield region_service_pb2.StreamTrafficRequest(parent=REGION)
            time.sleep(0.05)

    first = None
    for lasts_s in (2, 10):  # the longer one where the machine stood still until the shorter one was over
        bearing = bearer(exp=int(time.time()) + lasts_s)
        answers = client.region.StreamTraffic(updates(), metadata=bearing, timeout=40)
        with suppress(grpc.RpcError):
            first = next(answers)
            break
    assert first is not None
    assert first.index == 0
    assert failure(lambda: list(answers)).reason == "TOKEN_EXPIRED"


def test_a_withdrawn_key_ends_the_streams_that_it_let_in(secured: Secured, tmp_path: Path) -> None:
    """Watchers and positions of its tokens end as with an expired token; those of a key that stays go on, and a key
    that is added ends nothing."""
    wanted = settings(tmp_path, P256, OTHER)
    assert wanted.keys is not None
    server = secured(SecuritySettings(token=wanted))
    client = Client(server.port)
    stolen, good = bearer("admin", key=OTHER, exp=int(time.time()) + 10**8), bearer("admin")
    asked = watch_service_pb2.WatchEventsRequest(parent=REGION)
    streams = [client.watch.WatchEvents(asked, metadata=owner, timeout=20) for owner in (stolen, good)]
    for stream in streams:
        next(stream)
    go: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def positions() -> Iterator[fleet_service_pb2.StreamPositionsRequest]:
        while go.get(timeout=20):
            yield fleet_service_pb2.StreamPositionsRequest(parent=REGION, unit_ids=["u0"], lon=[LON], lat=[LAT])

    def happens(key: str) -> None:
        batch = fleet_service_pb2.BatchUpsertProvidersRequest(parent=REGION, providers=[provider(key)])
        client.fleet.BatchUpsertProviders(batch, metadata=good, timeout=20)

    reported = client.fleet.StreamPositions.future(positions(), metadata=stolen, timeout=20)
    go.put(True)
    wanted.keys.write_bytes(public_pem(OTHER, P256, ED))
    server.reload()
    happens("p3")
    assert [len(next(stream).events) for stream in streams] == [1, 1]
    go.put(True)
    wanted.keys.write_bytes(public_pem(ED, P256))
    server.reload()
    happens("p4")
    assert failure(lambda: next(streams[0])).reason == "TOKEN_EXPIRED"
    go.put(True)
    assert failure(reported.result).reason == "TOKEN_EXPIRED"
    go.put(False)
    assert len(next(streams[1]).events) == 1
    streams[1].cancel()


def refusal(call: Callable[[], Any]) -> grpc.RpcError | None:
    try:
        call()
    except grpc.RpcError as error:
        return error
    return None


def test_while_the_issuer_is_away(secured: Secured, tmp_path: Path) -> None:
    """A server that never got its keys starts, answers health, and says UNAVAILABLE to whoever has a token."""
    away = replace(settings(tmp_path), keys=None, jwks_url="https://127.0.0.1:1/keys", fetch_s=0.5)
    client = Client(secured(SecuritySettings(token=away)).port)
    found = failure(lambda: list_units(client, bearer()))
    assert (found.code, found.reason) == ("UNAVAILABLE", "TOKEN_KEYS_UNAVAILABLE")
    assert failure(lambda: list_units(client, None)).reason == "TOKEN_MISSING"
    assert client.health.Check(health_pb2.HealthCheckRequest(), timeout=20).status == 1


def test_limits_of_a_caller(secured: Secured, tmp_path: Path) -> None:
    """RESOURCE_EXHAUSTED with the time to wait, for this caller alone."""
    limits = CallerLimits(calls_per_s=1.0)
    client = Client(secured(SecuritySettings(token=settings(tmp_path), limits=limits)).port)
    mine = bearer(sub="hasty")
    list_units(client, mine)
    list_units(client, mine)
    found = [refusal(lambda: list_units(client, mine)) for _ in range(3)]
    status = rpc_status.from_call(next(error for error in found if error))
    waits = [detail for detail in status.details if detail.Is(RetryInfo.DESCRIPTOR)]
    waits[0].Unpack(info := RetryInfo())
    assert 0 < info.retry_delay.ToMilliseconds() <= 1000
    list_units(client, bearer(sub="patient"))


def test_a_flood_of_strangers_does_not_keep_callers_out(client: Client) -> None:
    """Whoever has no token is turned away without taking anybody's place."""
    stop = threading.Event()
    turned_away = Counter[str]()

    def stranger() -> None:
        while not stop.is_set():
            turned_away[failure(lambda: list_units(client, None)).reason] += 1

    threads = [threading.Thread(target=stranger) for _ in range(16)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            assert len(list_units(client, bearer())) == 4
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert set(turned_away) == {"TOKEN_MISSING"}


def test_the_log_knows_the_caller_and_no_secret(client: Client, lines: list[str]) -> None:
    """One line a call with subject and trace; no token, no part of one, no claim."""
    good, wrong = token(sub="desk-7", secret="hush"), token(key=OTHER, sub="hush-hush")
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    sent = [("authorization", f"Bearer {good}"), ("traceparent", f"00-{trace}-00f067aa0ba902b7-01")]
    list_units(client, sent)
    failure(lambda: list_units(client, [("authorization", f"Bearer {wrong}")]))
    text = "\n".join(lines)
    calls = [json.loads(line) for line in lines if json.loads(line)["event"] == "call"]
    assert [(call["subject"], call["code"]) for call in calls] == [("desk-7", "OK"), (None, "UNAUTHENTICATED")]
    assert calls[0]["trace"] == trace
    assert len(calls[1]["trace"]) == 32
    assert "hush" not in text
    for part in (*good.split("."), *wrong.split(".")):
        assert part[:20] not in text


def test_without_security_everybody_is_the_admin(secured: Secured) -> None:
    """On loopback, as documented: no token is needed, and one that comes is not looked at."""
    client = Client(secured().port)
    assert len(list_units(client, None)) == 4
    assert len(list_units(client, [("authorization", "Bearer x")])) == 4
    request = dispatch_service_pb2.RecommendRequest(region="regions/nowhere", incident=incident(), server_fleet={})
    assert failure(lambda: client.dispatch.Recommend(request)).reason == "REGION_NOT_FOUND"
