"""Turns for other threads while much is done in Python.

Short kernels that release Python's lock do not help a thread that waits for it: each is over before the thread has
woken up, and its wait starts anew. So an update stops now and then for just as long as that takes.
"""

from __future__ import annotations

import time

#: Long enough for a waiting thread to wake up and take the lock, which none does in a sleep of 0; about 60 µs in fact.
TURN_S = 1e-6


def let_others() -> None:
    """Give a thread that waits for Python's lock the time to take it."""
    time.sleep(TURN_S)
