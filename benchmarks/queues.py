"""Several incidents a unit, with a certified gap, beside general solvers: ``python -m benchmarks.queues [--rivals]``.

*Storm*: 400 open incidents, 150 units and 12 contractors on Jinan, not every promise can be met. *Slack*: 900
appointments and 300 units, tours of up to 4, one plan keeps every deadline. Instances are frozen by their seeds
(`benchmarks/queues_cases.py` has the price list). Costs are minutes that decisions can change: the work itself does not
count. The gap is that of the bound over *every* plan of tours, in this share of the cost.

The rivals are told the same instances as best they can express them (`benchmarks/queues_rival.py` says what they
cannot), with two threads where they can use them; building their models is not counted. All tours are judged by
Towline's evaluator, which first inserts whomever they left.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rich.console import Console

from benchmarks.machine import RESULTS, keep
from benchmarks.queues_cases import Case, slack, storm
from benchmarks.queues_judge import RIVALS, TWO_THREADS, first_plan, installed, run_rival
from benchmarks.tables import ResultTable
from engine.queues.instance import QueueInstance
from engine.queues.solve import Budget, solve_queues

CASES = {"storm": storm, "slack": slack}
#: Milli-minutes.
MINUTES = 1000.0


def solve(case: Case, seconds: float) -> dict[str, float]:
    """Cost in minutes, gap as a share and in minutes per incident, and how late the answer came."""
    plan = solve_queues(case.instance, Budget(seconds=seconds), seed=case.seed)
    return {
        "cost": (plan.cost - plan.constant) / MINUTES,
        "gap": plan.gap,
        "gap_minutes": plan.gap_minutes,
        "left": float(plan.left.size),
    }


def warm() -> None:
    """Kernels compiled or read before anything is timed."""
    solve_queues(storm(0, 40, 15).instance, Budget(rounds=3, iterations=20))


def towline(kind: str, seeds: list[int], seconds: list[float], console: Console) -> list[dict[str, Any]]:
    rows = []
    for seed in seeds:
        case = CASES[kind](seed)
        for budget in seconds:
            found = solve(case, budget)
            load = os.getloadavg()[0]
            rows.append({"case": kind, "seed": seed, "seconds": budget, **found, "load": load})
            console.print(f"{kind} {seed}, {budget:g} s: {found['cost']:,.1f}, gap {found['gap']:.3%}, load {load:.1f}")
    return rows


def rivals(kind: str, seeds: list[int], seconds: list[float], console: Console) -> list[dict[str, Any]]:
    rows = []
    for seed in seeds:
        instance = CASES[kind](seed).instance
        first = int(first_plan(instance).best.value[0]) - instance.constant
        for budget in seconds:
            for name, cost in _costs(instance, budget).items():
                rows.append(
                    {"case": kind, "seed": seed, "rival": name, "seconds": budget, "load": os.getloadavg()[0],
                     "cost": None if cost is None else cost / MINUTES, "first": first / MINUTES}
                )  # fmt: skip
                console.print(f"{kind} {seed}, {name}, {budget:g} s: {cost}")
    return rows


def _costs(instance: QueueInstance, budget: float) -> dict[str, int | None]:
    """Every rival's cost; who uses two threads runs alone, the others run side by side, a core each."""
    alone = {name: run_rival(name, instance, budget) for name in RIVALS if name in TWO_THREADS}
    with ThreadPoolExecutor(2) as pool:
        asked = {name: pool.submit(run_rival, name, instance, budget) for name in RIVALS if name not in TWO_THREADS}
        return alone | {name: one.result() for name, one in asked.items()}


def _own_table(rows: list[dict[str, Any]]) -> ResultTable:
    lines = []
    for kind, seconds in dict.fromkeys((row["case"], row["seconds"]) for row in rows):
        mine = [row for row in rows if (row["case"], row["seconds"]) == (kind, seconds)]
        middle = {key: statistics.median(row[key] for row in mine) for key in ("cost", "gap", "gap_minutes")}
        lines.append(
            [f"{kind}, {seconds:g} s", f"{middle['cost']:,.0f}", f"{middle['gap']:.2%}",
             f"{max(row['gap'] for row in mine):.2%}", f"{middle['gap_minutes']:.2f}", str(len(mine))]
        )  # fmt: skip
    return ResultTable.of(
        "Towline, medians over the seeds",
        ["case", "cost, minutes", "gap", "worst gap", "gap, minutes an incident", "seeds"],
        lines,
    )


def _beside_table(own: list[dict[str, Any]], others: list[dict[str, Any]]) -> ResultTable:
    """Only seeds that both have; rivals' costs over Towline's at the first budget, in percent."""
    budgets = sorted({row["seconds"] for row in others})
    lines = []
    for kind in dict.fromkeys(row["case"] for row in others):
        seeds = {row["seed"] for row in others if row["case"] == kind}
        mine = [row for row in own if row["case"] == kind and row["seed"] in seeds]
        least = min(row["seconds"] for row in mine)
        base = {row["seed"]: row["cost"] for row in mine if row["seconds"] == least}
        for seconds in sorted({row["seconds"] for row in mine}):
            ratio = [row["cost"] / base[row["seed"]] for row in mine if row["seconds"] == seconds]
            lines.append([f"{kind}, towline, {seconds:g} s", *[""] * (len(budgets) - 1), _percent(ratio)])
        for name in RIVALS:
            cells = []
            for budget in budgets:
                found = [r for r in others if (r["case"], r["rival"], r["seconds"]) == (kind, name, budget)]
                cells.append(_percent([r["cost"] / base[r["seed"]] for r in found if r["cost"] is not None]))
            lines.append([f"{kind}, {name}", *cells])
    return ResultTable.of(
        "Cost over that of Towline at its least budget, medians",
        ["case and solver", *(f"{seconds:g} s" for seconds in budgets)],
        lines,
    )


def _percent(ratios: list[float]) -> str:
    return f"{statistics.median(ratios) - 1.0:+.1%}" if ratios else "failed"


def _before() -> dict[str, Any]:
    path = RESULTS / "queues.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def _added(before: list[dict[str, Any]], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of an earlier run, those measured again replaced."""
    by_what = {tuple(row.get(key) for key in ("case", "seed", "seconds", "rival")): row for row in before + rows}
    return sorted(by_what.values(), key=lambda row: (row["case"] != "storm", row["seed"], row["seconds"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--seconds", type=float, nargs="+", default=[10.0, 60.0])
    parser.add_argument("--cases", nargs="+", choices=sorted(CASES), default=list(CASES))
    parser.add_argument("--rivals", action="store_true", help="also VROOM, PyVRP, OR-Tools routing (`make rivals`)")
    parser.add_argument("--rival-seeds", type=int, default=5)
    parser.add_argument("--rival-seconds", type=float, nargs="+", default=[1.0, 10.0, 60.0])
    parser.add_argument("--add", action="store_true", help="keep what an earlier run measured and this one does not")
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    console = Console()
    if options.rivals and not installed():
        raise SystemExit("The rivals are not installed: make rivals")
    warm()
    before = _before() if options.add else {}
    own, others = [], []
    for kind in options.cases:
        own += towline(kind, list(range(options.seeds)), options.seconds, console)
        if options.rivals:
            others += rivals(kind, list(range(options.rival_seeds)), options.rival_seconds, console)
    own, others = _added(before.get("towline", []), own), _added(before.get("rivals", []), others)
    tables = [_own_table(own), *([_beside_table(own, others)] if others else [])]
    loads = [row["load"] for row in own + others]
    notes = [
        f"Load of the machine (1 minute): {min(loads):.1f} to {max(loads):.1f}. Towline and VROOM use two cores.",
        *([] if others else ["The rivals were not run: `make rivals`."]),
    ]
    for table in tables:
        console.print(table.rich())
    console.print(*notes, sep="\n")
    if not options.no_keep:
        content = {"tables": [table.to_dict() for table in tables], "notes": notes, "towline": own, "rivals": others}
        console.print(f"kept in {keep('queues', content)}")


if __name__ == "__main__":
    main()
