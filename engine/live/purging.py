"""Forgetting a customer in a ledger that no server holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from engine.errors import LedgerInUseError
from engine.ledger.ledger import Ledger
from engine.live.commands.purge import PurgeCustomer
from engine.live.desk import Desk
from engine.live.rows import batch_of, incident_of
from engine.live.state import Head, LiveState
from engine.times import from_us

#: How long nobody else may write; renewed by nobody, so it covers large purges.
_HELD = timedelta(minutes=10)


def purge_customer(
    ledger: Ledger, region: str, customer: str, *, now: datetime, actor: str, dry: bool = False
) -> PurgeCustomer:
    """Take a customer's data out of one region; the command says of how many incidents and events.

    The ledger must be open with `exclusive`. Raises `LedgerInUseError` while a server has the lease,
    `IncidentOpenError` while an incident of the customer is open.
    """
    part = ledger.region(region)
    lease = None
    if ledger.where.startswith("postgresql"):
        lease = part.leases.take(f"towline ledger purge {uuid4()}", "", for_us=_HELD // timedelta(microseconds=1))
        if lease is None:
            seen = part.leases.seen()
            raise LedgerInUseError(
                f"region {region} is written by the server at {seen.address or seen.holder}: ask that one, or stop it",
                region=region,
                address=seen.address,
                holder=seen.holder,
            )
    # a file has its lock, and one epoch
    part.epoch = part.leases.seen().epoch if lease is None else lease.epoch
    try:
        loaded = part.load()
        at = from_us(loaded.last_us)
        state = LiveState.of((incident_of(row.record) for row in loaded.incidents), loaded.last_number, at)
        head = Head(state, max(now, at), lambda key: None if (row := part.incident(key)) is None else _record(row))
        command = PurgeCustomer(customer, part, dry=dry)
        # nothing of it needs roads or a fleet
        command.run(Desk(head, cast(Any, None), cast(Any, None), actor))
        rows = batch_of(head)
        if rows.events:
            part.commit(rows, after=loaded.last_number)
        return command
    finally:
        if lease is not None:
            part.leases.give_back(lease)


def _record(row: Any) -> Any:
    return incident_of(row.record)
