"""A process that evaluates variants for `engine.sweep.local`, over a socket as `engine.processes` has it.

A message names the files of the world, which is opened when it is first seen, and holds a task; the answer has the
rows of its variants. A task that is empty only asks whether all is well.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import socket
import sys
import threading
import time
from pathlib import Path

from engine.assign.flow_child import receive, send
from engine.processes import DONE, FAILED, LENGTH, READY
from engine.sweep.desk import Desk
from engine.sweep.result import SweepRow

#: How often a busy process looks whether anybody still waits for it.
LOOK_S = 0.25

#: What a message holds: the region's file, the world's, and the packed task.
Message = tuple[str, str, bytes]


def _answer(desk: Desk | None, message: Message) -> tuple[Desk, list[list[SweepRow]]]:
    region, world, raw = message
    if desk is None or desk.files != (Path(region), Path(world)):
        desk = Desk(Path(region), Path(world))
    return desk, desk.answer(raw)


def _end_when_alone(peer: socket.socket, busy: threading.Event) -> None:
    """End the process when the other side has gone while it works."""
    while True:
        time.sleep(LOOK_S)
        if busy.is_set() and select.select([peer], [], [], 0)[0] and not peer.recv(1, socket.MSG_PEEK):
            os._exit(1)


def main(number: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asked
    peer, busy = socket.socket(fileno=number), threading.Event()
    desk: Desk | None = None
    threading.Thread(target=_end_when_alone, args=(peer, busy), daemon=True).start()
    try:
        send(peer, READY)
        while True:
            raw = receive(peer, LENGTH.unpack(receive(peer, LENGTH.size))[0])
            busy.set()
            try:
                desk, rows = _answer(desk, pickle.loads(raw))
                answer = pickle.dumps(rows, protocol=5)
            except EOFError:
                raise
            except Exception as error:
                send(peer, FAILED, f"{type(error).__name__}: {error}".encode())
            else:
                send(peer, DONE, answer)
            busy.clear()
    except (EOFError, OSError):
        return  # nobody asks any more


if __name__ == "__main__":
    main(int(sys.argv[1]))
