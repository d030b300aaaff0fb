"""WatchService: converts, subscribes to the region's events or telemetry, hands on what was encoded for all."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

import grpc
from towline.v1 import watch_service_pb2 as pb
from towline.v1 import watch_service_pb2_grpc

from engine.live.telemetry import TelemetryBoard
from engine.live.telemetry_watch import TelemetryWatch
from engine.live.watch.hub import EventHub
from engine.live.watch.subscription import Batch, Subscription
from engine.server.incoming_watch import event_filter, heartbeat_s, interval_s, unit_filter
from engine.server.names import ids
from engine.server.watch_messages import events_answer, ledger_part, units_answer

#: Units in one message at most.
MOST_UNITS = 1000


class Watched(Protocol):
    """What of a region can be watched."""

    @property
    def hub(self) -> EventHub: ...
    @property
    def telemetry(self) -> TelemetryBoard: ...


class WatchServicer(watch_service_pb2_grpc.WatchServiceServicer):
    """Its methods return streams as `engine.server.watch_calls` wants them: answers as bytes."""

    def __init__(self, watched: Callable[[str, str], Watched]) -> None:
        """``watched``: by region id, and the field that names it, for errors."""
        self._watched = watched

    def WatchEvents(self, request: pb.WatchEventsRequest, context: grpc.ServicerContext) -> EventStream:
        region = ids(request.parent)[0]
        hub = self._watched(region, "parent").hub
        wanted = event_filter(request.filter, region, context)
        quiet_s = heartbeat_s(request)
        after = request.after_number if request.HasField("after_number") else None
        return EventStream(hub.subscribe(after, wanted, request.ledger), ledger_part(hub.ledger_id), quiet_s)

    def WatchTelemetry(self, request: pb.WatchTelemetryRequest, context: grpc.ServicerContext) -> TelemetryStream:
        region = ids(request.parent)[0]
        board = self._watched(region, "parent").telemetry
        return TelemetryStream(board.watch(unit_filter(request, region, context), interval_s(request)))


class EventStream:
    """Answers of WatchEvents: first a heartbeat, which says where the stream begins."""

    def __init__(self, subscription: Subscription, ledger: bytes, heartbeat_s: float) -> None:
        self._subscription, self._ledger, self._heartbeat_s = subscription, ledger, heartbeat_s
        self._begun = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        batch = Batch((), self._subscription.after)
        if self._begun:
            batch = self._subscription.take(self._heartbeat_s)
        self._begun = True
        return events_answer(batch, self._ledger)

    def end(self, error: Exception) -> None:
        self._subscription.end(error)

    def close(self) -> None:
        self._subscription.close()


class TelemetryStream:
    """Answers of WatchTelemetry; the first one may be empty."""

    def __init__(self, watch: TelemetryWatch) -> None:
        self._watch = watch
        self._left: deque[bytes] = deque()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if not self._left:
            parts = self._watch.take()
            self._left.extend(units_answer(parts[k : k + MOST_UNITS]) for k in range(0, max(1, len(parts)), MOST_UNITS))
        return self._left.popleft()

    def end(self, error: Exception) -> None:
        self._left.clear()
        self._watch.end(error)

    def close(self) -> None:
        self._watch.close()
