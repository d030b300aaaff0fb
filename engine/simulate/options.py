"""What a simulated day is made of: sizes and the priors of everything that chance decides."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, fields

from engine.errors import OptionError
from engine.model import Service

#: Whole hours of the day: name -> (begins, hours, share of the units). Assumptions; they follow the calls' curve.
SHIFTS: dict[str, tuple[int, int, float]] = {"day": (7, 12, 0.60), "middle": (10, 12, 0.25), "night": (19, 12, 0.15)}
#: Services that are called for; bookings are planned, not called.
SERVICES = (Service.BREAKDOWN_REPAIR, Service.TOWING)


@dataclass(frozen=True, slots=True)
class DayOptions:
    """Sizes and what the policy has no prior for; all are assumptions (docs/simulate.md)."""

    incidents: int = 1000
    units: int = 80
    date: datetime.date = datetime.date(2026, 3, 3)  # a Tuesday
    begins_hour: int = 4  # local; the fewest calls come then
    drain_hours: float = 6.0  # after the last call; what is open then stays open
    garages: int = 12
    tow_share: float = 0.5  # of the units that can tow; all repair
    highway_share: float = 0.12  # of the calls
    patience_minutes: tuple[float, float] = (150.0, 0.5)
    acceptance: tuple[float, float] = (0.90, 1.0)  # each provider's chance to accept lies between
    answer_minutes: float = 2.0  # until a provider has declined
    pause_minutes: float = 15.0  # a crew that declined is not asked again for so long

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            numbers = value if isinstance(value, tuple) else (value,)
            if any(isinstance(number, (int, float)) and not 0 <= number < 1_000_000 for number in numbers):
                raise OptionError(f"{item.name} must lie between 0 and 1,000,000, not {value}", option=item.name)
        for name in ("incidents", "units", "garages"):
            if getattr(self, name) < 1:
                raise OptionError(f"{name} must be at least 1, not {getattr(self, name)}", option=name)
        if self.incidents > 100_000 or self.units > 20_000:
            raise OptionError("a day has at most 100,000 incidents and 20,000 units", option="incidents")
        for name in ("tow_share", "highway_share"):
            if getattr(self, name) > 1:
                raise OptionError(f"{name} must lie between 0 and 1, not {getattr(self, name)}", option=name)
        low, high = self.acceptance
        if not 0 < low <= high <= 1:
            raise OptionError("acceptance must be two chances between 0 and 1, the lower first", option="acceptance")
        if self.patience_minutes[0] <= 0:
            raise OptionError("patience_minutes must have a median above zero", option="patience_minutes")
        if not 0 <= self.begins_hour <= 23:
            raise OptionError("begins_hour must lie between 0 and 23", option="begins_hour")
