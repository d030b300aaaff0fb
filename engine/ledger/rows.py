"""The rows of the ledger. Records are bytes: the ledger knows nothing of dispatch. Times are Unix microseconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class EventRow:
    """One transition. `record` is the entity after it (b"" = removed), `data` what is particular to the event.

    `epoch` is that of the lease under which it was written; the ledger sets it.
    """

    number: int
    at_us: int
    kind: str
    entity: str  # "incident", "unit", "provider" or "region"
    id: str
    unit: str
    provider: str
    actor: str
    reason: str
    record: bytes
    data: bytes
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident as its last event, `number`, left it; what is searched for stands beside the record."""

    id: str
    number: int
    state: str
    open: bool
    customer: str
    service: str
    received_us: int
    due_us: int
    closed_us: int | None
    unit: str
    provider: str
    record: bytes


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """A provider as its last event left it."""

    id: str
    number: int
    record: bytes


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as its last event left it; its position is a row of its own."""

    id: str
    provider: str
    number: int
    record: bytes


@dataclass(frozen=True, slots=True)
class PositionRow:
    """The last position of a unit that was checkpointed."""

    unit: str
    observed_us: int
    record: bytes


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What was known when the event `number` sent, or offered, a unit to an incident."""

    number: int
    incident: str
    unit: str
    at_us: int
    record: bytes


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What was answered to a request_id, and a digest of what was asked."""

    method: str
    request_id: str
    digest: bytes
    incident: str
    at_us: int
    record: bytes


@dataclass(frozen=True, slots=True)
class TrackRow:
    """One point of a unit's thinned track, WGS-84 degrees."""

    unit: str
    at_us: int
    lon: float
    lat: float


@dataclass(slots=True)
class Batch:
    """What one transaction writes.

    Of several rows of one entity the last counts. An id that is both a row and removed is what its last event in
    the batch says (an empty record = removed); without an event it is removed. Removing a unit removes its position.
    """

    events: list[EventRow] = field(default_factory=list)
    incidents: list[IncidentRow] = field(default_factory=list)
    providers: list[ProviderRow] = field(default_factory=list)
    units: list[UnitRow] = field(default_factory=list)
    removed_providers: list[str] = field(default_factory=list)
    removed_units: list[str] = field(default_factory=list)
    positions: list[PositionRow] = field(default_factory=list)
    decisions: list[DecisionRow] = field(default_factory=list)
    answers: list[AnswerRow] = field(default_factory=list)
    tracks: list[TrackRow] = field(default_factory=list)

    def removed(self, entity: str, ids: Iterable[str], rows: Iterable[str]) -> set[str]:
        """Of the ids that this batch removes, those that stay removed although there may be rows of them too."""
        gone = set(ids)
        both = gone.intersection(rows)
        if both:
            for event in self.events:
                if event.entity == entity and event.id in both:
                    (gone.discard if event.record else gone.add)(event.id)
        return gone


@dataclass(frozen=True, slots=True)
class Loaded:
    """The state of a region at one moment: open incidents, and every provider, unit and checkpointed position."""

    last_number: int
    last_us: int
    incidents: list[IncidentRow]
    providers: list[ProviderRow]
    units: list[UnitRow]
    positions: list[PositionRow]


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows lost a customer's data; `open` incidents of the customer were left as they are."""

    incidents: int
    events: int
    decisions: int
    answers: int
    open: int
