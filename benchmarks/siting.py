"""Where the next sites should be, beside spopt with HiGHS: ``python -m benchmarks.siting [--rival]``.

The 2,000 heaviest cells (H3, resolution 10, weighed by their junctions) of La Serena-Coquimbo and 300 of them, drawn
with a seed, as candidates; travel times on its roads. Each question is answered to a gap of 0.1 % or less. spopt has no
expected coverage: Daskin's program in PuLP stands for it. HiGHS gets one thread (as Towline uses), the same gap and a
limit of time; building its model is told apart. Medians of the repetitions, which take turns.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import h3.api.numpy_int as h3
import numpy as np
from rich.console import Console

from benchmarks.machine import keep
from benchmarks.tables import ResultTable
from engine.siting import SitingPlan, SitingProblem, expected_cover, max_cover, p_centre, p_median, set_cover
from graphs.bundled import load_coquimbo
from graphs.junctions import junctions
from graphs.travel import travel_matrix

HOME = Path(__file__).parent.parent / ".venv-siting"
SCRIPT = Path(__file__).with_name("siting_rival.py")
REQUIREMENTS = Path(__file__).with_name("siting-requirements.txt")
CELLS, CANDIDATES, SEED, RESOLUTION = 2000, 300, 7, 10
SITES, BUSY, WITHIN_MS, GAP = 10, 0.3, 180_000, 1e-3
QUESTIONS = ("max_cover", "p_median", "expected_cover", "p_centre", "set_cover")
#: More seconds than HiGHS's own limit before a rival is given up: building a model takes long.
BUILDING = 240.0


def instance() -> SitingProblem:
    """2,000 x 300 travel times on real roads."""
    region = load_coquimbo()
    network = region.network
    found: dict[int, list[int]] = {}
    for node in junctions(network).tolist():
        cell = int(h3.latlng_to_cell(network.node_lat[node], network.node_lon[node], RESOLUTION))
        found.setdefault(cell, []).append(node)
    cells = sorted(found, key=lambda cell: (-len(found[cell]), cell))[:CELLS]
    nodes = np.array([min(found[cell]) for cell in cells])
    weight = np.array([len(found[cell]) for cell in cells], np.float64)
    places = region.snapper.snap(network.node_lon[nodes], network.node_lat[nodes], 500.0)
    sites = np.sort(np.random.default_rng(SEED).choice(CELLS, CANDIDATES, replace=False))
    times = travel_matrix(network, region.metric, places.take(sites), places).T
    return SitingProblem(times, weight, np.full(CELLS, WITHIN_MS), np.ones(CANDIDATES), np.zeros(CANDIDATES, np.bool_))


def ask(problem: SitingProblem, question: str) -> SitingPlan:
    if question == "max_cover":
        return max_cover(problem, SITES, gap=GAP)
    if question == "p_median":
        return p_median(problem, SITES, gap=GAP)
    if question == "expected_cover":
        return expected_cover(problem, SITES, BUSY, gap=GAP)
    if question == "p_centre":
        return p_centre(problem, SITES)
    return set_cover(problem, gap=GAP)


def install() -> Path:
    """The rival's Python, its environment made on first use."""
    python = HOME / "bin" / "python"
    if not python.exists():
        import sys

        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "-r", str(REQUIREMENTS)]
        subprocess.run(pip, check=True)
    return python


def rival(problem: SitingProblem, question: str, seconds: float) -> dict[str, Any]:
    """What spopt says, or that it did not end; a p-median's value is divided by the weights, as Towline's is."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "arrays.npz", Path(folder) / "answer.json"
        np.savez(
            source, arrival=problem.arrival, weight=problem.weights, sites=SITES, within=WITHIN_MS, busy=BUSY
        )  # fmt: skip
        command = [str(install()), str(SCRIPT), question, str(source), str(seconds), str(target)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=seconds + BUILDING)
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
            return {"status": type(error).__name__, "build": None, "solve": None, "value": None, "gap": None}
        answer = json.loads(target.read_text("utf-8"))
    if not math.isfinite(answer["gap"]):  # it found nothing
        answer |= {"value": None, "gap": None}
    if question == "p_median" and answer["value"] is not None:
        answer["value"] /= float(problem.weights.sum())
    return answer


def _unfinished(answer: dict[str, Any]) -> bool:
    """Whether the rival ran out of time: it would again."""
    return answer["gap"] is None or answer["gap"] > GAP + 1e-9


def measure(repetitions: int, seconds: float, *, beside: bool, console: Console) -> list[dict[str, Any]]:
    problem = instance()
    rows = []
    for question in QUESTIONS:
        ask(problem, question)  # kernels compiled or read before anything is timed
        mine, theirs = [], []
        for _ in range(repetitions):
            mine.append(ask(problem, question))
            if beside and not (theirs and _unfinished(theirs[-1])):
                theirs.append(rival(problem, question, seconds))
        plan = mine[-1]
        row: dict[str, Any] = {
            "question": question,
            "seconds": statistics.median(each.seconds for each in mine),
            "value": plan.objective,
            "gap": max(each.gap for each in mine),
            "proven": plan.proven,
        }
        if theirs:
            last = theirs[-1]
            for key in ("build", "solve"):
                known = [each[key] for each in theirs if each[key] is not None]
                row[f"rival_{key}"] = statistics.median(known) if known else None
            row |= {"rival_value": last["value"], "rival_gap": last["gap"], "rival_status": last["status"]}
        rows.append(row)
        console.print_json(data=row)
    return rows


def table(rows: list[dict[str, Any]]) -> ResultTable:
    lines = []
    for row in rows:
        cells = [f"{row['seconds']:.2f}", f"{row['value']:,.1f}", f"{row['gap']:.3%}"]
        for key, form in (("build", ".1f"), ("solve", ".2f"), ("value", ",.1f"), ("gap", ".3%")):
            value = row.get(f"rival_{key}")
            cells.append(("none" if "rival_status" in row else "") if value is None else format(value, form))
        lines.append([row["question"].replace("_", " "), *cells])
    return ResultTable.of(
        f"{CELLS:,} cells, {CANDIDATES} candidates, {SITES} sites or units",
        ["question", "Towline, s", "value", "gap", "spopt builds, s", "HiGHS solves, s", "its value", "its gap"],
        lines,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=60.0, help="HiGHS's limit for a question")
    parser.add_argument("--rival", action="store_true", help="also spopt with HiGHS, in an environment of its own")
    options = parser.parse_args()
    console = Console()
    rows = measure(options.repetitions, options.seconds, beside=options.rival, console=console)
    result = table(rows)
    console.print(result.rich())
    values = "covered weight, mean and longest arrival in ms, number of sites"
    notes = [
        f"Within {WITHIN_MS // 60_000} minutes; units busy for {BUSY:.0%} of the time. Values: {values}.",
        f"HiGHS's own limit was {options.seconds:g} s a question; where it found no plan in it, it was asked once.",
        "What it takes includes PuLP's handing over of the model, which knows no limit.",
    ]
    if options.rival:
        keep("siting", {"rows": rows, "tables": [result.to_dict()], "notes": notes})


if __name__ == "__main__":
    main()
