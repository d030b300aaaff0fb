"""500 scenarios on one Dask worker, on two, and with one of two killed: ``python -m benchmarks.sweep_dask``.

Real schedulers and workers on this machine, each a process of one thread. Auckland and the standard fleet; each
scenario is a speed factor on all roads with a provider dropped, so that every one has roads of its own. The time is
from the question to the last row, the region's way to the workers included; the workers are up before. All rows are
compared with those of this process.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager

import numpy as np
from distributed import Client
from rich.console import Console

from benchmarks.machine import keep
from benchmarks.tables import ResultTable
from benchmarks.what_if import WHEN, Auckland, auckland
from engine.coverage.planner import Planner
from engine.scenario import RemoveProvider, Scenario, SpeedFactor
from engine.sweep import SweepRow, run_sweep

START_S = 60.0


@contextmanager
def program(*args: str) -> Generator[subprocess.Popen]:
    """A Dask program."""
    paths = os.pathsep.join(filter(None, sys.path))
    begun = subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{args[0]}", *args[1:]],
        env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield begun
    finally:
        begun.kill()
        begun.wait()


@contextmanager
def cluster(workers: int) -> Generator[tuple[str, list[subprocess.Popen]]]:
    """A scheduler with so many workers of one thread."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        stack.enter_context(program("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"))
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", folder)
        found = [stack.enter_context(program("dask_worker", address, *options)) for _ in range(workers)]
        with Client(address, timeout=START_S, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=START_S)
        yield address, found


def scenarios(case: Auckland, count: int) -> list[Scenario]:
    """Each with speeds of its own."""
    factors = np.linspace(0.5, 0.999, count)
    return [
        Scenario(when=WHEN, speeds=(SpeedFactor(float(factor)),), providers=(RemoveProvider(provider.id),))
        for factor, provider in zip(factors, case.stands.providers, strict=False)
    ]


def timed(
    case: Auckland, planner: Planner, given: list[Scenario], workers: int, *, kill: bool = False
) -> tuple[float, list[SweepRow]]:
    """(seconds, rows); ``kill``: one of the workers, after a quarter of the rows."""
    with cluster(workers) as (address, found):
        began = time.perf_counter()
        rows: list[SweepRow] = []
        for row in run_sweep(planner, case.stands, given, scheduler=address):
            rows.append(row)
            if kill and len(rows) == len(given) // 4:
                found[0].kill()
        return time.perf_counter() - began, rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", type=int, default=500)
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    case = auckland()
    planner = case.planner()
    given = scenarios(case, options.scenarios)
    load = os.getloadavg()[0]
    began = time.perf_counter()
    expected = list(run_sweep(planner, case.stands, given, workers=0))
    here = time.perf_counter() - began
    timed(case, planner, given[:4], 1)  # its programs are read from disk
    one, rows = timed(case, planner, given, 1)
    assert rows == expected
    two, rows = timed(case, planner, given, 2)
    assert rows == expected
    killed, rows = timed(case, planner, given, 2, kill=True)
    assert rows == expected
    table = ResultTable.of(
        f"{len(given):,} scenarios on Auckland, each with speeds of its own and a provider less",
        ["where", "seconds", "of the ideal halving"],
        [
            ["this process", f"{here:.1f}", ""],
            ["one Dask worker", f"{one:.1f}", ""],
            ["two Dask workers", f"{two:.1f}", f"{two / (one / 2):.2f} x"],
            ["two, one killed after a quarter", f"{killed:.1f}", ""],
        ],
    )
    Console(width=100).print(table.rich())
    loads = f"{load:.1f} and {os.getloadavg()[0]:.1f}"
    note = f"All rows are equal, bit for bit. Load of the machine's cores before and after: {loads}."
    print(note)
    if not options.no_keep:
        print(f"kept in {keep('sweep_dask', {'tables': [table.to_dict()], 'notes': [note]})}")


if __name__ == "__main__":
    main()
