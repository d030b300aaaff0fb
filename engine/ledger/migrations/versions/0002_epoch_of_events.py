"""Events say under which lease they were written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those there are were written without a lease: 0."""
    op.add_column("events", sa.Column("epoch", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
