"""All promises of a region and a time, from its ledger: counted as they stream by, the broken ones explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from h3.api import basic_str as h3
from sqlalchemy import select

from engine.ledger import tables
from engine.ledger.reading import CHUNK, Reading
from engine.live.report.promises import Broken, Promised, explained, openings, promised
from engine.live.report.slim import Expected, SlimIncident, Step, decision_decoder, details_decoder, incident_decoder
from engine.times import from_us, to_us

Tell = Callable[[str, int, int], object]
#: Incidents whose events are read together.
TOGETHER = 300
#: By what promises are counted, besides the cause.
KEYS = ("provider", "area", "hour", "service")
FORGOTTEN = "forgotten"  # the area of incidents whose data were purged
NOBODY = "nobody"  # the provider of those that no unit had


@dataclass
class Overdue:
    """Promises that were made: all counted, the broken ones whole."""

    now: datetime  # up to when it is known what became of them
    zone: tzinfo
    resolution: int
    counts: dict[str, Counter[str]] = field(default_factory=lambda: {key: Counter() for key in KEYS})
    promises: int = 0
    broken: list[Broken] = field(default_factory=list)
    roads: dict[str, Counter[str]] = field(default_factory=dict)  # by cell, as they were filed

    def add(self, made: Promised, broken: Broken | None) -> None:
        """One promise; ``broken`` where it was."""
        self.promises += 1
        for key in KEYS:
            self.counts[key][self.key(made, key)] += 1
        if made.road:
            self.roads.setdefault(self.key(made, "area"), Counter())[made.road] += 1
        if broken is not None:
            self.broken.append(broken)

    def key(self, made: Promised, of: str) -> str:
        """What a promise is counted under."""
        if of == "provider":
            return made.provider or NOBODY
        if of == "service":
            return made.service
        if of == "hour":
            return f"{made.received_at.astimezone(self.zone):%H}"
        return FORGOTTEN if made.purged else h3.latlng_to_cell(made.lat, made.lon, self.resolution)

    def road(self, cell: str) -> str:
        """The road that was named most in a cell; empty when none was."""
        names = self.roads.get(cell)
        return names.most_common(1)[0][0] if names else ""


def overdue(
    reading: Reading,
    *,
    zone: tzinfo,
    resolution: int = 7,
    since: datetime | None = None,
    until: datetime | None = None,
    tell: Tell = lambda *_: None,
) -> Overdue:
    """The promises of incidents received in [since, until); those still open are looked at as at the last event."""
    found = Overdue(from_us(reading.last()[1]), zone, resolution)
    c = tables.incidents.c
    query = select(c.id, c.record).where(c.region == reading.region)
    if since is not None:
        query = query.where(c.received_us >= to_us(since))
    if until is not None:
        query = query.where(c.received_us < to_us(until))
    closer: list[str] = []
    for count, (id, raw) in enumerate(reading.connection.execute(query, execution_options={"yield_per": CHUNK}), 1):
        if count % 1000 == 0:
            tell("incidents", count, 0)
        if not take(found, incident_decoder.decode(raw)):
            closer.append(id)
    for begin in range(0, len(closer), TOGETHER):
        tell("broken promises", begin, len(closer))
        for steps, expectations in _stories(reading, closer[begin : begin + TOGETHER]):
            explain(found, steps, expectations)
    return found


def take(found: Overdue, record: SlimIncident) -> bool:
    """Count an incident whose promise was kept; False when its events must be looked at."""
    made = promised(record, found.now)
    if record.reopened or (made is not None and made.broken):
        return False
    if made is not None:
        found.add(made, None)
    return True


def explain(found: Overdue, steps: Sequence[Step], expectations: dict[int, dict[str, Expected]]) -> None:
    """Count the promises of an incident by its events."""
    for opening in openings(steps):
        answer = explained(opening, expectations, found.now) if opening else None
        if answer is not None:
            found.add(*answer)


def _stories(reading: Reading, ids: Sequence[str]) -> Iterable[tuple[list[Step], dict[int, dict[str, Expected]]]]:
    """Events, and candidates by event, of some incidents."""
    c, d = tables.events.c, tables.decisions.c
    steps: dict[str, list[Step]] = {id: [] for id in ids}
    expectations: dict[str, dict[int, dict[str, Expected]]] = {id: {} for id in ids}
    query = (
        select(c.number, c.at_us, c.kind, c.id, c.unit, c.record, c.data)
        .where(c.region == reading.region, tables.OF_INCIDENT, c.id.in_(ids))
        .order_by(c.id, c.number)
    )
    for number, at_us, kind, id, unit, record, data in reading.connection.execute(query):
        leg = details_decoder.decode(data or b"{}").leg
        steps[id].append(Step(number, from_us(at_us), kind, unit, leg, incident_decoder.decode(record)))
    for id, number, raw in reading.connection.execute(
        select(d.incident, d.number, d.record).where(d.region == reading.region, d.incident.in_(ids))
    ):
        known = decision_decoder.decode(raw).recommendation
        candidates = (known.best, *known.runners_up)
        expectations[id][number] = {each.unit_id: each for each in candidates if each is not None}
    return [(steps[id], expectations[id]) for id in ids]
