"""The program over shifts alone: what crews cover is known by tangents, which are added where a plan beats the truth.

With q fixed, an hour's share is a concave function of the crews at its bases, so a tangent (Kelley 1960) bounds it. q
falls with the crews on duty N; a tangent for q(N) bounds the share of every plan with at most N crews, and is switched
off by a binary u, 1 only if there are more. So every plan fits, and the program's bound is one for all plans.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from engine.siting.limits import Deadline
from engine.siting.solver import IntegerProgram
from engine.staffing.problem import StaffingProblem
from graphs.network import Float64, Int64


@dataclass(frozen=True, eq=False)
class Tangent:
    """Share in an hour <= constant + slopes [b] x crews, for at most so many crews on duty."""

    hour: int
    crews: int
    constant: float
    slopes: Float64


@dataclass(frozen=True, eq=False)
class Answer:
    """Crews [b, s], the shares that the program believes [h], and the bound of its objective; None: none was found."""

    plan: Float64 | None
    believed: Float64
    bound: float
    infeasible: bool


@dataclass
class Master:
    """Either every hour has ``target`` and cost is least, or calls within promise are most with so many crew-hours."""

    problem: StaffingProblem
    target: float | None
    crew_hours: float = math.inf
    fewest: Int64 = field(default_factory=lambda: np.empty(0, np.int64))  # [h] crews that every plan has
    ceilings: dict[int, Float64] = field(default_factory=dict)  # by hour: shares that no 0, 1, 2 ... crews exceed
    tangents: list[Tangent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.base, self.shift = np.nonzero(np.isfinite(self.problem.cost))
        self.total = int(self.problem.most.sum())
        if not self.fewest.size:
            self.fewest = np.zeros(self.problem.hours, np.int64)

    def add(self, hour: int, crews: Float64, *, level: int) -> None:
        """Tangents at crews [b] in an hour, for at most ``level`` crews."""
        level = max(level, int(self.fewest[hour]))
        busy = self.problem.together(hour, level)
        for left in (False, True):
            constant, slopes = self.problem.cover(hour).tangent(crews, busy, left=left)
            self.tangents.append(Tangent(hour, level, constant, slopes))

    def cut_off(self, plan: Float64, believed: Float64) -> bool:
        """Tangents where a plan is believed to do better than it does; False where it is not."""
        found, duty = False, (plan @ self.problem.on.astype(np.float64)).T
        for hour in self.problem.asked.tolist():
            level = math.ceil(float(duty[hour].sum()) - 1e-6)
            true = self.problem.cover(hour).share(duty[hour], self.problem.together(hour, max(level, 1)))
            if believed[hour] > true + 1e-7:
                self.add(hour, duty[hour], level=max(level, 1))
                found = True
        return found

    def solve(self, deadline: Deadline, *, whole: bool, gap: float) -> Answer:
        """The best plan for what is known so far."""
        problem, program = self.problem, IntegerProgram()
        scale = self.scale
        cost = problem.cost[self.base, self.shift] / scale if self.target is not None else np.zeros(self.base.size)
        x = program.add_columns(cost, problem.most[self.base].astype(np.float64), integer=whole)
        self._add_limits(program, x)
        more = self._add_steps(program, x, whole)
        share = np.full(problem.hours, -1)
        if self.target is None:
            best = problem.best[problem.asked]
            share[problem.asked] = program.add_columns(-problem.calls[problem.asked] / scale, best, integer=False)
            lengths = problem.length[self.shift].astype(np.float64)
            program.add_row(x, lengths, 0.0, self.crew_hours)
            for hour, most in self.ceilings.items():
                steps = np.array([more[hour, crews] for crews in range(1, most.size)], np.int64)
                columns, values = np.append(share[hour], steps), np.append(1.0, -np.diff(most))
                program.add_row(columns, values, -math.inf, float(most[0]))
        for cut in self.tangents:
            on = problem.on[self.shift, cut.hour]
            columns, values = x[on], -cut.slopes[self.base[on]]
            relaxed = more.get((cut.hour, cut.crews + 1))
            if self.target is None:
                columns, values = np.append(columns, share[cut.hour]), np.append(values, 1.0)
                if relaxed is not None:
                    columns, values = np.append(columns, relaxed), np.append(values, -float(problem.best[cut.hour]))
                program.add_row(columns, values, -math.inf, cut.constant)
            else:
                if relaxed is not None:
                    columns, values = np.append(columns, relaxed), np.append(values, -self.target)
                program.add_row(columns, values, -math.inf, cut.constant - self.target)
        solved = program.solve(deadline, gap=gap)
        believed = np.full(problem.hours, 1.0 if self.target is None else self.target)
        if solved.values is None or not math.isfinite(solved.bound):
            return Answer(None, believed, -math.inf, solved.infeasible)
        plan = np.zeros(problem.cost.shape)
        plan[self.base, self.shift] = np.rint(solved.values[x]) if whole else np.maximum(solved.values[x], 0.0)
        if self.target is None:
            believed[problem.asked] = solved.values[share[problem.asked]]
        return Answer(plan, believed, solved.bound * scale, infeasible=False)

    @property
    def scale(self) -> float:
        """Objectives are given to the solver in units of about 1."""
        if self.target is None:
            return max(float(self.problem.calls.sum()), 1e-9)
        return max(float(np.where(np.isfinite(self.problem.cost), self.problem.cost, 0.0).mean()), 1e-9)

    def _add_limits(self, program: IntegerProgram, x: Int64) -> None:
        """No base has more crews on duty than it may, in any hour."""
        problem = self.problem
        for base in range(problem.most.size):
            rows = np.flatnonzero(self.base == base)
            patterns = np.unique(problem.on[self.shift[rows]].T, axis=0)
            for pattern in patterns:
                if pattern.sum() > 1:
                    program.add_row(x[rows[pattern]], np.ones(int(pattern.sum())), 0.0, float(problem.most[base]))

    def _add_steps(self, program: IntegerProgram, x: Int64, whole: bool) -> dict[tuple[int, int], int]:
        """Binaries u by (hour, N): 1 only if at least N crews are on duty; N_h >= fewest + steps taken."""
        problem, found = self.problem, {}
        levels: dict[int, set[int]] = {hour: set() for hour in problem.asked.tolist()}
        for hour, most in self.ceilings.items():
            levels[hour].update(range(1, most.size))
        for cut in self.tangents:
            if cut.crews + 1 <= self.total:
                levels[cut.hour].add(cut.crews + 1)
        for hour, steps in levels.items():
            on = problem.on[self.shift, hour]
            columns, values, last = x[on], np.ones(int(on.sum())), int(self.fewest[hour])
            before = None
            for step in sorted(steps):
                (u,) = program.add_columns(np.zeros(1), np.ones(1), integer=whole).tolist()
                columns, values = np.append(columns, u), np.append(values, -float(step - last))
                if before is not None:
                    program.add_row(np.array([before, u]), np.array([1.0, -1.0]), 0.0, 1.0)
                found[hour, step], before, last = u, u, step
            program.add_row(columns, values, float(self.fewest[hour]), math.inf)
        return found
