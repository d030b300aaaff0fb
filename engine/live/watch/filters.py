"""Which events a watcher wants, and which it may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.live.events import Event, EventKind
from engine.live.records import IncidentRecord
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
            and (self.own is None or (self.own in entry.providers and not _of_rival(entry.event, self.own)))
            and (not self.cells or any(entry.cell(res) in wanted for res, wanted in self.cells.items()))
        )


ALL = EventFilter()

_OFFERS = frozenset(
    {
        EventKind.OFFER_MADE,
        EventKind.OFFER_ACCEPTED,
        EventKind.OFFER_DECLINED,
        EventKind.OFFER_LAPSED,
        EventKind.OFFER_WITHDRAWN,
    }
)


def _of_rival(event: Event, own: str) -> bool:
    """Whether it is about another's offer for a leg that a provider is asked for: how many are is not his to know.

    One that came to nothing is told when the leg thereby became his: the incident that he sees has changed.
    """
    record = event.record
    if event.kind not in _OFFERS or event.provider == own or not isinstance(record, IncidentRecord):
        return False
    mine = [int(offer.id) for offer in record.open_offers(event.data["leg"]) if offer.provider == own]
    if not mine:
        return False
    # a leg is that of the first offer still open
    became = record.legs[event.data["leg"]].provider == own and int(event.data["offer"]) < min(mine)
    return not became
