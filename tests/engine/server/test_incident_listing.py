"""Listings of IncidentService: filters, pages, open and closed ones, decisions in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.engine.server.incidents import Kept, name, unit_name
from tests.engine.server.wire import NOW, REGION, failure, stamp

#: By id: minutes before now, customer, how it ended.
STORY = {
    "a": (50, "c-1", "CancelIncident"),
    "b": (40, "c-2", ""),
    "c": (30, "c-1", "CloseIncident"),
    "d": (20, "c-1", "draft"),
    "e": (10, "c-3", "CloseIncident"),
    "f": (5, "c-2", ""),
}
BY_HAND = {"b": 1, "f": 2}


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    server = Kept()
    for key, (ago, customer, end) in STORY.items():
        received = stamp(NOW - timedelta(minutes=ago))
        server.create(key, received_at=received, customer=customer, draft=end == "draft")
        if end.endswith("Incident"):
            server(end, name=name(key), reason="over")
        if key in BY_HAND:
            server("AssignUnit", name=name(key), unit=unit_name(BY_HAND[key]), reason="by hand", accepted=True)
    yield server
    server.stop()


def listed(kept: Kept, **fields: Any) -> str:
    answer = kept("ListIncidents", parent=REGION, **fields)
    assert answer.next_page_token == ""
    return "".join(each.name[-1] for each in answer.incidents)


FILTERS: list[tuple[dict[str, Any], str]] = [
    ({}, "bdf"),
    ({"states": ["INCIDENT_STATE_DONE"]}, "ce"),
    ({"states": ["INCIDENT_STATE_DONE", "INCIDENT_STATE_CANCELLED"]}, "ace"),
    ({"states": ["INCIDENT_STATE_DONE", "INCIDENT_STATE_ACCEPTED", "INCIDENT_STATE_RECEIVED"]}, "bcdef"),
    ({"states": ["INCIDENT_STATE_RECEIVED"]}, "d"),
    ({"customer": "c-1"}, "d"),
    ({"customer": "c-1", "states": ["INCIDENT_STATE_DONE"]}, "c"),
    ({"since": stamp(NOW - timedelta(minutes=20))}, "df"),
    ({"until": stamp(NOW - timedelta(minutes=20))}, "b"),
    ({"since": stamp(NOW - timedelta(minutes=30)), "states": ["INCIDENT_STATE_DONE"]}, "ce"),
    ({"unit": unit_name(1)}, "b"),
    ({"provider": f"{REGION}/providers/p2"}, "f"),
    ({"provider": f"{REGION}/providers/p9"}, ""),
]


@pytest.mark.parametrize(("wanted", "found"), FILTERS, ids=str)
def test_filters(kept: Kept, wanted: dict[str, Any], found: str) -> None:
    """Those that meet all of it, by the time of the call; without states all open ones."""
    assert listed(kept, filter=wanted) == found


def test_those_at_risk(kept: Kept) -> None:
    """Calls so old have broken clocks; a new one has none."""
    kept.until(lambda: listed(kept, filter={"at_risk": True}) == "bd")


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("states", [[], ["INCIDENT_STATE_DONE", "INCIDENT_STATE_CANCELLED", "INCIDENT_STATE_ACCEPTED"]])
def test_pages(kept: Kept, size: int, states: list[str]) -> None:
    """Together they are the whole, none twice, of the size that was asked for."""
    fields: dict[str, Any] = {"parent": REGION, "page_size": size, "filter": {"states": states}}
    found, token = "", ""
    while True:
        answer = kept("ListIncidents", page_token=token, **fields)
        found += "".join(each.name[-1] for each in answer.incidents)
        token = answer.next_page_token
        if not token:
            break
        assert len(answer.incidents) == size
    assert found == listed(kept, filter={"states": states})


def test_a_page_goes_on_though_incidents_end_meanwhile(kept: Kept) -> None:
    """What ends between two pages neither repeats nor shifts others."""
    kept.create("g", received_at=stamp(NOW - timedelta(minutes=45)), draft=True)
    first = kept("ListIncidents", parent=REGION, page_size=2)
    assert [each.name[-1] for each in first.incidents] == ["g", "b"]
    kept("CancelIncident", name=name("g"))
    rest = kept("ListIncidents", parent=REGION, page_size=2, page_token=first.next_page_token)
    assert [each.name[-1] for each in rest.incidents] == ["d", "f"]


@pytest.mark.parametrize(
    "other", [{"filter": {"customer": "c-1"}}, {"page_token": "abc"}, {"filter": {"at_risk": True}}], ids=str
)
def test_tokens_are_for_the_request_that_gave_them(kept: Kept, other: dict[str, Any]) -> None:
    """With another filter, or made up, they are refused."""
    token = kept("ListIncidents", parent=REGION, page_size=1).next_page_token
    fields = {"parent": REGION, "page_size": 1, "page_token": token, **other}
    assert failure(lambda: kept("ListIncidents", **fields)).reason == "INVALID_PAGE_TOKEN"


def test_decisions_page_by_page_and_in_chinese(kept: Kept) -> None:
    """Oldest first; the reasons in the language that is asked for."""
    whole = kept("ListDecisions", parent=name("b"))
    assert len(whole.decisions) >= 2
    assert whole.next_page_token == ""
    numbers = [each.event_number for each in whole.decisions]
    assert numbers == sorted(numbers)
    pages, token = [], ""
    while True:
        answer = kept("ListDecisions", parent=name("b"), page_size=1, page_token=token)
        pages += answer.decisions
        token = answer.next_page_token
        if not token:
            break
    assert pages == list(whole.decisions)
    chinese = kept("ListDecisions", parent=name("b"), language_code="zh-CN")
    (mine, theirs) = (each.decisions[0].recommendation for each in (whole, chinese))
    assert mine.best == theirs.best
    assert mine.promise.reason.isascii() is False or "minutes" in mine.promise.reason
    assert "分钟" in theirs.promise.reason
    assert failure(lambda: kept("ListDecisions", parent=name("b"), language_code="xx")).code == "INVALID_ARGUMENT"
