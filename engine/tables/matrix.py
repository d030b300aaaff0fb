"""A matrix of travel times as a document and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from engine.tables.outputs import Outputs
from engine.tables.points import Points
from engine.tables.write import write_csv
from graphs.network import Int32
from graphs.search import INF

#: No pair is closed.
OPEN: Mapping[tuple[int, int], Sequence[str]] = MappingProxyType({})


def matrix_json(
    origins: Points, targets: Points, durations: Int32, closures: Mapping[tuple[int, int], Sequence[str]] = OPEN
) -> dict[str, Any]:
    """Ids, and seconds [k][l] to the millisecond; null where there is no way, and the entries that close it."""
    closed = [
        {"from": origins.ids[i], "to": targets.ids[j], "traffic_entries": list(ids)} for (i, j), ids in closures.items()
    ]
    return ({"closed": closed} if closed else {}) | {
        "from": origins.ids,
        "to": targets.ids,
        "durations_s": [[None if ms >= INF else ms / 1000 for ms in row] for row in durations.tolist()],
    }


def write_matrix(path: Path, origins: Points, targets: Points, durations: Int32) -> None:
    """CSV of one row a pair: from_id, to_id, duration_s (empty where there is no way)."""
    pairs = zip(origins.ids, durations.tolist(), strict=True)
    rows = [
        {"from_id": origin, "to_id": target, "duration_s": None if ms >= INF else ms / 1000}
        for origin, line in pairs
        for target, ms in zip(targets.ids, line, strict=True)
    ]
    with Outputs() as files:
        files.write(path, lambda part: write_csv(part, rows))
