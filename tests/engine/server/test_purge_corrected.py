"""A customer is forgotten also where his reference was corrected to another one's since."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.server.incidents import Kept, name
from tests.engine.server.wire import REGION, failure


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return request.getfixturevalue("postgres").database()


def test_a_corrected_reference_is_forgotten(ledger: str) -> None:
    """Nothing of the first reference is left anywhere; while the incident is open it says so; others stay."""
    kept = Kept(ledger)
    try:
        kept.create("a", customer="c-wrong-100%")
        kept.create("b", customer="c-other")
        changed = {"name": name("a"), "customer": "c-right"}
        kept("UpdateIncident", incident=changed, update_mask={"paths": ["customer"]}, reason="misheard")
        open_one = failure(lambda: kept("PurgeCustomer", parent=REGION, customer="c-wrong-100%"))
        assert (open_one.reason, open_one.metadata["incidents"]) == ("INCIDENT_OPEN", "a")
        kept("CloseIncident", name=name("a"), reason="helped")
        kept("CloseIncident", name=name("b"), reason="helped")
        purged = kept("PurgeCustomer", parent=REGION, customer="c-wrong-100%")
        assert (purged.incident_count, purged.event_count > 3) == (1, True)
        assert (kept.get("a").customer, kept.get("b").customer) == ("", "c-other")
        assert kept("PurgeCustomer", parent=REGION, customer="c-wrong-100%").incident_count == 0
        (region,) = kept.server._regions
        told = b"".join(event.record for event in region.live.ledger.events(0, 1000))
        assert (b"c-wrong" in told, b"c-right" in told, b"c-other" in told) == (False, False, True)
    finally:
        kept.stop()
