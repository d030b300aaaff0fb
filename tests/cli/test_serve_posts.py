"""`towline serve` with kilometre posts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import grpc
import pytest
from towline.v1 import eta_service_pb2, eta_service_pb2_grpc, location_pb2

from graphs.region import Region
from tests.graphs.posts.highway import carriageways, posts


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_it_serves_kilometres_and_datums(coquimbo: Region, tmp_path: Path) -> None:
    """With --posts a kilometre is a location; --datum is that of the fleet's table."""
    table = tmp_path / "posts.csv"
    posts(coquimbo.network, *carriageways(coquimbo.network)).to_csv(table, index=False)
    command = [sys.executable, "-m", "cli", "serve", "--address", "127.0.0.1:0", "--json", "--posts", str(table)]
    run = subprocess.Popen([*command, "--datum", "gcj02"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert run.stdout is not None
        ready = json.loads(run.stdout.readline())
        with grpc.insecure_channel(ready["address"]) as channel:
            there = location_pb2.Location(kilometre_post={"text": "Ruta 5 km 470 sur"})
            request = eta_service_pb2.SnapRequest(region="regions/coquimbo", locations=[there])
            (found,) = eta_service_pb2_grpc.EtaServiceStub(channel).Snap(request, timeout=20).results
            assert found.snapped_location.place.distance_m < 0.1
        run.send_signal(signal.SIGTERM)
        assert run.wait(timeout=30) == 0
    finally:
        run.kill()
        run.communicate()
