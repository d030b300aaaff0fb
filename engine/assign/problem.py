"""A sparse assignment problem: each incident's candidate units, and what it costs to leave it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphs.network import Int32, Int64

#: "No further candidate": the cut-off of an incident whose whole list is here.
NO_CUTOFF = np.iinfo(np.int64).max


@dataclass(frozen=True)
class SparseProblem:
    """``n`` incidents, each with its cheapest candidates; at most one incident per unit.

    Candidates of incident i are entries first[i] .. first[i + 1] - 1, in order of cost; every unit that is left out
    costs at least cutoff[i]. Costs are milli-minutes.
    """

    first: Int64  # [n + 1]
    unit: Int32  # [c]
    cost: Int64  # [c]
    unserved: Int64  # [n]
    cutoff: Int64  # [n]

    @property
    def incident_count(self) -> int:
        return int(self.unserved.size)

    def cost_of(self, chosen: Int32) -> int:
        """Total cost of a choice (unit per incident, -1 for unserved), which must be among the candidates."""
        total = 0
        for incident, unit in enumerate(chosen):
            if unit < 0:
                total += int(self.unserved[incident])
                continue
            row = slice(self.first[incident], self.first[incident + 1])
            total += int(self.cost[row][self.unit[row] == unit][0])
        return total
