"""`serve` in a process of its own, as `towline serve` runs it."""

from __future__ import annotations

import json
import signal

import grpc
import pytest
from towline.v1 import fleet_service_pb2 as pb
from towline.v1 import fleet_service_pb2_grpc

from tests.engine.server.process import serving_process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_and_exits_with_zero(number: signal.Signals):
    """It serves, is told to stop, drains and ends well; its log is JSON lines."""
    with serving_process() as (process, address):
        stub = fleet_service_pb2_grpc.FleetServiceStub(grpc.insecure_channel(address))
        assert len(stub.ListUnits(pb.ListUnitsRequest(parent="regions/coquimbo/providers/-")).units) == 12
        process.send_signal(number)
        _, log = process.communicate(timeout=60)
        assert process.returncode == 0, log
    events = [json.loads(line)["event"] for line in log.splitlines()]
    assert events == ["region ready", "serving", "call", "draining", "stopped"]
