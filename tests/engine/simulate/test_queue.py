"""The event queue."""

from __future__ import annotations

import itertools
from random import Random

import pytest

from engine.simulate.queue import EventKind, EventQueue


@pytest.mark.parametrize("seed", range(3))
def test_time_never_runs_backwards(seed: int) -> None:
    """Random events come in order of time, then kind, then making, also when they make others."""
    rng = Random(seed)
    queue = EventQueue(100)
    for number in range(200):
        queue.add(100 + rng.randrange(50), rng.choice(list(EventKind)), str(number))
    seen = []
    while len(queue):
        for event in queue.next_moment():
            seen.append((event.at_ms, event.kind, event.number))
            if rng.random() < 0.3:
                queue.add(queue.now_ms + rng.randrange(1, 20), EventKind.CALLED, "more")
    assert [at for at, _, _ in seen] == sorted(at for at, _, _ in seen), f"seed {seed}"
    assert all(one < two for one, two in itertools.pairwise(seen) if one[0] == two[0]), f"seed {seed}"


def test_the_past_is_refused() -> None:
    """An event before now is a bug, and said to be one."""
    queue = EventQueue(100)
    queue.add(100, EventKind.CALLED, "a")
    with pytest.raises(AssertionError, match="1 ms in the past"):
        queue.add(99, EventKind.CALLED, "b")
