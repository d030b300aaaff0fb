"""The same what-if through scipy, pandana and OSMnx's way with networkx: ``python -m benchmarks.what_if_peers``.

The question: what share of Auckland's 54,000 junctions is within 10 minutes of the nearest of some bases at free flow,
when one base is dropped? Bases stand on junctions, mobilisation is nothing, everybody may serve everywhere, so that all
mean the same; junctions at the end of a one-way street are left out, since Towline has whoever stands there drive it.
scipy searches from all bases at once; pandana looks for the nearest base of every junction; the third
draws an ego graph around every base, as OSMnx's isochrone examples do, which bears few bases only. None of them tells
who is second or third, knows territories, crews or promises, or begins in the middle of a street. Rivals run in a
process of their own; the environment of benchmarks/queues-requirements.txt has all of them (``--python``). Travel is
rounded to whole milliseconds for all.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
from rich.console import Console

from benchmarks.machine import keep
from benchmarks.tables import ResultTable
from benchmarks.what_if import WHEN, Auckland, auckland
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.coverage.stands import Stands
from engine.model import Fleet, Location, Provider, Service, Unit
from engine.scenario import PromiseMinutes, RemoveProvider, Scenario
from graphs.position import destination_seeds, origin_seeds

MINUTES = 10.0
RIVAL = Path(__file__).with_name("what_if_rival.py")
#: Bases that each is asked about, and how often; ego graphs take seconds each.
SIZES = {"scipy": (20, 300, 3_000), "pandana": (20, 300, 3_000), "networkx": (20,)}
#: pandana keeps times as float32 and searches on floats: arrivals exactly at the limit may fall on either side.
TOLERANCE = {"scipy": 0, "networkx": 0, "pandana": 5}


def plain_junctions(case: Auckland) -> np.ndarray:
    """Junctions whose place on a street takes no time to leave and none to get to.

    Others lie at the end of a one-way street: who stands there has the street to drive, or has driven it.
    """
    region, network = case.region, case.region.network
    at = region.snapper.snap(network.node_lon, network.node_lat, 50.0)
    nodes, plain = np.arange(network.node_count), np.ones(network.node_count, bool)
    for seeds_of in (origin_seeds, destination_seeds):
        seeds = seeds_of(network, region.metric.weights, at, region.search_graph)
        here = (seeds.node_a == nodes) & (seeds.cost_a == 0) | (seeds.node_b == nodes) & (seeds.cost_b == 0)
        plain &= here
    return np.flatnonzero(plain)


def bases_of(junctions: np.ndarray, count: int) -> np.ndarray:
    """So many different junctions."""
    return np.random.default_rng(count).choice(junctions, count, replace=False)


def stands_of(case: Auckland, planner: Planner, bases: np.ndarray) -> Stands:
    """One crew at each."""
    network = case.region.network
    service = frozenset({Service.TOWING})
    at = [Location(float(network.node_lon[node]), float(network.node_lat[node])) for node in bases]
    providers = tuple(Provider(f"B{number}", services=service, base=place) for number, place in enumerate(at))
    units = tuple(
        Unit(f"U{number}", f"B{number}", place, services=service, mobilisation=timedelta(0))
        for number, place in enumerate(at)
    )
    return planner.stands(Fleet(providers, units))


def ours(case: Auckland, planner: Planner, bases: np.ndarray, times: int) -> tuple[list[float], list[int]]:
    """(seconds, junctions within reach) without the first, the second ... base."""
    stands = stands_of(case, planner, bases)
    promise = PromiseMinutes(MINUTES, MINUTES, MINUTES)
    planner.evaluate(stands, Scenario(when=WHEN, promise=promise))
    seconds, counts = [], []
    for number in range(times):
        scenario = Scenario(when=WHEN, promise=promise, providers=(RemoveProvider(f"B{number}"),))
        known = planner.checked(scenario, stands)
        began = time.perf_counter()
        found = planner.evaluate(stands, known).evaluations[0].coverage.figures
        seconds.append(time.perf_counter() - began)
        counts.append(round(found.covered))
    return seconds, counts


def theirs(python: str, name: str, case: Auckland, counted: np.ndarray, bases: np.ndarray, times: int) -> dict | None:
    """What a rival answers; None where it is not installed, RuntimeError with its words when it fails."""
    network = case.region.network
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.npz", Path(folder) / "out.json"
        np.savez(
            source,
            tail=network.arc_tail,
            head=network.arc_head,
            ms=case.region.metric.weights,
            lon=network.node_lon,
            lat=network.node_lat,
            counted=counted,
            bases=bases,
            within=round(60_000 * MINUTES),
            times=times,
        )
        done = subprocess.run([python, str(RIVAL), name, str(source), str(target)], capture_output=True, text=True)
        if "ModuleNotFoundError" in done.stderr:
            print(done.stderr.strip().splitlines()[-1])
            return None
        if done.returncode:
            raise RuntimeError(f"{name}: {done.stderr.strip().splitlines()[-1]}")
        return json.loads(target.read_text())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="with scipy, pandana and networkx")
    parser.add_argument("--rivals", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--times", type=int, default=5, help="what-ifs of each")
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    case = auckland()
    network, counted = case.region.network, plain_junctions(case)
    planner = Planner(case.region, DemandLayer.of_points(network.node_lon[counted], network.node_lat[counted]))
    load, rows = os.getloadavg()[0], []
    for count in (20, 300, 3_000):
        bases = bases_of(counted, count)
        times = min(options.times, count)
        seconds, expected = ours(case, planner, bases, times)
        row = [f"{count:,}", f"{statistics.median(seconds) * 1e3:,.0f}"]
        for name, sizes in SIZES.items():
            if count not in sizes or name not in options.rivals:
                row.append("")
                continue
            found = theirs(options.python, name, case, counted, bases, times)
            if found is None:
                row.append("not installed")
                continue
            worst = max(abs(a - b) for a, b in zip(found["counts"], expected, strict=True))
            print(f"{count} bases, {name}: ready in {found['ready']:.1f} s, differs by {worst} junctions at most")
            assert worst <= TOLERANCE[name], f"{name}: {found['counts']} and {expected}"
            row.append(f"{statistics.median(found['seconds']) * 1e3:,.0f}")
        rows.append(row)
    table = ResultTable.of(
        f"{counted.size:,} junctions within {MINUTES:g} minutes of the nearest base, one dropped; ms a what-if",
        ["bases", "Towline", *SIZES],
        rows,
    )
    Console(width=100).print(table.rich())
    exact = [rival for rival in options.rivals if not TOLERANCE[rival]]
    pandana = f"; pandana: to within {TOLERANCE['pandana']} junctions" if "pandana" in options.rivals else ""
    note = (
        f"{' and '.join(exact)}: counts equal to Towline's"
        f"{pandana}. Load of the machine's cores before and after: {load:.1f} and "
        f"{os.getloadavg()[0]:.1f}."
    )
    print(note)
    if not options.no_keep:
        print(f"kept in {keep('what_if_peers', {'tables': [table.to_dict()], 'notes': [note]})}")


if __name__ == "__main__":
    main()
