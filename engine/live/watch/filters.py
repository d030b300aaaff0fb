"""Which events a watcher wants, and which it may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.live.events import EventKind
from engine.live.watch.entry import Entry


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Events that meet all that is set; an empty set asks for nothing. Ids, not names."""

    incidents: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    kinds: frozenset[EventKind] = frozenset()
    cells: Mapping[int, frozenset[int]] = field(default_factory=dict)  # by resolution, 0 to FINEST
    own: str | None = None  # the provider whose things alone the watcher may see

    def passes(self, entry: Entry) -> bool:
        return (
            (not self.kinds or entry.event.kind in self.kinds)
            and (not self.incidents or entry.incident in self.incidents)
            and (not self.units or not self.units.isdisjoint(entry.units))
            and (not self.providers or not self.providers.isdisjoint(entry.providers))
            and (self.own is None or self.own in entry.providers)
            and (not self.cells or any(entry.cell(res) in wanted for res, wanted in self.cells.items()))
        )


ALL = EventFilter()
