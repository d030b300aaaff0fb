"""A region's ledger in memory, which can be told to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.ledger.rows import AnswerRow, Batch, DecisionRow, EventRow, IncidentRow, Loaded


class MemoryRegionLedger:
    """What `engine.live.writer` needs of `engine.ledger.region.RegionLedger`.

    ``before`` and ``after`` are called around each commit and may raise: nothing is kept, or everything.
    """

    def __init__(self) -> None:
        self.rows: list[EventRow] = []
        self.kept: dict[str, IncidentRow] = {}
        self.answered: dict[tuple[str, str], AnswerRow] = {}
        self.decided: list[DecisionRow] = []
        self.commits = 0
        self.before: Callable[[Batch], None] = lambda _: None
        self.after: Callable[[Batch], None] = lambda _: None

    def load(self) -> Loaded:
        number, at_us = self.last()
        open_ones = [row for row in self.kept.values() if row.open]
        return Loaded(number, at_us, open_ones, [], [], [])

    def commit(self, batch: Batch, *, after: int) -> None:
        self.before(batch)
        assert after == len(self.rows), "somebody else wrote"
        at_us = self.last()[1]
        for number, row in enumerate(batch.events, after + 1):
            assert (row.number, row.at_us >= at_us) == (number, True)
            at_us = row.at_us
        self.rows += batch.events
        self.kept.update({row.id: row for row in batch.incidents})
        self.answered.update({(row.method, row.request_id): row for row in batch.answers})
        self.decided += batch.decisions
        self.commits += 1
        self.after(batch)

    def last(self) -> tuple[int, int]:
        return (len(self.rows), self.rows[-1].at_us) if self.rows else (0, 0)

    def answers(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], AnswerRow]:
        return {key: self.answered[key] for key in keys if key in self.answered}

    def incident(self, id: str) -> IncidentRow | None:
        return self.kept.get(id)

    def events(self, after: int, limit: int) -> list[EventRow]:
        return self.rows[after : after + limit]
