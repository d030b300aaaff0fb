"""What can be set about long work for planners: how much at once, how much of it is kept; docs/coverage-service.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class RegionDemand:
    """What is to be reached in a region: a table of cells or points, and how much of it stands on highways."""

    demand: Path | None = None
    highway_share: float = 0.0


@dataclass(frozen=True, slots=True)
class PlanningOptions:
    """Sizes in bytes, times in seconds."""

    #: Processes that evaluate, at low priority: so many operations run at once, the others wait for their turn. Those
    #: that have nothing else to do share the variants of one.
    workers: int = 1
    #: Operations that run or wait: in all, and of one caller.
    operations: int = 16
    caller_operations: int = 4
    #: How long one may run.
    longest_s: float = 900.0
    #: Operations that are done: how long they are kept, how many, and how much their answers may hold in all.
    kept_s: float = 3600.0
    kept: int = 200
    kept_bytes: int = 64 * MIB
    #: Of one request: scenarios with all their variants, and what these ask for: moments times services.
    variants: int = 10_000
    evaluations: int = 20_000
    #: Of one answer.
    answer_bytes: int = 16 * MIB
    #: How long one call of WaitOperation waits at most.
    wait_s: float = 60.0
    #: By region; from the configuration's ``[regions.NAME]``.
    demand: Mapping[str, RegionDemand] = field(default_factory=dict)
