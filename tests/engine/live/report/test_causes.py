"""Each cause of a broken promise, from a story told by hand whose answer is known."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.decision import Promise, PromiseClass
from engine.live.records import Leg, LegState
from engine.live.report import Broken, Cause, overdue
from engine.model import Location
from tests.engine.live.report.told import LAT, LON, Told, at


def broken(tmp_path: Path, tell: Callable[[Told], None]) -> Broken:
    """The one broken promise of a story."""
    told = Told(tmp_path / "ledger.db")
    tell(told)
    with told.region.snapshot() as reading:
        found = overdue(reading, zone=UTC)
    told.ledger.close()
    assert found.promises == 1
    (one,) = found.broken
    return one


def filed_late(t: Told) -> None:
    """20 minutes until it was filed; the unit was there in 15, as expected."""
    t.file("i", 0, filed=20)
    t.assign("i", 20, expected=35)
    t.set_off("i", 21)
    t.arrive("i", 35)


def no_unit(t: Told) -> None:
    """18 minutes without anybody to send."""
    t.file("i")
    t.leg("i", 0, "nobody_found")
    t.assign("i", 18, expected=33)
    t.set_off("i", 19)
    t.arrive("i", 33)


def assigned_late(t: Told) -> None:
    """12 minutes until a unit was chosen, though there was one."""
    t.file("i")
    t.assign("i", 12, expected=32)
    t.set_off("i", 13)
    t.arrive("i", 32)


def offers_refused(t: Told) -> None:
    """Expected at 20; declined after 4 minutes, lapsed after 5 more: expected at 35."""
    t.file("i")
    t.assign("i", 0, expected=20, unit="north-1")
    t.offer("i", 0)
    t.answer("i", 4, "offer_declined")
    t.assign("i", 4, expected=28, unit="south-1")
    t.offer("i", 4)
    t.answer("i", 9, "offer_lapsed")
    t.assign("i", 9, expected=35)
    t.set_off("i", 10)
    t.arrive("i", 35)


def offer_answered_late(t: Told) -> None:
    """The provider took 9 minutes to accept; that much later its unit set off."""
    t.file("i")
    t.assign("i", 0, expected=25, unit="north-1")
    t.offer("i", 0)
    t.answer("i", 9, "offer_accepted")
    t.set_off("i", 10)
    t.arrive("i", 34)


def replanned(t: Told) -> None:
    """A unit expected at 15 was taken off at 5, the next one was expected at 33."""
    t.file("i")
    t.assign("i", 0, expected=15)
    t.unassign("i", 5)
    t.assign("i", 5, expected=33, unit="own-2")
    t.set_off("i", 6)
    t.arrive("i", 33)


def too_far(t: Told) -> None:
    """The nearest unit was 40 minutes away, and was so."""
    t.file("i", 0, filed=1)
    t.assign("i", 1, expected=41)
    t.set_off("i", 2)
    t.arrive("i", 41)


def set_off_late(t: Told) -> None:
    """Expected to leave at 1, left at 13; drove as long as expected."""
    t.file("i")
    t.assign("i", 0, expected=22)
    t.leg("i", 1, "unit_accepted", state=LegState.ACCEPTED)
    t.set_off("i", 13)
    t.arrive("i", 34)


def slower(t: Told) -> None:
    """Expected at 20, there at 38."""
    t.file("i")
    t.assign("i", 0, expected=20)
    t.set_off("i", 1)
    t.arrive("i", 38)


def wrong_location(t: Told) -> None:
    """There at 20, but the customer was 14 minutes farther, and that took 15."""
    t.file("i")
    t.assign("i", 0, expected=20)
    t.set_off("i", 1)
    t.arrive("i", 20)
    t.leg("i", 20, "wrong_location", state=LegState.UNDER_WAY, since=at(20), arrives_at=at(34))
    t.arrive("i", 35)


def wrong_location_taken_off(t: Told) -> None:
    """The unit that was chosen could not go there; the next one was expected 13 minutes later."""
    t.file("i")
    t.assign("i", 0, expected=20)
    t.put("i", 4, "wrong_location")
    t.unassign("i", 4)
    t.assign("i", 4, expected=33, unit="own-2")
    t.set_off("i", 5)
    t.arrive("i", 33)


def nobody_ever(t: Told) -> None:
    """Nobody was found, and at 50 it was closed."""
    t.file("i", 0, filed=2)
    t.leg("i", 2, "nobody_found")
    t.close("i", 50, "incident_cancelled")


def never_set_off(t: Told) -> None:
    """Accepted and never left: cancelled at 45."""
    t.file("i")
    t.assign("i", 0, expected=20)
    t.leg("i", 1, "unit_accepted", state=LegState.ACCEPTED)
    t.close("i", 45, "incident_cancelled")


def booked(t: Told) -> None:
    """Wanted at 120, filed at 30; the unit was 35 minutes slower than expected."""
    t.file("i", 0, filed=30, due=150, earliest=at(120))
    t.assign("i", 60, expected=120)
    t.set_off("i", 61)
    t.arrive("i", 155)


def parallel(t: Told) -> None:
    """Two were asked at once; the nearer one declined after 6 minutes, the other was expected at 30 + 6."""
    t.file("i")
    t.assign("i", 0, expected=20, unit="north-1")
    t.offer("i", 0)
    record = t._records["i"]
    offer, leg = record.offers[0], record.legs[0]
    second = Leg(state=LegState.OFFERED, unit="north-2", provider="north", arrives_at=leg.arrives_at)
    t.put("i", 6, "offer_declined", unit=offer.unit, data={"offer": offer.id}, legs=(second,))
    t.leg("i", 6, "offer_accepted", {"offer": "2"}, state=LegState.ACCEPTED)
    t.set_off("i", 7)
    t.arrive("i", 36)


@pytest.mark.parametrize(
    ("tell", "cause", "minutes"),
    [
        (filed_late, Cause.FILED_LATE, {"filed_late": 20}),
        (no_unit, Cause.NO_UNIT, {"no_unit": 18}),
        (assigned_late, Cause.ASSIGNED_LATE, {"assigned_late": 12}),
        (offers_refused, Cause.OFFERS, {"offers": 15}),
        (offer_answered_late, Cause.OFFERS, {"offers": 9}),
        (replanned, Cause.REPLANNED, {"replanned": 18}),
        (too_far, Cause.TOO_FAR, {"too_far": 10, "filed_late": 1}),
        (set_off_late, Cause.SET_OFF_LATE, {"set_off_late": 12}),
        (slower, Cause.SLOWER, {"slower": 18}),
        (wrong_location, Cause.WRONG_LOCATION, {"wrong_location": 14, "slower": 1}),
        (wrong_location_taken_off, Cause.WRONG_LOCATION, {"wrong_location": 13}),
        (nobody_ever, Cause.NO_UNIT, {"no_unit": 48, "filed_late": 2}),
        (never_set_off, Cause.SET_OFF_LATE, {"set_off_late": 44}),
        (booked, Cause.SLOWER, {"slower": 35}),
        (parallel, Cause.OFFERS, {"offers": 16}),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_the_cause_of_each_story(tmp_path: Path, tell: Callable[[Told], None], cause: Cause, minutes: dict[str, int]):
    """Every story has its cause, and the minutes it tells of; together they are at least the lateness."""
    found = broken(tmp_path, tell)
    assert found.cause is cause
    assert {key.value: time / timedelta(minutes=1) for key, time in found.lost.items()} == minutes
    assert sum(found.lost.values(), timedelta(0)) >= found.promised.late > timedelta(0)


def test_the_sum_explains_the_lateness(tmp_path: Path):
    """Whatever happened in whatever order, the minutes of all causes are at least the lateness."""
    seed = random.randrange(10**9)
    rng = random.Random(seed)
    told = Told(tmp_path / "ledger.db")
    for n in range(60):
        _anything(told, f"i{n}", rng)
    with told.region.snapshot() as reading:
        found = overdue(reading, zone=UTC)
    assert found.promises == 60
    assert len(found.broken) > 20, f"seed {seed}"
    for each in found.broken:
        whole = sum(each.lost.values(), timedelta(0))
        assert whole >= each.promised.late, f"seed {seed}, {each}"
        assert each.cause is not Cause.OTHER, f"seed {seed}, {each}"


def _anything(told: Told, key: str, rng: random.Random) -> None:
    """A story with up to six turns."""
    clock = rng.uniform(0, 8)
    told.file(key, 0, filed=clock, due=12)
    has = False
    for turn in range(rng.randrange(7)):
        clock += rng.choice([0, 0, rng.uniform(0, 9)])
        if not has:
            if rng.random() < 0.3:
                told.leg(key, clock, "nobody_found")
                continue
            told.assign(key, clock, clock + rng.uniform(3, 35), f"own-{turn}")
            has = True
            if rng.random() < 0.4:
                told.offer(key, clock)
                clock += rng.uniform(0, 5)
                answer = rng.choice(["offer_accepted", "offer_declined", "offer_lapsed"])
                told.answer(key, clock, answer)
                has = answer == "offer_accepted"
        elif rng.random() < 0.4:
            told.unassign(key, clock)
            has = False
        elif rng.random() < 0.5:
            told.set_off(key, clock)
        else:
            told.leg(key, clock, "wrong_location", arrives_at=at(clock + rng.uniform(1, 20)))
    clock += rng.uniform(0, 20)
    if has and rng.random() < 0.8:
        told.arrive(key, clock)
    else:
        told.close(key, clock, "incident_cancelled")


def test_a_reopened_incident_made_two_promises(tmp_path: Path):
    """Each opening counts for itself: the first was kept, the second broken."""
    told = Told(tmp_path / "ledger.db")
    told.file("i")
    told.assign("i", 0, expected=10)
    told.arrive("i", 10)
    told.close("i", 20)
    again: dict[str, Any] = {"promise": Promise(at(90), PromiseClass.URBAN, "30 minutes"), "legs": (Leg(),)}
    told.put("i", 60, "incident_reopened", closed_at=None, reopened=1, reopened_at=at(60), **again)
    told.assign("i", 75, expected=95)
    told.arrive("i", 95)
    told.file("open", 100, location=Location(LON, LAT))
    told.file("later", 131)
    with told.region.snapshot() as reading:
        found = overdue(reading, zone=UTC)
    assert found.promises == 4
    assert {(each.promised.incident, each.promised.opening) for each in found.broken} == {("i", 1), ("open", 0)}
    assert {each.cause for each in found.broken} == {Cause.ASSIGNED_LATE}
