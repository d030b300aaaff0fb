"""Taking incidents in: calls, drafts, and what is found out later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as with_
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from engine.decision import Promise
from engine.eligibility import capable
from engine.errors import IncidentExistsError, TimeError, TooManyOpenError
from engine.intake import CLOCK_SKEW
from engine.jobs.expand import one_unit_each
from engine.live.arriving import coming
from engine.live.choosing import Choosing
from engine.live.clocks import clocks_of
from engine.live.commands.base import Change, illegal
from engine.live.desk import Desk
from engine.live.events import EventKind
from engine.live.parts import parts_of
from engine.live.records import LOOSE, IncidentRecord, Leg, LegState, ends_at
from engine.live.tracking import TRACKED
from engine.model import Incident

#: Of what is updated: on what depends how long work takes and where it ends, and whether a unit is right for it.
_OF_WORK = frozenset({"requires", "drop_off", "garages", "service_time", "earliest"})
_OF_UNITS = frozenset({"requires", "latest"})
#: Legs whose unit has not gone on from the scene.
_BEFORE_TOWING = TRACKED | {LegState.ON_SCENE}


@dataclass(frozen=True, slots=True)
class CreateIncident:
    """Somebody called. With ``need`` the incident is filed at once, and gets a unit unless it is a booking."""

    id: str
    received_at: datetime
    customer: str = ""
    need: Incident | None = None
    fresh: bool = False  # the id was made for it, so nobody has it
    most_open: int = 100_000

    def parts(self, _desk: Desk) -> Sequence[Incident]:
        return () if self.need is None else one_unit_each([self.need])

    def run(self, desk: Desk) -> IncidentRecord:
        if self.received_at > desk.now + CLOCK_SKEW:
            raise TimeError(
                f"received_at {self.received_at.isoformat()} lies in the future; check the caller's clock",
                field="received_at",
                value=self.received_at.isoformat(),
            )
        if desk.head.open_at_most >= self.most_open and desk.head.open_count >= self.most_open:
            raise TooManyOpenError(
                f"{self.most_open} incidents are open, which is the most this server keeps; close those that are over",
                max_count=self.most_open,
            )
        if not self.fresh and desk.head.find(self.id) is not None:
            raise IncidentExistsError(
                f"there is an incident {self.id!r} already; choose another name, or leave it out", incident=self.id
            )
        record = IncidentRecord(id=self.id, received_at=self.received_at, customer=self.customer)
        record = replace(record, clocks=clocks_of(record, desk.policy, desk.now))
        record = desk.put(record, EventKind.INCIDENT_RECEIVED)
        return record if self.need is None else file(desk, record, self.need)


@dataclass(frozen=True, slots=True)
class FileIncident:
    """What was missing in a draft is known now."""

    need: Incident
    customer: str = ""

    def parts(self, desk: Desk) -> Sequence[Incident]:
        record = desk.head.find(self.need.id)
        return () if record is None else one_unit_each([with_(self.need, received_at=record.received_at)])

    def run(self, desk: Desk) -> IncidentRecord:
        record = desk.head.incident(self.need.id)
        if record.closed or record.need is not None:
            raise illegal(record, "filed")
        if self.customer:
            record = record.of_customer(self.customer)
        return file(desk, record, with_(self.need, received_at=record.received_at))


def file(desk: Desk, record: IncidentRecord, need: Incident) -> IncidentRecord:
    """Everything is known: the promise is made, and a unit chosen."""
    parts = one_unit_each([need])
    promise = desk.choosing(parts).promise(parts[0])
    legs = tuple(Leg(since=desk.now) for _ in parts)
    record = replace(record, need=need, promise=promise, legs=legs, filed_at=desk.now)
    record = replace(record, clocks=clocks_of(record, desk.policy, desk.now))
    record = desk.put(record, EventKind.INCIDENT_FILED, data={"promise_class": promise.promise_class.value})
    return desk.choose(record, parts=parts)


@dataclass(frozen=True, slots=True)
class UpdateIncident(Change):
    """What was filed turns out different; `changes` by field of the engine's `Incident`, and "customer"."""

    changes: Mapping[str, Any] = field(default_factory=dict)

    def run(self, desk: Desk) -> IncidentRecord:
        record = self.open_record(desk, "updated")
        changes = dict(self.changes)
        if "customer" in changes:
            record = record.of_customer(changes.pop("customer"))
        assert record.need is not None
        need = with_(record.need, **changes)
        promise = record.promise
        if changes.keys() & {"promise", "earliest"}:
            promise = promise_of(desk, need)
        record = replace(record, need=need, promise=promise)
        parts = parts_of(record)
        choosing = desk.choosing(parts)  # refused here when it cannot be so
        if changes.keys() & _OF_WORK:
            record = replace(record, legs=tuple(_worked(record, k, choosing, parts[k]) for k in range(len(parts))))
        unfit = _unfit(desk, record, choosing, parts) if changes.keys() & _OF_UNITS else {}
        stay = {k: why for k, why in unfit.items() if record.legs[k].held or record.legs[k].state not in LOOSE}
        record = replace(record, clocks=clocks_of(record, desk.policy, desk.now))
        data: dict[str, Any] = {"fields": sorted(self.changes)}
        if stay:
            data["unfit"] = [f"{record.legs[k].unit}: {why}" for k, why in sorted(stay.items())]
        record = desk.put(record, EventKind.INCIDENT_UPDATED, reason=self.reason, data=data)
        gone = [(k, record.legs[k].unit) for k in sorted(unfit.keys() - stay.keys())]
        for k, _ in gone:
            record = desk.release(record, k, unfit[k], refuse=False)
        record = desk.choose(record)
        desk.promote(unit for _, unit in gone)
        return desk.head.incident(record.id) if gone else record


def _worked(record: IncidentRecord, k: int, choosing: Choosing, part: Incident) -> Leg:
    """A leg with the work, and its end, of what the incident has become."""
    leg = record.legs[k]
    if leg.state not in _BEFORE_TOWING:
        return leg
    work, ends_in = choosing.job(part)
    leg = replace(leg, work=work, ends_in=ends_in)
    return leg if leg.arrives_at is None else replace(leg, ends_at=ends_at(record, leg, leg.arrives_at))


def _unfit(desk: Desk, record: IncidentRecord, choosing: Choosing, parts: Sequence[Incident]) -> dict[int, str]:
    """By leg whose unit has not come yet, why it is not right for what the incident has become."""
    found: dict[int, str] = {}
    state, intake = choosing.situation.state, choosing.situation.intake
    for k, leg in enumerate(record.legs):
        row = state.row_of.get(leg.unit)
        if leg.state not in TRACKED or row is None:
            continue
        if not capable(state.arrays, intake, intake.incidents.index(parts[k]))[row]:
            found[k] = "it lacks a capability"
        elif record.need is not None and record.need.latest is not None:
            there = coming(desk, choosing, record, parts[k], leg.unit)
            if there is None or there.arrives_at > record.need.latest:
                found[k] = "it would come too late"
    return found


@dataclass(frozen=True, slots=True)
class RecordCallback(Change):
    """The customer was told who comes when."""

    at: datetime | None = None

    def run(self, desk: Desk) -> IncidentRecord:
        record = self.record(desk)
        if record.closed:
            raise illegal(record, "called back")
        at = desk.now if self.at is None else self.at
        check_time(at, record.received_at, desk.now, "the call")
        at = min(at, desk.now)
        record = replace(record, called_back_at=at)
        return desk.put(record, EventKind.CUSTOMER_CALLED_BACK, data={"at": at.isoformat()})


def promise_of(desk: Desk, need: Incident) -> Promise:
    """The promise that an incident gets anew."""
    part = one_unit_each([with_(need, due_at=None)])[0]
    return desk.choosing([part]).promise(part)


def check_time(at: datetime, least: datetime, now: datetime, after: str) -> None:
    """TimeError for what cannot have happened then."""
    if not least <= at <= now + CLOCK_SKEW:
        raise TimeError(
            f"occurred_at {at.isoformat()} must lie between {after} ({least.isoformat()}) and now ({now.isoformat()})",
            field="occurred_at",
            value=at.isoformat(),
        )
