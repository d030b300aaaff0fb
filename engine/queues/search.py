"""The incumbent: a first plan, and ruin and recreate on it, possibly in a thread beside the column generation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.queues.columns import make_room
from engine.queues.contractors import hire
from engine.queues.instance import Arrays, Bool
from engine.queues.local import fill, improve, pool_tours
from engine.queues.near import Near
from engine.queues.state import State, append, copy_state, gains, make_state
from graphs.network import Int64

#: Jobs taken out at once, on average; iterations between looks at the clock.
RUINED, CHUNK = 4.0, 200
#: Tours a pool can hold.
CAPACITY = 300_000


class LocalSearch:
    """A solution under work (`state`), the best seen (`best`) and the tours met (`room`)."""

    def __init__(self, a: Arrays, near: Near, seed: int, stop: Bool | None = None, capacity: int = CAPACITY) -> None:
        """`stop` [1]: set from another thread, it ends whatever runs."""
        self._a, self._near = a, near
        self.state, self.best = make_state(a), make_state(a)
        self.room = make_room(capacity)
        self.stop = np.zeros(1, np.bool_) if stop is None else stop
        self._rng = np.array([(seed * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019) % (1 << 64) or 1], np.uint64)
        self.iterations = 0

    def begin(self, tours: Sequence[Sequence[int]] | None) -> None:
        """Last minute's plan as far as it still is possible, the other jobs where they cost least.

        What stands after the tours of the units is what contractors have.
        """
        units, contractors = self._a.ready.size, self._a.crews.size
        for unit, jobs in enumerate(tours or ()):
            for job in jobs:
                if 0 <= job < self._a.service.size and self.state.where[job] < 0:
                    if unit < units:
                        append(self._a, self.state, unit, job)
                    elif unit < units + contractors:
                        hire(self._a, self.state, unit - units, job)
        self.complete()

    def complete(self) -> None:
        """Serve who is left, urgent ones first."""
        order = np.lexsort((self._a.due, -self._a.priority)).astype(np.int64)
        fill(self._a, self._near, self.state, order, self.stop)
        self.keep()

    def keep(self) -> None:
        """Note the solution if it is the best, its tours in any case."""
        pool_tours(self.room, self.state)
        if self.state.value[0] < self.best.value[0]:
            copy_state(self.state, self.best)

    def adopt(self, other: State) -> None:
        """Go on from another solution."""
        copy_state(other, self.state)
        self.keep()

    def scale(self) -> float:
        """Mean cost of a served job: what temperatures are shares of."""
        served = self.best.where >= 0
        cost = self.best.value[0] - self._a.unserved[~served].sum()
        return float(max(1.0, cost / max(1, served.sum())))

    def gains(self) -> Int64:
        """[j] what the best solution would save without each job."""
        return gains(self._a, self.best)

    def run(self, iterations: int, hot: float, cold: float) -> None:
        """Anneal between temperatures that are shares of the mean cost; ends early when `stop` is set."""
        scale = self.scale()
        self.iterations += improve(
            self._a, self._near, self.state, self.best, self.room, self._rng,
            iterations, hot * scale, cold * scale, RUINED, self.stop,
        )  # fmt: skip
