"""How figures of coverage are rounded, on every page, picture and terminal."""

from __future__ import annotations

import math

#: What adding up in another order makes of a whole.
NOISE = 1e-9


def tenths_up(minutes: float) -> float:
    """Minutes to a tenth, rounded up: what is late never reads as in time."""
    return math.ceil(round(10 * minutes, 4)) / 10


def percent(share: float) -> str:
    """``97.6%``; never 100 of what is not all."""
    return f"{percentage(share):.1f}%"


def percent_below(share: float, limit: float) -> str:
    """A share that falls short of a limit, rounded down with as many digits as the limit has: never what it misses."""
    digits = max(1, len(f"{100 * limit:.10g}".partition(".")[2]))
    return f"{math.floor(round(100 * share * 10**digits, 6)) / 10**digits:.{digits}f}%"


def percentage(share: float) -> float:
    """Percent to a tenth; never 100 of what is not all, nor 0 of what is something."""
    if abs(share) < NOISE or abs(share - 1) < NOISE:
        return 100.0 * round(share)
    return min(max(round(100 * share, 1), 0.1), 99.9) if 0 < share < 1 else round(100 * share, 1)
