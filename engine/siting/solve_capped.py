"""Capped medians to proven optimality: search, bound, settle, and an integer program for what is not settled."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba as nb
import numpy as np

from engine.search_progress import known
from engine.siting.capped import Capped, greedy, search
from engine.siting.lagrangean import Bounded, ascend
from engine.siting.limits import Deadline
from engine.siting.solver import IntegerProgram
from graphs.network import Float64, Int64

#: A gap (relative) that floats cannot tell from none.
PROVEN = 1e-7


@dataclass(frozen=True, eq=False)
class CappedPlan:
    """Chosen candidates, what the rows cost with the constant, and what no choice costs less than."""

    chosen: Int64
    total: float
    bound: float


def solve_capped(problem: Capped, deadline: Deadline, gap: float = 0.0) -> CappedPlan:
    """The best choice by the deadline, or one within the relative `gap`, and its bound."""
    start = greedy(problem, deadline)
    if not problem.cap.size:
        return CappedPlan(start[:0], problem.constant, problem.constant)
    least = math.fsum(problem.value[problem.first[:-1]].tolist())  # every row at its best site, all of them open
    if (total := problem.total(start)) <= least:
        return CappedPlan(start, total + problem.constant, total + problem.constant)
    known(total + problem.constant, least + problem.constant)
    found = ascend(problem, start, deadline)
    total, bound, chosen = found.total, max(found.bound, min(least, found.total)), found.chosen
    known(total + problem.constant, _rounded(problem, total, bound) + problem.constant)
    if _apart(problem, total, bound) > gap:
        chosen, total, bound = _finish(problem, found, deadline, gap)
    return CappedPlan(chosen, total + problem.constant, _rounded(problem, total, bound) + problem.constant)


def _rounded(problem: Capped, total: float, bound: float) -> float:
    """Whole costs have whole bounds."""
    return min(total, math.ceil(bound - 1e-6 - 1e-9 * abs(bound))) if problem.integral else bound


def _apart(problem: Capped, total: float, bound: float) -> float:
    apart = total - _rounded(problem, total, bound)
    least = PROVEN * abs(total + problem.constant)
    return apart / max(abs(total + problem.constant), 1e-300) if apart > least else 0.0


def _finish(problem: Capped, found: Bounded, deadline: Deadline, gap: float) -> tuple[Int64, float, float]:
    """The radius formulation over the sites that are not settled, by SCIP.

    z_k >= z_{k-1} - (sites at the k-th value): z_k is 1 when no site as near as the k-th is open, and costs the step to
    the next value. Sources: Cornuejols, Nemhauser & Wolsey, "A canonical representation of simple plant location
    problems", 1980; Elloumi, "A tighter formulation of the p-median problem", 2010.
    """
    kept = np.flatnonzero(~found.fixed_out)
    number = np.full(problem.cost.size, -1, np.int64)
    number[kept] = np.arange(kept.size)
    scale = max(float(problem.cap.max()), 1e-300) * max(1.0, math.sqrt(problem.cap.size))
    limits, most = problem.limits, min(problem.limits.sites, kept.size)
    full = math.isinf(limits.budget)
    # a site more never hurts: exactly so many of the kept are open, so one of each row's first `room` entries is
    room = kept.size - most + 1 if full else kept.size + 1
    counts = _levels(problem.first, problem.site, problem.value, number, found.fixed_in, room)
    links, steps, base = _chains(
        problem.first, problem.site, problem.value, problem.cap, number, found.fixed_in, room, counts[0], counts[1]
    )
    program = IntegerProgram(offset=base / scale)
    opened = program.add_columns(np.zeros(kept.size), np.ones(kept.size), integer=True)
    late = program.add_columns(steps[1] / scale, np.ones(steps.shape[1]), integer=False)
    rows = program.add_rows(steps[0], np.full(steps.shape[1], math.inf))
    program.add_entries(rows, late, np.ones(rows.size))
    follows = steps[0] == 0.0
    program.add_entries(rows[follows], late[follows] - 1, -np.ones(int(follows.sum())))
    program.add_entries(rows[links[0]], opened[links[1]], np.ones(links.shape[1]))
    program.add_row(opened, np.ones(kept.size), float(most) if full else 0.0, float(most))
    if not full:
        program.add_row(opened, problem.cost[kept], 0.0, limits.budget)
    settled = opened[found.fixed_in[kept]]
    if settled.size:
        program.add_row(settled, np.ones(settled.size), float(settled.size), float(settled.size))
    solved = program.solve(deadline, _hint(program, kept, found.chosen, links, steps), gap=gap)
    chosen, total = found.chosen, found.total
    if solved.values is not None:
        other = kept[solved.values[opened] > 0.5]
        if limits.allow(problem.cost[other]) and (value := problem.total(other)) < total:
            chosen = search(problem, other, deadline)
            total = min(value, problem.total(chosen))
    bound = total if solved.infeasible else max(found.bound, solved.bound * scale)
    return chosen, total, min(total, bound)


def _hint(program: IntegerProgram, kept: Int64, chosen: Int64, links: Int64, steps: Float64) -> Float64:
    """The plan in hand as values of all columns."""
    is_open = np.isin(kept, chosen)
    reached = np.zeros(steps.shape[1], np.bool_)
    np.logical_or.at(reached, links[0], is_open[links[1]])
    values = np.zeros(program.columns)
    values[: kept.size] = is_open
    values[kept.size :] = _late(steps[0], reached)
    return values


@nb.njit(nogil=True, cache=True)
def _late(begins, reached):
    """z of each level: 1 until a level of its row is reached. O(levels)."""
    late = np.zeros(begins.size)
    for k in range(begins.size):
        if not reached[k] and (begins[k] == 1.0 or late[k - 1] == 1.0):
            late[k] = 1.0
    return late


@nb.njit(nogil=True, cache=True)
def _levels(first, site, value, number, fixed_in, room):
    """(levels, entries) that unsettled rows have among the kept sites. O(entries)."""
    levels, entries = 0, 0
    for i in range(first.size - 1):
        last, seen = -1.0, 0
        for e in range(first[i], first[i + 1]):
            if number[site[e]] < 0:
                continue
            seen += 1
            if fixed_in[site[e]] or seen == room:
                break
            if value[e] != last:
                levels += 1
                last = value[e]
            entries += 1
    return levels, entries


@nb.njit(nogil=True, cache=True)
def _chains(first, site, value, cap, number, fixed_in, room, levels, entries):
    """links [2, entries]: (level, kept site); steps [2, levels]: (1 where a row begins, cost of passing); the base.

    A row ends at a site that is open in every better plan, or where one before must be, otherwise at its cap. The base
    is the sum of the rows' least values. Sites from there on cannot help the row. O(entries).
    """
    links = np.empty((2, entries), np.int64)
    steps = np.empty((2, levels))
    base = 0.0
    level, entry = -1, 0
    for i in range(cap.size):
        last, end, begun, seen = -1.0, cap[i], False, 0
        for e in range(first[i], first[i + 1]):
            k = number[site[e]]
            if k < 0:
                continue
            seen += 1
            if fixed_in[site[e]] or seen == room:
                end = value[e]
                break
            if not begun or value[e] != last:
                if begun:
                    steps[1, level] = value[e] - last
                else:
                    base += value[e]
                level += 1
                steps[0, level] = 0.0 if begun else 1.0
                begun = True
                last = value[e]
            links[0, entry] = level
            links[1, entry] = k
            entry += 1
        if begun:
            steps[1, level] = end - last
        else:
            base += end
    return links, steps, base
