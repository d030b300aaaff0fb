"""Expected coverage and simulated days side by side: ``python -m benchmarks.expected``.

Coquimbo, one fleet, calls at one rate day and night, everybody on duty, nobody declines, the nearest free unit goes
and who finds none waits. Days are simulated as the project does it (units stay where their last work ended) and, to
tell how much that matters, with units that are back at their base at once. Expected coverage draws days of its own;
"same days" plays the very calls of the simulated days, so that only the two ways of playing them differ. Promises are
12, 25 and 20 minutes, at which shares tell something. Then the time it takes, also for the standard fleet.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks.machine import keep
from benchmarks.tables import ResultTable
from engine.coverage.expected import AfterWork, expected_coverage
from engine.coverage.expected_streams import CallStream
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.generate import generate_fleet
from engine.model import Service
from engine.policy import Policy
from engine.simulate.measures import Estimate
from graphs.bundled import load_coquimbo, load_coquimbo_population
from tests.engine.coverage.steady import TOWS, Steady, figures_of

#: (units, calls an hour).
CASES = ((20, 7.0), (16, 9.0), (16, 12.0))
HOURS = 24.0
FIGURES = ("kept", "busy", "minutes", "waited")
CALLS_PER_HOUR = 200.0


def planner_of(policy: Policy) -> Planner:
    return Planner(load_coquimbo(), DemandLayer.of_cells(load_coquimbo_population()), policy, highway_share=0.12)


def tight() -> Policy:
    usual = Policy.default()
    return replace(usual, promise=replace(usual.promise, urban_minutes=12.0, highway_minutes=25.0, other_minutes=20.0))


def compared(planner: Planner, units: int, per_hour: float, seeds: int) -> list[dict[str, Any]]:
    """One case: units that stay, and units that return."""
    policy = planner.policy
    steady = Steady.of(planner, load_coquimbo_population(), units=units, per_hour=per_hour, hours=HOURS)
    rows = []
    after_work: AfterWork
    for after_work in ("stay", "return"):
        begin = time.perf_counter()
        found = expected_coverage(steady.streams, policy=policy, after_work=after_work)
        took = time.perf_counter() - begin
        model = figures_of(found)
        days, same = steady.simulated(range(1, seeds + 1), returning=after_work == "return")
        rows.append(
            {
                "units": units,
                "calls_per_hour": per_hour,
                "after_work": after_work,
                "model": dict(zip(FIGURES, model, strict=True)),
                "model_plus_minus": found.figures.plus_minus,
                "days_played": found.days,
                "model_seconds": took,
                "simulated": {name: [day.mean, day.plus_minus] for name, day in zip(FIGURES, days, strict=True)},
                "same_days": {name: [more.mean, more.plus_minus] for name, more in zip(FIGURES, same, strict=True)},
                "inside": {
                    name: abs(value - day.mean) <= day.plus_minus
                    for name, value, day in zip(FIGURES, model, days, strict=True)
                },
            }
        )
        print(rows[-1], flush=True)
    return rows


def seconds(repetitions: int) -> dict[str, float]:
    """Milliseconds of this process for 3,000 providers and 8,000 units, repair and towing, arrivals being there."""
    planner = planner_of(Policy.default())
    fleet = generate_fleet(
        planner.region,
        load_coquimbo_population(),
        seed=1,
        now=datetime(2026, 3, 3, 11, tzinfo=UTC),
        providers=3000,
        units=8000,
        territory_share=0.0,
    )
    stands = planner.stands(fleet)
    share = {Service.BREAKDOWN_REPAIR: 1 - TOWS, Service.TOWING: TOWS}
    streams = [CallStream(planner.coverage(stands, each), CALLS_PER_HOUR * part) for each, part in share.items()]
    took = []
    for _ in range(repetitions + 1):
        begin = time.process_time()
        expected_coverage(streams)
        took.append(1000 * (time.process_time() - begin))
    return {"median_ms": float(np.median(took[1:])), "least_ms": min(took[1:]), "first_ms": took[0]}


def table(rows: list[dict[str, Any]], seeds: int) -> ResultTable:
    lines = []
    for row in rows:
        cells = []
        for name in FIGURES:
            model, day = row["model"][name], Estimate(*row["simulated"][name])
            text = "{:.1f} / {:.1f} ±{:.1f}" if name == "minutes" else "{:.1%} / {:.1%} ±{:.1%}"
            cells.append(text.format(model, day.mean, day.plus_minus) + ("" if row["inside"][name] else " (outside)"))
        case = f"{row['units']} units, {row['calls_per_hour']:g} calls an hour, {row['after_work']}"
        more, sure = row["same_days"]["kept"]
        lines.append([case, *cells, f"{100 * more:+.1f} ±{100 * sure:.1f}"])
    title = f"Expected / simulated (95 % of the mean of {seeds} days)"
    return ResultTable.of(title, ["", "Kept", "Busy", "Minutes", "Waited", "Kept, same days, points"], lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--case", type=int, choices=range(len(CASES)), help="only one of the cases")
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    planner = planner_of(tight())
    cases = CASES if options.case is None else CASES[options.case : options.case + 1]
    rows = [row for case in cases for row in compared(planner, *case, options.seeds)]
    found = table(rows, options.seeds)
    Console(width=150).print(found.rich())
    took = seconds(5)
    print(f"3,000 providers, 8,000 units, {CALLS_PER_HOUR:g} calls an hour: {took['median_ms']:.0f} ms (median of 5)")
    if not options.no_keep:
        result = {"tables": [found.to_dict()], "seeds": options.seeds, "rows": rows, "standard_fleet": took}
        print(f"kept in {keep('expected', result)}")


if __name__ == "__main__":
    main()
