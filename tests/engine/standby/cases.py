"""Small stand-by problems, made from a seed, and what their best moves are."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np

from engine.standby.problem import Move, StandbyProblem
from graphs.search import INF


def random_problem(seed: int, *, stands: int = 4, places: int = 4, rows: int = 12) -> StandbyProblem:
    """Units, places and demand with territories and two services, all drawn."""
    rng = np.random.default_rng(seed)
    crews = rng.integers(0, 3, stands)
    crews[0] = 1
    within = rng.integers(5, 15, rows) * 60_000
    service = rng.integers(0, 2, rows)
    able = rng.random((stands, 2)) < 0.8
    territory = rng.integers(0, 3, stands)
    allowed = (rng.integers(1, 8, rows) | 1).astype(np.uint64)[:, None]
    ready = rng.integers(0, 4, stands) * 60_000
    from_stand = rng.integers(0, 20, (stands, rows)) * 60_000
    may = (allowed >> territory.astype(np.uint64)) & np.uint64(1) == 1  # [rows, stands]
    here = (from_stand + ready[:, None] <= within) & may.T & able[:, service]
    drive = rng.integers(1, 30, (stands, places)) * 60_000
    travel = rng.integers(0, 20, (places, rows)) * 60_000
    travel[rng.random((places, rows)) < 0.1] = INF
    return StandbyProblem(
        weight=rng.random(rows) * 100,
        near=crews @ here.astype(np.int64) + rng.integers(0, 2, rows),
        within_ms=within.astype(np.int64),
        travel_ms=travel.astype(np.int32),
        allowed=allowed,
        service=service,
        here=here,
        crews=crews,
        ready_ms=ready,
        territory=territory,
        able=able,
        drive_ms=np.where(drive > 20 * 60_000, INF, drive),
        busy=float(rng.choice([0.0, 0.3, 0.6])),
    )


def expected(problem: StandbyProblem, moves: list[Move]) -> float:
    """Expected demand covered after moves, written out for each row from the definition."""
    total = 0.0
    for row in range(problem.weight.size):
        near = int(problem.near[row])
        for stand, place in moves:
            near -= bool(problem.here[stand, row])
            ms = int(problem.travel_ms[place, row])
            bit = int(problem.allowed[row, 0]) >> int(problem.territory[stand]) & 1
            in_time = ms < INF and ms + int(problem.ready_ms[stand]) <= int(problem.within_ms[row])
            near += bool(in_time and bit and problem.able[stand, problem.service[row]])
        total += float(problem.weight[row]) * (1 - problem.busy**near)
    return total


def every_set(problem: StandbyProblem, most: int) -> list[list[Move]]:
    """All sets of at most so many moves that crews and drives allow."""
    single = [(int(g), int(p)) for g, p in zip(*np.nonzero(problem.possible), strict=True)]
    found: list[list[Move]] = []
    for size in range(most + 1):
        for moves in combinations_with_replacement(single, size):
            used = np.bincount([g for g, _ in moves], minlength=problem.crews.size)
            if (used <= problem.crews).all():
                found.append(list(moves))
    return found
