"""A server for `benchmarks.failover`: ``python -m benchmarks.failover_server --address HOST:PORT --ledger URL``.

Prints one line when it serves; stops at SIGTERM.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

REGION, OTHER = "coquimbo", "other"
LON, LAT = -71.25, -29.91
UNITS, PROVIDERS = 60, 6


def start(address: str, ledger: str, log: Path, *more: str) -> subprocess.Popen[str]:
    """The command in a process of its own; it serves when its output has a line."""
    command = [sys.executable, "-m", "benchmarks.failover_server", "--address", address, "--ledger", ledger, *more]
    with log.open("a") as errors:
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", required=True)
    parser.add_argument("--ledger", required=True)
    parser.add_argument("--lease", type=float, default=4.0)
    parser.add_argument("--patient", action="store_true", help="serve another region too, and prefer that one")
    asked = parser.parse_args()

    from engine.dispatch import Dispatcher
    from engine.model import Fleet, Location, Provider, Service, Unit
    from engine.server import ServerOptions, serve
    from engine.server.leading_options import LeadingOptions
    from graphs.bundled import load_coquimbo

    units = tuple(
        Unit(
            f"u{k}", f"p{k % PROVIDERS}", Location(LON + 0.002 * (k % 10), LAT + 0.002 * (k // 10)), frozenset(Service)
        )
        for k in range(UNITS)
    )
    fleet = Fleet(tuple(Provider(f"p{k}") for k in range(PROVIDERS)), units)
    options = ServerOptions(leading=LeadingOptions(asked.lease, lead=(OTHER,) if asked.patient else ()), grace_s=2.0)
    code = serve(
        {name: Dispatcher(load_coquimbo()) for name in ((REGION, OTHER) if asked.patient else (REGION,))},
        asked.address,
        options,
        fleets={REGION: fleet},
        on_ready=lambda _: print("serving", flush=True),
        ledger=asked.ledger,
    )
    sys.exit(code)


if __name__ == "__main__":
    main()
