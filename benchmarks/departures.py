"""Units that leave at many moments under a lively feed: ``python -m benchmarks.departures``.

La Serena–Coquimbo with the standard fleet, a third of it busy for up to two hours; a feed whose closures and slow
stretches, ten streets each, begin and end one by one over the same two hours. *Spans* is what Towline does: a fastest
and a slowest metric an hour, and a departure's own metric only where the two disagree. *One by one* gives each
departure's metric a search of its own. All answers are compared. The first question after an update makes what it
needs (the server does so before it publishes), the later ones find it.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import numpy as np
from rich.console import Console

from benchmarks.machine import keep
from benchmarks.standard import NOW, standard_case
from benchmarks.tables import ResultTable
from engine.dispatch import Dispatcher
from engine.fleet import FleetState
from engine.model import Fleet, Incident, Unit, UnitStatus
from engine.situation import departures_ms
from engine.times import to_ms
from graphs.metrics import Arcs, MetricStore, TrafficEntry, TrafficUpdate, load_traffic_profile, store
from graphs.region import Region

HORIZON = timedelta(hours=2)


def lively(region: Region, count: int, rng: np.random.Generator) -> list[TrafficEntry]:
    """Entries that begin and end within two hours, half of them closures."""
    entries = []
    for n in range(count):
        first = int(rng.integers(0, region.network.arc_count - 10))
        start = NOW + HORIZON * float(rng.uniform(-0.5, 0.8))
        end = max(start, NOW) + HORIZON * float(rng.uniform(0.05, 0.5))
        arcs = Arcs(np.arange(first, first + 10))
        if n % 2:
            entries.append(TrafficEntry(f"e{n}", arcs, closed=True, start=start, end=end))
        else:
            entries.append(TrafficEntry(f"e{n}", arcs, factor=0.3, start=start, end=end))
    return entries


def partly_busy(units: list[Unit], rng: np.random.Generator) -> tuple[Unit, ...]:
    made = []
    for unit in units:
        if unit.status is not UnitStatus.OFF_DUTY and rng.random() < 1 / 3:
            free = NOW + HORIZON * float(rng.random())
            made.append(replace(unit, status=UnitStatus.BUSY, free_at=free))
        else:
            made.append(unit)
    return tuple(made)


def ask(dispatcher: Dispatcher, state: FleetState, incidents: list[Incident]) -> tuple[list[object], dict[str, float]]:
    """Answers, and ms: the first recommendation, the median of the others, and a plan for all."""
    answers: list[object] = []
    times = []
    for incident in incidents:
        begin = time.perf_counter()
        found = dispatcher.recommend(incident, state, NOW)
        times.append(1e3 * (time.perf_counter() - begin))
        answers.append((found.best, found.runners_up))
    begin = time.perf_counter()
    plan = dispatcher.optimize(incidents, state, NOW)
    took = 1e3 * (time.perf_counter() - begin)
    answers.append((plan.cost, plan.gap))
    return answers, {"first": times[0], "later": statistics.median(times[1:]), "plan": took}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, nargs="+", default=[0, 20, 100, 1000])
    parser.add_argument("--units", type=int, default=8000)
    parser.add_argument("--incidents", type=int, default=300)
    parser.add_argument("--rival-up-to", type=int, default=20, help="entries up to which one by one is measured")
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    case = standard_case(units=options.units, incidents=options.incidents)
    region = case.dispatcher.region
    fleet = Fleet(tuple(case.state.providers.values()), partly_busy(list(case.state.units), np.random.default_rng(1)))
    rows, results = [], []
    for count in options.entries:
        metrics = MetricStore(region, load_traffic_profile())
        metrics.update(TrafficUpdate(lively(region, count, np.random.default_rng(count))), NOW, strict=True)
        metrics.warm(NOW)
        dispatcher = Dispatcher(region, metrics=metrics)
        answers = {}
        measured: dict[str, dict[str, float]] = {}
        for name, limit in (("spans", store.METRICS_A_QUESTION), ("one by one", 1 << 30)):
            if name == "one by one" and count > options.rival_up_to:
                continue
            with patch.object(store.MetricView.spans, "__defaults__", (limit,)):
                answers[name], measured[name] = ask(dispatcher, dispatcher.prepare(fleet), case.incidents)
        assert all(answer == answers["spans"] for answer in answers.values()), count
        keys, _ = metrics.view().snapshot.grouped(departures_ms(dispatcher.prepare(fleet, once=True), to_ms(NOW)))
        results.append({"entries": count, "metrics": len(keys), **measured})
        cells = [f"{count:,}", f"{len(keys):,}"]
        for name in ("spans", "one by one"):
            found = measured.get(name)
            cells.append("-" if found is None else " / ".join(f"{found[k]:,.1f}" for k in ("first", "later", "plan")))
        rows.append(cells)
    table = ResultTable.of(
        f"{options.units:,} units, a third busy: ms of the first / a later recommendation / a plan for "
        f"{options.incidents}",
        ["entries", "metrics of departures", "spans", "one by one"],
        rows,
    )
    console = Console()
    console.print(table.rich())
    if not options.no_keep:
        console.print(f"kept in {keep('departures', {'tables': [table.to_dict()], 'results': results})}")


if __name__ == "__main__":
    main()
