"""The time that live state goes by: it never goes back, and a jump of the machine's clock does not carry it along.

Clocks of customers run by it. A clock on the wall that is set an hour ahead must not break an hour's worth of promises
at once, nor one set back stop everything.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

#: A difference beyond this is a jump, not drift.
JUMP = timedelta(seconds=5)
#: Share of the time that goes by, by which it is slower or faster until it agrees with the wall again.
SLEW = 0.01


class SteadyClock:
    """Begins at the wall's time, or at that of the last event if that is later, and goes on with the monotonic clock.

    Drift is made up for by running a hundredth slower or faster; each jump is told to ``on_jump`` once and made up for
    in the same way: an hour takes four days, or a restart.
    """

    def __init__(
        self,
        wall: Callable[[], datetime],
        not_before: datetime | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        on_jump: Callable[[timedelta], None] | None = None,
    ) -> None:
        self._wall, self._monotonic, self._on_jump = wall, monotonic, on_jump
        start = wall()
        self._now = start if not_before is None else max(start, not_before)
        self._last = monotonic()
        self._off = timedelta(0)  # when it was asked last

    def __call__(self) -> datetime:
        """The time now; called by one thread at a time."""
        ticks = self._monotonic()
        gone = ticks - self._last
        self._last = ticks
        expected = self._now + timedelta(seconds=gone)
        off = self._wall() - expected
        jumped = off - self._off
        if abs(jumped) > JUMP and self._on_jump is not None:
            self._on_jump(jumped)
        most = timedelta(seconds=SLEW * gone)
        made_up = max(-most, min(most, off))
        self._off = off - made_up
        self._now = expected + made_up
        return self._now
