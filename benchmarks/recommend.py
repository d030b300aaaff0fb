"""One incident against the standard fleet, from its location to the answer: ``python -m benchmarks.recommend``."""

from __future__ import annotations

import argparse
import time

import numpy as np
from rich.console import Console

from benchmarks.machine import keep
from benchmarks.standard import NOW, standard_case
from benchmarks.tables import ResultTable


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=1000)
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    case = standard_case(incidents=options.incidents)
    for incident in case.incidents[:20]:
        case.dispatcher.recommend(incident, case.state, NOW)
    times = []
    for incident in case.incidents:
        began = time.perf_counter()
        case.dispatcher.recommend(incident, case.state, NOW)
        times.append(1000 * (time.perf_counter() - began))
    figures = {share: float(np.quantile(times, share)) for share in (0.5, 0.9, 0.99, 1.0)}
    table = ResultTable.of(
        f"Recommend with five runners-up and their reasons, {len(case.state):,} units, Coquimbo, ms",
        ["incidents", "median", "90 %", "99 %", "worst"],
        [[f"{len(times):,}", *(f"{ms:.2f}" for ms in figures.values())]],
    )
    Console(width=100).print(table.rich())
    if not options.no_keep:
        print(f"kept in {keep('recommend', {'tables': [table.to_dict()], 'ms': times})}")


if __name__ == "__main__":
    main()
