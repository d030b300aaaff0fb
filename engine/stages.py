"""How long the stages of a decision took."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

#: Called between stages; may raise to give the work up (the caller has gone away).
Checkpoint = Callable[[], None]


class Stages:
    """How long each stage took; runs the checkpoint after each."""

    def __init__(self, checkpoint: Checkpoint | None) -> None:
        self._checkpoint = checkpoint
        self._since = time.perf_counter()
        self.durations: dict[str, timedelta] = {}

    def done(self, stage: str) -> None:
        now = time.perf_counter()
        self.durations[stage] = timedelta(seconds=now - self._since)
        self._since = now
        if self._checkpoint is not None:
            self._checkpoint()
