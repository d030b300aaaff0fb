"""Taking incidents in: calls, drafts, and what is found out later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as with_
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from engine.decision import Promise
from engine.errors import IncidentExistsError, TimeError, TooManyOpenError
from engine.intake import CLOCK_SKEW
from engine.jobs.expand import one_unit_each
from engine.live.clocks import clocks_of
from engine.live.commands.base import Change, illegal
from engine.live.desk import Desk, parts_of
from engine.live.events import EventKind
from engine.live.records import IncidentRecord, Leg
from engine.model import Incident


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
            record = replace(record, customer=self.customer)
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
            record = replace(record, customer=changes.pop("customer"))
        assert record.need is not None
        need = with_(record.need, **changes)
        promise = record.promise
        if changes.keys() & {"promise", "earliest"}:
            promise = promise_of(desk, need)
        record = replace(record, need=need, promise=promise)
        _check(desk, record)
        record = replace(record, clocks=clocks_of(record, desk.policy, desk.now))
        record = desk.put(record, EventKind.INCIDENT_UPDATED, reason=self.reason, data={"fields": sorted(self.changes)})
        return desk.choose(record)


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


def _check(desk: Desk, record: IncidentRecord) -> None:
    """Raises what the engine has against the incident as it would be."""
    desk.choosing(parts_of(record))


def check_time(at: datetime, least: datetime, now: datetime, after: str) -> None:
    """TimeError for what cannot have happened then."""
    if not least <= at <= now + CLOCK_SKEW:
        raise TimeError(
            f"occurred_at {at.isoformat()} must lie between {after} ({least.isoformat()}) and now ({now.isoformat()})",
            field="occurred_at",
            value=at.isoformat(),
        )
