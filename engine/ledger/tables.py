"""The tables as the newest migration leaves them. Columns are named and ordered as the fields of the rows.

Text sorts by code point on both databases, so that pages come in one order everywhere.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TextClause,
    text,
)
from sqlalchemy.types import TypeEngine

Words = Text().with_variant(Text(collation="C"), "postgresql")
OPEN = text("open")
#: That an incident is open, in a query: SQLAlchemy writes "open = 1" for SQLite, which does not see the partial index.
IS_OPEN = text("incidents.open")
OF_INCIDENT = text("entity = 'incident'")

metadata = MetaData()


def of_incident(name: str) -> TextClause:
    """That an event, of the table or alias `name`, is an incident's: in the text, or the partial index is not used."""
    return text(f"{name}.entity = 'incident'")


def _key(name: str, kind: TypeEngine = Words) -> Column:
    return Column(name, kind, primary_key=True, autoincrement=False, nullable=False)


def _column(name: str, kind: TypeEngine = Words, *, nullable: bool = False) -> Column:
    return Column(name, kind, nullable=nullable)


ledger = Table("ledger", metadata, _key("id"))

regions = Table(
    "regions",
    metadata,
    _key("region"),
    _column("last_number", BigInteger()),
    _column("last_us", BigInteger()),
    _column("holder"),
    _column("address"),
    _column("epoch", BigInteger()),
    _column("expires_us", BigInteger()),
)

events = Table(
    "events",
    metadata,
    _key("region"),
    _key("number", BigInteger()),
    _column("at_us", BigInteger()),
    _column("kind"),
    _column("entity"),
    _column("id"),
    _column("unit"),
    _column("provider"),
    _column("actor"),
    _column("reason"),
    _column("record", LargeBinary()),
    _column("data", LargeBinary()),
    Column("epoch", BigInteger(), nullable=False, server_default=text("0")),
    # Only incidents: the 8,000 places where events of units would go are as many pages to write.
    Index("events_of_incident", "region", "id", "number", sqlite_where=OF_INCIDENT, postgresql_where=OF_INCIDENT),
)

incidents = Table(
    "incidents",
    metadata,
    _key("region"),
    _key("id"),
    _column("number", BigInteger()),
    _column("state"),
    _column("open", Boolean()),
    _column("customer"),
    _column("service"),
    _column("received_us", BigInteger()),
    _column("due_us", BigInteger()),
    _column("closed_us", BigInteger(), nullable=True),
    _column("unit"),
    _column("provider"),
    _column("record", LargeBinary()),
    Index("incidents_by_time", "region", "received_us", "id"),
    Index("incidents_open", "region", "received_us", "id", sqlite_where=OPEN, postgresql_where=OPEN),
    Index("incidents_of_customer", "region", "customer", "received_us", "id"),
)

providers = Table(
    "providers",
    metadata,
    _key("region"),
    _key("id"),
    _column("number", BigInteger()),
    _column("record", LargeBinary()),
)

units = Table(
    "units",
    metadata,
    _key("region"),
    _key("id"),
    _column("provider"),
    _column("number", BigInteger()),
    _column("record", LargeBinary()),
)

positions = Table(
    "positions",
    metadata,
    _key("region"),
    _key("unit"),
    _column("observed_us", BigInteger()),
    _column("record", LargeBinary()),
)

decisions = Table(
    "decisions",
    metadata,
    _key("region"),
    _key("number", BigInteger()),
    _column("incident"),
    _column("unit"),
    _column("at_us", BigInteger()),
    _column("record", LargeBinary()),
    Index("decisions_of_incident", "region", "incident", "number"),
)

answers = Table(
    "answers",
    metadata,
    _key("region"),
    _key("method"),
    _key("request_id"),
    _column("digest", LargeBinary()),
    _column("incident"),
    _column("at_us", BigInteger()),
    _column("record", LargeBinary()),
    Index("answers_by_time", "region", "at_us"),
    Index("answers_of_incident", "region", "incident"),
)

# Ordered by time: points come in that order and are forgotten in that order.
tracks = Table(
    "tracks",
    metadata,
    _column("region"),
    _column("unit"),
    _column("at_us", BigInteger()),
    _column("lon", Double()),
    _column("lat", Double()),
    PrimaryKeyConstraint("region", "at_us", "unit"),
    sqlite_with_rowid=False,
)
