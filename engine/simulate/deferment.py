"""The bound on deferment at every decision of a day, whoever decided."""

from __future__ import annotations

import numpy as np

from engine.deferment import Breach
from engine.simulate.moment import Choice, Moment


def breaches_of(moment: Moment, choice: Choice) -> list[Breach]:
    """Every breach of a choice; what is already announced is not newly taken."""
    rule = moment.deferment
    if not rule.due:
        return []
    row_of = moment.state.row_of
    rows = {i: row_of[choice[incident.id]] for i, incident in enumerate(moment.open) if incident.id in choice}
    arrivals = {i: int(rule.reach_ms(i, np.array([row]))[0]) for i, row in rows.items() if i in rule.due}
    return rule.breaches({i: (row, 0) for i, row in rows.items()}, arrivals)
