"""Updates that the unit which was chosen cannot live up to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.live.commands.ending import CancelIncident
from engine.live.commands.filing import UpdateIncident
from engine.live.commands.units import Advance, AssignUnit
from engine.live.records import LegState
from engine.model import Capability, Fleet, Location
from graphs.errors import OutsideRegionError
from tests.engine.live.world import LAT, LON, World, dispatcher, fleet

WINCH = {"requires": frozenset({Capability.WINCH})}
FAR = Location(LON - 0.01, LAT - 0.1)


def world(to: str = "nobody") -> World:
    """A unit in town, and one with a winch some ten minutes away."""
    known = fleet(2, 0)
    first, second = known.units
    second = replace(second, location=FAR, capabilities=frozenset({Capability.WINCH}))
    return World(dispatcher(offers_to=to), Fleet(known.providers, (first, second)))


@pytest.mark.parametrize("to", ["nobody", "everybody"])
def test_a_unit_that_lacks_what_turns_out_to_be_needed_is_exchanged(to: str) -> None:
    """In the same command, and the one that was asked is told so."""
    here = world(to)
    assert here.create("a").legs[0].unit == "u0"
    begun = len(here.events)
    record = here.do(UpdateIncident("a", changes=WINCH))
    assert record.legs[0].unit == "u1"
    asked = to == "everybody"
    assert here.kinds(begun) == [
        "incident_updated",
        *(["offer_withdrawn"] if asked else []),
        "unit_unassigned",
        "unit_assigned",
        *(["offer_made"] if asked else []),
    ]
    assert "u0" not in record.refused
    assert "unfit" not in here.events[begun].data


@pytest.mark.parametrize("why", ["accepted", "under_way", "held"])
def test_who_has_said_yes_stays_and_the_event_says_that_he_is_not_right(why: str) -> None:
    """A person decides then; so it is with a unit that a person chose."""
    here = world()
    here.create("a")
    if why == "held":
        here.do(AssignUnit("a", "", "he is her cousin", "u0"))
    else:
        here.do(Advance("a", "", "", "u0", LegState(why)))
    record = here.do(UpdateIncident("a", changes=WINCH))
    assert record.legs[0].unit == "u0"
    assert here.events[-1].kind == "incident_updated"
    assert here.events[-1].data == {"fields": ["requires"], "unfit": ["u0: it lacks a capability"]}


def test_nobody_is_sent_who_would_come_too_late() -> None:
    """With a latest time that the unit cannot keep it is taken off, and nobody may be left."""
    here = world()
    here.do(AssignUnit(here.create("a").id, "", "to see", "u1"))
    here.do(Advance("a", "", "", "u1", LegState.ACCEPTED))
    here.do(UpdateIncident("a", changes={"latest": here.now + timedelta(minutes=5)}))
    assert here.events[-1].data["unfit"] == ["u1: it would come too late"]
    here = world()
    assert here.create("b", 9, **WINCH).legs[0].unit == "u1"
    record = here.do(UpdateIncident("b", changes={"latest": here.now + timedelta(minutes=5)}))
    assert (record.legs[0].unit, record.unserved) == ("", "too_late")
    record = here.do(UpdateIncident("b", changes={"latest": here.now + timedelta(minutes=50)}))
    assert record.legs[0].unit == "u1"


def test_an_update_says_how_long_work_takes_now() -> None:
    """When the unit is free again follows, for who is on scene too; other updates leave legs alone."""
    here = world()
    before = here.create("a").legs[0]
    assert here.do(UpdateIncident("a", changes={"revenue": 5.0})).legs[0] == before
    here.do(Advance("a", "", "", "u0", LegState.UNDER_WAY))
    here.do(Advance("a", "", "", "u0", LegState.ON_SCENE))
    leg = here.do(UpdateIncident("a", changes={"service_time": timedelta(hours=2), "drop_off": FAR})).legs[0]
    assert leg.ends_in == FAR
    assert leg.ends_at is not None
    assert leg.work is not None
    assert leg.arrives_at is not None
    assert leg.ends_at == leg.arrives_at + leg.work
    assert leg.work > timedelta(hours=2)


def test_a_busy_unit_cannot_be_stored_where_no_road_is() -> None:
    """It is busy elsewhere, but will be free there: it is refused as any other's place, and nothing changes."""
    here = world()
    unit = here.create("a").legs[0].unit
    known = here.store.snapshot.find(unit)
    assert known is not None
    with pytest.raises(OutsideRegionError, match=f"unit {unit}"):
        here.store.upsert_units([replace(known, location=Location(-180.0, -29.9))], here.now, validate_only=False)
    assert here.store.snapshot.find(unit) == known
    here.do(CancelIncident("a"))
    assert here.store.snapshot.find(unit) == known
