"""What-ifs on Auckland with the standard fleet, and 1,000 dropped providers: ``python -m benchmarks.what_if``.

54,000 junctions, each a place with demand, 3,000 providers with 8,000 units. The time of one what-if is from the
changed scenario to its new key figures, by a planner that has seen the fleet as it is (the first what-if, after which
the next ones are cheap, is told by itself); compute is the processor's time. Rows of a sweep are the same wherever they
are made, and some of them are compared with the changed fleet searched afresh.
"""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from rich.console import Console

from benchmarks.auckland import auckland_region
from benchmarks.machine import keep
from benchmarks.tables import ResultTable
from engine.coverage.coverage import CoverageFigures
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.coverage.stands import Stands
from engine.generate import generate_fleet
from engine.model import Service
from engine.scenario import (
    AddProvider,
    MoveProvider,
    PromiseMinutes,
    RemoveProvider,
    ResizeProvider,
    Scenario,
    SpeedFactor,
    Sweep,
    When,
)
from engine.sweep import run_sweep
from graphs.region import Region
from graphs.store import open_region, save_region

NOW = datetime(2026, 3, 3, 11, 30, tzinfo=UTC)
WHEN = When(services=(Service.TOWING,))
OUT = Path(__file__).parent.parent / "out"


@dataclass(frozen=True)
class Auckland:
    """The planner's world."""

    region: Region
    stands: Stands

    def planner(self) -> Planner:
        """One that has seen nothing yet."""
        network = self.region.network
        return Planner(self.region, DemandLayer.of_points(network.node_lon, network.node_lat))


def auckland() -> Auckland:
    """Its region is kept in ``out/``."""
    path = OUT / "auckland.towline-region"
    if not path.exists():
        save_region(auckland_region(), path)
    region = open_region(path)
    planner = Planner(region, DemandLayer.of_points([region.network.node_lon[0]], [region.network.node_lat[0]]))
    return Auckland(region, planner.stands(generate_fleet(region, None, seed=1, now=NOW)))


def drops(stands: Stands, count: int) -> Scenario:
    """Each of the first so many providers leaves."""
    return Scenario(when=WHEN, sweep=Sweep(remove_each=tuple(provider.id for provider in stands.providers[:count])))


def figures(planner: Planner, stands: Stands, scenario: Scenario) -> CoverageFigures:
    return planner.evaluate(stands, scenario).evaluations[0].coverage.figures


def kinds(case: Auckland, count: int) -> dict[str, list[Scenario]]:
    """So many what-ifs of every kind."""
    rng = np.random.default_rng(1)
    network, ids = case.region.network, [provider.id for provider in case.stands.providers]
    nodes = rng.integers(0, network.node_count, count)
    at = [(float(network.node_lon[node]), float(network.node_lat[node])) for node in nodes]
    names = [ids[row] for row in rng.choice(len(ids), count, replace=False)]

    def each(*changes) -> list[Scenario]:
        return [Scenario(when=WHEN, providers=(change,)) for change in changes]

    return {
        "a provider leaves": each(*map(RemoveProvider, names)),
        "a provider is added": each(*(AddProvider("new", lon, lat, crews=3) for lon, lat in at)),
        "a provider moves": each(*(MoveProvider(name, lon, lat) for name, (lon, lat) in zip(names, at, strict=True))),
        "a provider has other crews": each(*(ResizeProvider(name, 7) for name in names)),
        "another promise": [
            Scenario(when=WHEN, promise=PromiseMinutes(urban_minutes=float(minutes)))
            for minutes in np.linspace(5, 40, count)
        ],
        "speeds change": [
            Scenario(when=WHEN, speeds=(SpeedFactor(float(factor)),)) for factor in np.linspace(0.5, 0.95, count)
        ],
        "speeds change and a provider leaves": [
            Scenario(when=WHEN, speeds=(SpeedFactor(float(factor)),), providers=(RemoveProvider(name),))
            for name, factor in zip(names, np.linspace(0.51, 0.96, count), strict=True)
        ],
    }


def one_by_one(case: Auckland, planner: Planner, count: int) -> list[list[str]]:
    """Rows of the table of single what-ifs."""
    rows = []
    for name, scenarios in kinds(case, count).items():
        wall, compute = [], []
        for scenario in scenarios:
            known = planner.checked(scenario, case.stands)
            began, cpu = time.perf_counter(), time.process_time()
            _ = planner.evaluate(case.stands, known).evaluations[0].coverage.figures
            wall.append(1e3 * (time.perf_counter() - began))
            compute.append(1e3 * (time.process_time() - cpu))
        figure = [f"{np.quantile(ms, share):.1f}" for ms in (wall, compute) for share in (0.5, 0.9)]
        rows.append([name, f"{len(scenarios)}", *figure])
    return rows


def swept(case: Auckland, planner: Planner, count: int, repeat: int) -> tuple[list[list[str]], int]:
    """Rows of the table of sweeps, and how many figures were compared."""
    scenario = drops(case.stands, count)
    known = planner.checked(scenario, case.stands)
    rows: dict[str, list[float]] = {}
    expected = None
    for _ in range(repeat):
        for workers in (0, 1, 2):
            began = time.perf_counter()
            found = run_sweep(planner, case.stands, known, workers=workers).result().rows
            name = f"{workers} process{'' if workers == 1 else 'es'}, begun for it" if workers else "in this process"
            rows.setdefault(name, []).append(time.perf_counter() - began)
            assert expected is None or found == expected
            expected = found
        began = time.perf_counter()
        each = [checked for _, checked in known.variants()]
        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(lambda one: planner.evaluate(case.stands, one).evaluations[0].coverage.figures, each)
            )
        rows.setdefault("2 threads of this process", []).append(time.perf_counter() - began)
        assert answers == [row.figures for row in expected or ()]
    told = [[name, f"{min(seconds):.1f}", f"{1e3 * min(seconds) / count:.1f}"] for name, seconds in rows.items()]
    compared = 0
    for number, row in list(enumerate(expected or ()))[:: max(1, count // 20)]:
        rest = case.stands.take(np.flatnonzero(case.stands.provider != number))
        assert planner.coverage(rest, Service.TOWING).figures == row.figures
        compared += 1
    return told, compared


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--what-ifs", type=int, default=30, help="of every kind")
    parser.add_argument("--drops", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=2, help="of the sweep; the best counts")
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    case = auckland()
    planner = case.planner()
    load = [f"{os.getloadavg()[0]:.1f}"]
    figures(planner, case.stands, Scenario(when=WHEN))  # kernels are compiled, demand is on its roads
    planner._known.keep_only(())
    began = time.perf_counter()
    figures(planner, case.stands, Scenario(when=WHEN))
    base = 1e3 * (time.perf_counter() - began)
    began = time.perf_counter()
    figures(planner, case.stands, Scenario(when=WHEN, providers=(RemoveProvider(case.stands.providers[0].id),)))
    first = 1e3 * (time.perf_counter() - began)
    single = one_by_one(case, planner, options.what_ifs)
    sweep, compared = swept(case, planner, options.drops, options.repeat)
    load.append(f"{os.getloadavg()[0]:.1f}")
    size = f"{case.region.network.node_count:,} places, {len(case.stands.providers):,} providers"
    tables = [
        ResultTable.of(
            f"One what-if, ms from the changed scenario to new figures; {size}",
            ["change", "what-ifs", "median", "90 %", "compute, median", "90 %"],
            single,
        ),
        ResultTable.of(f"{options.drops:,} providers dropped, one by one", ["where", "seconds", "ms a drop"], sweep),
    ]
    for table in tables:
        Console(width=110).print(table.rich())
    note = (
        f"The fleet as it is took {base:,.0f} ms, the first what-if after it {first:,.0f} ms. {compared} of the drops "
        "were also evaluated by searching the fleet that is left afresh, with equal figures. Load of the machine's "
        f"cores before and after: {' and '.join(load)}."
    )
    print(note)
    if not options.no_keep:
        print(f"kept in {keep('what_if', {'tables': [table.to_dict() for table in tables], 'notes': [note]})}")


if __name__ == "__main__":
    main()
