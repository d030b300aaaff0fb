# ruff: noqa: PTH123
"""Siting questions through spopt and PuLP's HiGHS, in a process of its own: reads arrays, writes figures.

``python siting_rival.py question arrays.npz seconds out.json``; imports nothing of Towline, so that it runs in an
environment of its own (benchmarks/siting-requirements.txt). spopt has no expected coverage: its textbook program
(Daskin 1983) is written in PuLP. HiGHS may stop at a gap of 0.1 %, uses one thread and has a time limit.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np


def model(question: str, data: dict):
    """The PuLP problem as spopt writes it."""
    import pulp
    from spopt.locate import LSCP, MCLP, PCenter, PMedian

    cost, weight, p = data["arrival"].astype(float), data["weight"], int(data["sites"])
    within = float(data["within"])
    if question == "max_cover":
        return MCLP.from_cost_matrix(cost, weight, within, p_facilities=p).problem
    if question == "p_median":
        return PMedian.from_cost_matrix(cost, weight, p_facilities=p).problem
    if question == "p_centre":
        return PCenter.from_cost_matrix(cost, p_facilities=p).problem
    if question == "set_cover":
        # spopt refuses rows that no site covers
        return LSCP.from_cost_matrix(cost[(cost <= within).any(axis=1)], within).problem
    busy, covers = float(data["busy"]), cost <= within
    problem = pulp.LpProblem("mexclp", pulp.LpMaximize)
    placed = [pulp.LpVariable(f"n{j}", 0, p, pulp.LpInteger) for j in range(cost.shape[1])]
    served = [[pulp.LpVariable(f"y{i}_{k}", 0, 1) for k in range(p)] for i in range(len(cost))]
    problem += pulp.lpSum(weight[i] * (1 - busy) * busy**k * served[i][k] for i in range(len(cost)) for k in range(p))
    problem += pulp.lpSum(placed) <= p
    for i in range(len(cost)):
        problem += pulp.lpSum(served[i]) <= pulp.lpSum(placed[j] for j in np.flatnonzero(covers[i]))
    return problem


def main() -> None:
    import pulp

    question, source, seconds, target = sys.argv[1:]
    data = dict(np.load(source))
    begin = time.perf_counter()
    problem = model(question, data)
    built = time.perf_counter()
    status = problem.solve(pulp.HiGHS(msg=False, timeLimit=float(seconds), threads=1, gapRel=1e-3))
    ended = time.perf_counter()
    value = pulp.value(problem.objective)
    info = problem.solverModel.getInfo()
    answer = {
        "build": built - begin,
        "solve": ended - built,
        "status": pulp.LpStatus[status],
        "value": None if value is None else float(value),
        "gap": float(info.mip_gap),
    }
    with open(target, "w", encoding="utf-8") as file:
        json.dump(answer, file)


if __name__ == "__main__":
    main()
