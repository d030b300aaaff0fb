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


@pytest.fixture
def live(deciding: Dispatcher, tmp_path: Path) -> Iterator[Callable[..., LiveStory]]:
    """Begins a story in a ledger of its own."""
    begun: list[LiveStory] = []

    def make(units: Fleet | None = None) -> LiveStory:
        begun.append(LiveStory(deciding, tmp_path / f"ledger{len(begun)}.db", units))
        return begun[-1]

    yield make
    for story in begun:
        story.stop()
