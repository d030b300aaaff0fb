"""Simulated days on Jinan, common random numbers: ``python -m benchmarks.simulate``.

1,000 calls a day from 4 in the morning, 80 units on three overlapping shifts, free-flow travel times, the default
policy. Every strategy meets the same days. Seeds run in processes of their own, and so the seconds of a day are one's.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks.interop import jinan
from benchmarks.machine import keep
from benchmarks.tables import ResultTable
from engine.dispatch import Dispatcher
from engine.simulate import (
    DayOptions,
    broken_ratio,
    differences,
    estimate,
    make_day,
    measures_of,
    simulate_day,
    strategy_named,
)
from engine.simulate.measures import MEASURES, decision_seconds
from engine.simulate.records import DayRecord
from graphs.store import open_region, save_region

BASELINE = "nearest-eta"
STRATEGIES = (BASELINE, "nearest-line", "nearest-call", "immediate", "reoptimise")
REGION = Path(__file__).parent / "results" / ".jinan.towline-region"


@cache
def dispatcher() -> Dispatcher:
    return Dispatcher(open_region(REGION))


def run(seed: int, name: str, options: DayOptions) -> tuple[DayRecord, float, float]:
    """A day, and how long it took: wall and processor seconds."""
    day = make_day(dispatcher(), None, seed, options)
    wall, processor = time.perf_counter(), time.process_time()
    record = simulate_day(dispatcher(), day, strategy_named(name), timer=time.perf_counter)
    return record, time.perf_counter() - wall, time.process_time() - processor


def warm() -> None:
    """Kernels compiled or read before anything is timed."""
    for name in STRATEGIES:
        run(0, name, DayOptions(incidents=150, units=14))


def measure(seeds: int, options: DayOptions, processes: int) -> dict[str, Any]:
    days: dict[str, list[DayRecord]] = {}
    seconds: dict[str, dict[str, float]] = {}
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=warm) as pool:
        for name in STRATEGIES:
            asked = [pool.submit(run, seed, name, options) for seed in range(1, seeds + 1)]
            found = [one.result() for one in asked]
            days[name] = [record for record, _, _ in found]
            wall, processor = ([row[at] for row in found] for at in (1, 2))
            print(f"{name}: {len(found)} days, {np.median(wall):.0f} s each", flush=True)
            seconds[name] = {"median": float(np.median(wall)), "worst": max(wall), "worst_cpu": max(processor)}
    return {
        "options": {"incidents": options.incidents, "units": options.units, "seeds": seeds},
        "policy_version": dispatcher().policy.version,
        "day_seconds": seconds,
        "decision_ms": {name: [1000 * s for s in decision_seconds(each)] for name, each in days.items()},
        "figures": {name: _plain(estimate(each)) for name, each in days.items()},
        "less_baseline": {name: _plain(differences(each, days[BASELINE])) for name, each in days.items()},
        "broken_to_baseline": {name: _pair(broken_ratio(each, days[BASELINE])) for name, each in days.items()},
        "broken_by_seed": {name: [measures_of(d)["promises_broken"] for d in each] for name, each in days.items()},
    }


def _pair(figure: Any) -> list[float]:
    return [round(figure.mean, 4), round(figure.plus_minus, 4)]


def _plain(figures: dict[str, Any]) -> dict[str, list[float]]:
    return {name: _pair(figure) for name, figure in figures.items()}


def table(result: dict[str, Any]) -> ResultTable:
    rows = []
    for measure_ in MEASURES:
        cells = []
        for name in STRATEGIES:
            mean = f"{result['figures'][name][measure_.name][0]:,.1f}"
            less, width = result["less_baseline"][name][measure_.name]
            cells.append(mean if name == BASELINE else f"{mean} ({less:+,.1f} ±{width:,.1f})")
        rows.append([measure_.title, *cells])
    ratio = result["broken_to_baseline"]
    rows.append(["Broken, share of its", *(f"{100 * ratio[n][0]:.0f} % ±{100 * ratio[n][1]:.0f}" for n in STRATEGIES)])
    rows.append(["Decision, median ms", *(f"{result['decision_ms'][n][0]:.1f}" for n in STRATEGIES)])
    rows.append(["A day, median s", *(f"{result['day_seconds'][n]['median']:.0f}" for n in STRATEGIES)])
    rows.append(["A day, at worst s", *(f"{result['day_seconds'][n]['worst']:.0f}" for n in STRATEGIES)])
    chosen = result["options"]
    title = f"Jinan, {chosen['incidents']:,} calls, {chosen['units']} units, {chosen['seeds']} days (less {BASELINE})"
    return ResultTable.of(title, ["", *STRATEGIES], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--units", type=int, default=80)
    parser.add_argument("--incidents", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    if not REGION.exists():
        save_region(jinan(), REGION)
    try:
        day = DayOptions(incidents=options.incidents, units=options.units)
        result = measure(options.seeds, day, options.processes)
    finally:
        REGION.unlink()
    found = table(result)
    Console(width=140).print(found.rich())
    if not options.no_keep:
        print(f"kept in {keep('simulate', {'tables': [found.to_dict()], **result})}")


if __name__ == "__main__":
    main()
