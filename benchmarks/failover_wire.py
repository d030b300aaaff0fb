"""A wire between a server and its database that can be cut, or go dead: connected, but nothing arrives."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Literal

State = Literal["whole", "cut", "dead"]


class Wire:
    """Listens on ``port`` of the loopback and passes bytes on to another one there."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._flows = threading.Event()
        self._flows.set()
        self._state: State = "whole"
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def set(self, state: State) -> None:
        """``cut``: connections end, and new ones at once; ``dead``: all stay, and nothing passes; ``whole`` again."""
        self._state = state
        if state == "dead":
            self._flows.clear()
        else:
            self._drop()
            self._flows.set()

    def close(self) -> None:
        self._listener.close()
        self._flows.set()
        self._drop()

    def _drop(self) -> None:
        ends, self._ends = self._ends, []
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self._state == "cut":
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._to))
                self._ends += [near, far]
                for give, take in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(give, take), daemon=True).start()

    def _pass(self, give: socket.socket, take: socket.socket) -> None:
        with suppress(OSError):
            while piece := give.recv(1 << 16):
                self._flows.wait()
                take.sendall(piece)
        for end in (give, take):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
