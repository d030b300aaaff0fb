"""The fleet, prepared for questions: snapped, labelled, indexed by H3 cell."""

from engine.fleet.state import FleetState

__all__ = ["FleetState"]
