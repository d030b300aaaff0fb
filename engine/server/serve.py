"""Serve until told to stop: what `towline serve` runs."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from engine.dispatch import Dispatcher
from engine.model import Fleet
from engine.server.call_log import Telemetry
from engine.server.logs import log_to_stderr, logger
from engine.server.notify import Notifier
from engine.server.options import ServerOptions
from engine.server.server import Server

#: How long a thread may hold the interpreter when others want it.
SWITCH_S = 0.0002
#: Objects that come before garbage is looked for, and generations: hundreds of incidents a second leave next to none.
COLLECT = (20_000, 20, 20)


def serve(
    dispatchers: Mapping[str, Dispatcher],
    address: str = "127.0.0.1:50051",
    options: ServerOptions | None = None,
    fleets: Mapping[str, Fleet] | None = None,
    on_ready: Callable[[Server], None] | None = None,
    feeds: Mapping[str, Path] | None = None,
    telemetry: Telemetry | None = None,
    ledger: str | None = None,
) -> int:
    """Serve in the main thread until SIGTERM or SIGINT, then drain; returns the exit code, 0.

    SIGHUP reads the feed files, certificates and keys again; without any it changes nothing (a reload must not end
    dispatching). A service manager that asks for it (systemd, ``Type=notify``) is told when it is ready and stops.

    ``on_ready`` is called once the server reports SERVING. A second signal ends the calls in flight at once.
    Raises what `Server` raises when the address or a fleet cannot be used.
    """
    log_to_stderr()
    server = Server(dispatchers, address, options, fleets, feeds, telemetry, ledger)
    notifier = Notifier()
    told = threading.Event()
    again = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        (again if told.is_set() else told).set()

    previous = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    if hasattr(signal, "SIGHUP"):
        previous[signal.SIGHUP] = signal.signal(signal.SIGHUP, lambda *_: server.reload())
    try:
        server.start()
        share_fairly()
        if on_ready and not told.is_set():
            on_ready(server)
        notifier.ready(f"serving {', '.join(dispatchers)} on {server.address}")
        notifier.watch(lambda: told.is_set() or server.alive())
        told.wait()
        notifier.stopping()
        logger.info("draining", extra={"grace_s": server.options.grace_s})
        drain = threading.Thread(target=server.stop, name="towline-drain")
        drain.start()
        while drain.is_alive():
            drain.join(0.2)
            if again.is_set():
                server.cancel()
                again.clear()
    finally:
        notifier.close()
        for number, handler in previous.items():
            signal.signal(number, handler)
    return 0


def share_fairly() -> None:
    """Keep short calls short while long ones run: measured in docs/api.md, "Server state".

    What start-up left is never collected, nor looked at by the collector again, which stops all threads meanwhile, and
    which looks more rarely than Python has it: that took one twentieth of a busy server's time. A thread that only
    converts messages gives way 25 times as often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)
    sys.setswitchinterval(SWITCH_S)
