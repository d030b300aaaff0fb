"""Live state as it was committed, and the head on which a batch of commands works before it is.

Only the writer touches a head. Readers see the state: records never change, so whoever holds one may go on reading it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as with_
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from engine.errors import NotFoundError
from engine.ledger.rows import PositionRow, TrackRow
from engine.live.events import Entity, Event, EventKind
from engine.live.records import IncidentRecord, LegState, state_of
from engine.live.turns import in_turn, keep, waits, works

#: Who acts when nobody told Towline to.
TOWLINE = "towline"

_NOBODY: frozenset[str] = frozenset()


@dataclass(slots=True)
class LiveState:
    """What was committed: open incidents, who is engaged with which of them, and the number of the last event."""

    incidents: dict[str, IncidentRecord] = field(default_factory=dict)
    engaged: dict[str, frozenset[str]] = field(default_factory=dict)  # unit -> its incidents
    blocked: set[str] = field(default_factory=set)  # engaged units that can be given nothing besides
    booked: set[str] = field(default_factory=set)  # units that bookings alone keep, not begun
    followed: set[str] = field(default_factory=set)  # units that do something else, and have a booking behind that
    waiting: set[str] = field(default_factory=set)  # incidents that want a unit and have none
    left: set[str] = field(default_factory=set)  # units that left something which the fleet may have them busy with yet
    number: int = 0
    at: datetime | None = None  # of the last event

    @staticmethod
    def of(incidents: Iterable[IncidentRecord], number: int, at: datetime | None) -> LiveState:
        """The state with these open incidents."""
        state = LiveState()
        state.take(incidents, number, at)
        return state

    def take(self, incidents: Iterable[IncidentRecord], number: int, at: datetime | None) -> None:
        """Incidents as they have become by an event."""
        for record in incidents:
            old = self.incidents.pop(record.id, None)
            for unit in old.units() if old is not None else ():
                self.left.add(unit)
                rest = self.engaged.get(unit, _NOBODY) - {record.id}
                if rest:
                    self.engaged[unit] = rest
                else:
                    self.engaged.pop(unit, None)
            if not record.closed:
                self.incidents[record.id] = record
                for unit in record.units():
                    self.engaged[unit] = self.engaged.get(unit, _NOBODY) | {record.id}
            self.look(record.units() | (old.units() if old is not None else _NOBODY))
            self.note(record)
        self.number, self.at = number, at

    def unheard(self, fleet: Mapping[str, tuple[str, ...]]) -> set[str]:
        """Units that the fleet has busy with what they have left; by what it has each unit busy with."""
        told = {unit for unit in self.left if self.engaged.get(unit, _NOBODY).issuperset(fleet.get(unit, ()))}
        self.left -= told
        return set(self.left)

    def note(self, record: IncidentRecord) -> None:
        """Whether an incident waits for a unit."""
        waits = not record.closed and any(leg.state is LegState.WAITING for leg in record.legs)
        (self.waiting.add if waits else self.waiting.discard)(record.id)

    def look(self, units: Iterable[str]) -> None:
        """Whether each of some units is blocked, after what they are engaged with has changed."""
        for unit in units:
            has = in_turn((self.incidents[incident] for incident in self.engaged.get(unit, _NOBODY)), unit)
            booked = keep(has, unit)
            followed = len(has) > 1 and not booked and waits(has[-1], unit) is not None
            free = not has or booked or (works(has[0], unit) and (len(has) == 1 or keep(has[1:], unit)))
            (self.blocked.discard if free else self.blocked.add)(unit)
            (self.booked.add if booked else self.booked.discard)(unit)
            (self.followed.add if followed else self.followed.discard)(unit)


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """What was known when a unit was chosen; `record` is for the ledger."""

    number: int  # of its event
    incident: str
    leg: int
    unit: str
    at: datetime
    chosen_by: str
    recommendation: Any


class Head:
    """A state with changes on top of it that nobody else sees; `mark` and `undo` make a savepoint of each command."""

    def __init__(self, state: LiveState, now: datetime, archive: Callable[[str], IncidentRecord | None]) -> None:
        """``archive`` finds closed incidents, which are not held in memory."""
        self.now = now
        self._state, self._archive = state, archive
        self._incidents: dict[str, IncidentRecord] = {}
        self._engaged: dict[str, frozenset[str]] = {}
        self._journal: list[tuple[dict[str, Any], str, Any]] = []
        self.events: list[Event] = []
        self.decisions: list[DecisionMade] = []
        self.positions: list[PositionRow] = []
        self.tracks: list[TrackRow] = []

    @property
    def number(self) -> int:
        """Of the last event."""
        return self._state.number + len(self.events)

    @property
    def open_count(self) -> int:
        """How many incidents are open, those of this batch included."""
        known = self._state.incidents
        return len(known) + sum((not record.closed) - (key in known) for key, record in self._incidents.items())

    @property
    def open_at_most(self) -> int:
        """No fewer than `open_count`, without counting."""
        return len(self._state.incidents) + len(self._incidents)

    def find(self, incident: str) -> IncidentRecord | None:
        """The incident as it stands, open or closed."""
        return self._incidents.get(incident) or self._state.incidents.get(incident) or self._archive(incident)

    def incident(self, incident: str) -> IncidentRecord:
        """The incident as it stands; NotFoundError when there is none."""
        found = self.find(incident)
        if found is None:
            raise NotFoundError(f"there is no incident {incident!r} on this server", incident=incident)
        return found

    def engaged(self, unit: str) -> frozenset[str]:
        """The incidents that keep a unit."""
        found = self._engaged.get(unit)
        return self._state.engaged.get(unit, _NOBODY) if found is None else found

    def unheard(self, fleet: Mapping[str, tuple[str, ...]]) -> set[str]:
        """See `LiveState.unheard`; as the batch began."""
        return self._state.unheard(fleet)

    def moved(self) -> Iterable[str]:
        """Units that were given or have left something in this batch."""
        return self._engaged.keys()

    def blocked(self) -> set[str]:
        """Engaged units that could be given nothing besides, as the batch began."""
        return self._state.blocked

    def booked(self) -> set[str]:
        """Units that were kept by bookings alone and had not set off, as the batch began."""
        return self._state.booked

    def followed(self) -> set[str]:
        """Units that had something else to do before a booking, as the batch began."""
        return self._state.followed

    def open_incidents(self) -> Iterable[IncidentRecord]:
        """All that are open, in no order."""
        yield from (record for record in self._incidents.values() if not record.closed)
        yield from (record for key, record in self._state.incidents.items() if key not in self._incidents)

    def put(
        self,
        record: IncidentRecord,
        kind: EventKind,
        *,
        actor: str,
        reason: str = "",
        unit: str = "",
        provider: str = "",
        data: dict[str, Any] | None = None,
    ) -> IncidentRecord:
        """Change an incident by one event: the record as it is kept, with its number and state."""
        record = self._kept(record)
        self.events.append(
            Event(
                record.number,
                self.now,
                kind,
                Entity.INCIDENT,
                record.id,
                actor,
                reason,
                unit,
                provider,
                record,
                data or {},
            )
        )
        return record

    def _kept(self, record: IncidentRecord) -> IncidentRecord:
        """The record as the next event leaves it."""
        number = self.number + 1
        record = replace(record, number=number, state=record.state if record.closed_at else state_of(record))
        known = self._incidents.get(record.id) or self._state.incidents.get(record.id)
        before = known.units() if known is not None and not known.closed else _NOBODY
        after = _NOBODY if record.closed else record.units()
        if before != after:
            for gone in before - after:
                self._set(self._engaged, gone, self.engaged(gone) - {record.id})
            for new in after - before:
                self._set(self._engaged, new, self.engaged(new) | {record.id})
        self._set(self._incidents, record.id, record)
        return record

    def amend(self, record: IncidentRecord) -> IncidentRecord:
        """Change what the last event, which was about this incident, left of it."""
        last = self.events.pop()
        assert last.id == record.id
        record = self._kept(record)
        self.events.append(with_(last, record=record))
        return record

    def put_other(
        self, kind: EventKind, entity: Entity, id: str, record: Any, *, actor: str, unit: str = "", provider: str = ""
    ) -> None:
        """An event about a unit or a provider; ``record`` None: it is gone."""
        self.events.append(
            Event(self.number + 1, self.now, kind, entity, id, actor, unit=unit, provider=provider, record=record)
        )

    def waiting(self) -> Iterable[IncidentRecord]:
        """Those that wanted a unit and had none as the batch began, as they stand."""
        return (record for key in self._state.waiting if (record := self.find(key)) is not None and not record.closed)

    def mark(self) -> tuple[int, int, int]:
        """A savepoint."""
        return len(self._journal), len(self.events), len(self.decisions)

    def undo(self, mark: tuple[int, int, int]) -> None:
        """Back to a savepoint."""
        changes, events, decisions = mark
        while len(self._journal) > changes:
            target, key, old = self._journal.pop()
            if old is None:
                target.pop(key, None)
            else:
                target[key] = old
        del self.events[events:]
        del self.decisions[decisions:]

    def _set(self, target: dict[str, Any], key: str, value: Any) -> None:
        self._journal.append((target, key, target.get(key)))
        target[key] = value

    def touched(self) -> set[str]:
        """The units whose engagement the batch changed, or may have."""
        found = set(self._engaged)
        for record in self._incidents.values():
            found |= record.units()
        return found

    def changed(self) -> list[IncidentRecord]:
        """The incidents that the batch changed, as they stand."""
        return list(self._incidents.values())

    def publish(self) -> None:
        """Make the changes those of the state; after the commit."""
        state = self._state
        for key, record in self._incidents.items():
            state.note(record)
            if record.closed:
                state.incidents.pop(key, None)
            else:
                state.incidents[key] = record
        for unit, incidents in self._engaged.items():
            state.left.add(unit)
            if incidents:
                state.engaged[unit] = incidents
            else:
                state.engaged.pop(unit, None)
        state.look(self.touched())
        state.number, state.at = self.number, self.now if self.events else state.at
