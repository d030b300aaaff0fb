"""One day before anybody decides anything: calls with all that chance holds for them, crews and their shifts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.model import Fleet, Incident, Location, Unit
from engine.policy_rules import ArrivalRules
from engine.simulate.draws import Draws
from engine.simulate.options import DayOptions

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


@dataclass(frozen=True, slots=True)
class Call:
    """An incident, and what dispatch cannot know of it yet. Durations in ms."""

    incident: Incident  # without due_at: the promise is made when it is filed
    takes_ms: int  # from the unit's arrival until it is free again
    expected_ms: int  # what dispatch reckons with for that
    patience_ms: int  # after the call; who is not reached by then gives up

    @property
    def ends_at(self) -> Location:
        """Where the unit is then: a tow's at its garage."""
        return self.incident.drop_off or self.incident.location


@dataclass(frozen=True, slots=True)
class Shift:
    """When a unit is on duty, ms since 1970; it begins at its base."""

    begins_ms: int
    ends_ms: int


@dataclass(frozen=True)
class Day:
    """The same for every strategy. Units of ``fleet`` stand at their bases."""

    seed: int
    options: DayOptions
    begins_ms: int
    ends_ms: int  # nothing happens afterwards
    calls: tuple[Call, ...]  # in order of call
    fleet: Fleet
    shifts: Mapping[str, tuple[Shift, ...]]  # by unit, in order
    arrival: ArrivalRules  # the prior that actual drives are drawn from
    draws: Draws

    def travel_ms(self, eta_ms: int, incident_id: str, unit_id: str) -> int:
        """How long a drive takes that was computed to take ``eta_ms``: the policy's prior of arrivals, unit ready."""
        rules, who = self.arrival, (incident_id, unit_id)
        factor = self.draws.lognormal(rules.travel_factor, rules.travel_spread, "travel", *who)
        delay = rules.delay_minutes + rules.delay_spread_minutes * self.draws.normal("delay", *who)
        return round(eta_ms * factor + max(0.0, delay) * MINUTE_MS)

    def accepts(self, incident_id: str, unit: Unit, attempt: int) -> bool:
        """Whether a crew takes an incident that it is asked to take for the ``attempt``-th time."""
        chance = self.acceptance[unit.provider_id]
        return chance >= 1 or self.draws.chance(chance, "accept", incident_id, unit.id, attempt)

    @cached_property
    def acceptance(self) -> dict[str, float]:
        return {provider.id: provider.acceptance for provider in self.fleet.providers}
