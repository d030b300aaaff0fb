"""What a service manager is told (sd_notify(3)): that the server is ready, stops, and is alive."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Mapping

from engine.server.logs import logger


class Notifier:
    """Sends to the socket that systemd names in the environment; without one it does nothing."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        environment = os.environ if environment is None else environment
        self._path = environment.get("NOTIFY_SOCKET", "")
        self._interval_s = _interval_s(environment)
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def ready(self, status: str) -> None:
        self._tell(f"READY=1\nSTATUS={status}")

    def stopping(self) -> None:
        self._tell("STOPPING=1\nSTATUS=draining")

    def watch(self, alive: Callable[[], bool]) -> None:
        """From now on say twice an interval that the server lives, as long as ``alive`` says so; until `close`."""
        if self._path and self._interval_s:
            self._thread = threading.Thread(target=self._beat, args=(alive,), name="towline-notify", daemon=True)
            self._thread.start()

    def close(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _beat(self, alive: Callable[[], bool]) -> None:
        while not self._stopped.wait(self._interval_s / 2):
            if alive():
                self._tell("WATCHDOG=1")
            else:
                logger.error("watchdog", extra={"problem": "no thread answered in time"})

    def _tell(self, state: str) -> None:
        if not self._path:
            return
        address = "\0" + self._path[1:] if self._path.startswith("@") else self._path
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as told:
                told.sendto(state.encode(), address)
        except OSError as error:
            logger.warning("notify", extra={"problem": type(error).__name__})


def _interval_s(environment: Mapping[str, str]) -> float:
    """How often systemd wants to hear of this very process; 0: never."""
    text, pid = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
    if not text.isdigit() or (pid and pid != str(os.getpid())):
        return 0.0
    return int(text) / 1e6
