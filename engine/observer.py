"""How the engine tells what it does, without knowing who counts: the server's metrics do, and tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Observer(Protocol):
    """Named figures; `engine.server.metrics.INSTRUMENTS` lists them. Calls are cheap and never raise or block."""

    def count(self, name: str, amount: float = 1, /, **labels: str) -> None:
        """Something happened, ``amount`` times."""
        ...

    def level(self, name: str, change: float, /, **labels: str) -> None:
        """There is now so much more, or less, of something."""
        ...

    def timed(self, name: str, seconds: float, /, **labels: str) -> None:
        """Something took so long, or was so large."""
        ...

    def gauge(self, name: str, read: Callable[[], float], /, **labels: str) -> None:
        """From now on ``read`` says how much there is; asked when somebody looks, from another thread."""
        ...


class NoObserver:
    """Nobody counts."""

    def count(self, name: str, amount: float = 1, /, **labels: str) -> None:
        pass

    def level(self, name: str, change: float, /, **labels: str) -> None:
        pass

    def timed(self, name: str, seconds: float, /, **labels: str) -> None:
        pass

    def gauge(self, name: str, read: Callable[[], float], /, **labels: str) -> None:
        pass


NOBODY = NoObserver()
