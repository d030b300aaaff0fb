"""The same tests on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.ledger import Ledger, RegionLedger


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a ledger of this test's own can be created."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return request.getfixturevalue("postgres").database()


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """A new ledger."""
    with Ledger.open(url) as ledger:
        yield ledger


@pytest.fixture
def region(ledger: Ledger) -> RegionLedger:
    """A region of it, never written."""
    return ledger.region("coquimbo")
