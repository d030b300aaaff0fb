"""Towline over the day: at every event all that is not under way is decided anew."""

from __future__ import annotations

from engine.simulate.moment import Choice, Moment
from engine.simulate.strategies.planners import FlowPlanner, Planner


class Reoptimise:
    """The cheapest plan at each event. Taking an announced unit away costs its price; deferment is bounded."""

    name = "reoptimise"

    def __init__(self, planner: Planner | None = None) -> None:
        self._planner = planner or FlowPlanner()

    def decide(self, moment: Moment) -> Choice:
        return self._planner.plan(moment) if moment.open else {}
