"""The fleet as live state sees it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from engine.fleet.state import FleetState
from engine.model import Unit


class LiveFleet(Protocol):
    """The fleet as commands see it: `engine.server.fleet_store.FleetSnapshot`."""

    @property
    def state(self) -> FleetState: ...
    @property
    def engaged(self) -> Mapping[str, tuple[str, ...]]: ...  # unit -> what `state` has it busy with, in turn
    @property
    def observed(self) -> Mapping[str, datetime]: ...  # unit -> when it was seen last
    def find(self, unit_id: str) -> Unit | None: ...
