"""Regions that live in a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.dispatch import Dispatcher
from engine.model import Fleet
from graphs.bundled import load_coquimbo
from tests.engine.live.verify.region import LiveStory, policy


@pytest.fixture(scope="session")
def deciding() -> Dispatcher:
    return Dispatcher(load_coquimbo(), policy(parallel=2, seconds=60.0))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty ledger of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'of_a_kind.db'}"
    return request.getfixturevalue("postgres").database()


@pytest.fixture
def live(deciding: Dispatcher, tmp_path: Path) -> Iterator[Callable[..., LiveStory]]:
    """Begins a story in a ledger of its own."""
    begun: list[LiveStory] = []

    def make(url: str | None = None, units: Fleet | None = None) -> LiveStory:
        begun.append(LiveStory(deciding, url or tmp_path / f"ledger{len(begun)}.db", units))
        return begun[-1]

    yield make
    for story in begun:
        story.stop()
