"""Positions written down now and then: what a crash, or a change of leaders, can lose of them."""

from __future__ import annotations

from collections.abc import Iterable

from engine.ledger.rows import PositionRow, TrackRow
from engine.live.commands.fleet import Checkpoint
from engine.live.events import encoder
from engine.live.fleet import LiveFleet
from engine.times import to_us

#: Positions of one transaction.
TOGETHER = 500


class Checkpoints:
    """Which positions the ledger has; for one thread at a time."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}  # unit -> when it was seen

    def has(self, rows: Iterable[PositionRow]) -> list[PositionRow]:
        """The ledger has these; those among them that are news."""
        news = [row for row in rows if self._known.get(row.unit) != row.observed_us]
        self._known.update({row.unit: row.observed_us for row in news})
        return news

    def due(self, fleet: LiveFleet) -> list[Checkpoint]:
        """Positions that the ledger has not got yet, some at a time so that nobody waits for them."""
        news: list[PositionRow] = []
        tracks: list[TrackRow] = []
        for unit_id, observed in fleet.observed.items():
            at_us = to_us(observed)
            unit = fleet.find(unit_id) if self._known.get(unit_id) != at_us else None
            if unit is not None:
                news.append(PositionRow(unit_id, at_us, encoder.encode(unit.location)))
                if unit_id in fleet.engaged:
                    tracks.append(TrackRow(unit_id, at_us, unit.location.lon, unit.location.lat))
                self._known[unit_id] = at_us
        found = [Checkpoint(news[i : i + TOGETHER]) for i in range(0, len(news), TOGETHER)]
        return [*found, Checkpoint((), tracks)] if tracks else found
