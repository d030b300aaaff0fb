"""How incidents end, begin again, and turn out to be elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace as with_

from msgspec.structs import replace

from engine.errors import NotFoundError
from engine.live import offering
from engine.live.arriving import coming
from engine.live.attending import free_or_booked
from engine.live.clocks import clocks_of
from engine.live.commands.base import Change, check_words, illegal
from engine.live.commands.filing import promise_of
from engine.live.desk import Desk
from engine.live.events import EventKind
from engine.live.parts import parts_of
from engine.live.records import IncidentRecord, IncidentState, Leg, LegState, ends_at, with_leg
from engine.model import Location


@dataclass(frozen=True, slots=True)
class CancelIncident(Change):
    """The customer needs nobody any more."""

    def run(self, desk: Desk) -> IncidentRecord:
        record = self.record(desk)
        if record.closed:
            raise illegal(record, "cancelled")
        return _end(desk, record, IncidentState.CANCELLED, EventKind.INCIDENT_CANCELLED, self.reason)


@dataclass(frozen=True, slots=True)
class CloseIncident(Change):
    """It was solved otherwise, wherever it stands; a person says how."""

    def run(self, desk: Desk) -> IncidentRecord:
        record = self.record(desk)
        check_words(self.reason, required=True)
        if record.closed:
            raise illegal(record, "done")
        return _end(desk, record, IncidentState.DONE, EventKind.INCIDENT_DONE, self.reason)


@dataclass(frozen=True, slots=True)
class ReportNoShow(Change):
    """A unit is there, the customer is not."""

    def run(self, desk: Desk) -> IncidentRecord:
        record = self.open_record(desk, "no_show")
        if not any(leg.state is LegState.ON_SCENE for leg in record.legs):
            raise illegal(record, "no_show")
        return _end(desk, record, IncidentState.NO_SHOW, EventKind.INCIDENT_NO_SHOW, self.reason)


def _end(desk: Desk, record: IncidentRecord, state: IncidentState, kind: EventKind, reason: str) -> IncidentRecord:
    record = offering.withdraw(desk, record, None, "the incident is over")
    record = replace(record, state=state, closed_at=desk.now, outcome=reason)
    return desk.close(record, kind, reason=reason)


@dataclass(frozen=True, slots=True)
class ReportWrongLocation(Change):
    """The incident is elsewhere: units on their way go on to there, other legs get one anew; the promise stays."""

    location: Location | None = None

    def run(self, desk: Desk) -> IncidentRecord:
        record = self.open_record(desk, "corrected")
        if any(leg.state in (LegState.TOWING, LegState.DONE) for leg in record.legs):
            raise illegal(record, "corrected")
        assert record.need is not None
        assert self.location is not None
        old = record.need.location
        record = replace(record, need=with_(record.need, location=self.location))
        parts = parts_of(record)
        choosing = desk.choosing(parts)  # refused here when the place cannot be used
        record = desk.put(
            record,
            EventKind.WRONG_LOCATION,
            reason=self.reason,
            data={"from_lon": old.lon, "from_lat": old.lat},
        )
        gone: list[str] = []
        for k, leg in enumerate(record.legs):
            moving = leg.state in (LegState.ACCEPTED, LegState.UNDER_WAY, LegState.ON_SCENE)
            found = coming(desk, choosing, record, parts[k], leg.unit) if (moving or leg.held) and leg.unit else None
            if found is None:
                record = desk.release(record, k, "the incident is elsewhere", refuse=False)
                gone.append(leg.unit)
                continue
            state = LegState.UNDER_WAY if leg.state is LegState.ON_SCENE else leg.state
            leg = replace(
                leg,
                state=state,
                since=desk.now if state is not leg.state else leg.since,
                arrives_at=found.arrives_at,
                probability=found.promise_probability,
                ends_at=ends_at(record, leg, found.arrives_at),
            )
            record = desk.quietly(with_leg(record, k, leg))
        desk.promote(unit for unit in gone if unit)
        desk.free({unit for unit in gone if unit and free_or_booked(desk, unit)})  # of them one may be nearest
        return desk.choose(record)


@dataclass(frozen=True, slots=True)
class ReopenIncident(Change):
    """A closed incident was not over: it gets a unit again, and a promise that counts from now.

    A booking whose wanted time is still ahead stays one; what is past of `earliest` and `latest` is dropped, and told.
    """

    def run(self, desk: Desk) -> IncidentRecord:
        record = self.record(desk)
        check_words(self.reason, required=True)
        if not record.closed or record.need is None:
            raise illegal(record, "filed")
        if record.purged_at is not None:
            raise NotFoundError(f"the data of incident {record.id} were purged; file a new one", incident=record.id)
        wanted = {"earliest": record.need.earliest, "latest": record.need.latest}
        past = {name: at for name, at in wanted.items() if at is not None and at <= desk.now}
        need = with_(record.need, **dict.fromkeys(past))
        promise = promise_of(desk, with_(need, received_at=desk.now))
        record = replace(
            record,
            need=need,
            promise=promise,
            legs=tuple(Leg(since=desk.now) for _ in record.legs),
            refused=frozenset(),
            closed_at=None,
            outcome="",
            unserved="",
            called_back_at=None,
            reopened=record.reopened + 1,
            reopened_at=desk.now,
            clocks=(),
        )
        record = replace(record, clocks=clocks_of(record, desk.policy, desk.now))
        dropped = {f"dropped_{name}": at.isoformat() for name, at in past.items()}
        return desk.choose(desk.put(record, EventKind.INCIDENT_REOPENED, reason=self.reason, data=dropped))
