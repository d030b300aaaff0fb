"""Seeded fleets and incidents on any region: for demonstrations, tests and figures."""

from engine.generate.fleet import generate_fleet
from engine.generate.incidents import generate_incidents
from engine.generate.scarce import Case, scarce_hour

__all__ = ["Case", "generate_fleet", "generate_incidents", "scarce_hour"]
