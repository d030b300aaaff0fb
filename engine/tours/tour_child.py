"""A process that solves queues for `engine.tours.solver`: pickled instances in, pickled plans out, over a socket.

It stops work when told to, and ends when the other side closes the socket.
"""

from __future__ import annotations

import pickle
import select
import signal
import socket
import sys
import time
from dataclasses import replace
from typing import Any

from engine.assign.flow_child import receive, send
from engine.processes import DONE, FAILED, LENGTH, READY, STOPPED
from engine.queues.plan import QueuePlan
from engine.queues.solve import Budget, solve_queues
from engine.tours.warm import warm_up

#: Less time (s) than this is not worth beginning.
LEAST_S = 0.05


class _StoppedError(Exception):
    """Nobody waits for the work any more."""


def _solve(peer: socket.socket, message: dict[str, Any]) -> QueuePlan | None:
    """The plan; None where the time was over before it could begin."""

    def look() -> None:
        if select.select([peer], [], [], 0)[0]:  # only a stop can come now, or the end
            receive(peer, LENGTH.size)
            raise _StoppedError

    budget: Budget = message["budget"]
    if message["until"] is not None:
        left = message["until"] - time.monotonic()
        if left < LEAST_S:
            return None
        budget = replace(budget, seconds=left)
    return solve_queues(message["instance"], budget, seed=message["seed"], start=message["start"], checkpoint=look)


def main(number: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asked
    peer = socket.socket(fileno=number)
    warm_up()
    try:
        send(peer, READY)
        while True:
            raw = receive(peer, LENGTH.unpack(receive(peer, LENGTH.size))[0])
            if not raw:  # told to stop what is done already
                continue
            try:
                plan = _solve(peer, pickle.loads(raw))
            except _StoppedError:
                send(peer, STOPPED)
            except EOFError:
                raise
            except Exception as error:
                send(peer, FAILED, f"{type(error).__name__}: {error}".encode())
            else:
                send(peer, DONE, pickle.dumps(plan, protocol=5))
    except (EOFError, OSError):
        return  # nobody asks any more


if __name__ == "__main__":
    main(int(sys.argv[1]))
