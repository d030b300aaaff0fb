"""Forgetting a customer in a ledger that no server holds, and not beside one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.errors import IncidentOpenError, LedgerInUseError
from engine.ledger import Ledger
from engine.ledger.check import check
from engine.live.commands.ending import CloseIncident
from engine.live.purging import purge_customer
from engine.live.verify import kept, replay, verify
from tests.engine.live.verify.region import LON, LiveStory


def test_purge(live: Callable[..., LiveStory], url: str):
    """The closed incident loses its customer, the story stays whole; a customer with an open one is refused."""
    story = live(url)
    story.create("i1")
    story.do(CloseIncident("i1", "", "solved"), 5)
    story.create("i2", 1, LON + 0.01)
    later = story.now + timedelta(minutes=1)
    story.stop()
    with Ledger.open(url, exclusive=True) as ledger:
        counted = purge_customer(ledger, "coquimbo", "customer of i1", now=later, actor="anna", dry=True)
        done = purge_customer(ledger, "coquimbo", "customer of i1", now=later, actor="anna")
        assert counted.incidents == done.incidents == 1
        assert done.events > 3
        with pytest.raises(IncidentOpenError):
            purge_customer(ledger, "coquimbo", "customer of i2", now=later, actor="anna")
    with Ledger.open(url, read_only=True) as ledger:
        region = ledger.region("coquimbo")
        assert list(check(region)) == []
        with region.snapshot() as reading:
            assert list(verify(reading)) == []
            assert replay(reading) == kept(reading)
        last = region.events(0, 10_000)[-1]
    assert (last.kind, last.actor) == ("customer_purged", "anna")
    assert b"customer of i1" not in last.record


def test_a_server_has_the_lease(live: Callable[..., LiveStory], url: str):
    """While another one holds the region nothing is touched."""
    if url.startswith("sqlite"):
        pytest.skip("a file has its lock instead")
    story = live(url)
    story.create("i1")
    story.do(CloseIncident("i1", "", "solved"), 5)
    lease = story.ledger.region("coquimbo").leases.take("server 1", "host:50051", for_us=60_000_000)
    assert lease is not None
    with Ledger.open(url, exclusive=True) as ledger, pytest.raises(LedgerInUseError, match="host:50051"):
        purge_customer(ledger, "coquimbo", "customer of i1", now=story.now, actor="anna")
