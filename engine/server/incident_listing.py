"""Pages of incidents: open ones from memory, closed ones from the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from towline.v1 import incident_service_pb2 as pb

from engine.live.records import CLOSED, IncidentRecord
from engine.live.rows import incident_of
from engine.server import enums
from engine.server.hosted import HostedRegion
from engine.server.names import ids, require_region
from engine.server.paging import DEFAULT_SIZE, MAX_SIZE, token_after, token_last
from engine.server.security import own_provider, require_own
from engine.server.wire_time import read_any_time
from engine.times import to_us

#: Rows of the ledger looked through for one page, at most: a filter that few pass gives short pages, not long waits.
MOST_ROWS = 10_000
_DIGITS = 20


def visible(record: IncidentRecord, own: str | None) -> bool:
    """Whether a caller bound to a provider may see an incident: one of its units has it, did its part, or is asked."""
    return own is None or any(part.provider == own for part in (*record.legs, *record.open_offers()))


def list_incidents(
    region: HostedRegion, request: pb.ListIncidentsRequest, context: Any
) -> tuple[list[IncidentRecord], str]:
    """One page by (received_at, id), and the token of the next; see `paging.page` for errors.

    PermissionDeniedError for a provider that asks for another one's.
    """
    own = own_provider(context)
    for name in (request.filter.provider, request.filter.unit):
        if name:
            require_own(context, ids(name)[1], name)
    size = min(request.page_size or DEFAULT_SIZE, MAX_SIZE)
    wanted = _Wanted(region, request.filter, own)
    scope = f"ListIncidents {request.parent} {own} {request.filter.SerializeToString(deterministic=True).hex()}"
    after = _position(token_last(request.page_token, scope)) if request.page_token else None
    found, last = (_closed if wanted.closed else _open)(region, wanted, after, size)
    return found, token_after(f"{last[0]:0{_DIGITS}} {last[1]}", scope) if last else ""


class _Wanted:
    """A filter, read and checked."""

    def __init__(self, region: HostedRegion, message: pb.IncidentFilter, own: str | None) -> None:
        self.states = enums.INCIDENT_STATE.read_all(message.states)
        self.closed = bool(self.states & CLOSED)
        self.since = _time(message, "since")
        self.until = _time(message, "until")
        self.customer, self.at_risk, self.own = message.customer, message.at_risk, own
        self.provider, self.unit = "", ("", "")
        if message.provider:
            found, self.provider = ids(message.provider)
            require_region(found, region.id, message.provider, "filter.provider")
        if message.unit:
            found, *unit = ids(message.unit)
            self.unit = unit[0], unit[1]
            require_region(found, region.id, message.unit, "filter.unit")

    def passes(self, record: IncidentRecord) -> bool:
        return (
            (record.state in self.states if self.states else not record.closed)
            and (self.since is None or record.received_at >= self.since)
            and (self.until is None or record.received_at < self.until)
            and (not self.customer or record.customer == self.customer)
            and (not self.provider or any(leg.provider == self.provider for leg in record.legs))
            and (not self.unit[1] or any((leg.provider, leg.unit) == self.unit for leg in record.legs))
            and (not self.at_risk or _at_risk(record))
            and visible(record, self.own)
        )


def _open(
    region: HostedRegion, wanted: _Wanted, after: tuple[int, str] | None, size: int
) -> tuple[list[IncidentRecord], tuple[int, str] | None]:
    found = [(_key(record), record) for record in region.live.open() if wanted.passes(record)]
    page = sorted(((key, record) for key, record in found if after is None or key > after), key=lambda pair: pair[0])
    chosen = page[:size]
    return [record for _, record in chosen], chosen[-1][0] if len(page) > size else None


def _closed(
    region: HostedRegion, wanted: _Wanted, after: tuple[int, str] | None, size: int
) -> tuple[list[IncidentRecord], tuple[int, str] | None]:
    """Open ones too, where they are wanted: the ledger has both, as they were committed."""
    chosen: list[IncidentRecord] = []
    looked = 0
    while looked < MOST_ROWS:
        rows = region.live.ledger.incidents(
            limit=MAX_SIZE,
            after=after,
            states=[state.value for state in wanted.states],
            since_us=None if wanted.since is None else to_us(wanted.since),
            until_us=None if wanted.until is None else to_us(wanted.until),
            customer=wanted.customer or None,
        )
        for row in rows:
            if len(chosen) == size:
                return chosen, after
            record = incident_of(row.record)
            if wanted.passes(record):
                chosen.append(record)
            after = row.received_us, row.id
        looked += len(rows)
        if len(rows) < MAX_SIZE:
            return chosen, None
    return chosen, after


def _key(record: IncidentRecord) -> tuple[int, str]:
    return to_us(record.received_at), record.id


def _position(text: str) -> tuple[int, str]:
    return int(text[:_DIGITS]), text[_DIGITS + 1 :]


def _at_risk(record: IncidentRecord) -> bool:
    broken = any(clock.broken_at is not None for clock in record.clocks)
    return broken or any(leg.warned for leg in record.legs)


def _time(message: Any, name: str) -> datetime | None:
    return read_any_time(getattr(message, name)) if message.HasField(name) else None
