"""The run: ``python -m benchmarks.peers [--extract heidelberg] [--python PATH]``."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks import peers
from benchmarks.machine import RESULTS, keep
from benchmarks.peers import accuracy
from benchmarks.peers.extracts import EXTRACTS, build, osrm_profile, places
from benchmarks.peers.rival import Rival, RivalError
from benchmarks.peers.speed import Contest, plain_arcs
from benchmarks.search_graphs import SkippedError
from benchmarks.tables import ResultTable
from graphs.network import Float64
from graphs.region import Region
from graphs.speeds import load_profile
from graphs.store import open_region, save_region

PAIRS = 2_000
RIVALS = {
    "osrm ch": ("osrm_worker.py", "CH"),
    "osrm mld": ("osrm_worker.py", "MLD"),
    "valhalla": ("valhalla_worker.py",),
    "pandana": ("pandana_worker.py",),
}
ENGINES = ("towline", *RIVALS, "pyroutingkit")
#: The global factor of each extract is fitted on another one.
FITTED_ON = {
    "heidelberg": "liechtenstein",
    "liechtenstein": "heidelberg",
    "andorra": "liechtenstein",
    "jinan": "heidelberg",
}
DEFAULT_PYTHON = Path(__file__).parents[2] / ".venv-peers" / "bin" / "python"


def prepare_towline(path: Path, name: str, folder: Path, rows: dict[str, dict[str, float]]) -> tuple[Region, Region]:
    """The region as it is opened from its file, and the same roads without turn costs."""
    begin = time.perf_counter()
    built = build(path, name)
    _ = built.metric
    rows.setdefault("prepare, s", {})["towline"] = time.perf_counter() - begin
    file = folder / f"{name}.towline"
    save_region(built, file)
    rows.setdefault("on disk, MB", {})["towline"] = file.stat().st_size / 1e6
    return open_region(file), build(path, name, osrm_profile().turning(False))


def contest(extract: Any, python: Path, folder: Path, repetitions: int) -> tuple[Contest, dict[str, Float64]]:
    """Measure one extract; the times of random pairs by engine."""
    path = extract.path(folder)
    rows: dict[str, dict[str, float]] = {}
    region, plain = prepare_towline(path, extract.name, folder, rows)
    origins, targets = (places(region.network, PAIRS, seed) for seed in (1, 2))
    with ExitStack() as stack:
        rivals: dict[str, Rival] = {}
        for name, (script, *arguments) in RIVALS.items():
            rival = stack.enter_context(Rival(name, python, script, *arguments))
            try:
                if name == "pandana":
                    nodes = np.stack((plain.network.node_lon, plain.network.node_lat), axis=1)
                    answer = rival.ask("prepare", nodes=nodes, arcs=plain_arcs(plain))
                    rows.setdefault("prepare, s", {})[name] = answer.ms / 1e3
                else:
                    answer = rival.ask("prepare", extract=path, folder=rival.folder / "data")
                    rows.setdefault("prepare, s", {})[name] = answer.content["seconds"]
                    rows.setdefault("prepare, peak MB", {})[name] = answer.content["peak_mb"]
                    rows.setdefault("on disk, MB", {})[name] = answer.content["disk_mb"]
                    rival.ask("open")
                rivals[name] = rival
            except RivalError as error:
                Console().print(f"left out on {extract.title}: {error}")
        own = build(path, extract.name, load_profile().turning(True))
        times = {
            "towline": accuracy.towline_pairs(region, origins, targets),
            "towline, speeds alone": accuracy.towline_pairs(plain, origins, targets),
            "towline, own profile": accuracy.towline_pairs(own, origins, targets),
        }
        for rival_name, shown in (("osrm ch", "osrm"), ("valhalla", "valhalla")):
            if rival_name in rivals:
                value = rivals[rival_name].ask("pairs", origins=origins, targets=targets).value
                assert value is not None
                times[shown] = value
        towline = stack.enter_context(Rival("towline", Path(sys.executable), "towline_worker.py"))
        towline.ask("open", path=folder / f"{extract.name}.towline")
        for name, rival in {"towline": towline, **rivals}.items():
            answer = rival.ask("table", origins=origins[:1_000], targets=targets[:50])
            rows.setdefault("memory when answering, MB", {})[name] = answer.content["rss_mb"]
        measured = Contest(region, plain, rivals, repetitions, rows)
        measured.run()  # last: it changes the rivals' speeds
    return measured, times


def speed_table(title: str, contest: Contest) -> ResultTable:
    network, graph = contest.region.network, contest.region.search_graph

    def cell(row: dict[str, float], engine: str) -> str:
        if engine not in row:
            return "–"
        figure = f"{row[engine]:,.2f}" if row[engine] < 10 else f"{row[engine]:,.0f}"
        return (
            figure
            if engine == "towline" or "towline" not in row
            else f"{figure} ({row[engine] / row['towline']:,.1f}x)"
        )

    size = f"{network.node_count:,} nodes, {network.arc_count:,} arcs"
    size += f" (search graph {graph.node_count:,}, {graph.arc_count:,})"
    rows = [[name, *(cell(row, engine) for engine in ENGINES)] for name, row in contest.rows.items()]
    return ResultTable.of(f"{title}: {size}", ("", *ENGINES), rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=peers.__doc__)
    parser.add_argument("--extract", choices=[e.name for e in EXTRACTS], action="append", help="only these")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--python", type=Path, default=os.environ.get("TOWLINE_PEERS_PYTHON", DEFAULT_PYTHON))
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    if not Path(options.python).exists():
        raise SystemExit(f"No Python at {options.python}: run 'make peers' first, or name one with --python.")
    console, tables, notes = Console(width=180), [], []
    times: dict[str, dict[str, Float64]] = {}
    speeds: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="towline-peers-") as folder:
        for extract in EXTRACTS:
            if options.extract and extract.name not in options.extract:
                continue
            try:
                measured, found = contest(extract, Path(options.python), Path(folder), options.repetitions)
            except SkippedError as reason:
                notes.append(f"Skipped {extract.title}: {reason}.")
                continue
            times[extract.name], speeds[extract.name] = found, measured.rows
            notes += [f"{extract.title}: {refusal}" for refusal in measured.refused]
            tables.append(speed_table(extract.title, measured))
            console.print(tables[-1].rich())
    table, figures = accuracy.table_of(times, FITTED_ON)
    tables.append(table)
    console.print(table.rich())
    for note in notes:
        console.print(note)
    if not options.no_keep:
        content = {"tables": [t.to_dict() for t in tables], "notes": notes, "ms": speeds, "accuracy": figures}
        console.print(f"kept in {keep('peers', content, RESULTS)}")


if __name__ == "__main__":
    main()
