"""A process that solves flows for `engine.assign.worker`: reads problems from a socket, writes choices to it.

Run by its path, so that it imports NumPy, OR-Tools and nothing of Towline. A message is its length (8 bytes) and its
bytes; a problem is the numbers of incidents and candidates, then the arrays of `SparseProblem`; an answer is one byte,
then the choice or, after a failure, what failed. The process ends when the other side closes the socket.
"""

from __future__ import annotations

import importlib.util
import signal
import socket
import struct
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np

LENGTH = struct.Struct("<q")
READY, CHOSEN, FAILED = b"R", b"C", b"F"


def _solver() -> ModuleType:
    """`flow.py`, beside this file."""
    spec = importlib.util.spec_from_file_location("towline_flow", Path(__file__).with_name("flow.py"))
    if spec is None or spec.loader is None:
        raise ImportError("flow.py is missing")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _problem(raw: bytes) -> SimpleNamespace:
    n, c = np.frombuffer(raw, np.int64, 2)
    at = 16
    arrays = {}
    for name, kind, size in (("first", "<i8", n + 1), ("unit", "<i4", c), ("cost", "<i8", c), ("unserved", "<i8", n)):
        arrays[name] = np.frombuffer(raw, kind, size, at)
        at += arrays[name].nbytes
    return SimpleNamespace(incident_count=int(n), **arrays)


def receive(peer: socket.socket, size: int) -> bytes:
    """EOFError when the other side has gone."""
    raw = bytearray(size)
    view, have = memoryview(raw), 0
    while have < size:
        got = peer.recv_into(view[have:])
        if not got:
            raise EOFError
        have += got
    return bytes(raw)


def send(peer: socket.socket, kind: bytes, raw: bytes = b"") -> None:
    """One answer: its kind, a byte, and what it says."""
    peer.sendall(LENGTH.pack(len(raw) + 1) + kind + raw)


def main(number: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asked
    peer = socket.socket(fileno=number)
    solver = _solver()
    one = np.ones(1, np.int64)
    tiny = SimpleNamespace(
        incident_count=1, first=np.array([0, 1]), unit=np.zeros(1, np.int32), cost=one, unserved=2 * one
    )
    solver.solve_flow(tiny)  # imports what is slow to import
    try:
        send(peer, READY)
        while True:
            problem = _problem(receive(peer, LENGTH.unpack(receive(peer, LENGTH.size))[0]))
            try:
                chosen = solver.solve_flow(problem)
            except Exception as error:
                send(peer, FAILED, f"{type(error).__name__}: {error}".encode())
            else:
                send(peer, CHOSEN, np.ascontiguousarray(chosen, "<i4").tobytes())
    except (EOFError, OSError):
        return  # nobody asks any more


if __name__ == "__main__":
    main(int(sys.argv[1]))
