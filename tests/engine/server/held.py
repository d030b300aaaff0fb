"""A dispatcher whose optimisations wait until the test lets them go on."""

from __future__ import annotations

import threading
from typing import Any

from engine.dispatch import Dispatcher
from graphs.errors import TowlineError


class HeldDispatcher(Dispatcher):
    """Holds every optimisation between stages, passing the boundary again and again, until the test lets it go on."""

    def __init__(self, other: Dispatcher) -> None:
        super().__init__(other.region, other.policy)
        self.held = False
        self.entered, self.release, self.ended = threading.Event(), threading.Event(), threading.Event()
        self.outcome = ""

    def optimize(self, incidents: Any, state: Any, now: Any, **options: Any) -> Any:
        if not self.held:
            return super().optimize(incidents, state, now, **options)
        self.entered.set()
        try:
            while not self.release.wait(0.01):
                options["checkpoint"]()
            plan = super().optimize(incidents, state, now, **options)
        except TowlineError as error:
            self.outcome = error.reason
            raise
        else:
            self.outcome = "PLAN"
            return plan
        finally:
            self.ended.set()
