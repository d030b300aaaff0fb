"""The first ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _text(*names: str) -> list[sa.Column]:
    return [sa.Column(name, WORDS, nullable=False) for name in names]


def _integer(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _bytes(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.LargeBinary(), nullable=False) for name in names]


def _index(name: str, table: str, *columns: str, where: str | None = None) -> None:
    part = None if where is None else sa.text(where)
    op.create_index(name, table, list(columns), sqlite_where=part, postgresql_where=part)


def upgrade() -> None:
    """Create every table."""
    op.create_table("ledger", *_text("id"), sa.PrimaryKeyConstraint("id"))
    op.create_table(
        "regions",
        *_text("region"),
        *_integer("last_number", "last_us"),
        *_text("holder", "address"),
        *_integer("epoch", "expires_us"),
        sa.PrimaryKeyConstraint("region"),
    )
    op.create_table(
        "events",
        *_text("region"),
        *_integer("number", "at_us"),
        *_text("kind", "entity", "id", "unit", "provider", "actor", "reason"),
        *_bytes("record", "data"),
        sa.PrimaryKeyConstraint("region", "number"),
    )
    _index("events_of_incident", "events", "region", "id", "number", where="entity = 'incident'")
    op.create_table(
        "incidents",
        *_text("region", "id"),
        *_integer("number"),
        *_text("state"),
        sa.Column("open", sa.Boolean(), nullable=False),
        *_text("customer", "service"),
        *_integer("received_us", "due_us"),
        sa.Column("closed_us", sa.BigInteger(), nullable=True),
        *_text("unit", "provider"),
        *_bytes("record"),
        sa.PrimaryKeyConstraint("region", "id"),
    )
    _index("incidents_by_time", "incidents", "region", "received_us", "id")
    _index("incidents_open", "incidents", "region", "received_us", "id", where="open")
    _index("incidents_of_customer", "incidents", "region", "customer", "received_us", "id")
    op.create_table(
        "providers",
        *_text("region", "id"),
        *_integer("number"),
        *_bytes("record"),
        sa.PrimaryKeyConstraint("region", "id"),
    )
    op.create_table(
        "units",
        *_text("region", "id", "provider"),
        *_integer("number"),
        *_bytes("record"),
        sa.PrimaryKeyConstraint("region", "id"),
    )
    op.create_table(
        "positions",
        *_text("region", "unit"),
        *_integer("observed_us"),
        *_bytes("record"),
        sa.PrimaryKeyConstraint("region", "unit"),
    )
    op.create_table(
        "decisions",
        *_text("region"),
        *_integer("number"),
        *_text("incident", "unit"),
        *_integer("at_us"),
        *_bytes("record"),
        sa.PrimaryKeyConstraint("region", "number"),
    )
    _index("decisions_of_incident", "decisions", "region", "incident", "number")
    op.create_table(
        "answers",
        *_text("region", "method", "request_id"),
        *_bytes("digest"),
        *_text("incident"),
        *_integer("at_us"),
        *_bytes("record"),
        sa.PrimaryKeyConstraint("region", "method", "request_id"),
    )
    _index("answers_by_time", "answers", "region", "at_us")
    _index("answers_of_incident", "answers", "region", "incident")
    op.create_table(
        "tracks",
        *_text("region", "unit"),
        *_integer("at_us"),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("region", "at_us", "unit"),
        sqlite_with_rowid=False,
    )
