"""Reads a problem, every value checked; what is wrong is named by its path."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.errors import TooLargeError
from engine.vroom.consistent import check_problem, unique
from engine.vroom.errors import ProblemError, wrong
from engine.vroom.fields import Fields, window
from engine.vroom.model import Break, Costs, Place, Problem, Step, Task, Vehicle
from engine.vroom.read_matrices import read_matrices
from graphs.errors import FileMissingError

KINDS = ("start", "job", "pickup", "delivery", "break", "end")
#: Vehicles, tasks, and bytes of a file, at most.
MOST_VEHICLES, MOST_TASKS, MOST_BYTES = 20_000, 20_000, 512 * 2**20
#: No cost is higher: of a vehicle, an hour, a kilometre.
MOST_COST = 1_000_000


def load_problem(path: str | Path) -> Problem:
    """The problem of a file; FileMissingError, ProblemError, UnsupportedProblemError, TooLargeError."""
    path = Path(path)
    if not path.is_file():
        raise FileMissingError(f"{path} does not exist; give the path of a problem in JSON", file=path)
    if path.stat().st_size > MOST_BYTES:
        raise TooLargeError(f"{path.name} has more than {MOST_BYTES // 2**20} MiB", file=path)
    try:
        text = path.read_text("utf-8-sig")
    except PermissionError:
        raise FileMissingError(f"{path} may not be read; check its permissions", file=path) from None
    except UnicodeDecodeError:
        raise ProblemError(f"{path.name} is not UTF-8; write the JSON in UTF-8", path="") from None
    return read_problem(text)


def read_problem(text: str) -> Problem:
    """The problem in a text of JSON."""
    try:
        value = json.loads(text, parse_constant=_no_number)
    except ValueError as error:
        raise ProblemError(f"the problem is no JSON: {error}", path="") from None
    except RecursionError:
        raise ProblemError("the problem is no JSON that anybody means: nested too deeply", path="") from None
    fields = Fields(value, "")
    counts = {key: len(value[key]) for key in ("vehicles", "jobs", "shipments") if isinstance(value.get(key), list)}
    _check_counts(counts)
    unread: dict[str, str] = {}
    matrices = read_matrices(fields)
    jobs = fields.items("jobs", lambda item, path: _job(item, path, unread))
    shipments = fields.items("shipments", lambda item, path: _shipment(item, path, unread))
    vehicles = fields.items("vehicles", lambda item, path: _vehicle(item, path, unread))
    if not fields.has("vehicles"):
        raise wrong("vehicles", "is missing; give at least an empty array")
    _note_unread(fields, unread)
    tasks = tuple(jobs) + tuple(task for pair in shipments for task in pair)
    problem = Problem(
        tuple(vehicles),
        tasks,
        matrices,
        tuple(f"{path} is not known and was not read" for path in unread.values()),
    )
    check_problem(problem)
    return problem


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _check_counts(counts: dict[str, int]) -> None:
    tasks = counts.get("jobs", 0) + 2 * counts.get("shipments", 0)
    for what, count, most in (("vehicles", counts.get("vehicles", 0), MOST_VEHICLES), ("tasks", tasks, MOST_TASKS)):
        if count > most:
            raise TooLargeError(
                f"{count:,} {what} are more than the {most:,} of one problem; split it", **{what: count}
            )


def _job(value: Any, path: str, unread: dict[str, str]) -> Task:
    fields = Fields(value, path)
    taken, brought = fields.amount("pickup"), fields.amount("delivery")
    if brought is None:
        brought = fields.amount("amount")  # what it was called before there were two
    found = _task(fields, "job", unread, skills=fields.numbers("skills"), priority=_priority(fields))
    return replace(found, taken=taken or (), brought=brought or ())


def _shipment(value: Any, path: str, unread: dict[str, str]) -> tuple[Task, Task]:
    fields = Fields(value, path)
    amount, skills, priority = fields.amount("amount") or (), fields.numbers("skills"), _priority(fields)
    ends = []
    for kind in ("pickup", "delivery"):
        if not fields.has(kind):
            raise wrong(fields.at(kind), "is missing; a shipment has a pickup and a delivery")
        inner = Fields(fields.raw(kind), fields.at(kind))
        ends.append(_task(inner, kind, unread, skills=skills, priority=priority))
    _note_unread(fields, unread)
    pickup, delivery = ends
    return (
        replace(pickup, taken=amount, partner=delivery.id),
        replace(delivery, brought=amount, partner=pickup.id),
    )


def _task(fields: Fields, kind: str, unread: dict[str, str], *, skills: frozenset[int], priority: int) -> Task:
    found = Task(
        kind=kind,
        id=fields.integer("id"),
        place=_place(fields, "location", "location_index"),
        path=fields.path,
        setup=fields.integer("setup", 0),
        service=fields.integer("service", 0),
        setup_of=fields.by_type("setup_per_type"),
        service_of=fields.by_type("service_per_type"),
        windows=fields.windows("time_windows"),
        skills=skills,
        priority=priority,
        description=fields.text("description"),
    )
    _note_unread(fields, unread)
    return found


def _priority(fields: Fields) -> int:
    return fields.integer("priority", 0, high=100)


def _place(fields: Fields, location: str, index: str) -> Place:
    return Place(fields.location(location), fields.maybe_integer(index))


def _vehicle(value: Any, path: str, unread: dict[str, str]) -> Vehicle:
    fields = Fields(value, path)
    start, end = _place(fields, "start", "start_index"), _place(fields, "end", "end_index")
    costs = Fields(fields.raw("costs"), fields.at("costs")) if fields.has("costs") else Fields({}, fields.at("costs"))
    nowhere = Place()
    breaks = fields.items("breaks", lambda item, at: _break(item, at, unread))
    steps = fields.items("steps", lambda item, at: _step(item, at, unread)) if fields.has("steps") else None
    found = Vehicle(
        id=fields.integer("id"),
        path=path,
        profile=fields.text("profile") or "car",
        kind=fields.text("type") or "",
        start=None if start == nowhere else start,
        end=None if end == nowhere else end,
        capacity=fields.amount("capacity"),
        skills=fields.numbers("skills"),
        window=window(fields.raw("time_window"), fields.at("time_window")) if fields.has("time_window") else None,
        breaks=tuple(breaks),
        speed=fields.number("speed_factor", 1.0, above=0, high=5),
        most_tasks=fields.maybe_integer("max_tasks"),
        most_travel=fields.maybe_integer("max_travel_time"),
        most_distance=fields.maybe_integer("max_distance"),
        costs=Costs(
            fixed=costs.integer("fixed", 0, high=MOST_COST),
            per_hour=costs.integer("per_hour", 3600, high=MOST_COST),
            per_task_hour=costs.integer("per_task_hour", 0, high=MOST_COST),
            per_km=costs.integer("per_km", 0, high=MOST_COST),
        ),
        steps=None if steps is None else tuple(steps),
        description=fields.text("description"),
    )
    if found.start is None and found.end is None:
        raise wrong(path, "has neither start nor end; give at least one of them")
    unique((each.id for each in found.breaks), f"{path}.breaks")
    _note_unread(fields, unread)
    _note_unread(costs, unread)
    return found


def _break(value: Any, path: str, unread: dict[str, str]) -> Break:
    fields = Fields(value, path)
    found = Break(
        fields.integer("id"),
        fields.windows("time_windows"),
        fields.integer("service", 0),
        fields.text("description"),
        fields.amount("max_load"),
    )
    _note_unread(fields, unread)
    return found


def _step(value: Any, path: str, unread: dict[str, str]) -> Step:
    fields = Fields(value, path)
    kind = fields.text("type")
    if kind not in KINDS:
        raise wrong(fields.at("type"), f"is {kind!r}; use one of {', '.join(KINDS)}")
    named = fields.integer("id") if kind not in ("start", "end") else fields.maybe_integer("id")
    at, after, before = (fields.maybe_integer(f"service_{name}") for name in ("at", "after", "before"))
    if after is not None and before is not None and after > before:
        raise wrong(path, f"must begin after {after} and before {before}")
    _note_unread(fields, unread)
    return Step(kind, named, path, at, after, before)


def _note_unread(fields: Fields, unread: dict[str, str]) -> None:
    """Each unknown key once, by where it first is."""
    for key in fields.unread():
        unread.setdefault(key, fields.at(key))
