"""What each chosen site adds: exact figures over every place with demand, site after site."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from graphs.network import Float64, Int64


class Goal(StrEnum):
    """What sites are chosen for."""

    COVER = "cover"  # the most demand within promise
    ALL = "all"  # all demand that can be, with the least
    MEAN = "mean"  # the least mean arrival
    LONGEST = "longest"  # the least longest arrival
    EXPECTED = "expected"  # the most demand that finds a crew within promise that is not busy


@dataclass(frozen=True, slots=True)
class Figures:
    """Of all demand at all moments; arrival is that of the first unit, over the demand that is reached at all."""

    demand: float
    covered: float  # within promise
    unreached: float
    mean_minutes: float | None
    longest_minutes: float | None
    expected: float | None  # that finds a crew within promise that is not busy; None: nobody said how busy they are

    @property
    def share(self) -> float:
        return self.covered / self.demand

    @property
    def expected_share(self) -> float | None:
        return None if self.expected is None else self.expected / self.demand

    def measure(self, goal: Goal) -> float | None:
        """What the goal is about, in the unit that people read: a share, or minutes."""
        match goal:
            case Goal.MEAN:
                return self.mean_minutes
            case Goal.LONGEST:
                return self.longest_minutes
            case Goal.EXPECTED:
                return self.expected_share
            case Goal.COVER | Goal.ALL:
                return self.share

    def rank(self, goal: Goal) -> tuple[float, ...]:
        """The greater the better."""
        mean, longest = (-math.inf if value is None else -value for value in (self.mean_minutes, self.longest_minutes))
        match goal:
            case Goal.MEAN:
                return -self.unreached, mean
            case Goal.LONGEST:
                return -self.unreached, longest, mean
            case Goal.EXPECTED:
                return self.expected or 0.0, mean
            case Goal.COVER | Goal.ALL:
                return self.covered, mean


@dataclass(frozen=True, eq=False)
class Exact:
    """Every place with demand at every moment: ``d`` rows, and the ``k`` chosen sites."""

    weight: Float64  # [d]
    within_ms: Int64  # [d]
    first_ms: Float64  # [d] of the fleet without the sites, infinite where nobody comes
    units: Int64 | None  # [d] of the fleet within promise
    arrival_ms: Float64  # [d, k]
    crews: Int64  # [k]
    busy: float | None

    def in_order(self, goal: Goal) -> tuple[list[int], list[Figures]]:
        """(the sites, each the one that helps the goal most after those before it; the figures with it and those).

        The figures begin with those of the fleet alone. O(d x sites^2).
        """
        first, units = self.first_ms, self.units
        left, order, found = list(range(self.crews.size)), [], [self._figures(first, units)]
        while left:
            best, best_figures = left[0], None
            for site in left:
                tried = self._figures(*self._with(first, units, site))
                if best_figures is None or tried.rank(goal) > best_figures.rank(goal):
                    best, best_figures = site, tried
            assert best_figures is not None
            first, units = self._with(first, units, best)
            left.remove(best)
            order.append(best)
            found.append(best_figures)
        return order, found

    def _with(self, first: Float64, units: Int64 | None, site: int) -> tuple[Float64, Int64 | None]:
        """The first arrival and the units within promise when a site is added."""
        arrival = self.arrival_ms[:, site]
        more = None if units is None else units + self.crews[site] * (arrival <= self.within_ms)
        return np.minimum(first, arrival), more

    def _figures(self, first: Float64, units: Int64 | None) -> Figures:
        reached = np.isfinite(first)
        served = float(self.weight[reached].sum())
        return Figures(
            demand=float(self.weight.sum()),
            covered=float(self.weight[first <= self.within_ms].sum()),
            unreached=float(self.weight[~reached].sum()),
            mean_minutes=float(first[reached] @ self.weight[reached] / served / 60_000) if served else None,
            longest_minutes=float(first[reached].max() / 60_000) if served else None,
            expected=None
            if self.busy is None or units is None
            else float((self.weight * (1.0 - self.busy ** units.astype(np.float64))).sum()),
        )
