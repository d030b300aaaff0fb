"""Things many tests share."""

from __future__ import annotations

import pytest

from graphs.bundled import load_coquimbo
from graphs.region import Region


@pytest.fixture(scope="session")
def coquimbo() -> Region:
    """The real region in the box."""
    return load_coquimbo()
