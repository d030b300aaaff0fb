"""Sets of moves by marginal gains: the best one is added, then each is exchanged for a better one or for none."""

from __future__ import annotations

import numpy as np

from engine.siting.limits import Deadline
from engine.standby.meanwhile import Meanwhile
from engine.standby.problem import Move, StandbyProblem

#: Of the candidates for one step so many are held against what is covered meanwhile, best first.
TRIED = 40
#: Of all demand: a smaller improvement is rounding.
LEAST = 1e-12


def net(problem: StandbyProblem, moves: list[Move], least_gain: float) -> float:
    """Expected demand covered, less the least gain for every move: a best set has no move that gains less."""
    return problem.expected(problem.moved(moves)) - least_gain * len(moves)


def improve(
    problem: StandbyProblem,
    moves: list[Move],
    most: int,
    least_gain: float,
    meanwhile: Meanwhile,
    deadline: Deadline,
) -> list[Move]:
    """Moves added, exchanged and taken back until none of it helps. Each round O((most + 1) x g x p x d)."""
    value = net(problem, moves, least_gain)
    while not deadline.over:
        best, found = value + LEAST * problem.total, None
        if len(moves) < most:
            best, found = _better(problem, moves, best, least_gain, meanwhile)
        if found is None:
            for index in range(len(moves)):
                rest = moves[:index] + moves[index + 1 :]
                alone = net(problem, rest, least_gain)
                if alone > best and meanwhile.order(rest) is not None:
                    best, found = alone, rest
                value_there, other = _better(problem, rest, best, least_gain, meanwhile)
                if other is not None:
                    best, found = value_there, other
        if found is None:
            return moves
        moves, value = found, net(problem, found, least_gain)
    return moves


def _better(
    problem: StandbyProblem, rest: list[Move], best: float, least_gain: float, meanwhile: Meanwhile
) -> tuple[float, list[Move] | None]:
    """(net, moves) of the best single addition that beats ``best`` and keeps to the floor meanwhile."""
    near = problem.moved(rest)
    values = problem.expected(near) - least_gain * (len(rest) + 1) + problem.gains(near, problem.left(rest))
    order = np.lexsort((problem.drive_ms.ravel(), -np.round(values.ravel(), 9)))[:TRIED]
    for at in order.tolist():
        value = float(values.flat[at])
        if value <= best:
            break
        stand, place = divmod(at, values.shape[1])
        moves = [*rest, (stand, place)]
        if meanwhile.order(moves) is not None:
            return value, moves
    return best, None
