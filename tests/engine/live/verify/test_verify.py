"""The semantic check of a ledger: silent about what a region really did, and not about what it cannot have done."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from engine.ledger import Ledger
from engine.ledger.check import check
from engine.live.commands.ending import CancelIncident, CloseIncident, ReopenIncident, ReportNoShow, ReportWrongLocation
from engine.live.commands.filing import FileIncident, RecordCallback, UpdateIncident
from engine.live.commands.purge import PurgeCustomer
from engine.live.commands.units import AnswerOffer, AssignUnit, UnassignUnit
from engine.live.commands.upkeep import AcknowledgeEscalation, Arrivals, Sighted
from engine.live.records import IncidentRecord, LegState
from engine.live.verify import Fault, kept, replay, state_hash, verify
from engine.model import Capability, Incident, Location, Service
from graphs.errors import TowlineError
from tests.engine.live.verify.region import LAT, LON, LiveStory

WINCH = Capability.WINCH
A, U, S, T, D = LegState.ACCEPTED, LegState.UNDER_WAY, LegState.ON_SCENE, LegState.TOWING, LegState.DONE


def faults(story: LiveStory) -> list[tuple[Any, str, str]]:
    with Ledger.open(story.url, read_only=True) as ledger:
        region = ledger.region("coquimbo")
        whole = [(each.fault, each.id, each.message) for each in check(region)]
        with region.snapshot() as reading:
            return whole + [(each.fault, each.id, each.message) for each in verify(reading)]


def everything(story: LiveStory) -> None:
    """Most of what can happen to incidents."""
    story.create("plain")
    story.do(RecordCallback("plain"), 1)
    story.advance("plain", A, U, S, T, D)
    story.create("draft", draft=True)
    story.tick("draft", 4)
    need = Incident("draft", Location(LON + 0.01, LAT), Service.TOWING, story.now)
    story.do(FileIncident(need), 1)
    story.do(AssignUnit("draft", "", "the customer asked for them", "u3"), 1)
    offer = story.record("draft").open_offers()[0]
    story.do(AnswerOffer("draft", "", "no driver", offer.id, False), 1)
    story.advance("draft", *(() if story.record("draft").legs[0].state is A else (A,)), U)
    story.do(ReportWrongLocation("draft", "", "other side", Location(LON - 0.01, LAT)), 1)
    story.advance("draft", S)
    story.do(ReportNoShow("draft", "", "nobody there"), 1)
    story.create("two", units_needed=2)
    story.tick("two", 3)  # offers lapse
    story.do(UpdateIncident("two", "", "", {"revenue": 10.0}), 1)
    for k in (0, 1):
        for offer in story.record("two").open_offers(k)[:1]:
            story.do(AnswerOffer("two", "", "", offer.id, True), 0.5)
    story.do(ReportWrongLocation("two", "", "elsewhere", Location(LON + 0.02, LAT)), 1)
    unit = story.record("two").legs[0]
    if unit.state is A:
        story.do(UnassignUnit("two", "", "broke down", unit.unit), 1)
    story.do(CloseIncident("two", "", "started by itself"), 1)
    story.do(ReopenIncident("two", "", "stands again"), 5)
    story.tick("two", 200)
    for rung in story.record("two").escalations[:1]:
        story.do(AcknowledgeEscalation("two", "", "known", rung.id), 1)
    record = story.record("two")
    seen = [
        Sighted("two", k, leg.unit, story.now, probability)
        for probability in (0.01, 0.99)
        for k, leg in enumerate(record.legs)
        if leg.unit
    ]
    story.do(Arrivals(tuple(seen)))
    story.do(CancelIncident("two", "", "not needed"), 1)


def test_everything_that_happens_is_possible(live: Callable[..., LiveStory], url: str):
    """A story with every kind of command has no findings, and its events give the state of the tables."""
    story = live(url)
    everything(story)
    story.do(PurgeCustomer("customer of plain", story.ledger.region("coquimbo")))
    story.create("open", 1)
    assert faults(story) == []
    with story.ledger.region("coquimbo").snapshot() as reading:
        now, tables = replay(reading), kept(reading)
    assert now == tables
    assert now.hash == tables.hash
    assert state_hash(now.records()) == state_hash(story.writer.state.incidents.values())
    assert [record.id for record in now.records()] == ["open"]


def test_random_stories_are_possible(live: Callable[..., LiveStory]):
    """Whatever people try in whatever order, what was acknowledged is a possible story."""
    seed = random.randrange(10**9)
    rng = random.Random(seed)
    story = live()
    for n in range(120):
        wanted = rng.choice([story.create, _any, _any, _any, _any])
        try:
            if wanted is story.create:
                wanted_at = story.now + timedelta(minutes=rng.choice([30, 70, 85])) if rng.random() < 0.4 else None
                lon, units = LON + rng.uniform(-0.02, 0.02), rng.choice([1, 2])
                story.create(f"i{n}", rng.uniform(0, 3), lon, units_needed=units, earliest=wanted_at)
            else:
                _any(story, rng)
        except TowlineError:
            continue
    assert faults(story) == [], f"seed {seed}"
    with story.ledger.region("coquimbo").snapshot() as reading:
        assert replay(reading).hash == kept(reading).hash, f"seed {seed}"


def test_a_call_before_a_booking_is_possible(live: Callable[..., LiveStory], url: str):
    """Both accepted by the same unit, which does one after the other; it does not go while either is its."""
    story = live(url)
    record = story.create("booked", earliest=story.now + timedelta(minutes=85))
    unit = record.legs[0].unit
    story.advance("booked", A)
    assert story.create("call").legs[0].unit == unit
    story.do(AssignUnit("call", "", "the customer knows them", unit))
    story.advance("call", A, U)
    story.do(UpdateIncident("call", "", "", {"service_time": timedelta(minutes=20), "requires": frozenset({WINCH})}))
    assert story.record("booked").legs[0].state is A
    assert faults(story) == []
    story.advance("call", S, D)
    story.advance("booked", U, S, D)
    assert faults(story) == []


def _any(story: LiveStory, rng: random.Random) -> None:
    """Something that may happen to an incident that is there, or not."""
    keys = [f"i{n}" for n in range(120) if story.writer.archived(f"i{n}") is not None]
    if not keys:
        return
    record: IncidentRecord = story.record(rng.choice(keys))
    key = record.id
    unit = rng.choice([leg.unit for leg in record.legs if leg.unit] or ["u0"])
    offer = rng.choice([each.id for each in record.offers] or ["1"])
    place = Location(LON + rng.uniform(-0.02, 0.02), LAT)
    command = rng.choice(
        [
            lambda: story.advance(key, rng.choice([A, U, S, T, D])),
            lambda: story.advance(key, A, U, S, D),
            lambda: story.do(AnswerOffer(key, "", "", offer, rng.random() < 0.5)),
            lambda: story.do(UnassignUnit(key, "", "away", unit)),
            lambda: story.do(AssignUnit(key, "", "better", f"u{rng.randrange(6)}", 0, rng.random() < 0.5)),
            lambda: story.do(ReportWrongLocation(key, "", "", place)),
            lambda: story.do(CancelIncident(key)),
            lambda: story.do(CloseIncident(key, "", "solved")),
            lambda: story.do(ReopenIncident(key, "", "again")),
            lambda: story.do(UpdateIncident(key, "", "", {"revenue": 1.0})),
            lambda: story.tick(key, rng.uniform(0, 20)),
        ]
    )
    command()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("record", '"unit":"u0"', '"unit":"u9"'), Fault.TRANSITION),
        (("record", '"state":"accepted"', '"state":"on_scene"'), Fault.TRANSITION),
        (("record", '"due_at":"2026-03-02T08:30', '"due_at":"2026-03-02T09:30'), Fault.PROMISE),
        (("kind", "unit_under_way", "unit_towing"), Fault.TRANSITION),
        (("kind", "customer_called_back", "offer_made"), Fault.OFFER),
        (("record", '"met_at":"2026-03-02T08:00:00Z"', '"met_at":"2026-03-03T08:00:00Z"'), Fault.CLOCK),
        (("record", "{", "[{"), Fault.UNREADABLE),
    ],
)
def test_what_cannot_be_is_found(live: Callable[..., LiveStory], change: tuple[str, str, str], fault: Fault):
    """Each way of falsifying one event is found."""
    story = live()
    story.create("plain")
    story.do(RecordCallback("plain"), 1)
    story.advance("plain", A, U)
    column, old, new = change
    table = story.ledger._database
    with table.writing() as connection:
        rows = connection.execute(
            text(f"SELECT number, {column} FROM events WHERE entity = 'incident' ORDER BY number")
        ).all()
        for number, value in reversed(rows):
            raw = value.decode() if isinstance(value, bytes) else value
            if old in raw:
                false: Any = raw.replace(old, new)
                if isinstance(value, bytes):
                    false = false.encode()
                connection.execute(
                    text(f"UPDATE events SET {column} = :v WHERE number = :n"), {"v": false, "n": number}
                )
                break
        else:
            raise AssertionError(f"{old} is nowhere in {rows}")
    assert fault in {found for found, _, _ in faults(story)}


def test_a_unit_at_two_places_and_a_lost_decision(live: Callable[..., LiveStory]):
    """A unit that works for two, and an assignment that nobody can explain, are found."""
    story = live()
    story.create("one")
    story.advance("one", A)
    story.create("two", lon=LON + 0.02)
    story.advance("two", A)
    mine, other = story.record("one").legs[0].unit, story.record("two").legs[0].unit
    with story.ledger._database.writing() as connection:
        connection.execute(text("DELETE FROM decisions WHERE incident = 'one'"))
        connection.execute(
            text("UPDATE events SET unit = :m, record = CAST(replace(record, :o, :m) AS BLOB) WHERE id = 'two'"),
            {"m": mine, "o": other},
        )
    found = faults(story)
    assert (Fault.DECISION, "one", f"unit {mine} was assigned without a decision") in found
    assert (Fault.ENGAGED, "two", f"unit {mine} works for it, and for one (leg 0)") in found


def test_replay_of_a_moment(live: Callable[..., LiveStory]):
    """The state after any event is what was published then."""
    story = live()
    wanted = {}
    for n, step in enumerate((lambda: story.create("a"), lambda: story.advance("a", A), lambda: story.create("b", 1))):
        step()
        wanted[n] = story.writer.state.number, state_hash(story.writer.state.incidents.values())
    with story.ledger.region("coquimbo").snapshot() as reading:
        for number, hash_ in wanted.values():
            found = replay(reading, to=number)
            assert (found.number, state_hash(found.records())) == (number, hash_)
        assert replay(reading, until_us=0).number == 0
