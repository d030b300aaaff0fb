"""A call centre's lines on the live service: ``python -m benchmarks.live_load``.

A server process with 8,000 units of 3,000 providers, all its own (nobody is asked before a unit is sent), its ledger in
SQLite, planning again in the background; one client process with 150 callers who each ask again as soon as they are
answered. A round creates an incident, which gets its unit at once, and closes an earlier one. Then the same with 5 ms
added to every flush; then 20 rounds a second at fixed times, measured from when each should have begun, while the
positions of all units stream in every 10 s; then a bare gRPC server with as many threads, which echoes messages of the
same sizes to the same client. Flushes are counted and slowed by a library put before fsync; where no C compiler is
a private hook of the server sleeps before each commit instead.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks.live_client import Plan, Seen, run
from benchmarks.live_server import serving
from benchmarks.live_shim import Flushes
from benchmarks.machine import keep
from benchmarks.tables import ResultTable

#: What is asked for: rounds a second, and milliseconds.
ROUNDS, ROUND_P99_MS, OPEN_P99_MS, MOST_OPEN = 300, 800, 30, 2000
SLOWER_S = 0.005


@dataclass(frozen=True, slots=True)
class Run:
    """One load and what came of it."""

    name: str
    plan: Plan
    seen: Seen
    used: dict[str, Any]  # by the server, a second
    open: int

    @property
    def rounds_per_s(self) -> float:
        return len(self.seen.times["round"]) / max(self.seen.took_s, 1e-9)

    @property
    def calls_per_s(self) -> float:
        return (len(self.seen.times["create"]) + len(self.seen.times["close"])) / max(self.seen.took_s, 1e-9)

    def ms(self, what: str) -> tuple[float, float, float]:
        """Median, 99th percentile and maximum."""
        times = self.seen.times[what]
        if not times:
            return (0.0, 0.0, 0.0)
        return tuple(round(1000 * float(np.quantile(times, share)), 1) for share in (0.5, 0.99, 1.0))  # ty: ignore[invalid-explicit-return]

    def kept(self) -> dict[str, Any]:
        """For the file of results."""
        return {
            "rounds_per_s": self.rounds_per_s,
            "calls_per_s": self.calls_per_s,
            "ms": {what: self.ms(what) for what in ("create", "close", "round")},
            "errors": len(self.seen.errors),
            "unassigned": self.seen.unassigned,
            "positions": self.seen.positions,
            "open": self.open,
            "client_cores": self.seen.cpu_s / max(self.seen.took_s, 1e-9),
            "server": self.used,
        }


def load(
    name: str,
    plan: Plan,
    *,
    ledger: str | None = None,
    units: int = 8000,
    slower_s: float = 0.0,
    log: Path | None = None,
) -> Run:
    """One load on a fresh server; an echo where the plan says so."""
    with tempfile.TemporaryDirectory() as folder:
        flushes = Flushes.here(Path(folder))
        arguments = ["--echo"] if plan.kind == "echo" else ["--units", str(units)]
        if plan.kind != "echo":
            arguments += ["--ledger", ledger or f"sqlite:///{folder}/ledger.db"]
        if slower_s and flushes is None:
            arguments += ["--slower-commits", str(slower_s)]
        with serving(*arguments, flushes=flushes, log=log) as server:
            if flushes is not None:
                flushes.slow(slower_s)
            before, flushed = server.figures(), flushes.count if flushes is not None else 0
            seen = run(replace(plan, address=server.address))
            after = server.figures()
            flushed = (flushes.count if flushes is not None else 0) - flushed
    return Run(name, plan, seen, _used(before, after, flushed), after.get("open", 0))


def _used(before: dict[str, Any], after: dict[str, Any], flushed: int) -> dict[str, Any]:
    """What a server used and did a second, warm-up included."""
    passed = after["at_s"] - before["at_s"]
    threads = {
        name: (spent - before["threads"].get(name, 0.0)) / passed
        for name, spent in after["threads"].items()
        if spent - before["threads"].get(name, 0.0) > 0.001 * passed
    }
    solvers = (after.get("solvers_s", 0.0) - before.get("solvers_s", 0.0)) / passed
    return {
        "solver_cores": solvers,
        "cores": (after["cpu_s"] - before["cpu_s"]) / passed,
        "cores_by_thread": threads,
        "replan_core": threads.get("towline-replan-coquimbo", 0.0) + solvers,
        "flushes": flushed / passed,
        "commits": (after.get("batches", 0) - before.get("batches", 0)) / passed,
    }


def table(runs: list[Run]) -> ResultTable:
    """One row a load."""
    return ResultTable.of(
        "150 callers at once, and 20 incidents a second",
        [
            "load",
            "rounds a second",
            "round p50 / p99 / max (ms)",
            "create (ms)",
            "close (ms)",
            "errors",
            "open",
            "server cores",
            "planning again",
            "client cores",
            "flushes a second",
        ],
        [
            [
                each.name,
                f"{each.rounds_per_s or len(each.seen.times['create']) / max(each.seen.took_s, 1e-9):,.0f}",
                _three(each.ms("round")),
                _three(each.ms("create")),
                _three(each.ms("close")),
                str(len(each.seen.errors)),
                f"{each.open:,}",
                f"{each.used['cores']:.2f}",
                f"{each.used['replan_core']:.2f}",
                f"{each.seen.cpu_s / max(each.seen.took_s, 1e-9):.2f}",
                f"{each.used['flushes']:.0f}",
            ]
            for each in runs
        ],
    )


def _three(ms: tuple[float, float, float]) -> str:
    return " / ".join(f"{each:,.0f}" if each >= 100 else f"{each:.1f}" for each in ms) if any(ms) else "-"


def share_of_ours(closed: Run, echo: Run) -> float:
    """Of the server's CPU time for one call, how much a bare gRPC server does not need."""
    return 1 - (echo.used["cores"] / echo.calls_per_s) / (closed.used["cores"] / closed.calls_per_s)


def verdicts(closed: Run, slower: Run | None, paced: Run | None) -> list[str]:
    """What was asked for, and whether it is so here."""
    found = []
    for each in (closed, slower):
        if each is not None:
            p99 = each.ms("round")[1]
            good = (
                each.rounds_per_s >= ROUNDS and p99 <= ROUND_P99_MS and not each.seen.errors and each.open <= MOST_OPEN
            )
            found.append(
                f"{each.name}: {each.rounds_per_s:,.0f} rounds a second (asked: {ROUNDS}), p99 {p99:,.0f} ms (asked: "
                f"{ROUND_P99_MS}), {len(each.seen.errors)} errors, {each.open:,} open: {'met' if good else 'missed'}."
            )
    if paced is not None:
        p99 = max(paced.ms("create")[1], paced.ms("close")[1])
        good = p99 <= OPEN_P99_MS and not paced.seen.errors
        found.append(
            f"{paced.name}: p99 {p99:,.1f} ms a call (asked: {OPEN_P99_MS}), {len(paced.seen.errors)} errors, "
            f"{paced.seen.positions:,} positions taken: {'met' if good else 'missed'}."
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--warm-up", type=float, default=10.0)
    parser.add_argument("--callers", type=int, default=150)
    parser.add_argument("--channels", type=int, default=10, help="connections that the callers share")
    parser.add_argument("--ledger", help="URL of an empty ledger, for the first load alone; SQLite otherwise")
    parser.add_argument("--only", choices=("closed", "slower", "open", "echo"), help="one load instead of all")
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    asked = parser.parse_args()
    plan = Plan("", "closed", asked.seconds, asked.warm_up, asked.callers, asked.channels)
    console, runs = Console(width=150), dict[str, Run]()

    def wanted(name: str) -> bool:
        return asked.only in (None, name)

    if wanted("closed"):
        runs["closed"] = load("each asks when answered", plan, ledger=asked.ledger)
    if wanted("slower"):
        runs["slower"] = load("the same, flushes 5 ms slower", plan, slower_s=SLOWER_S)
    if wanted("open"):
        runs["open"] = load("20 a second, positions streaming", replace(plan, kind="open"))
    if wanted("echo"):
        sizes = runs["closed"].seen.sizes if "closed" in runs else plan.sizes
        runs["echo"] = load("bare gRPC echo", replace(plan, kind="echo", sizes=tuple(sizes)))
    shown = table(list(runs.values()))
    console.print(shown.rich())
    notes = verdicts(runs["closed"], runs.get("slower"), runs.get("open")) if "closed" in runs else []
    if {"closed", "echo"} <= runs.keys():
        closed, echo = runs["closed"], runs["echo"]
        notes.append(
            f"A bare gRPC server answers {echo.rounds_per_s:,.0f} rounds a second with a p99 of "
            f"{echo.ms('round')[1]:,.0f} ms; of the server's processor time for a call, "
            f"{100 * share_of_ours(closed, echo):.0f} % is ours. Planning again used "
            f"{closed.used['replan_core']:.2f} of a core: after each plan it rests until what the plan took, by the "
            "clock, is the policy's share (`live.replan_core`) of what has passed."
        )
    for note in notes:
        console.print(note)
    if not asked.no_keep:
        kept = {
            "tables": [shown.to_dict()],
            "notes": notes,
            "results": {key: each.kept() for key, each in runs.items()},
        }
        console.print(f"kept in {keep('live_load', kept)}")


if __name__ == "__main__":
    main()
