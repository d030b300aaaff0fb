"""Reading: what is wrong is refused with its path, what is not known is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.errors import TooLargeError
from engine.vroom.errors import ProblemError, UnsupportedProblemError
from engine.vroom.read import load_problem, read_problem
from engine.vroom.travel import travel_of
from graphs.errors import FileMissingError, OutsideRegionError, TowlineError
from graphs.region import Region
from tests.engine.vroom.problems import document, job, vehicle

GOOD = document(
    jobs=[job(1, 1, service=60, time_windows=[[0, 900]], skills=[1], delivery=[2], description="corner shop")],
    vehicles=[vehicle(7, capacity=[4], skills=[1], time_window=[0, 9000], breaks=[{"id": 1, "service": 5}])],
    shipments=[{"pickup": {"id": 1, "location_index": 2}, "delivery": {"id": 2, "location_index": 3}, "amount": [1]}],
)


def changed(path: str, value: Any) -> dict:
    """The good document with one value changed; ``del`` takes it away."""
    found = json.loads(json.dumps(GOOD))
    *way, last = [int(each) if each.isdigit() else each for each in path.split(".")]
    inner = found
    for each in way:
        inner = inner[each]
    if value == "del":
        del inner[last]
    else:
        inner[last] = value
    return found


def test_a_problem() -> None:
    """Jobs, shipments as two tasks each, vehicles and their parts."""
    problem = read_problem(json.dumps(GOOD))
    assert [(task.kind, task.id) for task in problem.tasks] == [("job", 1), ("pickup", 1), ("delivery", 2)]
    assert problem.tasks[0].brought == (2,)
    assert (problem.tasks[1].taken, problem.tasks[2].brought, problem.tasks[2].partner) == ((1,), (1,), 1)
    assert problem.vehicles[0].breaks[0].service == 5
    assert (problem.loads, problem.notes) == (1, ())


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("jobs.0.id", "del", "jobs[0].id"),
        ("jobs.0.id", 1.5, "jobs[0].id"),
        ("jobs.0.id", True, "jobs[0].id"),
        ("jobs.0.service", -1, "jobs[0].service"),
        ("jobs.0.service", 10**12, "jobs[0].service"),
        ("jobs.0.priority", 101, "jobs[0].priority"),
        ("jobs.0.time_windows", [[900, 100]], "jobs[0].time_windows[0]"),
        ("jobs.0.time_windows", [[0, 10], [5, 20]], "jobs[0].time_windows"),
        ("jobs.0.time_windows", [], "jobs[0].time_windows"),
        ("jobs.0.time_windows", [[1, 2, 3]], "jobs[0].time_windows[0]"),
        ("jobs.0.skills", "1", "jobs[0].skills"),
        ("jobs.0.location_index", "del", "jobs[0].location_index"),
        ("jobs.0.location_index", 5, "jobs[0].location_index"),
        ("jobs.0.location", [200, 1], "jobs[0].location"),
        ("jobs.0.location", [1], "jobs[0].location"),
        ("jobs.0.delivery", [1, 1], "vehicles[0].capacity"),
        ("jobs.0.service_per_type", {"a": "x"}, "jobs[0].service_per_type.a"),
        ("jobs.0.description", 7, "jobs[0].description"),
        ("jobs", {}, "jobs"),
        ("shipments.0.delivery", "del", "shipments[0].delivery"),
        ("vehicles", "del", "vehicles"),
        ("vehicles.0.start_index", "del", "vehicles[0]"),
        ("vehicles.0.speed_factor", 0, "vehicles[0].speed_factor"),
        ("vehicles.0.speed_factor", 9, "vehicles[0].speed_factor"),
        ("vehicles.0.time_window", [5], "vehicles[0].time_window"),
        ("vehicles.0.costs", {"fixed": -5}, "vehicles[0].costs.fixed"),
        ("vehicles.0.profile", "bike", "vehicles[0].profile"),
        ("vehicles.0.breaks", [{"id": 1}, {"id": 1}], "vehicles[0].breaks[1].id"),
        ("vehicles.0.steps", [{"type": "fly"}], "vehicles[0].steps[0].type"),
        ("vehicles.0.steps", [{"type": "job"}], "vehicles[0].steps[0].id"),
        ("vehicles.0.steps", [{"type": "job", "id": 9}], "vehicles[0].steps[0].id"),
        ("vehicles.0.steps", [{"type": "job", "id": 1}] * 2, "vehicles[0].steps[1].id"),
        ("vehicles.0.steps", [{"type": "break", "id": 4}], "vehicles[0].steps[0].id"),
        ("vehicles.0.steps", [{"type": "end"}], "vehicles[0].steps[0]"),
        ("matrices.car", {}, "matrices.car"),
        ("matrices.car.durations", [[0, 1], [1]], "matrices.car.durations[1]"),
        ("matrices.car.durations", [], "matrices.car.durations"),
        ("matrices.car.durations", [[0, -1], [1, 0]], "matrices.car.durations[0][1]"),
        ("matrices.car.durations", [[0, 0.5], [1, 0]], "matrices.car.durations[0][1]"),
        ("matrices.car.durations", [[0, 10**40], [1, 0]], "matrices.car.durations[0][1]"),
        ("matrices.car.distances", [[0]], "matrices.car.distances"),
    ],
)
def test_what_is_wrong_is_named_by_path(path: str, value: Any, where: str) -> None:
    """In the message and in the metadata."""
    with pytest.raises(ProblemError) as caught:
        read_problem(json.dumps(changed(path, value)))
    assert caught.value.metadata["path"] == where
    assert caught.value.message.startswith(where)


@pytest.mark.parametrize("text", ["", "[]", "nonsense", '{"vehicles": NaN}', '{"vehicles": [' + "[" * 5000, "7"])
def test_what_is_no_problem_is_refused(text: str) -> None:
    """Not JSON, not an object, NaN, absurdly deep."""
    with pytest.raises(ProblemError):
        read_problem(text)


def test_what_the_model_has_no_place_for_is_refused() -> None:
    """Costs apart from durations, costs by distance without distances."""
    other = changed("matrices.car.costs", [[0] * 5] * 5)
    with pytest.raises(UnsupportedProblemError) as caught:
        read_problem(json.dumps(other))
    assert caught.value.metadata["path"] == "matrices.car.costs"
    for part in ("max_distance", "costs"):
        value = {"per_km": 5} if part == "costs" else 5
        with pytest.raises(UnsupportedProblemError) as caught:
            travel_of(read_problem(json.dumps(changed(f"vehicles.0.{part}", value))), None)
        assert caught.value.metadata["path"].startswith(f"vehicles[0].{part}")


def test_ids_may_not_repeat() -> None:
    """Of jobs, of pickups, of vehicles; a job and a pickup may share one."""
    for key in ("jobs", "shipments", "vehicles"):
        with pytest.raises(ProblemError, match="ids must be unique"):
            read_problem(json.dumps(GOOD | {key: GOOD[key] * 2}))


def test_unknown_keys_are_named_once() -> None:
    """They are not read."""
    problem = read_problem(json.dumps(changed("jobs.0.colour", "red") | {"speed": 3}))
    assert sorted(problem.notes) == [
        "jobs[0].colour is not known and was not read",
        "speed is not known and was not read",
    ]


def test_too_many_are_refused() -> None:
    """50,000 jobs, by the number alone."""
    with pytest.raises(TooLargeError, match="50,000 tasks"):
        read_problem(json.dumps({"jobs": [{}] * 50_000, "vehicles": []}))


def test_files(tmp_path: Path) -> None:
    """One that is not there, one that is no text, one with a byte order mark."""
    with pytest.raises(FileMissingError):
        load_problem(tmp_path / "nothing.json")
    (tmp_path / "odd.json").write_bytes(b"\xff\xfe\x00{")
    with pytest.raises(ProblemError, match="UTF-8"):
        load_problem(tmp_path / "odd.json")
    (tmp_path / "good.json").write_text("\ufeff" + json.dumps(GOOD), "utf-8")
    assert load_problem(tmp_path / "good.json").tasks


def test_places_on_a_region(coquimbo: Region) -> None:
    """Coordinates are driven on its roads; one that is on none is named; without coordinates nothing is guessed."""
    here, there = [-71.2519, -29.9027], [-71.3436, -29.9533]
    value = {"jobs": [{"id": 1, "location": there}], "vehicles": [{"id": 1, "start": here}]}
    problem = read_problem(json.dumps(value))
    travel = travel_of(problem, coquimbo)
    start, end = travel.row(problem.vehicles[0].start or problem.tasks[0].place), travel.row(problem.tasks[0].place)
    assert 300 < travel.seconds(problem.vehicles[0])[start, end] < 3000
    far = read_problem(json.dumps(value | {"jobs": [{"id": 1, "location": [0, 0]}]}))
    with pytest.raises(OutsideRegionError) as caught:
        travel_of(far, coquimbo)
    assert caught.value.metadata["path"] == "jobs[0].location"
    with pytest.raises(ProblemError) as missing:
        read_problem(json.dumps(value | {"jobs": [{"id": 1}]}))
    assert missing.value.metadata["path"] == "jobs[0].location"
    with pytest.raises(TowlineError):
        travel_of(problem, None)
