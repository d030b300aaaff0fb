"""Whether each assignment, and each offer, has its decision: read beside the events, in the same order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import select

from engine.ledger import tables
from engine.ledger.reading import CHUNK, Reading
from engine.live.verify.faults import Fault, Said


class _Chosen(msgspec.Struct, frozen=True):
    unit_id: str


class _Answer(msgspec.Struct, frozen=True):
    best: _Chosen | None = None
    runners_up: tuple[_Chosen, ...] = ()


class _Decision(msgspec.Struct, frozen=True):
    recommendation: _Answer
    leg: int


_decoder = msgspec.json.Decoder(_Decision)


class Decisions:
    """One pass over the decisions of a region, by the number of their events."""

    def __init__(self, reading: Reading) -> None:
        c = tables.decisions.c
        query = select(c.number, c.incident, c.unit, c.record).where(c.region == reading.region).order_by(c.number)
        self._rows: Iterator[Any] = iter(reading.connection.execute(query, execution_options={"yield_per": CHUNK}))
        self._next = next(self._rows, None)
        self._named: dict[str, set[tuple[int, str]]] = {}  # incident -> legs and units that decisions told of

    def check(self, number: int, kind: str, incident: str, leg: int | None, unit: str) -> Said:
        """What is wrong with the decision of an event, in the order of events."""
        found = None
        while self._next is not None and self._next[0] <= number:
            if self._next[0] == number:
                found = self._next
            else:
                yield Fault.DECISION, f"the decision of event {self._next[0]} belongs to no assignment"
            self._next = next(self._rows, None)
        if found is None:
            if kind == "unit_assigned":
                yield Fault.DECISION, f"unit {unit} was assigned without a decision"
        elif kind != "unit_assigned":
            yield Fault.DECISION, f"a decision for {kind}"
        else:
            yield from self._read(found, incident, leg, unit)
        if kind == "offer_made" and (leg or 0, unit) not in self._named.get(incident, ()):
            yield Fault.DECISION, f"unit {unit} was asked without a decision that names it"

    def _read(self, row: Any, incident: str, leg: int | None, unit: str) -> Said:
        try:
            made = _decoder.decode(row[3])
        except (msgspec.MsgspecError, ValueError) as error:
            yield Fault.UNREADABLE, f"its decision: {error}"
            return
        best = made.recommendation.best
        if row[1] != incident or row[2] != unit or made.leg != leg or best is None or best.unit_id != unit:
            yield Fault.DECISION, f"the decision is for another unit or leg than {unit} on leg {leg}"
        units = [each.unit_id for each in (best, *made.recommendation.runners_up) if each is not None]
        self._named.setdefault(incident, set()).update((made.leg, each) for each in units)

    def forget(self, incident: str) -> None:
        """The incident is closed."""
        self._named.pop(incident, None)

    def rest(self) -> Iterator[tuple[str, int]]:
        """Incident and number of the decisions behind the last event."""
        if self._next is not None:
            yield self._next[1], self._next[0]
            yield from ((row[1], row[0]) for row in self._rows)
