"""`towline serve`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from towline.v1 import (
    fleet_service_pb2,
    fleet_service_pb2_grpc,
    region_service_pb2,
    region_service_pb2_grpc,
)
from typer.testing import Result


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_it_serves_a_fleet_until_told_to_stop(scarce: Path) -> None:
    """A real process: says where it listens, answers health and its fleet, outlives SIGHUP, ends with 0 on SIGTERM."""
    command = [sys.executable, "-m", "cli", "serve", "--address", "127.0.0.1:0", "--json"]
    command += ["--fleet", str(scarce / "scarce-units.csv")]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert run.stdout is not None
        ready = json.loads(run.stdout.readline())
        assert ready["regions"] == ["coquimbo"]
        with grpc.insecure_channel(ready["address"]) as channel:
            health = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=20)
            assert health.status == health_pb2.HealthCheckResponse.SERVING
            request = fleet_service_pb2.ListUnitsRequest(parent="regions/coquimbo/providers/-", page_size=1000)
            found = fleet_service_pb2_grpc.FleetServiceStub(channel).ListUnits(request, timeout=20)
            assert len(found.units) == 60
            run.send_signal(signal.SIGHUP)  # a reload with nothing to read again
            assert len(fleet_service_pb2_grpc.FleetServiceStub(channel).ListUnits(request, timeout=20).units) == 60
        run.send_signal(signal.SIGTERM)
        assert run.wait(timeout=30) == 0
    finally:
        run.kill()
        run.communicate()


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_it_serves_traffic_and_reads_it_again(tmp_path: Path) -> None:
    """Profile, weather and feed file are in force from the start; SIGHUP reads the file again, SIGTERM still ends."""
    feed = tmp_path / "feed.csv"
    feed.write_text("id,arc,closed\na,1,yes\n")
    command = [sys.executable, "-m", "cli", "serve", "--address", "127.0.0.1:0", "--json", "--feed", str(feed)]
    command += ["--profile", "default", "--weather", "rain"]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert run.stdout is not None
        address = json.loads(run.stdout.readline())["address"]
        with grpc.insecure_channel(address) as channel:
            regions = region_service_pb2_grpc.RegionServiceStub(channel)
            asked = region_service_pb2.GetTrafficRequest(name="regions/coquimbo/traffic")
            traffic = regions.GetTraffic(asked, timeout=20).traffic
            assert (traffic.profile, traffic.entry_count) == ("default", 1)
            assert traffic.metric_version.endswith("/rain")
            assert traffic.epoch > 1_700_000_000_000  # epochs go on where an earlier server may have been
            feed.write_text("id,arc,closed\na,1,yes\nb,2,yes\n")
            run.send_signal(signal.SIGHUP)
            until = time.monotonic() + 20
            while regions.GetTraffic(asked, timeout=20).traffic.entry_count != 2:
                assert time.monotonic() < until
                time.sleep(0.05)
        run.send_signal(signal.SIGTERM)
        assert run.wait(timeout=30) == 0
    finally:
        run.kill()
        run.communicate()


def test_open_ports_and_impossible_addresses_are_refused(towline: Callable[..., Result]) -> None:
    """Listening beyond this machine needs --insecure; nonsense is no address."""
    for address in ("0.0.0.0:50051", "nonsense", "127.0.0.1:99999"):
        result = towline("serve", "--address", address)
        assert result.exit_code == 2, result.output
        assert address in result.stderr


def test_two_regions_of_one_name_are_refused(towline: Callable[..., Result]) -> None:
    """The name is the region's id in every request."""
    result = towline("serve", "--region", "coquimbo", "--region", "coquimbo")
    assert result.exit_code == 2
    assert "another --name" in result.stderr
