"""Free units, places they may wait at, and demand, as arrays: what a set of moves would cover."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.coverage.allowed import Bits
from engine.errors import StandbyError
from engine.standby.kernels import cover_rows, move_gains
from graphs.network import Float64, Int32, Int64
from graphs.search import INF

Bool = npt.NDArray[np.bool_]

#: Stands x places x rows of demand looked at in one round: a few seconds.
MOST_WORK = 5_000_000_000
#: A move: (stand, place), one crew each.
Move = tuple[int, int]


@dataclass(frozen=True, eq=False)
class StandbyProblem:
    """``g`` stands whose crews may move, ``p`` places, ``d`` rows of demand (a place and a service each).

    Expected demand covered is sum_i weight_i (1 - busy^k(i)), k(i) free units within promise of row i (Daskin 1983).
    """

    weight: Float64  # [d]
    near: Int64  # [d] free units within promise now, movers included
    within_ms: Int64  # [d] the promise
    travel_ms: Int32  # [p, d] from each place
    allowed: Bits  # [d, words] territories that may serve the row
    service: Int64  # [d] number of the row's service
    here: Bool  # [g, d] what a crew covers where it stands
    crews: Int64  # [g] that may move
    ready_ms: Int64  # [g] from the call until a crew drives
    territory: Int64  # [g]
    able: Bool  # [g, services]
    drive_ms: Int64  # [g, p] to each place, INF where it must not go
    busy: float  # share of the time that a unit is not there when it is wanted

    def __post_init__(self) -> None:
        if not self.crews.sum():
            raise StandbyError("no free unit may move; wait until one is free, or name other units", field="units")
        if not self.drive_ms.shape[1]:
            raise StandbyError("there are no places to wait at; give some, or let cells of demand be taken")
        if not 0 <= self.busy < 1:
            raise StandbyError(f"busy is {self.busy}; give a share from 0 to below 1", field="busy", value=self.busy)
        if self.drive_ms.size * self.weight.size > MOST_WORK:
            stands, places = self.drive_ms.shape
            raise StandbyError(
                f"{stands:,} stands and {places:,} places over {self.weight.size:,} rows of demand are too many at "
                "once; name the units that may move, or take fewer places",
                stands=stands,
                places=places,
            )

    @cached_property
    def total(self) -> float:
        """All demand."""
        return math.fsum(self.weight.tolist())

    @cached_property
    def powers(self) -> Float64:
        """busy^k for as many units as can be near a row."""
        return self.busy ** np.arange(int(self.near.max(initial=0)) + int(self.crews.sum()) + 2, dtype=np.float64)

    def expected(self, near: Int64) -> float:
        """Expected demand covered with so many free units near each row [d]."""
        return float(self.weight @ (1.0 - self.powers[near]))

    def there(self, stand: int, place: int) -> Bool:
        """[d] what a crew of a stand would cover from a place."""
        return self.covered(stand, self.travel_ms[place][None])[0]

    def covered(self, stand: int, travel_ms: Int32) -> Bool:
        """[k, d] what a crew of a stand would cover, given travel times [k, d] from where it is."""
        out = np.empty(travel_ms.shape, np.bool_)
        who = int(self.ready_ms[stand]), int(self.territory[stand]), self.able[stand]
        cover_rows(np.ascontiguousarray(travel_ms), self.within_ms, self.allowed, self.service, *who, out)
        return out

    def moved(self, moves: list[Move]) -> Int64:
        """[d] free units near each row when the moves are made."""
        near = self.near.copy()
        for stand, place in moves:
            near += self.there(stand, place).astype(np.int64) - self.here[stand]
        return near

    def left(self, moves: list[Move]) -> Int64:
        """[g] crews that have not moved."""
        out = self.crews.copy()
        for stand, _ in moves:
            out[stand] -= 1
        return out

    def gains(self, near: Int64, left: Int64) -> Float64:
        """[g, p] expected demand gained by one more move, -inf where there is none. O(g x p x d)."""
        out = np.full(self.drive_ms.shape, -np.inf)
        step = self.powers * (1.0 - self.busy)
        move_gains(*self._arrays, near, np.ascontiguousarray(self.here), left, step, out)
        return out

    @property
    def _arrays(self) -> tuple:
        return (
            *(self.weight, self.within_ms, self.travel_ms, self.allowed, self.service),
            *(self.ready_ms, self.territory, self.able, self.drive_ms),
        )

    @property
    def possible(self) -> Bool:
        """[g, p] which moves there are."""
        return (self.drive_ms < INF) & (self.crews[:, None] > 0)


def waiting_place(problem: StandbyProblem, stand: int) -> int:
    """Where a unit of a stand that becomes free should wait: the place whose rows gain most, by what others cover.

    argmax_j sum_{i in N_j} d_i (1 - q) q^k(i), k without the unit (Jagtenberg, Bhulai, van der Mei 2015, DMEXCLP). Of
    equal ones the nearest. Raises StandbyError when it can go nowhere.
    """
    open_to = np.flatnonzero(problem.possible[stand])
    if not open_to.size:
        raise StandbyError("no place is within reach of the unit; allow a longer drive, or give other places")
    gains = problem.gains(problem.near, problem.crews)[stand, open_to]
    drive = problem.drive_ms[stand, open_to]
    return int(open_to[np.lexsort((open_to, drive, -np.round(gains, 9)))[0]])
