"""Forgetting what is kept for a while only: answers to request_ids, and tracks."""

from __future__ import annotations

from sqlalchemy import Table, delete, select, tuple_

from engine.ledger import tables
from engine.ledger.database import Database


def forget(database: Database, region: str, *, answers_before_us: int, tracks_before_us: int, limit: int) -> int:
    """Delete at most `limit` rows of each kind that are older, oldest first; how many went."""
    with database.writing() as connection:
        return sum(
            connection.execute(_oldest(table, region, before_us, limit)).rowcount
            for table, before_us in ((tables.answers, answers_before_us), (tables.tracks, tracks_before_us))
        )


def _oldest(table: Table, region: str, before_us: int, limit: int):
    key = list(table.primary_key)
    old = select(*key).where(table.c.region == region, table.c.at_us < before_us).order_by(table.c.at_us).limit(limit)
    return delete(table).where(tuple_(*key).in_(old))
