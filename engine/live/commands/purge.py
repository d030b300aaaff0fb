"""Forgetting a customer: everything about him in closed incidents, in what they tell of, and in what was answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as with_
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from engine.errors import IncidentOpenError
from engine.ledger.region import RegionLedger
from engine.live.choosing import DecisionRecord
from engine.live.desk import Desk
from engine.live.events import EventKind, encoder
from engine.live.records import IncidentRecord
from engine.live.rows import incident_of
from engine.model import Location
from engine.texts import promise_without_place, reason_without_place

#: Where everybody lives whose place is forgotten.
NOWHERE = Location(0.0, 0.0)
#: In every record that has former references.
_FORMER = b'"former":['
_decision = msgspec.json.Decoder(DecisionRecord)
#: What stays of an event's details: nothing that somebody wrote, and no place.
_KEPT = frozenset(
    {
        "leg",
        "offer",
        "clock",
        "due_at",
        "escalation",
        "owner",
        "chosen_by",
        "arrives_at",
        "at",
        "expected_at",
        "code",
        "probability",
        "promise_class",
        "fields",
        "solver",
        "forced",
        "instead_of",
        "dropped_earliest",
        "dropped_latest",
    }
)


@dataclass
class PurgeCustomer:
    """One customer's closed incidents lose his reference, his places and every word that was written of them.

    His are also those that had his reference once, though it was corrected to another one since.
    """

    customer: str
    ledger: RegionLedger
    dry: bool = False  # only count
    incidents: int = 0
    events: int = 0

    def run(self, desk: Desk) -> None:
        self.incidents = self.events = 0
        open_ones = sorted(r.id for r in desk.head.open_incidents() if self.customer in (r.customer, *r.former))
        if open_ones:
            raise IncidentOpenError(
                f"customer {self.customer!r} has open incidents, {', '.join(open_ones[:5])}; close them first",
                incidents=", ".join(open_ones[:100]),
            )
        records = {record.id: record for record in map(incident_of, (row.record for row in self._rows()))}
        once = {record.id: record for record in self._corrected() if record.id not in records}
        records |= once
        self.incidents = len(records)
        if self.dry:
            self.events = sum(len(self.ledger.events(0, 1_000_000, incident=record.id)) for record in records.values())
            return
        purged = self.ledger.purge(self.customer, lambda what, content: rewrite(what, content, desk.now), list(once))
        self.incidents, self.events = purged.incidents, purged.events
        for record in records.values():
            desk.put(forgotten(record, desk.now), EventKind.CUSTOMER_PURGED)

    def _corrected(self) -> Iterator[IncidentRecord]:
        """Closed incidents that had this reference once."""
        for row in self.ledger.containing(_FORMER):
            record = incident_of(row.record)
            if record.closed and self.customer in record.former:
                yield record

    def _rows(self) -> list[Any]:
        found: list[Any] = []
        after: tuple[int, str] | None = None
        while page := self.ledger.incidents(limit=1000, after=after, customer=self.customer, open=False):
            found += page
            after = page[-1].received_us, page[-1].id
        return found


def rewrite(what: str, content: bytes, now: datetime) -> bytes:
    """What stays of one kind of content; see `engine.ledger.purge`."""
    if what == "record":
        return encoder.encode(forgotten(incident_of(content), now))
    if what == "data":
        return encoder.encode({key: value for key, value in json.loads(content).items() if key in _KEPT})
    if what == "decision":
        made = _decision.decode(content)
        told = made.recommendation
        why = None if told.unserved is None else reason_without_place(told.unserved)
        told = with_(told, snapped=None, promise=promise_without_place(told.promise), unserved=why)
        return encoder.encode(replace(made, recommendation=told, arc=-1, fraction=0.0))
    return b""  # reasons are written by people, and answers tell everything


def forgotten(record: IncidentRecord, now: datetime) -> IncidentRecord:
    """An incident without its customer."""
    need = record.need
    if need is not None:
        garages = tuple(with_(garage, name="", location=NOWHERE) for garage in need.garages)
        need = with_(need, location=NOWHERE, drop_off=None if need.drop_off is None else NOWHERE, garages=garages)
    promise = None if record.promise is None else promise_without_place(record.promise)
    legs = tuple(replace(leg, ends_in=None) for leg in record.legs)
    offers = tuple(replace(offer, reason="") for offer in record.offers)
    return replace(
        record,
        customer="",
        need=need,
        promise=promise,
        legs=legs,
        offers=offers,
        outcome="",
        purged_at=now,
        former=(),
    )
