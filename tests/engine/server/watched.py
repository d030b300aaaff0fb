"""A real gRPC server that serves WatchService alone, over a hub and a board of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import grpc
from towline.v1 import watch_service_pb2 as pb
from towline.v1 import watch_service_pb2_grpc

from engine.live.records import IncidentRecord
from engine.live.telemetry import TelemetryBoard
from engine.live.watch.hub import ROOM, EventHub
from engine.model import Unit
from engine.server.admission import Admission
from engine.server.call_log import Telemetry
from engine.server.command_calls import Answers
from engine.server.feed_readers import FeedReaders
from engine.server.interceptor import CallInterceptor
from engine.server.options import ServerOptions
from engine.server.security.guard import Guard
from engine.server.security.settings import SecuritySettings
from engine.server.watch_calls import Watching
from engine.server.watch_messages import EventEncoder, UnitEncoder
from engine.server.watch_servicer import WatchServicer
from engine.server.watchdog import Watchdog
from tests.engine.live.watch import MemoryLedger, event
from tests.engine.server.wire import NOW, REGION


@dataclass
class MemoryFleet:
    """Units as `engine.server.fleet_store.FleetSnapshot` shows them."""

    units: dict[str, Unit] = field(default_factory=dict)
    observed: dict[str, datetime] = field(default_factory=dict)

    def find(self, unit_id: str) -> Unit | None:
        return self.units.get(unit_id)

    def unit_ids(self, provider_id: str | None) -> list[str]:
        return sorted(key for key, unit in self.units.items() if provider_id in (None, unit.provider_id))


class WatchServer:
    """Serves one region, `coquimbo`; stop it after the test."""

    def __init__(self, room: int = ROOM, **options: Any) -> None:
        self.ledger, self.fleet, self.records = MemoryLedger(), MemoryFleet(), list[IncidentRecord]()
        self.hub = EventHub("coquimbo", "ledger-1", self.ledger, EventEncoder("coquimbo"), room=room)
        self.telemetry = TelemetryBoard(
            lambda: self.fleet, self._open, UnitEncoder("coquimbo"), lambda: self.now, timedelta(minutes=5)
        )
        self.now = NOW
        settings = ServerOptions(**options)
        admission = Admission(settings, ["coquimbo"])
        self.watching, self._watchdog = Watching(settings), Watchdog(settings.stalled_s)
        self._readers = FeedReaders(1)
        around = CallInterceptor(
            settings,
            admission,
            self._watchdog,
            self.watching.pool,
            self._watchdog,
            self._readers,
            Guard(SecuritySettings()),
            Telemetry(),
            self.watching,
            Answers(self.watching.pool),
        )
        self._server = grpc.server(self.watching.pool, interceptors=[around])
        watch_service_pb2_grpc.add_WatchServiceServicer_to_server(WatchServicer(lambda *_: self), self._server)
        port = self._server.add_insecure_port("127.0.0.1:0")
        self._watchdog.start()
        self._server.start()
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub = watch_service_pb2_grpc.WatchServiceStub(self.channel)

    def _open(self) -> Iterable[IncidentRecord]:
        return self.records

    def write(self, count: int = 1, **fields: Any) -> None:
        """Commit events and publish them."""
        first = len(self.ledger.rows) + 1
        events = [event(number, **fields) for number in range(first, first + count)]
        self.ledger.add(events)
        self.hub.publish(events)

    def events(self, **fields: Any) -> Any:
        values: dict[str, Any] = {"parent": REGION, **fields}
        return self.stub.WatchEvents(pb.WatchEventsRequest(**values))

    def units(self, **fields: Any) -> Any:
        values: dict[str, Any] = {"parent": REGION, **fields}
        return self.stub.WatchTelemetry(pb.WatchTelemetryRequest(**values))

    def stop(self) -> None:
        self.watching.stop()
        self._server.stop(0).wait()
        self.hub.stop()
        self._watchdog.stop()
        self._readers.shutdown()
        self.watching.pool.shutdown()
        self.channel.close()


def read(stream: Any, until: Callable[[pb.WatchEventsResponse], bool]) -> list[pb.WatchEventsResponse]:
    """Answers up to and including the first that is ``until``."""
    found = []
    for answer in stream:
        found.append(answer)
        if until(answer):
            return found
    raise AssertionError("the stream ended")
