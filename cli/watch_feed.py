"""The live queue of a running server, kept up by its two streams; broken ones are opened again where they ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cli.calling import ANSWER_S, failing_as_ours
from cli.connecting import open_channel

if TYPE_CHECKING:
    from graphs.errors import TowlineError

#: A heartbeat at least so often; without any for so long the connection is taken for dead.
HEARTBEAT_S, DEAD_S = 5, 15.0
#: Pauses before the next try: doubled each time.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 5.0
#: Errors that trying again does not mend.
_FATAL = frozenset({"UNAUTHENTICATED", "PERMISSION_DENIED", "NOT_FOUND", "INVALID_ARGUMENT", "UNIMPLEMENTED"})
_PAGE = 1000


@dataclass
class Queue:
    """Open incidents, and what is known of the units that work for them; by name. Take the lock to read."""

    incidents: dict[str, Any] = field(default_factory=dict)
    units: dict[str, Any] = field(default_factory=dict)
    number: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, incident: Any) -> None:
        """An incident as it is listed or told; an older version than is known is left aside."""
        known = self.incidents.get(incident.name)
        if known is not None and known.event_number >= incident.event_number:
            return
        if incident.HasField("closed_at"):
            self.incidents.pop(incident.name, None)
        else:
            self.incidents[incident.name] = incident

    def move(self, unit: Any) -> None:
        """The latest of a unit; of those without an incident nothing is kept."""
        if unit.incident:
            self.units[unit.unit] = unit
        else:
            self.units.pop(unit.unit, None)


class Feed:
    """Keeps a queue current on threads of its own, from `start` to `stop`."""

    def __init__(self, server: str, parent: str, telemetry: Any) -> None:
        """``telemetry``: a WatchTelemetryRequest."""
        self.server, self.parent, self.queue = server, parent, Queue()
        self.ready = threading.Event()  # the queue is complete, or `fatal` says why not
        self.fatal: TowlineError | None = None
        self.trouble = ""  # why it is being connected again; empty: connected
        self.times = 0  # connected again
        self._telemetry, self._ledger = telemetry, ""
        self._heard = time.monotonic()
        self._stopped = threading.Event()
        self._calls: dict[str, Any] = {}
        self._threads = [
            threading.Thread(target=self._keep, args=(follow,), daemon=True) for follow in (self._events, self._units)
        ]

    def start(self) -> Feed:
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        self._stopped.set()
        self._cancel()
        for thread in self._threads:
            thread.join(timeout=2)

    def silent_s(self) -> float:
        """Seconds since anything was heard; a connection that is dead is given up here."""
        silent = time.monotonic() - self._heard
        if silent > DEAD_S and not self.trouble:
            self._cancel()
        return silent

    def _cancel(self) -> None:
        for call in list(self._calls.values()):
            call.cancel()

    def _keep(self, follow: Callable[[Any], None]) -> None:
        from graphs.errors import TowlineError

        server, pause = self.server, FIRST_PAUSE_S
        while not self._stopped.is_set():
            began = time.monotonic()
            try:
                with failing_as_ours(server), open_channel(server) as channel:
                    follow(channel)
                error = None
            except TowlineError as found:
                error = found
            if self._stopped.is_set():
                return
            if error is not None and self._hopeless(error):
                self.fatal = error
                self.ready.set()
                return
            self.trouble = _why(error)
            leader = str(error.metadata.get("leader") or "") if error is not None else ""
            server = leader if leader and server == self.server else self.server
            pause = FIRST_PAUSE_S if time.monotonic() - began > LONGEST_PAUSE_S else min(2 * pause, LONGEST_PAUSE_S)
            self._stopped.wait(pause)

    def _hopeless(self, error: TowlineError) -> bool:
        if error.reason == "INVALID_RESUME_TOKEN":
            self.queue.number, self._ledger = 0, ""  # another ledger: begin again
            return False
        return error.status in _FATAL or error.metadata.get("status") in _FATAL

    def _events(self, channel: Any) -> None:
        """Subscribed first and listed then: nothing falls in between, and what comes twice is known by its number."""
        from towline.v1 import watch_service_pb2 as pb
        from towline.v1.watch_service_pb2_grpc import WatchServiceStub

        request = pb.WatchEventsRequest(parent=self.parent, ledger=self._ledger)
        request.heartbeat.FromSeconds(HEARTBEAT_S)
        if self._ledger:
            request.after_number = self.queue.number
        stream = self._calls["events"] = WatchServiceStub(channel).WatchEvents(request)
        self._heard = time.monotonic()
        for answer in stream:
            self._heard = time.monotonic()
            if not self._ledger:
                listed = list_open(channel, self.parent)
                with self.queue.lock:
                    self.queue.incidents = {}
                    for incident in listed:
                        self.queue.put(incident)
                self._ledger = answer.ledger
            with self.queue.lock:
                for event in answer.events:
                    if event.HasField("incident"):
                        self.queue.put(event.incident)
                self.queue.number = answer.last_number
            if self.trouble:
                self.trouble, self.times = "", self.times + 1
            self.ready.set()

    def _units(self, channel: Any) -> None:
        from towline.v1.watch_service_pb2_grpc import WatchServiceStub

        stream = self._calls["units"] = WatchServiceStub(channel).WatchTelemetry(self._telemetry)
        fresh = True
        for answer in stream:
            with self.queue.lock:
                if fresh:
                    self.queue.units, fresh = {}, False
                for unit in answer.units:
                    self.queue.move(unit)


def list_open(channel: Any, parent: str) -> list[Any]:
    """All open incidents of a region."""
    from towline.v1 import incident_service_pb2 as pb
    from towline.v1.incident_service_pb2_grpc import IncidentServiceStub

    stub, found, token = IncidentServiceStub(channel), [], ""
    while True:
        request = pb.ListIncidentsRequest(parent=parent, page_size=_PAGE, page_token=token)
        answer = stub.ListIncidents(request, timeout=ANSWER_S)
        found += answer.incidents
        token = answer.next_page_token
        if not token:
            return found


def _why(error: TowlineError | None) -> str:
    if error is None:
        return "the stream ended"
    known = {
        "SERVER_STOPPING": "the server stops",
        "NOT_LEADER": "another server leads",
        "WATCHER_TOO_SLOW": "read too slowly",
        "SERVER_UNREACHABLE": "nobody answers",
        "LEDGER_UNAVAILABLE": "its ledger does not answer",
    }
    return known.get(error.reason, error.reason.lower().replace("_", " "))
