"""A ledger in numbers."""

from __future__ import annotations

from engine.ledger import Ledger, RegionLedger
from engine.ledger.info import describe
from engine.ledger.versions import revisions
from tests.engine.ledger.samples import filing, fleet


def test_counts(ledger: Ledger, region: RegionLedger):
    """Counts are of each region alone."""
    region.commit(fleet(1), after=0)
    region.commit(filing(3), after=2)
    region.commit(filing(4, open=False), after=3)
    ledger.region("andorra").commit(filing(1), after=0)
    found = describe(ledger)
    assert (found.id, found.version, found.where) == (ledger.id, revisions()[0], ledger.where)
    assert found.database.startswith(("SQLite 3.", "PostgreSQL 1"))
    assert found.size_bytes > 0
    andorra, coquimbo = found.regions
    assert (andorra.region, andorra.last_number, andorra.open_incidents, andorra.units) == ("andorra", 1, 1, 0)
    assert (coquimbo.last_number, coquimbo.open_incidents, coquimbo.closed_incidents) == (4, 1, 1)
    assert (coquimbo.providers, coquimbo.units, coquimbo.decisions) == (1, 1, 2)
    assert (coquimbo.answers, coquimbo.track_points) == (2, 1)
