"""Expected coverage and simulated days side by side: ``python -m benchmarks.expected``.

Coquimbo, one fleet, calls at one rate day and night, everybody on duty, nobody declines, the nearest free unit goes
and who finds none waits. Days are simulated as the project does it (units stay where their last work ended) and, to
tell the error of the model of busy crews from that of positions, with units that are back at their base at once.
Promises are 12, 25 and 20 minutes, at which shares tell something. Then the time it takes for the standard fleet.
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
from engine.coverage.expected import ExpectedCoverage, expected_coverage
from engine.coverage.expected_roaming import RoamingCoverage, roaming_coverage
from engine.coverage.expected_streams import CallStream
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.generate import generate_fleet
from engine.model import Service
from engine.policy import Policy
from engine.simulate.measures import Estimate
from graphs.bundled import load_coquimbo, load_coquimbo_population
from tests.engine.coverage.steady import TOWS, Steady

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


def told(found: ExpectedCoverage | RoamingCoverage) -> list[float]:
    """The model's `FIGURES`."""
    figures = found.figures
    return [found.share, found.mean_busy, figures.mean_minutes or float("inf"), figures.nobody_free]


def compared(planner: Planner, units: int, per_hour: float, seeds: int) -> list[dict[str, Any]]:
    """One case: units that return, and units that stay."""
    policy = planner.policy
    steady = Steady.of(planner, load_coquimbo_population(), units=units, per_hour=per_hour, hours=HOURS)
    streams, rows = steady.streams, []
    home = told(expected_coverage(streams, policy=policy))
    for returning in (True, False):
        model = home if returning else told(roaming_coverage(streams, policy=policy))
        days = steady.simulated(range(1, seeds + 1), returning=returning)
        rows.append(
            {
                "units": units,
                "calls_per_hour": per_hour,
                "after_work": "return" if returning else "stay",
                "model": dict(zip(FIGURES, model, strict=True)),
                "model_of_stands": dict(zip(FIGURES, home, strict=True)),
                "simulated": {name: [day.mean, day.plus_minus] for name, day in zip(FIGURES, days, strict=True)},
                "inside": {
                    name: abs(value - day.mean) <= day.plus_minus
                    for name, value, day in zip(FIGURES, model, days, strict=True)
                },
            }
        )
        print(rows[-1], flush=True)
    return rows


def seconds(repetitions: int) -> dict[str, float]:
    """Milliseconds for 3,000 providers and 8,000 units, repair and towing, arrivals being there."""
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
        begin = time.perf_counter()
        expected_coverage(streams)
        took.append(1000 * (time.perf_counter() - begin))
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
        lines.append([case, *cells, f"{row['model_of_stands']['kept']:.1%}"])
    title = f"Expected / simulated (95 % of the mean of {seeds} days)"
    return ResultTable.of(title, ["", "Kept", "Busy", "Minutes", "Waited", "Kept, by stands"], lines)


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
    took = seconds(15)
    print(f"3,000 providers, 8,000 units, {CALLS_PER_HOUR:g} calls an hour: {took['median_ms']:.0f} ms (median of 15)")
    if not options.no_keep:
        result = {"tables": [found.to_dict()], "seeds": options.seeds, "rows": rows, "standard_fleet": took}
        print(f"kept in {keep('expected', result)}")


if __name__ == "__main__":
    main()
