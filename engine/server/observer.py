"""How the rest of the engine tells what it does, without knowing who counts: metrics do, and tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Observer(Protocol):
    """Named figures. Names and what they mean are those of `engine.server.metrics.INSTRUMENTS`; others are bugs."""

    def count(self, name: str, amount: float = 1, /, **labels: str) -> None:
        """Something happened, ``amount`` times."""
        ...

    def timed(self, name: str, seconds: float, /, **labels: str) -> None:
        """Something took so long."""
        ...

    def gauge(self, name: str, read: Callable[[], float], /, **labels: str) -> None:
        """From now on ``read`` says how much there is; asked when somebody looks, from another thread."""
        ...


class NoObserver:
    """Nobody counts."""

    def count(self, name: str, amount: float = 1, /, **labels: str) -> None:
        pass

    def timed(self, name: str, seconds: float, /, **labels: str) -> None:
        pass

    def gauge(self, name: str, read: Callable[[], float], /, **labels: str) -> None:
        pass


NOBODY = NoObserver()
