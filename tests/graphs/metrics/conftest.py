"""A small town whose roads the tests slow down and close."""

from __future__ import annotations

import pytest

from graphs.region import Region, build_region
from tests.graphs.towns import town


@pytest.fixture(scope="session")
def small_town() -> Region:
    """144 junctions, one-way streets among them, on Berlin's clock (DST)."""
    return build_region(town(5, side=12), name="town", timezone="Europe/Berlin")
