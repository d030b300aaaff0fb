"""Incidents that need several units as one incident a unit."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.errors import DuplicateIdError
from engine.jobs.expand import one_unit_each
from engine.model import Incident, Location, Service

NOW = datetime(2026, 3, 3, 18, 30, tzinfo=UTC)


def incident(name: str, units: int = 1) -> Incident:
    return Incident(name, Location(-71.25, -29.9), Service.TOWING, NOW, units_needed=units)


def test_the_name_of_a_part_may_not_be_taken() -> None:
    """The message is true of what was given: the id is there once, and a part of another incident is called so."""
    with pytest.raises(DuplicateIdError, match="incident a needs several units, and one of its parts is called 'a#2'"):
        one_unit_each([incident("a", 2), incident("a#2")])
    assert [each.id for each in one_unit_each([incident("a", 2), incident("a#3")])] == ["a", "a#2", "a#3"]
    assert one_unit_each(one_unit_each([incident("a", 2)])) == one_unit_each([incident("a", 2)])
