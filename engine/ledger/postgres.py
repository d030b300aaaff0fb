"""A ledger in PostgreSQL: timeouts that keep a hung server, network or leader from holding anybody for long."""

from __future__ import annotations

import math
from contextlib import nullcontext
from functools import partial
from typing import Any

from sqlalchemy import URL, NullPool, QueuePool, create_engine, event

from engine.ledger.address import shown
from engine.ledger.database import Database

READERS = 8
#: A transaction whose client is silent for this long is ended by the server: a hung leader must not hold the region.
IDLE_IN_TRANSACTION_MS = 5_000
#: Beyond the wait for locks, how long an answer may take.
ANSWER_S = 5.0
#: How long readers may be silent, who may have much to do with what they read.
IDLE_READER_MS = 600_000
#: What was sent and is not confirmed by the other side for this long means that the connection is gone.
UNCONFIRMED_MS = 10_000


def connect(url: URL, *, wait_s: float, read_only: bool) -> Database:
    """The engines for the database; nothing is opened yet."""
    settings = {
        "lock_timeout": math.ceil(wait_s * 1000),
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_MS,
        "tcp_keepalives_idle": 5,
        "tcp_keepalives_interval": 2,
        "tcp_keepalives_count": 3,
        "client_encoding": "utf8",
    }
    given = url.query.get("options", "")
    options = " ".join([*(f"-c {name}={value}" for name, value in settings.items()), str(given)]).strip()
    arguments: dict[str, Any] = {
        "connect_timeout": max(2, math.ceil(wait_s)),
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": UNCONFIRMED_MS,
        "application_name": "towline",
        **{name: value for name, value in url.query.items() if name != "options"},
        "options": options,
    }
    plain = url.set(query={})
    patience = f"-c default_transaction_read_only=on -c idle_in_transaction_session_timeout={IDLE_READER_MS}"
    to_read = {**arguments, "options": f"{options} {patience}"}
    to_write = to_read if read_only else arguments
    # positional parameters: rows go to the driver as they are
    writer = create_engine(plain, poolclass=NullPool, connect_args=to_write, paramstyle="format")
    reader = create_engine(
        plain,
        poolclass=QueuePool,
        pool_size=READERS,
        max_overflow=READERS,
        pool_timeout=wait_s,
        pool_pre_ping=True,  # connections from before a restart are noticed and replaced
        isolation_level="AUTOCOMMIT",
        connect_args=to_read,
    )
    for engine in (writer, reader):
        event.listen(engine, "do_connect", partial(_connected, wait_s + ANSWER_S))
    if not read_only:
        event.listen(writer, "connect", _to_write)
    return Database(shown(url), writer, reader, nullcontext())


def _connected(answer_s: float, _dialect: Any, _record: Any, arguments: Any, options: Any) -> Any:
    from engine.ledger.bounded import BoundedConnection

    connection = BoundedConnection.connect(*arguments, **options)
    connection.answer_s = answer_s
    return connection


def _to_write(connection: Any, _: Any) -> None:
    # a server set to acknowledge before it flushed would lose what was acknowledged here
    connection.autocommit = True
    connection.execute(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
    )
    connection.autocommit = False
