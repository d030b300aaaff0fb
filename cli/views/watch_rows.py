"""Open incidents as rows of a live queue, those first that need somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any

from engine.wire_words import word

#: Below this chance a promise is shown as at risk, also before the server warns.
RISK = 0.5
_WAITING = frozenset({"unspecified", "waiting"})
_THERE = frozenset({"on_scene", "towing", "done"})
#: Clocks in few letters.
SHORT = {
    "filing": "file",
    "assignment": "assign",
    "callback": "call",
    "arrival": "arrive",
    "response": "accept",
    "resolution": "close",
}


class Urgency(IntEnum):
    """In the order of the queue."""

    BROKEN = 0  # the promise is over and nobody is there
    RISK = 1  # it will probably be
    CLOCK = 2  # another clock is broken
    ALONE = 3  # nobody is on the way
    FINE = 4
    THERE = 5  # somebody is there


@dataclass(frozen=True, slots=True)
class ClockLeft:
    """A clock that runs, and how long it has left: below zero when it is broken."""

    kind: str
    due_at: datetime
    left: timedelta


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One open incident."""

    id: str
    state: str
    service: str
    place: str
    lon: float | None
    lat: float | None
    received_at: datetime
    waited: timedelta
    clocks: tuple[ClockLeft, ...]
    unit: str
    provider: str
    more_units: int
    arrives_at: datetime | None
    due_at: datetime | None
    probability: float | None
    silent: bool
    urgency: Urgency
    number: int

    @property
    def left(self) -> timedelta | None:
        """What is left of the promise."""
        return None if self.due_at is None else self.due_at - self.received_at - self.waited

    @property
    def clock(self) -> ClockLeft | None:
        """The one to be shown: the arrival when it is broken, else the last that broke, else the next."""
        broken = [clock for clock in self.clocks if clock.left < timedelta(0)]
        arrival = [clock for clock in broken if clock.kind == "arrival"]
        if broken:
            return arrival[0] if arrival else max(broken, key=lambda clock: clock.due_at)
        return min(self.clocks, key=lambda clock: clock.due_at, default=None)


def rows_of(
    incidents: Iterable[Any], units: Mapping[str, Any], now: datetime, *, provider: str = "", at_risk: bool = False
) -> list[QueueRow]:
    """The rows of messages (Incident; UnitTelemetry by unit), most urgent first.

    ``provider``: only those that a unit of his has, or is asked to take; ``at_risk``: only broken and endangered ones.
    """
    rows = [_row(each, units, now) for each in incidents if not provider or _concerns(each, provider)]
    if at_risk:
        rows = [row for row in rows if row.urgency in (Urgency.BROKEN, Urgency.RISK)]
    last = datetime.max.replace(tzinfo=UTC)
    return sorted(rows, key=lambda row: (row.urgency, row.due_at or last, row.received_at, row.id))


def _row(incident: Any, units: Mapping[str, Any], now: datetime) -> QueueRow:
    leg = min(incident.legs, key=lambda each: each.state, default=None)
    told = units.get(leg.unit) if leg is not None else None
    if told is not None and told.incident != incident.name:
        told = None
    latest = told if told is not None and told.HasField("promise_probability") else leg  # which may say: nobody knows
    arrives, chance = _time(latest, "arrives_at"), _chance(latest)
    state = word("IncidentState", incident.state)
    due = _time(incident.promise, "due_at") if incident.HasField("promise") else None
    clocks = tuple(
        ClockLeft(word("ClockKind", clock.kind), at, at - now)
        for clock in incident.clocks
        if not clock.HasField("met_at") and (at := _time(clock, "due_at")) is not None
    )
    received = _time(incident, "received_at") or now
    unit = leg.unit if leg is not None else ""
    place = incident.location if incident.HasField("location") else None
    return QueueRow(
        id=incident.name.rpartition("/")[2],
        state=state,
        service=word("Service", incident.service) if incident.service else "",
        place=_place(incident),
        lon=place.lon if place is not None else None,
        lat=place.lat if place is not None else None,
        received_at=received,
        waited=now - received,
        clocks=clocks,
        unit=unit.rpartition("/")[2],
        provider=unit.split("/")[3] if unit.count("/") == 5 else "",
        more_units=sum(bool(each.unit) for each in incident.legs) - bool(unit),
        arrives_at=arrives,
        due_at=due,
        probability=chance,
        silent=told is not None and told.silent,
        urgency=_urgency(incident, state, leg, due, arrives, chance, clocks, now),
        number=incident.event_number,
    )


def _urgency(
    incident: Any,
    state: str,
    leg: Any,
    due: datetime | None,
    arrives: datetime | None,
    chance: float | None,
    clocks: tuple[ClockLeft, ...],
    now: datetime,
) -> Urgency:
    if state in _THERE:
        return Urgency.THERE
    if due is not None and due <= now:
        return Urgency.BROKEN
    warned = any(each.at_risk for each in incident.legs)
    if warned or (chance is not None and chance < RISK) or (due is not None and arrives is not None and arrives > due):
        return Urgency.RISK
    if any(clock.left < timedelta(0) for clock in clocks):
        return Urgency.CLOCK
    alone = leg is None or word("LegState", leg.state) in _WAITING
    return Urgency.ALONE if alone else Urgency.FINE


def as_json(row: QueueRow) -> dict[str, Any]:
    """A row for programs: times in RFC 3339, spans in seconds."""
    left = row.left
    return {
        "id": row.id,
        "state": row.state,
        "service": row.service,
        "urgency": row.urgency.name.lower(),
        "lon": row.lon,
        "lat": row.lat,
        "place": row.place,
        "received_at": row.received_at.isoformat(),
        "waiting_s": round(row.waited.total_seconds(), 1),
        "clocks": [
            {"kind": each.kind, "due_at": each.due_at.isoformat(), "left_s": round(each.left.total_seconds(), 1)}
            for each in row.clocks
        ],
        "unit": row.unit,
        "provider": row.provider,
        "silent": row.silent,
        "arrives_at": None if row.arrives_at is None else row.arrives_at.isoformat(),
        "due_at": None if row.due_at is None else row.due_at.isoformat(),
        "promise_left_s": None if left is None else round(left.total_seconds(), 1),
        "promise_probability": row.probability,
        "event_number": row.number,
    }


def _concerns(incident: Any, provider: str) -> bool:
    base = f"{incident.name.rpartition('/incidents/')[0]}/providers/{provider}/units/"
    asked = (offer.unit for offer in incident.offers if word("OfferState", offer.state) == "open")
    return any(unit.startswith(base) for unit in (*(leg.unit for leg in incident.legs), *asked))


def _place(incident: Any) -> str:
    if not incident.HasField("location"):
        return ""
    place = incident.location
    return place.road or f"{place.lon:.4f},{place.lat:.4f}"


def _chance(message: Any) -> float | None:
    return message.promise_probability if message is not None and message.HasField("promise_probability") else None


def _time(message: Any, name: str) -> datetime | None:
    return getattr(message, name).ToDatetime(UTC) if message is not None and message.HasField(name) else None
