"""Does the server's memory stay what it is? ``python -m benchmarks.soak`` [--minutes 20].

Ten incidents a second are created and closed, positions of all units stream in, plans are made again in the background;
the server's resident memory is read every five seconds. Draws docs/images/soak.png.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import numpy as np
from rich.console import Console

from benchmarks.live_client import Plan, Seen, run
from benchmarks.live_server import Serving, serving
from benchmarks.machine import keep
from benchmarks.tables import ResultTable

EVERY_S = 5.0
#: The first part is a start: caches fill, the first thousand incidents come.
WARM_SHARE = 0.25
CHART = Path(__file__).resolve().parent.parent / "docs" / "images" / "soak.png"


def resident_mb(pid: int) -> float:
    """Of a process and those it has started that still live in it, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


class Sampler:
    """Reads a server's memory until stopped."""

    def __init__(self, server: Serving) -> None:
        self.samples: list[tuple[float, float]] = []
        self._server, self._stopped = server, threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        began = time.monotonic()
        while not self._stopped.wait(EVERY_S):
            self.samples.append((time.monotonic() - began, resident_mb(self._server.pid)))

    def stop(self) -> list[tuple[float, float]]:
        self._stopped.set()
        self._thread.join()
        return self.samples


def soak(minutes: float, per_s: float) -> tuple[Seen, list[tuple[float, float]], float]:
    """What the callers saw, (seconds, MB) samples, and the ledger's size in MB."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.db"
        with serving("--units", "8000", "--ledger", f"sqlite:///{file}") as server:
            sampler = Sampler(server)
            seen = run(Plan(server.address, "open", seconds=60 * minutes, warm_up_s=10.0, per_s=per_s))
            samples = sampler.stop()
            return seen, samples, sum(each.stat().st_size for each in Path(folder).iterdir()) / 1e6


def growth(samples: list[tuple[float, float]]) -> tuple[float, float, float]:
    """MB at the end of the start, MB at the end, and MB an hour between, by a straight line."""
    later = np.array(samples[int(WARM_SHARE * len(samples)) :])
    slope = float(np.polyfit(later[:, 0], later[:, 1], 1)[0]) * 3600 if len(later) > 2 else 0.0
    return float(later[0, 1]), float(later[-1, 1]), slope


def chart(samples: list[tuple[float, float]], per_s: float) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    at, mb = np.array(samples).T
    figure, axes = pyplot.subplots(figsize=(8, 3.2), dpi=120)
    axes.plot(at / 60, mb, color="#0b6e99", linewidth=1.6)
    axes.set(ylim=(0, 1.15 * mb.max()), xlabel="minutes", ylabel="resident memory, MB")
    axes.set_title(f"A server under {per_s:g} incidents a second, 8,000 units moving", loc="left", fontsize=10)
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(CHART)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--per-s", type=float, default=10.0)
    parser.add_argument("--no-keep", action="store_true", help="write neither benchmarks/results nor the chart")
    options = parser.parse_args()
    seen, samples, ledger_mb = soak(options.minutes, options.per_s)
    first, last, slope = growth(samples)
    table = ResultTable.of(
        f"{options.minutes:g} minutes, {options.per_s:g} incidents a second, 8,000 units moving",
        ["incidents", "errors", "positions", "MB after a quarter", "MB at the end", "MB an hour", "ledger, MB"],
        [
            [
                f"{len(seen.times['create']):,}",
                f"{len(seen.errors)}",
                f"{seen.positions:,}",
                f"{first:.0f}",
                f"{last:.0f}",
                f"{slope:+.1f}",
                f"{ledger_mb:.0f}",
            ]
        ],
    )
    console = Console(width=100)
    console.print(table.rich())
    for error, count in Counter(seen.errors).most_common(5):
        console.print(f"{count} x {error}")
    if not options.no_keep:
        chart(samples, options.per_s)
        notes = ["![Resident memory of the server over the soak](images/soak.png)"]
        print(f"kept in {keep('soak', {'tables': [table.to_dict()], 'notes': notes, 'samples': samples})}")


if __name__ == "__main__":
    main()
