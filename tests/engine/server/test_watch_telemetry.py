"""WatchTelemetry over a real socket."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from google.protobuf.duration_pb2 import Duration  # ty: ignore[missing-module-member]  # made at run time
from towline.v1 import enums_pb2
from towline.v1 import watch_service_pb2 as pb

from engine.live.records import IncidentRecord, Leg, LegState
from engine.live.telemetry import Work
from engine.live.telemetry_watch import TelemetryWatch
from engine.live.watch.subscription import Subscription
from engine.model import Location, Service, Unit
from engine.server.watch_messages import UnitEncoder
from engine.server.watch_servicer import EventStream, TelemetryStream
from tests.engine.server.watched import WatchServer
from tests.engine.server.wire import LAT, LON, NOW, REGION, failure, stamp

HELD = (Subscription, EventStream, TelemetryWatch, TelemetryStream)


@pytest.fixture
def server() -> Iterator[WatchServer]:
    found = WatchServer()
    for k in range(2500):
        unit = Unit(f"u{k}", f"p{k % 5}", Location(LON + 0.0001 * k, LAT), frozenset({Service.TOWING}))
        found.fleet.units[unit.id] = unit
    yield found
    found.stop()


def test_everybody_in_bounded_messages_and_then_changes(server: WatchServer):
    """At most 1,000 units a message; afterwards only who moved, a second later at the earliest."""
    began = time.monotonic()
    stream = server.units()
    sizes = [len(next(stream).units) for _ in range(3)]
    assert sizes == [1000, 1000, 500]
    server.fleet.units["u7"] = replace(server.fleet.units["u7"], location=Location(LON, LAT + 0.01, heading=90.0))
    server.fleet.observed["u7"] = NOW
    server.telemetry.moved(["u7"])
    (moved,) = next(stream).units
    assert time.monotonic() - began > 0.5
    assert (moved.unit, moved.location.heading_deg) == (f"{REGION}/providers/p2/units/u7", 90.0)
    assert moved.observed_at == stamp(NOW)


def test_an_incident_s_units(server: WatchServer):
    """With its state, its arrival and the chance of keeping the promise."""
    arrives = NOW + timedelta(minutes=9)
    leg = Leg(LegState.UNDER_WAY, "u8", "p3", NOW, arrives_at=arrives, probability=0.75)
    server.records.append(IncidentRecord("i1", NOW, legs=(leg,)))
    (unit,) = next(server.units(incidents=[f"{REGION}/incidents/i1"])).units
    assert (unit.incident, unit.leg_state) == (f"{REGION}/incidents/i1", enums_pb2.LEG_STATE_UNDER_WAY)
    assert (unit.arrives_at, unit.promise_probability) == (stamp(arrives), 0.75)


def test_nobody_matches(server: WatchServer):
    """The first answer comes all the same, and says so."""
    assert list(next(server.units(providers=[f"{REGION}/providers/none"])).units) == []


def test_units_are_put_together_as_protobuf_would():
    """Parts encoded once make exactly the message."""
    unit = Unit("u1", "p1", Location(LON, LAT), frozenset({Service.TOWING}))
    parts = [UnitEncoder("coquimbo")(unit, NOW, Work("i1", LegState.ON_SCENE, NOW, 0.5), True)] * 2
    found = pb.WatchTelemetryResponse.FromString(b"".join(parts))
    assert [(u.unit, u.silent, u.promise_probability) for u in found.units] == [
        (f"{REGION}/providers/p1/units/u1", True, 0.5)
    ] * 2


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        ({"parent": "nonsense"}, "INVALID_RESOURCE_NAME", "parent"),
        ({"interval": Duration(nanos=500_000_000)}, "VALUE_OUT_OF_RANGE", "interval"),
        ({"interval": Duration(seconds=61)}, "INVALID_TIME", "interval"),
        ({"cells": ["zz"]}, "INVALID_TERRITORY", "cells[0]"),
        ({"cells": ["617700169958293503"]}, "INVALID_TERRITORY", "cells[0]"),
        ({"cells": ["f" * 40]}, "INVALID_TERRITORY", "cells[0]"),
        ({"incidents": ["i1"]}, "INVALID_RESOURCE_NAME", "incidents[0]"),
    ],
    ids=str,
)
def test_bad_input(server: WatchServer, fields: dict[str, object], reason: str, field: str):
    """Right status, one ErrorInfo, the field at fault."""
    found = failure(lambda: next(server.units(**fields)))
    assert (found.code, found.reason, found.fields) == ("INVALID_ARGUMENT", reason, [field])
    assert server.telemetry.watchers == 0


@pytest.mark.parametrize("kind", ["events", "units"])
@pytest.mark.parametrize("ended", ["cancelled", "told", "stopped"])
def test_an_ended_stream_leaves_nothing_to_collect(server: WatchServer, kind: str, ended: str):
    """What it held goes when it ends: the collector, which looks rarely in a server, has no cycles to find."""
    gc.collect()
    gc.disable()
    try:
        before = {id(each) for each in gc.get_objects() if isinstance(each, HELD)}
        streams = [getattr(server, kind)() for _ in range(3)]
        for stream in streams:
            next(stream)
        held = [weakref.ref(each) for each in gc.get_objects() if isinstance(each, HELD) and id(each) not in before]
        assert len(held) == 6
        if ended == "stopped":
            server.watching.stop()
        else:
            if ended == "told":
                server.write(1)
                server.telemetry.moved(["u7"])
            for stream in streams:
                stream.cancel()
        until = time.monotonic() + 10
        while any(each() is not None for each in held):
            assert time.monotonic() < until, [each() for each in held]
            time.sleep(0.01)
    finally:
        gc.enable()
