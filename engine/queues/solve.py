"""The queue solver: an incumbent by ruin and recreate, a bound by column generation, plans by diving; any-time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.queues.colgen import ColumnGeneration
from engine.queues.columns import put_all
from engine.queues.dive import EACH, dive
from engine.queues.halt import Halt, HaltedError
from engine.queues.instance import QueueInstance
from engine.queues.near import make_near
from engine.queues.plan import Progress, QueuePlan, plan_of
from engine.queues.search import CAPACITY, CHUNK, LocalSearch
from engine.queues.state import copy_state, make_state

#: How often the checkpoint is called.
LOOK_S = 0.02
#: Shares of the time: for the first local search, and after which columns stop for a dive.
FIRST_SHARE, COLUMNS_SHARE = 0.06, 0.55
#: Share of the time that a dive leaves to finish its plan in.
DIVE_REST = 0.02
#: Temperatures as shares of the mean cost of a job: of the first search, and of what follows a dive.
HOT, COLD = 0.1, 0.002
WARM, COOL = 0.02, 0.0005
NO_LIMIT = 1e9


@dataclass(frozen=True)
class Budget:
    """What a solve may use: seconds, or (for the same answer every time) rounds and iterations; both end it."""

    seconds: float | None = None
    rounds: int | None = None  # of column generation
    iterations: int = 2000  # of local search: a round, and 10 times that before the first and after each dive
    dives: int = 1  # when there are no seconds
    gap: float = 1e-9  # good enough

    @property
    def timed(self) -> bool:
        return self.seconds is not None


def solve_queues(
    instance: QueueInstance,
    budget: Budget | None = None,
    *,
    seed: int = 0,
    start: Sequence[Sequence[int]] | None = None,
    checkpoint: Callable[[], None] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> QueuePlan:
    """Cheapest tours for all units, with a lower bound on every plan of tours of up to `max_jobs` jobs.

    `start` gives last minute's tours, then what each contractor has. `checkpoint` is called at least every 50 ms and
    may raise to give up, which ends the threads first. Whatever is under way when the seconds are over, or at giving
    up, ends within a fraction of a second. The answer is the same for the same seed when the budget has no seconds.
    """
    run = _Run(instance, budget or Budget(seconds=10.0), seed, start, progress)
    thread = threading.Thread(target=run.go, name="queues", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(LOOK_S)
            if checkpoint is not None:
                checkpoint()
            if run.over():
                run.stop()
    except BaseException:
        while thread.is_alive():  # again and again: what begins just now has not heard of it
            run.stop()
            thread.join(LOOK_S)
        raise
    if run.error is not None:
        raise run.error
    return run.plan()


class _Run:
    """One solve, in a thread of its own, with another for the local search beside the columns."""

    def __init__(self, instance: QueueInstance, budget: Budget, seed: int, start, progress) -> None:
        self._begin = time.perf_counter()
        self._instance, self._budget, self._seed, self._start = instance, budget, seed, start
        self._tell = progress
        self._log: list[Progress] = []
        self._generation: ColumnGeneration | None = None
        self._halt, self._ending = Halt(), np.zeros(1, np.bool_)
        self._searches: tuple[LocalSearch, LocalSearch] | None = None
        self._taken = 0  # tours of the helper that are in the pool
        self.error: BaseException | None = None

    # -- time --------------------------------------------------------------------------------------------------------

    def _elapsed(self) -> float:
        return time.perf_counter() - self._begin

    def _left(self, share: float = 1.0) -> float:
        if self._halt.flag[0]:
            return 0.0
        return NO_LIMIT if self._budget.seconds is None else share * self._budget.seconds - self._elapsed()

    def over(self) -> bool:
        """Whether the seconds are."""
        return self._left() <= 0

    def stop(self) -> None:
        """Let everything under way end."""
        self._halt.raise_flag()
        self._ending[0] = True
        if self._generation is not None:
            self._generation.master.interrupt()

    # -- the course --------------------------------------------------------------------------------------------------

    def go(self) -> None:
        try:
            self._prepare()
            self._solve()
        except HaltedError:
            return
        except BaseException as error:
            self.error = error

    def plan(self) -> QueuePlan:
        lower = self._generation.lower if self._generation else 0
        best = self._search.best if self._searches else make_state(self._instance.arrays)
        return plan_of(self._instance, best, lower, "column generation", tuple(self._log))

    def _prepare(self) -> None:
        """What takes time with the size of the instance."""
        self._a = self._instance.arrays
        self._halt.look()
        near = make_near(self._a, self._halt)
        seed, stop = 2 * self._seed + 1, self._halt.flag
        self._searches = (LocalSearch(self._a, near, seed, stop), LocalSearch(self._a, near, seed + 1, self._ending))

    @property
    def _search(self) -> LocalSearch:
        assert self._searches is not None
        return self._searches[0]

    @property
    def _helper(self) -> LocalSearch:
        """Searches beside other work."""
        assert self._searches is not None
        return self._searches[1]

    def _solve(self) -> None:
        search, seconds = self._search, self._budget.seconds
        search.begin(self._start)
        self._note("start")
        if self._a.service.size == 0 or self._left() <= 0:
            return
        self._anneal(search, HOT, COLD, self._begin + (seconds or 0) * FIRST_SHARE, 10)
        self._note("local")
        self._generation = generation = ColumnGeneration(self._a, search.room, search.gains(), self._halt)
        self._helper.adopt(search.best)
        generation.begin()
        self._note("columns")
        each, dives = EACH, 0
        while not self._finished():
            self._columns(generation, COLUMNS_SHARE if dives == 0 else 1.0)
            if self._finished():
                break
            target = make_state(self._a)
            rest = DIVE_REST * (seconds or 0)  # to make use of a dive that did not end
            self._beside(lambda: dive(generation, target, lambda: self._left() - rest, each))  # noqa: B023
            copy_state(target, search.state)
            search.complete()
            self._note("dive")
            dives += 1
            until = time.perf_counter() + max(0.5, 0.15 * (seconds or 0))
            self._anneal(search, WARM, COOL, until, 10)
            self._share()
            self._note("local")
            each = EACH / (1 + dives % 4)
            if not self._budget.timed and dives >= self._budget.dives:
                break

    def _finished(self) -> bool:
        cost = self._search.best.value[0] - self._instance.constant
        lower = self._generation.lower if self._generation else 0
        return self._left() <= 0 or self._search.best.value[0] - lower <= self._budget.gap * max(1, cost)

    def _columns(self, generation: ColumnGeneration, share: float) -> None:
        """Rounds of column generation with the local search beside it."""
        while not generation.done and self._left(share) > 0 and not self._finished():
            if self._budget.rounds is not None and generation.rounds >= self._budget.rounds:
                return
            self._beside(lambda: generation.round(self._left(share)))
            self._note("columns")

    def _beside(self, work: Callable[[], object]) -> None:
        """Do the work while the helper searches in a thread of its own."""
        helper = self._helper
        helper.stop[0] = self._halt.flag[0]
        thread = threading.Thread(target=self._help, name="queues-local", daemon=True)
        thread.start()
        try:
            work()
        finally:
            if self._budget.timed:
                helper.stop[0] = True
            thread.join()
            helper.stop[0] = self._halt.flag[0]
            self._share()

    def _help(self) -> None:
        if not self._budget.timed:
            self._helper.run(self._budget.iterations, WARM, COOL)
            return
        while not self._helper.stop[0]:
            part = min(1.0, max(0.0, self._elapsed() / max(1e-9, self._budget.seconds or 1.0)))
            heat = WARM * (COOL / WARM) ** part
            self._helper.run(CHUNK, heat, heat)

    def _share(self) -> None:
        """The helper's tours into the pool, the better solution to both."""
        search, helper = self._search, self._helper
        room, done = helper.room, self._taken
        count = int(room.count[0])
        put_all(search.room, room.unit[done:count], room.jobs[done:count], room.size[done:count], room.cost[done:count])
        if count > CAPACITY // 2:  # begin anew: the tours are in the pool
            room.table[:] = -1
            room.count[0] = count = 0
        self._taken = count
        if helper.best.value[0] < search.best.value[0]:
            copy_state(helper.best, search.best)
        elif search.best.value[0] < helper.best.value[0]:
            helper.adopt(search.best)

    def _anneal(self, search: LocalSearch, hot: float, cold: float, until: float, times: int) -> None:
        """Local search alone, up to a time, or `times` the budget's iterations."""
        if not self._budget.timed:
            search.run(times * self._budget.iterations, hot, cold)
            return
        begin = time.perf_counter()
        until = min(until, begin + self._left())
        while (now := time.perf_counter()) < until and not self._halt.flag[0]:
            heat = hot * (cold / hot) ** ((now - begin) / (until - begin))
            search.run(CHUNK, heat, heat)

    def _note(self, stage: str) -> None:
        lower = self._generation.lower if self._generation else 0
        line = Progress(self._elapsed(), stage, int(self._search.best.value[0]), lower)
        self._log.append(line)
        if self._tell is not None:
            self._tell(line)
