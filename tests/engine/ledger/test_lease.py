"""Who may write a region."""

from __future__ import annotations

import time
from contextlib import closing

import pytest
from sqlalchemy import text

from engine.errors import LedgerFencedError, LedgerUnavailableError
from engine.ledger import Ledger, RegionLedger
from engine.ledger import postgres as postgres_backend
from engine.ledger.lease import session_name
from tests.engine.ledger.samples import filing
from tests.postgres import PostgresServer

LONG_US = 60_000_000
SHORT_US = 200_000


def _until_taken(region: RegionLedger, holder: str):
    """The lease, as soon as it can be had."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        lease = region.leases.take(holder, "", for_us=LONG_US)
        if lease is not None:
            return lease
        time.sleep(0.02)
    raise AssertionError("the lease never ran out")


def test_one_holder(url: str, region: RegionLedger):
    """While one holds the lease another gets none, and sees who has it; given back, it is free at once."""
    assert region.leases.seen().holder == ""
    lease = region.leases.take("one", "here:1", for_us=LONG_US)
    assert lease is not None
    assert (lease.holder, lease.address, lease.epoch) == ("one", "here:1", 1)
    assert LONG_US - 10_000_000 < lease.left_us <= LONG_US
    region.epoch = lease.epoch
    region.commit(filing(1), after=0)
    with Ledger.open(url) as other:
        there = other.region("coquimbo")
        assert there.leases.take("two", "there:2", for_us=LONG_US) is None
        assert there.leases.seen().address == "here:1"
        renewed = region.leases.renew(lease, for_us=2 * LONG_US)
        assert renewed is not None
        assert renewed.left_us > LONG_US
        assert region.leases.give_back(lease)
        taken = there.leases.take("two", "there:2", for_us=LONG_US)
        assert taken is not None
        assert taken.epoch == 2
        assert not region.leases.give_back(lease)
        assert region.leases.renew(lease, for_us=LONG_US) is None


def test_taking_over(url: str, region: RegionLedger):
    """Who lets the lease run out writes on until somebody takes it, and never after."""
    lease = region.leases.take("one", "", for_us=SHORT_US)
    assert lease is not None
    region.epoch = lease.epoch
    with Ledger.open(url) as other:
        there = other.region("coquimbo")
        time.sleep(SHORT_US / 1e6 + 0.05)
        region.commit(filing(1), after=0)
        taken = _until_taken(there, "two")
        there.epoch = taken.epoch
        assert taken.epoch == lease.epoch + 1
        with pytest.raises(LedgerFencedError) as caught:
            region.commit(filing(2), after=1)
        assert caught.value.metadata["holder"] == "two"
        assert region.leases.renew(lease, for_us=LONG_US) is None
        there.commit(filing(2), after=1)
        assert there.leases.seen().holder == "two"


def test_a_holder_that_hangs(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch):
    """A leader stopped in the middle of a transaction keeps the region no longer than the server lets it."""
    monkeypatch.setattr(postgres_backend, "IDLE_IN_TRANSACTION_MS", 500)
    url = postgres.database()
    with Ledger.open(url) as hung, Ledger.open(url) as other:
        region, there = hung.region("a"), other.region("a")
        lease = region.leases.take("one", "", for_us=SHORT_US)
        assert lease is not None
        with hung._database.writer.connect() as connection:
            transaction = connection.begin()
            connection.execute(text("UPDATE regions SET last_number = 1, last_us = 1"))
            there.epoch = _until_taken(there, "two").epoch
            with pytest.raises(Exception, match="terminat"):
                transaction.commit()
        assert there.last() == (0, 0)
        there.commit(filing(1), after=0)


def test_a_database_that_restarts(postgres: PostgresServer):
    """A lease outlives the database, and is renewed when that is back."""
    with Ledger.open(postgres.database(), wait_s=2.0) as ledger:
        leases = ledger.region("a").leases
        lease = leases.take("one", "", for_us=LONG_US)
        assert lease is not None
        postgres.stop()
        try:
            with pytest.raises(LedgerUnavailableError):
                leases.renew(lease, for_us=LONG_US)
        finally:
            postgres.start()
        assert leases.renew(lease, for_us=LONG_US) is not None


def test_a_holder_that_hangs_amid_a_pipeline(postgres: PostgresServer):
    """So does one whose statements were sent and not finished, whom the server takes for busy: its session is ended."""
    import psycopg

    url = postgres.database()
    with (
        Ledger.open(url) as hung,
        Ledger.open(url, wait_s=3.0) as other,
        closing(psycopg.connect(url, autocommit=True)) as session,
    ):
        lease = hung.region("a").leases.take("one", "", for_us=SHORT_US)
        assert lease is not None
        session.execute("SELECT set_config('application_name', %s, false)", [session_name("writer", "a")])
        raw = session.pgconn
        raw.enter_pipeline_mode()
        for statement in (b"BEGIN", b"UPDATE regions SET last_number = 1, last_us = 1"):
            raw.send_query_params(statement, None)
        raw.send_flush_request()
        raw.flush()
        time.sleep(0.6)
        there = other.region("a")
        there.epoch = _until_taken(there, "two").epoch
        assert there.last() == (0, 0)
        there.commit(filing(1), after=0)
