"""What is covered while units drive: moves one after another, in an order that never leaves less than before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from engine.standby.problem import Bool, Move, StandbyProblem
from graphs.network import Int64

#: What a mover covers [k, d] at some places along its way, in order.
OnTheWay = Callable[[Move], Bool]
#: Of all demand: less than that is no loss, but rounding.
ROUNDING = 1e-12


@dataclass
class Meanwhile:
    """Orders of moves. A unit that drives counts from where it is: it is free and can be sent from there."""

    problem: StandbyProblem
    on_the_way: OnTheWay
    floor: float  # expected demand that must be covered at every moment
    _covers: dict[Move, Int64] = field(default_factory=dict)

    def order(self, moves: list[Move]) -> tuple[list[Move], list[float]] | None:
        """(the moves in an order that keeps to the floor, the least that is covered while each is made), or None.

        Depth first over subsets of moves that are done, each looked at once: O(2^k k) for k moves.
        """
        dead: set[frozenset[int]] = set()
        path: list[tuple[int, float]] = []

        def go(done: frozenset[int], near: Int64) -> bool:
            if len(done) == len(moves):
                return True
            if done in dead:
                return False
            for index, move in enumerate(moves):
                if index in done:
                    continue
                rest = near - self.problem.here[move[0]]
                low = min(self.problem.expected(rest + row) for row in self._driving(move))
                if low >= self.floor - ROUNDING * self.problem.total:
                    path.append((index, low))
                    if go(done | {index}, rest + self._driving(move)[-1]):
                        return True
                    path.pop()
            dead.add(done)
            return False

        if not go(frozenset(), self.problem.near):
            return None
        return [moves[index] for index, _ in path], [low for _, low in path]

    def _driving(self, move: Move) -> Int64:
        """[k, d] what it covers along its way and, last, from where it waits."""
        if move not in self._covers:
            rows = [*self.on_the_way(move), self.problem.there(*move)]
            self._covers[move] = np.array(rows, np.int64)
        return self._covers[move]
