"""The scarce hour: more calls than free units, most of the others busy until later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.model import Fleet, Incident


@dataclass(frozen=True)
class Case:
    """A situation to decide: a fleet, its open incidents in order of call, and the time."""

    fleet: Fleet
    incidents: tuple[Incident, ...]
    now: datetime
