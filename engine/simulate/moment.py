"""What a strategy sees when it decides, and how it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Protocol

from engine.deferment import Deferment
from engine.dispatch import Dispatcher
from engine.fleet.state import FleetState
from engine.model import Incident
from engine.situation import Situation
from engine.times import from_ms

#: Incident -> the unit that goes there next: at once when it is free, else when it will be. A unit occurs once; who is
#: left out waits.
Choice = Mapping[str, str]


@dataclass(frozen=True)
class Moment:
    """A decision event; nothing here tells what chance has in store."""

    now_ms: int
    dispatcher: Dispatcher
    state: FleetState
    open: tuple[Incident, ...]  # nobody under way yet, in order of call; `assigned_unit_id`: its unit mobilises
    planned: Choice  # of the last decision, as far as it still stands
    free: frozenset[str]  # units with nothing to do
    expected_ms: Mapping[str, int]  # of an open incident: from arrival until the unit is free again

    @property
    def now(self) -> datetime:
        return from_ms(self.now_ms)

    @cached_property
    def situation(self) -> Situation:
        """All open incidents and the fleet, as every question of the engine sees them."""
        return self.dispatcher.situation(self.open, self.state, self.now)

    @cached_property
    def deferment(self) -> Deferment:
        """The bound on deferment, now."""
        return Deferment(self.situation)

    @property
    def sent(self) -> dict[str, str]:
        """Incident -> unit that mobilises for it."""
        return {i.id: i.assigned_unit_id for i in self.open if i.assigned_unit_id is not None}

    def under(self, dispatcher: Dispatcher) -> Moment:
        """The same moment decided by other rules: another dispatcher of the same region."""
        return replace(self, dispatcher=dispatcher, state=replace(self.state, policy=dispatcher.policy))


class Strategy(Protocol):
    """One way of deciding. Keeps nothing between moments, so that one object serves any number of days."""

    @property
    def name(self) -> str: ...
    def decide(self, moment: Moment) -> Choice:
        """Who goes where next. An incident whose unit mobilises may be given another one, or none for now."""
        ...
