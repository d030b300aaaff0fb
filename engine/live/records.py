"""What is kept of an incident from the call to the end; one record is everything about it (docs/live.md)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from engine.decision import Promise
from engine.model import Incident, Location


class LegState(StrEnum):
    """How far one unit's part of an incident has come; in this order."""

    WAITING = "waiting"  # no unit yet, or none any more
    ASSIGNED = "assigned"  # a unit is chosen; may still be changed
    OFFERED = "offered"  # its provider is asked
    ACCEPTED = "accepted"
    UNDER_WAY = "under_way"
    ON_SCENE = "on_scene"
    TOWING = "towing"  # on the way with the vehicle or the passenger
    DONE = "done"


#: Legs whose unit may be exchanged without anybody having said yes.
LOOSE = frozenset({LegState.ASSIGNED, LegState.OFFERED})
#: Of a leg whose unit works on it: that unit may be given one further incident to follow.
WORKING = frozenset({LegState.ACCEPTED, LegState.UNDER_WAY, LegState.ON_SCENE, LegState.TOWING})


class IncidentState(StrEnum):
    """How far an incident has come: as its legs, and before and after them."""

    RECEIVED = "received"  # somebody called; place and service are not known yet
    FILED = "filed"  # everything is known, at least one unit is still wanted
    ASSIGNED = "assigned"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    UNDER_WAY = "under_way"
    ON_SCENE = "on_scene"
    TOWING = "towing"
    DONE = "done"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"  # the unit came, the customer was not there

    @property
    def closed(self) -> bool:
        return self in CLOSED


CLOSED = frozenset({IncidentState.DONE, IncidentState.CANCELLED, IncidentState.NO_SHOW})


class OfferState(StrEnum):
    """What became of an offer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"  # nobody answered in time
    WITHDRAWN = "withdrawn"  # somebody else accepted, or the incident changed


class ClockKind(StrEnum):
    """What is promised within a time of the call."""

    FILING = "filing"
    ASSIGNMENT = "assignment"
    CALLBACK = "callback"
    ARRIVAL = "arrival"  # by the promise
    RESPONSE = "response"  # a unit has accepted
    RESOLUTION = "resolution"  # the incident is closed


class Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the ledger keeps; unknown fields of later versions are ignored when read."""


class Leg(Record, frozen=True, omit_defaults=True):
    """One unit's part of an incident; most have one."""

    state: LegState = LegState.WAITING
    unit: str = ""
    provider: str = ""
    since: datetime | None = None  # of the state
    arrives_at: datetime | None = None  # expected; once there, when it came
    probability: float | None = None  # of arriving within the promise
    work: timedelta | None = None  # from the arrival until the unit is free again, as expected
    ends_at: datetime | None = None  # when that is
    ends_in: Location | None = None  # and where; None: at the incident
    held: bool = False  # a person chose the unit: only people change it
    given: int = 0  # number of the event that gave it the unit
    unfit: str = ""  # why the unit, which stays, cannot do it any more
    warned: bool = False  # that it will probably be late
    silent: bool = False  # nothing is heard of the unit
    first: bool = False  # a person wants it done before a booking that its unit has


class Offer(Record, frozen=True, omit_defaults=True):
    """A leg put to a provider."""

    id: str
    leg: int
    unit: str
    provider: str
    made_at: datetime
    expires_at: datetime
    state: OfferState = OfferState.OPEN
    answered_at: datetime | None = None
    reason: str = ""


class Clock(Record, frozen=True, omit_defaults=True):
    """Something that must have happened by a time."""

    kind: ClockKind
    due_at: datetime
    warn_at: datetime | None = None
    met_at: datetime | None = None
    warned_at: datetime | None = None
    broken_at: datetime | None = None

    @property
    def running(self) -> bool:
        return self.met_at is None


class Escalation(Record, frozen=True, omit_defaults=True):
    """A rung of a ladder: somebody was told, and may have said that he knows."""

    id: str
    kind: ClockKind
    owner: str
    raised_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""


class IncidentRecord(Record, frozen=True, omit_defaults=True):
    """An incident as it stands. `number` is that of its last event, and its etag."""

    id: str
    received_at: datetime
    state: IncidentState = IncidentState.RECEIVED
    number: int = 0
    customer: str = ""  # opaque to Towline
    need: Incident | None = None  # unknown until it is filed
    promise: Promise | None = None
    legs: tuple[Leg, ...] = ()
    offers: tuple[Offer, ...] = ()
    clocks: tuple[Clock, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    refused: frozenset[str] = frozenset()  # units that are not to be asked (again)
    filed_at: datetime | None = None
    called_back_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str = ""  # why it was closed as it was
    unserved: str = ""  # code of the reason why it has no unit
    reopened: int = 0
    reopened_at: datetime | None = None  # clocks and promise count from here then
    purged_at: datetime | None = None  # when personal data were taken out
    former: tuple[str, ...] = ()  # references that `customer` had before: whose data are in the incident's story, too

    @property
    def closed(self) -> bool:
        return self.state.closed

    def open_offers(self, leg: int | None = None) -> tuple[Offer, ...]:
        return tuple(o for o in self.offers if o.state is OfferState.OPEN and leg in (None, o.leg))

    def of_customer(self, customer: str) -> IncidentRecord:
        """The same with another customer; whom it was said to be of before is kept for the day he is forgotten."""
        if customer == self.customer:
            return self
        former = (*self.former, self.customer) if self.customer and self.customer not in self.former else self.former
        return replace(self, customer=customer, former=former)

    def units(self) -> frozenset[str]:
        """All that are kept from other work by it: those of its legs, and those that are asked."""
        working = {leg.unit for leg in self.legs if leg.unit and leg.state is not LegState.DONE}
        return frozenset(working | {offer.unit for offer in self.open_offers()})


def ends_at(record: IncidentRecord, leg: Leg, arrives: datetime) -> datetime | None:
    """When a unit that arrives then is expected to be free; a booking's work does not begin before it is wanted."""
    if leg.work is None:
        return None
    earliest = record.need.earliest if record.need is not None else None
    return (arrives if earliest is None else max(arrives, earliest)) + leg.work


_LEG_STATES = list(LegState)


def state_of(record: IncidentRecord) -> IncidentState:
    """The state that follows from the legs: that of the one least far; of an open incident."""
    if record.need is None:
        return IncidentState.RECEIVED
    least = min((leg.state for leg in record.legs), key=_LEG_STATES.index)
    return IncidentState.FILED if least is LegState.WAITING else IncidentState(least.value)


def legs_with(record: IncidentRecord, unit: str) -> list[int]:
    """Which legs of an incident a unit works on, done ones left out."""
    return [k for k, leg in enumerate(record.legs) if leg.unit == unit and leg.state is not LegState.DONE]


def with_leg(record: IncidentRecord, k: int, leg: Leg) -> IncidentRecord:
    """The incident with another leg k."""
    return replace(record, legs=(*record.legs[:k], leg, *record.legs[k + 1 :]))


def asked_for(record: IncidentRecord, k: int) -> int:
    """How many offers were made for a leg, since the incident was opened (again)."""
    since = record.reopened_at
    return sum(offer.leg == k and (since is None or offer.made_at >= since) for offer in record.offers)
