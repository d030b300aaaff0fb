"""A solve of no consequence, so that no solve that counts waits for compilers."""

from __future__ import annotations

from functools import cache

import numpy as np

from engine.queues.instance import QueueInstance
from engine.queues.solve import Budget, solve_queues


@cache
def warm_up() -> None:
    """Have the kernels ready, and OR-Tools imported; once a process, a minute the first time on a machine."""
    one = np.zeros(2, np.int64)
    tiny = QueueInstance(
        weights=np.ones(18),
        ready_ms=one,
        service_ms=np.full(3, 60_000),
        due_ms=np.full(3, 1),
        latest_ms=np.full(3, 10**8),
        priority=np.ones(3),
        unserved_cost=np.full(3, 10**9),
        first_ms=np.full((2, 3), 60_000, np.int32),
        between_ms=np.full((3, 3), 60_000, np.int32),
    )
    solve_queues(tiny, Budget(rounds=2, iterations=10))
