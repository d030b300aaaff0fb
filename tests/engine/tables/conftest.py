"""Small tables to read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

NOW = datetime.fromisoformat("2026-03-03T18:30:00-03:00")

INCIDENT = "incident_id,lon,lat,service,received_at"
UNIT = "unit_id,lon,lat"


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Writes lines to a file and gives its path."""

    def write(name: str, *lines: str) -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    return write
