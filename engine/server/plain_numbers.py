"""Numbers in messages, written out: nobody reads 1e+06 as a million."""

from __future__ import annotations

import math

#: From here on digits are no help.
_HUGE = 1e15


def plain(number: float) -> str:
    """``1,000,000``, ``0.25``, ``nan``."""
    if not math.isfinite(number) or abs(number) >= _HUGE:
        return f"{number:g}"
    if number == int(number):
        return f"{int(number):,}"
    return f"{number:,.2f}" if abs(number) >= 100_000 else f"{number:g}"
