"""A slow second reckoning of cover lost, written from docs/cost.md alone; imports nothing from engine."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class CoverFacts:
    """Of one unit; times in ms from now."""

    drives: Sequence[int | None]  # to each place of demand, None without a way
    may: Sequence[bool]  # whether its provider may serve there
    works: bool = True  # free, or busy until a known time
    free: int = 0  # end of the present job and begin of the shift, whichever is later
    breaks: Sequence[tuple[int, int]] = ()
    shift_end: int | None = None
    mobilisation: int = 0

    def at_hand(self) -> bool:
        resting = any(start <= 0 < end for start, end in self.breaks)
        return self.works and self.free <= 0 and not resting and (self.shift_end is None or self.shift_end > 0)

    def covers(self, place: int, within: int) -> bool:
        drive = self.drives[place]
        return self.may[place] and drive is not None and self.mobilisation + drive <= within


def lost(
    demand: Sequence[tuple[float, int]],
    units: Mapping[str, CoverFacts],
    kept: Collection[str],
    weight: float,
    q: float,
) -> dict[str, int]:
    """Milli-minutes by unit; demand: (weight, ms within which a unit is wanted) by place; kept: units of pins."""
    everything = math.fsum(each for each, _ in demand)
    found = dict.fromkeys(units, 0)
    free = [name for name, unit in units.items() if name not in kept and unit.at_hand()]
    for place, (each, within) in enumerate(demand):
        covering = [name for name in free if units[name].covers(place, within)]
        power = 1.0
        for _ in covering[1:]:
            power = power * q
        for name in covering:
            found[name] += round(10**12 * (each / everything * (1 - q) * power))
    return {name: round(1000 * weight * (whole / 10**12)) for name, whole in found.items()}
