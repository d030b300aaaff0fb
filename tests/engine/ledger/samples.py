"""Rows like those of a working call centre, made from a number."""

from __future__ import annotations

from engine.ledger import (
    AnswerRow,
    Batch,
    DecisionRow,
    EventRow,
    IncidentRow,
    PositionRow,
    ProviderRow,
    TrackRow,
    UnitRow,
)

START_US = 1_700_000_000_000_000


def event(number: int, *, entity: str = "incident", id: str | None = None, record: bytes | None = None) -> EventRow:
    """The event `number`, of the incident of that number unless told otherwise."""
    key = f"i{number}" if id is None else id
    content = f'{{"id":"{key}","n":{number}}}'.encode() if record is None else record
    return EventRow(
        number=number,
        at_us=START_US + number,
        kind="filed",
        entity=entity,
        id=key,
        unit="u1",
        provider="p1",
        actor="dispatcher:anna",
        reason="",
        record=content,
        data=b"{}",
    )


def incident(number: int, *, id: str | None = None, open: bool = True, customer: str = "c1") -> IncidentRow:
    """The incident that `event(number)` leaves behind."""
    at = event(number, id=id)
    return IncidentRow(
        id=at.id,
        number=number,
        state="filed" if open else "done",
        open=open,
        customer=customer,
        service="tow",
        received_us=at.at_us,
        due_us=at.at_us + 1_800_000_000,
        closed_us=None if open else at.at_us + 5,
        unit="u1",
        provider="p1",
        record=at.record,
    )


def filing(number: int, *, customer: str = "c1", open: bool = True) -> Batch:
    """One incident filed and decided by the event `number`."""
    row = incident(number, customer=customer, open=open)
    return Batch(
        events=[event(number)],
        incidents=[row],
        decisions=[DecisionRow(number, row.id, "u1", row.received_us, b'{"why":"nearest"}')],
        answers=[AnswerRow("CreateIncident", f"q{number}", b"digest", row.id, row.received_us, row.record)],
    )


def fleet(number: int) -> Batch:
    """A provider and its unit put there by the events `number` and `number` + 1, with a position and a track."""
    return Batch(
        events=[
            event(number, entity="provider", id="p1", record=b'{"p":1}'),
            event(number + 1, entity="unit", id="u1", record=b'{"u":1}'),
        ],
        providers=[ProviderRow("p1", number, b'{"p":1}')],
        units=[UnitRow("u1", "p1", number + 1, b'{"u":1}')],
        positions=[PositionRow("u1", START_US, b'{"at":1}')],
        tracks=[TrackRow("u1", START_US, 8.68, 49.41)],
    )
