"""A shift plan as it is told: numbers and names alone, without the arrays behind them, wherever those are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from engine.coverage.digest import digest_of
from engine.coverage.evaluation import Versions
from engine.model import Service
from engine.staffing.played import IdleBase, PlayedHour, idle_base
from engine.staffing.solve import PROVEN
from graphs.metrics.hours import DAYS


@dataclass(frozen=True, slots=True)
class PlannedShift:
    """Crews of one provider that work the same hours; across midnight where ``to_hour`` is not after ``from_hour``."""

    provider: str
    crews: int
    from_hour: int
    to_hour: int  # 1 to 24
    days: tuple[str, ...] | None  # on which it begins; None: every day
    cost: float


@dataclass(frozen=True, slots=True)
class PlannedHour:
    """What one hour gets."""

    name: str  # "tue-08"
    calls: float
    crews: int
    busy: float  # share of the time that each crew is
    all_busy: float  # probability that a call finds no crew free at all (Erlang's C)
    share: float  # of the calls expected within promise, busy crews counted
    within: float  # of the demand that some crew on duty reaches within promise, were all of them free
    played: PlayedHour | None = None  # what the queue of calls and crews keeps; None: it was not played


@dataclass(frozen=True, slots=True)
class Share:
    """Of calls within promise, with half of its 95 % interval."""

    share: float
    plus_minus: float


@dataclass(frozen=True, slots=True)
class ToldShifts:
    """Of a day that repeats, or of a week."""

    target: float | None
    services: Mapping[Service, float]  # shares of the calls
    minutes_per_call: float
    bases: int  # to choose from
    demand_unit: str
    shifts: tuple[PlannedShift, ...]
    hours: tuple[PlannedHour, ...]
    cost: float
    crew_hours: int
    share: float  # of all calls expected within promise
    worst: float  # hour with calls
    bound: float  # no plan costs less; or no plan has a greater share
    gap: float
    told_minutes: float  # from the call until a crew is told
    promise_minutes: tuple[float, ...]  # all that are promised, rising
    versions: Versions

    @property
    def proven(self) -> bool:
        return self.gap <= PROVEN

    @property
    def crews(self) -> dict[str, int]:
        """Crews that are needed, by provider: those of all its shifts that begin on one day, on the fullest day."""
        found: dict[str, dict[str, int]] = {}
        for shift in self.shifts:
            days = found.setdefault(shift.provider, dict.fromkeys(DAYS, 0))
            for day in shift.days or DAYS:
                days[day] += shift.crews
        return {provider: max(days.values()) for provider, days in found.items()}

    @property
    def played(self) -> Share | None:
        """Of all calls within promise as the plan was played; None where it was not.

        The interval holds however the hours' errors hang together.
        """
        hours = [(hour.calls, hour.played) for hour in self.hours if hour.played is not None]
        if not hours or len(hours) < len(self.hours):
            return None
        calls = sum(count for count, _ in hours)
        if not calls:
            return Share(1.0, 0.0)
        return Share(
            sum(count * each.share for count, each in hours) / calls,
            sum(count * each.plus_minus for count, each in hours) / calls,
        )

    @property
    def worst_played(self) -> PlannedHour | None:
        """The hour with calls that keeps least as it was played."""
        hours = [(hour.played.share, row) for row, hour in enumerate(self.hours) if hour.played and hour.calls]
        return self.hours[min(hours)[1]] if hours else None

    @property
    def below(self) -> tuple[PlannedHour, ...]:
        """Hours that miss the target by more than their interval as they were played."""
        if self.target is None:
            return ()
        return tuple(hour for hour in self.hours if hour.calls and hour.played and hour.played.below(self.target))

    @property
    def idle(self) -> IdleBase | None:
        """Whose crews stand idle in the worst hour of those `below`; ``most``: what they need in any of these."""
        worst = self.worst_played
        if not self.below or worst is None or worst.played is None:
            return None
        found = idle_base(worst.played.providers)
        if found is None:
            return None
        others = (idle_base(hour.played.providers) for hour in self.below if hour.played)
        most = max(each.most for each in others if each and each.provider == found.provider)
        return replace(found, most=most) if most < found.crews else found

    @property
    def digest(self) -> str:
        """Sixteen hex digits of the plan as it is told: the same on pages, in pictures and documents."""
        return digest_of(json.dumps(self._content(), sort_keys=True))

    def to_json(self) -> dict[str, Any]:
        """As a document."""
        return self._content() | {"versions": asdict(self.versions), "result": self.digest}

    def _content(self) -> dict[str, Any]:
        return {
            "target": self.target,
            "services": {service.value: round(share, 6) for service, share in self.services.items()},
            "minutes_per_call": self.minutes_per_call,
            "told_minutes": round(self.told_minutes, 6),
            "promise_minutes": [round(minutes, 6) for minutes in self.promise_minutes],
            "cost": round(self.cost, 3),
            "crew_hours": self.crew_hours,
            "share": round(self.share, 6),
            "worst_hour_share": round(self.worst, 6),
            **self._played(),
            "bound": round(self.bound, 6),
            "gap": round(self.gap, 6),
            "proven": self.proven,
            "crews": self.crews,
            "shifts": [
                {
                    "provider": each.provider,
                    "crews": each.crews,
                    "from": each.from_hour,
                    "to": each.to_hour,
                    **({} if each.days is None else {"days": list(each.days)}),
                    "cost": round(each.cost, 3),
                }
                for each in self.shifts
            ],
            "hours": [
                {
                    name: value if isinstance(value := getattr(each, name), str | int) else round(value, 6)
                    for name in PlannedHour.__slots__
                    if name != "played"
                }
                | _played_json(each.played)
                for each in self.hours
            ],
            "demand_unit": self.demand_unit,
        }

    def _played(self) -> dict[str, Any]:
        if (played := self.played) is None:
            return {}
        idle = self.idle
        return {
            "played_share": round(played.share, 6),
            "played_plus_minus": round(played.plus_minus, 6),
            "played_below_target": [hour.name for hour in self.below],
            **({} if idle is None else {"idle_base": {"provider": idle.provider, "most": idle.most}}),
        }


def _played_json(played: PlayedHour | None) -> dict[str, Any]:
    if played is None:
        return {}
    return {
        "played_share": round(played.share, 6),
        "played_plus_minus": round(played.plus_minus, 6),
        "played_providers": [
            {"provider": each.provider, "crews": each.crews, "busy": round(each.busy, 6)} for each in played.providers
        ],
    }
