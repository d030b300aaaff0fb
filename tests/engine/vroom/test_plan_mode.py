"""Plan mode: routes carried out as prescribed, and every limit they break."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.vroom.errors import ProblemError
from engine.vroom.solve import carry_out
from engine.vroom.write import solution_json
from tests.engine.vroom.problems import document, given, job, vehicle


def carried(value: dict[str, Any]) -> dict[str, Any]:
    problem, travel = given(value)
    return json.loads(json.dumps(solution_json(problem, carry_out(problem, travel)), allow_nan=False))


def steps(*tasks: int, **more: Any) -> list[dict]:
    return [{"type": "start"}, *({"type": "job", "id": key} | more for key in tasks), {"type": "end"}]


def test_a_route_that_keeps_everything() -> None:
    """Arrivals, travel, service and waiting of each step, and the sums; nothing is broken."""
    answer = carried(
        document(
            jobs=[job(1, 1, service=60), job(2, 3, setup=10, time_windows=[[500, 600]])],
            vehicles=[vehicle(7, 0, 0, time_window=[0, 2000], steps=steps(1, 2), description="van")],
        )
    )
    (route,) = answer["routes"]
    assert [step["type"] for step in route["steps"]] == ["start", "job", "job", "end"]
    assert [step["arrival"] for step in route["steps"]] == [0, 100, 360, 810]
    assert [step["duration"] for step in route["steps"]] == [0, 100, 300, 600]
    assert [step["waiting_time"] for step in route["steps"]] == [0, 0, 140, 0]
    assert (route["service"], route["setup"], route["waiting_time"], route["duration"]) == (60, 10, 140, 600)
    assert (route["cost"], route["description"], route["violations"]) == (600, "van", [])
    assert answer["summary"]["violations"] == []
    assert (answer["code"], answer["unassigned"]) == (0, [])


def test_delay_and_lead_time() -> None:
    """Late after a window, early before one that a prescribed time misses: by seconds, on step, route and summary."""
    late = carried(
        document(jobs=[job(1, 1, time_windows=[[0, 40]]), job(2, 2)], vehicles=[vehicle(7, steps=steps(1, 2)[:-1])])
    )
    wanted = [{"cause": "delay", "duration": 60}]
    assert late["routes"][0]["steps"][1]["violations"] == wanted
    assert late["routes"][0]["violations"] == late["summary"]["violations"] == wanted
    prescribed = steps(1)[:-1]
    prescribed[1]["service_at"] = 150
    early = carried(document(jobs=[job(1, 1, time_windows=[[200, 400]])], vehicles=[vehicle(7, steps=prescribed)]))
    assert early["routes"][0]["violations"] == [{"cause": "lead_time", "duration": 50}]
    assert early["routes"][0]["steps"][1]["arrival"] == 150


def test_the_least_is_missed_in_sum() -> None:
    """Beginning one job early saves two others more delay than that costs."""
    jobs = [
        job(1, 1, time_windows=[[200, 300]]),
        job(2, 2, time_windows=[[0, 210]]),
        job(3, 3, time_windows=[[0, 310]]),
    ]
    answer = carried(document(jobs=jobs, vehicles=[vehicle(7, steps=steps(1, 2, 3)[:-1])]))
    found = {each["cause"]: each["duration"] for each in answer["summary"]["violations"]}
    assert sum(found.values()) == 90
    assert found == {"lead_time": 90}


def test_whole_routes_must_lie_in_the_vehicles_hours() -> None:
    """The end counts: late by the way home."""
    answer = carried(document(jobs=[job(1, 3)], vehicles=[vehicle(7, 0, 0, time_window=[0, 500], steps=steps(1))]))
    assert answer["routes"][0]["steps"][-1]["violations"] == [{"cause": "delay", "duration": 100}]


def test_counts_skills_loads_and_travel() -> None:
    """Each has its cause, without a duration."""
    value = document(
        jobs=[job(1, 1, delivery=[3]), job(2, 2, delivery=[3], skills=[5]), job(3, 3, pickup=[9])],
        vehicles=[
            vehicle(7, capacity=[5], max_tasks=2, max_travel_time=250, max_distance=10, steps=steps(1, 2, 3)[:-1])
        ],
    )
    value["matrices"]["car"]["distances"] = [[7] * 5] * 5
    answer = carried(value)
    causes = [each["cause"] for each in answer["routes"][0]["violations"]]
    assert causes == ["load", "max_tasks", "skills", "max_travel_time", "max_distance"]
    assert all(set(each) == {"cause"} for each in answer["summary"]["violations"])
    assert [step["load"] for step in answer["routes"][0]["steps"]] == [[6], [3], [0], [9]]
    assert [bool(step["violations"]) for step in answer["routes"][0]["steps"]] == [True, False, True, True]
    assert answer["routes"][0]["distance"] == 21


def test_shipments_in_the_wrong_order() -> None:
    """A delivery before its pickup, a pickup that is never delivered."""
    shipments = [
        {"pickup": {"id": k, "location_index": 1}, "delivery": {"id": k, "location_index": 2}, "amount": [1]}
        for k in (1, 2)
    ]
    wrong = [{"type": "delivery", "id": 1}, {"type": "pickup", "id": 1}, {"type": "pickup", "id": 2}]
    answer = carried(document(jobs=[], shipments=shipments, vehicles=[vehicle(7, capacity=[2], steps=wrong)]))
    assert answer["routes"][0]["violations"] == [{"cause": "precedence"}]
    assert answer["routes"][0]["steps"][1]["violations"] == [{"cause": "precedence"}]
    assert [(each["id"], each["type"]) for each in answer["unassigned"]] == [(2, "delivery")]


def test_breaks() -> None:
    """Taken where the steps say, too loaded for it, or left out."""
    rest = {"id": 4, "service": 100, "time_windows": [[0, 120]], "max_load": [1]}
    taken = [{"type": "job", "id": 1}, {"type": "break", "id": 4}]
    value = document(jobs=[job(1, 1, service=30, pickup=[2])], vehicles=[vehicle(7, capacity=[2], breaks=[rest])])
    value["vehicles"][0]["steps"] = taken
    route = carried(value)["routes"][0]
    assert [(step["type"], step["arrival"]) for step in route["steps"]] == [("start", 0), ("job", 100), ("break", 130)]
    assert route["violations"] == [{"cause": "delay", "duration": 10}, {"cause": "max_load"}]
    value["vehicles"][0]["steps"] = taken[:1]
    assert carried(value)["routes"][0]["violations"] == [{"cause": "missing_break"}]


def test_hard_times_that_cannot_be_are_refused() -> None:
    """By the path of the step."""
    prescribed = [{"type": "job", "id": 1, "service_at": 20}]
    with pytest.raises(ProblemError) as caught:
        carried(document(jobs=[job(1, 1)], vehicles=[vehicle(7, time_window=[0, 500], steps=prescribed)]))
    assert caught.value.metadata["path"] == "vehicles[0].steps[0]"


def test_setup_is_needed_where_the_vehicle_was_not() -> None:
    """Two tasks at one place: one setup."""
    jobs = [job(1, 1, setup=40, service=5), job(2, 1, setup=40, service=5)]
    route = carried(document(jobs=jobs, vehicles=[vehicle(7, steps=steps(1, 2)[:-1])]))["routes"][0]
    assert [step["setup"] for step in route["steps"]] == [0, 40, 0]


def test_vehicles_without_steps_stay_at_home() -> None:
    """No routes at all, everything unassigned; an empty list of steps is a route from start to end."""
    answer = carried(document(jobs=[job(1, 1, description="x")], vehicles=[vehicle(7), vehicle(8, 0, 3, steps=[])]))
    assert answer["unassigned"] == [{"id": 1, "type": "job", "description": "x", "location_index": 1}]
    assert [step["type"] for step in answer["routes"][0]["steps"]] == ["start", "end"]
