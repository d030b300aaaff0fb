"""The watchers of ``benchmarks.watch``, in a process of their own: prints what they saw when its input ends."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import grpc
import h3
import numpy as np
from towline.v1 import watch_service_pb2 as pb
from towline.v1 import watch_service_pb2_grpc

from benchmarks.positions import REGION
from benchmarks.standard import NOW
from engine.generate import generate_fleet
from graphs.bundled import load_coquimbo, load_coquimbo_population

#: Watchers on one connection.
TOGETHER = 10
#: Every so many watchers break off and resume, after so many seconds.
RESUMES, AFTER_S = 5, 3.0
Passes = Callable[[pb.Event], bool]


@dataclass
class Watcher:
    """One stream, resumed whenever it breaks."""

    name: str
    filter: pb.EventFilter
    passes: Passes
    resumes_itself: bool
    numbers: list[int] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    resumes: int = 0
    last: int = 0
    first: int = -1
    errors: list[str] = field(default_factory=list)


class Crowd:
    """All watchers, in one loop; those of everything keep the events, to hold the others against."""

    def __init__(self, address: str, behind_s: float) -> None:
        self._address, self._behind_s = address, behind_s
        self._channels: list[grpc.aio.Channel] = []
        self.stopped = False
        self.watchers: list[Watcher] = []
        self.events: dict[int, pb.Event] = {}
        self.units = 0
        self._tasks: list[asyncio.Task[None]] = []

    def _stub(self) -> Any:
        if len(self._tasks) % TOGETHER == 0:
            options = [("grpc.use_local_subchannel_pool", 1)]  # or all would share one connection
            self._channels.append(grpc.aio.insecure_channel(self._address, options))
        return watch_service_pb2_grpc.WatchServiceStub(self._channels[-1])

    async def add(self, watcher: Watcher) -> None:
        self.watchers.append(watcher)
        watching = asyncio.Event()
        self._tasks.append(asyncio.create_task(self._watch(watcher, self._stub(), watching)))
        await watching.wait()

    async def add_board(self) -> None:
        watching = asyncio.Event()
        self._tasks.append(asyncio.create_task(self._look(self._stub(), watching)))
        await watching.wait()

    async def _watch(self, watcher: Watcher, stub: Any, watching: asyncio.Event) -> None:
        ledger = ""
        while not self.stopped:
            request = pb.WatchEventsRequest(parent=REGION, filter=watcher.filter, ledger=ledger)
            if watcher.first >= 0:
                request.after_number = watcher.last
                watcher.resumes += 1
            call = stub.WatchEvents(request)
            until = time.monotonic() + AFTER_S * random.uniform(0.5, 1.5)
            try:
                async for answer in call:
                    now = time.time() - self._behind_s
                    ledger = answer.ledger
                    if watcher.first < 0:
                        watcher.first = watcher.last = answer.last_number
                        watching.set()
                    for event in answer.events:
                        watcher.numbers.append(event.number)
                        watcher.late_ms.append(1e3 * (now - event.at.seconds - event.at.nanos * 1e-9))
                        if not watcher.filter.ByteSize():
                            self.events[event.number] = event
                    watcher.last = answer.last_number
                    if watcher.resumes_itself and time.monotonic() > until:
                        call.cancel()
                        break
            except grpc.aio.AioRpcError as error:
                watcher.errors.append(f"{error.code()} {error.details()}")
                await asyncio.sleep(0.1)

    async def _look(self, stub: Any, watching: asyncio.Event) -> None:
        async for answer in stub.WatchTelemetry(pb.WatchTelemetryRequest(parent=REGION)):
            self.units += len(answer.units)
            watching.set()

    async def stop(self) -> None:
        self.stopped = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for channel in self._channels:
            await channel.close()


def filtered(k: int, fleet: Any, draw: random.Random) -> tuple[pb.EventFilter, Passes]:
    """The k-th filter: in turn a few providers, a part of town, or a few kinds of events."""
    if k % 3 == 0:
        names = {f"{REGION}/providers/{key}" for key in draw.sample(sorted(p.id for p in fleet.providers), 60)}
        return pb.EventFilter(providers=names), lambda event: bool(_providers(event) & names)
    if k % 3 == 1:
        place = draw.choice(fleet.units).location
        cells = set(h3.grid_disk(h3.latlng_to_cell(place.lat, place.lon, 7), 1))

        def inside(event: pb.Event) -> bool:
            at = event.incident.location
            return h3.latlng_to_cell(at.lat, at.lon, 7) in cells

        return pb.EventFilter(cells=cells), inside
    kinds = {4 + k % 5, 19}
    return pb.EventFilter(kinds=kinds), lambda event: event.kind in kinds  # ty: ignore[invalid-argument-type]


def _providers(event: pb.Event) -> set[str]:
    asked = [offer.unit for offer in event.incident.offers if offer.state == 1]
    units = [event.unit, *asked, *(leg.unit for leg in event.incident.legs)]
    return {unit.rpartition("/units/")[0] for unit in units if unit}


async def run(address: str, behind_s: float, full: int, some: int, boards: int) -> Crowd:
    """Watch until the input ends."""
    draw = random.Random(1)
    fleet = generate_fleet(load_coquimbo(), load_coquimbo_population(), seed=1, now=NOW, providers=3000, units=8000)
    crowd = Crowd(address, behind_s)
    for k in range(full):
        await crowd.add(Watcher(f"full {k}", pb.EventFilter(), lambda _: True, k % RESUMES == RESUMES - 1))
    for k in range(some):
        wanted, passes = filtered(k, fleet, draw)
        await crowd.add(Watcher(f"filtered {k}", wanted, passes, k % RESUMES == RESUMES - 1))
    for _ in range(boards):
        await crowd.add_board()
    print("watching", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await crowd.stop()
    return crowd


def main() -> None:
    address, behind_s = sys.argv[1], float(sys.argv[2])
    print(json.dumps(report(asyncio.run(run(address, behind_s, *(int(text) for text in sys.argv[3:6]))))))


def report(crowd: Crowd) -> dict[str, Any]:
    wrong: list[str] = []
    everything = sorted(crowd.events)
    for watcher in crowd.watchers:
        expected = [n for n in everything if watcher.first < n <= watcher.last and watcher.passes(crowd.events[n])]
        if watcher.numbers != expected:
            wrong.append(f"{watcher.name}: {len(watcher.numbers)} events, expected {len(expected)}")
        wrong += [f"{watcher.name}: {error}" for error in watcher.errors]
    late = np.concatenate([watcher.late_ms for watcher in crowd.watchers])
    return {
        "events": len(everything),
        "without_gaps": everything == list(range(everything[0], everything[-1] + 1)),
        "told": int(late.size),
        "told_filtered": sum(len(watcher.numbers) for watcher in crowd.watchers if watcher.filter.ByteSize()),
        "p50_ms": float(np.quantile(late, 0.5)),
        "p99_ms": float(np.quantile(late, 0.99)),
        "max_ms": float(late.max()),
        "resumes": sum(watcher.resumes for watcher in crowd.watchers),
        "telemetry_units": crowd.units,
        "watchers_cpu_s": time.process_time(),
        "wrong": wrong,
    }


if __name__ == "__main__":
    main()
