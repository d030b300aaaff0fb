"""Messages of streams that watch, put together from parts that were encoded once for all watchers.

A message of protobuf is its fields one after the other, each with its number, and of a repeated field as many as there
are: so the bytes of an event go into the answers of a hundred watchers as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from towline.v1 import watch_service_pb2 as pb

from engine.live.events import Event
from engine.live.telemetry import Work
from engine.live.watch.subscription import Batch
from engine.model import Unit
from engine.server import enums, outgoing
from engine.server.names import incident_name, unit_name
from engine.server.outgoing_incident import ProviderOf, event
from engine.server.wire_time import write_time

#: Field 1 of the answer, length-delimited: `events`, or `units`.
_PART = b"\x0a"
#: Fields 2 (varint) and 3 (length-delimited) of WatchEventsResponse: `last_number` and `ledger`.
_LAST, _LEDGER = b"\x10", b"\x1a"


class EventEncoder:
    """Events of one region as parts of answers; see `engine.live.watch.entry.Encode`."""

    def __init__(self, region: str, provider_of: ProviderOf | None = None) -> None:
        self._region, self._provider_of = region, provider_of

    def __call__(self, value: Event, own: str | None) -> bytes:
        return _part(event(value, self._region, self._provider_of, own).SerializeToString())


class UnitEncoder:
    """What is known of units of one region as parts of answers."""

    def __init__(self, region: str) -> None:
        self._region = region

    def __call__(self, unit: Unit, observed_at: datetime | None, work: Work | None, silent: bool) -> bytes:
        message = pb.UnitTelemetry(
            unit=unit_name(self._region, unit.provider_id, unit.id),
            location=outgoing.location(unit.location),
            observed_at=write_time(observed_at) if observed_at is not None else None,
            silent=silent,
        )
        if work is not None:
            message.incident = incident_name(self._region, work.incident)
            message.leg_state = enums.LEG_STATE.write(work.state)
            if work.arrives_at is not None:
                message.arrives_at.CopyFrom(write_time(work.arrives_at))
            if work.probability is not None:
                message.promise_probability = work.probability
        return _part(message.SerializeToString())


def events_answer(batch: Batch, ledger: bytes) -> bytes:
    """WatchEventsResponse; ``ledger`` as made by `ledger_part`."""
    return b"".join((*batch.events, _LAST, varint(batch.last_number), ledger))


def ledger_part(ledger_id: str) -> bytes:
    raw = ledger_id.encode()
    return _LEDGER + varint(len(raw)) + raw


def units_answer(parts: Sequence[bytes]) -> bytes:
    """WatchTelemetryResponse."""
    return b"".join(parts)


def varint(value: int) -> bytes:
    """A number of 0 or more as protobuf writes it."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def _part(raw: bytes) -> bytes:
    return _PART + varint(len(raw)) + raw
