"""Bounded deferment over a day: nobody is put off for ever to save others' minutes.

An incident that has waited past the policy's bound is *due*. No incident received later, of equal or lower priority,
may then newly take a unit that could reach the due one sooner than the unit it is planned to get (Rambau, *Deferment
control for reoptimization*).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.jobs.deferment import is_due, may_not_overtake
from engine.simulate.eligible import arrivals_ms
from engine.simulate.moment import Choice, Moment
from graphs.network import Int64
from graphs.search import INF


@dataclass(frozen=True, slots=True)
class Breach:
    """`later` newly takes a unit that would have reached `due` sooner."""

    due: str
    later: str
    unit_id: str


class Deferment:
    """The rule at one moment; arrivals are computed once per due incident."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment
        self._incidents = moment.open
        self._policy = moment.dispatcher.policy
        self.due = [at for at, incident in enumerate(moment.open) if is_due(incident, self._policy, moment.now)]
        self._arrivals: dict[int, Int64] = {}

    def arrivals(self, at: int) -> Int64:
        """[units] ms from now until each unit would reach open incident ``at``; INF who cannot or may not."""
        if at not in self._arrivals:
            self._arrivals[at] = arrivals_ms(self._moment, at)
        return self._arrivals[at]

    def breaches(self, choice: Choice) -> list[Breach]:
        """Every breach of a choice; what is already announced is not newly taken. O(due x open)."""
        if not self.due:
            return []
        row_of, sent = self._moment.state.row_of, self._moment.sent
        new = [
            (incident, row_of[choice[incident.id]])
            for incident in self._incidents
            if incident.id in choice and sent.get(incident.id) != choice[incident.id]
        ]
        found = []
        for at in self.due:
            due = self._incidents[at]
            arrivals = self.arrivals(at)
            own = int(arrivals[row_of[choice[due.id]]]) if due.id in choice else INF
            found += [
                Breach(due.id, later.id, self._moment.state.units[row].id)
                for later, row in new
                if arrivals[row] < own and may_not_overtake(later, due, self._policy)
            ]
        return found

    def soonest_first(self, wanted: Iterable[int]) -> dict[int, int]:
        """Due incident -> row: the more urgent and then the longer waiting choose their soonest unit first.

        Units that mobilise for somebody else are left to him. No choice that holds these, and leaves those units where
        they are, can be in breach for one of them: what is left reaches none of them sooner.
        """
        row_of, weigh, wanted = self._moment.state.row_of, self._policy.priority.of, set(wanted)
        others = {
            row_of[incident.assigned_unit_id]
            for at, incident in enumerate(self._incidents)
            if incident.assigned_unit_id is not None and at not in wanted
        }
        taken: set[int] = set()
        found: dict[int, int] = {}
        order = [(-weigh(self._incidents[at].priority), self._incidents[at].received_at, at) for at in wanted]
        for _, _, at in sorted(order):
            arrivals = self.arrivals(at)
            for row in np.argsort(arrivals, kind="stable").tolist():
                if arrivals[row] >= INF:
                    break
                if row not in others and row not in taken:
                    found[at] = row
                    taken.add(row)
                    break
        return found
