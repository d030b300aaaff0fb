"""Set covering as such: a matrix of rows and columns, reduced, bounded, covered greedily, then by SCIP.

Reductions (Toregas & ReVelle 1973; Beasley 1987): a row whose columns include all those of another is covered with it;
a column whose rows another covers for no more is not needed; the only column of a row is needed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba as nb
import numpy as np

from engine.siting.limits import Deadline
from engine.siting.merging import merged
from engine.siting.problem import Bool
from engine.siting.solver import IntegerProgram
from graphs.network import Float64, Int64

#: Rows beyond which pairs of rows are not compared: their matrix would take hundreds of megabytes.
PAIRS = 6000


@dataclass(frozen=True, eq=False)
class Cover:
    """Columns that cover every row, what they cost, and what no cover costs less than; no columns: none was found."""

    columns: Int64 | None
    total: float
    bound: float


def reduce_cover(matrix: Bool, cost: Float64) -> tuple[Int64, Bool, Int64]:
    """(columns that are needed, the matrix that is left, its columns' numbers); rows without a column are the caller's.

    O(rounds x (r^2 c + r c^2)) by matrix products.
    """
    columns, needed = np.arange(cost.size), np.empty(0, np.int64)
    while matrix.size:
        before = matrix.shape
        matrix = merged(matrix, np.ones(len(matrix)))[0]
        if len(matrix) <= PAIRS:
            matrix = matrix[~_implied(matrix)]
        useful = matrix.any(axis=0)
        matrix, columns = matrix[:, useful], columns[useful]
        better = ~_implied_columns(matrix, cost[columns])
        matrix, columns = matrix[:, better], columns[better]
        single = matrix[matrix.sum(axis=1) == 1]
        if single.size:
            only = np.unique(np.argmax(single, axis=1))
            needed = np.concatenate([needed, columns[only]])
            left = ~matrix[:, only].any(axis=1)
            matrix = np.delete(matrix[left], only, axis=1)
            columns = np.delete(columns, only)
        if matrix.shape == before:
            break
    return needed, matrix, columns


def _implied(matrix: Bool) -> Bool:
    """[r] rows that include another row's columns; rows must differ."""
    one = matrix.astype(np.float32)
    common = one @ one.T
    size = one.sum(axis=1)
    inside = common == size[:, None]  # [a, b]: all columns of a are columns of b
    np.fill_diagonal(inside, False)
    return inside.any(axis=0)


def _implied_columns(matrix: Bool, cost: Float64) -> Bool:
    """[c] columns whose rows another column covers at no more cost; of equal ones the first stays."""
    one = matrix.astype(np.float32)
    common = one.T @ one
    size = one.sum(axis=0)
    inside = common == size[:, None]  # [a, b]: all rows of a are rows of b
    dearer = cost[:, None] >= cost[None, :]
    equal = inside & inside.T & (cost[:, None] == cost[None, :])
    first = np.arange(cost.size)
    implied = inside & dearer & ~(equal & (first[:, None] <= first[None, :]))
    return implied.any(axis=1)


def dual_bound(matrix: Bool, cost: Float64) -> float:
    """Prices of rows raised one by one (fewest columns first) until a column is paid: their sum is a bound."""
    return float(_raise_prices(matrix, cost, np.argsort(matrix.sum(axis=1), kind="stable")))


def greedy_cover(matrix: Bool, cost: Float64) -> Int64:
    """Most new rows for the price first, then columns that are not needed dropped, dearest first (Chvatal 1979)."""
    chosen = _cover_greedily(matrix, np.ascontiguousarray(cost, np.float64))
    times = matrix[:, chosen].sum(axis=1)
    for column in chosen[np.argsort(-cost[chosen], kind="stable")].tolist():
        if (times[matrix[:, column]] > 1).all():
            times = times - matrix[:, column]
            chosen = chosen[chosen != column]
    return np.sort(chosen)


def least_cover(
    matrix: Bool,
    cost: Float64,
    deadline: Deadline,
    gap: float = 0.0,
    *,
    most: int | None = None,
    enough: bool = False,
) -> Cover:
    """The cheapest cover. Every row must have a column. With `enough` any cover of at most `most` columns will do."""
    needed, left, columns = reduce_cover(matrix, cost)
    base = math.fsum(cost[needed].tolist())
    if not left.size:
        return Cover(np.sort(needed), base, base)
    prices = np.ascontiguousarray(cost[columns], np.float64)
    found = greedy_cover(left, prices)
    total, bound = math.fsum(prices[found].tolist()), dual_bound(left, prices)
    whole = bool((prices == np.rint(prices)).all())
    bound = math.ceil(bound - 1e-6) if whole else bound
    fits = most is None or found.size + needed.size <= most
    if (enough and fits) or (total - bound <= max(gap, 1e-9) * (total + base) and fits):
        return Cover(np.sort(np.concatenate([needed, columns[found]])), total + base, min(total, bound) + base)
    if enough and whole and most is not None and bound + needed.size > most and (prices == 1).all():
        return Cover(None, math.inf, bound + base)
    program = IntegerProgram(offset=base)
    opened = program.add_columns(prices, np.ones(prices.size), integer=True)
    rows = program.add_rows(np.ones(len(left)), np.full(len(left), math.inf))
    row, column = np.nonzero(left)
    program.add_entries(rows[row], opened[column], np.ones(row.size))
    if most is not None:
        program.add_row(opened, np.ones(prices.size), 0.0, float(most - needed.size))
    hint = np.isin(np.arange(prices.size), found).astype(np.float64) if fits else None
    solved = program.solve(deadline, hint, gap=gap, any_plan=enough)
    if solved.infeasible:
        return Cover(None, math.inf, math.inf)
    rest = solved.bound - base
    better = math.ceil(rest - 1e-6) if whole and math.isfinite(rest) else rest
    bound = max(bound, better)
    best = found if fits else None
    if solved.values is not None:
        other = np.flatnonzero(solved.values > 0.5)
        if left[:, other].any(axis=1).all() and (best is None or prices[other].sum() < total):
            best = other
    if best is None:
        return Cover(None, math.inf, bound + base)
    total = math.fsum(prices[best].tolist())
    return Cover(np.sort(np.concatenate([needed, columns[best]])), total + base, min(total, bound) + base)


@nb.njit(nogil=True, cache=True)
def _raise_prices(matrix, cost, order):
    """O(r x c)."""
    left = cost.copy()
    total = 0.0
    for i in order:
        price = np.inf
        for j in range(cost.size):
            if matrix[i, j]:
                price = min(price, left[j])
        total += price
        for j in range(cost.size):
            if matrix[i, j]:
                left[j] -= price
    return total


@nb.njit(nogil=True, cache=True)
def _cover_greedily(matrix, cost):
    """O(columns chosen x r x c)."""
    rows, columns = matrix.shape
    covered = np.zeros(rows, np.bool_)
    chosen = np.zeros(columns, np.bool_)
    news = np.zeros(columns)
    for i in range(rows):
        for j in range(columns):
            news[j] += matrix[i, j]
    left = rows
    while left > 0:
        best, most = -1, 0.0
        for j in range(columns):
            worth = news[j] / max(cost[j], 1e-9)
            if not chosen[j] and worth > most:
                best, most = j, worth
        if best < 0:
            break
        chosen[best] = True
        for i in range(rows):
            if matrix[i, best] and not covered[i]:
                covered[i] = True
                left -= 1
                for j in range(columns):
                    news[j] -= matrix[i, j]
    return np.flatnonzero(chosen)
