"""Creating a ledger, and moving one of an older version up. A newer one is refused before anything is touched."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import Connection, insert, inspect, select, text

from engine.errors import LedgerFormatError, LedgerVersionError
from engine.ledger.database import Database
from engine.ledger.tables import ledger, metadata

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "ledger_version"
#: The key of the advisory lock that one migrating server holds on PostgreSQL: "towline" in ASCII.
MIGRATING = 0x746F776C696E65
# Alembic keeps its context in module globals.
_one_at_a_time = threading.Lock()


def prepare(database: Database, *, read_only: bool) -> None:
    """Create or move up as needed; raises `LedgerVersionError`, `LedgerFormatError`."""
    known = revisions()
    with database.reading() as connection:
        version = _version(connection, database.where)
    _refuse_newer(version, known, database.where)
    if version == known[0]:
        return
    if read_only and version is None:
        raise LedgerFormatError(f"{database.where} holds no ledger", ledger=database.where)
    if read_only:
        raise LedgerVersionError(
            f"the ledger {database.where} is of an older version ({version}): let the server open it once, "
            f"which moves it up to {known[0]}",
            ledger=database.where,
            version=version,
            known=known[0],
        )
    with _one_at_a_time, database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
        _refuse_newer(_version(connection, database.where), known, database.where)  # somebody may have been quicker
        upgrade(connection, "head")
        if connection.execute(select(ledger.c.id)).first() is None:
            connection.execute(insert(ledger), {"id": str(uuid4())})


def revisions() -> list[str]:
    """Every version this Towline knows, newest first."""
    from alembic.script import ScriptDirectory

    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()]


def upgrade(connection: Connection, to: str) -> None:
    """Run the migrations up to `to` in the connection's transaction."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config


def _version(connection: Connection, where: str) -> str | None:
    """The version of the ledger in the database; None when it is empty enough to create one."""
    names = set(inspect(connection).get_table_names())
    if VERSION_TABLE in names:
        version = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one_or_none()
        if version is not None:
            return str(version)
    # a server's database may hold other things, a file is either a ledger or not
    foreign = names if connection.dialect.name == "sqlite" else names.intersection(metadata.tables)
    if foreign:
        raise LedgerFormatError(
            f"{where} is a database of something else (it has tables named {', '.join(sorted(foreign)[:5])})",
            ledger=where,
        )
    return None


def _refuse_newer(version: str | None, known: list[str], where: str) -> None:
    if version is not None and version not in known:
        raise LedgerVersionError(
            f"the ledger {where} is of a newer version ({version}) than this Towline knows ({known[0]}): "
            "install the Towline that wrote it; nothing was touched",
            ledger=where,
            version=version,
            known=known[0],
        )
