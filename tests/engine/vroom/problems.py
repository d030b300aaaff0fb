"""Problems for tests, written by hand from the format's documentation, and drawn at random."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from engine.vroom.model import Problem
from engine.vroom.read import read_problem
from engine.vroom.travel import Travel, travel_of

#: Four places on a line, 100 s apart, and one aside.
LINE = [[0, 100, 200, 300, 50], [100, 0, 100, 200, 60], [200, 100, 0, 100, 150], [300, 200, 100, 0, 260],
        [50, 60, 150, 260, 0]]  # fmt: skip


def given(value: dict[str, Any]) -> tuple[Problem, Travel]:
    """The problem of a document, on its own matrices."""
    problem = read_problem(json.dumps(value))
    return problem, travel_of(problem, None)


def document(*, jobs: list[dict], vehicles: list[dict], matrix: list[list[int]] | None = None, **more: Any) -> dict:
    """A problem on one matrix; places are rows."""
    return {"jobs": jobs, "vehicles": vehicles, "matrices": {"car": {"durations": matrix or LINE}}, **more}


def job(key: int, at: int, **more: Any) -> dict:
    return {"id": key, "location_index": at, **more}


def vehicle(key: int, start: int | None = 0, end: int | None = None, **more: Any) -> dict:
    ends = {"start_index": start, "end_index": end}
    return {"id": key, **{name: row for name, row in ends.items() if row is not None}, **more}


def random_document(seed: int, jobs: int = 12, vehicles: int = 4, *, shipments: int = 0, rich: bool = True) -> dict:
    """Places in a square; with ``rich`` also skills, windows, loads, ends, limits, breaks, costs, several speeds."""
    rng = Random(seed)
    size = jobs + 2 * shipments + vehicles
    places = [(rng.uniform(0, 1000), rng.uniform(0, 1000)) for _ in range(size)]
    matrix = [[round(((x - u) ** 2 + (y - v) ** 2) ** 0.5) for u, v in places] for x, y in places]

    def maybe(chance: float, make: Any) -> Any:
        return make() if rich and rng.random() < chance else None

    def window() -> list[list[int]]:
        start = rng.randint(0, 3000)
        found = [[start, start + rng.randint(300, 3000)]]
        if rng.random() < 0.3:
            found.append([found[0][1] + 500, found[0][1] + 1500])
        return found

    def task(key: int) -> dict:
        return {
            "id": key,
            "location_index": key,
            "service": rng.choice([0, 60, 300]),
            "setup": maybe(0.3, lambda: 30),
            "time_windows": maybe(0.4, window),
            "service_per_type": maybe(0.1, lambda: {"slow": 600}),
        }

    def of_two() -> list[int]:
        return [rng.randint(0, 3), rng.randint(0, 2)]

    drawn = [
        task(key)
        | {
            "skills": maybe(0.3, lambda: [rng.randint(1, 2)]),
            "priority": maybe(0.3, lambda: rng.randint(0, 100)),
            "delivery": maybe(0.4, of_two),
            "pickup": maybe(0.3, of_two),
        }
        for key in range(jobs)
    ]
    carried = [
        {"pickup": task(jobs + 2 * k), "delivery": task(jobs + 2 * k + 1), "amount": maybe(0.7, of_two)}
        for k in range(shipments)
    ]
    fleet = []
    for k in range(vehicles):
        at = size - vehicles + k
        begin = rng.randint(0, 600)
        rest = {"id": 1, "service": 200, "time_windows": [[begin + 300, begin + 5000]]}
        fleet.append(
            {
                "id": 100 + k,
                "start_index": at,
                "end_index": maybe(0.5, lambda: at),  # noqa: B023 - used at once
                "skills": [1, 2] if rng.random() < 0.6 else [1],
                "capacity": [rng.randint(4, 9), rng.randint(3, 9)] if rich else None,
                "time_window": maybe(0.6, lambda: [begin, begin + rng.randint(3000, 9000)]),  # noqa: B023
                "max_tasks": maybe(0.3, lambda: rng.randint(1, 6)),
                "max_travel_time": maybe(0.3, lambda: rng.randint(1000, 4000)),
                "speed_factor": maybe(0.3, lambda: rng.choice([0.5, 1.33, 2])),
                "type": maybe(0.3, lambda: "slow"),
                "breaks": maybe(0.3, lambda: [rest]),  # noqa: B023
                "costs": maybe(0.4, lambda: {"fixed": 500, "per_hour": 7200, "per_task_hour": 100}),
            }
        )
    return _without_none(
        {"jobs": drawn, "shipments": carried, "vehicles": fleet, "matrices": {"car": {"durations": matrix}}}
    )


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(each) for key, each in value.items() if each is not None}
    return [_without_none(each) for each in value] if isinstance(value, list) else value
