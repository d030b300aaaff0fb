"""A simulated day drives a running server through its API, and the ledger must tell the same story as the driver.

``python -m benchmarks.served_day``: callers, crews and providers are simulated, everything else is the server's.
"""

from __future__ import annotations

import argparse
import heapq
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from dataclasses import replace as with_
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
from google.protobuf.timestamp_pb2 import Timestamp  # ty: ignore[missing-module-member]  # made at run time
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from rich.console import Console
from towline.v1 import enums_pb2 as enums
from towline.v1 import fleet_service_pb2 as fleet_pb2
from towline.v1 import fleet_service_pb2_grpc as fleet_grpc
from towline.v1 import incident_pb2, watch_service_pb2, watch_service_pb2_grpc
from towline.v1 import incident_service_pb2 as pb
from towline.v1 import incident_service_pb2_grpc as incident_grpc

from benchmarks.machine import keep
from benchmarks.tables import ResultTable
from engine.dispatch import Dispatcher
from engine.ledger import Ledger
from engine.ledger.check import check
from engine.model import Location
from engine.policy import Policy
from engine.server import Server, ServerOptions
from engine.server.enums import CAPABILITY, SERVICE
from engine.server.outgoing import location
from engine.simulate.day import Call, Day
from engine.simulate.make_day import make_day
from engine.simulate.options import DayOptions
from engine.times import from_ms, to_ms
from graphs.bundled import load_coquimbo, load_coquimbo_population
from graphs.search import INF

REGION = "regions/coquimbo"
#: The customer is called back so long after the call; so many are not there, or elsewhere than they said.
CALLBACK_MINUTES, NO_SHOW, ELSEWHERE = 6.0, 0.02, 0.02
SETTLE_S = 2.0
#: What each request of the driver is in the ledger.
KINDS = {
    "create": enums.EVENT_KIND_INCIDENT_RECEIVED,
    "accept": enums.EVENT_KIND_OFFER_ACCEPTED,
    "decline": enums.EVENT_KIND_OFFER_DECLINED,
    "own": enums.EVENT_KIND_UNIT_ACCEPTED,
    "depart": enums.EVENT_KIND_UNIT_UNDER_WAY,
    "arrive": enums.EVENT_KIND_UNIT_ON_SCENE,
    "tow": enums.EVENT_KIND_UNIT_TOWING,
    "done": enums.EVENT_KIND_UNIT_DONE,
    "cancel": enums.EVENT_KIND_INCIDENT_CANCELLED,
    "no show": enums.EVENT_KIND_INCIDENT_NO_SHOW,
    "elsewhere": enums.EVENT_KIND_WRONG_LOCATION,
    "callback": enums.EVENT_KIND_CUSTOMER_CALLED_BACK,
}
OWN_EVENTS = frozenset(KINDS.values())


class FastClock:
    """Time that goes by faster than it does."""

    def __init__(self, begins: datetime, rate: float) -> None:
        self.begins, self.rate, self._started = begins, rate, time.monotonic()

    def __call__(self) -> datetime:
        return self.begins + timedelta(seconds=self.rate * (time.monotonic() - self._started))


@dataclass(frozen=True, slots=True)
class Told:
    """One request that was acknowledged."""

    what: str
    incident: str
    unit: str
    offer: str
    number: int  # of the incident's last event in the answer


@dataclass
class Outcome:
    """What a day came to."""

    told: list[Told] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    watched: list[Any] = field(default_factory=list)
    open: int = 0
    wall_s: float = 0.0


class Driver:
    """Callers and crews of one day; one thread acts, one watches."""

    def __init__(self, day: Day, dispatcher: Dispatcher, address: str, clock: FastClock) -> None:
        self._day, self._dispatcher, self._clock = day, dispatcher, clock
        self._channel = grpc.insecure_channel(address)
        self._incidents = incident_grpc.IncidentServiceStub(self._channel)
        self._fleet = fleet_grpc.FleetServiceStub(self._channel)
        self._calls = {call.incident.id: call for call in day.calls}
        self._units = {unit.id: unit for unit in day.fleet.units}
        self._asked = {p.id for p in day.fleet.providers if p.contractor}  # they are sent offers
        self._place = {unit.id: unit.location for unit in day.fleet.units}
        self._heap: list[tuple[int, int, Callable[[], object]]] = []
        self._count = 0
        self._due = threading.Condition()
        self._stamp: Counter[tuple[str, str]] = Counter()  # (incident, unit): what was foreseen before is void
        self._attempts: Counter[tuple[str, str]] = Counter()
        self._closed: set[str] = set()
        self._open: set[str] = set()
        self.outcome = Outcome()
        self._stream: Any = None

    def run(self) -> Outcome:
        """The whole day."""
        self._stream = watch_service_pb2_grpc.WatchServiceStub(self._channel).WatchEvents(
            watch_service_pb2.WatchEventsRequest(parent=REGION, after_number=0)
        )
        watcher = threading.Thread(target=self._watch, daemon=True)
        watcher.start()
        for call in self._day.calls:
            self._at(to_ms(call.incident.received_at), lambda call=call: self._called(call))
        began = time.monotonic()
        while self._next():
            pass
        self.outcome.wall_s = time.monotonic() - began
        time.sleep(SETTLE_S)
        self._stream.cancel()
        watcher.join(10)
        self.outcome.open = len(self._open)
        self._channel.close()
        return self.outcome

    # -- time

    def _at(self, when_ms: int, what: Callable[[], object]) -> None:
        with self._due:
            self._count += 1
            heapq.heappush(self._heap, (when_ms, self._count, what))
            self._due.notify()

    def _now_ms(self) -> int:
        return to_ms(self._clock())

    def _next(self) -> bool:
        with self._due:
            if not self._heap and not self._open:
                return False
            if self._now_ms() > self._day.ends_ms:
                return False
            wait = 0.5
            if self._heap:
                wait = min(wait, (self._heap[0][0] - self._now_ms()) / 1000 / self._clock.rate)
            if wait > 0:
                self._due.wait(wait)
                return True
            _, _, what = heapq.heappop(self._heap)
        what()
        return True

    # -- callers

    def _called(self, call: Call) -> None:
        incident = call.incident
        place = incident.location
        if self._day.draws.chance(ELSEWHERE, "elsewhere", incident.id):
            place = Location(place.lon + 0.004, place.lat)
        message = incident_pb2.Incident(
            name=f"{REGION}/incidents/{incident.id}",
            location=location(place),
            service=SERVICE.write(incident.service),
            required_capabilities=CAPABILITY.write_all(incident.requires),
            drop_off=location(incident.drop_off) if incident.drop_off else None,
            customer=f"c{incident.id}",
        )
        request = pb.CreateIncidentRequest(parent=REGION, incident=message, request_id=f"create {incident.id}")
        if not self._tell("create", incident.id, "", "", self._incidents.CreateIncident, request):
            return
        self._open.add(incident.id)
        now = self._now_ms()
        self._at(now + call.patience_ms, lambda: self._give_up(incident.id))
        self._at(now + round(60_000 * CALLBACK_MINUTES), lambda: self._call_back(incident.id))

    def _give_up(self, incident: str) -> None:
        """Unless somebody is there."""
        if incident in self._open and not self._stamp[incident, "there"]:
            request = pb.CancelIncidentRequest(name=f"{REGION}/incidents/{incident}", reason="gave up")
            self._tell("cancel", incident, "", "", self._incidents.CancelIncident, request)

    def _call_back(self, incident: str) -> None:
        if incident in self._open:
            request = pb.RecordCallbackRequest(name=f"{REGION}/incidents/{incident}")
            self._tell("callback", incident, "", "", self._incidents.RecordCallback, request)

    # -- crews

    def _watch(self) -> None:
        try:
            for answer in self._stream:
                for event in answer.events:
                    self.outcome.watched.append(event)
                    self._react(event)
        except grpc.RpcError:
            return

    def _react(self, event: Any) -> None:
        """What crews and providers make of what they hear."""
        incident = event.incident.name.rpartition("/")[2]
        unit = event.unit.rpartition("/")[2]
        kind = event.kind
        closed = (
            enums.EVENT_KIND_INCIDENT_DONE,
            enums.EVENT_KIND_INCIDENT_CANCELLED,
            enums.EVENT_KIND_INCIDENT_NO_SHOW,
        )
        if kind in closed:
            self._open.discard(incident)
            self._closed.add(incident)
        elif kind == enums.EVENT_KIND_OFFER_MADE:
            self._attempts[incident, unit] += 1
            accepts = self._day.accepts(incident, self._units[unit], self._attempts[incident, unit])
            minutes = 0.3 if accepts else 1.0
            offer = event.details["offer"]
            self._at(self._now_ms() + round(60_000 * minutes), lambda: self._answer(incident, unit, offer, accepts))
        elif kind in (enums.EVENT_KIND_UNIT_UNASSIGNED, enums.EVENT_KIND_OFFER_WITHDRAWN):
            self._stamp[incident, unit] += 1
        elif kind == enums.EVENT_KIND_UNIT_ASSIGNED:
            stamp = self._foresee(incident, unit)
            if self._units[unit].provider_id not in self._asked:
                later = self._now_ms() + 20_000
                self._at(later, lambda: self._own(incident, unit, stamp))
        elif kind == enums.EVENT_KIND_OFFER_ACCEPTED:
            self._set_off(incident, unit)

    def _foresee(self, incident: str, unit: str) -> int:
        self._stamp[incident, unit] += 1
        return self._stamp[incident, unit]

    def _void(self, incident: str, unit: str, stamp: int) -> bool:
        return incident in self._closed or self._stamp[incident, unit] != stamp

    def _answer(self, incident: str, unit: str, offer: str, accepts: bool) -> None:
        name = f"{REGION}/incidents/{incident}/offers/{offer}"
        if accepts:
            call, request = self._incidents.AcceptOffer, pb.AcceptOfferRequest(name=name)
        else:
            call, request = self._incidents.DeclineOffer, pb.DeclineOfferRequest(name=name, reason="no crew")
        self._tell("accept" if accepts else "decline", incident, unit, offer, call, request)

    def _own(self, incident: str, unit: str, stamp: int) -> None:
        """A crew that nobody asks simply goes; one that still works on another incident waits for the end of that."""
        if self._void(incident, unit, stamp):
            return
        if self._advance("own", incident, unit, enums.LEG_STATE_ACCEPTED):
            self._set_off(incident, unit)
        elif incident in self._open:
            self._at(self._now_ms() + 120_000, lambda: self._own(incident, unit, stamp))

    def _set_off(self, incident: str, unit: str) -> None:
        stamp = self._foresee(incident, unit)
        ready = self._now_ms() + round(1000 * self._units[unit].mobilisation.total_seconds())
        self._at(ready, lambda: self._depart(incident, unit, stamp))

    def _depart(self, incident: str, unit: str, stamp: int) -> None:
        if self._void(incident, unit, stamp) or not self._advance("depart", incident, unit, enums.LEG_STATE_UNDER_WAY):
            return
        self._drive(incident, unit, stamp, "")

    def _drive(self, incident: str, unit: str, stamp: int, again: str) -> None:
        there = self._calls[incident].incident.location
        eta = self._eta_ms(self._place[unit], there)
        takes = self._day.travel_ms(eta, incident + again, unit)
        begins, origin = self._now_ms(), self._place[unit]
        for part in (0.25, 0.5, 0.75):
            place = Location(origin.lon + part * (there.lon - origin.lon), origin.lat + part * (there.lat - origin.lat))
            self._at(begins + round(part * takes), lambda place=place: self._seen(unit, place))
        self._at(begins + takes, lambda: self._arrive(incident, unit, stamp))

    def _arrive(self, incident: str, unit: str, stamp: int) -> None:
        if self._void(incident, unit, stamp):
            return
        call = self._calls[incident]
        self._place[unit] = call.incident.location
        self._seen(unit, call.incident.location)
        if not self._advance("arrive", incident, unit, enums.LEG_STATE_ON_SCENE):
            return
        if self._day.draws.chance(ELSEWHERE, "elsewhere", incident) and not self._stamp[incident, "moved"]:
            self._stamp[incident, "moved"] += 1
            request = pb.ReportWrongLocationRequest(
                name=f"{REGION}/incidents/{incident}", location=location(call.incident.location), reason="next exit"
            )
            self._tell("elsewhere", incident, "", "", self._incidents.ReportWrongLocation, request)
            self._drive(incident, unit, stamp, " again")
            return
        self._stamp[incident, "there"] += 1
        if self._day.draws.chance(NO_SHOW, "no show", incident):
            request = pb.ReportNoShowRequest(name=f"{REGION}/incidents/{incident}", reason="nobody there")
            self._at(
                self._now_ms() + 600_000,
                lambda: self._tell("no show", incident, "", "", self._incidents.ReportNoShow, request),
            )
            return
        finished = self._now_ms() + call.takes_ms
        if call.incident.drop_off is not None:
            self._at(
                self._now_ms() + call.takes_ms // 2,
                lambda: self._advance("tow", incident, unit, enums.LEG_STATE_TOWING),
            )
        self._at(finished, lambda: self._finish(incident, unit))

    def _finish(self, incident: str, unit: str) -> None:
        self._place[unit] = self._calls[incident].ends_at
        self._seen(unit, self._place[unit])
        self._advance("done", incident, unit, enums.LEG_STATE_DONE)

    def _seen(self, unit: str, place: Location) -> None:
        at = Timestamp()
        at.FromDatetime(self._clock())
        name = f"{REGION}/providers/{self._units[unit].provider_id}/units/{unit}"
        position = fleet_pb2.UnitPosition(unit=name, location=location(place), observed_at=at)
        self._fleet.ReportPositions(fleet_pb2.ReportPositionsRequest(parent=REGION, positions=[position]), timeout=30)

    def _eta_ms(self, origin: Location, there: Location) -> int:
        positions = self._dispatcher.positions([origin, there])
        eta = int(self._dispatcher.durations(positions.take([0]), positions.take([1]))[0, 0])
        return 1_800_000 if eta >= INF else eta

    # -- telling the server

    def _advance(self, what: str, incident: str, unit: str, state: Any) -> bool:
        name = f"{REGION}/providers/{self._units[unit].provider_id}/units/{unit}"
        request = pb.AdvanceIncidentRequest(name=f"{REGION}/incidents/{incident}", unit=name, state=state)
        return self._tell(what, incident, unit, "", self._incidents.AdvanceIncident, request)

    def _tell(self, what: str, incident: str, unit: str, offer: str, call: Any, request: Any) -> bool:
        try:
            answer = call(request, timeout=60)
        except grpc.RpcError as error:
            self.outcome.refused[f"{what}: {_reason(error)}"] += 1
            return False
        self.outcome.told.append(Told(what, incident, unit, offer, answer.incident.event_number))
        return True


def _reason(error: grpc.RpcError) -> str:
    """Its ErrorInfo's."""
    status = rpc_status.from_call(error)  # it is a call, too
    info = error_details_pb2.ErrorInfo()
    return info.reason if status is not None and status.details[0].Unpack(info) else "UNKNOWN"


def differences(url: str, outcome: Outcome) -> Iterator[str]:
    """Where the driver, the watchers' stream and the ledger do not tell the same story."""
    with Ledger.open(url, read_only=True) as ledger:
        part = ledger.region("coquimbo")
        yield from (finding.message for finding in check(part))
        rows: list[Any] = []
        while page := part.events(rows[-1].number if rows else 0, 5000):
            rows += page
    if [event.number for event in outcome.watched] != [row.number for row in rows]:
        yield f"{len(outcome.watched)} events were told to watchers, {len(rows)} are in the ledger"
    names = {row.number: row for row in rows}
    for event in outcome.watched:
        row = names.get(event.number)
        kind = enums.EventKind.Name(event.kind).removeprefix("EVENT_KIND_").lower()
        if row is None or (row.kind, row.actor) != (kind, event.actor):
            yield f"event {event.number} was told as {kind}"
    story = defaultdict(list)
    for row in rows:
        number = enums.EventKind.Value(f"EVENT_KIND_{row.kind.upper()}")
        if number in OWN_EVENTS and row.actor == "anonymous":
            story[row.id].append((number, row.unit, row.number))
    mine = defaultdict(list)
    for told in outcome.told:
        mine[told.incident].append(told)
    for incident in {*story, *mine}:
        has, did = story[incident], mine[incident]
        kinds, wanted = [(k, u) for k, u, _ in has], [(KINDS[told.what], told.unit) for told in did]
        if kinds != wanted:
            yield f"{incident}: the driver did {[told.what for told in did]}, the ledger has {has}"
        elif any(number > told.number for (_, _, number), told in zip(has, did, strict=True)):
            yield f"{incident}: an event is later than the answer that told of it"


def run_day(
    incidents: int, units: int, rate: float, seed: int, url: str, hours: tuple[float, float] = (0.0, 24.0)
) -> tuple[Outcome, list[str], Day]:
    """One day, or some of its hours, on a server of its own, whose ledger is at ``url``."""
    region, people = load_coquimbo(), load_coquimbo_population()
    dispatcher = Dispatcher(region, Policy.default())
    day = make_day(dispatcher, people, seed, DayOptions(incidents=incidents, units=units))
    providers = tuple(with_(p, contractor=k % 3 == 0) for k, p in enumerate(day.fleet.providers))
    day = with_(day, fleet=with_(day.fleet, providers=providers))
    begins, ends = (day.begins_ms + round(3_600_000 * hour) for hour in hours)
    day = with_(day, calls=tuple(c for c in day.calls if begins <= to_ms(c.incident.received_at) < ends))
    clock = FastClock(from_ms(begins).astimezone(UTC), rate)
    server = Server(
        {"coquimbo": dispatcher},
        options=ServerOptions(clock=clock, clock_rate=rate),
        fleets={"coquimbo": day.fleet},
        ledger=url,
    )
    server.start()
    try:
        outcome = Driver(day, dispatcher, server.address, clock).run()
    finally:
        server.stop(grace_s=2)
    return outcome, list(differences(url, outcome)), day


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=1000)
    parser.add_argument("--units", type=int, default=80)
    parser.add_argument("--rate", type=float, default=240.0, help="how much faster than real")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/ledger.db"
        outcome, wrong, _ = run_day(options.incidents, options.units, options.rate, options.seed, url)
    did = Counter(told.what for told in outcome.told)
    table = ResultTable.of(
        f"A day of {options.incidents:,} incidents and {options.units} units through the API, {options.rate:g} x real",
        ["what the driver did", "times"],
        [[what, f"{did[what]:,}"] for what in KINDS if did[what]]
        + [
            ["requests refused", f"{sum(outcome.refused.values()):,}"],
            ["events in the ledger and told", f"{len(outcome.watched):,}"],
            ["open at the end", f"{outcome.open:,}"],
            ["differences between the stories", f"{len(wrong):,}"],
        ],
    )
    console = Console(width=100)
    console.print(table.rich())
    for line in wrong[:20]:
        console.print(line)
    console.print(dict(outcome.refused.most_common(8)))
    if not options.no_keep:
        print(f"kept in {keep('served_day', {'tables': [table.to_dict()]})}")


if __name__ == "__main__":
    main()
