"""Callers of `benchmarks.live_load`, all in one process: as many at once as a call centre has lines.

``python -m benchmarks.live_client`` reads what to do as JSON from its input and tells the times it saw. One event loop
rather than a thread for each caller, and messages that are put together before: what the clients use, the server lacks.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import grpc.aio
from towline.v1 import fleet_service_pb2 as fleet_service
from towline.v1 import incident_pb2, location_pb2
from towline.v1 import incident_service_pb2 as pb

from benchmarks.live_server import ECHO, REGION
from benchmarks.standard import NOW
from engine.generate import generate_fleet, generate_incidents
from engine.server import enums
from graphs.bundled import load_coquimbo, load_coquimbo_population

PARENT = f"regions/{REGION}"
SERVICE = "/towline.v1.IncidentService/"
POSITIONS = "/towline.v1.FleetService/StreamPositions"


@dataclass
class Plan:
    """What the callers do."""

    address: str
    kind: str = "closed"  # "closed": each asks when it was answered; "open": at a pace; "echo": as closed
    seconds: float = 60.0
    warm_up_s: float = 10.0
    callers: int = 150
    channels: int = 10
    open_each: int = 10  # incidents that a caller leaves open
    per_s: float = 20.0  # rounds a second, of an open loop
    units: int = 8000  # whose positions stream meanwhile, of an open loop
    every_s: float = 10.0  # each of them
    batch: int = 400
    sizes: tuple[int, int, int, int] = (120, 2000, 60, 1200)  # bytes of requests and answers, of an echo
    seed: int = 1


@dataclass
class Seen:
    """What they saw: seconds, by what they asked for."""

    times: dict[str, list[float]] = field(default_factory=lambda: {"create": [], "close": [], "round": []})
    errors: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)  # names of incidents
    closed: list[str] = field(default_factory=list)
    unassigned: int = 0
    cpu_s: float = 0.0
    took_s: float = 0.0
    positions: int = 0
    sizes: tuple[int, int, int, int] = (0, 0, 0, 0)


def run(plan: Plan) -> Seen:
    """In a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.live_client"],
        input=json.dumps(asdict(plan)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Seen(**json.loads(done.stdout))


class Callers:
    """The callers of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.seen = plan, Seen()
        region, population = load_coquimbo(), load_coquimbo_population()
        drawn = generate_incidents(region, population, seed=plan.seed, count=2000, now=NOW)
        self._incidents = [
            incident_pb2.Incident(
                location=location_pb2.Location(lon=each.location.lon, lat=each.location.lat),
                service=enums.SERVICE.write(each.service),
                customer=f"C-{k}",
            )
            for k, each in enumerate(drawn)
        ]
        self._random = random.Random(plan.seed)
        self._begin = 0.0
        self._from = self._until = 0.0

    async def go(self) -> Seen:
        plan = self.plan
        channels = [
            grpc.aio.insecure_channel(plan.address, [("towline.channel", k)]) for k in range(max(1, plan.channels))
        ]
        self._begin = time.perf_counter()
        self._from, self._until = self._begin + plan.warm_up_s, self._begin + plan.warm_up_s + plan.seconds
        clock = asyncio.create_task(self._cpu())
        if plan.kind == "open":
            await asyncio.gather(self._pace(channels[0]), self._positions(channels[-1]))
        else:
            caller = self._echo if plan.kind == "echo" else self._caller
            await asyncio.gather(*(caller(k, channels[k % len(channels)]) for k in range(plan.callers)))
        await clock
        for channel in channels:
            await channel.close()
        return self.seen

    async def _cpu(self) -> None:
        """Of the time that counts."""
        await asyncio.sleep(self.plan.warm_up_s)
        cpu, began = time.process_time(), time.perf_counter()
        await asyncio.sleep(max(0.0, self._until - began))
        self.seen.cpu_s, self.seen.took_s = time.process_time() - cpu, time.perf_counter() - began

    def _note(self, what: str, began: float) -> None:
        now = time.perf_counter()
        if began >= self._from and now <= self._until:
            self.seen.times[what].append(now - began)

    # -- closed loop

    async def _caller(self, k: int, channel: grpc.aio.Channel) -> None:
        create, close = _calls(channel, SERVICE + "CreateIncident", SERVICE + "CloseIncident")
        mine: deque[str] = deque()
        n = 0
        while (began := time.perf_counter()) < self._until:
            n += 1
            try:
                mine.append(await self._create(create, f"{k}-{n}", began))
                if len(mine) > self.plan.open_each:
                    await self._close(close, mine.popleft(), f"{k}-{n}", time.perf_counter())
                self._note("round", began)
            except grpc.aio.AioRpcError as error:
                self._failed(error)

    async def _create(self, call: Callable[..., Any], key: str, began: float) -> str:
        incident = self._incidents[self._random.randrange(len(self._incidents))]
        request = pb.CreateIncidentRequest(parent=PARENT, request_id=f"c-{key}", incident=incident).SerializeToString()
        raw = await call(request)
        self._note("create", began)
        answer = pb.CreateIncidentResponse.FromString(raw)
        if not answer.incident.legs[0].unit:
            self.seen.unassigned += 1
        if not self.seen.sizes[0]:
            self.seen.sizes = (len(request), len(raw), 0, 0)
        self.seen.acknowledged.append(answer.incident.name)
        return answer.incident.name

    async def _close(self, call: Callable[..., Any], name: str, key: str, began: float) -> None:
        request = pb.CloseIncidentRequest(name=name, request_id=f"e-{key}", reason="solved").SerializeToString()
        raw = await call(request)
        self._note("close", began)
        self.seen.closed.append(name)
        if not self.seen.sizes[2]:
            self.seen.sizes = (*self.seen.sizes[:2], len(request), len(raw))

    async def _echo(self, k: int, channel: grpc.aio.Channel) -> None:  # noqa: ARG002  # as _caller
        sizes = self.plan.sizes
        first, second = _calls(channel, f"{ECHO}{sizes[1]}", f"{ECHO}{sizes[3]}")
        while (began := time.perf_counter()) < self._until:
            try:
                await first(bytes(sizes[0]))
                self._note("create", began)
                between = time.perf_counter()
                await second(bytes(sizes[2]))
                self._note("close", between)
                self._note("round", began)
            except grpc.aio.AioRpcError as error:
                self._failed(error)

    # -- open loop

    async def _pace(self, channel: grpc.aio.Channel) -> None:
        """Each round at its time, whether or not those before are answered; measured from that time."""
        create, close = _calls(channel, SERVICE + "CreateIncident", SERVICE + "CloseIncident")
        mine: deque[str] = deque()
        rounds: set[asyncio.Task[None]] = set()

        async def one(n: int, due: float) -> None:
            try:
                mine.append(await self._create(create, f"o-{n}", due))
            except grpc.aio.AioRpcError as error:
                self._failed(error)

        async def end(n: int, due: float) -> None:
            try:
                await self._close(close, mine.popleft(), f"o-{n}", due)
            except grpc.aio.AioRpcError as error:
                self._failed(error)

        n = 0
        while (due := self._begin + n / self.plan.per_s) < self._until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            rounds.add(asyncio.create_task(one(n, due)))
            half = due + 0.5 / self.plan.per_s
            await asyncio.sleep(max(0.0, half - time.perf_counter()))
            if len(mine) > self.plan.open_each * 10:
                rounds.add(asyncio.create_task(end(n, half)))
            rounds = {task for task in rounds if not task.done()}
            n += 1
        if rounds:
            await asyncio.wait(rounds)

    async def _positions(self, channel: grpc.aio.Channel) -> None:
        plan = self.plan
        if not plan.units:
            return
        region, population = load_coquimbo(), load_coquimbo_population()
        fleet = generate_fleet(region, population, seed=1, now=NOW, providers=3 * plan.units // 8, units=plan.units)
        units = list(fleet.units)
        call = channel.stream_unary(POSITIONS, None, fleet_service.StreamPositionsResponse.FromString)()
        try:
            sent = 0
            while time.perf_counter() < self._until:
                some = [units[(sent + k) % len(units)] for k in range(min(plan.batch, len(units)))]
                await call.write(
                    fleet_service.StreamPositionsRequest(
                        parent=PARENT,
                        unit_ids=[unit.id for unit in some],
                        lon=[unit.location.lon + self._random.gauss(0, 3e-4) for unit in some],
                        lat=[unit.location.lat + self._random.gauss(0, 3e-4) for unit in some],
                    ).SerializeToString()
                )
                sent += len(some)
                due = self._begin + plan.every_s * sent / len(units)
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await call.done_writing()
            self.seen.positions = (await call).accepted_count
        except grpc.aio.AioRpcError as error:
            self._failed(error)

    def _failed(self, error: grpc.aio.AioRpcError) -> None:
        self.seen.errors.append(f"{error.code().name}: {error.details()}")


def _calls(channel: grpc.aio.Channel, *methods: str) -> list[Callable[..., Any]]:
    """Methods as they are called with bytes and answered with bytes."""
    return [channel.unary_unary(method, None, None) for method in methods]


def main() -> None:
    asked = json.loads(sys.stdin.read())
    seen = asyncio.run(Callers(Plan(**asked)).go())
    print(json.dumps(asdict(seen)))


if __name__ == "__main__":
    main()
