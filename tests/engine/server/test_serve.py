"""`serve` in a process of its own, as `towline serve` runs it."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import grpc
import pytest
from towline.v1 import fleet_service_pb2 as pb
from towline.v1 import fleet_service_pb2_grpc

from tests.engine.server.process import serving_process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_and_exits_with_zero(number: signal.Signals):
    """It serves, is told to stop, drains and ends well; its log is JSON lines."""
    with serving_process() as (process, address, children):
        stub = fleet_service_pb2_grpc.FleetServiceStub(grpc.insecure_channel(address))
        assert len(stub.ListUnits(pb.ListUnitsRequest(parent="regions/coquimbo/providers/-")).units) == 12
        process.send_signal(number)
        _, log = process.communicate(timeout=60)
        assert process.returncode == 0, log
        assert len(children) == 1
        assert not any(_alive(pid) for pid in children)
    events = [json.loads(line)["event"] for line in log.splitlines()]
    assert events == ["region ready", "serving", "call", "draining", "stopped"]


def test_a_server_that_is_killed_leaves_nobody_behind():
    """Its flow processes notice that nobody asks any more."""
    with serving_process() as (process, _, children):
        assert all(Path(f"/proc/{pid}").exists() for pid in children) or not Path("/proc").exists()
        process.kill()
        process.wait()
        for _ in range(600):
            if not any(_alive(pid) for pid in children):
                break
            time.sleep(0.05)
        assert not any(_alive(pid) for pid in children)


def _alive(pid: int) -> bool:
    """Whether it runs; one that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
