"""Ctrl-C, SIGTERM and SIGHUP: remembered, because not everything that they interrupt says so."""

from __future__ import annotations

import signal
from types import FrameType

#: `timeout`, systemd and a terminal that is closed end a command as Ctrl-C does; not every system has the last one.
_ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
#: Exit code of what a signal ended: this and its number.
_ENDED = 128
_came: int | None = None


def listen() -> None:
    """Remember the first of them; it raises KeyboardInterrupt."""
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # `nohup`, shells' background jobs, `serve` while it starts
            signal.signal(number, _remember)


def came() -> bool:
    return _came is not None


def exit_code() -> int:
    """130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP."""
    return _ENDED + (signal.SIGINT if _came is None else _came)


def _remember(number: int, frame: FrameType | None) -> None:
    global _came
    _came = number if _came is None else _came
    signal.default_int_handler(number, frame)
