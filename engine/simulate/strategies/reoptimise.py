"""Towline over the day: at every event all that is not under way is decided anew."""

from __future__ import annotations

from engine.simulate.deferment import Deferment
from engine.simulate.moment import Choice, Moment
from engine.simulate.strategies.planners import FlowPlanner, Planner


class Reoptimise:
    """The cheapest plan at each event. Taking an announced unit away costs its price; deferment is bounded."""

    name = "reoptimise"

    def __init__(self, planner: Planner | None = None) -> None:
        self._planner = planner or FlowPlanner()

    def decide(self, moment: Moment) -> Choice:
        if not moment.open:
            return {}
        rule = Deferment(moment)
        choice = self._planner.plan(moment, {})
        if not (breaches := rule.breaches(choice)):
            return choice
        at_of = {incident.id: at for at, incident in enumerate(moment.open)}
        settled: set[int] = set()
        keep: dict[str, str] | None = None
        while breaches:
            fresh = {at_of[breach.due] for breach in breaches} - settled
            if not fresh:  # what others give up may reach a due one sooner: nobody gives anything up
                if keep is not None:
                    raise AssertionError(f"{len(breaches)} breaches of the bound on deferment cannot be mended")
                keep = moment.sent
            settled |= fresh
            forced = {i: unit for i, unit in (keep or {}).items() if at_of[i] not in settled}
            rows = rule.soonest_first(settled)
            forced |= {moment.open[at].id: moment.state.units[row].id for at, row in rows.items()}
            choice = self._planner.plan(moment, forced)
            breaches = rule.breaches(choice)
        return choice
