"""A server started again over the same ledger: what was acknowledged is there, what was asked is remembered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.engine.server.incidents import Kept, name, own_fleet, states, unit_name
from tests.engine.server.wire import NOW, REGION, failure, incident, place, stamp


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    server = Kept(f"sqlite:///{tmp_path / 'ledger.db'}", own_fleet(4))
    yield server
    server.stop()


REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("CreateIncident", {"parent": REGION, "incident": incident("x", name="")}),
    ("CreateIncident", {"parent": REGION, "incident": incident("i2"), "language_code": "zh"}),
    ("RecordCallback", {"name": name("i1")}),
    ("AssignUnit", {"name": name("i1"), "unit": unit_name(3), "reason": "nearer", "accepted": True}),
    ("AdvanceIncident", {"name": name("i1"), "unit": unit_name(3), "state": "LEG_STATE_ON_SCENE"}),
    ("ReportWrongLocation", {"name": name("i1"), "location": place(-71.26, -29.92)}),
    ("UpdateIncident", {"incident": incident("i1", priority="PRIORITY_LOW"), "update_mask": {"paths": ["priority"]}}),
    ("UnassignUnit", {"name": name("i1"), "unit": unit_name(3), "reason": "broke down"}),
    ("CloseIncident", {"name": name("i1"), "reason": "solved"}),
    ("ReopenIncident", {"name": name("i1"), "reason": "not quite"}),
    ("CancelIncident", {"name": name("i1")}),
    ("PurgeCustomer", {"parent": REGION, "customer": "nobody"}),
]


def test_requests_are_answered_as_then(kept: Kept) -> None:
    """Repeated after a restart each gets the very same bytes, and nothing is done; other content is refused."""
    kept.create("i1")
    told = [kept.raw(method, request_id=f"r{k}", **fields) for k, (method, fields) in enumerate(REQUESTS)]
    before = {each: kept.get(each).event_number for each in ("i1", "i2")}
    kept.again()
    for k, (method, fields) in enumerate(REQUESTS):
        assert kept.raw(method, request_id=f"r{k}", **fields) == told[k], method
    assert {each: kept.get(each).event_number for each in before} == before
    found = failure(lambda: kept("CancelIncident", name=name("i2"), request_id="r10"))
    assert (found.reason, found.code) == ("REQUEST_ID_REUSED", "ALREADY_EXISTS")
    assert states(kept.get("i2"))[0] not in ("CANCELLED", "DONE")


def _kept_part(found: Any) -> Any:
    """Without what is reckoned anew as time goes by: when units that are still coming will be there."""
    for leg in found.legs:
        for field in ("arrives_at", "promise_probability", "ends_at"):
            leg.ClearField(field)
    return found


def test_incidents_clocks_and_words_are_there(kept: Kept) -> None:
    """Open and closed ones, to the byte; open ones go on from where they were."""
    kept.create("open", customer="c-1", received_at=stamp(NOW - timedelta(minutes=4)))
    kept.idle(unit_name(0), but=name("open"))
    kept("AssignUnit", name=name("open"), unit=unit_name(0), reason="knows the way", accepted=True)
    kept.create("draft", draft=True, received_at=stamp(NOW - timedelta(hours=3)))
    kept.until(lambda: kept.get("draft").escalations)
    kept("CloseIncident", name=kept.create("closed").name, reason="solved by \u201cMei\u201d 修好了")
    keys = ("open", "draft", "closed")
    before = [_kept_part(kept.get(key)) for key in keys]
    decisions = kept("ListDecisions", parent=name("open"))
    kept.again()
    assert [_kept_part(kept.get(key)) for key in keys] == before
    assert kept("ListDecisions", parent=name("open")) == decisions
    assert [each.name for each in kept("ListIncidents", parent=REGION).incidents] == [name("draft"), name("open")]
    assert states(kept.advance("open", "UNDER_WAY", "ON_SCENE", "DONE"))[0] == "DONE"
    assert len(kept.get("draft").escalations) == 1


def test_offers_lapse_though_the_server_was_away(tmp_path: Path) -> None:
    """An offer that was open when the server went is open when it is back, and lapses at its time."""
    kept = Kept(f"sqlite:///{tmp_path / 'ledger.db'}", own_fleet(2), offers_to="everybody", offers_seconds=5.0)
    try:
        made = kept.create("i1")
        assert states(made)[0] == "OFFERED"
        kept.again()
        (offer,) = kept.get("i1").offers[:1]
        assert (offer.name, offer.unit, offer.expires_at) == (
            made.offers[0].name,
            unit_name(0),
            made.offers[0].expires_at,
        )
        kept.until(lambda: kept.get("i1").offers[0].state == 4)
        found = kept.get("i1")
        assert found.legs[0].unit == found.offers[1].unit == unit_name(1)
        assert failure(lambda: kept("AcceptOffer", name=offer.name)).reason == "OFFER_CLOSED"
    finally:
        kept.stop()


def test_a_unit_that_works_is_not_given_away_after_a_restart(kept: Kept) -> None:
    """Who is engaged with what follows from the incidents that were read."""
    kept.create("i1")
    unit = kept.get("i1").legs[0].unit
    kept("AdvanceIncident", name=name("i1"), unit=unit, state="LEG_STATE_ACCEPTED")
    kept.again()
    others = {leg.unit for k in range(4) for leg in kept.create(f"n{k}").legs}
    kept("AdvanceIncident", name=name("i1"), unit=unit, state="LEG_STATE_UNDER_WAY")
    assert len(others - {""}) >= 3
    assert kept.get("i1").legs[0].unit == unit
