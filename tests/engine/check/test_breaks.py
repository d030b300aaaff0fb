"""Breaks that a tour leaves no room for, by the minute."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest

from engine.check import PlannedStop, PlannedTour, Severity, ViolationCode, check_plan
from engine.dispatch import Dispatcher
from engine.model import Break, Fleet, Incident, Service, Unit
from engine.texts import Language
from graphs.region import Region
from tests.engine.fleets import NOW, place

MINUTE = timedelta(minutes=1)
WORK = timedelta(minutes=60)


def noted(region: Region, rest: tuple[float, float], *, second_at: datetime | None = None):
    """Two incidents of an hour at one place and a unit there: free after 60 minutes, and after 120 or later."""
    here = place(region, Random(3))
    unit = Unit("u", "p", here, frozenset(Service), breaks=(Break(NOW + rest[0] * MINUTE, NOW + rest[1] * MINUTE),))
    calls = [
        Incident("a", here, Service.BREAKDOWN_REPAIR, NOW, service_time=WORK),
        Incident("b", here, Service.BREAKDOWN_REPAIR, NOW, service_time=WORK, earliest=second_at),
    ]
    dispatcher = Dispatcher(region)
    tours = [PlannedTour("u", (PlannedStop("a"), PlannedStop("b")))]
    found = check_plan(dispatcher, calls, dispatcher.prepare(Fleet(units=(unit,))), NOW, tours, compare=False)
    assert found.keeps_rules
    return found, [v for v in found.violations if v.code is ViolationCode.CUTS_BREAK_SHORT]


@pytest.mark.parametrize(
    ("rest", "missing", "key"),
    [
        ((50, 90), 30, "cuts_break_short"),  # free at 60, sets off at once
        ((10, 40), 30, "cuts_break_short.missed"),  # over before it is free
        ((60, 75), 15, "cuts_break_short"),  # free at the very minute it begins
        ((61, 90), None, None),  # the second is under way when it begins
    ],
)
def test_what_is_missing_of_a_break(
    coquimbo: Region, rest: tuple[float, float], missing: float | None, key: str | None
) -> None:
    """Until its end where the unit is free in it, all of it where it has worked through; a note, no rule."""
    _, notes = noted(coquimbo, rest)
    if missing is None:
        assert notes == []
        return
    (note,) = notes
    assert (note.over, note.text, note.severity) == (missing * MINUTE, key, Severity.NOTE)
    assert (note.incident_id, note.unit_id, note.position) == ("b", "u", 2)


def test_waiting_is_rest(coquimbo: Region) -> None:
    """Where the second is booked for later the unit rests until it must set off: all of the break, or a part of it."""
    assert noted(coquimbo, (50, 90), second_at=NOW + 90 * MINUTE)[1] == []
    (note,) = noted(coquimbo, (50, 90), second_at=NOW + 80 * MINUTE)[1]
    assert note.over == 10 * MINUTE
    (made_up,) = noted(coquimbo, (10, 40), second_at=NOW + 85 * MINUTE)[1]
    assert made_up.over == 5 * MINUTE


def test_a_break_before_the_first_is_waited_for(coquimbo: Region) -> None:
    """The first departure comes after it, so nothing is missing."""
    assert noted(coquimbo, (-5, 20))[1] == []


def test_it_is_said_in_both_languages(coquimbo: Region) -> None:
    """With the minutes and the end of the break on the region's clock."""
    found, (note,) = noted(coquimbo, (50, 90))
    assert note.message.startswith("u sets off 30 min before the end of its break, ")
    chinese = [v for v in found.in_language(Language.ZH).violations if v.code is note.code]
    assert "前30分钟出发" in chinese[0].message
