"""IncidentService over a real server: every method, and every error that a caller can cause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.engine.server.incidents import Kept, name, offers, states, unit_name
from tests.engine.server.wire import LAT, LON, NOW, REGION, failure, incident, place, stamp


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    """Nobody is asked; each test has incidents of its own, and leaves no unit engaged."""
    server = Kept()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def tidy(request: pytest.FixtureRequest) -> Iterator[None]:
    """Ends what a test on the shared server has left open."""
    yield
    if "kept" in request.fixturenames:
        kept = request.getfixturevalue("kept")
        for each in kept("ListIncidents", parent=REGION).incidents:
            kept("CancelIncident", name=each.name)
        kept.rest()


@pytest.fixture
def asking() -> Iterator[Kept]:
    """Everybody is asked, two at once."""
    server = Kept(offers_to="everybody", offers_parallel=2)
    yield server
    server.stop()


# -- the whole way


def test_from_the_call_to_the_end(kept: Kept) -> None:
    """Each answer is the incident as it stands, with an etag of its own; afterwards it is closed and found."""
    made = kept("CreateIncident", parent=REGION, incident=incident("way", customer="c-17"), request_id="way")
    found = [made.incident]
    assert states(made.incident) == ["ASSIGNED", "ASSIGNED"]
    assert made.incident.legs[0].unit == unit_name(0)
    assert made.decisions[0].recommendation.best.unit == unit_name(0)
    assert made.decisions[0].recommendation.runners_up
    for state in ("ACCEPTED", "UNDER_WAY", "ON_SCENE", "TOWING", "DONE"):
        found.append(kept.advance("way", state))
        assert states(found[-1]) == [state, state]
    assert len({each.etag for each in found}) == len(found)
    assert found[-1].closed_at.seconds > 0
    assert kept.get("way") == found[-1]
    assert found[-1].customer == "c-17"
    numbers = [each.event_number for each in found]
    assert numbers == sorted(numbers)


def test_the_server_names_incidents(kept: Kept) -> None:
    """A name left out is made; later ones sort behind earlier ones."""
    names = [kept("CreateIncident", parent=REGION, incident=incident("x", name="")).incident.name for _ in range(3)]
    assert len(set(names)) == 3
    assert names[0][:20] <= names[1][:20] <= names[2][:20]
    assert all(each.startswith(f"{REGION}/incidents/i") for each in names)


def test_a_draft_is_completed(kept: Kept) -> None:
    """A call without a place has no unit and no promise; filed, it has both, counted from the call."""
    called = NOW - timedelta(minutes=2)
    draft = kept.create("draft", draft=True, received_at=stamp(called), customer="c-1")
    assert states(draft) == ["RECEIVED"]
    assert not draft.HasField("promise")
    filed = kept("FileIncident", incident=incident("draft", received_at=stamp(NOW)), language_code="zh-CN")
    assert states(filed.incident) == ["ASSIGNED", "ASSIGNED"]
    assert filed.incident.received_at == stamp(called)
    assert filed.incident.promise.due_at.ToDatetime(NOW.tzinfo) == called + timedelta(minutes=30)
    assert filed.incident.customer == "c-1"
    again = failure(lambda: kept("FileIncident", incident=incident("draft")))
    assert (again.reason, again.code) == ("ILLEGAL_TRANSITION", "FAILED_PRECONDITION")


def test_people_send_another_unit(kept: Kept) -> None:
    """The unit is held, and the decision keeps who chose and who had it; taken off, it is not asked again."""
    kept.create("over")
    sent = kept("AssignUnit", name=name("over"), unit=unit_name(2), reason="knows the customer", accepted=True)
    leg = sent.incident.legs[0]
    assert (leg.unit, leg.held, states(sent.incident)[1]) == (unit_name(2), True, "ACCEPTED")
    decisions = kept("ListDecisions", parent=name("over")).decisions
    assert [each.chosen_by for each in decisions] == ["immediate", decisions[1].chosen_by]
    assert decisions[1].recommendation.best.unit == unit_name(2)
    assert decisions[1].recommendation.runners_up[0].unit == unit_name(0)
    kept.rest(2)
    off = kept("UnassignUnit", name=name("over"), unit=unit_name(2), reason="broke down").incident
    assert list(off.refused_units) == [unit_name(2)]
    assert off.legs[0].unit == unit_name(0)


def test_several_units(kept: Kept) -> None:
    """One leg for each; the incident is as far as the last of them."""
    made = kept.create("two", unit_count=2)
    assert {leg.unit for leg in made.legs} == {unit_name(0), unit_name(1)}
    first = int(made.legs[0].unit[-1])
    assert states(kept.advance("two", "ACCEPTED", "ON_SCENE", "DONE", unit=first)) == ["ASSIGNED", "DONE", "ASSIGNED"]
    assert states(kept.advance("two", "ACCEPTED", "ON_SCENE", "DONE", unit=1 - first)) == ["DONE", "DONE", "DONE"]


def test_how_incidents_end_and_begin_again(kept: Kept) -> None:
    """Nobody there, cancelled, solved otherwise; opened again it has a unit and a promise that counts from then."""
    kept.create("end")
    kept.advance("end", "ACCEPTED", "ON_SCENE")
    assert states(kept("ReportNoShow", name=name("end"), reason="rang twice").incident)[0] == "NO_SHOW"
    again = kept("ReopenIncident", name=name("end"), reason="he had gone for petrol").incident
    assert states(again)[0] == "ASSIGNED"
    assert (again.reopen_count, again.outcome, again.HasField("closed_at")) == (1, "", False)
    assert again.promise.due_at.ToDatetime(NOW.tzinfo) >= NOW + timedelta(minutes=30)
    closed = kept("CloseIncident", name=name("end"), reason="a neighbour helped").incident
    assert (states(closed)[0], closed.outcome) == ("DONE", "a neighbour helped")
    kept("ReopenIncident", name=name("end"), reason="he did not")
    assert states(kept("CancelIncident", name=name("end")).incident)[0] == "CANCELLED"


def test_the_customer_is_elsewhere(kept: Kept) -> None:
    """The unit goes on to there, the promise stays."""
    made = kept.create("where")
    kept.advance("where", "ACCEPTED", "ON_SCENE")
    moved = kept("ReportWrongLocation", name=name("where"), location=place(LON - 0.01, LAT - 0.02)).incident
    assert states(moved) == ["UNDER_WAY", "UNDER_WAY"]
    assert moved.legs[0].unit == made.legs[0].unit
    assert moved.location.lat == LAT - 0.02
    assert moved.promise == made.promise


def test_a_callback_is_noted(kept: Kept) -> None:
    """With the time it was; its clock stops then."""
    kept.create("call", received_at=stamp(NOW - timedelta(minutes=4)))
    at = stamp(NOW - timedelta(minutes=1))
    found = kept("RecordCallback", name=name("call"), occurred_at=at).incident
    assert found.called_back_at == at
    assert [clock.met_at for clock in found.clocks if clock.kind == 3] == [at]


def test_an_escalation_is_acknowledged(kept: Kept) -> None:
    """An incident that came to the server hours after the call is escalated at once; whoever knows says so."""
    kept.create("late", draft=True, received_at=stamp(NOW - timedelta(hours=3)))
    kept.until(lambda: kept.get("late").escalations)
    (rung,) = kept.get("late").escalations
    assert (rung.owner, rung.name) == ("supervisor", f"{name('late')}/escalations/response-1")
    known = kept("AcknowledgeEscalation", name=rung.name, reason="on it").incident
    assert known.escalations[0].acknowledged_by
    assert failure(lambda: kept("AcknowledgeEscalation", name=f"{name('late')}/escalations/x")).reason == "NOT_FOUND"


# -- offers


def test_offers_are_declined_and_accepted(asking: Kept) -> None:
    """Of two who are asked the first who accepts has it; a late answer is refused."""
    made = asking.create("offer")
    assert (states(made), offers(made)) == (["OFFERED", "OFFERED"], ["OPEN", "OPEN"])
    declined = asking("DeclineOffer", name=made.offers[0].name, reason="no crew").incident
    assert (offers(declined), declined.offers[0].reason) == (["DECLINED", "OPEN"], "no crew")
    assert declined.legs[0].unit == made.offers[1].unit
    taken = asking("AcceptOffer", name=made.offers[1].name, request_id="yes").incident
    assert (states(taken)[0], taken.legs[0].unit) == ("ACCEPTED", made.offers[1].unit)
    assert asking("AcceptOffer", name=made.offers[1].name, request_id="yes").incident == taken
    for method in ("AcceptOffer", "DeclineOffer"):
        late = failure(lambda method=method: asking(method, name=made.offers[0].name))
        assert (late.reason, late.metadata["state"]) == ("OFFER_CLOSED", "declined")


# -- what is only tried, versions, masks


def test_what_is_only_tried(kept: Kept) -> None:
    """The answer is what would be; nothing is."""
    tried = kept("CreateIncident", parent=REGION, incident=incident("dry"), validate_only=True, request_id="dry")
    assert states(tried.incident)[0] == "ASSIGNED"
    assert failure(lambda: kept.get("dry")).reason == "NOT_FOUND"
    made = kept.create("dry")
    assert states(kept("CancelIncident", name=name("dry"), validate_only=True).incident)[0] == "CANCELLED"
    assert kept.get("dry") == made


def test_stale_etags_are_refused(kept: Kept) -> None:
    """Whoever changes what has changed since is told the version there is now, and nothing changes."""
    old = kept.create("etag")
    new = kept("RecordCallback", name=name("etag"), etag=old.etag).incident
    requests: dict[str, dict[str, Any]] = {
        "AssignUnit": {"unit": unit_name(1), "reason": "x"},
        "UnassignUnit": {"unit": unit_name(0), "reason": "x"},
        "AdvanceIncident": {"unit": unit_name(0), "state": "LEG_STATE_ACCEPTED"},
        "CancelIncident": {},
        "CloseIncident": {"reason": "x"},
        "ReportNoShow": {},
        "ReportWrongLocation": {"location": place()},
        "ReopenIncident": {"reason": "x"},
        "RecordCallback": {},
    }
    for method, fields in requests.items():
        found = failure(lambda m=method, f=fields: kept(m, name=name("etag"), etag=old.etag, **f))
        assert (found.reason, found.code, found.metadata["etag"]) == ("ETAG_MISMATCH", "ABORTED", new.etag), method
    update = {
        "incident": incident("etag", etag=old.etag, priority="PRIORITY_HIGH"),
        "update_mask": {"paths": ["priority"]},
    }
    assert failure(lambda: kept("UpdateIncident", **update)).reason == "ETAG_MISMATCH"
    assert kept.get("etag") == new
    assert states(kept("CancelIncident", name=name("etag"), etag=new.etag).incident)[0] == "CANCELLED"


def test_updates_change_what_the_mask_names(kept: Kept) -> None:
    """And nothing else of what is sent; a field that is named and not sent is cleared."""
    kept.create("update", customer="c-1", required_capabilities=["CAPABILITY_BATTERY"])
    sent = incident("update", priority="PRIORITY_EMERGENCY", customer="other", latest=stamp(NOW + timedelta(hours=3)))
    mask = {"paths": ["priority", "latest", "required_capabilities"]}
    found = kept("UpdateIncident", incident=sent, update_mask=mask, reason="he is ill").incident
    assert (found.priority, found.customer, list(found.required_capabilities)) == (4, "c-1", [])
    assert found.latest == stamp(NOW + timedelta(hours=3))
    shorter = incident("update", promise_duration=timedelta(minutes=20))
    found = kept("UpdateIncident", incident=shorter, update_mask={"paths": ["promise_duration"]}).incident
    assert found.promise.due_at.ToDatetime(NOW.tzinfo) == NOW + timedelta(minutes=19)


def test_read_masks(kept: Kept) -> None:
    """Only what is named comes; a field that is not there is refused."""
    kept.create("mask")
    short = kept.get("mask", read_mask={"paths": ["legs", "promise.due_at"]})
    assert (short.name, short.legs[0].unit, short.promise.reason) == ("", unit_name(0), "")
    assert short.promise.due_at.seconds > 0
    (listed,) = kept("ListIncidents", parent=REGION, read_mask={"paths": ["name"]}).incidents
    assert (listed.name, len(listed.legs)) == (name("mask"), 0)
    assert failure(lambda: kept.get("mask", read_mask={"paths": ["colour"]})).reason == "INVALID_FIELD_MASK"


# -- errors

BUSY = {"name": name("e"), "unit": unit_name(0)}
ERRORS: list[tuple[str, dict[str, Any], str, str]] = [
    ("CreateIncident", {"parent": REGION, "incident": incident("e")}, "INCIDENT_EXISTS", "ALREADY_EXISTS"),
    ("CreateIncident", {"parent": REGION}, "REQUIRED_FIELD", "INVALID_ARGUMENT"),
    ("CreateIncident", {"parent": "regions/x", "incident": incident("n")}, "REGION_NOT_FOUND", "NOT_FOUND"),
    ("CreateIncident", {"parent": REGION, "incident": incident("n", pinned=True)}, "INVALID_INPUT", "INVALID_ARGUMENT"),
    (
        "CreateIncident",
        {"parent": REGION, "incident": incident("n", due_at=stamp())},
        "INVALID_INPUT",
        "INVALID_ARGUMENT",
    ),
    (
        "CreateIncident",
        {"parent": REGION, "incident": incident("n", assigned_unit=unit_name(1))},
        "INVALID_INPUT",
        "INVALID_ARGUMENT",
    ),
    (
        "CreateIncident",
        {"parent": REGION, "incident": incident("n", customer="a\nb")},
        "INVALID_INPUT",
        "INVALID_ARGUMENT",
    ),
    (
        "CreateIncident",
        {"parent": REGION, "incident": incident("n", customer="c" * 129)},
        "INVALID_INPUT",
        "INVALID_ARGUMENT",
    ),
    (
        "CreateIncident",
        {"parent": REGION, "incident": incident("n", location=place(0, 0))},
        "LOCATION_OUTSIDE_REGION",
        "INVALID_ARGUMENT",
    ),
    (
        "CreateIncident",
        {"parent": REGION, "incident": incident("n", received_at=stamp(NOW + timedelta(hours=1)))},
        "INVALID_TIME",
        "INVALID_ARGUMENT",
    ),
    (
        "CreateIncident",
        {"parent": REGION, "incident": incident("n"), "request_id": "r" * 129},
        "INVALID_REQUEST_ID",
        "INVALID_ARGUMENT",
    ),
    ("GetIncident", {"name": name("nobody")}, "NOT_FOUND", "NOT_FOUND"),
    ("GetIncident", {"name": "incidents/1"}, "INVALID_RESOURCE_NAME", "INVALID_ARGUMENT"),
    ("ListDecisions", {"parent": name("nobody")}, "NOT_FOUND", "NOT_FOUND"),
    ("ListDecisions", {"parent": name("e"), "page_size": -1}, "INVALID_PAGE_SIZE", "INVALID_ARGUMENT"),
    ("ListDecisions", {"parent": name("e"), "page_token": "x"}, "INVALID_PAGE_TOKEN", "INVALID_ARGUMENT"),
    ("ListIncidents", {"parent": REGION, "page_size": -1}, "INVALID_PAGE_SIZE", "INVALID_ARGUMENT"),
    ("ListIncidents", {"parent": REGION, "page_token": "x"}, "INVALID_PAGE_TOKEN", "INVALID_ARGUMENT"),
    ("FileIncident", {"incident": incident("nobody")}, "NOT_FOUND", "NOT_FOUND"),
    ("UpdateIncident", {"incident": incident("e")}, "REQUIRED_FIELD", "INVALID_ARGUMENT"),
    (
        "UpdateIncident",
        {"incident": incident("e"), "update_mask": {"paths": ["location"]}},
        "INVALID_FIELD_MASK",
        "INVALID_ARGUMENT",
    ),
    (
        "UpdateIncident",
        {"incident": incident("e", customer_price=-1), "update_mask": {"paths": ["customer_price"]}},
        "VALUE_OUT_OF_RANGE",
        "INVALID_ARGUMENT",
    ),
    ("AssignUnit", BUSY, "REQUIRED_FIELD", "INVALID_ARGUMENT"),
    ("AssignUnit", {**BUSY, "reason": "w" * 1001}, "VALUE_OUT_OF_RANGE", "INVALID_ARGUMENT"),
    ("AssignUnit", {**BUSY, "reason": "w", "leg_index": 3}, "NOT_FOUND", "NOT_FOUND"),
    ("AssignUnit", {**BUSY, "reason": "w", "unit": unit_name(9)}, "NOT_FOUND", "NOT_FOUND"),
    ("AssignUnit", {**BUSY, "reason": "w", "unit": f"{REGION}/providers/p1/units/u0"}, "NOT_FOUND", "NOT_FOUND"),
    ("AssignUnit", {**BUSY, "reason": "w", "unit": unit_name(1)}, "UNIT_ENGAGED", "FAILED_PRECONDITION"),
    ("UnassignUnit", BUSY, "REQUIRED_FIELD", "INVALID_ARGUMENT"),
    ("UnassignUnit", {**BUSY, "reason": "w", "unit": unit_name(1)}, "ILLEGAL_TRANSITION", "FAILED_PRECONDITION"),
    ("AcceptOffer", {"name": f"{name('e')}/offers/7"}, "NOT_FOUND", "NOT_FOUND"),
    ("AcceptOffer", {"name": name("e")}, "INVALID_RESOURCE_NAME", "INVALID_ARGUMENT"),
    ("AdvanceIncident", {**BUSY, "state": "LEG_STATE_TOWING"}, "ILLEGAL_TRANSITION", "FAILED_PRECONDITION"),
    ("AdvanceIncident", {**BUSY, "state": "LEG_STATE_OFFERED"}, "VALUE_OUT_OF_RANGE", "INVALID_ARGUMENT"),
    ("AdvanceIncident", BUSY, "REQUIRED_FIELD", "INVALID_ARGUMENT"),
    ("AdvanceIncident", {**BUSY, "state": 99}, "INVALID_INPUT", "INVALID_ARGUMENT"),
    (
        "AdvanceIncident",
        {**BUSY, "state": "LEG_STATE_ACCEPTED", "occurred_at": stamp(NOW - timedelta(hours=1))},
        "INVALID_TIME",
        "INVALID_ARGUMENT",
    ),
    (
        "RecordCallback",
        {"name": name("e"), "occurred_at": stamp(NOW + timedelta(hours=1))},
        "INVALID_TIME",
        "INVALID_ARGUMENT",
    ),
    ("ReportNoShow", {"name": name("e")}, "ILLEGAL_TRANSITION", "FAILED_PRECONDITION"),
    ("ReportWrongLocation", {"name": name("e")}, "REQUIRED_FIELD", "INVALID_ARGUMENT"),
    (
        "ReportWrongLocation",
        {"name": name("e"), "location": place(0, 0)},
        "LOCATION_OUTSIDE_REGION",
        "INVALID_ARGUMENT",
    ),
    ("ReopenIncident", {"name": name("e"), "reason": "w"}, "ILLEGAL_TRANSITION", "FAILED_PRECONDITION"),
    ("CloseIncident", {"name": name("e")}, "REQUIRED_FIELD", "INVALID_ARGUMENT"),
    ("CancelIncident", {"name": name("over-e")}, "ILLEGAL_TRANSITION", "FAILED_PRECONDITION"),
    ("PurgeCustomer", {"parent": REGION}, "REQUIRED_FIELD", "INVALID_ARGUMENT"),
    ("PurgeCustomer", {"parent": REGION, "customer": "c-e"}, "INCIDENT_OPEN", "FAILED_PRECONDITION"),
]


def test_every_error_is_typed_and_changes_nothing() -> None:
    """Right status, one reason; the incidents are as before."""
    kept = Kept()
    try:
        kept.create("over-e"), kept("CancelIncident", name=name("over-e"))
        kept.create("e", customer="c-e")
        kept.create("e2")
        for key, k in (("e", 0), ("e2", 1)):
            kept.idle(unit_name(k), but=name(key))
            kept("AssignUnit", name=name(key), unit=unit_name(k), reason="to keep it there")
        before = [kept.get(key) for key in ("over-e", "e", "e2")]
        for method, fields, reason, code in ERRORS:
            found = failure(lambda m=method, f=fields: kept(m, **f))
            assert (found.reason, found.code) == (reason, code), (method, fields, found)
        assert [kept.get(key) for key in ("over-e", "e", "e2")] == before
        assert failure(lambda: kept.get("n")).reason == "NOT_FOUND"
    finally:
        kept.stop()


def test_as_many_as_the_server_keeps() -> None:
    """One more is refused, also as a draft; once one is over, it is taken."""
    kept = Kept(options={"max_open_incidents": 2})
    try:
        kept.create("a"), kept.create("b", draft=True)
        for draft in (False, True):
            found = failure(lambda draft=draft: kept.create("c", draft=draft))
            assert (found.reason, found.code) == ("TOO_MANY_OPEN_INCIDENTS", "RESOURCE_EXHAUSTED")
        kept("CancelIncident", name=name("a"))
        assert states(kept.create("c"))[0] == "ASSIGNED"
    finally:
        kept.stop()


def test_a_purged_customer_is_forgotten(kept: Kept) -> None:
    """Reference, place and words are gone from closed incidents; such an incident is not opened again."""
    kept.create("gone", customer="c-gone", drop_off=place(LON, LAT))
    kept("CloseIncident", name=name("gone"), reason="Mrs. Smith was helped")
    purged = kept("PurgeCustomer", parent=REGION, customer="c-gone", request_id="p")
    assert (purged.incident_count, purged.event_count > 3) == (1, True)
    found = kept.get("gone")
    assert (found.customer, found.outcome, found.location.lon, found.HasField("purged_at")) == ("", "", 0, True)
    assert kept("PurgeCustomer", parent=REGION, customer="c-gone", request_id="p") == purged
    assert failure(lambda: kept("ReopenIncident", name=name("gone"), reason="x")).reason == "NOT_FOUND"
