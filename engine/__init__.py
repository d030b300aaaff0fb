"""Dispatch: fleet, ETAs, promises, assignment, coverage, the gRPC service.

What planners use in notebooks can be imported from here; it is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.coverage.changes import before_and_after
    from engine.coverage.frames import cells_frame, roads_frame, stands_frame
    from engine.coverage.gaps import gaps
    from engine.coverage.layer import DemandLayer, read_layer
    from engine.coverage.planner import Planner
    from engine.coverage.siting import choose_sites
    from engine.coverage.siting_candidates import heaviest_cells, read_candidates
    from engine.coverage.views import write_page, write_picture
    from engine.coverage.worth import provider_worth
    from engine.dispatch import Dispatcher
    from engine.model import Service
    from engine.policy import Policy
    from engine.scenario import Scenario, read_scenario
    from engine.tables.load import load_fleet

_HOME = {
    "before_and_after": "engine.coverage.changes",
    "cells_frame": "engine.coverage.frames",
    "roads_frame": "engine.coverage.frames",
    "stands_frame": "engine.coverage.frames",
    "gaps": "engine.coverage.gaps",
    "DemandLayer": "engine.coverage.layer",
    "read_layer": "engine.coverage.layer",
    "Planner": "engine.coverage.planner",
    "choose_sites": "engine.coverage.siting",
    "heaviest_cells": "engine.coverage.siting_candidates",
    "read_candidates": "engine.coverage.siting_candidates",
    "write_page": "engine.coverage.views",
    "write_picture": "engine.coverage.views",
    "provider_worth": "engine.coverage.worth",
    "Dispatcher": "engine.dispatch",
    "Service": "engine.model",
    "Policy": "engine.policy",
    "Scenario": "engine.scenario",
    "read_scenario": "engine.scenario",
    "load_fleet": "engine.tables.load",
}

__all__ = [
    "DemandLayer",
    "Dispatcher",
    "Planner",
    "Policy",
    "Scenario",
    "Service",
    "before_and_after",
    "cells_frame",
    "choose_sites",
    "gaps",
    "heaviest_cells",
    "load_fleet",
    "provider_worth",
    "read_candidates",
    "read_layer",
    "read_scenario",
    "roads_frame",
    "stands_frame",
    "write_page",
    "write_picture",
]


def __getattr__(name: str) -> Any:
    """The package is imported by everything below it: nothing heavy before somebody asks."""
    if name not in _HOME:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
