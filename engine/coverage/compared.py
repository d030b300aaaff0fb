"""Two coverages of the same demand, place by place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.coverage.coverage import Coverage
from engine.coverage.view import CHANGED, ExactChange, minutes
from graphs.search import INF


@dataclass(frozen=True, slots=True)
class Compared:
    """What differs, with the demand after."""

    change: ExactChange
    later_minutes: (
        float | None
    )  # mean over the demand that is reached before and after; negative: sooner. None: of none


def compared(before: Coverage, after: Coverage) -> Compared | None:
    """None where the scenario has other places: then nothing can be told place by place."""
    if before.demand.places is not after.demand.places:
        return None
    weight, first, then = after.demand.weight, before.demand_ms[:, 0], after.demand_ms[:, 0]
    old, new = (each.demand_ms[:, 0] <= each.demand_within_ms for each in (before, after))
    was, now = minutes(first), minutes(then)
    differs = was != now  # infinite ones that stay infinite have not changed
    change = np.subtract(now, was, out=np.zeros(was.size), where=differs)
    both = (first < INF) & (then < INF)
    known = float(weight[both].sum())
    return Compared(
        ExactChange(
            float(weight[new & ~old].sum()),
            float(weight[old & ~new].sum()),
            float(weight[both & (change <= -CHANGED)].sum()),
            float(weight[both & (change >= CHANGED)].sum()),
            float(weight[(first < INF) & (then >= INF)].sum()),
            float(weight[(first >= INF) & (then < INF)].sum()),
        ),
        float(weight[both] @ change[both]) / known if known else None,
    )
