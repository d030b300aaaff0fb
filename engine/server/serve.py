"""Serve until told to stop: what `towline serve` runs."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from engine.dispatch import Dispatcher
from engine.home import home
from engine.model import Fleet
from engine.server.call_log import Telemetry
from engine.server.logs import log_to_stderr, logger
from engine.server.notify import Notifier
from engine.server.options import ServerOptions
from engine.server.server import Server
from engine.server.signals import Signals

#: What ends it, and what makes it read files again, where there is such a signal.
STOP = (signal.SIGTERM, signal.SIGINT)
RELOAD = (signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()
#: How often it looks whether the drain is over.
DRAIN_LOOK_S = 0.1
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
    with Signals((*STOP, *RELOAD)) as signals:
        try:
            server.start()
            share_fairly(one_core=server.options.one_core)
            told = _told(server, signals, wait=False)
            if on_ready and not told:
                on_ready(server)
            notifier.ready(f"serving {', '.join(dispatchers)} on {server.address}")
            draining = threading.Event()
            notifier.watch(lambda: draining.is_set() or server.alive())
            if not told:
                _told(server, signals)
            draining.set()
            notifier.stopping()
            logger.info("draining", extra={"grace_s": server.options.grace_s})
            drain = threading.Thread(target=server.stop, name="towline-drain")
            drain.start()
            while drain.is_alive():
                if signals.next(DRAIN_LOOK_S) in STOP:
                    server.cancel()
            drain.join()
        finally:
            notifier.close()
    return 0


def _told(server: Server, signals: Signals, *, wait: bool = True) -> bool:
    """Reload as often as it is asked for, until told to stop; without ``wait`` only what came already counts."""
    while (number := signals.next(None if wait else 0.0)) is not None:
        if number in STOP:
            return True
        server.reload()
    return False


def share_fairly(*, one_core: bool = True) -> None:
    """Keep short calls short while long ones run: measured in docs/api.md, "Server state".

    What start-up left is never collected, nor looked at by the collector again, which stops all threads meanwhile, and
    which looks more rarely than Python has it: that took one twentieth of a busy server's time. A thread that only
    converts messages gives way 25 times as often. All that take turns so live on one core (see `engine.home`).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)
    sys.setswitchinterval(SWITCH_S)
    if one_core:
        home.settle()
