"""Ctrl-C: remembered, because not everything that it interrupts says so."""

from __future__ import annotations

import signal
from types import FrameType

_came = False


def listen() -> None:
    """Remember the first Ctrl-C; it still raises KeyboardInterrupt."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # `nohup` and shells' background jobs
        signal.signal(signal.SIGINT, _remember)


def came() -> bool:
    return _came


def _remember(number: int, frame: FrameType | None) -> None:
    global _came
    _came = True
    signal.default_int_handler(number, frame)
