"""Taking one customer's personal data out of a region's ledger, the story itself left standing."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import Connection, bindparam, func, select, text, update

from engine.errors import LedgerFencedError
from engine.ledger import tables
from engine.ledger.database import Database
from engine.ledger.rows import Purged

Rewrite = Callable[[str, bytes], bytes]


def purge(
    database: Database, region: str, customer: str, rewrite: Rewrite, also: Collection[str] = (), *, epoch: int = 0
) -> Purged:
    """Rewrite everything about the customer's closed incidents, one transaction an incident.

    `rewrite(what, content)` gives the content without the data. `what` is "record" (an incident's, in its row and in
    its events: the same in gives the same out), "data" and "reason" of an event, "decision", or "answer". The row's
    customer becomes empty, so a purge that was interrupted is finished by another. Open incidents are left and counted.
    ``also`` names incidents whose row has another customer by now. `rewrite` must not write to the ledger.
    LedgerFencedError when the region's lease is of another epoch by now.
    """
    incidents = tables.incidents
    mine = (incidents.c.region == region, incidents.c.customer == customer)
    with database.reading() as connection:
        closed = list(connection.execute(select(incidents.c.id).where(*mine, ~incidents.c.open)).scalars())
        left = connection.execute(select(func.count()).where(*mine, tables.IS_OPEN)).scalar_one()
    counts = [0, 0, 0]
    done = 0
    for incident in dict.fromkeys([*closed, *also]):
        with database.writing() as connection:
            if connection.dialect.name == "sqlite":
                connection.execute(text("PRAGMA secure_delete = ON"))  # nothing left in pages that fall free
            _fence(connection, region, epoch)
            this = (incidents.c.region == region, incidents.c.id == incident)
            query = select(incidents.c.record).where(*this, ~incidents.c.open)
            record = connection.execute(query.with_for_update()).scalar_one_or_none()
            if record is None:  # re-opened since
                left += 1
                continue
            change = update(incidents).where(*this)
            connection.execute(change.values(customer="", record=rewrite("record", record)))
            of = {"region": region, "incident": incident}
            counts = [n + m for n, m in zip(counts, _contents(connection, of, rewrite), strict=True)]
            done += 1
    if done:
        database.write_back()
    return Purged(done, *counts, left)


def _fence(connection: Connection, region: str, epoch: int) -> None:
    """The lease stays as it is until the transaction ends."""
    regions = tables.regions
    query = select(regions.c.epoch, regions.c.address).where(regions.c.region == region)
    found = connection.execute(query.with_for_update(read=True)).one()
    if found.epoch != epoch:
        raise LedgerFencedError(
            f"somebody else writes to region {region!r} of the ledger (epoch {found.epoch}, this server's {epoch})",
            region=region,
            epoch=epoch,
            ledger_epoch=found.epoch,
            address=found.address,
        )


def _contents(connection: Connection, of: dict[str, str], rewrite: Rewrite) -> tuple[int, int, int]:
    """Events, decisions and answers of one incident, rewritten; how many of each."""
    events, decisions, answers = tables.events, tables.decisions, tables.answers
    find = select(events.c.number, events.c.record, events.c.data, events.c.reason)
    story = connection.execute(
        find.where(events.c.region == of["region"], tables.OF_INCIDENT, events.c.id == of["incident"])
    ).all()
    for number, record, data, reason in story:
        values = {
            "record": rewrite("record", record) if record else record,
            "data": rewrite("data", data) if data else data,
            "reason": rewrite("reason", reason.encode()).decode() if reason else reason,
        }
        connection.execute(
            update(events).where(events.c.region == of["region"], events.c.number == number).values(**values)
        )
    counts = [len(story)]
    for table, what in ((decisions, "decision"), (answers, "answer")):
        keys = [column for column in table.primary_key if column.name != "region"]
        rows = connection.execute(
            select(*keys, table.c.record).where(table.c.region == of["region"], table.c.incident == of["incident"])
        ).all()
        if rows:
            change = update(table).where(
                table.c.region == of["region"], *(key == bindparam(f"key_{key.name}") for key in keys)
            )
            connection.execute(
                change.values(record=bindparam("new_record")),
                [
                    {f"key_{key.name}": value for key, value in zip(keys, row, strict=False)}
                    | {"new_record": rewrite(what, row[-1])}
                    for row in rows
                ],
            )
        counts.append(len(rows))
    return counts[0], counts[1], counts[2]
