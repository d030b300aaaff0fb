"""How long a server takes to be ready again: ``python -m benchmarks.restart``.

A ledger with many closed incidents, some open ones and the standard fleet; from the start of the process to the first
answer. The closed ones are copies of real ones, their events included, under ids of their own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from rich.console import Console
from towline.v1 import incident_service_pb2 as pb
from towline.v1 import incident_service_pb2_grpc as incident_grpc

from benchmarks.machine import keep
from benchmarks.tables import ResultTable
from engine.dispatch import Dispatcher
from engine.generate import generate_fleet, generate_incidents
from engine.ledger import Batch, Ledger, RegionLedger
from engine.live.commands.ending import CloseIncident
from engine.live.commands.filing import CreateIncident, RecordCallback
from engine.live.commands.units import Advance
from engine.live.records import LegState
from engine.live.region import LiveRegion
from engine.live.writer import Asked
from engine.model import Fleet
from engine.server.fleet_store import FleetStore
from engine.server.kept_fleet import fleet_of, store_given
from graphs.bundled import load_coquimbo, load_coquimbo_population

TEMPLATES = 200
AT_ONCE = 2000


def fill(url: str, closed: int, open_ones: int) -> None:
    """A ledger as it is after ``closed`` incidents, with others open."""
    region, people = load_coquimbo(), load_coquimbo_population()
    now = datetime.now(UTC)
    given = generate_fleet(region, people, seed=1, now=now, providers=3000, units=8000)
    drawn = list(generate_incidents(region, people, seed=1, count=TEMPLATES + open_ones, now=now))
    with Ledger.open(url) as ledger:
        part = ledger.region("coquimbo")
        loaded = part.load()
        dispatcher = Dispatcher(region)
        store = FleetStore("coquimbo", dispatcher, Fleet(given.providers, given.units))
        live = LiveRegion("coquimbo", dispatcher, store, part, lambda: datetime.now(UTC))
        live.load(loaded)
        live.start()
        store_given(given, loaded, store, live)
        for number, each in enumerate(drawn):
            need = replace(each, units_needed=1, unit_requires=(), earliest=None, latest=None, received_at=now)
            record = live.submit(Asked(CreateIncident(need.id, now, f"c{number}", need), "bench")).result().record
            live.submit(Asked(RecordCallback(need.id), "bench")).result()
            if number >= TEMPLATES:
                continue
            unit = record.legs[0].unit if record else ""
            if unit and record and record.legs[0].state is LegState.ASSIGNED:
                for state in (LegState.ACCEPTED, LegState.UNDER_WAY, LegState.ON_SCENE, LegState.DONE):
                    live.submit(Asked(Advance(need.id, "", "", unit, state), "bench")).result()
            else:
                live.submit(Asked(CloseIncident(need.id, "", "by telephone"), "bench")).result()
        live.stop()
        _copy(part, [each.id for each in drawn[:TEMPLATES]], closed - TEMPLATES)


def _copy(part: RegionLedger, ids: list[str], count: int) -> None:
    """More closed incidents: the events of real ones, numbered on."""
    stories = [(part.incident(key), part.events(0, 1000, incident=key), part.decisions(key)) for key in ids]
    number, at_us = part.last()
    batch, after = Batch(), number
    for k in range(count):
        row, events, decisions = stories[k % len(stories)]
        assert row is not None
        key, old = f"copy-{k}", row.id.encode()
        numbers: dict[int, int] = {}
        for event in events:
            number += 1
            numbers[event.number] = number
            record = event.record.replace(b'"id":"' + old, b'"id":"' + key.encode())
            record = record.replace(f'"number":{event.number}'.encode(), f'"number":{number}'.encode())
            batch.events.append(replace(event, number=number, at_us=at_us, id=key, record=record))
        batch.incidents.append(replace(row, id=key, number=number, record=batch.events[-1].record))
        batch.decisions += [replace(d, number=numbers[d.number], incident=key) for d in decisions]
        if len(batch.events) >= AT_ONCE:
            part.commit(batch, after=after)
            batch, after = Batch(), number
    part.commit(batch, after=after)


def ready_s(url: str) -> tuple[float, float, int]:
    """Seconds from the start of `towline serve` to SERVING, and to a list of open incidents; how many those are."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "cli", "serve", "--address", "127.0.0.1:0", "--ledger", url, "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        text = ""
        while "}" not in text:
            line = process.stdout.readline()
            assert line, "the server ended"
            text += line
        address = text.split('"address": "')[1].split('"')[0]
        with grpc.insecure_channel(address) as channel:
            health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=30)
            serving = time.perf_counter() - began
            stub = incident_grpc.IncidentServiceStub(channel)
            found, token = 0, ""
            while True:
                request = pb.ListIncidentsRequest(parent="regions/coquimbo", page_size=1000, page_token=token)
                page = stub.ListIncidents(request, timeout=30)
                found, token = found + len(page.incidents), page.next_page_token
                if not token:
                    break
        return serving, time.perf_counter() - began, found
    finally:
        process.terminate()
        process.wait(30)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--closed", type=int, default=100_000)
    parser.add_argument("--open", type=int, default=1_000)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.db"
        fill(f"sqlite:///{file}", options.closed, options.open)
        times = [ready_s(f"sqlite:///{file}") for _ in range(options.starts)]
        size = file.stat().st_size / 1e6
        with Ledger.open(f"sqlite:///{file}", read_only=True) as ledger:
            units = len(fleet_of(ledger.region("coquimbo").load())[0].units)
    serving, listed = sorted(t[0] for t in times), sorted(t[1] for t in times)
    table = ResultTable.of(
        f"From the start of the process to SERVING: {options.closed:,} closed incidents, {times[0][2]:,} open, "
        f"{units:,} units, a ledger of {size:,.0f} MB, s",
        ["starts", "median", "worst", "all open ones listed, median"],
        [
            [
                f"{len(times)}",
                f"{serving[len(times) // 2]:.1f}",
                f"{serving[-1]:.1f}",
                f"{listed[len(times) // 2]:.1f}",
            ]
        ],
    )
    Console(width=100).print(table.rich())
    if not options.no_keep:
        print(f"kept in {keep('restart', {'tables': [table.to_dict()], 'serving_s': serving})}")


if __name__ == "__main__":
    main()
