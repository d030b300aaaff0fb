# ruff: noqa: E501
"""One general solver on one queue instance, in a process of its own: reads arrays, writes tours.

``python queues_rival.py vroom|pyvrp|ortools arrays.npz seconds out.json``; imports nothing of Towline, so that it runs in
an environment of the rivals' own (benchmarks/queues-requirements.txt). Each says what it cannot express:

- VROOM: deadlines are hard windows. Where a deadline cannot be met it is put off to `window` (when everybody is served
  at the latest); lateness, waiting, contractors, tariffs and overtime have no place; priorities decide who is dropped.
- PyVRP: the same windows; jobs are optional with a prize, tours are limited by a load of one a job.
- OR-Tools routing: lateness is linear beyond the deadline, leaving a job costs its cheapest contractor.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np

TOO_FAR = 200_000


def vroom(data: dict, seconds: float) -> list[list[int]]:
    from datetime import timedelta

    import vroom as engine

    first, between, able, size = data["first_s"], data["between_s"], data["able"], int(data["max_jobs"])
    units, jobs = first.shape
    matrix = np.full((units + jobs, units + jobs), TOO_FAR, np.uint32)
    matrix[:units, units:] = first
    matrix[units:, units:] = between
    np.fill_diagonal(matrix, 0)
    problem = engine.Input()
    problem.set_durations_matrix(profile="car", matrix_input=matrix)
    # a job needs a skill that exactly the able units have: one per distinct column
    columns, of_job = np.unique(able, axis=1, return_inverse=True)
    for u in range(units):
        skills = {c + 1 for c in range(columns.shape[1]) if columns[u, c]}
        problem.add_vehicle(
            engine.Vehicle(
                id=u + 1, start=u, skills=skills, max_tasks=size, time_window=(int(data["ready_s"][u]), TOO_FAR)
            )
        )
    for j in range(jobs):
        problem.add_job(
            engine.Job(
                id=j + 1,
                location=units + j,
                default_service=int(data["service_s"][j]),
                skills={int(of_job.ravel()[j]) + 1},
                priority=int(min(100, max(0, 10 * data["priority"][j]))),
                time_windows=[engine.TimeWindow(int(data["earliest_s"][j]), int(data["window_s"][j]))],
            )
        )
    answer = problem.solve(exploration_level=5, nb_threads=2, timeout=timedelta(seconds=seconds))
    tours: list[list[int]] = [[] for _ in range(units)]
    steps = answer.routes
    for vehicle, kind, job in zip(steps["vehicle_id"], steps["type"], steps["id"], strict=True):
        if kind == "job":
            tours[int(vehicle) - 1].append(int(job) - 1)
    return tours


def pyvrp(data: dict, seconds: float) -> list[list[int]]:
    from pyvrp import Model
    from pyvrp.stop import MaxRuntime

    first, between, able = data["first_s"], data["between_s"], data["able"]
    units, jobs = first.shape
    model = Model()
    kinds, kind_of = np.unique(able, axis=0, return_inverse=True)
    profiles = [model.add_profile() for _ in kinds]
    at = [model.add_location(0, 0) for _ in range(units + jobs)]
    depots = [model.add_depot(at[u]) for u in range(units)]
    for j in range(jobs):
        model.add_client(
            at[units + j], delivery=1, service_duration=int(data["service_s"][j]), tw_early=int(data["earliest_s"][j]),
            tw_late=int(data["window_s"][j]), prize=int(data["prize_s"][j]), required=False,
        )  # fmt: skip
    for u in range(units):
        model.add_vehicle_type(
            1, capacity=int(data["max_jobs"]), start_depot=depots[u], end_depot=depots[u], tw_early=int(data["ready_s"][u]),
            unit_distance_cost=1, profile=profiles[int(kind_of.ravel()[u])],
        )  # fmt: skip
    far = 100_000
    for p, kind in zip(profiles, kinds, strict=True):
        for j in range(jobs):
            for u in range(units):
                t = int(first[u, j]) if kind[j] else far
                model.add_edge(at[u], at[units + j], distance=t, duration=t, profile=p)
                model.add_edge(at[units + j], at[u], distance=0, duration=0, profile=p)
            for i in range(jobs):
                if i != j:
                    t = int(between[i, j]) if kind[j] else far
                    model.add_edge(at[units + i], at[units + j], distance=t, duration=t, profile=p)
    result = model.solve(stop=MaxRuntime(seconds), seed=1, display=False)
    tours: list[list[int]] = [[] for _ in range(units)]
    for route in result.best.routes():
        tours[route.vehicle_type()] = [stop.idx for stop in route if stop.is_client()]
    return tours


def ortools(data: dict, seconds: float) -> list[list[int]]:
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    first, between, able = data["first_s"], data["between_s"], data["able"]
    units, jobs = first.shape
    n = units + jobs + 1
    matrix = np.zeros((n, n), np.int64)
    matrix[:units, units : units + jobs] = first
    matrix[units : units + jobs, units : units + jobs] = between
    service = np.zeros(n, np.int64)
    service[units : units + jobs] = data["service_s"]
    manager = pywrapcp.RoutingIndexManager(n, units, list(range(units)), [n - 1] * units)
    routing = pywrapcp.RoutingModel(manager)
    cost = routing.RegisterTransitMatrix((matrix * float(data["drive_cost"])).astype(np.int64).tolist())
    lasting = routing.RegisterTransitMatrix((matrix + service[:, None]).tolist())
    one = routing.RegisterUnaryTransitVector([0] * units + [1] * jobs + [0])
    routing.SetArcCostEvaluatorOfAllVehicles(cost)
    routing.AddDimension(lasting, 48 * 3600, 96 * 3600, False, "time")
    routing.AddDimension(one, 0, int(data["max_jobs"]), True, "count")
    clock = routing.GetDimensionOrDie("time")
    for u in range(units):
        clock.CumulVar(routing.Start(u)).SetMin(int(data["ready_s"][u]))
    for j in range(jobs):
        index = manager.NodeToIndex(units + j)
        clock.CumulVar(index).SetMin(int(data["earliest_s"][j]))
        clock.SetCumulVarSoftUpperBound(index, max(0, int(data["due_s"][j])), int(data["late_cost"][j]))
        routing.VehicleVar(index).SetValues([-1, *np.flatnonzero(able[:, j]).tolist()])
        routing.AddDisjunction([index], int(data["leave_cost"][j]))
    search = pywrapcp.DefaultRoutingSearchParameters()
    search.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    search.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    search.time_limit.FromMilliseconds(int(1000 * seconds))
    start = None
    if data["greedy"].size:
        routes = [[int(j) + units for j in row if j >= 0] for row in data["greedy"]]
        routing.CloseModelWithParameters(search)
        start = routing.ReadAssignmentFromRoutes(routes, True)
    answer = routing.SolveFromAssignmentWithParameters(start, search) if start else routing.SolveWithParameters(search)
    tours: list[list[int]] = [[] for _ in range(units)]
    if answer:
        for u in range(units):
            index = routing.Start(u)
            while not routing.IsEnd(index):
                index = answer.Value(routing.NextVar(index))
                node = manager.IndexToNode(index)
                if units <= node < n - 1:
                    tours[u].append(node - units)
    return tours


def main() -> None:
    name, source, seconds, target = sys.argv[1:]
    with np.load(source) as arrays:
        data = dict(arrays)
    begin = time.perf_counter()
    tours = {"vroom": vroom, "pyvrp": pyvrp, "ortools": ortools}[name](data, float(seconds))
    with open(target, "w") as file:  # noqa: PTH123
        json.dump({"tours": tours, "seconds": time.perf_counter() - begin}, file)


if __name__ == "__main__":
    main()
