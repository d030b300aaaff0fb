"""Days drawn from a seed."""

from __future__ import annotations

import pytest

from engine.dispatch import Dispatcher
from engine.errors import OptionError
from engine.model import Service
from engine.simulate.day import HOUR_MS
from engine.simulate.make_day import make_day
from engine.simulate.options import DayOptions
from graphs.bundled import load_coquimbo_population
from graphs.region import Region
from tests.engine.simulate.days import scarce_day


def test_a_day_follows_its_seed(coquimbo: Region) -> None:
    """The same calls for the same seed, others for another."""
    dispatcher, day = scarce_day(coquimbo, 1)
    again = make_day(dispatcher, load_coquimbo_population(), 1, day.options)
    assert again.calls == day.calls
    assert again.fleet == day.fleet
    assert again.shifts == day.shifts
    assert make_day(dispatcher, None, 2, day.options).calls != day.calls


def test_calls_and_crews_of_a_day(coquimbo: Region) -> None:
    """Calls rise in the afternoon, tows end at a garage and take longer, most units work by day."""
    dispatcher = Dispatcher(coquimbo)
    day = make_day(dispatcher, load_coquimbo_population(), 1, DayOptions(incidents=1000, units=40))
    received = [c.incident.received_at.astimezone(coquimbo.timezone) for c in day.calls]
    assert received == sorted(received)
    assert sum(at.hour in (16, 17, 18) for at in received) > 3 * sum(at.hour in (3, 4, 5) for at in received)
    tows = [c for c in day.calls if c.incident.service is Service.TOWING]
    assert 200 < len(tows) < 400
    assert all((c.incident.drop_off is not None) == (c.incident.service is Service.TOWING) for c in day.calls)
    mean = sum(c.takes_ms for c in day.calls) / sum(c.expected_ms for c in day.calls)
    assert 0.95 < mean < 1.05

    def on_duty(hour: float) -> int:
        at = day.begins_ms + round((hour - day.options.begins_hour) * HOUR_MS)
        return sum(any(s.begins_ms <= at < s.ends_ms for s in shifts) for shifts in day.shifts.values())

    assert (on_duty(5), on_duty(8), on_duty(14), on_duty(23)) == (6, 24, 34, 6)


@pytest.mark.parametrize(
    "wrong",
    [{"incidents": 0}, {"units": -1}, {"acceptance": (0.9, 0.5)}, {"acceptance": (0.0, 1.0)}, {"garages": 0},
     {"tow_share": 1.5}, {"begins_hour": 24}, {"units": 30_000}, {"patience_minutes": (0.0, 0.5)},
     {"drain_hours": float("nan")}],
)  # fmt: skip
def test_impossible_days_are_refused(wrong: dict) -> None:
    """Sizes and chances that make no day name their option."""
    with pytest.raises(OptionError):
        DayOptions(**wrong)
