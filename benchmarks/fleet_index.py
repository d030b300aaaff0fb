"""The fleet index against looking at everybody: ``python -m benchmarks.fleet_index``.

Both answer the same question, exactly: the 20 cheapest eligible units of one incident, labels warm, after snapping. The
full scan is the same compiled kernel over one cell that holds all units, so the ratio is what the index alone brings.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import replace
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks.machine import keep
from benchmarks.standard import NOW, standard_case
from benchmarks.tables import ResultTable
from engine.fleet import FleetState
from engine.fleet.candidates import CandidateSearch, Ranked
from engine.fleet.cells import CellIndex
from engine.intake import Intake

BEST = 20
RESOLUTIONS = (7, 8, 9)


def everybody(state: FleetState) -> FleetState:
    """The same fleet in one cell without a bound: every question looks at every unit."""
    coarse = CellIndex.build(state.positions.lon, state.positions.lat, 0)
    return replace(state, cells=replace(coarse, radius_m=np.full(coarse.cell.size, 1e9)))


def measure(units: int, incidents: int) -> dict[str, Any]:
    """Median milliseconds a question, the ways taking turns; every answer compared with the full scan's."""
    case = standard_case(units=units, incidents=incidents)
    ways = {"everybody": everybody(case.state)} | {
        f"resolution {r}": replace(
            case.state, cells=CellIndex.build(case.state.positions.lon, case.state.positions.lat, r)
        )
        for r in RESOLUTIONS
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    intake_times = []
    wanted = np.array([BEST])
    for turn, incident in enumerate([case.incidents[0], *case.incidents]):  # the first is a warm-up
        begin = time.perf_counter()
        intake = Intake.of([incident], case.state, case.dispatcher.promises, NOW)
        intake_ms = 1e3 * (time.perf_counter() - begin)
        answers: dict[str, Ranked] = {}
        for name, state in ways.items():
            search = CandidateSearch(state, intake, case.dispatcher.fastest)
            begin = time.perf_counter()
            answers[name] = search.ranked(wanted)
            if turn:
                times[name].append(1e3 * (time.perf_counter() - begin))
        if turn:
            intake_times.append(intake_ms)
        for name, answer in answers.items():
            same = np.array_equal(answer.row[answer.of(0)], answers["everybody"].row[answers["everybody"].of(0)])
            assert same, f"{name} differs from the full scan for {incident.id}"
    medians = {name: statistics.median(values) for name, values in times.items()}
    return {
        "units": units,
        "incidents": incidents,
        "intake_ms": statistics.median(intake_times),
        "median_ms": medians,
        "p95_ms": {name: float(np.quantile(values, 0.95)) for name, values in times.items()},
        "times_faster_than_everybody": {name: medians["everybody"] / value for name, value in medians.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, nargs="+", default=[8000, 50_000])
    parser.add_argument("--incidents", type=int, default=200)
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    results = [measure(units, options.incidents) for units in options.units]
    names = list(results[0]["median_ms"])
    table = ResultTable.of(
        f"Best {BEST} units of one incident, Coquimbo, labels warm: median ms (times faster than everybody)",
        ["units", *names],
        [
            [
                f"{result['units']:,}",
                *(f"{result['median_ms'][n]:.3f} ({result['times_faster_than_everybody'][n]:.1f}x)" for n in names),
            ]
            for result in results
        ],
    )
    console = Console()
    console.print(table.rich())
    if not options.no_keep:
        console.print(f"kept in {keep('fleet_index', {'tables': [table.to_dict()], 'results': results})}")


if __name__ == "__main__":
    main()
