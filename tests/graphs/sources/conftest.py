"""What tests of sources share."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.graphs.sources.map_stand_in import StandIn, stand_in


@pytest.fixture
def maps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[StandIn]:
    """A stand-in for OpenStreetMap's servers, an empty cache folder, and no pause before asking for a name."""
    import osmnx._nominatim

    class NoTime:
        @staticmethod
        def sleep(seconds: float) -> None:
            """Nobody else is asking."""

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("TOWLINE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("TOWLINE_OVERPASS_URL", raising=False)
    monkeypatch.delenv("TOWLINE_NOMINATIM_URL", raising=False)
    monkeypatch.setattr(osmnx._nominatim, "time", NoTime)
    with stand_in() as server:
        yield server
