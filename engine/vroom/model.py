"""A routing problem as the format has it: times in seconds, distances in metres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphs.network import Int64

Window = tuple[int, int]
Amount = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Coordinates, a row of the matrices, or both."""

    location: tuple[float, float] | None = None
    index: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A job, or one end of a shipment; equal to nothing but itself."""

    kind: str  # "job", "pickup", "delivery"
    id: int
    place: Place
    path: str  # in the JSON
    setup: int = 0
    service: int = 0
    setup_of: Mapping[str, int] = field(default_factory=dict)  # by type of vehicle
    service_of: Mapping[str, int] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()  # none: any time
    skills: frozenset[int] = frozenset()
    priority: int = 0
    taken: Amount = ()  # on board from here on: a job's pickup, a shipment's amount
    brought: Amount = ()  # on board until here: a job's delivery, a shipment's amount
    description: str | None = None
    partner: int | None = None  # id of the other end of a shipment


@dataclass(frozen=True, slots=True)
class Break:
    id: int
    windows: tuple[Window, ...] = ()
    service: int = 0
    description: str | None = None
    most_load: Amount | None = None

    @property
    def kind(self) -> str:
        return "break"


Action = Task | Break


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a route that the problem prescribes."""

    kind: str
    id: int | None
    path: str
    at: int | None = None
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Costs:
    fixed: int = 0
    per_hour: int = 3600
    per_task_hour: int = 0
    per_km: int = 0


@dataclass(frozen=True, slots=True)
class Vehicle:
    id: int
    path: str
    profile: str = "car"
    kind: str = ""  # its type
    start: Place | None = None
    end: Place | None = None
    capacity: Amount | None = None
    skills: frozenset[int] = frozenset()
    window: Window | None = None
    breaks: tuple[Break, ...] = ()
    speed: float = 1.0
    most_tasks: int | None = None
    most_travel: int | None = None
    most_distance: int | None = None
    costs: Costs = Costs()
    steps: tuple[Step, ...] | None = None
    description: str | None = None


@dataclass(frozen=True, eq=False)
class Matrices:
    """Of one profile: seconds, and metres where they are given."""

    durations: Int64
    distances: Int64 | None = None


@dataclass(frozen=True, eq=False)
class Problem:
    """`tasks` are the jobs, then pickup and delivery of each shipment in turn."""

    vehicles: tuple[Vehicle, ...]
    tasks: tuple[Task, ...]
    matrices: Mapping[str, Matrices] | None = None  # by profile; None: places are on a region's roads
    notes: tuple[str, ...] = ()

    @property
    def loads(self) -> int:
        """Number of quantities that loads have."""
        sizes = [len(v.capacity) for v in self.vehicles if v.capacity is not None]
        return max([*sizes, *(max(len(t.taken), len(t.brought)) for t in self.tasks)], default=0)
