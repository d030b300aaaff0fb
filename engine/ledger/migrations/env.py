"""What Alembic runs: the migrations, on the connection and in the transaction it is given."""

from __future__ import annotations

from alembic import context

from engine.ledger.tables import metadata
from engine.ledger.versions import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # true of SQLite too, as long as the driver begins nothing by itself
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
