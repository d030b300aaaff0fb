"""The best unit for incidents that have just come in: one search for all of them, then one pick after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

import numpy as np

from engine.candidate import candidate
from engine.decision import Candidate, Promise, Recommendation
from engine.dispatch import Dispatcher
from engine.elsewhere import snapped_incidents
from engine.explain import why_lost, why_unserved
from engine.fleet.candidates import UnitSearch
from engine.fleet.state import FleetState
from engine.jobs.make import ends_of
from engine.live.records import Record
from engine.model import Incident, Location, Unit
from engine.situation import Situation
from engine.snapped import SnappedLocation
from graphs.network import Int32, Int64
from graphs.search import INF

#: Units listed for an incident at first: as many as may be picked for others of one batch before it is searched again.
LISTED = 16
RUNNERS_UP = 3


class DecisionRecord(Record, frozen=True, omit_defaults=True):
    """What was known when a unit was chosen, for audits and for calibration."""

    leg: int
    chosen_by: str
    recommendation: Recommendation
    arc: int = -1  # that the incident was taken to be on, of the region's version
    fraction: float = 0.0


@dataclass(frozen=True)
class Pick:
    """A unit for one incident, or none and why."""

    recommendation: Recommendation
    work: timedelta  # from the arrival until the unit is free
    ends_in: Location | None  # where that is; None: at the incident
    arc: int
    fraction: float

    @property
    def best(self) -> Candidate | None:
        return self.recommendation.best

    def record(self, leg: int, chosen_by: str) -> DecisionRecord:
        return DecisionRecord(leg, chosen_by, self.recommendation, self.arc, self.fraction)


class Choosing:
    """Incidents of one batch (one unit each) against one fleet."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        incidents: Sequence[Incident],
        state: FleetState,
        now: datetime,
        taken: Int64,
    ) -> None:
        """``taken``: rows of units that nobody of the batch may have. Raises what `Dispatcher.situation` raises."""
        self._dispatcher, self._incidents, self._taken = dispatcher, list(incidents), taken
        self._index = {incident.id: i for i, incident in enumerate(incidents)}
        self.situation: Situation = dispatcher.situation(incidents, state, now)
        self._search: UnitSearch | None = None
        self._listed: dict[int, tuple[Int32, Int64]] = {}
        self._guessed: dict[int, tuple[int, int]] | None = None  # row and travel time of the first listed
        self._places: dict[int, SnappedLocation] = {}  # with those

    def holds(self, incident: Incident) -> bool:
        """Whether that very incident is among those of the batch."""
        at = self._index.get(incident.id)
        return at is not None and self._incidents[at] == incident

    def promise(self, incident: Incident) -> Promise:
        return self.situation.intake.promises[self._index[incident.id]]

    def pick_of(self, incident: Incident, units: Iterable[str], usable: Callable[[str], bool]) -> Pick:
        """The same of some units alone, of which the cheapest are looked at."""
        i, state = self._index[incident.id], self.situation.state
        of = np.array([state.row_of[unit] for unit in units if unit in state.row_of], np.int64)
        others = np.setdiff1d(np.arange(len(state)), of)
        found = self._searching().without(others).ranked(np.array([LISTED]), np.array([i], np.int64))
        rows, travels = found.row[found.of(0)], found.travel_ms[found.of(0)]
        return self._pick(i, rows, travels, self._best(rows, usable), usable)

    def pick(self, incident: Incident, usable: Callable[[str], bool]) -> Pick:
        """The cheapest unit that may still be had, with runners-up; ``usable`` says which may."""
        i = self._index[incident.id]
        rows, travels, best = self._cheapest(i, usable)
        return self._pick(i, rows, travels, best, usable)

    def unit_for(self, incident: Incident, usable: Callable[[str], bool]) -> Unit | None:
        """That unit alone, without what it costs."""
        rows, _, best = self._cheapest(self._index[incident.id], usable)
        return None if best is None else self.situation.state.units[int(rows[best])]

    def _cheapest(self, i: int, usable: Callable[[str], bool]) -> tuple[Int32, Int64, int | None]:
        """Rows and travel times in order, and where in them the first is that may be had."""
        rows, travels = self._first(i)
        best = self._best(rows, usable)
        if best is None and rows.size == LISTED:
            out = [row for row, unit in enumerate(self.situation.state.units) if not usable(unit.id)]
            found = self._searching().without(np.array(out, np.int64)).ranked(
                np.array([LISTED]), np.array([i], np.int64)
            )  # fmt: skip
            rows, travels = found.row[found.of(0)], found.travel_ms[found.of(0)]
            best = 0 if rows.size else None
        return rows, travels, best

    def of_unit(self, incident: Incident, unit: str) -> Candidate | None:
        """What one unit means for an incident, chosen or not; None when it cannot get there."""
        situation, i = self.situation, self._index[incident.id]
        row = situation.state.row_of[unit]
        travel = int(situation.driving_ms(np.array([row], np.int64), i)[0])
        if travel >= INF:
            return None
        return candidate(self._dispatcher.policy, situation.state, situation.intake, i, row, travel)

    def job(self, incident: Incident) -> tuple[timedelta, Location | None]:
        """How long its unit is busy with it from the arrival on, and where it is free then; None: at the incident."""
        jobs = self.situation.intake.jobs
        i = self._index[incident.id]
        end = int(jobs.end[i])
        return timedelta(milliseconds=int(jobs.busy_ms[i])), ends_of(incident)[end].location if end >= 0 else None

    def about(self, incident: Incident, best: Candidate | None) -> Pick:
        """A choice that was made elsewhere, in the same terms."""
        return self._told(self._index[incident.id], best, ())

    def _searching(self) -> UnitSearch:
        if self._search is None:
            self._search = self.situation.search(self._dispatcher.fastest_roads, self._taken)
        return self._search

    def _first(self, i: int) -> tuple[Int32, Int64]:
        if not self._listed:
            found = self._searching().ranked(np.full(len(self._incidents), LISTED, np.int64))
            for k in range(len(self._incidents)):
                self._listed[k] = found.row[found.of(k)], found.travel_ms[found.of(k)]
        return self._listed[i]

    def _best(self, rows: Int32, usable: Callable[[str], bool]) -> int | None:
        units = self.situation.state.units
        return next((k for k, row in enumerate(rows.tolist()) if usable(units[row].id)), None)

    def _pick(self, i: int, rows: Int32, travels: Int64, best: int | None, usable: Callable[[str], bool]) -> Pick:
        if best is None:
            return self._told(i, None, ())
        units, policy = self.situation.state.units, self._dispatcher.policy
        able = (k for k in range(best, rows.size) if k == best or usable(units[int(rows[k])].id))
        shown = list(islice(able, 1 + RUNNERS_UP))
        intake, state = self.situation.intake, self.situation.state
        made = [candidate(policy, state, intake, i, int(rows[k]), int(travels[k])) for k in shown]
        return self._told(i, made[0], tuple(replace(c, lost=why_lost(c, made[0], None)) for c in made[1:]))

    def _snapped(self, i: int, chosen: dict[int, tuple[int, int]]) -> SnappedLocation | None:
        """Where an ambiguous incident was taken to be; of a whole batch at once, each with the unit it will get.

        Asking for one costs nearly what asking for all of them does. Who gets another unit is asked about again.
        """
        if self._guessed is None:
            ambiguous = [k for k in self._listed if self.situation.intake.located.ambiguous[k]]
            first = {k: self._listed[k] for k in ambiguous if self._listed[k][0].size}
            self._guessed = {k: (int(rows[0]), int(travels[0])) for k, (rows, travels) in first.items()}
            self._places = snapped_incidents(self.situation, self._guessed, all_of_them=False, of=list(first))
        if i in chosen and self._guessed.get(i) == chosen[i]:
            return self._places.get(i)
        return snapped_incidents(self.situation, chosen, all_of_them=False, of=[i]).get(i)

    def _told(self, i: int, best: Candidate | None, rivals: tuple[Candidate, ...]) -> Pick:
        situation, policy = self.situation, self._dispatcher.policy
        intake, incident = situation.intake, situation.intake.incidents[i]
        work, ends_in = self.job(incident)
        snapped = None
        if intake.located.ambiguous[i]:
            chosen = {}
            if best is not None:
                chosen = {i: (situation.state.row_of[best.unit_id], round(best.travel.total_seconds() * 1000))}
            snapped = self._snapped(i, chosen)
        recommendation = Recommendation(
            incident_id=incident.id,
            promise=intake.promises[i],
            best=best,
            runners_up=rivals,
            unserved=why_unserved(situation, i) if best is None else None,
            policy_version=policy.version,
            region_version=self._dispatcher.region.metadata.version,
            metric_version=situation.metric_version,
            snapped=snapped,
        )
        return Pick(
            recommendation=recommendation,
            work=work,
            ends_in=ends_in,
            arc=int(intake.positions.arc[i]),
            fraction=float(intake.positions.fraction[i]),
        )
