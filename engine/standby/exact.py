"""The best set of moves by integer programming, and what no set exceeds.

Expected demand covered is a sum of concave functions of the units near each row, so a tangent at any point bounds it
everywhere (Kelley 1960). Programs over the moves alone, with the tangents found so far, are solved until the value of
the moves that they choose meets their bound: first without whole numbers, then with them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from engine.search_progress import known
from engine.siting.limits import Deadline
from engine.siting.solver import IntegerProgram
from engine.standby.problem import Move, StandbyProblem
from graphs.network import Float64, Int64

#: Rounds of either kind at most.
ROUNDS = 200
#: Moves x rows of demand, beyond which nothing is proved.
MOST_COLUMNS = 200_000_000
#: The same when equal rows are one: numbers of eight bytes.
MOST_MERGED = 50_000_000
#: Relative gaps below this cannot be told from none.
CLOSED = 1e-9


@dataclass
class MoveProgram:
    """Moves x, at most ``most`` of them, each worth ``least_gain`` at least; everything relative to all demand."""

    problem: StandbyProblem
    most: int
    least_gain: float
    cuts: list[tuple[float, Float64]] = field(default_factory=list)  # covered <= constant + coefficients x

    def __post_init__(self) -> None:
        self.stand, self.place = np.nonzero(self.problem.possible)
        first, self.weight = merged(_bits(self.problem, self.stand, self.place), self.problem.weight)
        self.near = self.problem.near[first]
        self.too_large = self.stand.size * first.size > MOST_MERGED
        if not self.too_large:
            self.there = _columns(self.problem, self.stand, self.place, first)

    def solve(self, begin: list[Move], deadline: Deadline) -> tuple[list[Move], float]:
        """(the best moves seen, which may be those given, a net value that none exceeds); not when ``too_large``."""
        best, value = begin, self.net(self.counts(begin))
        bound = math.inf
        self.cut(self.counts(begin).astype(np.float64))
        for whole in (False, True):
            for _ in range(ROUNDS):
                found = self._program(whole, deadline)
                if found is None:
                    return best, max(bound, value)
                x, upper = found
                bound = min(bound, upper)
                if whole:
                    x = np.rint(x)
                    if (mine := self.net(x)) > value:
                        best, value = self.moves(x), mine
                known(value, bound)
                if bound - value <= CLOSED * self.problem.total:
                    return best, max(bound, value)
                if not self.cut(x, upper):
                    break
        return best, max(bound, value)

    def net(self, x: Float64 | Int64) -> float:
        """Expected demand covered by whole moves, less the least gain for each."""
        some = np.flatnonzero(x)
        near = np.rint(self.near + np.rint(x[some]) @ self.there[some]).astype(np.int64)
        return float(self.weight @ (1.0 - self.problem.powers[near])) - self.least_gain * float(x.sum())

    def counts(self, moves: list[Move]) -> Int64:
        number = {pair: at for at, pair in enumerate(zip(self.stand.tolist(), self.place.tolist(), strict=True))}
        out = np.zeros(self.stand.size, np.int64)
        for move in moves:
            out[number[move]] += 1
        return out

    def moves(self, x: Float64) -> list[Move]:
        rows = np.repeat(np.arange(x.size), np.rint(x).astype(np.int64))
        return [(int(self.stand[at]), int(self.place[at])) for at in rows.tolist()]

    def cut(self, x: Float64, upper: float = math.inf) -> bool:
        """Tangents at x, from the right and, at whole numbers, from the left; False where they say nothing new."""
        problem, q = self.problem, self.problem.busy
        some = np.flatnonzero(x)
        near = self.near + x[some] @ self.there[some]
        low = np.floor(near + 1e-7).astype(np.int64)
        part = np.maximum(near - low, 0.0)
        step = self.weight * (1.0 - q) * problem.powers[low]
        covered = self.weight * (1.0 - problem.powers[low]) + part * step
        value = float(covered.sum()) - self.least_gain * float(x.sum())
        before = self.weight * (1.0 - q) * problem.powers[np.maximum(low - 1, 0)]
        left = np.where((part < 1e-7) & (low > 0), before, step)
        for slope in (step, left):
            coefficients = self.there @ slope
            self.cuts.append((float(covered.sum() - coefficients @ x), coefficients))
        return upper - value > CLOSED * problem.total

    def _program(self, whole: bool, deadline: Deadline) -> tuple[Float64, float] | None:
        scale = self.problem.total
        program = IntegerProgram()
        most = np.minimum(self.problem.crews[self.stand], self.most).astype(np.float64)
        x = program.add_columns(np.full(self.stand.size, self.least_gain / scale), most, integer=whole)
        covered = program.add_columns(np.array([-1.0]), np.array([1.0]), integer=False)
        program.add_row(x, np.ones(x.size), 0.0, float(self.most))
        for stand in np.unique(self.stand).tolist():
            rows = x[self.stand == stand]
            program.add_row(rows, np.ones(rows.size), 0.0, float(self.problem.crews[stand]))
        for constant, coefficients in self.cuts:
            columns = np.append(x, covered)
            program.add_row(columns, np.append(-coefficients / scale, 1.0), -math.inf, constant / scale)
        solved = program.solve(deadline)
        if solved.values is None or not math.isfinite(solved.bound):
            return None
        return solved.values[x], -solved.bound * scale


def merged(keys: np.ndarray, weight: Float64) -> tuple[Int64, Float64]:
    """([n] one row of each kind, [n] the weight of all of its kind) of rows that have equal keys [d, bytes]."""
    rows = np.ascontiguousarray(keys).view(np.dtype((np.void, keys.shape[1]))).ravel()
    _, first, group = np.unique(rows, return_index=True, return_inverse=True)
    return first, np.bincount(group.ravel(), weights=weight, minlength=first.size).astype(np.float64)


def _bits(problem: StandbyProblem, stand: Int64, place: Int64) -> np.ndarray:
    """[d, bytes] all that moves change at a row, and who is near it now: rows with equal bytes are one."""
    there = np.empty((stand.size, problem.weight.size), np.bool_)
    for at, move in enumerate(zip(stand.tolist(), place.tolist(), strict=True)):
        there[at] = problem.there(*move)
    near = np.ascontiguousarray(problem.near[:, None]).view(np.uint8)
    return np.hstack([np.packbits(there, axis=0).T, np.packbits(problem.here, axis=0).T, near])


def _columns(problem: StandbyProblem, stand: Int64, place: Int64, rows: Int64) -> np.ndarray:
    """[moves, n] of some rows: 1 where a move adds a unit, -1 where it takes one away."""
    out = np.empty((stand.size, rows.size))
    for at, move in enumerate(zip(stand.tolist(), place.tolist(), strict=True)):
        out[at] = problem.there(*move)[rows].astype(np.float64) - problem.here[move[0]][rows]
    return out
