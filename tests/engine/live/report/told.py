"""A ledger written by hand: minutes after eight o'clock, and what happened then."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from sqlalchemy import event as listening

from engine.decision import Candidate, CostParts, Promise, PromiseClass, Recommendation
from engine.ledger import Ledger
from engine.live.choosing import DecisionRecord
from engine.live.events import EventKind
from engine.live.records import IncidentRecord, IncidentState, Leg, LegState, Offer, OfferState
from engine.live.rows import batch_of
from engine.live.state import DecisionMade, Head, LiveState
from engine.model import Incident, Location, Service

EIGHT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LON, LAT = -71.25, -29.91


def at(minute: float) -> datetime:
    return EIGHT + timedelta(minutes=minute)


class Told:
    """Events of incidents with one leg; the promise is 30 minutes unless told otherwise."""

    def __init__(self, where: Path | str) -> None:
        """``where``: a file, which is written without waiting for the disk, or a URL."""
        self.ledger = Ledger.open(where if isinstance(where, str) else f"sqlite:///{where}")
        if not isinstance(where, str):
            listening.listen(self.ledger._database.writer, "connect", _without_waiting)
        self.region = self.ledger.region("coquimbo")
        self._state, self._number = LiveState(), 0
        self._records: dict[str, IncidentRecord] = {}

    def put(
        self, key: str, minute: float, kind: str, *, data: dict[str, Any] | None = None, unit: str = "", **changes: Any
    ) -> None:
        """One event; the time it is written at never goes back, so stories may be told one after the other."""
        record = replace(self._records.get(key) or IncidentRecord(id=key, received_at=at(minute)), **changes)
        head = Head(self._state, at(minute), self._records.get)
        record = head.put(
            record, EventKind(kind), actor="anna", unit=unit, provider=_provider(unit), data={"leg": 0, **(data or {})}
        )
        if kind == "unit_assigned":
            head.decisions.append(self._decision(record, at(minute)))
        self._records[key] = record
        rows = batch_of(head)
        self.region._writer.commit(rows, after=self._number, epoch=0)
        head.publish()
        self._number += 1

    def _decision(self, record: IncidentRecord, now: datetime) -> DecisionMade:
        leg = record.legs[0]
        assert leg.arrives_at is not None

        def candidate(unit: str, arrives: datetime) -> Candidate:
            departs = now + timedelta(minutes=1)
            return Candidate(unit, _provider(unit), departs, arrives, arrives - departs, timedelta(0), CostParts())

        assert record.promise is not None
        best = candidate(leg.unit, leg.arrives_at)
        rival = candidate("north-2", leg.arrives_at + timedelta(minutes=10))
        answer = Recommendation(record.id, record.promise, best, (rival,), None, "p", "r", "m")
        return DecisionMade(
            record.number, record.id, 0, leg.unit, now, "immediate", DecisionRecord(0, "immediate", answer)
        )

    # -- what happens

    def file(self, key: str, received: float = 0.0, filed: float | None = None, due: float = 30.0, **need: Any) -> None:
        filed = received if filed is None else filed
        place = need.pop("location", Location(LON, LAT))
        service = need.pop("service", Service.TOWING)
        self.put(key, received, "incident_received")
        wanted = Incident(key, place, service, at(received), **need)
        promise = Promise(at(received + due), PromiseClass.URBAN, "30 minutes")
        self.put(key, filed, "incident_filed", need=wanted, promise=promise, legs=(Leg(),), filed_at=at(filed))

    def leg(self, key: str, minute: float, kind: str, data: dict[str, Any] | None = None, **changes: Any) -> None:
        """An event that changes the leg."""
        leg = replace(self._records[key].legs[0], **changes)
        unit = leg.unit or self._records[key].legs[0].unit
        self.put(key, minute, kind, data=data, unit=unit, legs=(leg,))

    def assign(self, key: str, minute: float, expected: float, unit: str = "own-1") -> None:
        state, provider = LegState.ASSIGNED, _provider(unit)
        self.leg(key, minute, "unit_assigned", state=state, unit=unit, provider=provider, arrives_at=at(expected))

    def unassign(self, key: str, minute: float) -> None:
        unit = self._records[key].legs[0].unit
        self.put(key, minute, "unit_unassigned", unit=unit, legs=(Leg(),))

    def offer(self, key: str, minute: float) -> None:
        record = self._records[key]
        leg = replace(record.legs[0], state=LegState.OFFERED)
        offer = Offer(str(len(record.offers) + 1), 0, leg.unit, leg.provider, at(minute), at(minute + 5))
        data = {"offer": offer.id}
        self.put(key, minute, "offer_made", unit=leg.unit, data=data, legs=(leg,), offers=(*record.offers, offer))

    def answer(self, key: str, minute: float, kind: str) -> None:
        record = self._records[key]
        offer = replace(record.offers[-1], state=OfferState(kind.removeprefix("offer_")), answered_at=at(minute))
        accepted = kind == "offer_accepted"
        leg = replace(record.legs[0], state=LegState.ACCEPTED) if accepted else Leg()
        offers = (*record.offers[:-1], offer)
        self.put(key, minute, kind, unit=offer.unit, data={"offer": offer.id}, legs=(leg,), offers=offers)

    def set_off(self, key: str, minute: float) -> None:
        self.leg(key, minute, "unit_under_way", state=LegState.UNDER_WAY, since=at(minute))

    def arrive(self, key: str, minute: float) -> None:
        self.leg(key, minute, "unit_on_scene", state=LegState.ON_SCENE, since=at(minute), arrives_at=at(minute))

    def close(self, key: str, minute: float, kind: str = "incident_done") -> None:
        state = IncidentState(kind.removeprefix("incident_"))
        self.put(key, minute, kind, state=state, closed_at=at(minute))


def _without_waiting(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def _provider(unit: str) -> str:
    return unit.partition("-")[0]
