"""Whether a thread moves: gRPC hears of everything through one, and where that hangs nobody else notices."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Collection

#: How often it is looked.
LOOK_S = 0.01
#: grpcio's thread that hands on whatever comes is in this function while it waits for something to come.
LOOP = "_serve"


def loop_thread(before: Collection[threading.Thread]) -> threading.Thread | None:
    """The one that a gRPC server has started since; None where another grpcio calls it otherwise."""
    return next((each for each in threading.enumerate() if each not in before and LOOP in each.name), None)


def moves(thread: threading.Thread, within_s: float) -> bool:
    """Whether a loop's thread waits for something to come, or gets on with what has, in that time."""
    until, seen = time.monotonic() + within_s, None
    while True:
        frame = sys._current_frames().get(thread.ident or 0)
        if frame is None or frame.f_code.co_name == LOOP:
            return frame is not None
        here = id(frame), frame.f_code, frame.f_lasti
        if seen not in (None, here):
            return True
        seen = here
        del frame
        if time.monotonic() >= until:
            return False
        time.sleep(LOOK_S)
