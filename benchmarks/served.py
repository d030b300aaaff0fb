"""A server of the standard case in a process of its own, for benchmarks of whole servers.

``python -m benchmarks.served`` serves until its input ends. Its clock runs from the standard case's Tuesday morning, so
that shifts and prices are those of a working day.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from benchmarks.standard import NOW

READY = "serving "


@dataclass(frozen=True, slots=True)
class Served:
    """Where it listens, its process, and how far its clock is behind the machine's."""

    address: str
    pid: int
    behind_s: float

    def now(self) -> datetime:
        """The server's clock."""
        return datetime.fromtimestamp(time.time() - self.behind_s, NOW.tzinfo)


@contextmanager
def served(*arguments: str) -> Generator[Served]:
    """A server process, with further arguments of the command below; stopped afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.served", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = next((line for line in process.stdout if line.startswith(READY)), "")
        if not line:
            raise SystemExit("the server did not start")
        yield Served(pid=process.pid, **json.loads(line.removeprefix(READY)))
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(60)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=8000)
    parser.add_argument("--ledger", help="URL; a temporary one otherwise")
    asked = parser.parse_args()

    from benchmarks.standard import standard_case
    from engine.model import Fleet
    from engine.server import Server, ServerOptions
    from engine.server.serve import share_fairly

    case = standard_case(units=asked.units, incidents=1)
    behind_s = time.time() - NOW.timestamp()
    options = ServerOptions(clock=lambda: NOW + timedelta(seconds=time.time() - behind_s - NOW.timestamp()))
    fleet = Fleet(tuple(case.state.providers.values()), tuple(case.state.units))
    server = Server({"coquimbo": case.dispatcher}, options=options, fleets={"coquimbo": fleet}, ledger=asked.ledger)
    server.start()
    share_fairly()
    print(READY + json.dumps({"address": server.address, "behind_s": behind_s}), flush=True)
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main()
