"""Live state as rows of the ledger, and back."""

from __future__ import annotations

import msgspec

from engine.ledger.rows import Batch, DecisionRow, EventRow, IncidentRow, ProviderRow, UnitRow
from engine.live.choosing import DecisionRecord
from engine.live.events import Entity, encoder
from engine.live.records import IncidentRecord
from engine.live.state import Head
from engine.times import to_us

_incident = msgspec.json.Decoder(IncidentRecord)
_decision = msgspec.json.Decoder(DecisionRecord)


def batch_of(head: Head) -> Batch:
    """What a head has changed, for one transaction."""
    batch = Batch()
    latest: dict[str, bytes] = {}
    for event in head.events:
        record = b"" if event.record is None else encoder.encode(event.record)
        batch.events.append(
            EventRow(
                number=event.number,
                at_us=to_us(event.at),
                kind=event.kind.value,
                entity=event.entity.value,
                id=event.id,
                unit=event.unit,
                provider=event.provider,
                actor=event.actor,
                reason=event.reason,
                record=record,
                data=encoder.encode(event.data) if event.data else b"{}",
            )
        )
        if event.entity is Entity.INCIDENT:
            latest[event.id] = record
        elif event.entity is Entity.UNIT:
            if record:
                batch.units.append(UnitRow(event.id, event.provider, event.number, record))
            else:
                batch.removed_units.append(event.id)
        elif record:
            batch.providers.append(ProviderRow(event.id, event.number, record))
        else:
            batch.removed_providers.append(event.id)
    batch.positions, batch.tracks = list(head.positions), list(head.tracks)
    batch.incidents = [incident_row(record, latest[record.id]) for record in head.changed()]
    batch.decisions = [
        DecisionRow(made.number, made.incident, made.unit, to_us(made.at), encoder.encode(made.recommendation))
        for made in head.decisions
    ]
    return batch


def incident_row(record: IncidentRecord, encoded: bytes) -> IncidentRow:
    leg = next((leg for leg in record.legs if leg.unit), None)
    return IncidentRow(
        id=record.id,
        number=record.number,
        state=record.state.value,
        open=not record.closed,
        customer=record.customer,
        service=record.need.service.value if record.need is not None else "",
        received_us=to_us(record.received_at),
        due_us=to_us(record.promise.due_at) if record.promise is not None else 0,
        closed_us=None if record.closed_at is None else to_us(record.closed_at),
        unit=leg.unit if leg is not None else "",
        provider=leg.provider if leg is not None else "",
        record=encoded,
    )


def incident_of(raw: bytes) -> IncidentRecord:
    return _incident.decode(raw)


def decision_of(raw: bytes) -> DecisionRecord:
    return _decision.decode(raw)
