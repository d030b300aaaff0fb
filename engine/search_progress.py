"""How far a search is, while it goes on: its steps, and how far its best plan is from what no plan beats.

Searches tell it as they go; whoever wants to hear of it says so around them, in this process or for another one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

#: Whoever hears is told at most so often (s).
OFTEN_S = 0.2


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """Where a search is."""

    steps: int  # plans tried, prices set, programs solved
    gap: float | None  # between the best plan so far and what no plan beats, relative; None: one is not known yet

    def __str__(self) -> str:
        """``step 12, gap so far 3.21%``."""
        gap = "" if self.gap is None else f", gap so far {self.gap:.2%}"
        return f"step {self.steps:,}{gap}"


Hear = Callable[[SearchProgress], object]


class _Search:
    """One that somebody hears of."""

    def __init__(self, hear: Hear) -> None:
        self._hear, self._steps, self._told_at = hear, 0, -math.inf
        self._gap: float | None = None

    def step(self) -> None:
        self._steps += 1
        self._tell()

    def known(self, value: float, bound: float) -> None:
        gap = abs(value - bound) / max(abs(value), 1e-300)
        if math.isfinite(gap) and gap != self._gap:
            self._gap, self._told_at = gap, -math.inf
        self.step()

    def pass_on(self, progress: SearchProgress) -> None:
        self._hear(progress)

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told_at >= OFTEN_S:
            self._told_at = now
            self._hear(SearchProgress(self._steps, self._gap))


_search: ContextVar[_Search | None] = ContextVar("search", default=None)
_seen_as: ContextVar[Callable[[float], float] | None] = ContextVar("seen_as", default=None)


@contextmanager
def searching(hear: Hear) -> Generator[None]:
    """Within, ``hear`` is told how far searches are: some times a second, and whenever a gap is another."""
    token = _search.set(_Search(hear))
    try:
        yield
    finally:
        _search.reset(token)


@contextmanager
def seen_as(measure: Callable[[float], float]) -> Generator[None]:
    """Within, values and bounds are those of another problem, which ``measure`` makes those of the question."""
    token = _seen_as.set(measure)
    try:
        yield
    finally:
        _seen_as.reset(token)


def step() -> None:
    """The search goes on."""
    if (search := _search.get()) is not None:
        search.step()


def known(value: float, bound: float) -> None:
    """Another step: the best plan so far is worth that, and no plan is worth more, or costs less, than that."""
    if (search := _search.get()) is not None:
        measure = _seen_as.get()
        if measure is not None:
            value, bound = measure(value), measure(bound)
        search.known(value, bound)


def pass_on(progress: SearchProgress) -> None:
    """What a search in another process tells."""
    if (search := _search.get()) is not None:
        search.pass_on(progress)
