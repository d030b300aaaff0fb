"""The toy region, built once."""

from __future__ import annotations

import pytest

from graphs.region import Region
from tests.engine.cover_lost.toy import row_of_five


@pytest.fixture(scope="session")
def row() -> Region:
    """Five places in a row."""
    return row_of_five()
