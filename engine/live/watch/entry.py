"""An event as watchers get it: encoded once for all of them, with what filters look at."""

from __future__ import annotations

from collections.abc import Callable

from h3.api import basic_int as h3

from engine.live.events import Entity, Event
from engine.live.records import IncidentRecord

#: The finest cells that can be watched.
FINEST = 9

#: An event in the form in which it is sent; with a provider's id only what that provider may see.
Encode = Callable[[Event, str | None], bytes]


class Entry:
    """One event, and by whom it may be wanted. Not thread-safe: each thread that tells events makes its own."""

    __slots__ = ("_cells", "_encode", "_sent", "event", "incident", "number", "providers", "units")

    def __init__(self, event: Event, encode: Encode) -> None:
        self.event, self.number = event, event.number
        self.incident = event.id if event.entity is Entity.INCIDENT else ""
        units, providers = {event.unit}, {event.provider}
        if event.entity is Entity.UNIT:
            units.add(event.id)
        elif event.entity is Entity.PROVIDER:
            providers.add(event.id)
        elif isinstance(event.record, IncidentRecord):
            for part in (*event.record.legs, *event.record.open_offers()):
                units.add(part.unit)
                providers.add(part.provider)
        #: Ids of units and providers that it is about, or whose incident it is about, "" among them.
        self.units, self.providers = units, providers
        self._encode = encode
        self._sent: dict[str | None, bytes] = {}
        self._cells: dict[int, int] = {}

    def sent(self, own: str | None) -> bytes:
        """The event as it is sent; made once for all who may see the same of it."""
        found = self._sent.get(own)
        if found is None:
            found = self._sent[own] = self._encode(self.event, own)
        return found

    def cell(self, resolution: int) -> int:
        """The H3 cell that its incident lies in, 0 to `FINEST`; 0 when it has no place."""
        found = self._cells.get(resolution)
        if found is None:
            record = self.event.record
            need = record.need if isinstance(record, IncidentRecord) else None
            place = need.location if need is not None else None
            # not the parent of a finer cell: those overlap the borders of their parents
            found = h3.latlng_to_cell(place.lat, place.lon, resolution) if place is not None else 0
            self._cells[resolution] = found
        return found
