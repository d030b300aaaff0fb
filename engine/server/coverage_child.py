"""A process that evaluates coverage for `engine.server.coverage_planning`.

It keeps the regions and the last jobs it was told of, and ends when the other side closes the socket.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import sys
from contextlib import suppress

from engine.assign.flow_child import receive, send
from engine.processes import DONE, FAILED, LENGTH, READY, TOLD
from engine.search_progress import searching

#: Whoever dispatches comes first.
NICE = 10


def main(number: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asked
    with suppress(OSError):
        os.nice(NICE)  # before the imports, which take seconds
    from engine.server.coverage_memory import Memory
    from engine.server.logs import frames

    peer, memory = socket.socket(fileno=number), Memory()
    try:
        send(peer, READY)
        while True:
            raw = receive(peer, LENGTH.unpack(receive(peer, LENGTH.size))[0])
            try:
                with searching(lambda progress: send(peer, TOLD, pickle.dumps(progress))):
                    answer = memory.answer(raw)
            except Exception as error:
                send(peer, FAILED, f"{type(error).__name__} {frames(error)}".encode())
            else:
                send(peer, DONE, pickle.dumps(answer, protocol=5))
    except (EOFError, OSError):
        return  # nobody asks any more


if __name__ == "__main__":
    main(int(sys.argv[1]))
